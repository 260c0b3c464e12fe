// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/definition_json.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <array>

using namespace platter;

namespace {

const QString folder = QStringLiteral("/home/me/machines/my machine");

QByteArray golden()
{
    return R"({
    "version": 1,
    "id": "6f1d3b0a-1c2d-4e3f-8a9b-0c1d2e3f4a5b",
    "os": "debian13",
    "memory": "1536M",
    "cpus": 4,
    "accelerator": "automatic",
    "firmware": {
        "secureBoot": "microsoft and third party",
        "tpm": "yes",
        "bootMenu": "yes"
    },
    "video": "virtio",
    "guestAgent": "no",
    "startWithSession": "yes",
    "debugging": {
        "serialPort": "yes",
        "gdbStub": "yes"
    },
    "controllers": 2,
    "drives": [
        {
            "slot": "0:0",
            "type": "disk",
            "format": "vhdx",
            "file": "my machine.vhdx"
        },
        {
            "slot": "0:1",
            "type": "dvd",
            "medium": "/isos/debian \"13\".iso"
        },
        {
            "slot": "0:2",
            "type": "disk",
            "format": "raw",
            "file": "/images/shared.raw",
            "readOnly": "yes",
            "discard": "no"
        },
        {
            "slot": "1:63",
            "type": "dvd",
            "medium": ""
        }
    ],
    "adapters": [
        {
            "mac": "52:54:00:12:34:56",
            "forwards": [
                {
                    "protocol": "tcp",
                    "hostPort": 2222,
                    "guestPort": 22
                }
            ]
        },
        {
            "mac": "52:54:00:12:34:57",
            "forwards": [],
            "boot": {
                "folder": "/netboot",
                "file": "debian-installer/amd64/bootnetx64.efi",
                "url": "http://10.0.2.2/mini.iso"
            }
        },
        {
            "mac": "52:54:00:12:34:58",
            "forwards": [],
            "bridge": "br0",
            "connected": "no"
        }
    ],
    "bootOrder": [
        "0:0",
        "network 1",
        "0:1"
    ],
    "notes": "two\nlines"
}
)";
}

Definition goldenDefinition()
{
    Definition definition;
    definition.id.uuid = QUuid::fromString(QStringLiteral("6f1d3b0a-1c2d-4e3f-8a9b-0c1d2e3f4a5b"));
    definition.osId = QStringLiteral("debian13");
    definition.memory = ByteCount::mebibytes(1536);
    definition.cpus = 4;
    definition.firmware = {SecureBoot::MicrosoftAndThirdParty, true, true};
    definition.video = VideoAdapter::VirtioVga;
    definition.hasGuestAgent = false;
    definition.startsWithSession = true;
    definition.debugging = {true, true};
    definition.controllers = 2;
    definition.drives = {{{0, 0}, DiskDrive{folder + QStringLiteral("/my machine.vhdx"), DiskFormat::Vhdx}},
        {{0, 1}, DvdDrive{QStringLiteral("/isos/debian \"13\".iso")}},
        {{0, 2},
            DiskDrive{.source = QStringLiteral("/images/shared.raw"),
                .format = DiskFormat::Raw,
                .isReadOnly = true,
                .discards = false}},
        {{1, 63}, DvdDrive{}}};
    definition.adapters = {{QStringLiteral("52:54:00:12:34:56"), {{Protocol::Tcp, 2222, 22}}},
        {.mac = QStringLiteral("52:54:00:12:34:57"),
            .forwards = {},
            .boot = {QStringLiteral("/netboot"), QStringLiteral("debian-installer/amd64/bootnetx64.efi"),
                QStringLiteral("http://10.0.2.2/mini.iso")}},
        {.mac = QStringLiteral("52:54:00:12:34:58"),
            .forwards = {},
            .bridge = QStringLiteral("br0"),
            .isConnected = false}};
    definition.bootOrder = {SlotId{0, 0}, AdapterId{1}, SlotId{0, 1}};
    definition.notes = QStringLiteral("two\nlines");
    return definition;
}

class RandomDefinitions {
public:
    explicit RandomDefinitions(quint32 seed)
        : m_random(seed)
    {
    }

    Definition next()
    {
        Definition definition;
        definition.id.uuid = QUuid::createUuid();
        definition.osId = text();
        definition.memory = ByteCount(m_random.generate64() >> (1 + below(63)));
        definition.cpus = below(1 << 20);
        definition.accelerator = below(2) ? AcceleratorChoice::Automatic : AcceleratorChoice::SoftwareEmulation;
        definition.firmware = {static_cast<SecureBoot>(below(4)), below(2) != 0, below(2) != 0};
        definition.video = below(2) ? VideoAdapter::StandardVga : VideoAdapter::VirtioVga;
        definition.hasGuestAgent = below(2) != 0;
        definition.startsWithSession = below(2) != 0;
        definition.debugging = {below(2) != 0, below(2) != 0};
        definition.controllers = below(9);
        for (int drives = below(12); drives > 0; --drives) {
            const SlotId slot{below(maxControllers), below(slotsPerController)};
            if (below(2)) {
                DiskDrive disk{source(), static_cast<DiskFormat>(below(3))};
                if (below(4) == 0) {
                    disk.former = FormerDisk{file(), static_cast<DiskFormat>(below(3)), below(2) != 0};
                }
                disk.isReadOnly = below(4) == 0;
                disk.discards = below(4) != 0;
                definition.drives.push_back({slot, disk});
            } else {
                definition.drives.push_back({slot, DvdDrive{below(4) ? file() : QString()}});
            }
        }
        std::ranges::stable_sort(definition.drives, {}, &Drive::slot);
        for (int adapters = below(9); adapters > 0; --adapters) {
            NetworkAdapter adapter{text(), {}};
            for (int forwards = below(4); forwards > 0; --forwards) {
                adapter.forwards.push_back({below(2) ? Protocol::Tcp : Protocol::Udp,
                    static_cast<quint16>(below(65536)), static_cast<quint16>(below(65536))});
            }
            if (below(2)) {
                adapter.boot.folder = file();
                adapter.boot.file = text();
            }
            adapter.boot.url = text();
            adapter.bridge = text();
            adapter.isConnected = below(2) != 0;
            definition.adapters.push_back(adapter);
        }
        for (int devices = below(6); devices > 0; --devices) {
            if (below(2)) {
                definition.bootOrder.emplace_back(AdapterId{below(1000)});
            } else {
                definition.bootOrder.emplace_back(SlotId{below(maxControllers), below(slotsPerController)});
            }
        }
        definition.notes = text();
        return definition;
    }

private:
    int below(int limit) { return static_cast<int>(m_random.bounded(limit)); }

    QString text()
    {
        static const QString alphabet = QStringLiteral("abc XYZ0/.:,;\"\\{}[]\n\t\b\u007f%1%2üßé漢字 \u200d");
        QString result;
        for (int length = below(30); length > 0; --length) {
            result += below(20) ? QString(alphabet.at(below(static_cast<int>(alphabet.size()))))
                                : QStringLiteral("\U0001F600");
        }
        return result;
    }

    DiskSource source()
    {
        switch (below(4)) {
        case 0:
            return HostDevice{file()};
        case 1:
            return *parseLocation(locationExamples().at(below(static_cast<int>(locationExamples().size()))));
        default:
            return file();
        }
    }

    QString file()
    {
        switch (below(4)) {
        case 0:
            return folder + QLatin1Char('/') + text();
        case 1:
            return folder + text();
        case 2:
            return folder + QStringLiteral("/disks/") + text();
        default:
            return QLatin1Char('/') + text();
        }
    }

    QRandomGenerator m_random;
};

// A disk's keys, and where it is by them; empty: they are refused.
struct DiskKeys {
    const char* keys;
    const char* where;
};

constexpr std::array diskKeys{
    DiskKeys{R"("file": "d.raw")", "/machines/a/d.raw"},
    DiskKeys{R"("location": "nbd://server/d")", "nbd://server/d"},
    DiskKeys{R"("device": "/dev/disk/by-id/usb-1")", "/dev/disk/by-id/usb-1"},
    DiskKeys{R"("file": "d.raw", "location": "nbd://server/d")", ""},
    DiskKeys{R"("file": "d.raw", "device": "/dev/disk/by-id/usb-1")", ""},
    DiskKeys{R"("location": "nbd://server/d", "device": "/dev/disk/by-id/usb-1")", ""},
    DiskKeys{R"("location": "gluster://server/d")", ""},
    DiskKeys{R"("location": "ssh://me:secret@server/d")", ""},
    DiskKeys{R"("location": 5)", ""},
    DiskKeys{R"("device": 5)", ""},
    DiskKeys{R"("place": "d.raw")", ""},
};

} // namespace

class DefinitionJsonTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void looksLikeThis()
    {
        QCOMPARE(QString::fromUtf8(toJson(goldenDefinition(), folder)), QString::fromUtf8(golden()));
        const Result<Definition> read = fromJson(golden(), folder);
        QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
        QVERIFY(*read == goldenDefinition());
    }

    void aDiskIsAFileALocationOrADevice_data()
    {
        QTest::addColumn<QByteArray>("keys");
        QTest::addColumn<QString>("where");
        for (const DiskKeys& disk : diskKeys) {
            QTest::addRow("%s", disk.keys) << QByteArray(disk.keys) << QString::fromLatin1(disk.where);
        }
    }

    void aDiskIsAFileALocationOrADevice()
    {
        QFETCH(QByteArray, keys);
        QFETCH(QString, where);
        Definition definition;
        definition.id = MachineId::random();
        definition.drives = {{{0, 0}, DiskDrive{QStringLiteral("/d"), DiskFormat::Raw}}};
        const QByteArray json = toJson(definition, folder).replace(R"("file": "/d")", keys);
        const Result<Definition> read = fromJson(json, QStringLiteral("/machines/a"));
        QCOMPARE(read.has_value(), !where.isEmpty());
        if (read) {
            QCOMPARE(read->drives.front().where(), where);
        } else {
            QCOMPARE(read.error().kind, ErrorKind::Corrupt);
            QVERIFY(!read.error().text().contains(QLatin1String("secret")));
        }
    }

    void movesWithItsFolder()
    {
        const Result<Definition> moved = fromJson(golden(), QStringLiteral("/mnt/other"));
        QVERIFY(moved);
        QCOMPARE(std::get<DiskDrive>(moved->drives[0].what).file(), QStringLiteral("/mnt/other/my machine.vhdx"));
        QCOMPARE(std::get<DvdDrive>(moved->drives[1].what).medium, QStringLiteral("/isos/debian \"13\".iso"));
        QCOMPARE(std::get<DvdDrive>(moved->drives[3].what).medium, QString());
    }

    void readsBackWhateverItWrites()
    {
        RandomDefinitions definitions(20261123);
        for (int i = 0; i < 500; ++i) {
            const Definition definition = definitions.next();
            const QByteArray json = toJson(definition, folder);
            const Result<Definition> read = fromJson(json, folder);
            QVERIFY2(read, qPrintable((read ? QString() : read.error().text()) + QString::fromUtf8(json)));
            QVERIFY2(*read == definition, json.constData());
            QCOMPARE(toJson(*read, folder), json);
        }
    }

    // What another disk has taken the place of is told only where there is something to tell.
    void remembersAFormerDisk()
    {
        Definition definition = goldenDefinition();
        std::get<DiskDrive>(definition.drives.front().what).former =
            FormerDisk{folder + QStringLiteral("/old.qcow2"), DiskFormat::Qcow2, true};
        QByteArray expected = golden();
        expected.replace("\"file\": \"my machine.vhdx\"\n",
            "\"file\": \"my machine.vhdx\",\n"
            "            \"former\": {\n"
            "                \"format\": \"qcow2\",\n"
            "                \"file\": \"old.qcow2\",\n"
            "                \"replaced\": \"yes\"\n"
            "            }\n");
        QCOMPARE(QString::fromUtf8(toJson(definition, folder)), QString::fromUtf8(expected));
        const Result<Definition> read = fromJson(expected, folder);
        QVERIFY2(read, qPrintable(read ? QString() : read.error().text()));
        QVERIFY(*read == definition);
        const Result<Definition> onADvd =
            fromJson(golden().replace("\"medium\": \"\"", "\"medium\": \"\", \"former\": {}"), folder);
        QVERIFY(!onADvd && onADvd.error().text().contains(QStringLiteral("“drives[3].former”")));
        expected.replace("\"replaced\": \"yes\"", "\"replaced\": \"perhaps\"");
        const Result<Definition> unsure = fromJson(expected, folder);
        QVERIFY(!unsure && unsure.error().text().contains(QStringLiteral("“drives[0].former.replaced”")));
    }

    void sortsDrives()
    {
        QByteArray json = golden();
        json.replace("\"0:0\",\n            \"type\"", "\"3:1\",\n            \"type\"");
        const Result<Definition> read = fromJson(json, folder);
        QVERIFY(read);
        QCOMPARE(read->drives.back().slot, (SlotId{3, 1}));
    }

    void everyCutIsAnErrorAndNothingWorse()
    {
        const QByteArray json = golden();
        for (qsizetype length = 0; length < json.size() - 2; ++length) {
            const Result<Definition> read = fromJson(json.left(length), folder);
            QVERIFY(!read);
            QCOMPARE(read.error().kind, ErrorKind::Corrupt);
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* before, const char* after, const char* says,
                             ErrorKind kind = ErrorKind::Corrupt) {
            QTest::newRow(name) << QByteArray(before) << QByteArray(after) << kind << QString::fromUtf8(says);
        };
        row("no JSON", "\"version\"", "version", "line 2");
        row("no object", nullptr, "[1, 2]", "object");
        row("empty", nullptr, "\n", "empty");
        QTest::newRow("zeros") << QByteArray() << QByteArray(4, '\0') << ErrorKind::Corrupt
                               << QStringLiteral("JSON");
        row("no version", "\"version\": 1,", "", "version");
        row("version is a text", "\"version\": 1", "\"version\": \"1\"", "version");
        row("too new", "\"version\": 1", "\"version\": 2", "later version", ErrorKind::TooNew);
        row("too new, with keys of its own", "\"version\": 1", "\"version\": 2, \"tpm\": {\"model\": 2}",
            "later version", ErrorKind::TooNew);
        row("too old", "\"version\": 1", "\"version\": 0", "no longer", ErrorKind::TooOld);
        row("too old, without our keys", nullptr, "{\"version\": 0, \"name\": 7}", "no longer", ErrorKind::TooOld);
        row("unknown key", "\"cpus\"", "\"colour\": 1, \"cpus\"", "“colour”");
        row("unknown key in a drive", "\"format\"", "\"serial\": 1, \"format\"", "“drives[0].serial”");
        row("unknown key in an adapter", "\"forwards\": []", "\"forwards\": [], \"vlan\": 1", "“adapters[1].vlan”");
        row("unknown key in a forward", "\"guestPort\"", "\"x\": 1, \"guestPort\"", "“adapters[0].forwards[0].x”");
        row("missing key", "\"cpus\": 4,", "", "“cpus”");
        row("missing file", ",\n            \"file\": \"my machine.vhdx\"", "", "“drives[0].file”");
        row("missing medium", ",\n            \"medium\": \"\"", "", "“drives[3].medium”");
        row("missing type", "\"type\": \"disk\",", "", "“drives[0].type”");
        row("key twice", "\"cpus\": 4", "\"cpus\": 4, \"cpus\": 8", "twice");
        row("key twice in a drive", "\"type\": \"dvd\"", "\"type\": \"dvd\", \"type\": \"dvd\"", "twice");
        row("id", "6f1d3b0a-", "6f1d3b0a", "“id”");
        row("null id", "6f1d3b0a-1c2d-4e3f-8a9b-0c1d2e3f4a5b", "00000000-0000-0000-0000-000000000000", "“id”");
        row("memory as a number", "\"1536M\"", "1536", "“memory”");
        row("memory without sense", "\"1536M\"", "\"much\"", "“memory”");
        row("negative memory", "\"1536M\"", "\"-1G\"", "“memory”");
        row("half a processor", "\"cpus\": 4", "\"cpus\": 1.5", "“cpus”");
        row("negative processors", "\"cpus\": 4", "\"cpus\": -1", "“cpus”");
        row("far too many processors", "\"cpus\": 4", "\"cpus\": 1e300", "“cpus”");
        row("processors as text", "\"cpus\": 4", "\"cpus\": \"4\"", "“cpus”");
        row("accelerator", "\"automatic\"", "\"warp\"", "“accelerator”");
        row("drives no list", "\"drives\": [", "\"drives\": {\"a\": [", "JSON");
        row("drive no object", "\"drives\": [", "\"drives\": [7, ", "“drives[0]”");
        row("slot", "\"1:63\"", "\"1:64\"", "“drives[3].slot”");
        row("slot as a number", "\"1:63\"", "3", "“drives[3].slot”");
        row("type", "\"disk\"", "\"floppy\"", "“drives[0].type”");
        row("format", "\"vhdx\"", "\"vhd\"", "“drives[0].format”");
        row("protocol", "\"tcp\"", "\"sctp\"", "“adapters[0].forwards[0].protocol”");
        row("port", "2222", "65536", "“adapters[0].forwards[0].hostPort”");
        row("boot device", "\"network 1\"", "\"network one\"", "“bootOrder[1]”");
        row("boot device with a sign", "\"network 1\"", "\"network -1\"", "“bootOrder[1]”");
        row("boot device as a number", "\"network 1\"", "1", "“bootOrder[1]”");
        row("notes", "\"two\\nlines\"", "null", "“notes”");
    }

    void refuses()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, says);
        QByteArray json = golden();
        if (before.isNull()) {
            json = after;
        } else {
            QVERIFY(json.contains(before));
            json.replace(json.indexOf(before), before.size(), after);
        }
        const Result<Definition> read = fromJson(json, folder);
        QVERIFY(!read);
        QCOMPARE(read.error().kind, kind);
        QVERIFY2(read.error().text().contains(says), qPrintable(read.error().text()));
        QVERIFY2(read.error().text().endsWith(QLatin1Char('.')), qPrintable(read.error().text()));
    }
};

QTEST_APPLESS_MAIN(DefinitionJsonTest)
#include "definition_json_test.moc"
