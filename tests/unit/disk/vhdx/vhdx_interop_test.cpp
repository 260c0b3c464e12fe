// SPDX-License-Identifier: GPL-3.0-or-later
// What we write QEMU, libvhdi and 7-Zip read; what QEMU adds to it we read, after each kind of edit.
#include "core/disk/host_file.h"
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/compact.h"
#include "core/disk/vhdx/resize.h"
#include "tests/disk/libvhdi_reader.h"
#include "tests/disk/qemu_image.h"
#include "tests/disk/qemu_reader.h"
#include "tests/unit/disk/fixture.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QCryptographicHash>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;
using namespace platter::vhdx;

#define VERIFY_DONE(result)                                                                                        \
    do {                                                                                                           \
        const auto& outcome = (result);                                                                            \
        QVERIFY2(outcome, outcome ? "" : qPrintable(outcome.error().summary + u' ' + outcome.error().detail));     \
    } while (false)

namespace {

constexpr std::uint64_t gibibyte = 1024 * mebibyte;

QString problemsOf(const ReadableFile& file)
{
    const Result<CheckReport> report = check(file);
    QStringList details;
    for (const Finding& finding : report ? report->findings : std::vector<Finding>()) {
        details << finding.sentence + u' ' + finding.detail;
    }
    return report ? details.join(u'\n') : report.error().detail;
}

QByteArray sevenZipHash(const QString& path)
{
    QProcess program;
    program.start(
        QStringLiteral("7z"), {QStringLiteral("x"), QStringLiteral("-tVHDX"), QStringLiteral("-so"), path});
    QCryptographicHash hash(QCryptographicHash::Sha256);
    while (program.waitForReadyRead(120'000)) {
        hash.addData(program.readAllStandardOutput());
    }
    program.waitForFinished();
    hash.addData(program.readAllStandardOutput());
    return program.exitStatus() == QProcess::NormalExit && program.exitCode() == 0 ? hash.result().toHex()
                                                                                   : program.readAllStandardError();
}

} // namespace

class VhdxInteropTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        auto started = QemuReader::start();
        VERIFY_DONE(started);
        m_qemu = *std::move(started);
    }

    void othersReadWhatWeWrite_data()
    {
        QTest::addColumn<quint64>("size");
        QTest::addColumn<quint32>("block"); // MiB
        QTest::addColumn<quint32>("sector");
        QTest::addColumn<bool>("fixed");
        QTest::newRow("dynamic") << quint64(200 * mebibyte) << 1U << 512U << false;
        QTest::newRow("dynamic, three chunks") << quint64(9 * gibibyte) << 2U << 512U << false;
        // 7-Zip takes whole 4 KiB only, from QEMU too.
        QTest::newRow("dynamic, 256 MiB blocks") << quint64(gibibyte - 4096) << 256U << 512U << false;
        QTest::newRow("dynamic, block larger than the disk") << quint64(3 * mebibyte) << 32U << 512U << false;
        QTest::newRow("dynamic, 4096-byte sectors") << quint64(200 * mebibyte) << 1U << 4096U << false;
        QTest::newRow("fixed") << quint64(100 * mebibyte) << 2U << 512U << true;
    }

    void othersReadWhatWeWrite()
    {
        QFETCH(quint64, size);
        QFETCH(quint32, block);
        QFETCH(quint32, sector);
        QFETCH(bool, fixed);
        MemoryFile file = makeDisk({.virtualSize = size,
            .blockSize = static_cast<std::uint32_t>(block * mebibyte),
            .logicalSectorSize = sector,
            .isFixed = fixed});
        Model model;
        {
            const auto editor = edit(file);
            VERIFY_DONE(editor);
            std::mt19937 random(3);
            for (int i = 0; i < 60; ++i) {
                VERIFY_DONE(model.write(
                    **editor, random() % (size / Model::unit), static_cast<std::uint32_t>(random() | 1)));
            }
            VERIFY_DONE((*editor)->finish());
        }
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("disk.vhdx"));
        VERIFY_DONE(file.save(path));
        const auto libvhdi = LibvhdiReader::open(path);
        VERIFY_DONE(libvhdi);
        QCOMPARE((*libvhdi)->size(), size);
        QCOMPARE(model.compare(**libvhdi), QString());
        if (size <= gibibyte) {
            const auto image = view(file);
            VERIFY_DONE(image);
            QCOMPARE(sevenZipHash(path), contentHash(**image));
        }
        if (sector == 512) { // QEMU knows no other
            VERIFY_DONE(QemuImage(path, QStringLiteral("vhdx")).check());
            const auto qemu = m_qemu->open(path, QStringLiteral("vhdx"));
            VERIFY_DONE(qemu);
            QCOMPARE((*qemu)->size(), size);
            QCOMPARE(model.compare(**qemu), QString());
        }
    }

    void qemuAddsToWhatWeLeave_data()
    {
        QTest::addColumn<quint32>("block"); // MiB
        QTest::addColumn<bool>("fixed");
        QTest::newRow("1 MiB blocks") << 1U << false;
        QTest::newRow("32 MiB blocks") << 32U << false;
        QTest::newRow("fixed") << 2U << true;
    }

    void qemuAddsToWhatWeLeave()
    {
        QFETCH(quint32, block);
        QFETCH(bool, fixed);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("disk.vhdx"));
        std::uint64_t size = 150 * mebibyte + 512 * 1024;
        {
            auto file = HostFile::create(path);
            VERIFY_DONE(file);
            VERIFY_DONE(create(**file,
                {.virtualSize = size,
                    .blockSize = static_cast<std::uint32_t>(block * mebibyte),
                    .isFixed = fixed}));
        }
        Model model;
        std::mt19937 random(9);
        const auto somewhere = [&] { return random() % (size / Model::unit); };
        const std::uint64_t large = fixed ? 220 * mebibyte : 4000 * gibibyte; // the table must move

        struct Step {
            const char* name;
            std::function<Result<void>(Editor&)> run;
            std::uint64_t size;
        };

        Progress progress;
        const std::vector<Step> steps{
            {"create", [](Editor&) { return Result<void>(); }, size},
            {"expand", [](Editor& editor) { return expand(editor, 200 * mebibyte); }, 200 * mebibyte},
            {"expand by far", [&](Editor& editor) { return expand(editor, large); }, large},
            {"shrink", [](Editor& editor) { return shrink(editor, 90 * mebibyte + 4096); }, 90 * mebibyte + 4096},
            {"compact",
                [&](Editor& editor) {
                    return fixed ? Result<void>()
                                 : model.zero(editor, 0, 40 * mebibyte / Model::unit)
                                       .and_then([&] { return editor.flush(); })
                                       .and_then([&] { return compact(editor, {}, progress); });
                },
                90 * mebibyte + 4096},
            {"expand again", [](Editor& editor) { return expand(editor, 300 * mebibyte); }, 300 * mebibyte},
        };
        for (const Step& step : steps) {
            {
                auto file = HostFile::open(path, HostFile::Access::ReadWrite);
                VERIFY_DONE(file);
                const auto editor = Editor::open(*std::move(file), {});
                VERIFY_DONE(editor);
                QCOMPARE(model.compare(**editor), QString());
                for (int i = 0; i < 10; ++i) {
                    VERIFY_DONE(model.write(**editor, somewhere(), static_cast<std::uint32_t>(random() | 1)));
                }
                VERIFY_DONE(step.run(**editor));
                size = step.size;
                model.resize(size);
                VERIFY_DONE((*editor)->finish());
            }
            VERIFY_DONE(QemuImage(path, QStringLiteral("vhdx")).check());
            {
                const auto qemu = m_qemu->open(path, QStringLiteral("vhdx"));
                VERIFY_DONE(qemu);
                QCOMPARE((*qemu)->size(), size);
                QCOMPARE(model.compare(**qemu), QString());
                for (int i = 0; i < 10; ++i) {
                    const std::uint64_t at = somewhere();
                    const auto number = static_cast<std::uint32_t>(random() | 1);
                    VERIFY_DONE((*qemu)->write(at * Model::unit, Model::bytesOf(number)));
                    model.note(at, number);
                }
                VERIFY_DONE((*qemu)->flush());
            }
            auto file = HostFile::open(path, HostFile::Access::ReadOnly);
            VERIFY_DONE(file);
            QCOMPARE(problemsOf(**file), QString());
            const auto image = Image::open(*std::move(file), {});
            VERIFY_DONE(image);
            QCOMPARE((*image)->size(), size);
            const QString difference = model.compare(**image);
            QVERIFY2(difference.isEmpty(),
                qPrintable(QString::fromLatin1(step.name) + QStringLiteral(": ") + difference));
        }
    }

    // QEMU makes the file; we change it; QEMU goes on.
    void weAddToWhatQemuLeaves()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("disk.vhdx"));
        VERIFY_DONE(runQemuTool(QStringLiteral("qemu-img"),
            {QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), QStringLiteral("vhdx"), path,
                QStringLiteral("300M")}));
        Model model;
        const auto byQemu = [&](std::uint64_t at, std::uint32_t number) -> Result<void> {
            const auto qemu = m_qemu->open(path, QStringLiteral("vhdx"));
            if (!qemu) {
                return std::unexpected(qemu.error());
            }
            model.note(at, number);
            return (*qemu)->write(at * Model::unit, Model::bytesOf(number)).and_then([&] {
                return (*qemu)->flush();
            });
        };
        VERIFY_DONE(byQemu(100, 1));
        VERIFY_DONE(byQemu(50000, 2));
        {
            auto file = HostFile::open(path, HostFile::Access::ReadWrite);
            VERIFY_DONE(file);
            const auto editor = Editor::open(*std::move(file), {});
            VERIFY_DONE(editor);
            QCOMPARE(model.compare(**editor), QString());
            VERIFY_DONE(model.write(**editor, 20000, 3));
            VERIFY_DONE(expand(**editor, 2 * gibibyte));
            VERIFY_DONE(model.write(**editor, 500000, 4));
            VERIFY_DONE((*editor)->finish());
            QCOMPARE(problemsOf((*editor)->file()), QString());
        }
        VERIFY_DONE(byQemu(400000, 5));
        auto file = HostFile::open(path, HostFile::Access::ReadOnly);
        VERIFY_DONE(file);
        QCOMPARE(problemsOf(**file), QString());
        const auto image = Image::open(*std::move(file), {});
        VERIFY_DONE(image);
        QCOMPARE(model.compare(**image), QString());
        VERIFY_DONE(QemuImage(path, QStringLiteral("vhdx")).check());
    }

private:
    std::unique_ptr<QemuReader> m_qemu;
};

QTEST_GUILESS_MAIN(VhdxInteropTest)
#include "vhdx_interop_test.moc"
