// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/confirmation.h"

#include <QMessageBox>
#include <QPushButton>

namespace platter {

QMessageBox* ask(QWidget* parent, const Confirmation& confirmation, std::function<void()> agreed)
{
    auto* box = new QMessageBox(
        QMessageBox::Warning, confirmation.question, confirmation.question, QMessageBox::Cancel, parent);
    box->setObjectName(QStringLiteral("confirmation"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(confirmation.consequence);
    box->setDetailedText(confirmation.detail);
    QPushButton* verb = box->addButton(confirmation.verb, QMessageBox::DestructiveRole);
    verb->setObjectName(QStringLiteral("confirm"));
    box->setDefaultButton(QMessageBox::Cancel);
    box->setEscapeButton(QMessageBox::Cancel);
    QObject::connect(box, &QMessageBox::buttonClicked, parent,
        [verb, agreed = std::move(agreed)](const QAbstractButton* chosen) {
            if (chosen == verb) {
                agreed();
            }
        });
    box->open();
    return box;
}

} // namespace platter
