// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/disk/fixture.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>

#include <algorithm>
#include <vector>

namespace {

constexpr qint64 grain = 65536;
constexpr int unpackTimeoutMs = 120'000;

QString folderOfAll()
{
    return QStringLiteral(PLATTER_SOURCE_DIR "/tests/fixtures/");
}

// Writes what comes in, leaving out whole grains of zeros.
class SparseFile {
public:
    explicit SparseFile(const QString& path)
        : m_file(path)
    {
        if (!m_file.open(QIODevice::WriteOnly)) {
            qFatal("cannot write %s", qPrintable(path));
        }
    }

    void append(const QByteArray& bytes)
    {
        m_hash.addData(bytes);
        m_waiting.append(bytes);
        while (m_waiting.size() >= grain) {
            put(m_waiting.first(grain));
            m_waiting.remove(0, grain);
        }
    }

    QByteArray finish()
    {
        put(m_waiting);
        if (!m_file.resize(m_size)) {
            qFatal("cannot write %s", qPrintable(m_file.fileName()));
        }
        return m_hash.result().toHex();
    }

private:
    void put(const QByteArray& bytes)
    {
        const bool isZero = std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
        if (!isZero && (!m_file.seek(m_size) || m_file.write(bytes) != bytes.size())) {
            qFatal("cannot write %s", qPrintable(m_file.fileName()));
        }
        m_size += bytes.size();
    }

    QFile m_file;
    QByteArray m_waiting;
    qint64 m_size = 0;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

// Disks have up to 10 GiB. The program uses what the processor has for this; Qt does not and takes minutes.
class Sha256Program {
public:
    Sha256Program() { m_program.start(QStringLiteral("sha256sum"), {QStringLiteral("-")}); }

    void addData(std::span<const std::byte> bytes)
    {
        constexpr qint64 mostWaiting = 8 << 20;
        m_program.write(reinterpret_cast<const char*>(bytes.data()), static_cast<qint64>(bytes.size()));
        while (m_program.bytesToWrite() > mostWaiting) {
            if (!m_program.waitForBytesWritten(unpackTimeoutMs)) {
                qFatal("sha256sum: %s", qPrintable(m_program.errorString()));
            }
        }
    }

    QByteArray finish()
    {
        m_program.closeWriteChannel();
        if (!m_program.waitForFinished(unpackTimeoutMs) || m_program.exitCode() != 0) {
            qFatal("sha256sum: %s", qPrintable(m_program.errorString()));
        }
        return m_program.readAllStandardOutput().split(' ').first();
    }

private:
    QProcess m_program;
};

} // namespace

QList<Fixture> allFixtures()
{
    QFile table(folderOfAll() + QStringLiteral("hashes.txt"));
    if (!table.open(QIODevice::ReadOnly)) {
        qFatal("cannot read the table of fixtures");
    }
    QList<Fixture> fixtures;
    while (!table.atEnd()) {
        const QByteArray line = table.readLine().trimmed();
        const QList<QByteArray> words = line.split(' ');
        if (line.isEmpty() || line.startsWith('#')) {
            continue;
        }
        fixtures.append({QString::fromUtf8(words.last()), words.at(0), words.at(1), words.at(2),
            words.at(3).toULongLong(), words.size() > 5 ? QString::fromUtf8(words.at(4)) : QString()});
    }
    return fixtures;
}

Fixture fixtureNamed(const QString& name)
{
    for (const Fixture& fixture : allFixtures()) {
        if (fixture.name == name) {
            return fixture;
        }
    }
    qFatal("there is no fixture %s", qPrintable(name));
}

QString unpack(const Fixture& fixture, const QString& folder)
{
    const QString target = folder + QLatin1Char('/') + QFileInfo(fixture.name).completeBaseName();
    // 7-Zip knows both kinds.
    QProcess unpacker;
    unpacker.setReadChannel(QProcess::StandardOutput);
    unpacker.start(
        QStringLiteral("7z"), {QStringLiteral("x"), QStringLiteral("-so"), folderOfAll() + fixture.name});
    SparseFile file(target);
    while (unpacker.waitForReadyRead(unpackTimeoutMs)) {
        file.append(unpacker.readAllStandardOutput());
    }
    unpacker.waitForFinished(unpackTimeoutMs);
    file.append(unpacker.readAllStandardOutput());
    if (unpacker.exitStatus() != QProcess::NormalExit || unpacker.exitCode() != 0) {
        qFatal("7z could not unpack %s: %s", qPrintable(fixture.name),
            unpacker.readAllStandardError().append(unpacker.errorString().toUtf8()).constData());
    }
    if (file.finish() != fixture.unpacked) {
        qFatal("%s is not what the table says", qPrintable(fixture.name));
    }
    return target;
}

QByteArray contentHash(const platter::VirtualDisk& disk)
{
    Sha256Program hash;
    constexpr quint64 pieceSize = 1 << 20;
    std::vector<std::byte> piece(pieceSize);
    const std::vector<std::byte> zeros(pieceSize);
    for (quint64 at = 0; at < disk.size();) {
        const platter::Result<platter::DiskRun> run = disk.runAt(at, pieceSize);
        if (!run) {
            qFatal("%s", qPrintable(run.error().text()));
        }
        if (run->content == platter::DiskRun::Content::Zero) {
            hash.addData(std::span(zeros).first(run->length));
        } else {
            const auto bytes = std::span(piece).first(run->length);
            if (const platter::Result<void> read = disk.read(at, bytes); !read) {
                qFatal("%s", qPrintable(read.error().text()));
            }
            hash.addData(bytes);
        }
        at += run->length;
    }
    return hash.finish();
}

QByteArray contentHash(const platter::ByteSource& source)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    constexpr quint64 pieceSize = 1 << 20;
    std::vector<std::byte> piece(pieceSize);
    for (quint64 at = 0; at < source.size(); at += pieceSize) {
        const auto bytes = std::span(piece).first(std::min(pieceSize, source.size() - at));
        if (const platter::Result<void> read = source.read(at, bytes); !read) {
            qFatal("%s", qPrintable(read.error().text()));
        }
        hash.addData(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    }
    return hash.result().toHex();
}

quint64 dataByMap(const platter::VirtualDisk& disk)
{
    quint64 data = 0;
    for (quint64 at = 0; at < disk.size();) {
        const platter::Result<platter::DiskRun> run = disk.runAt(at, disk.size());
        if (!run || run->length == 0) {
            qFatal("the map has a gap");
        }
        data += run->content == platter::DiskRun::Content::Data ? run->length : 0;
        at += run->length;
    }
    return data;
}
