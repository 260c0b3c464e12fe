// SPDX-License-Identifier: GPL-3.0-or-later
// Something that the pane says of the selected drive, with what can be done about it: a mark, a text, a row of
// buttons. GUI thread.
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace platter {

class NoteLabel;

class StorageNotice : public QFrame {
    Q_OBJECT

public:
    // MARK: a name that symbolicIcon() knows.
    explicit StorageNotice(const QString& mark, QWidget* parent = nullptr);

protected:
    NoteLabel& text() { return *m_text; }

    QPushButton* addButton(const QString& objectName, const QString& label = {}, const QString& icon = {});
    void changeEvent(QEvent* event) override;

private:
    void paintMark();

    QString m_markName;
    QLabel* m_mark;
    NoteLabel* m_text;
    QHBoxLayout* m_buttons;
};

} // namespace platter
