// SPDX-License-Identifier: GPL-3.0-or-later
// A medium that starts only if a key is pressed: GRUB, whose menu takes a space for "yes" and nothing for "no".
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"
#include "tests/unit/disk/run_tool.h"

#include <QDir>
#include <QFile>

using namespace platter;

class KeyPromptTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        const QString disc = m_live.path(QStringLiteral("disc"));
        QVERIFY(QDir().mkpath(disc + QStringLiteral("/boot/grub")));
        QFile menu(disc + QStringLiteral("/boot/grub/grub.cfg"));
        QVERIFY(menu.open(QIODevice::WriteOnly));
        // What it reads afterwards is what a starting system reads.
        QVERIFY(
            menu.write("set timeout=10\nset default=0\n"
                       "menuentry no { echo Nobody pressed a key; sleep 3600; }\n"
                       "menuentry yes --hotkey=' ' { echo A key was pressed; cmp /system /system; sleep 3600; }\n")
            > 0);
        QFile system(disc + QStringLiteral("/system"));
        QVERIFY(system.open(QIODevice::WriteOnly) && system.resize(48 << 20));
        menu.close();
        const ToolRun made = runTool(QStringLiteral("grub-mkrescue"), {QStringLiteral("-o"), medium(), disc});
        QVERIFY2(made.isGood, qPrintable(made.output));
    }

    void isAnsweredOnRequest_data()
    {
        QTest::addColumn<bool>("isAsked");
        QTest::newRow("asked") << true;
        QTest::newRow("not asked") << false;
    }

    void isAnsweredOnRequest()
    {
        QFETCH(const bool, isAsked);
        const StoredMachine machine =
            m_live.make(isAsked ? QStringLiteral("asked") : QStringLiteral("not"), {{{0, 0}, DvdDrive{medium()}}});
        const auto session = m_live.session(machine);
        auto starting = session->start();
        QCoro::Task<void> answering;
        if (isAsked) {
            answering = session->answerKeyPrompt(); // before it runs, as the wizard does
        }
        GOOD(QCoro::waitFor(std::move(starting)));
        SerialConsole serial;
        QVERIFY(serial.open(m_live.runtime(machine).serial()));
        QVERIFY2(
            serial.waitFor(isAsked ? QStringLiteral("A key was pressed") : QStringLiteral("Nobody pressed a key")),
            qUtf8Printable(serial.transcript()));
        if (isAsked) {
            QCoro::waitFor(std::move(answering));
        }
        GOOD(QCoro::waitFor(session->powerOff()));
    }

private:
    QString medium() const { return m_live.path(QStringLiteral("prompt.iso")); }

    LiveMachine m_live;
};

QTEST_GUILESS_MAIN(KeyPromptTest)
#include "key_prompt_test.moc"
