// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/foreign_file.h"
#include "image_maker.h"

#include <QTest>

using namespace platter;

class ForeignFileTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;

private Q_SLOTS:

    void namesWhatItIs_data()
    {
        QTest::addColumn<QStringList>("command"); // makes "file"; empty: "contents" is the file
        QTest::addColumn<QByteArray>("contents");
        QTest::addColumn<QString>("named");
        QTest::addColumn<QString>("advised");
        const auto made = [](const char* format, const char* named, const QStringList& options = {}) {
            QTest::newRow(qPrintable(QLatin1String(format) + options.join(QLatin1Char(' '))))
                << (QStringList{QStringLiteral("qemu-img"), QStringLiteral("create"), QStringLiteral("-f"),
                        QString::fromLatin1(format)}
                       + options + QStringList{QStringLiteral("file"), QStringLiteral("8M")})
                << QByteArray() << QString::fromLatin1(named) << QStringLiteral("existing disk");
        };
        made("vhdx", "disk image (VHDX)");
        made("vpc", "disk image (VHD)");
        made("vpc", "disk image (VHD)", {QStringLiteral("-o"), QStringLiteral("subformat=fixed")});
        made("qcow2", "disk image (qcow2)");
        made("vmdk", "disk image (VMDK)");
        made("vmdk", "disk image (VMDK)", {QStringLiteral("-o"), QStringLiteral("subformat=monolithicFlat")});
        made("vdi", "disk image (VDI)");
        const auto holds = [](const char* name, const QByteArray& contents, const char* named,
                               const char* advised) {
            QTest::newRow(name) << QStringList() << contents << QString::fromLatin1(named)
                                << QString::fromLatin1(advised);
        };
        const QByteArray nothing(8192, '\0');
        holds("GPT", QByteArray(nothing).replace(512, 8, "EFI PART"), "disk image (raw)", "existing disk");
        holds("GPT, large sectors", QByteArray(nothing).replace(4096, 8, "EFI PART"), "disk image (raw)",
            "existing disk");
        holds("MBR", QByteArray(nothing).replace(510, 2, "\x55\xaa"), "disk image (raw)", "existing disk");
        holds("gzip", QByteArray("\x1f\x8b\x08") + nothing, "compressed file (gzip)", "Unpack");
        holds("xz",
            QByteArray("\xfd"
                       "7zXZ\0",
                6)
                + nothing,
            "compressed file (xz)", "Unpack");
        holds("zstd", QByteArray("\x28\xb5\x2f\xfd") + nothing, "compressed file (Zstandard)", "Unpack");
        holds("bzip2", QByteArray("BZh9") + nothing, "compressed file (bzip2)", "Unpack");
        holds("zip", QByteArray("PK\x03\x04") + nothing, "compressed file (ZIP)", "Unpack");
        holds("7z", QByteArray("7z\xbc\xaf\x27\x1c") + nothing, "compressed file (7z)", "Unpack");
        holds("rar", QByteArray("Rar!\x1a\x07\x01") + nothing, "compressed file (RAR)", "Unpack");
        holds("raw disc", QByteArray(1, '\0') + QByteArray(10, '\xff') + nothing, "raw copy of a disc", "Convert");
        holds("web page", "\r\n<!DOCTYPE html><html><body>Not found</body></html>", "web page", "Download");
        holds("short web page", "<HTML>", "web page", "Download");
    }

    void namesWhatItIs()
    {
        QFETCH(QStringList, command);
        QFETCH(QByteArray, contents);
        QFETCH(QString, named);
        QFETCH(QString, advised);
        const QString fault = command.isEmpty() ? m_maker.write(QStringLiteral("file"), contents)
                                                : m_maker.run(command.takeFirst(), command);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<FileSource> source = FileSource::open(m_maker.path(QStringLiteral("file")));
        QVERIFY(source);
        const std::optional<Error> error = describeForeignFile(*source, QStringLiteral("/x/file"));
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::InvalidInput);
        QVERIFY2(error->summary.startsWith(QLatin1String("/x/file is no ISO image")), qPrintable(error->summary));
        QVERIFY2(error->summary.contains(named), qPrintable(error->summary));
        QVERIFY2(error->advice.contains(advised), qPrintable(error->advice));
    }

    void isSilentAboutTheRest_data()
    {
        QTest::addColumn<QByteArray>("contents");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a letter") << QByteArray("x");
        QTest::newRow("zeros") << QByteArray(100000, '\0');
        QTest::newRow("text") << QByteArray("Dear reader, ").repeated(1000);
    }

    void isSilentAboutTheRest()
    {
        QFETCH(QByteArray, contents);
        const MemorySource source(std::as_bytes(std::span(contents.constData(), std::size_t(contents.size()))));
        QVERIFY(!describeForeignFile(source, QStringLiteral("/x/file")));
    }
};

QTEST_APPLESS_MAIN(ForeignFileTest)
#include "foreign_file_test.moc"
