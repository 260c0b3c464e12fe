// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/new_machine.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>

using namespace platter;

namespace {

using Edit = std::function<void(NewMachine&)>;

const HostResources host{ByteCount::gibibytes(8), 4};

} // namespace

Q_DECLARE_METATYPE(Edit)

class NewMachineTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_dir;

    QString below(const char* name) const { return m_dir->filePath(QString::fromUtf8(name)); }

    MachineStore store() const { return MachineStore(below("machines")); }

    static void write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

    NewMachine choices() const
    {
        NewMachine result;
        result.name = QStringLiteral("Büro 1");
        result.memory = ByteCount::mebibytes(512);
        result.cpus = 1;
        result.disk = NewDisk{DiskFormat::Vhdx, ByteCount::gibibytes(40), {}};
        result.media = {below("debian.iso"), below("virtio.iso")};
        result.forwards = {{Protocol::Tcp, 2222, 22}};
        return result;
    }

    static QStringList everythingIn(const QString& folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

    static QString textOf(const std::vector<Problem>& list)
    {
        QString text;
        for (const Problem& problem : list) {
            text += QStringLiteral("%1: %2\n").arg(static_cast<int>(problem.choice)).arg(problem.error.text());
        }
        return text;
    }

private Q_SLOTS:

    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        write(below("debian.iso"), "iso");
        write(below("virtio.iso"), "iso");
    }

    void aNewDiskBootsBeforeTheMedia()
    {
        const QString folder = below("machines/Büro 1");
        const Definition definition = definitionFor(choices(), folder);
        QCOMPARE(definition.drives.size(), std::size_t(3));
        QVERIFY(std::get<DiskDrive>(definition.driveAt({0, 0})->what)
            == (DiskDrive{folder + QStringLiteral("/Büro 1.vhdx"), DiskFormat::Vhdx}));
        QCOMPARE(std::get<DvdDrive>(definition.driveAt({0, 1})->what).medium, below("debian.iso"));
        QCOMPARE(std::get<DvdDrive>(definition.driveAt({0, 2})->what).medium, below("virtio.iso"));
        QVERIFY(definition.bootOrder == std::vector<BootDevice>({SlotId{0, 0}, SlotId{0, 1}, SlotId{0, 2}}));
        QCOMPARE(definition.controllers, 1);
        QCOMPARE(definition.adapters.size(), std::size_t(1));
        QCOMPARE(definition.adapters[0].forwards.size(), std::size_t(1));
        QVERIFY(violations(definition, host).empty());
        QVERIFY(!definition.id.uuid.isNull());
    }

    void theNetworkBootsAfterTheDiskAndBeforeTheMedia()
    {
        NewMachine network = choices();
        network.bootFromNetwork = true;
        QVERIFY(definitionFor(network, QStringLiteral("/m")).bootOrder
            == std::vector<BootDevice>({SlotId{0, 0}, AdapterId{0}, SlotId{0, 1}, SlotId{0, 2}}));

        network.networkBoot = {.folder = QStringLiteral("/srv/net"), .file = QStringLiteral("a.efi")};
        QVERIFY(definitionFor(network, QStringLiteral("/m")).adapters[0].boot == network.networkBoot);
        QVERIFY2(plan(network, store()).contains(QStringLiteral("  2. network, a.efi from the folder /srv/net\n")),
            qPrintable(plan(network, store())));
        const std::vector<Problem> found = problems(network, store(), host);
        QVERIFY2(std::ranges::any_of(found,
                     [](const Problem& problem) {
                         return problem.choice == Choice::Media && problem.file == QLatin1String("/srv/net");
                     }),
            qPrintable(textOf(found)));
        network.bootFromNetwork = false;
        QVERIFY(definitionFor(network, QStringLiteral("/m")).adapters[0].boot == NetworkBoot{});
    }

    void anExistingDiskBootsLast()
    {
        const QString disk = below("old.qcow2");
        QVERIFY(createImage(disk, DiskFormat::Qcow2, ByteCount::mebibytes(1)));
        NewMachine existing = choices();
        existing.disk = ExistingDisk{disk};
        const Definition definition = definitionFor(existing, QStringLiteral("/m"));
        QVERIFY(std::get<DiskDrive>(definition.driveAt({0, 0})->what) == (DiskDrive{disk, DiskFormat::Qcow2}));
        QVERIFY(definition.bootOrder == std::vector<BootDevice>({SlotId{0, 1}, SlotId{0, 2}, SlotId{0, 0}}));
        existing.media.clear();
        QVERIFY(definitionFor(existing, QStringLiteral("/m")).bootOrder == std::vector<BootDevice>({SlotId{0, 0}}));
    }

    void withoutMediaThereIsNoDvdDrive()
    {
        NewMachine bare = choices();
        bare.media.clear();
        bare.disk = NoDisk{};
        bare.hasNetwork = false;
        const Definition definition = definitionFor(bare, QStringLiteral("/m"));
        QVERIFY(definition.drives.empty());
        QVERIFY(definition.adapters.empty());
        QVERIFY(definition.bootOrder.empty());
        QVERIFY(violations(definition, host).empty());
    }

    void manyMediaTakeMoreControllers()
    {
        NewMachine many = choices();
        many.media = QStringList(64, below("debian.iso"));
        const Definition definition = definitionFor(many, QStringLiteral("/m"));
        QCOMPARE(definition.controllers, 2);
        QVERIFY(definition.driveAt({1, 0}));
        // The firmware runs out of memory over too many media to boot from.
        QCOMPARE(definition.bootOrder.size(), std::size_t(1 + 16));
        QVERIFY(violations(definition, host).empty());
    }

    void soundChoicesHaveNoProblems()
    {
        const std::vector<Problem> found = problems(choices(), store(), host);
        QVERIFY2(found.empty(), qPrintable(textOf(found)));
        QVERIFY(!QFileInfo::exists(below("machines"))); // and looking makes nothing
    }

    void namesEachProblem_data()
    {
        QTest::addColumn<Edit>("edit");
        QTest::addColumn<Choice>("choice");
        QTest::addColumn<ErrorKind>("kind");
        const auto row = [](const char* name, Choice choice, ErrorKind kind, const Edit& edit) {
            QTest::newRow(name) << edit << choice << kind;
        };
        row("no name", Choice::Name, ErrorKind::InvalidInput, [](NewMachine& c) { c.name.clear(); });
        row("bad name", Choice::Name, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.name = QStringLiteral("a/b"); });
        row("name taken", Choice::Name, ErrorKind::AlreadyExists,
            [](NewMachine& c) { c.name = QStringLiteral("taken"); });
        row("name taken at the place", Choice::Name, ErrorKind::AlreadyExists, [this](NewMachine& c) {
            c.place = m_dir->path();
            c.name = QStringLiteral("debian.iso");
        });
        row("missing place", Choice::Place, ErrorKind::NotFound,
            [this](NewMachine& c) { c.place = below("missing"); });
        row("relative place", Choice::Place, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.place = QStringLiteral("here"); });
        row("place is a file", Choice::Place, ErrorKind::InvalidInput,
            [this](NewMachine& c) { c.place = below("debian.iso"); });
        row("little memory", Choice::Memory, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.memory = ByteCount::mebibytes(64); });
        row("much memory", Choice::Memory, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.memory = ByteCount::gibibytes(9); });
        row("processors", Choice::Processors, ErrorKind::InvalidInput, [](NewMachine& c) { c.cpus = 5; });
        row("disk of size 0", Choice::Disk, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.disk = NewDisk{DiskFormat::Vhdx, ByteCount(0), {}}; });
        row("disk too large", Choice::Disk, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.disk = NewDisk{DiskFormat::Vhdx, ByteCount::tebibytes(65), {}}; });
        row("relative disk", Choice::Disk, ErrorKind::InvalidInput, [](NewMachine& c) {
            c.disk = NewDisk{DiskFormat::Vhdx, ByteCount::gibibytes(1), QStringLiteral("a.vhdx")};
        });
        row("disk exists already", Choice::Disk, ErrorKind::AlreadyExists, [this](NewMachine& c) {
            c.disk = NewDisk{DiskFormat::Raw, ByteCount::gibibytes(1), below("taken.raw")};
        });
        row("disk's folder is missing", Choice::Disk, ErrorKind::NotFound, [this](NewMachine& c) {
            c.disk = NewDisk{DiskFormat::Raw, ByteCount::gibibytes(1), below("no/a.raw")};
        });
        row("disk chosen, no file", Choice::Disk, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.disk = ExistingDisk{}; });
        row("disk missing", Choice::Disk, ErrorKind::NotFound,
            [this](NewMachine& c) { c.disk = ExistingDisk{below("missing")}; });
        row("disk is a folder", Choice::Disk, ErrorKind::InvalidInput,
            [this](NewMachine& c) { c.disk = ExistingDisk{m_dir->path()}; });
        row("disk is a VHD", Choice::Disk, ErrorKind::Unsupported,
            [this](NewMachine& c) { c.disk = ExistingDisk{below("vhd.img")}; });
        row("disk is a VHD and called so", Choice::Disk, ErrorKind::InvalidInput,
            [this](NewMachine& c) { c.disk = ExistingDisk{below("old.vhd")}; });
        row("medium missing", Choice::Media, ErrorKind::NotFound,
            [this](NewMachine& c) { c.media = {below("missing.iso")}; });
        row("medium empty", Choice::Media, ErrorKind::InvalidInput,
            [this](NewMachine& c) { c.media = {below("empty.iso")}; });
        row("no medium chosen", Choice::Media, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.media = {QString()}; });
        row("relative medium", Choice::Media, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.media = {QStringLiteral("a.iso")}; });
        row("physical medium", Choice::Media, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.media = {QStringLiteral("/dev/sr0")}; });
        row("boot from no network", Choice::Network, ErrorKind::InvalidInput, [](NewMachine& c) {
            c.hasNetwork = false;
            c.bootFromNetwork = true;
        });
        row("low port", Choice::Network, ErrorKind::InvalidInput,
            [](NewMachine& c) { c.forwards = {{Protocol::Tcp, 80, 80}}; });
    }

    void namesEachProblem()
    {
        QFETCH(Edit, edit);
        QFETCH(Choice, choice);
        QFETCH(ErrorKind, kind);
        const QByteArray footer = QByteArray("conectix").leftJustified(512, '\0');
        write(below("vhd.img"), QByteArray(1 << 20, '\0') + footer);
        write(below("old.vhd"), QByteArray(1 << 20, '\0') + footer);
        write(below("taken.raw"), "x");
        write(below("empty.iso"), "");
        MachineStore machines = store();
        QVERIFY(machines.create(QStringLiteral("taken"), {}, std::nullopt, nullptr));
        const QStringList before = everythingIn(m_dir->path());

        NewMachine edited = choices();
        edit(edited);
        const std::vector<Problem> found = problems(edited, machines, host);
        QVERIFY2(found.size() == 1, qPrintable(textOf(found)));
        QVERIFY2(found[0].choice == choice, qPrintable(textOf(found)));
        QCOMPARE(found[0].error.kind, kind);
        QVERIFY2(!found[0].error.advice.isEmpty(), qPrintable(textOf(found)));
        QCOMPARE(everythingIn(m_dir->path()), before);

        // What has a problem is not made, and nothing is left of it.
        if (host.memory >= edited.memory && host.cpus >= edited.cpus) {
            const QStringList machinesBefore = everythingIn(machines.root());
            const Result<StoredMachine> made = platter::create(edited, machines);
            QVERIFY(!made);
            QCOMPARE(made.error().kind, kind);
            QCOMPARE(everythingIn(machines.root()), machinesBefore);
            QCOMPARE(everythingIn(m_dir->path()), before);
        }
    }

    void namesPlacesThatCannotBeWritten()
    {
        const auto readable = QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther;
        QVERIFY(QDir().mkdir(below("closed")));
        QVERIFY(QFile::setPermissions(below("closed"), readable));
        QVERIFY(QFile::setPermissions(m_dir->path(), readable | QFile::WriteOwner | QFile::WriteOther));
        NewMachine here = choices();
        here.place = below("closed");
        NewMachine there = choices();
        there.disk = NewDisk{DiskFormat::Raw, ByteCount::gibibytes(1), below("closed/a.raw")};
        const Unprivileged nobody;
        const std::vector<Problem> place = problems(here, store(), host);
        QVERIFY2(place.size() == 1, qPrintable(textOf(place)));
        QVERIFY(place[0].choice == Choice::Place);
        QCOMPARE(place[0].error.kind, ErrorKind::PermissionDenied);
        const std::vector<Problem> disk = problems(there, store(), host);
        QVERIFY2(disk.size() == 1, qPrintable(textOf(disk)));
        QVERIFY(disk[0].choice == Choice::Disk);
        QCOMPARE(disk[0].error.kind, ErrorKind::PermissionDenied);
        // A store that is yet to be made is judged by the folder that it goes into.
        const std::vector<Problem> root = problems(choices(), MachineStore(below("closed/a/b")), host);
        QVERIFY2(root.size() == 1, qPrintable(textOf(root)));
        QVERIFY(root[0].choice == Choice::Place);
    }

    void namesAllProblemsAtOnce()
    {
        NewMachine bad = choices();
        bad.name = QStringLiteral(".x");
        bad.memory = ByteCount(1);
        bad.disk = ExistingDisk{below("missing")};
        bad.media = {below("missing.iso"), below("missing too.iso")};
        const std::vector<Problem> found = problems(bad, store(), host);
        QVERIFY2(found.size() == 6, qPrintable(textOf(found)));
        MachineStore machines = store();
        const Result<StoredMachine> made = platter::create(bad, machines);
        QVERIFY(!made);
        QVERIFY2(made.error().detail.contains(below("missing too.iso")), qPrintable(made.error().detail));
    }

    void planIsTextThatNamesEverything()
    {
        NewMachine all = choices();
        all.bootFromNetwork = true;
        const QString root = below("machines");
        const QString expected = QStringLiteral(
            "Machine: Büro 1\n"
            "Folder: %1/Büro 1\n"
            "Definition: %1/Büro 1/machine.json\n"
            "Memory: 512 MiB; processors: 1\n"
            "Firmware: UEFI; drives on paravirtual SCSI\n"
            "New disk in slot 0:0: %1/Büro 1/Büro 1.vhdx\n"
            "  VHDX, 40 GiB; takes 256 KiB at first and grows with use\n"
            "DVD drive in slot 0:1: %2/debian.iso\n"
            "DVD drive in slot 0:2: %2/virtio.iso\n"
            "Network: user-mode NAT\n"
            "  port 2222 of this computer (127.0.0.1, TCP) leads to port 22 of the machine\n"
            "Boot order:\n"
            "  1. disk 0:0 (empty until a system is installed)\n"
            "  2. network\n"
            "  3. DVD drive 0:1, debian.iso\n"
            "  4. DVD drive 0:2, virtio.iso\n"
            "  Once a system is installed, the machine boots it; the medium may stay in its drive.\n")
                                     .arg(root, m_dir->path());
        QCOMPARE(plan(all, store()), expected);

        all.place = below("elsewhere");
        all.cpus = 4;
        all.disk = ExistingDisk{below("old.qcow2")};
        all.media.clear();
        all.hasNetwork = false;
        all.bootFromNetwork = false;
        QCOMPARE(plan(all, store()),
            QStringLiteral("Machine: Büro 1\n"
                           "Folder: %1/elsewhere/Büro 1\n"
                           "Definition: %1/elsewhere/Büro 1/machine.json\n"
                           "Memory: 512 MiB; processors: 4\n"
                           "Firmware: UEFI; drives on paravirtual SCSI\n"
                           "Existing disk in slot 0:0: %1/old.qcow2 (qcow2; used as it is)\n"
                           "Network: none\n"
                           "Boot order:\n"
                           "  1. disk 0:0, old.qcow2\n")
                .arg(m_dir->path()));

        all.disk = NoDisk{};
        QVERIFY(plan(all, store()).contains(QLatin1String("Drives: none yet\n")));
        QVERIFY(!plan(all, store()).contains(QLatin1String("TPM")));
        NewMachine windows = all;
        windows.osId = QStringLiteral("win11");
        QVERIFY(plan(windows, store()).contains(QLatin1String("Secure Boot: Microsoft\nTPM: 2.0\n")));
        QVERIFY(definitionFor(windows, QStringLiteral("/m")).firmware.hasTpm);
        QVERIFY(plan(all, store()).contains(QLatin1String("Boot order: nothing to boot from yet\n")));
        QVERIFY(!QFileInfo::exists(below("machines")));
    }

    void makesWhatThePlanSays_data()
    {
        QTest::addColumn<DiskFormat>("format");
        QTest::addColumn<bool>("elsewhere");
        for (const DiskFormat format : {DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw}) {
            for (const bool elsewhere : {false, true}) {
                QTest::addRow("%s%s", qPrintable(nameOf(format)), elsewhere ? ", at another place" : "")
                    << format << elsewhere;
            }
        }
    }

    void makesWhatThePlanSays()
    {
        QFETCH(DiskFormat, format);
        QFETCH(bool, elsewhere);
        NewMachine wanted = choices();
        wanted.disk = NewDisk{format, ByteCount::gibibytes(1), {}};
        if (elsewhere) {
            wanted.place = below("place");
            QVERIFY(QDir().mkdir(*wanted.place));
        }
        MachineStore machines = store();
        const QString text = plan(wanted, machines);
        const Result<StoredMachine> made = platter::create(wanted, machines);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text() + made.error().detail));
        const QString file = std::get<DiskDrive>(made->definition.drives[0].what).file();
        QVERIFY2(text.contains(file), qPrintable(text));
        QVERIFY2(text.contains(made->definitionFile()), qPrintable(text));
        QCOMPARE(file, made->folder + QStringLiteral("/Büro 1.") + nameOf(format));
        QCOMPARE(everythingIn(made->folder),
            QStringList({QStringLiteral(".lock"), QFileInfo(file).fileName(), QStringLiteral("log"),
                QStringLiteral("machine.json")}));
        QVERIFY(machines.load(wanted.name)->definition == made->definition);
        QVERIFY(machines.load(wanted.name)->folder == made->folder);
    }

    void aDiskMayHaveAPlaceOfItsOwn()
    {
        NewMachine wanted = choices();
        wanted.disk = NewDisk{DiskFormat::Vhdx, ByteCount::gibibytes(1), below("system.vhdx")};
        MachineStore machines = store();
        const Result<StoredMachine> made = platter::create(wanted, machines);
        QVERIFY(made);
        QCOMPARE(std::get<DiskDrive>(made->definition.drives[0].what).file(), below("system.vhdx"));
        QCOMPARE(*imageKindOf(below("system.vhdx")), ImageKind::Vhdx);

        // Or a name of its own in the machine's folder.
        wanted.name = QStringLiteral("second");
        wanted.disk = NewDisk{DiskFormat::Vhdx, ByteCount::gibibytes(1), below("machines/second/c.vhdx")};
        const Result<StoredMachine> second = platter::create(wanted, machines);
        QVERIFY2(second, qPrintable(second ? QString() : second.error().text()));
        QCOMPARE(std::get<DiskDrive>(second->definition.drives[0].what).file(),
            second->folder + QStringLiteral("/c.vhdx"));
        QVERIFY(QFile::exists(second->folder + QStringLiteral("/c.vhdx")));
    }

    void takesTheDiskAwayAgainWhenTheMachineCannotBeMade()
    {
        // Somebody takes the machine's name while its disk is being made: the scripted qemu-img does.
        QVERIFY(QDir().mkdir(below("bin")));
        write(below("bin/qemu-img"),
            "#!/bin/sh\nmkdir -p '" + QFile::encodeName(below("machines/Büro 1"))
                + "'\nfor a; do case $a in file:*) echo x > \"${a#file:}\";; esac; done\n");
        QVERIFY(QFile::setPermissions(below("bin/qemu-img"), QFile::ReadOwner | QFile::ExeOwner));
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(below("bin")) + ':' + path);
        NewMachine wanted = choices();
        wanted.disk = NewDisk{DiskFormat::Raw, ByteCount::gibibytes(1), below("system.raw")};
        MachineStore machines = store();
        const Result<StoredMachine> made = platter::create(wanted, machines);
        qputenv("PATH", path);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::AlreadyExists);
        QVERIFY(!QFile::exists(below("system.raw")));
        QCOMPARE(everythingIn(below("machines")), QStringList({QStringLiteral(".lock"), QStringLiteral("Büro 1")}));
    }
};

QTEST_GUILESS_MAIN(NewMachineTest)
#include "new_machine_test.moc"
