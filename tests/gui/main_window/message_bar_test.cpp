// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/message_bar.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QToolButton>

using namespace platter;

class MessageBarTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_parent = std::make_unique<QWidget>();
        m_bar = new MessageBar(m_parent.get());
        m_parent->resize(800, 300);
        m_bar->resize(800, 200);
        m_parent->show();
        QVERIFY(QTest::qWaitForWindowActive(m_parent.get()));
    }

    void showsTheNewestAndCountsTheRest()
    {
        QVERIFY(!m_bar->isVisible());
        m_bar->add(message("a", "First."));
        QVERIFY(m_bar->isVisible());
        QCOMPARE(text("messageText"), QStringLiteral("a: First."));
        QVERIFY(!find<QLabel>("messageCount")->isVisible());
        m_bar->add(message("b", "Second."));
        QCOMPARE(text("messageText"), QStringLiteral("b: Second."));
        QCOMPARE(text("messageCount"), QStringLiteral("1 more"));
        QTest::mouseClick(find<QToolButton>("messageClose"), Qt::LeftButton);
        QCOMPARE(text("messageText"), QStringLiteral("a: First."));
        QTest::mouseClick(find<QToolButton>("messageClose"), Qt::LeftButton);
        QVERIFY(!m_bar->isVisible());
    }

    void saysNothingTwice()
    {
        m_bar->add(message("a", "First."));
        m_bar->add(message("a", "Second."));
        m_bar->add(message("a", "First."));
        QCOMPARE(m_bar->count(), 2);
        QCOMPARE(text("messageText"), QStringLiteral("a: First."));
        m_bar->add(message("a", "It took “a” along."));
        QCOMPARE(text("messageText"), QStringLiteral("It took “a” along."));
        QTest::mouseClick(find<QToolButton>("messageClose"), Qt::LeftButton);
        m_bar->removeAbout(QStringLiteral("b"));
        QCOMPARE(m_bar->count(), 2);
        m_bar->removeAbout(QStringLiteral("a"));
        QCOMPARE(m_bar->count(), 0);
        QVERIFY(!m_bar->isVisible());
    }

    void foldsTheRawWords()
    {
        auto plain = message("", "Plain.");
        plain.error.detail.clear();
        m_bar->add(plain);
        QCOMPARE(text("messageText"), QStringLiteral("Plain."));
        QVERIFY(!find<QToolButton>("messageDetails")->isVisible());
        m_bar->add(message("a", "First."));
        QVERIFY(!find<QPlainTextEdit>("messageRaw")->isVisible());
        QTest::mouseClick(find<QToolButton>("messageDetails"), Qt::LeftButton);
        QVERIFY(find<QPlainTextEdit>("messageRaw")->isVisible());
        QCOMPARE(find<QPlainTextEdit>("messageRaw")->toPlainText(), QStringLiteral("raw words"));
        QTest::mouseClick(find<QToolButton>("messageCopy"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("a: First.\nDo something.\nraw words"));
        // The next message comes folded.
        m_bar->add(message("a", "Second."));
        QVERIFY(!find<QPlainTextEdit>("messageRaw")->isVisible());
    }

    void offersFixesAndGoesWithThem()
    {
        int fixed = 0;
        auto broken = message("a", "First.");
        broken.fixes = {{QStringLiteral("Mend"), [&fixed] { ++fixed; }}, {QStringLiteral("Other"), [] {}}};
        m_bar->add(broken);
        auto* button = m_bar->findChild<QPushButton*>();
        QCOMPARE(button->text(), QStringLiteral("Mend"));
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(fixed, 1);
        QVERIFY(!m_bar->isVisible());
    }

    void takesNamesLiterally()
    {
        m_bar->add(message("<b>x</b>", "<i>First.</i>"));
        QCOMPARE(find<QLabel>("messageText")->textFormat(), Qt::PlainText);
        QCOMPARE(find<QLabel>("messageAdvice")->textFormat(), Qt::PlainText);
    }

private:
    static MessageBar::Message message(const char* subject, const char* summary)
    {
        return {.subject = QLatin1String(subject),
            .error = {.summary = QString::fromUtf8(summary),
                .advice = QStringLiteral("Do something."),
                .detail = QStringLiteral("raw words")}};
    }

    template <typename T>
    T* find(const char* name)
    {
        return m_bar->findChild<T*>(QLatin1String(name));
    }

    QString text(const char* name) { return find<QLabel>(name)->text(); }

    std::unique_ptr<QWidget> m_parent;
    MessageBar* m_bar = nullptr;
};

QTEST_MAIN(MessageBarTest)
#include "message_bar_test.moc"
