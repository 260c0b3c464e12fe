// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/settings_dialog.h"

#include "core/live/machine_settings.h"
#include "ui/fields/field_message.h"
#include "ui/settings/adapters_page.h"
#include "ui/settings/debugging_page.h"
#include "ui/settings/display_page.h"
#include "ui/settings/firmware_page.h"
#include "ui/settings/general_page.h"
#include "ui/settings/guest_page.h"
#include "ui/settings/memory_page.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QListWidget>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace platter {

SettingsDialog::SettingsDialog(MachineSession& session, std::set<quint16> taken, QWidget* parent)
    : QDialog(parent)
    , m_session(&session)
    , m_list(new QListWidget)
    , m_stack(new QStackedWidget)
    , m_message(new FieldMessage)
{
    setObjectName(QStringLiteral("settings"));
    setWindowTitle(tr("Settings of %1").arg(session.name()));
    m_list->setObjectName(QStringLiteral("settingsPages"));
    m_list->setAccessibleName(tr("Pages of settings"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setSpacing(3);
    m_message->setObjectName(QStringLiteral("settingsMessage"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons->setObjectName(QStringLiteral("settingsButtons"));

    // Before the buttons below them, as the tab order has it.
    addPages(std::move(taken));
    auto* upper = new QHBoxLayout;
    upper->setSpacing(8);
    upper->addWidget(m_list);
    upper->addWidget(m_stack, 1);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(8);
    column->addLayout(upper, 1);
    column->addWidget(m_message);
    column->addWidget(buttons);
    m_list->setFixedWidth(m_list->sizeHintForColumn(0) + 2 * m_list->frameWidth() + 24);
    load();
    setMinimumSize(600, 400); // what an adapter needs
    resize(720, 520);

    connect(m_list, &QListWidget::currentRowChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &SettingsDialog::reject);
    connect(&session, &MachineSession::definitionChanged, this, &SettingsDialog::followSession);
    connect(&session, &MachineSession::stateChanged, this, &SettingsDialog::tell);
    connect(&session, &QObject::destroyed, this, &SettingsDialog::reject);
    m_list->setCurrentRow(0);
    m_list->setFocus();
}

void SettingsDialog::addPages(std::set<quint16> taken)
{
    const RuntimeFolder runtime =
        RuntimeFolder::of(m_session->places().runtime, m_session->machine().definition.id);
    add(new GeneralPage);
    add(new MemoryPage(HostResources::ofThisHost()));
    add(new DisplayPage);
    add(new AdaptersPage(std::move(taken)));
    add(new GuestPage);
    add(new DebuggingPage(runtime));
    auto* firmware = new FirmwarePage(m_session->name(), m_session->places());
    add(firmware);
    connect(firmware, &FirmwarePage::failed, this,
        [this](const QString&, const Error& error) { m_message->say({error}); });
    connect(firmware, &FirmwarePage::written, this, [this](const FirmwareSettings& settings) {
        m_before.firmware = settings;
        tell();
    });
}

void SettingsDialog::add(SettingsPage* page)
{
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(page);
    m_stack->addWidget(area);
    m_list->addItem(page->title());
    m_pages.push_back(page);
    connect(page, &SettingsPage::edited, this, &SettingsDialog::tell);
}

void SettingsDialog::load()
{
    m_before = m_session->machine().definition;
    for (SettingsPage* page : m_pages) {
        page->setDefinition(m_before);
    }
    tell();
}

Definition SettingsDialog::draft() const
{
    Definition definition = m_before;
    for (const SettingsPage* page : m_pages) {
        page->writeTo(definition);
    }
    return definition;
}

void SettingsDialog::followSession()
{
    if (m_isWriting) {
        return;
    }
    if (draft() == m_before) {
        load(); // nobody has begun to edit
    } else {
        tell();
    }
}

void SettingsDialog::tellOfOthers()
{
    m_message->say(FieldMessage::Kind::Warning,
        tr("Another program has changed these settings meanwhile. What you have changed here cannot be written any "
           "more."));
    m_message->offerFix(tr("Show them as they are"), [this] { load(); });
}

void SettingsDialog::tell()
{
    if (!m_session || m_isWriting) {
        return;
    }
    if (!haveSameSettings(m_session->machine().definition, m_before)) {
        tellOfOthers();
        return;
    }
    const QStringList waiting = m_session->waitingSettings(draft());
    if (waiting.isEmpty()) {
        m_message->clear();
    } else {
        m_message->say(FieldMessage::Kind::Note,
            tr("Takes effect at the next start:") + QLatin1Char(' ') + waiting.join(QLatin1Char(' ')));
    }
}

void SettingsDialog::showPage(int index)
{
    m_list->setCurrentRow(index);
    for (const FieldMessage* message : m_pages[std::size_t(index)]->findChildren<FieldMessage*>()) {
        if (message->isError() && message->field() != nullptr) {
            message->field()->setFocus(Qt::OtherFocusReason);
            return;
        }
    }
}

void SettingsDialog::accept()
{
    if (!m_session || m_isWriting) {
        return;
    }
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        if (const std::optional<Error> problem = m_pages[i]->problem()) {
            showPage(int(i));
            m_message->say({*problem});
            return;
        }
    }
    write();
}

void SettingsDialog::write()
{
    m_isWriting = true;
    QCoro::connect(m_session->changeSettings(m_before, draft()), this, [this](const Result<void>& done) {
        m_isWriting = false;
        if (done) {
            QDialog::accept();
        } else if (done.error().kind == ErrorKind::InUse) {
            tellOfOthers();
        } else {
            if (m_session && haveSameSettings(m_session->machine().definition, draft())) {
                m_before = m_session->machine().definition; // written, and something that follows failed
            }
            m_message->say({done.error()});
        }
    });
}

} // namespace platter
