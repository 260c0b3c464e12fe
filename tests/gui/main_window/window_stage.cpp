// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_stage.h"

#include "core/qemu/runtime_folder.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QMessageBox>
#include <QToolBar>
#include <QWidget>

#include <csignal>

namespace platter {

WindowStage::WindowStage()
{
    m_places.machines = file(QStringLiteral("machines"));
    m_places.runtime = file(QStringLiteral("run"));
    m_places.cache = file(QStringLiteral("cache"));
    m_places.firmwareDescriptors = {QStringLiteral("/usr/share/qemu/firmware")};
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit()); // the trash is there
    QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    for (const QString& folder : {m_places.machines, m_places.runtime, m_places.cache}) {
        QDir().mkpath(folder);
    }
    QFile::setPermissions(m_places.runtime, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_probe = std::make_unique<AcceleratorProbe>(m_places.cache, [] {
        return AcceleratorReport{
            Accelerator::Tcg, QStringLiteral("This test has no KVM."), QStringLiteral("Nothing helps.")};
    });
    m_settings = std::make_unique<QSettings>(file(QStringLiteral("settings.ini")), QSettings::IniFormat);
    QFile medium(file(QStringLiteral("debian.iso")));
    if (medium.open(QIODevice::WriteOnly)) {
        medium.resize(2 << 20);
    }
}

WindowStage::~WindowStage()
{
    m_window.reset();
    m_library.reset();
    // No machine outlives its test.
    const QStringList running = QDir(m_places.runtime).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& id : running) {
        if (const auto qemu = RuntimeFolder{m_places.runtime + QLatin1Char('/') + id}.runningQemu()) {
            ::kill(*qemu, SIGKILL);
        }
    }
}

Definition WindowStage::definition() const
{
    Definition definition;
    definition.id = MachineId::random();
    definition.memory = ByteCount::mebibytes(256);
    definition.cpus = 1;
    definition.drives.push_back({{0, 0}, DiskDrive{file(QStringLiteral("disk.raw")), DiskFormat::Raw}});
    definition.drives.push_back({{0, 1}, DvdDrive{file(QStringLiteral("debian.iso"))}});
    definition.bootOrder = {SlotId{0, 0}, SlotId{0, 1}};
    return definition;
}

void WindowStage::addMachine(const QString& name, const Definition& definition)
{
    MachineStore store(m_places.machines);
    const Result<StoredMachine> made =
        store.create(name, definition, std::nullopt, [](Definition& filled, const QString& folder) -> Result<void> {
            for (Drive& drive : filled.drives) {
                if (auto* disk = std::get_if<DiskDrive>(&drive.what)) {
                    disk->source = folder + QStringLiteral("/disk-%1.raw").arg(drive.slot.target);
                    QFile image(disk->file());
                    if (!image.open(QIODevice::WriteOnly) || !image.resize(4 << 20)) {
                        return std::unexpected(Error{.summary = image.errorString()});
                    }
                }
            }
            return {};
        });
    if (!made) {
        qFatal("%s", qPrintable(made.error().text()));
    }
    if (m_library) {
        m_library->reload();
    }
}

void WindowStage::addBrokenMachine(const QString& name)
{
    QDir(m_places.machines).mkdir(name);
    QFile file(QStringLiteral("%1/%2/machine.json").arg(m_places.machines, name));
    if (!file.open(QIODevice::WriteOnly) || file.write("{ \"version\": 1, \"nam") < 0) {
        qFatal("%s", qPrintable(file.errorString()));
    }
    file.close();
    if (m_library) {
        m_library->reload();
    }
}

void WindowStage::addMachines(int count)
{
    for (int i = 1; i <= count; ++i) {
        addMachine(QStringLiteral("machine %1").arg(i));
    }
}

MainWindow& WindowStage::window()
{
    if (!m_window) {
        m_library = std::make_unique<MachineLibrary>(m_places, *m_probe);
        m_window = std::make_unique<MainWindow>(*m_library, *m_settings);
        if (!m_settings->contains(QStringLiteral("window/geometry"))) {
            m_window->resize(1120, 720); // wider than the screen of a test
        }
        m_window->show();
        if (!QTest::qWaitForWindowActive(m_window.get())) {
            qFatal("The window does not become active.");
        }
    }
    return *m_window;
}

void WindowStage::closeWindow()
{
    m_window->close();
    m_window.reset();
    m_library.reset();
}

QWidget* WindowStage::button(const char* name)
{
    QWidget* found = find<QToolBar>("toolBar")->widgetForAction(action(name));
    if (found == nullptr) {
        qFatal("There is no button for %s in the toolbar.", name);
    }
    return found;
}

void WindowStage::click(QWidget* widget)
{
    QTest::mouseClick(widget, Qt::LeftButton, {}, widget->rect().center());
}

void WindowStage::clickRow(int row)
{
    auto* list = find<QAbstractItemView>("machineList");
    const QModelIndex index = list->model()->index(row, 0);
    list->scrollTo(index);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(index).center());
}

QString WindowStage::selected()
{
    return find<QAbstractItemView>("machineList")->currentIndex().data().toString();
}

QMessageBox* WindowStage::question()
{
    for (QMessageBox* box : window().findChildren<QMessageBox*>(QStringLiteral("confirmation"))) {
        if (box->isVisible()) {
            return box;
        }
    }
    return nullptr;
}

void WindowStage::picture(const QString& name)
{
    const QString folder = qEnvironmentVariable("PLATTER_PICTURES");
    if (folder.isEmpty()) {
        return;
    }
    QDir().mkpath(folder);
    QCoreApplication::processEvents();
    window().grab().save(QStringLiteral("%1/%2.png").arg(folder, name));
}

} // namespace platter
