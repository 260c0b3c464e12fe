// SPDX-License-Identifier: GPL-3.0-or-later
// What a test of the main window stands on: a real store, library and settings in a temporary folder, and the
// window with the hands that find, click and type. One per test function.
#pragma once

#include "core/live/machine_library.h"
#include "core/places.h"
#include "core/qemu/accelerator.h"
#include "ui/main_window/main_window.h"

#include <QAction>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

class QMessageBox;

namespace platter {

class WindowStage {
public:
    WindowStage();
    ~WindowStage();

    // A machine with a disk that is a few bytes long, and a DVD drive; in the store, and in the window when it is
    // there.
    Definition definition() const;
    void addMachine(const QString& name, const Definition& definition);

    void addMachine(const QString& name) { addMachine(name, definition()); }

    void addBrokenMachine(const QString& name);
    void addMachines(int count); // "machine 1" …

    QString file(const QString& name) const { return m_folder.filePath(name); }

    const Places& places() const { return m_places; }

    MachineLibrary& library() { return *m_library; }

    QSettings& settings() { return *m_settings; }

    // The library and the window, made when they are first asked for; shown.
    MainWindow& window();
    void closeWindow();

    template <typename T>
    T* find(const char* name)
    {
        T* found = window().findChild<T*>(QLatin1String(name));
        if (found == nullptr) {
            qFatal("There is no %s in the window.", name);
        }
        return found;
    }

    // Whether it is on the screen; what is made at its first use may not be there at all.
    bool shows(const char* name)
    {
        const auto* found = window().findChild<QWidget*>(QLatin1String(name));
        return found != nullptr && found->isVisible();
    }

    QAction* action(const char* name) { return find<QAction>(name); }

    // The toolbar's button for an action.
    QWidget* button(const char* action);
    void click(QWidget* widget);
    void clickRow(int row);
    QString selected(); // name in the list's current row
    // The question that is being asked; null: none.
    QMessageBox* question();
    // Saves a picture where PLATTER_PICTURES says, for a person to look at.
    void picture(const QString& name);

private:
    QTemporaryDir m_folder{QStringLiteral("/tmp/platter-gui-XXXXXX")}; // short: unix sockets live in it
    Places m_places;
    std::unique_ptr<AcceleratorProbe> m_probe;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<MachineLibrary> m_library;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace platter
