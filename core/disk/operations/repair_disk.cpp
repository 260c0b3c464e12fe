// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/repair_disk.h"

#include "core/disk/kept_sectors.h"
#include "core/disk/new_image.h"
#include "core/durable_file.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::RepairDisk)
};

QString keeperFor(const QString& file)
{
    const QString name = QStringLiteral("%1.before-repair-%2")
                             .arg(file, QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss")));
    QString free = name;
    for (int number = 2; QFileInfo::exists(free); ++number) {
        free = QStringLiteral("%1-%2").arg(name).arg(number);
    }
    return free;
}

} // namespace

Result<vhdx::CheckReport> checkDisk(const QString& file)
{
    const Result<ImageKind> kind = imageKindOf(file);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    if (*kind != ImageKind::Vhdx) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is not a VHDX image; only those can be checked.").arg(file),
            *kind == ImageKind::Qcow2 ? Texts::tr("For qcow2, use: qemu-img check \"%1\"").arg(file) : QString(),
            {}});
    }
    const Result<std::unique_ptr<HostFile>> image = HostFile::open(file, HostFile::Access::ReadOnly);
    return image ? vhdx::check(**image) : std::unexpected(image.error());
}

Result<QString> repairDisk(const QString& file, const vhdx::CheckReport& report)
{
    Result<std::unique_ptr<HostFile>> image = HostFile::open(file, HostFile::Access::ReadWrite);
    if (!image) {
        return std::unexpected(image.error());
    }
    const QString kept = keeperFor(file);
    Result<std::unique_ptr<HostFile>> keeper = HostFile::create(kept);
    if (!keeper) {
        return std::unexpected(keeper.error());
    }
    const Result<void> done = KeptSectors::over(*std::move(image), *std::move(keeper))
                                  .and_then([&](std::unique_ptr<KeptSectors> keeping) {
                                      return flushToDisk(QFileInfo(kept).absolutePath()).and_then([&] {
                                          return vhdx::repair(std::move(keeping), report);
                                      });
                                  });
    if (!done && QFileInfo(kept).size() <= qint64(KeptSectors::headSize)) {
        QFile::remove(kept); // nothing was changed
    }
    return done ? Result<QString>(kept) : std::unexpected(done.error());
}

} // namespace platter
