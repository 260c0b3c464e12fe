// SPDX-License-Identifier: GPL-3.0-or-later
// platter-tour DIR: plays the tour and saves its pictures to DIR; `platter --tour DIR` starts it.
#include "app/platter/application.h"
#include "app/tour/stage.h"
#include "app/tour/tour.h"
#include "ui/icon_style.h"
#include "ui/icons.h"

#include <QApplication>
#include <QSettings>
#include <QTimer>

#include <cstdio>

using namespace platter;

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: platter --tour DIR\n");
        return 2;
    }
    const auto giveUp = [](const Error& error) {
        std::fprintf(stderr, "platter: %s\n%s\n", qPrintable(error.text()), qPrintable(error.detail));
        return 1;
    };
    Application::introduce();
    const auto stage = tour::Stage::build();
    if (!stage) {
        return giveUp(stage.error());
    }
    QApplication application(argc, argv);
    QApplication::setWindowIcon(applicationIcon());
    IconStyle::install();
    const Result<Places> places = Places::ofUser();
    if (!places) {
        return giveUp(places.error());
    }
    QSettings settings;
    Application platter(*places, settings);
    platter.open({});

    tour::Tour script(QString::fromLocal8Bit(argv[1]), *places);
    int outcome = 1;
    QTimer::singleShot(0, &application, [&] {
        QCoro::connect(script.play(), &application, [&outcome](int code) {
            outcome = code;
            QApplication::quit();
        });
    });
    QApplication::exec();
    // A failed tour may leave its machine running; it is the tour's own, in folders that vanish with the stage.
    for (const LibraryEntry& entry : platter.library().entries()) {
        if (entry.session && isUp(entry.session->state())) {
            (void)QCoro::waitFor(entry.session->powerOff());
        }
    }
    return outcome;
}
