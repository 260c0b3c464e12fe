// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/fdisk_table.h"

#include <QCoreApplication>

#include <cerrno>
#include <cstring>
#include <libfdisk/libfdisk.h>
#include <string>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::FdiskTable)
};

int listen(fdisk_context* /*context*/, fdisk_ask* ask, void* messages)
{
    switch (fdisk_ask_get_type(ask)) {
    case FDISK_ASKTYPE_INFO:
    case FDISK_ASKTYPE_WARN:
    case FDISK_ASKTYPE_WARNX:
        static_cast<QStringList*>(messages)->append(QString::fromLocal8Bit(fdisk_ask_print_get_mesg(ask)));
        return 0;
    default:
        return -EINVAL; // there is nobody to answer
    }
}

Error refused(const char* what, int result, const QStringList& messages)
{
    QStringList words = messages;
    words << QString::fromLatin1(what) + QLatin1String(": ") + QString::fromLocal8Bit(std::strerror(-result));
    return Error{.kind = ErrorKind::Corrupt,
        .summary = Texts::tr("The partition table cannot be used as it is."),
        .advice = Texts::tr("Check the disk's partition table in the machine that it belongs to."),
        .detail = words.join(QLatin1Char('\n'))};
}

} // namespace

FdiskTable::FdiskTable()
    : m_messages(std::make_unique<QStringList>())
    , m_context(fdisk_new_context())
{
}

void FdiskTable::Release::operator()(fdisk_context* context) const
{
    fdisk_deassign_device(context, 1);
    fdisk_unref_context(context);
}

Result<FdiskTable> FdiskTable::assign(
    const SparseCopy& copy, std::uint32_t logicalSectorSize, std::uint32_t physicalSectorSize, Access access)
{
    FdiskTable table;
    fdisk_context* const context = table.m_context.get();
    if (context == nullptr) {
        return std::unexpected(refused("fdisk_new_context", -ENOMEM, {}));
    }
    fdisk_set_ask(context, listen, table.m_messages.get());
    fdisk_disable_dialogs(context, 1);
    fdisk_save_user_sector_size(context, physicalSectorSize, logicalSectorSize);
    const int result =
        fdisk_assign_device_by_fd(context, copy.descriptor(), "disk", access == Access::ReadOnly ? 1 : 0);
    if (result != 0) {
        return std::unexpected(refused("fdisk_assign_device_by_fd", result, table.messages()));
    }
    return table;
}

Result<FdiskTable> FdiskTable::open(
    const SparseCopy& copy, std::uint32_t logicalSectorSize, std::uint32_t physicalSectorSize, Access access)
{
    Result<FdiskTable> table = assign(copy, logicalSectorSize, physicalSectorSize, access);
    if (table && fdisk_has_label(table->context()) == 0) {
        return std::unexpected(refused("fdisk_has_label", -EINVAL, table->messages()));
    }
    return table;
}

Result<FdiskTable> FdiskTable::makeGpt(const SparseCopy& copy, std::uint32_t logicalSectorSize,
    std::uint32_t physicalSectorSize, std::uint64_t firstUsable)
{
    Result<FdiskTable> table = assign(copy, logicalSectorSize, physicalSectorSize, Access::ReadWrite);
    if (!table) {
        return table;
    }
    // By itself libfdisk leaves the first MiB free, where old disks have their first partition.
    const auto release = [](fdisk_script* script) { fdisk_unref_script(script); };
    const std::unique_ptr<fdisk_script, decltype(release)> script(fdisk_new_script(table->context()), release);
    int result = script ? 0 : -ENOMEM;
    if (result == 0) {
        result = fdisk_script_set_header(script.get(), "first-lba", std::to_string(firstUsable).c_str());
    }
    if (result == 0) {
        result = fdisk_set_script(table->context(), script.get());
    }
    if (result == 0) {
        result = fdisk_create_disklabel(table->context(), "gpt");
    }
    if (result == 0) {
        result = fdisk_set_script(table->context(), nullptr);
    }
    if (result != 0) {
        return std::unexpected(refused("fdisk_create_disklabel", result, table->messages()));
    }
    return table;
}

Result<void> FdiskTable::write()
{
    if (const int result = fdisk_write_disklabel(m_context.get()); result != 0) {
        return std::unexpected(refused("fdisk_write_disklabel", result, messages()));
    }
    return {};
}

} // namespace platter
