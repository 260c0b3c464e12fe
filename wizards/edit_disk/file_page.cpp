// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/file_page.h"

#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "ui/note_label.h"
#include "wizards/edit_disk/disk_words.h"
#include "wizards/path_field.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace platter {

namespace {

// A raw image has no mark of its own.
bool mayBeAnyFile(const DiskInspection& disk)
{
    return disk.image.format == ImageKind::Raw && disk.partitions.kind == PartitionTable::Kind::None
        && !disk.partitions.fileSystem && disk.bootability.verdict != Bootability::Verdict::Empty;
}

} // namespace

FilePage::FilePage(EditDraft& draft)
    : WizardPage(tr("Disk"), tr("Which disk?"))
    , m_draft(draft)
    , m_file(new PathField(PathField::Kind::ExistingFile, tr("Disk image")))
    , m_message(new FieldMessage(m_file->edit()))
    , m_picture(new DiskPicture)
    , m_facts(new NoteLabel)
    , m_use(new FieldMessage)
{
    m_file->edit()->setObjectName(QStringLiteral("diskFile"));
    m_file->setNameFilters(
        {tr("Disk images (*.vhdx *.avhdx *.vhd *.avhd *.qcow2 *.img *.raw *.vmdk *.vdi)"), tr("All files (*)")});
    m_message->setObjectName(QStringLiteral("diskMessage"));
    m_picture->setObjectName(QStringLiteral("filePicture"));
    m_facts->setObjectName(QStringLiteral("diskFacts"));
    m_facts->setTextFormat(Qt::PlainText);
    m_use->setObjectName(QStringLiteral("diskUse"));
    auto* caption = new QLabel(tr("Disk &image:"));
    caption->setBuddy(m_file->edit());
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(caption);
    row->addWidget(m_file, 1);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(12);
    whole->addLayout(row);
    whole->addWidget(m_message);
    whole->addWidget(m_picture);
    whole->addWidget(m_facts);
    whole->addWidget(m_use);
    whole->addStretch(1);

    connect(m_file, &PathField::typed, this, [this] {
        take(EditDraft::When::WhenTypingPauses);
        Q_EMIT edited();
    });
    connect(m_file, &PathField::picked, this, [this] {
        take(EditDraft::When::Now);
        Q_EMIT edited();
    });
    connect(&draft, &EditDraft::fileChanged, this, &FilePage::refresh);
    connect(&draft, &EditDraft::useChanged, this, &FilePage::refresh);
    connect(&draft, &EditDraft::looked, this, [this] {
        refresh();
        Q_EMIT settled();
    });
    refresh();
}

void FilePage::setFile(const QString& file)
{
    m_file->setPath(file);
    take(EditDraft::When::Now);
}

void FilePage::take(EditDraft::When when)
{
    const QString path = m_file->path();
    m_draft.setFile(QDir::isAbsolutePath(path) ? QDir::cleanPath(path) : path, when);
}

void FilePage::refresh()
{
    const auto& look = m_draft.look();
    const DiskLook* disk = m_draft.disk();
    m_picture->setVisible(disk != nullptr);
    m_facts->setVisible(disk != nullptr);
    if (disk != nullptr) {
        m_picture->setDisk(disk->disk);
        m_picture->setName(QFileInfo(m_draft.request().file).fileName());
        m_facts->setText(factsOf(disk->disk));
    }
    if (m_draft.isLooking() && disk == nullptr) {
        m_message->say(FieldMessage::Kind::Busy, tr("Looking at it…"));
    } else if (look && !*look) {
        m_message->say({look->error()});
    } else if (disk != nullptr && disk->disk.image.hasLostParent()) {
        m_message->say(FieldMessage::Kind::Warning, lostParentSentence(disk->disk.image));
    } else if (disk != nullptr && mayBeAnyFile(disk->disk)) {
        m_message->say(FieldMessage::Kind::Warning,
            tr("It may be no disk image at all: there is neither a partition table nor a file system in it, and "
               "any file can be taken for a raw image. A change could destroy a document."));
    } else if (m_asked && m_draft.request().file.isEmpty()) {
        m_message->say({Error{.kind = ErrorKind::InvalidInput, .summary = tr("Choose a disk image.")}});
    } else if (m_draft.request().file.isEmpty()) {
        m_message->say(FieldMessage::Kind::Note,
            tr("VHDX, VHD, qcow2, raw, VMDK or VDI; a machine's disk or any other. You can drop it on this "
               "window."));
    } else {
        m_message->clear();
    }
    if (disk != nullptr && m_draft.use().isRunning()) {
        m_use->say(FieldMessage::Kind::Note, useSentence(m_draft.use()));
    } else if (disk != nullptr && disk->inUse) {
        m_use->say(FieldMessage::Kind::Warning, disk->inUse->text());
    } else if (disk != nullptr && m_draft.use().isUsed()) {
        m_use->say(FieldMessage::Kind::Note, useSentence(m_draft.use()));
    } else {
        m_use->clear();
    }
    Q_EMIT choiceChanged();
}

QString FilePage::choice() const
{
    return QFileInfo(m_draft.request().file).fileName();
}

QWidget* FilePage::firstField() const
{
    return m_file->edit();
}

Leave FilePage::tryLeave()
{
    m_asked = true;
    m_draft.hurry();
    if (m_draft.isLooking()) {
        return Leave::Wait;
    }
    if (m_draft.disk() != nullptr) {
        return Leave::Go;
    }
    if (m_draft.look()) {
        // It may have been mended outside.
        take(EditDraft::When::Now);
        if (m_draft.isLooking() && !m_message->isError()) {
            return Leave::Stay;
        }
    }
    refresh();
    m_file->edit()->setFocus(Qt::OtherFocusReason);
    return Leave::Stay;
}

} // namespace platter
