// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/console_actions.h"

#include "ui/console/console_widget.h"
#include "ui/icons.h"

#include <QClipboard>
#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImageWriter>
#include <QSaveFile>
#include <QSettings>
#include <QStandardPaths>

namespace platter {

namespace {

QString folderKey()
{
    return QStringLiteral("folders/screenshot");
}

QString scaleKey()
{
    return QStringLiteral("console/scale");
}

} // namespace

ConsoleActions::ConsoleActions(QSettings& settings, QWidget* window)
    : QObject(window)
    , m_settings(settings)
    , m_window(window)
{
    m_fullScreen = new QAction(symbolicIcon(QStringLiteral("view-fullscreen")), tr("F&ull screen"), this);
    m_fullScreen->setObjectName(QStringLiteral("fullScreen"));
    m_fullScreen->setCheckable(true);
    m_fullScreen->setShortcut(Qt::Key_F11);
    m_screenshot = new QAction(symbolicIcon(QStringLiteral("camera-photo")), tr("Take &screenshot…"), this);
    m_screenshot->setObjectName(QStringLiteral("screenshot"));
    m_screenshot->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_S);
    connect(m_screenshot, &QAction::triggered, this, &ConsoleActions::takeScreenshot);
    // Without an icon: in its place some styles show no tick.
    m_scale = new QAction(tr("S&cale the screen to the window"), this);
    m_scale->setObjectName(QStringLiteral("scale"));
    m_scale->setCheckable(true);
    m_scale->setChecked(m_settings.value(scaleKey(), true).toBool());
    connect(m_scale, &QAction::toggled, this, [this](bool scales) {
        m_settings.setValue(scaleKey(), scales);
        if (m_console) {
            m_console->setScaleMode(scales ? ScaleMode::Fit : ScaleMode::Original);
        }
    });
    makeKeys();
}

ConsoleActions::~ConsoleActions() = default;

void ConsoleActions::makeKeys()
{
    m_keys = std::make_unique<QMenu>(tr("Send &keys"));
    m_keys->setIcon(symbolicIcon(QStringLiteral("input-keyboard")));
    for (const KeyCombination& combination : KeyCombination::forMenu()) {
        connect(m_keys->addAction(combination.name), &QAction::triggered, this, [this, combination] {
            if (m_console) {
                m_console->sendKeys(combination);
            }
        });
    }
    m_keys->addSeparator();
    QAction* type = m_keys->addAction(tr("&Type the clipboard's text"));
    type->setObjectName(QStringLiteral("typeClipboard"));
    connect(type, &QAction::triggered, this, &ConsoleActions::typeClipboard);
}

void ConsoleActions::setConsole(ConsoleWidget* console)
{
    m_console = console;
    if (console != nullptr) {
        console->setScaleMode(m_scale->isChecked() ? ScaleMode::Fit : ScaleMode::Original);
    }
}

void ConsoleActions::update(const MachineSituation& situation)
{
    m_machine = situation.name;
    const std::optional<QString> reason = obstacle(MachineAction::ShowScreen, situation);
    const auto setUp = [&reason](QAction* action, const QString& tip) {
        action->setEnabled(!reason);
        action->setToolTip(
            reason ? tr("%1 (%2)", "what an action does, and why it cannot be done now").arg(tip, *reason) : tip);
    };
    setUp(m_fullScreen, tr("Let the guest's screen fill the display"));
    // Whoever is in full screen must get out of it, whatever became of the machine.
    m_fullScreen->setEnabled(!reason || m_fullScreen->isChecked());
    setUp(m_screenshot, tr("Save the guest's screen as a picture"));
    setUp(m_keys->menuAction(), tr("Press keys that this desktop would keep for itself"));
}

void ConsoleActions::fill(QMenu* menu) const
{
    menu->addAction(m_fullScreen);
    menu->addAction(m_scale);
    menu->addAction(m_screenshot);
    menu->addMenu(m_keys.get());
}

void ConsoleActions::typeClipboard()
{
    if (!m_console) {
        return;
    }
    const QString left = m_console->typeText(QGuiApplication::clipboard()->text());
    if (!left.isEmpty()) {
        Q_EMIT failed(m_machine,
            {.kind = ErrorKind::Unsupported,
                .summary = tr("Some characters of the clipboard's text could not be typed."),
                .advice = tr("Text is typed as on a US keyboard; type the rest by hand."),
                .detail = left});
    }
}

void ConsoleActions::takeScreenshot()
{
    const QImage image = m_console ? m_console->screenshot() : QImage();
    if (image.isNull()) {
        Q_EMIT failed(m_machine,
            {.kind = ErrorKind::WrongState,
                .summary = tr("There is no picture of the guest's screen yet."),
                .advice = tr("Try again when the console shows one.")});
        return;
    }
    const QString folder =
        m_settings.value(folderKey(), QStandardPaths::writableLocation(QStandardPaths::PicturesLocation))
            .toString();
    const QString name =
        tr("%1 %2.png", "a screenshot's file name: the machine's name, date and time")
            .arg(m_machine, QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH-mm-ss")));
    auto* dialog = new QFileDialog(m_window, tr("Save the screenshot of %1").arg(m_machine),
        QDir(folder).exists() ? folder : QDir::homePath(), tr("PNG images (*.png)"));
    dialog->setObjectName(QStringLiteral("saveScreenshot"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(name);
    connect(dialog, &QFileDialog::fileSelected, this, [this, image](const QString& file) { save(image, file); });
    dialog->open();
}

void ConsoleActions::save(const QImage& image, const QString& file)
{
    m_settings.setValue(folderKey(), QFileInfo(file).absolutePath());
    QSaveFile target(file);
    QImageWriter writer(&target, "png");
    if (!target.open(QIODevice::WriteOnly) || !writer.write(image) || !target.commit()) {
        Q_EMIT failed(m_machine,
            {.kind = ErrorKind::InputOutput,
                .summary = tr("The screenshot could not be saved as %1.").arg(QDir::toNativeSeparators(file)),
                .advice = tr("Choose another folder, or make room there."),
                .detail = target.errorString()});
    }
}

} // namespace platter
