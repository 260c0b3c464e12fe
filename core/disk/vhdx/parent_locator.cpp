// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/parent_locator.h"

#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"

#include <QMap>

namespace platter::vhdx {

namespace {

namespace at = layout::locator;

constexpr QLatin1String keyLinkage("parent_linkage");
constexpr QLatin1String keyLinkage2("parent_linkage2");
constexpr QLatin1String keyRelative("relative_path");
constexpr QLatin1String keyVolume("volume_path");
constexpr QLatin1String keyAbsolute("absolute_win32_path");

// UTF-16LE; nothing where it lies outside the item.
std::optional<QString> textAt(std::span<const std::byte> item, std::uint32_t offset, std::uint16_t length)
{
    if (offset < at::entries || length == 0 || length % sizeof(char16_t) != 0 || offset > item.size()
        || length > item.size() - offset) {
        return std::nullopt;
    }
    QString text(length / sizeof(char16_t), Qt::Uninitialized);
    for (qsizetype i = 0; i < text.size(); ++i) {
        text[i] = QChar(littleEndian<quint16>(item, offset + static_cast<std::size_t>(i) * sizeof(char16_t)));
    }
    return text;
}

QString withBraces(const QUuid& guid)
{
    return guid.toString(QUuid::WithBraces);
}

} // namespace

bool ParentLocator::accepts(const QUuid& dataWriteGuid) const
{
    return dataWriteGuid == linkage || (!linkage2.isNull() && dataWriteGuid == linkage2);
}

QStringList ParentLocator::paths() const
{
    QStringList found;
    for (const QString& path : {relativePath, volumePath, absolutePath}) {
        if (!path.isEmpty()) {
            found << path;
        }
    }
    return found;
}

Result<ParentLocator> parseParentLocator(std::span<const std::byte> item, std::uint64_t offset)
{
    if (item.size() < at::entries) {
        return std::unexpected(broken(Rule::LocatorMalformed, offset, QStringLiteral("%1 bytes").arg(item.size())));
    }
    if (const QUuid type = guidAt(item, 0); type != layout::locatorTypeVhdx) {
        return std::unexpected(broken(Rule::LocatorType, offset, type.toString()));
    }
    const auto count = littleEndian<quint16>(item, at::keyValueCount);
    if (count > layout::mostLocatorPairs || at::entries + count * at::entrySize > item.size()) {
        return std::unexpected(
            broken(Rule::LocatorMalformed, offset + at::keyValueCount, QStringLiteral("%1 entries").arg(count)));
    }
    QMap<QString, QString> pairs;
    for (std::size_t i = 0; i < count; ++i) {
        const auto entry = item.subspan(at::entries + i * at::entrySize, at::entrySize);
        const auto key =
            textAt(item, littleEndian<quint32>(entry, at::keyOffset), littleEndian<quint16>(entry, at::keyLength));
        const auto value = textAt(
            item, littleEndian<quint32>(entry, at::valueOffset), littleEndian<quint16>(entry, at::valueLength));
        if (!key || !value || pairs.contains(*key)) {
            return std::unexpected(
                broken(Rule::LocatorMalformed, offset + at::entries + i * at::entrySize, key.value_or(QString())));
        }
        pairs.insert(*key, *value);
    }
    const ParentLocator locator{QUuid::fromString(pairs.value(keyLinkage)),
        QUuid::fromString(pairs.value(keyLinkage2)), pairs.value(keyRelative), pairs.value(keyVolume),
        pairs.value(keyAbsolute)};
    if (locator.linkage.isNull()) {
        return std::unexpected(broken(Rule::LocatorLinkage, offset, pairs.value(keyLinkage)));
    }
    if (locator.paths().isEmpty()) {
        return std::unexpected(broken(Rule::LocatorNoPath, offset));
    }
    return locator;
}

std::vector<std::byte> serialize(const ParentLocator& locator)
{
    std::vector<std::pair<QString, QString>> pairs{
        {keyLinkage, withBraces(locator.linkage)}, {keyLinkage2, withBraces(locator.linkage2)}};
    for (const auto& [key, value] : {std::pair(keyRelative, locator.relativePath),
             std::pair(keyVolume, locator.volumePath), std::pair(keyAbsolute, locator.absolutePath)}) {
        if (!value.isEmpty()) {
            pairs.emplace_back(key, value);
        }
    }
    std::vector<std::byte> item(at::entries + pairs.size() * at::entrySize);
    putGuid(item, 0, layout::locatorTypeVhdx);
    putLittleEndian<quint16>(item, at::keyValueCount, static_cast<quint16>(pairs.size()));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const std::size_t entry = at::entries + i * at::entrySize;
        const auto append = [&item, entry](const QString& text, std::size_t offsetField, std::size_t lengthField) {
            const std::size_t begin = item.size();
            const std::size_t length = static_cast<std::size_t>(text.size()) * sizeof(char16_t);
            item.resize(begin + length);
            for (qsizetype c = 0; c < text.size(); ++c) {
                putLittleEndian<quint16>(
                    item, begin + static_cast<std::size_t>(c) * sizeof(char16_t), text.at(c).unicode());
            }
            putLittleEndian<quint32>(item, entry + offsetField, static_cast<quint32>(begin));
            putLittleEndian<quint16>(item, entry + lengthField, static_cast<quint16>(length));
        };
        append(pairs[i].first, at::keyOffset, at::keyLength);
        append(pairs[i].second, at::valueOffset, at::valueLength);
    }
    return item;
}

} // namespace platter::vhdx
