// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window in every state.
#include "window_stage.h"

#include <QApplication>
#include <QLineEdit>
#include <QStyleFactory>
#include <QTabWidget>
#include <QToolButton>

using namespace platter;

class MainWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:

    void pictures()
    {
        {
            WindowStage stage;
            stage.window();
            stage.picture(QStringLiteral("empty"));
            stage.window().resize(900, 600);
            stage.picture(QStringLiteral("empty-small"));
        }
        {
            WindowStage stage;
            stage.addMachine(QStringLiteral("debian-13"));
            stage.addMachine(QStringLiteral("win11"));
            stage.addBrokenMachine(QStringLiteral("broken one"));
            stage.addMachine(QStringLiteral("A machine with a very long name that nobody would ever want to read "
                                            "in full, but somebody made it"));
            stage.window();
            stage.clickRow(2);
            stage.picture(QStringLiteral("off"));
            stage.clickRow(0);
            stage.picture(QStringLiteral("long"));
            stage.clickRow(1);
            stage.picture(QStringLiteral("broken"));
            stage.clickRow(2);
            auto* tabs = stage.find<QTabWidget>("machineTabs");
            tabs->setCurrentIndex(1);
            QTest::qWait(100);
            stage.picture(QStringLiteral("storage"));
            tabs->setCurrentIndex(2);
            auto* details = stage.find<QTabWidget>("detailsTab");
            for (int i = 0; i < 4; ++i) {
                details->setCurrentIndex(i);
                QTest::qWait(300);
                stage.picture(QStringLiteral("details-%1").arg(i));
            }
            stage.window().report(QStringLiteral("debian-13"),
                Error{.kind = ErrorKind::InUse,
                    .summary = QStringLiteral("The disk image system.vhdx is in use by another program."),
                    .advice = QStringLiteral("End the program that uses it (qemu-system-x86_64, process 4711), "
                                             "then start the machine again."),
                    .detail = QStringLiteral("qemu-system-x86_64: -blockdev ...: Failed to get \"write\" lock\nIs "
                                             "another process using the image [/home/me/system.vhdx]?")});
            tabs->setCurrentIndex(0);
            stage.picture(QStringLiteral("error"));
            stage.click(stage.find<QToolButton>("messageDetails"));
            stage.window().resize(900, 600);
            stage.picture(QStringLiteral("error-details-small"));
        }
        {
            WindowStage stage;
            stage.addMachines(100);
            stage.window();
            stage.clickRow(57);
            stage.picture(QStringLiteral("hundred"));
            QTest::keyClicks(stage.find<QLineEdit>("filter"), QStringLiteral("7"));
            stage.picture(QStringLiteral("hundred-filtered"));
        }
    }
};

int main(int argc, char** argv)
{
    QApplication::setStyle(QStringLiteral("Fusion"));
    QApplication app(argc, argv);
    if (qEnvironmentVariableIsSet("DARK")) {
        QPalette p;
        p.setColor(QPalette::Window, QColor(0x2b, 0x2b, 0x2b));
        p.setColor(QPalette::WindowText, Qt::white);
        p.setColor(QPalette::Base, QColor(0x1e, 0x1e, 0x1e));
        p.setColor(QPalette::AlternateBase, QColor(0x33, 0x33, 0x33));
        p.setColor(QPalette::Text, Qt::white);
        p.setColor(QPalette::Button, QColor(0x35, 0x35, 0x35));
        p.setColor(QPalette::ButtonText, Qt::white);
        p.setColor(QPalette::Highlight, QColor(0x30, 0x8c, 0xc6));
        p.setColor(QPalette::HighlightedText, Qt::white);
        p.setColor(QPalette::ToolTipBase, QColor(0x40, 0x40, 0x30));
        p.setColor(QPalette::ToolTipText, Qt::white);
        p.setColor(QPalette::PlaceholderText, QColor(0x99, 0x99, 0x99));
        for (auto r : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
            p.setColor(QPalette::Disabled, r, QColor(0x80, 0x80, 0x80));
        QApplication::setPalette(p);
    }
    MainWindowTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "main_window_test.moc"
