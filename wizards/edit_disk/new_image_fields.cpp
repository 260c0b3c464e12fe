// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/new_image_fields.h"

#include "ui/fields/field_message.h"
#include "wizards/path_field.h"

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

NewImageFields::NewImageFields(EditDraft& draft, const QString& ending)
    : m_draft(draft)
    , m_ending(ending)
    , m_form(new QFormLayout(this))
    , m_format(new QComboBox)
    , m_formatMessage(new FieldMessage(m_format))
    , m_target(new PathField(PathField::Kind::NewFile, tr("New image")))
    , m_targetMessage(new FieldMessage(m_target->edit()))
{
    m_format->setObjectName(QStringLiteral("targetFormat"));
    m_format->setAccessibleName(tr("Format of the new image"));
    for (const ImageTarget target : targets) {
        m_format->addItem(displayName(target), static_cast<int>(target));
    }
    m_formatMessage->setObjectName(QStringLiteral("formatMessage"));
    m_target->edit()->setObjectName(QStringLiteral("targetFile"));
    m_targetMessage->setObjectName(QStringLiteral("targetMessage"));

    auto* formatCaption = new QLabel(tr("F&ormat:"));
    formatCaption->setBuddy(m_format);
    auto* targetCaption = new QLabel(tr("New &image:"));
    targetCaption->setBuddy(m_target->edit());
    auto* formatColumn = new QVBoxLayout;
    formatColumn->setSpacing(4);
    formatColumn->addWidget(m_format, 0, Qt::AlignLeft);
    formatColumn->addWidget(m_formatMessage);
    auto* targetColumn = new QVBoxLayout;
    targetColumn->setSpacing(4);
    targetColumn->addWidget(m_target);
    targetColumn->addWidget(m_targetMessage);
    m_form->setContentsMargins({});
    m_form->setHorizontalSpacing(8);
    m_form->setVerticalSpacing(8);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->addRow(formatCaption, formatColumn);
    m_form->addRow(targetCaption, targetColumn);

    connect(m_format, &QComboBox::activated, this, [this] {
        suggestTarget();
        take();
        sayWhatTheFormatCannotDo();
        Q_EMIT edited();
    });
    const auto entered = [this] {
        m_ownTarget = true;
        take();
        Q_EMIT edited();
    };
    connect(m_target, &PathField::typed, this, entered);
    connect(m_target, &PathField::picked, this, entered);
}

ImageTarget NewImageFields::format() const
{
    return static_cast<ImageTarget>(m_format->currentData().toInt());
}

QString NewImageFields::fileName() const
{
    return QFileInfo(m_target->path()).fileName();
}

void NewImageFields::reset(ImageTarget first)
{
    m_ownTarget = false;
    m_format->setCurrentIndex(m_format->findData(static_cast<int>(first)));
    suggestTarget();
    take();
}

void NewImageFields::setShape(const DiskShape& shape)
{
    m_shape = shape;
    sayWhatTheFormatCannotDo();
}

void NewImageFields::suggestTarget()
{
    if (m_ownTarget) {
        return;
    }
    const QFileInfo source(m_draft.request().file);
    const QString base = source.absolutePath() + QLatin1Char('/') + source.completeBaseName() + m_ending;
    QString target = base + QLatin1Char('.') + suffixOf(format());
    for (int number = 2; QFileInfo::exists(target); ++number) {
        target = base + QStringLiteral(" (%1).").arg(number) + suffixOf(format());
    }
    m_target->setPath(target);
}

std::optional<Error> NewImageFields::problem() const
{
    const QString target = m_target->path();
    if (target.isEmpty()) {
        return Error{.kind = ErrorKind::InvalidInput, .summary = tr("Say where the new image is to be.")};
    }
    if (!QDir::isAbsolutePath(target)) {
        return Error{.kind = ErrorKind::InvalidInput, .summary = tr("Give the whole path, from “/” on.")};
    }
    if (QDir::cleanPath(target) == QDir::cleanPath(m_draft.request().file)) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("An image cannot be written onto itself."),
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

void NewImageFields::take()
{
    m_draft.edit([this](EditRequest& request) {
        request.targetFormat = format();
        request.target = QDir::cleanPath(m_target->path());
    });
    const std::optional<Error> wrong = problem();
    if (wrong && !m_target->path().isEmpty()) {
        m_targetMessage->say({*wrong});
    } else {
        m_targetMessage->clear();
    }
}

void NewImageFields::sayWhatTheFormatCannotDo()
{
    if (const Result<void> fits = checkShape(format(), m_shape); !fits) {
        m_formatMessage->say({fits.error()});
    } else if (!machineFormat(format())) {
        m_formatMessage->say(FieldMessage::Kind::Note,
            tr("No machine of Platter's has a %1 as its disk; this is for other programs.")
                .arg(displayName(format())));
    } else {
        m_formatMessage->clear();
    }
}

QWidget* NewImageFields::firstField() const
{
    return m_format;
}

Leave NewImageFields::tryLeave()
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
