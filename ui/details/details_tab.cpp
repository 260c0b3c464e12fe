// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/details_tab.h"

#include "ui/details/command_line_page.h"
#include "ui/details/definition_page.h"
#include "ui/details/qmp_page.h"
#include "ui/details/serial_page.h"
#include "ui/icons.h"

#include <QVBoxLayout>

namespace platter {

DetailsTab::DetailsTab(QWidget* parent)
    : QTabWidget(parent)
{
    setObjectName(QStringLiteral("detailsTab"));
    setDocumentMode(true);
    setAccessibleName(tr("Details"));
    const auto addPlace = [this](const QString& icon, const QString& title) {
        auto* place = new QWidget;
        auto* layout = new QVBoxLayout(place);
        layout->setContentsMargins(0, 0, 0, 0);
        addTab(place, symbolicIcon(icon), title);
    };
    addPlace(QStringLiteral("text-json"), tr("Definition"));
    addPlace(QStringLiteral("utilities-terminal"), tr("Command line"));
    addPlace(QStringLiteral("network-wired"), tr("QMP"));
    addPlace(QStringLiteral("video-display"), tr("Serial log"));
    connect(this, &QTabWidget::currentChanged, this, &DetailsTab::ensurePage);
    ensurePage(0);
}

DetailsPage* DetailsTab::makePage(int index)
{
    switch (index) {
    case 0:
        return new DefinitionPage();
    case 1:
        return new CommandLinePage();
    case 2:
        return new QmpPage();
    default:
        return new SerialPage();
    }
}

void DetailsTab::ensurePage(int index)
{
    QWidget* place = widget(index);
    if (place != nullptr && place->layout()->isEmpty()) {
        DetailsPage* page = makePage(index);
        page->setSession(m_session);
        place->layout()->addWidget(page);
    }
}

void DetailsTab::setSession(MachineSession* session)
{
    m_session = session;
    for (DetailsPage* page : findChildren<DetailsPage*>()) {
        page->setSession(session);
    }
}

} // namespace platter
