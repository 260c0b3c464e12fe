// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_library.h"
#include "scripted_machine.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace platter;

namespace {

constexpr int patience = 30000; // milliseconds

// What another program does: it has nothing but the folder.
StoredMachine makeBehindItsBack(const Places& places, const QString& name)
{
    Result<StoredMachine> made = MachineStore(places.machines)
                                     .create(name, Definition{.id = MachineId::random()}, std::nullopt,
                                         [](Definition&, const QString&) { return Result<void>(); });
    if (!made) {
        qFatal("%s", qUtf8Printable(made.error().text()));
    }
    return *made;
}

void write(const QString& file, const QByteArray& content)
{
    QFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(content) != content.size()) {
        qFatal("%s", qUtf8Printable(target.errorString()));
    }
}

QStringList names(const MachineLibrary& library)
{
    QStringList list;
    for (const LibraryEntry& entry : library.entries()) {
        list << entry.name;
    }
    return list;
}

const LibraryEntry& entryOf(const MachineLibrary& library, const QString& name)
{
    return *std::ranges::find(library.entries(), name, &LibraryEntry::name);
}

} // namespace

class MachineLibraryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void listsWhatIsThere()
    {
        const ScriptedMachine scripted;
        const Places& places = scripted.places();
        makeBehindItsBack(places, QStringLiteral("machine 10"));
        makeBehindItsBack(places, QStringLiteral("Äpfel & Birnen"));
        const StoredMachine broken = makeBehindItsBack(places, QStringLiteral("machine 2"));
        write(broken.definitionFile(), "{");
        AcceleratorProbe probe(places.cache);
        const MachineLibrary library(places, probe);
        QCOMPARE(names(library),
            (QStringList{QStringLiteral("Äpfel & Birnen"), QStringLiteral("box"), QStringLiteral("machine 2"),
                QStringLiteral("machine 10")}));
        QVERIFY(library.find(QStringLiteral("box")));
        QVERIFY(!library.find(QStringLiteral("machine 2")));
        QCOMPARE(entryOf(library, QStringLiteral("machine 2")).error->kind, ErrorKind::Corrupt);
        QVERIFY(!library.find(QStringLiteral("nobody")));
    }

    void followsWhatOthersDo()
    {
        const ScriptedMachine scripted;
        const Places& places = scripted.places();
        AcceleratorProbe probe(places.cache);
        MachineLibrary library(places, probe);
        MachineSession* box = library.find(QStringLiteral("box"));
        QVERIFY(box);

        const StoredMachine made = makeBehindItsBack(places, QStringLiteral("another"));
        QTRY_VERIFY_WITH_TIMEOUT(library.find(QStringLiteral("another")), patience);
        QCOMPARE(library.find(QStringLiteral("box")), box);

        const QSignalSpy changes(box, &MachineSession::definitionChanged);
        QVERIFY(MachineStore(places.machines).update(QStringLiteral("box"), [](Definition& definition) {
            definition.notes = QStringLiteral("edited");
            return Result<void>();
        }));
        QTRY_COMPARE_WITH_TIMEOUT(box->machine().definition.notes, QStringLiteral("edited"), patience);
        QCOMPARE(changes.size(), 1);

        // Renamed, it is the same machine.
        QVERIFY(
            QDir().rename(places.machines + QStringLiteral("/box"), places.machines + QStringLiteral("/crate")));
        QTRY_VERIFY_WITH_TIMEOUT(library.find(QStringLiteral("crate")), patience);
        QCOMPARE(library.find(QStringLiteral("crate")), box);
        QCOMPARE(box->name(), QStringLiteral("crate"));
        QVERIFY(!library.find(QStringLiteral("box")));
    }

    // Without anything coming or going in its folder.
    void seesADefinitionWrittenInPlace()
    {
        const ScriptedMachine scripted;
        const Places& places = scripted.places();
        AcceleratorProbe probe(places.cache);
        const MachineLibrary library(places, probe);
        const QString file = scripted.machine().definitionFile();
        QFile original(file);
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray sound = original.readAll();
        write(file, "no JSON");
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(library, QStringLiteral("box")).error, patience);
        write(file, sound);
        QTRY_VERIFY_WITH_TIMEOUT(library.find(QStringLiteral("box")), patience);
        // One that was replaced is another file, and watched as well.
        QVERIFY(MachineStore(places.machines).update(QStringLiteral("box"), [](Definition& definition) {
            definition.notes = QStringLiteral("edited");
            return Result<void>();
        }));
        QTRY_COMPARE_WITH_TIMEOUT(
            library.find(QStringLiteral("box"))->machine().definition.notes, QStringLiteral("edited"), patience);
        write(file, "no JSON");
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(library, QStringLiteral("box")).error, patience);
    }

    void saysThatAMachineIsGone()
    {
        const ScriptedMachine scripted;
        const Places& places = scripted.places();
        AcceleratorProbe probe(places.cache);
        MachineLibrary library(places, probe);
        const QPointer<MachineSession> session(library.find(QStringLiteral("box")));
        const QString folder = scripted.machine().folder;
        const QString elsewhere = places.cache + QStringLiteral("/box");
        QVERIFY(QDir().rename(folder, elsewhere));
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(library, QStringLiteral("box")).error, patience);
        QTRY_VERIFY_WITH_TIMEOUT(session.isNull(), patience);
        const Error error = *entryOf(library, QStringLiteral("box")).error;
        QCOMPARE(error.kind, ErrorKind::NotFound);
        QVERIFY2(error.summary.contains(folder), qUtf8Printable(error.summary));
        QVERIFY(!error.advice.isEmpty());

        // What else happens does not make it forgotten; putting the folder back mends it.
        makeBehindItsBack(places, QStringLiteral("another"));
        QTRY_COMPARE_WITH_TIMEOUT(library.entries().size(), 2U, patience);
        QVERIFY(entryOf(library, QStringLiteral("box")).error);
        QVERIFY(QDir().rename(elsewhere, folder));
        QTRY_VERIFY_WITH_TIMEOUT(library.find(QStringLiteral("box")), patience);
        QVERIFY(!entryOf(library, QStringLiteral("box")).error);

        QVERIFY(QDir(folder).removeRecursively());
        QTRY_VERIFY_WITH_TIMEOUT(!library.find(QStringLiteral("box")), patience);
        QCOMPARE(library.entries().size(), 2U);
        // Reading the store again forgets nothing, and deleting an entry only that one.
        library.reload();
        QCOMPARE(library.entries().size(), 2U);
        QVERIFY(QDir(entryOf(library, QStringLiteral("another")).folder).removeRecursively());
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(library, QStringLiteral("another")).isGone, patience);
        QVERIFY(QCoro::waitFor(library.remove(QStringLiteral("box"), Removal::ToTrash)));
        QCOMPARE(names(library), QStringList{QStringLiteral("another")});
        library.forget(QStringLiteral("another"));
        QVERIFY(library.entries().empty());
    }

    void saysThatABrokenMachineIsGone()
    {
        const ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const MachineLibrary library(scripted.places(), probe);
        write(scripted.machine().definitionFile(), "no JSON");
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(library, QStringLiteral("box")).error, patience);
        QVERIFY(!entryOf(library, QStringLiteral("box")).isGone);
        QVERIFY(QDir(scripted.machine().folder).removeRecursively());
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(library, QStringLiteral("box")).isGone, patience);
        QCOMPARE(entryOf(library, QStringLiteral("box")).error->kind, ErrorKind::NotFound);
    }

    void keepsWhatRunsWhenItsDefinitionBreaks()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        const Places& places = scripted.places();
        AcceleratorProbe probe(places.cache);
        auto library = std::make_unique<MachineLibrary>(places, probe);
        MachineSession* session = library->find(QStringLiteral("box"));
        QVERIFY(session);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Running, patience);
        const QString file = scripted.machine().definitionFile();
        QVERIFY(QFile::rename(file, file + QStringLiteral(".old")));
        write(file, "no JSON");
        QTRY_VERIFY_WITH_TIMEOUT(entryOf(*library, QStringLiteral("box")).error, patience);
        QCOMPARE(library->find(QStringLiteral("box")), session);

        // The next start of the application knows it by what it was started with.
        library = std::make_unique<MachineLibrary>(places, probe);
        session = library->find(QStringLiteral("box"));
        QVERIFY(session);
        QCOMPARE(entryOf(*library, QStringLiteral("box")).error->kind, ErrorKind::Corrupt);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Running, patience);

        scripted.tell(QStringLiteral("SHUTDOWN"));
        scripted.end(ScriptedMachine::End::Clean);
        QTRY_VERIFY_WITH_TIMEOUT(!library->find(QStringLiteral("box")), patience);
        QCOMPARE(entryOf(*library, QStringLiteral("box")).error->kind, ErrorKind::Corrupt);
    }

    void seesAMachineThatAnotherProgramStarts()
    {
        ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        const MachineLibrary library(scripted.places(), probe);
        const MachineSession* session = library.find(QStringLiteral("box"));
        QCOMPARE(session->state(), MachineState::Off);
        scripted.run(QStringLiteral("running"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Running, patience);
        QTRY_VERIFY_WITH_TIMEOUT(session->startedAt().isValid(), patience);
    }

    void makesMachines()
    {
        const ScriptedMachine scripted;
        AcceleratorProbe probe(scripted.places().cache);
        MachineLibrary library(scripted.places(), probe);
        const QSignalSpy changes(&library, &MachineLibrary::changed);
        NewMachine choices;
        choices.name = QStringLiteral("fresh");
        choices.memory = ByteCount::mebibytes(256);
        choices.cpus = 1;
        choices.disk = NoDisk{};
        const Result<MachineSession*> made = QCoro::waitFor(library.create(choices));
        QVERIFY2(made, qUtf8Printable(made ? QString() : made.error().text()));
        QCOMPARE(library.find(QStringLiteral("fresh")), *made);
        QCOMPARE(changes.size(), 1);
        const Result<MachineSession*> again = QCoro::waitFor(library.create(choices));
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::AlreadyExists);
    }

    void deletesWhatIsOff()
    {
        ScriptedMachine scripted;
        const Places& places = scripted.places();
        // The trash is on the file system of the machine.
        qputenv("XDG_DATA_HOME", QFile::encodeName(places.cache));
        AcceleratorProbe probe(places.cache);
        MachineLibrary library(places, probe);
        scripted.run(QStringLiteral("running"));
        const Result<void> refused = QCoro::waitFor(library.remove(QStringLiteral("box"), Removal::ToTrash));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::WrongState);
        QVERIFY(QFile::exists(scripted.machine().definitionFile()));

        // What a crash has left behind goes as well.
        scripted.end(ScriptedMachine::End::Killed);
        QCoro::waitFor(library.find(QStringLiteral("box"))->refresh());
        QTRY_COMPARE_WITH_TIMEOUT(library.find(QStringLiteral("box"))->state(), MachineState::Crashed, patience);
        const Result<void> moved = QCoro::waitFor(library.remove(QStringLiteral("box"), Removal::ToTrash));
        QVERIFY2(moved, qUtf8Printable(moved ? QString() : moved.error().text()));
        QVERIFY(library.entries().empty());
        QVERIFY(!QFile::exists(scripted.machine().folder));
        QVERIFY(!QFile::exists(scripted.runtime().path));
    }
};

QTEST_GUILESS_MAIN(MachineLibraryTest)
#include "machine_library_test.moc"
