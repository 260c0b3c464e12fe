// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boot_editor/loader_dialog.h"

#include "ui/note_label.h"

#include <QComboBox>
#include <QCoroFuture>
#include <QCoroTask>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

using Loaders = Result<std::vector<LoaderOnDisk>>;

QCoro::Task<Loaders> findLoaders(Definition definition, SlotId slot)
{
    co_return co_await QtConcurrent::run(loadersOn, definition, slot);
}

// "\EFI\debian\shimx64.efi": by the folder, which systems name after themselves.
QString nameFor(const FileTarget& file)
{
    const QString folder = file.path.section(QLatin1Char('\\'), -2, -2);
    return folder.isEmpty() || folder.compare(QLatin1String("BOOT"), Qt::CaseInsensitive) == 0
        ? file.path.section(QLatin1Char('\\'), -1)
        : folder;
}

} // namespace

LoaderDialog::LoaderDialog(const Definition& definition, QWidget* parent)
    : QDialog(parent)
    , m_definition(definition)
{
    setObjectName(QStringLiteral("loaderDialog"));
    setWindowTitle(tr("Add a Boot Entry"));
    m_disk = new QComboBox;
    m_disk->setObjectName(QStringLiteral("loaderDisk"));
    for (const Drive& drive : definition.drives) {
        if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
            m_disk->addItem(
                QStringLiteral("%1  %2").arg(drive.slot.toString(), disk->shortName()), drive.slot.toString());
        }
    }
    m_list = new QListWidget;
    m_list->setObjectName(QStringLiteral("loaderList"));
    m_list->setAccessibleName(tr("Boot loaders on the disk"));
    m_name = new QLineEdit;
    m_name->setObjectName(QStringLiteral("loaderName"));
    m_note = new NoteLabel;
    m_note->setObjectName(QStringLiteral("loaderNote"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_add = buttons->addButton(tr("Add Entry"), QDialogButtonBox::AcceptRole);
    m_add->setObjectName(QStringLiteral("loaderAdd"));

    auto* form = new QFormLayout;
    form->addRow(tr("&Disk:"), m_disk);
    form->addRow(tr("Boot &loader:"), m_list);
    form->addRow(QString(), m_note);
    form->addRow(tr("&Name:"), m_name);
    auto* column = new QVBoxLayout(this);
    column->addLayout(form, 1);
    column->addWidget(buttons);
    resize(560, 380);

    connect(m_disk, &QComboBox::currentIndexChanged, this, &LoaderDialog::look);
    connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0) {
            m_name->setText(nameFor(m_loaders[std::size_t(row)].file));
        }
        update();
    });
    connect(m_list, &QListWidget::itemActivated, this, &LoaderDialog::choose);
    connect(m_name, &QLineEdit::textChanged, this, &LoaderDialog::update);
    connect(buttons, &QDialogButtonBox::accepted, this, &LoaderDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    look();
}

void LoaderDialog::look()
{
    const int look = ++m_look;
    show(std::vector<LoaderOnDisk>());
    const Result<SlotId> slot = SlotId::parse(m_disk->currentData().toString());
    if (!slot) {
        m_note->setText(tr("The machine has no disk."));
        return;
    }
    m_note->setText(tr("Looking at the disk…"));
    QCoro::connect(findLoaders(m_definition, *slot), this, [this, look](const Loaders& loaders) {
        if (look == m_look) {
            show(loaders);
        }
    });
}

void LoaderDialog::show(const Loaders& loaders)
{
    m_list->clear();
    m_name->clear();
    m_loaders = loaders.value_or(std::vector<LoaderOnDisk>());
    for (const LoaderOnDisk& loader : m_loaders) {
        const QString path = loader.file.partition
            ? tr("%1  (partition %2)").arg(loader.file.path).arg(loader.file.partition->partition)
            : loader.file.path;
        m_list->addItem(path);
    }
    m_note->setText(!loaders    ? loaders.error().text()
            : m_loaders.empty() ? tr("There is no boot loader for UEFI on this disk.")
                                : QString());
    if (!m_loaders.empty()) {
        m_list->setCurrentRow(0);
    }
    update();
}

void LoaderDialog::update()
{
    const int row = m_list->currentRow();
    if (row >= 0) {
        const LoaderOnDisk& loader = m_loaders[std::size_t(row)];
        m_note->setText(loader.canStart ? tr("The firmware can start it.")
                : loader.processor.isEmpty()
                ? tr("It is damaged: no program for firmware.")
                : tr("It is for %1 processors; the machine's is 64-bit x86.").arg(loader.processor));
    }
    m_add->setEnabled(row >= 0 && !m_name->text().trimmed().isEmpty());
}

void LoaderDialog::choose()
{
    if (m_add->isEnabled()) {
        Q_EMIT chosen(m_name->text().trimmed(), m_loaders[std::size_t(m_list->currentRow())].file);
        accept();
    }
}

} // namespace platter
