// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/debugging_page.h"

#include "core/shell_words.h"
#include "ui/note_label.h"
#include "ui/settings/command_field.h"

#include <QCheckBox>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace platter {

DebuggingPage::DebuggingPage(const RuntimeFolder& runtime)
    : m_serial(new QCheckBox(tr("A second &serial port")))
    , m_gdb(new QCheckBox(tr("A stub for &gdb")))
{
    m_serial->setObjectName(QStringLiteral("debugSerial"));
    m_gdb->setObjectName(QStringLiteral("gdbStub"));
    auto* serialCommand = new CommandField(tr("The command that connects to the second serial port"),
        QStringLiteral("socat -,rawer %1")
            .arg(shellQuoted(QStringLiteral("UNIX-CONNECT:") + runtime.debugSerial())));
    serialCommand->setObjectName(QStringLiteral("serialCommand"));
    auto* gdbCommand = new CommandField(tr("The command that connects gdb"),
        QStringLiteral("gdb -ex %1").arg(shellQuoted(QStringLiteral("target remote ") + runtime.gdb())));
    gdbCommand->setObjectName(QStringLiteral("gdbCommand"));

    auto* column = new QVBoxLayout(this);
    column->setSpacing(4);
    column->addWidget(m_serial);
    column->addWidget(new NoteLabel(tr("ttyS1 in Linux and COM2 in Windows, for a kernel debugger or a console of "
                                       "its own. While the machine runs, this connects to it:")));
    column->addWidget(serialCommand);
    column->addSpacing(16);
    column->addWidget(m_gdb);
    column->addWidget(new NoteLabel(tr("QEMU's own, which the guest does not notice. The machine stands still once "
                                       "gdb has connected, until “continue”:")));
    column->addWidget(gdbCommand);
    column->addStretch();
    connect(m_serial, &QCheckBox::toggled, this, &SettingsPage::edited);
    connect(m_gdb, &QCheckBox::toggled, this, &SettingsPage::edited);
    connect(m_serial, &QCheckBox::toggled, serialCommand, &QWidget::setEnabled);
    connect(m_gdb, &QCheckBox::toggled, gdbCommand, &QWidget::setEnabled);
    serialCommand->setEnabled(false);
    gdbCommand->setEnabled(false);
}

void DebuggingPage::setDefinition(const Definition& definition)
{
    const QSignalBlocker quiet(this); // the boxes still switch their commands
    m_serial->setChecked(definition.debugging.hasSerialPort);
    m_gdb->setChecked(definition.debugging.hasGdbStub);
}

void DebuggingPage::writeTo(Definition& definition) const
{
    definition.debugging = {.hasSerialPort = m_serial->isChecked(), .hasGdbStub = m_gdb->isChecked()};
}

} // namespace platter
