// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/former_disk_notice.h"

#include "ui/main_window/confirmation.h"
#include "ui/note_label.h"

#include <QDir>
#include <QFileInfo>
#include <QPushButton>

namespace platter {

namespace {

// As long as a button may be.
QString onButton(const QString& name)
{
    QString shown = name.size() <= 28 ? name : name.first(14) + QStringLiteral("…") + name.last(13);
    return shown.replace(QLatin1Char('&'), QLatin1String("&&"));
}

} // namespace

FormerDiskNotice::FormerDiskNotice(MachineSession* session, SlotId slot, QWidget* parent)
    : StorageNotice(QStringLiteral("dialog-information"), parent)
    , m_session(session)
    , m_slot(slot)
    , m_delete(addButton(QStringLiteral("deleteFormerDisk"), {}, QStringLiteral("user-trash")))
    , m_back(addButton(QStringLiteral("goBackToFormerDisk")))
    , m_keep(addButton(QStringLiteral("keepFormerDisk"), tr("Keep both")))
{
    setObjectName(QStringLiteral("formerDisk"));
    const auto& disk = std::get<DiskDrive>(session->machine().definition.driveAt(slot)->what);
    m_file = disk.former->file;
    m_isReplaced = disk.former->isReplaced;
    m_name = QFileInfo(m_file).fileName();
    m_newName = disk.shortName();
    text().setObjectName(QStringLiteral("formerDiskText"));
    text().setToolTip(QDir::toNativeSeparators(m_file));
    m_keep->setToolTip(tr("Say no more of it; the file stays where it is"));

    connect(m_delete, &QPushButton::clicked, this, &FormerDiskNotice::remove);
    connect(m_back, &QPushButton::clicked, this, &FormerDiskNotice::goBack);
    connect(m_keep, &QPushButton::clicked, this, [this] {
        if (m_session) {
            report(m_session->keepFormerDisk(m_slot));
        }
    });
    refresh();
}

void FormerDiskNotice::setSizeOnHost(const Result<ByteCount>& size)
{
    m_isGone = !size && size.error().kind == ErrorKind::NotFound;
    m_size = size ? std::optional(*size) : std::nullopt;
    refresh();
}

void FormerDiskNotice::refresh()
{
    if (!m_session) {
        return;
    }
    const QString machine = m_session->name();
    const QString slot = m_slot.toString();
    if (m_isGone) {
        text().setText(tr("Disk %1 was %2 before %3 took its place. That file is not there any more.")
                .arg(slot, m_name, m_newName));
    } else if (m_isReplaced) {
        text().setText(tr("%1 has run from %2, its disk %3. The disk before, %4, is not needed any more.")
                .arg(machine, m_newName, slot, m_name));
    } else {
        text().setText(tr("Disk %1 was %2 before %3 took its place. It is kept, so that you can go back to it, "
                          "until %4 has run from "
                          "the new one.")
                .arg(slot, m_name, m_newName, machine));
    }
    m_delete->setText(m_size ? tr("Delete %1 (%2)", "file, size").arg(onButton(m_name), m_size->toString())
                             : tr("Delete %1").arg(onButton(m_name)));
    m_back->setText(tr("Go back to %1…").arg(onButton(m_name)));
    const QString gone = m_isGone ? tr("The file is not there.") : QString();
    const QString needed =
        m_isReplaced ? QString() : tr("It may still be needed: %1 has not run from the new disk yet.").arg(machine);
    const QString up = isUp(m_session->state()) ? tr("Only while the machine is off.") : QString();
    const auto setUp = [](QPushButton* button, const QString& reason, const QString& tip) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason.isEmpty() ? tip : reason);
        button->setAccessibleDescription(reason);
    };
    setUp(m_delete, gone.isEmpty() ? needed : gone, tr("Move the file to the trash"));
    setUp(m_back, gone.isEmpty() ? up : gone, tr("Put the disk before back in its place"));
}

void FormerDiskNotice::report(const Result<void>& done)
{
    if (!done && m_session) {
        Q_EMIT failed(m_session->name(), done.error());
    }
}

void FormerDiskNotice::goBack()
{
    if (!m_session) {
        return;
    }
    ask(window(),
        {.question = tr("Go back to %1 as disk %2 of %3?").arg(m_name, m_slot.toString(), m_session->name()),
            .consequence = m_isReplaced
                ? tr("What the machine has written to %1 is not on it. The file %1 stays where it is.")
                      .arg(m_newName)
                : tr("The file %1 stays where it is.").arg(m_newName),
            .verb = tr("Go back to %1").arg(m_name)},
        [self = QPointer(this)] {
            if (self && self->m_session) {
                self->report(self->m_session->goBackToFormerDisk(self->m_slot));
            }
        });
}

void FormerDiskNotice::remove()
{
    if (!m_session) {
        return;
    }
    m_delete->setEnabled(false);
    QCoro::connect(m_session->deleteFormerDisk(m_slot, Removal::ToTrash), this, [this](const Result<void>& done) {
        refresh();
        if (!done && done.error().kind == ErrorKind::Unsupported) {
            deleteForGood(done.error());
        } else {
            report(done);
        }
    });
}

void FormerDiskNotice::deleteForGood(const Error& why)
{
    ask(window(),
        {.question = tr("Delete %1 for good?").arg(m_name),
            .consequence = why.summary + QLatin1Char('\n') + tr("Deleted for good, it cannot be brought back."),
            .verb = tr("Delete %1 for good").arg(m_name),
            .detail = why.detail},
        [self = QPointer(this)] {
            if (self && self->m_session) {
                QCoro::connect(self->m_session->deleteFormerDisk(self->m_slot, Removal::ForGood), self.data(),
                    [self](const Result<void>& done) {
                        if (self) {
                            self->report(done);
                        }
                    });
            }
        });
}

} // namespace platter
