// SPDX-License-Identifier: GPL-3.0-or-later
// Real QEMU is given a disk of each protocol at a server that does not answer. Whichever drivers it has, the
// options must be right, and what is said of the driver must be what happened.
#include "core/qemu/block_drivers.h"
#include "core/qemu/block_graph.h"

#include <QCoroTask>
#include <QJsonDocument>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace platter;

namespace {

const SlotId slot{0, 0};

QString qemu()
{
    return QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64"));
}

QString wordsWhenOpened(const DiskDrive& disk)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(qemu(),
        {QStringLiteral("-machine"), QStringLiteral("none"), QStringLiteral("-display"), QStringLiteral("none"),
            QStringLiteral("-blockdev"),
            QString::fromUtf8(QJsonDocument(fileNode(slot, 0, disk)).toJson(QJsonDocument::Compact))});
    if (!process.waitForFinished()) {
        process.kill();
        process.waitForFinished();
        return QStringLiteral("it goes on");
    }
    return QString::fromUtf8(process.readAll());
}

} // namespace

class BlockDriversTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void saysWhatHappens_data()
    {
        QTest::addColumn<QString>("package"); // empty: always there
        QTest::newRow("nbd://127.0.0.1:1/data") << QString();
        QTest::newRow("nbd+unix:///data?socket=/nonexistent/socket") << QString();
        QTest::newRow("iscsi://127.0.0.1:1/iqn.2026-11.org.example:disks/1") << QStringLiteral("qemu-block-iscsi");
        QTest::newRow("rbd:pool/space/image:id=me:conf=/nonexistent/ceph.conf") << QStringLiteral("qemu-block-rbd");
        QTest::newRow("ssh://me@127.0.0.1:1/images/disk.qcow2") << QStringLiteral("qemu-block-ssh");
        QTest::newRow("https://127.0.0.1:1/images/disk.qcow2") << QStringLiteral("qemu-block-curl");
    }

    void saysWhatHappens()
    {
        QFETCH(QString, package);
        const Result<NetworkLocation> location = parseLocation(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(location);
        const DiskDrive disk{.source = *location, .format = DiskFormat::Raw, .isReadOnly = isOnlyRead(*location)};
        const QString words = wordsWhenOpened(disk);
        qInfo("%s", qPrintable(words.trimmed()));
        // "Parameter 'x' is unexpected", "is missing", "Invalid parameter type": QEMU's checks come before the
        // driver.
        QVERIFY2(!words.isEmpty() && !words.contains(QLatin1String("arameter")), qPrintable(words));
        const bool isThere = !words.contains(QLatin1String("Unknown driver"));
        QVERIFY(isThere || !package.isEmpty());
        QVERIFY2(!isThere || words.contains(QLatin1String("efused"))
                || words.contains(QLatin1String("No such file")) || words.contains(QLatin1String("rror"))
                || words.contains(QLatin1String("ailed")),
            qPrintable(words));

        const Result<void> checked = QCoro::waitFor(checkBlockDrivers(qemu(), {{slot, disk}}));
        QCOMPARE(checked.has_value(), isThere);
        if (!checked) {
            QCOMPARE(checked.error().kind, ErrorKind::Unsupported);
            const QString said = checked.error().text();
            QVERIFY2(said.contains(QLatin1String("qemu-block-extra")) && said.contains(package)
                    && said.contains(disk.where()),
                qPrintable(said));
        }
    }

    void asksNothingForFiles()
    {
        const std::vector<Drive> drives{{slot, DiskDrive{QStringLiteral("/d.vhdx")}}, {{0, 1}, DvdDrive{}}};
        QVERIFY(QCoro::waitFor(checkBlockDrivers(QStringLiteral("/nonexistent/qemu"), drives)));
    }

    void saysThatQemuCannotBeRun()
    {
        const std::vector<Drive> drives{
            {slot, DiskDrive{NbdExport{.host = QStringLiteral("server")}, DiskFormat::Raw}}};
        const Result<void> checked = QCoro::waitFor(checkBlockDrivers(QStringLiteral("/nonexistent/qemu"), drives));
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::Qemu);
    }
};

QTEST_GUILESS_MAIN(BlockDriversTest)
#include "block_drivers_test.moc"
