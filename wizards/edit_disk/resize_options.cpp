// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/resize_options.h"

#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "ui/fields/size_box.h"
#include "ui/note_label.h"

#include <QCheckBox>
#include <QCoroTask>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace platter {

namespace {

// A disk that becomes this many times as large is rather a slip of the finger.
constexpr std::uint64_t suspicious = 10;

// How far the handle goes: dragging must not end at 64 TiB by accident.
ByteCount reachOf(ByteCount size)
{
    const std::uint64_t most = std::max(size.bytes() * 3, size.bytes() + ByteCount::gibibytes(1).bytes());
    return std::min(ByteCount(most), largestVhdx);
}

ByteCount roundedUp(ByteCount size, ByteCount unit)
{
    return ByteCount((size.bytes() + unit.bytes() - 1) / unit.bytes() * unit.bytes());
}

// A limit must not be rounded to something that breaks it.
QString limitText(ByteCount size)
{
    const QString text = size.toString();
    const Result<ByteCount> said = ByteCount::parse(text);
    if (said && *said == size) {
        return text;
    }
    const auto mebibytes = static_cast<double>(size.bytes()) / static_cast<double>(ByteCount::mebibytes(1).bytes());
    return ResizeOptions::tr("%1 MiB").arg(QLocale().toString(std::ceil(mebibytes * 100) / 100, 'f', 2));
}

} // namespace

ResizeOptions::ResizeOptions(EditDraft& draft, EditAction action)
    : EditOptions(draft)
    , m_action(action)
    , m_picture(new DiskPicture)
    , m_box(new SizeBox(SizeBox::BareNumber::Disk, roundSizes(ByteCount::mebibytes(16), largestVhdx)))
    , m_difference(new QLabel)
    , m_message(new FieldMessage(m_box))
    , m_limits(new NoteLabel)
    , m_sure(new QCheckBox)
    , m_gpt(new QCheckBox(tr("&Move the partition table's backup to the new end")))
    , m_grow(new QCheckBox(tr("Then &grow the last partition and its file system in the guest")))
    , m_guest(new FieldMessage(m_grow))
{
    const QString prefix = grows() ? QStringLiteral("expand") : QStringLiteral("shrink");
    m_picture->setObjectName(prefix + QStringLiteral("Picture"));
    m_box->setObjectName(prefix + QStringLiteral("Size"));
    m_box->setAccessibleName(tr("New size"));
    m_message->setObjectName(prefix + QStringLiteral("Message"));
    m_sure->setObjectName(prefix + QStringLiteral("Sure"));
    m_gpt->setObjectName(QStringLiteral("moveGptBackup"));
    m_sure->setAccessibleName(tr("Confirm the unusual size"));
    m_sure->setVisible(false);
    m_gpt->setVisible(false);
    m_grow->setObjectName(QStringLiteral("growInGuest"));
    m_grow->setVisible(false);
    m_guest->setObjectName(QStringLiteral("growInGuestMessage"));
    auto* caption = new QLabel(tr("New &size:"));
    caption->setBuddy(m_box);

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(caption);
    row->addWidget(m_box);
    row->addWidget(m_difference);
    row->addStretch(1);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(12);
    whole->addWidget(m_picture);
    whole->addLayout(row);
    whole->addWidget(m_message);
    whole->addWidget(m_limits);
    whole->addWidget(m_sure);
    whole->addWidget(m_gpt);
    whole->addWidget(m_grow);
    whole->addWidget(m_guest);
    whole->addStretch(1);

    connect(m_box, &SizeBox::edited, this, [this] {
        followBox();
        Q_EMIT edited();
    });
    connect(m_picture, &DiskPicture::dragged, this, [this](ByteCount size) {
        m_box->setSize(size);
        take(size);
        Q_EMIT edited();
    });
    connect(m_sure, &QCheckBox::toggled, this, [this] {
        refresh();
        Q_EMIT edited();
    });
    connect(m_gpt, &QCheckBox::toggled, this, [this](bool on) {
        this->draft().edit([on](EditRequest& request) { request.movesGptBackup = on; });
        Q_EMIT edited();
    });
    connect(m_grow, &QCheckBox::clicked, this, [this](bool on) {
        m_wantsGrowth = on;
        this->draft().edit([on](EditRequest& request) { request.growsInGuest = on; });
        Q_EMIT edited();
    });
    connect(&draft, &EditDraft::useChanged, this, [this] {
        if (isVisible()) {
            enter(); // what the machine can do has changed
        }
    });
}

QString ResizeOptions::title() const
{
    return grows() ? tr("How large is the disk to be?") : tr("How small is the disk to be?");
}

QString ResizeOptions::choice() const
{
    return draft().request().newSize.bytes() > 0 ? tr("to %1").arg(draft().request().newSize.toString())
                                                 : QString();
}

ByteCount ResizeOptions::suggestion() const
{
    const DiskInspection& disk = draft().disk()->disk;
    if (grows()) {
        return std::min(ByteCount(disk.virtualSize.bytes() * 2), largestVhdx);
    }
    for (const ByteCount unit : {ByteCount::gibibytes(1), ByteCount::mebibytes(1)}) {
        const ByteCount rounded = roundedUp(std::max(disk.smallestSize(), unit), unit);
        if (rounded < disk.virtualSize) {
            return rounded;
        }
    }
    return disk.smallestSize();
}

void ResizeOptions::reset()
{
    if (draft().disk() == nullptr) {
        return;
    }
    const DiskInspection& disk = draft().disk()->disk;
    m_picture->setDisk(disk);
    m_picture->setName(QFileInfo(disk.image.file).fileName());
    const ByteCount size = suggestion();
    m_box->setSize(size);
    m_sure->setChecked(false);
    m_gpt->setChecked(true);
    m_wantsGrowth = true;
    m_limits->setText(grows()
            ? tr("It has %1 now. A disk has %2 at most.").arg(disk.virtualSize.toString(), largestVhdx.toString())
            : tr("It has %1 now, and what is on it needs %2 at least.")
                  .arg(disk.virtualSize.toString(), limitText(disk.smallestSize())));
    take(size);
}

void ResizeOptions::enter()
{
    if (draft().disk() == nullptr) {
        return;
    }
    // A guest that runs puts the backup where it belongs by itself.
    const bool canMoveBackup =
        grows() && draft().disk()->disk.partitions.kind == PartitionTable::Kind::Gpt && !draft().use().isRunning();
    m_gpt->setVisible(canMoveBackup);
    draft().edit([&](EditRequest& request) { request.movesGptBackup = canMoveBackup && m_gpt->isChecked(); });
    followBox(); // the other way of resizing has left its size
    askGuest();
}

void ResizeOptions::askGuest()
{
    const int question = ++m_asked;
    const DiskUse& use = draft().use();
    const bool hasGuest = grows() && use.isRunning() && use.session;
    m_grow->setVisible(hasGuest);
    m_grow->setEnabled(true);
    m_grow->setChecked(m_wantsGrowth);
    draft().edit([&](EditRequest& request) { request.growsInGuest = hasGuest && m_wantsGrowth; });
    if (!hasGuest) {
        m_guest->clear();
        return;
    }
    m_guest->say(FieldMessage::Kind::Busy, tr("Asking the guest agent…"));
    QCoro::connect(use.session->lookInGuest(use.slot), this, [this, question](const Result<GuestVolume>& volume) {
        if (question == m_asked) {
            takeGuestsAnswer(volume);
        }
    });
}

void ResizeOptions::takeGuestsAnswer(const Result<GuestVolume>& volume)
{
    std::optional<Error> obstacle;
    if (!volume) {
        obstacle = volume.error();
    } else if (const Result<QStringList> commands = growthCommands(*volume, largestVhdx); !commands) {
        obstacle = commands.error();
    }
    m_grow->setEnabled(!obstacle);
    m_grow->setChecked(!obstacle && m_wantsGrowth);
    if (obstacle) {
        m_guest->say(FieldMessage::Kind::Note, obstacle->text());
        m_guest->offerFix(tr("Ask again"), [this] { askGuest(); });
    } else {
        m_guest->say(FieldMessage::Kind::Good,
            tr("The guest agent answers: %1 has %2 and can grow.").arg(volume->name(), volume->size.toString()));
    }
    draft().edit([this](EditRequest& request) { request.growsInGuest = m_grow->isChecked(); });
}

void ResizeOptions::take(ByteCount size)
{
    draft().edit([size](EditRequest& request) { request.newSize = size; });
    const DiskInspection& disk = draft().disk()->disk;
    if (grows()) {
        m_picture->setRange(disk.virtualSize, std::max(reachOf(disk.virtualSize), std::min(size, largestVhdx)));
    } else {
        m_picture->setRange(disk.smallestSize(), disk.virtualSize);
    }
    m_picture->setProposed(size);
    refresh();
}

void ResizeOptions::followBox()
{
    if (const Result<ByteCount> size = m_box->size()) {
        if (*size != draft().request().newSize) {
            m_sure->setChecked(false);
        }
        take(*size);
    } else {
        refresh();
    }
}

std::optional<Error> ResizeOptions::problem() const
{
    const Result<ByteCount> size = m_box->size();
    if (!size) {
        return size.error();
    }
    const DiskInspection& disk = draft().disk()->disk;
    if (const Result<void> possible = checkImageSize(*size); !possible) {
        return possible.error();
    }
    if (size->bytes() % disk.logicalSectorSize != 0) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("The size must be a multiple of the disk's sectors of %1.")
                .arg(ByteCount(disk.logicalSectorSize).toString())};
    }
    if (grows() && *size <= disk.virtualSize) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("The disk has %1 already.").arg(disk.virtualSize.toString()),
            .advice = tr("Choose more than that.")};
    }
    if (!grows() && *size >= disk.virtualSize) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("The disk has only %1.").arg(disk.virtualSize.toString()),
            .advice = tr("Choose less than that.")};
    }
    if (!grows() && *size < disk.smallestSize()) {
        return Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("%1 would cut into what is on the disk.").arg(size->toString()),
            .advice = tr("Choose at least %1, or make the last partition smaller in the machine first.")
                .arg(limitText(disk.smallestSize()))};
    }
    return std::nullopt;
}

void ResizeOptions::refresh()
{
    const Result<ByteCount> size = m_box->size();
    const std::optional<Error> wrong = problem();
    const std::uint64_t now = draft().disk()->disk.virtualSize.bytes();
    const bool isSuspicious = grows() && !wrong && size->bytes() / suspicious >= now;
    m_sure->setVisible(isSuspicious);
    if (isSuspicious) {
        m_sure->setText(tr("&Yes, %1: %L2 times as much as now").arg(size->toString()).arg(size->bytes() / now));
    }
    if (wrong) {
        m_message->setField(m_box);
        m_message->say({*wrong});
        m_difference->clear();
    } else {
        m_message->clear();
        m_difference->setText(grows() ? tr("%1 more").arg(ByteCount(size->bytes() - now).toString())
                                      : tr("%1 less").arg(ByteCount(now - size->bytes()).toString()));
    }
}

QWidget* ResizeOptions::firstField() const
{
    return m_box;
}

Leave ResizeOptions::tryLeave()
{
    refresh();
    if (problem()) {
        m_box->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    if (m_sure->isVisibleTo(this) && !m_sure->isChecked()) {
        m_message->setField(m_sure);
        m_message->say({Error{.kind = ErrorKind::InvalidInput,
            .summary = tr("That is very much more than the disk has now."),
            .advice = tr("Confirm it below if it is what you mean.")}});
        m_sure->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    return Leave::Go;
}

} // namespace platter
