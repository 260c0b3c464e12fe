// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that another one has taken the place of: what it was, whether it is still needed, and what can be done
// with it. GUI thread; owned by the storage pane.
#pragma once

#include "core/live/machine_session.h"
#include "ui/storage_pane/storage_notice.h"

#include <QPointer>

#include <optional>

namespace platter {

class FormerDiskNotice : public StorageNotice {
    Q_OBJECT

public:
    // SLOT's disk has a former one.
    FormerDiskNotice(MachineSession* session, SlotId slot, QWidget* parent = nullptr);

    QString file() const { return m_file; }

    // What the former disk takes on the host, or why that cannot be told.
    void setSizeOnHost(const Result<ByteCount>& size);
    // The machine is in another state.
    void refresh();

Q_SIGNALS:
    void failed(const QString& machine, const Error& error);

private:
    void goBack();
    void remove();
    void deleteForGood(const Error& why);
    void report(const Result<void>& done);

    QPointer<MachineSession> m_session;
    SlotId m_slot;
    QString m_file;
    QString m_name; // of the former disk
    QString m_newName;
    bool m_isReplaced = false;
    bool m_isGone = false;
    std::optional<ByteCount> m_size;
    QPushButton* m_delete;
    QPushButton* m_back;
    QPushButton* m_keep;
};

} // namespace platter
