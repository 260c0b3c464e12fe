// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording_source.h"
#include "ui/console/guest_keyboard.h"

#include <QTest>

using namespace platter;

namespace {
struct Step {
    int key;
    QEvent::Type type;
    bool repeat = false;
};

constexpr auto Down = QEvent::KeyPress;
constexpr auto Up = QEvent::KeyRelease;

GuestKeyboard::Outcome feed(GuestKeyboard& keyboard, const Step& step)
{
    return keyboard.handle(QKeyEvent(step.type, step.key, Qt::NoModifier, QString(), step.repeat));
}

// The symbols, negative where let go.
QList<int> symbols(const RecordingSource& source)
{
    QList<int> result;
    for (const SentKey& sent : source.keys)
        result.append(sent.action == KeyAction::Press ? int(sent.key.keysym) : -int(sent.key.keysym));
    return result;
}
} // namespace

class GuestKeyboardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sends_data();
    void sends();
    void releaseKey_data();
    void releaseKey();
    void releasesAllInReverse();
    void forgets();
    void keepsToScanCodes();
    void buttonSpoilsReleaseKey();
};

void GuestKeyboardTest::sends_data()
{
    QTest::addColumn<QList<Step>>("steps");
    QTest::addColumn<QList<int>>("sent");
    constexpr int Shift = 0xffe1;
    QTest::newRow("one key") << QList<Step>{{Qt::Key_A, Down}, {Qt::Key_A, Up}} << QList<int>{'a', -'a'};
    QTest::newRow("a repeated key stays down")
        << QList<Step>{{Qt::Key_A, Down}, {Qt::Key_A, Up, true}, {Qt::Key_A, Down, true}, {Qt::Key_A, Up}}
        << QList<int>{'a', 'a', -'a'};
    QTest::newRow("a release without a press is dropped") << QList<Step>{{Qt::Key_A, Up}} << QList<int>{};
    QTest::newRow("Shift let go before its key") << QList<Step>{{Qt::Key_Shift, Down}, {Qt::Key_Exclam, Down},
        {Qt::Key_Shift, Up}, {Qt::Key_1, Up}} << QList<int>{Shift, '!', -Shift, -'!'};
    QTest::newRow("a key without a symbol")
        << QList<Step>{{Qt::Key_unknown, Down}, {Qt::Key_unknown, Up}} << QList<int>{};
}

void GuestKeyboardTest::sends()
{
    QFETCH(QList<Step>, steps);
    RecordingSource source;
    GuestKeyboard keyboard;
    keyboard.setSource(&source);
    for (const Step& step : steps)
        feed(keyboard, step);
    QTEST(symbols(source), "sent");
    QVERIFY(!keyboard.isAnyDown());
}

void GuestKeyboardTest::releaseKey_data()
{
    QTest::addColumn<QList<Step>>("steps");
    QTest::addColumn<bool>("released");
    const Step ctrlDown{Qt::Key_Control, Down};
    const Step ctrlUp{Qt::Key_Control, Up};
    const Step altDown{Qt::Key_Alt, Down};
    const Step altUp{Qt::Key_Alt, Up};
    QTest::newRow("Ctrl, Alt") << QList<Step>{ctrlDown, altDown, altUp, ctrlUp} << true;
    QTest::newRow("Alt, Ctrl") << QList<Step>{altDown, ctrlDown, altUp, ctrlUp} << true;
    QTest::newRow("held for long") << QList<Step>{ctrlDown, altDown, {Qt::Key_Alt, Down, true},
        {Qt::Key_Alt, Down, true}, altUp, ctrlUp}
                                   << true;
    QTest::newRow("Ctrl alone") << QList<Step>{ctrlDown, ctrlUp} << false;
    QTest::newRow("Alt alone") << QList<Step>{altDown, altUp} << false;
    QTest::newRow("one after the other") << QList<Step>{ctrlDown, ctrlUp, altDown, altUp} << false;
    QTest::newRow("with Delete") << QList<Step>{ctrlDown, altDown, {Qt::Key_Delete, Down}, {Qt::Key_Delete, Up},
        altUp, ctrlUp} << false;
    QTest::newRow("after another key") << QList<Step>{{Qt::Key_A, Down}, ctrlDown, altDown, {Qt::Key_A, Up}, altUp,
        ctrlUp} << false;
    QTest::newRow("with Shift") << QList<Step>{ctrlDown, {Qt::Key_Shift, Down}, altDown, altUp, {Qt::Key_Shift, Up},
        ctrlUp} << false;
    QTest::newRow("AltGr as some keyboards send it")
        << QList<Step>{ctrlDown, {Qt::Key_AltGr, Down}, {Qt::Key_AltGr, Up}, ctrlUp} << false;
    QTest::newRow("again after a spoilt one") << QList<Step>{ctrlDown, {Qt::Key_C, Down}, {Qt::Key_C, Up}, ctrlUp,
        ctrlDown, altDown, ctrlUp, altUp} << true;
}

void GuestKeyboardTest::releaseKey()
{
    QFETCH(QList<Step>, steps);
    QFETCH(bool, released);
    RecordingSource source;
    GuestKeyboard keyboard;
    keyboard.setSource(&source);
    for (qsizetype i = 0; i < steps.size(); ++i) {
        const bool last = i == steps.size() - 1;
        QCOMPARE(feed(keyboard, steps.at(i)) == GuestKeyboard::Outcome::ReleaseKey, last && released);
    }
    // What went down came up.
    int balance = 0;
    for (const SentKey& sent : source.keys)
        balance += sent.action == KeyAction::Release ? -1 : 1;
    QCOMPARE(balance, int(std::ranges::count_if(steps, &Step::repeat)));
}

void GuestKeyboardTest::releasesAllInReverse()
{
    RecordingSource source;
    GuestKeyboard keyboard;
    keyboard.setSource(&source);
    for (const int key : {int(Qt::Key_Control), int(Qt::Key_A), int(Qt::Key_B)})
        feed(keyboard, {key, Down});
    keyboard.releaseAll();
    keyboard.releaseAll();
    QCOMPARE(symbols(source), (QList<int>{0xffe3, 'a', 'b', -'b', -'a', -0xffe3}));
    // The keys come up here later; the guest knows already.
    feed(keyboard, {Qt::Key_A, Up});
    QCOMPARE(source.keys.size(), 6);
    // Another guest does not inherit them.
    feed(keyboard, {Qt::Key_A, Down});
    RecordingSource other;
    keyboard.setSource(&other);
    QCOMPARE(symbols(source).last(), -'a');
    QVERIFY(other.keys.isEmpty());
}

void GuestKeyboardTest::forgets()
{
    RecordingSource source;
    GuestKeyboard keyboard;
    keyboard.setSource(&source);
    feed(keyboard, {Qt::Key_A, Down});
    keyboard.forget();
    keyboard.releaseAll();
    QCOMPARE(symbols(source), QList<int>{'a'});
}

void GuestKeyboardTest::keepsToScanCodes()
{
    // The same place on the keyboard is the same key, whatever the layout makes of it meanwhile.
    RecordingSource source;
    GuestKeyboard keyboard;
    keyboard.setSource(&source);
    keyboard.handle(QKeyEvent(Down, Qt::Key_Y, Qt::NoModifier, 29, 0, 0, QStringLiteral("y")));
    keyboard.handle(QKeyEvent(Up, Qt::Key_Z, Qt::NoModifier, 29, 0, 0, QStringLiteral("z")));
    QCOMPARE(symbols(source), (QList<int>{'y', -'y'}));
}

void GuestKeyboardTest::buttonSpoilsReleaseKey()
{
    RecordingSource source;
    GuestKeyboard keyboard;
    keyboard.setSource(&source);
    feed(keyboard, {Qt::Key_Control, Down});
    feed(keyboard, {Qt::Key_Alt, Down});
    keyboard.disarm();
    feed(keyboard, {Qt::Key_Alt, Up});
    QCOMPARE(feed(keyboard, {Qt::Key_Control, Up}), GuestKeyboard::Outcome::Sent);
}

QTEST_MAIN(GuestKeyboardTest)
#include "guest_keyboard_test.moc"
