// SPDX-License-Identifier: GPL-3.0-or-later
#include "../media/image_maker.h"
#include "core/fat/fat_volume.h"

#include <QTest>
#include <QtEndian>

using namespace platter;

namespace {

using Change = std::function<void(QByteArray&)>;

std::span<const std::byte> span(const QByteArray& bytes)
{
    return std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size())));
}

template <typename T>
void put(QByteArray& bytes, qsizetype offset, T value)
{
    qToLittleEndian(value, bytes.data() + offset);
}

template <typename T>
T get(const QByteArray& bytes, qsizetype offset)
{
    return qFromLittleEndian<T>(bytes.constData() + offset);
}

// 3000 bytes that differ everywhere: more than one cluster of any of the volumes.
QByteArray pattern()
{
    QByteArray bytes;
    for (int i = 0; i < 1500; ++i) {
        bytes.append(char(i % 251));
        bytes.append(char(i / 251));
    }
    return bytes;
}

const QString loader = QStringLiteral("EFI/BOOT/BOOTX64.EFI");

} // namespace

Q_DECLARE_METATYPE(Change)

class FatVolumeTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;
    QByteArray m_small; // FAT12, 720 KiB, clusters of 512 bytes, one FAT, with the loader in it

    // Where the table's entry for a cluster lies in m_small, for even clusters.
    static qsizetype entryOf(std::uint32_t cluster) { return 512 + cluster + cluster / 2; }

private Q_SLOTS:

    void initTestCase()
    {
        QString fault = m_maker.makeFat(QStringLiteral("small.img"), 720,
            {QStringLiteral("-F12"), QStringLiteral("-s1"), QStringLiteral("-f1"), QStringLiteral("-r64"),
                QStringLiteral("-R1")},
            {{loader, pattern()}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        m_small = m_maker.bytes(QStringLiteral("small.img"));
        QCOMPARE(m_small.size(), 720 * 1024);
    }

    void readsWhatMkfsAndMtoolsWrite_data()
    {
        QTest::addColumn<int>("kibibytes");
        QTest::addColumn<QStringList>("format");
        QTest::addColumn<int>("type");
        const auto row = [](const char* name, int kibibytes, const QStringList& format, FatType type) {
            QTest::newRow(name) << kibibytes << format << int(type);
        };
        row("floppy", 1440, {}, FatType::Fat12);
        row("FAT12", 2880, {QStringLiteral("-F12")}, FatType::Fat12);
        row("FAT16", 32768, {QStringLiteral("-F16")}, FatType::Fat16);
        row("FAT16, large clusters", 131072, {QStringLiteral("-F16"), QStringLiteral("-s64")}, FatType::Fat16);
        row("FAT32", 40960, {QStringLiteral("-F32"), QStringLiteral("-s1")}, FatType::Fat32);
        row("sectors of 4096 bytes", 65536, {QStringLiteral("-F16"), QStringLiteral("-S4096")}, FatType::Fat16);
        row("one FAT", 1440, {QStringLiteral("-f1")}, FatType::Fat12);
        row("many root entries", 2880, {QStringLiteral("-r512")}, FatType::Fat12);
    }

    void readsWhatMkfsAndMtoolsWrite()
    {
        QFETCH(int, kibibytes);
        QFETCH(QStringList, format);
        QList<QPair<QString, QByteArray>> files = {
            {loader, pattern()},
            {QStringLiteral("EFI/BOOT/grub.cfg"), "menu"},
            {QStringLiteral("EFI/Ein längerer Name mit Umlauten und Leerzeichen.txt"), "long"},
            {QStringLiteral("EMPTY.TXT"), ""},
        };
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        const QString fault = m_maker.makeFat(name, kibibytes, format, files);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));

        const Result<FileSource> source = FileSource::open(m_maker.path(name));
        QVERIFY(source);
        const Result<FatVolume> volume = FatVolume::open(*source);
        QVERIFY2(volume.has_value(), volume ? "" : qPrintable(volume.error().detail));
        QTEST(int(volume->type()), "type");
        for (const auto& [path, contents] : std::as_const(files)) {
            const Result<FatEntry> entry = volume->find(path);
            QVERIFY2(entry.has_value(), entry ? "" : qPrintable(entry.error().text()));
            QCOMPARE(entry->size, quint32(contents.size()));
            QByteArray found(contents.size(), '\0');
            const Result<void> read =
                volume->read(*entry, std::as_writable_bytes(std::span(found.data(), std::size_t(found.size()))));
            QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().detail));
            QCOMPARE(found, contents);
            QVERIFY(volume->check(*entry));
        }
        QVERIFY(volume->find(QStringLiteral("\\efi\\boot\\bootx64.efi")));
        QVERIFY(volume->find(QString())->isFolder);
        const Result<std::vector<FatEntry>> folder = volume->list(QStringLiteral("EFI"));
        QVERIFY(folder);
        QCOMPARE(folder->size(), 2U);
        QCOMPARE(folder->at(1).name, QStringLiteral("Ein längerer Name mit Umlauten und Leerzeichen.txt"));
        QCOMPARE(volume->list({})->size(), 2U);
    }

    void readsAFolderOfManyClusters()
    {
        QList<QPair<QString, QByteArray>> files;
        for (int i = 0; i < 40; ++i) {
            files.append({QStringLiteral("folder/a rather long name for file %1").arg(i), QByteArray::number(i)});
        }
        const QString fault = m_maker.makeFat(QStringLiteral("many.img"), 1440, {}, files);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<FileSource> source = FileSource::open(m_maker.path(QStringLiteral("many.img")));
        const Result<FatVolume> volume = FatVolume::open(*source);
        QVERIFY(volume);
        const Result<std::vector<FatEntry>> folder = volume->list(QStringLiteral("/FOLDER/"));
        QVERIFY(folder);
        QCOMPARE(folder->size(), 40U);
        QCOMPARE(folder->at(39).name, QStringLiteral("a rather long name for file 39"));
    }

    void saysWhatIsNotThere_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<ErrorKind>("kind");
        QTest::newRow("file") << QStringLiteral("EFI/BOOT/BOOTAA64.EFI") << ErrorKind::NotFound;
        QTest::newRow("folder") << QStringLiteral("EFI/MICROSOFT/X") << ErrorKind::NotFound;
        QTest::newRow("file as a folder") << QStringLiteral("EFI/BOOT/BOOTX64.EFI/X") << ErrorKind::InvalidInput;
    }

    void saysWhatIsNotThere()
    {
        QFETCH(QString, path);
        const MemorySource source(span(m_small));
        const Result<FatVolume> volume = FatVolume::open(source);
        QVERIFY(volume);
        const Result<FatEntry> entry = volume->find(path);
        QVERIFY(!entry);
        QTEST(entry.error().kind, "kind");
    }

    void refusesBootSectors_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<ErrorKind>("kind");
        const auto row = [](const char* name, ErrorKind kind, const Change& change) {
            QTest::newRow(name) << change << kind;
        };
        using enum ErrorKind;
        row("nothing", InvalidInput, [](QByteArray& b) { b.clear(); });
        row("half a sector", InvalidInput, [](QByteArray& b) { b.truncate(511); });
        row("all zero", InvalidInput, [](QByteArray& b) { b.fill('\0'); });
        row("sectors of 0 bytes", InvalidInput, [](QByteArray& b) { put<quint16>(b, 11, 0); });
        row("sectors of 256 bytes", InvalidInput, [](QByteArray& b) { put<quint16>(b, 11, 256); });
        row("sectors of 513 bytes", InvalidInput, [](QByteArray& b) { put<quint16>(b, 11, 513); });
        row("sectors of 8192 bytes", InvalidInput, [](QByteArray& b) { put<quint16>(b, 11, 8192); });
        row("clusters of 0 sectors", InvalidInput, [](QByteArray& b) { put<quint8>(b, 13, 0); });
        row("clusters of 3 sectors", InvalidInput, [](QByteArray& b) { put<quint8>(b, 13, 3); });
        row("no reserved sectors", InvalidInput, [](QByteArray& b) { put<quint16>(b, 14, 0); });
        row("no FATs", InvalidInput, [](QByteArray& b) { put<quint8>(b, 16, 0); });
        row("no root entries", InvalidInput, [](QByteArray& b) { put<quint16>(b, 17, 0); });
        row("no sectors", InvalidInput, [](QByteArray& b) { put<quint16>(b, 19, 0); });
        row("media", InvalidInput, [](QByteArray& b) { put<quint8>(b, 21, 0xF7); });
        row("no sectors per FAT", InvalidInput, [](QByteArray& b) {
            put<quint16>(b, 22, 0);
            put<quint32>(b, 36, 0);
        });
        row("FAT32 of a later version", InvalidInput, [](QByteArray& b) {
            put<quint16>(b, 22, 0);
            put<quint32>(b, 36, 5);
            put<quint16>(b, 42, 1);
        });
        row("FAT32 without mirroring", InvalidInput, [](QByteArray& b) {
            put<quint16>(b, 22, 0);
            put<quint32>(b, 36, 5);
            put<quint16>(b, 40, 0x80);
            put<quint16>(b, 42, 0);
        });
        row("FAT32 with few clusters", Corrupt, [](QByteArray& b) {
            put<quint16>(b, 22, 0);
            put<quint32>(b, 36, 5);
            put<quint16>(b, 40, 0);
            put<quint16>(b, 42, 0);
        });
        row("FAT16 with too many clusters", Corrupt, [](QByteArray& b) {
            put<quint16>(b, 19, 0);
            put<quint32>(b, 32, 10'000'000);
        });
        row("more FAT than volume", Corrupt, [](QByteArray& b) { put<quint16>(b, 22, 0xFFFF); });
        row("more root than volume", Corrupt, [](QByteArray& b) { put<quint16>(b, 17, 0xFFFF); });
    }

    void refusesBootSectors()
    {
        QFETCH(Change, change);
        QByteArray bytes = m_small;
        change(bytes);
        const MemorySource source(span(bytes));
        const Result<FatVolume> volume = FatVolume::open(source);
        QVERIFY(!volume);
        QTEST(volume.error().kind, "kind");
        QVERIFY2(volume.error().detail.contains(QLatin1String("offset 0x")), qPrintable(volume.error().detail));
    }

    // Damage behind a sound boot sector shows when the loader is looked for and read.
    void refusesDamage_data()
    {
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, const Change& change) { QTest::newRow(name) << change; };
        // mkfs and mtools lay it out in order: EFI has cluster 2, BOOT 3, the loader 4 to 9.
        row("folder's chain is a circle of one", [](QByteArray& b) { put<quint16>(b, entryOf(2), 0xF002); });
        row("folder's chain is a circle of two", [](QByteArray& b) {
            put<quint16>(b, entryOf(2), 0x3000 | 3);
            put<quint8>(b, entryOf(3), 0x2F);
            put<quint8>(b, entryOf(3) + 1, 0x00);
        });
        row("folder's chain leaves the volume", [](QByteArray& b) { put<quint16>(b, entryOf(2), 0xF800); });
        row("folder's chain goes on in cluster 1", [](QByteArray& b) { put<quint16>(b, entryOf(2), 0xF001); });
        row("file's chain ends early", [](QByteArray& b) { put<quint16>(b, entryOf(6), 0xFFFF); });
        row("file's chain is a circle",
            [](QByteArray& b) { put<quint16>(b, entryOf(8), (get<quint16>(b, entryOf(8)) & 0xF000) | 4); });
        row("ends in the FAT", [](QByteArray& b) { b.truncate(513); });
        row("ends in the root", [](QByteArray& b) { b.truncate(3 * 512); });
        row("ends in the folder", [](QByteArray& b) { b.truncate(b.indexOf("BOOTX64 EFI") + 20); });
        row("ends in the file", [](QByteArray& b) { b.truncate(b.indexOf(pattern().first(300)) + 2999); });
    }

    void refusesDamage()
    {
        QFETCH(Change, change);
        QByteArray bytes = m_small;
        change(bytes);
        QVERIFY(bytes != m_small);
        const MemorySource source(span(bytes));
        const Result<FatVolume> volume = FatVolume::open(source);
        QVERIFY(volume);
        const Result<FatEntry> entry = volume->find(loader);
        if (!entry) {
            QCOMPARE(entry.error().kind, ErrorKind::Corrupt);
            return;
        }
        const Result<void> checked = volume->check(*entry);
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::Corrupt);
        QByteArray found(3000, '\0');
        QVERIFY(!volume->read(*entry, std::as_writable_bytes(std::span(found.data(), 3000))));
    }

    void readsUpToTheSize()
    {
        const MemorySource source(span(m_small));
        const Result<FatVolume> volume = FatVolume::open(source);
        const Result<FatEntry> entry = volume->find(loader);
        QVERIFY(entry);
        QByteArray found(3001, '\0');
        QVERIFY(volume->read(*entry, std::as_writable_bytes(std::span(found.data(), 700))));
        QCOMPARE(found.first(700), pattern().first(700));
        QVERIFY(!volume->read(*entry, std::as_writable_bytes(std::span(found.data(), 3001))));
        QVERIFY(!volume->read(
            *volume->find(QStringLiteral("EFI")), std::as_writable_bytes(std::span(found.data(), 1))));
    }
};

QTEST_APPLESS_MAIN(FatVolumeTest)
#include "fat_volume_test.moc"
