// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/qemu_image.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class QemuImageTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QString m_path = m_folder.filePath(QStringLiteral("a disk.vhdx"));

    QemuImage made(const QString& path, const QString& size)
    {
        const Result<QByteArray> run = runQemuTool(QStringLiteral("qemu-img"),
            {QStringLiteral("create"), QStringLiteral("-f"), QStringLiteral("vhdx"), QStringLiteral("-o"),
                QStringLiteral("block_size=1M"), path, size});
        if (!run) {
            qFatal("%s", qPrintable(run.error().text()));
        }
        return QemuImage(path, QStringLiteral("vhdx"));
    }

private Q_SLOTS:

    void readsWhatItWrote()
    {
        const QemuImage image = made(m_path, QStringLiteral("64M"));
        QCOMPARE(image.virtualSize().value(), std::uint64_t(64) << 20);
        QVERIFY(image.check());
        QVERIFY(image.repair());
        const Result<void> io =
            image.io({writePattern(5, 4096, 8192), readPattern(5, 4096, 8192), readPattern(0, 0, 4096)});
        QVERIFY2(io, qPrintable(io ? QString() : io.error().text()));
    }

    void saysWhichPatternIsNotThere()
    {
        const QemuImage image = made(m_path, QStringLiteral("64M"));
        const Result<void> io = image.io({writePattern(5, 0, 4096), readPattern(6, 0, 512)});
        QVERIFY(!io);
        QCOMPARE(io.error().kind, ErrorKind::Qemu);
        QVERIFY2(io.error().text().contains(QStringLiteral("Pattern verification failed")),
            qPrintable(io.error().text()));
    }

    void comparesContent()
    {
        const QemuImage one = made(m_path, QStringLiteral("64M"));
        const QemuImage other = made(m_folder.filePath(QStringLiteral("other")), QStringLiteral("128M"));
        QVERIFY(one.compareWith(other));
        QVERIFY(other.io({writePattern(1, 3 << 20, 1)}));
        const Result<void> compared = one.compareWith(other);
        QVERIFY(!compared);
        QVERIFY2(compared.error().text().contains(QStringLiteral("offset 3145728")),
            qPrintable(compared.error().text()));
    }

    void saysInItsWordsWhatItCannotOpen()
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QByteArray(1 << 20, 'x'));
        file.close();
        const QemuImage image(m_path, QStringLiteral("vhdx"));
        for (const Result<void>& result : {image.check(), image.repair(),
                 image.virtualSize().transform([](auto) { }), image.io({readPattern(0, 0, 512)})}) {
            QVERIFY(!result);
            QVERIFY2(result.error().text().contains(QStringLiteral("open")), qPrintable(result.error().text()));
        }
    }

    void saysThatAToolIsMissing() { QVERIFY(!runQemuTool(QStringLiteral("qemu-no-such-tool"), {})); }
};

QTEST_GUILESS_MAIN(QemuImageTest)
#include "qemu_image_test.moc"
