// SPDX-License-Identifier: GPL-3.0-or-later
// Over folders as Debian's own package and other systems' archives have them.
#include "core/machine/network_boot.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

using namespace platter;

namespace {

const QString debian = QStringLiteral("/usr/lib/debian-installer/images/13/amd64/text");

} // namespace

class NetworkBootTest : public QObject {
    Q_OBJECT

private:
    QByteArray m_program; // for 64-bit x86
    std::unique_ptr<QTemporaryDir> m_folder;

    void put(const QString& file, const QByteArray& content)
    {
        const QString path = m_folder->filePath(file);
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QFile out(path);
        QVERIFY(out.open(QIODevice::WriteOnly));
        QCOMPARE(out.write(content), content.size());
    }

    QByteArray armProgram() const
    {
        QByteArray arm = m_program;
        qToLittleEndian<quint16>(0xAA64, arm.data() + qFromLittleEndian<quint32>(arm.constData() + 0x3C) + 4);
        return arm;
    }

private Q_SLOTS:

    void initTestCase()
    {
        QFile loader(QStringLiteral("/usr/lib/systemd/boot/efi/systemd-bootx64.efi"));
        QVERIFY2(loader.open(QIODevice::ReadOnly), qPrintable(loader.errorString()));
        m_program = loader.readAll();
    }

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    // Whichever of its folders is chosen, the top is served: the loader looks for its files from there.
    void debiansNetbootFolder_data()
    {
        QTest::addColumn<QString>("chosen");
        QTest::newRow("the top") << debian;
        QTest::newRow("with a slash") << debian + QLatin1Char('/');
        QTest::newRow("the system's") << debian + QStringLiteral("/debian-installer");
        QTest::newRow("the processor's") << debian + QStringLiteral("/debian-installer/amd64");
    }

    void debiansNetbootFolder()
    {
        QFETCH(QString, chosen);
        const NetworkBoot wanted{.folder = debian, .file = QStringLiteral("debian-installer/amd64/bootnetx64.efi")};
        const Result<NetworkBoot> found = findNetworkBoot(chosen);
        QVERIFY2(found, qPrintable(found ? QString() : found.error().text()));
        QCOMPARE(found->folder, wanted.folder);
        QCOMPARE(found->file, wanted.file);
        QVERIFY(checkNetworkBoot(*found));
    }

    void theBestLoaderIsTaken()
    {
        const auto found = [this] { return findNetworkBoot(m_folder->path()).value_or(NetworkBoot{}).file; };
        put(QStringLiteral("other.efi"), m_program);
        QCOMPARE(found(), QString());
        put(QStringLiteral("ipxe.efi"), m_program);
        QCOMPARE(found(), QStringLiteral("ipxe.efi"));
        put(QStringLiteral("amd64/grubx64.efi"), m_program);
        QCOMPARE(found(), QStringLiteral("amd64/grubx64.efi"));
        put(QStringLiteral("a/EFI/BOOT/BOOTX64.EFI"), m_program);
        QCOMPARE(found(), QStringLiteral("a/EFI/BOOT/BOOTX64.EFI"));
        put(QStringLiteral("EFI/BOOT/BOOTX64.EFI"), m_program);
        QCOMPARE(found(), QStringLiteral("EFI/BOOT/BOOTX64.EFI"));
        put(QStringLiteral("arm64/bootnetx64.efi"), armProgram());
        put(QStringLiteral("broken/bootnetx64.efi"), "no program");
        QCOMPARE(found(), QStringLiteral("EFI/BOOT/BOOTX64.EFI"));
        put(QStringLiteral("a/b/c/d/bootnetx64.efi"), m_program); // too deep for any archive
        QCOMPARE(found(), QStringLiteral("EFI/BOOT/BOOTX64.EFI"));
    }

    void aFolderWithoutALoaderIsSaid()
    {
        put(QStringLiteral("pxelinux.0"), "BIOS");
        const Result<NetworkBoot> none = findNetworkBoot(m_folder->path());
        QCOMPARE(none.error().kind, ErrorKind::NotFound);
        QVERIFY2(none.error().text().contains(QLatin1String("netboot archive")), qPrintable(none.error().text()));
        QCOMPARE(findNetworkBoot(m_folder->filePath(QStringLiteral("gone"))).error().kind, ErrorKind::NotFound);
        QCOMPARE(findNetworkBoot(m_folder->filePath(QStringLiteral("pxelinux.0"))).error().kind,
            ErrorKind::InvalidInput);
    }

    void whatCannotStartIsSaid_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("words");
        QTest::newRow("BIOS") << QStringLiteral("pxelinux.0") << ErrorKind::Unsupported
                              << QStringLiteral("no program for UEFI");
        QTest::newRow("Arm") << QStringLiteral("bootaa64.efi") << ErrorKind::Unsupported
                             << QStringLiteral("64-bit Arm");
        QTest::newRow("gone") << QStringLiteral("gone.efi") << ErrorKind::NotFound << QStringLiteral("gone.efi");
        QTest::newRow("a folder") << QStringLiteral("folder") << ErrorKind::InvalidInput
                                  << QStringLiteral("folder");
    }

    void whatCannotStartIsSaid()
    {
        QFETCH(QString, file);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, words);
        put(QStringLiteral("pxelinux.0"), "BIOS");
        put(QStringLiteral("bootaa64.efi"), armProgram());
        put(QStringLiteral("folder/file"), "x");
        const Result<void> checked = checkNetworkBoot({.folder = m_folder->path(), .file = file});
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, kind);
        QVERIFY2(checked.error().text().contains(words), qPrintable(checked.error().text()));
    }

    void whereThereIsNoFolderThereIsNothingToCheck()
    {
        QVERIFY(checkNetworkBoot({}));
        QVERIFY(checkNetworkBoot({.url = QStringLiteral("http://nowhere.invalid/a.efi")}));
    }
};

QTEST_GUILESS_MAIN(NetworkBootTest)
#include "network_boot_test.moc"
