// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/check_disk.h"
#include "core/disk/operations/create_disk.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

constexpr qint64 secondHeader = qint64(128) << 10;

} // namespace

class CheckDiskTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;

    QByteArray bytes() const
    {
        QFile file(m_file);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void damage(qint64 offset, const QByteArray& with)
    {
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(offset) && file.write(with) == with.size());
    }

    Result<OperationOutcome> run(CheckRequest::Mend mend) const
    {
        Progress progress;
        return CheckDisk({m_file, mend}).run(progress);
    }

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = m_folder->filePath(QStringLiteral("disk.vhdx"));
        QVERIFY(createDisk({.file = m_file, .size = ByteCount::mebibytes(64)}));
    }

    void touchesNothingBeforeItIsTold()
    {
        damage(secondHeader, QByteArray(512, 'x'));
        const QByteArray before = bytes();
        const QDateTime writtenAt = QFileInfo(m_file).lastModified();
        for (const auto mend : {CheckRequest::Mend::No, CheckRequest::Mend::Yes}) {
            const CheckDisk operation({m_file, mend});
            QVERIFY(operation.check());
            QVERIFY(operation.plan());
        }
        QVERIFY(!run(CheckRequest::Mend::No));
        QVERIFY(bytes() == before);
        QCOMPARE(QFileInfo(m_file).lastModified(), writtenAt);
    }

    void findsASoundImageSound()
    {
        const QByteArray before = bytes();
        const Result<OperationOutcome> outcome = run(CheckRequest::Mend::Yes);
        QVERIFY(outcome);
        QCOMPARE(outcome->sentences, QStringList{QStringLiteral("disk.vhdx is sound.")});
        QVERIFY(bytes() == before);
    }

    void namesWhatCanBeMended()
    {
        damage(secondHeader, QByteArray(512, 'x'));
        const Result<OperationOutcome> outcome = run(CheckRequest::Mend::No);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::Corrupt);
        QVERIFY2(
            outcome.error().advice.contains(QLatin1String("can be mended")), qPrintable(outcome.error().text()));
    }

    void mendsAndKeepsWhatWasThere()
    {
        damage(secondHeader, QByteArray(512, 'x'));
        const Result<OperationOutcome> outcome = run(CheckRequest::Mend::Yes);
        QVERIFY2(outcome, qPrintable(outcome ? QString() : outcome.error().text()));
        QVERIFY(outcome->sentences.contains(QStringLiteral("disk.vhdx is sound now.")));
        QVERIFY(run(CheckRequest::Mend::No));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files).size(), 2); // and what was changed
    }

    void saysWhatCannotBeMended()
    {
        damage(0, QByteArray(8, 'x')); // the file's signature
        const QByteArray before = bytes();
        const Result<OperationOutcome> outcome = run(CheckRequest::Mend::Yes);
        QVERIFY(!outcome);
        QVERIFY(!outcome.error().summary.isEmpty());
        QVERIFY(bytes() == before);
    }

    void refusesOtherFormats()
    {
        QFile raw(m_folder->filePath(QStringLiteral("disk.raw")));
        QVERIFY(raw.open(QIODevice::WriteOnly) && raw.resize(1 << 20));
        raw.close();
        const Result<void> possible = CheckDisk({raw.fileName()}).check();
        QVERIFY(!possible);
        QCOMPARE(possible.error().kind, ErrorKind::Unsupported);
    }

    void canBeCancelled()
    {
        std::stop_source stop;
        stop.request_stop();
        Progress progress({}, stop.get_token());
        const Result<OperationOutcome> outcome = CheckDisk({m_file}).run(progress);
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(CheckDiskTest)
#include "check_disk_test.moc"
