// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/recording_file.h"

#include <QTest>

#include <array>

using namespace platter;

class RecordingFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void writesDownWhatIsDoneInOrder()
    {
        MemoryFile base(4096);
        RecordingFile file(base);
        const std::array<std::byte, 3> bytes{std::byte(1), std::byte(2), std::byte(3)};
        QVERIFY(file.write(16, bytes));
        QVERIFY(file.flush());
        QVERIFY(file.zero(512, 1024));
        QVERIFY(!file.zero(4096, 1)); // what failed has not happened
        file.mark(7);
        QVERIFY(file.resize(0x2000));
        QStringList words;
        for (const FileStep& step : file.steps()) {
            words += describe(step);
        }
        QCOMPARE(words,
            QStringList({QStringLiteral("write of 3 bytes at 0x10"), QStringLiteral("flush"),
                QStringLiteral("zeroing of 1024 bytes at 0x200"), QStringLiteral("mark 7"),
                QStringLiteral("resize to 0x2000")}));
        QVERIFY(std::ranges::equal(std::get<WriteStep>(file.steps().front()).bytes, bytes));
    }

    void passesOnAndKeepsTheStart()
    {
        MemoryFile base(4096);
        RecordingFile file(base);
        const std::array<std::byte, 1> one{std::byte(9)};
        QVERIFY(file.write(0, one));
        QVERIFY(file.resize(100));
        QCOMPARE(base.size(), 100U);
        std::array<std::byte, 1> got{};
        QVERIFY(file.read(0, got));
        QVERIFY(got == one);
        QVERIFY(file.runAt(0).value() == base.runAt(0).value());
        QCOMPARE(file.start().contentHash(), MemoryFile(4096).contentHash());
    }
};

QTEST_GUILESS_MAIN(RecordingFileTest)
#include "recording_file_test.moc"
