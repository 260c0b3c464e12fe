// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_list_model.h"
#include "window_stage.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QSignalSpy>

using namespace platter;

class MachineListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void keepsTheRowsThatStay()
    {
        WindowStage stage;
        for (const char* name : {"b", "d", "f"}) {
            stage.addMachine(QLatin1String(name));
        }
        stage.window();
        MachineListModel model(stage.library());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QPersistentModelIndex d(model.index(1));
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);

        stage.addMachine(QStringLiteral("a"));
        stage.addMachine(QStringLiteral("e"));
        QCOMPARE(names(model), QStringLiteral("abdef"));
        QCOMPARE(d.data().toString(), QStringLiteral("d"));
        QVERIFY(QDir(stage.places().machines + QStringLiteral("/b")).removeRecursively());
        QVERIFY(QDir(stage.places().machines + QStringLiteral("/f")).removeRecursively());
        stage.addBrokenMachine(QStringLiteral("c"));
        for (const char* name : {"b", "f"}) {
            stage.library().forget(QLatin1String(name));
        }
        QCOMPARE(names(model), QStringLiteral("acde"));
        QCOMPARE(d.row(), 2);
        QCOMPARE(resets.count(), 0);
        QVERIFY(model.index(1).data(MachineListModel::IsBrokenRole).toBool());
        QVERIFY(!model.index(1).data(MachineListModel::IsUpRole).toBool());
        // All of them at once.
        for (const char* name : {"a", "c", "d", "e"}) {
            QVERIFY(QDir(stage.places().machines + QLatin1Char('/') + QLatin1String(name)).removeRecursively());
        }
        stage.addMachine(QStringLiteral("z"));
        for (const char* name : {"a", "c", "d", "e"}) {
            stage.library().forget(QLatin1String(name));
        }
        QCOMPARE(names(model), QStringLiteral("z"));
        QVERIFY(!d.isValid());
    }

    void aMachineThatComesBackIsTheNewOne()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("a"));
        stage.window();
        MachineListModel model(stage.library());
        const MachineSession* before = model.entry(0).session;
        QVERIFY(QDir(stage.places().machines + QStringLiteral("/a")).removeRecursively());
        stage.addMachine(QStringLiteral("a"));
        QCOMPARE(names(model), QStringLiteral("a"));
        QVERIFY(model.entry(0).session != before);
    }

    void keepsThumbnailsByName()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("a"));
        stage.addMachine(QStringLiteral("b"));
        stage.window();
        MachineListModel model(stage.library());
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        QImage image(8, 5, QImage::Format_RGB32);
        image.fill(Qt::red);
        model.setThumbnail(QStringLiteral("b"), image);
        QCOMPARE(changes.count(), 1);
        QCOMPARE(model.index(1).data(MachineListModel::ThumbnailRole).value<QImage>(), image);
        QVERIFY(model.index(0).data(MachineListModel::ThumbnailRole).value<QImage>().isNull());
        model.setThumbnail(QStringLiteral("absent"), image);
        QCOMPARE(changes.count(), 1);
    }

private:
    static QString names(const MachineListModel& model)
    {
        QString all;
        for (int row = 0; row < model.rowCount(); ++row) {
            all += model.index(row).data().toString();
        }
        return all;
    }
};

QTEST_MAIN(MachineListModelTest)
#include "machine_list_model_test.moc"
