// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/command_field.h"

#include "ui/icons.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace platter {

CommandField::CommandField(const QString& name, const QString& command)
{
    auto* text = new QLineEdit(command);
    text->setObjectName(QStringLiteral("command"));
    text->setReadOnly(true);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setCursorPosition(0);
    text->setToolTip(command);
    text->setAccessibleName(name);
    auto* copy = new QToolButton;
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setText(tr("Copy"));
    copy->setIcon(symbolicIcon(QStringLiteral("edit-copy")));
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    copy->setAccessibleName(tr("Copy: %1").arg(name));
    connect(copy, &QToolButton::clicked, this, [command] { QGuiApplication::clipboard()->setText(command); });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(8);
    row->addWidget(text, 1);
    row->addWidget(copy);
}

} // namespace platter
