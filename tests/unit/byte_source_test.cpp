// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/byte_source.h"

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <sys/stat.h>
#include <unistd.h>

using namespace platter;

class ByteSourceTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static std::span<const std::byte> letters()
    {
        static constexpr std::string_view text = "abcdefghij";
        return std::as_bytes(std::span(text));
    }

private Q_SLOTS:

    void staysWithinItsBounds_data()
    {
        QTest::addColumn<quint64>("offset");
        QTest::addColumn<int>("count");
        QTest::addColumn<QByteArray>("expected"); // empty: refused
        QTest::newRow("all") << quint64(0) << 4 << QByteArray("defg");
        QTest::newRow("middle") << quint64(1) << 2 << QByteArray("ef");
        QTest::newRow("last") << quint64(3) << 1 << QByteArray("g");
        QTest::newRow("beyond") << quint64(3) << 2 << QByteArray();
        QTest::newRow("at the end") << quint64(4) << 1 << QByteArray();
        QTest::newRow("far away") << ~quint64(0) << 2 << QByteArray();
    }

    void staysWithinItsBounds()
    {
        QFETCH(quint64, offset);
        QFETCH(int, count);
        QFETCH(QByteArray, expected);
        QFile file(m_folder.filePath(QStringLiteral("letters")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("defg");
        file.close();
        const Result<FileSource> fromFile = FileSource::open(file.fileName());
        QVERIFY(fromFile);
        const MemorySource all(letters());
        const SourceWindow window(all, 3, 4);
        const MemorySource memory(letters().subspan(3, 4));
        for (const ByteSource* source : std::initializer_list<const ByteSource*>{&*fromFile, &window, &memory}) {
            QCOMPARE(source->size(), 4U);
            QByteArray found(count, '\0');
            const Result<void> read =
                source->read(offset, std::as_writable_bytes(std::span(found.data(), std::size_t(count))));
            QCOMPARE(read.has_value(), !expected.isEmpty());
            if (read) {
                QCOMPARE(found, expected);
            } else {
                QCOMPARE(read.error().kind, ErrorKind::Corrupt);
            }
        }
    }

    void cutsAWindowAtTheEnd()
    {
        const MemorySource all(letters());
        QCOMPARE(SourceWindow(all, 8, 100).size(), 2U);
        QCOMPARE(SourceWindow(all, 8, ~std::uint64_t(0)).size(), 2U);
        QCOMPARE(SourceWindow(all, 10, 1).size(), 0U);
        QCOMPARE(SourceWindow(all, ~std::uint64_t(0), 1).size(), 0U);
    }

    void noticesAFileThatShrinks()
    {
        QFile file(m_folder.filePath(QStringLiteral("shrinks")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(100, 'x'));
        file.flush();
        const Result<FileSource> source = FileSource::open(file.fileName());
        QVERIFY(source);
        QVERIFY(file.resize(50));
        std::array<std::byte, 100> bytes;
        const Result<void> read = source->read(0, bytes);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Corrupt);
    }

    void opensFilesAlone()
    {
        QCOMPARE(FileSource::open(m_folder.filePath(QStringLiteral("missing"))).error().kind, ErrorKind::NotFound);
        QCOMPARE(FileSource::open(m_folder.path()).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(FileSource::open(QStringLiteral("/dev/zero")).error().kind, ErrorKind::InvalidInput);
        const QString pipe = m_folder.filePath(QStringLiteral("pipe"));
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QCOMPARE(FileSource::open(pipe).error().kind, ErrorKind::InvalidInput); // and does not wait for a writer
    }
};

QTEST_APPLESS_MAIN(ByteSourceTest)
#include "byte_source_test.moc"
