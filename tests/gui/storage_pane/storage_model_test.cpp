// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a machine's storage and what its cards say.
#include "ui/storage_pane/storage_facts.h"
#include "ui/storage_pane/storage_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace platter;

using Kind = StorageRow::Kind;

namespace {

Definition definition()
{
    Definition made;
    made.id = MachineId::random();
    made.controllers = 2;
    made.drives = {{{0, 0}, DiskDrive{QStringLiteral("/disks/system.vhdx"), DiskFormat::Vhdx}},
        {{0, 7}, DvdDrive{QStringLiteral("/media/debian.iso")}}, {{1, 5}, DvdDrive{}}};
    made.bootOrder = {SlotId{0, 7}, SlotId{0, 0}};
    return made;
}

KnownImage readable()
{
    DiskInspection disk;
    disk.image.sizeOnHost = ByteCount::gibibytes(11);
    disk.image.identifier = QStringLiteral("3a1f0c4e-1111-4222-8333-944444444444");
    disk.image.parents = {{QString(), QStringLiteral(".\\base.vhdx"), QStringLiteral("a")}};
    disk.virtualSize = ByteCount::gibibytes(40);
    disk.partitions.kind = PartitionTable::Kind::Gpt;
    Partition root;
    root.number = 1;
    root.range = {1 << 20, std::uint64_t(30) << 30};
    root.fileSystem = FileSystem{.type = QStringLiteral("ext4"), .label = QStringLiteral("system")};
    disk.partitions.partitions = {root};
    disk.bootability.verdict = Bootability::Verdict::Yes;
    return {.sizes = ImageFacts{ByteCount::gibibytes(40), ByteCount::gibibytes(12)},
        .trim = TrimReach{TrimReach::Verdict::StopsAtFormat},
        .disk = disk};
}

} // namespace

class StorageModelTest : public QObject {
    Q_OBJECT

    ImageWatch m_images;
    DriveTraffic m_traffic;
    GuestSpaceWatch m_spaces;

    static std::vector<Kind> kinds(const StorageModel& model)
    {
        std::vector<Kind> found;
        for (int row = 0; row < model.rowCount(); ++row) {
            found.push_back(model.rowAt(model.index(row)).kind);
        }
        return found;
    }

private Q_SLOTS:

    void foldsEmptySlots()
    {
        StorageModel model(m_images, m_traffic, m_spaces);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setDefinition(definition());
        QCOMPARE(kinds(model),
            (std::vector{Kind::Controller, Kind::Drive, Kind::Drive, Kind::EmptySlots, Kind::Controller,
                Kind::Drive, Kind::EmptySlots}));
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("SCSI controller 0: 2 of 64 slots"));
        QCOMPARE(model.index(3).data().toString(), QStringLiteral("62 empty slots"));
        QCOMPARE(model.index(1).data(StorageModel::SlotRole).toString(), QStringLiteral("0:0"));
        QVERIFY(!model.index(0).data(StorageModel::SlotRole).isValid());
        QCOMPARE(model.firstEmpty(0), std::optional(SlotId{0, 1}));

        model.toggle(0);
        QCOMPARE(model.rowCount(), 7 + 62);
        QCOMPARE(model.index(4).data().toString(), QStringLiteral("0:1"));
        QCOMPARE(model.index(4 + 61).data().toString(), QStringLiteral("0:63"));
        QVERIFY(!model.indexOf({Kind::Slot, 0, 7}).isValid()); // a drive is there
        // Stays unfolded while the machine changes, and does not for another one.
        Definition changed = definition();
        model.setDefinition(changed);
        QCOMPARE(model.rowCount(), 7);
        model.toggle(1);
        changed.drives.pop_back();
        model.setDefinition(changed);
        QCOMPARE(model.rowCount(), 6 + 64);
        model.toggle(1);
        QCOMPARE(model.rowCount(), 6);
    }

    void tellsOfAFullController()
    {
        Definition full = definition();
        full.controllers = 1;
        full.drives.clear();
        for (int target = 0; target < slotsPerController; ++target) {
            full.drives.push_back({{0, target}, DvdDrive{}});
        }
        StorageModel model(m_images, m_traffic, m_spaces);
        model.setDefinition(full);
        QCOMPARE(model.rowCount(), 1 + 64);
        QVERIFY(!model.firstEmpty(0));
        full.drives.pop_back();
        model.setDefinition(full);
        QCOMPARE(model.index(64).data().toString(), QStringLiteral("1 empty slot"));
    }

    void offersOneControllerMore()
    {
        StorageModel model(m_images, m_traffic, m_spaces);
        model.setDefinition(definition());
        model.setAdding(true);
        QCOMPARE(kinds(model).back(), Kind::AddController);
        Definition most = definition();
        most.controllers = maxControllers;
        model.setDefinition(most);
        QCOMPARE(kinds(model).back(), Kind::EmptySlots);
    }

    void saysAllOfADisk()
    {
        const Definition machine = definition();
        const KnownImage image = readable();
        DriveCard card = cardOf(machine.drives[0], &image, bootPlaceOf(machine, {0, 0}));
        QCOMPARE(card.title, QStringLiteral("system.vhdx"));
        QCOMPARE(card.facts, QStringLiteral("VHDX · 40 GiB · 12 GiB on host"));
        QCOMPARE(card.bootMark, QStringLiteral("Boots")); // the second in the order
        QCOMPARE(card.trimMark, QStringLiteral("TRIM frees nothing"));
        QCOMPARE(card.segments.size(), std::size_t(2));
        QVERIFY(card.reading.isEmpty());
        setRate(card, DriveRate{12 << 20, 3 << 20, 1200, 30});
        QCOMPARE(card.reading, QStringLiteral("Read 12 MiB/s · 1,200 op/s"));
        QCOMPARE(card.writing, QStringLiteral("Write 3 MiB/s · 30 op/s"));
        QVERIFY(card.isBusy);
        const QString spoken = card.spoken();
        for (const char* part : {"Disk 0:0", "system.vhdx", "40 GiB", "system, ext4, 30 GiB", "10 GiB free",
                 "Boots", "TRIM", "Read 12 MiB/s"}) {
            QVERIFY2(spoken.contains(QLatin1String(part)), qPrintable(spoken));
        }
        QCOMPARE(cardOf(machine.drives[0], &image, 0U).bootMark, QStringLiteral("Boots first"));
    }

    void saysAllOfItOnTheSide()
    {
        const Definition machine = definition();
        const KnownImage image = readable();
        const StorageFacts told =
            factsOfDrive(machine, machine.drives[0], &image, cardOf(machine.drives[0], &image, 0).segments);
        const auto value = [&](const char* name) {
            for (const NamedFact& fact : told.facts) {
                if (fact.name == QLatin1String(name)) {
                    return fact.value;
                }
            }
            return QString();
        };
        QCOMPARE(told.title, QStringLiteral("system.vhdx"));
        QCOMPARE(value("Slot"), QStringLiteral("0:0"));
        QCOMPARE(value("Boot order"), QStringLiteral("2 of 2"));
        QCOMPARE(value("Size on host"), QStringLiteral("12 GiB")); // of now, not of when the partitions were read
        QCOMPARE(value("Sectors"), QStringLiteral("512 bytes logical, 512 bytes physical"));
        QCOMPARE(value("Identifier"), QStringLiteral("3a1f0c4e-1111-4222-8333-944444444444"));
        QCOMPARE(value("Parent"), QStringLiteral("not found: .\\base.vhdx"));
        QVERIFY(value("On the disk").contains(QLatin1String("system, ext4, 30 GiB")));
        QVERIFY(told.sentences.first().contains(QLatin1String("starts from it")));
        QVERIFY(told.sentences.last().contains(QLatin1String("TRIM does not reach the host")));
    }

    void saysWhatIsWrong()
    {
        const Error gone{ErrorKind::NotFound, QStringLiteral("It is gone."), QStringLiteral("Bring it back.")};
        const KnownImage image{.sizes = std::unexpected(gone)};
        const Drive drive = definition().drives[0];
        const DriveCard card = cardOf(drive, &image, {});
        QVERIFY(card.isFaulty);
        QCOMPARE(card.facts, QStringLiteral("VHDX · missing"));
        QCOMPARE(card.note, gone.text());
        QVERIFY(card.spoken().contains(gone.summary));
        QVERIFY(factsOfDrive(definition(), drive, &image, {}).sentences.contains(gone.text()));
    }

    void saysWhatIsInADvdDrive()
    {
        InstallMedium debian;
        debian.osName = QStringLiteral("Debian 13");
        debian.uefi = UefiBoot::Yes;
        const KnownImage image{
            .sizes = ImageFacts{ByteCount::mebibytes(650), ByteCount::mebibytes(650)}, .medium = debian};
        const Definition machine = definition();
        const DriveCard card = cardOf(machine.drives[1], &image, bootPlaceOf(machine, {0, 7}));
        QCOMPARE(card.facts, QStringLiteral("DVD drive · 650 MiB"));
        QCOMPARE(card.note, QStringLiteral("Debian 13; boots with UEFI."));
        QCOMPARE(card.bootMark, QStringLiteral("Boots first"));
        const DriveCard empty = cardOf(machine.drives[2], nullptr, {});
        QCOMPARE(empty.title, QStringLiteral("No medium"));
        QCOMPARE(empty.facts, QStringLiteral("DVD drive"));
    }
};

QTEST_MAIN(StorageModelTest)
#include "storage_model_test.moc"
