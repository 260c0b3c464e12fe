// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/command_line_page.h"

#include "core/qemu/command_line.h"
#include "ui/details/code_view.h"

namespace platter {

CommandLinePage::CommandLinePage()
    : DetailsPage(QStringLiteral("Bash"), tr("Command line"), tr("Copy the command line"))
{
}

void CommandLinePage::refresh()
{
    if (session() == nullptr) {
        return;
    }
    connect(session(), &MachineSession::definitionChanged, this, &CommandLinePage::refresh, Qt::UniqueConnection);
    connect(session(), &MachineSession::stateChanged, this, &CommandLinePage::refresh, Qt::UniqueConnection);
    if (!isVisible()) {
        return;
    }
    if (view()->document()->isEmpty()) {
        setNote(tr("Finding out which QEMU, firmware and accelerator there are."));
    }
    QCoro::connect(session()->commandLine(), this,
        [this, question = ++m_question, isOn = isUp(session()->state())](const Result<QStringList>& line) {
            if (question != m_question) {
                return;
            }
            if (line) {
                setNote(isOn ? tr("This is what the machine runs with.") : tr("This is what “Start” runs."));
                view()->setText(shellText(*line));
            } else {
                setNote(line.error().text());
                view()->setText({});
            }
        });
}

} // namespace platter
