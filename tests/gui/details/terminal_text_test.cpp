// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/terminal_text.h"

#include <QTest>

using namespace platter;

class TerminalTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void turnsBytesIntoText_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QByteArray("a\tb\n") << QStringLiteral("a\tb\n");
        QTest::newRow("line ends") << QByteArray("a\r\nb\n\nc") << QStringLiteral("a\nb\n\nc");
        QTest::newRow("several returns") << QByteArray("a\r\r\nb") << QStringLiteral("a\nb");
        QTest::newRow("overwritten") << QByteArray("10 %\r20 %\r\n") << QStringLiteral("10 %\n20 %\n");
        QTest::newRow("colours") << QByteArray("\033[0;1;31mred\033[m\n") << QStringLiteral("red\n");
        QTest::newRow("cursor") << QByteArray("\033[2J\033[01;01H\033[=3hx\033[?25l") << QStringLiteral("x");
        QTest::newRow("title by bell") << QByteArray("\033]0;title\007x") << QStringLiteral("x");
        QTest::newRow("title by string end") << QByteArray("\033]0;title\033\\x") << QStringLiteral("x");
        QTest::newRow("title never closed") << QByteArray("\033]0;title\nx") << QStringLiteral("x");
        QTest::newRow("device control") << QByteArray("\033P+q544e\033\\x") << QStringLiteral("x");
        QTest::newRow("charset") << QByteArray("\033(B\033)0x\0337\0338\033c") << QStringLiteral("x");
        QTest::newRow("escape within") << QByteArray("\033[1\033[31mx") << QStringLiteral("x");
        QTest::newRow("controls") << QByteArray("a\b\a\x7f\0b", 6) << QStringLiteral("ab");
        QTest::newRow("UTF-8") << QByteArray("gr\xc3\xbc\xc3\x9f") << QString::fromUtf8("gr\xc3\xbc\xc3\x9f");
        QTest::newRow("not UTF-8") << QByteArray("a\xff"
                                                 "b")
                                   << QString::fromUtf8("a\xef\xbf\xbd"
                                                        "b");
        QTest::newRow("a line of the firmware's, cut") << QByteArray(2 * TerminalText::longestLine + 3, 'x')
                                                       << QString(TerminalText::longestLine, u'x') + u'\n'
                + QString(TerminalText::longestLine, u'x') + QStringLiteral("\nxxx");
    }

    void turnsBytesIntoText()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        TerminalText whole;
        QCOMPARE(whole.add(bytes), text);
        // However it is cut into pieces.
        TerminalText pieces;
        QString together;
        for (qsizetype i = 0; i < bytes.size(); ++i) {
            together += pieces.add(QByteArrayView(bytes).sliced(i, 1));
        }
        QCOMPARE(together, text);
    }
};

QTEST_GUILESS_MAIN(TerminalTextTest)
#include "terminal_text_test.moc"
