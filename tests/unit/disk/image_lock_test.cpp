// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/image_lock.h"
#include "core/disk/new_image.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

// A real QEMU that has the image open, stopped before its first instruction; up when it answers
// a command, for it greets before it has opened its disks.
class QemuWithImage {
public:
    QemuWithImage(const QString& file, bool readOnly, const QString& name)
    {
        m_process.start(QStringLiteral("qemu-system-x86_64"),
            {QStringLiteral("-name"), name, QStringLiteral("-machine"), QStringLiteral("q35"), QStringLiteral("-m"),
                QStringLiteral("16"), QStringLiteral("-S"), QStringLiteral("-nodefaults"),
                QStringLiteral("-display"), QStringLiteral("none"), QStringLiteral("-qmp"), QStringLiteral("stdio"),
                QStringLiteral("-blockdev"),
                QStringLiteral("driver=file,node-name=f,filename=%1,read-only=%2")
                    .arg(file, readOnly ? QStringLiteral("on") : QStringLiteral("off")),
                QStringLiteral("-device"), QStringLiteral("virtio-scsi-pci"), QStringLiteral("-device"),
                readOnly ? QStringLiteral("scsi-cd,drive=f") : QStringLiteral("scsi-hd,drive=f")});
        m_process.write("{\"execute\": \"qmp_capabilities\"}\n");
        while (!isUp() && m_process.waitForReadyRead(30'000)) {
            m_answers += m_process.readAllStandardOutput();
        }
    }

    ~QemuWithImage()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    Q_DISABLE_COPY_MOVE(QemuWithImage)

    bool isUp() const { return m_answers.contains("\"return\""); }

    QByteArray words() { return m_process.readAllStandardError(); }

    qint64 processId() const { return m_process.processId(); }

private:
    QProcess m_process;
    QByteArray m_answers;
};

} // namespace

class ImageLockTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;

private Q_SLOTS:

    void init()
    {
        QFile::remove(m_dir.filePath(QStringLiteral("disk.raw")));
        QVERIFY(createImage(m_dir.filePath(QStringLiteral("disk.raw")), DiskFormat::Raw, ByteCount::mebibytes(1)));
    }

    void isFreeWhenNobodyHasIt()
    {
        const QString file = m_dir.filePath(QStringLiteral("disk.raw"));
        QVERIFY(checkImageNotInUse(file));
        QFile open(file);
        QVERIFY(open.open(QIODevice::ReadWrite)); // open, and not locked
        QVERIFY(checkImageNotInUse(file));
    }

    void namesTheMachineThatHasIt()
    {
        const QString file = m_dir.filePath(QStringLiteral("disk.raw"));
        {
            QemuWithImage qemu(file, false, QStringLiteral("guest=Büro 2,debug-threads=on"));
            QVERIFY2(qemu.isUp(), qemu.words().constData());
            for (const ImageUse use : {ImageUse::ReadWrite, ImageUse::ReadOnly}) {
                const Result<void> isFree = checkImageNotInUse(file, use);
                QVERIFY(!isFree);
                QCOMPARE(isFree.error().kind, ErrorKind::InUse);
                QVERIFY2(isFree.error().summary.contains(QStringLiteral("“Büro 2”")),
                    qPrintable(isFree.error().summary));
                QVERIFY2(isFree.error().summary.contains(QString::number(qemu.processId())),
                    qPrintable(isFree.error().summary));
            }
        }
        QVERIFY(checkImageNotInUse(file)); // its locks went with it
    }

    void readersShareAMedium()
    {
        const QString file = m_dir.filePath(QStringLiteral("disk.raw"));
        QemuWithImage qemu(file, true, QStringLiteral("reader"));
        QVERIFY2(qemu.isUp(), qemu.words().constData());
        QVERIFY(checkImageNotInUse(file, ImageUse::ReadOnly));
        const Result<void> asDisk = checkImageNotInUse(file, ImageUse::ReadWrite);
        QVERIFY(!asDisk);
        QVERIFY2(asDisk.error().summary.contains(QStringLiteral("“reader”")), qPrintable(asDisk.error().summary));
    }

    void saysThatAFileIsMissing()
    {
        QCOMPARE(checkImageNotInUse(m_dir.filePath(QStringLiteral("missing"))).error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(ImageLockTest)
#include "image_lock_test.moc"
