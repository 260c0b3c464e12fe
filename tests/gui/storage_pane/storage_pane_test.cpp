// SPDX-License-Identifier: GPL-3.0-or-later
// The pane on real images: its figures are those of the tools that people use, and follow what others do.
#include "storage_stage.h"
#include "tests/gui/accessible_names.h"
#include "tests/unit/disk/run_tool.h"

#include <QDrag>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSplitter>
#include <QTest>
#include <QUrl>

using namespace platter;

using Kind = StorageRow::Kind;

namespace {

QJsonObject jsonOf(const QString& program, const QStringList& arguments)
{
    const ToolRun run = runTool(program, arguments);
    if (!run.isGood) {
        qFatal("%s", qPrintable(run.output));
    }
    return QJsonDocument::fromJson(run.output.toUtf8()).object();
}

std::vector<DiskRange> partitionsIn(const DriveCard& card)
{
    std::vector<DiskRange> ranges;
    for (const DiskSegment& segment : card.segments) {
        if (segment.kind != DiskSegment::Kind::Free) {
            ranges.push_back(segment.range);
        }
    }
    return ranges;
}

// Whether the widget takes what is dropped at AT.
bool drop(QWidget* target, const QPoint& at, const QStringList& files)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& file : files) {
        urls << QUrl::fromLocalFile(file);
    }
    data.setUrls(urls);
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(target, &enter);
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(target, &move);
    if (!move.isAccepted()) {
        QDragLeaveEvent leave;
        QCoreApplication::sendEvent(target, &leave);
        return false;
    }
    QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, {});
    QCoreApplication::sendEvent(target, &dropped);
    return dropped.isAccepted();
}

constexpr int soon = 1000; // what the pane promises for changes by others

} // namespace

class StoragePaneTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void showsTheFiguresOfOtherTools_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<DiskFormat>("format");
        QTest::newRow("raw") << QStringLiteral("system.raw") << DiskFormat::Raw;
        QTest::newRow("qcow2") << QStringLiteral("system.qcow2") << DiskFormat::Qcow2;
        QTest::newRow("VHDX") << QStringLiteral("system.vhdx") << DiskFormat::Vhdx;
    }

    void showsTheFiguresOfOtherTools()
    {
        QFETCH(QString, name);
        QFETCH(DiskFormat, format);
        StorageStage stage;
        const QString image = stage.makeDisk(name);
        stage.show({{{0, 0}, DiskDrive{image, format}}});
        QTRY_VERIFY_WITH_TIMEOUT(stage.card({0, 0}) != nullptr && !stage.card({0, 0})->segments.empty(), 20000);
        const DriveCard& card = *stage.card({0, 0});
        const QJsonObject info = jsonOf(QStringLiteral("qemu-img"),
            {QStringLiteral("info"), QStringLiteral("--output=json"), QStringLiteral("-f"), nameOf(format), image});
        const auto size = [&](const char* key) {
            return ByteCount(std::uint64_t(info[QLatin1String(key)].toInteger())).toString();
        };
        QCOMPARE(card.facts,
            QStringLiteral("%1 · %2 · %3 on host")
                .arg(displayName(format), size("virtual-size"), size("actual-size")));

        const QString raw = format == DiskFormat::Raw ? image : image + QStringLiteral(".tmp");
        const QJsonObject table =
            jsonOf(QStringLiteral("sfdisk"), {QStringLiteral("--json"), raw})[QLatin1String("partitiontable")]
                .toObject();
        std::vector<DiskRange> expected;
        const QJsonArray partitions = table[QLatin1String("partitions")].toArray();
        for (const QJsonValue& partition : partitions) {
            expected.push_back({std::uint64_t(partition[QLatin1String("start")].toInteger()) * 512,
                std::uint64_t(partition[QLatin1String("size")].toInteger()) * 512});
        }
        QCOMPARE(expected.size(), std::size_t(3));
        QCOMPARE(partitionsIn(card), expected);
        QCOMPARE(card.segments[0].kind, DiskSegment::Kind::EfiSystem);
        QCOMPARE(card.segments[1].name, QStringLiteral("system"));
        QCOMPARE(card.segments[1].content, QStringLiteral("ext4"));
        QVERIFY(stage.details().contains(QLatin1String("No machine starts from it")));
        QVERIFY(stage.details().contains(table[QLatin1String("id")].toString()));
    }

    void followsWhatPlatterctlDoes()
    {
        StorageStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.vhdx"));
        stage.show({{{0, 0}, DiskDrive{image, DiskFormat::Vhdx}}});
        QTRY_VERIFY_WITH_TIMEOUT(!stage.card({0, 0})->segments.empty(), 20000);
        const ToolRun run = runTool(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
            {QStringLiteral("disk"), QStringLiteral("expand"), image, QStringLiteral("5G")});
        QVERIFY2(run.isGood, qPrintable(run.output));
        QElapsedTimer since;
        since.start();
        const auto free = [&] { return stage.card({0, 0})->segments.back().range; };
        QTRY_COMPARE_WITH_TIMEOUT(free().end(), std::uint64_t(5) << 30, soon);
        QVERIFY(stage.card({0, 0})->facts.contains(QLatin1String("5 GiB")));
        QVERIFY2(since.elapsed() <= soon, qPrintable(QString::number(since.elapsed())));
        QVERIFY(stage.details().contains(QLatin1String("5 GiB (5,368,709,120 bytes)")));
    }

    void followsWhatComesAndGoes()
    {
        StorageStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.raw"));
        stage.show({{{0, 0}, DiskDrive{image, DiskFormat::Raw}}});
        QTRY_VERIFY_WITH_TIMEOUT(!stage.card({0, 0})->segments.empty(), 20000);
        QVERIFY(QFile::rename(image, image + QStringLiteral(".away")));
        QTRY_VERIFY_WITH_TIMEOUT(stage.card({0, 0})->isFaulty, soon);
        QCOMPARE(stage.card({0, 0})->facts, QStringLiteral("raw · missing"));
        QVERIFY(stage.card({0, 0})->note.contains(image));
        QVERIFY(stage.details().contains(stage.card({0, 0})->note));
        QVERIFY(QFile::rename(image + QStringLiteral(".away"), image));
        QTRY_VERIFY_WITH_TIMEOUT(!stage.card({0, 0})->isFaulty && !stage.card({0, 0})->segments.empty(), soon);

        QElapsedTimer since;
        since.start();
        stage.change([&](Definition& definition) { definition.drives.push_back({{0, 9}, DvdDrive{}}); });
        QTRY_VERIFY_WITH_TIMEOUT(stage.card({0, 9}) != nullptr, soon);
        QCOMPARE(stage.card({0, 9})->title, QStringLiteral("No medium"));
        QVERIFY(since.elapsed() <= soon);
    }

    // What a guest has written into a raw disk does not make it another kind of image.
    void takesARawDiskForWhatItIs()
    {
        StorageStage stage;
        const QString image = stage.file(QStringLiteral("odd.raw"));
        QVERIFY(runTool(QStringLiteral("qemu-img"),
            {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), QStringLiteral("qcow2"), image,
                QStringLiteral("7G")})
                .isGood);
        stage.show({{{0, 0}, DiskDrive{image, DiskFormat::Raw}}});
        QTRY_VERIFY_WITH_TIMEOUT(!stage.card({0, 0})->segments.empty(), 20000);
        QVERIFY2(
            !stage.card({0, 0})->facts.contains(QLatin1String("7 GiB")), qPrintable(stage.card({0, 0})->facts));
    }

    void worksByKeyboard()
    {
        StorageStage stage;
        stage.show({{{0, 0}, DvdDrive{}}, {{0, 3}, DvdDrive{stage.file(QStringLiteral("debian.iso"))}}}, 2);
        StorageModel* model = stage.model();
        StorageView* view = stage.view();
        view->setFocus();
        QCOMPARE(view->currentIndex(), model->indexOfDrive({0, 0})); // the first drive
        stage.press(Qt::Key_Down);
        QCOMPARE(view->currentIndex(), model->indexOfDrive({0, 3}));
        QVERIFY(stage.details().contains(QLatin1String("debian.iso")));
        stage.press(Qt::Key_Down);
        QCOMPARE(model->rowAt(view->currentIndex()).kind, Kind::EmptySlots);
        QVERIFY(stage.details().contains(QLatin1String("SCSI controller 0")));
        const int folded = model->rowCount();
        stage.press(Qt::Key_Return);
        QCOMPARE(model->rowCount(), folded + 62);
        stage.press(Qt::Key_Right);
        QCOMPARE(model->rowAt(view->currentIndex()), (StorageRow{Kind::Slot, 0, 1}));
        QVERIFY(stage.details().contains(QLatin1String("Slot 0:1")));
        const QRect first = view->visualRect(view->currentIndex());
        stage.press(Qt::Key_Right);
        QCOMPARE(model->rowAt(view->currentIndex()), (StorageRow{Kind::Slot, 0, 2}));
        QCOMPARE(view->visualRect(view->currentIndex()).top(), first.top()); // beside it
        stage.press(Qt::Key_Home);
        QCOMPARE(model->rowAt(view->currentIndex()).kind, Kind::Controller);
        QVERIFY(!stage.window().find<QPushButton>("removeDrive")->isEnabled());
        view->setCurrentIndex(model->indexOf({Kind::EmptySlots, 0}));
        stage.press(Qt::Key_Space);
        QCOMPARE(model->rowCount(), folded);
        // The mouse does the same.
        QTest::mouseClick(
            view->viewport(), Qt::LeftButton, {}, view->visualRect(model->indexOf({Kind::EmptySlots, 1})).center());
        QCOMPARE(model->rowCount(), folded + 64);
    }

    void rowsFitTheView()
    {
        StorageStage stage;
        stage.show({{{0, 0}, DvdDrive{}}, {{0, 1}, DvdDrive{}}, {{0, 2}, DvdDrive{}}});
        StorageView* view = stage.view();
        for (const int width : {700, 900, 1300}) {
            stage.window().window().resize(width, 600);
            QTRY_COMPARE(view->visualRect(stage.model()->indexOfDrive({0, 1})).left(), 0);
            const QRect one = view->visualRect(stage.model()->indexOfDrive({0, 1}));
            const QRect two = view->visualRect(stage.model()->indexOfDrive({0, 2}));
            QCOMPARE(two.left(), 0);
            QCOMPARE(two.top(), one.bottom() + 1);
            QVERIFY(one.right() <= view->viewport()->width());
            QVERIFY(one.width() > view->viewport()->width() - 40);
        }
    }

    void isSpoken()
    {
        StorageStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.raw"));
        stage.show({{{0, 0}, DiskDrive{image, DiskFormat::Raw}}, {{0, 1}, DvdDrive{}}});
        stage.view()->setAdding(true);
        QCOMPARE(controlsWithoutName(&stage.window().window()), QStringList());
        const auto spoken = [&](const QModelIndex& index) { return index.data(Qt::AccessibleTextRole).toString(); };
        QTRY_VERIFY_WITH_TIMEOUT(
            spoken(stage.model()->indexOfDrive({0, 0})).contains(QLatin1String("system, ext4, 900 MiB")), 20000);
        for (int row = 0; row < stage.model()->rowCount(); ++row) {
            QVERIFY(!spoken(stage.model()->index(row)).isEmpty());
        }
        stage.view()->setFocus();
        QCOMPARE(controlsBeyondTab(stage.view()->parentWidget()), QStringList());
    }

    void keepsSelectionAndPlace()
    {
        StorageStage stage;
        std::vector<Drive> drives;
        for (int target = 0; target < 40; ++target) {
            drives.push_back({{0, target}, DvdDrive{}});
        }
        stage.show(drives);
        StorageView* view = stage.view();
        stage.select({0, 30});
        QTRY_VERIFY(view->verticalScrollBar()->value() > 0);
        const int place = view->visualRect(view->currentIndex()).top();
        stage.change([](Definition& definition) { definition.drives.push_back({{0, 50}, DvdDrive{}}); });
        QTRY_VERIFY(stage.card({0, 50}) != nullptr);
        QCOMPARE(view->currentIndex(), stage.model()->indexOfDrive({0, 30}));
        QCOMPARE(view->visualRect(view->currentIndex()).top(), place);
    }

    void takesWhatItsRulesAllow()
    {
        StorageStage stage;
        stage.show({{{0, 0}, DvdDrive{}}}, 2);
        StorageView* view = stage.view();
        QSignalSpy dropped(view, &StorageView::filesDropped);
        // What the window itself would not take.
        const QString file = stage.file(QStringLiteral("settings.ini"));
        const auto at = [&](const StorageRow& row) {
            return view->visualRect(stage.model()->indexOf(row)).center();
        };
        view->setFileRule({});
        QVERIFY(!drop(view->viewport(), at({Kind::Drive, 0, 0}), {file}));
        view->setFileRule([&](const QStringList& files, std::optional<SlotId> slot) {
            return files == QStringList{file} && slot != SlotId{1, 0};
        });
        QVERIFY(drop(view->viewport(), at({Kind::Drive, 0, 0}), {file}));
        QVERIFY(drop(view->viewport(), at({Kind::EmptySlots, 0}), {file}));
        QVERIFY(!drop(view->viewport(), at({Kind::EmptySlots, 1}), {file}));
        QVERIFY(!drop(view->viewport(), at({Kind::Drive, 0, 0}), {stage.file(QStringLiteral("other.ini"))}));
        QVERIFY(drop(view->viewport(), QPoint(20, view->viewport()->height() - 4), {file}));
        QCOMPARE(dropped.size(), 3);
        QCOMPARE(dropped[0][0].toStringList(), QStringList{file});
        QCOMPARE(dropped[0][1].value<std::optional<SlotId>>(), std::optional(SlotId{0, 0}));
        QCOMPARE(dropped[1][1].value<std::optional<SlotId>>(), std::optional(SlotId{0, 1}));
        QCOMPARE(dropped[2][1].value<std::optional<SlotId>>(), std::nullopt);
    }

    // An image that has been moved is found again, and one of another machine is named.
    void leadsOutOfTrouble()
    {
        StorageStage stage;
        const QString file = stage.makeDisk(QStringLiteral("a.raw"));
        const DiskDrive disk{file, DiskFormat::Raw};
        stage.show({{{0, 0}, disk}});
        stage.select({0, 0});
        auto* notice = stage.window().find<QWidget>("diskTrouble");
        const auto says = [&](const char* text) {
            return notice->isVisible()
                && notice->findChild<QLabel*>(QStringLiteral("diskTroubleText"))
                       ->text()
                       .contains(QString::fromUtf8(text));
        };
        QTRY_VERIFY(stage.card({0, 0}) != nullptr && !stage.card({0, 0})->segments.empty());
        QVERIFY(!notice->isVisible());
        const QString moved = stage.file(QStringLiteral("moved.raw"));
        QVERIFY(QFile::rename(file, moved));
        QTRY_VERIFY(says("is not there"));
        stage.window().picture(QStringLiteral("missing"));
        stage.window().click(notice->findChild<QPushButton*>(QStringLiteral("locateImage")));
        auto* dialog = stage.window().find<QFileDialog>("chooseImage");
        dialog->selectFile(moved);
        QMetaObject::invokeMethod(dialog, "accept");
        QTRY_VERIFY(!notice->isVisible());
        QTRY_COMPARE(stage.card({0, 0})->title, QStringLiteral("moved.raw"));

        Definition other = stage.window().definition();
        other.drives.clear();
        other.bootOrder.clear();
        stage.window().addMachine(QStringLiteral("other"), other);
        const auto shared = stage.window().library().store().update(
            QStringLiteral("other"), [&](Definition& definition) -> Result<void> {
                definition.drives = {{{0, 5}, DiskDrive{moved, DiskFormat::Raw}}};
                return {};
            });
        QVERIFY(shared);
        stage.window().library().reload();
        stage.change([](Definition& definition) { definition.notes = QStringLiteral("changed"); });
        QTRY_VERIFY(says("disk 0:5 of “other”"));
        stage.window().click(notice->findChild<QPushButton*>(QStringLiteral("attachReadOnly")));
        const auto isReadOnly = [&] {
            const Drive* drive =
                stage.window().library().find(QStringLiteral("m"))->machine().definition.driveAt({0, 0});
            return std::get<DiskDrive>(drive->what).isReadOnly;
        };
        QTRY_VERIFY(isReadOnly());
    }

    void offersToAdd()
    {
        StorageStage stage;
        stage.show({{{0, 0}, DvdDrive{}}}, 2);
        StorageView* view = stage.view();
        view->disconnect(SIGNAL(addDiskRequested(int))); // no dialog
        QSignalSpy disk(view, &StorageView::addDiskRequested);
        QSignalSpy dvd(view, &StorageView::addDvdRequested);
        QSignalSpy controller(view, &StorageView::addControllerRequested);
        const auto buttons = [&](const char* name) {
            return view->findChildren<QPushButton*>(QString::fromLatin1(name));
        };
        QCOMPARE(buttons("addDisk").size(), 2);
        stage.window().click(buttons("addDisk").at(1));
        QCOMPARE(disk, QList<QVariantList>{{1}});
        stage.window().click(buttons("addDvd").at(0));
        QCOMPARE(dvd, QList<QVariantList>{{0}});
        QTRY_VERIFY(stage.card({0, 1}) != nullptr); // a DVD drive
        stage.window().click(buttons("addController").at(0));
        QCOMPARE(controller.size(), 1);
        QTRY_COMPARE(buttons("addDisk").size(), 3);
        // The last, which is empty, can go again.
        QCOMPARE(buttons("removeController").size(), 1);
        stage.window().click(buttons("removeController").at(0));
        QTRY_COMPARE(buttons("addDisk").size(), 2);
        stage.window().click(buttons("addController").at(0));
        QTRY_COMPARE(buttons("addDisk").size(), 3);
        // They are there again after the rows have changed.
        stage.change([](Definition& definition) { definition.drives.push_back({{1, 2}, DvdDrive{}}); });
        QTRY_VERIFY(stage.card({1, 2}) != nullptr);
        QTRY_COMPARE(buttons("addDisk").size(), 3);
    }

    void remembersHowItWasLeft()
    {
        StorageStage stage;
        stage.show({{{0, 0}, DvdDrive{}}});
        auto* splitter = stage.window().find<QSplitter>("storageSplitter");
        const int least = splitter->sizes().at(1);
        splitter->setSizes({splitter->width() - least - 61, least + 60});
        Q_EMIT splitter->splitterMoved(splitter->sizes().at(0), 1);
        const int width = splitter->sizes().at(1);
        stage.window().closeWindow();
        QTRY_COMPARE(stage.window().find<QSplitter>("storageSplitter")->sizes().at(1), width);
    }
};

QTEST_MAIN(StoragePaneTest)
#include "storage_pane_test.moc"
