// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/disk_choice/network_disk_dialog.h"

#include "core/machine/disk_at.h"
#include "ui/note_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace platter {

namespace {

constexpr int usualWidth = 560;

} // namespace

NetworkDiskDialog::NetworkDiskDialog(const QString& machine, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("networkDisk"));
    setWindowTitle(tr("Add a disk on the network to %1").arg(machine));
    m_location = new QLineEdit;
    m_location->setObjectName(QStringLiteral("location"));
    m_location->setPlaceholderText(locationExamples().first());
    m_format = new QComboBox;
    m_format->setObjectName(QStringLiteral("locationFormat"));
    for (const DiskFormat format : {DiskFormat::Raw, DiskFormat::Qcow2}) {
        m_format->addItem(displayName(format), QVariant::fromValue(format));
    }
    m_readOnly = new QCheckBox(tr("The guest can only &read it"));
    m_readOnly->setObjectName(QStringLiteral("locationReadOnly"));
    m_note = new NoteLabel;
    m_note->setObjectName(QStringLiteral("locationNote"));
    m_note->setAlignment(Qt::AlignTop);
    // Room for the examples, which is enough for any reason: nothing moves while one types.
    m_note->setMinimumHeight(fontMetrics().lineSpacing() * (static_cast<int>(locationExamples().size()) + 1));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_add = buttons->addButton(tr("Add the disk"), QDialogButtonBox::AcceptRole);
    m_add->setObjectName(QStringLiteral("addLocation"));

    auto* form = new QFormLayout;
    form->addRow(tr("&Location:"), m_location);
    form->addRow(tr("&Format:"), m_format);
    form->addRow(QString(), m_readOnly);
    auto* whole = new QVBoxLayout(this);
    whole->addLayout(form);
    whole->addWidget(m_note, 1);
    whole->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &NetworkDiskDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_location, &QLineEdit::textChanged, this, &NetworkDiskDialog::check);
    connect(m_format, &QComboBox::activated, this, [this] { m_hasFormat = true; });
    connect(m_readOnly, &QCheckBox::clicked, this, [this](bool isChecked) { m_wantsReadOnly = isChecked; });
    check();
    resize(usualWidth, sizeHint().height());
}

void NetworkDiskDialog::check()
{
    const QString text = m_location->text().trimmed();
    const Result<NetworkLocation> location = parseLocation(text);
    m_add->setEnabled(location.has_value());
    const bool isForced = location && isOnlyRead(*location);
    m_readOnly->setEnabled(!isForced);
    m_readOnly->setChecked(isForced || m_wantsReadOnly);
    if (location) {
        const Result<DiskDrive> disk = diskAt(text);
        if (disk && !m_hasFormat) {
            m_format->setCurrentIndex(m_format->findData(QVariant::fromValue(disk->format)));
        }
        m_note->setShade(NoteLabel::Shade::Quiet);
        m_note->setText(isForced ? tr("What is there can be read and not written.")
                                 : tr("The server is asked when the machine uses the disk."));
        return;
    }
    m_note->setShade(text.isEmpty() ? NoteLabel::Shade::Quiet : NoteLabel::Shade::Error);
    m_note->setText(text.isEmpty()
            ? tr("For example:") + QLatin1Char('\n') + locationExamples().join(QLatin1Char('\n'))
            : location.error().text());
}

void NetworkDiskDialog::choose()
{
    Result<DiskDrive> disk = diskAt(m_location->text().trimmed(), m_format->currentData().value<DiskFormat>());
    if (disk) {
        disk->isReadOnly = m_readOnly->isChecked();
        Q_EMIT chosen(*disk);
        accept();
    }
}

} // namespace platter
