// SPDX-License-Identifier: GPL-3.0-or-later
// The application: settles whether it is the first, then wires and shows the window.
#include "app/platter/application.h"
#include "app/platter/single_instance.h"
#include "ui/icon_style.h"
#include "ui/icons.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QMessageBox>
#include <QSettings>
#include <QTranslator>

#include <cstdio>
#include <unistd.h>
#include <vector>

using namespace platter;

namespace {

// Says it where it will be seen: a start from a menu has no terminal.
int giveUp(const Error& error)
{
    std::fprintf(stderr, "platter: %s\n", qPrintable(error.text()));
    if (!error.detail.isEmpty()) {
        std::fprintf(stderr, "%s\n", qPrintable(error.detail));
    }
    if (qApp != nullptr && !isatty(STDERR_FILENO)) {
        QMessageBox box(QMessageBox::Critical, QStringLiteral("Platter"), error.summary, QMessageBox::Close);
        box.setInformativeText(error.advice);
        box.setDetailedText(error.detail);
        box.exec();
    }
    return 1;
}

// The tour is a program of its own, so that nobody pays for it who does not take it.
int playTour(int argc, char** argv)
{
    const QString folder = QFileInfo(QFile::symLinkTarget(QStringLiteral("/proc/self/exe"))).absolutePath();
    std::vector<char*> arguments(argv, argv + argc); // the first is replaced
    arguments.push_back(nullptr);
    for (const char* place : {"/platter-tour", "/../libexec/platter-tour"}) {
        const QByteArray program = QFile::encodeName(folder + QLatin1String(place));
        if (::access(program.constData(), X_OK) == 0) {
            QByteArray name = program;
            arguments[0] = name.data();
            ::execv(program.constData(), arguments.data());
        }
    }
    std::fprintf(stderr, "platter: The tour is not installed: there is no platter-tour beside %s/platter.\n",
        qPrintable(folder));
    return 1;
}

bool asks(int argc, char** argv, const char* option)
{
    for (int i = 1; i < argc; ++i) {
        if (qstrcmp(argv[i], option) == 0) {
            return true;
        }
    }
    return false;
}

void translate(QApplication& application)
{
    const QLocale locale;
    if (locale.language() == QLocale::English || locale.language() == QLocale::C) {
        return; // the language of the source
    }
    const QString ours =
        QDir::cleanPath(QApplication::applicationDirPath() + QStringLiteral("/../share/platter/translations"));
    const std::pair<const char*, QString> catalogues[] = {
        {"qtbase", QLibraryInfo::path(QLibraryInfo::TranslationsPath)}, {"platter", ours}};
    for (const auto& [name, folder] : catalogues) {
        auto* translator = new QTranslator(&application);
        if (translator->load(locale, QLatin1String(name), QStringLiteral("_"), folder)) {
            QApplication::installTranslator(translator);
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    Application::introduce();
    QCoreApplication::setApplicationVersion(QStringLiteral(PLATTER_VERSION));
    if (argc > 1 && qstrcmp(argv[1], "--tour") == 0) {
        return playTour(argc - 1, argv + 1);
    }
    // Both work without a display.
    if (asks(argc, argv, "--help") || asks(argc, argv, "-h")) {
        std::printf("%s", qPrintable(startHelp(QStringLiteral("platter"))));
        return 0;
    }
    if (asks(argc, argv, "--version") || asks(argc, argv, "-v")) {
        std::printf("platter %s\n", PLATTER_VERSION);
        return 0;
    }
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        std::fprintf(stderr,
            "platter: There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set. Use platterctl here, "
            "or start platter in a desktop.\n");
        return 1;
    }

    QGuiApplication::setDesktopFileName(QStringLiteral("org.platter.Platter"));
    QApplication application(argc, argv);
    QApplication::setApplicationDisplayName(QStringLiteral("Platter"));
    QApplication::setWindowIcon(applicationIcon());
    IconStyle::install();
    translate(application);

    const Result<StartRequest> request = parseStart(QApplication::arguments().sliced(1), QDir::currentPath());
    if (!request) {
        return giveUp(request.error());
    }
    const Result<Places> places = Places::ofUser();
    if (!places) {
        return giveUp(places.error());
    }
    SingleInstance instance(places->runtime);
    const Result<SingleInstance::Role> role = instance.settle(*request);
    if (!role) {
        return giveUp(role.error());
    }
    if (*role == SingleInstance::Role::Later) {
        return 0;
    }
    QSettings settings;
    Application platter(*places, settings);
    QObject::connect(&instance, &SingleInstance::requested, &platter, &Application::open);
    platter.open(*request);
    return QApplication::exec();
}
