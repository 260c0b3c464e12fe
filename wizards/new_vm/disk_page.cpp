// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/disk_page.h"

#include "ui/fields/field_message.h"
#include "ui/fields/size_field.h"
#include "ui/note_label.h"
#include "wizards/path_field.h"
#include "wizards/radio_option.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QRadioButton>
#include <QVBoxLayout>

#include <array>

namespace platter {

namespace {

constexpr std::array formats{DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw};

QString wordFor(ImageKind kind)
{
    switch (kind) {
    case ImageKind::Vhdx:
        return displayName(DiskFormat::Vhdx);
    case ImageKind::Qcow2:
        return displayName(DiskFormat::Qcow2);
    case ImageKind::Raw:
        return displayName(DiskFormat::Raw);
    case ImageKind::Vhd:
        return QStringLiteral("VHD");
    case ImageKind::Vmdk:
        return QStringLiteral("VMDK");
    case ImageKind::Vdi:
        return QStringLiteral("VDI");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

DiskPage::DiskPage(MachineDraft& draft)
    : NewVmPage(draft, tr("Disk"), tr("Which disk does the machine have?"))
{
    auto* group = new QButtonGroup(this);
    buildNew(*group);
    buildExisting(*group);
    m_none = new RadioOption(
        tr("N&o disk"), tr("The machine starts from a DVD or the network, or gets a disk later."), *group);
    m_none->button()->setObjectName(QStringLiteral("noDisk"));

    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(16);
    whole->addWidget(m_new);
    whole->addWidget(m_existing);
    whole->addWidget(m_none);
    whole->addStretch();

    m_new->button()->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, [this](const QAbstractButton*, bool on) {
        if (on) {
            put();
        }
    });
    connect(&draft, &MachineDraft::changed, this, &DiskPage::showDefaultFile);
    setAcceptDrops(true);
    formatChanged();
    enter();
}

void DiskPage::buildNew(QButtonGroup& group)
{
    m_new =
        new RadioOption(tr("A ne&w disk"), tr("An empty disk image, for the system to be installed on."), group);
    m_new->button()->setObjectName(QStringLiteral("newDisk"));
    m_size = new SizeField(tr("Size"), SizeBox::BareNumber::Disk, ByteCount::gibibytes(1), largestVhdx);
    m_size->box()->setObjectName(QStringLiteral("diskSize"));
    m_sizeMessage = new FieldMessage(m_size->box());
    m_sizeMessage->setObjectName(QStringLiteral("diskSizeMessage"));
    m_format = new QComboBox;
    m_format->setObjectName(QStringLiteral("diskFormat"));
    m_format->setAccessibleName(tr("Format"));
    for (const DiskFormat format : formats) {
        m_format->addItem(displayName(format));
    }
    m_formatNote = new NoteLabel;
    m_file = new PathField(PathField::Kind::NewFile, tr("File of the new disk"));
    m_file->edit()->setObjectName(QStringLiteral("diskFile"));
    m_fileMessage = new FieldMessage(m_file->edit());
    m_fileMessage->setObjectName(QStringLiteral("diskFileMessage"));

    const auto label = [](const QString& text, QWidget* buddy) {
        auto* made = new QLabel(text);
        made->setBuddy(buddy);
        return made;
    };
    auto* form = new QGridLayout;
    form->setContentsMargins({});
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(4);
    form->setColumnStretch(1, 1);
    int line = 0;
    const auto add = [&](QLabel* name, QWidget* field, std::initializer_list<QWidget*> below) {
        form->addWidget(name, line, 0);
        form->addWidget(field, line++, 1);
        for (QWidget* widget : below) {
            form->addWidget(widget, line++, 1);
        }
        form->setRowMinimumHeight(line++, 4);
    };
    add(label(tr("&Size:"), m_size->box()), m_size, {m_sizeMessage});
    add(label(tr("&Format:"), m_format), m_format, {m_formatNote});
    add(label(tr("Fi&le:"), m_file->edit()), m_file, {m_fileMessage});
    m_new->body()->addLayout(form);

    const auto applies = [this] { return m_new->isChosen(); };
    addField({.message = m_sizeMessage,
        .own = [this](Tone) -> std::optional<Error> {
            const Result<ByteCount> size = m_size->size();
            return size ? std::nullopt : std::optional(size.error());
        },
        .about = {Choice::Disk},
        .concerns = [](const Problem& problem) { return problem.file.isEmpty(); },
        .applies = applies,
        .otherwise = [this](FieldMessage& message) { saySpace(message); }});
    addField({.message = m_fileMessage,
        .about = {Choice::Disk},
        .concerns = [](const Problem& problem) { return !problem.file.isEmpty(); },
        .applies = applies});
    connect(m_size, &SizeField::edited, this, &DiskPage::put);
    connect(m_format, &QComboBox::activated, this, [this] {
        formatChanged();
        put();
    });
    connect(m_file, &PathField::typed, this, &DiskPage::put);
    connect(m_file, &PathField::picked, this, &DiskPage::put);
}

void DiskPage::buildExisting(QButtonGroup& group)
{
    m_existing = new RadioOption(tr("An e&xisting disk"),
        tr("A VHDX, qcow2 or raw image. The machine uses it where it is, and writes to it."), group);
    m_existing->button()->setObjectName(QStringLiteral("existingDisk"));
    m_existingFile = new PathField(PathField::Kind::ExistingFile, tr("Disk image"));
    m_existingFile->edit()->setObjectName(QStringLiteral("existingFile"));
    m_existingFile->setNameFilters({tr("Disk images (*.vhdx *.qcow2 *.img *.raw)"), tr("All files (*)")});
    m_existingFile->setStartFolder(QDir::homePath());
    m_existingMessage = new FieldMessage(m_existingFile->edit());
    m_existingMessage->setObjectName(QStringLiteral("existingMessage"));
    m_existing->body()->addWidget(m_existingFile);
    m_existing->body()->addWidget(m_existingMessage);

    addField({.message = m_existingMessage,
        .own = [this](Tone tone) -> std::optional<Error> {
            if (tone == Tone::Gentle || !m_existingFile->path().isEmpty()) {
                return std::nullopt;
            }
            return Error{
                ErrorKind::InvalidInput, tr("No disk image is chosen."), tr("Choose its file, or another way.")};
        },
        .about = {Choice::Disk},
        // Nobody has done anything wrong by choosing this way, before choosing the file.
        .concerns = [this](const Problem&) { return !m_existingFile->path().isEmpty(); },
        .applies = [this] { return m_existing->isChosen(); },
        .otherwise = [this](FieldMessage& message) { sayExisting(message); }});
    connect(m_existingFile, &PathField::typed, this, &DiskPage::put);
    connect(m_existingFile, &PathField::picked, this, &DiskPage::put);
}

DiskFormat DiskPage::format() const
{
    return formats.at(static_cast<std::size_t>(std::max(0, m_format->currentIndex())));
}

void DiskPage::formatChanged()
{
    switch (format()) {
    case DiskFormat::Vhdx:
        m_formatNote->setText(
            tr("Hyper-V's own format: also usable there, and expandable while the machine runs. The "
               "file grows with what is written."));
        break;
    case DiskFormat::Qcow2:
        m_formatNote->setText(
            tr("QEMU's own format: the file grows with what is written, and shrinks when the system "
               "in the machine deletes (TRIM)."));
        break;
    case DiskFormat::Raw:
        m_formatNote->setText(
            tr("The bytes of the disk and nothing else: the fastest, readable by every program. Blocks "
               "never written take no space."));
        break;
    }
    m_file->setNameFilters(
        {tr("%1 images (*.%2)").arg(displayName(format()), nameOf(format())), tr("All files (*)")});
    // A file named after another format would mislead.
    const QString file = m_file->path();
    for (const DiskFormat other : formats) {
        const QString suffix = QLatin1Char('.') + nameOf(other);
        if (other != format() && file.endsWith(suffix, Qt::CaseInsensitive)) {
            m_file->setPath(file.chopped(suffix.size()) + QLatin1Char('.') + nameOf(format()));
            break;
        }
    }
}

// As typed, but a folder means the machine's disk in that folder.
QString DiskPage::newFile() const
{
    const QString path = m_file->path();
    const bool isFolder = m_file->edit()->text().trimmed().endsWith(QLatin1Char('/')) || QFileInfo(path).isDir();
    if (path.isEmpty() || !isFolder) {
        return path;
    }
    return QDir(path).filePath(draft().choices().name + QLatin1Char('.') + nameOf(format()));
}

void DiskPage::showDefaultFile()
{
    const NewDisk disk{.format = format(), .size = {}, .file = {}};
    const QString file = diskFileOf(draft().choices(), disk, draft().store());
    m_file->setPlaceholder(file);
    m_file->setStartFolder(QFileInfo(file).absolutePath());
}

void DiskPage::put()
{
    Q_EMIT edited();
    if (m_existing->isChosen()) {
        draft().edit(
            Choice::Disk, [&](NewMachine& machine) { machine.disk = ExistingDisk{m_existingFile->path()}; });
        return;
    }
    if (m_none->isChosen()) {
        draft().edit(Choice::Disk, [](NewMachine& machine) { machine.disk = NoDisk{}; });
        return;
    }
    if (const Result<ByteCount> size = m_size->size()) {
        draft().edit(
            Choice::Disk, [&](NewMachine& machine) { machine.disk = NewDisk{format(), *size, newFile()}; });
    } else {
        refresh();
    }
}

void DiskPage::saySpace(FieldMessage& message) const
{
    const auto* disk = std::get_if<NewDisk>(&draft().choices().disk);
    const Assessment& known = draft().assessment();
    if (!disk || known.freeSpaceOn.isEmpty()) {
        message.clear();
        return;
    }
    const QString first = tr("The file takes %1 at first and grows with use; %2 are free on %3.")
                              .arg(known.initialSize.toString(), known.freeSpace.toString(), known.freeSpaceOn);
    if (disk->size > known.freeSpace) {
        message.say(FieldMessage::Kind::Warning, tr("%1 There is no room for a full disk.").arg(first));
    } else {
        message.say(FieldMessage::Kind::Note, first);
    }
}

void DiskPage::sayExisting(FieldMessage& message) const
{
    const Assessment& known = draft().assessment();
    if (!draft().isAssessed() && !m_existingFile->path().isEmpty()) {
        message.say(FieldMessage::Kind::Busy, tr("Looking at the file…"));
    } else if (known.existingIsBlank) {
        message.say(FieldMessage::Kind::Warning,
            tr("Raw, %1, no partition table and no file system: is this a disk? The machine will write to it.")
                .arg(known.existingSize.toString()));
    } else if (known.existingKind && !m_existingFile->path().isEmpty()) {
        message.say(FieldMessage::Kind::Good,
            tr("A %1 image; its file has %2.").arg(wordFor(*known.existingKind), known.existingSize.toString()));
    } else {
        message.clear();
    }
}

QString DiskPage::choice() const
{
    const auto& disk = draft().choices().disk;
    if (const auto* made = std::get_if<NewDisk>(&disk)) {
        return tr("%1, %2").arg(displayName(made->format), made->size.toString());
    }
    if (const auto* existing = std::get_if<ExistingDisk>(&disk)) {
        return QFileInfo(existing->file).fileName();
    }
    return tr("No disk");
}

void DiskPage::enter()
{
    if (const auto* disk = std::get_if<NewDisk>(&draft().choices().disk)) {
        const Result<ByteCount> typed = m_size->size();
        // What is typed and no size is left to be mended.
        if (m_size->box()->text().isEmpty() || (typed && *typed != disk->size)) {
            m_size->setSize(disk->size);
        }
    }
    showDefaultFile();
    refresh();
}

QWidget* DiskPage::firstField() const
{
    if (m_existing->isChosen()) {
        return m_existingFile->edit();
    }
    return m_none->isChosen() ? static_cast<QWidget*>(m_none->button()) : m_size->box();
}

void DiskPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!PathField::droppedFile(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
    }
}

void DiskPage::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    m_existingFile->setPath(PathField::droppedFile(event->mimeData()));
    m_existing->button()->setChecked(true);
    put();
}

} // namespace platter
