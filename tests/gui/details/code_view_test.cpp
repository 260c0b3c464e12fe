// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/module.h"
#include "ui/details/code_view.h"
#include "ui/details/highlighting_module.h"
#include "ui/shades.h"

#include <QScrollBar>
#include <QTest>
#include <QTextBlock>
#include <QTextLayout>

using namespace platter;

class CodeViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void knowsItsDefinitions_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"JSON", "Bash", "Log File (advanced)"}) {
            QTest::newRow(name) << QString::fromLatin1(name);
        }
    }

    void knowsItsDefinitions()
    {
        QFETCH(QString, name);
        const auto found = moduleFunction(QStringLiteral("platter-highlighting"), "platterHighlight");
        QVERIFY(found);
        QPlainTextEdit view;
        QVERIFY(reinterpret_cast<decltype(&platterHighlight)>(*found)(&view, name, 0));
    }

    void highlightsInTheThemeOfThePalette()
    {
        CodeView view(QStringLiteral("JSON"));
        QPalette light = view.palette();
        light.setColor(QPalette::Base, Qt::white);
        view.setPalette(light);
        view.setText(QStringLiteral("{ \"a\": \"b\" }"));
        const QColor onLight = colourAt(view, 2);
        QPalette dark = light;
        dark.setColor(QPalette::Base, QColor(0x20, 0x20, 0x20));
        view.setPalette(dark);
        const QColor onDark = colourAt(view, 2);
        QVERIFY(onLight.isValid() && onDark.isValid());
        QVERIFY(onLight != onDark);
        QVERIFY(onDark.lightness() > onLight.lightness());
    }

    void leavesThePrefixAlone()
    {
        CodeView view(QStringLiteral("JSON"), 4);
        view.appendText(QStringLiteral("1 x {\"a\": true}\n"));
        const QColor quiet = quietText(view.palette(), QPalette::Base);
        QCOMPARE(colourAt(view, 0), quiet);
        QCOMPARE(colourAt(view, 2), quiet);
        QVERIFY(colourAt(view, 5) != quiet);
    }

    void keepsTheEndInSightUnlessSomebodyScrolls()
    {
        CodeView view(QStringLiteral("Bash"));
        view.resize(300, 200);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        for (int i = 0; i < 100; ++i) {
            view.appendText(QStringLiteral("line %1\n").arg(i));
        }
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
        view.verticalScrollBar()->setValue(10);
        view.appendText(QStringLiteral("more\n"));
        QCOMPARE(view.verticalScrollBar()->value(), 10);
    }

    // What is left of a wrapped line stands further in than its beginning, whatever the width.
    void hangsWrappedLines()
    {
        CodeView view(QStringLiteral("Bash"));
        view.resize(300, 200);
        view.setText(QStringLiteral("qemu\n  -option %1").arg(QString(200, u'x')));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        for (const int width : {300, 500, 240}) {
            view.resize(width, 200);
            view.viewport()->repaint();
            const QTextBlock block = view.document()->lastBlock();
            const QTextLayout& lines = *block.layout();
            QVERIFY(lines.lineCount() > 2);
            QCOMPARE(block.lineCount(), lines.lineCount());
            const QFontMetricsF metrics(view.font());
            const double in = lines.lineAt(1).x() - lines.lineAt(0).x();
            QVERIFY(in > metrics.horizontalAdvance(QLatin1String("     ")));
            QCOMPARE(lines.lineAt(2).x(), lines.lineAt(1).x());
            QVERIFY(lines.lineAt(1).x() + lines.lineAt(1).naturalTextWidth() <= view.viewport()->width());
        }
        // All of it can be scrolled to.
        view.resize(240, 60);
        view.viewport()->repaint();
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
        view.moveCursor(QTextCursor::End);
        view.viewport()->repaint();
        QVERIFY(view.viewport()->rect().contains(view.cursorRect()));
    }

    void forgetsTheOldest()
    {
        CodeView view(QStringLiteral("Bash"));
        view.appendText(QString(CodeView::maximumLines + 500, u'\n') + QStringLiteral("last"));
        QCOMPARE(view.document()->blockCount(), CodeView::maximumLines);
        QVERIFY(view.toPlainText().endsWith(QLatin1String("last")));
    }

private:
    static QColor colourAt(const CodeView& view, int position)
    {
        for (const QTextLayout::FormatRange& range : view.document()->firstBlock().layout()->formats()) {
            if (position >= range.start && position < range.start + range.length) {
                return range.format.foreground().color();
            }
        }
        return {};
    }
};

QTEST_MAIN(CodeViewTest)
#include "code_view_test.moc"
