// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/highlighting.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/Theme>
#include <QPalette>

namespace platter {

Highlighting::Highlighting()
    : m_repository(std::make_unique<KSyntaxHighlighting::Repository>())
{
}

Highlighting::~Highlighting() = default;

KSyntaxHighlighting::Definition Highlighting::definition(const QString& name) const
{
    return m_repository->definitionForName(name);
}

KSyntaxHighlighting::Theme Highlighting::theme(const QPalette& palette) const
{
    return m_repository->themeForPalette(palette);
}

} // namespace platter
