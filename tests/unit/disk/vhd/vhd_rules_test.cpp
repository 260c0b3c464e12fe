// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/block_check.h"
#include "core/disk/vhd/image.h"
#include "core/disk/vhd/rules.h"
#include "tests/unit/disk/vhd/vhd_maker.h"

#include <QSet>
#include <QTest>

#include <functional>

using namespace platter;
using namespace platter::vhd;

Q_DECLARE_METATYPE(platter::vhd::Rule)

using Bytes = std::vector<std::byte>;
Q_DECLARE_METATYPE(Bytes)

namespace {

constexpr std::uint64_t size = 4 * VhdMaker::blockSize;

Bytes made(DiskType type, const std::function<void(VhdMaker&)>& change = {})
{
    VhdMaker maker(type, size);
    if (change) {
        change(maker);
    }
    return maker.bytes();
}

// CHANGE is made to the footer at OFFSET of a good image; its checksum is right afterwards.
void changeFooter(Bytes& image, std::uint64_t offset, const std::function<void(std::span<std::byte>)>& change)
{
    const auto bytes = std::span(image).subspan(offset, footer::size);
    change(bytes);
    putBigEndian(bytes, footer::checksum, checksumOf(bytes, footer::checksum));
}

Bytes withFooter(DiskType type, const std::function<void(std::span<std::byte>)>& change)
{
    Bytes image = made(type);
    changeFooter(image, image.size() - footer::size, change);
    return image;
}

Bytes withHeader(const std::function<void(std::span<std::byte>)>& change)
{
    Bytes image = made(DiskType::Dynamic);
    const auto bytes = std::span(image).subspan(footer::size, header::size);
    change(bytes);
    putBigEndian(bytes, header::checksum, checksumOf(bytes, header::checksum));
    return image;
}

} // namespace

class VhdRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void namesTheBrokenRule_data()
    {
        QTest::addColumn<Bytes>("image");
        QTest::addColumn<Rule>("rule");
        QTest::addColumn<quint64>("offset");
        const quint64 footerAt = made(DiskType::Dynamic).size() - footer::size;
        const quint64 fixedFooterAt = size;
        const quint64 headerAt = footer::size;
        const auto number = [](std::size_t at, std::uint32_t value) {
            return [at, value](std::span<std::byte> bytes) { putBigEndian(bytes, at, value); };
        };
        const auto longNumber = [](std::size_t at, std::uint64_t value) {
            return [at, value](std::span<std::byte> bytes) { putBigEndian(bytes, at, value); };
        };

        QTest::newRow("empty") << Bytes() << Rule::FileTooShort << quint64(0);
        QTest::newRow("510 bytes") << Bytes(510) << Rule::FileTooShort << quint64(0);
        QTest::newRow("no footer") << Bytes(4096) << Rule::FooterMissing << quint64(4096 - 511);
        {
            Bytes both = made(DiskType::Dynamic);
            both[100] ^= std::byte(1);
            both[footerAt + 100] ^= std::byte(1);
            QTest::newRow("checksum of both footers")
                << both << Rule::FooterChecksum << footerAt + footer::checksum;
            Bytes fixed = made(DiskType::Fixed);
            fixed[fixedFooterAt + 100] ^= std::byte(1);
            QTest::newRow("checksum of a fixed disk's footer")
                << fixed << Rule::FooterChecksum << fixedFooterAt + footer::checksum;
            // What looks like a footer at the beginning of a fixed disk is its content.
            Bytes inside = made(DiskType::Fixed);
            std::copy(inside.end() - footer::size, inside.end(), inside.begin());
            std::fill(inside.end() - footer::size, inside.end(), std::byte(0));
            QTest::newRow("a fixed disk that only begins with a footer")
                << inside << Rule::FooterMissing << quint64(inside.size() - 511);
        }
        QTest::newRow("version") << withFooter(DiskType::Fixed, number(footer::version, 0x20000))
                                 << Rule::FooterVersion << fixedFooterAt + footer::version;
        for (const std::uint32_t type : {0, 1, 5, 0x1000002}) {
            QTest::addRow("type %u", type) << withFooter(DiskType::Fixed, number(footer::type, type))
                                           << Rule::DiskType << fixedFooterAt + footer::type;
        }
        QTest::newRow("size 0") << withFooter(DiskType::Fixed, longNumber(footer::currentSize, 0)) << Rule::SizeZero
                                << fixedFooterAt + footer::currentSize;
        QTest::newRow("half a sector") << withFooter(DiskType::Fixed, longNumber(footer::currentSize, 1000))
                                       << Rule::SizeNotSectors << fixedFooterAt + footer::currentSize;
        QTest::newRow("above 2040 GiB")
            << withFooter(DiskType::Fixed, longNumber(footer::currentSize, largestSize + sectorSize))
            << Rule::SizeTooLarge << fixedFooterAt + footer::currentSize;
        QTest::newRow("fixed and cut") << withFooter(
            DiskType::Fixed, longNumber(footer::currentSize, size + sectorSize))
                                       << Rule::FixedDataCut << fixedFooterAt;

        QTest::newRow("header past the end")
            << withFooter(DiskType::Dynamic, longNumber(footer::headerOffset, 1 << 30)) << Rule::HeaderOutside
            << quint64(1 << 30);
        QTest::newRow("header at the end of everything")
            << withFooter(DiskType::Dynamic, longNumber(footer::headerOffset, ~0ULL)) << Rule::HeaderOutside
            << quint64(~0ULL);
        QTest::newRow("header cut") << withFooter(DiskType::Dynamic, longNumber(footer::headerOffset, footerAt))
                                    << Rule::HeaderOutside << footerAt;
        QTest::newRow("header elsewhere")
            << withFooter(DiskType::Dynamic, longNumber(footer::headerOffset, 0)) << Rule::HeaderMark << quint64(0);
        {
            Bytes image = made(DiskType::Dynamic);
            image[headerAt + 900] ^= std::byte(1);
            QTest::newRow("header's checksum") << image << Rule::HeaderChecksum << headerAt + header::checksum;
        }
        QTest::newRow("header's version")
            << withHeader(number(header::version, 0)) << Rule::HeaderVersion << headerAt + header::version;
        for (const std::uint32_t blockSize : {0U, 256U, 3U << 20, 0xFFFFFFFFU}) {
            QTest::addRow("block size %u", blockSize) << withHeader(number(header::blockSize, blockSize))
                                                      << Rule::BlockSize << headerAt + header::blockSize;
        }
        QTest::newRow("table too small") << withHeader(number(header::tableEntries, 3)) << Rule::TableTooSmall
                                         << headerAt + header::tableEntries;
        QTest::newRow("table past the end")
            << withHeader(longNumber(header::tableOffset, 1ULL << 60)) << Rule::TableOutside << quint64(1ULL << 60);
        QTest::newRow("table longer than the file") << withHeader(number(header::tableEntries, 0xFFFFFFFF))
                                                    << Rule::TableOutside << quint64(VhdMaker::tableOffset);

        const auto entryAt = [](quint64 block) { return VhdMaker::tableOffset + block * table::entrySize; };
        QTest::newRow("block past the end")
            << made(DiskType::Dynamic, [](VhdMaker& maker) { maker.table[1] = 0xFFFFFFFE; }) << Rule::BlockOutside
            << entryAt(1);
        QTest::newRow("block into the footer") << made(DiskType::Dynamic, [](VhdMaker& maker) {
            maker.addFullBlock(1, std::byte(1));
            ++maker.table[1];
        }) << Rule::BlockOutside << entryAt(1);
        for (const std::uint32_t sector : {0, 1, 2, 3}) {
            QTest::addRow("block over metadata in sector %u", sector) << made(
                DiskType::Dynamic, [sector](VhdMaker& maker) {
                    maker.addFullBlock(2, std::byte(1));
                    maker.table[2] = sector;
                }) << Rule::BlockOverMetadata << entryAt(2);
        }
        QTest::newRow("two blocks in one place") << made(DiskType::Dynamic, [](VhdMaker& maker) {
            maker.addFullBlock(0, std::byte(1));
            maker.table[3] = maker.table[0];
        }) << Rule::BlocksOverlap << entryAt(3);
        QTest::newRow("a block in another") << made(DiskType::Dynamic, [](VhdMaker& maker) {
            maker.addFullBlock(0, std::byte(1));
            maker.addFullBlock(1, std::byte(1));
            --maker.table[1];
        }) << Rule::BlocksOverlap << quint64(4 * sectorSize + sectorSize + VhdMaker::blockSize - sectorSize);

        const quint64 locatorAt = headerAt + header::locators;
        QTest::newRow("locator past the end") << made(DiskType::Differencing, [](VhdMaker& maker) {
            maker.header.locators[0] = {locator::windowsRelative, 512, 20, 1ULL << 40};
        }) << Rule::LocatorOutside << locatorAt + locator::dataOffset;
        QTest::newRow("locator too long") << made(DiskType::Differencing, [](VhdMaker& maker) {
            maker.header.locators[1] = {locator::windowsAbsolute, 512, 0x10000, 0};
        }) << Rule::LocatorTooLong << locatorAt + locator::size + locator::dataLength;
        QTest::newRow("parent not there") << made(DiskType::Differencing, [](VhdMaker& maker) {
            maker.header.parentName = QStringLiteral("C:\\nowhere.vhd");
        }) << Rule::ParentNotFound << headerAt + header::parentId;
        QTest::newRow("parent is another disk") << made(DiskType::Differencing, [](VhdMaker& maker) {
            maker.header.parentName = QStringLiteral("C:\\other.vhd");
        }) << Rule::ParentOtherDisk << headerAt + header::parentId;
        QTest::newRow("parent was changed") << made(DiskType::Differencing, [](VhdMaker& maker) {
            maker.header.parentName = QStringLiteral("C:\\parent.vhd");
            maker.header.parentId = parentId();
            maker.header.parentTimeStamp = 77;
        }) << Rule::ParentChanged << headerAt + header::parentTimeStamp;
        QTest::newRow("its own parent")
            << made(DiskType::Differencing, [](VhdMaker& maker) { maker.header.parentId = maker.footer.uniqueId; })
            << Rule::ChainLoop << headerAt + header::parentId;
        QTest::newRow("endless ancestors") << made(DiskType::Differencing, [](VhdMaker& maker) {
            maker.header.parentName = QStringLiteral("C:\\0");
            maker.header.parentId = numberedId(0);
        }) << Rule::ChainTooLong << headerAt + header::parentId;
    }

    void namesTheBrokenRule()
    {
        QFETCH(Bytes, image);
        QFETCH(Rule, rule);
        QFETCH(quint64, offset);
        const Result<std::unique_ptr<Image>> opened =
            Image::open(VhdMaker::fileOf(image), {QStringLiteral("/images/child.vhd"), {}, parentFile});
        const Result<void> found =
            opened ? checkBlocks(**opened, Progress()) : Result<void>(std::unexpected(opened.error()));
        QVERIFY(!found);
        const Error expected = broken(rule, offset);
        QCOMPARE(found.error().summary, expected.summary);
        QCOMPARE(found.error().kind, expected.kind);
        QVERIFY2(found.error().detail.startsWith(expected.detail), qPrintable(found.error().detail));
        m_seen.insert(rule);
    }

    void parentsAreNotLookedForWithoutAWay()
    {
        const auto opened = Image::open(VhdMaker::fileOf(made(DiskType::Differencing)));
        QVERIFY(!opened);
        QCOMPARE(opened.error(), broken(Rule::ParentNotLookedFor, footer::size + header::parentId));
        m_seen.insert(Rule::ParentNotLookedFor);
    }

    // After the rows above: each rule has one, and no two say the same.
    void everyRuleHasARow()
    {
        QSet<QString> sentences;
        for (int rule = 0; rule <= static_cast<int>(Rule::ChainTooLong); ++rule) {
            QVERIFY2(m_seen.contains(static_cast<Rule>(rule)), qPrintable(QString::number(rule)));
            const Error error = broken(static_cast<Rule>(rule), 0x1234);
            QVERIFY(!sentences.contains(error.summary));
            QVERIFY(!error.advice.isEmpty());
            QCOMPARE(error.detail, QStringLiteral("offset 0x1234"));
            sentences.insert(error.summary);
        }
    }

    void wellMadeImagesBreakNone()
    {
        for (const DiskType type : {DiskType::Fixed, DiskType::Dynamic}) {
            const auto opened = Image::open(VhdMaker::fileOf(made(type, [&](VhdMaker& maker) {
                if (type == DiskType::Dynamic) {
                    maker.addFullBlock(3, std::byte(1));
                    maker.addFullBlock(0, std::byte(2));
                }
            })));
            QVERIFY(opened);
            QVERIFY(checkBlocks(**opened, Progress()));
        }
    }

    void checkingCanBeCancelled()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto opened = Image::open(VhdMaker::fileOf(made(DiskType::Dynamic)));
        QVERIFY(opened);
        const Result<void> checked = checkBlocks(**opened, Progress({}, stop.get_token()));
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::Cancelled);
    }

private:
    static UniqueId numberedId(std::uint32_t number)
    {
        UniqueId id{};
        putBigEndian(std::span<std::byte>(id), 4, number);
        id[0] = std::byte(1);
        return id;
    }

    static UniqueId parentId() { return numberedId(1'000'000); }

    // "other.vhd", "parent.vhd", and an ancestor of every number whose parent is the next one.
    static Result<ParentFile> parentFile(const QString& path)
    {
        const QString name = path.section(QLatin1Char('/'), -1);
        bool isNumber = false;
        const std::uint32_t number = name.toUInt(&isNumber);
        VhdMaker maker(isNumber ? DiskType::Differencing : DiskType::Dynamic, size);
        if (isNumber) {
            maker.footer.uniqueId = numberedId(number);
            maker.header.parentName = QString::number(number + 1);
            maker.header.parentId = numberedId(number + 1);
        } else if (name == QLatin1String("parent.vhd")) {
            maker.footer.uniqueId = parentId();
        } else if (name != QLatin1String("other.vhd")) {
            return std::unexpected(Error{ErrorKind::NotFound, QStringLiteral("not there")});
        }
        return ParentFile{maker.file(), 12345};
    }

    QSet<Rule> m_seen;
};

QTEST_APPLESS_MAIN(VhdRulesTest)
#include "vhd_rules_test.moc"
