// SPDX-License-Identifier: GPL-3.0-or-later
// The watch on real images that others change, move and take away meanwhile.
#include "core/disk/operations/create_disk.h"
#include "core/live/image_watch.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class ImageWatchTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ImageWatch> m_watch;

    // A VHDX of that many MiB.
    QString make(const QString& name, std::uint64_t size)
    {
        const QString file = m_folder->filePath(name);
        return createDisk({.file = file, .size = ByteCount::mebibytes(size)}) ? file : QString();
    }

    bool isRead(const QString& file) const
    {
        const KnownImage* image = m_watch->find(file);
        return image != nullptr && image->disk.has_value();
    }

    std::optional<ByteCount> sizeOf(const QString& file) const
    {
        const KnownImage* image = m_watch->find(file);
        return image != nullptr && image->sizes ? std::optional(image->sizes->virtualSize) : std::nullopt;
    }

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_watch = std::make_unique<ImageWatch>();
    }

    void readsNothingBeforeItIsStarted()
    {
        const QString file = make(QStringLiteral("a.vhdx"), 64);
        QSignalSpy changes(m_watch.get(), &ImageWatch::changed);
        m_watch->setImages({{.file = file, .format = DiskFormat::Vhdx}});
        QVERIFY(!changes.wait(1000));
        QVERIFY(m_watch->find(file) == nullptr);
        m_watch->start();
        QTRY_VERIFY(isRead(file));
        QCOMPARE(sizeOf(file), std::optional(ByteCount::mebibytes(64)));
        QVERIFY(m_watch->find(file)->trim);
    }

    void seesAnImageGoAndAnotherTakeItsPlace()
    {
        const QString file = make(QStringLiteral("a.vhdx"), 64);
        m_watch->setImages({{.file = file, .format = DiskFormat::Vhdx}});
        m_watch->start();
        QTRY_VERIFY(isRead(file));
        QVERIFY(QFile::rename(file, m_folder->filePath(QStringLiteral("elsewhere"))));
        QTRY_VERIFY(!m_watch->find(file)->sizes);
        QCOMPARE(m_watch->find(file)->sizes.error().kind, ErrorKind::NotFound);
        QCOMPARE(m_watch->find(file)->access, ImageAccess::Missing);
        QVERIFY(!m_watch->find(file)->disk);
        QVERIFY(QFile::rename(make(QStringLiteral("b.vhdx"), 96), file));
        QTRY_COMPARE(sizeOf(file), std::optional(ByteCount::mebibytes(96)));
        QTRY_VERIFY(isRead(file));
        QCOMPARE(m_watch->find(file)->access, ImageAccess::Writable);
    }

    void tellsOnlyOfWhatHasChanged()
    {
        const QString one = make(QStringLiteral("one.vhdx"), 64);
        const QString other = make(QStringLiteral("other.vhdx"), 64);
        m_watch->setImages(
            {{.file = one, .format = DiskFormat::Vhdx}, {.file = other, .format = DiskFormat::Vhdx}});
        m_watch->start();
        QTRY_VERIFY(isRead(one) && isRead(other));
        QSignalSpy changes(m_watch.get(), &ImageWatch::changed);
        QVERIFY(!changes.wait(1200)); // two rounds
        QVERIFY(QFile::remove(other));
        QVERIFY(QFile::rename(make(QStringLiteral("new.vhdx"), 96), other));
        QTRY_COMPARE(sizeOf(other), std::optional(ByteCount::mebibytes(96)));
        for (const QVariantList& change : std::as_const(changes)) {
            QCOMPARE(change.constFirst().toStringList(), QStringList{other});
        }
    }

    void keepsWhatItKnowsOfThoseThatStay()
    {
        const QString one = make(QStringLiteral("one.vhdx"), 64);
        const QString other = make(QStringLiteral("other.vhdx"), 64);
        const WatchedImage stays{.file = one, .format = DiskFormat::Vhdx};
        m_watch->setImages({stays, {.file = other, .format = DiskFormat::Vhdx}});
        m_watch->start();
        QTRY_VERIFY(isRead(one) && isRead(other));
        m_watch->setImages({stays});
        QVERIFY(isRead(one));
        QVERIFY(m_watch->find(other) == nullptr);
        // Attached in another way, it is another matter.
        m_watch->setImages({{.file = one, .format = DiskFormat::Vhdx, .discards = false}});
        QVERIFY(m_watch->find(one) == nullptr);
        QTRY_VERIFY(isRead(one));
        QCOMPARE(m_watch->find(one)->trim->verdict, TrimReach::Verdict::TurnedOff);
    }

    void readsAMediumAndTheSizesOnly()
    {
        QFile iso(m_folder->filePath(QStringLiteral("x.iso")));
        QVERIFY(iso.open(QIODevice::WriteOnly) && iso.resize(1 << 20));
        const QString former = make(QStringLiteral("former.vhdx"), 64);
        m_watch->setImages({{.file = iso.fileName()}, {.file = former, .isRead = false}});
        m_watch->start();
        QTRY_VERIFY(m_watch->find(iso.fileName()) != nullptr && m_watch->find(iso.fileName())->medium);
        QTRY_VERIFY(m_watch->find(former) != nullptr);
        QVERIFY(!m_watch->find(former)->disk && !m_watch->find(former)->medium);
    }
};

QTEST_GUILESS_MAIN(ImageWatchTest)
#include "image_watch_test.moc"
