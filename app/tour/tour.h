// SPDX-License-Identifier: GPL-3.0-or-later
// The tour's script: every step saves a picture NN-name.png to the tour's folder and prints a line with what was
// checked. It sees the machine from outside only: its serial log and its files.
#pragma once

#include "app/tour/file_manager.h"
#include "core/places.h"

#include <QDir>
#include <QTemporaryDir>

namespace platter::tour {

class Tour {
public:
    // FOLDER gets the pictures.
    Tour(const QString& folder, const Places& places);

    // 0 when every step held, 1 otherwise.
    QCoro::Task<int> play();

private:
    QCoro::Task<void> makeMachine();
    QCoro::Task<void> seeItBoot();
    QCoro::Task<void> typeIntoTheGuest();
    QCoro::Task<void> installToDisk();
    QCoro::Task<void> takeOutTheIso();
    QCoro::Task<void> bootFromDisk();
    QCoro::Task<void> expandTheDiskInUse();
    QCoro::Task<void> lookAtDetails();
    QCoro::Task<void> changeSettings();
    QCoro::Task<void> startAgain();
    QCoro::Task<void> dropFiles();
    QCoro::Task<void> dropWithoutADrive();
    QCoro::Task<void> lookAtNetworkDisk();
    QCoro::Task<void> migrateAnOldDisk();
    QCoro::Task<void> shutDown();

    // From the file manager onto the middle of the window.
    QCoro::Task<FileManager::Outcome> drop(QString file);
    // Saves the picture, prints the line.
    void held(const QString& picture, const QString& checked);
    QCoro::Task<void> openTab(QString name);
    QCoro::Task<void> selectDrive(QString slot);
    QCoro::Task<void> clickConsole();
    // Types LINE into the guest's shell; the console must have the focus.
    QCoro::Task<void> tellGuest(QString line);
    // Waits for a label that contains TEXT.
    QCoro::Task<void> says(QString text);
    // Waits for TEXT in what the serial log has gained since the machine's last start.
    QCoro::Task<void> serialSays(QString text, std::chrono::seconds patience);
    // Waits until nothing but a blinking cursor changes in the console: what the serial line says may be a moment
    // ahead.
    QCoro::Task<void> consoleRests();
    QCoro::Task<void> isOff();
    QCoro::Task<void> hasNoMedium(); // by its definition
    QString serial() const;
    QString machineFile(const QString& name) const;

    QDir m_folder;
    Places m_places;
    QString m_machine; // its folder
    Hand m_hand;
    QTemporaryDir m_files; // to be dropped
    FileManager m_fileManager{m_hand};
    int m_step = 0;
    qsizetype m_serialStart = 0;
};

} // namespace platter::tour
