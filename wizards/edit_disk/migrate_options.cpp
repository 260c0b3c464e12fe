// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/migrate_options.h"

#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "ui/fields/size_box.h"
#include "wizards/edit_disk/migration_preview.h"
#include "wizards/edit_disk/new_image_fields.h"

#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace platter {

MigrateOptions::MigrateOptions(EditDraft& draft)
    : EditOptions(draft)
    , m_image(new NewImageFields(draft, QStringLiteral("-uefi")))
    , m_size(new SizeBox(SizeBox::BareNumber::Disk, roundSizes(ByteCount::gibibytes(1), largestVhdx)))
    , m_sizeMessage(new FieldMessage(m_size))
    , m_picture(new DiskPicture)
{
    m_size->setObjectName(QStringLiteral("copySize"));
    m_size->setAccessibleName(tr("Size of the copy"));
    m_sizeMessage->setObjectName(QStringLiteral("copySizeMessage"));
    m_picture->setObjectName(QStringLiteral("migratePicture"));
    m_picture->setName(tr("the copy"));

    auto* caption = new QLabel(tr("&Size:"));
    caption->setBuddy(m_size);
    auto* column = new QVBoxLayout;
    column->setSpacing(4);
    column->addWidget(m_size, 0, Qt::AlignLeft);
    column->addWidget(m_sizeMessage);
    m_image->form()->addRow(caption, column);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(12);
    whole->addWidget(m_image);
    whole->addWidget(m_picture);
    whole->addStretch(1);

    connect(m_image, &NewImageFields::edited, this, &EditOptions::edited);
    connect(m_size, &SizeBox::edited, this, [this] {
        take();
        Q_EMIT edited();
    });
}

QString MigrateOptions::title() const
{
    return tr("Where is the copy to be?");
}

QString MigrateOptions::choice() const
{
    return m_image->fileName();
}

void MigrateOptions::reset()
{
    if (draft().disk() == nullptr) {
        return;
    }
    m_image->reset(ImageTarget::DynamicVhdx);
    // Without one there is an obstacle, and no way here.
    if (const Result<DiskInspection> copy = afterMigration(draft().disk()->disk, {})) {
        m_least = copy->virtualSize;
        m_size->setSize(m_least);
    }
    take();
}

void MigrateOptions::enter()
{
    m_image->take();
}

void MigrateOptions::take()
{
    if (draft().disk() == nullptr) {
        return;
    }
    const DiskInspection& disk = draft().disk()->disk;
    const Result<ByteCount> typed = m_size->size();
    // What it needs at least may be no whole number of MiB, as the disk is.
    const std::optional<ByteCount> size = typed && *typed != m_least ? std::optional(*typed) : std::nullopt;
    const Result<DiskInspection> copy = typed.and_then([&](ByteCount) { return afterMigration(disk, size); });
    if (!copy) {
        m_sizeMessage->say({copy.error()});
        return;
    }
    draft().edit([&](EditRequest& request) { request.targetSize = size; });
    m_image->setShape({copy->virtualSize.bytes(), disk.logicalSectorSize, disk.physicalSectorSize});
    m_picture->setDisk(*copy);
    m_sizeMessage->say(FieldMessage::Kind::Note,
        tr("The disk has %1; the copy needs %2 at least.").arg(disk.virtualSize.toString(), m_least.toString()));
}

QWidget* MigrateOptions::firstField() const
{
    return m_image->firstField();
}

Leave MigrateOptions::tryLeave()
{
    if (m_sizeMessage->isError()) {
        m_size->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    return m_image->tryLeave();
}

} // namespace platter
