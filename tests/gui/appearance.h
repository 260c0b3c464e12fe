// SPDX-License-Identifier: GPL-3.0-or-later
// How a window looks in the colours, the size and the pixels that a test's row asks for. Pictures are left in the
// build folder.
#pragma once

#include <QApplication>
#include <QDir>
#include <QPalette>
#include <QPixmap>
#include <QStyleFactory>
#include <QTest>
#include <QWidget>

namespace platter {

inline bool savePicture(QWidget& window, const QString& folder, const QString& name, qreal scale = 1)
{
    QCoreApplication::processEvents(); // what was hidden gives its room back
    QPixmap picture(window.size() * scale);
    picture.setDevicePixelRatio(scale);
    window.render(&picture);
    const QDir pictures(QStringLiteral(PLATTER_BINARY_DIR "/pictures/") + folder);
    return pictures.mkpath(QStringLiteral(".")) && picture.save(pictures.filePath(name + QStringLiteral(".png")));
}

class Appearance {
    Q_DISABLE_COPY_MOVE(Appearance)

public:
    static void addColumns()
    {
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<qreal>("scale");
    }

    // The columns, and the rows that every window is looked at in.
    static void addRows(QSize usual, QSize small)
    {
        addColumns();
        QTest::newRow("light") << false << usual << 1.0;
        QTest::newRow("dark") << true << usual << 1.0;
        QTest::newRow("small") << false << small << 1.0;
        QTest::newRow("large-dark") << true << usual << 2.0;
    }

    // The current row's, until it goes. FOLDER is the pictures'.
    explicit Appearance(const QString& folder)
        : m_folder(folder)
        , m_before(QApplication::palette())
    {
        QFETCH(bool, isDark);
        QFETCH(QSize, size);
        QFETCH(qreal, scale);
        m_size = size;
        m_scale = scale;
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        if (isDark) {
            QApplication::setPalette(dark());
        }
    }

    ~Appearance() { QApplication::setPalette(m_before); }

    QSize size() const { return m_size; }

    // As ROW-WHAT.png.
    bool save(QWidget& window, const QString& what) const
    {
        return savePicture(
            window, m_folder, QStringLiteral("%1-%2").arg(QLatin1String(QTest::currentDataTag()), what), m_scale);
    }

private:
    // The colours of a dark desktop theme (Breeze Dark's).
    static QPalette dark()
    {
        QPalette colours(QColor(0x31, 0x36, 0x3b), QColor(0x2a, 0x2e, 0x32));
        colours.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x20));
        colours.setColor(QPalette::Highlight, QColor(0x3d, 0xae, 0xe9));
        return colours;
    }

    QString m_folder;
    QPalette m_before;
    QSize m_size;
    qreal m_scale = 1;
};

} // namespace platter
