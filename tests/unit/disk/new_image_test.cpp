// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/new_image.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace platter;

namespace {

// Puts a scripted qemu-img first on the PATH, for failures that the real one cannot be made to have on demand.
class ScriptedQemuImg {
public:
    ScriptedQemuImg(const QString& folder, const QByteArray& script)
        : m_path(qgetenv("PATH"))
    {
        QDir().mkpath(folder);
        QFile program(folder + QStringLiteral("/qemu-img"));
        if (!program.open(QIODevice::WriteOnly)) {
            qFatal("cannot write the script");
        }
        program.write("#!/bin/sh\n" + script);
        program.close();
        program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("PATH", QFile::encodeName(folder) + ':' + m_path);
    }

    ~ScriptedQemuImg() { qputenv("PATH", m_path); }
    Q_DISABLE_COPY_MOVE(ScriptedQemuImg)

private:
    QByteArray m_path;
};

QByteArray vhdFooter()
{
    return QByteArray("conectix").leftJustified(512, '\0');
}

} // namespace

class NewImageTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;

    QString below(const char* name) const { return m_dir.filePath(QString::fromUtf8(name)); }

    QStringList everythingIn(const QString& folder) const
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

    static void write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

private Q_SLOTS:

    void tellsKindsByTheirMarks_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<ImageKind>("kind");
        const QByteArray data(1 << 20, 'd');
        QTest::newRow("vhdx") << "vhdxfile" + data << ImageKind::Vhdx;
        QTest::newRow("qcow2") << QByteArray("QFI\xfb") + data << ImageKind::Qcow2;
        QTest::newRow("dynamic VHD, by its copy at 0") << vhdFooter() + data << ImageKind::Vhd;
        QTest::newRow("fixed VHD, by its footer") << data + vhdFooter() << ImageKind::Vhd;
        QTest::newRow("old VHD, footer of 511 bytes") << data + vhdFooter().chopped(1) << ImageKind::Vhd;
        QTest::newRow("sparse VMDK") << "KDMV" + data << ImageKind::Vmdk;
        QTest::newRow("VMDK of ESX") << "COWD" + data << ImageKind::Vmdk;
        QTest::newRow("VMDK's description") << QByteArray("# Disk DescriptorFile\nversion=1") << ImageKind::Vmdk;
        QTest::newRow("VDI") << QByteArray(64, 'x') + "\x7f\x10\xda\xbe" + data << ImageKind::Vdi;
        QTest::newRow("raw") << data << ImageKind::Raw;
        QTest::newRow("empty") << QByteArray() << ImageKind::Raw;
        QTest::newRow("a few bytes") << QByteArray("vhdx") << ImageKind::Raw;
        QTest::newRow("mark not at the end") << vhdFooter().prepend('x') + data << ImageKind::Raw;
        QTest::newRow("mark too near to the end") << data + "conectix" << ImageKind::Raw;
    }

    void tellsKindsByTheirMarks()
    {
        QFETCH(QByteArray, content);
        QFETCH(ImageKind, kind);
        write(below("image"), content);
        const Result<ImageKind> found = imageKindOf(below("image"));
        QVERIFY(found);
        QCOMPARE(*found, kind);
    }

    void saysWhyAFileCannotBeRead()
    {
        QCOMPARE(imageKindOf(below("missing")).error().kind, ErrorKind::NotFound);
        QVERIFY(!imageKindOf(m_dir.path()));
        QCOMPARE(::mkfifo(QFile::encodeName(below("pipe")).constData(), 0600), 0);
        QCOMPARE(
            imageKindOf(below("pipe")).error().kind, ErrorKind::InvalidInput); // and does not wait for a writer
        write(below("secret"), "x");
        QVERIFY(QFile::setPermissions(below("secret"), QFile::WriteOwner));
        QVERIFY(QFile::setPermissions(m_dir.path(),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
        const Unprivileged nobody;
        QCOMPARE(imageKindOf(below("secret")).error().kind, ErrorKind::PermissionDenied);
    }

    void makesImagesOfEverySize_data()
    {
        QTest::addColumn<DiskFormat>("format");
        QTest::addColumn<quint64>("size");
        const quint64 mib = 1 << 20;
        for (const DiskFormat format : {DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw}) {
            for (const quint64 size : {quint64(512), mib, 10 * mib + 512, 4096 * mib, 4097 * mib, 40960 * mib,
                     2 * mib * mib, 64 * mib * mib}) {
                if (format == DiskFormat::Raw && size > mib * mib) {
                    continue; // more than some file systems hold in one file
                }
                QTest::addRow("%s of %llu", qPrintable(nameOf(format)), static_cast<unsigned long long>(size))
                    << format << size;
            }
        }
    }

    void makesImagesOfEverySize()
    {
        QFETCH(DiskFormat, format);
        QFETCH(quint64, size);
        const QString folder = below("images");
        QVERIFY(QDir().mkpath(folder));
        const QString file = folder + QStringLiteral("/Größe, 1:2 \U0001F4BE");
        const Result<void> made = createImage(file, format, ByteCount(size));
        QVERIFY2(made, qPrintable(made ? QString() : made.error().text() + made.error().detail));
        QCOMPARE(everythingIn(folder).size(), 1);

        const ImageKind kind = format == DiskFormat::Vhdx ? ImageKind::Vhdx
            : format == DiskFormat::Qcow2                 ? ImageKind::Qcow2
                                                          : ImageKind::Raw;
        QCOMPARE(*imageKindOf(file), kind);
        QProcess info;
        info.start(QStringLiteral("qemu-img"),
            {QStringLiteral("info"), QStringLiteral("--output=json"), QStringLiteral("-f"), nameOf(format),
                QStringLiteral("file:") + file});
        QVERIFY(info.waitForFinished());
        const QJsonObject answer = QJsonDocument::fromJson(info.readAllStandardOutput()).object();
        QCOMPARE(static_cast<quint64>(answer.value(QLatin1String("virtual-size")).toInteger()), size);

        // The promise of the plan: never less than it really takes, and not far from it.
        struct stat status{};
        QCOMPARE(::stat(QFile::encodeName(file).constData(), &status), 0);
        const quint64 taken = static_cast<quint64>(status.st_blocks) * 512;
        const quint64 promised = initialSizeOnHost(format, ByteCount(size)).bytes();
        QVERIFY2(taken <= promised, qPrintable(QStringLiteral("%1 > %2").arg(taken).arg(promised)));
        QVERIFY2(promised - taken <= 128 * 1024, qPrintable(QStringLiteral("%1 << %2").arg(taken).arg(promised)));
        QVERIFY(QFile::remove(file));
    }

    void makesVhdxBlocksAsWindowsDoes()
    {
        QVERIFY(createImage(below("blocks.vhdx"), DiskFormat::Vhdx, ByteCount::mebibytes(10)));
        QProcess info;
        info.start(QStringLiteral("qemu-img"),
            {QStringLiteral("info"), QStringLiteral("--output=json"), below("blocks.vhdx")});
        QVERIFY(info.waitForFinished());
        const QJsonObject answer = QJsonDocument::fromJson(info.readAllStandardOutput()).object();
        QCOMPARE(answer.value(QLatin1String("cluster-size")).toInteger(), 32 << 20);
    }

    void refusesSizes_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::newRow("nothing") << quint64(0);
        QTest::newRow("half a sector") << quint64(256);
        QTest::newRow("a sector and a byte") << quint64(513);
        QTest::newRow("a sector above 64 TiB") << (quint64(64) << 40) + 512;
    }

    void refusesSizes()
    {
        QFETCH(quint64, size);
        const Result<void> made = createImage(below("size.vhdx"), DiskFormat::Vhdx, ByteCount(size));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::InvalidInput);
        QVERIFY(!made.error().advice.isEmpty());
        QVERIFY(!QFile::exists(below("size.vhdx")));
    }

    void leavesWhatIsThereAlone()
    {
        write(below("taken"), "precious");
        QCOMPARE(
            createImage(below("taken"), DiskFormat::Raw, ByteCount(512)).error().kind, ErrorKind::AlreadyExists);
        QVERIFY(QFile::link(below("nowhere"), below("dangling")));
        QCOMPARE(
            createImage(below("dangling"), DiskFormat::Raw, ByteCount(512)).error().kind, ErrorKind::AlreadyExists);
        QFile taken(below("taken"));
        QVERIFY(taken.open(QIODevice::ReadOnly));
        QCOMPARE(taken.readAll(), QByteArray("precious"));
    }

    void namesTheMissingFolder()
    {
        const Result<void> made = createImage(below("no/where.vhdx"), DiskFormat::Vhdx, ByteCount(512));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::NotFound);
        QVERIFY2(made.error().summary.contains(below("no")), qPrintable(made.error().summary));
    }

    void namesTheMissingPackage()
    {
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(m_dir.path()));
        const Result<void> made = createImage(below("program.qcow2"), DiskFormat::Qcow2, ByteCount(512));
        qputenv("PATH", path);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::MissingProgram);
        QVERIFY2(made.error().advice.contains(QLatin1String("qemu-utils")), qPrintable(made.error().advice));
    }

    void leavesNothingBehindWhenQemuImgFails_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<ErrorKind>("kind");
        // The temporary file is the last argument but one, after "file:".
        const QByteArray half = "for a; do case $a in file:*) echo half > \"${a#file:}\";; esac; done\n";
        QTest::newRow("no space") << half
                + "echo 'qemu-img: x: Could not write: No space left on device' >&2; exit 1"
                                  << ErrorKind::NoSpace;
        QTest::newRow("quota") << half + "echo 'qemu-img: x: Disk quota exceeded' >&2; exit 1"
                               << ErrorKind::NoSpace;
        QTest::newRow("permission") << half + "echo 'qemu-img: x: Permission denied' >&2; exit 1"
                                    << ErrorKind::PermissionDenied;
        QTest::newRow("read-only") << half + "echo 'qemu-img: x: Read-only file system' >&2; exit 1"
                                   << ErrorKind::PermissionDenied;
        QTest::newRow("anything else") << half + "echo 'qemu-img: x: The moon is full' >&2; exit 1"
                                       << ErrorKind::Qemu;
        QTest::newRow("killed") << half + "kill -9 $$" << ErrorKind::Qemu;
    }

    void leavesNothingBehindWhenQemuImgFails()
    {
        QFETCH(QByteArray, script);
        QFETCH(ErrorKind, kind);
        const ScriptedQemuImg scripted(below("bin"), script);
        const QString folder = below("failing");
        QVERIFY(QDir().mkpath(folder));
        const Result<void> made =
            createImage(folder + QStringLiteral("/disk.qcow2"), DiskFormat::Qcow2, ByteCount(512));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, kind);
        QVERIFY2(made.error().summary.contains(folder + QStringLiteral("/disk.qcow2")),
            qPrintable(made.error().summary));
        QVERIFY(!made.error().advice.isEmpty());
        QCOMPARE(everythingIn(folder), QStringList());
    }

    void exactlyOneOfTwoMakersWins()
    {
        // While the image is being made somebody else puts a file under its final name.
        const QString folder = below("race");
        QVERIFY(QDir().mkpath(folder));
        const ScriptedQemuImg scripted(below("bin"),
            "for a; do case $a in file:*) f=${a#file:}; echo ours > \"$f\"; echo theirs > \"$(dirname "
            "\"$f\")/disk.raw\";; "
            "esac; done");
        const Result<void> made =
            createImage(folder + QStringLiteral("/disk.raw"), DiskFormat::Raw, ByteCount(512));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::AlreadyExists);
        QFile file(folder + QStringLiteral("/disk.raw"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("theirs\n"));
        QCOMPARE(everythingIn(folder).size(), 1);
    }

    void saysThatTheFileSystemHasNoFilesThatLarge()
    {
        struct rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        struct rlimit limit = before;
        limit.rlim_cur = 1 << 30;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        const Result<void> made = createImage(below("huge.raw"), DiskFormat::Raw, ByteCount::gibibytes(2));
        std::signal(SIGXFSZ, handler);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::Unsupported);
        QVERIFY2(made.error().summary.contains(QLatin1String("2 GiB")), qPrintable(made.error().summary));
        QVERIFY(!QFile::exists(below("huge.raw")));
    }
};

QTEST_GUILESS_MAIN(NewImageTest)
#include "new_image_test.moc"
