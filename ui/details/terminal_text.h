// SPDX-License-Identifier: GPL-3.0-or-later
// Turns what a serial line says into plain lines of text: escape sequences (colours, cursor movements, titles) go,
// a carriage return alone and other control characters too, UTF-8 split between two pieces is put together. A value
// with memory; any one thread.
#pragma once

#include <QString>
#include <QStringDecoder>

namespace platter {

class TerminalText {
public:
    // Firmware draws whole screens without a line feed; a line ends here at the latest, in characters.
    static constexpr int longestLine = 2000;

    QString add(QByteArrayView bytes);

private:
    enum class State {
        Text,
        Escape, // after ESC
        Control, // CSI: until a final character
        String, // OSC, DCS, …: until BEL or ST
        StringEscape, // ESC within such a string
        Skip, // one more character of a short sequence
    };

    State m_state = State::Text;
    bool m_afterReturn = false; // a carriage return that may be half of a line end
    int m_lineLength = 0;
    QStringDecoder m_decoder{QStringDecoder::Utf8};
};

} // namespace platter
