// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/convert.h"
#include "core/disk/host_file.h"
#include "core/disk/open_disk.h"
#include "tests/unit/disk/fixture.h"
#include "tests/unit/disk/vhd/vhd_maker.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <unistd.h>

using namespace platter;

namespace {

constexpr std::array targets{ImageTarget::Raw, ImageTarget::FixedVhd, ImageTarget::DynamicVhd};
constexpr std::array foreignTargets{ImageTarget::Qcow2, ImageTarget::Vmdk, ImageTarget::Vdi};

QString wordsOf(const Error& error)
{
    return error.text() + QLatin1Char(' ') + error.detail;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool qemuImg(const QStringList& arguments)
{
    QProcess process;
    process.start(QStringLiteral("qemu-img"), arguments);
    return process.waitForFinished() && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

} // namespace

class ConvertTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(m_dir.isValid());
        m_source = unpack(fixtureNamed(QStringLiteral("dfvfs/ntfs-dynamic.vhd.gz")), m_dir.path());
        unpack(fixtureNamed(QStringLiteral("dfvfs/fat-parent.vhd.gz")), m_dir.path());
        m_child = unpack(fixtureNamed(QStringLiteral("dfvfs/fat-differential.vhd.gz")), m_dir.path());
    }

    void init()
    {
        QVERIFY(QDir(m_dir.filePath(QStringLiteral("out"))).removeRecursively());
        QVERIFY(QDir().mkpath(m_dir.filePath(QStringLiteral("out"))));
    }

    void convertsAmongItsOwnFormats_data()
    {
        QTest::addColumn<QString>("fixture");
        QTest::addColumn<ImageTarget>("target");
        for (const char* name : {"dfvfs/ntfs-dynamic.vhd.gz", "dfvfs/ext2.vhd.gz", "dissect/fixed.vhd.gz",
                 "recursiveextractor/Shared.vhd.gz", "dfvfs/fat-differential.vhd.gz"}) {
            for (const ImageTarget target : targets) {
                QTest::addRow("%s to %s", name, qPrintable(displayName(target)))
                    << QString::fromUtf8(name) << target;
            }
        }
    }

    void convertsAmongItsOwnFormats()
    {
        QFETCH(QString, fixture);
        QFETCH(ImageTarget, target);
        const Fixture source = fixtureNamed(fixture);
        const QString path = unpack(source, m_dir.path());
        Convert convert({path, {}, out("image"), target, ConvertRequest::Verify::Yes});
        QVERIFY(convert.check());
        const Result<OperationPlan> plan = convert.plan();
        QVERIFY(plan);
        quint64 done = 0;
        quint64 total = 0;
        Progress progress([&](const Progress::State& state) {
            done = state.done.bytes();
            total = state.total.bytes();
        });
        const Result<OperationOutcome> outcome = convert.run(progress);
        QVERIFY2(outcome, qPrintable(outcome ? QString() : wordsOf(outcome.error())));
        QCOMPARE(total, plan->bytesToCopy.bytes());
        QCOMPARE(done, total);
        QVERIFY(outcome->sizeOnHostAfter <= plan->sizeOnHostAfter);
        QCOMPARE(outcome->sentences.size(), 2);
        QCOMPARE(everythingIn(out("")), QStringList{QStringLiteral("image")});
        const auto disk = openDisk(out("image"));
        QVERIFY(disk);
        QCOMPARE((*disk)->size(), source.size);
        QCOMPARE(contentHash(**disk), source.content);
    }

    void zerosStayAway()
    {
        // 126 blocks of nothing but zeros, all of them there.
        const QString path = unpack(fixtureNamed(QStringLiteral("qemu/d2v-zerofilled.vhd.bz2")), m_dir.path());
        for (const ImageTarget target : targets) {
            const QString made = out(qPrintable(displayName(target)));
            Convert convert({path, {}, made, target});
            Progress progress;
            const Result<OperationOutcome> outcome = convert.run(progress);
            QVERIFY(outcome);
            QVERIFY2(outcome->sizeOnHostAfter < ByteCount::kibibytes(64),
                qPrintable(outcome->sizeOnHostAfter.toString()));
            QCOMPARE(dataByMap(**openDisk(made)), quint64(0));
        }
    }

    void otherFormatsGoThroughQemuImg_data()
    {
        QTest::addColumn<ImageTarget>("target");
        for (const ImageTarget target : foreignTargets) {
            QTest::newRow(qPrintable(displayName(target))) << target;
        }
    }

    void otherFormatsGoThroughQemuImg()
    {
        QFETCH(ImageTarget, target);
        // A child, which QEMU itself reads wrongly, there and back.
        const Fixture source = fixtureNamed(QStringLiteral("dfvfs/fat-differential.vhd.gz"));
        quint64 done = 0;
        quint64 total = 0;
        Progress progress([&](const Progress::State& state) {
            done = state.done.bytes();
            total = state.total.bytes();
        });
        Convert there({m_child, {}, out("there"), target, ConvertRequest::Verify::Yes});
        const Result<OperationOutcome> outcome = there.run(progress);
        QVERIFY2(outcome, qPrintable(outcome ? QString() : wordsOf(outcome.error())));
        QCOMPARE(done, total);
        QCOMPARE(everythingIn(out("")), QStringList{QStringLiteral("there")});
        QVERIFY(openDisk(out("there")).error().kind == ErrorKind::Unsupported);
        for (const ImageTarget back : targets) {
            const QString made = out(qPrintable(displayName(back)));
            Convert convert({out("there"), {}, made, back, ConvertRequest::Verify::Yes});
            Progress again;
            const Result<OperationPlan> plan = convert.plan();
            QVERIFY2(plan, qPrintable(plan ? QString() : wordsOf(plan.error())));
            const Result<OperationOutcome> returned = convert.run(again);
            QVERIFY2(returned, qPrintable(returned ? QString() : wordsOf(returned.error())));
            const auto disk = openDiskAs(back == ImageTarget::Raw ? ImageKind::Raw : ImageKind::Vhd, made);
            QVERIFY(disk);
            QCOMPARE((*disk)->size(), source.size);
            QCOMPARE(contentHash(**disk), source.content);
        }
    }

    void rawImagesGoToQemuImgAsTheyAre()
    {
        write(out("raw"), QByteArray(1 << 20, 'r'));
        Convert convert({out("raw"), {}, out("image"), ImageTarget::Qcow2, ConvertRequest::Verify::Yes});
        const Result<OperationPlan> plan = convert.plan();
        QVERIFY(plan);
        QCOMPARE(plan->bytesToCopy, ByteCount::mebibytes(2)); // once, and comparing
        Progress progress;
        QVERIFY(convert.run(progress));
        QVERIFY(qemuImg({QStringLiteral("compare"), QStringLiteral("-f"), QStringLiteral("raw"),
            QStringLiteral("-F"), QStringLiteral("qcow2"), out("raw"), out("image")}));
    }

    void lookingTouchesNothing()
    {
        const QByteArray before = contentOf(m_source);
        const QDateTime changed = QFileInfo(m_source).lastModified();
        const Convert convert({m_source, {}, out("image"), ImageTarget::DynamicVhd});
        QVERIFY(convert.check());
        const Result<OperationPlan> plan = convert.plan();
        QVERIFY(plan);
        QVERIFY(plan->steps.size() >= 3);
        QVERIFY(!convert.title().isEmpty());
        QCOMPARE(everythingIn(out("")), QStringList());
        QCOMPARE(contentOf(m_source), before);
        QCOMPARE(QFileInfo(m_source).lastModified(), changed);
    }

    void refusesTargets()
    {
        refuses({m_source, {}, m_source, ImageTarget::Raw}, ErrorKind::InvalidInput);
        QVERIFY(::link(QFile::encodeName(m_source).constData(), QFile::encodeName(out("link")).constData()) == 0);
        refuses({m_source, {}, out("link"), ImageTarget::Raw}, ErrorKind::InvalidInput);
        write(out("taken"), "precious");
        refuses({m_source, {}, out("taken"), ImageTarget::Raw}, ErrorKind::AlreadyExists);
        QCOMPARE(contentOf(out("taken")), QByteArray("precious"));
        QVERIFY(QFile::link(out("nowhere"), out("dangling")));
        refuses({m_source, {}, out("dangling"), ImageTarget::Raw}, ErrorKind::AlreadyExists);
        refuses({m_source, {}, out("no/image"), ImageTarget::Raw}, ErrorKind::NotFound);
        QVERIFY(QFile::setPermissions(m_dir.path(), QFile::Permissions(0x7055)));
        QVERIFY(QFile::setPermissions(out(""), QFile::Permissions(0x5055))); // not even its owner's to write to
        const auto give = qScopeGuard([&] { QFile::setPermissions(out(""), QFile::Permissions(0x7055)); });
        const Unprivileged nobody;
        refuses({m_source, {}, out("image"), ImageTarget::Raw}, ErrorKind::PermissionDenied);
    }

    void refusesSources()
    {
        refuses({out("missing"), {}, out("image"), ImageTarget::Raw}, ErrorKind::NotFound);
        write(out("empty"), "");
        refuses({out("empty"), {}, out("image"), ImageTarget::DynamicVhd}, ErrorKind::InvalidInput);
        {
            const auto busy = HostFile::open(m_source, HostFile::Access::ReadWrite);
            QVERIFY(busy);
            refuses({m_source, {}, out("image"), ImageTarget::Raw}, ErrorKind::InUse);
        }
        const QString bad = unpack(fixtureNamed(QStringLiteral("dfvfs/image.vhd.gz")), m_dir.path());
        refuses({bad, {}, out("image"), ImageTarget::Raw}, ErrorKind::Corrupt);
        write(out("cut"), QByteArray("QFI\xfb") + QByteArray(100, 'x'));
        refuses({out("cut"), {}, out("image"), ImageTarget::Raw}, ErrorKind::Qemu);
    }

    void refusesDisksThatDoNotFit()
    {
        QFile large(out("large"));
        QVERIFY(large.open(QIODevice::WriteOnly));
        QVERIFY(large.resize(qint64(2041) << 30));
        refuses({out("large"), {}, out("image"), ImageTarget::DynamicVhd}, ErrorKind::Unsupported);
        refuses({out("large"), {}, out("image"), ImageTarget::FixedVhd}, ErrorKind::Unsupported);
    }

    void cancellingLeavesNothing_data()
    {
        QTest::addColumn<ImageTarget>("target");
        for (const ImageTarget target :
            {ImageTarget::Raw, ImageTarget::FixedVhd, ImageTarget::DynamicVhd, ImageTarget::Qcow2}) {
            QTest::newRow(qPrintable(displayName(target))) << target;
        }
    }

    // Whenever it is cancelled: from the n-th report on.
    void cancellingLeavesNothing()
    {
        QFETCH(ImageTarget, target);
        const QByteArray before = contentOf(m_source);
        bool finished = false;
        for (int after = 0; !finished && after < 100; ++after) {
            std::stop_source stop;
            int reports = 0;
            Progress progress(
                [&](const Progress::State&) {
                    if (++reports >= after) {
                        stop.request_stop();
                    }
                },
                stop.get_token());
            if (after == 0) {
                stop.request_stop();
            }
            Convert convert({m_source, {}, out("image"), target, ConvertRequest::Verify::Yes});
            const Result<OperationOutcome> outcome = convert.run(progress);
            finished = outcome.has_value();
            if (!finished) {
                QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
                QCOMPARE(everythingIn(out("")), QStringList());
            }
        }
        QVERIFY(finished);
        QCOMPARE(contentOf(m_source), before);
    }

    void leavesNothingWhereQemuImgFails()
    {
        const QString folder = m_dir.filePath(QStringLiteral("bin"));
        QVERIFY(QDir().mkpath(folder));
        write(folder + QStringLiteral("/qemu-img"),
            "#!/bin/sh\nfor last; do :; done\necho half > \"${last#file:}\"\n"
            "echo 'qemu-img: error while writing: No space left on device' >&2; exit 1\n");
        QVERIFY(QFile::setPermissions(folder + QStringLiteral("/qemu-img"), QFile::Permissions(0x7055)));
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(folder) + ':' + path);
        Convert convert({m_source, {}, out("image"), ImageTarget::Qcow2});
        Progress progress;
        const Result<OperationOutcome> outcome = convert.run(progress);
        qputenv("PATH", path);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::NoSpace);
        QVERIFY2(!outcome.error().summary.contains(QLatin1String(".partial")), qPrintable(outcome.error().summary));
        QCOMPARE(everythingIn(out("")), QStringList());
    }

    void namesTheMissingProgram()
    {
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(m_dir.path()));
        const Result<void> checked = Convert({m_source, {}, out("image"), ImageTarget::Vdi}).check();
        const Result<void> own = Convert({m_source, {}, out("image"), ImageTarget::Raw}).check();
        qputenv("PATH", path);
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::MissingProgram);
        QVERIFY(own);
    }

    void missingSpaceIsSeenBefore()
    {
        // 2040 GiB of data, for which one block in the file stands everywhere, to the host's memory.
        VhdMaker maker(vhd::DiskType::Dynamic, 512);
        maker.footer.currentSize = vhd::largestSize;
        maker.header.blockSize = 16 << 20;
        maker.header.tableEntries = vhd::largestSize / maker.header.blockSize;
        maker.table.assign(maker.header.tableEntries, 0);
        std::ranges::fill(maker.table, static_cast<std::uint32_t>(maker.end() / vhd::sectorSize));
        maker.addBytes(std::vector<std::byte>(maker.header.bitmapSize() + maker.header.blockSize, std::byte(0xFF)));
        const std::vector<std::byte> image = maker.bytes();
        write(out("much"), QByteArrayView(image.data(), static_cast<qsizetype>(image.size())).toByteArray());
        const QTemporaryDir memory(QStringLiteral("/dev/shm/convert-XXXXXX"));
        QVERIFY(memory.isValid());
        const QString target = memory.filePath(QStringLiteral("image"));
        refuses({out("much"), {}, target, ImageTarget::Raw}, ErrorKind::NoSpace);
        QCOMPARE(everythingIn(memory.path()), QStringList());
    }

    void somebodyElseWinsTheName()
    {
        Convert convert({m_source, {}, out("image"), ImageTarget::Raw});
        Progress progress([&](const Progress::State&) { write(out("image"), "theirs"); });
        const Result<OperationOutcome> outcome = convert.run(progress);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::AlreadyExists);
        QCOMPARE(contentOf(out("image")), QByteArray("theirs"));
        QCOMPARE(everythingIn(out("")), QStringList{QStringLiteral("image")});
    }

private:
    QString out(const char* name) const { return m_dir.filePath(QStringLiteral("out/") + QString::fromUtf8(name)); }

    static QStringList everythingIn(const QString& folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

    static void write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

    void refuses(const ConvertRequest& request, ErrorKind kind)
    {
        Convert convert(request);
        const QStringList before = everythingIn(out(""));
        const Result<void> checked = convert.check();
        QVERIFY(!checked);
        QVERIFY2(checked.error().kind == kind, qPrintable(nameOf(checked.error().kind) + wordsOf(checked.error())));
        QCOMPARE(convert.plan().error(), checked.error());
        Progress progress;
        QCOMPARE(convert.run(progress).error(), checked.error());
        QCOMPARE(everythingIn(out("")), before);
    }

    QTemporaryDir m_dir;
    QString m_source;
    QString m_child;
};

QTEST_GUILESS_MAIN(ConvertTest)
#include "convert_test.moc"
