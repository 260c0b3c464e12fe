// SPDX-License-Identifier: GPL-3.0-or-later
// A path, typed, browsed for, picked from those used lately, or dropped. Understands "~/", quotes and file:// as
// people paste them. GUI thread; owned by its parent.
#pragma once

#include <QWidget>

class QLineEdit;
class QMenu;
class QMimeData;
class QPushButton;

namespace platter {

class PathField : public QWidget {
    Q_OBJECT

public:
    enum class Kind { ExistingFile, NewFile, Folder };

    // NAME is what the path is of, for screen readers and the dialog's title: "ISO image".
    PathField(Kind kind, const QString& name, QWidget* parent = nullptr);

    QString path() const; // without "~", quotes and file://; empty when nothing is given
    void setPath(const QString& path);
    void setPlaceholder(const QString& text);
    void setNameFilters(const QStringList& filters); // "Disk images (*.vhdx)"
    // Where Browse begins while nothing is given.
    void setStartFolder(const QString& folder);
    // Offered by a button beside Browse; no button while there are none.
    void setRecent(const QStringList& files);

    QLineEdit* edit() const { return m_edit; }

    QPushButton* browseButton() const { return m_browse; }

    // The first local file that a drag brings; empty when it brings none.
    static QString droppedFile(const QMimeData* data);
    // What PATH means, as people write and paste paths.
    static QString cleaned(const QString& path);

Q_SIGNALS:
    void typed();
    void picked(); // browsed or recent: complete, unlike what is being typed

private:
    void browse();
    void pick(const QString& path);

    Kind m_kind;
    QString m_name;
    QStringList m_filters;
    QString m_startFolder;
    QLineEdit* m_edit;
    QPushButton* m_browse;
    QPushButton* m_recent;
    QMenu* m_recentMenu;
};

} // namespace platter
