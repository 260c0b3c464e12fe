// SPDX-License-Identifier: GPL-3.0-or-later
// With the template of the firmware that is installed, and virt-fw-vars as a second opinion.
#include "core/boot/variable_store.h"
#include "core/qemu/firmware.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

const QUuid stranger(QStringLiteral("{12345678-1234-1234-1234-123456789abc}"));

// Offsets in the flash of OVMF.
constexpr qsizetype firstVariable = 0x64;
constexpr qsizetype stateInHeader = 2;

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

QByteArray emptyFlash()
{
    return contentOf(
        findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off).value().varsTemplate);
}

// A flash with a variable for each NAME, all of the same VENDOR, as virt-fw-vars writes it.
QByteArray flashByVirtFwVars(const QStringList& names, const QUuid& vendor)
{
    const QTemporaryDir folder;
    QJsonArray variables;
    for (const QString& name : names) {
        variables.append(QJsonObject{{QStringLiteral("name"), name},
            {QStringLiteral("guid"), vendor.toString(QUuid::WithoutBraces)}, {QStringLiteral("attr"), 3},
            {QStringLiteral("data"), QString::fromLatin1(name.toUtf8().toHex())}});
    }
    const QJsonObject document{{QStringLiteral("version"), 2}, {QStringLiteral("variables"), variables}};
    const QString json = folder.filePath(QStringLiteral("v.json"));
    const QString in = folder.filePath(QStringLiteral("in.fd"));
    const QString out = folder.filePath(QStringLiteral("out.fd"));
    if (!write(json, QJsonDocument(document).toJson()) || !write(in, emptyFlash())
        || QProcess::execute(QStringLiteral("virt-fw-vars"),
               {QStringLiteral("-l"), QStringLiteral("error"), QStringLiteral("-i"), in,
                   QStringLiteral("--set-json"), json, QStringLiteral("-o"), out})
            != 0) {
        return {};
    }
    return contentOf(out);
}

QJsonArray readByVirtFwVars(const QByteArray& flash)
{
    const QTemporaryDir folder;
    const QString in = folder.filePath(QStringLiteral("in.fd"));
    const QString json = folder.filePath(QStringLiteral("v.json"));
    if (!write(in, flash)
        || QProcess::execute(QStringLiteral("virt-fw-vars"),
               {QStringLiteral("-l"), QStringLiteral("error"), QStringLiteral("-i"), in,
                   QStringLiteral("--output-json"), json})
            != 0) {
        return {};
    }
    return QJsonDocument::fromJson(contentOf(json)).object()[QStringLiteral("variables")].toArray();
}

} // namespace

class VariableStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void anEmptyFlashStaysAsItIs()
    {
        const QByteArray flash = emptyFlash();
        const Result<VariableStore> store = VariableStore::parse(flash);
        QVERIFY2(store, store ? "" : qPrintable(store.error().text()));
        QVERIFY(store->variables().empty());
        QCOMPARE(store->flash().value(), flash);
    }

    void readsWhatVirtFwVarsWrites()
    {
        const QByteArray flash =
            flashByVirtFwVars({QStringLiteral("Alpha"), QStringLiteral("Gr\u00f6\u00dfe")}, stranger);
        QVERIFY(!flash.isEmpty());
        const Result<VariableStore> store = VariableStore::parse(flash);
        QVERIFY(store);
        const std::vector<UefiVariable> expected{{QStringLiteral("Alpha"), stranger, 3, "Alpha"},
            {QStringLiteral("Gr\u00f6\u00dfe"), stranger, 3, QByteArray("Gr\u00f6\u00dfe")}};
        QVERIFY(store->variables() == expected);
        QCOMPARE(store->flash().value(), flash);
    }

    void virtFwVarsReadsWhatItWrites()
    {
        VariableStore store = VariableStore::parse(emptyFlash()).value();
        store.setValue(QStringLiteral("BootOrder"), QByteArray::fromHex("0100"));
        store.setValue(QStringLiteral("Boot0001"), QByteArray::fromHex("010000000400610000007fff0400ab"));
        const QJsonArray read = readByVirtFwVars(store.flash().value());
        QCOMPARE(read.size(), 2);
        for (const QJsonValue& value : read) {
            const QString name = value[QStringLiteral("name")].toString();
            QCOMPARE(QByteArray::fromHex(value[QStringLiteral("data")].toString().toLatin1()), store.value(name));
            QCOMPARE(value[QStringLiteral("attr")].toInt(), 7);
            QCOMPARE(QUuid(value[QStringLiteral("guid")].toString()), VariableStore::globalVendor());
        }
    }

    void whatIsNotChangedKeepsItsBytes()
    {
        // With the name of one that the specification defines, and another vendor.
        const QByteArray before =
            flashByVirtFwVars({QStringLiteral("Alpha"), QStringLiteral("BootOrder")}, stranger);
        VariableStore store = VariableStore::parse(before).value();
        QVERIFY(!store.value(QStringLiteral("BootOrder")));
        store.setValue(QStringLiteral("BootOrder"), QByteArray::fromHex("0500"));
        const VariableStore again = VariableStore::parse(store.flash().value()).value();
        QCOMPARE(again.variables().size(), std::size_t(3));
        QCOMPARE(again.value(QStringLiteral("BootOrder")), QByteArray::fromHex("0500"));

        store.setValue(QStringLiteral("BootOrder"), QByteArray::fromHex("06000700"));
        store.remove(QStringLiteral("BootOrder"));
        store.remove(QStringLiteral("Alpha")); // the specification defines none of that name
        QCOMPARE(store.flash().value(), before);
    }

    void deletedOnesAreGone()
    {
        QByteArray flash = flashByVirtFwVars({QStringLiteral("Alpha"), QStringLiteral("Beta")}, stranger);
        flash[firstVariable + stateInHeader] = '\x3d';
        const VariableStore store = VariableStore::parse(flash).value();
        QCOMPARE(store.variables().size(), std::size_t(1));
        QCOMPARE(store.variables().front().name, QStringLiteral("Beta"));
    }

    void oneThatWasBeingReplacedCountsUntilItIs()
    {
        QByteArray flash = flashByVirtFwVars({QStringLiteral("Alpha")}, VariableStore::globalVendor());
        flash[firstVariable + stateInHeader] = '\x3e';
        VariableStore store = VariableStore::parse(flash).value();
        QCOMPARE(store.value(QStringLiteral("Alpha")), QByteArray("Alpha"));
        QCOMPARE(store.flash().value(), flash);
        store.setValue(QStringLiteral("Alpha"), "new");
        QCOMPARE(VariableStore::parse(store.flash().value()).value().variables().size(), std::size_t(1));
    }

    void damageIsSaid_data()
    {
        QTest::addColumn<qsizetype>("offset");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("rule");
        const auto row = [](const char* name, qsizetype offset, const QByteArray& hex, const char* rule) {
            QTest::newRow(name) << offset << QByteArray::fromHex(hex) << QString::fromLatin1(rule);
        };
        row("signature", 40, "00", "firmware volume");
        row("file system", 16, "00", "firmware volume");
        row("length", 32, "ffffffff", "shorter");
        row("header's length", 48, "0000", "no store");
        row("store's kind", 72, "00", "no store");
        row("store's format", 92, "00", "formatted and healthy");
        row("store's state", 93, "00", "formatted and healthy");
        row("store's size", 88, "ffffff7f", "does not fit");
        row("store's size of nothing", 88, "00000000", "does not fit");
        row("name's size", firstVariable + 36, "ffffff7f", "ends outside");
        row("data's size", firstVariable + 40, "ffffffff", "ends outside");
    }

    void damageIsSaid()
    {
        QFETCH(qsizetype, offset);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, rule);
        static const QByteArray sound = flashByVirtFwVars({QStringLiteral("Alpha")}, stranger);
        QVERIFY(VariableStore::parse(sound));
        QByteArray flash = sound;
        flash.replace(offset, bytes.size(), bytes);
        const Result<VariableStore> store = VariableStore::parse(flash);
        QVERIFY(!store);
        QCOMPARE(store.error().kind, ErrorKind::Corrupt);
        QVERIFY2(store.error().summary.contains(rule), qPrintable(store.error().summary));
    }

    void neverReadsOutside()
    {
        const QByteArray flash = flashByVirtFwVars({QStringLiteral("Alpha"), QStringLiteral("Beta")}, stranger);
        for (qsizetype size = 0; size < 400; ++size) {
            QVERIFY(!VariableStore::parse(flash.first(size)));
        }
    }

    void aFullStoreIsSaid()
    {
        VariableStore store = VariableStore::parse(emptyFlash()).value();
        store.setValue(QStringLiteral("Boot0000"), QByteArray(200 << 10, 'x'));
        QVERIFY(store.flash());
        store.setValue(QStringLiteral("Boot0001"), QByteArray(200 << 10, 'x'));
        const Result<QByteArray> flash = store.flash();
        QVERIFY(!flash);
        QCOMPARE(flash.error().kind, ErrorKind::NoSpace);
    }
};

QTEST_GUILESS_MAIN(VariableStoreTest)
#include "variable_store_test.moc"
