// SPDX-License-Identifier: GPL-3.0-or-later
// A machine that is off and has been given another disk: what is remembered of the one before, and who may delete
// it.
#include "core/disk/operations/create_disk.h"
#include "core/live/former_disk.h"
#include "core/live/machine_session.h"
#include "core/live/system_evidence.h"
#include "scripted_machine.h"

#include <QFile>
#include <QTest>

using namespace platter;

namespace {

constexpr SlotId slot{0, 0};

std::optional<FormerDisk> formerIn(const Definition& definition)
{
    return std::get<DiskDrive>(definition.driveAt(slot)->what).former;
}

} // namespace

class FormerDiskTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ScriptedMachine> m_scripted;
    std::unique_ptr<AcceleratorProbe> m_probe;
    std::unique_ptr<MachineSession> m_session;
    QString m_old;
    QString m_new;

    MachineStore store() const { return MachineStore(m_scripted->places().machines); }

    Result<void> deleteOld() { return QCoro::waitFor(m_session->deleteFormerDisk(slot, Removal::ForGood)); }

    // As if the system had run from the new one.
    void prove()
    {
        const auto updated = store().update(QStringLiteral("box"), [](Definition& definition) -> Result<void> {
            std::get<DiskDrive>(definition.drives.front().what).former->isReplaced = true;
            return {};
        });
        QVERIFY(updated);
        m_session->setMachine(*updated);
    }

private Q_SLOTS:

    void init()
    {
        m_scripted = std::make_unique<ScriptedMachine>();
        m_probe = std::make_unique<AcceleratorProbe>(m_scripted->places().cache);
        m_old = m_scripted->places().cache + QStringLiteral("/old.qcow2");
        m_new = m_scripted->places().cache + QStringLiteral("/new.vhdx");
        QVERIFY(createDisk({.file = m_old, .format = DiskFormat::Qcow2, .size = ByteCount::mebibytes(64)}));
        QVERIFY(createDisk({.file = m_new, .size = ByteCount::mebibytes(64)}));
        const auto updated = store().update(QStringLiteral("box"), [this](Definition& definition) -> Result<void> {
            definition.drives.front().what = DiskDrive{m_old, DiskFormat::Qcow2};
            return {};
        });
        QVERIFY(updated);
        m_session =
            std::make_unique<MachineSession>(*updated, m_scripted->places(), *m_probe, QmpSeat::Application);
        QVERIFY(m_session->setDisk(slot, {m_new, DiskFormat::Vhdx}));
    }

    void cleanup()
    {
        m_session.reset();
        m_scripted.reset();
    }

    void remembersWhatWasThere()
    {
        const Result<StoredMachine> stored = store().load(QStringLiteral("box"));
        QVERIFY(stored);
        const auto& disk = std::get<DiskDrive>(stored->definition.driveAt(slot)->what);
        QCOMPARE(disk.file(), m_new);
        QCOMPARE(disk.format, DiskFormat::Vhdx);
        QCOMPARE(disk.former, (FormerDisk{m_old, DiskFormat::Qcow2, false}));
    }

    void goesBack()
    {
        QVERIFY(m_session->goBackToFormerDisk(slot));
        const Result<StoredMachine> stored = store().load(QStringLiteral("box"));
        QVERIFY(stored);
        QCOMPARE(
            std::get<DiskDrive>(stored->definition.driveAt(slot)->what), (DiskDrive{m_old, DiskFormat::Qcow2}));
        QVERIFY(QFile::exists(m_new));
        const Result<void> again = m_session->goBackToFormerDisk(slot);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::NotFound);
    }

    void doesNotGoBackToWhatIsGone()
    {
        QVERIFY(QFile::remove(m_old));
        const Result<void> gone = m_session->goBackToFormerDisk(slot);
        QVERIFY(!gone);
        QCOMPARE(gone.error().kind, ErrorKind::NotFound);
        QVERIFY(formerIn(m_session->machine().definition));
        QVERIFY(m_session->keepFormerDisk(slot)); // says no more of it
    }

    void keepsBoth()
    {
        QVERIFY(m_session->keepFormerDisk(slot));
        QVERIFY(!formerIn(m_session->machine().definition));
        QVERIFY(QFile::exists(m_old) && QFile::exists(m_new));
    }

    void deletesOnlyWhatHasBeenReplaced()
    {
        const Result<void> early = deleteOld();
        QVERIFY(!early);
        QCOMPARE(early.error().kind, ErrorKind::WrongState);
        QVERIFY(QFile::exists(m_old));
        prove();
        QVERIFY(QFile::exists(m_old)); // by itself nothing goes
        const Result<void> done = deleteOld();
        QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
        QVERIFY(!QFile::exists(m_old));
        QVERIFY(!formerIn(store().load(QStringLiteral("box"))->definition));
    }

    void doesNotDeleteAnotherMachinesDisk()
    {
        prove();
        Definition other{.id = MachineId::random()};
        other.drives = {{slot, DiskDrive{m_old, DiskFormat::Qcow2}}};
        QVERIFY(store().create(QStringLiteral("other"), other, std::nullopt, {}));
        const Result<void> refused = deleteOld();
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::InUse);
        QVERIFY2(refused.error().summary.contains(QStringLiteral("“other”")), qPrintable(refused.error().text()));
        QVERIFY(QFile::exists(m_old));
    }

    void doesNotDeleteWhatOthersStandOn()
    {
        const QString parent = m_scripted->places().cache + QStringLiteral("/parent.vhdx");
        QVERIFY(createDisk({.file = parent, .size = ByteCount::mebibytes(64)}));
        QVERIFY(createDisk({.file = m_scripted->places().cache + QStringLiteral("/child.vhdx"), .parent = parent}));
        const Result<void> refused = removeFormerFile(store(), parent, Removal::ForGood);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::WrongState);
        QVERIFY(QFile::exists(parent));
    }

    void provesNothingByLookingAround_data()
    {
        QTest::addColumn<quint64>("read");
        QTest::addColumn<quint64>("written");
        QTest::addColumn<quint64>("fromMedia");
        QTest::addColumn<bool>("runs");
        constexpr quint64 mebi = 1 << 20;
        QTest::newRow("nothing") << quint64(0) << quint64(0) << quint64(0) << false;
        QTest::newRow("firmware") << 2 * mebi << quint64(0) << mebi << false;
        QTest::newRow("GRUB, a kernel, a panic") << 120 * mebi << quint64(1024) << quint64(0) << false;
        QTest::newRow("a new, empty disk being partitioned") << 4 * mebi << 8 * mebi << quint64(0) << false;
        QTest::newRow("a system") << 300 * mebi << 12 * mebi << mebi << true;
        QTest::newRow("an installer on a DVD") << 300 * mebi << 900 * mebi << 400 * mebi << false;
    }

    void provesNothingByLookingAround()
    {
        QFETCH(quint64, read);
        QFETCH(quint64, written);
        QFETCH(quint64, fromMedia);
        QFETCH(bool, runs);
        QCOMPARE(showsRunningSystem({ByteCount(read), ByteCount(written), ByteCount(fromMedia)}), runs);
    }
};

QTEST_GUILESS_MAIN(FormerDiskTest)
#include "former_disk_test.moc"
