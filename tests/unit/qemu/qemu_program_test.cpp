// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/qemu_program.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

// A folder with a program of QEMU's name, alone on the PATH.
class ScriptedPath {
public:
    ScriptedPath() { qputenv("PATH", QFile::encodeName(m_folder.path())); }

    ~ScriptedPath() { qputenv("PATH", m_before); }
    Q_DISABLE_COPY_MOVE(ScriptedPath)

    QString program() const { return m_folder.filePath(QStringLiteral("qemu-system-x86_64")); }

    QString cache() const { return m_folder.filePath(QStringLiteral("cache")); }

    void install(const QByteArray& body) const
    {
        QFile script(program());
        if (script.open(QIODevice::WriteOnly)) {
            script.write("#!/bin/sh\necho run >> " + QFile::encodeName(runs()) + "\n" + body + "\n");
        }
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    qsizetype count() const
    {
        QFile file(runs());
        return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
    }

private:
    QString runs() const { return m_folder.filePath(QStringLiteral("runs")); }

    QByteArray m_before = qgetenv("PATH");
    QTemporaryDir m_folder;
};

Result<QemuProgram> find(const ScriptedPath& path)
{
    return QCoro::waitFor(findQemu(path.cache()));
}

} // namespace

class QemuProgramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void findsTheRealOne()
    {
        const QTemporaryDir cache;
        const Result<QemuProgram> qemu = QCoro::waitFor(findQemu(cache.path()));
        QVERIFY2(qemu, qemu ? "" : qPrintable(qemu.error().text()));
        QVERIFY(QFile::exists(qemu->path));
        QVERIFY(!qemu->version.isEmpty());
    }

    void judgesTheAnswer_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("version");
        QTest::addColumn<ErrorKind>("kind");
        const auto row = [](const char* name, const char* body, const char* version, ErrorKind kind) {
            QTest::newRow(name) << QByteArray(body) << QString::fromLatin1(version) << kind;
        };
        const ErrorKind none = ErrorKind::Cancelled;
        row("Debian 13", "echo 'QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)'", "10.0.13", none);
        row("oldest", "echo 'QEMU emulator version 7.2.0'", "7.2.0", none);
        row("two numbers", "echo 'QEMU emulator version 11.0'", "11.0", none);
        row("too old", "echo 'QEMU emulator version 7.1.94'", "", ErrorKind::Unsupported);
        row("much too old", "echo 'QEMU emulator version 2.11.1'", "", ErrorKind::Unsupported);
        row("something else", "echo hello", "", ErrorKind::Qemu);
        row("fails", "echo 'error while loading shared libraries' >&2; exit 127", "", ErrorKind::Qemu);
        row("crashes", "kill -SEGV $$", "", ErrorKind::Qemu);
    }

    void judgesTheAnswer()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, version);
        QFETCH(ErrorKind, kind);
        const ScriptedPath path;
        path.install(body);
        const Result<QemuProgram> qemu = find(path);
        if (!version.isEmpty()) {
            QVERIFY(qemu);
            QCOMPARE(qemu->version, version);
            QCOMPARE(qemu->path, path.program());
            return;
        }
        QVERIFY(!qemu);
        QCOMPARE(qemu.error().kind, kind);
        QVERIFY(!qemu.error().advice.isEmpty());
    }

    void namesThePackageWhenItIsMissing()
    {
        const ScriptedPath path;
        const Result<QemuProgram> qemu = find(path);
        QVERIFY(!qemu);
        QCOMPARE(qemu.error().kind, ErrorKind::MissingProgram);
        QVERIFY(qemu.error().advice.contains(QStringLiteral("qemu-system-x86")));
    }

    void asksOncePerProgram()
    {
        const ScriptedPath path;
        path.install("echo 'QEMU emulator version 9.2.0'");
        QCOMPARE(find(path)->version, QStringLiteral("9.2.0"));
        QCOMPARE(find(path)->version, QStringLiteral("9.2.0"));
        QCOMPARE(path.count(), 1);
        path.install("echo 'QEMU emulator version 10.1.0'");
        QCOMPARE(find(path)->version, QStringLiteral("10.1.0"));
        QCOMPARE(path.count(), 2);
    }

    void aDamagedCacheIsNoAnswer()
    {
        const ScriptedPath path;
        path.install("echo 'QEMU emulator version 9.2.0'");
        QVERIFY(find(path));
        QFile cache(path.cache() + QStringLiteral("/qemu-version.json"));
        QVERIFY(cache.open(QIODevice::WriteOnly) && cache.write("{\"version\": ") > 0 && cache.flush());
        QCOMPARE(find(path)->version, QStringLiteral("9.2.0"));
        QCOMPARE(path.count(), 2);
    }
};

QTEST_GUILESS_MAIN(QemuProgramTest)
#include "qemu_program_test.moc"
