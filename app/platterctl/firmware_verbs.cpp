// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/verb.h"
#include "core/live/machine_firmware.h"
#include "core/machine/secure_boot_mode.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>

#include <array>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

const QString optionSecureBoot = QStringLiteral("secure-boot");
const QString optionPk = QStringLiteral("pk");
const QString optionKek = QStringLiteral("kek");
const QString optionDb = QStringLiteral("db");
const QString optionTpm = QStringLiteral("tpm");
const QString optionBootMenu = QStringLiteral("boot-menu");

// As it is typed.
constexpr std::array modes{std::pair("off", SecureBoot::Off), std::pair("microsoft", SecureBoot::Microsoft),
    std::pair("third-party", SecureBoot::MicrosoftAndThirdParty), std::pair("own", SecureBoot::OwnKeys)};

Error unusable(const QString& option, const QString& value, const QString& takes)
{
    return {ErrorKind::InvalidInput, tr("--%1 cannot be “%2”.").arg(option, value), takes};
}

Result<SecureBoot> modeFrom(const QString& word)
{
    for (const auto& [name, mode] : modes) {
        if (word == QLatin1String(name)) {
            return mode;
        }
    }
    return std::unexpected(unusable(optionSecureBoot, word, tr("It takes off, microsoft, third-party or own.")));
}

// Sets SETTING where the option is there.
Result<void> readYesOrNo(const Arguments& arguments, const QString& option, bool& setting)
{
    if (!arguments.isSet(option)) {
        return {};
    }
    const QString word = arguments.value(option);
    if (word != QLatin1String("yes") && word != QLatin1String("no")) {
        return std::unexpected(unusable(option, word, tr("It takes yes or no.")));
    }
    setting = word == QLatin1String("yes");
    return {};
}

QStringList absolute(const QStringList& files)
{
    QStringList paths;
    for (const QString& file : files) {
        paths << QDir::cleanPath(QFileInfo(file).absoluteFilePath());
    }
    return paths;
}

QString yesOrNo(bool isSo)
{
    return isSo ? tr("yes") : tr("no");
}

// --- showing ----------------------------------------------------------------------------------------------------

QJsonObject toJson(const KeyList& list)
{
    QJsonArray certificates;
    for (const Certificate& one : list.certificates) {
        certificates.append(
            QJsonObject{{QStringLiteral("subject"), one.subject}, {QStringLiteral("issuer"), one.issuer},
                {QStringLiteral("validFrom"), one.validFrom.toString(Qt::ISODate)},
                {QStringLiteral("validTo"), one.validTo.toString(Qt::ISODate)}});
    }
    return {{QStringLiteral("certificates"), certificates}, {QStringLiteral("hashes"), list.hashes}};
}

QJsonObject toJson(const FirmwareSettings& settings)
{
    return {{QStringLiteral("secureBoot"), nameOf(settings.secureBoot)}, {QStringLiteral("tpm"), settings.hasTpm},
        {QStringLiteral("bootMenu"), settings.showsBootMenu}};
}

QString linesOf(const FirmwareSettings& settings)
{
    return QStringList{
        tr("Secure Boot  %1. %2").arg(displayName(settings.secureBoot), explanationOf(settings.secureBoot)),
        tr("TPM 2.0      %1").arg(yesOrNo(settings.hasTpm)),
        tr("boot menu    %1").arg(yesOrNo(settings.showsBootMenu))}
        .join(QLatin1Char('\n'));
}

QCoro::Task<int> show(Context* context, Arguments arguments, Report report)
{
    const Result<StoredMachine> machine = context->store.load(arguments.positional[0]);
    if (!machine) {
        co_return report.failed(machine.error());
    }
    const FirmwareSettings& settings = machine->definition.firmware;
    QString text = linesOf(settings);
    QJsonObject json = toJson(settings);
    const Result<SecureBootKeys> keys = secureBootKeysOf(*machine, context->places);
    if (!keys) {
        report.remark(keys.error());
        co_return report.done(text, json);
    }
    QJsonObject lists;
    for (const auto& [name, list] : {std::pair("PK", &keys->pk), std::pair("KEK", &keys->kek),
             std::pair("db", &keys->db), std::pair("dbx", &keys->dbx)}) {
        const QString label = QString::fromLatin1(name);
        lists.insert(label, toJson(*list));
        text += QStringLiteral("\n%1%2").arg(
            label.leftJustified(13), list->lines().join(QLatin1Char('\n') + QString(13, QLatin1Char(' '))));
    }
    json.insert(QStringLiteral("keys"), lists);
    co_return report.done(text, json);
}

// --- changing ---------------------------------------------------------------------------------------------------

// Nothing: the options name no files.
Result<std::optional<OwnKeys>> keysFrom(const Arguments& arguments)
{
    const bool isAnySet = arguments.isSet(optionPk) || arguments.isSet(optionKek) || arguments.isSet(optionDb);
    if (!isAnySet) {
        return std::nullopt;
    }
    if (arguments.value(optionSecureBoot) != QLatin1String("own")) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            tr("--pk, --kek and --db are the keys of --secure-boot own."), tr("Add --secure-boot own.")});
    }
    return readOwnKeys(absolute(arguments.values(optionPk)), absolute(arguments.values(optionKek)),
        absolute(arguments.values(optionDb)));
}

Result<void> setFrom(const Arguments& arguments, FirmwareSettings& settings)
{
    if (arguments.isSet(optionSecureBoot)) {
        const Result<SecureBoot> mode = modeFrom(arguments.value(optionSecureBoot));
        if (!mode) {
            return std::unexpected(mode.error());
        }
        settings.secureBoot = *mode;
    }
    for (const auto& [option, setting] :
        {std::pair(optionTpm, &settings.hasTpm), std::pair(optionBootMenu, &settings.showsBootMenu)}) {
        if (const Result<void> read = readYesOrNo(arguments, option, *setting); !read) {
            return read;
        }
    }
    return {};
}

QCoro::Task<int> set(Context* context, Arguments arguments, Report report)
{
    const Result<std::optional<OwnKeys>> keys = keysFrom(arguments);
    if (!keys) {
        co_return report.failed(keys.error());
    }
    const Result<FirmwareSettings> settings = changeFirmware(
        arguments.positional[0], context->places, [&](FirmwareSettings& one) { return setFrom(arguments, one); },
        *keys);
    if (!settings) {
        co_return report.failed(settings.error());
    }
    co_return report.done(linesOf(*settings), toJson(*settings));
}

} // namespace

std::vector<Verb> firmwareVerbs()
{
    const QString file = QStringLiteral("file");
    const QString choice = QStringLiteral("yes|no");
    return {
        {QStringLiteral("firmware show"), {QStringLiteral("MACHINE")},
            tr("shows the firmware's settings, and whose boot loaders it starts"), {}, &show},
        {QStringLiteral("firmware set"), {QStringLiteral("MACHINE")},
            tr("changes the firmware of a machine that is off"),
            {{optionSecureBoot,
                 tr("Whose boot loaders start: everybody's (off), Windows' (microsoft), also those that "
                    "Microsoft signs for others, as Linux's (third-party), or those of your keys (own)."),
                 QStringLiteral("off|microsoft|third-party|own")},
                {optionPk, tr("With own: the certificate that may change the keys, PEM or DER."), file},
                {optionKek, tr("With own: one that may change the list of keys; may be given several times."),
                    file},
                {optionDb, tr("With own: one whose boot loaders start; may be given several times."), file},
                {optionTpm, tr("A TPM 2.0."), choice},
                {optionBootMenu, tr("Wait at each start for a key (Esc) that opens the firmware's menu."), choice}},
            &set},
    };
}

} // namespace platter::ctl
