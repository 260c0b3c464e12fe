// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/system_page.h"

#include "core/machine/network_boot.h"
#include "ui/fields/field_message.h"
#include "ui/note_label.h"
#include "wizards/new_vm/medium_inspection.h"
#include "wizards/new_vm/recent_media.h"
#include "wizards/path_field.h"
#include "wizards/radio_option.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QRadioButton>
#include <QVBoxLayout>

namespace platter {

SystemPage::SystemPage(MachineDraft& draft, QString sampleGuest)
    : NewVmPage(draft, tr("System"), tr("What does the machine start with?"))
    , m_sampleGuest(std::move(sampleGuest))
    , m_inspection(new MediumInspection(this))
{
    auto* group = new QButtonGroup(this);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(16);

    buildIso(*group);
    whole->addWidget(m_iso);

    m_sample = new RadioOption(tr("The &sample guest"), {}, *group);
    m_sample->button()->setObjectName(QStringLiteral("sampleGuest"));
    m_sampleMessage = new FieldMessage(m_sample->button());
    m_sample->addNote(m_sampleMessage);
    if (QFileInfo(m_sampleGuest).isFile()) {
        m_sample->setPossible(tr("A small Linux that comes with Platter, to try things out: it starts in seconds "
                                 "and can install itself."));
    } else {
        m_sample->setImpossible(
            tr("Not possible: this Platter was built without its sample guest (%1 does not exist).")
                .arg(m_sampleGuest));
    }
    whole->addWidget(m_sample);

    buildNetwork(*group);
    whole->addWidget(m_network);

    m_later = new RadioOption(tr("Nothing &yet"),
        tr("Make the machine now; add an ISO image or a disk with a system when you have one."), *group);
    m_later->button()->setObjectName(QStringLiteral("later"));
    whole->addWidget(m_later);
    whole->addStretch();

    addField({.message = m_isoMessage,
        .own = [this](Tone tone) { return isoError(tone); },
        .about = {Choice::Media},
        .concerns = [this](const Problem& problem) { return problem.file != m_driversFile->path(); },
        .applies = [this] { return m_iso->isChosen(); },
        .otherwise = [this](FieldMessage& message) { sayIso(message); }});
    addField({.message = m_driversMessage,
        .own = [this](Tone tone) -> std::optional<Error> {
            if (tone == Tone::Gentle || !m_addDrivers->isChecked() || !m_driversFile->path().isEmpty()) {
                return std::nullopt;
            }
            return Error{ErrorKind::InvalidInput, tr("No virtio driver ISO is chosen."),
                tr("Choose it, or untick the box to install without it.")};
        },
        .about = {Choice::Media},
        .concerns = [this](const Problem& problem) { return problem.file == m_driversFile->path(); },
        .applies = [this] { return !m_drivers->isHidden() && m_iso->isChosen(); }});
    addField({.message = m_sampleMessage,
        .own = [this](Tone) -> std::optional<Error> {
            const auto& outcome = m_inspection->outcome();
            return outcome && !*outcome ? std::optional(outcome->error()) : std::nullopt;
        },
        .about = {Choice::Media},
        .applies = [this] { return m_sample->isChosen(); }});

    addField({.message = m_networkMessage,
        .own = [this](Tone) { return m_netboot ? std::nullopt : std::optional(m_netboot.error()); },
        .about = {Choice::Media},
        .applies = [this] { return m_network->isChosen(); },
        .otherwise = [this](FieldMessage& message) { sayNetwork(message); }});

    connect(m_inspection, &MediumInspection::changed, this, &SystemPage::examined);
    // The ways below act like the rest only from here on: the first choice is nobody's edit.
    (m_sample->button()->isEnabled() ? m_sample : m_iso)->button()->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, [this](const QAbstractButton*, bool on) {
        if (on) {
            Q_EMIT edited();
            follow(true);
        }
    });
    setAcceptDrops(true);
    follow(true);
}

void SystemPage::buildIso(QButtonGroup& group)
{
    m_iso = new RadioOption(tr("An &ISO image"),
        tr("The installation disc of a system. Choose its file or drop it here."), group,
        RadioOption::Body::Always);
    m_iso->button()->setObjectName(QStringLiteral("isoImage"));
    m_isoFile = new PathField(PathField::Kind::ExistingFile, tr("ISO image"));
    m_isoFile->edit()->setObjectName(QStringLiteral("isoFile"));
    m_isoFile->setNameFilters({tr("ISO images (*.iso *.ISO *.img)"), tr("All files (*)")});
    m_isoFile->setRecent(RecentMedia::files());
    m_isoFile->setStartFolder(RecentMedia::folder());
    m_isoMessage = new FieldMessage(m_isoFile->edit());
    m_isoMessage->setObjectName(QStringLiteral("isoMessage"));
    m_anyway = new QCheckBox(tr("&Use it anyway, as a disc with data"));
    m_anyway->setObjectName(QStringLiteral("useAnyway"));
    m_anyway->hide();
    m_iso->body()->addWidget(m_isoFile);
    m_iso->body()->addWidget(m_isoMessage);
    m_iso->body()->addWidget(m_anyway);
    buildDrivers();
    m_iso->body()->addWidget(m_drivers);

    connect(m_isoFile, &PathField::typed, this, [this] { choose(m_isoFile->path(), false); });
    connect(m_isoFile, &PathField::picked, this, [this] { choose(m_isoFile->path(), true); });
    connect(m_anyway, &QCheckBox::toggled, this, [this] {
        Q_EMIT edited();
        refresh();
        Q_EMIT choiceChanged();
    });
}

void SystemPage::buildDrivers()
{
    m_drivers = new QWidget;
    m_drivers->hide();
    m_addDrivers = new QCheckBox(tr("Add the &virtio drivers as a second DVD"));
    m_addDrivers->setObjectName(QStringLiteral("addDrivers"));
    m_driversFile = new PathField(PathField::Kind::ExistingFile, tr("Virtio driver ISO"));
    m_driversFile->edit()->setObjectName(QStringLiteral("driversFile"));
    m_driversFile->setNameFilters({tr("ISO images (*.iso *.ISO)"), tr("All files (*)")});
    m_driversFile->setPlaceholder(QStringLiteral("virtio-win.iso"));
    m_driversMessage = new FieldMessage(m_driversFile->edit());
    m_driversMessage->setObjectName(QStringLiteral("driversMessage"));
    const QString found = findVirtioDriverIso();
    m_driversFile->setPath(found);
    m_addDrivers->setChecked(!found.isEmpty());
    auto* why = new NoteLabel(found.isEmpty()
            ? tr("Windows Setup has no driver for the paravirtual SCSI controller and sees no disk without it. The "
                 "ISO "
                 "is not on this computer: download virtio-win.iso from the virtio-win project. In Setup, choose "
                 "“Load "
                 "driver” and the second DVD.")
            : tr("Windows Setup has no driver for the paravirtual SCSI controller and sees no disk without it. In "
                 "Setup, choose “Load driver” and the second DVD."));
    auto* column = new QVBoxLayout(m_drivers);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_addDrivers);
    column->addWidget(why);
    column->addWidget(m_driversFile);
    column->addWidget(m_driversMessage);

    connect(m_addDrivers, &QCheckBox::toggled, this, [this] {
        Q_EMIT edited();
        putMedia();
    });
    const auto drivers = [this] {
        m_addDrivers->setChecked(true);
        Q_EMIT edited();
        putMedia();
    };
    connect(m_driversFile, &PathField::typed, this, drivers);
    connect(m_driversFile, &PathField::picked, this, drivers);
}

void SystemPage::buildNetwork(QButtonGroup& group)
{
    m_network = new RadioOption(
        tr("The n&etwork"), tr("The firmware asks the network for a system to start (PXE)."), group);
    m_network->button()->setObjectName(QStringLiteral("networkBoot"));
    m_netbootFolder = new PathField(PathField::Kind::Folder, tr("Folder to boot from"));
    m_netbootFolder->edit()->setObjectName(QStringLiteral("netbootFolder"));
    m_netbootFolder->setPlaceholder(tr("A folder of this computer with a system's netboot files"));
    m_networkMessage = new FieldMessage(m_netbootFolder->edit());
    m_networkMessage->setObjectName(QStringLiteral("networkBootMessage"));
    m_network->body()->addWidget(m_netbootFolder);
    m_network->body()->addWidget(m_networkMessage);
    const auto put = [this] {
        Q_EMIT edited();
        putNetworkBoot();
    };
    connect(m_netbootFolder, &PathField::typed, this, put);
    connect(m_netbootFolder, &PathField::picked, this, put);
}

// Looks for the boot loader at once: a netboot folder is small, and the search ends soon in any other.
void SystemPage::putNetworkBoot()
{
    const QString folder = m_netbootFolder->path();
    m_netboot = folder.isEmpty() ? NetworkBoot{} : findNetworkBoot(folder);
    putMedia();
    refresh();
}

void SystemPage::sayNetwork(FieldMessage& message) const
{
    if (m_netboot && !m_netboot->folder.isEmpty()) {
        message.say(FieldMessage::Kind::Good, tr("The machine boots %1 from there.").arg(m_netboot->file));
    } else {
        message.say(FieldMessage::Kind::Note,
            tr("Without a folder only a server on the machine's network has something to start: user-mode NAT has "
               "none."));
    }
}

void SystemPage::setMedium(const QString& iso)
{
    m_isoFile->setPath(iso);
    m_iso->button()->setChecked(true);
    follow(true);
}

void SystemPage::choose(const QString& iso, bool complete)
{
    Q_EMIT edited();
    m_isoFile->setPath(complete ? iso : m_isoFile->edit()->text());
    m_iso->button()->setChecked(true);
    follow(complete);
}

// Asks about the medium of the chosen way and puts the way into the draft.
void SystemPage::follow(bool complete)
{
    QString medium;
    if (m_iso->isChosen()) {
        medium = m_isoFile->path();
    } else if (m_sample->isChosen()) {
        medium = m_sampleGuest;
    }
    m_inspection->inspect(
        medium, complete ? MediumInspection::When::Now : MediumInspection::When::WhenTypingPauses);
    putMedia();
}

void SystemPage::examined()
{
    const auto& outcome = m_inspection->outcome();
    const bool known = outcome && outcome->has_value();
    const bool asked = m_iso->isChosen();
    const bool cannotStart = known && asked && (*outcome)->uefi != UefiBoot::Yes;
    if (!cannotStart) {
        m_anyway->setChecked(false);
    }
    m_anyway->setVisible(cannotStart);
    m_drivers->setVisible(known && asked && (*outcome)->isWindows);
    draft().setMedium(known ? std::optional(**outcome) : std::nullopt);
    putMedia();
    Q_EMIT settled();
}

void SystemPage::putMedia()
{
    QStringList media;
    if (!m_inspection->file().isEmpty()) {
        media.append(m_inspection->file());
        if (!m_drivers->isHidden() && m_addDrivers->isChecked() && !m_driversFile->path().isEmpty()) {
            media.append(m_driversFile->path());
        }
    }
    const bool network = m_network->isChosen();
    draft().edit(Choice::Media, [&](NewMachine& machine) {
        machine.media = media;
        machine.bootFromNetwork = network;
        machine.networkBoot = network ? m_netboot.value_or(NetworkBoot{}) : NetworkBoot{};
        machine.hasNetwork = machine.hasNetwork || network;
    });
}

void SystemPage::remember() const
{
    if (m_iso->isChosen() && !m_isoFile->path().isEmpty()) {
        RecentMedia::add(m_isoFile->path());
    }
}

bool SystemPage::isRefused() const
{
    const auto& outcome = m_inspection->outcome();
    return outcome && *outcome && (*outcome)->uefi != UefiBoot::Yes && !m_anyway->isChecked();
}

std::optional<Error> SystemPage::isoError(Tone tone) const
{
    if (m_isoFile->path().isEmpty()) {
        return tone == Tone::Gentle ? std::nullopt
                                    : std::optional(Error{ErrorKind::InvalidInput, tr("No ISO image is chosen."),
                                          tr("Choose its file, or another way below.")});
    }
    if (QDir::isRelativePath(m_isoFile->path())) {
        return std::nullopt; // a rule says so; relative to what is anybody's guess
    }
    const auto& outcome = m_inspection->outcome();
    if (outcome && !*outcome) {
        return outcome->error();
    }
    if (isRefused()) {
        return Error{ErrorKind::Unsupported, (*outcome)->sentence(),
            tr("Choose an image with UEFI boot for 64-bit PCs, or tick the box below.")};
    }
    return std::nullopt;
}

void SystemPage::sayIso(FieldMessage& message) const
{
    const auto& outcome = m_inspection->outcome();
    if (m_inspection->isBusy()) {
        message.say(FieldMessage::Kind::Busy, tr("Looking at what is on it…"));
    } else if (!outcome || !*outcome) {
        message.clear();
    } else if ((*outcome)->uefi == UefiBoot::Yes) {
        message.say(FieldMessage::Kind::Good, (*outcome)->sentence());
    } else {
        message.say(FieldMessage::Kind::Warning, (*outcome)->sentence());
    }
}

QString SystemPage::choice() const
{
    if (m_sample->isChosen()) {
        return tr("Sample guest");
    }
    if (m_network->isChosen()) {
        return tr("From the network");
    }
    if (m_later->isChosen()) {
        return tr("Nothing yet");
    }
    const std::optional<InstallMedium>& medium = draft().medium();
    if (medium && !medium->osName.isEmpty()) {
        return medium->osName;
    }
    return QFileInfo(m_isoFile->path()).fileName();
}

QWidget* SystemPage::firstField() const
{
    if (m_iso->isChosen()) {
        return m_isoFile->edit();
    }
    for (const RadioOption* option : {m_sample, m_network, m_later}) {
        if (option->isChosen()) {
            return option->button();
        }
    }
    return m_iso->button();
}

bool SystemPage::isLooking()
{
    return m_inspection->isBusy();
}

bool SystemPage::lookAgain()
{
    const auto& outcome = m_inspection->outcome();
    if (outcome && !*outcome) {
        m_inspection->inspect(m_inspection->file(), MediumInspection::When::Now);
        return true;
    }
    return NewVmPage::lookAgain();
}

Leave SystemPage::tryLeave()
{
    m_inspection->hurry();
    return NewVmPage::tryLeave();
}

void SystemPage::dragEnterEvent(QDragEnterEvent* event)
{
    if (!PathField::droppedFile(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
        m_dragging = true;
        update();
    }
}

void SystemPage::dragLeaveEvent(QDragLeaveEvent*)
{
    m_dragging = false;
    update();
}

void SystemPage::dropEvent(QDropEvent* event)
{
    m_dragging = false;
    update();
    event->acceptProposedAction();
    choose(PathField::droppedFile(event->mimeData()), true);
}

void SystemPage::paintEvent(QPaintEvent* event)
{
    NewVmPage::paintEvent(event);
    if (m_dragging) {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2, Qt::DashLine));
        painter.drawRoundedRect(rect().adjusted(8, 4, -8, -8), 8, 8);
    }
}

} // namespace platter
