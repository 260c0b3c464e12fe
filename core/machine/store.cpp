// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/store.h"

#include "core/durable_file.h"
#include "core/machine/definition_json.h"
#include "core/machine/folder_lock.h"
#include "core/machine/name_order.h"
#include "core/machine/partial_folder.h"
#include "core/machine/rules.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineStore)
};

const QString definitionName = QStringLiteral("machine.json");
constexpr qint64 largestDefinition = 16 << 20;

Error noSuchMachine(const QString& name)
{
    return Error{ErrorKind::NotFound, Texts::tr("There is no machine “%1”.").arg(name),
        Texts::tr("Check the name; the machine may have been deleted or renamed.")};
}

QString mendAdvice(const QString& folder)
{
    return Texts::tr("Restore machine.json in %1 from a backup, or remove the machine.").arg(folder);
}

Result<Definition> readDefinition(const QString& name, const QString& folder)
{
    const QString path = folder + QLatin1Char('/') + definitionName;
    QFile file(path);
    errno = 0;
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        Error error = systemError(Texts::tr("Reading the machine “%1”").arg(name), path, errno ? errno : EIO);
        if (error.kind == ErrorKind::NotFound) {
            error.advice = mendAdvice(folder);
        }
        return std::unexpected(error);
    }
    const QByteArray content = file.read(largestDefinition + 1);
    if (file.error() != QFileDevice::NoError) {
        return std::unexpected(
            systemError(Texts::tr("Reading the machine “%1”").arg(name), path, errno ? errno : EIO));
    }
    Result<Definition> definition = content.size() > largestDefinition
        ? std::unexpected(Error{ErrorKind::Corrupt, Texts::tr("The definition is larger than 16 MiB.")})
        : fromJson(content, folder);
    if (!definition) {
        Error error = definition.error();
        error.summary = Texts::tr("The machine “%1” cannot be read from %2. %3").arg(name, path, error.summary);
        if (error.advice.isEmpty()) {
            error.advice =
                Texts::tr("Correct the file in an editor or restore it from a backup, or remove the machine.");
        }
        return std::unexpected(error);
    }
    return definition;
}

// What is under a name in the root.
struct Place {
    QString path; // in the root
    QString folder; // links resolved; for a link whose target is gone: the target as written
    bool isLink = false;
    bool targetIsGone = false;
};

Place placeOf(const QString& root, const QString& name, bool isLink)
{
    Place place{root + QLatin1Char('/') + name, {}, isLink, false};
    const QFileInfo info(place.path);
    place.folder = isLink ? info.canonicalFilePath() : place.path;
    if (place.folder.isEmpty()) {
        place.folder = info.symLinkTarget();
        place.targetIsGone = true;
    }
    return place;
}

Error targetGone(const QString& name, const Place& place)
{
    return Error{ErrorKind::NotFound,
        Texts::tr("The machine “%1” is kept in %2, and that folder is not there.").arg(name, place.folder),
        Texts::tr("Bring the folder back (is its storage attached?), or remove the machine.")};
}

// The names as they may be on disk: typed text is composed (NFC), a folder made elsewhere may be decomposed.
Result<std::pair<QString, Place>> findMachine(const QString& root, const QString& name)
{
    for (const QString& candidate : {name, name.normalized(QString::NormalizationForm_C)}) {
        if (candidate.isEmpty() || candidate.startsWith(QLatin1Char('.')) || candidate.contains(QLatin1Char('/'))) {
            break;
        }
        struct stat status{};
        const QByteArray path = QFile::encodeName(root + QLatin1Char('/') + candidate);
        if (::lstat(path.constData(), &status) == 0 && (S_ISDIR(status.st_mode) || S_ISLNK(status.st_mode))) {
            return std::pair(candidate, placeOf(root, candidate, S_ISLNK(status.st_mode)));
        }
    }
    return std::unexpected(noSuchMachine(name));
}

bool exists(const QString& path)
{
    struct stat status{};
    return ::lstat(QFile::encodeName(path).constData(), &status) == 0;
}

void moveInside(QString& file, const QString& from, const QString& to)
{
    if (file.startsWith(from + QLatin1Char('/'))) {
        file = to + file.mid(from.size());
    }
}

void moveFiles(Definition& definition, const QString& from, const QString& to)
{
    for (Drive& drive : definition.drives) {
        if (DiskDrive* disk = std::get_if<DiskDrive>(&drive.what)) {
            if (auto* file = std::get_if<QString>(&disk->source)) {
                moveInside(*file, from, to);
            }
            if (disk->former) {
                moveInside(disk->former->file, from, to);
            }
        } else {
            moveInside(std::get<DvdDrive>(drive.what).medium, from, to);
        }
    }
}

Result<void> makeRoot(const QString& what, const QString& root)
{
    const std::string path = QFile::encodeName(root).toStdString();
    std::error_code code;
    const bool made = std::filesystem::create_directories(path, code);
    // Disks hold what people keep to themselves: nobody else may look into the machines' folder.
    if (!code && made) {
        std::filesystem::permissions(path, std::filesystem::perms::owner_all, code);
    }
    if (code) {
        return std::unexpected(systemError(what, root, code.value()));
    }
    return {};
}

} // namespace

MachineStore::MachineStore(const QString& root)
    : m_root(QDir::cleanPath(root))
{
}

std::vector<StoreEntry> MachineStore::list() const
{
    std::vector<StoreEntry> entries;
    // The root itself may be reached through a link; the machines' folders are given with links resolved.
    const QString root = QFileInfo(m_root).canonicalFilePath();
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(QFile::encodeName(root).constData()), ::closedir);
    if (root.isEmpty() || !folder) {
        return entries;
    }
    while (const dirent* item = ::readdir(folder.get())) {
        if (item->d_name[0] == '.') {
            continue;
        }
        unsigned char type = item->d_type;
        if (type == DT_UNKNOWN) {
            struct stat status{};
            if (::fstatat(::dirfd(folder.get()), item->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
                type = S_ISDIR(status.st_mode) ? DT_DIR : S_ISLNK(status.st_mode) ? DT_LNK : DT_UNKNOWN;
            }
        }
        if (type != DT_DIR && type != DT_LNK) {
            continue;
        }
        const QString name = QFile::decodeName(item->d_name);
        const Place place = placeOf(root, name, type == DT_LNK);
        if (place.targetIsGone) {
            entries.push_back({name, place.folder, std::unexpected(targetGone(name, place))});
            continue;
        }
        Result<Definition> definition = readDefinition(name, place.folder);
        // An empty folder is somebody's new folder, not a machine; one with something in it was one.
        const bool isEmptyFolder = !definition && definition.error().kind == ErrorKind::NotFound
            && QDir(place.folder).isEmpty(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
        if (!isEmptyFolder) {
            entries.push_back({name, place.folder, std::move(definition)});
        }
    }
    sortByName(entries);

    QHash<QUuid, QString> namesOfIds;
    for (StoreEntry& entry : entries) {
        if (!entry.definition) {
            continue;
        }
        const QUuid id = entry.definition->id.uuid;
        if (const auto other = namesOfIds.constFind(id); other != namesOfIds.constEnd()) {
            entry.definition = std::unexpected(Error{ErrorKind::Corrupt,
                Texts::tr("The machines “%1” and “%2” have the same id; is one a copy of the other?")
                    .arg(*other, entry.name),
                Texts::tr("Give this one an id of its own by editing “id” in %1, for example %2.")
                    .arg(entry.folder + QLatin1Char('/') + definitionName, MachineId::random().toString()),
                QStringLiteral("id %1").arg(id.toString(QUuid::WithoutBraces))});
        } else {
            namesOfIds.insert(id, entry.name);
        }
    }
    return entries;
}

Result<StoredMachine> MachineStore::load(const QString& name) const
{
    const QString root = QFileInfo(m_root).canonicalFilePath();
    const auto found = root.isEmpty() ? std::unexpected(noSuchMachine(name)) : findMachine(root, name);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& [realName, place] = *found;
    if (place.targetIsGone) {
        return std::unexpected(targetGone(realName, place));
    }
    Result<Definition> definition = readDefinition(realName, place.folder);
    if (!definition) {
        return std::unexpected(definition.error());
    }
    return StoredMachine{realName, place.folder, std::move(*definition)};
}

QString MachineStore::folderFor(const QString& name, const std::optional<QString>& place) const
{
    return QDir::cleanPath(place.value_or(m_root)) + QLatin1Char('/')
        + name.normalized(QString::NormalizationForm_C);
}

Result<void> MachineStore::checkNameIsFree(const QString& name, const std::optional<QString>& place) const
{
    const QString composed = name.normalized(QString::NormalizationForm_C);
    if (exists(folderFor(composed, std::nullopt))) {
        return std::unexpected(Error{ErrorKind::AlreadyExists,
            Texts::tr("There is a machine “%1” already.").arg(composed), Texts::tr("Choose another name.")});
    }
    if (place && exists(folderFor(composed, place))) {
        return std::unexpected(
            Error{ErrorKind::AlreadyExists, Texts::tr("%1 exists already.").arg(folderFor(composed, place)),
                Texts::tr("Choose another name or another place.")});
    }
    return {};
}

Result<StoredMachine> MachineStore::create(
    const QString& name, Definition definition, const std::optional<QString>& place, const Fill& fill)
{
    const QString what = Texts::tr("Making the machine “%1”").arg(name);
    const QString composed = name.normalized(QString::NormalizationForm_C);
    if (const std::vector<Violation> broken = nameViolations(composed); !broken.empty()) {
        return std::unexpected(broken.front().error);
    }
    if (const Result<void> made = makeRoot(what, m_root); !made) {
        return std::unexpected(made.error());
    }
    const QString root = QFileInfo(m_root).canonicalFilePath();
    const QString parent = place ? QFileInfo(*place).canonicalFilePath() : root;
    if (parent.isEmpty() || !QFileInfo(parent).isDir()) {
        return std::unexpected(systemError(what, *place, ENOENT));
    }
    const bool isElsewhere = parent != root;
    if (const Result<void> isFree = checkNameIsFree(composed, isElsewhere ? std::optional(parent) : std::nullopt);
        !isFree) {
        return std::unexpected(isFree.error());
    }

    Result<std::unique_ptr<PartialFolder>> folder;
    {
        const Result<FolderLock> lock = FolderLock::take(root);
        if (!lock) {
            return std::unexpected(lock.error());
        }
        PartialFolder::removeLeftovers(root);
        if (isElsewhere) {
            PartialFolder::removeLeftovers(parent);
        }
        folder = PartialFolder::make(what, parent);
    }
    if (!folder) {
        return std::unexpected(folder.error());
    }

    const QString temporary = (*folder)->path();
    const QString final = parent + QLatin1Char('/') + composed;
    // Nobody has heard of the temporary name, and it is gone when somebody looks for it.
    const auto inFinalWords = [&](Error error) {
        error.summary.replace(temporary, final);
        return error;
    };
    if (definition.id.uuid.isNull()) {
        definition.id = MachineId::random();
    }
    if (fill) {
        if (const Result<void> filled = fill(definition, temporary); !filled) {
            return std::unexpected(inFinalWords(filled.error()));
        }
    }
    moveFiles(definition, temporary, final);
    if (::mkdir(QFile::encodeName(temporary + QStringLiteral("/log")).constData(), 0700) != 0 && errno != EEXIST) {
        return std::unexpected(inFinalWords(systemError(what, temporary, errno)));
    }
    Result<void> step =
        replaceContent(what, temporary + QLatin1Char('/') + definitionName, toJson(definition, final));
    if (step) {
        step = renameWithoutReplacing(what, temporary, final);
        if (!step && step.error().kind == ErrorKind::AlreadyExists) {
            // Somebody else was faster.
            const Result<void> isFree =
                checkNameIsFree(composed, isElsewhere ? std::optional(parent) : std::nullopt);
            step = isFree ? step : isFree;
        } else if (step) {
            (*folder)->renamedTo(final);
        }
    }
    if (step && isElsewhere) {
        const QString link = root + QLatin1Char('/') + composed;
        if (::symlink(QFile::encodeName(final).constData(), QFile::encodeName(link).constData()) != 0) {
            const int reason = errno;
            const Result<void> isFree = checkNameIsFree(composed, std::nullopt);
            step = isFree ? std::unexpected(systemError(what, link, reason)) : isFree;
        } else {
            std::ignore = flushToDisk(root);
        }
    }
    if (!step) {
        return std::unexpected(inFinalWords(step.error()));
    }
    (*folder)->keep();
    return StoredMachine{composed, final, std::move(definition)};
}

Result<StoredMachine> MachineStore::update(const QString& name, const Change& change)
{
    // Once without the lock for the reasons why it cannot be read, and to know the folder.
    Result<StoredMachine> machine = load(name);
    if (!machine) {
        return machine;
    }
    const Result<FolderLock> lock = FolderLock::take(machine->folder);
    if (!lock) {
        return std::unexpected(lock.error());
    }
    machine = load(name);
    if (!machine) {
        return machine;
    }
    Definition changed = machine->definition;
    if (const Result<void> done = change(changed); !done) {
        return std::unexpected(done.error());
    }
    changed.id = machine->definition.id;
    std::ranges::stable_sort(changed.drives, {}, &Drive::slot);
    if (changed == machine->definition) {
        return machine;
    }
    const Result<void> written = replaceContent(Texts::tr("Changing the machine “%1”").arg(machine->name),
        machine->definitionFile(), toJson(changed, machine->folder));
    if (!written) {
        return std::unexpected(written.error());
    }
    machine->definition = std::move(changed);
    return machine;
}

Result<void> MachineStore::moveToTrash(const QString& name)
{
    return remove(name, [](const QString& folder) -> Result<void> {
        QFile file(folder);
        if (!file.moveToTrash()) {
            return std::unexpected(Error{ErrorKind::Unsupported,
                Texts::tr("%1 cannot be moved to the trash; there is none for this place.").arg(folder),
                Texts::tr("Delete the machine for good instead."), file.errorString()});
        }
        return {};
    });
}

Result<void> MachineStore::deleteForGood(const QString& name)
{
    return remove(name, [](const QString& folder) -> Result<void> { return PartialFolder::removeWhole(folder); });
}

Result<void> MachineStore::remove(
    const QString& name, const std::function<Result<void>(const QString& folder)>& removeFolder)
{
    const QString root = QFileInfo(m_root).canonicalFilePath();
    const auto found = root.isEmpty() ? std::unexpected(noSuchMachine(name)) : findMachine(root, name);
    if (!found) {
        return std::unexpected(found.error());
    }
    const Place& place = found->second;
    // A link may lead anywhere. Only a folder that is a machine goes with it, never one that holds the machines.
    const bool ownsFolder = !place.isLink
        || (!place.targetIsGone && exists(place.folder + QLatin1Char('/') + definitionName)
            && !(root + QLatin1Char('/')).startsWith(place.folder + QLatin1Char('/')));
    if (ownsFolder) {
        if (const Result<void> removed = removeFolder(place.folder); !removed) {
            return removed;
        }
    }
    if (place.isLink && ::unlink(QFile::encodeName(place.path).constData()) != 0) {
        return std::unexpected(systemError(Texts::tr("Removing the machine “%1”").arg(name), place.path, errno));
    }
    return {};
}

} // namespace platter
