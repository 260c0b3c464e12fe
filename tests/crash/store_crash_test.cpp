// SPDX-License-Identifier: GPL-3.0-or-later
// Several programs at one store, some of them killed in the middle of it. The same executable, started with a verb,
// is each of the others.
#include "core/machine/store.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <signal.h>
#include <vector>

using namespace platter;

namespace {

constexpr int patienceMs = 30'000;

Definition newDefinition()
{
    Definition definition;
    definition.id = MachineId::random();
    definition.notes = QStringLiteral("0");
    return definition;
}

void say(const QString& line)
{
    std::puts(qPrintable(line));
    std::fflush(stdout);
}

// --- the other programs -----------------------------------------------------------------------------------------

Result<void> countUp(Definition& definition)
{
    const int count = definition.notes.section(QLatin1Char(' '), 0, 0).toInt() + 1;
    // A length that changes, so that a torn file could not look whole.
    definition.notes = QStringLiteral("%1 %2").arg(count).arg(QString(count * 37 % 9000, QLatin1Char('x')));
    return {};
}

// Counts a machine's notes up, COUNT times or for ever; says each number that is safely stored.
int updateLoop(const QString& root, const QString& name, int count)
{
    MachineStore store(root);
    for (int i = 0; count == 0 || i < count; ++i) {
        const Result<StoredMachine> updated = store.update(name, countUp);
        if (!updated) {
            say(QStringLiteral("failed: ") + updated.error().text());
            return 1;
        }
        say(updated->definition.notes.section(QLatin1Char(' '), 0, 0));
    }
    return 0;
}

Result<void> putTwoFiles(Definition& definition, const QString& folder)
{
    for (const char* name : {"disk.raw", "data/second.raw"}) {
        QFile file(folder + QLatin1Char('/') + QLatin1String(name));
        if (!QDir().mkpath(QFileInfo(file).absolutePath()) || !file.open(QIODevice::WriteOnly)
            || file.write(QByteArray(64 << 10, 'd')) != 64 << 10) {
            return std::unexpected(systemError(QStringLiteral("Filling"), file.fileName(), errno));
        }
    }
    definition.drives = {{{0, 0}, DiskDrive{folder + QStringLiteral("/disk.raw"), DiskFormat::Raw}}};
    return {};
}

// Makes machines and deletes every second one, for ever.
int createLoop(const QString& root)
{
    MachineStore store(root);
    for (int i = 0;; ++i) {
        const QString name = QStringLiteral("machine %1 of %2").arg(i).arg(QCoreApplication::applicationPid());
        const Result<StoredMachine> made = store.create(name, newDefinition(), std::nullopt, putTwoFiles);
        if (!made) {
            say(QStringLiteral("failed: ") + made.error().text());
            return 1;
        }
        if (i % 2 == 1 && !store.deleteForGood(name)) {
            return 1;
        }
        say(i % 2 == 1 ? QStringLiteral("deleted") : name);
    }
}

int createOne(const QString& root, const QString& name)
{
    const Result<StoredMachine> made = MachineStore(root).create(name, newDefinition(), std::nullopt, putTwoFiles);
    say(made ? QStringLiteral("made") : nameOf(made.error().kind));
    return made ? 0 : 1;
}

// Stops in the middle of making a machine until it is told to go on.
int createSlowly(const QString& root, const QString& name)
{
    const Result<StoredMachine> made = MachineStore(root).create(
        name, newDefinition(), std::nullopt, [](Definition& definition, const QString& folder) {
            Result<void> filled = putTwoFiles(definition, folder);
            say(QStringLiteral("filling"));
            std::getchar();
            return filled;
        });
    say(made ? QStringLiteral("made") : made.error().text());
    return made ? 0 : 1;
}

int otherProgram(const QStringList& arguments)
{
    const QString verb = arguments.value(1);
    if (verb == QLatin1String("update-loop")) {
        return updateLoop(arguments.value(2), arguments.value(3), arguments.value(4).toInt());
    }
    if (verb == QLatin1String("create-loop")) {
        return createLoop(arguments.value(2));
    }
    if (verb == QLatin1String("create-one")) {
        return createOne(arguments.value(2), arguments.value(3));
    }
    return createSlowly(arguments.value(2), arguments.value(3));
}

// --- the test's side --------------------------------------------------------------------------------------------

std::unique_ptr<QProcess> startOther(const QStringList& arguments)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start(QCoreApplication::applicationFilePath(), arguments);
    return process;
}

// The lines that arrive until there are at least COUNT of them, or the program ends.
QStringList linesOf(QProcess& process, int count)
{
    QStringList lines;
    while (lines.size() < count) {
        if (process.canReadLine()) {
            lines += QString::fromUtf8(process.readLine()).trimmed();
        } else if (!process.waitForReadyRead(patienceMs)) {
            break;
        }
    }
    return lines;
}

// Kills at once, at whatever point the program has got to, and returns what it had said until then.
QStringList killNow(QProcess& process)
{
    ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
    process.waitForFinished(patienceMs);
    return QString::fromUtf8(process.readAllStandardOutput()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

// Lets some random time pass, up to a millisecond, so that the kill meets any point of what the other program does.
void spin()
{
    const qint64 nanoseconds = QRandomGenerator::global()->bounded(1'000'000);
    QElapsedTimer timer;
    timer.start();
    while (timer.nsecsElapsed() < nanoseconds) { }
}

QStringList everythingIn(const QString& folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
}

} // namespace

class StoreCrashTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_dir;

    QString root() const { return m_dir->filePath(QStringLiteral("machines")); }

private Q_SLOTS:

    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void aKilledUpdateLeavesTheOldOrTheNewState()
    {
        MachineStore store(root());
        QVERIFY(store.create(QStringLiteral("m"), newDefinition(), std::nullopt, nullptr));
        const QString folder = store.load(QStringLiteral("m"))->folder;
        int stored = 0;
        for (int round = 0; round < 40; ++round) {
            const auto other =
                startOther({QStringLiteral("update-loop"), root(), QStringLiteral("m"), QStringLiteral("0")});
            QStringList said = linesOf(*other, 1 + round % 3);
            QVERIFY(!said.isEmpty());
            spin();
            said += killNow(*other);
            const Result<StoredMachine> machine = store.load(QStringLiteral("m"));
            QVERIFY2(machine, qPrintable(machine ? QString() : machine.error().text()));
            const int count = machine->definition.notes.section(QLatin1Char(' '), 0, 0).toInt();
            const int last = said.constLast().toInt();
            // What it said is stored; at most one more was, which it could not say any more.
            QVERIFY2(
                count == last || count == last + 1, qPrintable(QStringLiteral("%1, said %2").arg(count).arg(last)));
            QVERIFY(count > stored);
            Definition expected;
            expected.notes = QString::number(count - 1);
            QVERIFY(countUp(expected));
            QCOMPARE(machine->definition.notes, expected.notes);
            stored = count;
        }
        // A killed update leaves at most its one temporary file, and the next one takes that over.
        QVERIFY(store.update(QStringLiteral("m"), countUp));
        QCOMPARE(everythingIn(folder),
            QStringList({QStringLiteral(".lock"), QStringLiteral("log"), QStringLiteral("machine.json")}));
    }

    void aReaderNeverSeesHalfAState()
    {
        MachineStore store(root());
        QVERIFY(store.create(QStringLiteral("m"), newDefinition(), std::nullopt, nullptr));
        const auto writer =
            startOther({QStringLiteral("update-loop"), root(), QStringLiteral("m"), QStringLiteral("0")});
        QVERIFY(!linesOf(*writer, 1).isEmpty());
        int stored = 0;
        int changes = 0;
        while (changes < 100) {
            const Result<StoredMachine> machine = store.load(QStringLiteral("m"));
            QVERIFY2(machine, qPrintable(machine ? QString() : machine.error().text()));
            const int count = machine->definition.notes.section(QLatin1Char(' '), 0, 0).toInt();
            QVERIFY(count >= stored);
            changes += count > stored ? 1 : 0;
            stored = count;
            QVERIFY(writer->state() == QProcess::Running);
        }
        killNow(*writer);
    }

    void severalProgramsLoseNoChange()
    {
        MachineStore store(root());
        QVERIFY(store.create(QStringLiteral("m"), newDefinition(), std::nullopt, nullptr));
        constexpr int programs = 4;
        constexpr int changes = 50;
        std::vector<std::unique_ptr<QProcess>> others;
        for (int i = 0; i < programs; ++i) {
            others.push_back(
                startOther({QStringLiteral("update-loop"), root(), QStringLiteral("m"), QString::number(changes)}));
        }
        for (const auto& other : others) {
            QVERIFY(other->waitForFinished(patienceMs));
            QVERIFY2(other->exitCode() == 0, other->readAllStandardOutput().constData());
        }
        QCOMPARE(store.load(QStringLiteral("m"))->definition.notes.section(QLatin1Char(' '), 0, 0),
            QString::number(programs * changes));
    }

    void aKilledCreationOrDeletionIsWholeOrInvisible()
    {
        MachineStore store(root());
        QStringList made;
        for (int round = 0; round < 25; ++round) {
            const auto other = startOther({QStringLiteral("create-loop"), root()});
            QStringList said = linesOf(*other, 1 + round % 4);
            QVERIFY(!said.isEmpty());
            spin();
            said += killNow(*other);
            said.removeAll(QStringLiteral("deleted"));
            made += said;
            QStringList listed;
            for (const StoreEntry& entry : store.list()) {
                QVERIFY2(
                    entry.definition, qPrintable(entry.definition ? QString() : entry.definition.error().text()));
                QCOMPARE(QFileInfo(entry.folder + QStringLiteral("/disk.raw")).size(), 64 << 10);
                QCOMPARE(QFileInfo(entry.folder + QStringLiteral("/data/second.raw")).size(), 64 << 10);
                listed += entry.name;
            }
            for (const QString& name : std::as_const(made)) {
                QVERIFY2(listed.contains(name), qPrintable(name));
            }
            // One may be there that it could not say any more.
            QVERIFY(listed.size() <= made.size() + 1);
            made = listed;
        }
        // The next creation clears away what the killed ones left.
        QVERIFY(store.create(QStringLiteral("last"), newDefinition(), std::nullopt, nullptr));
        QStringList expected = made;
        expected << QStringLiteral("last") << QStringLiteral(".lock");
        expected.sort();
        QStringList found = everythingIn(root());
        found.sort();
        QCOMPARE(found, expected);
    }

    void aNameGoesToExactlyOneProgram()
    {
        for (int round = 0; round < 5; ++round) {
            const QString name = QStringLiteral("the one %1").arg(round);
            std::vector<std::unique_ptr<QProcess>> others;
            for (int i = 0; i < 6; ++i) {
                others.push_back(startOther({QStringLiteral("create-one"), root(), name}));
            }
            QStringList answers;
            for (const auto& other : others) {
                QVERIFY(other->waitForFinished(patienceMs));
                answers += QString::fromUtf8(other->readAllStandardOutput()).trimmed();
            }
            QCOMPARE(answers.count(QStringLiteral("made")), 1);
            QCOMPARE(answers.count(QStringLiteral("already-exists")), 5);
            QVERIFY(MachineStore(root()).load(name));
        }
        QCOMPARE(everythingIn(root()).filter(QStringLiteral(".partial")), QStringList());
    }

    void aCreationUnderWayIsNoLeftover()
    {
        MachineStore store(root());
        const auto alive = startOther({QStringLiteral("create-slowly"), root(), QStringLiteral("alive")});
        const auto doomed = startOther({QStringLiteral("create-slowly"), root(), QStringLiteral("doomed")});
        QCOMPARE(linesOf(*alive, 1), QStringList{QStringLiteral("filling")});
        QCOMPARE(linesOf(*doomed, 1), QStringList{QStringLiteral("filling")});
        QCOMPARE(everythingIn(root()).filter(QStringLiteral(".partial")).size(), 2);
        killNow(*doomed);
        QVERIFY(store.create(QStringLiteral("other"), newDefinition(), std::nullopt, nullptr));
        QCOMPARE(everythingIn(root()).filter(QStringLiteral(".partial")).size(), 1);
        alive->write("\n");
        QCOMPARE(linesOf(*alive, 1), QStringList{QStringLiteral("made")});
        QVERIFY(alive->waitForFinished(patienceMs));
        QVERIFY(store.load(QStringLiteral("alive")));
        QCOMPARE(store.load(QStringLiteral("doomed")).error().kind, ErrorKind::NotFound);
        QCOMPARE(everythingIn(root()).filter(QStringLiteral(".partial")), QStringList());
    }
};

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QStringList verbs{QStringLiteral("update-loop"), QStringLiteral("create-loop"),
        QStringLiteral("create-one"), QStringLiteral("create-slowly")};
    if (verbs.contains(application.arguments().value(1))) {
        return otherProgram(application.arguments());
    }
    StoreCrashTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "store_crash_test.moc"
