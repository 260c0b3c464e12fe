// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/places.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace platter;

class PlacesTest : public QObject {
    Q_OBJECT

private:
    // A short path: sockets have 107 bytes.
    QTemporaryDir m_dir{QStringLiteral("/tmp/places-XXXXXX")};

    QString below(const char* name) const { return m_dir.filePath(QString::fromUtf8(name)); }

    static mode_t modeOf(const QString& path)
    {
        struct stat status{};
        return ::lstat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode & 07777 : 0;
    }

private Q_SLOTS:

    void init()
    {
        QVERIFY(m_dir.isValid());
        qputenv("XDG_DATA_HOME", QFile::encodeName(below("data")));
        qputenv("XDG_CACHE_HOME", QFile::encodeName(below("cache")));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(below("config")));
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(below("run")));
        qputenv("XDG_DATA_DIRS", QFile::encodeName(below("system")));
    }

    void followsTheEnvironment()
    {
        const Result<Places> places = Places::ofUser();
        QVERIFY2(places, qPrintable(places ? QString() : places.error().text()));
        QCOMPARE(places->machines, below("data/platter/machines"));
        QCOMPARE(places->cache, below("cache/platter"));
        QCOMPARE(places->runtime, below("run/platter"));
        QCOMPARE(places->firmwareDescriptors,
            QStringList({below("config/qemu/firmware"), QStringLiteral("/etc/qemu/firmware"),
                QStringLiteral("/usr/share/qemu/firmware")}));
        QCOMPARE(modeOf(places->runtime), mode_t(0700));
        QVERIFY(!QFile::exists(places->machines)); // asking makes nothing but the runtime folder
    }

    void fallsBackToTheHomeFolder()
    {
        qputenv("HOME", QFile::encodeName(below("home")));
        for (const char* variable : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}) {
            qputenv(variable, "relative/is/not/valid");
        }
        const Result<Places> places = Places::ofUser();
        QVERIFY(places);
        QCOMPARE(places->machines, below("home/.local/share/platter/machines"));
        QCOMPARE(places->cache, below("home/.cache/platter"));
        QCOMPARE(places->firmwareDescriptors.constFirst(), below("home/.config/qemu/firmware"));
    }

    void findsARuntimeFolderWithoutTheVariable()
    {
        qunsetenv("XDG_RUNTIME_DIR");
        const Result<Places> places = Places::ofUser();
        QVERIFY2(places, qPrintable(places ? QString() : places.error().text()));
        const QString user = QString::number(::geteuid());
        QVERIFY2(places->runtime == QStringLiteral("/run/user/%1/platter").arg(user)
                || places->runtime == QStringLiteral("/tmp/platter-%1").arg(user),
            qPrintable(places->runtime));
        QCOMPARE(modeOf(places->runtime), mode_t(0700));
    }

    void refusesAPathTooLongForSockets()
    {
        const QString base = below(QByteArray(80, 'x').constData());
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(base));
        const Result<Places> places = Places::ofUser();
        QVERIFY(!places);
        QCOMPARE(places.error().kind, ErrorKind::InvalidInput);
        QVERIFY2(places.error().text().contains(base), qPrintable(places.error().text()));
        QVERIFY(places.error().advice.contains(QLatin1String("XDG_RUNTIME_DIR")));
        QVERIFY(!QFile::exists(base + QStringLiteral("/platter")));
    }

    void theLongestAcceptedPathHoldsEverySocket()
    {
        // The advice names a number of bytes: a folder of that length must do, one byte more must not.
        const auto withLength = [this](qsizetype length) {
            return m_dir.path() + QLatin1Char('/') + QString(length - m_dir.path().size() - 1, QLatin1Char('y'));
        };
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(withLength(48)));
        const Result<Places> tooLong = Places::ofUser();
        QVERIFY(!tooLong);
        QVERIFY2(
            tooLong.error().advice.contains(QLatin1String("at most 47 bytes")), qPrintable(tooLong.error().advice));
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(withLength(47)));
        const Result<Places> places = Places::ofUser();
        QVERIFY(places);
        QVERIFY(places->runtime.size() + qstrlen("/01234567-0123-0123-0123-0123456789ab/qmp-app.sock") <= 107);
    }

    void findsTheSampleGuest()
    {
        QCOMPARE(QDir::cleanPath(Places::ofUser()->sampleGuest),
            QDir::cleanPath(
                QCoreApplication::applicationDirPath() + QStringLiteral("/../share/platter/sample-guest.iso")));
        QVERIFY(QDir().mkpath(below("system/platter")));
        QFile iso(below("system/platter/sample-guest.iso"));
        QVERIFY(iso.open(QIODevice::WriteOnly));
        if (!QFile::exists(
                QCoreApplication::applicationDirPath() + QStringLiteral("/../share/platter/sample-guest.iso"))) {
            QCOMPARE(Places::ofUser()->sampleGuest, iso.fileName());
        }
    }

    void privateFolderIsMadeOnceAndFoundAgain()
    {
        const QString folder = below("private");
        QVERIFY(makePrivateFolder(folder));
        QCOMPARE(modeOf(folder), mode_t(0700));
        QVERIFY(makePrivateFolder(folder));
    }

    void refusesAFolderOpenToOthers()
    {
        const QString folder = below("open");
        QVERIFY(makePrivateFolder(folder));
        QCOMPARE(::chmod(QFile::encodeName(folder).constData(), 0750), 0);
        const Result<void> made = makePrivateFolder(folder);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::PermissionDenied);
        QVERIFY2(
            made.error().advice.contains(QStringLiteral("chmod 700 ") + folder), qPrintable(made.error().advice));
        QCOMPARE(modeOf(folder), mode_t(0750)); // and it is left as it was
    }

    void refusesALinkAndAFile()
    {
        QVERIFY(makePrivateFolder(below("target")));
        QVERIFY(QFile::link(below("target"), below("link")));
        QFile file(below("file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (const QString& path : {below("link"), file.fileName()}) {
            const Result<void> made = makePrivateFolder(path);
            QVERIFY(!made);
            QCOMPARE(made.error().kind, ErrorKind::PermissionDenied);
            QVERIFY2(made.error().summary.contains(path), qPrintable(made.error().summary));
        }
    }

    void refusesAFolderOfSomebodyElse()
    {
        // The one folder that belongs to another user for root and everybody else alike.
        const QString folder = ::geteuid() == 0 ? below("foreign") : QStringLiteral("/proc/1");
        if (::geteuid() == 0) {
            QVERIFY(makePrivateFolder(folder));
            QCOMPARE(::chown(QFile::encodeName(folder).constData(), 65534, 65534), 0);
        }
        const Result<void> made = makePrivateFolder(folder);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::PermissionDenied);
        QVERIFY2(made.error().summary.contains(QLatin1String("another user")), qPrintable(made.error().summary));
    }

    void saysWhyAFolderCannotBeMade()
    {
        const Result<void> made = makePrivateFolder(below("no/such/parent"));
        QVERIFY(!made);
        QCOMPARE(made.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(PlacesTest)
#include "places_test.moc"
