// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for libFuzzer where there is none: plays every file of the folder given, once. No file at all is a
// failure.
#include <QDir>
#include <QFile>
#include <QTextStream>

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv)
{
    QTextStream out(stdout);
    if (argc != 2) {
        out << "Usage: " << argv[0] << " FOLDER\n";
        return 2;
    }
    const QFileInfoList seeds = QDir(QFile::decodeName(argv[1])).entryInfoList(QDir::Files, QDir::Name);
    for (const QFileInfo& seed : seeds) {
        out << seed.fileName() << Qt::endl; // flushed, so that a crash stands below its cause
        QFile file(seed.filePath());
        if (!file.open(QIODevice::ReadOnly)) {
            out << file.errorString() << '\n';
            return 1;
        }
        const QByteArray bytes = file.readAll();
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.constData()), std::size_t(bytes.size()));
    }
    out << seeds.size() << " seeds played\n";
    return seeds.isEmpty() ? 1 : 0;
}
