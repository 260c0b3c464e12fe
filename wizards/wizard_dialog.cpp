// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/wizard_dialog.h"

#include "ui/fields/field_message.h"
#include "wizards/step_list.h"
#include "wizards/wizard_page.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QCloseEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTimer>

#include <chrono>

namespace platter {

using namespace std::chrono_literals;

WizardDialog::WizardDialog(QWidget* parent)
    : QDialog(parent)
    , m_steps(new StepList)
    , m_title(new QLabel)
    , m_stack(new QStackedWidget)
    , m_status(new FieldMessage)
    , m_back(new QPushButton(tr("< &Back")))
    , m_next(new QPushButton)
    , m_cancel(new QPushButton(tr("Cancel")))
    , m_patience(new QTimer(this))
{
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    large.setWeight(QFont::DemiBold);
    m_title->setFont(large);
    m_title->setWordWrap(true);
    m_title->setContentsMargins(24, 20, 24, 4);
    m_title->setObjectName(QStringLiteral("pageTitle"));

    m_back->setObjectName(QStringLiteral("back"));
    m_next->setObjectName(QStringLiteral("next"));
    m_cancel->setObjectName(QStringLiteral("cancel"));
    m_status->setObjectName(QStringLiteral("wizardStatus"));
    m_next->setDefault(true);
    m_back->setAutoDefault(false);
    m_cancel->setAutoDefault(false);

    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(24, 12, 24, 16);
    buttons->setSpacing(8);
    buttons->addWidget(m_status, 100);
    buttons->addStretch(1);
    buttons->addWidget(m_back);
    buttons->addWidget(m_next);
    buttons->addWidget(m_cancel);

    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Midlight);

    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_title);
    right->addWidget(m_stack, 1);
    right->addWidget(line);
    right->addLayout(buttons);

    auto* whole = new QHBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(0);
    whole->addWidget(m_steps);
    whole->addLayout(right, 1);

    // Work that is done sooner needs no word.
    m_patience->setSingleShot(true);
    m_patience->setInterval(200ms);
    connect(m_patience, &QTimer::timeout, this,
        [this] { m_status->say(FieldMessage::Kind::Busy, tr("Looking at what you chose…")); });

    connect(m_back, &QPushButton::clicked, this, [this] { goTo(currentIndex() - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] {
        m_target = currentIndex() + 1;
        walk();
    });
    connect(m_cancel, &QPushButton::clicked, this, &WizardDialog::reject);
    connect(m_steps, &StepList::requested, this, &WizardDialog::goTo);
    // Queued: a field that was just made has its place only after the layout.
    connect(qApp, &QApplication::focusChanged, this, &WizardDialog::keepInView, Qt::QueuedConnection);

    setSizeGripEnabled(true);
    setMinimumSize(560, 360);
    resize(840, 560);
}

WizardDialog::~WizardDialog() = default;

int WizardDialog::pageCount() const
{
    return m_pages;
}

int WizardDialog::currentIndex() const
{
    return m_stack->currentIndex();
}

WizardPage* WizardDialog::page(int index) const
{
    auto* area = qobject_cast<QScrollArea*>(m_stack->widget(index));
    return area ? qobject_cast<WizardPage*>(area->widget()) : nullptr;
}

QScrollArea* WizardDialog::scrolling(QWidget* page)
{
    // Small windows and long translations scroll instead of being cut off.
    auto* area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(page);
    return area;
}

void WizardDialog::addPage(WizardPage* page)
{
    const int index = m_stack->addWidget(scrolling(page));
    ++m_pages;
    m_steps->addStep(page->step());
    connect(
        page, &WizardPage::choiceChanged, this, [this, page, index] { m_steps->setChoice(index, page->choice()); });
    connect(page, &WizardPage::edited, this, [this] {
        m_edited = true;
        stopWalking();
    });
    connect(page, &WizardPage::settled, this, [this, page, index] {
        if (index == currentIndex()) {
            showTitleOf(page);
        }
        if (index == currentIndex() && m_target > index) {
            walk();
        }
    });
    m_steps->setChoice(index, page->choice());
    refreshButtons();
}

void WizardDialog::goTo(int index)
{
    if (m_working || index < 0 || index >= pageCount() || (isInAftermath() && m_wayBack == WayBack::Closed)) {
        return;
    }
    if (index <= currentIndex()) {
        showPage(page(index)->applies() ? index : nextThatApplies(index, -1));
        stopWalking();
        return;
    }
    m_target = index;
    walk();
}

void WizardDialog::showTitleOf(WizardPage* page)
{
    m_title->setText(page->title());
    page->setAccessibleName(page->title());
}

void WizardDialog::showPage(int index)
{
    WizardPage* next = page(index);
    m_stack->setCurrentIndex(index);
    m_steps->setCurrent(index);
    next->enter();
    showTitleOf(next); // which may say what enter() has found
    refreshButtons();
    if (QWidget* field = next->firstField()) {
        field->setFocus(Qt::TabFocusReason);
        // The stack may have put the focus there already, for another reason: what is typed replaces what is there.
        if (auto* box = qobject_cast<QAbstractSpinBox*>(field)) {
            box->selectAll();
        } else if (auto* edit = qobject_cast<QLineEdit*>(field)) {
            edit->selectAll();
        }
    }
}

void WizardDialog::keepInView()
{
    auto* area = qobject_cast<QScrollArea*>(m_stack->currentWidget());
    QWidget* field = focusWidget();
    if (area && field && area->isAncestorOf(field)) {
        area->ensureWidgetVisible(field, 0, 64); // with the sentence below it
    }
}

void WizardDialog::walk()
{
    while (m_target > currentIndex() && !m_working) {
        const int index = currentIndex();
        switch (page(index)->tryLeave()) {
        case Leave::Stay:
            stopWalking();
            return;
        case Leave::Wait:
            if (!m_patience->isActive() && !m_status->isShowing()) {
                m_patience->start();
            }
            return;
        case Leave::Go:
            if (index + 1 == pageCount()) {
                stopWalking();
                finish();
                return;
            }
            showPage(nextThatApplies(index, 1));
        }
    }
    stopWalking();
}

// The first and the last page always apply.
int WizardDialog::nextThatApplies(int index, int direction) const
{
    int next = index + direction;
    while (next > 0 && next + 1 < pageCount() && !page(next)->applies()) {
        next += direction;
    }
    return next;
}

void WizardDialog::setAftermath(QWidget* page)
{
    m_aftermath = scrolling(page);
    m_stack->addWidget(m_aftermath);
}

void WizardDialog::showAftermath(const QString& title, const QString& close, WayBack back)
{
    stopWalking();
    m_closeText = close;
    m_wayBack = back;
    m_edited = false;
    m_stack->setCurrentWidget(m_aftermath);
    m_steps->setCurrent(pageCount());
    m_steps->setEnabled(back == WayBack::Open);
    m_title->setText(title);
    m_aftermath->setAccessibleName(title);
    refreshButtons();
}

bool WizardDialog::isInAftermath() const
{
    return m_aftermath != nullptr && m_stack->currentWidget() == m_aftermath;
}

void WizardDialog::stopWalking()
{
    m_target = currentIndex();
    m_patience->stop();
    if (!m_working) {
        m_status->clear();
    }
}

void WizardDialog::setFinishText(const QString& text)
{
    m_finishText = text;
    refreshButtons();
}

void WizardDialog::setWorking(const QString& text)
{
    m_working = !text.isEmpty();
    m_patience->stop();
    if (m_working) {
        m_focusBeforeWork = focusWidget();
        m_status->say(FieldMessage::Kind::Busy, text);
    } else {
        m_status->clear();
    }
    m_stack->setEnabled(!m_working);
    m_steps->setEnabled(!m_working);
    refreshButtons();
    if (!m_working && m_focusBeforeWork) {
        m_focusBeforeWork->setFocus(Qt::OtherFocusReason);
    }
}

void WizardDialog::refreshButtons()
{
    const bool after = isInAftermath();
    m_next->setVisible(!after);
    m_cancel->setText(after ? m_closeText : tr("Cancel"));
    m_cancel->setAccessibleName(m_cancel->text().remove(QLatin1Char('&')));
    m_back->setVisible(!after || m_wayBack == WayBack::Open);
    (after ? m_cancel : m_next)->setDefault(true);
    const bool last = currentIndex() == pageCount() - 1;
    m_next->setText(last ? m_finishText : tr("&Next >"));
    m_next->setAccessibleName(last ? QString(m_finishText).remove(QLatin1Char('&')) : tr("Next"));
    m_back->setAccessibleName(tr("Back"));
    m_next->setEnabled(!m_working);
    m_cancel->setEnabled(!m_working);
    // On the first page Back has nowhere to go: it keeps its place, so that the buttons do not jump.
    m_back->setEnabled(!m_working && currentIndex() > 0);
}

void WizardDialog::showEvent(QShowEvent* event)
{
    if (!event->spontaneous() && currentIndex() == 0) {
        showPage(0);
    }
    QDialog::showEvent(event);
}

void WizardDialog::closeEvent(QCloseEvent* event)
{
    // QDialog would close although reject() asks first.
    if (isVisible()) {
        reject();
        event->setAccepted(!isVisible());
        return;
    }
    QDialog::closeEvent(event);
}

void WizardDialog::reject()
{
    if (m_working || m_asking) {
        return;
    }
    if (!m_edited) {
        QDialog::reject();
        return;
    }
    m_asking = true;
    auto* question =
        new QMessageBox(QMessageBox::Question, windowTitle(), discardQuestion(), QMessageBox::NoButton, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton* discard = question->addButton(discardVerb(), QMessageBox::DestructiveRole);
    QPushButton* keep = question->addButton(tr("&Keep editing"), QMessageBox::RejectRole);
    question->setDefaultButton(keep);
    question->setEscapeButton(keep);
    connect(question, &QMessageBox::finished, this, [this, question, discard] {
        m_asking = false;
        if (question->clickedButton() == discard) {
            QDialog::reject();
        }
    });
    question->open();
}

} // namespace platter
