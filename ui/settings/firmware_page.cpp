// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/firmware_page.h"

#include "core/live/machine_firmware.h"
#include "core/machine/secure_boot_mode.h"
#include "ui/main_window/confirmation.h"
#include "ui/note_label.h"
#include "ui/settings/own_keys_dialog.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QCoroFuture>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QStyle>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

QCoro::Task<Result<SecureBootKeys>> look(QString name, Definition definition, Places places)
{
    co_return co_await QtConcurrent::run([name, definition, places]() -> Result<SecureBootKeys> {
        Result<StoredMachine> machine = MachineStore(places.machines).load(name);
        if (!machine) {
            return std::unexpected(machine.error());
        }
        machine->definition.firmware = definition.firmware;
        if (const Result<void> possible = checkFirmware(definition.firmware, places.firmwareDescriptors);
            !possible) {
            return std::unexpected(possible.error());
        }
        return secureBootKeysOf(*machine, places);
    });
}

QCoro::Task<Result<FirmwareSettings>> useOwnKeys(QString name, Places places, OwnKeys keys)
{
    const FirmwareEdit edit = [](FirmwareSettings& settings) -> Result<void> {
        settings.secureBoot = SecureBoot::OwnKeys;
        return {};
    };
    co_return co_await QtConcurrent::run(changeFirmware, name, places, edit, std::optional(keys));
}

QCoro::Task<Result<QString>> forget(QString name, Places places)
{
    co_return co_await QtConcurrent::run(resetFirmware, name, places);
}

QLabel* heading(const QString& text)
{
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

// Under its control, and said of it by screen readers.
QWidget* explained(QAbstractButton* control, const QString& explanation)
{
    auto* note = new NoteLabel(explanation);
    control->setAccessibleDescription(explanation);
    const QStyle* style = control->style();
    note->setContentsMargins(
        style->pixelMetric(QStyle::PM_IndicatorWidth) + style->pixelMetric(QStyle::PM_CheckBoxLabelSpacing), 0, 0,
        0);
    return note;
}

} // namespace

FirmwarePage::FirmwarePage(const QString& machine, const Places& places, QWidget* parent)
    : SettingsPage(parent)
    , m_machine(machine)
    , m_places(places)
    , m_modes(new QButtonGroup(this))
{
    setObjectName(QStringLiteral("firmwarePage"));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(4);
    column->addWidget(heading(tr("Secure Boot")));
    for (const SecureBoot one : everySecureBoot) {
        auto* button = new QRadioButton(displayName(one));
        button->setObjectName(QStringLiteral("secureBoot-%1").arg(int(one)));
        m_modes->addButton(button, int(one));
        column->addWidget(button);
        column->addWidget(explained(button, explanationOf(one)));
    }
    m_keys = new QLabel;
    m_keys->setObjectName(QStringLiteral("secureBootKeys"));
    m_keys->setAccessibleName(tr("Keys in the firmware"));
    m_keys->setTextFormat(Qt::RichText);
    m_keys->setWordWrap(true);
    m_keys->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_note = new NoteLabel;
    m_note->setObjectName(QStringLiteral("firmwareNote"));
    m_enroll = new QPushButton(tr("&Enroll Own Keys…"));
    m_enroll->setObjectName(QStringLiteral("chooseOwnKeys"));
    m_reset = new QPushButton(tr("Reset Variable&s…"));
    m_reset->setObjectName(QStringLiteral("resetVariables"));
    m_reset->setToolTip(tr("Forgets all that firmware and guest have written into NVRAM; a backup is kept."));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_enroll);
    buttons->addWidget(m_reset);
    buttons->addStretch(1);
    column->addWidget(m_keys);
    column->addWidget(m_note);
    column->addLayout(buttons);
    column->addSpacing(8);
    column->addWidget(heading(tr("Devices and start")));
    m_tpm = addBox(column, tr("&TPM 2.0"),
        tr("Keeps keys for the guest, as Windows 11 asks for. What it keeps is in the machine's folder."), "tpm");
    m_menu = addBox(column, tr("Wait for the boot &menu"),
        tr("At each start the firmware waits 5 seconds for Esc, which opens its menu."), "bootMenu");
    column->addWidget(new NoteLabel(tr("A machine whose firmware finds nothing to start waits in the firmware's "
                                       "menu. Menu and messages are on the "
                                       "serial port as well, which the Details tab shows.")));
    column->addStretch(1);

    connect(m_modes, &QButtonGroup::idToggled, this, [this](int, bool isChecked) {
        if (isChecked) {
            readKeys();
            Q_EMIT edited();
        }
    });
    connect(m_tpm, &QCheckBox::toggled, this, &FirmwarePage::readKeys); // it may lack its program
    connect(m_enroll, &QPushButton::clicked, this, &FirmwarePage::chooseKeys);
    connect(m_reset, &QPushButton::clicked, this, &FirmwarePage::reset);
}

QCheckBox* FirmwarePage::addBox(
    QVBoxLayout* column, const QString& text, const QString& explanation, const char* name)
{
    auto* box = new QCheckBox(text);
    box->setObjectName(QLatin1String(name));
    column->addWidget(box);
    column->addWidget(explained(box, explanation));
    connect(box, &QCheckBox::toggled, this, &SettingsPage::edited);
    return box;
}

QString FirmwarePage::title() const
{
    return tr("Firmware");
}

void FirmwarePage::setDefinition(const Definition& definition)
{
    const QSignalBlocker quiet(this);
    m_definition = definition;
    m_modes->button(int(definition.firmware.secureBoot))->setChecked(true);
    m_tpm->setChecked(definition.firmware.hasTpm);
    m_menu->setChecked(definition.firmware.showsBootMenu);
    readKeys();
}

void FirmwarePage::writeTo(Definition& definition) const
{
    definition.firmware.secureBoot = mode();
    definition.firmware.hasTpm = m_tpm->isChecked();
    definition.firmware.showsBootMenu = m_menu->isChecked();
}

std::optional<Error> FirmwarePage::problem() const
{
    // What was so before is told on the page, and keeps nobody from changing something else.
    Definition edited = m_definition;
    writeTo(edited);
    return edited.firmware == m_definition.firmware ? std::nullopt : m_error;
}

SecureBoot FirmwarePage::mode() const
{
    return SecureBoot(std::max(m_modes->checkedId(), 0));
}

void FirmwarePage::readKeys()
{
    Definition wanted = m_definition;
    writeTo(wanted);
    const int number = ++m_look;
    QCoro::connect(look(m_machine, wanted, m_places), this, [this, number](const Result<SecureBootKeys>& keys) {
        if (number == m_look) {
            showKeys(keys);
        }
    });
}

void FirmwarePage::showKeys(const Result<SecureBootKeys>& keys)
{
    const std::optional<Error> before = m_error;
    m_error = keys ? std::nullopt : std::optional(keys.error());
    m_keys->setVisible(keys && mode() != SecureBoot::Off);
    if (keys) {
        QString rows;
        for (const auto& [name, list] : {std::pair("PK", &keys->pk), std::pair("KEK", &keys->kek),
                 std::pair("db", &keys->db), std::pair("dbx", &keys->dbx)}) {
            rows += QStringLiteral("<tr><td>%1</td><td>%2</td></tr>")
                        .arg(QLatin1String(name),
                            list->lines()
                                .join(QLatin1Char('\n'))
                                .toHtmlEscaped()
                                .replace(QLatin1Char('\n'), QStringLiteral("<br>")));
        }
        m_keys->setText(QStringLiteral("<table cellpadding=\"4\">%1</table>").arg(rows));
    }
    m_note->setShade(m_error ? NoteLabel::Shade::Error : NoteLabel::Shade::Quiet);
    m_note->setText(m_error ? m_error->text() : QString());
    m_note->setVisible(m_error.has_value());
    if (before != m_error) {
        Q_EMIT edited();
    }
}

void FirmwarePage::chooseKeys()
{
    auto* dialog = new OwnKeysDialog(m_machine, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &OwnKeysDialog::chosen, this, &FirmwarePage::enroll);
    dialog->open();
}

void FirmwarePage::enroll(const OwnKeys& keys)
{
    QCoro::connect(useOwnKeys(m_machine, m_places, keys), this, [this](const Result<FirmwareSettings>& settings) {
        if (!settings) {
            Q_EMIT failed(m_machine, settings.error());
            return;
        }
        // What another program has changed meanwhile, and nobody here.
        if (m_tpm->isChecked() == m_definition.firmware.hasTpm) {
            m_tpm->setChecked(settings->hasTpm);
        }
        if (m_menu->isChecked() == m_definition.firmware.showsBootMenu) {
            m_menu->setChecked(settings->showsBootMenu);
        }
        m_definition.firmware = *settings;
        m_modes->button(int(SecureBoot::OwnKeys))->setChecked(true);
        readKeys();
        Q_EMIT written(*settings);
    });
}

void FirmwarePage::reset()
{
    ask(this,
        {.question = tr("Reset the firmware's variables of %1?").arg(m_machine),
            .consequence =
                tr("The boot entries that its guest has made are forgotten, and the firmware's settings. The "
                   "file as it is now is kept in the machine's folder, in nvram-backups."),
            .verb = tr("Reset Variables")},
        [this] {
            QCoro::connect(forget(m_machine, m_places), this, [this](const Result<QString>& done) {
                if (!done) {
                    Q_EMIT failed(m_machine, done.error());
                }
                readKeys();
            });
        });
}

} // namespace platter
