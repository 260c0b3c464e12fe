// SPDX-License-Identifier: GPL-3.0-or-later
// Machines in a store of the test's own and what two programs see of them. Software emulation only. Whatever still
// runs when this goes is ended. The thread that made it.
#pragma once

#include "core/live/machine_library.h"

#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace platter {

class LiveMachine {
public:
    static constexpr int patience = 120000; // milliseconds; software emulation on a busy computer

    LiveMachine();
    ~LiveMachine();
    Q_DISABLE_COPY_MOVE(LiveMachine)

    const Places& places() const { return m_places; }

    AcceleratorProbe& probe() { return m_probe; }

    QString path(const QString& file) const { return m_folder.filePath(file); }

    // In which platterctl sees these machines.
    QProcessEnvironment environment() const;

    struct Said {
        int code = -1;
        QString out;
        QString err;
    };

    // What platterctl says of them. Spins the event loop.
    Said platterctl(const QStringList& words) const;

    // One processor, 512 MiB, and DRIVES; the firmware alone is guest enough for most.
    StoredMachine make(const QString& name, std::vector<Drive> drives = {});
    std::unique_ptr<MachineSession> session(const StoredMachine& machine, QmpSeat seat = QmpSeat::Application);
    std::unique_ptr<MachineLibrary> library();
    RuntimeFolder runtime(const StoredMachine& machine) const;
    pid_t pid(const StoredMachine& machine) const; // 0: none runs

    // An empty image.
    QString makeImage(const QString& file, const QString& format, const QString& size) const;
    // A file that passes for a medium, of one MiB full of FILL.
    QString makeMedium(const QString& file, char fill) const;

private:
    QTemporaryDir m_folder{QStringLiteral("/tmp/live-XXXXXX")};
    Places m_places;
    AcceleratorProbe m_probe;
};

} // namespace platter

// A Result that must be one; what it says otherwise is the test's message.
#define GOOD(expression)                                                                                           \
    do {                                                                                                           \
        const auto goodResult = (expression);                                                                      \
        QVERIFY2(goodResult,                                                                                       \
            qUtf8Printable(goodResult ? QString() : goodResult.error().text() + goodResult.error().detail));       \
    } while (false)
