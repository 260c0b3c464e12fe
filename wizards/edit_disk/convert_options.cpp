// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/convert_options.h"

#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "wizards/edit_disk/edit_actions.h"
#include "wizards/edit_disk/new_image_fields.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QVBoxLayout>

namespace platter {

ConvertOptions::ConvertOptions(EditDraft& draft)
    : EditOptions(draft)
    , m_image(new NewImageFields(draft, {}))
    , m_verify(new QCheckBox(tr("&Read both back and compare them")))
    , m_picture(new DiskPicture)
    , m_boot(new FieldMessage)
{
    m_verify->setObjectName(QStringLiteral("verify"));
    m_picture->setObjectName(QStringLiteral("convertPicture"));
    m_boot->setObjectName(QStringLiteral("bootMessage"));

    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(12);
    whole->addWidget(m_image);
    whole->addWidget(m_verify);
    whole->addWidget(m_picture);
    whole->addWidget(m_boot);
    whole->addStretch(1);

    connect(m_image, &NewImageFields::edited, this, [this] {
        sayWhetherItBoots();
        Q_EMIT edited();
    });
    connect(m_verify, &QCheckBox::toggled, this, [this](bool on) {
        this->draft().edit([on](EditRequest& request) { request.verifies = on; });
        Q_EMIT edited();
    });
}

QString ConvertOptions::title() const
{
    return tr("What is it to become?");
}

QString ConvertOptions::choice() const
{
    return tr("to %1").arg(displayName(m_image->format()));
}

void ConvertOptions::reset()
{
    if (draft().disk() == nullptr) {
        return;
    }
    const DiskInspection& disk = draft().disk()->disk;
    m_picture->setDisk(disk);
    m_picture->setName(QFileInfo(disk.image.file).fileName());
    m_image->reset(disk.image.format == ImageKind::Vhdx && disk.image.type != ImageDetails::Type::Differencing
                && disk.image.type != ImageDetails::Type::Fixed
            ? ImageTarget::Qcow2
            : ImageTarget::DynamicVhdx);
    m_image->setShape({disk.virtualSize.bytes(), disk.logicalSectorSize, disk.physicalSectorSize});
    sayWhetherItBoots();
}

void ConvertOptions::enter()
{
    m_image->take();
}

void ConvertOptions::sayWhetherItBoots()
{
    const DiskLook* look = draft().disk();
    if (look == nullptr || !machineFormat(m_image->format())) {
        m_boot->clear();
        return;
    }
    const Bootability& boot = look->bootabilityAsMachineDisk;
    switch (boot.verdict) {
    case Bootability::Verdict::Yes:
        m_boot->say(FieldMessage::Kind::Good, tr("Machines will start from the new disk."));
        break;
    case Bootability::Verdict::BiosOnly:
        m_boot->say(FieldMessage::Kind::Warning,
            tr("It converts well, but no machine will start from it: its partition table is an MBR, for BIOS "
               "firmware, and machines here have UEFI.")
                + QLatin1Char(' ') + boot.advice());
        if (!obstacleTo(EditAction::Migrate, *look, draft().use())) {
            m_boot->offerFix(tr("Migrate to UEFI instead…"), [this] { Q_EMIT actionWanted(EditAction::Migrate); });
        }
        break;
    case Bootability::Verdict::Empty:
    case Bootability::Verdict::NoPartitionTable:
    case Bootability::Verdict::ParentMissing:
    case Bootability::Verdict::NoMedium:
    case Bootability::Verdict::FormatNotUsed:
        m_boot->clear();
        break;
    default:
        m_boot->say(FieldMessage::Kind::Warning,
            tr("It converts well. But: %1", "a sentence follows").arg(boot.sentence()) + QLatin1Char(' ')
                + boot.advice());
    }
}

QWidget* ConvertOptions::firstField() const
{
    return m_image->firstField();
}

Leave ConvertOptions::tryLeave()
{
    return m_image->tryLeave();
}

} // namespace platter
