// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/definition_page.h"

#include "core/machine/definition_json.h"
#include "ui/details/code_view.h"

#include <QDir>

namespace platter {

DefinitionPage::DefinitionPage()
    : DetailsPage(QStringLiteral("JSON"), tr("Definition"), tr("Copy the definition"))
{
}

void DefinitionPage::refresh()
{
    if (session() == nullptr) {
        return;
    }
    connect(session(), &MachineSession::definitionChanged, this, &DefinitionPage::refresh, Qt::UniqueConnection);
    const StoredMachine& machine = session()->machine();
    setNote(QDir::toNativeSeparators(machine.definitionFile()));
    view()->setText(QString::fromUtf8(toJson(machine.definition, machine.folder)));
}

} // namespace platter
