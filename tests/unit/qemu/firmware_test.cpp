// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/firmware.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace platter;

namespace {

using Change = std::function<void(QJsonObject& descriptor, QJsonObject& mapping)>;

class DescriptorFolders {
public:
    DescriptorFolders()
    {
        write(QStringLiteral("code.fd"), "code");
        write(QStringLiteral("vars.fd"), "vars");
    }

    QStringList folders() const { return {path(QStringLiteral("etc")), path(QStringLiteral("usr"))}; }

    QString path(const QString& file) const { return m_folder.filePath(file); }

    void write(const QString& file, const QByteArray& content) const
    {
        QDir().mkpath(QFileInfo(path(file)).path());
        QFile target(path(file));
        if (target.open(QIODevice::WriteOnly)) {
            target.write(content);
        }
    }

    void add(const QString& file, const QStringList& features, const Change& change = {}) const
    {
        const auto image = [](const QString& name) {
            return QJsonObject{
                {QStringLiteral("filename"), name}, {QStringLiteral("format"), QStringLiteral("raw")}};
        };
        QJsonObject mapping{{QStringLiteral("device"), QStringLiteral("flash")},
            {QStringLiteral("executable"), image(path(QStringLiteral("code.fd")))},
            {QStringLiteral("nvram-template"), image(path(QStringLiteral("vars.fd")))}};
        QJsonObject descriptor{{QStringLiteral("description"), QStringLiteral("made up")},
            {QStringLiteral("interface-types"), QJsonArray{QStringLiteral("uefi")}},
            {QStringLiteral("targets"),
                QJsonArray{QJsonObject{{QStringLiteral("architecture"), QStringLiteral("x86_64")},
                    {QStringLiteral("machines"), QJsonArray{QStringLiteral("pc-q35-*")}}}}},
            {QStringLiteral("features"), QJsonArray::fromStringList(features)},
            {QStringLiteral("tags"), QJsonArray()}};
        if (change) {
            change(descriptor, mapping);
        }
        descriptor.insert(QStringLiteral("mapping"), mapping);
        write(file, QJsonDocument(descriptor).toJson());
    }

private:
    QTemporaryDir m_folder;
};

const QStringList secure{QStringLiteral("secure-boot"), QStringLiteral("requires-smm")};
const QStringList enrolled{
    QStringLiteral("secure-boot"), QStringLiteral("requires-smm"), QStringLiteral("enrolled-keys")};
const QStringList plain{QStringLiteral("acpi-s3")};

} // namespace

class FirmwareTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void choosesByWhatIsAskedFor()
    {
        const DescriptorFolders made;
        made.add(QStringLiteral("usr/40-enrolled.json"), enrolled);
        made.add(QStringLiteral("usr/50-secure.json"), secure);
        made.add(QStringLiteral("usr/60-plain.json"), plain);
        const Result<Firmware> off = findFirmware(made.folders(), SecureBoot::Off);
        QVERIFY(off);
        QCOMPARE(off->descriptor, made.path(QStringLiteral("usr/60-plain.json")));
        QCOMPARE(off->code, made.path(QStringLiteral("code.fd")));
        QCOMPARE(off->codeFormat, QStringLiteral("raw"));
        QCOMPARE(off->varsTemplate, made.path(QStringLiteral("vars.fd")));
        QVERIFY(!off->needsSmm && !off->enrolledKeys);
        const Result<Firmware> on = findFirmware(made.folders(), SecureBoot::Microsoft);
        QVERIFY(on);
        QCOMPARE(on->descriptor, made.path(QStringLiteral("usr/40-enrolled.json")));
        QVERIFY(on->needsSmm && on->enrolledKeys);
    }

    void withoutKeysSecureBootEnforcesNothing()
    {
        const DescriptorFolders made;
        made.add(QStringLiteral("usr/40-enrolled.json"), enrolled);
        made.add(QStringLiteral("usr/50-secure.json"), secure);
        const Result<Firmware> off = findFirmware(made.folders(), SecureBoot::Off);
        QVERIFY(off);
        QCOMPARE(off->descriptor, made.path(QStringLiteral("usr/50-secure.json")));
    }

    void theFirstByFileNameOverAllFolders()
    {
        const DescriptorFolders made;
        made.add(QStringLiteral("etc/70-b.json"), plain);
        made.add(QStringLiteral("usr/60-a.json"), plain);
        QCOMPARE(
            findFirmware(made.folders(), SecureBoot::Off)->descriptor, made.path(QStringLiteral("usr/60-a.json")));
    }

    void anEarlierFolderHides()
    {
        const DescriptorFolders made;
        made.add(QStringLiteral("etc/60-a.json"), plain);
        made.add(QStringLiteral("usr/60-a.json"), plain);
        QCOMPARE(
            findFirmware(made.folders(), SecureBoot::Off)->descriptor, made.path(QStringLiteral("etc/60-a.json")));
    }

    void anEmptyFileMasks()
    {
        const DescriptorFolders made;
        made.write(QStringLiteral("etc/60-a.json"), "");
        made.add(QStringLiteral("usr/60-a.json"), plain);
        made.add(QStringLiteral("usr/70-b.json"), plain);
        QCOMPARE(
            findFirmware(made.folders(), SecureBoot::Off)->descriptor, made.path(QStringLiteral("usr/70-b.json")));
    }

    void aLinkToNothingMasksToo()
    {
        const DescriptorFolders made;
        made.add(QStringLiteral("usr/60-a.json"), plain);
        QVERIFY(QDir().mkpath(made.path(QStringLiteral("etc"))));
        QVERIFY(QFile::link(QStringLiteral("/dev/null"), made.path(QStringLiteral("etc/60-a.json"))));
        QVERIFY(!findFirmware(made.folders(), SecureBoot::Off));
    }

    void passesOverWhatDoesNotFit_data()
    {
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, const Change& change) { QTest::newRow(name) << change; };
        const auto set = [](QJsonObject& object, const char* key, const QJsonValue& value) {
            object.insert(QLatin1StringView(key), value);
        };
        row("BIOS",
            [set](QJsonObject& d, QJsonObject&) { set(d, "interface-types", QJsonArray{QStringLiteral("bios")}); });
        row("other architecture", [set](QJsonObject& d, QJsonObject&) {
            set(d, "targets",
                QJsonArray{QJsonObject{{QStringLiteral("architecture"), QStringLiteral("aarch64")},
                    {QStringLiteral("machines"), QJsonArray{QStringLiteral("pc-q35-*")}}}});
        });
        row("other machine", [set](QJsonObject& d, QJsonObject&) {
            set(d, "targets",
                QJsonArray{QJsonObject{{QStringLiteral("architecture"), QStringLiteral("x86_64")},
                    {QStringLiteral("machines"),
                        QJsonArray{QStringLiteral("pc-i440fx-*"), QStringLiteral("microvm")}}}});
        });
        row("no target", [set](QJsonObject& d, QJsonObject&) { set(d, "targets", QJsonArray()); });
        row("memory", [set](QJsonObject&, QJsonObject& m) { set(m, "device", QStringLiteral("memory")); });
        row("stateless", [set](QJsonObject&, QJsonObject& m) { set(m, "mode", QStringLiteral("stateless")); });
        row("combined", [set](QJsonObject&, QJsonObject& m) { set(m, "mode", QStringLiteral("combined")); });
        row("no template", [](QJsonObject&, QJsonObject& m) { m.remove(QStringLiteral("nvram-template")); });
        row("no code", [](QJsonObject&, QJsonObject& m) { m.remove(QStringLiteral("executable")); });
        row("code gone", [set](QJsonObject&, QJsonObject& m) {
            set(m, "executable",
                QJsonObject{{QStringLiteral("filename"), QStringLiteral("/nowhere/code.fd")},
                    {QStringLiteral("format"), QStringLiteral("raw")}});
        });
        row("unknown format", [set](QJsonObject&, QJsonObject& m) {
            QJsonObject code = m[QStringLiteral("executable")].toObject();
            set(code, "format", QStringLiteral("elf"));
            set(m, "executable", code);
        });
        row("enforces Secure Boot",
            [set](QJsonObject& d, QJsonObject&) { set(d, "features", QJsonArray::fromStringList(enrolled)); });
    }

    void passesOverWhatDoesNotFit()
    {
        QFETCH(Change, change);
        const DescriptorFolders made;
        made.add(QStringLiteral("usr/10-unfit.json"), plain, change);
        const Result<Firmware> nothing = findFirmware(made.folders(), SecureBoot::Off);
        QVERIFY(!nothing);
        QCOMPARE(nothing.error().kind, ErrorKind::MissingFirmware);
        QVERIFY2(
            nothing.error().detail.contains(QStringLiteral("10-unfit.json")), qPrintable(nothing.error().detail));
        made.add(QStringLiteral("usr/60-fits.json"), plain);
        const Result<Firmware> found = findFirmware(made.folders(), SecureBoot::Off);
        QVERIFY(found);
        QCOMPARE(found->descriptor, made.path(QStringLiteral("usr/60-fits.json")));
    }

    void brokenFilesAreNamedWhenNothingFits()
    {
        const DescriptorFolders made;
        made.write(QStringLiteral("usr/20-broken.json"), "{\"mapping\": ");
        made.write(QStringLiteral("usr/30-list.json"), "[]");
        const Result<Firmware> nothing = findFirmware(made.folders(), SecureBoot::Off);
        QVERIFY(!nothing);
        QVERIFY(nothing.error().detail.contains(QStringLiteral("20-broken.json")));
        QVERIFY(nothing.error().detail.contains(QStringLiteral("30-list.json")));
        QVERIFY(nothing.error().summary.contains(made.folders().last()));
        QVERIFY(nothing.error().advice.contains(QStringLiteral("ovmf")));
    }

    void acceptsAnExplicitSplitModeAndQcow2()
    {
        const DescriptorFolders made;
        made.add(QStringLiteral("usr/30-fedora.json"), plain, [](QJsonObject&, QJsonObject& mapping) {
            mapping.insert(QStringLiteral("mode"), QStringLiteral("split"));
            for (const QString& key : {QStringLiteral("executable"), QStringLiteral("nvram-template")}) {
                QJsonObject image = mapping[key].toObject();
                image.insert(QStringLiteral("format"), QStringLiteral("qcow2"));
                mapping.insert(key, image);
            }
        });
        const Result<Firmware> found = findFirmware(made.folders(), SecureBoot::Off);
        QVERIFY(found);
        QCOMPARE(found->codeFormat, QStringLiteral("qcow2"));
        QCOMPARE(found->varsFormat, QStringLiteral("qcow2"));
    }

    void foldersThatDoNotExistAreNamed()
    {
        const Result<Firmware> nothing = findFirmware({QStringLiteral("/nowhere")}, SecureBoot::Microsoft);
        QVERIFY(!nothing);
        QVERIFY(nothing.error().summary.contains(QStringLiteral("/nowhere")));
    }

    void thisSystemHasBoth()
    {
        const QStringList system{QStringLiteral("/usr/share/qemu/firmware")};
        QVERIFY(findFirmware(system, SecureBoot::Off));
        QVERIFY(findFirmware(system, SecureBoot::Microsoft));
    }
};

QTEST_APPLESS_MAIN(FirmwareTest)
#include "firmware_test.moc"
