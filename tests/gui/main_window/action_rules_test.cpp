// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/action_rules.h"
#include "ui/main_window/machine_header.h"
#include "ui/main_window/machine_notice.h"

#include <QTest>

using namespace platter;

namespace {

constexpr MachineState allStates[] = {MachineState::Off, MachineState::Starting, MachineState::Running,
    MachineState::Paused, MachineState::ShuttingDown, MachineState::Crashed, MachineState::IoError,
    MachineState::InternalError, MachineState::GuestPanicked};

} // namespace

class ActionRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    // The states in which an action can be done, one letter each in the order of allStates.
    void followTheState_data()
    {
        QTest::addColumn<MachineAction>("action");
        QTest::addColumn<QString>("possible"); // o s r p d c i e g
        QTest::newRow("start") << MachineAction::Start << QStringLiteral("o____c___");
        QTest::newRow("start without KVM") << MachineAction::StartWithoutKvm << QStringLiteral("o____c___");
        QTest::newRow("pause") << MachineAction::Pause << QStringLiteral("__r_d____");
        QTest::newRow("resume") << MachineAction::Resume << QStringLiteral("___p__i__");
        QTest::newRow("shut down") << MachineAction::ShutDown << QStringLiteral("__r_d____");
        QTest::newRow("shut down by agent") << MachineAction::ShutDownByAgent << QStringLiteral("__r_d____");
        QTest::newRow("power off") << MachineAction::PowerOff << QStringLiteral("_srpd_ieg");
        QTest::newRow("reset") << MachineAction::Reset << QStringLiteral("__rpd_ieg");
        QTest::newRow("insert") << MachineAction::InsertMedium << QStringLiteral("o_rpdcieg");
        QTest::newRow("eject") << MachineAction::EjectMedium << QStringLiteral("o_rpdcieg");
        QTest::newRow("remove drive") << MachineAction::RemoveDrive << QStringLiteral("o_rpdcieg");
        QTest::newRow("screen") << MachineAction::ShowScreen << QStringLiteral("__rpd_ieg");
        QTest::newRow("trash") << MachineAction::MoveToTrash << QStringLiteral("o____c___");
    }

    void followTheState()
    {
        QFETCH(MachineAction, action);
        QFETCH(QString, possible);
        for (std::size_t i = 0; i < std::size(allStates); ++i) {
            const MachineSituation situation{
                .name = QStringLiteral("debian-13"), .state = allStates[i], .dvdDrives = 2, .media = 1};
            const std::optional<QString> reason = obstacle(action, situation);
            const bool can = possible.at(static_cast<qsizetype>(i)) != QLatin1Char('_');
            QVERIFY2(reason.has_value() != can, qPrintable(displayName(allStates[i])));
            if (reason) {
                QVERIFY2(reason->contains(QLatin1String("debian-13")) && reason->endsWith(QLatin1Char('.')),
                    qPrintable(*reason));
            }
        }
    }

    void needDrivesAndMedia()
    {
        MachineSituation situation{.name = QStringLiteral("debian-13")};
        QVERIFY(obstacle(MachineAction::InsertMedium, situation)->contains(QLatin1String("has no DVD drive")));
        situation.dvdDrives = 1;
        QVERIFY(!obstacle(MachineAction::InsertMedium, situation));
        QVERIFY(obstacle(MachineAction::EjectMedium, situation)->contains(QLatin1String("has a medium")));
    }

    void brokenMachinesCanOnlyGo()
    {
        const MachineSituation broken{.name = QStringLiteral("x"), .isBroken = true};
        QVERIFY(!obstacle(MachineAction::MoveToTrash, broken));
        QVERIFY(obstacle(MachineAction::Start, broken)->contains(QLatin1String("cannot be read")));
        QVERIFY(!obstacle(MachineAction::ShowFolder, broken));
        QVERIFY(obstacle(MachineAction::MoveToTrash, MachineSituation{})->contains(QLatin1String("No machine")));
        const MachineSituation gone{.name = QStringLiteral("x"), .isBroken = true, .isGone = true};
        for (const MachineAction action :
            {MachineAction::Start, MachineAction::MoveToTrash, MachineAction::ShowFolder}) {
            QVERIFY(obstacle(action, gone)->contains(QLatin1String("moved or deleted")));
        }
    }

    void failedKvmIsLeftBehind()
    {
        const MachineSituation failed{
            .name = QStringLiteral("x"), .state = MachineState::InternalError, .canRetryWithoutKvm = true};
        QVERIFY(!obstacle(MachineAction::StartWithoutKvm, failed));
        QVERIFY(obstacle(MachineAction::Start, failed));
    }

    // What the console says and offers.
    void notices_data()
    {
        QTest::addColumn<MachineState>("state");
        QTest::addColumn<bool>("canRetry");
        QTest::addColumn<bool>("hasNotice");
        QTest::addColumn<NoticeAction>("action");
        using enum NoticeAction;
        QTest::newRow("off") << MachineState::Off << false << true << Start;
        QTest::newRow("starting") << MachineState::Starting << false << true << None;
        QTest::newRow("running") << MachineState::Running << false << false << None;
        QTest::newRow("shutting down") << MachineState::ShuttingDown << false << false << None;
        QTest::newRow("paused") << MachineState::Paused << false << true << Resume;
        QTest::newRow("crashed") << MachineState::Crashed << false << true << Start;
        QTest::newRow("crashed with KVM") << MachineState::Crashed << true << true << StartWithoutKvm;
        QTest::newRow("io error") << MachineState::IoError << false << true << Resume;
        QTest::newRow("internal error") << MachineState::InternalError << false << true << PowerOff;
        QTest::newRow("internal error of KVM") << MachineState::InternalError << true << true << StartWithoutKvm;
        QTest::newRow("panic") << MachineState::GuestPanicked << false << true << Reset;
    }

    void notices()
    {
        QFETCH(MachineState, state);
        QFETCH(bool, canRetry);
        QFETCH(bool, hasNotice);
        QFETCH(NoticeAction, action);
        const Error error{.summary = QStringLiteral("It broke."), .advice = QStringLiteral("Mend it.")};
        const auto plain =
            noticeFor({.name = QStringLiteral("debian-13"), .state = state, .canRetryWithoutKvm = canRetry});
        QCOMPARE(plain.has_value(), hasNotice);
        if (!plain) {
            return;
        }
        QCOMPARE(plain->action, action);
        QCOMPARE(plain->notice.buttonText.isEmpty(), action == NoticeAction::None);
        QCOMPARE(plain->notice.place == NoticePlace::TopOfScreen, state == MachineState::GuestPanicked);
        QVERIFY(plain->notice.title.contains(QLatin1String("debian-13")));
        const bool isTrouble = state == MachineState::Off || state == MachineState::Crashed
            || state == MachineState::IoError || state == MachineState::InternalError
            || state == MachineState::GuestPanicked;
        if (isTrouble) {
            const auto told = noticeFor({.name = QStringLiteral("debian-13"),
                .state = state,
                .error = error,
                .canRetryWithoutKvm = canRetry});
            QCOMPARE(told->notice.text, QStringLiteral("It broke. Mend it."));
        }
    }

    void upTimes_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("before") << qint64(-5) << QStringLiteral("0 s");
        QTest::newRow("seconds") << qint64(59) << QStringLiteral("59 s");
        QTest::newRow("minutes") << qint64(60) << QStringLiteral("1 min");
        QTest::newRow("almost an hour") << qint64(3599) << QStringLiteral("59 min");
        QTest::newRow("hours") << qint64(2 * 3600 + 5 * 60) << QStringLiteral("2 h 5 min");
        QTest::newRow("days") << qint64(4 * 86400 + 2 * 3600 + 7) << QStringLiteral("4 d 2 h");
    }

    void upTimes()
    {
        QFETCH(qint64, seconds);
        QFETCH(QString, text);
        QCOMPARE(upTimeText(std::chrono::seconds(seconds)), text);
    }
};

QTEST_MAIN(ActionRulesTest)
#include "action_rules_test.moc"
