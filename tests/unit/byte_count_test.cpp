// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/byte_count.h"

#include <QTest>

using namespace platter;

class ByteCountTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void parsesWhatPeopleWrite_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<quint64>("bytes");
        const auto row = [](const char* text, quint64 bytes) {
            QTest::newRow(text) << QString::fromUtf8(text) << bytes;
        };
        row("1048576", 1 << 20);
        row("0", 0);
        row("40G", 40ULL << 30);
        row("40 GiB", 40ULL << 30);
        row("512m", 512ULL << 20);
        row("1.5T", 3ULL << 39);
        row("1,5 KiB", 1536);
        row(" 7 bytes ", 7);
        row("9223372036854775807", 9223372036854775807ULL);
    }

    void parsesWhatPeopleWrite()
    {
        QFETCH(QString, text);
        QFETCH(quint64, bytes);
        const Result<ByteCount> size = ByteCount::parse(text);
        QVERIFY2(size.has_value(), qPrintable(size ? QString() : size.error().text()));
        QCOMPARE(size->bytes(), bytes);
        QCOMPARE(ByteCount::parse(size->toExactString())->bytes(), bytes);
    }

    void refusesEverythingElse_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text :
            {"", "G", "-1", "40X", "4 0G", "0.3K", "9223372036854775808", "99999999P", "1e9", "40Gb/s"}) {
            QTest::newRow(text) << QString::fromUtf8(text);
        }
    }

    void refusesEverythingElse()
    {
        QFETCH(QString, text);
        const Result<ByteCount> size = ByteCount::parse(text);
        QVERIFY(!size);
        QCOMPARE(size.error().kind, ErrorKind::InvalidInput);
        QVERIFY(!size.error().advice.isEmpty());
    }

    void writesForPeople()
    {
        QLocale::setDefault(QLocale::c());
        QCOMPARE(ByteCount(1).toString(), QStringLiteral("1 byte"));
        QCOMPARE(ByteCount(513).toString(), QStringLiteral("513 bytes"));
        QCOMPARE(ByteCount::gibibytes(40).toString(), QStringLiteral("40 GiB"));
        QCOMPARE(ByteCount::mebibytes(1536).toString(), QStringLiteral("1.5 GiB"));
        QCOMPARE(ByteCount::tebibytes(64).toString(), QStringLiteral("64 TiB"));
    }

    void addsWithoutOverflow()
    {
        QCOMPARE(ByteCount(1).plus(ByteCount(2)), std::optional(ByteCount(3)));
        QCOMPARE(ByteCount(~0ULL).plus(ByteCount(1)), std::nullopt);
    }
};

QTEST_APPLESS_MAIN(ByteCountTest)
#include "byte_count_test.moc"
