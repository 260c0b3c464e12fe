// SPDX-License-Identifier: GPL-3.0-or-later
// Files dragged from a real file manager onto the real window with the real mouse, while the sample guest runs:
// what comes of it in the guest.
#include "app/platter/application.h"
#include "app/tour/file_manager.h"
#include "app/tour/stage.h"
#include "core/disk/operations/create_disk.h"
#include "tests/guest/serial_console.h"
#include "ui/storage_pane/storage_view.h"

#include <QApplication>
#include <QLabel>
#include <QSettings>
#include <QTabWidget>
#include <QTest>

using namespace platter;
using tour::FileManager;

namespace {

constexpr SlotId dvdSlot{0, 0};
constexpr int patience = 60'000; // milliseconds
const QString machine = QStringLiteral("box");
const QString dropped = QStringLiteral("dropped");
const QString refused = QStringLiteral("refused");

bool makeIso(const QString& file, const QString& content)
{
    const QTemporaryDir tree;
    QFile inside(tree.filePath(QStringLiteral("greeting")));
    if (!inside.open(QIODevice::WriteOnly) || inside.write(content.toUtf8()) < 0) {
        return false;
    }
    inside.close();
    return QProcess::execute(QStringLiteral("xorriso"),
               {QStringLiteral("-report_about"), QStringLiteral("FATAL"), QStringLiteral("-as"),
                   QStringLiteral("mkisofs"), QStringLiteral("-o"), file, tree.path()})
        == 0;
}

} // namespace

class FileManagerTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_files;
    std::unique_ptr<Places> m_places;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<Application> m_platter;
    SerialConsole serial;
    tour::Hand m_hand;
    std::unique_ptr<FileManager> m_manager;

    MachineSession& session() { return *m_platter->library().find(machine); }

    const std::vector<Drive>& drives() { return session().drives().list(); }

    // On the middle of the window: what came of it, or why it did not come to an end.
    QString drag(const QString& file)
    {
        try {
            const MainWindow& window = m_platter->window();
            const FileManager::Outcome outcome =
                QCoro::waitFor(m_manager->drag(file, window.mapToGlobal(window.rect().center())));
            return outcome == FileManager::Outcome::Dropped ? dropped : refused;
        } catch (const tour::StepFailed& failure) {
            tour::Hand::picture().save(QStringLiteral(PLATTER_BINARY_DIR "/file_manager_test.png"));
            QCoro::waitFor(m_hand.letGo());
            return QString::fromUtf8(failure.what());
        }
    }

    bool says(const QString& text)
    {
        const auto labels = m_platter->window().findChildren<QLabel*>();
        return std::ranges::any_of(
            labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(text); });
    }

private Q_SLOTS:

    // The sample guest from its ISO, which then leaves the drive empty, and a folder beside the window.
    void initTestCase()
    {
        QVERIFY(makeIso(m_files.filePath(QStringLiteral("a medium.iso")), QStringLiteral("from the medium\n")));
        QVERIFY(
            createDisk({.file = m_files.filePath(QStringLiteral("data.vhdx")), .size = ByteCount::mebibytes(96)}));
        QFile note(m_files.filePath(QStringLiteral("note.txt")));
        QVERIFY(note.open(QIODevice::WriteOnly) && note.write("a note\n") > 0);
        note.close();

        const Result<Places> places = Places::ofUser();
        QVERIFY(places);
        m_places = std::make_unique<Places>(*places);
        Definition definition{.id = MachineId::random()};
        definition.memory = ByteCount::mebibytes(512);
        definition.cpus = 1;
        definition.accelerator = AcceleratorChoice::SoftwareEmulation;
        definition.drives = {
            {dvdSlot, DvdDrive{QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso")}}};
        definition.bootOrder = {dvdSlot};
        QVERIFY(QDir().mkpath(places->machines));
        QVERIFY(MachineStore(places->machines)
                .create(
                    machine, definition, std::nullopt, [](Definition&, const QString&) { return Result<void>(); }));
        m_settings = std::make_unique<QSettings>();
        m_platter = std::make_unique<Application>(*places, *m_settings);
        m_platter->open({});
        QVERIFY(QTest::qWaitForWindowActive(&m_platter->window()));
        QTRY_VERIFY(m_platter->library().find(machine) != nullptr);
        m_platter->window().start(machine);
        QVERIFY(serial.open(RuntimeFolder::of(places->runtime, definition.id).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qUtf8Printable(serial.transcript()));
        RUNS("mkdir /tmp/m");
        QVERIFY(QCoro::waitFor(session().setMedium(dvdSlot, {})));

        m_manager = std::make_unique<FileManager>(m_hand);
        const QRect screen = QGuiApplication::primaryScreen()->geometry();
        constexpr QSize size(440, 280);
        const QRect corner(screen.bottomRight() - QPoint(size.width(), size.height() + 24), size);
        try {
            QCoro::waitFor(m_manager->open(m_files.path(), corner));
        } catch (const tour::StepFailed& failure) {
            QFAIL(failure.what());
        }
    }

    void isoGoesIntoTheEmptyDrive()
    {
        QCOMPARE(drag(QStringLiteral("a medium.iso")), dropped);
        const Drive expected{dvdSlot, DvdDrive{m_files.filePath(QStringLiteral("a medium.iso"))}};
        QTRY_COMPARE_WITH_TIMEOUT(drives(), std::vector{expected}, patience);
        RUNS("mount -t iso9660 -o ro /dev/sr0 /tmp/m && grep -q 'from the medium' /tmp/m/greeting");
        RUNS("umount /tmp/m");
        QTRY_VERIFY(says(QStringLiteral("a medium.iso is in DVD drive 0:0.")));
    }

    void isoBringsADrive()
    {
        QVERIFY(QCoro::waitFor(session().drives().remove(dvdSlot, RemovalWay::Safely)));
        QTRY_VERIFY_WITH_TIMEOUT(drives().empty(), patience);
        RUNS("! ls /dev/sr*");
        QCOMPARE(drag(QStringLiteral("a medium.iso")), dropped);
        QTRY_COMPARE_WITH_TIMEOUT(drives().size(), std::size_t(1), patience);
        RUNS("while ! [ -b /dev/sr? ]; do sleep 0.1; done; mount -t iso9660 -o ro /dev/sr? /tmp/m && "
             "grep -q 'from the medium' /tmp/m/greeting && umount /tmp/m");
    }

    void imageBecomesADisk()
    {
        QCOMPARE(drag(QStringLiteral("data.vhdx")), dropped);
        const Drive expected{{0, 1}, DiskDrive{m_files.filePath(QStringLiteral("data.vhdx")), DiskFormat::Vhdx}};
        QTRY_VERIFY_WITH_TIMEOUT(drives().size() == 2 && drives().back() == expected, patience);
        RUNS("while ! [ -b /dev/sda ]; do sleep 0.1; done; [ $(blockdev --getsize64 /dev/sda) = $((96 << 20)) ]");
    }

    // Within the pane, by the same mouse: a disk stays where it is while the machine runs, a DVD drive does not.
    void drivesAreDraggedToOtherSlots()
    {
        m_platter->window().findChild<QTabWidget*>(QStringLiteral("machineTabs"))->setCurrentIndex(1);
        auto* view = m_platter->window().findChild<StorageView*>(QStringLiteral("driveList"));
        const auto* model = static_cast<const StorageModel*>(view->model());
        const auto middle = [&](const StorageRow& row) {
            const QModelIndex index = model->indexOf(row);
            view->scrollTo(index);
            return view->viewport()->mapToGlobal(view->visualRect(index).center());
        };
        const std::vector<Drive> before = drives();
        QCOMPARE(before.size(), std::size_t(2));
        for (const int target : {1, 0}) {
            const QPoint from = middle({StorageRow::Kind::Drive, 0, target});
            const QPoint to = middle({StorageRow::Kind::EmptySlots, 0});
            QCoro::waitFor(m_hand.drag(from, to));
        }
        std::vector<Drive> expected{before.back(), {{0, 2}, before.front().what}};
        QTRY_COMPARE_WITH_TIMEOUT(drives(), expected, patience);
        QCOMPARE(session().machine().definition.drives, expected);
        RUNS("while ! [ -b /dev/sr? ]; do sleep 0.1; done");
    }

    void anythingElseIsRefused()
    {
        const std::vector<Drive> before = drives();
        QCOMPARE(drag(QStringLiteral("note.txt")), refused);
        QVERIFY(says(QStringLiteral("note.txt is neither an ISO nor a disk image")));
        QCOMPARE(drives(), before);
        QCOMPARE(session().machine().definition.drives, before);
    }

    void cleanupTestCase()
    {
        m_manager.reset();
        if (m_platter && m_platter->library().find(machine) != nullptr) {
            QVERIFY(QCoro::waitFor(session().powerOff()));
        }
        m_platter.reset();
    }
};

int main(int argc, char** argv)
{
    Application::introduce();
    const auto stage = tour::Stage::build();
    if (!stage) {
        qFatal("%s", qUtf8Printable(stage.error().text()));
    }
    QApplication application(argc, argv);
    FileManagerTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "file_manager_test.moc"
