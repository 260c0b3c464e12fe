// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/el_torito.h"
#include "core/media/install_medium.h"
#include "core/media/iso9660.h"
#include "image_maker.h"

#include <QDir>
#include <QTest>
#include <QtEndian>

#include <utime.h>

using namespace platter;

namespace {

const QString label = QStringLiteral("-V");
const QStringList efiEntry{QStringLiteral("-e"), QStringLiteral("efi.img"), QStringLiteral("-no-emul-boot")};
const QStringList biosEntry{QStringLiteral("-b"), QStringLiteral("bios.bin"), QStringLiteral("-no-emul-boot"),
    QStringLiteral("-boot-load-size"), QStringLiteral("4")};
const QStringList nextEntry{QStringLiteral("-eltorito-alt-boot")};
const QStringList microsoft{QStringLiteral("-publisher"), QStringLiteral("MICROSOFT CORPORATION")};

} // namespace

// Discs made with xorriso and grub-mkrescue, as distributions make theirs.
class InstallMediumTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;

    // A disc whose efi.img holds FILES.
    QString makeDisc(
        const QString& name, const QStringList& options, const QList<QPair<QString, QByteArray>>& files) const
    {
        QString fault = m_maker.write(QStringLiteral("disc/bios.bin"), QByteArray(2048, '\x90'));
        QFile::remove(m_maker.path(QStringLiteral("disc/efi.img")));
        if (fault.isEmpty() && !files.isEmpty()) {
            fault = m_maker.makeFat(QStringLiteral("disc/efi.img"), 1440, {}, files);
        }
        return fault.isEmpty() ? m_maker.makeIso(name, options) : fault;
    }

    static QList<QPair<QString, QByteArray>> loader(const QString& name)
    {
        return {{QStringLiteral("EFI/BOOT/") + name, QByteArray("MZ").append(20000, 'x')}};
    }

    Result<InstallMedium> inspect(const QString& name) const { return inspectMedium(m_maker.path(name)); }

    // The disc that the tests of damage start from: both kinds of entry, the UEFI image last on the disc.
    QByteArray bothKinds(std::vector<BootImage>* images = nullptr, std::uint32_t* catalog = nullptr) const
    {
        const QString name = QStringLiteral("both.iso");
        if (!QFileInfo::exists(m_maker.path(name))) {
            const QString fault = makeDisc(name,
                QStringList{label, QStringLiteral("BOTH"), QStringLiteral("--sort-weight"), QStringLiteral("-9"),
                    QStringLiteral("/efi.img")}
                    + biosEntry + nextEntry + efiEntry,
                loader(QStringLiteral("BOOTX64.EFI")));
            if (!fault.isEmpty()) {
                qWarning("%s", qPrintable(fault));
                return {};
            }
        }
        const Result<FileSource> source = FileSource::open(m_maker.path(name));
        const Result<VolumeDescriptors> descriptors = readVolumeDescriptors(*source);
        if (catalog != nullptr) {
            *catalog = descriptors->bootCatalogs.at(0);
        }
        if (images != nullptr) {
            *images = *readBootCatalog(*source, descriptors->bootCatalogs.at(0));
        }
        return m_maker.bytes(name);
    }

private Q_SLOTS:

    void saysWhetherItBoots_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("loaderName"); // in \EFI\BOOT; empty: there is no efi.img
        QTest::addColumn<UefiBoot>("uefi");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const QStringList& options, const char* loaderName, UefiBoot uefi,
                             const char* sentence) {
            QTest::newRow(name) << options << QString::fromLatin1(loaderName) << uefi
                                << QString::fromLatin1(sentence);
        };
        row("UEFI", efiEntry, "BOOTX64.EFI", UefiBoot::Yes, "A LABEL; boots with UEFI.");
        row("UEFI, lower case", efiEntry, "bootx64.efi", UefiBoot::Yes, "A LABEL; boots with UEFI.");
        row("both", biosEntry + nextEntry + efiEntry, "BOOTX64.EFI", UefiBoot::Yes, "A LABEL; boots with UEFI.");
        row("both, UEFI first", efiEntry + nextEntry + biosEntry, "BOOTX64.EFI", UefiBoot::Yes,
            "A LABEL; boots with UEFI.");
        row("hybrid for USB sticks",
            biosEntry + nextEntry + efiEntry + QStringList{QStringLiteral("-isohybrid-gpt-basdat")}, "BOOTX64.EFI",
            UefiBoot::Yes, "A LABEL; boots with UEFI.");
        row("UEFI image filed under BIOS",
            {QStringLiteral("-b"), QStringLiteral("efi.img"), QStringLiteral("-no-emul-boot"),
                QStringLiteral("-boot-load-size"), QStringLiteral("1")},
            "BOOTX64.EFI", UefiBoot::Yes, "A LABEL; boots with UEFI.");
        row("Arm", efiEntry, "BOOTAA64.EFI", UefiBoot::OtherArchitecture,
            "A LABEL; its UEFI boot image is for 64-bit Arm processors and cannot start this machine, whose "
            "processor is "
            "64-bit x86.");
        row("32-bit and BIOS", biosEntry + nextEntry + efiEntry, "BOOTIA32.EFI", UefiBoot::OtherArchitecture,
            "A LABEL; its UEFI boot image is for 32-bit x86 processors and cannot start this machine, whose "
            "processor is "
            "64-bit x86.");
        row("RISC-V", efiEntry, "BOOTRISCV64.EFI", UefiBoot::OtherArchitecture,
            "A LABEL; its UEFI boot image is for 64-bit RISC-V processors and cannot start this machine, whose "
            "processor "
            "is 64-bit x86.");
        row("BIOS", biosEntry, "", UefiBoot::BiosOnly,
            "A LABEL has no UEFI boot image and cannot start this machine, whose firmware is UEFI only.");
        row("BIOS and a UEFI image without loader", biosEntry + nextEntry + efiEntry, "GRUBX64.EFI",
            UefiBoot::BiosOnly,
            "A LABEL has no UEFI boot image that works and cannot start this machine, whose firmware is UEFI "
            "only. Its UEFI "
            "boot image holds no boot loader.");
        row("UEFI image without loader", efiEntry, "GRUBX64.EFI", UefiBoot::NotBootable,
            "A LABEL holds nothing to boot from and cannot start this machine. Its UEFI boot image holds no boot "
            "loader.");
        row("UEFI entry without a file system",
            {QStringLiteral("-e"), QStringLiteral("bios.bin"), QStringLiteral("-no-emul-boot")}, "",
            UefiBoot::NotBootable,
            "A LABEL holds nothing to boot from and cannot start this machine. Its UEFI boot image holds no "
            "readable FAT "
            "file system.");
        row("data", {}, "", UefiBoot::NotBootable,
            "A LABEL holds nothing to boot from and cannot start this machine.");
    }

    void saysWhetherItBoots()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, loaderName);
        const QString name = QStringLiteral("disc.iso");
        const QString fault = makeDisc(name, QStringList{label, QStringLiteral("A LABEL")} + options,
            loaderName.isEmpty() ? QList<QPair<QString, QByteArray>>() : loader(loaderName));
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<InstallMedium> medium = inspect(name);
        QVERIFY2(medium.has_value(), medium ? "" : qPrintable(medium.error().text()));
        QTEST(medium->uefi, "uefi");
        QTEST(medium->sentence(), "sentence");
        QCOMPARE(medium->file, m_maker.path(name));
        QCOMPARE(medium->size.bytes(), quint64(m_maker.bytes(name).size()));
        QCOMPARE(medium->volumeLabel, QStringLiteral("A LABEL"));
    }

    void takesWhatGrubMakes()
    {
        const QString fault =
            m_maker.run(QStringLiteral("grub-mkrescue"), {QStringLiteral("-o"), QStringLiteral("rescue.iso")});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<InstallMedium> medium = inspect(QStringLiteral("rescue.iso"));
        QVERIFY2(medium.has_value(), medium ? "" : qPrintable(medium.error().text()));
        QCOMPARE(medium->uefi, UefiBoot::Yes);
        QCOMPARE(medium->sentence(), QStringLiteral("rescue.iso; boots with UEFI."));
    }

    // udf.iso.gz is what `genisoimage -udf` makes of a folder with EFI/BOOT/BOOTX64.EFI in it: ISO 9660 and UDF, no
    // El Torito. Booted for real, EDK2 starts it, also without the ISO 9660, but not with other capitals.
    void looksForTheLoaderOnUdf_data()
    {
        QTest::addColumn<QByteArray>("was"); // in the disc
        QTest::addColumn<QByteArray>("becomes");
        QTest::addColumn<UefiBoot>("uefi");
        const QByteArray name = "\x08"
                                "BOOTX64.EFI";
        QTest::newRow("there") << name << name << UefiBoot::Yes;
        QTest::newRow("lower case") << name
                                    << QByteArray("\x08"
                                                  "bootx64.efi")
                                    << UefiBoot::NotBootable;
        QTest::newRow("Arm") << name
                             << QByteArray("\x08"
                                           "BOOTARM.EFI")
                             << UefiBoot::OtherArchitecture;
        QTest::newRow("another folder") << QByteArray("\x08"
                                                      "BOOT\0",
            6)
                                        << QByteArray("\x08"
                                                      "LOAD\0",
                                               6)
                                        << UefiBoot::NotBootable;
        QTest::newRow("damaged") << QByteArray("\x08"
                                               "EFI")
                                 << QByteArray("\x07"
                                               "EFI")
                                 << UefiBoot::NotBootable;
    }

    void looksForTheLoaderOnUdf()
    {
        QFETCH(QByteArray, was);
        QFETCH(QByteArray, becomes);
        const QString fault = m_maker.run(QStringLiteral("sh"),
            {QStringLiteral("-c"),
                QStringLiteral("gunzip <'%1/tests/unit/media/udf.iso.gz' >udf.iso")
                    .arg(QStringLiteral(PLATTER_SOURCE_DIR))});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QByteArray bytes = m_maker.bytes(QStringLiteral("udf.iso"));
        const qsizetype at = bytes.indexOf(was, 257 * 2048);
        QVERIFY(at > 0);
        bytes.replace(at, was.size(), becomes);
        // As a bridge, and with the recognition sequence where ISO 9660 was.
        for (const bool alone : {false, true}) {
            if (alone) {
                const qsizetype sequence = bytes.indexOf("BEA01") - 1;
                QVERIFY(sequence > 16 * 2048);
                const QByteArray moved = bytes.sliced(sequence, 3 * 2048);
                bytes.replace(
                    16 * 2048, sequence + moved.size() - 16 * 2048, moved + QByteArray(sequence - 16 * 2048, '\0'));
            }
            m_maker.write(QStringLiteral("udf.iso"), bytes);
            const Result<InstallMedium> medium = inspect(QStringLiteral("udf.iso"));
            QVERIFY2(medium.has_value(), medium ? "" : qPrintable(medium.error().text()));
            QTEST(medium->uefi, "uefi");
            QCOMPARE(medium->volumeLabel, QStringLiteral("UDFBRIDGE"));
        }
    }

    void takesEntriesWithoutASize_data()
    {
        QTest::addColumn<int>("sectors");
        QTest::newRow("0") << 0;
        QTest::newRow("1") << 1;
    }

    void takesEntriesWithoutASize()
    {
        QFETCH(int, sectors);
        std::uint32_t catalog = 0;
        QByteArray bytes = bothKinds(nullptr, &catalog);
        QVERIFY(!bytes.isEmpty());
        qToLittleEndian<quint16>(quint16(sectors), bytes.data() + catalog * 2048 + 3 * 32 + 6);
        m_maker.write(QStringLiteral("size.iso"), bytes);
        const Result<InstallMedium> medium = inspect(QStringLiteral("size.iso"));
        QVERIFY(medium);
        QCOMPARE(medium->uefi, UefiBoot::Yes);
    }

    void namesTheSystem_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("windows");
        QTest::addColumn<bool>("sample");
        QTest::newRow("Debian") << (QStringList{label, QStringLiteral("Debian 13.0.0 amd64 n")} + efiEntry)
                                << QStringLiteral("Debian 13; boots with UEFI.") << QStringLiteral("debian13")
                                << false << false;
        QTest::newRow("Windows") << (QStringList{label, QStringLiteral("CCCOMA_X64FRE_EN-US_DV9")} + microsoft
            + efiEntry) << QStringLiteral("Microsoft Windows 11 or 10; boots with UEFI.")
                                 << QStringLiteral("win11") << true << false;
        QTest::newRow("Windows by Microsoft's tool")
            << (QStringList{label, QStringLiteral("ESD-ISO")} + microsoft + efiEntry)
            << QStringLiteral("Microsoft Windows; boots with UEFI.") << QString() << true << false;
        QTest::newRow("Office") << (QStringList{label, QStringLiteral("OFFICE")}
            + microsoft) << QStringLiteral("OFFICE holds nothing to boot from and cannot start this machine.")
                                << QString() << false << false;
        QTest::newRow("sample guest") << (QStringList{label, QString::fromLatin1(sampleGuestLabel)} + efiEntry)
                                      << QStringLiteral("Platter sample guest; boots with UEFI.") << QString()
                                      << false << true;
        QTest::newRow("no label") << (QStringList{label, QString()} + efiEntry)
                                  << QStringLiteral("disc.iso; boots with UEFI.") << QString() << false << false;
    }

    void namesTheSystem()
    {
        QFETCH(QStringList, options);
        const QString fault = makeDisc(QStringLiteral("disc.iso"), options, loader(QStringLiteral("BOOTX64.EFI")));
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<InstallMedium> medium = inspect(QStringLiteral("disc.iso"));
        QVERIFY2(medium.has_value(), medium ? "" : qPrintable(medium.error().text()));
        QTEST(medium->sentence(), "sentence");
        QTEST(medium->osId, "id");
        QTEST(medium->isWindows, "windows");
        QTEST(medium->isSampleGuest, "sample");
        const bool recognised = !medium->osName.isEmpty();
        QCOMPARE(medium->recommended.memory >= ByteCount::mebibytes(512), recognised);
        QCOMPARE(medium->recommended.disk > ByteCount(), recognised);
        if (medium->isSampleGuest) {
            QCOMPARE(medium->recommended.memory, ByteCount::mebibytes(512));
            QCOMPARE(medium->recommended.cpus, 2);
            QCOMPARE(medium->recommended.disk, ByteCount::gibibytes(1));
        }
    }

    // Cut at every border of what is read, and a byte to either side of it.
    void noticesWhatIsCutShort()
    {
        std::vector<BootImage> images;
        std::uint32_t catalog = 0;
        const QByteArray whole = bothKinds(&images, &catalog);
        QVERIFY(!whole.isEmpty());
        QCOMPARE(images.size(), 2U);
        const qsizetype image = qsizetype(images.at(1).firstSector) * 2048;
        const qsizetype loaderAt = whole.indexOf("MZxxx", image);
        QVERIFY(loaderAt > image);
        for (const qsizetype border :
            {qsizetype(1), qsizetype(16 * 2048), qsizetype(17 * 2048), qsizetype(18 * 2048), qsizetype(19 * 2048),
                qsizetype(catalog) * 2048, qsizetype(catalog + 1) * 2048, image, image + 512, loaderAt}) {
            for (const qsizetype size : {border - 1, border, border + 1}) {
                m_maker.write(QStringLiteral("cut.iso"), whole.first(size));
                const Result<InstallMedium> medium = inspect(QStringLiteral("cut.iso"));
                QVERIFY2(!medium, qPrintable(QString::number(size)));
                const Error& error = medium.error();
                QVERIFY2(error.kind == (size < 17 * 2048 ? ErrorKind::InvalidInput : ErrorKind::Corrupt),
                    qPrintable(QString::number(size) + error.text()));
                QVERIFY2(
                    error.summary.contains(m_maker.path(QStringLiteral("cut.iso"))), qPrintable(error.summary));
                QVERIFY2(!error.advice.isEmpty(), qPrintable(error.summary));
            }
        }
    }

    // Where a disc says less than it has, or too little is missing to be sure, the boot image itself has to be
    // whole.
    void noticesADamagedBootImage_data()
    {
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("fault");
        const QString folder = QStringLiteral("Its UEFI boot image is damaged.");
        QTest::newRow("loader") << QStringLiteral("MZxxx") << QStringLiteral("Its UEFI boot loader is damaged.");
        QTest::newRow("folder") << QStringLiteral("BOOTX64 EFI") << folder;
        QTest::newRow("root") << QStringLiteral("EFI        ") << folder;
        QTest::newRow("boot sector") << QStringLiteral("mkfs.fat")
                                     << QStringLiteral("Its UEFI boot image holds no readable FAT file system.");
    }

    void noticesADamagedBootImage()
    {
        QFETCH(QString, place);
        std::vector<BootImage> images;
        QByteArray bytes = bothKinds(&images);
        QVERIFY(!bytes.isEmpty());
        const qsizetype at = bytes.indexOf(place.toLatin1(), qsizetype(images.at(1).firstSector) * 2048);
        QVERIFY(at > 0);
        qToLittleEndian<quint32>(100, bytes.data() + 16 * 2048 + 80);
        m_maker.write(QStringLiteral("damaged.iso"), bytes.first(at + 5));
        const Result<InstallMedium> medium = inspect(QStringLiteral("damaged.iso"));
        QVERIFY2(medium.has_value(), medium ? "" : qPrintable(medium.error().text()));
        QCOMPARE(medium->uefi, UefiBoot::BiosOnly);
        QTEST(medium->bootFault, "fault");
    }

    void noticesADamagedBootCatalogue()
    {
        std::uint32_t catalog = 0;
        QByteArray bytes = bothKinds(nullptr, &catalog);
        QVERIFY(!bytes.isEmpty());
        bytes[qsizetype(catalog) * 2048 + 5] = 'x';
        m_maker.write(QStringLiteral("catalogue.iso"), bytes);
        const Result<InstallMedium> medium = inspect(QStringLiteral("catalogue.iso"));
        QVERIFY(medium);
        QCOMPARE(medium->uefi, UefiBoot::NotBootable);
        QCOMPARE(medium->bootFault, QStringLiteral("Its boot catalogue has a wrong checksum."));
    }

    void refusesWhatIsNoDisc_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* file, ErrorKind kind, const char* says) {
            QTest::newRow(file) << QString::fromUtf8(file) << kind << QString::fromUtf8(says);
        };
        row("missing.iso", ErrorKind::NotFound, "does not exist");
        row("disc", ErrorKind::InvalidInput, "is a folder");
        row("empty.iso", ErrorKind::InvalidInput, "is empty");
        row("text.iso", ErrorKind::InvalidInput, "It is no ISO image");
        row("disk Überraschung.iso", ErrorKind::InvalidInput, "is no ISO image but a disk image (qcow2)");
        row("loop.iso", ErrorKind::InputOutput, "");
    }

    void refusesWhatIsNoDisc()
    {
        QFETCH(QString, file);
        QFETCH(QString, says);
        m_maker.write(QStringLiteral("disc/bios.bin"), "x");
        m_maker.write(QStringLiteral("empty.iso"), {});
        m_maker.write(QStringLiteral("text.iso"), QByteArray(100000, 'x'));
        m_maker.write(QStringLiteral("disk Überraschung.iso"), QByteArray("QFI\xfb") + QByteArray(100000, '\0'));
        QFile::link(m_maker.path(QStringLiteral("loop.iso")), m_maker.path(QStringLiteral("loop.iso")));
        const Result<InstallMedium> medium = inspect(file);
        QVERIFY(!medium);
        QTEST(medium.error().kind, "kind");
        QVERIFY2(medium.error().summary.contains(says), qPrintable(medium.error().summary));
        QVERIFY2(medium.error().summary.contains(m_maker.path(file)), qPrintable(medium.error().summary));
    }

    void refusesWhatMayNotBeRead()
    {
        if (::geteuid()
            == 0) { // root may read everything: let the kernel refuse as it refuses a process without rights
            QCOMPARE(inspectMedium(QStringLiteral("/proc/self/mem")).error().kind, ErrorKind::InvalidInput);
            return;
        }
        m_maker.write(QStringLiteral("secret.iso"), "x");
        QFile::setPermissions(m_maker.path(QStringLiteral("secret.iso")), {});
        QCOMPARE(inspect(QStringLiteral("secret.iso")).error().kind, ErrorKind::PermissionDenied);
    }

    void findsTheVirtioDrivers()
    {
        qputenv("HOME", QFile::encodeName(m_maker.path(QStringLiteral("home"))));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_maker.path(QStringLiteral("home/.config"))));
        const QString older = m_maker.path(QStringLiteral("home/Downloads/virtio-win-0.1.262.iso"));
        const QString newer = m_maker.path(QStringLiteral("home/Downloads/virtio-win-0.1.100.iso"));
        QCOMPARE(findVirtioDriverIso(), QString());
        QVERIFY(QDir().mkpath(m_maker.path(QStringLiteral("home/Downloads/virtio-win-folder.iso"))));
        QCOMPARE(findVirtioDriverIso(), QString());
        m_maker.write(QStringLiteral("home/Downloads/virtio-win-0.1.262.iso"), "x");
        QCOMPARE(findVirtioDriverIso(), older);
        m_maker.write(QStringLiteral("home/Downloads/virtio-win-0.1.100.iso"), "x");
        const utimbuf yesterday{0, 0};
        QCOMPARE(::utime(QFile::encodeName(older).constData(), &yesterday), 0);
        QCOMPARE(findVirtioDriverIso(), newer);
    }
};

QTEST_GUILESS_MAIN(InstallMediumTest)
#include "install_medium_test.moc"
