// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fat/fat_directory.h"

#include <QTest>
#include <QtEndian>

using namespace platter;

namespace {

QByteArray shortEntry(
    const QByteArray& name11, quint8 attributes, quint32 cluster, quint32 size, quint8 caseFlags = 0)
{
    QByteArray entry = name11.leftJustified(11, ' ') + QByteArray(21, '\0');
    entry[11] = char(attributes);
    entry[12] = char(caseFlags);
    qToLittleEndian<quint16>(quint16(cluster >> 16), entry.data() + 20);
    qToLittleEndian<quint16>(quint16(cluster), entry.data() + 26);
    qToLittleEndian<quint32>(size, entry.data() + 28);
    return entry;
}

quint8 checksum(const QByteArray& name11)
{
    quint8 sum = 0;
    for (const char character : name11) {
        sum = quint8(((sum & 1) << 7) + (sum >> 1) + quint8(character));
    }
    return sum;
}

QByteArray longPart(int order, bool last, quint8 sum, QString part)
{
    QByteArray entry(32, '\0');
    entry[0] = char(order | (last ? 0x40 : 0));
    entry[11] = 0x0F;
    entry[13] = char(sum);
    if (part.size() < 13) {
        part += QChar(0);
    }
    part = part.leftJustified(13, QChar(0xFFFF));
    const int places[] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
    for (int i = 0; i < 13; ++i) {
        qToLittleEndian<quint16>(part[i].unicode(), entry.data() + places[i]);
    }
    return entry;
}

std::vector<FatEntry> parse(const QByteArray& bytes)
{
    return parseFatDirectory(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))));
}

const QByteArray nameOfLoader("BOOTRI~1EFI");

} // namespace

class FatDirectoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void decodesAnEntry()
    {
        const std::vector<FatEntry> entries =
            parse(shortEntry("BOOTX64 EFI", 0x20, 0x12345, 678) + shortEntry("EFI", 0x10, 7, 99));
        QCOMPARE(entries.size(), 2U);
        QCOMPARE(entries[0].name, QStringLiteral("BOOTX64.EFI"));
        QCOMPARE(entries[0].firstCluster, 0x12345U);
        QCOMPARE(entries[0].size, 678U);
        QVERIFY(!entries[0].isFolder);
        QVERIFY(entries[0].isNamed(QStringLiteral("bootx64.efi")));
        QVERIFY(!entries[0].isNamed(QStringLiteral("bootx64")));
        QCOMPARE(entries[1].name, QStringLiteral("EFI"));
        QVERIFY(entries[1].isFolder);
        QCOMPARE(entries[1].size, 0U);
    }

    void decodesNames_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QStringList>("names");
        const QByteArray loader = shortEntry(nameOfLoader, 0x20, 5, 1);
        const quint8 sum = checksum(nameOfLoader);
        const QByteArray part2 = longPart(2, true, sum, QStringLiteral("efi"));
        const QByteArray part1 = longPart(1, false, sum, QStringLiteral("bootriscv64.x"));
        const QString shortName = QStringLiteral("BOOTRI~1.EFI");
        const auto row = [](const char* name, const QByteArray& bytes, const QStringList& names) {
            QTest::newRow(name) << bytes << names;
        };
        row("nothing", {}, {});
        row("end mark", QByteArray(32, '\0') + loader, {});
        row("half an entry", loader + loader.first(31), {shortName});
        row("deleted", shortEntry("\xe5OOT", 0x20, 5, 1) + loader, {shortName});
        row("volume label", shortEntry("MY LABEL", 0x08, 0, 0), {});
        row("dot entries", shortEntry(".", 0x10, 2, 0) + shortEntry("..", 0x10, 0, 0), {});
        row("first character 0xE5",
            shortEntry("\x05"
                       "AB",
                0x20, 5, 1),
            {QString(QChar(0xE5)) + QStringLiteral("AB")});
        row("lower case by flags", shortEntry("BOOTX64 EFI", 0x20, 5, 1, 0x18), {QStringLiteral("bootx64.efi")});
        row("lower case extension", shortEntry("BOOTX64 EFI", 0x20, 5, 1, 0x10), {QStringLiteral("BOOTX64.efi")});
        row("long", part2 + part1 + loader, {QStringLiteral("bootriscv64.xefi")});
        row("long, of 13 characters exactly", longPart(1, true, sum, QStringLiteral("bootriscv.efi")) + loader,
            {QStringLiteral("bootriscv.efi")});
        row("long, wrong checksum", longPart(1, true, quint8(sum + 1), QStringLiteral("x")) + loader, {shortName});
        row("long, checksums differ", longPart(2, true, quint8(sum + 1), QStringLiteral("x")) + part1 + loader,
            {shortName});
        row("long, a part missing", part2 + loader, {shortName});
        row("long, the last part missing", part1 + loader, {shortName});
        row("long, parts in the wrong order", part1 + part2 + loader, {shortName});
        row("long, order 0", longPart(0, true, sum, QStringLiteral("x")) + loader, {shortName});
        row("long, order 21", longPart(21, true, sum, QStringLiteral("x")) + loader, {shortName});
        row("long, begun twice", part2 + part2 + part1 + loader, {QStringLiteral("bootriscv64.xefi")});
        row("long, used once", part2 + part1 + loader + loader, {QStringLiteral("bootriscv64.xefi"), shortName});
        row("long, nothing after it", part2 + part1, {});
    }

    void decodesNames()
    {
        QFETCH(QByteArray, bytes);
        QStringList names;
        for (const FatEntry& entry : parse(bytes)) {
            names.append(entry.name);
        }
        QTEST(names, "names");
    }

    void knowsBothNames()
    {
        const std::vector<FatEntry> entries =
            parse(longPart(1, true, checksum(nameOfLoader), QStringLiteral("bootriscv.efi"))
                + shortEntry(nameOfLoader, 0x20, 5, 1));
        QCOMPARE(entries.size(), 1U);
        QVERIFY(entries[0].isNamed(QStringLiteral("BootRiscV.EFI")));
        QVERIFY(entries[0].isNamed(QStringLiteral("bootri~1.efi")));
    }
};

QTEST_APPLESS_MAIN(FatDirectoryTest)
#include "fat_directory_test.moc"
