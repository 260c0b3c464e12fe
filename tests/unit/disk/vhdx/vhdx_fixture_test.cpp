// SPDX-License-Identifier: GPL-3.0-or-later
// VHDX files of other programs: each opens, holds what is written down of it, and stays as it is.
#include "core/disk/host_file.h"
#include "core/disk/vhdx/check.h"
#include "tests/disk/libvhdi_reader.h"
#include "tests/disk/qemu_image.h"
#include "tests/unit/disk/fixture.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

QByteArray fileHash(const QString& path)
{
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result().toHex() : QByteArray();
}

Result<std::unique_ptr<Image>> openImage(const QString& path, const ParentOpener& openParent = {})
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadOnly);
    if (!file) {
        return std::unexpected(file.error());
    }
    return Image::open(*std::move(file), openParent);
}

// Where two readers differ; -1: nowhere. What the map calls zero is looked at at both ends.
qint64 firstDifference(const VirtualDisk& disk, const ByteSource& other)
{
    constexpr std::uint64_t piece = 1 << 20;
    std::vector<std::byte> one(piece);
    std::vector<std::byte> two(piece);
    const auto differs = [&](std::uint64_t offset, std::uint64_t count) {
        const auto first = std::span(one).first(count);
        const auto second = std::span(two).first(count);
        return !disk.read(offset, first) || !other.read(offset, second) || !std::ranges::equal(first, second);
    };
    for (std::uint64_t offset = 0; offset < disk.size();) {
        const Result<DiskRun> run = disk.runAt(offset, disk.size());
        if (!run) {
            return static_cast<qint64>(offset);
        }
        const std::uint64_t end = offset + run->length;
        if (run->content == DiskRun::Content::Zero) {
            const std::uint64_t count = std::min<std::uint64_t>(run->length, 65536);
            if (differs(offset, count) || differs(end - count, count)) {
                return static_cast<qint64>(offset);
            }
            offset = end;
            continue;
        }
        for (; offset < end; offset += std::min(piece, end - offset)) {
            if (differs(offset, std::min(piece, end - offset))) {
                return static_cast<qint64>(offset);
            }
        }
    }
    return -1;
}

const QString differencing = QStringLiteral("dfvfs/fat-differential.vhdx.gz");
const QString itsParent = QStringLiteral("dfvfs/fat-parent.vhdx.gz");
const QString dirty = QStringLiteral("qemu/iotest-dirtylog-10G-4M.vhdx.bz2");

} // namespace

class VhdxFixtureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void holdsWhatIsWrittenDown_data()
    {
        QTest::addColumn<QString>("name");
        int count = 0;
        for (const Fixture& fixture : allFixtures()) {
            if (fixture.name.contains(QStringLiteral(".vhdx"))) {
                QTest::newRow(qPrintable(fixture.name)) << fixture.name;
                ++count;
            }
        }
        QVERIFY(count >= 12);
    }

    void holdsWhatIsWrittenDown()
    {
        QFETCH(QString, name);
        const Fixture fixture = fixtureNamed(name);
        const QTemporaryDir folder;
        const QString path = unpack(fixture, folder.path());
        ParentOpener opener;
        std::shared_ptr<LibvhdiReader> libvhdiParent;
        QString parentPath;
        if (name == differencing) {
            parentPath = unpack(fixtureNamed(itsParent), folder.path());
            opener = [&](const ParentLocator& locator) -> Result<std::shared_ptr<const VirtualDisk>> {
                Result<std::unique_ptr<Image>> parent = openImage(parentPath);
                if (!parent || locator.relativePath != QStringLiteral(".\\fat-parent.vhdx")
                    || !locator.accepts((*parent)->header().dataWriteGuid)) {
                    return std::unexpected(Error{ErrorKind::Corrupt, QStringLiteral("another parent"), {}, {}});
                }
                return std::shared_ptr<const VirtualDisk>(*std::move(parent));
            };
            libvhdiParent = LibvhdiReader::open(parentPath).value_or(nullptr);
            QVERIFY(libvhdiParent);
        }
        {
            const auto image = openImage(path, opener);
            QVERIFY2(image, image ? "" : qPrintable(image.error().detail));
            QCOMPARE((*image)->metadata().parent.has_value(), name == differencing);
            QCOMPARE((*image)->replay().has_value(), name == dirty);
            QCOMPARE((*image)->size(), fixture.size);
            QCOMPARE(contentHash(**image), fixture.content);
            if (name != dirty) {
                // libvhdi does not know of the log.
                const auto other = LibvhdiReader::open(path, libvhdiParent);
                QVERIFY(other);
                QCOMPARE((*other)->size(), fixture.size);
                QCOMPARE(firstDifference(**image, **other), -1);
            }
            const Result<CheckReport> report = check((*image)->file());
            QVERIFY(report);
            for (const Finding& finding : report->findings) {
                QVERIFY2(finding.isRepairable(), qPrintable(finding.sentence));
            }
        }
        // An editor writes nothing before it is told to, but for the log.
        if (name != dirty) {
            Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadWrite);
            QVERIFY(file);
            const auto editor = Editor::open(*std::move(file), opener);
            QVERIFY2(editor, editor ? "" : qPrintable(editor.error().detail));
            QVERIFY((*editor)->finish());
        }
        QCOMPARE(fileHash(path), fixture.unpacked);
        if (!parentPath.isEmpty()) {
            QCOMPARE(fileHash(parentPath), fixtureNamed(itsParent).unpacked);
        }
    }

    void appliesTheLogOfQemuAsQemuDoes()
    {
        const QTemporaryDir folder;
        const Fixture fixture = fixtureNamed(dirty);
        const QString path = unpack(fixture, folder.path());
        {
            const auto image = openImage(path);
            QVERIFY(image);
            QCOMPARE((*image)->replay()->entryCount, 1U);
            QCOMPARE((*image)->replay()->lastSequence, 7U);
            std::vector<std::byte> bytes(1 << 20);
            for (std::uint64_t block = 0; block < 20; ++block) {
                QVERIFY((*image)->read(block << 20U, bytes));
                const std::byte wanted{block < 18 ? std::uint8_t(0xa5) : std::uint8_t(0)};
                QVERIFY(std::ranges::all_of(bytes, [&](std::byte byte) { return byte == wanted; }));
            }
        }
        {
            Result<std::unique_ptr<HostFile>> file = HostFile::open(path, HostFile::Access::ReadWrite);
            QVERIFY(file);
            QVERIFY(Editor::open(*std::move(file), {}));
        }
        const QemuImage qemu(path, QStringLiteral("vhdx"));
        QVERIFY(qemu.check());
        QVERIFY(qemu.io({readPattern(0xa5, 0, 18 << 20), readPattern(0, 18 << 20, 1 << 20)}));
    }

    void aForeignParentIsRefused()
    {
        const QTemporaryDir folder;
        const QString path = unpack(fixtureNamed(differencing), folder.path());
        const auto image = openImage(path);
        QVERIFY(image);
        QVERIFY(
            (*image)->metadata().parent->accepts(QUuid(QStringLiteral("{f88d4d92-6fcc-408d-9bef-9b7c89f15c89}"))));
        const auto refused =
            openImage(path, [](const ParentLocator&) -> Result<std::shared_ptr<const VirtualDisk>> {
                return std::unexpected(Error{ErrorKind::NotFound, QStringLiteral("no parent"), {}, {}});
            });
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(VhdxFixtureTest)
#include "vhdx_fixture_test.moc"
