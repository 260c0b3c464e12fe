// SPDX-License-Identifier: GPL-3.0-or-later
// A real QEMU on a real bridge, through the real helper: in a network of this process's own, where it may make one.
#include "core/qemu/bridge_tap.h"
#include "scratch_machine.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <cerrno>
#include <cstring>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

using namespace platter;

namespace {

const QString permissions = QStringLiteral("/etc/qemu/bridge.conf");

QStringList portsOfTheBridge()
{
    return QDir(QStringLiteral("/sys/class/net/br0/brif")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
}

// Its own network with a bridge, its own /sys that shows it, and its own /etc/qemu; gone with the process.
bool makeOwnNetwork()
{
    char bridge[16] = "br0";
    return ::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0
        && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
        && ::mount("sysfs", "/sys", "sysfs", 0, nullptr) == 0
        && ::mount("tmpfs", "/etc/qemu", "tmpfs", 0, nullptr) == 0
        && ::ioctl(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)).get(), SIOCBRADDBR, bridge) == 0;
}

void allow(const QByteArray& line)
{
    QFile file(permissions);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(line), line.size());
}

} // namespace

class BridgeLaunchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        if (::geteuid() != 0) {
            return; // only root can make a network of its own with a bridge in it
        }
        QVERIFY2(makeOwnNetwork(), std::strerror(errno));
        allow("allow br0\n");
    }

    void aMachineIsOnTheBridgeForAsLongAsItRuns()
    {
        if (::geteuid() != 0) {
            QVERIFY(!openTapOn(QStringLiteral("no-such-bridge")));
            return;
        }
        QCOMPARE(portsOfTheBridge(), QStringList());
        ScratchMachine scratch(QStringLiteral("m"));
        scratch.machine.definition.adapters = {{.mac = QStringLiteral("52:54:00:12:34:01")},
            {.mac = QStringLiteral("52:54:00:12:34:02"), .bridge = QStringLiteral("br0")},
            {.mac = QStringLiteral("52:54:00:12:34:03"), .bridge = QStringLiteral("br0")}};
        const Result<void> started = QCoro::waitFor(launch(scratch.machine, scratch.settings));
        QVERIFY2(started, started ? "" : qPrintable(started.error().text() + started.error().detail));
        QCOMPARE(portsOfTheBridge().size(), 2);
        QVERIFY(scratch.quit());
        QTRY_COMPARE(portsOfTheBridge(), QStringList());
    }

    void theHelpersRefusalIsTold()
    {
        if (::geteuid() != 0) {
            return;
        }
        allow("allow br1\n");
        // As for somebody who may not read the list: the helper is asked, and refuses.
        const Result<UniqueFd> tap =
            openTapOn(QStringLiteral("br0"), {.permissions = QStringLiteral("/nowhere/to/be/read/bridge.conf")});
        QVERIFY(!tap);
        QCOMPARE(tap.error().kind, ErrorKind::PermissionDenied);
        QVERIFY2(tap.error().detail.contains(QStringLiteral("access denied by acl file")),
            qPrintable(tap.error().detail));
        QCOMPARE(portsOfTheBridge(), QStringList());
    }
};

QTEST_GUILESS_MAIN(BridgeLaunchTest)
#include "bridge_launch_test.moc"
