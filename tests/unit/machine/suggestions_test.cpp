// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/suggestions.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

const HostResources largeHost{ByteCount::gibibytes(64), 16};

InstallMedium medium(const QString& osId, const Recommendation& recommended)
{
    InstallMedium made;
    made.file = QStringLiteral("/isos/some disc.iso");
    made.osId = osId;
    made.recommended = recommended;
    return made;
}

} // namespace

class SuggestionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void suitsMostSystemsWithoutAMedium()
    {
        const Suggestion suggestion = suggestionFor({}, largeHost);
        QCOMPARE(suggestion.name, QStringLiteral("machine"));
        QCOMPARE(suggestion.memory, ByteCount::gibibytes(2));
        QCOMPARE(suggestion.cpus, 2);
        QCOMPARE(suggestion.disk, ByteCount::gibibytes(40));
    }

    void windowsFrom11OnGetsSecureBootAndATpm_data()
    {
        QTest::addColumn<bool>("isStrict");
        for (const char* osId : {"win11", "win12"}) {
            QTest::newRow(osId) << true;
        }
        for (const char* osId : {"", "win10", "win95", "win98", "win2k22", "winxp", "win", "debian13"}) {
            QTest::newRow(osId) << false;
        }
    }

    void windowsFrom11OnGetsSecureBootAndATpm()
    {
        QFETCH(bool, isStrict);
        const FirmwareSettings firmware = firmwareFor(QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(firmware.secureBoot, isStrict ? SecureBoot::Microsoft : SecureBoot::Off);
        QCOMPARE(firmware.hasTpm, isStrict);
        QVERIFY(!firmware.showsBootMenu);
    }

    void givesASystemWhatItAsksFor()
    {
        const Suggestion suggestion = suggestionFor(
            medium(QStringLiteral("win11"), {ByteCount::gibibytes(6), 4, ByteCount::gibibytes(64)}), largeHost);
        QCOMPARE(suggestion.name, QStringLiteral("win11"));
        QCOMPARE(suggestion.memory, ByteCount::gibibytes(6));
        QCOMPARE(suggestion.cpus, 4);
        QCOMPARE(suggestion.disk, ByteCount::gibibytes(64));
    }

    void givesNoSystemLessThanIsPleasant()
    {
        const Suggestion suggestion = suggestionFor(
            medium(QStringLiteral("old"), {ByteCount::mebibytes(512), 1, ByteCount::gibibytes(2)}), largeHost);
        QCOMPARE(suggestion.memory, ByteCount::gibibytes(2));
        QCOMPARE(suggestion.cpus, 2);
        QCOMPARE(suggestion.disk, ByteCount::gibibytes(40));
    }

    void givesTheSampleGuestJustWhatItNeeds()
    {
        InstallMedium sample = medium({}, {ByteCount::mebibytes(512), 1, ByteCount::gibibytes(1)});
        sample.isSampleGuest = true;
        const Suggestion suggestion = suggestionFor(sample, largeHost);
        QCOMPARE(suggestion.name, QStringLiteral("sample-guest"));
        QCOMPARE(suggestion.memory, ByteCount::mebibytes(512));
        QCOMPARE(suggestion.cpus, 1);
        QCOMPARE(suggestion.disk, ByteCount::gibibytes(1));
    }

    void leavesTheHostHalfOfItsMemory_data()
    {
        QTest::addColumn<quint64>("host");
        QTest::addColumn<quint64>("given");
        QTest::newRow("plenty") << quint64(16384) << quint64(4096);
        QTest::newRow("just enough") << quint64(8192) << quint64(4096);
        QTest::newRow("not a round number") << quint64(7900) << quint64(3584);
        QTest::newRow("little") << quint64(1900) << quint64(512);
        QTest::newRow("hardly any") << quint64(600) << quint64(512);
    }

    void leavesTheHostHalfOfItsMemory()
    {
        QFETCH(quint64, host);
        QFETCH(quint64, given);
        const Suggestion suggestion = suggestionFor(
            medium(QStringLiteral("win11"), {ByteCount::gibibytes(4), 2, {}}), {ByteCount::mebibytes(host), 1});
        QCOMPARE(suggestion.memory, ByteCount::mebibytes(given));
        QCOMPARE(suggestion.cpus, 1);
    }

    void namesAfterTheFileWhatIsNotRecognised_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("name");
        const auto row = [](const char* file, const QString& name) {
            QTest::newRow(file) << QString::fromUtf8(file) << name;
        };
        row("/isos/memtest86+.iso", QStringLiteral("memtest86+"));
        row("/isos/debian-13.1.0-amd64.iso", QStringLiteral("debian-13.1.0-amd64"));
        row("/isos/..hidden.iso", QStringLiteral("hidden"));
        row("/isos/ two  blanks .iso", QStringLiteral("two blanks"));
        row("/isos/.iso", QStringLiteral("machine"));
        row("/isos/two\nlines.iso", QStringLiteral("two lines"));
        row("/isos/bell\a.iso", QStringLiteral("machine"));
        QTest::newRow("long") << QStringLiteral("/isos/%1.iso").arg(QString(100, QLatin1Char('n')))
                              << QString(60, QLatin1Char('n'));
    }

    void namesAfterTheFileWhatIsNotRecognised()
    {
        QFETCH(QString, file);
        InstallMedium unknown;
        unknown.file = file;
        const Suggestion suggestion = suggestionFor(unknown, largeHost);
        QTEST(suggestion.name, "name");
        QVERIFY(nameViolations(suggestion.name).empty());
    }

    void findsAFreeName()
    {
        QTemporaryDir folder;
        const MachineStore store(folder.filePath(QStringLiteral("machines")));
        const QString place = folder.filePath(QStringLiteral("place"));
        const QString name = QStringLiteral("debian13");
        QCOMPARE(freeName(name, store), name);
        QVERIFY(QDir().mkpath(store.root() + QStringLiteral("/debian13")));
        QCOMPARE(freeName(name, store), QStringLiteral("debian13-2"));
        // A machine elsewhere whose folder is gone still has its name.
        QVERIFY(QFile::link(QStringLiteral("/nowhere"), store.root() + QStringLiteral("/debian13-2")));
        QCOMPARE(freeName(name, store), QStringLiteral("debian13-3"));
        QVERIFY(QDir().mkpath(place + QStringLiteral("/debian13-3")));
        QCOMPARE(freeName(name, store, place), QStringLiteral("debian13-4"));
        QCOMPARE(freeName(name, store), QStringLiteral("debian13-3"));
    }
};

QTEST_APPLESS_MAIN(SuggestionsTest)
#include "suggestions_test.moc"
