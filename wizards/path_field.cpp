// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/path_field.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>

namespace platter {

namespace {

// The nearest folder above that is there: a dialog that is sent nowhere opens where the program was started.
QString existingFolder(const QString& path)
{
    QString folder = QDir::cleanPath(path);
    while (!QFileInfo(folder).isDir() && folder != QFileInfo(folder).path()) {
        folder = QFileInfo(folder).path();
    }
    return folder;
}

} // namespace

PathField::PathField(Kind kind, const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_name(name)
    , m_edit(new QLineEdit)
    , m_browse(new QPushButton(tr("Browse…")))
    , m_recent(new QPushButton(tr("Recent")))
    , m_recentMenu(new QMenu(this))
{
    m_edit->setAccessibleName(name);
    m_edit->setMinimumWidth(96);
    m_edit->setAcceptDrops(false); // a dropped file is taken by the page, not pasted as text
    m_browse->setAccessibleName(tr("Browse for: %1").arg(name));
    m_recent->setAccessibleName(tr("Used lately: %1").arg(name));
    m_recent->setMenu(m_recentMenu);
    m_recent->hide();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(8);
    row->addWidget(m_edit, 1);
    row->addWidget(m_browse);
    row->addWidget(m_recent);

    connect(m_edit, &QLineEdit::textEdited, this, &PathField::typed);
    // A long path does not fit: its tool tip does.
    connect(m_edit, &QLineEdit::textChanged, m_edit, &QWidget::setToolTip);
    connect(m_browse, &QPushButton::clicked, this, &PathField::browse);
}

QString PathField::cleaned(const QString& path)
{
    QString text = path.trimmed();
    for (const QChar quote : {QLatin1Char('"'), QLatin1Char('\'')}) {
        if (text.size() >= 2 && text.startsWith(quote) && text.endsWith(quote)) {
            text = text.sliced(1, text.size() - 2);
        }
    }
    if (text.startsWith(QLatin1String("file://"))) {
        text = QUrl(text).toLocalFile();
    }
    if (text == QLatin1String("~") || text.startsWith(QLatin1String("~/"))) {
        text = QDir::homePath() + text.sliced(1);
    }
    return text.isEmpty() ? text : QDir::cleanPath(text);
}

QString PathField::path() const
{
    return cleaned(m_edit->text());
}

void PathField::setPath(const QString& path)
{
    if (m_edit->text() != path) {
        m_edit->setText(path);
    }
}

void PathField::setPlaceholder(const QString& text)
{
    m_edit->setPlaceholderText(text);
    if (m_edit->text().isEmpty()) {
        m_edit->setToolTip(text);
    }
}

void PathField::setNameFilters(const QStringList& filters)
{
    m_filters = filters;
}

void PathField::setStartFolder(const QString& folder)
{
    m_startFolder = folder;
}

void PathField::setRecent(const QStringList& files)
{
    m_recentMenu->clear();
    for (const QString& file : files) {
        const QString words = fontMetrics().elidedText(file, Qt::ElideMiddle, 480);
        QAction* action = m_recentMenu->addAction(QString(words).replace(QLatin1Char('&'), QLatin1String("&&")));
        action->setToolTip(file);
        connect(action, &QAction::triggered, this, [this, file] { pick(file); });
    }
    m_recentMenu->setToolTipsVisible(true);
    m_recent->setVisible(!files.isEmpty());
}

QString PathField::droppedFile(const QMimeData* data)
{
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile()) {
            return url.toLocalFile();
        }
    }
    return {};
}

void PathField::browse()
{
    QString start = path();
    if (start.isEmpty()) {
        start = m_startFolder;
    }
    auto* dialog = new QFileDialog(this, m_name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    switch (m_kind) {
    case Kind::ExistingFile:
        dialog->setFileMode(QFileDialog::ExistingFile);
        break;
    case Kind::NewFile:
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        // That a file is there already is said on the page, for it is refused and not replaced.
        dialog->setOption(QFileDialog::DontConfirmOverwrite);
        break;
    case Kind::Folder:
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        break;
    }
    if (!m_filters.isEmpty()) {
        dialog->setNameFilters(m_filters);
    }
    const QFileInfo info(start);
    dialog->setDirectory(existingFolder(info.isDir() ? start : info.absolutePath()));
    if (!start.isEmpty() && !info.isDir()) {
        dialog->selectFile(start);
    }
    connect(dialog, &QFileDialog::fileSelected, this, &PathField::pick);
    dialog->open();
}

void PathField::pick(const QString& path)
{
    setPath(path);
    Q_EMIT picked();
}

} // namespace platter
