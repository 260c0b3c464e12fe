// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/qemu_img.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/prctl.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::QemuImg)
};

constexpr int cancelIntervalMs = 100;
constexpr int answerTimeoutMs = 60'000;

void prepare(QProcess& process)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
}

// Hands on what qemu-img says with -p, "(12.34/100%)", as bytes.
class Percentages {
public:
    Percentages(ByteCount whole, Progress& progress)
        : m_whole(whole.bytes())
        , m_progress(progress)
    {
    }

    void read(const QByteArray& words)
    {
        static const QRegularExpression pattern(QStringLiteral(R"(\((\d+\.\d+)/100%\))"));
        m_words.append(words);
        QRegularExpressionMatchIterator matches = pattern.globalMatch(QString::fromLatin1(m_words));
        while (matches.hasNext()) {
            reach(matches.next().captured(1).toDouble() / 100);
        }
        m_words.remove(0, m_words.lastIndexOf(')') + 1);
    }

    void finish() { reach(1); }

private:
    void reach(double part)
    {
        const auto bytes = std::min(m_whole, static_cast<std::uint64_t>(part * static_cast<double>(m_whole)));
        if (bytes > m_done) {
            m_progress.advance(ByteCount(bytes - m_done));
            m_done = bytes;
        }
    }

    std::uint64_t m_whole;
    std::uint64_t m_done = 0;
    Progress& m_progress;
    QByteArray m_words;
};

struct Ended {
    int code = 0; // -1: it crashed or could not be started
    QString words;
};

// Runs it to its end, for as long as that takes, or until it is cancelled.
Result<Ended> run(const QStringList& arguments, ByteCount whole, Progress& progress)
{
    const Result<QString> program = findQemuImg();
    if (!program) {
        return std::unexpected(program.error());
    }
    QProcess process;
    prepare(process);
    if (arguments.constFirst() != QLatin1String("resize")) {
        // It writes for nobody once we are gone; the thread that starts it waits for it.
        process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    }
    process.start(*program, arguments);
    Percentages percentages(whole, progress);
    while (!process.waitForFinished(cancelIntervalMs) && process.state() != QProcess::NotRunning) {
        percentages.read(process.readAllStandardOutput());
        if (const Result<void> goOn = progress.goOn(); !goOn) {
            process.kill();
            process.waitForFinished();
            return std::unexpected(goOn.error());
        }
    }
    if (process.error() == QProcess::FailedToStart) {
        return Ended{-1, process.errorString()};
    }
    const bool isNormal = process.exitStatus() == QProcess::NormalExit;
    Ended ended{isNormal ? process.exitCode() : -1, QString::fromUtf8(process.readAllStandardError())};
    if (ended.code == 0) {
        percentages.finish();
    }
    return ended;
}

Result<QJsonObject> ask(const QemuImage& image, const QStringList& question)
{
    return askQemuImg(question
            + QStringList{QStringLiteral("--output=json"), QStringLiteral("-f"), image.format,
                qemuName(image.path)},
        image.path)
        .transform([](const QByteArray& answer) { return QJsonDocument::fromJson(answer).object(); });
}

QStringList optionsOf(ImageTarget target)
{
    switch (target) {
    case ImageTarget::FixedVhd:
        return {QStringLiteral("-o"), QStringLiteral("subformat=fixed,force_size=on")};
    case ImageTarget::DynamicVhd:
        return {QStringLiteral("-o"), QStringLiteral("subformat=dynamic,force_size=on")};
    case ImageTarget::FixedVhdx:
        return {QStringLiteral("-o"), QStringLiteral("subformat=fixed")};
    case ImageTarget::DynamicVhdx:
        return {QStringLiteral("-o"), QStringLiteral("subformat=dynamic")};
    default:
        return {};
    }
}

} // namespace

QString qemuFormat(ImageKind kind)
{
    return kind == ImageKind::Vhd ? QStringLiteral("vpc") : nameOf(kind);
}

QString qemuFormat(ImageTarget target)
{
    switch (target) {
    case ImageTarget::Raw:
        return qemuFormat(ImageKind::Raw);
    case ImageTarget::FixedVhd:
    case ImageTarget::DynamicVhd:
        return qemuFormat(ImageKind::Vhd);
    case ImageTarget::FixedVhdx:
    case ImageTarget::DynamicVhdx:
        return qemuFormat(ImageKind::Vhdx);
    case ImageTarget::Qcow2:
        return qemuFormat(ImageKind::Qcow2);
    case ImageTarget::Vmdk:
        return qemuFormat(ImageKind::Vmdk);
    case ImageTarget::Vdi:
        return qemuFormat(ImageKind::Vdi);
    }
    Q_UNREACHABLE_RETURN({});
}

Error qemuImgError(const QString& what, const QString& file, const QString& words)
{
    const QString detail = words.trimmed();
    const auto says = [&](const char* text) { return words.contains(QLatin1String(text), Qt::CaseInsensitive); };
    const auto as = [&](int errnoValue) {
        Error error = systemError(what, file, errnoValue);
        error.detail = detail;
        return error;
    };
    if (says("No space left") || says("Disk quota exceeded")) {
        return as(ENOSPC);
    }
    if (says("Permission denied")) {
        return as(EACCES);
    }
    if (says("Read-only file system")) {
        return as(EROFS);
    }
    if (says("Failed to get") && says("lock")) {
        return Error{ErrorKind::InUse, Texts::tr("%1 failed: %2 is in use by another program.").arg(what, file),
            Texts::tr("Close it there first."), detail};
    }
    return Error{ErrorKind::Qemu, Texts::tr("%1 failed: qemu-img could not do it for %2.").arg(what, file),
        Texts::tr("Its own words are in the details."), detail};
}

QString qemuName(const QString& path)
{
    return QStringLiteral("file:") + path;
}

Result<QByteArray> askQemuImg(const QStringList& arguments, const QString& file)
{
    const Result<QString> program = findQemuImg();
    if (!program) {
        return std::unexpected(program.error());
    }
    QProcess process;
    prepare(process);
    process.start(*program, arguments);
    const QString what = Texts::tr("Looking at the disk image");
    if (!process.waitForFinished(answerTimeoutMs)) {
        const QString words = process.errorString();
        process.kill();
        process.waitForFinished();
        return std::unexpected(qemuImgError(what, file, words));
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return std::unexpected(qemuImgError(what, file, QString::fromUtf8(process.readAllStandardError())));
    }
    return process.readAllStandardOutput();
}

Result<void> qemuResize(const QemuImage& image, ByteCount size, Progress& progress)
{
    const Result<Ended> ended = run({QStringLiteral("resize"), QStringLiteral("-q"), QStringLiteral("-f"),
                                        image.format, qemuName(image.path), QString::number(size.bytes())},
        ByteCount(), progress);
    if (!ended) {
        return std::unexpected(ended.error());
    }
    if (ended->code != 0) {
        return std::unexpected(
            qemuImgError(Texts::tr("Changing the size of the disk image"), image.path, ended->words));
    }
    return {};
}

Result<QemuFacts> qemuFacts(const QemuImage& image, InspectAccess access)
{
    const QStringList sharing =
        access == InspectAccess::Shared ? QStringList{QStringLiteral("--force-share")} : QStringList();
    const Result<QJsonObject> info = ask(image, QStringList{QStringLiteral("info")} + sharing);
    if (!info) {
        return std::unexpected(info.error());
    }
    // What it would take as qcow2 is the clusters with data and some tables; as raw it would be the whole disk.
    const Result<QJsonObject> measured =
        ask(image, QStringList{QStringLiteral("measure"), QStringLiteral("-O"), QStringLiteral("qcow2")} + sharing);
    if (!measured) {
        return std::unexpected(measured.error());
    }
    return QemuFacts{ByteCount(static_cast<std::uint64_t>(info->value(QLatin1String("virtual-size")).toInteger())),
        ByteCount(static_cast<std::uint64_t>(measured->value(QLatin1String("required")).toInteger()))};
}

Result<void> qemuConvert(
    const QemuImage& source, const QString& target, ImageTarget kind, ByteCount sourceData, Progress& progress)
{
    const Result<Ended> ended = run(QStringList{QStringLiteral("convert"), QStringLiteral("-p"),
                                        QStringLiteral("-f"), source.format, QStringLiteral("-O"), qemuFormat(kind)}
            + optionsOf(kind) + QStringList{qemuName(source.path), qemuName(target)},
        sourceData, progress);
    if (!ended) {
        return std::unexpected(ended.error());
    }
    if (ended->code != 0) {
        const bool isSource =
            ended->words.contains(source.path) || ended->words.contains(QLatin1String("error while reading"));
        return std::unexpected(
            qemuImgError(Texts::tr("Converting the disk image"), isSource ? source.path : target, ended->words));
    }
    return {};
}

Result<void> qemuCompare(const QemuImage& a, const QemuImage& b, ByteCount data, Progress& progress)
{
    const Result<Ended> ended =
        run({QStringLiteral("compare"), QStringLiteral("-p"), QStringLiteral("-f"), a.format, QStringLiteral("-F"),
                b.format, qemuName(a.path), qemuName(b.path)},
            data, progress);
    if (!ended) {
        return std::unexpected(ended.error());
    }
    if (ended->code == 1) {
        return std::unexpected(
            Error{ErrorKind::Corrupt, Texts::tr("The new image does not hold the same as %1.").arg(a.path),
                Texts::tr("Check the storage, then try again."), ended->words.trimmed()});
    }
    if (ended->code != 0) {
        return std::unexpected(qemuImgError(Texts::tr("Comparing the disk images"), a.path, ended->words));
    }
    return {};
}

} // namespace platter
