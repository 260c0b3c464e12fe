// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/folder_lock.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <latch>
#include <thread>

using namespace platter;

class FolderLockTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;

private Q_SLOTS:

    void excludesEverybodyElse()
    {
        {
            const Result<FolderLock> lock = FolderLock::take(m_dir.path());
            QVERIFY(lock);
            QVERIFY(!FolderLock::tryTake(m_dir.path()));
        }
        QVERIFY(FolderLock::tryTake(m_dir.path()));
    }

    void waitsForTheOther()
    {
        std::optional<FolderLock> first = FolderLock::tryTake(m_dir.path());
        QVERIFY(first);
        std::latch started(1);
        bool taken = false;
        std::thread other([&] {
            started.count_down();
            taken = FolderLock::take(m_dir.path()).has_value();
        });
        started.wait();
        first.reset();
        other.join();
        QVERIFY(taken);
    }

    void givesUpInTheEnd()
    {
        const std::optional<FolderLock> first = FolderLock::tryTake(m_dir.path());
        const Result<FolderLock> second = FolderLock::take(m_dir.path());
        QVERIFY(!second);
        QCOMPARE(second.error().kind, ErrorKind::InUse);
        QVERIFY2(second.error().summary.contains(m_dir.path()), qPrintable(second.error().summary));
    }

    void aFolderMadeAnewHasALockOfItsOwn()
    {
        const QString folder = m_dir.filePath(QStringLiteral("anew"));
        QVERIFY(QDir().mkdir(folder));
        const std::optional<FolderLock> old = FolderLock::tryTake(folder);
        QVERIFY(old);
        QVERIFY(QDir(folder).removeRecursively());
        QVERIFY(QDir().mkdir(folder));
        QVERIFY(FolderLock::tryTake(folder));
    }

    void saysThatTheFolderIsMissing()
    {
        QCOMPARE(FolderLock::take(m_dir.filePath(QStringLiteral("missing"))).error().kind, ErrorKind::NotFound);
        QVERIFY(!FolderLock::tryTake(m_dir.filePath(QStringLiteral("missing"))));
    }
};

QTEST_GUILESS_MAIN(FolderLockTest)
#include "folder_lock_test.moc"
