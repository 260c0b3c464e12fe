// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/secure_boot_mode.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::SecureBoot)
};

} // namespace

QString nameOf(SecureBoot mode)
{
    switch (mode) {
    case SecureBoot::Off:
        return QStringLiteral("off");
    case SecureBoot::Microsoft:
        return QStringLiteral("microsoft");
    case SecureBoot::MicrosoftAndThirdParty:
        return QStringLiteral("microsoft and third party");
    case SecureBoot::OwnKeys:
        return QStringLiteral("own keys");
    }
    Q_UNREACHABLE();
}

QString displayName(SecureBoot mode)
{
    switch (mode) {
    case SecureBoot::Off:
        return Texts::tr("Off");
    case SecureBoot::Microsoft:
        return Texts::tr("Microsoft");
    case SecureBoot::MicrosoftAndThirdParty:
        return Texts::tr("Microsoft and third parties");
    case SecureBoot::OwnKeys:
        return Texts::tr("Own keys");
    }
    Q_UNREACHABLE();
}

QString explanationOf(SecureBoot mode)
{
    switch (mode) {
    case SecureBoot::Off:
        return Texts::tr("The firmware starts every boot loader.");
    case SecureBoot::Microsoft:
        return Texts::tr("Only Windows starts: boot loaders that Microsoft signs as its own.");
    case SecureBoot::MicrosoftAndThirdParty:
        return Texts::tr("Windows starts, and what Microsoft signs for others: Debian, Ubuntu, Fedora and more.");
    case SecureBoot::OwnKeys:
        return Texts::tr("Only what is signed with keys that you enroll into this machine starts.");
    }
    Q_UNREACHABLE();
}

} // namespace platter
