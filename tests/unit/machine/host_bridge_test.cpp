// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/host_bridge.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace platter;

class HostBridgeTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    BridgeRoots m_roots;

    QString below(const char* name) const { return m_dir.filePath(QString::fromUtf8(name)); }

    static void write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

    void expect(const QString& bridge, ErrorKind kind, const QString& words) const
    {
        const Result<QString> helper = helperForBridge(bridge, m_roots);
        QVERIFY(!helper);
        QVERIFY2(helper.error().kind == kind, qPrintable(helper.error().text()));
        QVERIFY2(helper.error().text().contains(words), qPrintable(helper.error().text()));
        QVERIFY(!helper.error().advice.isEmpty());
    }

private Q_SLOTS:

    void init()
    {
        for (const char* folder : {"net/eth0", "net/br0/bridge", "net/virbr1/bridge"}) {
            QVERIFY(QDir().mkpath(below(folder)));
        }
        write(below("bridge.conf"), "# those of the laboratory\n  allow   br0\n");
        write(below("helper"), "#!/bin/sh\n");
        QCOMPARE(::chmod(QFile::encodeName(below("helper")).constData(), 0755 | S_ISUID), 0);
        QVERIFY(QFile::setPermissions(m_dir.path(),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
        m_roots = {.interfaces = below("net"),
            .permissions = below("bridge.conf"),
            .helpers = {below("no-helper"), below("helper")}};
    }

    void findsBridgesAndNothingElse()
    {
        QCOMPARE(hostBridges(m_roots), (QStringList{QStringLiteral("br0"), QStringLiteral("virbr1")}));
    }

    void findsTheHelperOfAnAllowedBridge()
    {
        // The owner must be root for the bit to count; who runs this as root needs neither.
        const Result<QString> helper = helperForBridge(QStringLiteral("br0"), m_roots);
        if (::geteuid() == 0) {
            QVERIFY2(helper, helper ? "" : qPrintable(helper.error().text()));
            QCOMPARE(*helper, below("helper"));
            const Unprivileged nobody;
            QCOMPARE(helperForBridge(QStringLiteral("br0"), m_roots), below("helper"));
        } else {
            QCOMPARE(helper.error().kind, ErrorKind::PermissionDenied);
        }
    }

    void namesTheBridgesThatThereAre()
    {
        expect(QStringLiteral("br7"), ErrorKind::NotFound, QStringLiteral("br0, virbr1"));
        expect(QStringLiteral("eth0"), ErrorKind::NotFound, QStringLiteral("no network bridge “eth0”"));
    }

    void saysThatTheHelperIsMissing()
    {
        m_roots.helpers = {below("no-helper")};
        expect(QStringLiteral("br0"), ErrorKind::MissingProgram, QStringLiteral("qemu-bridge-helper"));
    }

    void saysThatTheHelperMayNotDoIt()
    {
        QCOMPARE(::chmod(QFile::encodeName(below("helper")).constData(), 0755), 0);
        const Unprivileged nobody;
        expect(QStringLiteral("br0"), ErrorKind::PermissionDenied,
            QStringLiteral("chmod u+s %1").arg(below("helper")));
    }

    void readsThePermissionsAsTheHelperDoes_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("words"); // empty: allowed
        QTest::newRow("all") << QByteArray("allow all\n") << QString();
        QTest::newRow("another") << QByteArray("allow virbr1\n") << QStringLiteral("allow br0");
        QTest::newRow("nothing") << QByteArray() << QStringLiteral("allow br0");
        QTest::newRow("a comment") << QByteArray("#allow br0\n") << QStringLiteral("allow br0");
        QTest::newRow("denied") << QByteArray("deny br0\nallow all\n") << QStringLiteral("deny");
        QTest::newRow("all denied") << QByteArray("allow br0\ndeny all\n") << QStringLiteral("deny");
        QTest::newRow("included") << "include " + QFile::encodeName(m_dir.filePath(QStringLiteral("more.conf")))
                                  << QString();
        QTest::newRow("includes itself")
            << "include " + QFile::encodeName(m_dir.filePath(QStringLiteral("bridge.conf")))
            << QStringLiteral("allow br0");
    }

    void readsThePermissionsAsTheHelperDoes()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, words);
        write(below("more.conf"), "allow br0");
        write(below("bridge.conf"), content);
        if (words.isEmpty() && ::geteuid() != 0) {
            // Allowed; but the program is ours, so that its set-uid bit gives it nothing.
            expect(QStringLiteral("br0"), ErrorKind::PermissionDenied, QStringLiteral("chmod u+s"));
        } else if (words.isEmpty()) {
            QVERIFY(helperForBridge(QStringLiteral("br0"), m_roots));
        } else {
            expect(QStringLiteral("br0"), ErrorKind::PermissionDenied, words);
        }
    }

    void saysThatNobodyIsAllowedAnything()
    {
        QVERIFY(QFile::remove(below("bridge.conf")));
        expect(QStringLiteral("br0"), ErrorKind::PermissionDenied, below("bridge.conf"));
    }

    void leavesALockedListToTheHelper()
    {
        QCOMPARE(::chmod(QFile::encodeName(below("bridge.conf")).constData(), 0600), 0);
        if (::geteuid() == 0) {
            const Unprivileged nobody;
            QVERIFY(helperForBridge(QStringLiteral("br0"), m_roots));
        }
    }
};

QTEST_APPLESS_MAIN(HostBridgeTest)
#include "host_bridge_test.moc"
