// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/install_medium.h"

#include "core/media/efi_boot.h"
#include "core/media/foreign_file.h"
#include "core/media/os_catalog.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace platter {

namespace {

// Copies of discs may lack the padding that mkisofs and disc writers add (150 sectors, and two of run-out), and
// every program reads them all the same. What lacks more was cut short.
constexpr std::uint64_t tolerated = 152 * isoSectorSize;

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::InstallMedium", text);
}

// Errors of the parsers speak of "it".
Error about(const QString& file, Error error)
{
    error.summary =
        tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "%1 cannot be used. %2")).arg(file, error.summary);
    error.detail = file + QLatin1String(": ") + error.detail;
    return error;
}

Result<void> checkComplete(const QString& file, const FileSource& source, const PrimaryVolume& volume)
{
    if (source.size() + tolerated >= volume.bytes()) {
        return {};
    }
    return std::unexpected(Error{ErrorKind::Corrupt,
        tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "%1 is incomplete: %2 of %3 are there."))
            .arg(file, ByteCount(source.size()).toString(), ByteCount(volume.bytes()).toString()),
        tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "Wait for the download to end, or download it again.")),
        file
            + QStringLiteral(": %1 blocks of %2 bytes, the file has %3 bytes (ECMA-119 8.4.8)")
                .arg(volume.blocks)
                .arg(volume.blockSize)
                .arg(source.size())});
}

void recognise(InstallMedium& medium, const PrimaryVolume& volume)
{
    if (medium.volumeLabel == QLatin1String(sampleGuestLabel)) {
        medium.isSampleGuest = true;
        medium.osName = tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "Platter sample guest"));
        medium.recommended = {ByteCount::mebibytes(512), 2, ByteCount::gibibytes(1)};
        return;
    }
    if (const std::optional<OsMatch> os = identifyOs(volume)) {
        medium.osId = os->id;
        medium.osName = os->name;
        medium.recommended = os->recommended;
        medium.isWindows = os->isWindows;
        return;
    }
    // What Microsoft's own download tool writes is labelled ESD-ISO, whichever Windows it is. Its other discs do
    // not boot.
    if (medium.uefi != UefiBoot::NotBootable && volume.publisher.startsWith(QLatin1String("MICROSOFT"))) {
        medium.osName = QStringLiteral("Microsoft Windows");
        medium.recommended = {ByteCount::gibibytes(4), 2, ByteCount::gibibytes(64)};
        medium.isWindows = true;
    }
}

enum class Recognition { No, Yes };

Result<InstallMedium> inspect(const QString& file, Recognition recognition)
{
    const Result<FileSource> source = FileSource::open(file);
    if (!source) {
        return std::unexpected(source.error());
    }
    if (source->size() == 0) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "%1 is empty.")).arg(file),
            tr(QT_TRANSLATE_NOOP(
                "platter::InstallMedium", "Wait for the download to end, or download it again."))});
    }
    const Result<VolumeDescriptors> descriptors = readVolumeDescriptors(*source);
    if (!descriptors) {
        if (descriptors.error().kind == ErrorKind::InvalidInput) {
            if (std::optional<Error> foreign = describeForeignFile(*source, file)) {
                return std::unexpected(*foreign);
            }
        }
        return std::unexpected(about(file, descriptors.error()));
    }
    InstallMedium medium;
    medium.file = file;
    medium.size = ByteCount(source->size());
    medium.volumeLabel = descriptors->primary ? descriptors->primary->label : descriptors->udfLabel;
    if (descriptors->primary) {
        if (Result<void> complete = checkComplete(file, *source, *descriptors->primary); !complete) {
            return std::unexpected(complete.error());
        }
    }
    const EfiBoot boot = examineEfiBoot(*source, *descriptors);
    medium.uefi = boot.verdict;
    medium.processor = boot.processor;
    medium.bootFault = boot.fault;
    if (descriptors->primary && recognition == Recognition::Yes) {
        recognise(medium, *descriptors->primary);
    }
    return medium;
}

// The newest of the files in FOLDER that a pattern fits.
QString newest(const QString& folder, const QString& pattern)
{
    const QFileInfoList files = QDir(folder).entryInfoList({pattern}, QDir::Files | QDir::Readable, QDir::Time);
    return files.isEmpty() ? QString() : files.first().absoluteFilePath();
}

} // namespace

QString InstallMedium::sentence() const
{
    QString what = osName.isEmpty() ? volumeLabel : osName;
    if (what.isEmpty() || what == QLatin1String("ISOIMAGE")
        || what == QLatin1String("CDROM")) { // tools' own defaults
        what = QFileInfo(file).fileName();
    }
    QString text;
    switch (uefi) {
    case UefiBoot::Yes:
        return tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "%1; boots with UEFI.")).arg(what);
    case UefiBoot::OtherArchitecture:
        text = tr(QT_TRANSLATE_NOOP("platter::InstallMedium",
                      "%1; its UEFI boot image is for %2 processors and cannot start this machine, whose processor "
                      "is 64-bit x86."))
                   .arg(what, processor);
        break;
    case UefiBoot::BiosOnly:
        text = tr(QT_TRANSLATE_NOOP("platter::InstallMedium",
                      "%1 has no UEFI boot image and cannot start this machine, whose firmware is UEFI only."))
                   .arg(what);
        if (!bootFault.isEmpty()) {
            text = tr(QT_TRANSLATE_NOOP("platter::InstallMedium",
                          "%1 has no UEFI boot image that works and cannot start this machine, whose firmware is "
                          "UEFI only."))
                       .arg(what);
        }
        break;
    case UefiBoot::NotBootable:
        text = tr(QT_TRANSLATE_NOOP(
                      "platter::InstallMedium", "%1 holds nothing to boot from and cannot start this machine."))
                   .arg(what);
        break;
    }
    return bootFault.isEmpty() ? text
                               : tr(QT_TRANSLATE_NOOP("platter::InstallMedium", "%1 %2")).arg(text, bootFault);
}

Result<InstallMedium> inspectMedium(const QString& file)
{
    return inspect(file, Recognition::Yes);
}

Result<InstallMedium> inspectMediumBoot(const QString& file)
{
    return inspect(file, Recognition::No);
}

Result<QByteArray> readMediumLoader(const QString& file)
{
    return FileSource::open(file).and_then([](const FileSource& source) {
        return readVolumeDescriptors(source).and_then([&source](const VolumeDescriptors& descriptors) {
            return readBootLoader(source, examineEfiBoot(source, descriptors));
        });
    });
}

QString findVirtioDriverIso()
{
    // Fedora's virtio-win package and what others do in its likeness, the newest versioned file beside it, the
    // browser.
    for (const QString& folder :
        {QStringLiteral("/usr/share/virtio-win"), QStringLiteral("/usr/local/share/virtio-win"),
            QStringLiteral("/usr/share/virtio"), QStringLiteral("/var/lib/libvirt/images"),
            QStandardPaths::writableLocation(QStandardPaths::DownloadLocation)}) {
        QString plain = folder + QLatin1String("/virtio-win.iso");
        if (QFileInfo(plain).isReadable()) {
            return plain;
        }
        if (const QString file = newest(folder, QStringLiteral("virtio-win*.iso")); !file.isEmpty()) {
            return file;
        }
    }
    return {};
}

} // namespace platter
