// SPDX-License-Identifier: GPL-3.0-or-later
#include "boot_stage.h"

#include "core/live/machine_boot.h"
#include "tests/unit/disk/run_tool.h"
#include "tests/unit/media/image_maker.h"

#include <QLabel>
#include <QPushButton>
#include <QTabWidget>

namespace platter {

namespace {

const QString name = QStringLiteral("m");
constexpr int bootTab = 2;
constexpr qint64 mebibyte = 1 << 20;

void require(bool isGood, const QString& words)
{
    if (!isGood) {
        qFatal("%s", qPrintable(words));
    }
}

void makeSystemDisk(const QString& path)
{
    const ImageMaker maker;
    QFile loader(QStringLiteral("/usr/lib/systemd/boot/efi/systemd-bootx64.efi"));
    require(loader.open(QIODevice::ReadOnly), loader.errorString());
    const QByteArray program = loader.readAll();
    const QString fault = maker.makeFat(QStringLiteral("esp"), 32 << 10, {},
        {{QStringLiteral("EFI/debian/shimx64.efi"), program}, {QStringLiteral("EFI/BOOT/BOOTX64.EFI"), program}});
    require(fault.isEmpty(), fault);
    QFile disk(path);
    require(disk.open(QIODevice::ReadWrite) && disk.resize(64 * mebibyte), disk.errorString());
    const ToolRun run = runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), path},
        "label: gpt\nstart=1MiB, size=40MiB, type=uefi\n");
    require(run.isGood, run.output);
    require(disk.seek(mebibyte) && disk.write(maker.bytes(QStringLiteral("esp"))) > 0, disk.errorString());
}

} // namespace

BootStage::BootStage()
{
    Definition definition = m_window.definition();
    definition.drives.push_back({{0, 2}, DiskDrive{m_window.file(QStringLiteral("data.raw")), DiskFormat::Raw}});
    definition.adapters = {NetworkAdapter{QStringLiteral("52:54:00:12:34:56"), {}}};
    m_window.addMachine(name, definition);
    MachineStore store(m_window.places().machines);
    const Result<StoredMachine> machine = store.load(name);
    const QString disk = std::get<DiskDrive>(machine->definition.driveAt({0, 0})->what).file();
    QFile::remove(disk);
    makeSystemDisk(disk);

    const BootOrder before = bootOrderOf(*machine, m_window.places()).value();
    BootOrder after = before;
    const std::vector<LoaderOnDisk> loaders = loadersOn(machine->definition, {0, 0}).value();
    FileTarget gone = loaders.front().file;
    gone.path = QStringLiteral("\\EFI\\Microsoft\\Boot\\bootmgfw.efi");
    after.add(QStringLiteral("Windows Boot Manager"), gone);
    for (const LoaderOnDisk& loader : loaders) {
        if (loader.file.path.endsWith(QLatin1String("shimx64.efi"))) {
            after.add(QStringLiteral("debian"), loader.file);
        }
    }
    const Result<void> changed = changeBootOrder(name, m_window.places(), before, after);
    require(changed.has_value(), changed ? QString() : changed.error().text());

    m_window.window();
    m_window.find<QTabWidget>("machineTabs")->setCurrentIndex(bootTab);
    require(QTest::qWaitFor([this] { return editor().model().rowCount() > 0; }, 20000), text("bootState"));
}

QString BootStage::text(const char* label)
{
    return m_window.find<QLabel>(label)->text();
}

QString BootStage::cell(int row, int column)
{
    return editor().model().index(row, column).data().toString();
}

QStringList BootStage::tried()
{
    QStringList names;
    for (const BootEntry& entry : editor().model().draft().entries()) {
        if (entry.isOn) {
            names << editor().model().nameOf(entry);
        }
    }
    return names;
}

void BootStage::select(int row)
{
    view().setCurrentIndex(editor().model().index(row, BootModel::Order));
}

void BootStage::click(const char* button)
{
    m_window.click(m_window.find<QPushButton>(button));
}

QStringList BootStage::stored()
{
    const Result<StoredMachine> machine = MachineStore(m_window.places().machines).load(name);
    const BootOrder order = bootOrderOf(*machine, m_window.places()).value();
    QStringList ids;
    for (const BootEntry& entry : order.entries()) {
        if (entry.isOn) {
            ids << (entry.device() ? entry.id() : entry.option.description);
        }
    }
    return ids;
}

} // namespace platter
