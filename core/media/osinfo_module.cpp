// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/osinfo_module.h"

#include <QCollator>
#include <QCoreApplication>
#include <QLoggingCategory>
#include <QStringList>

#include <algorithm>
#include <gio/gio.h>
#include <memory>
#include <mutex>
#include <vector>

// libosinfo's headers do not say to a C++ compiler that they are C.
extern "C" {
#include <osinfo/osinfo.h>
}

namespace platter {

namespace {

Q_LOGGING_CATEGORY(osLog, "platter.media.os", QtInfoMsg)

struct Unreference {
    void operator()(gpointer object) const { g_object_unref(object); }
};

template <typename T>
using Owned = std::unique_ptr<T, Unreference>;

// A few old systems ask for less, and the firmware alone would have it hard in that.
constexpr ByteCount leastMemory = ByteCount::mebibytes(512);

OsinfoDb* database()
{
    // Kept until the process ends, on purpose: a second question is then answered at once.
    static OsinfoDb* const db = [] {
        OsinfoLoader* const loader = osinfo_loader_new();
        GError* error = nullptr;
        osinfo_loader_process_default_path(loader, &error);
        if (error != nullptr) {
            qCWarning(osLog, "libosinfo's database cannot be read: %s", error->message);
            g_error_free(error);
        }
        OsinfoDb* const loaded = osinfo_loader_get_db(loader);
        g_object_ref(loaded);
        g_object_unref(loader);
        return loaded;
    }();
    return db;
}

void setText(OsinfoMedia* media, const char* key, const QString& text)
{
    if (!text.isEmpty()) {
        osinfo_entity_set_param(OSINFO_ENTITY(media), key, text.toUtf8().constData());
    }
}

Owned<OsinfoMedia> describe(const PrimaryVolume& volume)
{
    Owned<OsinfoMedia> media(osinfo_media_new("platter", "x86_64"));
    setText(media.get(), OSINFO_MEDIA_PROP_VOLUME_ID, volume.label);
    setText(media.get(), OSINFO_MEDIA_PROP_SYSTEM_ID, volume.systemId);
    setText(media.get(), OSINFO_MEDIA_PROP_PUBLISHER_ID, volume.publisher);
    setText(media.get(), OSINFO_MEDIA_PROP_APPLICATION_ID, volume.application);
    osinfo_entity_set_param_int64(
        OSINFO_ENTITY(media.get()), OSINFO_MEDIA_PROP_VOLUME_SIZE, static_cast<gint64>(volume.bytes()));
    return media;
}

// What LIST says for x86_64, in default of that for every processor.
Recommendation resourcesIn(OsinfoResourcesList* list)
{
    Recommendation found;
    const auto take = [&](const char* architecture) {
        for (gint i = 0; i < osinfo_list_get_length(OSINFO_LIST(list)); ++i) {
            auto* const one = OSINFO_RESOURCES(osinfo_list_get_nth(OSINFO_LIST(list), i));
            if (g_strcmp0(osinfo_resources_get_architecture(one), architecture) != 0) {
                continue;
            }
            const auto bytes = [](gint64 value) {
                return ByteCount(value > 0 ? static_cast<std::uint64_t>(value) : 0);
            };
            if (found.memory == ByteCount()) {
                found.memory = bytes(osinfo_resources_get_ram(one));
            }
            if (found.cpus == 0) {
                found.cpus = std::max(0, osinfo_resources_get_n_cpus(one));
            }
            if (found.disk == ByteCount()) {
                found.disk = bytes(osinfo_resources_get_storage(one));
            }
        }
    };
    take("x86_64");
    take("all");
    return found;
}

Recommendation recommendationFor(OsinfoOs* os)
{
    const Owned<OsinfoResourcesList> recommended(osinfo_os_get_recommended_resources(os));
    const Owned<OsinfoResourcesList> minimum(osinfo_os_get_minimum_resources(os));
    Recommendation result = resourcesIn(recommended.get());
    const Recommendation least = resourcesIn(minimum.get());
    // A recommendation below the minimum occurs, as does one that leaves out what the minimum says.
    result.memory = std::max(result.memory, least.memory);
    // That one processor is enough at the least says nothing about how many are good.
    if (least.cpus > 1) {
        result.cpus = std::max(result.cpus, least.cpus);
    }
    result.disk = std::max(result.disk, least.disk);
    if (result.memory != ByteCount()) {
        result.memory = std::max(result.memory, leastMemory);
    }
    return result;
}

// "Debian 13.1.0 amd64 n" and "debian-13.1" alike become "debian 13.1.0 amd64 n".
QString comparable(const QString& text)
{
    QString result = text.toCaseFolded();
    result.replace(QLatin1Char('_'), QLatin1Char(' ')).replace(QLatin1Char('-'), QLatin1Char(' '));
    return result.simplified();
}

// A database older than the disc knows the system and not yet this disc of it, as Debian 13's own database does
// with Debian 13's discs. Then the system whose name, version included, begins the label: the longest such.
OsinfoOs* findByLabel(OsinfoOsList* systems, const QString& label)
{
    const QString wanted = comparable(label);
    OsinfoOs* best = nullptr;
    qsizetype bestLength = 0;
    for (gint i = 0; i < osinfo_list_get_length(OSINFO_LIST(systems)); ++i) {
        auto* const os = OSINFO_OS(osinfo_list_get_nth(OSINFO_LIST(systems), i));
        const QString name = comparable(QString::fromUtf8(osinfo_product_get_name(OSINFO_PRODUCT(os))));
        const bool hasVersion = std::ranges::any_of(name, [](QChar character) { return character.isDigit(); });
        if (!hasVersion || name.size() <= bestLength || !wanted.startsWith(name)) {
            continue;
        }
        if (wanted.size() > name.size() && wanted[name.size()].isLetterOrNumber()) {
            continue;
        }
        best = os;
        bestLength = name.size();
    }
    return best;
}

// All systems whose discs look like this one, libosinfo's favourite first. Microsoft labels the discs of several
// Windows alike.
std::vector<Owned<OsinfoOs>> candidates(OsinfoDb* db, const PrimaryVolume& volume)
{
    std::vector<Owned<OsinfoOs>> found;
    const Owned<OsinfoMedia> media = describe(volume);
    const Owned<OsinfoMediaList> matches(osinfo_db_identify_medialist(db, media.get()));
    for (gint i = 0; i < osinfo_list_get_length(OSINFO_LIST(matches.get())); ++i) {
        Owned<OsinfoOs> os(osinfo_media_get_os(OSINFO_MEDIA(osinfo_list_get_nth(OSINFO_LIST(matches.get()), i))));
        const auto isSame = [&](const Owned<OsinfoOs>& other) { return other.get() == os.get(); };
        if (os && std::ranges::none_of(found, isSame)) {
            found.push_back(std::move(os));
        }
    }
    if (found.empty()) {
        const Owned<OsinfoOsList> systems(osinfo_db_get_os_list(db));
        if (OsinfoOs* const os = findByLabel(systems.get(), volume.label)) {
            found.emplace_back(OSINFO_OS(g_object_ref(os)));
        }
    }
    return found;
}

// "Microsoft Windows 11 or 10" out of "Microsoft Windows 10" and "Microsoft Windows 11": what all begin with once,
// the latest first.
QString jointName(QStringList names)
{
    QCollator collator;
    collator.setNumericMode(true);
    std::ranges::sort(names, [&](const QString& a, const QString& b) { return collator.compare(a, b) > 0; });
    qsizetype shared = names.first().lastIndexOf(QLatin1Char(' ')) + 1;
    for (const QString& name : std::as_const(names)) {
        while (shared > 0 && !name.startsWith(QStringView(names.first()).first(shared))) {
            shared = names.first().lastIndexOf(QLatin1Char(' '), shared - 2) + 1;
        }
    }
    QString joint = names.takeFirst();
    while (!names.isEmpty()) {
        const QString next = names.takeFirst().mid(shared);
        joint = (names.isEmpty() ? QCoreApplication::translate("platter::OsCatalog", "%1 or %2")
                                 : QCoreApplication::translate("platter::OsCatalog", "%1, %2"))
                    .arg(joint, next);
    }
    return joint;
}

} // namespace

} // namespace platter

void platterIdentifyOs(const platter::PrimaryVolume& volume, std::optional<platter::OsMatch>& match)
{
    using namespace platter;
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    const std::vector<Owned<OsinfoOs>> found = candidates(database(), volume);
    if (found.empty()) {
        return;
    }
    match.emplace();
    match->id = QString::fromUtf8(osinfo_product_get_short_id(OSINFO_PRODUCT(found.front().get())));
    match->isWindows = QByteArrayView(osinfo_os_get_family(found.front().get())).startsWith("win");
    QStringList names;
    for (const Owned<OsinfoOs>& os : found) {
        names.append(QString::fromUtf8(osinfo_product_get_name(OSINFO_PRODUCT(os.get()))));
        const Recommendation one = recommendationFor(os.get());
        match->recommended.memory = std::max(match->recommended.memory, one.memory);
        match->recommended.cpus = std::max(match->recommended.cpus, one.cpus);
        match->recommended.disk = std::max(match->recommended.disk, one.disk);
    }
    match->name = jointName(names);
}
