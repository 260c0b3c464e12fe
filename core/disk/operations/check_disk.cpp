// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/check_disk.h"

#include "core/disk/image_lock.h"
#include "core/disk/new_image.h"
#include "core/disk/operations/repair_disk.h"
#include "core/disk/operations/vhdx_file.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::CheckDisk)
};

QStringList sentencesOf(const vhdx::CheckReport& report, CheckRequest::Mend mend)
{
    QStringList sentences;
    for (const vhdx::Finding& finding : report.findings) {
        sentences << (finding.isRepairable() && mend == CheckRequest::Mend::Yes
                ? finding.sentence + QLatin1Char(' ') + finding.repair
                : finding.sentence);
    }
    if (report.moreDamage > 0) {
        sentences << Texts::tr("There is more damage: %1 further places.").arg(report.moreDamage);
    }
    return sentences;
}

} // namespace

CheckDisk::CheckDisk(CheckRequest request)
    : m_request(std::move(request))
{
}

QString CheckDisk::title() const
{
    const QString name = QFileInfo(m_request.file).fileName();
    return m_request.mend == CheckRequest::Mend::Yes ? Texts::tr("Check and mend %1").arg(name)
                                                     : Texts::tr("Check %1").arg(name);
}

Result<void> CheckDisk::check() const
{
    const Result<ImageKind> kind = imageKindOf(m_request.file);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    if (*kind != ImageKind::Vhdx) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is not a VHDX image; only those can be checked.").arg(m_request.file)});
    }
    return checkImageNotInUse(
        m_request.file, m_request.mend == CheckRequest::Mend::Yes ? ImageUse::ReadWrite : ImageUse::ReadOnly);
}

Result<OperationPlan> CheckDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    OperationPlan plan;
    plan.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    plan.steps
        << Texts::tr("The structure of %1 is read and held against the rules of the format.").arg(m_request.file);
    plan.steps << (m_request.mend == CheckRequest::Mend::Yes
            ? Texts::tr("What is wrong and can be mended is mended; every sector that changes is kept in a file "
                        "beside it first.")
            : Texts::tr("Nothing is changed."));
    return plan;
}

Result<OperationOutcome> CheckDisk::run(Progress& progress)
{
    if (const Result<void> goOn = progress.goOn(); !goOn) {
        return std::unexpected(goOn.error());
    }
    const Result<vhdx::CheckReport> report = checkDisk(m_request.file);
    if (!report) {
        return std::unexpected(report.error());
    }
    const ByteCount onHost = sizeOnHostOf(m_request.file);
    const QString name = QFileInfo(m_request.file).fileName();
    if (report->isSound()) {
        return OperationOutcome{{Texts::tr("%1 is sound.").arg(name)}, onHost, onHost};
    }
    const QStringList findings = sentencesOf(*report, m_request.mend);
    if (m_request.mend == CheckRequest::Mend::No || !report->isRepairable()) {
        return std::unexpected(Error{ErrorKind::Corrupt, findings.join(QLatin1Char('\n')),
            report->isRepairable() ? Texts::tr("All of it can be mended: check again and have it mended.")
                                   : Texts::tr("This cannot be mended. Restore the image from a backup, or convert "
                                               "it to save what can still be read."),
            m_request.file});
    }
    const Result<QString> kept = repairDisk(m_request.file, *report);
    if (!kept) {
        return std::unexpected(kept.error());
    }
    const Result<vhdx::CheckReport> after = checkDisk(m_request.file);
    if (!after) {
        return std::unexpected(after.error());
    }
    if (!after->isSound()) {
        return std::unexpected(
            Error{ErrorKind::Corrupt, sentencesOf(*after, CheckRequest::Mend::No).join(QLatin1Char('\n')),
                Texts::tr("Mending did not help. What was changed is kept in %1.").arg(*kept), m_request.file});
    }
    OperationOutcome outcome{findings, onHost, sizeOnHostOf(m_request.file)};
    outcome.sentences << Texts::tr("%1 is sound now.").arg(name)
                      << Texts::tr("What was changed is kept in %1; delete that once all is well.").arg(*kept);
    return outcome;
}

} // namespace platter
