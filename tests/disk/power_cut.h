// SPDX-License-Identifier: GPL-3.0-or-later
// Every state that a power cut can leave a file in, from a recording of what was done to it. The model: between two
// flushes changes reach the disk in any order, partly, or torn at sectors of 512 bytes; what was there when a flush
// returned stays; a change of size, one that a write past the end brings along too, is a change like any other.
//
// A cut point lies after every step. Where what was not flushed has few sectors, every choice of them is a state;
// elsewhere all kept, all lost, each one alone kept or lost, the last one torn, sizes apart from bytes, then random
// choices, any of their changes torn, sizes out of turn. A state is known by cut point, choice and seed.
#pragma once

#include "tests/disk/recording_file.h"

#include <QStringList>

#include <functional>

namespace platter {

class PowerCut {
public:
    struct Budget {
        std::size_t states = 5000; // distinct ones, shared out evenly among the cut points
        std::uint64_t seed = 1;
    };

    struct State {
        const MemoryFile& file;
        std::size_t cut = 0; // steps begun before the cut
        std::size_t choice = 0;
        std::uint64_t mark = 0; // the last mark before the cut, 0 before the first
    };

    // Empty where the state is as it should be, otherwise what is wrong with it.
    using Check = std::function<QString(const State&)>;

    struct Outcome {
        std::size_t states = 0; // distinct by content and mark
        std::size_t cuts = 0;
        bool wasExhausted = false; // there were no more, or none that 200 random choices found
        QStringList failures; // what is wrong, with which state, and how to get it again; five at most
    };

    explicit PowerCut(const RecordingFile& recording);

    Outcome forEachState(const Budget& budget, const Check& check) const;

    // One state again.
    MemoryFile stateAt(std::size_t cut, std::size_t choice, std::uint64_t seed) const;
    QString describe(std::size_t cut, std::size_t choice, std::uint64_t seed) const;

private:
    MemoryFile m_start;
    std::vector<FileStep> m_steps;
};

} // namespace platter
