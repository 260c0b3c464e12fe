// SPDX-License-Identifier: GPL-3.0-or-later
#include "edit_disk_stage.h"

#include "core/disk/convert.h"
#include "core/qemu/runtime_folder.h"
#include "tests/disk/mbr_linux_disk.h"
#include "tests/unit/disk/run_tool.h"
#include "ui/fields/field_message.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

#include <algorithm>
#include <csignal>

namespace platter {

namespace {

constexpr int patience = 20000; // sanitizers on a busy machine

void require(const ToolRun& run)
{
    if (!run.isGood) {
        qFatal("%s", qPrintable(run.output));
    }
}

void makeSparse(const QString& path, qint64 size)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !file.resize(size)) {
        qFatal("%s cannot be made.", qPrintable(path));
    }
}

void convert(const QString& from, const QString& to, ImageTarget format)
{
    ConvertRequest request;
    request.source = from;
    request.target = to;
    request.format = format;
    Convert operation(request);
    Progress progress;
    const Result<OperationOutcome> made = operation.run(progress);
    if (!made) {
        qFatal("%s", qPrintable(made.error().text()));
    }
}

} // namespace

EditDiskStage::EditDiskStage()
{
    m_places.machines = file(QStringLiteral("machines"));
    m_places.runtime = file(QStringLiteral("run"));
    m_places.cache = file(QStringLiteral("cache"));
    m_places.firmwareDescriptors = {QStringLiteral("/usr/share/qemu/firmware")};
    for (const QString& folder : {m_places.machines, m_places.runtime, m_places.cache}) {
        QDir().mkpath(folder);
    }
    QFile::setPermissions(m_places.runtime, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_probe = std::make_unique<AcceleratorProbe>(m_places.cache, [] {
        return AcceleratorReport{
            Accelerator::Tcg, QStringLiteral("This test has no KVM."), QStringLiteral("Nothing helps.")};
    });
    m_library = std::make_unique<MachineLibrary>(m_places, *m_probe);
}

EditDiskStage::~EditDiskStage()
{
    m_wizard.reset();
    m_library.reset();
    // No machine outlives its test.
    const QStringList running = QDir(m_places.runtime).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& id : running) {
        if (const auto qemu = RuntimeFolder{m_places.runtime + QLatin1Char('/') + id}.runningQemu()) {
            ::kill(*qemu, SIGKILL);
        }
    }
}

QString EditDiskStage::makeDisk(const QString& name)
{
    const QString raw = name.endsWith(QLatin1String(".raw")) ? file(name) : file(name + QStringLiteral(".tmp"));
    makeSparse(raw, qint64(2) << 30);
    require(runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), raw},
        "label: gpt\nstart=1MiB, size=64MiB, type=U, name=\"EFI system partition\"\n"
        "size=900MiB, type=L, name=root\nsize=64MiB, type=S\n"));
    require(runTool(QStringLiteral("mkfs.ext4"),
        {QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-L"), QStringLiteral("system"),
            QStringLiteral("-E"), QStringLiteral("offset=%1").arg(qint64(65) << 20), raw, QStringLiteral("900M")}));
    if (name.endsWith(QLatin1String(".vhdx"))) {
        convert(raw, file(name), ImageTarget::DynamicVhdx);
    }
    return file(name);
}

QString EditDiskStage::makeMbrVhd(const QString& name)
{
    const QString raw = file(name + QStringLiteral(".tmp"));
    require(makeMbrLinuxDisk(raw, ByteCount::mebibytes(64), ByteCount::mebibytes(40)));
    convert(raw, file(name), ImageTarget::DynamicVhd);
    return file(name);
}

void EditDiskStage::addMachine(const QString& name, const QString& image, DiskFormat format)
{
    Definition definition;
    definition.id = MachineId::random();
    definition.memory = ByteCount::mebibytes(256);
    definition.cpus = 1;
    definition.drives.push_back({{0, 0}, DiskDrive{image, format}});
    const Result<StoredMachine> made = m_library->store().create(name, definition, std::nullopt, {});
    if (!made) {
        qFatal("%s", qPrintable(made.error().text()));
    }
    m_library->reload();
}

EditDiskWizard& EditDiskStage::open(const QString& image)
{
    m_wizard = std::make_unique<EditDiskWizard>(*m_library, m_jobs);
    if (!image.isEmpty()) {
        m_wizard->setFile(image);
    }
    m_wizard->show();
    m_wizard->activateWindow();
    if (!QTest::qWaitForWindowActive(m_wizard.get())) {
        qFatal("The wizard was not shown.");
    }
    return *m_wizard;
}

QString EditDiskStage::message(const char* name) const
{
    const auto* found = find<FieldMessage>(name);
    return found->isShowing() && found->isVisible() ? found->text() : QString();
}

QString EditDiskStage::plan() const
{
    return find<QPlainTextEdit>("editPlan")->toPlainText();
}

void EditDiskStage::press(Qt::Key key, Qt::KeyboardModifiers modifiers) const
{
    QWidget* focus = wizard().focusWidget();
    QTest::keyClick(focus != nullptr ? focus : m_wizard.get(), key, modifiers);
    // A button that is pressed by its mnemonic stays down for a moment before it clicks.
    const bool isUp = QTest::qWaitFor(
        [&] {
            return std::ranges::none_of(wizard().findChildren<QAbstractButton*>(),
                [](const QAbstractButton* button) { return button->isDown(); });
        },
        patience);
    if (!isUp) {
        qFatal("A button stays down.");
    }
}

void EditDiskStage::type(const QString& text) const
{
    QWidget* focus = wizard().focusWidget();
    if (auto* edit = qobject_cast<QLineEdit*>(focus)) {
        edit->selectAll();
    } else if (auto* box = qobject_cast<QAbstractSpinBox*>(focus)) {
        box->selectAll();
    } else {
        qFatal("No field has the focus.");
    }
    QTest::keyClicks(focus, text);
}

bool EditDiskStage::enterTo(int wanted) const
{
    press(Qt::Key_Return);
    if (!QTest::qWaitFor([&] { return page() == wanted; }, patience)) {
        qWarning("Enter led to page %d.", page());
        return false;
    }
    return true;
}

bool EditDiskStage::choose(Qt::Key mnemonic, int wanted) const
{
    if (!enterTo(ActionPageNumber)) {
        return false;
    }
    press(mnemonic, Qt::AltModifier);
    return enterTo(wanted);
}

bool EditDiskStage::isPlanned() const
{
    return QTest::qWaitFor(
        [&] {
            return page() == PlanPageNumber && !plan().isEmpty() && !message("planMessage").endsWith(QChar(0x2026));
        },
        patience);
}

bool EditDiskStage::finish() const
{
    QPushButton* next = find<QPushButton>("next");
    next->setFocus();
    press(Qt::Key_Return);
    return QTest::qWaitFor([&] { return wizard().job() != nullptr && wizard().job()->isFinished(); }, patience);
}

} // namespace platter
