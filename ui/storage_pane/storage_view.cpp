// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_view.h"

#include "ui/icons.h"
#include "ui/storage_pane/storage_delegate.h"

#include <QContextMenuEvent>
#include <QDrag>
#include <QHBoxLayout>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QUrl>

namespace platter {

namespace {

using Kind = StorageRow::Kind;

constexpr int side = 8;

QString driveMime()
{
    return QStringLiteral("application/x-platter-drive");
}

QStringList filesIn(const QMimeData* data)
{
    QStringList files;
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile()) {
            files << url.toLocalFile();
        }
    }
    return files;
}

std::optional<SlotId> driveIn(const QMimeData* data)
{
    const Result<SlotId> slot = SlotId::parse(QString::fromUtf8(data->data(driveMime())));
    return slot ? std::optional(*slot) : std::nullopt;
}

} // namespace

StorageView::StorageView(StorageModel& model, QWidget* parent)
    : QListView(parent)
    , m_model(model)
{
    setObjectName(QStringLiteral("driveList"));
    setAccessibleName(tr("Drives"));
    setModel(&model);
    setItemDelegate(new StorageDelegate(this));
    setFlow(QListView::LeftToRight); // empty slots lie beside each other
    setWrapping(true);
    setResizeMode(QListView::Adjust);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setFrameShape(QFrame::NoFrame);
    setViewportMargins(side, 0, 0, 0);
    viewport()->setBackgroundRole(QPalette::Window); // cards lie on the window's own ground
    connect(this, &QAbstractItemView::clicked, this, &StorageView::unfold);
    connect(&model, &QAbstractItemModel::modelReset, this, &StorageView::placeButtons);
}

void StorageView::setFileRule(FileRule rule)
{
    m_fileRule = std::move(rule);
    setAcceptDrops(m_fileRule || m_moveRule);
}

void StorageView::setMoveRule(MoveRule rule)
{
    m_moveRule = std::move(rule);
    setAcceptDrops(m_fileRule || m_moveRule);
    setDragEnabled(bool(m_moveRule));
}

void StorageView::setAdding(bool adding)
{
    m_adding = adding;
    m_model.setAdding(adding); // and its rows are made anew
}

int StorageView::rowWidth() const
{
    QStyleOption option;
    option.initFrom(this);
    // As QListView reckons, so that a whole row just fits.
    const int frame = style()->styleHint(QStyle::SH_ScrollView_FrameOnlyAroundContents)
        ? 2 * style()->pixelMetric(QStyle::PM_DefaultFrameWidth, &option)
        : 0;
    return qMax(1,
        maximumViewportSize().width()
            - style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar()) - frame);
}

std::vector<SlotId> StorageView::visibleDrives() const
{
    std::vector<SlotId> drives;
    const QRect seen = viewport()->rect();
    QModelIndex at = indexAt(QPoint(rowWidth() / 2, 1));
    for (int row = at.isValid() ? at.row() : 0; row < m_model.rowCount(); ++row) {
        const QModelIndex index = m_model.index(row);
        const QRect place = visualRect(index);
        if (place.top() > seen.bottom()) {
            break;
        }
        if (place.intersects(seen) && m_model.driveAt(index) != nullptr) {
            drives.push_back(m_model.rowAt(index).slot());
        }
    }
    return drives;
}

std::optional<SlotId> StorageView::slotAt(const QPoint& at) const
{
    const QModelIndex index = indexAt(at);
    if (!index.isValid()) {
        return std::nullopt;
    }
    const StorageRow row = m_model.rowAt(index);
    switch (row.kind) {
    case Kind::Drive:
    case Kind::Slot:
        return row.slot();
    case Kind::Controller:
    case Kind::EmptySlots:
        return m_model.firstEmpty(row.controller);
    case Kind::AddController:
        break;
    }
    return std::nullopt;
}

bool StorageView::unfold(const QModelIndex& index)
{
    if (!index.isValid() || m_model.rowAt(index).kind != Kind::EmptySlots) {
        return false;
    }
    m_model.toggle(m_model.rowAt(index).controller);
    Q_EMIT visibleRowsChanged();
    return true;
}

void StorageView::placeButtons()
{
    for (const QPointer<QWidget>& buttons : std::as_const(m_buttons)) {
        if (buttons) {
            buttons->hide();
            buttons->deleteLater(); // one of them may be what has changed the rows
        }
    }
    m_buttons.clear();
    if (!m_adding) {
        return;
    }
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const QModelIndex index = m_model.index(row);
        const StorageRow what = m_model.rowAt(index);
        if (what.kind == Kind::Controller || what.kind == Kind::AddController) {
            QWidget* buttons = buttonsOf(what);
            setIndexWidget(index, buttons);
            m_buttons << buttons;
        }
    }
}

QWidget* StorageView::buttonsOf(const StorageRow& row)
{
    auto* buttons = new QWidget;
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    const auto put = [&](const char* icon, const char* name, const QString& text, const QString& spoken,
                         auto&& run) {
        auto* button = new QPushButton(symbolicIcon(QLatin1String(icon)), text);
        button->setObjectName(QLatin1String(name));
        button->setAccessibleName(spoken);
        connect(button, &QPushButton::clicked, this, run);
        line->addWidget(button);
    };
    const auto add = [&](const char* name, const QString& text, const QString& spoken, auto&& run) {
        put("list-add", name, text, spoken, run);
    };
    const int controller = row.controller;
    if (row.kind == Kind::AddController) {
        add("addController", tr("SCSI controller"), tr("Add a SCSI controller"),
            [this] { Q_EMIT addControllerRequested(); });
        return buttons;
    }
    if (m_model.isRemovable(controller)) {
        put("user-trash", "removeController", tr("Remove"), tr("Remove SCSI controller %1").arg(controller),
            [this] { Q_EMIT removeControllerRequested(); });
    }
    add("addDisk", tr("Disk"), tr("Add a disk to controller %1").arg(controller),
        [this, controller] { Q_EMIT addDiskRequested(controller); });
    add("addDvd", tr("DVD drive"), tr("Add a DVD drive to controller %1").arg(controller),
        [this, controller] { Q_EMIT addDvdRequested(controller); });
    return buttons;
}

void StorageView::contextMenuEvent(QContextMenuEvent* event)
{
    const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
    const QModelIndex at = byMouse ? indexAt(viewport()->mapFromGlobal(event->globalPos())) : currentIndex();
    if (at.isValid()) {
        setCurrentIndex(at);
        Q_EMIT contextMenuRequested(
            byMouse ? event->globalPos() : viewport()->mapToGlobal(visualRect(at).center()));
    }
}

void StorageView::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if ((isEnter || event->key() == Qt::Key_Space) && unfold(currentIndex())) {
        event->accept();
        return;
    }
    QListView::keyPressEvent(event);
}

void StorageView::startDrag(Qt::DropActions)
{
    const QModelIndex at = currentIndex();
    if (m_model.driveAt(at) == nullptr) {
        return;
    }
    auto* drag = new QDrag(this);
    auto* carried = new QMimeData;
    carried->setData(driveMime(), m_model.rowAt(at).slot().toString().toUtf8());
    drag->setMimeData(carried);
    const QRect place = visualRect(at);
    const QPixmap picture = viewport()->grab(place);
    drag->setPixmap(picture);
    drag->setHotSpot(viewport()->mapFromGlobal(QCursor::pos()) - place.topLeft());
    drag->exec(Qt::MoveAction);
}

bool StorageView::accepts(const QDropEvent* event) const
{
    const std::optional<SlotId> to = slotAt(event->position().toPoint());
    if (event->source() == this) {
        const std::optional<SlotId> from = driveIn(event->mimeData());
        return m_moveRule && from && to && *from != *to && m_moveRule(*from, *to);
    }
    const QStringList files = filesIn(event->mimeData());
    return m_fileRule && !files.isEmpty() && m_fileRule(files, to);
}

// The view follows what the machine could take, whether or not a drop would do there. Of anything else the window
// says why not.
void StorageView::dragEnterEvent(QDragEnterEvent* event)
{
    const bool isOurs = event->source() == this && driveIn(event->mimeData());
    const QStringList files = filesIn(event->mimeData());
    if ((isOurs && m_moveRule) || (m_fileRule && !files.isEmpty() && m_fileRule(files, std::nullopt))) {
        event->setDropAction(isOurs ? Qt::MoveAction : Qt::CopyAction);
        event->accept();
    } else {
        event->ignore();
    }
}

void StorageView::dragMoveEvent(QDragMoveEvent* event)
{
    QListView::dragMoveEvent(event); // scrolls at the edges
    if (accepts(event)) {
        event->setDropAction(event->source() == this ? Qt::MoveAction : Qt::CopyAction);
        event->accept();
        showDropAt(event->position().toPoint());
    } else {
        event->ignore();
        showDropAt(std::nullopt);
    }
}

void StorageView::dragLeaveEvent(QDragLeaveEvent* event)
{
    QListView::dragLeaveEvent(event);
    showDropAt(std::nullopt);
}

void StorageView::dropEvent(QDropEvent* event)
{
    QDragLeaveEvent over;
    QListView::dragLeaveEvent(&over); // no more scrolling
    showDropAt(std::nullopt);
    if (!accepts(event)) {
        event->ignore();
        return;
    }
    const std::optional<SlotId> to = slotAt(event->position().toPoint());
    const bool isMove = event->source() == this;
    event->setDropAction(isMove ? Qt::MoveAction : Qt::CopyAction);
    event->accept();
    if (isMove) {
        Q_EMIT driveDragged(*driveIn(event->mimeData()), *to);
    } else {
        Q_EMIT filesDropped(filesIn(event->mimeData()), to);
    }
}

void StorageView::showDropAt(const std::optional<QPoint>& at)
{
    m_isDropShown = at.has_value();
    m_dropAt = at ? QPersistentModelIndex(indexAt(*at)) : QPersistentModelIndex();
    viewport()->update();
}

void StorageView::paintEvent(QPaintEvent* event)
{
    QListView::paintEvent(event);
    if (m_isDropShown) {
        const QRect place =
            m_dropAt.isValid() ? StorageDelegate::frameIn(visualRect(m_dropAt)) : viewport()->rect();
        QPainter painter(viewport());
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
        painter.drawRoundedRect(QRectF(place).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4);
    }
}

void StorageView::resizeEvent(QResizeEvent* event)
{
    QListView::resizeEvent(event);
    Q_EMIT visibleRowsChanged();
}

void StorageView::scrollContentsBy(int dx, int dy)
{
    QListView::scrollContentsBy(dx, dy);
    updateEditorGeometries();
    Q_EMIT visibleRowsChanged();
}

// The buttons on rows go where their rows have gone.
void StorageView::doItemsLayout()
{
    QListView::doItemsLayout();
    updateEditorGeometries();
}

// QListView lays everything out again, which takes longer than painting what is seen: only where a row's height is
// another.
void StorageView::dataChanged(const QModelIndex& first, const QModelIndex& last, const QList<int>& roles)
{
    for (int row = first.row(); row <= last.row(); ++row) {
        const QModelIndex index = m_model.index(row);
        if (sizeHintForIndex(index).height() != visualRect(index).height()) {
            QListView::dataChanged(first, last, roles);
            return;
        }
    }
    QAbstractItemView::dataChanged(first, last, roles);
}

void StorageView::changeEvent(QEvent* event)
{
    QListView::changeEvent(event);
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::FontChange) {
        scheduleDelayedItemsLayout();
    }
}

} // namespace platter
