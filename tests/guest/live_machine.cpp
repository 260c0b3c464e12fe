// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/guest/live_machine.h"

#include "core/live/qemu_process.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

namespace platter {

LiveMachine::LiveMachine()
    : m_places{.machines = m_folder.filePath(QStringLiteral("data/platter/machines")),
          .runtime = m_folder.filePath(QStringLiteral("run/platter")),
          .cache = m_folder.filePath(QStringLiteral("cache/platter")),
          .firmwareDescriptors = {QStringLiteral("/usr/share/qemu/firmware")},
          .sampleGuest = {}}
    , m_probe(m_places.cache)
{
    for (const QString& folder : {m_places.machines, m_places.runtime, m_places.cache}) {
        QDir().mkpath(folder);
        QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
}

LiveMachine::~LiveMachine()
{
    for (const QString& id : QDir(m_places.runtime).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const RuntimeFolder runtime{m_places.runtime + QLatin1Char('/') + id};
        if (const auto process = QemuProcess::find(runtime)) {
            process->kill();
            if (!QTest::qWaitFor([&process] { return process->hasEnded(); }, patience)) {
                qWarning("QEMU %d does not end.", int(process->pid()));
            }
        }
    }
}

QProcessEnvironment LiveMachine::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("XDG_DATA_HOME"), path(QStringLiteral("data")));
    environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), path(QStringLiteral("run")));
    environment.insert(QStringLiteral("XDG_CACHE_HOME"), path(QStringLiteral("cache")));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), path(QStringLiteral("config")));
    return environment;
}

LiveMachine::Said LiveMachine::platterctl(const QStringList& words) const
{
    QProcess program;
    program.setProcessEnvironment(environment());
    program.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"), words);
    if (!QTest::qWaitFor([&] { return program.state() == QProcess::NotRunning; }, patience)) {
        program.kill();
        program.waitForFinished();
    }
    return {program.exitCode(), QString::fromUtf8(program.readAllStandardOutput()),
        QString::fromUtf8(program.readAllStandardError())};
}

StoredMachine LiveMachine::make(const QString& name, std::vector<Drive> drives)
{
    Definition definition{.id = MachineId::random()};
    definition.memory = ByteCount::mebibytes(512);
    definition.cpus = 1;
    definition.accelerator = AcceleratorChoice::SoftwareEmulation;
    definition.drives = std::move(drives);
    for (const Drive& drive : definition.drives) {
        definition.bootOrder.emplace_back(drive.slot);
    }
    const Result<StoredMachine> made =
        MachineStore(m_places.machines).create(name, definition, std::nullopt, [](Definition&, const QString&) {
            return Result<void>();
        });
    if (!made) {
        qFatal("%s", qUtf8Printable(made.error().text()));
    }
    return *made;
}

std::unique_ptr<MachineSession> LiveMachine::session(const StoredMachine& machine, QmpSeat seat)
{
    return std::make_unique<MachineSession>(machine, m_places, m_probe, seat);
}

std::unique_ptr<MachineLibrary> LiveMachine::library()
{
    return std::make_unique<MachineLibrary>(m_places, m_probe);
}

RuntimeFolder LiveMachine::runtime(const StoredMachine& machine) const
{
    return RuntimeFolder::of(m_places.runtime, machine.definition.id);
}

pid_t LiveMachine::pid(const StoredMachine& machine) const
{
    return runtime(machine).runningQemu().value_or(0);
}

QString LiveMachine::makeImage(const QString& file, const QString& format, const QString& size) const
{
    if (QProcess::execute(QStringLiteral("qemu-img"),
            {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), format, path(file), size})
        != 0) {
        qFatal("qemu-img cannot make %s", qUtf8Printable(path(file)));
    }
    return path(file);
}

QString LiveMachine::makeMedium(const QString& file, char fill) const
{
    QFile medium(path(file));
    if (!medium.open(QIODevice::WriteOnly) || medium.write(QByteArray(1 << 20, fill)) < 0) {
        qFatal("%s", qUtf8Printable(medium.errorString()));
    }
    return medium.fileName();
}

} // namespace platter
