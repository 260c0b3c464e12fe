// SPDX-License-Identifier: GPL-3.0-or-later
// KDE's syntax definitions and themes, read when the first text is shown: most sessions never look at one. GUI
// thread; owned by the details tab, outlives the views.
#pragma once

#include <QString>

#include <memory>

class QPalette;

namespace KSyntaxHighlighting {
class Definition;
class Repository;
class Theme;
} // namespace KSyntaxHighlighting

namespace platter {

class Highlighting {
public:
    Highlighting();
    ~Highlighting();
    Highlighting(const Highlighting&) = delete;
    Highlighting& operator=(const Highlighting&) = delete;

    KSyntaxHighlighting::Definition definition(const QString& name) const; // "JSON", "Bash"
    KSyntaxHighlighting::Theme theme(const QPalette& palette) const; // light or dark as the palette is

private:
    std::unique_ptr<KSyntaxHighlighting::Repository> m_repository;
};

} // namespace platter
