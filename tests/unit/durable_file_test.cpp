// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/durable_file.h"
#include "tests/unit/unprivileged.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class DurableFileTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_dir;

    QString below(const char* name) const { return m_dir.filePath(QString::fromUtf8(name)); }

    static QByteArray contentOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(not there)");
    }

    static void write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }

private Q_SLOTS:

    void replacesContent()
    {
        const QString file = below("a.txt");
        QVERIFY(replaceContent(QStringLiteral("Writing"), file, "one"));
        QCOMPARE(contentOf(file), QByteArray("one"));
        QVERIFY(replaceContent(QStringLiteral("Writing"), file, QByteArray(1 << 20, 'x')));
        QCOMPARE(contentOf(file).size(), 1 << 20);
        QCOMPARE(QDir(m_dir.path()).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("a.txt")});
    }

    void takesOverWhatAnInterruptedWriterLeft()
    {
        write(below(".b.txt.new"), "half of something that was longer");
        QVERIFY(replaceContent(QStringLiteral("Writing"), below("b.txt"), "new"));
        QCOMPARE(contentOf(below("b.txt")), QByteArray("new"));
        QVERIFY(!QFile::exists(below(".b.txt.new")));
    }

    void keepsTheOldContentWhenItCannotWrite()
    {
        const QString folder = below("readonly");
        QVERIFY(QDir().mkdir(folder));
        const QString file = folder + QStringLiteral("/c.txt");
        write(file, "old");
        QVERIFY(QFile::setPermissions(m_dir.path(),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
        QVERIFY(
            QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
        Result<void> written;
        {
            const Unprivileged nobody;
            written = replaceContent(QStringLiteral("Changing the file"), file, "new");
        }
        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::PermissionDenied);
        QVERIFY2(written.error().summary.startsWith(QLatin1String("Changing the file")),
            qPrintable(written.error().summary));
        QCOMPARE(contentOf(file), QByteArray("old"));
        QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

    void saysThatAFolderIsGone()
    {
        const Result<void> written = replaceContent(QStringLiteral("Writing"), below("gone/d.txt"), "x");
        QVERIFY(!written);
        QCOMPARE(written.error().kind, ErrorKind::NotFound);
    }

    void renamesFilesAndFolders()
    {
        write(below("from.txt"), "1");
        QVERIFY(renameWithoutReplacing(QStringLiteral("Making"), below("from.txt"), below("to.txt")));
        QCOMPARE(contentOf(below("to.txt")), QByteArray("1"));
        QVERIFY(!QFile::exists(below("from.txt")));
        QVERIFY(QDir().mkdir(below("from")));
        QVERIFY(renameWithoutReplacing(QStringLiteral("Making"), below("from"), below("to")));
        QVERIFY(QDir(below("to")).exists());
    }

    void neverReplaces()
    {
        write(below("mine"), "mine");
        write(below("theirs"), "theirs");
        const Result<void> file = renameWithoutReplacing(QStringLiteral("Making"), below("mine"), below("theirs"));
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::AlreadyExists);
        QCOMPARE(contentOf(below("theirs")), QByteArray("theirs"));
        QCOMPARE(contentOf(below("mine")), QByteArray("mine"));

        // rename() would replace an empty folder without a word.
        QVERIFY(QDir().mkdir(below("folder")));
        QVERIFY(QDir().mkdir(below("empty")));
        const Result<void> folder =
            renameWithoutReplacing(QStringLiteral("Making"), below("folder"), below("empty"));
        QVERIFY(!folder);
        QCOMPARE(folder.error().kind, ErrorKind::AlreadyExists);
    }
};

QTEST_GUILESS_MAIN(DurableFileTest)
#include "durable_file_test.moc"
