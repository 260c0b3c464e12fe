// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/disk_trouble_notice.h"

#include "ui/note_label.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QPushButton>

namespace platter {

namespace {

// The nearest folder of FILE's that is still there.
QString folderAbove(const QString& file)
{
    QString folder = QFileInfo(file).path();
    while (!QFileInfo(folder).isDir() && folder != QFileInfo(folder).path()) {
        folder = QFileInfo(folder).path();
    }
    return folder;
}

} // namespace

DiskTroubleNotice::DiskTroubleNotice(QWidget* parent)
    : StorageNotice(QStringLiteral("dialog-warning"), parent)
    , m_locate(addButton(QStringLiteral("locateImage"), tr("Locate…"), QStringLiteral("edit-find")))
    , m_replace(addButton(QStringLiteral("replaceImage"), tr("Use another image…")))
    , m_readOnly(addButton(QStringLiteral("attachReadOnly"), tr("Attach read-only")))
{
    setObjectName(QStringLiteral("diskTrouble"));
    text().setObjectName(QStringLiteral("diskTroubleText"));
    connect(m_locate, &QPushButton::clicked, this, &DiskTroubleNotice::locate);
    connect(m_replace, &QPushButton::clicked, this, &DiskTroubleNotice::replace);
    connect(m_readOnly, &QPushButton::clicked, this, &DiskTroubleNotice::attachReadOnly);
    hide();
}

void DiskTroubleNotice::tell(
    MachineSession* session, SlotId slot, const DiskDrive& disk, const DiskTrouble& trouble)
{
    m_session = session;
    m_slot = slot;
    m_disk = disk;
    text().setText(tr("%1 %2", "two sentences").arg(trouble.sentence, trouble.advice));
    const bool isMissing = trouble.kind == DiskTrouble::Kind::Missing;
    m_locate->setVisible(isMissing);
    m_readOnly->setVisible(!isMissing && !disk.isReadOnly);
    const QString reason = isUp(session->state()) ? tr("Only while the machine is off.") : QString();
    for (QPushButton* button : {m_locate, m_replace, m_readOnly}) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason);
        button->setAccessibleDescription(reason);
    }
    setVisible(true);
}

void DiskTroubleNotice::locate()
{
    const QString name = m_disk.shortName();
    choose(tr("Where is %1?").arg(name), folderAbove(m_disk.where()), tr("%1 (%1)").arg(name));
}

void DiskTroubleNotice::replace()
{
    choose(tr("Choose another image for disk %1").arg(m_slot.toString()), folderAbove(m_disk.where()),
        tr("Disk images (*.vhdx *.avhdx *.qcow2 *.img *.raw)"));
}

void DiskTroubleNotice::choose(const QString& title, const QString& folder, const QString& filter)
{
    auto* dialog = new QFileDialog(window(), title, folder);
    dialog->setObjectName(QStringLiteral("chooseImage"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({filter, tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, of = m_session, slot = m_slot, isReadOnly = m_disk.isReadOnly](const QString& file) {
            if (of) {
                QCoro::connect(of->drives().setImage(slot, QFileInfo(file).absoluteFilePath(), isReadOnly), this,
                    [this, machine = of->name()](const Result<void>& done) {
                        if (!done) {
                            Q_EMIT failed(machine, done.error());
                        }
                    });
            }
        });
    dialog->open();
}

void DiskTroubleNotice::attachReadOnly()
{
    if (!m_session) {
        return;
    }
    if (const auto done = m_session->drives().setAttachment(m_slot, true, m_disk.discards); !done) {
        Q_EMIT failed(m_session->name(), done.error());
    }
}

} // namespace platter
