// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/inspect_file.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/vhdx_file.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class VhdxFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    // A copy has the identity of what it was copied from, and nobody reads through it.
    void tellsAParentFromItsCopies()
    {
        const QString parent = make(QStringLiteral("parent.vhdx"));
        const QString copy = path(QStringLiteral("copy.vhdx"));
        QVERIFY(QFile::copy(parent, copy));
        const QString child = make(QStringLiteral("child.vhdx"), parent);
        QCOMPARE(childrenOf(parent, identityOf(parent)), QStringList{child});
        QCOMPARE(childrenOf(copy, identityOf(copy)), QStringList());
        QVERIFY(checkHasNoChildren(copy, identityOf(copy)));

        // Without its parent, it may be looking for any of them.
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("elsewhere")));
        QVERIFY(QFile::rename(parent, path(QStringLiteral("elsewhere/parent.vhdx"))));
        QCOMPARE(childrenOf(copy, identityOf(copy)), QStringList{child});
    }

    // Alone, it looks empty.
    void doesNotJudgeADiskWithoutItsParent()
    {
        const QString parent = make(QStringLiteral("parent.vhdx"));
        const QString child = make(QStringLiteral("child.vhdx"), parent);
        const Result<DiskInspection> whole = inspectFile(child, {}, InspectAccess::Locked);
        QVERIFY(whole);
        QVERIFY(!whole->image.hasLostParent());
        QCOMPARE(whole->bootability.verdict, Bootability::Verdict::Empty);
        QVERIFY(QFile::remove(parent));
        const Result<DiskInspection> alone = inspectFile(child, {}, InspectAccess::Locked);
        QVERIFY(alone);
        QVERIFY(alone->image.hasLostParent());
        QCOMPARE(alone->bootability.verdict, Bootability::Verdict::ParentMissing);
        QVERIFY(!alone->bootability.isBootable());
        QVERIFY(alone->bootability.sentence().contains(QLatin1String("parent is missing")));
    }

    // In a chain of three, whichever it is.
    void tellsWhichParentIsLost()
    {
        const QString root = make(QStringLiteral("root.vhdx"));
        const QString middle = make(QStringLiteral("middle.vhdx"), root);
        const QString top = make(QStringLiteral("top.vhdx"), middle);
        const auto look = [&] { return inspectFile(top, {}, InspectAccess::Locked); };
        QVERIFY(look() && !look()->image.hasLostParent());

        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("elsewhere")));
        const QString moved = path(QStringLiteral("elsewhere/base.vhdx"));
        QVERIFY(QFile::rename(root, moved));
        const Result<DiskInspection> rootless = look();
        QVERIFY(rootless);
        QVERIFY(rootless->image.hasLostParent());
        QCOMPARE(rootless->image.fileWithoutParent(), middle);
        QCOMPARE(rootless->image.parents.size(), std::size_t(2));
        QCOMPARE(rootless->image.parents.front().file, middle);
        QVERIFY(rootless->image.parents.back().storedAs.endsWith(QLatin1String("root.vhdx")));
        QCOMPARE(rootless->bootability.verdict, Bootability::Verdict::ParentMissing);
        // What needs the whole chain says where it breaks.
        const Result<void> broken = FlattenDisk({top, {}}).check();
        QVERIFY(!broken);
        QCOMPARE(broken.error().kind, ErrorKind::NotFound);
        QVERIFY2(broken.error().summary.contains(middle), qUtf8Printable(broken.error().summary));

        // Reconnected there, all of it is whole again, and the top has not noticed.
        QVERIFY(reconnectParent(middle, moved));
        QVERIFY(look() && !look()->image.hasLostParent());
        QVERIFY(FlattenDisk({top, {}}).check());

        QVERIFY(QFile::remove(middle));
        const Result<DiskInspection> alone = look();
        QVERIFY(alone);
        QCOMPARE(alone->image.fileWithoutParent(), top);
        QCOMPARE(alone->image.parents.size(), std::size_t(1));
        QVERIFY(alone->image.parents.front().file.isEmpty());
    }

    void namesAllChildren()
    {
        const QString parent = make(QStringLiteral("parent.vhdx"));
        const QString first = make(QStringLiteral("first.vhdx"), parent);
        const Result<void> one = checkHasNoChildren(parent, identityOf(parent));
        QVERIFY(!one);
        QCOMPARE(one.error().kind, ErrorKind::WrongState);
        QVERIFY2(one.error().summary.contains(first), qUtf8Printable(one.error().summary));
        QVERIFY(one.error().advice.contains(QLatin1String("Merge")));
        const QString second = make(QStringLiteral("second.vhdx"), parent);
        const Result<void> two = checkHasNoChildren(parent, identityOf(parent));
        QVERIFY(!two);
        QVERIFY(two.error().summary.contains(first) && two.error().summary.contains(second));
        // Merging one would destroy the other.
        QVERIFY(!two.error().advice.contains(QLatin1String("Merge")));
        QVERIFY(checkHasNoChildren(second, identityOf(second)));
    }

private:
    QString path(const QString& name) const { return m_folder->filePath(name); }

    QString make(const QString& name, const QString& parent = {}) const
    {
        const QString file = path(name);
        const Result<ByteCount> made =
            createDisk({.file = file, .size = ByteCount::mebibytes(64), .parent = parent});
        return made ? file : QString();
    }

    static QUuid identityOf(const QString& file)
    {
        const auto image = openVhdx(file, {});
        return image ? (*image)->header().dataWriteGuid : QUuid();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(VhdxFileTest)
#include "vhdx_file_test.moc"
