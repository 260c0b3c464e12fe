// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/network_boot.h"

#include "core/fat/efi_loader.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cerrno>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::NetworkBoot)
};

// What the boot loaders of netboot folders are called, the best first: shim before what it starts.
constexpr std::array loaderNames{"bootnetx64.efi", "shimx64.efi", "bootx64.efi", "grubnetx64.efi", "grubx64.efi",
    "ipxe.efi", "ipxe-x86_64.efi", "snponly.efi"};

// Debian's netboot archive: its loader asks for files by paths that begin with this folder.
const QString debianFolder = QStringLiteral("debian-installer");

// An archive is shallow; what was chosen by mistake may not be.
constexpr int deepest = 3;
constexpr int mostFolders = 300;

Result<EfiProcessor> processorOf(const QString& path)
{
    const QString what = Texts::tr("Reading the boot loader");
    const QFileInfo info(path);
    if (!info.exists()) {
        return std::unexpected(systemError(what, path, ENOENT));
    }
    if (!info.isFile()) {
        return std::unexpected(Error{ErrorKind::InvalidInput, Texts::tr("%1 is no file.").arg(path),
            Texts::tr("Choose the boot loader in it.")});
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(systemError(what, path, errno != 0 ? errno : EACCES));
    }
    const QByteArray beginning = file.read(qint64(efiProgramHeader));
    const std::optional<EfiProcessor> processor =
        efiProcessorOf(std::as_bytes(std::span(beginning.constData(), std::size_t(beginning.size()))));
    if (!processor) {
        return std::unexpected(Error{ErrorKind::Unsupported, Texts::tr("%1 is no program for UEFI.").arg(path),
            Texts::tr("Choose a boot loader for UEFI, such as bootnetx64.efi; pxelinux.0 is one for BIOS.")});
    }
    return *processor;
}

Result<void> checkFolder(const QString& folder)
{
    const QString what = Texts::tr("Opening the folder to boot from");
    const QFileInfo info(folder);
    if (!info.exists()) {
        return std::unexpected(systemError(what, folder, ENOENT));
    }
    if (!info.isDir()) {
        return std::unexpected(Error{ErrorKind::InvalidInput, Texts::tr("%1 is a file, not a folder.").arg(folder),
            Texts::tr("Choose the folder that it is in.")});
    }
    if (!info.isReadable() || !info.isExecutable()) {
        return std::unexpected(systemError(what, folder, EACCES));
    }
    return {};
}

// The best loader in FOLDER and its folders, the one that is nearest to the top among equals.
class Search {
public:
    explicit Search(const QString& folder) { walk(QDir(folder), 0); }

    const QString& found() const { return m_found; }

private:
    void walk(const QDir& folder, int depth)
    {
        if (++m_folders > mostFolders) {
            return;
        }
        for (const QFileInfo& file :
            folder.entryInfoList({QStringLiteral("*.efi")}, QDir::Files | QDir::Readable, QDir::Name)) {
            const auto* const name = std::ranges::find_if(loaderNames, [&file](const char* known) {
                return file.fileName().compare(QLatin1String(known), Qt::CaseInsensitive) == 0;
            });
            const std::pair rank(name - loaderNames.begin(), depth);
            if (name != loaderNames.end() && (m_found.isEmpty() || rank < m_rank)
                && processorOf(file.filePath()) == EfiProcessor::X64) {
                m_found = file.filePath();
                m_rank = rank;
            }
        }
        if (depth < deepest) {
            for (const QString& below :
                folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name)) {
                walk(QDir(folder.filePath(below)), depth + 1);
            }
        }
    }

    int m_folders = 0;
    std::pair<std::ptrdiff_t, int> m_rank;
    QString m_found;
};

// The folder that has to be served for FILE, which was found in FOLDER.
QString topFor(const QString& folder, const QString& file)
{
    // "…/debian-installer/amd64/bootnetx64.efi"
    const QDir parent = QFileInfo(QFileInfo(file).path()).dir();
    return parent.dirName() == debianFolder ? QFileInfo(parent.path()).path() : folder;
}

} // namespace

Result<NetworkBoot> findNetworkBoot(const QString& folder)
{
    const QString clean = QDir::cleanPath(folder);
    if (const Result<void> there = checkFolder(clean); !there) {
        return std::unexpected(there.error());
    }
    const QString file = Search(clean).found();
    if (file.isEmpty()) {
        return std::unexpected(
            Error{ErrorKind::NotFound, Texts::tr("There is no boot loader for UEFI in %1.").arg(clean),
                Texts::tr("Choose the folder that a system's netboot archive was unpacked to.")});
    }
    const QString top = topFor(clean, file);
    return NetworkBoot{.folder = top, .file = QDir(top).relativeFilePath(file)};
}

Result<void> checkNetworkBoot(const NetworkBoot& boot)
{
    if (boot.folder.isEmpty()) {
        return {};
    }
    if (Result<void> there = checkFolder(boot.folder); !there) {
        return there;
    }
    const QString path = boot.folder + QLatin1Char('/') + boot.file;
    const Result<EfiProcessor> processor = processorOf(path);
    if (!processor) {
        return std::unexpected(processor.error());
    }
    if (*processor != EfiProcessor::X64) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is for %2 processors, and the machine's processor is 64-bit x86.")
                .arg(path, displayName(*processor)),
            Texts::tr("Choose the boot loader of a system for 64-bit x86 (amd64).")});
    }
    return {};
}

Result<QByteArray> readNetworkLoader(const NetworkBoot& boot)
{
    const QString path = boot.folder + QLatin1Char('/') + boot.file;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(
            systemError(Texts::tr("Reading the boot loader"), path, errno != 0 ? errno : EACCES));
    }
    if (file.size() > largestProgram) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is larger than any boot loader, and was not looked at.").arg(path), {}, {}});
    }
    return file.readAll();
}

} // namespace platter
