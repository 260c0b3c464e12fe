// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/disk_trouble.h"
#include "tests/unit/unprivileged.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class DiskTroubleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void looksWhetherTheFileIsThere()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("disk.raw")));
        QCOMPARE(accessTo(file.fileName()), ImageAccess::Missing);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(accessTo(file.fileName()), ImageAccess::Writable);
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ReadOther));
        QVERIFY(QFile::setPermissions(folder.path(), QFile::Permissions(0x7755)));
        const Unprivileged nobody;
        QCOMPARE(accessTo(file.fileName()), ImageAccess::ReadOnly);
    }

    void findsTheOtherMachine()
    {
        StoredMachine other{.name = QStringLiteral("win11"), .folder = {}, .definition = {}};
        other.definition.drives = {{{0, 0}, DvdDrive{QStringLiteral("/a.vhdx")}},
            {{1, 7}, DiskDrive{.source = QStringLiteral("/a.vhdx"), .isReadOnly = true}}};
        const ImageUser expected{QStringLiteral("win11"), {1, 7}, true};
        QCOMPARE(imageUserIn(other, QStringLiteral("/a.vhdx")), std::optional(expected));
        QCOMPARE(imageUserIn(other, QStringLiteral("/b.vhdx")), std::nullopt);
    }

    void saysWhatIsWrong_data()
    {
        QTest::addColumn<bool>("isReadOnly");
        QTest::addColumn<ImageAccess>("access");
        QTest::addColumn<std::optional<ImageUser>>("other");
        QTest::addColumn<QString>("kind"); // empty: nothing
        using Other = std::optional<ImageUser>;
        const Other writer = ImageUser{QStringLiteral("win11"), {0, 2}, false};
        const Other reader = ImageUser{QStringLiteral("win11"), {0, 2}, true};
        QTest::newRow("nothing") << false << ImageAccess::Writable << Other() << QString();
        QTest::newRow("gone") << false << ImageAccess::Missing << writer << QStringLiteral("missing");
        QTest::newRow("gone, to be read only")
            << true << ImageAccess::Missing << Other() << QStringLiteral("missing");
        QTest::newRow("not writable") << false << ImageAccess::ReadOnly << Other()
                                      << QStringLiteral("read-only-storage");
        QTest::newRow("only to be read") << true << ImageAccess::ReadOnly << Other() << QString();
        QTest::newRow("both write") << false << ImageAccess::Writable << writer << QStringLiteral("shared");
        QTest::newRow("the other writes") << true << ImageAccess::Writable << writer << QStringLiteral("shared");
        QTest::newRow("this one writes") << false << ImageAccess::Writable << reader << QStringLiteral("shared");
        QTest::newRow("both read") << true << ImageAccess::Writable << reader << QString();
    }

    void saysWhatIsWrong()
    {
        QFETCH(bool, isReadOnly);
        QFETCH(ImageAccess, access);
        QFETCH(std::optional<ImageUser>, other);
        QFETCH(QString, kind);
        const DiskDrive disk{.source = QStringLiteral("/a.vhdx"), .isReadOnly = isReadOnly};
        const auto trouble = troubleOf(disk, access, other);
        QCOMPARE(trouble ? nameOf(trouble->kind) : QString(), kind);
        if (trouble) {
            QVERIFY(trouble->sentence.contains(disk.where()) && !trouble->advice.isEmpty());
            QCOMPARE(trouble->sentence.contains(QLatin1String("win11")), kind == QLatin1String("shared"));
        }
    }
};

QTEST_GUILESS_MAIN(DiskTroubleTest)
#include "disk_trouble_test.moc"
