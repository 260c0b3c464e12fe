// SPDX-License-Identifier: GPL-3.0-or-later
#include "../media/image_maker.h"
#include "core/fat/efi_loader.h"

#include <QFile>
#include <QTest>
#include <QtEndian>

using namespace platter;

class EfiLoaderTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;
    QByteArray m_program; // a real one, for x64

    // PROGRAM as if it were for another processor or another kind of program.
    QByteArray withField(qsizetype fromPe, quint16 value) const
    {
        QByteArray program = m_program;
        const auto pe = qFromLittleEndian<quint32>(program.constData() + 0x3C);
        qToLittleEndian(value, program.data() + pe + fromPe);
        return program;
    }

    QByteArray forMachine(quint16 machine) const { return withField(4, machine); }

    QString make(const QString& name, const QList<QPair<QString, QByteArray>>& files) const
    {
        return m_maker.makeFat(name, 2880, {}, files);
    }

private Q_SLOTS:

    void initTestCase()
    {
        QFile file(QStringLiteral("/usr/lib/systemd/boot/efi/systemd-bootx64.efi"));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        m_program = file.readAll();
        QVERIFY(m_program.size() > 4096);
    }

    void findsLoadersAndTheirProcessors()
    {
        const QString fault = make(QStringLiteral("many.img"),
            {{QStringLiteral("EFI/BOOT/BOOTX64.EFI"), m_program},
                {QStringLiteral("EFI/debian/shimx64.efi"), m_program},
                {QStringLiteral("EFI/debian/grub.cfg"), "menu"},
                {QStringLiteral("EFI/Microsoft/Boot/bootmgfw.efi"), forMachine(0xAA64)},
                {QStringLiteral("EFI/one/two/three/deep.efi"), m_program},
                {QStringLiteral("EFI/vendor/text.efi"), "MZ is how it begins"},
                {QStringLiteral("EFI/vendor/empty.efi"), ""},
                {QStringLiteral("EFI/vendor/driver.efi"), withField(24 + 68, 11)},
                {QStringLiteral("elsewhere.efi"), m_program}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<FileSource> source = FileSource::open(m_maker.path(QStringLiteral("many.img")));
        const Result<FatVolume> volume = FatVolume::open(*source);
        QVERIFY(volume);
        const std::vector<EfiLoader> expected{
            {QStringLiteral("\\EFI\\BOOT\\BOOTX64.EFI"), EfiProcessor::X64},
            {QStringLiteral("\\EFI\\debian\\shimx64.efi"), EfiProcessor::X64},
            {QStringLiteral("\\EFI\\Microsoft\\Boot\\bootmgfw.efi"), EfiProcessor::Aarch64},
            {QStringLiteral("\\EFI\\vendor\\text.efi"), std::nullopt},
            {QStringLiteral("\\EFI\\vendor\\empty.efi"), std::nullopt},
            {QStringLiteral("\\EFI\\vendor\\driver.efi"), std::nullopt},
        };
        const std::vector<EfiLoader> found = efiLoaders(*volume);
        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            QCOMPARE(found[i].path, expected[i].path);
            QCOMPARE(found[i].processor, expected[i].processor);
            QCOMPARE(found[i].isDefault(), i == 0);
        }
        const Result<std::vector<DefaultLoader>> defaults = defaultLoaders(*volume);
        QVERIFY(defaults);
        QCOMPARE(*defaults, (std::vector<DefaultLoader>{{EfiProcessor::X64, true}}));
    }

    void knowsProcessors_data()
    {
        QTest::addColumn<int>("machine");
        QTest::addColumn<QString>("name");
        QTest::newRow("x64") << 0x8664 << QStringLiteral("x64");
        QTest::newRow("aarch64") << 0xAA64 << QStringLiteral("aarch64");
        QTest::newRow("ia32") << 0x014C << QStringLiteral("ia32");
        QTest::newRow("arm") << 0x01C2 << QStringLiteral("arm");
        QTest::newRow("riscv64") << 0x5064 << QStringLiteral("riscv64");
        QTest::newRow("loongarch64") << 0x6264 << QStringLiteral("loongarch64");
        QTest::newRow("ia64") << 0x0200 << QStringLiteral("ia64");
        QTest::newRow("EFI byte code") << 0x0EBC << QString();
    }

    void knowsProcessors()
    {
        QFETCH(int, machine);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        const QString fault =
            make(name, {{QStringLiteral("EFI/vendor/loader.efi"), forMachine(static_cast<quint16>(machine))}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<FileSource> source = FileSource::open(m_maker.path(name));
        const Result<FatVolume> volume = FatVolume::open(*source);
        QVERIFY(volume);
        const std::vector<EfiLoader> found = efiLoaders(*volume);
        QCOMPARE(found.size(), 1U);
        QTEST(found[0].processor ? nameOf(*found[0].processor) : QString(), "name");
        QVERIFY(!found[0].processor || !displayName(*found[0].processor).isEmpty());
    }

    void ordersDefaultLoadersByProcessor()
    {
        const QString fault = make(QStringLiteral("defaults.img"),
            {{QStringLiteral("EFI/BOOT/BOOTIA32.EFI"), m_program},
                {QStringLiteral("EFI/BOOT/bootaa64.efi"), m_program},
                {QStringLiteral("EFI/BOOT/BOOTX64.EFI"), ""}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<FileSource> source = FileSource::open(m_maker.path(QStringLiteral("defaults.img")));
        const Result<FatVolume> volume = FatVolume::open(*source);
        QVERIFY(volume);
        QCOMPARE(*defaultLoaders(*volume),
            (std::vector<DefaultLoader>{
                {EfiProcessor::X64, false}, {EfiProcessor::Aarch64, true}, {EfiProcessor::Ia32, true}}));
    }

    void saysThatThereIsNoFolder()
    {
        const QString fault = make(QStringLiteral("none.img"), {{QStringLiteral("README.TXT"), "text"}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const Result<FileSource> source = FileSource::open(m_maker.path(QStringLiteral("none.img")));
        const Result<FatVolume> volume = FatVolume::open(*source);
        QVERIFY(volume);
        QVERIFY(efiLoaders(*volume).empty());
        const Result<std::vector<DefaultLoader>> defaults = defaultLoaders(*volume);
        QVERIFY(!defaults);
        QCOMPARE(defaults.error().kind, ErrorKind::NotFound);
    }

    // A folder whose only entry is itself, as damage leaves it.
    void walkEndsInAFolderWithinItself()
    {
        const QString fault = make(QStringLiteral("loop.img"), {{QStringLiteral("EFI/AAA/BBB/X.EFI"), m_program}});
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QByteArray bytes = m_maker.bytes(QStringLiteral("loop.img"));
        const qsizetype outer = bytes.indexOf(QByteArray("AAA        ") + char(0x10));
        const qsizetype inner = bytes.indexOf(QByteArray("BBB        ") + char(0x10));
        QVERIFY(outer > 0 && inner > outer);
        bytes.replace(inner + 26, 2, bytes.mid(outer + 26, 2)); // the first cluster
        const MemorySource source(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))));
        const Result<FatVolume> volume = FatVolume::open(source);
        QVERIFY(volume);
        QVERIFY(efiLoaders(*volume).empty());
    }
};

QTEST_APPLESS_MAIN(EfiLoaderTest)
#include "efi_loader_test.moc"
