// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/host_file.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace platter;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr int patienceMs = 60'000;

std::vector<std::byte> filled(std::size_t count, int value)
{
    return std::vector<std::byte>(count, std::byte(value));
}

bool reads(const ByteSource& source, std::uint64_t offset, std::size_t count, int value)
{
    std::vector<std::byte> bytes(count);
    return source.read(offset, bytes) && bytes == filled(count, value);
}

// One run of a program to its end: exit code and everything it said.
std::pair<int, QString> run(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.closeWriteChannel();
    const bool isFinished = process.waitForFinished(patienceMs);
    return {isFinished ? process.exitCode() : -1, QString::fromUtf8(process.readAll())};
}

// A program that has an image open until it goes; up once it has answered WRITTEN with EXPECTED.
class Holder {
public:
    Holder(
        const QString& program, const QStringList& arguments, const QByteArray& written, const QByteArray& expected)
    {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(program, arguments);
        m_process.write(written);
        while (!isUp(expected) && m_process.waitForReadyRead(patienceMs)) {
            m_said += m_process.readAll();
        }
        m_isUp = isUp(expected);
    }

    ~Holder()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    Q_DISABLE_COPY_MOVE(Holder)

    bool isUp() const { return m_isUp; }

    const QByteArray& said() const { return m_said; }

    QString processId() const { return QString::number(m_process.processId()); }

private:
    bool isUp(const QByteArray& expected) const { return m_said.contains(expected); }

    QProcess m_process;
    QByteArray m_said;
    bool m_isUp = false;
};

} // namespace

class HostFileTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_path;
    int m_count = 0;

    std::unique_ptr<HostFile> create()
    {
        auto file = HostFile::create(m_path);
        return file ? std::move(*file) : nullptr;
    }

    Result<std::unique_ptr<HostFile>> open(HostFile::Access access) { return HostFile::open(m_path, access); }

    void expectInUse(HostFile::Access access, const QString& holder)
    {
        const auto refused = open(access);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::InUse);
        QVERIFY2(refused.error().summary.contains(holder), qPrintable(refused.error().summary));
    }

private Q_SLOTS:

    void init() { m_path = m_folder.filePath(QStringLiteral("disk %1").arg(++m_count)); }

    void readsWhatItWrote()
    {
        const auto file = create();
        QVERIFY(file);
        QCOMPARE(file->size(), 0U);
        QVERIFY(file->write(5, filled(10, 1)));
        QCOMPARE(file->size(), 15U); // longer by writing
        QVERIFY(file->write(0, filled(2, 2)));
        QCOMPARE(file->size(), 15U);
        QVERIFY(file->flush());
        QVERIFY(reads(*file, 0, 2, 2) && reads(*file, 2, 3, 0) && reads(*file, 5, 10, 1));
        QFile plain(m_path);
        QVERIFY(plain.open(QIODevice::ReadOnly));
        QCOMPARE(plain.readAll(), QByteArray(2, 2) + QByteArray(3, 0) + QByteArray(10, 1));
    }

    void streamsFromAndToAnywhere_data()
    {
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("behindAlignment"); // in memory
        constexpr int block = BlockFile::streamAlignment;
        constexpr int much = 3 * mebibyte;
        QTest::newRow("aligned") << 2 * block << much << 0;
        QTest::newRow("ends within a block") << 2 * block << much + 17 << 0;
        QTest::newRow("begins within a block") << block + 512 << much << 512;
        QTest::newRow("memory lies otherwise") << block << much << 8;
        QTest::newRow("little") << 5 << 10 << 5;
        QTest::newRow("nothing") << 0 << 0 << 0;
    }

    void streamsFromAndToAnywhere()
    {
        QFETCH(int, offset);
        QFETCH(int, count);
        QFETCH(int, behindAlignment);
        std::vector<std::byte> memory(count + 2 * BlockFile::streamAlignment);
        void* begin = memory.data();
        std::size_t space = memory.size();
        std::align(BlockFile::streamAlignment, count + BlockFile::streamAlignment, begin, space);
        const std::span bytes(static_cast<std::byte*>(begin) + behindAlignment, count);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = std::byte(i % 251);
        }
        const auto file = create();
        QVERIFY(file && file->write(0, filled(offset + 3, 9)));
        QVERIFY(file->stream(offset, bytes));
        QVERIFY(file->write(offset + count, filled(2, 8))); // right behind
        QCOMPARE(file->size(), std::uint64_t(offset + std::max(count + 2, 3)));
        std::vector<std::byte> got(count);
        QVERIFY(file->read(offset, got));
        QVERIFY(std::ranges::equal(got, bytes));
        QVERIFY(reads(*file, 0, offset, 9) && reads(*file, offset + count, 2, 8));
    }

    void saysWhereItEnds()
    {
        const auto file = create();
        QVERIFY(file && file->resize(100));
        std::vector<std::byte> bytes(2);
        const Result<void> outside = file->read(99, bytes);
        QVERIFY(!outside);
        QCOMPARE(outside.error().kind, ErrorKind::Corrupt);
        QVERIFY(outside.error().text().contains(m_path));
        QVERIFY2(outside.error().detail.contains(QStringLiteral("0x63")), qPrintable(outside.error().detail));
    }

    void changesItsSize()
    {
        const auto file = create();
        QVERIFY(file && file->write(0, filled(100, 1)));
        QVERIFY(file->resize(50));
        QVERIFY(file->resize(100));
        QCOMPARE(file->size(), 100U);
        QVERIFY(reads(*file, 0, 50, 1) && reads(*file, 50, 50, 0));
        QCOMPARE(QFile(m_path).size(), 100);
        QVERIFY(file->resize(std::uint64_t(1) << 41U)); // nothing but a hole
        QVERIFY(file->sizeOnHost().value() < mebibyte);
        QVERIFY(!file->resize(~std::uint64_t(0)));
        QCOMPARE(file->size(), std::uint64_t(1) << 41U);
    }

    void knowsItsHoles()
    {
        const auto file = create();
        QVERIFY(file && file->resize(8 * mebibyte) && file->write(2 * mebibyte, filled(mebibyte, 1)));
        QVERIFY(file->runAt(0).value() == (FileRun{FileRun::Content::Hole, 2 * mebibyte}));
        QVERIFY(file->runAt(mebibyte + 1).value() == (FileRun{FileRun::Content::Hole, mebibyte - 1}));
        QVERIFY(file->runAt(2 * mebibyte).value() == (FileRun{FileRun::Content::Data, mebibyte}));
        QVERIFY(file->runAt(3 * mebibyte - 1).value() == (FileRun{FileRun::Content::Data, 1}));
        QVERIFY(file->runAt(3 * mebibyte).value() == (FileRun{FileRun::Content::Hole, 5 * mebibyte}));
    }

    void givesTheSpaceOfZerosBack()
    {
        const auto file = create();
        QVERIFY(file && file->write(0, filled(4 * mebibyte, 1)) && file->flush());
        const std::uint64_t before = file->sizeOnHost().value();
        QVERIFY(before >= 4 * mebibyte);
        QVERIFY(file->zero(mebibyte, 2 * mebibyte));
        QVERIFY(file->zero(100, 10)); // less than a block of the file system
        QVERIFY(file->zero(0, 0));
        QCOMPARE(file->size(), 4 * mebibyte);
        QVERIFY(reads(*file, 0, 100, 1) && reads(*file, 100, 10, 0) && reads(*file, 110, mebibyte - 110, 1));
        QVERIFY(reads(*file, mebibyte, 2 * mebibyte, 0) && reads(*file, 3 * mebibyte, mebibyte, 1));
        QVERIFY(file->sizeOnHost().value() <= before - 2 * mebibyte);
        QVERIFY(file->runAt(mebibyte).value() == (FileRun{FileRun::Content::Hole, 2 * mebibyte}));
    }

    void reservesSpace()
    {
        const auto file = create();
        QVERIFY(file && file->resize(8 * mebibyte) && file->write(mebibyte, filled(4096, 1)));
        QVERIFY(file->reserve(mebibyte, 2 * mebibyte));
        QVERIFY(file->sizeOnHost().value() >= 2 * mebibyte);
        QCOMPARE(file->size(), 8 * mebibyte);
        QVERIFY(reads(*file, mebibyte, 4096, 1) && reads(*file, mebibyte + 4096, mebibyte, 0));
        QVERIFY(file->reserve(0, 0));
    }

    void manyThreadsMayUseIt()
    {
        const auto file = create();
        QVERIFY(file);
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&file, thread] {
                    for (int i = 15; i >= 0; --i) { // from the end, so that every thread makes it longer
                        std::ignore = file->write(std::uint64_t(i * 4 + thread) * 4096, filled(4096, 1 + thread));
                    }
                });
            }
        }
        QCOMPARE(file->size(), 64U * 4096);
        for (std::uint64_t i = 0; i < 64; ++i) {
            QVERIFY(reads(*file, i * 4096, 4096, 1 + int(i % 4)));
        }
    }

    void refusesWhatIsNoImage()
    {
        QCOMPARE(open(HostFile::Access::ReadOnly).error().kind, ErrorKind::NotFound);
        QVERIFY(QDir().mkpath(m_path));
        QCOMPARE(open(HostFile::Access::ReadOnly).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(HostFile::create(m_path).error().kind, ErrorKind::AlreadyExists);
        const QString pipe = m_path + QStringLiteral("/pipe");
        QCOMPARE(::mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QCOMPARE(HostFile::open(pipe, HostFile::Access::ReadOnly).error().kind, ErrorKind::InvalidInput);
    }

    void saysWhatMayNotBeOpened()
    {
        QVERIFY(create());
        QVERIFY(QFile::setPermissions(
            m_path, QFileDevice::ReadOwner | QFileDevice::ReadGroup | QFileDevice::ReadOther));
        QVERIFY(::chmod(QFile::encodeName(m_folder.path()).constData(), 0755) == 0);
        const Unprivileged nobody;
        QVERIFY(open(HostFile::Access::ReadOnly));
        const Error refused = open(HostFile::Access::ReadWrite).error();
        QCOMPARE(refused.kind, ErrorKind::PermissionDenied);
        // An existing file has no other place: the cure can be another file.
        QVERIFY2(refused.advice.contains(QLatin1String("another file")), qPrintable(refused.advice));
    }

    void readersShareAndAWriterDoesNot()
    {
        const QString self = QStringLiteral("(process %1)").arg(QCoreApplication::applicationPid());
        {
            const auto writer = create();
            QVERIFY(writer);
            expectInUse(HostFile::Access::ReadWrite, self);
            expectInUse(HostFile::Access::ReadOnly, self);
            QVERIFY(open(HostFile::Access::Unlocked));
        }
        {
            const auto one = open(HostFile::Access::ReadOnly);
            const auto other = open(HostFile::Access::ReadOnly);
            QVERIFY(one && other);
            expectInUse(HostFile::Access::ReadWrite, self);
            const auto looking = open(HostFile::Access::Unlocked);
            QVERIFY(looking); // keeps nobody out
        }
        QVERIFY(open(HostFile::Access::ReadWrite)); // the locks went with them
    }

    void keepsQemuOut()
    {
        const QStringList read{QStringLiteral("convert"), QStringLiteral("-f"), QStringLiteral("raw"), m_path,
            m_path + QStringLiteral(" copy")};
        const QStringList write{QStringLiteral("-f"), QStringLiteral("raw"), QStringLiteral("-c"),
            QStringLiteral("write 0 512"), m_path};
        {
            const auto writer = create();
            QVERIFY(writer && writer->resize(mebibyte));
            const auto [code, words] = run(QStringLiteral("qemu-img"), read);
            QVERIFY2(code != 0 && words.contains(QStringLiteral("lock")), qPrintable(words));
        }
        {
            const auto reader = open(HostFile::Access::ReadOnly);
            QVERIFY(reader);
            QCOMPARE(run(QStringLiteral("qemu-img"), read).first, 0);
            const auto [code, words] = run(QStringLiteral("qemu-io"), write);
            QVERIFY2(code != 0 && words.contains(QStringLiteral("lock")), qPrintable(words));
        }
        QCOMPARE(run(QStringLiteral("qemu-io"), write).first, 0);
    }

    void namesTheProgramThatHasIt_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("written");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("qemu-io") << QStringLiteral("qemu-io")
                                 << QStringList({QStringLiteral("-f"), QStringLiteral("raw"), QStringLiteral("%1")})
                                 << QByteArray("length\n") << QByteArray("1 MiB");
        QTest::newRow("qemu-storage-daemon")
            << QStringLiteral("qemu-storage-daemon")
            << QStringList({QStringLiteral("--chardev"), QStringLiteral("stdio,id=m"), QStringLiteral("--blockdev"),
                   QStringLiteral("driver=file,node-name=f,filename=%1"), QStringLiteral("--export"),
                   QStringLiteral("type=vhost-user-blk,id=e,node-name=f,writable=on,addr.type=unix,addr.path=%1.s"),
                   QStringLiteral("--monitor"), QStringLiteral("m")})
            << QByteArray("{\"execute\": \"qmp_capabilities\"}\n") << QByteArray("\"return\"");
    }

    void namesTheProgramThatHasIt()
    {
        QFETCH(QString, program);
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, written);
        QFETCH(QByteArray, expected);
        QVERIFY(create()->resize(mebibyte));
        for (QString& argument : arguments) {
            argument.replace(QStringLiteral("%1"), m_path);
        }
        {
            const Holder holder(program, arguments, written, expected);
            QVERIFY2(holder.isUp(), holder.said().constData());
            const QString named = QStringLiteral("%1 (process %2)").arg(program, holder.processId());
            expectInUse(HostFile::Access::ReadWrite, named);
            expectInUse(HostFile::Access::ReadOnly, named);
            QVERIFY(open(HostFile::Access::Unlocked));
        }
        QVERIFY(open(HostFile::Access::ReadWrite));
    }
};

QTEST_GUILESS_MAIN(HostFileTest)
#include "host_file_test.moc"
