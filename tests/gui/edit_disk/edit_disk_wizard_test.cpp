// SPDX-License-Identifier: GPL-3.0-or-later
// The wizard by the keyboard alone, on real images.
#include "../../unit/disk/run_tool.h"
#include "../accessible_names.h"
#include "core/disk/inspect_file.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/resize_disk.h"
#include "core/disk/operations/undoable_edit.h"
#include "edit_disk_stage.h"
#include "tests/disk/copied_blocks.h"
#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>

using namespace platter;

class EditDiskWizardTest : public QObject {
    Q_OBJECT

    static QByteArray bytesOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static ByteCount sizeOf(const QString& path)
    {
        const Result<DiskInspection> disk = inspectFile(path, {}, InspectAccess::Locked);
        return disk ? disk->virtualSize : ByteCount();
    }

private Q_SLOTS:

    void expands()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        const QByteArray before = bytesOf(image);
        stage.open();
        QVERIFY(stage.find<QLineEdit>("diskFile")->hasFocus());
        stage.type(image);
        QVERIFY(stage.choose(Qt::Key_E, OptionsPageNumber));
        stage.type(QStringLiteral("3G"));
        QCOMPARE(stage.find<DiskPicture>("expandPicture")->proposed(), ByteCount::gibibytes(3));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY2(stage.plan().contains(QLatin1String("from 2 GiB to 3 GiB")), qPrintable(stage.plan()));
        QVERIFY(stage.plan().contains(QLatin1String("No machine of yours has this disk")));
        QVERIFY(
            stage.plan().contains(QLatin1String("In the guest")) || stage.plan().contains(QLatin1String("guest")));
        QCOMPARE(stage.find<QPushButton>("next")->text(), QStringLiteral("&Expand to 3 GiB"));
        QVERIFY2(bytesOf(image) == before, "The plan touched the file.");
        QVERIFY(stage.finish());
        QVERIFY2(stage.wizard().job()->outcome()->has_value(), "It failed.");
        QCOMPARE(sizeOf(image), ByteCount::gibibytes(3));
        QVERIFY(stage.find<QLabel>("resultSentences")->text().contains(QLatin1String("has 3 GiB now")));
        // The picture is read back from the file.
        QTRY_VERIFY(stage.find<DiskPicture>("resultPicture")->isVisible());
        QVERIFY(stage.find<DiskPicture>("resultPicture")->description().contains(QLatin1String("GiB free")));
        stage.press(Qt::Key_Escape);
        QVERIFY(!stage.wizard().isVisible());
        QVERIFY(stage.jobs().jobs().isEmpty());
    }

    // The button is there where the file system shares blocks, which cp knows as well.
    void undoesWhatItHasJustDone()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        const QByteArray before = bytesOf(image);
        const bool shares = QProcess::execute(QStringLiteral("cp"),
                                {QStringLiteral("--reflink=always"), image, stage.file(QStringLiteral("probe"))})
            == 0;
        stage.open(image);
        QVERIFY(!stage.find<QPushButton>("undoEdit")->isVisible());
        QVERIFY(stage.choose(Qt::Key_E, OptionsPageNumber));
        stage.type(QStringLiteral("3G"));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QCOMPARE(stage.plan().contains(QLatin1String("Undo brings it back")), shares);
        QVERIFY(stage.finish());
        QCOMPARE(sizeOf(image), ByteCount::gibibytes(3));
        QCOMPARE(stage.find<QPushButton>("undoEdit")->isVisible(), shares);
        QCOMPARE(stage.find<QPushButton>("deleteCopy")->isVisible(), shares);
        if (shares) {
            stage.press(Qt::Key_U, Qt::AltModifier);
            QTRY_VERIFY(stage.wizard().job()->isFinished());
            QVERIFY(stage.wizard().job()->outcome()->has_value());
            QVERIFY(bytesOf(image) == before);
            QVERIFY(
                stage.find<QLabel>("resultSentences")->text().contains(QLatin1String("before it was expanded")));
            QVERIFY(!stage.find<QPushButton>("undoEdit")->isVisible());
        }
    }

    void undoesWhatWasDoneEarlier()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        const QByteArray before = bytesOf(image);
        stage.open(image);
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY(!stage.find<QRadioButton>("undo")->isEnabled());
        QVERIFY(
            stage.find<QRadioButton>("undo")->accessibleDescription().contains(QLatin1String("No copy is kept")));
        const auto edit =
            undoable(std::make_unique<ExpandDisk>(ResizeRequest{.file = image, .newSize = ByteCount::gibibytes(3)}),
                image, EditKind::Expand, &copiedBlocks);
        Progress progress;
        QVERIFY(edit->run(progress));

        stage.open(image);
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY2(stage.find<QRadioButton>("undo")->accessibleDescription().contains(
                     QLatin1String("before it was expanded")),
            qPrintable(stage.find<QRadioButton>("undo")->accessibleDescription()));
        stage.press(Qt::Key_U, Qt::AltModifier);
        QVERIFY(stage.enterTo(PlanPageNumber)); // there is nothing to choose
        QVERIFY(stage.isPlanned());
        QVERIFY2(stage.plan().contains(QLatin1String("becomes again what it was")), qPrintable(stage.plan()));
        QVERIFY(!stage.plan().contains(QLatin1String("is lost")));
        QVERIFY(stage.finish());
        QVERIFY(stage.wizard().job()->outcome()->has_value());
        QVERIFY(bytesOf(image) == before);
    }

    void saysWhatUndoingWouldLose()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        const QByteArray before = bytesOf(image);
        const auto edit =
            undoable(std::make_unique<ExpandDisk>(ResizeRequest{.file = image, .newSize = ByteCount::gibibytes(3)}),
                image, EditKind::Expand, &copiedBlocks);
        Progress progress;
        QVERIFY(edit->run(progress));
        QVERIFY(runTool(QStringLiteral("qemu-io"),
            {QStringLiteral("-f"), QStringLiteral("vhdx"), QStringLiteral("-c"),
                QStringLiteral("write -P 7 1500M 4k"), image})
                .isGood);
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_U, PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY2(stage.plan().contains(QLatin1String("is lost")), qPrintable(stage.plan()));
        QVERIFY(stage.finish());
        QVERIFY(bytesOf(image) == before);
    }

    void beginsWithAnActionThatWasAskedFor()
    {
        EditDiskStage stage;
        stage.open();
        stage.wizard().setFile(stage.makeDisk(QStringLiteral("system.vhdx")), EditAction::Compact);
        QTRY_COMPARE(stage.page(), int(OptionsPageNumber));
        QCOMPARE(stage.wizard().request().action, EditAction::Compact);
        // Where it is impossible, the reason is to be seen.
        stage.open();
        stage.wizard().setFile(stage.makeDisk(QStringLiteral("other.raw")), EditAction::Compact);
        QTRY_COMPARE(stage.page(), int(ActionPageNumber));
        QVERIFY(!stage.find<QRadioButton>("compact")->isEnabled());
    }

    void refusesSlipsOfTheFinger()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_E, OptionsPageNumber));
        stage.type(QStringLiteral("64T"));
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        auto* sure = stage.find<QCheckBox>("expandSure");
        QVERIFY(sure->isVisible() && sure->hasFocus());
        QVERIFY(stage.message("expandMessage").contains(QLatin1String("very much more")));
        stage.press(Qt::Key_Space);
        QVERIFY(stage.enterTo(PlanPageNumber));
        stage.press(Qt::Key_B, Qt::AltModifier);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        // Another size is another question.
        stage.type(QStringLiteral("63T"));
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        stage.find<QWidget>("expandSize")->setFocus();
        for (const char* wrong : {"65T", "2G", "1G", "lots"}) {
            stage.type(QLatin1String(wrong));
            stage.press(Qt::Key_Return);
            QVERIFY2(stage.page() == OptionsPageNumber, wrong);
            QVERIFY2(!stage.message("expandMessage").isEmpty(), wrong);
            QVERIFY(stage.find<QWidget>("expandSize")->hasFocus());
        }
        QCOMPARE(sizeOf(image), ByteCount::gibibytes(2));
    }

    void shrinksByTheHandleAndNeverIntoAPartition()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        const ByteCount smallest = inspectFile(image, {}, InspectAccess::Locked)->smallestSize();
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_S, OptionsPageNumber));
        stage.type(QStringLiteral("512M"));
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        QVERIFY(stage.message("shrinkMessage").contains(QLatin1String("would cut into")));
        auto* picture = stage.find<DiskPicture>("shrinkPicture");
        picture->setFocus();
        stage.press(Qt::Key_End);
        stage.press(Qt::Key_Home);
        QCOMPARE(picture->proposed(), smallest);
        QCOMPARE(stage.wizard().request().newSize, smallest);
        stage.press(Qt::Key_Left); // no further
        QCOMPARE(picture->proposed(), smallest);
        stage.press(Qt::Key_PageUp);
        QVERIFY(picture->proposed() > smallest);
        QVERIFY(stage.message("shrinkMessage").isEmpty());
        QVERIFY(stage.enterTo(PlanPageNumber));
        const ByteCount wanted = stage.wizard().request().newSize;
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        QCOMPARE(sizeOf(image), wanted);
    }

    void showsWhyAnActionIsImpossible()
    {
        EditDiskStage stage;
        stage.open(stage.makeMbrVhd(QStringLiteral("old.vhd")));
        QVERIFY(stage.enterTo(ActionPageNumber));

        const struct {
            const char* action;
            const char* reason;
        } impossible[] = {{"expand", "convert it to VHDX first"}, {"shrink", "convert it to VHDX first"},
            {"compact", "Only a VHDX"}, {"flatten", "no differencing disk"}, {"reconnect", "no differencing disk"},
            {"check", "Only a VHDX"}};

        for (const auto& [action, reason] : impossible) {
            const auto* button = stage.find<QRadioButton>(action);
            QVERIFY2(button->isVisible() && !button->isEnabled(), action);
            QVERIFY2(button->accessibleDescription().contains(QLatin1String(reason)),
                qPrintable(button->accessibleDescription()));
        }
        QVERIFY(stage.find<QRadioButton>("convert")->isChecked());
        QVERIFY(stage.find<QRadioButton>("inspect")->isEnabled());
    }

    void convertsAndSaysWhatDoesNotBoot()
    {
        EditDiskStage stage;
        const QString image = stage.makeMbrVhd(QStringLiteral("old.vhd"));
        stage.addMachine(QStringLiteral("old machine"), image, DiskFormat::Raw);
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_V, OptionsPageNumber));
        QVERIFY2(stage.message("bootMessage").contains(QLatin1String("no machine will start from it")),
            qPrintable(stage.message("bootMessage")));
        QVERIFY(stage.message("bootMessage").contains(QStringLiteral("“Migrate to UEFI”")));
        QVERIFY(stage.find<DiskPicture>("convertPicture")->description().contains(QLatin1String("ext4")));
        QCOMPARE(stage.find<QLineEdit>("targetFile")->text(), stage.file(QStringLiteral("old.vhdx")));
        // Onto itself is impossible.
        stage.find<QLineEdit>("targetFile")->setFocus();
        stage.type(image);
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        QVERIFY(stage.message("targetMessage").contains(QLatin1String("onto itself")));
        const QByteArray before = bytesOf(image);
        stage.type(stage.file(QStringLiteral("new.vhdx")));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        QVERIFY(bytesOf(image) == before);
        QCOMPARE(sizeOf(stage.file(QStringLiteral("new.vhdx"))), ByteCount::mebibytes(64));
        // The machine is off: the new disk is put in place with one key, and the old one stays.
        auto* put = stage.find<QPushButton>("putInPlace");
        QVERIFY(put->isVisible() && put->hasFocus());
        stage.press(Qt::Key_Space);
        const auto& drive =
            stage.library().find(QStringLiteral("old machine"))->machine().definition.drives.front();
        QCOMPARE(std::get<DiskDrive>(drive.what),
            (DiskDrive{
                stage.file(QStringLiteral("new.vhdx")), DiskFormat::Vhdx, FormerDisk{image, DiskFormat::Raw}}));
        QVERIFY(QFile::exists(image));
        QVERIFY(stage.message("putMessage").contains(QLatin1String("offers to delete old.vhd")));
    }

    // One click from the page that says that a conversion is not enough.
    void offersToMigrateInsteadOfConverting()
    {
        EditDiskStage stage;
        stage.open(stage.makeMbrVhd(QStringLiteral("old.vhd")));
        QVERIFY(stage.choose(Qt::Key_V, OptionsPageNumber));
        auto* message = stage.find<FieldMessage>("bootMessage");
        auto* fix = message->findChild<QAbstractButton*>();
        QVERIFY(fix && fix->isVisible());
        fix->setFocus();
        stage.press(Qt::Key_Space);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        QVERIFY(!message->isVisible());
        QVERIFY(stage.find<DiskPicture>("migratePicture")->isVisible());
        QVERIFY(stage.find<QRadioButton>("migrate")->isChecked());
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.find<QPlainTextEdit>("editPlan")->toPlainText().contains(QLatin1String("old-uefi.vhdx")));
    }

    // The source keeps its space, also where the new image takes less.
    void aNewImageGivesNothingBack()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.raw"));
        QFile file(image);
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(qint64(1500) << 20));
        QVERIFY(file.write(QByteArray(8 << 20, '\0')) == 8 << 20);
        file.close();
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_V, OptionsPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        const Result<OperationOutcome>& outcome = *stage.wizard().job()->outcome();
        QVERIFY(outcome && outcome->sizeOnHostAfter < outcome->sizeOnHostBefore);
        const QString sentences = stage.find<QLabel>("resultSentences")->text();
        QVERIFY2(!sentences.contains(QLatin1String("given back")), qPrintable(sentences));
    }

    void migratesToUefi()
    {
        EditDiskStage stage;
        const QString image = stage.makeMbrVhd(QStringLiteral("old.vhd"));
        const QString copy = stage.file(QStringLiteral("old-uefi.vhdx"));
        stage.addMachine(QStringLiteral("old machine"), image, DiskFormat::Raw);
        const QByteArray before = bytesOf(image);
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_M, OptionsPageNumber));
        QCOMPARE(stage.find<QLineEdit>("targetFile")->text(), copy);
        QCOMPARE(controlsWithoutName(&stage.wizard()), QStringList());
        QCOMPARE(controlsBeyondTab(&stage.wizard()), QStringList());
        const auto* picture = stage.find<DiskPicture>("migratePicture");
        QVERIFY2(picture->description().contains(QLatin1String("ESP, FAT32, 264 MiB")),
            qPrintable(picture->description()));
        stage.press(Qt::Key_S, Qt::AltModifier);
        stage.type(QStringLiteral("300M"));
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        QVERIFY2(stage.message("copySizeMessage").contains(QLatin1String("too small")),
            qPrintable(stage.message("copySizeMessage")));
        QVERIFY(stage.find<QWidget>("copySize")->hasFocus());
        stage.type(QStringLiteral("1G"));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        for (const char* words : {"stays as it is; its disk has 64 MiB", "(MBR) becomes one for UEFI",
                 "grows from 64 MiB to 1 GiB", "Partition 2, an EFI system partition", "“old machine” is off"}) {
            QVERIFY2(stage.plan().contains(QString::fromUtf8(words)), qPrintable(stage.plan()));
        }
        QVERIFY(stage.find<DiskPicture>("afterPicture")->description().contains(QLatin1String("ESP")));
        QCOMPARE(stage.find<QPushButton>("next")->text(), QStringLiteral("&Migrate old.vhd to UEFI"));
        QVERIFY(!QFile::exists(copy));
        QVERIFY(stage.finish());
        const Result<OperationOutcome>& outcome = *stage.wizard().job()->outcome();
        QVERIFY2(outcome, qUtf8Printable(outcome ? QString() : outcome.error().text()));
        QVERIFY2(bytesOf(image) == before, "The source has changed.");
        const Result<DiskInspection> made = inspectFile(copy, {}, InspectAccess::Locked);
        QVERIFY(made && made->bootability.isBootable());
        QCOMPARE(made->virtualSize, ByteCount::gibibytes(1));
        QCOMPARE(made->partitions.kind, PartitionTable::Kind::Gpt);
        QVERIFY(stage.find<QPushButton>("putInPlace")->hasFocus());

        // Once is enough.
        stage.open(copy);
        QVERIFY(stage.enterTo(ActionPageNumber));
        const auto* migrate = stage.find<QRadioButton>("migrate");
        QVERIFY(migrate->isVisible() && !migrate->isEnabled());
        QVERIFY2(migrate->accessibleDescription().contains(QLatin1String("starts with UEFI already")),
            qPrintable(migrate->accessibleDescription()));
    }

    void doesNotConvertOntoWhatIsThere()
    {
        EditDiskStage stage;
        const QString image = stage.makeMbrVhd(QStringLiteral("old.vhd"));
        QVERIFY(QFile::link(image, stage.file(QStringLiteral("alias.vhdx"))));
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_V, OptionsPageNumber));
        stage.find<QLineEdit>("targetFile")->setFocus();
        // Its own other name, and a folder that is not there.
        stage.type(stage.file(QStringLiteral("alias.vhdx")));
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        QVERIFY(stage.message("targetMessage").contains(QLatin1String("exists already")));
        stage.type(stage.file(QStringLiteral("nowhere/new.vhdx")));
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        QVERIFY(stage.message("targetMessage").contains(QLatin1String("no folder")));
        // Where one cannot write, the plan says so, and its title with it.
        stage.type(QStringLiteral("/proc/new.vhdx"));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(!stage.message("planMessage").isEmpty());
        QCOMPARE(stage.find<QLabel>("pageTitle")->text(), QStringLiteral("This cannot be done as it is"));
        stage.press(Qt::Key_Return, Qt::ControlModifier);
        stage.find<QPushButton>("next")->setFocus();
        stage.press(Qt::Key_Return);
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.wizard().job() == nullptr);
    }

    void doubtsWhatMayBeAnyFile()
    {
        EditDiskStage stage;
        const QString text = stage.file(QStringLiteral("letter.txt"));
        QFile letter(text);
        QVERIFY(letter.open(QIODevice::WriteOnly));
        QVERIFY(letter.write("Dear all,\n") > 0);
        letter.close();
        stage.open(text);
        QTRY_VERIFY(stage.message("diskMessage").contains(QLatin1String("no disk image at all")));
        stage.open(stage.makeDisk(QStringLiteral("system.raw")));
        QTRY_COMPARE(stage.message("diskMessage"), QString());
    }

    void inspectsWithoutOptions()
    {
        EditDiskStage stage;
        stage.open(stage.makeDisk(QStringLiteral("system.raw")));
        QVERIFY(stage.choose(Qt::Key_I, PlanPageNumber));
        QVERIFY2(stage.plan().contains(QLatin1String("ext4")), qPrintable(stage.plan()));
        stage.press(Qt::Key_B, Qt::AltModifier);
        QCOMPARE(stage.page(), int(ActionPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        stage.find<QPushButton>("next")->setFocus();
        stage.press(Qt::Key_Return);
        QVERIFY(!stage.wizard().isVisible());
        QVERIFY(stage.jobs().jobs().isEmpty());
    }

    void compactsAndChecks()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_O, OptionsPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        QVERIFY(stage.wizard().job()->outcome()->has_value());
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_H, OptionsPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        QVERIFY(stage.find<QLabel>("resultSentences")->text().contains(QLatin1String("is sound")));
    }

    void saysWhichImageIsToBeReconnected()
    {
        EditDiskStage stage;
        const QString root = stage.makeDisk(QStringLiteral("root.vhdx"));
        const QString middle = stage.file(QStringLiteral("middle.vhdx"));
        const QString top = stage.file(QStringLiteral("top.vhdx"));
        QVERIFY(createDisk({.file = middle, .parent = root}));
        QVERIFY(createDisk({.file = top, .parent = middle}));
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("elsewhere"))));
        const QString moved = stage.file(QStringLiteral("elsewhere/base.vhdx"));
        QVERIFY(QFile::rename(root, moved));
        stage.open(top);
        QTRY_VERIFY2(stage.message("diskMessage").contains(QStringLiteral("Choose %1 here").arg(middle)),
            qPrintable(stage.message("diskMessage")));
        QVERIFY(stage.enterTo(ActionPageNumber));
        for (const char* action : {"expand", "compact", "convert", "flatten", "reconnect"}) {
            auto* button = stage.find<QRadioButton>(action);
            QVERIFY2(!button->isEnabled(), action);
            QVERIFY2(button->accessibleDescription().contains(QLatin1String("The parent of middle.vhdx")),
                qPrintable(button->accessibleDescription()));
        }

        stage.open(middle);
        QTRY_VERIFY(stage.message("diskMessage").startsWith(QLatin1String("Its parent")));
        QVERIFY(stage.choose(Qt::Key_R, OptionsPageNumber));
        stage.type(moved);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        QVERIFY(stage.wizard().job()->outcome()->has_value());
        stage.open(top);
        QVERIFY(stage.choose(Qt::Key_F, OptionsPageNumber));
    }

    void reconnectsAndMergesAChild()
    {
        EditDiskStage stage;
        const QString parent = stage.makeDisk(QStringLiteral("parent.vhdx"));
        const QString child = stage.file(QStringLiteral("child.vhdx"));
        QVERIFY(createDisk({.file = child, .parent = parent}));
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("elsewhere"))));
        const QString moved = stage.file(QStringLiteral("elsewhere/base.vhdx"));
        QVERIFY(QFile::rename(parent, moved));
        stage.open(child);
        QTRY_VERIFY(stage.message("diskMessage").contains(QLatin1String("is not there")));
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY(!stage.find<QRadioButton>("expand")->isEnabled());
        QVERIFY(!stage.find<QRadioButton>("flatten")->isEnabled());
        stage.press(Qt::Key_R, Qt::AltModifier);
        QVERIFY(stage.enterTo(OptionsPageNumber));
        // Not any disk will do.
        const QString other = stage.makeDisk(QStringLiteral("other.vhdx"));
        stage.type(other);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(!stage.message("planMessage").isEmpty());
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.type(moved);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY2(stage.message("planMessage").isEmpty(), qPrintable(stage.message("planMessage")));
        QVERIFY(stage.finish());
        QVERIFY(stage.wizard().job()->outcome()->has_value());
        QCOMPARE(inspectFile(child, {}, InspectAccess::Locked)->image.parents.front().file, moved);

        stage.open(child);
        QVERIFY(stage.choose(Qt::Key_F, OptionsPageNumber));
        stage.press(Qt::Key_M, Qt::AltModifier);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.find<QPushButton>("next")->text().contains(QLatin1String("Merge child.vhdx and delete it")));
        QVERIFY(stage.finish());
        QVERIFY(stage.wizard().job()->outcome()->has_value());
        QVERIFY(!QFile::exists(child));
    }

    void mendsDamage()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        QFile file(image);
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(64 * 1024) && file.write(QByteArray(512, 'x')) == 512);
        file.close();
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_H, OptionsPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.finish());
        QVERIFY(!stage.wizard().job()->outcome()->has_value());
        QVERIFY2(stage.message("editOutcome").contains(QLatin1String("have it mended")),
            qPrintable(stage.wizard().job()->outcome()->error().text()));
        // What failed is tried another way from where it was.
        stage.press(Qt::Key_B, Qt::AltModifier);
        QCOMPARE(stage.page(), int(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QCOMPARE(stage.page(), int(PlanPageNumber)); // a plan alone starts nothing
        stage.press(Qt::Key_B, Qt::AltModifier);
        QCOMPARE(stage.page(), int(OptionsPageNumber));
        stage.press(Qt::Key_M, Qt::AltModifier);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        stage.find<QPushButton>("next")->setFocus();
        stage.press(Qt::Key_Return);
        QTRY_VERIFY(stage.wizard().job()->isFinished() && stage.wizard().job()->outcome()->has_value());
        QVERIFY(stage.find<QLabel>("resultSentences")->text().contains(QLatin1String("is sound now")));
        QCOMPARE(stage.jobs().jobs().size(), 1);
    }

    void saysWhatIsWrongWithTheFile()
    {
        EditDiskStage stage;
        stage.open();
        stage.press(Qt::Key_Return);
        QCOMPARE(stage.page(), int(FilePageNumber));
        QVERIFY(stage.message("diskMessage").contains(QLatin1String("Choose a disk image")));
        stage.type(stage.file(QStringLiteral("nothing.vhdx")));
        stage.press(Qt::Key_Return);
        QTRY_VERIFY(
            !stage.message("diskMessage").isEmpty() && !stage.message("diskMessage").contains(QChar(0x2026)));
        QCOMPARE(stage.page(), int(FilePageNumber));
    }

    void everythingIsNamedAndReachable()
    {
        EditDiskStage stage;
        stage.open(stage.makeDisk(QStringLiteral("system.vhdx")));
        for (const Qt::Key action : {Qt::Key_E, Qt::Key_S, Qt::Key_O, Qt::Key_V, Qt::Key_H}) {
            QVERIFY(stage.choose(action, OptionsPageNumber));
            const QStringList nameless = controlsWithoutName(&stage.wizard());
            QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
            const QStringList beyondTab = controlsBeyondTab(&stage.wizard());
            QVERIFY2(beyondTab.isEmpty(), qPrintable(beyondTab.join(QLatin1Char('\n'))));
            stage.press(Qt::Key_B, Qt::AltModifier);
            stage.press(Qt::Key_B, Qt::AltModifier);
            QCOMPARE(stage.page(), int(FilePageNumber));
        }
    }
};

QTEST_MAIN(EditDiskWizardTest)
#include "edit_disk_wizard_test.moc"
