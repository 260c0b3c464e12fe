// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/chain.h"

#include <QCoreApplication>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Chain)
};

struct Link {
    ParentSearch search;
    QStringList* paths = nullptr;
    std::size_t depth = 0;
};

// CHILD may be the image that was asked for or one that it stands on.
Error notFound(const QString& child, const ParentLocator& locator, const QStringList& tried)
{
    return Error{ErrorKind::NotFound,
        Texts::tr("The parent of the differencing image %1, “%2”, was not found.")
            .arg(child, locator.paths().constFirst()),
        Texts::tr("Put it beside that image, or say where it is with --parent."),
        Texts::tr("tried: %1").arg(tried.join(QStringLiteral(", ")))};
}

Error hasChanged(const QString& child, const QString& path, const QUuid& found, const ParentLocator& locator)
{
    return Error{ErrorKind::Corrupt,
        Texts::tr("%1 is not the parent of the differencing image %2 any more: it was changed since, or is another "
                  "one.")
            .arg(path, child),
        Texts::tr("Bring back the parent as it was, or name the right one with --parent."),
        QStringLiteral("%1: identifier %2, wanted %3").arg(path, found.toString(), locator.linkage.toString())};
}

Result<std::shared_ptr<const VirtualDisk>> openParent(const Link& link, const ParentLocator& locator);

Result<std::shared_ptr<const VirtualDisk>> findParent(const Link& link, const ParentLocator& locator)
{
    if (link.depth >= mostAncestors) {
        return std::unexpected(Error{ErrorKind::Corrupt, Texts::tr("The chain of parents has no end."),
            Texts::tr("Check whether an image names itself as its parent."), {}});
    }
    QStringList tried;
    std::optional<Error> wrong;
    for (const ParentCandidate& candidate :
        link.search.candidates({locator.relativePath}, {locator.volumePath, locator.absolutePath})) {
        tried << candidate.path;
        Result<ParentFile> file = link.search.openFile(candidate.path);
        if (!file) {
            if (file.error().kind == ErrorKind::NotFound && !candidate.isNamed) {
                continue;
            }
            return std::unexpected(file.error());
        }
        const Result<HeaderPair> headers = HeaderPair::read(*file->file);
        if (!headers || !locator.accepts(headers->current().dataWriteGuid)) {
            // Of several named parents each belongs to one link of the chain.
            wrong = headers
                ? hasChanged(link.search.image, candidate.path, headers->current().dataWriteGuid, locator)
                : headers.error();
            continue;
        }
        Link next = link;
        next.search.image = candidate.path;
        ++next.depth;
        if (link.paths) {
            link.paths->append(candidate.path);
        }
        Result<std::unique_ptr<Image>> image =
            Image::open(std::move(file->file), [next](const ParentLocator& of) { return openParent(next, of); });
        if (!image) {
            Error error = image.error();
            error.detail.prepend(candidate.path + QStringLiteral(": "));
            return std::unexpected(error);
        }
        return std::shared_ptr<const VirtualDisk>(*std::move(image));
    }
    return std::unexpected(wrong ? *wrong : notFound(link.search.image, locator, tried));
}

Result<std::shared_ptr<const VirtualDisk>> openParent(const Link& link, const ParentLocator& locator)
{
    const qsizetype known = link.paths ? link.paths->size() : 0;
    Result<std::shared_ptr<const VirtualDisk>> parent = findParent(link, locator);
    if (parent || link.search.lostParent == LostParent::Refuse) {
        return parent;
    }
    if (link.paths) {
        link.paths->resize(known);
    }
    return std::shared_ptr<const VirtualDisk>();
}

} // namespace

ParentOpener parentOpener(const ParentSearch& search, QStringList* paths)
{
    if (!search.openFile) {
        return {};
    }
    const Link link{search, paths};
    return [link](const ParentLocator& locator) { return openParent(link, locator); };
}

} // namespace platter::vhdx
