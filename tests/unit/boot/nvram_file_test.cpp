// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/boot_order.h"
#include "core/boot/nvram_file.h"
#include "core/qemu/firmware.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool write(const QString& path, const QByteArray& content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

} // namespace

class NvramFileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_machine = {QStringLiteral("m"), m_folder->path(), Definition{.id = MachineId::random()}};
        m_machine.definition.drives = {{{0, 0}, DvdDrive{}}};
        m_machine.definition.bootOrder = {SlotId{0, 0}};
        m_template =
            findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off).value().varsTemplate;
    }

    void aStartMakesItWithTheOrderInIt()
    {
        QVERIFY(provideNvram(m_machine, m_template));
        const VariableStore store = readNvram(m_machine, m_template).value();
        const BootOrder order = BootOrder::read(store, m_machine.definition);
        QVERIFY(order.devices() == m_machine.definition.bootOrder);
        QCOMPARE(backups(), QStringList());
        // The next start has nothing to do.
        const QByteArray before = contentOf(m_machine.nvramFile());
        QVERIFY(provideNvram(m_machine, m_template));
        QCOMPARE(contentOf(m_machine.nvramFile()), before);
        QCOMPARE(backups(), QStringList());
    }

    void everyChangeIsBackedUpFirst()
    {
        QVERIFY(provideNvram(m_machine, m_template));
        const QByteArray first = contentOf(m_machine.nvramFile());
        for (int i = 0; i < nvramBackups + 3; ++i) {
            VariableStore store = readNvram(m_machine, m_template).value();
            store.setValue(QStringLiteral("Timeout"), QByteArray(1, char(i)));
            const QByteArray before = contentOf(m_machine.nvramFile());
            QVERIFY(writeNvram(m_machine, store));
            QVERIFY(contentOf(m_machine.nvramFile()) != before);
            QCOMPARE(contentOf(backupFolder().filePath(backups().last())), before);
        }
        QCOMPARE(backups().size(), nvramBackups);
        QVERIFY(contentOf(backupFolder().filePath(backups().first())) != first);
    }

    void aQcow2TemplateIsTakenToo()
    {
        const QString qcow2 = m_folder->filePath(QStringLiteral("template.qcow2"));
        QCOMPARE(QProcess::execute(QStringLiteral("qemu-img"),
                     {QStringLiteral("convert"), QStringLiteral("-O"), QStringLiteral("qcow2"), m_template, qcow2}),
            0);
        QVERIFY(provideNvram(m_machine, qcow2));
        const QByteArray made = contentOf(m_machine.nvramFile());
        QVERIFY(QFile::remove(m_machine.nvramFile()));
        QVERIFY(provideNvram(m_machine, m_template));
        QCOMPARE(made, contentOf(m_machine.nvramFile()));
        // One of a machine from before becomes raw.
        QVERIFY(QFile::remove(m_machine.nvramFile()));
        QVERIFY(QFile::copy(qcow2, m_machine.nvramFile()));
        QVERIFY(provideNvram(m_machine, m_template));
        QCOMPARE(made, contentOf(m_machine.nvramFile()));
        QCOMPARE(backups().size(), 1);
    }

    void aDamagedOneIsSaidAndCanBeReset_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("zeros") << QByteArray(540672, '\0');
        QTest::newRow("cut") << QByteArray(4096, '\xff');
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no qcow2 either") << QByteArray("QFI\xfb, and nothing more");
    }

    void aDamagedOneIsSaidAndCanBeReset()
    {
        QFETCH(QByteArray, content);
        QVERIFY(write(m_machine.nvramFile(), content));
        const Result<VariableStore> read = readNvram(m_machine, m_template);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, ErrorKind::Corrupt);
        QVERIFY2(
            read.error().advice.contains(QStringLiteral("platterctl boot reset")), qPrintable(read.error().text()));
        const Result<void> started = provideNvram(m_machine, m_template);
        QVERIFY(!started);
        QVERIFY(started.error() == read.error());
        QCOMPARE(contentOf(m_machine.nvramFile()), content);

        const Result<QString> reset = resetNvram(m_machine, m_template);
        QVERIFY(reset);
        QCOMPARE(contentOf(*reset), content);
        QVERIFY(BootOrder::read(readNvram(m_machine, m_template).value(), m_machine.definition).devices()
            == m_machine.definition.bootOrder);
    }

    void aMissingTemplateIsSaid()
    {
        const Result<void> started = provideNvram(m_machine, QStringLiteral("/nowhere/vars.fd"));
        QVERIFY(!started);
        QCOMPARE(started.error().kind, ErrorKind::NotFound);
        QVERIFY(!QFile::exists(m_machine.nvramFile()));
    }

private:
    QDir backupFolder() const { return QDir(m_machine.folder + QStringLiteral("/nvram-backups")); }

    QStringList backups() const { return backupFolder().entryList(QDir::Files, QDir::Name); }

    std::unique_ptr<QTemporaryDir> m_folder;
    StoredMachine m_machine;
    QString m_template;
};

QTEST_GUILESS_MAIN(NvramFileTest)
#include "nvram_file_test.moc"
