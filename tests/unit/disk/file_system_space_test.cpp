// SPDX-License-Identifier: GPL-3.0-or-later
// Against what the file systems' own tools say.
#include "core/disk/file_system_space.h"
#include "run_tool.h"

#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class FileSystemSpaceTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    static QString run(const QString& program, const QStringList& arguments)
    {
        const ToolRun done = runTool(program, arguments);
        if (!done.isGood) {
            qFatal("%s: %s", qPrintable(program), qPrintable(done.output));
        }
        return done.output;
    }

    static std::optional<FileSystemSpace> spaceIn(const QString& file, const char* type)
    {
        const Result<FileSource> image = FileSource::open(file);
        if (!image) {
            qFatal("%s", qPrintable(image.error().text()));
        }
        return spaceOf(*image, QLatin1String(type));
    }

    static void put(const QString& file, qint64 at, char value)
    {
        QFile image(file);
        if (!image.open(QIODevice::ReadWrite) || !image.seek(at) || !image.putChar(value)) {
            qFatal("put");
        }
    }

private Q_SLOTS:

    void initTestCase()
    {
        run(QStringLiteral("mkdir"), {path("tree")});
        run(QStringLiteral("dd"),
            {QStringLiteral("if=/dev/urandom"), QStringLiteral("of=") + path("tree/file"), QStringLiteral("bs=1K"),
                QStringLiteral("count=1500")});
    }

    void ext_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("ext4") << QStringList{QStringLiteral("-t"), QStringLiteral("ext4")};
        QTest::newRow("ext2, blocks of 1 KiB") << QStringList{
            QStringLiteral("-t"), QStringLiteral("ext2"), QStringLiteral("-b"), QStringLiteral("1024")};
        QTest::newRow("clusters of 64 KiB") << QStringList{QStringLiteral("-t"), QStringLiteral("ext4"),
            QStringLiteral("-O"), QStringLiteral("bigalloc"), QStringLiteral("-C"), QStringLiteral("65536")};
    }

    void ext()
    {
        QFETCH(QStringList, options);
        const QString image = path("ext.img");
        QFile::remove(image);
        run(QStringLiteral("mke2fs"),
            QStringList{QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-d"), path("tree")} + options
                + QStringList{image, QStringLiteral("64M")});
        const QString told = run(QStringLiteral("dumpe2fs"), {QStringLiteral("-h"), image});
        const auto number = [&](const char* name) {
            const QRegularExpression line(
                QStringLiteral("^%1:\\s+(\\d+)").arg(QLatin1String(name)), QRegularExpression::MultilineOption);
            return line.match(told).captured(1).toULongLong();
        };
        const std::uint64_t block = number("Block size");
        const std::uint64_t cluster = std::max<std::uint64_t>(number("Cluster size"), block);
        const std::uint64_t size = number("Block count") * block - number("Overhead clusters") * cluster;
        const auto space = spaceIn(image, "ext4");
        QVERIFY(space);
        QCOMPARE(space->size, size);
        QCOMPARE(space->used, size - number("Free blocks") * block);
        QVERIFY(space->used >= 1500 * 1024);
        // Mounted, or not unmounted: the superblock is behind.
        put(image, 1024 + 0x3a, 0);
        QVERIFY(!spaceIn(image, "ext4"));
        put(image, 1024 + 0x3a, 1);
        QVERIFY(spaceIn(image, "ext4"));
        put(image, 1024 + 0x60, char(0xc6));
        QVERIFY(!spaceIn(image, "ext4"));
    }

    void fat_data()
    {
        QTest::addColumn<QString>("bits");
        QTest::addColumn<QString>("kibibytes");
        QTest::addColumn<int>("state");
        QTest::newRow("FAT12") << QStringLiteral("12") << QStringLiteral("8192") << 37;
        QTest::newRow("FAT16") << QStringLiteral("16") << QStringLiteral("65536") << 37;
        QTest::newRow("FAT32") << QStringLiteral("32") << QStringLiteral("131072") << 65;
    }

    void fat()
    {
        QFETCH(QString, bits);
        QFETCH(QString, kibibytes);
        QFETCH(int, state);
        const QString image = path("fat.img");
        QFile::remove(image);
        run(QStringLiteral("mkfs.vfat"), {QStringLiteral("-C"), QStringLiteral("-F"), bits, image, kibibytes});
        run(QStringLiteral("mcopy"), {QStringLiteral("-i"), image, path("tree/file"), QStringLiteral("::")});
        const QString told = run(QStringLiteral("fsck.fat"), {QStringLiteral("-n"), QStringLiteral("-v"), image});
        const QRegularExpression clusters(QStringLiteral("(\\d+)/(\\d+) clusters"));
        const QRegularExpression bytes(QStringLiteral("(\\d+) bytes per cluster"));
        const std::uint64_t cluster = bytes.match(told).captured(1).toULongLong();
        const QRegularExpressionMatch count = clusters.match(told);
        QVERIFY2(cluster > 0 && count.hasMatch(), qPrintable(told));
        const auto space = spaceIn(image, "vfat");
        QVERIFY(space);
        QCOMPARE(space->size, count.captured(2).toULongLong() * cluster);
        QCOMPARE(space->used, count.captured(1).toULongLong() * cluster);
        put(image, state, 1); // mounted
        QVERIFY(!spaceIn(image, "vfat"));
    }

    // Any superblock may come from anywhere.
    void noNonsense()
    {
        const QString image = path("nonsense.img");
        for (int round = 0; round < 300; ++round) {
            QFile file(image);
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
            std::srand(static_cast<unsigned>(round));
            QByteArray bytes(65536, '\0');
            for (char& byte : bytes) {
                byte = static_cast<char>(std::rand());
            }
            file.write(bytes);
            file.close();
            for (const char* type : {"ext4", "vfat", "xfs"}) {
                const auto space = spaceIn(image, type);
                QVERIFY(!space || (space->used <= space->size && space->size <= 65536));
            }
        }
        QVERIFY(!spaceIn(path("tree/file"), "ntfs"));
    }
};

QTEST_GUILESS_MAIN(FileSystemSpaceTest)
#include "file_system_space_test.moc"
