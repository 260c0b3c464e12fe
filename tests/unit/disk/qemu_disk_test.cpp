// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/qemu_disk.h"
#include "tests/unit/disk/run_tool.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t diskSize = 40 * mebibyte + 3 * 512; // the last piece is a short one

QByteArray markOf(std::uint64_t offset)
{
    return QByteArray("at ") + QByteArray::number(offset).rightJustified(13, '0');
}

} // namespace

class QemuDiskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        QFile raw(path(QStringLiteral("disk.raw")));
        QVERIFY(raw.open(QIODevice::ReadWrite));
        QVERIFY(raw.resize(diskSize));
        for (const std::uint64_t offset : offsets()) {
            QVERIFY(raw.seek(static_cast<qint64>(offset)));
            const QByteArray mark = markOf(offset);
            QCOMPARE(raw.write(mark), mark.size());
        }
    }

    void readsEveryPart_data()
    {
        QTest::addColumn<ImageKind>("kind");
        QTest::addColumn<QString>("format");
        QTest::newRow("qcow2") << ImageKind::Qcow2 << QStringLiteral("qcow2");
        QTest::newRow("VMDK") << ImageKind::Vmdk << QStringLiteral("vmdk");
        QTest::newRow("VDI") << ImageKind::Vdi << QStringLiteral("vdi");
    }

    void readsEveryPart()
    {
        QFETCH(ImageKind, kind);
        QFETCH(QString, format);
        // A name that means something to QEMU.
        const QString file = path(QStringLiteral("a,b:\"c\" %1").arg(format));
        const ToolRun made = runTool(QStringLiteral("qemu-img"),
            {QStringLiteral("convert"), QStringLiteral("-f"), QStringLiteral("raw"), QStringLiteral("-O"), format,
                path(QStringLiteral("disk.raw")), QStringLiteral("file:") + file});
        QVERIFY2(made.isGood, qUtf8Printable(made.output));
        for (const QemuDisk::Access access : {QemuDisk::Access::Locked, QemuDisk::Access::Shared}) {
            const auto disk = QemuDisk::open(file, kind, access);
            QVERIFY2(disk, qUtf8Printable(disk ? QString() : disk.error().text() + disk.error().detail));
            QVERIFY((*disk)->size() >= diskSize);
            for (const std::uint64_t offset : offsets()) {
                QByteArray mark(markOf(offset).size(), '?');
                const Result<void> read = (*disk)->read(
                    offset, std::as_writable_bytes(std::span(mark.data(), static_cast<std::size_t>(mark.size()))));
                QVERIFY2(read, qUtf8Printable(read ? QString() : read.error().text() + read.error().detail));
                QCOMPARE(mark, markOf(offset));
            }
        }
    }

private:
    QString path(const QString& name) const { return m_folder.filePath(name); }

    // Amid a piece, across the border of two, the disk's last bytes.
    static QList<std::uint64_t> offsets()
    {
        return {0, 700, mebibyte - 8, 17 * mebibyte, 39 * mebibyte + 4096, diskSize - 16};
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(QemuDiskTest)
#include "qemu_disk_test.moc"
