// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/os_catalog.h"

#include <QTest>

#include <thread>

using namespace platter;

namespace {

PrimaryVolume labelled(const QString& label, const QString& publisher = {}, const QString& application = {})
{
    PrimaryVolume volume;
    volume.label = label;
    volume.publisher = publisher;
    volume.application = application;
    volume.systemId = QStringLiteral("LINUX");
    volume.blocks = 1'000'000;
    volume.blockSize = isoSectorSize;
    return volume;
}

} // namespace

class OsCatalogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void recognisesDiscs_data()
    {
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("publisher");
        QTest::addColumn<QString>("application");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("windows");
        const auto row = [](const char* label, const char* publisher, const char* application, const char* id,
                             const char* name, bool windows = false) {
            QTest::newRow(label) << QString::fromLatin1(label) << QString::fromLatin1(publisher)
                                 << QString::fromLatin1(application) << QString::fromLatin1(id)
                                 << QString::fromLatin1(name) << windows;
        };
        const char* const microsoft = "MICROSOFT CORPORATION";
        row("Debian 12.5.0 amd64 n", "", "", "debian12", "Debian 12");
        row("Debian 13.1.0 amd64 n", "", "", "debian13", "Debian 13"); // younger than Debian 13's own database
        row("Debian trixie-DI-rc1 amd64 n", "", "", "debian13", "Debian 13");
        row("Ubuntu-Server 24.04.1 LTS amd64", "", "", "ubuntu24.04", "Ubuntu 24.04 LTS");
        row("Fedora-WS-Live-42", "", "", "fedora42", "Fedora Linux 42");
        row("alpine-std 3.20.3 x86_64", "", "", "alpinelinux3.20", "Alpine Linux 3.20");
        row("AlmaLinux-9-4-x86_64-dvd", "", "", "almalinux9", "AlmaLinux 9");
        row("CCCOMA_X64FRE_EN-US_DV9", microsoft, "", "win11", "Microsoft Windows 11 or 10", true);
        row("SSS_X64FREE_EN-US_DV9", microsoft, "", "win2k22", "Microsoft Windows Server 2025, 2022, 2019 or 2016",
            true);
    }

    void recognisesDiscs()
    {
        QFETCH(QString, label);
        QFETCH(QString, publisher);
        QFETCH(QString, application);
        const std::optional<OsMatch> os = identifyOs(labelled(label, publisher, application));
        QVERIFY(os);
        QTEST(os->id, "id");
        QTEST(os->name, "name");
        QTEST(os->isWindows, "windows");
        QVERIFY(os->recommended.memory >= ByteCount::mebibytes(512));
        QVERIFY(os->recommended.disk >= ByteCount::gibibytes(1));
        QVERIFY(os->recommended.cpus >= 0 && os->recommended.cpus <= 8);
    }

    void leavesTheRestAlone_data()
    {
        QTest::addColumn<QString>("label");
        for (const char* label : {"", "ISOIMAGE", "MEMTEST86", "Debian 1", "Debian 133 amd64", "My Debian 13",
                 "CCCOMA_X64FRE", "13", "(((", "virtio-win-0.1.262"}) {
            QTest::newRow(label) << QString::fromLatin1(label);
        }
    }

    void leavesTheRestAlone()
    {
        QFETCH(QString, label);
        const std::optional<OsMatch> os = identifyOs(labelled(label));
        QVERIFY2(!os, os ? qPrintable(os->name) : "");
    }

    void saysWhatASystemNeeds()
    {
        const Recommendation debian = identifyOs(labelled(QStringLiteral("Debian 12.5.0 amd64 n")))->recommended;
        QCOMPARE(debian.memory, ByteCount::gibibytes(2));
        QCOMPARE(debian.disk, ByteCount::gibibytes(20));
        // Only a minimum is in the database.
        const Recommendation windows =
            identifyOs(labelled(QStringLiteral("CCCOMA_X64FRE_EN-US_DV9"), QStringLiteral("MICROSOFT CORPORATION")))
                ->recommended;
        QCOMPARE(windows.memory, ByteCount::gibibytes(4));
        QCOMPARE(windows.cpus, 2);
        QCOMPARE(windows.disk, ByteCount::gibibytes(64));
    }

    void answersSeveralThreads()
    {
        std::array<std::optional<OsMatch>, 4> found;
        {
            std::vector<std::jthread> threads;
            for (std::optional<OsMatch>& one : found) {
                threads.emplace_back(
                    [&one] { one = identifyOs(labelled(QStringLiteral("Debian 12.5.0 amd64 n"))); });
            }
        }
        for (const std::optional<OsMatch>& one : found) {
            QVERIFY(one);
            QCOMPARE(one->id, QStringLiteral("debian12"));
        }
    }
};

QTEST_APPLESS_MAIN(OsCatalogTest)
#include "os_catalog_test.moc"
