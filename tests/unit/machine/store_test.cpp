// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/definition_json.h"
#include "core/machine/store.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <sys/stat.h>

using namespace platter;

class StoreTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_dir;

    QString below(const QString& name) const { return m_dir->filePath(name); }

    MachineStore store() const { return MachineStore(below(QStringLiteral("machines"))); }

    static Definition definition()
    {
        Definition result;
        result.id = MachineId::random();
        return result;
    }

    static QStringList namesOf(const std::vector<StoreEntry>& entries)
    {
        QStringList names;
        std::ranges::transform(entries, std::back_inserter(names), &StoreEntry::name);
        return names;
    }

    static QStringList everythingIn(const QString& folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

    static void write(const QString& path, const QByteArray& content)
    {
        QVERIFY(QDir().mkpath(QFileInfo(path).absolutePath()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

    static bool isThere(const QString& path) { return QFileInfo::exists(path) || QFileInfo(path).isSymLink(); }

    static void make(MachineStore machines, const QString& name)
    {
        const Result<StoredMachine> made = machines.create(name, definition(), std::nullopt, nullptr);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text()));
    }

private Q_SLOTS:

    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        QVERIFY(m_dir->isValid());
    }

    void anEmptyOrMissingStoreHasNoMachines()
    {
        QCOMPARE(store().list().size(), std::size_t(0));
        QCOMPARE(store().load(QStringLiteral("x")).error().kind, ErrorKind::NotFound);
        QVERIFY(!isThere(store().root())); // looking makes nothing
    }

    void makesAndLoadsMachines_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"debian", "My Windows 11", "-rf", "a;b $(c) \"d\" 'e'", "100 %1 %%",
                 "Büro 漢字 عربى", "\U0001F469\u200D\U0001F4BB", "new.partial"}) {
            QTest::newRow(name) << QString::fromUtf8(name);
        }
        QTest::newRow("as long as can be") << QString(80, u'漢');
    }

    void makesAndLoadsMachines()
    {
        QFETCH(QString, name);
        MachineStore machines = store();
        Definition wanted = definition();
        wanted.notes = QStringLiteral("kept");
        const Result<StoredMachine> made = machines.create(name, wanted, std::nullopt, nullptr);
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text()));
        QCOMPARE(made->name, name);
        QCOMPARE(made->folder, QFileInfo(machines.root()).canonicalFilePath() + QLatin1Char('/') + name);
        QVERIFY(QFile::exists(made->definitionFile()));
        QVERIFY(QFileInfo(made->logFolder()).isDir());
        const Result<StoredMachine> loaded = machines.load(name);
        QVERIFY(loaded);
        QCOMPARE(loaded->folder, made->folder);
        QVERIFY(loaded->definition == wanted);
        QCOMPARE(namesOf(machines.list()), QStringList{name});
    }

    void nobodyElseMayLookIntoAMachine()
    {
        make(store(), QStringLiteral("private"));
        for (const QString& folder : {store().root(), store().root() + QStringLiteral("/private")}) {
            struct stat status{};
            QCOMPARE(::stat(QFile::encodeName(folder).constData(), &status), 0);
            QCOMPARE(status.st_mode & 0777, mode_t(0700));
        }
    }

    void composesNames()
    {
        const QString decomposed = QStringLiteral("Bu\u0308ro");
        const QString composed = QStringLiteral("Büro");
        make(store(), decomposed);
        QCOMPARE(namesOf(store().list()), QStringList{composed});
        QVERIFY(store().load(decomposed));
        QCOMPARE(store().load(decomposed)->name, composed);
        MachineStore machines = store();
        QCOMPARE(
            machines.create(composed, definition(), std::nullopt, nullptr).error().kind, ErrorKind::AlreadyExists);
    }

    void findsADecomposedFolderMadeElsewhere()
    {
        const QString decomposed = QStringLiteral("Bu\u0308ro");
        make(store(), QStringLiteral("x"));
        QVERIFY(QDir(store().root()).rename(QStringLiteral("x"), decomposed));
        QVERIFY(store().load(namesOf(store().list()).constFirst()));
    }

    void refusesBadNames()
    {
        MachineStore machines = store();
        for (const char* name : {"", ".", "..", ".hidden", "a/b", "../x", " x", "a\nb"}) {
            const Result<StoredMachine> made =
                machines.create(QString::fromUtf8(name), definition(), std::nullopt, nullptr);
            QVERIFY(!made);
            QCOMPARE(made.error().kind, ErrorKind::InvalidInput);
            const QString text = QString::fromUtf8(name);
            QCOMPARE(machines.load(text).error().kind, ErrorKind::NotFound);
            QCOMPARE(machines.deleteForGood(text).error().kind, ErrorKind::NotFound);
        }
        QVERIFY(!isThere(machines.root()));
    }

    void sortsAsPeopleDo()
    {
        for (const char* name :
            {"machine 10", "Zebra", "machine 9", "ärger", "apple", "machine 1", "Machine 2", "zoo"}) {
            make(store(), QString::fromUtf8(name));
        }
        QCOMPARE(namesOf(store().list()).join(QLatin1Char('|')),
            QStringLiteral("apple|ärger|machine 1|Machine 2|machine 9|machine 10|Zebra|zoo"));
    }

    void aNameIsGivenOnce()
    {
        MachineStore machines = store();
        make(machines, QStringLiteral("one"));
        const Result<StoredMachine> again =
            machines.create(QStringLiteral("one"), definition(), std::nullopt, nullptr);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::AlreadyExists);
        // Whatever has the name, a dangling link and a file included.
        QVERIFY(QFile::link(QStringLiteral("/nowhere"), machines.root() + QStringLiteral("/link")));
        write(machines.root() + QStringLiteral("/file"), "x");
        for (const QString& name : {QStringLiteral("link"), QStringLiteral("file")}) {
            QCOMPARE(
                machines.create(name, definition(), std::nullopt, nullptr).error().kind, ErrorKind::AlreadyExists);
        }
    }

    void whoeverComesSecondLoses()
    {
        MachineStore machines = store();
        const Result<StoredMachine> made = machines.create(QStringLiteral("race"), definition(), std::nullopt,
            [&](Definition&, const QString& folder) -> Result<void> {
                write(folder + QStringLiteral("/disk.raw"), "mine");
                MachineStore other = store();
                const Result<StoredMachine> theirs =
                    other.create(QStringLiteral("race"), definition(), std::nullopt, nullptr);
                if (!theirs) {
                    return std::unexpected(theirs.error());
                }
                return {};
            });
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::AlreadyExists);
        QVERIFY(!isThere(machines.root() + QStringLiteral("/race/disk.raw")));
        QCOMPARE(namesOf(machines.list()), QStringList{QStringLiteral("race")});
        QCOMPARE(everythingIn(machines.root()), QStringList({QStringLiteral(".lock"), QStringLiteral("race")}));
    }

    void fillsTheFolderBeforeItCanBeSeen()
    {
        MachineStore machines = store();
        const Result<StoredMachine> made = machines.create(QStringLiteral("full"), definition(), std::nullopt,
            [&](Definition& d, const QString& folder) -> Result<void> {
                write(folder + QStringLiteral("/disk.raw"), "data");
                if (!machines.list().empty()) {
                    return std::unexpected(Error{ErrorKind::WrongState, QStringLiteral("It can be seen.")});
                }
                d.drives = {{{0, 0}, DiskDrive{folder + QStringLiteral("/disk.raw"), DiskFormat::Raw}},
                    {{0, 1}, DvdDrive{folder + QStringLiteral("/tools.iso")}},
                    {{0, 2}, DvdDrive{QStringLiteral("/isos/a.iso")}}};
                return {};
            });
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text()));
        QCOMPARE(std::get<DiskDrive>(made->definition.drives[0].what).file(),
            made->folder + QStringLiteral("/disk.raw"));
        QCOMPARE(std::get<DvdDrive>(made->definition.drives[1].what).medium,
            made->folder + QStringLiteral("/tools.iso"));
        QCOMPARE(std::get<DvdDrive>(made->definition.drives[2].what).medium, QStringLiteral("/isos/a.iso"));
        QVERIFY(QFile::exists(made->folder + QStringLiteral("/disk.raw")));
        QVERIFY(machines.load(QStringLiteral("full"))->definition == made->definition);
        QFile json(made->definitionFile());
        QVERIFY(json.open(QIODevice::ReadOnly));
        QVERIFY(json.readAll().contains("\"file\": \"disk.raw\""));
    }

    void leavesNothingBehindWhenFillFails()
    {
        MachineStore machines = store();
        const QString place = below(QStringLiteral("place"));
        QVERIFY(QDir().mkdir(place));
        for (const std::optional<QString>& where : {std::optional<QString>(), std::optional(place)}) {
            const Result<StoredMachine> made = machines.create(QStringLiteral("broken"), definition(), where,
                [](Definition&, const QString& folder) -> Result<void> {
                    write(folder + QStringLiteral("/a/b/c"), "half");
                    return std::unexpected(
                        Error{ErrorKind::NoSpace, QStringLiteral("There is no space for %1/a.").arg(folder)});
                });
            QVERIFY(!made);
            // It names the folder that was to be, not the one that nobody will find.
            QCOMPARE(made.error(),
                (Error{ErrorKind::NoSpace,
                    QStringLiteral("There is no space for %1/broken/a.").arg(where.value_or(machines.root()))}));
        }
        QCOMPARE(everythingIn(machines.root()), QStringList{QStringLiteral(".lock")});
        QCOMPARE(everythingIn(place), QStringList());
    }

    void keepsMachinesElsewhere()
    {
        MachineStore machines = store();
        const QString place = below(QStringLiteral("big disk"));
        QVERIFY(QDir().mkdir(place));
        const Result<StoredMachine> made = machines.create(QStringLiteral("far"), definition(), place, nullptr);
        QVERIFY(made);
        QCOMPARE(made->folder, QFileInfo(place).canonicalFilePath() + QStringLiteral("/far"));
        QVERIFY(QFileInfo(machines.root() + QStringLiteral("/far")).isSymLink());
        QCOMPARE(machines.load(QStringLiteral("far"))->folder, made->folder);
        QCOMPARE(machines.list().front().folder, made->folder);
        // The name is taken at both ends.
        QCOMPARE(machines.create(QStringLiteral("far"), definition(), std::nullopt, nullptr).error().kind,
            ErrorKind::AlreadyExists);
        QVERIFY(QDir().mkdir(place + QStringLiteral("/theirs")));
        QCOMPARE(machines.create(QStringLiteral("theirs"), definition(), place, nullptr).error().kind,
            ErrorKind::AlreadyExists);
        QVERIFY(machines.create(QStringLiteral("theirs"), definition(), std::nullopt, nullptr));
    }

    void aPlaceMustExist()
    {
        MachineStore machines = store();
        const Result<StoredMachine> made =
            machines.create(QStringLiteral("x"), definition(), below(QStringLiteral("missing")), nullptr);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::NotFound);
        QVERIFY2(made.error().summary.contains(below(QStringLiteral("missing"))), qPrintable(made.error().summary));
    }

    void theStoreItselfMayBeALink()
    {
        QVERIFY(QDir().mkdir(below(QStringLiteral("real"))));
        QVERIFY(QFile::link(below(QStringLiteral("real")), below(QStringLiteral("machines"))));
        make(store(), QStringLiteral("x"));
        QCOMPARE(store().load(QStringLiteral("x"))->folder,
            QFileInfo(below(QStringLiteral("real"))).canonicalFilePath() + QStringLiteral("/x"));
        QVERIFY(store().deleteForGood(QStringLiteral("x")));
        QCOMPARE(store().list().size(), std::size_t(0));
    }

    void saysWhatIsWrongWithAMachine_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<ErrorKind>("kind");
        QTest::newRow("corrupt") << QByteArray("{ \"version\": 1,\n oops") << ErrorKind::Corrupt;
        QTest::newRow("empty") << QByteArray("") << ErrorKind::Corrupt;
        QTest::newRow("zeros") << QByteArray(4096, '\0') << ErrorKind::Corrupt;
        QTest::newRow("too new") << QByteArray("{\"version\": 99, \"anything\": []}") << ErrorKind::TooNew;
        QTest::newRow("too old") << QByteArray("{\"version\": 0}") << ErrorKind::TooOld;
        QTest::newRow("too large") << QByteArray((16 << 20) + 1, ' ') << ErrorKind::Corrupt;
    }

    void saysWhatIsWrongWithAMachine()
    {
        QFETCH(QByteArray, json);
        QFETCH(ErrorKind, kind);
        make(store(), QStringLiteral("good"));
        make(store(), QStringLiteral("bad"));
        const QString file = store().root() + QStringLiteral("/bad/machine.json");
        write(file, json);
        const std::vector<StoreEntry> entries = store().list();
        QCOMPARE(namesOf(entries), QStringList({QStringLiteral("bad"), QStringLiteral("good")}));
        QVERIFY(entries[1].definition);
        for (const Error& error : {entries[0].definition.error(), store().load(QStringLiteral("bad")).error(),
                 store().update(QStringLiteral("bad"), [](Definition&) { return Result<void>(); }).error()}) {
            QCOMPARE(error.kind, kind);
            QVERIFY2(error.summary.contains(file), qPrintable(error.summary));
            QVERIFY2(error.summary.contains(QStringLiteral("“bad”")), qPrintable(error.summary));
            QVERIFY(!error.advice.isEmpty());
        }
        // What is broken stays as it is, for somebody to mend.
        QFile content(file);
        QVERIFY(content.open(QIODevice::ReadOnly));
        QCOMPARE(content.readAll(), json);
    }

    void aFolderThatLostItsDefinitionIsBroken()
    {
        make(store(), QStringLiteral("lost"));
        QVERIFY(QFile::remove(store().root() + QStringLiteral("/lost/machine.json")));
        const std::vector<StoreEntry> entries = store().list();
        QCOMPARE(namesOf(entries), QStringList{QStringLiteral("lost")});
        QCOMPARE(entries[0].definition.error().kind, ErrorKind::NotFound);
        QVERIFY2(entries[0].definition.error().advice.contains(QLatin1String("backup")),
            qPrintable(entries[0].definition.error().advice));
    }

    void whatIsNoMachineIsNotListed()
    {
        make(store(), QStringLiteral("machine"));
        QVERIFY(QDir().mkpath(store().root() + QStringLiteral("/New Folder")));
        QVERIFY(QDir().mkpath(store().root() + QStringLiteral("/.hidden/x")));
        write(store().root() + QStringLiteral("/debian.iso"), "x");
        QCOMPARE(namesOf(store().list()), QStringList{QStringLiteral("machine")});
    }

    void aLinkWhoseTargetIsGoneIsBroken()
    {
        MachineStore machines = store();
        const QString place = below(QStringLiteral("usb"));
        QVERIFY(QDir().mkdir(place));
        QVERIFY(machines.create(QStringLiteral("far"), definition(), place, nullptr));
        QVERIFY(QDir().rename(place, below(QStringLiteral("unplugged"))));
        const std::vector<StoreEntry> entries = machines.list();
        QCOMPARE(entries.size(), std::size_t(1));
        for (const Error& error : {entries[0].definition.error(), machines.load(QStringLiteral("far")).error()}) {
            QCOMPARE(error.kind, ErrorKind::NotFound);
            QVERIFY2(error.summary.contains(place + QStringLiteral("/far")), qPrintable(error.summary));
            QVERIFY(!error.advice.isEmpty());
        }
        QVERIFY(QDir().rename(below(QStringLiteral("unplugged")), place));
        QVERIFY(machines.list()[0].definition);
    }

    void aCopyWithTheSameIdIsBroken()
    {
        make(store(), QStringLiteral("a"));
        make(store(), QStringLiteral("other"));
        QVERIFY(QDir().mkdir(store().root() + QStringLiteral("/b")));
        QVERIFY(QFile::copy(store().root() + QStringLiteral("/a/machine.json"),
            store().root() + QStringLiteral("/b/machine.json")));
        const std::vector<StoreEntry> entries = store().list();
        QCOMPARE(
            namesOf(entries), QStringList({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("other")}));
        QVERIFY(entries[0].definition);
        QVERIFY(entries[2].definition);
        const Error error = entries[1].definition.error();
        QCOMPARE(error.kind, ErrorKind::Corrupt);
        QVERIFY2(error.summary.contains(QStringLiteral("“a”")) && error.summary.contains(QStringLiteral("“b”")),
            qPrintable(error.summary));
        QVERIFY2(
            error.advice.contains(entries[1].folder + QStringLiteral("/machine.json")), qPrintable(error.advice));

        // The advice works.
        const QString id = error.advice.section(QLatin1Char(' '), -1).chopped(1);
        QFile json(entries[1].folder + QStringLiteral("/machine.json"));
        QVERIFY(json.open(QIODevice::ReadOnly));
        QByteArray content = json.readAll();
        json.close();
        content.replace(entries[0].definition->id.toString().toUtf8(), id.toUtf8());
        write(json.fileName(), content);
        QVERIFY(store().list()[1].definition);
    }

    void updatesUnderALock()
    {
        make(store(), QStringLiteral("m"));
        MachineStore machines = store();
        const MachineId id = machines.load(QStringLiteral("m"))->definition.id;
        const Result<StoredMachine> updated =
            machines.update(QStringLiteral("m"), [](Definition& d) -> Result<void> {
                d.id = MachineId::random();
                d.notes = QStringLiteral("changed");
                d.drives = {{{0, 3}, DvdDrive{}}, {{0, 1}, DvdDrive{}}};
                return {};
            });
        QVERIFY(updated);
        QVERIFY(updated->definition.id == id);
        QCOMPARE(updated->definition.drives.front().slot, (SlotId{0, 1}));
        QVERIFY(machines.load(QStringLiteral("m"))->definition == updated->definition);
    }

    void aRefusedOrEmptyChangeWritesNothing()
    {
        make(store(), QStringLiteral("m"));
        MachineStore machines = store();
        const QString file = machines.load(QStringLiteral("m"))->definitionFile();
        struct stat before{};
        QCOMPARE(::stat(QFile::encodeName(file).constData(), &before), 0);
        const Result<StoredMachine> refused =
            machines.update(QStringLiteral("m"), [](Definition& d) -> Result<void> {
                d.notes = QStringLiteral("changed");
                return std::unexpected(Error{ErrorKind::WrongState, QStringLiteral("No.")});
            });
        QCOMPARE(refused.error(), (Error{ErrorKind::WrongState, QStringLiteral("No.")}));
        QVERIFY(machines.update(QStringLiteral("m"), [](Definition&) { return Result<void>(); }));
        struct stat after{};
        QCOMPARE(::stat(QFile::encodeName(file).constData(), &after), 0);
        QCOMPARE(after.st_ino, before.st_ino);
        QCOMPARE(machines.load(QStringLiteral("m"))->definition.notes, QString());
    }

    void saysThatAMachineWasDeletedMeanwhile()
    {
        make(store(), QStringLiteral("m"));
        MachineStore machines = store();
        QVERIFY(QDir(machines.root() + QStringLiteral("/m")).removeRecursively());
        for (const Error& error : {machines.load(QStringLiteral("m")).error(),
                 machines.update(QStringLiteral("m"), [](Definition&) { return Result<void>(); }).error(),
                 machines.moveToTrash(QStringLiteral("m")).error(),
                 machines.deleteForGood(QStringLiteral("m")).error()}) {
            QCOMPARE(error.kind, ErrorKind::NotFound);
            QVERIFY2(error.summary.contains(QStringLiteral("“m”")), qPrintable(error.summary));
        }
        // And between reading and writing.
        make(store(), QStringLiteral("n"));
        const Result<StoredMachine> updated =
            machines.update(QStringLiteral("n"), [&](Definition& d) -> Result<void> {
                d.notes = QStringLiteral("changed");
                QDir(machines.root() + QStringLiteral("/n")).removeRecursively();
                return {};
            });
        QVERIFY(!updated);
        QCOMPARE(updated.error().kind, ErrorKind::NotFound);
        QVERIFY(!isThere(machines.root() + QStringLiteral("/n")));
    }

    void saysThatItMayNotWrite()
    {
        make(store(), QStringLiteral("m"));
        MachineStore machines = store();
        const auto open = QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther;
        for (const QString& folder : {m_dir->path(), machines.root(), machines.root() + QStringLiteral("/m")}) {
            QVERIFY(QFile::setPermissions(folder, open));
        }
        QVERIFY(QFile::setPermissions(machines.root() + QStringLiteral("/m/machine.json"), open));
        {
            const Unprivileged nobody;
            QVERIFY(machines.load(QStringLiteral("m")));
            const auto change = [](Definition& d) -> Result<void> {
                d.notes = QStringLiteral("changed");
                return {};
            };
            QCOMPARE(machines.update(QStringLiteral("m"), change).error().kind, ErrorKind::PermissionDenied);
            QCOMPARE(machines.create(QStringLiteral("n"), definition(), std::nullopt, nullptr).error().kind,
                ErrorKind::PermissionDenied);
            QCOMPARE(machines.deleteForGood(QStringLiteral("m")).error().kind, ErrorKind::PermissionDenied);
        }
        for (const QString& folder : {m_dir->path(), machines.root(), machines.root() + QStringLiteral("/m")}) {
            QVERIFY(QFile::setPermissions(folder, open | QFile::WriteOwner));
        }
        QVERIFY(machines.load(QStringLiteral("m")));
    }

    void deletesForGood()
    {
        MachineStore machines = store();
        const QString place = below(QStringLiteral("place"));
        QVERIFY(QDir().mkdir(place));
        make(machines, QStringLiteral("near"));
        QVERIFY(machines.create(QStringLiteral("far"), definition(), place, nullptr));
        write(machines.root() + QStringLiteral("/near/disk/x"), "x");
        QVERIFY(machines.deleteForGood(QStringLiteral("near")));
        QVERIFY(machines.deleteForGood(QStringLiteral("far")));
        QCOMPARE(everythingIn(machines.root()), QStringList{QStringLiteral(".lock")});
        QCOMPARE(everythingIn(place), QStringList());
    }

    void removesWhatCannotBeRead()
    {
        MachineStore machines = store();
        make(machines, QStringLiteral("corrupt"));
        write(machines.root() + QStringLiteral("/corrupt/machine.json"), "oops");
        QVERIFY(QFile::link(below(QStringLiteral("gone")), machines.root() + QStringLiteral("/dangling")));
        QVERIFY(machines.deleteForGood(QStringLiteral("corrupt")));
        QVERIFY(machines.deleteForGood(QStringLiteral("dangling")));
        QCOMPARE(everythingIn(machines.root()), QStringList{QStringLiteral(".lock")});
    }

    void aLinkToSomethingElseGoesAlone()
    {
        MachineStore machines = store();
        make(machines, QStringLiteral("m"));
        write(below(QStringLiteral("home/precious")), "x");
        QVERIFY(QFile::link(below(QStringLiteral("home")), machines.root() + QStringLiteral("/home")));
        QVERIFY(QFile::link(m_dir->path(), machines.root() + QStringLiteral("/above")));
        write(m_dir->filePath(QStringLiteral("machine.json")), "looks like one");
        QVERIFY(machines.deleteForGood(QStringLiteral("home")));
        QVERIFY(machines.deleteForGood(QStringLiteral("above")));
        QVERIFY(QFile::exists(below(QStringLiteral("home/precious"))));
        QCOMPARE(namesOf(machines.list()), QStringList{QStringLiteral("m")});
    }

    void movesToTheTrash()
    {
        qputenv("XDG_DATA_HOME", QFile::encodeName(below(QStringLiteral("data"))));
        MachineStore machines(below(QStringLiteral("data/platter/machines")));
        const QString place = below(QStringLiteral("place"));
        QVERIFY(QDir().mkdir(place));
        make(machines, QStringLiteral("near"));
        write(machines.root() + QStringLiteral("/near/disk"), "data");
        QVERIFY(machines.create(QStringLiteral("far"), definition(), place, nullptr));
        for (const QString& name : {QStringLiteral("near"), QStringLiteral("far")}) {
            const Result<void> moved = machines.moveToTrash(name);
            QVERIFY2(moved, qPrintable(moved ? QString() : moved.error().text() + moved.error().detail));
        }
        QCOMPARE(machines.list().size(), std::size_t(0));
        QCOMPARE(everythingIn(machines.root()), QStringList{QStringLiteral(".lock")});
        QCOMPARE(everythingIn(place), QStringList());
        const QString trash = below(QStringLiteral("data/Trash/files"));
        QCOMPARE(everythingIn(trash), QStringList({QStringLiteral("far"), QStringLiteral("near")}));
        QVERIFY(QFile::exists(trash + QStringLiteral("/near/disk")));
    }

    void withoutATrashNothingHappens()
    {
        // The trash's place is a file; everything below that fails.
        write(below(QStringLiteral("nodata")), "x");
        qputenv("XDG_DATA_HOME", QFile::encodeName(below(QStringLiteral("nodata"))));
        MachineStore machines = store();
        make(machines, QStringLiteral("m"));
        const QFileDevice::Permissions before = QFile::permissions(m_dir->path());
        const Result<void> moved = machines.moveToTrash(QStringLiteral("m"));
        QVERIFY(QFile::setPermissions(m_dir->path(), before));
        QVERIFY(!moved);
        QCOMPARE(moved.error().kind, ErrorKind::Unsupported);
        QVERIFY(machines.load(QStringLiteral("m")));
    }

    void aHundredMachinesAreListedWhole()
    {
        for (int i = 1; i <= 100; ++i) {
            const QString folder = store().root() + QStringLiteral("/machine %1").arg(i);
            Definition machine = definition();
            for (int target = 0; target < 64; ++target) {
                machine.drives.push_back({{0, target}, DvdDrive{QStringLiteral("/isos/%1.iso").arg(target)}});
            }
            write(folder + QStringLiteral("/machine.json"), toJson(machine, folder));
        }
        std::vector<StoreEntry> entries;
        QBENCHMARK
        {
            entries = store().list();
        }
        QCOMPARE(entries.size(), std::size_t(100));
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(entries[static_cast<std::size_t>(i)].name, QStringLiteral("machine %1").arg(i + 1));
            QVERIFY(entries[static_cast<std::size_t>(i)].definition);
        }
    }
};

QTEST_GUILESS_MAIN(StoreTest)
#include "store_test.moc"
