// SPDX-License-Identifier: GPL-3.0-or-later
// VHDs that Windows, Hyper-V, Disk2vhd and QEMU made, against their hashes and against libvhdi.
#include "core/disk/inspect_file.h"
#include "core/disk/open_disk.h"
#include "core/disk/vhd/block_check.h"
#include "core/disk/vhd/rules.h"
#include "tests/disk/libvhdi_reader.h"
#include "tests/unit/disk/fixture.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <array>

using namespace platter;

namespace {

bool isVhd(const Fixture& fixture)
{
    return QFileInfo(fixture.name).completeBaseName().endsWith(QLatin1String(".vhd"));
}

QByteArray hashOfFile(const QString& path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!file.open(QIODevice::ReadOnly) || !hash.addData(&file)) {
        qFatal("cannot read %s", qPrintable(path));
    }
    return hash.result().toHex();
}

} // namespace

class VhdFixturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        for (const Fixture& fixture : allFixtures()) {
            if (isVhd(fixture)) {
                const QString folder = m_folder.filePath(fixture.name.section(QLatin1Char('/'), 0, 0));
                QVERIFY(QDir().mkpath(folder));
                m_paths.insert(fixture.name, unpack(fixture, folder));
            }
        }
        QCOMPARE(m_paths.size(), 11);
    }

    void hasTheContentOfTheTable_data() { everyFixture(); }

    void hasTheContentOfTheTable()
    {
        QFETCH(QString, name);
        const Fixture fixture = fixtureNamed(name);
        const QString path = m_paths.value(name);
        const Result<std::unique_ptr<VirtualDisk>> disk = openDisk(path);
        if (fixture.note == QLatin1String("libvhdi-only")) {
            // Edited by hand: no checksum in it is right.
            QVERIFY(!disk);
            const Error expected = vhd::broken(vhd::Rule::FooterChecksum, 0);
            QCOMPARE(disk.error().summary, expected.summary);
            QCOMPARE(disk.error().kind, ErrorKind::Corrupt);
            QVERIFY2(disk.error().detail.contains(path), qPrintable(disk.error().detail));
        } else {
            QVERIFY2(disk, qPrintable(disk ? QString() : disk.error().text() + disk.error().detail));
            QCOMPARE((*disk)->size(), fixture.size);
            if (fixture.content == "all-zero") {
                QCOMPARE(dataByMap(**disk), quint64(0));
            } else {
                QCOMPARE(contentHash(**disk), fixture.content);
            }
            const auto* image = dynamic_cast<const vhd::Image*>(disk->get());
            QVERIFY(image != nullptr);
            QVERIFY(vhd::checkBlocks(*image, Progress()));
        }
        QCOMPARE(hashOfFile(path), fixture.unpacked); // reading has changed nothing
    }

    // libvhdi takes the size from the field, which is the same for all of these. Of a child it gives one sector
    // wrongly.
    void agreesWithLibvhdi_data() { everyFixture(); }

    void agreesWithLibvhdi()
    {
        QFETCH(QString, name);
        const Fixture fixture = fixtureNamed(name);
        const auto reader = LibvhdiReader::open(m_paths.value(name));
        QVERIFY(reader);
        QCOMPARE((*reader)->size(), fixture.size);
        if (fixture.content != "all-zero" && fixture.note.isEmpty()) { // it would read 127 GiB of zeros
            QCOMPARE(contentHash(**reader), fixture.content);
        }
    }

    // Sector by sector against libvhdi, but for the one: the content of Windows' WPSettings.dat, which is in the
    // parent only and which libvhdi takes for zeros of the child.
    void theChildIsItsSectorsAndItsParents()
    {
        const auto disk = openDisk(m_paths.value(QStringLiteral("dfvfs/fat-differential.vhd.gz")));
        const auto parent = LibvhdiReader::open(m_paths.value(QStringLiteral("dfvfs/fat-parent.vhd.gz")));
        const auto child =
            LibvhdiReader::open(m_paths.value(QStringLiteral("dfvfs/fat-differential.vhd.gz")), parent.value());
        QVERIFY(child);
        constexpr quint64 settings = 186;
        std::array<std::byte, 512> ours{};
        std::array<std::byte, 512> theirs{};
        for (quint64 sector = 0; sector < (*disk)->size() / 512; ++sector) {
            QVERIFY((*disk)->read(sector * 512, ours));
            QVERIFY((sector == settings ? *parent : *child)->read(sector * 512, theirs));
            QVERIFY2(ours == theirs, qPrintable(QString::number(sector)));
            if (sector == settings) {
                QCOMPARE(ours[0], std::byte(0x0C)); // as every WPSettings.dat begins
            }
        }
    }

    void theChildNeedsItsParent()
    {
        const QString path = m_paths.value(QStringLiteral("dfvfs/fat-differential.vhd.gz"));
        const QTemporaryDir alone;
        const QString moved = alone.filePath(QStringLiteral("child.vhd"));
        QVERIFY(QFile::copy(path, moved));
        QCOMPARE(openDisk(moved).error().kind, ErrorKind::NotFound);
        const Result<DiskInspection> look = inspectFile(moved, {}, InspectAccess::Locked);
        QVERIFY(look);
        QVERIFY(look->image.hasLostParent());
        QCOMPARE(look->image.fileWithoutParent(), moved);
        QVERIFY(look->image.parents.front().storedAs.endsWith(QLatin1String("fat-parent.vhd")));
        QVERIFY(openDisk(moved, {m_paths.value(QStringLiteral("dfvfs/fat-parent.vhd.gz"))}));
        // Another disk under the parent's name.
        QVERIFY(QFile::copy(m_paths.value(QStringLiteral("dfvfs/ntfs-fixed.vhd.gz")),
            alone.filePath(QStringLiteral("fat-parent.vhd"))));
        QCOMPARE(openDisk(moved).error().summary, vhd::broken(vhd::Rule::ParentOtherDisk, 0).summary);
    }

private:
    void everyFixture()
    {
        QTest::addColumn<QString>("name");
        for (auto at = m_paths.cbegin(); at != m_paths.cend(); ++at) {
            QTest::newRow(qPrintable(at.key())) << at.key();
        }
    }

    QTemporaryDir m_folder;
    QMap<QString, QString> m_paths;
};

QTEST_GUILESS_MAIN(VhdFixturesTest)
#include "vhd_fixtures_test.moc"
