// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_removal.h"
#include "core/qemu/start_lock.h"
#include "scripted_machine.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace platter;

Q_DECLARE_METATYPE(platter::Removal)

class MachineRemovalTest : public QObject {
    Q_OBJECT

private:
    static void addBothWays()
    {
        QTest::addColumn<Removal>("removal");
        QTest::newRow("to the trash") << Removal::ToTrash;
        QTest::newRow("for good") << Removal::ForGood;
    }

    static void breakDefinition(const StoredMachine& machine)
    {
        QFile file(machine.definitionFile());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write("{") == 1);
    }

private Q_SLOTS:

    void refusesWhatRuns_data() { addBothWays(); }

    void refusesWhatRuns()
    {
        QFETCH(Removal, removal);
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        const auto refuses = [&](const QString& name) {
            const Result<void> refused = removeMachine(scripted.places(), name, removal);
            return !refused && refused.error().kind == ErrorKind::WrongState
                && QDir(scripted.places().machines).exists(name);
        };
        QVERIFY(refuses(QStringLiteral("box")));
        // By its id, whatever it is called by now.
        QDir machines(scripted.places().machines);
        QVERIFY(machines.rename(QStringLiteral("box"), QStringLiteral("crate")));
        QVERIFY(refuses(QStringLiteral("crate")));
        // By what it was started with, where the id cannot be read any more.
        QVERIFY(machines.rename(QStringLiteral("crate"), QStringLiteral("box")));
        breakDefinition(scripted.machine());
        QVERIFY(refuses(QStringLiteral("box")));
    }

    void refusesWhatIsBeingStarted_data() { addBothWays(); }

    void refusesWhatIsBeingStarted()
    {
        QFETCH(Removal, removal);
        const ScriptedMachine scripted;
        QVERIFY(scripted.runtime().create());
        const Result<StartLock> start = StartLock::take(scripted.runtime());
        QVERIFY(start);
        const Result<void> refused = removeMachine(scripted.places(), QStringLiteral("box"), removal);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::InUse);
        QVERIFY(QFile::exists(scripted.machine().definitionFile()));
    }

    void takesALeftoverWithIt()
    {
        ScriptedMachine scripted;
        scripted.run(QStringLiteral("running"));
        scripted.end(ScriptedMachine::End::Killed);
        QVERIFY(QFile::exists(scripted.runtime().pidFile()));
        QVERIFY(removeMachine(scripted.places(), QStringLiteral("box"), Removal::ForGood));
        QVERIFY(!QFile::exists(scripted.machine().folder));
        QVERIFY(!QFile::exists(scripted.runtime().path));
    }

    void removesACopyOfWhatRuns()
    {
        ScriptedMachine scripted;
        const QString copy = scripted.places().machines + QStringLiteral("/copy");
        QVERIFY(QDir().mkdir(copy));
        QVERIFY(QFile::copy(scripted.machine().definitionFile(), copy + QStringLiteral("/machine.json")));
        scripted.run(QStringLiteral("running"));
        QVERIFY(removeMachine(scripted.places(), QStringLiteral("copy"), Removal::ForGood));
        QVERIFY(!QFile::exists(copy));
        QVERIFY(scripted.runtime().runningQemu());
        QVERIFY(QFile::exists(scripted.machine().definitionFile()));
    }

    void removesWhatCannotBeRead()
    {
        const ScriptedMachine scripted;
        breakDefinition(scripted.machine());
        QVERIFY(removeMachine(scripted.places(), QStringLiteral("box"), Removal::ForGood));
        QVERIFY(!QFile::exists(scripted.machine().folder));
        const Result<void> again = removeMachine(scripted.places(), QStringLiteral("box"), Removal::ForGood);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(MachineRemovalTest)
#include "machine_removal_test.moc"
