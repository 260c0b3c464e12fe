// SPDX-License-Identifier: GPL-3.0-or-later
// The selected machine: header and tabs. A tab's content is made when it is first shown. GUI thread; owned by the
// main window.
#pragma once

#include "core/live/machine_session.h"

#include <QPointer>
#include <QWidget>

class QSettings;
class QTabWidget;

namespace platter {

class BootEditor;
class ConsoleTab;
class DetailsTab;
class MachineActions;
class MachineHeader;
class MachineScreens;
class StoragePane;
class StorageView;

class MachinePane : public QWidget {
    Q_OBJECT

public:
    enum Tab { Console, Storage, Boot, Details };

    MachinePane(MachineActions& actions, MachineScreens& screens, QSettings& settings, QWidget* parent = nullptr);

    void setSession(MachineSession* session);

    QTabWidget* tabs() const { return m_tabs; }

    ConsoleTab* console(); // made when it is asked for
    // Only the guest's screen, for full screen.
    void setBare(bool bare);

Q_SIGNALS:
    void consoleMade(ConsoleTab* console);
    void editDiskRequested(const QString& file);
    void compactDiskRequested(const QString& file);
    void addDiskRequested(int controller);
    void failed(const QString& machine, const platter::Error& error);
    void filesDropped(const QStringList& files, std::optional<platter::SlotId> slot);

private:
    void ensureTab(int index);
    void listenTo(StorageView* view);

    MachineActions& m_actions;
    MachineScreens& m_screens;
    QSettings& m_settings;
    QPointer<MachineSession> m_session;
    MachineHeader* m_header = nullptr;
    QTabWidget* m_tabs = nullptr;
    ConsoleTab* m_console = nullptr;
    StoragePane* m_storage = nullptr;
    BootEditor* m_boot = nullptr;
    DetailsTab* m_details = nullptr;
};

} // namespace platter
