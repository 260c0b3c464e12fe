// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/highlighting.h"

#include "core/module.h"
#include "ui/details/highlighting_module.h"

#include <QDebug>

namespace platter {

void highlight(QPlainTextEdit* view, const QString& definition, int prefix)
{
    const Result<QFunctionPointer> found =
        moduleFunction(QStringLiteral("platter-highlighting"), "platterHighlight");
    if (!found) {
        qWarning("%s", qPrintable(found.error().text()));
        return;
    }
    reinterpret_cast<decltype(&platterHighlight)>(*found)(view, definition, prefix);
}

} // namespace platter
