// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/vhdx_file.h"

#include "core/disk/open_disk.h"
#include "core/disk/vhdx/chain.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStorageInfo>

#include <sys/stat.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::VhdxFile)
};

// A format knows rules and offsets; this adds whose.
template <typename T>
Result<T> aboutFile(Result<T> result, const QString& path)
{
    if (!result && result.error().detail.startsWith(QLatin1String("vhdx "))) {
        Error error = result.error();
        error.summary = Texts::tr("%1 is not a sound VHDX file. %2").arg(path, error.summary);
        error.detail.prepend(path + QStringLiteral(": "));
        return std::unexpected(error);
    }
    return result;
}

// Whether FILE says that its parent is the one with this identifier, and does not find a copy of that elsewhere.
// What cannot be read is nobody's child.
bool isChildOf(const QString& file, const QFileInfo& parent, const QUuid& dataWriteGuid)
{
    Result<std::unique_ptr<HostFile>> opened = HostFile::open(file, HostFile::Access::Unlocked);
    if (!opened) {
        return false;
    }
    const Result<std::unique_ptr<vhdx::Image>> image = vhdx::Image::open(*std::move(opened), {});
    if (!image || !(*image)->metadata().parent || !(*image)->metadata().parent->accepts(dataWriteGuid)) {
        return false;
    }
    QStringList found;
    const auto chain = openVhdx(file, {}, InspectAccess::Shared, &found);
    // Whatever becomes of the rest of the chain; a child that finds no parent may be looking for this one.
    return found.isEmpty() || QFileInfo(found.first()).canonicalFilePath() == parent.canonicalFilePath();
}

} // namespace

Result<std::unique_ptr<vhdx::Image>> openVhdx(
    const QString& path, const QStringList& parents, InspectAccess access, QStringList* parentPaths)
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(
        path, access == InspectAccess::Shared ? HostFile::Access::Unlocked : HostFile::Access::ReadOnly);
    if (!file) {
        return std::unexpected(file.error());
    }
    return aboutFile(
        vhdx::Image::open(*std::move(file), vhdx::parentOpener(parentSearchFor(path, parents), parentPaths)), path);
}

Result<std::unique_ptr<vhdx::Editor>> editVhdx(
    const QString& path, const QStringList& parents, WithParent withParent)
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadWrite);
    if (!file) {
        return std::unexpected(file.error());
    }
    const vhdx::ParentOpener opener =
        withParent == WithParent::Yes ? vhdx::parentOpener(parentSearchFor(path, parents)) : vhdx::ParentOpener();
    return aboutFile(vhdx::Editor::open(*std::move(file), opener), path);
}

QStringList childrenOf(const QString& file, const QUuid& dataWriteGuid)
{
    const QFileInfo self(file);
    QStringList children;
    const QFileInfoList neighbours = self.absoluteDir().entryInfoList(
        {QStringLiteral("*.vhdx"), QStringLiteral("*.avhdx")}, QDir::Files, QDir::Name);
    for (const QFileInfo& neighbour : neighbours) {
        if (neighbour.canonicalFilePath() != self.canonicalFilePath()
            && isChildOf(neighbour.absoluteFilePath(), self, dataWriteGuid)) {
            children << neighbour.absoluteFilePath();
        }
    }
    return children;
}

Result<void> checkHasNoChildren(const QString& file, const QUuid& dataWriteGuid, const QString& except)
{
    QStringList children = childrenOf(file, dataWriteGuid);
    children.removeAll(except);
    if (children.isEmpty()) {
        return {};
    }
    return std::unexpected(Error{ErrorKind::WrongState,
        Texts::tr("%1 is the parent of %2, which a change of it would destroy.")
            .arg(file, QLocale().createSeparatedList(children)),
        children.size() == 1 ? Texts::tr("Merge the differencing image into it, or flatten that one, first.")
                             : Texts::tr("Flatten the differencing images first."),
        {}});
}

Result<void> checkFreeSpace(const QString& file, ByteCount needed)
{
    const QStorageInfo storage(QFileInfo(file).absolutePath());
    if (!storage.isValid() || storage.bytesAvailable() < 0
        || ByteCount(static_cast<std::uint64_t>(storage.bytesAvailable())) >= needed) {
        return {};
    }
    const ByteCount available(static_cast<std::uint64_t>(storage.bytesAvailable()));
    return std::unexpected(Error{ErrorKind::NoSpace,
        Texts::tr("%1 are needed for %2 and %3 are free there.").arg(needed.toString(), file, available.toString()),
        Texts::tr("Free some space there, or move the image to another place."), {}});
}

ByteCount sizeOnHostOf(const QString& file)
{
    struct stat status{};
    constexpr std::uint64_t unit = 512;
    return ::stat(QFile::encodeName(file).constData(), &status) == 0
        ? ByteCount(static_cast<std::uint64_t>(status.st_blocks) * unit)
        : ByteCount();
}

} // namespace platter
