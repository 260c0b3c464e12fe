// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/own_keys_dialog.h"

#include "ui/note_label.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

namespace platter {

namespace {

constexpr int usualWidth = 620;

QStringList fileIn(const QLineEdit* field)
{
    const QString file = field->text().trimmed();
    return file.isEmpty() ? QStringList() : QStringList(file);
}

} // namespace

OwnKeysDialog::OwnKeysDialog(const QString& machine, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("ownKeys"));
    setWindowTitle(tr("Enroll own keys into %1").arg(machine));
    auto* grid = new QGridLayout(this);
    grid->setColumnStretch(1, 1);
    m_pk = addFile(grid, tr("&Platform key (PK):"), tr("Certificate that may change the keys"), "ownPk");
    m_kek = addFile(
        grid, tr("Key &exchange (KEK):"), tr("Certificates that may change the list; may be left out"), "ownKek");
    m_db = addFile(grid, tr("&Signers (db):"), tr("Certificates whose boot loaders start"), "ownDb");
    m_note = new NoteLabel;
    m_note->setObjectName(QStringLiteral("ownKeysNote"));
    grid->addWidget(m_note, grid->rowCount(), 0, 1, 3);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_enroll = buttons->addButton(tr("En&roll Keys"), QDialogButtonBox::AcceptRole);
    m_enroll->setObjectName(QStringLiteral("enrollOwnKeys"));
    grid->setRowStretch(grid->rowCount(), 1);
    grid->addWidget(buttons, grid->rowCount(), 0, 1, 3);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        if (m_keys) {
            Q_EMIT chosen(*m_keys);
            accept();
        }
    });
    resize(usualWidth, sizeHint().height());
    read();
}

QLineEdit* OwnKeysDialog::addFile(
    QGridLayout* grid, const QString& label, const QString& explanation, const char* name)
{
    auto* field = new QLineEdit;
    field->setObjectName(QLatin1String(name));
    field->setAccessibleName(explanation);
    field->setPlaceholderText(explanation);
    auto* words = new QLabel(label);
    words->setBuddy(field);
    auto* browse = new QPushButton(tr("Choose…"));
    browse->setAccessibleName(tr("Choose a file: %1").arg(explanation));
    const int row = grid->rowCount();
    grid->addWidget(words, row, 0);
    grid->addWidget(field, row, 1);
    grid->addWidget(browse, row, 2);
    connect(field, &QLineEdit::textChanged, this, &OwnKeysDialog::read);
    connect(browse, &QPushButton::clicked, this, [this, field, explanation] {
        const QString file = QFileDialog::getOpenFileName(
            this, explanation, field->text(), tr("Certificates (*.pem *.crt *.cer *.der);;All files (*)"));
        if (!file.isEmpty()) {
            field->setText(file);
        }
    });
    return field;
}

// Small files of the user's own, just typed or chosen.
void OwnKeysDialog::read()
{
    m_keys.reset();
    const bool isComplete = !fileIn(m_pk).isEmpty() && !fileIn(m_db).isEmpty();
    m_note->setShade(NoteLabel::Shade::Quiet);
    if (!isComplete) {
        m_note->setText(tr("Certificates in PEM or DER format. A platform key and a signer are needed."));
    } else if (const Result<OwnKeys> keys = readOwnKeys(fileIn(m_pk), fileIn(m_kek), fileIn(m_db))) {
        m_keys = *keys;
        const auto lines = [](const std::vector<Certificate>& certificates) {
            return KeyList{certificates}.lines().join(QStringLiteral("; "));
        };
        m_note->setText(tr("PK: %1\nKEK: %2\ndb: %3").arg(lines(keys->pk), lines(keys->kek), lines(keys->db)));
    } else {
        m_note->setShade(NoteLabel::Shade::Error);
        m_note->setText(keys.error().text());
    }
    m_enroll->setEnabled(m_keys.has_value());
}

} // namespace platter
