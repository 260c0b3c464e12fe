// SPDX-License-Identifier: GPL-3.0-or-later
// PLATTER_UPDATE_GOLDEN=1 in the environment writes the golden files anew instead of comparing: look at the
// difference before it is committed.
#include "core/qemu/block_graph.h"
#include "golden_machines.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSet>
#include <QTest>

using namespace platter;

namespace {

LaunchSettings settingsFor(const GoldenMachine& golden)
{
    LaunchSettings settings;
    settings.program = QStringLiteral("/usr/bin/qemu-system-x86_64");
    settings.accelerator = golden.accelerator;
    const bool isSecure = golden.machine.definition.firmware.secureBoot != SecureBoot::Off;
    settings.firmware = {.code = isSecure ? QStringLiteral("/usr/share/OVMF/OVMF_CODE_4M.ms.fd")
                                          : QStringLiteral("/usr/share/OVMF/OVMF_CODE_4M.fd"),
        .codeFormat = QStringLiteral("raw"),
        .varsTemplate = QStringLiteral("/usr/share/OVMF/OVMF_VARS_4M.fd"),
        .varsFormat = QStringLiteral("raw"),
        .needsSmm = isSecure,
        .enrolledKeys = isSecure,
        .descriptor = {}};
    settings.runtime = RuntimeFolder::of(QStringLiteral("/run/user/1000/platter"), golden.machine.definition.id);
    return settings;
}

// One option with its value per line.
QByteArray asLines(const QStringList& commandLine)
{
    QString text;
    for (const QString& argument : commandLine) {
        if (!text.isEmpty()) {
            text += argument.startsWith(QLatin1Char('-')) ? QLatin1Char('\n') : QLatin1Char(' ');
        }
        text += argument;
    }
    return text.toUtf8() + '\n';
}

std::vector<QJsonObject> jsonValues(const QStringList& commandLine, const QString& option)
{
    std::vector<QJsonObject> values;
    for (qsizetype i = 1; i < commandLine.size(); ++i) {
        if (commandLine[i - 1] == option) {
            values.push_back(QJsonDocument::fromJson(commandLine[i].toUtf8()).object());
        }
    }
    return values;
}

} // namespace

class CommandLineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void isTheGoldenOne_data()
    {
        QTest::addColumn<int>("index");
        const std::vector<GoldenMachine> machines = goldenMachines(QStringLiteral("/machines"));
        for (int index = 0; index < int(machines.size()); ++index) {
            QTest::newRow(qPrintable(machines[size_t(index)].golden)) << index;
        }
    }

    void isTheGoldenOne()
    {
        QFETCH(int, index);
        const GoldenMachine golden = goldenMachines(QStringLiteral("/machines"))[size_t(index)];
        const QByteArray actual = asLines(commandLine(golden.machine, settingsFor(golden)));
        QFile file(QStringLiteral(PLATTER_SOURCE_DIR "/tests/unit/qemu/golden/%1.args").arg(golden.golden));
        if (qEnvironmentVariableIsSet("PLATTER_UPDATE_GOLDEN")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(actual), actual.size());
            return;
        }
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
        const QList<QByteArray> expectedLines = file.readAll().split('\n');
        const QList<QByteArray> actualLines = actual.split('\n');
        for (qsizetype line = 0; line < qMax(expectedLines.size(), actualLines.size()); ++line) {
            const QByteArray expected = expectedLines.value(line);
            QVERIFY2(actualLines.value(line) == expected,
                qPrintable(QStringLiteral("%1:%2 has\n  %3\nand the command line now\n  %4\nIf that is meant, run "
                                          "this test once with PLATTER_UPDATE_GOLDEN=1 in the environment.")
                        .arg(file.fileName())
                        .arg(line + 1)
                        .arg(QString::fromUtf8(expected), QString::fromUtf8(actualLines.value(line)))));
        }
    }

    // QEMU may not run the helper that makes its end of the cable.
    void adaptersOnABridgeGetOpenDescriptors()
    {
        GoldenMachine golden = goldenMachines(QStringLiteral("/machines")).front();
        golden.machine.definition.adapters = {{QStringLiteral("52:54:00:12:34:01")},
            {.mac = QStringLiteral("52:54:00:12:34:02"), .bridge = QStringLiteral("br0")},
            {.mac = QStringLiteral("52:54:00:12:34:03"), .bridge = QStringLiteral("br1")}};
        const QStringList arguments = commandLine(golden.machine, settingsFor(golden));
        QStringList networks;
        for (qsizetype i = 1; i < arguments.size(); ++i) {
            if (arguments[i - 1] == QLatin1String("-netdev")) {
                networks << arguments[i];
            }
        }
        QCOMPARE(networks,
            (QStringList{QStringLiteral("user,id=net0"), QStringLiteral("tap,id=net1,fd=3"),
                QStringLiteral("tap,id=net2,fd=4")}));
    }

    // Boot entries name devices by their places: other hardware must not move them.
    void everyDeviceKeepsItsPlace()
    {
        QHash<QString, QString> places;
        for (const GoldenMachine& golden : goldenMachines(QStringLiteral("/machines"))) {
            QSet<QString> taken;
            for (const QJsonObject& device :
                jsonValues(commandLine(golden.machine, settingsFor(golden)), QStringLiteral("-device"))) {
                if (!device.contains(QStringLiteral("addr"))) {
                    continue;
                }
                const QString place = device[QStringLiteral("bus")].toString() + QLatin1Char(' ')
                    + device[QStringLiteral("addr")].toString();
                QVERIFY2(!taken.contains(place), qPrintable(place));
                taken.insert(place);
                const QString name =
                    device[QStringLiteral("driver")].toString() + device[QStringLiteral("id")].toString();
                QCOMPARE(places.value(name, place), place);
                places.insert(name, place);
            }
            for (int controller = 0; controller < golden.machine.definition.controllers; ++controller) {
                QVERIFY(taken.contains(QStringLiteral("scsi-port-%1 00.0").arg(controller)));
            }
        }
    }

    // The firmware reaches targets 0 to 31 and LUNs 0 to 7; tests/guest/sample_guest_test.cpp boots from the last
    // slot.
    void everyDriveIsWhereTheFirmwareLooks()
    {
        for (const GoldenMachine& golden : goldenMachines(QStringLiteral("/machines"))) {
            QSet<QString> taken;
            for (const QJsonObject& device :
                jsonValues(commandLine(golden.machine, settingsFor(golden)), QStringLiteral("-device"))) {
                if (!device.contains(QStringLiteral("scsi-id"))) {
                    continue;
                }
                const int target = device[QStringLiteral("scsi-id")].toInt();
                const int lun = device[QStringLiteral("lun")].toInt();
                QVERIFY2(target <= 31 && lun <= 7, qPrintable(device[QStringLiteral("id")].toString()));
                const QString address =
                    QStringLiteral("%1 %2 %3").arg(device[QStringLiteral("bus")].toString()).arg(target).arg(lun);
                QVERIFY2(!taken.contains(address), qPrintable(address));
                taken.insert(address);
            }
            QCOMPARE(taken.size(), qsizetype(golden.machine.definition.drives.size()));
        }
    }

    void everyNodeHasAShortNameOfItsOwn()
    {
        for (const GoldenMachine& golden : goldenMachines(QStringLiteral("/machines"))) {
            QSet<QString> names;
            for (const QJsonObject& node :
                jsonValues(commandLine(golden.machine, settingsFor(golden)), QStringLiteral("-blockdev"))) {
                const QString name = node[QStringLiteral("node-name")].toString();
                QVERIFY(!name.isEmpty() && name.size() <= 31 && !names.contains(name));
                names.insert(name);
            }
        }
    }

    // A real shell gives back every argument as it was.
    void shellTextIsWhatAShellReads_data() { isTheGoldenOne_data(); }

    void shellTextIsWhatAShellReads()
    {
        QFETCH(int, index);
        const GoldenMachine golden = goldenMachines(QStringLiteral("/machines"))[size_t(index)];
        QStringList arguments = commandLine(golden.machine, settingsFor(golden));
        arguments << QStringLiteral("-x") << QString();
        const QString text = shellText(arguments);
        QProcess shell;
        shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), QStringLiteral("printf '%s\\0' ") + text});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.readAllStandardOutput(), arguments.join(QChar(0)).toUtf8() + '\0');
        for (const QString& line : text.split(QStringLiteral(" \\\n  ")).mid(1)) {
            QVERIFY2(line.startsWith(QLatin1Char('-')), qPrintable(line));
        }
    }
};

QTEST_APPLESS_MAIN(CommandLineTest)
#include "command_line_test.moc"
