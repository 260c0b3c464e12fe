// SPDX-License-Identifier: GPL-3.0-or-later
// How the work goes and how it ended, read back from the file; where a machine's disk got a new image, it puts
// that in place where it is wanted. GUI thread; owned by the wizard.
#pragma once

#include "ui/jobs/disk_job_runner.h"
#include "wizards/edit_disk/edit_draft.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace platter {

class DiskPicture;
class FieldMessage;

class ResultPage : public QWidget {
    Q_OBJECT

public:
    explicit ResultPage(EditDraft& draft);

    void follow(DiskJobRunner* job);
    // What the focus goes to.
    QWidget* firstField() const;

Q_SIGNALS:
    void undoRequested();

private:
    void refresh();
    void showOutcome();
    void showAfter(const QString& file);
    void offerToPutInPlace();
    void putInPlace();
    void deleteCopy();

    EditDraft& m_draft;
    QPointer<DiskJobRunner> m_job;
    EditRequest m_request; // what the job does
    DiskUse m_use; // as it began
    QLabel* m_title;
    QProgressBar* m_bar;
    QLabel* m_pace;
    QPushButton* m_cancel;
    FieldMessage* m_outcome;
    QLabel* m_sentences;
    DiskPicture* m_after;
    QWidget* m_keptOffer; // what can be done with the copy that was kept
    QPushButton* m_undo;
    QPushButton* m_deleteCopy;
    FieldMessage* m_copyMessage;
    QWidget* m_offer;
    QLabel* m_offerText;
    QPushButton* m_put;
    FieldMessage* m_putMessage;
};

} // namespace platter
