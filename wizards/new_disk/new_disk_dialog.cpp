// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_disk/new_disk_dialog.h"

#include "core/disk/new_image.h"
#include "ui/fields/field_message.h"
#include "ui/fields/size_field.h"
#include "wizards/path_field.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <array>

namespace platter {

namespace {

constexpr std::array formats{DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw};
constexpr ByteCount usualSize = ByteCount::gibibytes(40);

} // namespace

NewDiskDialog::NewDiskDialog(MachineSession* session, int controller, QWidget* parent)
    : QDialog(parent)
    , m_session(session)
    , m_controller(controller)
{
    setObjectName(QStringLiteral("newDiskDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("New disk for %1").arg(session->name()));
    build();
    m_size->setSize(usualSize);
    formatChanged();
    m_size->box()->setFocus();
}

void NewDiskDialog::build()
{
    m_size = new SizeField(tr("Size"), SizeBox::BareNumber::Disk, ByteCount::gibibytes(1), largestVhdx);
    m_size->box()->setObjectName(QStringLiteral("newDiskSize"));
    m_format = new QComboBox;
    m_format->setObjectName(QStringLiteral("newDiskFormat"));
    m_format->setAccessibleName(tr("Format"));
    for (const DiskFormat each : formats) {
        m_format->addItem(displayName(each));
    }
    m_file = new PathField(PathField::Kind::NewFile, tr("File of the new disk"));
    m_file->edit()->setObjectName(QStringLiteral("newDiskFile"));
    m_message = new FieldMessage;
    m_message->setObjectName(QStringLiteral("newDiskMessage"));
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(tr("&Size:"), m_size);
    form->addRow(tr("&Format:"), m_format);
    form->addRow(tr("Fi&le:"), m_file);

    auto* buttons = new QDialogButtonBox;
    m_create = buttons->addButton(tr("&Create and add"), QDialogButtonBox::AcceptRole);
    m_create->setObjectName(QStringLiteral("createDisk"));
    m_create->setDefault(true);
    buttons->addButton(QDialogButtonBox::Cancel);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(16, 16, 16, 16);
    whole->setSpacing(16);
    whole->addLayout(form);
    whole->addWidget(m_message);
    whole->addStretch();
    whole->addWidget(buttons);
    setMinimumWidth(520);

    connect(m_format, &QComboBox::activated, this, &NewDiskDialog::formatChanged);
    connect(buttons, &QDialogButtonBox::accepted, this, &NewDiskDialog::create);
    connect(buttons, &QDialogButtonBox::rejected, this, &NewDiskDialog::reject);
}

DiskFormat NewDiskDialog::format() const
{
    return formats.at(static_cast<std::size_t>(m_format->currentIndex()));
}

void NewDiskDialog::formatChanged()
{
    if (m_session && m_file->path() == m_suggested) {
        m_suggested = fileForNewDisk(m_session->machine(), format());
        m_file->setPath(m_suggested);
    }
}

void NewDiskDialog::create()
{
    const Result<ByteCount> size = m_size->size();
    if (!size) {
        take(std::unexpected(size.error()));
        return;
    }
    if (!m_session) {
        reject();
        return;
    }
    m_create->setEnabled(false);
    m_message->say(FieldMessage::Kind::Busy, tr("Making the disk…"));
    QCoro::connect(addNewDisk(m_session, m_session->drives().firstFree(m_controller),
                       {.format = format(), .size = *size, .file = m_file->path()}),
        this, &NewDiskDialog::take);
}

void NewDiskDialog::take(const Result<SlotId>& added)
{
    if (added) {
        accept();
        return;
    }
    m_create->setEnabled(true);
    m_message->say({added.error()});
}

} // namespace platter
