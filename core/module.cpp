// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/module.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLibrary>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Module)
};

// Not through QCoreApplication, which need not be there yet.
QString programFolder()
{
    return QFileInfo(QFileInfo(QStringLiteral("/proc/self/exe")).symLinkTarget()).path();
}

} // namespace

Result<QFunctionPointer> moduleFunction(const QString& name, const char* function)
{
    const QString file = QDir::cleanPath(
        QStringLiteral("%1/%2/%3.so").arg(programFolder(), QStringLiteral(PLATTER_MODULE_FOLDER), name));
    QLibrary library(file);
    // What it registers with the libraries below it stays registered.
    library.setLoadHints(QLibrary::PreventUnloadHint);
    if (const QFunctionPointer found = library.resolve(function)) {
        return found;
    }
    return std::unexpected(Error{ErrorKind::MissingProgram,
        Texts::tr("A part of Platter, %1, cannot be loaded: it, or a library that it needs, is missing.").arg(file),
        Texts::tr("Install Platter anew, along with the packages that it needs."),
        QStringLiteral("%1: %2").arg(QLatin1String(function), library.errorString())});
}

} // namespace platter
