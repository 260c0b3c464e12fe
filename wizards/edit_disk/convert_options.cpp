// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/convert_options.h"

#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "wizards/path_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace platter {

namespace {

QString suffixOf(ImageTarget target)
{
    switch (target) {
    case ImageTarget::Raw:
        return QStringLiteral("img");
    case ImageTarget::FixedVhd:
    case ImageTarget::DynamicVhd:
        return QStringLiteral("vhd");
    case ImageTarget::FixedVhdx:
    case ImageTarget::DynamicVhdx:
        return QStringLiteral("vhdx");
    case ImageTarget::Qcow2:
        return QStringLiteral("qcow2");
    case ImageTarget::Vmdk:
        return QStringLiteral("vmdk");
    case ImageTarget::Vdi:
        return QStringLiteral("vdi");
    }
    Q_UNREACHABLE_RETURN({});
}

constexpr ImageTarget targets[] = {ImageTarget::DynamicVhdx, ImageTarget::FixedVhdx, ImageTarget::Qcow2,
    ImageTarget::Raw, ImageTarget::DynamicVhd, ImageTarget::FixedVhd, ImageTarget::Vmdk, ImageTarget::Vdi};

} // namespace

ConvertOptions::ConvertOptions(EditDraft& draft)
    : EditOptions(draft)
    , m_format(new QComboBox)
    , m_formatMessage(new FieldMessage(m_format))
    , m_target(new PathField(PathField::Kind::NewFile, tr("New image")))
    , m_targetMessage(new FieldMessage(m_target->edit()))
    , m_verify(new QCheckBox(tr("&Read both back and compare them")))
    , m_picture(new DiskPicture)
    , m_boot(new FieldMessage)
{
    m_format->setObjectName(QStringLiteral("targetFormat"));
    m_format->setAccessibleName(tr("Format of the new image"));
    for (const ImageTarget target : targets) {
        m_format->addItem(displayName(target), static_cast<int>(target));
    }
    m_formatMessage->setObjectName(QStringLiteral("formatMessage"));
    m_target->edit()->setObjectName(QStringLiteral("targetFile"));
    m_targetMessage->setObjectName(QStringLiteral("targetMessage"));
    m_verify->setObjectName(QStringLiteral("verify"));
    m_picture->setObjectName(QStringLiteral("convertPicture"));
    m_boot->setObjectName(QStringLiteral("bootMessage"));

    auto* formatCaption = new QLabel(tr("F&ormat:"));
    formatCaption->setBuddy(m_format);
    auto* targetCaption = new QLabel(tr("New &image:"));
    targetCaption->setBuddy(m_target->edit());
    auto* fields = new QFormLayout;
    fields->setHorizontalSpacing(8);
    fields->setVerticalSpacing(8);
    auto* formatColumn = new QVBoxLayout;
    formatColumn->setSpacing(4);
    formatColumn->addWidget(m_format, 0, Qt::AlignLeft);
    formatColumn->addWidget(m_formatMessage);
    auto* targetColumn = new QVBoxLayout;
    targetColumn->setSpacing(4);
    targetColumn->addWidget(m_target);
    targetColumn->addWidget(m_targetMessage);
    fields->addRow(formatCaption, formatColumn);
    fields->addRow(targetCaption, targetColumn);
    fields->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(12);
    whole->addLayout(fields);
    whole->addWidget(m_verify);
    whole->addWidget(m_picture);
    whole->addWidget(m_boot);
    whole->addStretch(1);

    connect(m_format, &QComboBox::activated, this, [this] {
        this->draft().edit([this](EditRequest& request) { request.targetFormat = format(); });
        suggestTarget();
        sayWhatItCannotDo();
        Q_EMIT edited();
    });
    const auto entered = [this] {
        m_ownTarget = true;
        takeTarget();
        Q_EMIT edited();
    };
    connect(m_target, &PathField::typed, this, entered);
    connect(m_target, &PathField::picked, this, entered);
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
    return tr("to %1").arg(displayName(format()));
}

ImageTarget ConvertOptions::format() const
{
    return static_cast<ImageTarget>(m_format->currentData().toInt());
}

void ConvertOptions::reset()
{
    if (draft().disk() == nullptr) {
        return;
    }
    const DiskInspection& disk = draft().disk()->disk;
    m_picture->setDisk(disk);
    m_picture->setName(QFileInfo(disk.image.file).fileName());
    m_ownTarget = false;
    const ImageTarget first = disk.image.format == ImageKind::Vhdx
            && disk.image.type != ImageDetails::Type::Differencing && disk.image.type != ImageDetails::Type::Fixed
        ? ImageTarget::Qcow2
        : ImageTarget::DynamicVhdx;
    m_format->setCurrentIndex(m_format->findData(static_cast<int>(first)));
    draft().edit([first](EditRequest& request) { request.targetFormat = first; });
    suggestTarget();
    sayWhatItCannotDo();
}

void ConvertOptions::suggestTarget()
{
    if (!m_ownTarget) {
        const QFileInfo source(draft().request().file);
        const QString base = source.absolutePath() + QLatin1Char('/') + source.completeBaseName();
        QString target = base + QLatin1Char('.') + suffixOf(format());
        for (int number = 2; QFileInfo::exists(target); ++number) {
            target = base + QStringLiteral(" (%1).").arg(number) + suffixOf(format());
        }
        m_target->setPath(target);
    }
    takeTarget();
}

std::optional<Error> ConvertOptions::problem() const
{
    const QString target = m_target->path();
    if (target.isEmpty()) {
        return Error{.kind = ErrorKind::InvalidInput, .summary = tr("Say where the new image is to be.")};
    }
    if (!QDir::isAbsolutePath(target)) {
        return Error{.kind = ErrorKind::InvalidInput, .summary = tr("Give the whole path, from “/” on.")};
    }
    if (QDir::cleanPath(target) == QDir::cleanPath(draft().request().file)) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("An image cannot be converted onto itself."),
            .advice = tr("Choose another name for the new one.")};
    }
    const QFileInfo file(target);
    if (!file.dir().exists()) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("There is no folder %1.").arg(QDir::toNativeSeparators(file.path())),
            .advice = tr("Choose one that is there.")};
    }
    if (file.exists()) {
        return Error{.kind = ErrorKind::AlreadyExists,
            .summary = tr("%1 exists already, and nothing is ever replaced.").arg(file.fileName()),
            .advice = tr("Choose another name.")};
    }
    return std::nullopt;
}

void ConvertOptions::takeTarget()
{
    draft().edit([this](EditRequest& request) { request.target = QDir::cleanPath(m_target->path()); });
    const std::optional<Error> wrong = problem();
    if (wrong && !m_target->path().isEmpty()) {
        m_targetMessage->say({*wrong});
    } else {
        m_targetMessage->clear();
    }
}

void ConvertOptions::sayWhatItCannotDo()
{
    const DiskLook& look = *draft().disk();
    const DiskShape shape{look.disk.virtualSize.bytes(), look.disk.logicalSectorSize, look.disk.physicalSectorSize};
    if (const Result<void> fits = checkShape(format(), shape); !fits) {
        m_formatMessage->say({fits.error()});
    } else {
        m_formatMessage->clear();
    }
    const Bootability& boot = look.bootabilityAsMachineDisk;
    const bool forMachines = format() != ImageTarget::DynamicVhd && format() != ImageTarget::FixedVhd
        && format() != ImageTarget::Vmdk && format() != ImageTarget::Vdi;
    if (!forMachines) {
        m_boot->say(FieldMessage::Kind::Note,
            tr("No machine of Platter's has a %1 as its disk; this is for other programs.")
                .arg(displayName(format())));
        return;
    }
    switch (boot.verdict) {
    case Bootability::Verdict::Yes:
        m_boot->say(FieldMessage::Kind::Good, tr("Machines will start from the new disk."));
        break;
    case Bootability::Verdict::BiosOnly:
        m_boot->say(FieldMessage::Kind::Warning,
            tr("It converts well, but no machine will start from it: its partition table is an MBR, for BIOS "
               "firmware, and machines here have UEFI.")
                + QLatin1Char(' ') + boot.advice());
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
    return m_format;
}

Leave ConvertOptions::tryLeave()
{
    if (m_formatMessage->isError()) {
        m_format->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    if (const std::optional<Error> wrong = problem()) {
        m_targetMessage->say({*wrong});
        m_target->edit()->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    return Leave::Go;
}

} // namespace platter
