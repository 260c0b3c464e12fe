// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tour/tour.h"

#include "core/disk/operations/create_disk.h"
#include "core/error.h"
#include "ui/console/screen_view.h"
#include "ui/disk_picture/disk_picture.h"
#include "ui/storage_pane/storage_view.h"

#include <QAbstractButton>
#include <QAbstractItemModel>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPointer>
#include <QProcess>
#include <QScreen>
#include <QTabBar>

#include <algorithm>
#include <cstdio>

namespace platter::tour {

using namespace std::chrono_literals;

namespace {

constexpr auto boot = 300s; // without KVM, on a busy machine
const QString machineName = QStringLiteral("Sample guest");

// As a Linux that starts with BIOS has it: an MBR, and one partition with ext4.
bool makeBiosDisk(const QString& file)
{
    return QProcess::execute(QStringLiteral("sh"),
               {QStringLiteral("-ec"),
                   QStringLiteral("PATH=$PATH:/usr/sbin:/sbin; truncate -s 512M \"$1\"; "
                                  "echo start=1MiB, size=500MiB, type=83, bootable | sfdisk -q -X dos \"$1\"; "
                                  "mkfs.ext4 -q -F -L system -E offset=1048576 \"$1\" 500M"),
                   QStringLiteral("sh"), file})
        == 0;
}

} // namespace

Tour::Tour(const QString& folder, const Places& places)
    : m_folder(folder)
    , m_places(places)
    , m_machine(places.machines + QLatin1Char('/') + machineName)
{
    QDir().mkpath(folder);
}

QCoro::Task<int> Tour::play()
{
    try {
        co_await makeMachine();
        co_await seeItBoot();
        co_await typeIntoTheGuest();
        co_await installToDisk();
        co_await takeOutTheIso();
        co_await bootFromDisk();
        co_await expandTheDiskInUse();
        co_await lookAtDetails();
        co_await changeSettings();
        co_await startAgain();
        co_await dropFiles();
        co_await dropWithoutADrive();
        co_await lookAtNetworkDisk();
        co_await migrateAnOldDisk();
        co_await shutDown();
    } catch (const StepFailed& failure) {
        Hand::picture().save(m_folder.filePath(QStringLiteral("failed.png")));
        const QWidget* window = QApplication::activeWindow();
        std::printf("FAILED after step %d: %s\n        in front: %s, picture: %s\n", m_step, failure.what(),
            window ? qPrintable(window->windowTitle()) : "none of the tour's windows",
            qPrintable(m_folder.filePath(QStringLiteral("failed.png"))));
        co_return 1;
    }
    std::printf("The tour is over: %d steps held, pictures in %s\n", m_step, qPrintable(m_folder.absolutePath()));
    co_return 0;
}

void Tour::held(const QString& picture, const QString& checked)
{
    const QString file = QStringLiteral("%1-%2.png").arg(++m_step, 2, 10, QLatin1Char('0')).arg(picture);
    Hand::picture().save(m_folder.filePath(file));
    std::printf("%s  %s\n", qPrintable(file.leftJustified(24)), qPrintable(checked));
    std::fflush(stdout);
}

QCoro::Task<void> Tour::makeMachine()
{
    co_await m_hand.find<QAbstractButton>(QStringLiteral("New VM"));
    co_await m_hand.until([] { return QApplication::activeWindow() != nullptr; }, Hand::soon,
        QStringLiteral("The window does not become active."));
    held(QStringLiteral("empty"), QStringLiteral("Nothing made yet: the window invites to make a machine."));

    co_await m_hand.press(QStringLiteral("New VM"));
    co_await m_hand.press(QStringLiteral("The sample guest"));
    held(QStringLiteral("wizard-system"), QStringLiteral("The wizard asks what the machine starts with."));

    const QString next = QStringLiteral("Next");
    co_await m_hand.press(next);
    auto* name = co_await m_hand.find<QLineEdit>(QStringLiteral("Name"));
    co_await m_hand.click(name);
    co_await m_hand.key(QStringLiteral("ctrl+a"));
    co_await m_hand.type(machineName);
    co_await m_hand.until([name] { return name->text() == machineName; }, Hand::soon,
        QStringLiteral("The name does not arrive in its field."));
    held(QStringLiteral("wizard-name"), QStringLiteral("A name with a space is typed."));

    co_await m_hand.press(next);
    held(QStringLiteral("wizard-resources"), QStringLiteral("Memory and processors are suggested."));
    co_await m_hand.press(next);
    held(QStringLiteral("wizard-disk"), QStringLiteral("A new VHDX disk is suggested."));
    co_await m_hand.press(next);
    held(QStringLiteral("wizard-network"), QStringLiteral("The network is suggested."));
    co_await m_hand.press(next);
    co_await m_hand.find<QAbstractButton>(QStringLiteral("Create and start"));
    held(QStringLiteral("wizard-summary"), QStringLiteral("The summary names everything that will be made."));

    if (QFile::exists(m_machine)) {
        throw StepFailed(QStringLiteral("The wizard made something before it was told to."));
    }
    co_await m_hand.press(QStringLiteral("Create and start"));
    co_await m_hand.until([this] { return QFile::exists(machineFile(QStringLiteral("machine.json"))); }, Hand::soon,
        QStringLiteral("The machine's folder does not appear."));
}

QCoro::Task<void> Tour::seeItBoot()
{
    co_await serialSays(QStringLiteral("Platter sample guest ready"), boot);
    co_await serialSays(QStringLiteral("DVD"), Hand::soon);
    co_await clickConsole();
    co_await consoleRests();
    held(QStringLiteral("console"),
        QStringLiteral("OVMF booted the ISO from SCSI; the console shows the guest's screen."));
}

QCoro::Task<void> Tour::typeIntoTheGuest()
{
    co_await tellGuest(QStringLiteral("clear; echo console says $((6*7)) | tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("console says 42"), 60s);
    co_await consoleRests();
    held(QStringLiteral("typed"),
        QStringLiteral(
            "What is typed into the console reaches the guest's shell: its answer is on the serial line."));
}

QCoro::Task<void> Tour::installToDisk()
{
    co_await tellGuest(QStringLiteral("install 2>&1 | tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("Installed on"), boot);
    co_await consoleRests();
    held(QStringLiteral("installed"), QStringLiteral("The sample guest installed itself on the VHDX disk."));
}

QCoro::Task<void> Tour::takeOutTheIso()
{
    co_await selectDrive(QStringLiteral("0:1"));
    held(QStringLiteral("storage"),
        QStringLiteral("The storage pane shows the disk with its partitions and the DVD drive with its ISO."));
    co_await m_hand.press(QStringLiteral("Eject"));
    co_await hasNoMedium();
    held(QStringLiteral("ejected"), QStringLiteral("The ISO is out of the running machine and of its definition."));
}

QCoro::Task<void> Tour::bootFromDisk()
{
    co_await m_hand.press(QStringLiteral("Shut down"));
    co_await isOff();
    co_await openTab(QStringLiteral("Console"));
    held(QStringLiteral("off"),
        QStringLiteral("The power button shut the guest down; the console says that it is off."));
    co_await openTab(QStringLiteral("Boot"));
    co_await says(QStringLiteral("The firmware tries these from the top"));
    held(QStringLiteral("boot-order"),
        QStringLiteral(
            "The Boot tab shows in which order the firmware tries disk and DVD drive, and what it finds there."));

    m_serialStart = serial().size();
    co_await m_hand.press(QStringLiteral("Start"));
    co_await serialSays(QStringLiteral("Platter sample guest ready"), boot);
    co_await serialSays(QStringLiteral("disk sda"), Hand::soon);
    co_await clickConsole();
    co_await tellGuest(QStringLiteral("clear; lsblk | tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("sda2"), 60s);
    co_await consoleRests();
    held(QStringLiteral("from-disk"), QStringLiteral("Without the ISO the same guest boots from the VHDX disk."));
}

// The guest runs from the disk, and writes to it all the time.
QCoro::Task<void> Tour::expandTheDiskInUse()
{
    co_await tellGuest(
        QStringLiteral("load() { while [ ! -e /tmp/stop ]; do head -c 200000 /dev/urandom >/root/load; "
                       "md5sum /root/load >/root/sum; sync; md5sum -c /root/sum || touch /tmp/bad; "
                       "done; }; load >/tmp/said 2>&1 &"));
    co_await tellGuest(QStringLiteral("clear; df -h / | tee /dev/ttyS0; echo before $((6*9)) | tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("before 54"), 60s);
    co_await consoleRests();
    held(QStringLiteral("expand-before"),
        QStringLiteral("The guest says how much it has, while it writes to its disk."));

    co_await selectDrive(QStringLiteral("0:0"));
    co_await m_hand.press(QStringLiteral("Edit Disk"));
    co_await m_hand.press(QStringLiteral("Next"));
    co_await m_hand.press(QStringLiteral("Expand"));
    held(QStringLiteral("edit-disk"), QStringLiteral("Edit Disk shows what can be done, and why the rest cannot."));
    co_await m_hand.press(QStringLiteral("Next"));
    auto* grow = co_await m_hand.find<QAbstractButton>(QStringLiteral("Then grow"));
    co_await says(QStringLiteral("The guest agent answers"));
    if (!grow->isChecked()) {
        throw StepFailed(QStringLiteral("The wizard does not offer to let the partition grow in the guest."));
    }
    held(QStringLiteral("expand-size"),
        QStringLiteral("A new size is suggested, and the guest's agent says what can grow in it."));
    co_await m_hand.press(QStringLiteral("Next"));
    auto* plan = co_await m_hand.find<QPlainTextEdit>(QStringLiteral("What will happen"));
    co_await m_hand.until([plan] { return plan->toPlainText().contains(QLatin1String("resize2fs")); }, Hand::soon,
        QStringLiteral("The plan does not say what will happen in the guest."));
    held(QStringLiteral("expand-plan"), QStringLiteral("The plan says what will happen, to the guest too."));
    co_await m_hand.press(QStringLiteral("Expand to"));
    held(QStringLiteral("expand-during"), QStringLiteral("The machine runs on while its disk grows."));
    co_await m_hand.find<QAbstractButton>(QStringLiteral("Close"));
    co_await says(QStringLiteral("Done."));
    co_await says(QStringLiteral("has grown from"));
    co_await m_hand.find<DiskPicture>({}); // read back from the file
    held(QStringLiteral("expand-result"),
        QStringLiteral("The disk is larger, and so are the partition and the file system in the guest."));
    co_await m_hand.press(QStringLiteral("Close"));

    co_await clickConsole();
    co_await tellGuest(
        QStringLiteral("touch /tmp/stop; wait; clear; dmesg | grep 'capacity change' | tee /dev/ttyS0; "
                       "df -h / | tee /dev/ttyS0; [ ! -e /tmp/bad ] && md5sum -c /root/sum && "
                       "! dmesg | grep -e 'I/O error' -e 'EXT4-fs error' && echo whole $((6*8)) | "
                       "tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("detected capacity change"), 60s);
    co_await serialSays(QStringLiteral("whole 48"), 60s);
    co_await consoleRests();
    held(QStringLiteral("expand-after"),
        QStringLiteral("The guest's kernel saw the new size; df shows it, and every byte is right."));
}

// After a power off the disk that was expanded is whole.
QCoro::Task<void> Tour::startAgain()
{
    co_await m_hand.press(QStringLiteral("Shut down"));
    co_await isOff();
    m_serialStart = serial().size();
    co_await m_hand.press(QStringLiteral("Start"));
    co_await serialSays(QStringLiteral("Platter sample guest ready"), boot);
    co_await clickConsole();
    co_await tellGuest(QStringLiteral("clear; df -h / | tee /dev/ttyS0; md5sum -c /root/sum && "
                                      "! dmesg | grep -e '[ (]GPT:' -e 'I/O error' -e 'EXT4-fs error' && "
                                      "echo whole $((6*8)) | tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("whole 48"), 60s);
    co_await consoleRests();
    held(QStringLiteral("started-again"), QStringLiteral("Started again, the guest finds all that it wrote."));
}

QCoro::Task<void> Tour::lookAtDetails()
{
    co_await openTab(QStringLiteral("Details"));
    for (const char* page : {"Definition", "Command line", "QMP", "Serial log"}) {
        co_await openTab(QString::fromLatin1(page));
        held(QString::fromLatin1(page).toLower().replace(QLatin1Char(' '), QLatin1Char('-')),
            QStringLiteral("Details show: %1.").arg(QString::fromLatin1(page)));
    }
}

QCoro::Task<FileManager::Outcome> Tour::drop(QString file)
{
    const auto* button = co_await m_hand.find<QAbstractButton>(QStringLiteral("New VM"));
    const QWidget* window = button->window();
    co_return co_await m_fileManager.drag(file, window->mapToGlobal(window->rect().center()));
}

QCoro::Task<void> Tour::changeSettings()
{
    co_await m_hand.press(QStringLiteral("Settings"));
    auto* notes = co_await m_hand.find<QPlainTextEdit>(QStringLiteral("Notes"));
    co_await m_hand.click(notes);
    co_await m_hand.type(QStringLiteral("Made on the tour."));
    co_await m_hand.until([notes] { return notes->toPlainText() == QLatin1String("Made on the tour."); },
        Hand::soon, QStringLiteral("The notes do not arrive in their field."));
    held(QStringLiteral("settings"), QStringLiteral("The settings of the running machine; a note is typed."));
    auto* pages = co_await m_hand.find<QListWidget>(QStringLiteral("Pages of settings"));
    co_await m_hand.click(pages->viewport());
    co_await m_hand.key(QStringLiteral("Home"));
    co_await m_hand.key(QStringLiteral("Down"));
    auto* memory = co_await m_hand.find<QAbstractSpinBox>(QStringLiteral("Memory"));
    co_await m_hand.click(memory);
    co_await m_hand.key(QStringLiteral("ctrl+a"));
    co_await m_hand.type(QStringLiteral("768M"));
    co_await says(QStringLiteral("768 MiB from the next start on"));
    held(QStringLiteral("settings-memory"),
        QStringLiteral("More memory: it is said that this waits for the next start."));
    co_await m_hand.press(QStringLiteral("OK"));
    const auto isWritten = [this] {
        QFile file(machineFile(QStringLiteral("machine.json")));
        if (!file.open(QIODevice::ReadOnly)) {
            return false;
        }
        const QByteArray definition = file.readAll();
        return definition.contains("\"768M\"") && definition.contains("Made on the tour.");
    };
    co_await m_hand.until(isWritten, Hand::soon, QStringLiteral("The settings are not in the definition."));
}

// What lies in a folder goes to the machine that runs.
QCoro::Task<void> Tour::dropFiles()
{
    const QString iso = QStringLiteral("medium.iso");
    const QString disk = QStringLiteral("more.vhdx");
    const QString text = QStringLiteral("notes.txt");
    QFile notes(m_files.filePath(text));
    if (!QFile::link(m_places.sampleGuest, m_files.filePath(iso))
        || !createDisk({.file = m_files.filePath(disk), .size = ByteCount::mebibytes(96)})
        || !notes.open(QIODevice::WriteOnly) || notes.write("Not for a machine.\n") < 0) {
        throw StepFailed(QStringLiteral("The files to be dropped cannot be made."));
    }
    notes.close();
    constexpr QSize size(440, 280);
    const QRect screen = QGuiApplication::primaryScreen()->geometry();
    co_await m_fileManager.open(
        m_files.path(), {screen.bottomRight() - QPoint(size.width(), size.height() + 24), size});

    const FileManager::Outcome medium = co_await drop(iso);
    co_await says(QStringLiteral("medium.iso is in DVD drive 0:1."));
    held(QStringLiteral("dropped-iso"),
        QStringLiteral("An ISO dragged from a file manager onto the window lies in the empty DVD drive."));
    co_await clickConsole();
    co_await tellGuest(
        QStringLiteral("clear; mkdir /tmp/m; until mount -t iso9660 -o ro /dev/sr0 /tmp/m; do sleep 1; done; "
                       "ls /tmp/m; echo medium $((6*7)) | tee /dev/ttyS0; umount /tmp/m"));
    co_await serialSays(QStringLiteral("medium 42"), 60s);

    const FileManager::Outcome image = co_await drop(disk);
    co_await says(QStringLiteral("more.vhdx is a disk in slot 0:2."));
    co_await clickConsole();
    co_await tellGuest(QStringLiteral("clear; until [ -b /dev/sdb ]; do sleep 1; done; lsblk | tee /dev/ttyS0; "
                                      "echo disk $((6*7)) | tee /dev/ttyS0"));
    co_await serialSays(QStringLiteral("disk 42"), 60s);
    co_await consoleRests();
    held(QStringLiteral("dropped-disk"),
        QStringLiteral("A VHDX dragged onto the window is one more disk in the guest, which goes on running."));

    const FileManager::Outcome other = co_await drop(text);
    co_await says(QStringLiteral("notes.txt is neither an ISO nor a disk image"));
    if (medium != FileManager::Outcome::Dropped || image != FileManager::Outcome::Dropped
        || other != FileManager::Outcome::Refused) {
        throw StepFailed(QStringLiteral("A file was refused that should not have been, or the other way round."));
    }
    held(QStringLiteral("refused-text"),
        QStringLiteral("A text is refused while it is dragged, and the window says why."));
}

// With its DVD drive removed while it is off, the machine gets a new one while it runs.
QCoro::Task<void> Tour::dropWithoutADrive()
{
    co_await m_hand.press(QStringLiteral("Shut down"));
    co_await isOff();
    co_await selectDrive(QStringLiteral("0:1"));
    co_await m_hand.press(QStringLiteral("Remove…"));
    co_await m_hand.press(QStringLiteral("Remove the DVD drive"));
    co_await hasNoMedium();
    m_serialStart = serial().size();
    co_await m_hand.press(QStringLiteral("Start"));
    co_await serialSays(QStringLiteral("Platter sample guest ready"), boot);
    co_await drop(QStringLiteral("medium.iso"));
    co_await says(QStringLiteral("medium.iso is in a new DVD drive in slot 0:1."));
    co_await clickConsole();
    co_await tellGuest(
        QStringLiteral("clear; mkdir -p /tmp/m; until mount -t iso9660 -o ro /dev/sr0 /tmp/m; do sleep 1; "
                       "done; ls /tmp/m; echo again $((6*7)) | tee /dev/ttyS0; umount /tmp/m"));
    co_await serialSays(QStringLiteral("again 42"), 60s);
    co_await selectDrive(QStringLiteral("0:1"));
    held(QStringLiteral("drive-for-iso"),
        QStringLiteral("A running machine without a DVD drive gets one for an ISO that is dropped."));
}

QCoro::Task<void> Tour::lookAtNetworkDisk()
{
    co_await openTab(QStringLiteral("Storage"));
    co_await m_hand.press(QStringLiteral("Add a disk to controller 0"));
    co_await m_hand.until([] { return QApplication::activePopupWidget() != nullptr; }, Hand::soon,
        QStringLiteral("It is not asked where the disk is to come from."));
    co_await m_hand.key(QStringLiteral("w"));
    co_await m_hand.until([] { return QApplication::activeModalWidget() != nullptr; }, Hand::soon,
        QStringLiteral("It is not asked where on the network the disk is."));
    auto* location = co_await m_hand.find<QLineEdit>({});
    co_await m_hand.click(location);
    co_await m_hand.type(QStringLiteral("nbd://storage.example/data"));
    co_await m_hand.find<QAbstractButton>(QStringLiteral("Add the disk"));
    held(QStringLiteral("network-disk"),
        QStringLiteral("A disk on the network is named by its location; what is typed is one that can be added."));
    co_await m_hand.press(QStringLiteral("Cancel"));
    const auto isAlone = [] { return !QApplication::activeModalWidget() && QApplication::activeWindow(); };
    co_await m_hand.until(isAlone, Hand::soon, QStringLiteral("Adding a disk is not cancelled."));
}

QCoro::Task<void> Tour::migrateAnOldDisk()
{
    const QString old = m_files.filePath(QStringLiteral("old.raw"));
    const QString copy = m_files.filePath(QStringLiteral("old-uefi.vhdx"));
    if (!makeBiosDisk(old)) {
        throw StepFailed(QStringLiteral("The disk to be migrated cannot be made."));
    }
    co_await m_hand.key(QStringLiteral("ctrl+e"));
    auto* file = co_await m_hand.find<QLineEdit>(QStringLiteral("Disk image"));
    co_await m_hand.click(file);
    co_await m_hand.type(old);
    co_await m_hand.until([file, old] { return file->text() == old; }, Hand::soon,
        QStringLiteral("The disk's name does not arrive in its field."));
    co_await m_hand.press(QStringLiteral("Next"));
    co_await m_hand.press(QStringLiteral("Migrate to UEFI"));
    co_await m_hand.press(QStringLiteral("Next"));
    auto* target = co_await m_hand.find<QLineEdit>(QStringLiteral("New image"));
    co_await m_hand.until([target, copy] { return target->text() == copy; }, Hand::soon,
        QStringLiteral("No name for the copy is proposed."));
    co_await m_hand.press(QStringLiteral("Next"));
    auto* plan = co_await m_hand.find<QPlainTextEdit>(QStringLiteral("What will happen"));
    co_await m_hand.until(
        [plan] { return plan->toPlainText().contains(QLatin1String("an EFI system partition of 264 MiB")); },
        Hand::soon, QStringLiteral("The plan does not say what the copy will have."));
    held(QStringLiteral("migrate-plan"),
        QStringLiteral("A disk that starts with BIOS: the plan says what its copy for UEFI will have."));
    co_await m_hand.press(QStringLiteral("Migrate old.raw"));
    co_await says(QStringLiteral("It starts with UEFI"));
    co_await m_hand.find<DiskPicture>({}); // read back from the file
    held(QStringLiteral("migrate-result"), QStringLiteral("The copy is there, and starts with UEFI."));
    const QPointer<QWidget> wizard = plan->window();
    co_await m_hand.key(QStringLiteral("Escape")); // the message behind it has a button to close, too
    co_await m_hand.until([wizard] { return !wizard || !wizard->isVisible(); }, Hand::soon,
        QStringLiteral("Edit Disk does not close."));
}

QCoro::Task<void> Tour::shutDown()
{
    co_await m_hand.press(QStringLiteral("Shut down"));
    co_await isOff();
    held(QStringLiteral("end"), QStringLiteral("The machine is off, and its QEMU is gone."));
}

QCoro::Task<void> Tour::hasNoMedium()
{
    const auto isGone = [this] {
        QFile file(machineFile(QStringLiteral("machine.json")));
        return file.open(QIODevice::ReadOnly) && !file.readAll().contains(".iso");
    };
    co_await m_hand.until(isGone, Hand::soon, QStringLiteral("The ISO is still in the machine's definition."));
}

QCoro::Task<void> Tour::openTab(QString name)
{
    QTabBar* bar = nullptr;
    int index = -1;
    const auto search = [&] {
        for (QWidget* widget : QApplication::allWidgets()) {
            auto* candidate = qobject_cast<QTabBar*>(widget);
            for (int i = 0; candidate && candidate->isVisible() && i < candidate->count(); ++i) {
                if (candidate->tabText(i).remove(QLatin1Char('&')) == name) {
                    bar = candidate;
                    index = i;
                    return true;
                }
            }
        }
        return false;
    };
    co_await m_hand.until(search, Hand::soon, QStringLiteral("There is no tab “%1”.").arg(name));
    co_await m_hand.clickAt(bar->mapToGlobal(bar->tabRect(index).center()));
    co_await m_hand.until([&] { return bar->currentIndex() == index; }, Hand::soon,
        QStringLiteral("The tab “%1” does not come to the front.").arg(name));
}

QCoro::Task<void> Tour::selectDrive(QString slot)
{
    co_await openTab(QStringLiteral("Storage"));
    auto* drives = co_await m_hand.find<StorageView>(QStringLiteral("Drives"));
    const QModelIndexList found =
        drives->model()->match(drives->model()->index(0, 0), StorageModel::SlotRole, slot, 1, Qt::MatchExactly);
    if (found.isEmpty()) {
        throw StepFailed(QStringLiteral("The storage pane shows no drive %1.").arg(slot));
    }
    drives->scrollTo(found.first());
    co_await m_hand.clickAt(drives->viewport()->mapToGlobal(drives->visualRect(found.first()).center()));
}

QCoro::Task<void> Tour::tellGuest(QString line)
{
    co_await m_hand.type(line);
    co_await m_hand.key(QStringLiteral("Return"));
}

QCoro::Task<void> Tour::says(QString text)
{
    const auto isShown = [text] {
        return std::ranges::any_of(QApplication::allWidgets(), [&](const QWidget* widget) {
            const auto* label = qobject_cast<const QLabel*>(widget);
            return label && label->isVisible() && label->text().contains(text);
        });
    };
    co_await m_hand.until(isShown, 120s, QStringLiteral("The window does not say “%1”.").arg(text));
}

QCoro::Task<void> Tour::clickConsole()
{
    co_await openTab(QStringLiteral("Console"));
    auto* console = co_await m_hand.find<ScreenView>({});
    co_await m_hand.clickAt(console->mapToGlobal(console->rect().center() + QPoint(0, 40)));
}

QCoro::Task<void> Tour::serialSays(QString text, std::chrono::seconds patience)
{
    co_await m_hand.until([this, text] { return serial().sliced(m_serialStart).contains(text); }, patience,
        QStringLiteral("The serial log does not say “%1”.").arg(text));
}

QCoro::Task<void> Tour::consoleRests()
{
    constexpr int enough = 40; // looks, one every 50 ms
    auto* console = co_await m_hand.find<ScreenView>({});
    QImage now;
    QImage before; // with or without the cursor
    int looks = 0;
    const auto rests = [&] {
        const QImage look = console->grab().toImage();
        if (look != now && look != before) {
            looks = before.isNull() ? looks : 0;
            before = std::exchange(now, look);
        }
        return ++looks >= enough;
    };
    co_await m_hand.until(rests, 60s, QStringLiteral("The console does not come to rest."));
}

QCoro::Task<void> Tour::isOff()
{
    // The Start button can be used again exactly when the machine is off.
    co_await m_hand.until(
        [] {
            for (QWidget* widget : QApplication::allWidgets()) {
                auto* button = qobject_cast<QAbstractButton*>(widget);
                if (button && button->isVisible() && button->isEnabled()
                    && button->text().remove(QLatin1Char('&')) == QLatin1String("Start")) {
                    return true;
                }
            }
            return false;
        },
        120s, QStringLiteral("The machine does not shut down."));
}

QString Tour::serial() const
{
    QFile file(machineFile(QStringLiteral("log/serial.log")));
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll()) : QString();
}

QString Tour::machineFile(const QString& name) const
{
    return m_machine + QLatin1Char('/') + name;
}

} // namespace platter::tour
