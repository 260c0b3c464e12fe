// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/create_disk.h"
#include "tests/unit/unprivileged.h"
#include "wizards/edit_disk/edit_actions.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class EditActionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    // What cannot be written can still be looked at and copied.
    void offersWhatAReadOnlyFileAllows()
    {
        const QTemporaryDir folder;
        QVERIFY(QFile::setPermissions(folder.path(),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
        const QString file = folder.filePath(QStringLiteral("disk.vhdx"));
        QVERIFY(createDisk({.file = file, .size = ByteCount::gibibytes(1)}));
        QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner));
        const Result<DiskLook> own = lookAtDisk(file, {}, InspectAccess::Locked);
        QVERIFY(own);
        QVERIFY(!obstacleTo(EditAction::Expand, *own, {}));

        QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::ReadOther));
        const Unprivileged nobody;
        const Result<DiskLook> readOnly = lookAtDisk(file, {}, InspectAccess::Locked);
        QVERIFY2(readOnly, qUtf8Printable(readOnly ? QString() : readOnly.error().text()));
        for (const EditAction action : {EditAction::Convert, EditAction::Inspect, EditAction::Check}) {
            QVERIFY2(!obstacleTo(action, *readOnly, {}), qUtf8Printable(titleOf(action)));
        }
        for (const EditAction action : {EditAction::Expand, EditAction::Shrink, EditAction::Compact}) {
            const std::optional<QString> reason = obstacleTo(action, *readOnly, {});
            QVERIFY2(reason && reason->contains(QLatin1String("permissions")), qUtf8Printable(titleOf(action)));
        }
    }
};

QTEST_MAIN(EditActionsTest)
#include "edit_actions_test.moc"
