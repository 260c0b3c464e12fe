// SPDX-License-Identifier: GPL-3.0-or-later
// A VHDX file opened for change. On the one hand a disk that can be written to, from any number of threads at once:
// new blocks are allocated in memory and become part of the file with the next flush(), all together. On the other
// hand what the edits of this folder (expand, shrink, compact, …) work with: structures, free space, the log; these
// are for one thread, with no request to the disk under way.
//
// Opening applies a log that was left behind, makes the length a multiple of 1 MiB, and refuses a file in which any
// two objects overlap. Closing without finish() loses nothing that was flushed.
#pragma once

#include "core/disk/vhdx/block_reader.h"
#include "core/disk/vhdx/image.h"
#include "core/disk/vhdx/log_writer.h"
#include "core/disk/vhdx/space_map.h"

#include <condition_variable>
#include <set>
#include <shared_mutex>

namespace platter::vhdx {

class Editor final : public WritableDisk, private BlockTable {
public:
    static Result<std::unique_ptr<Editor>> open(std::unique_ptr<BlockFile> file, const ParentOpener& openParent);
    ~Editor() override;
    Q_DISABLE_COPY_MOVE(Editor)

    // --- the disk. Offsets and lengths are whole logical sectors (InvalidInput).
    std::uint64_t size() const override;
    std::uint32_t logicalSectorSize() const override;
    std::uint32_t physicalSectorSize() const override;
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override;
    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> writeZeroes(std::uint64_t offset, std::uint64_t length) override;
    Result<void> trim(std::uint64_t offset, std::uint64_t length) override;
    Result<void> flush() override;

    // Flushes, empties the log, cuts off what lies behind the last object, and writes a damaged header anew.
    Result<void> finish();

    // --- for edits
    BlockFile& file() { return *m_file; }

    const Header& header() const { return m_headers.current(); }

    const Structure& structure() const;

    const Metadata& metadata() const { return structure().metadata; }

    const PagedBat& bat() const;
    const BatLayout& layout() const;
    SpaceMap& space();

    const VirtualDisk* parent() const { return m_parent.get(); }

    std::uint64_t logCapacity() const { return m_log.capacity(); }

    // Records that the file is about to change, once per opening; with Content also that a reader of the disk may
    // notice, which orphans every child. DATA_WRITE_GUID is for a merge, which must choose it beforehand.
    enum class ChangeKind { Layout, Content };
    Result<void> beginChange(ChangeKind kind, const QUuid& dataWriteGuid = QUuid::createUuid());
    // A place of LENGTH (whole MiB) for a new object, claimed, zeroed and inside the file, but not flushed.
    Result<std::uint64_t> allocate(std::uint64_t length);

    // As LogWriter says, with the file flushed as it is. What was changed on the way past this object is read anew
    // by reload().
    Result<void> commit(const LogChange& change) { return m_log.commit(change, m_file->size()); }

    Result<void> retireLog() { return m_log.retire(); }

    // An empty log moves to OFFSET, whose place is claimed and zeroed; the old place is free afterwards.
    Result<void> moveLog(std::uint64_t offset);
    // What lies free between objects gives its space back to the host.
    Result<void> punchGaps();
    // An object of LENGTH at OFFSET moves into a gap below it, if there is one. Its bytes are copied, not flushed.
    Result<std::optional<std::uint64_t>> copyDown(std::uint64_t offset, std::uint64_t length);
    // A table entry is to be ENTRY with the next flush(), and RELEASED, of LENGTH, is free from then on.
    void setEntry(std::uint64_t number, BatEntry entry, std::uint64_t released, std::uint64_t length);
    // Flushes if so much is pending that a change of the log would soon be full.
    Result<void> relieve();
    // Which part of a block in state PartiallyPresent is this file's own.
    Result<BlockReader::Share> shareAt(std::uint64_t offset, std::uint64_t limit) const;
    // Both copies of the region table become TABLE, which names places that hold what they are to hold and are
    // flushed. The log is empty afterwards and the structures are read anew.
    Result<void> replaceRegionTable(const RegionTable& table);
    // Adds to CHANGE what makes both copies of the region table TABLE.
    Result<void> putRegionTable(LogChange& change, const RegionTable& table) const;
    // A block, with everything that it shows, becomes this file's own with the next flush().
    Result<void> takeOver(std::uint64_t block);
    // Reads the structures again, after they have changed in the file.
    Result<void> reload();

private:
    struct Layouts;

    Editor(std::unique_ptr<BlockFile> file, HeaderPair headers);

    Result<void> prepareFile();
    Result<void> prepareRoom();
    Result<void> growTo(std::uint64_t end);
    Result<void> checkRequest(std::uint64_t offset, std::uint64_t length) const;

    Result<BatEntry> entryOf(std::uint64_t block) const override;
    Result<BatEntry> entryAt(std::uint64_t number) const; // with m_mutex held
    Result<std::uint64_t> bitmapOf(std::uint64_t chunk) const; // its place; with m_mutex held
    Result<void> readBitmap(std::uint64_t chunk, std::uint64_t first, std::span<std::byte> into) const override;

    Result<void> writeBlock(std::uint64_t offset, std::span<const std::byte> from);
    Result<void> writeNewBlock(std::uint64_t offset, std::span<const std::byte> from, BatEntry before);
    Result<void> ensureBitmap(std::uint64_t chunk); // with m_mutex held
    Result<void> setBits(std::uint64_t offset, std::uint64_t length, bool value); // with m_mutex held
    Result<void> zeroBlock(std::uint64_t offset, std::uint64_t length);
    Result<void> commitPending();
    void setPending(std::uint64_t number, BatEntry entry); // with m_mutex held

    std::unique_ptr<BlockFile> m_file;
    HeaderPair m_headers;
    LogWriter m_log;
    std::unique_ptr<Layouts> m_layouts; // what reload() replaces
    std::shared_ptr<const VirtualDisk> m_parent;

    std::mutex m_beginMutex;
    std::optional<ChangeKind> m_begun;

    // Held shared while bytes of blocks are read or written, so that a freed place is given away only when nobody
    // is still busy in it.
    mutable std::shared_mutex m_busy;
    std::mutex m_flushMutex; // one flush at a time
    std::optional<Error> m_failure; // of a flush; nothing can be flushed any more
    mutable std::mutex m_mutex; // for all that follows
    std::condition_variable m_settled;
    std::set<std::uint64_t> m_unsettled; // blocks that get their place just now
    std::map<std::uint64_t, BatEntry> m_pending; // entries not yet in a change
    std::map<std::uint64_t, BatEntry> m_committing; // entries in a change that is under way

    struct BitmapSector {
        LogChange::Sector bytes;
        bool dirty = false;
    };

    std::map<std::uint64_t, BitmapSector> m_bits; // by file offset; those that the file does not have yet
    std::set<std::uint64_t> m_dirtySectors; // of the table and of bitmaps: what the next change will hold
    std::vector<std::pair<std::uint64_t, std::uint64_t>> m_released; // free once m_pending is committed
};

} // namespace platter::vhdx
