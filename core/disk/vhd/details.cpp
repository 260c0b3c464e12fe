// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/details.h"

#include <QTimeZone>

namespace platter::vhd {

namespace {

QString textOf(const UniqueId& id)
{
    const auto bytes = QByteArray(reinterpret_cast<const char*>(id.data()), static_cast<qsizetype>(id.size()));
    return QString::fromLatin1(bytes.toHex());
}

QString textOf(const std::array<char, 4>& name)
{
    return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size())).remove(QChar(u'\0')).trimmed();
}

ImageDetails::Type typeOf(DiskType type)
{
    switch (type) {
    case DiskType::Fixed:
        return ImageDetails::Type::Fixed;
    case DiskType::Dynamic:
        return ImageDetails::Type::Dynamic;
    case DiskType::Differencing:
        return ImageDetails::Type::Differencing;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

ImageDetails detailsOf(const Image& image)
{
    ImageDetails details;
    details.format = ImageKind::Vhd;
    details.type = typeOf(image.footer().type);
    details.fileSize = ByteCount(image.file().size());
    details.identifier = textOf(image.footer().uniqueId);
    details.creator = textOf(image.footer().creatorApplication);
    details.created =
        QDateTime::fromSecsSinceEpoch(static_cast<qint64>(epoch + image.footer().timeStamp), QTimeZone::UTC);
    if (image.header()) {
        details.blockSize = ByteCount(image.header()->blockSize);
    }
    for (const Image* child = &image; child && child->footer().type == DiskType::Differencing;
        child = child->parent()) {
        details.parents.push_back(
            {child->parentPath(), child->header()->parentName, textOf(child->header()->parentId)});
    }
    return details;
}

} // namespace platter::vhd
