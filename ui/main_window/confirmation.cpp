// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/confirmation.h"

#include <QMessageBox>
#include <QPushButton>

namespace platter {

namespace {

constexpr int widestVerb = 320;

} // namespace

QMessageBox* ask(QWidget* parent, const Confirmation& confirmation, std::function<void()> agreed)
{
    auto* box = new QMessageBox(
        QMessageBox::Warning, confirmation.question, confirmation.question, QMessageBox::Cancel, parent);
    box->setObjectName(QStringLiteral("confirmation"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(confirmation.consequence);
    box->setDetailedText(confirmation.detail);
    // A name of any length, with & in it or not, is what the button says.
    const QString shown = box->fontMetrics().elidedText(confirmation.verb, Qt::ElideMiddle, widestVerb);
    QPushButton* verb =
        box->addButton(QString(shown).replace(QLatin1Char('&'), QLatin1String("&&")), QMessageBox::DestructiveRole);
    verb->setObjectName(QStringLiteral("confirm"));
    verb->setAccessibleName(confirmation.verb);
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
