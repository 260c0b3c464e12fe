// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/terminal_text.h"

namespace platter {

namespace {

constexpr char16_t bell = 0x07;
constexpr char16_t escape = 0x1b;
constexpr char16_t deleted = 0x7f;

} // namespace

QString TerminalText::add(QByteArrayView bytes)
{
    const QString input = m_decoder.decode(bytes);
    QString text;
    text.reserve(input.size());
    for (const QChar character : input) {
        const char16_t c = character.unicode();
        switch (m_state) {
        case State::Escape:
            if (c == u'[') {
                m_state = State::Control;
            } else if (c == u']' || c == u'P' || c == u'X' || c == u'^' || c == u'_') {
                m_state = State::String;
            } else if (c >= 0x20 && c <= 0x2f) {
                m_state = State::Skip;
            } else {
                m_state = c == escape ? State::Escape : State::Text;
            }
            continue;
        case State::Control:
            if (c == escape) {
                m_state = State::Escape;
            } else if (c >= 0x40 && c <= 0x7e) {
                m_state = State::Text;
            }
            continue;
        case State::String:
            if (c == bell) {
                m_state = State::Text;
            } else if (c == escape) {
                m_state = State::StringEscape;
            } else if (c == u'\n') {
                // Never closed: better one odd line than a log that stays silent.
                m_state = State::Text;
            }
            continue;
        case State::StringEscape:
            m_state = c == u'\\' ? State::Text : State::String;
            continue;
        case State::Skip:
            m_state = State::Text;
            continue;
        case State::Text:
            break;
        }
        const bool afterReturn = m_afterReturn;
        m_afterReturn = false;
        if (c == escape) {
            m_state = State::Escape;
            m_afterReturn = afterReturn;
        } else if (c == u'\r') {
            m_afterReturn = true;
        } else if (c == u'\n') {
            text += character;
            m_lineLength = 0;
        } else if ((c < 0x20 && c != u'\t') || c == deleted || (c >= 0x80 && c < 0xa0)) {
            m_afterReturn = afterReturn;
        } else {
            // Text after a lone carriage return would overwrite the line: it gets one of its own.
            if ((afterReturn && m_lineLength > 0) || m_lineLength >= longestLine) {
                text += u'\n';
                m_lineLength = 0;
            }
            text += character;
            ++m_lineLength;
        }
    }
    return text;
}

} // namespace platter
