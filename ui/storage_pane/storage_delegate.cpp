// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_delegate.h"

#include "ui/disk_picture/disk_painting.h"
#include "ui/icons.h"
#include "ui/shades.h"
#include "ui/storage_pane/storage_model.h"
#include "ui/storage_pane/storage_view.h"

#include <QPainter>
#include <QTextLayout>

namespace platter {

namespace {

using Kind = StorageRow::Kind;

constexpr int between = 4; // a frame and its row's edge
constexpr int padding = 12; // inside a card, at its sides
constexpr int gap = 8;
constexpr int iconSize = 16;
constexpr double corner = 4;
constexpr int narrowBelow = 84; // characters

// Measures and paints with the same figures.
struct Measures {
    explicit Measures(const QStyleOptionViewItem& option, int width)
        : metrics(option.fontMetrics)
        , line(qMax(metrics.height(), iconSize))
        , isNarrow(width < narrowBelow * metrics.averageCharWidth())
    {
    }

    // Of a narrow card's body every text has a line of its own, where it says something.
    int linesOf(const DriveCard& card) const
    {
        const auto said = [](const QString& text) { return text.isEmpty() ? 0 : 1; };
        if (card.isFaulty && card.isDisk) {
            return 1;
        }
        if (isNarrow) {
            return said(card.note) + said(card.reading) + said(card.writing) + said(card.trimMark);
        }
        return card.isDisk ? 1 : qMax(said(card.note), said(card.reading));
    }

    int cardHeight(const DriveCard& card) const
    {
        const int head = line + (isNarrow ? line + gap / 2 : 0);
        const int map = card.isDisk ? gap + diskBarHeight(metrics) : 0;
        const int lines = linesOf(card);
        const int body = lines > 0 ? gap + lines * line + (lines - 1) * (gap / 2) : 0;
        return head + map + body + 2 * gap + 2 * between;
    }

    QFontMetrics metrics;
    int line;
    bool isNarrow;
};

class RowPainter {
public:
    RowPainter(QPainter& painter, const QStyleOptionViewItem& option)
        : m_painter(painter)
        , m_option(option)
        , m_palette(option.palette)
        , m_measures(option, option.rect.width())
        , m_frame(StorageDelegate::frameIn(option.rect))
        , m_isSelected(option.state.testFlag(QStyle::State_Selected))
        , m_hasFocus(option.state.testFlag(QStyle::State_HasFocus))
    {
    }

    // BUTTONS: how wide those at its end are.
    void controller(const StorageModel& model, const StorageRow& row, int buttons)
    {
        const QRect inside = m_frame.adjusted(gap / 2, 0, -gap / 2, 0);
        if (m_isSelected) {
            frame(QPalette::Window, Qt::SolidLine);
        }
        QFont bold = m_option.font;
        bold.setBold(true);
        const QString name = StorageModel::tr("SCSI controller %1").arg(row.controller);
        const QString use =
            StorageModel::tr("%1 of %2 slots").arg(model.used(row.controller)).arg(slotsPerController);
        const int width = put(inside, name, Qt::AlignLeft, bold, m_palette.color(QPalette::WindowText));
        // Half a number would be a wrong one.
        const QRect room = inside.adjusted(width + gap, 0, -buttons - gap, 0);
        if (m_option.fontMetrics.horizontalAdvance(use) <= room.width()) {
            put(room, use, Qt::AlignLeft, m_option.font, quietText(m_palette, QPalette::Window));
        }
    }

    void drive(const DriveCard& card)
    {
        frame(QPalette::Base, Qt::SolidLine);
        QRect rest = m_frame.adjusted(padding, gap, -padding, -gap);
        head(card, takeLine(rest));
        if (m_measures.isNarrow) {
            rest.setTop(rest.top() + gap / 2);
            put(takeLine(rest).adjusted(iconSize + gap, 0, 0, 0), card.facts, Qt::AlignLeft, m_option.font,
                quiet());
        }
        rest.setTop(rest.top() + gap);
        if (card.isDisk) {
            disk(card, rest);
        } else {
            medium(card, rest);
        }
    }

    void emptySlots(const QString& text, bool isUnfolded)
    {
        frame(QPalette::Window, Qt::DashLine);
        QStyleOption arrow;
        arrow.initFrom(m_option.widget);
        arrow.palette = m_palette;
        arrow.rect = placed(QRect(m_frame.left() + padding, m_frame.center().y() - 6, 13, 13));
        const bool rightToLeft = m_option.direction == Qt::RightToLeft;
        style().drawPrimitive(isUnfolded ? QStyle::PE_IndicatorArrowDown
                : rightToLeft            ? QStyle::PE_IndicatorArrowLeft
                                         : QStyle::PE_IndicatorArrowRight,
            &arrow, &m_painter, m_option.widget);
        put(m_frame.adjusted(padding + iconSize + gap, 0, -padding, 0), text, Qt::AlignLeft, m_option.font,
            quietText(m_palette, QPalette::Window));
    }

    void slot(const QString& text)
    {
        frame(QPalette::Window, Qt::DashLine);
        put(m_frame, text, Qt::AlignHCenter, m_option.font, quietText(m_palette, QPalette::Window));
    }

    void addController(const QString& text)
    {
        if (m_isSelected) {
            frame(QPalette::Window, Qt::SolidLine);
        }
        put(m_frame.adjusted(gap / 2, 0, 0, 0), text, Qt::AlignLeft, m_option.font,
            quietText(m_palette, QPalette::Window));
    }

private:
    const QStyle& style() const { return *m_option.widget->style(); }

    QColor quiet() const { return quietText(m_palette, QPalette::Base); }

    QRect placed(const QRect& rect) const { return QStyle::visualRect(m_option.direction, m_option.rect, rect); }

    QRect takeLine(QRect& rest) const
    {
        QRect line = rest;
        line.setHeight(m_measures.line);
        rest.setTop(line.bottom() + 1);
        return line;
    }

    void frame(QPalette::ColorRole ground, Qt::PenStyle line)
    {
        const QColor back = m_palette.color(ground);
        // Selection shows by the line's weight and colour, the focus by its strength: never colour alone.
        const double weight = m_isSelected ? 2 : 1;
        QColor colour = outline(m_palette, ground);
        if (m_isSelected) {
            colour = m_hasFocus ? m_palette.color(QPalette::Highlight) : quietText(m_palette, ground);
        }
        m_painter.setPen(QPen(colour, weight, m_isSelected ? Qt::SolidLine : line));
        m_painter.setBrush(line == Qt::SolidLine ? QBrush(back) : QBrush(Qt::NoBrush));
        const double half = weight / 2;
        m_painter.drawRoundedRect(QRectF(m_frame).adjusted(half, half, -half, -half), corner, corner);
    }

    // Returns the width that the text takes.
    int put(const QRect& where, const QString& text, Qt::Alignment side, const QFont& font, const QColor& colour,
        Qt::TextElideMode elide = Qt::ElideRight)
    {
        if (text.isEmpty() || where.width() <= 0) {
            return 0;
        }
        const QFontMetrics metrics(font);
        const QString shown = metrics.elidedText(text, elide, where.width());
        m_painter.setFont(font);
        m_painter.setPen(colour);
        m_painter.drawText(placed(where),
            static_cast<int>(QStyle::visualAlignment(m_option.direction, side) | Qt::AlignVCenter)
                | Qt::TextSingleLine,
            shown);
        return metrics.horizontalAdvance(shown);
    }

    void head(const DriveCard& card, QRect line)
    {
        symbolicIcon(card.icon).paint(
            &m_painter, placed(QRect(line.left(), line.center().y() - iconSize / 2 + 1, iconSize, iconSize)));
        line.setLeft(line.left() + iconSize + gap);
        QFont bold = m_option.font;
        bold.setBold(true);
        if (!m_measures.isNarrow) {
            const int width = m_measures.metrics.horizontalAdvance(card.facts) + 2; // rounded
            put(QRect(line.right() + 1 - width, line.top(), width, line.height()), card.facts, Qt::AlignRight,
                m_option.font, quiet());
            line.setRight(line.right() - width - 2 * gap);
        }
        put(line, card.slot, Qt::AlignLeft, m_option.font, quiet());
        line.setLeft(line.left() + m_measures.metrics.horizontalAdvance(QStringLiteral("0:00")) + gap);
        const int mark =
            card.bootMark.isEmpty() ? 0 : m_measures.metrics.horizontalAdvance(card.bootMark) + 2 * gap;
        const QRect title = line.adjusted(0, 0, -(mark > 0 ? mark + gap : 0), 0);
        const int width =
            put(title, card.title, Qt::AlignLeft, bold, m_palette.color(QPalette::Text), Qt::ElideMiddle);
        if (mark > 0) {
            pill(QRect(title.left() + width + gap, line.top(), mark, line.height()), card.bootMark);
        }
    }

    void pill(const QRect& where, const QString& text)
    {
        const QColor colour = goodShade(m_palette);
        m_painter.setPen(QPen(colour, 1));
        m_painter.setBrush(Qt::NoBrush);
        const QRectF shape = QRectF(placed(where)).adjusted(0.5, 0.5, -0.5, -0.5);
        m_painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2);
        put(where, text, Qt::AlignHCenter, m_option.font, colour);
    }

    void disk(const DriveCard& card, QRect rest)
    {
        if (card.isFaulty) {
            fault(card, rest);
            return;
        }
        QRect bar = rest;
        bar.setHeight(diskBarHeight(m_measures.metrics));
        rest.setTop(bar.bottom() + 1 + gap);
        m_painter.setFont(m_option.font);
        if (card.segments.empty()) {
            paintUnknownDisk(m_painter, bar, m_palette);
            put(bar.adjusted(gap, 0, -gap, 0), card.note, Qt::AlignLeft, m_option.font, quiet());
        } else {
            paintDisk(m_painter, card.segments, bar, m_palette);
        }
        if (m_measures.isNarrow) {
            stack(rest, card.reading, trafficColour(card));
            stack(rest, card.writing, trafficColour(card));
            stack(rest, card.trimMark, quiet());
            return;
        }
        QRect line = takeLine(rest);
        const int width = put(line, card.trimMark, Qt::AlignRight, m_option.font, quiet());
        line.setRight(line.right() - width - 2 * gap);
        traffic(card, line);
    }

    void medium(const DriveCard& card, QRect rest)
    {
        rest.setLeft(rest.left() + iconSize + gap);
        const QColor colour = card.isFaulty ? errorShade(m_palette) : quiet();
        if (m_measures.isNarrow) {
            if (card.isFaulty) {
                QRect line = takeLine(rest);
                warn(line);
                put(line, card.note, Qt::AlignLeft, m_option.font, colour);
                rest.setTop(rest.top() + gap / 2);
            } else {
                stack(rest, card.note, colour);
            }
            stack(rest, card.reading, trafficColour(card));
            return;
        }
        QRect line = takeLine(rest);
        const int width = put(line, card.reading, Qt::AlignRight, m_option.font, trafficColour(card));
        line.setRight(line.right() - (width > 0 ? width + 2 * gap : 0));
        if (card.isFaulty) {
            warn(line);
        }
        put(line, card.note, Qt::AlignLeft, m_option.font, colour);
    }

    // On a line of its own, where there is something to say.
    void stack(QRect& rest, const QString& text, const QColor& colour)
    {
        if (!text.isEmpty()) {
            put(takeLine(rest), text, Qt::AlignLeft, m_option.font, colour);
            rest.setTop(rest.top() + gap / 2);
        }
    }

    QColor trafficColour(const DriveCard& card) const
    {
        return card.isBusy ? m_palette.color(QPalette::Text) : quiet();
    }

    void traffic(const DriveCard& card, QRect line)
    {
        // Both have their places, so that nothing moves while figures change.
        const int column = qMin(line.width() / 2, m_measures.metrics.averageCharWidth() * 36);
        put(QRect(line.left(), line.top(), column - gap, line.height()), card.reading, Qt::AlignLeft, m_option.font,
            trafficColour(card));
        put(QRect(line.left() + column, line.top(), column, line.height()), card.writing, Qt::AlignLeft,
            m_option.font, trafficColour(card));
    }

    // Takes its room from LINE.
    void warn(QRect& line)
    {
        symbolicIcon(QStringLiteral("dialog-warning"))
            .paint(
                &m_painter, placed(QRect(line.left(), line.center().y() - iconSize / 2 + 1, iconSize, iconSize)));
        line.setLeft(line.left() + iconSize + gap);
    }

    void fault(const DriveCard& card, const QRect& bar)
    {
        m_painter.setPen(QPen(errorShade(m_palette), 1, Qt::DashLine));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawRoundedRect(QRectF(bar).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        QRect inside = bar.adjusted(gap, 0, -gap, 0);
        warn(inside);
        m_painter.setPen(errorShade(m_palette));
        m_painter.setFont(m_option.font);
        m_painter.drawText(placed(inside),
            static_cast<int>(QStyle::visualAlignment(m_option.direction, Qt::AlignLeft) | Qt::AlignVCenter),
            inLines(card.note, inside.width(), bar.height() / m_measures.metrics.lineSpacing()));
    }

    // TEXT in at most COUNT lines; what does not fit is elided.
    QString inLines(const QString& text, int width, int count) const
    {
        QTextLayout layout(text, m_option.font);
        QTextOption wrap;
        wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
        layout.setTextOption(wrap);
        layout.beginLayout();
        QStringList lines;
        for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
            line.setLineWidth(width);
            if (lines.size() + 1 == count) {
                lines << m_measures.metrics.elidedText(text.sliced(line.textStart()), Qt::ElideRight, width);
                break;
            }
            lines << text.sliced(line.textStart(), line.textLength());
        }
        layout.endLayout();
        return lines.join(QLatin1Char('\n'));
    }

    QPainter& m_painter;
    const QStyleOptionViewItem& m_option;
    QPalette m_palette;
    Measures m_measures;
    QRect m_frame;
    bool m_isSelected;
    bool m_hasFocus;
};

const StorageModel& modelOf(const QModelIndex& index)
{
    return *static_cast<const StorageModel*>(index.model());
}

} // namespace

QRect StorageDelegate::frameIn(const QRect& row)
{
    return row.adjusted(between, between, -between, -between);
}

void StorageDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const StorageModel& model = modelOf(index);
    const StorageRow row = model.rowAt(index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    RowPainter rows(*painter, option);
    switch (row.kind) {
    case Kind::Controller: {
        const QWidget* buttons = static_cast<const StorageView*>(option.widget)->indexWidget(index);
        rows.controller(model, row, buttons != nullptr ? buttons->width() : 0);
        break;
    }
    case Kind::Drive:
        rows.drive(*model.cardAt(index));
        break;
    case Kind::EmptySlots:
        rows.emptySlots(index.data().toString(), model.isUnfolded(row.controller));
        break;
    case Kind::Slot:
        rows.slot(index.data().toString());
        break;
    case Kind::AddController:
        rows.addController(index.data().toString());
        break;
    }
    painter->restore();
}

QSize StorageDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* view = static_cast<const StorageView*>(option.widget);
    const int width = view->rowWidth();
    const Measures measures(option, width);
    const StorageModel& model = modelOf(index);
    switch (model.rowAt(index).kind) {
    case Kind::Controller:
    case Kind::AddController:
        return {width, measures.line + 2 * gap + 2 * between};
    case Kind::Drive:
        return {width, measures.cardHeight(*model.cardAt(index))};
    case Kind::EmptySlots:
        return {width, measures.line + gap + 2 * between};
    case Kind::Slot: {
        const int least = measures.metrics.horizontalAdvance(QStringLiteral("00:00")) + 4 * gap + 2 * between;
        return {(width - 2) / qMax(1, width / least), measures.line + gap + 2 * between};
    }
    }
    Q_UNREACHABLE_RETURN({});
}

void StorageDelegate::updateEditorGeometry(
    QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const
{
    const QRect inside = frameIn(option.rect).adjusted(gap / 2, gap / 4, -gap / 2, -gap / 4); // of a focus frame
    const QSize size = editor->sizeHint().boundedTo(inside.size());
    editor->setGeometry(QStyle::alignedRect(option.direction, Qt::AlignRight | Qt::AlignVCenter, size, inside));
}

} // namespace platter
