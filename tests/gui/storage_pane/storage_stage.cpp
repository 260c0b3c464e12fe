// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage_stage.h"

#include "tests/unit/disk/run_tool.h"

#include <QTabWidget>
#include <QTextEdit>

namespace platter {

namespace {

void require(const ToolRun& run)
{
    if (!run.isGood) {
        qFatal("%s", qPrintable(run.output));
    }
}

} // namespace

QString StorageStage::makeDisk(const QString& name)
{
    const QString suffix = name.section(QLatin1Char('.'), -1);
    const QString raw = suffix == QLatin1String("raw") ? file(name) : file(name + QStringLiteral(".tmp"));
    QFile image(raw);
    if (!image.open(QIODevice::WriteOnly) || !image.resize(qint64(2) << 30)) {
        qFatal("%s", qPrintable(image.errorString()));
    }
    image.close();
    require(runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), raw},
        "label: gpt\nstart=1MiB, size=64MiB, type=U, name=\"EFI system partition\"\n"
        "size=900MiB, type=L, name=root\nsize=64MiB, type=S\n"));
    require(runTool(QStringLiteral("mkfs.ext4"),
        {QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-L"), QStringLiteral("system"),
            QStringLiteral("-E"), QStringLiteral("offset=%1").arg(qint64(65) << 20), raw, QStringLiteral("900M")}));
    if (raw != file(name)) {
        require(runTool(QStringLiteral("qemu-img"),
            {QStringLiteral("convert"), QStringLiteral("-O"), suffix, raw, file(name)}));
    }
    return file(name);
}

void StorageStage::show(const std::vector<Drive>& drives, int controllers)
{
    Definition definition = m_window.definition();
    definition.drives.clear();
    definition.bootOrder.clear();
    m_window.addMachine(QStringLiteral("m"), definition);
    m_window.window();
    change([&](Definition& edited) {
        edited.controllers = controllers;
        edited.drives = drives;
        if (!drives.empty()) {
            edited.bootOrder = {drives.front().slot};
        }
    });
    m_window.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
}

void StorageStage::change(const std::function<void(Definition& definition)>& edit)
{
    const auto updated =
        m_window.library().store().update(QStringLiteral("m"), [&](Definition& definition) -> Result<void> {
            edit(definition);
            return {};
        });
    if (!updated) {
        qFatal("%s", qPrintable(updated.error().text()));
    }
    m_window.library().reload();
}

StorageView* StorageStage::view()
{
    return m_window.find<StorageView>("driveList");
}

StorageModel* StorageStage::model()
{
    return static_cast<StorageModel*>(view()->model());
}

const DriveCard* StorageStage::card(SlotId slot)
{
    return model()->cardAt(model()->indexOfDrive(slot));
}

void StorageStage::select(SlotId slot)
{
    view()->setCurrentIndex(model()->indexOfDrive(slot));
}

void StorageStage::press(Qt::Key key)
{
    QTest::keyClick(view(), key);
}

QString StorageStage::details()
{
    return m_window.find<QTextEdit>("storageDetails")->toPlainText();
}

} // namespace platter
