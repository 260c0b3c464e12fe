// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_settings.h"

#include <QTest>

#include <functional>

using namespace platter;

namespace {

using Edit = std::function<void(Definition&)>;

const HostResources host{ByteCount::gibibytes(8), 4};

Definition machine()
{
    Definition definition{.id = {QUuid(QStringLiteral("5f1b4b3e-1111-4222-8333-444455556666"))}};
    definition.drives = {{{0, 0}, DvdDrive{QStringLiteral("/isos/a.iso")}}};
    definition.adapters = {{QStringLiteral("52:54:00:12:34:01")}, {QStringLiteral("52:54:00:12:34:02")},
        {QStringLiteral("52:54:00:12:34:03")}};
    definition.bootOrder = {AdapterId{2}, SlotId{0, 0}, AdapterId{0}, AdapterId{1}};
    return definition;
}

} // namespace

Q_DECLARE_METATYPE(Edit)

class MachineSettingsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void saysWhatWaits_data()
    {
        QTest::addColumn<Edit>("edit");
        QTest::addColumn<QStringList>("sentences");
        const auto row = [](const char* name, const Edit& edit, const QStringList& sentences) {
            QTest::newRow(name) << edit << sentences;
        };
        row("nothing", [](Definition&) { }, {});
        row("memory", [](Definition& d) { d.memory = ByteCount::gibibytes(4); },
            {QStringLiteral("Memory: 2 GiB now, 4 GiB from the next start on.")});
        row("processors", [](Definition& d) { d.cpus = 3; },
            {QStringLiteral("Processors: 2 now, 3 from the next start on.")});
        row("display", [](Definition& d) { d.video = VideoAdapter::VirtioVga; },
            {QStringLiteral("Display: standard VGA now, virtio-vga from the next start on.")});
        row("firmware", [](Definition& d) { d.firmware.hasTpm = true; },
            {QStringLiteral("The firmware is set up anew at the next start.")});
        row("no agent", [](Definition& d) { d.hasGuestAgent = false; },
            {QStringLiteral("The guest agent's channel is there until the machine is shut down.")});
        row("debugging", [](Definition& d) { d.debugging = {true, true}; },
            {QStringLiteral("The second serial port is there from the next start on."),
                QStringLiteral("gdb can connect from the next start on.")});
        row("an adapter less", [](Definition& d) { d.adapters.pop_back(); },
            {QStringLiteral("Network adapter 2 is there until the machine is shut down.")});
        row("an adapter more", [](Definition& d) { d.adapters.push_back({QStringLiteral("52:54:00:12:34:04")}); },
            {QStringLiteral("Network adapter 3 is there from the next start on.")});
        row("another bridge", [](Definition& d) { d.adapters[1].bridge = QStringLiteral("br0"); },
            {QStringLiteral("Network adapter 1 is set up anew at the next start.")});
        // These change at once, or are nothing that a start reads.
        row("a cable", [](Definition& d) { d.adapters[1].isConnected = false; }, {});
        row("notes", [](Definition& d) { d.notes = QStringLiteral("the old mail server"); }, {});
        row("start with the session", [](Definition& d) { d.startsWithSession = true; }, {});
    }

    void saysWhatWaits()
    {
        QFETCH(Edit, edit);
        QFETCH(QStringList, sentences);
        Definition defined = machine();
        edit(defined);
        QCOMPARE(waitingSettings(machine(), defined), sentences);
    }

    void aMediumIsNoSetting()
    {
        Definition ejected = machine();
        ejected.drives[0].what = DvdDrive{};
        QVERIFY(haveSameSettings(machine(), ejected));
        ejected.notes = QStringLiteral("x");
        QVERIFY(!haveSameSettings(machine(), ejected));
    }

    void refusesOnlyWhatIsNewlyWrong()
    {
        Definition before = machine();
        before.cpus = 64; // from a larger computer
        Definition after = before;
        after.notes = QStringLiteral("x");
        QVERIFY(newViolations(before, after, host).empty());
        after.memory = ByteCount::mebibytes(64);
        const std::vector<Violation> broken = newViolations(before, after, host);
        QCOMPARE(broken.size(), std::size_t(1));
        QCOMPARE(broken[0].rule, Rule::MemoryTooSmall);
    }

    void anAdapterGoesWithItsPlaceInTheBootOrder()
    {
        Definition definition = machine();
        removeAdapter(definition, {1});
        QCOMPARE(definition.adapters.size(), std::size_t(2));
        QCOMPARE(definition.adapters[1].mac, QStringLiteral("52:54:00:12:34:03"));
        QVERIFY((definition.bootOrder == std::vector<BootDevice>{AdapterId{1}, SlotId{0, 0}, AdapterId{0}}));
    }
};

QTEST_APPLESS_MAIN(MachineSettingsTest)
#include "machine_settings_test.moc"
