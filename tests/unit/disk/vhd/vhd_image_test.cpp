// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/details.h"
#include "core/disk/vhd/image.h"
#include "core/disk/vhd/rules.h"
#include "tests/unit/disk/vhd/vhd_maker.h"

#include <QMap>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace platter;
using namespace platter::vhd;

namespace {

constexpr std::uint64_t blockSize = VhdMaker::blockSize;

std::byte byteAt(const VirtualDisk& disk, std::uint64_t offset)
{
    std::array<std::byte, 1> byte{};
    if (!disk.read(offset, byte)) {
        qFatal("cannot read");
    }
    return byte[0];
}

std::vector<std::byte> allOf(const VirtualDisk& disk)
{
    std::vector<std::byte> bytes(disk.size(), std::byte(0xEE));
    if (!disk.read(0, bytes)) {
        qFatal("cannot read");
    }
    return bytes;
}

// Every byte by the map equals every byte by reading.
bool mapTellsTheTruth(const VirtualDisk& disk)
{
    const std::vector<std::byte> bytes = allOf(disk);
    for (std::uint64_t at = 0; at < disk.size();) {
        const Result<DiskRun> run = disk.runAt(at, disk.size());
        if (!run || run->length == 0 || run->length > disk.size() - at) {
            return false;
        }
        std::vector<std::byte> mapped(run->length);
        if (run->content == DiskRun::Content::Data
            && (run->file == nullptr || !run->file->read(run->fileOffset, mapped))) {
            return false;
        }
        if (!std::ranges::equal(mapped, std::span(bytes).subspan(at, run->length))) {
            return false;
        }
        at += run->length;
    }
    return true;
}

// Files by path, as a host would have them.
class Files {
public:
    void add(const QString& path, const VhdMaker& maker) { m_files.insert(path, maker.bytes()); }

    ParentSearch searchFrom(const QString& image, const QStringList& named = {}) const
    {
        return {image, named, [this](const QString& path) -> Result<ParentFile> {
                    tried.append(path);
                    if (!m_files.contains(path)) {
                        return std::unexpected(Error{ErrorKind::NotFound, path});
                    }
                    return ParentFile{VhdMaker::fileOf(m_files.value(path)), modified};
                }};
    }

    mutable QStringList tried;
    std::optional<std::int64_t> modified;

private:
    QMap<QString, std::vector<std::byte>> m_files;
};

VhdMaker childOf(const VhdMaker& parent, std::uint64_t size)
{
    VhdMaker child(DiskType::Differencing, size);
    child.header.parentId = parent.footer.uniqueId;
    return child;
}

} // namespace

class VhdImageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsAFixedDisk()
    {
        constexpr std::uint64_t page = MemoryFile::pageSize;
        VhdMaker maker(DiskType::Fixed, 4 * page);
        maker.tail[page] = std::byte(7);
        auto file = std::make_unique<MemoryFile>(4 * page); // with holes, unlike one from bytes
        const FooterBytes footer = encode(maker.footer);
        QVERIFY(file->write(page, std::span(maker.tail).subspan(page, page)));
        QVERIFY(file->write(4 * page, footer));
        const auto image = Image::open(std::move(file));
        QVERIFY(image);
        QCOMPARE((*image)->size(), 4 * page);
        QCOMPARE((*image)->logicalSectorSize(), 512U);
        QCOMPARE(allOf(**image), maker.tail);
        QVERIFY(mapTellsTheTruth(**image));
        QCOMPARE(*(*image)->runAt(100, ~0ULL), (DiskRun{DiskRun::Content::Zero, page - 100}));
        QCOMPARE(
            *(*image)->runAt(page + 1, 100), (DiskRun{DiskRun::Content::Data, 100, &(*image)->file(), page + 1}));
    }

    void refusesWhatLiesPastTheEnd()
    {
        const auto image = Image::open(VhdMaker(DiskType::Fixed, 8192).file());
        std::array<std::byte, 2> two{};
        QCOMPARE((*image)->read(8191, two).error().kind, ErrorKind::InvalidInput);
        QCOMPARE((*image)->read(~0ULL, two).error().kind, ErrorKind::InvalidInput);
        QVERIFY((*image)->read(8190, two));
    }

    void readsADynamicDisk()
    {
        // The last block is only partly inside the disk, the blocks lie in another order than in the disk.
        VhdMaker maker(DiskType::Dynamic, 5 * blockSize - 1024);
        maker.addFullBlock(4, std::byte(4));
        maker.addFullBlock(1, std::byte(1));
        // Sector 0, 2 to 9 and the last: the most significant bit comes first.
        std::array<std::byte, 16> bitmap{};
        bitmap[0] = std::byte(0b1011'1111);
        bitmap[1] = std::byte(0b1100'0000);
        bitmap[15] = std::byte(1);
        maker.addBlock(2, bitmap, std::byte(2));
        const auto image = Image::open(maker.file());
        QVERIFY(image);
        std::vector<std::byte> expected(5 * blockSize);
        const auto fill = [&](std::uint64_t from, std::uint64_t sectors, int value) {
            std::fill_n(
                expected.begin() + static_cast<std::ptrdiff_t>(from), sectors * sectorSize, std::byte(value));
        };
        fill(4 * blockSize, 128, 4);
        fill(1 * blockSize, 128, 1);
        fill(2 * blockSize, 1, 2);
        fill(2 * blockSize + 2 * sectorSize, 8, 2);
        fill(3 * blockSize - sectorSize, 1, 2);
        expected.resize(maker.footer.currentSize);
        QCOMPARE(allOf(**image), expected);
        QVERIFY(mapTellsTheTruth(**image));
        QCOMPARE((*image)->runAt(3 * blockSize, 1 << 30)->length, blockSize);
        QCOMPARE((*image)->runAt(100, 1 << 30)->length, blockSize - 100);

        // Pieces that begin and end anywhere.
        for (std::uint64_t at = 0; at < expected.size(); at += 7919) {
            std::vector<std::byte> piece(std::min<std::uint64_t>(70001, expected.size() - at));
            QVERIFY((*image)->read(at, piece));
            QVERIFY(std::ranges::equal(piece, std::span(expected).subspan(at, piece.size())));
        }
    }

    void readsBlocksWithLargeBitmaps()
    {
        // 8 MiB: 16384 sectors, a bitmap of four sectors, with one bit that differs in the third.
        VhdMaker maker(DiskType::Dynamic, 8 << 20);
        maker.header.blockSize = 8 << 20;
        maker.header.tableEntries = 1;
        maker.table = {static_cast<std::uint32_t>(maker.end() / sectorSize)};
        std::vector<std::byte> block(2048 + (8 << 20), std::byte(9));
        std::fill_n(block.begin(), 2048, std::byte(0xFF));
        constexpr std::uint64_t missing = 2 * 4096 + 77;
        block[missing / 8] = std::byte(0xFF & ~(0x80 >> missing % 8));
        maker.addBytes(block);
        const auto image = Image::open(maker.file());
        QVERIFY(image);
        QCOMPARE((*image)->runAt(0, 8 << 20)->length, missing * sectorSize);
        QCOMPARE((*image)->runAt(missing * sectorSize, 8 << 20)->content, DiskRun::Content::Zero);
        QCOMPARE((*image)->runAt(missing * sectorSize, 8 << 20)->length, quint64(sectorSize));
        QCOMPARE(byteAt(**image, missing * sectorSize - 1), std::byte(9));
        QCOMPARE(byteAt(**image, missing * sectorSize), std::byte(0));
        QVERIFY(mapTellsTheTruth(**image));
    }

    void readsAChain()
    {
        Files files;
        VhdMaker root(DiskType::Fixed, 3 * blockSize);
        std::ranges::fill(root.tail, std::byte('r'));
        files.add(QStringLiteral("/d/root.vhd"), root);
        VhdMaker middle = childOf(root, 3 * blockSize);
        middle.addRelativePath(QStringLiteral("..\\d\\root.vhd"));
        middle.addBlock(1, std::array{std::byte(0b1100'0000)}, std::byte('m'));
        files.add(QStringLiteral("/m/middle.vhd"), middle);
        VhdMaker top = childOf(middle, 4 * blockSize); // larger than its parent
        top.addRelativePath(QStringLiteral(".\\m\\middle.vhd"));
        top.addBlock(1, std::array{std::byte(0b0110'0000)}, std::byte('t'));
        const auto image = Image::open(top.file(), files.searchFrom(QStringLiteral("/top.vhd")));
        QVERIFY2(image, qPrintable(image ? QString() : image.error().text() + image.error().detail));
        QCOMPARE((*image)->parentPath(), QStringLiteral("/m/middle.vhd"));
        QCOMPARE((*image)->parent()->parentPath(), QStringLiteral("/d/root.vhd"));
        const auto sectorOf = [&](std::uint64_t sector) {
            return char(byteAt(**image, blockSize + sector * sectorSize));
        };
        QCOMPARE(byteAt(**image, 0), std::byte('r'));
        QCOMPARE(sectorOf(0), 'm');
        QCOMPARE(sectorOf(1), 't');
        QCOMPARE(sectorOf(2), 't');
        QCOMPARE(sectorOf(3), 'r');
        QCOMPARE(byteAt(**image, 3 * blockSize - 1), std::byte('r'));
        QCOMPARE(byteAt(**image, 3 * blockSize), std::byte(0)); // past the parents' end
        QVERIFY(mapTellsTheTruth(**image));
    }

    void opensWithoutALostParentForLooking()
    {
        Files files;
        const VhdMaker root(DiskType::Fixed, blockSize);
        VhdMaker middle = childOf(root, blockSize);
        middle.header.parentName = QStringLiteral("C:\\root.vhd");
        files.add(QStringLiteral("/m/middle.vhd"), middle);
        VhdMaker top = childOf(middle, blockSize);
        top.addRelativePath(QStringLiteral(".\\m\\middle.vhd"));
        ParentSearch search = files.searchFrom(QStringLiteral("/top.vhd"));
        const auto refused = Image::open(top.file(), search);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::NotFound);
        QVERIFY2(refused.error().detail.contains(QStringLiteral("parent of /m/middle.vhd;")),
            qUtf8Printable(refused.error().detail));

        search.lostParent = LostParent::Tolerate;
        const auto image = Image::open(top.file(), search);
        QVERIFY2(image, qPrintable(image ? QString() : image.error().text() + image.error().detail));
        ImageDetails details = detailsOf(**image);
        details.file = QStringLiteral("/top.vhd");
        QVERIFY(details.hasLostParent());
        QCOMPARE(details.fileWithoutParent(), QStringLiteral("/m/middle.vhd"));
        QCOMPARE(details.parents.back().storedAs, QStringLiteral("C:\\root.vhd"));

        // Another disk under the parent's name is no lost parent.
        files.add(QStringLiteral("/m/root.vhd"), VhdMaker(DiskType::Dynamic, blockSize));
        QCOMPARE(Image::open(top.file(), search).error().kind, ErrorKind::WrongState);
    }

    void looksForTheParentInOrder()
    {
        Files files;
        VhdMaker parent(DiskType::Dynamic, blockSize);
        VhdMaker child = childOf(parent, blockSize);
        child.addRelativePath(QStringLiteral("..\\disks\\relative.vhd"));
        child.header.parentName = QStringLiteral("C:\\Users\\x\\absolute.vhd");
        const auto open = [&](const QStringList& named = {}) {
            files.tried.clear();
            return Image::open(child.file(), files.searchFrom(QStringLiteral("/vm/child.vhd"), named));
        };
        QCOMPARE(open().error().kind, ErrorKind::NotFound);
        QCOMPARE(files.tried,
            (QStringList{QStringLiteral("/disks/relative.vhd"), QStringLiteral("/vm/relative.vhd"),
                QStringLiteral("/vm/absolute.vhd")}));

        // One with another identifier is passed over.
        files.add(QStringLiteral("/disks/relative.vhd"), VhdMaker(DiskType::Dynamic, blockSize));
        files.add(QStringLiteral("/vm/absolute.vhd"), parent);
        QCOMPARE((*open())->parentPath(), QStringLiteral("/vm/absolute.vhd"));

        files.add(QStringLiteral("/elsewhere/p"), parent);
        QCOMPARE((*open({QStringLiteral("/elsewhere/p")}))->parentPath(), QStringLiteral("/elsewhere/p"));
        QCOMPARE(open({QStringLiteral("/gone")}).value()->parentPath(), QStringLiteral("/vm/absolute.vhd"));
    }

    void comparesTheTimeStampWhereThereIsOne()
    {
        Files files;
        VhdMaker parent(DiskType::Dynamic, blockSize);
        parent.footer.timeStamp = 5000;
        files.add(QStringLiteral("/p.vhd"), parent);
        VhdMaker child = childOf(parent, blockSize);
        child.header.parentName = QStringLiteral("p.vhd");
        const auto open = [&](std::uint32_t stamp, const QStringList& named = {}) {
            child.header.parentTimeStamp = stamp;
            return Image::open(child.file(), files.searchFrom(QStringLiteral("/c.vhd"), named));
        };
        QVERIFY(open(0));
        QVERIFY(open(5000));
        QCOMPARE(open(6000).error().summary, broken(Rule::ParentChanged, 0).summary);
        QVERIFY(open(6000, {QStringLiteral("/p.vhd")})); // the user says that it is the right one
        files.modified = epoch + 6000;
        QVERIFY(open(6000));
    }

    void findsALoopThroughAnotherDisk()
    {
        Files files;
        VhdMaker a(DiskType::Differencing, blockSize);
        VhdMaker b = childOf(a, blockSize);
        a.header.parentId = b.footer.uniqueId;
        a.header.parentName = QStringLiteral("b");
        b.header.parentName = QStringLiteral("a");
        files.add(QStringLiteral("/a"), a);
        files.add(QStringLiteral("/b"), b);
        const auto image = Image::open(a.file(), files.searchFrom(QStringLiteral("/a")));
        QVERIFY(!image);
        QCOMPARE(image.error().summary, broken(Rule::ChainLoop, 0).summary);
    }

    void pagesTheTable()
    {
        // 20 pages of the table, more than are kept: a block at each page's end, read forwards and backwards.
        constexpr std::uint32_t entriesInPage = 4096;
        constexpr std::uint32_t pages = 20;
        VhdMaker maker(DiskType::Dynamic, std::uint64_t(pages) * entriesInPage * sectorSize);
        maker.header.blockSize = sectorSize;
        maker.header.tableEntries = pages * entriesInPage;
        maker.table.assign(maker.header.tableEntries, table::noBlock);
        for (std::uint32_t page = 0; page < pages; ++page) {
            maker.table[(page + 1) * entriesInPage - 1] = static_cast<std::uint32_t>(maker.end() / sectorSize);
            std::vector<std::byte> block(2UL * sectorSize, std::byte(page + 1));
            block[0] = std::byte(0xFF);
            maker.addBytes(block);
        }
        const auto image = Image::open(maker.file());
        QVERIFY(image);
        const auto offsetOf = [&](std::uint32_t page) {
            return (std::uint64_t(page + 1) * entriesInPage - 1) * sectorSize;
        };
        for (std::uint32_t page = 0; page < pages; ++page) {
            QCOMPARE(byteAt(**image, offsetOf(page)), std::byte(page + 1));
        }
        for (std::uint32_t page = pages; page-- > 0;) {
            QCOMPARE(byteAt(**image, offsetOf(page)), std::byte(page + 1));
        }
        QCOMPARE((*image)->runAt(0, ~0ULL)->length, offsetOf(0));
        QCOMPARE((*image)->runAt(offsetOf(3) + sectorSize, ~0ULL)->length, offsetOf(4) - offsetOf(3) - sectorSize);
    }

    void threadsReadAtOnce()
    {
        VhdMaker maker(DiskType::Dynamic, 64 * blockSize);
        for (std::uint32_t block = 0; block < 64; block += 2) {
            maker.addFullBlock(block, std::byte(block + 1));
        }
        const auto image = Image::open(maker.file());
        const std::vector<std::byte> expected = allOf(**image);
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (std::uint64_t thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&, thread] {
                    for (std::uint64_t at = thread * 1111; at + 3000 < expected.size(); at += 20011) {
                        std::vector<std::byte> piece(3000);
                        const bool isRight = (*image)->read(at, piece)
                            && std::ranges::equal(piece, std::span(expected).subspan(at, piece.size()));
                        wrong += isRight ? 0 : 1;
                    }
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
    }
};

QTEST_APPLESS_MAIN(VhdImageTest)
#include "vhd_image_test.moc"
