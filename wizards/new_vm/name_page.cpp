// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/name_page.h"

#include "ui/elided_label.h"
#include "ui/fields/field_message.h"
#include "ui/note_label.h"
#include "wizards/path_field.h"

#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

NamePage::NamePage(MachineDraft& draft)
    : NewVmPage(draft, tr("Name and place"), tr("What is the machine called, and where is it kept?"))
    , m_name(new QLineEdit)
    , m_nameMessage(new FieldMessage(m_name))
    , m_place(new PathField(PathField::Kind::Folder, tr("Folder for the machine")))
    , m_placeMessage(new FieldMessage(m_place->edit()))
    , m_folder(new ElidedLabel(tr("The machine's folder: %1")))
{
    m_name->setObjectName(QStringLiteral("machineName"));
    m_nameMessage->setObjectName(QStringLiteral("nameMessage"));
    m_place->edit()->setObjectName(QStringLiteral("machinePlace"));
    m_placeMessage->setObjectName(QStringLiteral("placeMessage"));
    m_folder->setObjectName(QStringLiteral("machineFolder"));
    m_folder->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_place->setPlaceholder(draft.store().root());
    m_place->setStartFolder(draft.store().root());

    auto* nameLabel = new QLabel(tr("N&ame:"));
    nameLabel->setBuddy(m_name);
    m_name->setAccessibleName(tr("Name"));
    auto* placeLabel = new QLabel(tr("&Keep it in:"));
    placeLabel->setBuddy(m_place->edit());

    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(4);
    whole->addWidget(nameLabel);
    whole->addWidget(m_name);
    whole->addWidget(m_nameMessage);
    whole->addSpacing(16);
    whole->addWidget(placeLabel);
    whole->addWidget(m_place);
    whole->addWidget(m_placeMessage);
    whole->addSpacing(16);
    whole->addWidget(new NoteLabel(tr("Everything that belongs to the machine will be in this folder:")));
    whole->addWidget(m_folder);
    whole->addStretch();

    addField({.message = m_nameMessage, .about = {Choice::Name}, .onProblem = [this](FieldMessage& message) {
                  const QString other = this->draft().assessment().freeName;
                  const auto problems = this->draft().problemsWith({Choice::Name});
                  const bool taken = std::ranges::any_of(problems,
                      [](const Problem& problem) { return problem.error.kind == ErrorKind::AlreadyExists; });
                  if (taken && !other.isEmpty() && other != this->draft().choices().name) {
                      message.offerFix(
                          tr("Use “%1”").arg(fontMetrics().elidedText(other, Qt::ElideMiddle, 160)), [this, other] {
                              m_name->setText(other);
                              putName(other);
                              m_name->setFocus(Qt::OtherFocusReason);
                          });
                  }
              }});
    addField({.message = m_placeMessage, .about = {Choice::Place}, .otherwise = [this](FieldMessage& message) {
                  if (m_place->path().isEmpty()) {
                      message.say(FieldMessage::Kind::Note, tr("Empty: where Platter keeps its machines."));
                  } else {
                      message.clear();
                  }
              }});

    connect(m_name, &QLineEdit::textEdited, this, &NamePage::putName);
    connect(m_place, &PathField::typed, this, &NamePage::putPlace);
    connect(m_place, &PathField::picked, this, &NamePage::putPlace);
    connect(&draft, &MachineDraft::changed, this, &NamePage::showFolder);
    showFolder();
    refresh();
}

// Blanks around a name are nobody's intention.
void NamePage::putName(const QString& text)
{
    Q_EMIT edited();
    draft().edit(Choice::Name, [&](NewMachine& machine) { machine.name = text.trimmed(); });
}

void NamePage::putPlace()
{
    Q_EMIT edited();
    const QString place = m_place->path();
    draft().edit(Choice::Place, [&](NewMachine& machine) {
        machine.place = place.isEmpty() || place == draft().store().root() ? std::nullopt : std::optional(place);
    });
}

void NamePage::showFolder()
{
    m_folder->setFullText(machineFolderOf(draft().choices(), draft().store()));
}

QString NamePage::choice() const
{
    return draft().choices().name;
}

void NamePage::enter()
{
    if (m_name->text().trimmed() != draft().choices().name) {
        m_name->setText(draft().choices().name);
    }
}

QWidget* NamePage::firstField() const
{
    return m_name;
}

} // namespace platter
