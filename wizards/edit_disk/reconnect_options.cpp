// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/reconnect_options.h"

#include "ui/fields/field_message.h"
#include "ui/note_label.h"
#include "wizards/path_field.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace platter {

ReconnectOptions::ReconnectOptions(EditDraft& draft)
    : EditOptions(draft)
    , m_known(new NoteLabel)
    , m_parent(new PathField(PathField::Kind::ExistingFile, tr("Parent disk")))
    , m_message(new FieldMessage(m_parent->edit()))
{
    m_parent->edit()->setObjectName(QStringLiteral("parentFile"));
    m_parent->setNameFilters({tr("VHDX images (*.vhdx *.avhdx)"), tr("All files (*)")});
    m_message->setObjectName(QStringLiteral("parentMessage"));
    auto* caption = new QLabel(tr("&Parent:"));
    caption->setBuddy(m_parent->edit());
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(caption);
    row->addWidget(m_parent, 1);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(8);
    whole->addWidget(m_known);
    whole->addLayout(row);
    whole->addWidget(m_message);
    whole->addStretch(1);
    const auto entered = [this] {
        take();
        m_message->clear();
        Q_EMIT edited();
    };
    connect(m_parent, &PathField::typed, this, entered);
    connect(m_parent, &PathField::picked, this, entered);
}

QString ReconnectOptions::title() const
{
    return tr("Where is its parent?");
}

QString ReconnectOptions::choice() const
{
    return QFileInfo(m_parent->path()).fileName();
}

void ReconnectOptions::reset()
{
    const DiskLook* look = draft().disk();
    if (look == nullptr) {
        return;
    }
    m_parent->setStartFolder(QFileInfo(look->disk.image.file).absolutePath());
    const auto& parents = look->disk.image.parents;
    if (parents.empty()) {
        m_known->clear();
        m_parent->setPath({});
    } else if (parents.front().file.isEmpty()) {
        m_known->setText(tr("It was made from “%1”, which is not there.").arg(parents.front().storedAs));
        m_parent->setPath({});
    } else {
        m_known->setText(tr("Its parent was found. You can have it named by another path."));
        m_parent->setPath(parents.front().file);
    }
    take();
}

void ReconnectOptions::take()
{
    const QString path = m_parent->path();
    draft().edit(
        [&](EditRequest& request) { request.newParent = path.isEmpty() ? QString() : QDir::cleanPath(path); });
}

QWidget* ReconnectOptions::firstField() const
{
    return m_parent->edit();
}

Leave ReconnectOptions::tryLeave()
{
    const QString parent = draft().request().newParent;
    if (parent.isEmpty() || !QDir::isAbsolutePath(parent)) {
        m_message->say({Error{
            .kind = ErrorKind::InvalidInput, .summary = tr("Say which image is the parent, by its whole path.")}});
        m_parent->edit()->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    if (parent == QDir::cleanPath(draft().request().file)) {
        m_message->say({Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("An image cannot be its own parent."),
            .advice = tr("Choose the image that it was made from.")}});
        m_parent->edit()->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    return Leave::Go;
}

} // namespace platter
