// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/definition_json.h"

#include "core/machine/secure_boot_mode.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <limits>
#include <utility>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DefinitionJson)
};

const QString networkPrefix = QStringLiteral("network ");

// --- writing ----------------------------------------------------------------------------------------------------

// QJsonObject sorts its keys; people read better what was put in order.
class JsonWriter {
public:
    void member(const char* key, const QString& value) { line(key, quoted(value)); }

    void member(const char* key, qint64 value) { line(key, QByteArray::number(value)); }

    void element(const QString& value) { line(nullptr, quoted(value)); }

    void open(const char* key, char bracket)
    {
        line(key, QByteArray(1, bracket));
        ++m_depth;
        m_first = true;
    }

    void close(char bracket)
    {
        --m_depth;
        if (!m_first) {
            m_text += '\n' + QByteArray(m_depth * 4, ' ');
        }
        m_text += bracket;
        m_first = false;
    }

    QByteArray text() const { return m_text + '\n'; }

private:
    static QByteArray quoted(const QString& value)
    {
        const QByteArray array = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
        return array.mid(1, array.size() - 2);
    }

    void line(const char* key, const QByteArray& value)
    {
        if (m_depth > 0) {
            m_text += (m_first ? "\n" : ",\n") + QByteArray(m_depth * 4, ' ');
        }
        if (key) {
            m_text += '"' + QByteArray(key) + "\": ";
        }
        m_text += value;
        m_first = false;
    }

    QByteArray m_text;
    qsizetype m_depth = 0;
    bool m_first = true;
};

QString relativeInside(const QString& file, const QString& folder)
{
    if (!file.startsWith(folder + QLatin1Char('/'))) {
        return file;
    }
    const QString inside = file.mid(folder.size() + 1);
    return inside.isEmpty() || inside.startsWith(QLatin1Char('/')) ? file : inside;
}

QString absoluteFrom(const QString& file, const QString& folder)
{
    return file.isEmpty() || file.startsWith(QLatin1Char('/')) ? file : folder + QLatin1Char('/') + file;
}

QString yesOrNo(bool isSo)
{
    return isSo ? QStringLiteral("yes") : QStringLiteral("no");
}

QString nameOf(Protocol protocol)
{
    return protocol == Protocol::Tcp ? QStringLiteral("tcp") : QStringLiteral("udp");
}

QString nameOf(AcceleratorChoice choice)
{
    return choice == AcceleratorChoice::Automatic ? QStringLiteral("automatic") : QStringLiteral("software");
}

QString nameOf(const BootDevice& device)
{
    if (const SlotId* slot = std::get_if<SlotId>(&device)) {
        return slot->toString();
    }
    return networkPrefix + QString::number(std::get<AdapterId>(device).index);
}

QString nameOf(VideoAdapter video)
{
    return video == VideoAdapter::StandardVga ? QStringLiteral("standard") : QStringLiteral("virtio");
}

void writeSource(JsonWriter& writer, const DiskSource& source, const QString& folder)
{
    if (const auto* location = std::get_if<NetworkLocation>(&source)) {
        writer.member("location", toString(*location));
    } else if (const auto* device = std::get_if<HostDevice>(&source)) {
        writer.member("device", device->path);
    } else {
        writer.member("file", relativeInside(std::get<QString>(source), folder));
    }
}

// A key whose value is nearly always the same goes without saying.
void writeUnlessUsual(JsonWriter& writer, const char* key, bool value, bool usual)
{
    if (value != usual) {
        writer.member(key, yesOrNo(value));
    }
}

void writeFirmware(JsonWriter& writer, const FirmwareSettings& firmware)
{
    if (firmware == FirmwareSettings{}) {
        return;
    }
    writer.open("firmware", '{');
    if (firmware.secureBoot != SecureBoot::Off) {
        writer.member("secureBoot", nameOf(firmware.secureBoot));
    }
    writeUnlessUsual(writer, "tpm", firmware.hasTpm, false);
    writeUnlessUsual(writer, "bootMenu", firmware.showsBootMenu, false);
    writer.close('}');
}

void writeDebugging(JsonWriter& writer, const DebugPorts& debugging)
{
    if (debugging == DebugPorts{}) {
        return;
    }
    writer.open("debugging", '{');
    writeUnlessUsual(writer, "serialPort", debugging.hasSerialPort, false);
    writeUnlessUsual(writer, "gdbStub", debugging.hasGdbStub, false);
    writer.close('}');
}

void writeNetworkBoot(JsonWriter& writer, const NetworkBoot& boot, const QString& folder)
{
    if (boot == NetworkBoot{}) {
        return;
    }
    writer.open("boot", '{');
    if (!boot.folder.isEmpty()) {
        writer.member("folder", relativeInside(boot.folder, folder));
        writer.member("file", boot.file);
    }
    if (!boot.url.isEmpty()) {
        writer.member("url", boot.url);
    }
    writer.close('}');
}

// --- reading ----------------------------------------------------------------------------------------------------

Error corrupt(const QString& why)
{
    return Error{ErrorKind::Corrupt, why};
}

// Walks the document; remembers the first thing that is wrong, with its place, and from then on yields nothing.
class JsonReader {
public:
    const std::optional<Error>& error() const { return m_error; }

    void fail(const QString& place, const QString& why)
    {
        if (!m_error) {
            m_error = corrupt(Texts::tr("The definition is wrong at “%1”: %2").arg(place, why));
        }
    }

    QJsonObject object(
        const QJsonValue& value, const QString& place, const QStringList& keys, const QStringList& optional = {})
    {
        if (!value.isObject()) {
            fail(place, Texts::tr("an object is expected."));
            return {};
        }
        const QJsonObject object = value.toObject();
        const QStringList present = object.keys();
        for (const QString& key : present) {
            if (!keys.contains(key) && !optional.contains(key)) {
                fail(below(place, key), Texts::tr("this key is unknown."));
            }
        }
        for (const QString& key : keys) {
            if (!object.contains(key)) {
                fail(below(place, key), Texts::tr("this key is missing."));
            }
        }
        return object;
    }

    QJsonArray array(const QJsonObject& object, const QString& key, const QString& place)
    {
        const QJsonValue value = object.value(key);
        if (!value.isArray()) {
            fail(below(place, key), Texts::tr("a list is expected."));
        }
        return value.toArray();
    }

    QString string(const QJsonValue& value, const QString& place)
    {
        if (!value.isString()) {
            fail(place, Texts::tr("a text is expected."));
        }
        return value.toString();
    }

    QString string(const QJsonObject& object, const QString& key, const QString& place)
    {
        return string(object.value(key), below(place, key));
    }

    int number(const QJsonObject& object, const QString& key, const QString& place, int least, int most)
    {
        const double value = object.value(key).toDouble(std::numeric_limits<double>::quiet_NaN());
        if (!(value >= least && value <= most) || value != static_cast<int>(value)) {
            fail(below(place, key), Texts::tr("a whole number from %1 to %2 is expected.").arg(least).arg(most));
            return least;
        }
        return static_cast<int>(value);
    }

    template <typename T>
    T unwrap(const Result<T>& result, const QString& place)
    {
        if (!result) {
            fail(place, result.error().text());
            return {};
        }
        return *result;
    }

    template <typename T>
    T choice(const QJsonObject& object, const QString& key, const QString& place,
        std::initializer_list<std::pair<QString, T>> choices)
    {
        const QString text = string(object, key, place);
        QStringList known;
        for (const auto& [name, value] : choices) {
            if (name == text) {
                return value;
            }
            known += name;
        }
        fail(below(place, key),
            Texts::tr("“%1” is unknown; known are: %2.").arg(text, known.join(QStringLiteral(", "))));
        return choices.begin()->second;
    }

    static QString below(const QString& place, const QString& key)
    {
        return place.isEmpty() ? key : place + QLatin1Char('.') + key;
    }

    static QString at(const QString& key, qsizetype index) { return QStringLiteral("%1[%2]").arg(key).arg(index); }

private:
    std::optional<Error> m_error;
};

DiskFormat readFormat(JsonReader& reader, const QJsonObject& object, const QString& place)
{
    return reader.choice<DiskFormat>(object, QStringLiteral("format"), place,
        {{nameOf(DiskFormat::Vhdx), DiskFormat::Vhdx}, {nameOf(DiskFormat::Qcow2), DiskFormat::Qcow2},
            {nameOf(DiskFormat::Raw), DiskFormat::Raw}});
}

bool readYesOrNo(JsonReader& reader, const QJsonObject& object, const QString& key, const QString& place,
    std::optional<bool> usual = {})
{
    if (usual && !object.contains(key)) {
        return *usual;
    }
    return reader.choice<bool>(object, key, place, {{yesOrNo(false), false}, {yesOrNo(true), true}});
}

FormerDisk readFormer(JsonReader& reader, const QJsonValue& value, const QString& place, const QString& folder)
{
    const QJsonObject object =
        reader.object(value, place, {QStringLiteral("format"), QStringLiteral("file"), QStringLiteral("replaced")});
    FormerDisk former;
    former.format = readFormat(reader, object, place);
    former.file = absoluteFrom(reader.string(object, QStringLiteral("file"), place), folder);
    former.isReplaced = readYesOrNo(reader, object, QStringLiteral("replaced"), place);
    return former;
}

// A disk has exactly one of these keys, which says what it is.
QString sourceKey(const QJsonObject& disk)
{
    for (const QString& key : {QStringLiteral("location"), QStringLiteral("device")}) {
        if (disk.contains(key)) {
            return key;
        }
    }
    return QStringLiteral("file");
}

DiskSource readSource(JsonReader& reader, const QJsonObject& object, const QString& place, const QString& folder)
{
    const QString key = sourceKey(object);
    const QString text = reader.string(object, key, place);
    if (key == QLatin1String("location") && !reader.error()) {
        return reader.unwrap(parseLocation(text), JsonReader::below(place, key));
    }
    if (key == QLatin1String("device")) {
        return HostDevice{text};
    }
    return absoluteFrom(text, folder);
}

Drive readDrive(JsonReader& reader, const QJsonValue& value, const QString& place, const QString& folder)
{
    // The type says which keys belong here.
    const QJsonObject unchecked = value.toObject();
    const bool isDvd = value.isObject() && unchecked.contains(QLatin1String("type"))
        && reader.choice<bool>(unchecked, QStringLiteral("type"), place,
            {{QStringLiteral("disk"), false}, {QStringLiteral("dvd"), true}});
    const QJsonObject object = reader.object(value, place,
        isDvd ? QStringList{QStringLiteral("slot"), QStringLiteral("type"), QStringLiteral("medium")}
              : QStringList{QStringLiteral("slot"), QStringLiteral("type"), QStringLiteral("format"),
                    sourceKey(unchecked)},
        isDvd ? QStringList()
              : QStringList{QStringLiteral("readOnly"), QStringLiteral("discard"), QStringLiteral("former")});
    Drive drive;
    drive.slot = reader.unwrap(SlotId::parse(reader.string(object, QStringLiteral("slot"), place)),
        JsonReader::below(place, QStringLiteral("slot")));
    if (isDvd) {
        drive.what = DvdDrive{absoluteFrom(reader.string(object, QStringLiteral("medium"), place), folder)};
    } else {
        DiskDrive disk{readSource(reader, object, place, folder), readFormat(reader, object, place)};
        disk.isReadOnly = readYesOrNo(reader, object, QStringLiteral("readOnly"), place, false);
        disk.discards = readYesOrNo(reader, object, QStringLiteral("discard"), place, true);
        if (object.contains(QLatin1String("former"))) {
            disk.former = readFormer(reader, object.value(QLatin1String("former")),
                JsonReader::below(place, QStringLiteral("former")), folder);
        }
        drive.what = disk;
    }
    return drive;
}

NetworkBoot readNetworkBoot(
    JsonReader& reader, const QJsonValue& value, const QString& place, const QString& folder)
{
    const bool hasFolder = value.toObject().contains(QLatin1String("folder"));
    const QJsonObject object = reader.object(value, place,
        hasFolder ? QStringList{QStringLiteral("folder"), QStringLiteral("file")} : QStringList(),
        {QStringLiteral("url")});
    NetworkBoot boot;
    if (hasFolder) {
        boot.folder = absoluteFrom(reader.string(object, QStringLiteral("folder"), place), folder);
        boot.file = reader.string(object, QStringLiteral("file"), place);
    }
    if (object.contains(QLatin1String("url"))) {
        boot.url = reader.string(object, QStringLiteral("url"), place);
    }
    return boot;
}

FirmwareSettings readFirmware(JsonReader& reader, const QJsonValue& value)
{
    const QString place = QStringLiteral("firmware");
    const QJsonObject object = reader.object(
        value, place, {}, {QStringLiteral("secureBoot"), QStringLiteral("tpm"), QStringLiteral("bootMenu")});
    FirmwareSettings firmware;
    if (object.contains(QLatin1String("secureBoot"))) {
        firmware.secureBoot = reader.choice<SecureBoot>(object, QStringLiteral("secureBoot"), place,
            {{nameOf(SecureBoot::Off), SecureBoot::Off}, {nameOf(SecureBoot::Microsoft), SecureBoot::Microsoft},
                {nameOf(SecureBoot::MicrosoftAndThirdParty), SecureBoot::MicrosoftAndThirdParty},
                {nameOf(SecureBoot::OwnKeys), SecureBoot::OwnKeys}});
    }
    firmware.hasTpm = readYesOrNo(reader, object, QStringLiteral("tpm"), place, false);
    firmware.showsBootMenu = readYesOrNo(reader, object, QStringLiteral("bootMenu"), place, false);
    return firmware;
}

DebugPorts readDebugging(JsonReader& reader, const QJsonValue& value)
{
    const QString place = QStringLiteral("debugging");
    const QJsonObject object =
        reader.object(value, place, {}, {QStringLiteral("serialPort"), QStringLiteral("gdbStub")});
    DebugPorts debugging;
    debugging.hasSerialPort = readYesOrNo(reader, object, QStringLiteral("serialPort"), place, false);
    debugging.hasGdbStub = readYesOrNo(reader, object, QStringLiteral("gdbStub"), place, false);
    return debugging;
}

NetworkAdapter readAdapter(JsonReader& reader, const QJsonValue& value, const QString& place, const QString& folder)
{
    const QJsonObject object = reader.object(value, place, {QStringLiteral("mac"), QStringLiteral("forwards")},
        {QStringLiteral("boot"), QStringLiteral("bridge"), QStringLiteral("connected")});
    NetworkAdapter adapter;
    adapter.mac = reader.string(object, QStringLiteral("mac"), place);
    const QJsonArray forwards = reader.array(object, QStringLiteral("forwards"), place);
    for (qsizetype i = 0; i < forwards.size(); ++i) {
        const QString forwardPlace = JsonReader::at(JsonReader::below(place, QStringLiteral("forwards")), i);
        const QJsonObject forward = reader.object(forwards.at(i), forwardPlace,
            {QStringLiteral("protocol"), QStringLiteral("hostPort"), QStringLiteral("guestPort")});
        adapter.forwards.push_back(
            {reader.choice<Protocol>(forward, QStringLiteral("protocol"), forwardPlace,
                 {{nameOf(Protocol::Tcp), Protocol::Tcp}, {nameOf(Protocol::Udp), Protocol::Udp}}),
                static_cast<quint16>(reader.number(forward, QStringLiteral("hostPort"), forwardPlace, 0, 65535)),
                static_cast<quint16>(reader.number(forward, QStringLiteral("guestPort"), forwardPlace, 0, 65535))});
    }
    if (object.contains(QLatin1String("boot"))) {
        adapter.boot = readNetworkBoot(
            reader, object.value(QLatin1String("boot")), JsonReader::below(place, QStringLiteral("boot")), folder);
    }
    if (object.contains(QLatin1String("bridge"))) {
        adapter.bridge = reader.string(object, QStringLiteral("bridge"), place);
    }
    adapter.isConnected = readYesOrNo(reader, object, QStringLiteral("connected"), place, true);
    return adapter;
}

BootDevice readBootDevice(JsonReader& reader, const QJsonValue& value, const QString& place)
{
    const QString text = reader.string(value, place);
    if (text.startsWith(networkPrefix)) {
        bool ok = false;
        const int index = text.mid(networkPrefix.size()).toInt(&ok);
        if (ok && index >= 0 && nameOf(BootDevice(AdapterId{index})) == text) {
            return AdapterId{index};
        }
    }
    const Result<SlotId> slot = SlotId::parse(text);
    if (!slot) {
        reader.fail(
            place, Texts::tr("“%1” is neither a slot as in 0:3 nor an adapter as in “network 0”.").arg(text));
        return {};
    }
    return *slot;
}

// Every member of the document has one colon outside of its texts; where there are more, a key was given twice and
// the parser has kept only the last.
qsizetype colonsOutsideTexts(const QByteArray& json)
{
    qsizetype colons = 0;
    bool inText = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        if (inText && json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            inText = !inText;
        } else if (json[i] == ':' && !inText) {
            ++colons;
        }
    }
    return colons;
}

qsizetype membersIn(const QJsonValue& value)
{
    qsizetype members = 0;
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        members = object.size();
        for (const auto& member : object) {
            members += membersIn(member);
        }
    } else if (value.isArray()) {
        const QJsonArray array = value.toArray();
        for (const auto& element : array) {
            members += membersIn(element);
        }
    }
    return members;
}

Result<void> checkVersion(const QJsonObject& object)
{
    const QJsonValue version = object.value(QLatin1String("version"));
    if (!version.isDouble()) {
        return std::unexpected(corrupt(Texts::tr("The definition has no version number.")));
    }
    if (version.toDouble() > definitionVersion) {
        return std::unexpected(Error{ErrorKind::TooNew,
            Texts::tr("The definition was written by a later version of Platter (format %1; this one knows %2).")
                .arg(version.toDouble())
                .arg(definitionVersion),
            Texts::tr("Install the later version of Platter to use this machine.")});
    }
    if (version.toDouble() < definitionVersion) {
        return std::unexpected(Error{ErrorKind::TooOld,
            Texts::tr(
                "The definition has format %1, which is no longer understood (this version of Platter knows %2).")
                .arg(version.toDouble())
                .arg(definitionVersion),
            Texts::tr("Make the machine anew with its disks.")});
    }
    return {};
}

} // namespace

QByteArray toJson(const Definition& definition, const QString& folder)
{
    JsonWriter writer;
    writer.open(nullptr, '{');
    writer.member("version", definitionVersion);
    writer.member("id", definition.id.toString());
    writer.member("os", definition.osId);
    writer.member("memory", definition.memory.toExactString());
    writer.member("cpus", definition.cpus);
    writer.member("accelerator", nameOf(definition.accelerator));
    writeFirmware(writer, definition.firmware);
    if (definition.video != VideoAdapter::StandardVga) {
        writer.member("video", nameOf(definition.video));
    }
    writeUnlessUsual(writer, "guestAgent", definition.hasGuestAgent, true);
    writeUnlessUsual(writer, "startWithSession", definition.startsWithSession, false);
    writeDebugging(writer, definition.debugging);
    writer.member("controllers", definition.controllers);
    writer.open("drives", '[');
    for (const Drive& drive : definition.drives) {
        writer.open(nullptr, '{');
        writer.member("slot", drive.slot.toString());
        if (const DiskDrive* disk = std::get_if<DiskDrive>(&drive.what)) {
            writer.member("type", QStringLiteral("disk"));
            writer.member("format", nameOf(disk->format));
            writeSource(writer, disk->source, folder);
            writeUnlessUsual(writer, "readOnly", disk->isReadOnly, false);
            writeUnlessUsual(writer, "discard", disk->discards, true);
            if (disk->former) {
                writer.open("former", '{');
                writer.member("format", nameOf(disk->former->format));
                writer.member("file", relativeInside(disk->former->file, folder));
                writer.member("replaced", yesOrNo(disk->former->isReplaced));
                writer.close('}');
            }
        } else {
            writer.member("type", QStringLiteral("dvd"));
            writer.member("medium", relativeInside(std::get<DvdDrive>(drive.what).medium, folder));
        }
        writer.close('}');
    }
    writer.close(']');
    writer.open("adapters", '[');
    for (const NetworkAdapter& adapter : definition.adapters) {
        writer.open(nullptr, '{');
        writer.member("mac", adapter.mac);
        writer.open("forwards", '[');
        for (const PortForward& forward : adapter.forwards) {
            writer.open(nullptr, '{');
            writer.member("protocol", nameOf(forward.protocol));
            writer.member("hostPort", forward.hostPort);
            writer.member("guestPort", forward.guestPort);
            writer.close('}');
        }
        writer.close(']');
        writeNetworkBoot(writer, adapter.boot, folder);
        if (!adapter.bridge.isEmpty()) {
            writer.member("bridge", adapter.bridge);
        }
        writeUnlessUsual(writer, "connected", adapter.isConnected, true);
        writer.close('}');
    }
    writer.close(']');
    writer.open("bootOrder", '[');
    for (const BootDevice& device : definition.bootOrder) {
        writer.element(nameOf(device));
    }
    writer.close(']');
    writer.member("notes", definition.notes);
    writer.close('}');
    return writer.text();
}

Result<Definition> fromJson(const QByteArray& json, const QString& folder)
{
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parseError);
    if (parseError.error != QJsonParseError::NoError) {
        const qsizetype line = json.left(parseError.offset).count('\n') + 1;
        Error error =
            corrupt(json.trimmed().isEmpty() ? Texts::tr("The definition is empty.")
                                             : Texts::tr("The definition is not JSON from line %1 on.").arg(line));
        error.detail = QStringLiteral("%1 at offset %2").arg(parseError.errorString()).arg(parseError.offset);
        return std::unexpected(error);
    }
    if (!document.isObject()) {
        return std::unexpected(corrupt(Texts::tr("The definition is not a JSON object.")));
    }
    if (const Result<void> version = checkVersion(document.object()); !version) {
        return std::unexpected(version.error());
    }
    if (colonsOutsideTexts(json) != membersIn(document.object())) {
        return std::unexpected(corrupt(Texts::tr("The definition has a key twice.")));
    }

    JsonReader reader;
    const QString top;
    const QJsonObject object = reader.object(document.object(), top,
        {QStringLiteral("version"), QStringLiteral("id"), QStringLiteral("os"), QStringLiteral("memory"),
            QStringLiteral("cpus"), QStringLiteral("accelerator"), QStringLiteral("controllers"),
            QStringLiteral("drives"), QStringLiteral("adapters"), QStringLiteral("bootOrder"),
            QStringLiteral("notes")},
        {QStringLiteral("firmware"), QStringLiteral("video"), QStringLiteral("guestAgent"),
            QStringLiteral("startWithSession"), QStringLiteral("debugging")});
    Definition definition;
    definition.id.uuid = QUuid::fromString(reader.string(object, QStringLiteral("id"), top));
    if (definition.id.uuid.isNull()) {
        reader.fail(QStringLiteral("id"), Texts::tr("a UUID is expected."));
    }
    definition.osId = reader.string(object, QStringLiteral("os"), top);
    definition.memory = reader.unwrap(
        ByteCount::parse(reader.string(object, QStringLiteral("memory"), top)), QStringLiteral("memory"));
    definition.cpus = reader.number(object, QStringLiteral("cpus"), top, 0, std::numeric_limits<int>::max());
    definition.accelerator = reader.choice<AcceleratorChoice>(object, QStringLiteral("accelerator"), top,
        {{nameOf(AcceleratorChoice::Automatic), AcceleratorChoice::Automatic},
            {nameOf(AcceleratorChoice::SoftwareEmulation), AcceleratorChoice::SoftwareEmulation}});
    if (object.contains(QLatin1String("firmware"))) {
        definition.firmware = readFirmware(reader, object.value(QLatin1String("firmware")));
    }
    if (object.contains(QLatin1String("video"))) {
        definition.video = reader.choice<VideoAdapter>(object, QStringLiteral("video"), top,
            {{nameOf(VideoAdapter::StandardVga), VideoAdapter::StandardVga},
                {nameOf(VideoAdapter::VirtioVga), VideoAdapter::VirtioVga}});
    }
    definition.hasGuestAgent = readYesOrNo(reader, object, QStringLiteral("guestAgent"), top, true);
    definition.startsWithSession = readYesOrNo(reader, object, QStringLiteral("startWithSession"), top, false);
    if (object.contains(QLatin1String("debugging"))) {
        definition.debugging = readDebugging(reader, object.value(QLatin1String("debugging")));
    }
    definition.controllers =
        reader.number(object, QStringLiteral("controllers"), top, 0, std::numeric_limits<int>::max());
    const QJsonArray drives = reader.array(object, QStringLiteral("drives"), top);
    for (qsizetype i = 0; i < drives.size(); ++i) {
        definition.drives.push_back(
            readDrive(reader, drives.at(i), JsonReader::at(QStringLiteral("drives"), i), folder));
    }
    std::ranges::stable_sort(definition.drives, {}, &Drive::slot);
    const QJsonArray adapters = reader.array(object, QStringLiteral("adapters"), top);
    for (qsizetype i = 0; i < adapters.size(); ++i) {
        definition.adapters.push_back(
            readAdapter(reader, adapters.at(i), JsonReader::at(QStringLiteral("adapters"), i), folder));
    }
    const QJsonArray bootOrder = reader.array(object, QStringLiteral("bootOrder"), top);
    for (qsizetype i = 0; i < bootOrder.size(); ++i) {
        definition.bootOrder.push_back(
            readBootDevice(reader, bootOrder.at(i), JsonReader::at(QStringLiteral("bootOrder"), i)));
    }
    definition.notes = reader.string(object, QStringLiteral("notes"), top);
    if (reader.error()) {
        return std::unexpected(*reader.error());
    }
    return definition;
}

} // namespace platter
