// SPDX-License-Identifier: GPL-3.0-or-later
// A medium that starts only if a key is pressed: GRUB, which waits for Return.
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
        QFile script(disc + QStringLiteral("/boot/grub/grub.cfg"));
        QVERIFY(script.open(QIODevice::WriteOnly));
        // What it reads afterwards is what a starting system reads.
        QVERIFY(script.write("echo Press any key\nread key\necho A key was pressed\ncmp /system /system\n"
                             "echo The system is read\nsleep 3600\n")
            > 0);
        QFile system(disc + QStringLiteral("/system"));
        QVERIFY(system.open(QIODevice::WriteOnly) && system.resize(48 << 20));
        script.close();
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
        QVERIFY2(serial.waitFor(QStringLiteral("Press any key")), qUtf8Printable(serial.transcript()));
        if (isAsked) {
            QVERIFY2(serial.waitFor(QStringLiteral("The system is read")), qUtf8Printable(serial.transcript()));
            // It does not go on into the system.
            QTRY_VERIFY_WITH_TIMEOUT(answering.isReady(), 20000);
        } else {
            QVERIFY(!serial.waitFor(QStringLiteral("A key was pressed"), QDeadlineTimer(std::chrono::seconds(5))));
        }
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void endsWhereThereIsNoMedium()
    {
        const StoredMachine machine = m_live.make(QStringLiteral("bare"), {{{0, 0}, DvdDrive{}}});
        const auto session = m_live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        const QCoro::Task<void> answering = session->answerKeyPrompt();
        QVERIFY(answering.isReady());
        GOOD(QCoro::waitFor(session->powerOff()));
    }

private:
    QString medium() const { return m_live.path(QStringLiteral("prompt.iso")); }

    LiveMachine m_live;
};

QTEST_GUILESS_MAIN(KeyPromptTest)
#include "key_prompt_test.moc"
