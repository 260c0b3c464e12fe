// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/highlighting_module.h"

#include "ui/shades.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>
#include <QEvent>
#include <QPlainTextEdit>

namespace {

// Every definition and theme; reading them takes a while, so they are read once.
KSyntaxHighlighting::Repository& repository()
{
    static KSyntaxHighlighting::Repository all;
    return all;
}

// Leaves the beginning of each line in the palette's quiet colour, whatever the definition thinks of it. Owned by
// the view's document.
class PrefixHighlighter final : public KSyntaxHighlighting::SyntaxHighlighter {
public:
    PrefixHighlighter(QPlainTextEdit* view, const KSyntaxHighlighting::Definition& definition, int prefix)
        : SyntaxHighlighter(view->document())
        , m_view(view)
        , m_prefix(prefix)
    {
        setTheme(repository().themeForPalette(view->palette()));
        setDefinition(definition);
        view->installEventFilter(this);
    }

protected:
    void applyFormat(int offset, int length, const KSyntaxHighlighting::Format& format) override
    {
        if (offset >= m_prefix) {
            SyntaxHighlighter::applyFormat(offset, length, format);
            return;
        }
        setFormat(offset, qMin(length, m_prefix - offset), platter::quietText(m_view->palette(), QPalette::Base));
        if (offset + length > m_prefix) {
            SyntaxHighlighter::applyFormat(m_prefix, offset + length - m_prefix, format);
        }
    }

    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (watched == m_view && event->type() == QEvent::PaletteChange) {
            const KSyntaxHighlighting::Theme wanted = repository().themeForPalette(m_view->palette());
            if (wanted.name() != theme().name()) {
                setTheme(wanted);
                rehighlight();
            }
        }
        return SyntaxHighlighter::eventFilter(watched, event);
    }

private:
    QPlainTextEdit* m_view;
    int m_prefix;
};

} // namespace

bool platterHighlight(QPlainTextEdit* view, const QString& definition, int prefix)
{
    const KSyntaxHighlighting::Definition found = repository().definitionForName(definition);
    new PrefixHighlighter(view, found, prefix);
    return found.isValid();
}
