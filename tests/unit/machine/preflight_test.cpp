// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/new_image.h"
#include "core/machine/preflight.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace platter;

class PreflightTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    const HostResources m_host{ByteCount::gibibytes(8), 4};

    QString below(const char* name) const { return m_dir.filePath(QString::fromUtf8(name)); }

    static void write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

    StoredMachine machine() const
    {
        StoredMachine result{QStringLiteral("m"), m_dir.path(), {}};
        result.definition.id = MachineId::random();
        result.definition.drives = {{{0, 0}, DiskDrive{below("system.vhdx"), DiskFormat::Vhdx}},
            {{0, 1}, DiskDrive{below("data.raw"), DiskFormat::Raw}}, {{0, 2}, DvdDrive{below("tools.iso")}},
            {{0, 3}, DvdDrive{}}};
        return result;
    }

    // Exactly one error, of this kind, that names this file.
    static void expect(const std::vector<Error>& errors, ErrorKind kind, const QString& file)
    {
        QString all;
        for (const Error& error : errors) {
            all += error.text() + QLatin1Char('\n');
        }
        QVERIFY2(errors.size() == 1, qPrintable(all));
        QCOMPARE(errors[0].kind, kind);
        QVERIFY2(errors[0].text().contains(file), qPrintable(all));
        QVERIFY2(!errors[0].advice.isEmpty(), qPrintable(all));
    }

private Q_SLOTS:

    void init()
    {
        for (const char* name : {"system.vhdx", "data.raw", "tools.iso"}) {
            QFile::remove(below(name));
        }
        QVERIFY(createImage(below("system.vhdx"), DiskFormat::Vhdx, ByteCount::mebibytes(64)));
        QVERIFY(createImage(below("data.raw"), DiskFormat::Raw, ByteCount::mebibytes(64)));
        write(below("tools.iso"), "an ISO, as far as anybody asks here");
        QVERIFY(QFile::setPermissions(m_dir.path(),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
    }

    void aSoundMachineMayStart()
    {
        const std::vector<Error> errors = preflight(machine(), m_host);
        QVERIFY2(errors.empty(), qPrintable(errors.empty() ? QString() : errors[0].text()));
    }

    void namesBrokenRules()
    {
        StoredMachine small = machine();
        small.definition.memory = ByteCount::mebibytes(1);
        QCOMPARE(preflight(small, m_host).size(), std::size_t(1));
        expect(
            preflight(machine(), {ByteCount::gibibytes(1), 4}), ErrorKind::InvalidInput, QStringLiteral("1 GiB"));
    }

    void looksAtDevicesAndAsksNoServer()
    {
        StoredMachine elsewhere = machine();
        elsewhere.definition.drives.push_back(
            {{0, 7}, DiskDrive{NbdExport{.host = QStringLiteral("nowhere.invalid")}, DiskFormat::Raw}});
        QVERIFY(preflight(elsewhere, m_host).empty());
        const QString none = QStringLiteral("/dev/disk/by-id/none");
        elsewhere.definition.drives.push_back({{0, 8}, DiskDrive{HostDevice{none}, DiskFormat::Raw}});
        expect(preflight(elsewhere, m_host), ErrorKind::NotFound, none);
    }

    void namesAMissingFolderToBootFrom()
    {
        StoredMachine netboot = machine();
        NetworkAdapter& adapter =
            netboot.definition.adapters.emplace_back(NetworkAdapter{.mac = QStringLiteral("52:54:00:12:34:56")});
        adapter.boot = {
            .folder = QStringLiteral("/usr/lib/systemd/boot/efi"), .file = QStringLiteral("systemd-bootx64.efi")};
        QVERIFY(preflight(netboot, m_host).empty());
        adapter.boot.file = QStringLiteral("gone.efi");
        expect(preflight(netboot, m_host), ErrorKind::NotFound, QStringLiteral("gone.efi"));
        adapter.boot.folder = below("gone");
        expect(preflight(netboot, m_host), ErrorKind::NotFound, below("gone"));
        adapter.boot.folder.clear();
        expect(preflight(netboot, m_host), ErrorKind::InvalidInput, QStringLiteral("gone.efi"));
    }

    void namesMissingFiles()
    {
        QVERIFY(QFile::remove(below("system.vhdx")));
        expect(preflight(machine(), m_host), ErrorKind::NotFound, below("system.vhdx"));
        QVERIFY(QFile::remove(below("tools.iso")));
        const std::vector<Error> errors = preflight(machine(), m_host);
        QCOMPARE(errors.size(), std::size_t(2));
        QVERIFY2(errors[1].advice.contains(QLatin1String("0:2")), qPrintable(errors[1].advice));
    }

    void namesWhatMayNotBeOpened()
    {
        QVERIFY(QFile::setPermissions(below("system.vhdx"), QFile::ReadOwner | QFile::ReadOther)); // not written
        QVERIFY(QFile::setPermissions(
            below("data.raw"), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther | QFile::WriteOther));
        QVERIFY(QFile::setPermissions(below("tools.iso"), QFile::ReadOwner | QFile::ReadOther)); // is only read
        const Unprivileged nobody;
        expect(preflight(machine(), m_host), ErrorKind::PermissionDenied, below("system.vhdx"));
    }

    void namesEmptyFilesAndFolders()
    {
        write(below("tools.iso"), "");
        expect(preflight(machine(), m_host), ErrorKind::InvalidInput, below("tools.iso"));
        QVERIFY(QFile::remove(below("tools.iso")));
        QVERIFY(QDir().mkdir(below("tools.iso")));
        expect(preflight(machine(), m_host), ErrorKind::InvalidInput, below("tools.iso"));
        QVERIFY(QDir().rmdir(below("tools.iso")));
        QCOMPARE(::mkfifo(QFile::encodeName(below("tools.iso")).constData(), 0600), 0);
        expect(preflight(machine(), m_host), ErrorKind::InvalidInput, below("tools.iso"));
    }

    void namesAVhdHoweverItIsCalled()
    {
        const QByteArray footer = QByteArray("conectix").leftJustified(512, '\0');
        write(below("system.vhdx"), QByteArray(1 << 20, '\0') + footer);
        const std::vector<Error> errors = preflight(machine(), m_host);
        expect(errors, ErrorKind::Unsupported, below("system.vhdx"));
        QVERIFY2(errors[0].advice.contains(QLatin1String("qemu-img convert -f vpc -O vhdx")),
            qPrintable(errors[0].advice));
        StoredMachine named = machine();
        write(below("old.vhd"), QByteArray(1 << 20, '\0') + footer);
        named.definition.drives[0].what = DiskDrive{below("old.vhd")};
        expect(preflight(named, m_host), ErrorKind::Unsupported, below("old.vhd"));
    }

    void namesADiskOfAnotherFormat()
    {
        write(below("system.vhdx"), QByteArray(1 << 20, '\0'));
        expect(preflight(machine(), m_host), ErrorKind::Corrupt, below("system.vhdx"));
        QVERIFY(QFile::remove(below("system.vhdx")));
        QVERIFY(createImage(below("system.vhdx"), DiskFormat::Qcow2, ByteCount::mebibytes(64)));
        expect(preflight(machine(), m_host), ErrorKind::Corrupt, below("system.vhdx"));
    }

    void namesAnImageInUse()
    {
        const int fd = ::open(QFile::encodeName(below("data.raw")).constData(), O_RDWR | O_CLOEXEC);
        QVERIFY(fd >= 0);
        struct flock lock{};
        lock.l_type = F_RDLCK;
        lock.l_whence = SEEK_SET;
        lock.l_start = 101; // QEMU's byte for "may write"
        lock.l_len = 1;
        QCOMPARE(::fcntl(fd, F_OFD_SETLK, &lock), 0);
        const std::vector<Error> errors = preflight(machine(), m_host);
        ::close(fd);
        expect(errors, ErrorKind::InUse, below("data.raw"));
        QVERIFY2(errors[0].summary.contains(QString::number(QCoreApplication::applicationPid())),
            qPrintable(errors[0].summary));
        QVERIFY(preflight(machine(), m_host).empty());
    }

    void aDeviceIsNamedOnce()
    {
        StoredMachine physical = machine();
        physical.definition.drives[2].what = DvdDrive{QStringLiteral("/dev/null")};
        expect(preflight(physical, m_host), ErrorKind::InvalidInput, QStringLiteral("/dev/null"));
        physical = machine();
        physical.definition.drives[1].what = DiskDrive{QStringLiteral("/dev/null"), DiskFormat::Raw};
        expect(preflight(physical, m_host), ErrorKind::InvalidInput, QStringLiteral("/dev/null"));
    }

    void namesTheMissingFolder()
    {
        StoredMachine gone = machine();
        gone.folder = below("gone");
        expect(preflight(gone, m_host), ErrorKind::NotFound, below("gone"));
    }
};

QTEST_GUILESS_MAIN(PreflightTest)
#include "preflight_test.moc"
