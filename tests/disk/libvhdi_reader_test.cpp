// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/libvhdi_reader.h"
#include "tests/disk/qemu_image.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <vector>

using namespace platter;

class LibvhdiReaderTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

private Q_SLOTS:

    void readsWhatQemuWrote_data()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("VHDX") << QStringLiteral("vhdx");
        QTest::newRow("VHD") << QStringLiteral("vpc");
    }

    void readsWhatQemuWrote()
    {
        QFETCH(QString, format);
        const QString path = m_folder.filePath(QStringLiteral("disk.") + format);
        QVERIFY(runQemuTool(QStringLiteral("qemu-img"),
            {QStringLiteral("create"), QStringLiteral("-f"), format, path, QStringLiteral("64M")}));
        const QemuImage image(path, format);
        constexpr std::size_t begin = (5 << 20) + 512;
        constexpr std::size_t length = 1 << 20;
        QVERIFY(image.io({writePattern(7, begin, length)}));
        const auto reader = LibvhdiReader::open(path);
        QVERIFY2(reader, qPrintable(reader ? QString() : reader.error().detail));
        QCOMPARE((*reader)->size(), image.virtualSize().value());
        std::vector<std::byte> bytes(length + 1024);
        QVERIFY((*reader)->read(begin - 512, bytes));
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            QCOMPARE(bytes[i], std::byte(i >= 512 && i < 512 + length ? 7 : 0));
        }
        QCOMPARE((*reader)->read((*reader)->size() - 1, bytes).error().kind, ErrorKind::Corrupt);
    }

    void saysInItsWordsWhatItCannotOpen()
    {
        const QString path = m_folder.filePath(QStringLiteral("garbage"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(1 << 20, 'x'));
        file.close();
        const auto reader = LibvhdiReader::open(path);
        QVERIFY(!reader);
        QVERIFY2(reader.error().detail.contains(QStringLiteral("libvhdi_")), qPrintable(reader.error().detail));
    }
};

QTEST_GUILESS_MAIN(LibvhdiReaderTest)
#include "libvhdi_reader_test.moc"
