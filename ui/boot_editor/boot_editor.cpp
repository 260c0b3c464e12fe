// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boot_editor/boot_editor.h"

#include "core/live/machine_boot.h"
#include "core/live/machine_firmware.h"
#include "ui/boot_editor/boot_changes.h"
#include "ui/boot_editor/loader_dialog.h"
#include "ui/main_window/confirmation.h"
#include "ui/note_label.h"

#include <QCoroFuture>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

constexpr int againInterval = 5000; // ms
constexpr int rowPadding = 8;

// Rows that a mouse hits.
class RoomyRows : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(rowPadding, rowPadding);
    }
};

QCoro::Task<Result<void>> change(QString machine, Places places, BootOrder before, BootOrder after)
{
    co_return co_await QtConcurrent::run(changeBootOrder, machine, places, before, after);
}

QCoro::Task<Result<QString>> forget(QString machine, Places places)
{
    co_return co_await QtConcurrent::run(resetFirmware, machine, places);
}

} // namespace

struct BootEditor::Look {
    Definition definition;
    Result<BootOrder> order;
    std::vector<BootFinding> findings;
    bool isKnown = false;
};

BootEditor::BootEditor(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("bootEditor"));
    m_state = new NoteLabel;
    m_state->setObjectName(QStringLiteral("bootState"));
    m_view = new QTreeView;
    m_view->setObjectName(QStringLiteral("bootEntries"));
    m_view->setAccessibleName(tr("What the firmware tries to start, first to last"));
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new RoomyRows(m_view));
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setDragDropMode(QAbstractItemView::InternalMove);
    m_view->setDragDropOverwriteMode(false);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers); // but by F2, whichever column is current
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->header()->setSectionResizeMode(BootModel::What, QHeaderView::Stretch);
    m_finding = new NoteLabel;
    m_finding->setObjectName(QStringLiteral("bootFinding"));
    m_changes = new QLabel;
    m_changes->setObjectName(QStringLiteral("bootChanges"));
    m_changes->setTextFormat(Qt::PlainText);
    m_changes->setWordWrap(true);
    m_changes->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);

    m_up = add("bootUp", tr("Move &Up"), &BootEditor::moveUp);
    m_down = add("bootDown", tr("Move Dow&n"), &BootEditor::moveDown);
    m_once = add("bootOnce", tr("Boot &Once"), &BootEditor::bootOnce);
    m_add = add("bootAdd", tr("&Add…"), &BootEditor::addEntry);
    m_rename = add("bootRename", tr("&Rename"), &BootEditor::rename);
    m_remove = add("bootRemove", tr("Re&move"), &BootEditor::remove);
    m_reset = add("bootReset", tr("Reset Variable&s…"), &BootEditor::reset);
    m_revert = add("bootRevert", tr("Re&vert"), &BootEditor::revert);
    m_apply = add("bootApply", tr("App&ly"), &BootEditor::apply);
    m_reset->setToolTip(tr("Forgets all that firmware and guest have written into NVRAM; a backup is kept."));
    addKey(QKeySequence(Qt::ALT | Qt::Key_Up), &BootEditor::moveUp);
    addKey(QKeySequence(Qt::ALT | Qt::Key_Down), &BootEditor::moveDown);
    addKey(QKeySequence(Qt::Key_Delete), &BootEditor::remove);
    addKey(QKeySequence(Qt::Key_F2), &BootEditor::rename);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : {m_up, m_down, m_once, m_add, m_rename, m_remove}) {
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    auto* ends = new QHBoxLayout;
    ends->setSpacing(8);
    ends->addWidget(m_reset);
    ends->addStretch(1);
    ends->addWidget(m_revert);
    ends->addWidget(m_apply);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(8);
    column->addWidget(m_state);
    column->addWidget(m_view, 1);
    column->addWidget(m_finding);
    column->addLayout(buttons);
    column->addWidget(m_changes);
    column->addLayout(ends);

    m_again.setInterval(againInterval);
    connect(&m_again, &QTimer::timeout, this, &BootEditor::readAgain);
    connect(&m_model, &BootModel::edited, this, &BootEditor::select);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &BootEditor::update);
    update();
}

BootEditor::~BootEditor()
{
    delete m_view; // before its model
}

QPushButton* BootEditor::add(const char* name, const QString& text, void (BootEditor::*run)())
{
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(name));
    connect(button, &QPushButton::clicked, this, run);
    return button;
}

void BootEditor::addKey(const QKeySequence& keys, void (BootEditor::*run)())
{
    connect(new QShortcut(keys, m_view, nullptr, nullptr, Qt::WidgetShortcut), &QShortcut::activated, this, run);
}

// --- following the machine
// ----------------------------------------------------------------------------------------

void BootEditor::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
    }
    m_session = session;
    m_isKnown = false;
    m_error.reset();
    m_order = {};
    m_model.setOrder({}, {}, {});
    if (session != nullptr) {
        connect(session, &MachineSession::definitionChanged, this, [this] { read(); });
        connect(session, &MachineSession::stateChanged, this, &BootEditor::follow);
    }
    follow();
}

void BootEditor::follow()
{
    const bool runs = m_session && isUp(m_session->state());
    if (runs && isVisible()) {
        m_again.start();
    } else {
        m_again.stop();
    }
    if (!isEditable() && isChanged()) {
        m_model.edit([this](BootOrder& draft) { draft = m_order; }); // it was started with the order as it is
    }
    read();
    update();
}

void BootEditor::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    follow();
}

void BootEditor::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_again.stop();
}

// Keys and entries may have been changed elsewhere, as in the window of the settings.
bool BootEditor::event(QEvent* event)
{
    if (event->type() == QEvent::WindowActivate) {
        read();
    }
    return QWidget::event(event);
}

QCoro::Task<BootEditor::Look> BootEditor::look(StoredMachine machine, Places places, std::optional<BootOrder> known)
{
    co_return co_await QtConcurrent::run([machine, places, known] {
        // What another program has changed, this session may not know yet.
        const StoredMachine stored = MachineStore(places.machines).load(machine.name).value_or(machine);
        Look look{stored.definition, bootOrderOf(stored, places), {}};
        look.isKnown = look.order && known == *look.order;
        if (look.order && !look.isKnown) {
            look.findings = examineBootOf(stored, *look.order, places);
        }
        return look;
    });
}

void BootEditor::read()
{
    read(std::nullopt);
}

void BootEditor::readAgain()
{
    read(m_isKnown && !m_error ? std::optional(m_order) : std::nullopt);
}

void BootEditor::read(const std::optional<BootOrder>& known)
{
    if (!m_session || !isVisible() || isChanged()) {
        return;
    }
    const int number = ++m_look;
    QCoro::connect(look(m_session->machine(), m_session->places(), known), this, [this, number](const Look& found) {
        if (number == m_look && !found.isKnown && !isChanged()) {
            take(found);
        }
    });
}

void BootEditor::take(const Look& found)
{
    if (m_isKnown && !m_error && m_order == found.order && m_definition == found.definition
        && m_model.hasFindings(found.findings)) {
        return; // so that the list stays where it has been scrolled to
    }
    const BootEntry* selected = current();
    const std::optional<std::uint16_t> number =
        selected != nullptr ? std::optional(selected->number) : std::nullopt;
    m_isKnown = true;
    m_error = found.order ? std::nullopt : std::optional(found.order.error());
    m_order = found.order.value_or(BootOrder());
    m_definition = found.definition;
    m_model.setOrder(m_order, found.findings, m_definition);
    if (number && m_model.rowOf(*number) >= 0) {
        select(*number);
    } else if (m_model.rowCount() > 0) {
        m_view->setCurrentIndex(m_model.index(0, BootModel::Order));
    }
    update();
}

// --- what can be done
// ---------------------------------------------------------------------------------------------

bool BootEditor::isEditable() const
{
    return m_session && !isUp(m_session->state()) && m_session->state() != MachineState::Starting;
}

bool BootEditor::isChanged() const
{
    return m_isKnown && !m_error && m_model.draft() != m_order;
}

const BootEntry* BootEditor::current() const
{
    return m_model.entryAt(m_view->currentIndex());
}

void BootEditor::select(std::uint16_t number)
{
    const int row = m_model.rowOf(number);
    if (row >= 0) {
        m_view->setCurrentIndex(m_model.index(row, BootModel::Order));
    }
    update();
}

void BootEditor::update()
{
    const bool canEdit = isEditable() && m_isKnown && !m_error;
    m_model.setReadOnly(!canEdit);
    const BootEntry* entry = current();
    const int row = m_view->currentIndex().row();
    const bool isOwn = entry != nullptr && !entry->device();
    m_up->setEnabled(canEdit && entry != nullptr && entry->isOn && row > 0);
    m_down->setEnabled(canEdit && entry != nullptr && entry->isOn && row + 1 < m_model.tried());
    m_once->setEnabled(canEdit && entry != nullptr);
    m_once->setText(
        entry != nullptr && m_model.draft().next() == entry->number ? tr("Do Not Boot &Once") : tr("Boot &Once"));
    m_add->setEnabled(canEdit);
    m_rename->setEnabled(canEdit && isOwn);
    m_remove->setEnabled(canEdit && isOwn);
    const QString device = tr("A device of the machine stays in the list: switch it off instead.");
    for (QPushButton* button : {m_rename, m_remove}) {
        button->setToolTip(canEdit && entry != nullptr && !isOwn ? device : QString());
        button->setAccessibleDescription(button->toolTip());
    }
    m_reset->setEnabled(isEditable());

    const QStringList changes = isChanged()
        ? bootChanges(m_order, m_model.draft(), [this](const BootEntry& one) { return m_model.nameOf(one); })
        : QStringList();
    m_changes->setText(changes.join(QLatin1Char('\n')));
    m_changes->setVisible(!changes.isEmpty());
    m_revert->setEnabled(isChanged());
    m_apply->setEnabled(canEdit && isChanged());

    const BootFinding* finding = entry != nullptr ? &m_model.findingOf(*entry) : nullptr;
    m_finding->setText(
        finding != nullptr ? QStringLiteral("%1 %2").arg(finding->sentence, finding->advice).trimmed() : QString());
    m_state->setShade(m_error ? NoteLabel::Shade::Error : NoteLabel::Shade::Quiet);
    if (!m_session) {
        m_state->setText({});
    } else if (m_error) {
        m_state->setText(m_error->text());
    } else if (!m_isKnown) {
        m_state->setText(tr("Reading the boot order…"));
    } else if (!isEditable()) {
        m_state->setText(
            tr("%1 runs, and its firmware holds the order: it can be changed while the machine is off.")
                .arg(m_session->name()));
    } else {
        m_state->setText(
            tr("The firmware tries these from the top until one starts. What is changed takes effect at "
               "the next start."));
    }
}

void BootEditor::moveUp()
{
    if (const BootEntry* entry = current(); entry != nullptr && m_up->isEnabled()) {
        const std::uint16_t number = entry->number;
        m_model.move(number, m_view->currentIndex().row() - 1);
        select(number);
    }
}

void BootEditor::moveDown()
{
    if (const BootEntry* entry = current(); entry != nullptr && m_down->isEnabled()) {
        const std::uint16_t number = entry->number;
        m_model.move(number, m_view->currentIndex().row() + 2);
        select(number);
    }
}

void BootEditor::bootOnce()
{
    if (const BootEntry* entry = current()) {
        const std::uint16_t number = entry->number;
        m_model.edit([number](BootOrder& draft) {
            draft.setNext(draft.next() == number ? std::nullopt : std::optional(number));
        });
        select(number);
    }
}

void BootEditor::addEntry()
{
    auto* dialog = new LoaderDialog(m_definition, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &LoaderDialog::chosen, this, [this](const QString& description, const FileTarget& file) {
        if (isEditable()) {
            std::uint16_t number = 0;
            m_model.edit([&](BootOrder& draft) { number = draft.add(description, file); });
            select(number);
        }
    });
    dialog->open();
}

void BootEditor::rename()
{
    m_view->edit(m_view->currentIndex().siblingAtColumn(BootModel::What));
}

void BootEditor::remove()
{
    if (const BootEntry* entry = current(); entry != nullptr && m_remove->isEnabled()) {
        const int row = m_view->currentIndex().row();
        const std::uint16_t number = entry->number;
        m_model.edit([number](BootOrder& draft) { draft.remove(number); });
        m_view->setCurrentIndex(m_model.index(std::min(row, m_model.rowCount() - 1), BootModel::Order));
        update();
    }
}

void BootEditor::revert()
{
    const BootEntry* entry = current();
    const std::uint16_t number = entry != nullptr ? entry->number : 0;
    m_model.edit([this](BootOrder& draft) { draft = m_order; });
    select(number);
    read(); // another program's change may be why
}

void BootEditor::apply()
{
    const BootOrder after = m_model.draft();
    const QString name = m_session->name();
    QCoro::connect(
        change(name, m_session->places(), m_order, after), this, [this, name, after](const Result<void>& done) {
            if (!m_session || m_session->name() != name) {
                return;
            }
            if (!done) {
                Q_EMIT failed(name, done.error());
                return;
            }
            if (m_model.draft() == after) {
                m_order = after;
            }
            read();
            update();
        });
}

void BootEditor::reset()
{
    const QString name = m_session->name();
    const Places places = m_session->places();
    ask(this,
        {.question = tr("Reset the firmware's variables of %1?").arg(name),
            .consequence =
                tr("The boot entries that its guest has made are forgotten, and the firmware's settings. The "
                   "file as it is now is kept in the machine's folder, in nvram-backups."),
            .verb = tr("Reset Variables")},
        [this, name, places] {
            QCoro::connect(forget(name, places), this, [this, name](const Result<QString>& done) {
                if (!done) {
                    Q_EMIT failed(name, done.error());
                } else if (m_session && m_session->name() == name) {
                    m_model.edit([this](BootOrder& draft) { draft = m_order; });
                    read();
                }
            });
        });
}

} // namespace platter
