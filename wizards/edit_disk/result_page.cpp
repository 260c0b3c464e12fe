// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/result_page.h"

#include "core/disk/operations/kept_copy.h"
#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "ui/jobs/progress_text.h"
#include "wizards/edit_disk/disk_words.h"
#include "wizards/edit_disk/guest_advice.h"

#include <QCoroFuture>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

// The file that holds the disk afterwards.
QString fileAfter(const EditRequest& request)
{
    if (makesNewImage(request.action)) {
        return request.target;
    }
    return request.action == EditAction::Flatten && request.mergesIntoParent ? QString() : request.file;
}

} // namespace

ResultPage::ResultPage(EditDraft& draft)
    : m_draft(draft)
    , m_title(new QLabel)
    , m_bar(new QProgressBar)
    , m_pace(new QLabel)
    , m_cancel(new QPushButton(tr("&Stop and undo")))
    , m_outcome(new FieldMessage)
    , m_sentences(new QLabel)
    , m_after(new DiskPicture)
    , m_keptOffer(new QWidget)
    , m_undo(new QPushButton(tr("&Undo")))
    , m_deleteCopy(new QPushButton(tr("&Delete the copy")))
    , m_copyMessage(new FieldMessage)
    , m_offer(new QWidget)
    , m_offerText(new QLabel)
    , m_put(new QPushButton(tr("&Put it in place")))
    , m_putMessage(new FieldMessage(m_put))
{
    for (QLabel* label : {m_title, m_sentences, m_offerText}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_sentences->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_sentences->setObjectName(QStringLiteral("resultSentences"));
    m_sentences->setAccessibleName(tr("What is different now"));
    m_bar->setObjectName(QStringLiteral("editProgress"));
    m_bar->setAccessibleName(tr("Progress"));
    m_pace->setObjectName(QStringLiteral("editPace"));
    m_cancel->setObjectName(QStringLiteral("cancelEdit"));
    m_cancel->setAccessibleName(tr("Stop and undo"));
    m_outcome->setObjectName(QStringLiteral("editOutcome"));
    m_after->setObjectName(QStringLiteral("resultPicture"));
    m_undo->setObjectName(QStringLiteral("undoEdit"));
    m_deleteCopy->setObjectName(QStringLiteral("deleteCopy"));
    m_copyMessage->setObjectName(QStringLiteral("copyMessage"));
    m_put->setObjectName(QStringLiteral("putInPlace"));
    m_putMessage->setObjectName(QStringLiteral("putMessage"));

    auto* progress = new QHBoxLayout;
    progress->setSpacing(8);
    progress->addWidget(m_bar, 1);
    progress->addWidget(m_cancel);
    auto* kept = new QHBoxLayout(m_keptOffer);
    kept->setContentsMargins({});
    kept->setSpacing(8);
    kept->addWidget(m_undo);
    kept->addWidget(m_deleteCopy);
    kept->addStretch(1);
    auto* offer = new QVBoxLayout(m_offer);
    offer->setContentsMargins({});
    offer->setSpacing(8);
    offer->addWidget(m_offerText);
    offer->addWidget(m_put, 0, Qt::AlignLeft);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(12);
    whole->addWidget(m_title);
    whole->addLayout(progress);
    whole->addWidget(m_pace);
    whole->addWidget(m_outcome);
    whole->addWidget(m_after);
    whole->addWidget(m_sentences);
    whole->addWidget(m_keptOffer);
    whole->addWidget(m_copyMessage);
    whole->addWidget(m_offer);
    whole->addWidget(m_putMessage);
    whole->addStretch(1);

    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_job) {
            m_job->cancel();
        }
    });
    connect(m_undo, &QPushButton::clicked, this, &ResultPage::undoRequested);
    connect(m_deleteCopy, &QPushButton::clicked, this, &ResultPage::deleteCopy);
    connect(m_put, &QPushButton::clicked, this, &ResultPage::putInPlace);
}

void ResultPage::follow(DiskJobRunner* job)
{
    m_job = job;
    m_request = m_draft.request();
    m_use = m_draft.use();
    m_title->setText(job->title());
    m_bar->setVisible(true);
    m_pace->setVisible(true);
    m_cancel->setVisible(true);
    m_outcome->clear();
    m_sentences->setVisible(false);
    m_after->setVisible(false);
    m_offer->setVisible(false);
    m_putMessage->clear();
    m_keptOffer->setVisible(false);
    m_copyMessage->clear();
    connect(job, &DiskJobRunner::progressed, this, &ResultPage::refresh);
    connect(job, &DiskJobRunner::finished, this, &ResultPage::showOutcome);
    if (job->isFinished()) {
        showOutcome(); // short work may have ended already
    } else {
        refresh();
    }
}

QWidget* ResultPage::firstField() const
{
    return m_cancel;
}

void ResultPage::refresh()
{
    if (!m_job || m_job->isFinished()) {
        return;
    }
    const std::optional<int> share = thousandthsOf(m_job->progress());
    m_bar->setRange(0, share ? 1000 : 0);
    m_bar->setValue(share.value_or(0));
    const Progress::State& state = m_job->progress();
    QString words = m_job->isCancelling() ? tr("Cancelling…") : paceOf(state);
    if (share && !m_job->isCancelling()) {
        const QString amount = tr("%1 of %2", "sizes").arg(state.done.toString(), state.total.toString());
        words = words.isEmpty() ? amount : tr("%1 · %2", "amount, pace").arg(amount, words);
    }
    m_pace->setText(words.isEmpty()
            ? tr("You may close this window: the work goes on and stays in view at the bottom "
                 "of the main window.")
            : words);
    m_cancel->setEnabled(!m_job->isCancelling());
}

void ResultPage::showOutcome()
{
    m_bar->setVisible(false);
    m_pace->setVisible(false);
    m_cancel->setVisible(false);
    const Result<OperationOutcome>& outcome = *m_job->outcome();
    if (!outcome) {
        if (outcome.error().kind == ErrorKind::Cancelled) {
            m_outcome->say(FieldMessage::Kind::Note, outcome.error().text());
        } else {
            m_outcome->say({outcome.error()});
        }
        return;
    }
    if (outcome->shortfall) {
        m_outcome->say(FieldMessage::Kind::Warning, outcome->shortfall->text());
    } else {
        m_outcome->say(FieldMessage::Kind::Good, tr("Done."));
    }
    QStringList sentences = outcome->sentences;
    const bool mayFree = outcome->keptCopy.isEmpty() && !makesNewImage(m_request.action);
    if (mayFree && outcome->sizeOnHostAfter < outcome->sizeOnHostBefore) {
        sentences
            << tr("%1 were given back to the host.")
                   .arg(ByteCount(outcome->sizeOnHostBefore.bytes() - outcome->sizeOnHostAfter.bytes()).toString());
    }
    const bool hasGrown = growsInGuest(m_request, m_use) && !outcome->shortfall;
    if (m_request.action == EditAction::Expand && !hasGrown && m_draft.disk() != nullptr) {
        sentences << afterExpanding(m_draft.disk()->disk);
    }
    m_sentences->setText(sentences.join(QLatin1Char('\n')));
    m_sentences->setVisible(true);
    m_keptOffer->setVisible(!outcome->keptCopy.isEmpty());
    const QString file = fileAfter(m_request);
    if (!file.isEmpty()) {
        showAfter(file);
    }
    if (makesNewImage(m_request.action)) {
        offerToPutInPlace();
    }
}

void ResultPage::showAfter(const QString& file)
{
    QCoro::connect(QtConcurrent::run([file, parents = m_request.parents] {
        return inspectFile(file, parents, InspectAccess::Shared);
    }),
        this, [this, file](const Result<DiskInspection>& disk) {
            if (disk) {
                m_after->setDisk(*disk);
                m_after->setName(QFileInfo(file).fileName());
                m_after->setVisible(true);
            }
        });
}

void ResultPage::deleteCopy()
{
    dropCopiesOf(m_request.file, CopiesToDrop::All);
    m_keptOffer->setVisible(false);
    m_copyMessage->say(FieldMessage::Kind::Good, tr("The copy is deleted; this cannot be undone any more."));
}

void ResultPage::offerToPutInPlace()
{
    if (!m_use.session || !machineFormat(m_request.targetFormat)) {
        return;
    }
    m_offerText->setText(
        tr("The machine “%1” still has %2 as its disk %3. Put the new one in its place? The old one "
           "is kept to go back to until the machine has run from the new one.")
            .arg(m_use.machine, QFileInfo(m_request.file).fileName(), m_use.slot.toString()));
    m_put->setText(
        tr("&Put it into “%1”").arg(QString(m_use.machine).replace(QLatin1Char('&'), QLatin1String("&&"))));
    m_put->setVisible(true);
    m_offer->setVisible(true);
    m_put->setFocus(Qt::OtherFocusReason);
}

void ResultPage::putInPlace()
{
    if (!m_use.session) {
        m_putMessage->say(
            {Error{.kind = ErrorKind::NotFound, .summary = tr("The machine “%1” is gone.").arg(m_use.machine)}});
        return;
    }
    const Result<void> done =
        m_use.session->setDisk(m_use.slot, DiskDrive{m_request.target, *machineFormat(m_request.targetFormat)});
    if (!done) {
        m_putMessage->say({done.error()});
        return;
    }
    m_offer->setVisible(false);
    m_putMessage->say(FieldMessage::Kind::Good,
        tr("“%1” has %2 as its disk %3 now. Once its system has run from it, the storage pane offers to delete %4; "
           "until then it offers to go back.")
            .arg(m_use.machine, QFileInfo(m_request.target).fileName(), m_use.slot.toString(),
                QFileInfo(m_request.file).fileName()));
}

} // namespace platter
