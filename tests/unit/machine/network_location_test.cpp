// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/network_location.h"

#include <QTest>

using namespace platter;

Q_DECLARE_METATYPE(NetworkLocation)

class NetworkLocationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void understands_data()
    {
        QTest::addColumn<NetworkLocation>("location");
        QTest::addColumn<QString>("written"); // as it is written again
        QTest::addColumn<QString>("name");
        const auto row = [](const char* text, const NetworkLocation& location, const char* name,
                             const char* written = nullptr) {
            QTest::newRow(text) << location << QString::fromUtf8(written != nullptr ? written : text)
                                << QString::fromUtf8(name);
        };
        const QString server = QStringLiteral("server");
        row("nbd://server/data", NbdExport{.host = server, .name = QStringLiteral("data")}, "data");
        row("nbd+tcp://server:10810/a/b", NbdExport{server, 10810, {}, QStringLiteral("a/b")}, "a/b",
            "nbd://server:10810/a/b");
        row("nbd://server:10809", NbdExport{.host = server}, "server", "nbd://server/");
        row("nbd://[fe80::1]/a%20b", NbdExport{.host = QStringLiteral("fe80::1"), .name = QStringLiteral("a b")},
            "a b");
        row("nbd+unix:///data?socket=/run/nbd%20a.sock",
            NbdExport{.socket = QStringLiteral("/run/nbd a.sock"), .name = QStringLiteral("data")}, "data");
        row("nbd+unix:///?socket=/run/nbd.sock", NbdExport{.socket = QStringLiteral("/run/nbd.sock")}, "nbd.sock");
        const QString target = QStringLiteral("iqn.2026-11.org.example:disks");
        row("iscsi://server/iqn.2026-11.org.example:disks/1", IscsiUnit{.host = server, .target = target, .lun = 1},
            "iqn.2026-11.org.example:disks/1");
        row("iscsi://10.0.0.1:3261/iqn.2026-11.org.example:disks/255",
            IscsiUnit{QStringLiteral("10.0.0.1"), 3261, target, 255}, "iqn.2026-11.org.example:disks/255");
        const QString pool = QStringLiteral("pool");
        const QString image = QStringLiteral("image");
        row("rbd:pool/image", RbdImage{.pool = pool, .image = image}, "image");
        row("rbd://pool/image", RbdImage{.pool = pool, .image = image}, "image", "rbd:pool/image");
        row("rbd:pool/space/image@first:id=me:conf=/etc/ceph/other.conf",
            RbdImage{pool, QStringLiteral("space"), image, QStringLiteral("first"), QStringLiteral("me"),
                QStringLiteral("/etc/ceph/other.conf")},
            "image");
        row("rbd:a\\/b/c\\@d\\:e", RbdImage{.pool = QStringLiteral("a/b"), .image = QStringLiteral("c@d:e")},
            "c@d:e");
        const QString path = QStringLiteral("/images/disk.qcow2");
        row("ssh://server/images/disk.qcow2", SshFile{.host = server, .path = path}, "disk.qcow2");
        row("ssh://me@server:2222/images/disk.qcow2", SshFile{QStringLiteral("me"), server, 2222, path},
            "disk.qcow2");
        row("ssh://me@server/images/disk.qcow2?host_key_check=yes",
            SshFile{.user = QStringLiteral("me"), .host = server, .path = path}, "disk.qcow2",
            "ssh://me@server/images/disk.qcow2");
        row("https://server:8443/a%20b/disk.raw?version=2",
            HttpsFile{QStringLiteral("https://server:8443/a%20b/disk.raw?version=2")}, "disk.raw");
    }

    void understands()
    {
        QFETCH(NetworkLocation, location);
        QFETCH(QString, written);
        QFETCH(QString, name);
        const QString text = QString::fromUtf8(QTest::currentDataTag());
        QVERIFY(isLocation(text));
        const Result<NetworkLocation> parsed = parseLocation(text);
        QVERIFY2(parsed, qPrintable(parsed ? QString() : parsed.error().text()));
        QVERIFY2(*parsed == location, qPrintable(toString(*parsed)));
        QCOMPARE(toString(location), written);
        QVERIFY(parseLocation(written) == parsed);
        QCOMPARE(shortName(location), name);
        QCOMPARE(isOnlyRead(location),
            text.startsWith(QLatin1String("https")) || text.contains(QLatin1String("@first")));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("why");
        const auto row = [](const char* text, const char* why) { QTest::newRow(text) << QString::fromUtf8(why); };
        row("nbd:///data", "names no server");
        row("nbd://me@server/data", "no users");
        row("nbd://server/data?socket=/s", "“socket” is not known");
        row("nbd://server:99999/data", "no valid URL");
        row("nbd+unix:///data", "socket by its full path");
        row("nbd+unix:///data?socket=run/nbd.sock", "socket by its full path");
        row("nbd+unix:///data?socket=/s&tls=yes", "“tls” is not known");
        row("iscsi://server/target", "a target and a LUN");
        row("iscsi://server//1", "a target and a LUN");
        row("iscsi://server/target/256", "from 0 to 255");
        row("iscsi://server/target/-1", "from 0 to 255");
        row("iscsi://server/target/a", "from 0 to 255");
        row("iscsi://me%secret@server/target/1", "a password in it");
        row("iscsi://me@server/target/1", "a password in it");
        row("rbd:image", "a pool and an image");
        row("rbd:pool/", "a pool and an image");
        row("rbd:a/b/c/d", "a pool and an image");
        row("rbd:pool/image@", "no snapshot");
        row("rbd:pool/image:key=secret", "a password in it");
        row("rbd:pool/image:mon_host=a", "“mon_host=a” is not known");
        row("rbd:pool/image:conf=ceph.conf", "“conf=ceph.conf” is not known");
        row("ssh://server", "names no file");
        row("ssh://server/folder/", "names no file");
        row("ssh:///disk", "names no server");
        row("ssh://me:secret@server/disk", "a password in it");
        row("ssh://server/disk?host_key_check=no", "must be checked");
        row("ssh://server/disk?port=1", "“port” is not known");
        row("https://server", "names no file");
        row("https://me:secret@server/disk", "a password in it");
        row("https://token@server/disk", "a password in it");
        row("http://server/disk", "over http");
        row("gluster://server/volume/disk", "cannot be at");
        row("/images/disk.raw", "cannot be at");
    }

    void refuses()
    {
        QFETCH(QString, why);
        const QString text = QString::fromUtf8(QTest::currentDataTag());
        const Result<NetworkLocation> parsed = parseLocation(text);
        QVERIFY2(!parsed, qPrintable(parsed ? toString(*parsed) : QString()));
        const QString said = parsed.error().text();
        QVERIFY2(said.contains(why), qPrintable(said));
        QVERIFY2(!said.contains(QLatin1String("secret")), qPrintable(said));
        QVERIFY(parsed.error().summary.endsWith(QLatin1Char('.')));
        QVERIFY(!parsed.error().advice.isEmpty());
    }

    void tellsALocationFromAFile()
    {
        for (const char* file : {"/a/b", "a.raw", "./rbd:a", "/x://y", "", "a:b"}) {
            QVERIFY2(!isLocation(QString::fromLatin1(file)), file);
        }
        for (const QString& example : locationExamples()) {
            QVERIFY2(isLocation(example) && parseLocation(example), qPrintable(example));
        }
    }
};

QTEST_GUILESS_MAIN(NetworkLocationTest)
#include "network_location_test.moc"
