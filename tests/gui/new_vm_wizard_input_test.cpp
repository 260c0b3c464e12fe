// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizard_stage.h"

#include <QAbstractButton>
#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>

using namespace platter;

// Whatever is wrong is said beside its field, and Next goes there instead of on.
class NewVmWizardInputTest : public QObject {
    Q_OBJECT

    TestMedia m_media;

    static void write(const QString& file, const QByteArray& bytes)
    {
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        QCOMPARE(out.write(bytes), bytes.size());
    }

    // Files that the rows speak of as "~/…".
    void furnish(WizardStage& stage)
    {
        QVERIFY(QDir().mkpath(stage.file(QStringLiteral("machines/taken"))));
        write(stage.file(QStringLiteral("machines/taken/machine.json")), "{}");
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("folder"))));
        write(stage.file(QStringLiteral("empty")), {});
        QCOMPARE(::mkfifo(QFile::encodeName(stage.file(QStringLiteral("pipe"))).constData(), 0600), 0);
        write(stage.file(QStringLiteral("text.iso")), QByteArray(100000, 'x'));
        write(stage.file(QStringLiteral("old.img")), QByteArray("conectix").append(1016, '\0'));
        write(stage.file(QStringLiteral("old.vhd")),
            QByteArray(4096, '\0') + QByteArray("conectix").append(504, '\0'));
        QVERIFY(createImage(stage.file(QStringLiteral("busy.vhdx")), DiskFormat::Vhdx, ByteCount::gibibytes(1)));
    }

private Q_SLOTS:

    void initTestCase()
    {
        const QString fault = m_media.make();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

    void isRefusedInPlace_data()
    {
        QTest::addColumn<int>("page");
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, int page, const char* option, const char* field, const char* text,
                             const char* message, const char* sentence) {
            QTest::newRow(name) << page << QString::fromLatin1(option) << QString::fromLatin1(field)
                                << QString::fromUtf8(text) << QString::fromLatin1(message)
                                << QString::fromUtf8(sentence);
        };
        const auto iso = [&](const char* name, const char* text, const char* sentence) {
            row(name, SystemPageNumber, "isoImage", "isoFile", text, "isoMessage", sentence);
        };
        iso("no ISO", "", "No ISO image is chosen.");
        iso("missing ISO", "~/nothing.iso", "does not exist");
        iso("relative ISO", "nothing.iso", "“nothing.iso” is not the full path");
        iso("ISO is a folder", "~/folder", "folder");
        iso("ISO is a pipe", "~/pipe", "not a file");
        iso("empty ISO", "~/empty", "is empty");
        iso("text as ISO", "~/text.iso", "text.iso");
        iso("VHDX as ISO", "~/busy.vhdx", "VHDX");

        const auto name = [&](const char* rowName, const char* text, const char* sentence) {
            row(rowName, NamePageNumber, "", "machineName", text, "nameMessage", sentence);
        };
        name("no name", "", "name");
        name("only blanks", "   ", "name");
        name("name with a slash", "a/b", "slashes");
        name("hidden name", ".hidden", "dot");
        name("long name", QByteArray(101, 'n').constData(), "100");
        name("taken name", "taken", "already");
        const auto place = [&](const char* rowName, const char* text, const char* sentence) {
            row(rowName, NamePageNumber, "", "machinePlace", text, "placeMessage", sentence);
        };
        place("missing place", "~/nowhere", "does not exist");
        place("place is a file", "~/empty", "is not a folder");
        place("relative place", "folder", "full path");

        const auto memory = [&](const char* rowName, const char* text, const char* sentence) {
            row(rowName, ResourcesPageNumber, "", "memory", text, "memoryMessage", sentence);
        };
        memory("no memory", "", "is not a size");
        memory("memory in words", "much", "“much” is not a size");
        memory("memory with a strange unit", "4X", "“4X” is not a size");
        memory("too little memory", "64M", "too little");
        memory("more memory than the host has", "17G", "16 GiB");
        memory("broken memory", "1500000000 bytes", "whole number of MiB");
        row("no processor", ResourcesPageNumber, "", "processors", "0", "processorsMessage", "no processor");
        row("too many processors", ResourcesPageNumber, "", "processors", "9", "processorsMessage", "8");

        const auto size = [&](const char* rowName, const char* text, const char* sentence) {
            row(rowName, DiskPageNumber, "", "diskSize", text, "diskSizeMessage", sentence);
        };
        size("no size", "", "is not a size");
        size("size in words", "big", "“big” is not a size");
        size("negative size", "-1G", "“-1G” is not a size");
        size("size of nothing", "0", "0");
        size("size beyond VHDX", "65T", "64 TiB");
        size("size beyond everything", "99999999P", "larger than any disk");
        size("part of a sector", "1000001 bytes", "512");
        const auto file = [&](const char* rowName, const char* text, const char* sentence) {
            row(rowName, DiskPageNumber, "", "diskFile", text, "diskFileMessage", sentence);
        };
        file("disk that exists", "~/busy.vhdx", "exists already");
        file("disk in a missing folder", "~/nowhere/disk.vhdx", "does not exist");
        file("relative disk", "disk.vhdx", "full path");
        const auto existing = [&](const char* rowName, const char* text, const char* sentence) {
            row(rowName, DiskPageNumber, "existingDisk", "existingFile", text, "existingMessage", sentence);
        };
        existing("no disk image", "", "No disk image is chosen.");
        existing("relative disk image", "nothing.vhdx", "full path");
        existing("missing disk image", "~/nothing.vhdx", "does not exist");
        existing("disk image is a folder", "~/folder", "is a folder");
        existing("disk image is a pipe", "~/pipe", "not a file");
        existing("empty disk image", "~/empty", "is empty");
        existing("VHD", "~/old.vhd", "is a VHD");
        existing("VHD by another name", "~/old.img", "qemu-img convert");
        existing("disk image in use", "~/busy.vhdx", "use");

        const auto port = [&](const char* rowName, const char* field, const char* text, const char* sentence) {
            row(rowName, NetworkPageNumber, "addSsh", field, text, "networkMessage", sentence);
        };
        port("no host port", "hostPort1", "", "A port is missing.");
        port("no guest port", "guestPort1", "", "A port is missing.");
        port("port in words", "hostPort1", "ssh", "“ssh” is not a port.");
        port("port 0", "guestPort1", "0", "“0” is not a port.");
        port("port beyond 65535", "hostPort1", "65536", "“65536” is not a port.");
        port("privileged port", "hostPort1", "80", "1024");
    }

    void isRefusedInPlace()
    {
        QFETCH(int, page);
        QFETCH(QString, option);
        QFETCH(QString, field);
        QFETCH(QString, text);
        QFETCH(QString, message);
        QFETCH(QString, sentence);
        WizardStage stage;
        furnish(stage);
        if (text.startsWith(QLatin1String("~/"))) {
            text = stage.file(text.sliced(2));
        }
        // As QEMU marks an image that it writes to.
        QFile busy(stage.file(QStringLiteral("busy.vhdx")));
        QVERIFY(busy.open(QIODevice::ReadWrite));
        flock64 lock{};
        lock.l_type = F_RDLCK;
        lock.l_start = 100;
        lock.l_len = 200;
        QCOMPARE(::fcntl(busy.handle(), F_OFD_SETLK, &lock), 0);

        stage.open();
        if (page > SystemPageNumber) {
            stage.click("later");
        }
        QVERIFY(stage.goTo(page));
        if (!option.isEmpty()) {
            stage.click(option.toLatin1().constData());
        }
        const QByteArray fieldName = field.toLatin1();
        stage.type(fieldName.constData(), text);
        QVERIFY(stage.isRefused(fieldName.constData(), message.toLatin1().constData(), sentence));
    }

    // No character of a name is taken for a mnemonic.
    void suggestsNamesWhole()
    {
        WizardStage stage;
        QVERIFY(QDir().mkpath(stage.file(QStringLiteral("machines/R&D"))));
        write(stage.file(QStringLiteral("machines/R&D/machine.json")), "{}");
        stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(NamePageNumber));
        stage.type("machineName", QStringLiteral("R&D"));
        const auto* fix = stage.find<QWidget>("nameMessage")->findChild<QAbstractButton*>();
        QTRY_COMPARE_WITH_TIMEOUT(fix->text(), QStringLiteral("Use “R&&D-2”"), 20000);
        QCOMPARE(fix->accessibleName(), QStringLiteral("Use “R&D-2”"));
    }

    // Choosing a way is no mistake yet, and moves nothing that has no fields to show.
    void choosingIsNoMistake()
    {
        WizardStage stage;
        stage.open();
        const auto* later = stage.find<QWidget>("later")->parentWidget();
        const QSize size = later->sizeHint();
        stage.click("later");
        QCoreApplication::sendPostedEvents();
        QCOMPARE(later->sizeHint(), size);
        QVERIFY(stage.goTo(DiskPageNumber));
        stage.click("existingDisk");
        stage.type("existingFile", QStringLiteral("/nothing"));
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("existingMessage").contains(QLatin1String("does not exist")), 20000);
        stage.type("existingFile", {});
        QTRY_COMPARE_WITH_TIMEOUT(stage.message("existingMessage"), QString(), 20000);
        QVERIFY(stage.isRefused("existingFile", "existingMessage", QStringLiteral("No disk image is chosen.")));
    }

    void samePortTwice()
    {
        WizardStage stage;
        stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(NetworkPageNumber));
        stage.click("addSsh");
        stage.click("addWeb");
        stage.type("hostPort2", QStringLiteral("2222"));
        QVERIFY(stage.isRefused("hostPort2", "networkMessage", QStringLiteral("2222")));
        stage.type("hostPort2", QStringLiteral("2223"));
        QVERIFY(stage.next());
    }

    // What is mended is no longer complained about.
    void mendedIsSilent()
    {
        WizardStage stage;
        stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(ResourcesPageNumber));
        stage.type("memory", QStringLiteral("999G"));
        QVERIFY(stage.isRefused("memory", "memoryMessage", QStringLiteral("999 GiB")));
        stage.type("memory", QStringLiteral("1"));
        QTRY_COMPARE_WITH_TIMEOUT(
            stage.message("memoryMessage"), QStringLiteral("This computer has 16 GiB."), 20000);
        QCOMPARE(stage.wizard().choices().memory, ByteCount::gibibytes(1));
        QVERIFY(stage.next());
    }

    // A host too small for what is usual gets what it has.
    void suggestsWithinTheHost()
    {
        WizardStage stage;
        stage.open({ByteCount::mebibytes(1900), 1});
        stage.type("isoFile", m_media.windows());
        QVERIFY(stage.goTo(SummaryPageNumber));
        QCOMPARE(stage.wizard().choices().memory, ByteCount::mebibytes(512));
        QCOMPARE(stage.wizard().choices().cpus, 1);
    }
};

QTEST_MAIN(NewVmWizardInputTest)
#include "new_vm_wizard_input_test.moc"
