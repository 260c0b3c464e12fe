// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/file_tail.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class FileTailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_tail = std::make_unique<FileTail>();
        m_text.clear();
        connect(m_tail.get(), &FileTail::added, this, [this](const QByteArray& bytes) { m_text += bytes; });
        connect(m_tail.get(), &FileTail::restarted, this, [this] { m_text.clear(); });
    }

    void followsWhatIsAdded()
    {
        m_tail->follow(file());
        m_tail->start();
        QCOMPARE(m_text, QByteArray()); // nothing there yet
        write("one\n", QIODevice::WriteOnly);
        QTRY_COMPARE(m_text, QByteArray("one\n"));
        write("two\n", QIODevice::Append);
        QTRY_COMPARE(m_text, QByteArray("one\ntwo\n"));
    }

    void startsAnewWithAnotherFile()
    {
        write("one\n", QIODevice::WriteOnly);
        m_tail->follow(file());
        m_tail->start();
        QCOMPARE(m_text, QByteArray("one\n"));
        // Cut, as by a restart.
        write("x\n", QIODevice::WriteOnly | QIODevice::Truncate);
        QTRY_COMPARE(m_text, QByteArray("x\n"));
        // Replaced, as by a rotation.
        write("longer than before\n", QIODevice::WriteOnly, QStringLiteral("new"));
        QVERIFY(QFile::remove(file()));
        QVERIFY(QFile::rename(m_folder->filePath(QStringLiteral("new")), file()));
        QTRY_COMPARE(m_text, QByteArray("longer than before\n"));
        m_tail->follow({});
        QCOMPARE(m_text, QByteArray());
    }

    void beginsNearTheEnd()
    {
        QByteArray long_;
        while (long_.size() < 2 * FileTail::longestStart) {
            long_ += "line " + QByteArray::number(long_.size()) + '\n';
        }
        write(long_, QIODevice::WriteOnly);
        m_tail->follow(file());
        m_tail->start();
        QVERIFY(m_text.size() <= FileTail::longestStart && m_text.size() > FileTail::longestStart / 2);
        QVERIFY(m_text.startsWith("line ")); // not amid one
        QVERIFY(long_.endsWith(m_text));
    }

    void looksOnlyWhenAsked()
    {
        write("one\n", QIODevice::WriteOnly);
        m_tail->follow(file());
        QCOMPARE(m_text, QByteArray());
        m_tail->start();
        QCOMPARE(m_text, QByteArray("one\n"));
        m_tail->stop();
        write("two\n", QIODevice::Append);
        m_tail->start();
        QCOMPARE(m_text, QByteArray("one\ntwo\n"));
    }

private:
    QString file() const { return m_folder->filePath(QStringLiteral("serial.log")); }

    void write(
        const QByteArray& bytes, QIODevice::OpenMode mode, const QString& name = QStringLiteral("serial.log"))
    {
        QFile target(m_folder->filePath(name));
        QVERIFY(target.open(mode));
        QCOMPARE(target.write(bytes), bytes.size());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FileTail> m_tail;
    QByteArray m_text;
};

QTEST_GUILESS_MAIN(FileTailTest)
#include "file_tail_test.moc"
