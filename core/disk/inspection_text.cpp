// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/inspection_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::InspectionText)
};

// Rows whose columns are as wide as their widest cell.
class Columns {
public:
    explicit Columns(QList<Qt::Alignment> alignments)
        : m_alignments(std::move(alignments))
    {
    }

    void add(const QStringList& cells) { m_rows << cells; }

    QString text(const QString& indent) const
    {
        QList<qsizetype> widths(m_alignments.size(), 0);
        for (const QStringList& row : m_rows) {
            for (qsizetype i = 0; i < row.size(); ++i) {
                widths[i] = std::max(widths[i], row[i].size());
            }
        }
        QString text;
        for (const QStringList& row : m_rows) {
            QString line = indent;
            for (qsizetype i = 0; i < row.size(); ++i) {
                const bool right = m_alignments[i] == Qt::AlignRight;
                line += (i == 0 ? QString() : QStringLiteral("  "))
                    + (right ? row[i].rightJustified(widths[i]) : row[i].leftJustified(widths[i]));
            }
            while (line.endsWith(QLatin1Char(' '))) {
                line.chop(1);
            }
            text += line + QLatin1Char('\n');
        }
        return text;
    }

private:
    QList<Qt::Alignment> m_alignments;
    QList<QStringList> m_rows;
};

// With every byte: what a size is set to and compared with.
QString exactly(ByteCount size)
{
    return Texts::tr("%1 (%2 bytes)").arg(size.toString(), QLocale().toString(qulonglong(size.bytes())));
}

QString displayFormat(const ImageDetails& image)
{
    const bool isLowerCase = image.format == ImageKind::Qcow2 || image.format == ImageKind::Raw;
    const QString format = isLowerCase ? nameOf(image.format) : nameOf(image.format).toUpper();
    if (!image.type) {
        return format;
    }
    switch (*image.type) {
    case ImageDetails::Type::Fixed:
        return Texts::tr("%1, fixed").arg(format);
    case ImageDetails::Type::Dynamic:
        return Texts::tr("%1, dynamic").arg(format);
    case ImageDetails::Type::Differencing:
        return Texts::tr("%1, differencing").arg(format);
    }
    Q_UNREACHABLE_RETURN({});
}

QString displayLog(ImageDetails::Log log)
{
    switch (log) {
    case ImageDetails::Log::Clean:
        return Texts::tr("empty");
    case ImageDetails::Log::ToReplay:
        return Texts::tr("has changes that are to be replayed; the next program that writes does that");
    case ImageDetails::Log::Damaged:
        return Texts::tr("damaged");
    }
    Q_UNREACHABLE_RETURN({});
}

QString displayParent(const ParentImage& parent)
{
    return parent.file.isEmpty() ? Texts::tr("not found: %1").arg(parent.storedAs) : parent.file;
}

QString displayTable(const PartitionTable& table)
{
    switch (table.kind) {
    case PartitionTable::Kind::None:
        return table.fileSystem ? Texts::tr("none; the whole disk holds %1").arg(table.fileSystem->displayType())
                                : Texts::tr("none");
    case PartitionTable::Kind::Mbr:
        return table.id.isEmpty() ? Texts::tr("MBR") : Texts::tr("MBR, %1").arg(table.id);
    case PartitionTable::Kind::Gpt:
        return table.id.isEmpty() ? Texts::tr("GPT") : Texts::tr("GPT, %1").arg(table.id);
    }
    Q_UNREACHABLE_RETURN({});
}

QString partitionRows(const PartitionTable& table)
{
    Columns rows({Qt::AlignRight, Qt::AlignRight, Qt::AlignRight, Qt::AlignRight, Qt::AlignLeft, Qt::AlignLeft,
        Qt::AlignLeft});
    rows.add({Texts::tr("No."), Texts::tr("Start"), Texts::tr("Size"), Texts::tr("Used", "by files"),
        Texts::tr("Holds"), Texts::tr("Label"), Texts::tr("Type")});
    for (const Partition& partition : table.partitions) {
        const QString label = partition.fileSystem && !partition.fileSystem->label.isEmpty()
            ? partition.fileSystem->label
            : partition.name;
        rows.add({QString::number(partition.number), ByteCount(partition.range.offset).toString(),
            ByteCount(partition.range.length).toString(),
            partition.fileSystem && partition.fileSystem->space
                ? ByteCount(partition.fileSystem->space->used).toString()
                : QStringLiteral("-"),
            partition.fileSystem ? partition.fileSystem->displayType() : QStringLiteral("-"),
            label.isEmpty() ? QStringLiteral("-") : label,
            partition.typeName.isEmpty() ? partition.type : partition.typeName});
    }
    return rows.text(QStringLiteral("  "));
}

} // namespace

std::vector<NamedFact> namedFacts(const DiskInspection& inspection)
{
    std::vector<NamedFact> facts;
    const ImageDetails& image = inspection.image;
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty()) {
            facts.push_back({name, value});
        }
    };
    add(Texts::tr("File"), image.file);
    add(Texts::tr("Format"), displayFormat(image));
    add(Texts::tr("Virtual size"), exactly(inspection.virtualSize));
    add(Texts::tr("Size on host"), image.sizeOnHost.toString());
    add(Texts::tr("Can be shrunk to"), exactly(inspection.smallestSize()));
    add(Texts::tr("Block size"), image.blockSize ? image.blockSize->toString() : QString());
    add(Texts::tr("Sectors"),
        Texts::tr("%1 bytes logical, %2 bytes physical")
            .arg(inspection.logicalSectorSize)
            .arg(inspection.physicalSectorSize));
    add(Texts::tr("Identifier"), image.identifier);
    add(Texts::tr("Data identifier"), image.dataIdentifier);
    add(Texts::tr("Creator"), image.creator);
    add(Texts::tr("Created"),
        image.created.isValid() ? image.created.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss 'UTC'"))
                                : QString());
    QString name = Texts::tr("Parent");
    for (const ParentImage& parent : image.parents) {
        add(name, displayParent(parent));
        name = Texts::tr("Its parent");
    }
    add(Texts::tr("Log"), image.log ? displayLog(*image.log) : QString());
    if (image.fragmentation) {
        const QLocale locale;
        add(Texts::tr("Blocks in the file"),
            Texts::tr("%1 in %2 runs, %3 unused")
                .arg(locale.toString(qulonglong(image.fragmentation->blocks)),
                    locale.toString(qulonglong(image.fragmentation->runs)),
                    image.fragmentation->unused.toString()));
    }
    add(Texts::tr("Partition table"), displayTable(inspection.partitions));
    return facts;
}

QString toText(const DiskInspection& inspection)
{
    Columns facts({Qt::AlignLeft, Qt::AlignLeft});
    for (const NamedFact& fact : namedFacts(inspection)) {
        facts.add({Texts::tr("%1:", "the name of a fact").arg(fact.name), fact.value});
    }
    QString text = facts.text({});
    if (!inspection.partitions.partitions.empty()) {
        text += QLatin1Char('\n') + partitionRows(inspection.partitions) + QLatin1Char('\n');
    }
    const auto addSentence = [&](const QString& sentence, const QString& advice) {
        text += sentence + (advice.isEmpty() ? QString() : QLatin1Char(' ') + advice) + QLatin1Char('\n');
    };
    for (const PartitionProblem& problem : inspection.partitions.problems) {
        addSentence(problem.sentence(), problem.advice());
    }
    addSentence(inspection.bootability.sentence(), inspection.bootability.advice());
    return text;
}

} // namespace platter
