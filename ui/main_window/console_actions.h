// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the guest's screen and keyboard: full screen, key combinations, screenshot, scaling. GUI
// thread; owned by the main window.
#pragma once

#include "core/error.h"
#include "ui/main_window/action_rules.h"

#include <QAction>
#include <QMenu>
#include <QPointer>

#include <memory>

class QSettings;

namespace platter {

class ConsoleWidget;

class ConsoleActions : public QObject {
    Q_OBJECT

public:
    ConsoleActions(QSettings& settings, QWidget* window);
    ~ConsoleActions() override;

    void setConsole(ConsoleWidget* console); // null: not made yet
    void update(const MachineSituation& situation);

    QAction* fullScreen() const { return m_fullScreen; } // checkable; the window obeys toggled()

    QAction* screenshot() const { return m_screenshot; }

    QAction* scale() const { return m_scale; }

    QMenu* keys() const { return m_keys.get(); }

    void fill(QMenu* menu) const;

Q_SIGNALS:
    void failed(const QString& machine, const Error& error);

private:
    void makeKeys();
    void typeClipboard();
    void takeScreenshot();
    void save(const QImage& image, const QString& file);

    QSettings& m_settings;
    QWidget* m_window;
    QPointer<ConsoleWidget> m_console;
    QString m_machine;
    QAction* m_fullScreen = nullptr;
    QAction* m_screenshot = nullptr;
    QAction* m_scale = nullptr;
    std::unique_ptr<QMenu> m_keys;
};

} // namespace platter
