// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's storage: the picture of its controllers and drives, what there is to know of what is selected, and
// what can be done with it. Follows the machine and its images while it is shown. GUI thread, on which no image is
// ever opened; owned by the machine's pane.
#pragma once

#include "core/live/drive_traffic.h"
#include "core/live/image_watch.h"
#include "core/live/machine_session.h"
#include "ui/storage_pane/storage_model.h"

#include <QPointer>
#include <QWidget>

class QSettings;
class QSplitter;
class QVBoxLayout;

namespace platter {

class DiskTroubleNotice;
class DriveBar;
class FormerDiskNotice;
class MachineActions;
class StorageDetails;
class StorageView;

class StoragePane : public QWidget {
    Q_OBJECT

public:
    StoragePane(MachineActions& actions, QSettings& settings, QWidget* parent = nullptr);

    ~StoragePane() override;

    void setSession(MachineSession* session);

    // Where to listen to what is added, dropped and dragged, and to say what may be.
    StorageView* view() const { return m_view; }

Q_SIGNALS:
    void editDiskRequested(const QString& file);
    void compactDiskRequested(const QString& file);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void fill(); // the definition or the running machine's drives have changed
    Definition shown() const; // with the drives as they are now
    void fillFormerDisks();
    void showFormerSizes(const QStringList& files);
    void followState();
    void wantVisible(); // their images are read first
    void select();
    void showSelected();
    void showTrouble(const Drive* drive, const KnownImage* image);
    void openMenu(const QPoint& at);

    MachineActions& m_actions;
    QSettings& m_settings;
    QPointer<MachineSession> m_session;
    ImageWatch m_images;
    DriveTraffic m_traffic;
    GuestSpaceWatch m_spaces;
    StorageModel m_model;
    StorageView* m_view = nullptr;
    StorageDetails* m_details = nullptr;
    DiskTroubleNotice* m_trouble = nullptr;
    DriveBar* m_bar = nullptr;
    QSplitter* m_splitter = nullptr;
    QVBoxLayout* m_formerDisks = nullptr;
    QList<FormerDiskNotice*> m_notices;
    std::optional<StorageRow> m_selected; // survives changes of the rows
};

} // namespace platter
