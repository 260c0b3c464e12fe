// SPDX-License-Identifier: GPL-3.0-or-later
// One QEMU that opens image after image, and PowerCut with it over a change of a real VHDX: its BAT moves, rightly
// and wrongly.
#include "core/disk/host_file.h"
#include "tests/disk/power_cut.h"
#include "tests/disk/qemu_image.h"
#include "tests/disk/qemu_reader.h"

#include <QTest>
#include <QtEndian>

#include <algorithm>
#include <vector>

using namespace platter;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t virtualSize = 1024 * mebibyte;

// Of the VHDX format: where the region tables are, an entry's place and fields, the BAT's identifier.
constexpr std::uint64_t regionTables[] = {0x30000, 0x40000};
constexpr std::size_t regionTableSize = 0x10000;
constexpr unsigned char batId[] = {
    0x66, 0x77, 0xc2, 0x2d, 0x23, 0xf6, 0x00, 0x42, 0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08};

std::uint32_t crc32c(std::span<const std::byte> bytes)
{
    std::uint32_t crc = ~std::uint32_t(0);
    for (const std::byte byte : bytes) {
        crc ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
        }
    }
    return ~crc;
}

enum class Order { BatFirst, TableFirst };

// Moves the BAT to the end of the file.
Result<void> moveBat(BlockFile& file, Order order)
{
    std::vector<std::byte> table(regionTableSize);
    std::vector<std::byte> bat(mebibyte);
    const std::uint64_t place = (file.size() + mebibyte - 1) / mebibyte * mebibyte;
    Result<void> result = file.read(regionTables[0], table);
    const auto entry = std::ranges::search(table, std::as_bytes(std::span(batId))).begin();
    if (!result || entry == table.end()) {
        return std::unexpected(Error{ErrorKind::Corrupt, QStringLiteral("no BAT")});
    }
    std::byte* const offset = &*entry + sizeof batId;
    result = file.read(qFromLittleEndian<std::uint64_t>(offset), bat);
    qToLittleEndian(place, offset);
    qToLittleEndian(std::uint32_t(0), table.data() + 4);
    qToLittleEndian(crc32c(table), table.data() + 4);
    const auto writeBat = [&] {
        return file.resize(place + mebibyte).and_then([&] { return file.write(place, bat); });
    };
    const auto writeTables = [&] {
        return file.write(regionTables[0], table).and_then([&] { return file.write(regionTables[1], table); });
    };
    const auto flush = [&] { return file.flush(); };
    if (order == Order::TableFirst) {
        return result.and_then(writeTables).and_then(flush).and_then(writeBat).and_then(flush);
    }
    return result.and_then(writeBat).and_then(flush).and_then(writeTables).and_then(flush);
}

} // namespace

Q_DECLARE_METATYPE(Order)

class QemuReaderTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_path = m_folder.filePath(QStringLiteral("disk"));
    std::unique_ptr<QemuReader> m_qemu;

    // Bytes 5 in the first 3 MiB.
    void makeImage(const QString& format)
    {
        QStringList arguments{QStringLiteral("create"), QStringLiteral("-f"), format};
        if (format == QLatin1String("vhdx")) {
            arguments << QStringLiteral("-o") << QStringLiteral("block_size=1M");
        }
        QVERIFY(runQemuTool(QStringLiteral("qemu-img"), arguments << m_path << QString::number(virtualSize)));
        QVERIFY(QemuImage(m_path, format).io({writePattern(5, 0, 3 * mebibyte)}));
    }

    // The image at m_path is the one that makeImage() made; what is wrong, or nothing.
    QString whatIsWrong(const QString& format)
    {
        const auto image = m_qemu->open(m_path, format);
        if (!image) {
            return image.error().text();
        }
        // Around the end of each block.
        for (std::uint64_t end = mebibyte; end <= 3 * mebibyte; end += mebibyte) {
            std::vector<std::byte> bytes(8192);
            if (const Result<void> got = (*image)->read(end - 4096, bytes); !got) {
                return got.error().text();
            }
            const auto last = std::ranges::find_if(bytes, [](std::byte byte) { return byte != std::byte(5); });
            if (last - bytes.begin() != (end == 3 * mebibyte ? 4096 : 8192)) {
                return QStringLiteral("the data is gone");
            }
        }
        return (*image)->size() == virtualSize ? QString() : QStringLiteral("the size is wrong");
    }

private Q_SLOTS:

    void initTestCase()
    {
        auto qemu = QemuReader::start();
        QVERIFY2(qemu, qPrintable(qemu ? QString() : qemu.error().text()));
        m_qemu = std::move(*qemu);
    }

    void cleanupTestCase() { m_qemu.reset(); }

    void readsManyFormats_data()
    {
        QTest::addColumn<QString>("format");
        for (const char* format : {"vhdx", "vpc", "qcow2", "raw"}) {
            QTest::newRow(format) << QString::fromLatin1(format);
        }
    }

    void readsManyFormats()
    {
        QFETCH(QString, format);
        makeImage(format);
        const auto image = m_qemu->open(m_path, format);
        QVERIFY2(image, qPrintable(image ? QString() : image.error().text()));
        QCOMPARE((*image)->size() / mebibyte, 1024U); // VHD rounds up to a geometry
        std::vector<std::byte> bytes(20 * mebibyte); // more than one request
        QVERIFY((*image)->read(mebibyte, bytes));
        QVERIFY(
            std::ranges::all_of(std::span(bytes).first(2 * mebibyte), [](auto b) { return b == std::byte(5); }));
        QVERIFY(
            std::ranges::all_of(std::span(bytes).subspan(2 * mebibyte), [](auto b) { return b == std::byte(0); }));
        const Result<void> outside = (*image)->read((*image)->size(), std::span(bytes).first(512));
        QVERIFY(!outside);
        QCOMPARE(outside.error().kind, ErrorKind::Qemu);
    }

    void writes()
    {
        makeImage(QStringLiteral("vhdx"));
        {
            const auto image = m_qemu->open(m_path, QStringLiteral("vhdx"));
            QVERIFY(image);
            QVERIFY((*image)->write(900 * mebibyte, std::vector<std::byte>(17 * mebibyte, std::byte(9))));
            QVERIFY((*image)->flush());
        }
        QVERIFY(QemuImage(m_path, QStringLiteral("vhdx"))
                .io({readPattern(5, 0, 3 * mebibyte), readPattern(9, 900 * mebibyte, 17 * mebibyte),
                    readPattern(0, 917 * mebibyte, mebibyte)}));
    }

    void saysInItsWordsWhatItCannotOpen()
    {
        QVERIFY(MemoryFile(mebibyte).save(m_path));
        const auto image = m_qemu->open(m_path, QStringLiteral("vhdx"));
        QVERIFY(!image);
        QCOMPARE(image.error().kind, ErrorKind::Qemu);
        QVERIFY2(image.error().text().contains(QStringLiteral("Could not open")), qPrintable(image.error().text()));
        makeImage(QStringLiteral("vhdx")); // and goes on
        QCOMPARE(whatIsWrong(QStringLiteral("vhdx")), QString());
    }

    void refusesWhatWeHold()
    {
        makeImage(QStringLiteral("vhdx"));
        const auto held = HostFile::open(m_path, HostFile::Access::ReadWrite);
        QVERIFY(held);
        QVERIFY2(whatIsWrong(QStringLiteral("vhdx")).contains(QStringLiteral("lock")),
            qPrintable(whatIsWrong(QStringLiteral("vhdx"))));
    }

    void judgesTheStatesOfAPowerCut_data()
    {
        QTest::addColumn<Order>("order");
        QTest::newRow("right") << Order::BatFirst;
        QTest::newRow("wrong") << Order::TableFirst;
    }

    void judgesTheStatesOfAPowerCut()
    {
        QFETCH(Order, order);
        makeImage(QStringLiteral("vhdx"));
        Result<MemoryFile> base = MemoryFile::copyOf(*HostFile::open(m_path, HostFile::Access::Unlocked).value());
        QVERIFY(base);
        RecordingFile file(*base);
        QVERIFY(moveBat(file, order));
        const PowerCut::Outcome outcome =
            PowerCut(file).forEachState({.states = 200}, [&](const PowerCut::State& state) {
                const Result<void> saved = state.file.save(m_path);
                return saved ? whatIsWrong(QStringLiteral("vhdx")) : saved.error().text();
            });
        QCOMPARE_GT(outcome.states, 10U);
        QCOMPARE(
            outcome.failures.join(u'\n').contains(QStringLiteral("cut after step")), order == Order::TableFirst);
    }
};

QTEST_GUILESS_MAIN(QemuReaderTest)
#include "qemu_reader_test.moc"
