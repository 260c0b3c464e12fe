// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_format.h"

#include <QTest>

using namespace platter;

class DiskFormatTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsWhatItWrites()
    {
        for (const DiskFormat format : {DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw}) {
            QCOMPARE(diskFormatFromString(nameOf(format)), std::optional(format));
            QCOMPARE(diskFormatFromString(displayName(format)), std::optional(format));
        }
        QCOMPARE(nameOf(DiskFormat::Vhdx), QStringLiteral("vhdx"));
        QCOMPARE(displayName(DiskFormat::Vhdx), QStringLiteral("VHDX"));
    }

    void knowsNothingElse()
    {
        for (const char* text : {"", "vhd", "vpc", "qcow", "raw ", "vmdk"}) {
            QCOMPARE(diskFormatFromString(QString::fromUtf8(text)), std::nullopt);
        }
    }
};

QTEST_APPLESS_MAIN(DiskFormatTest)
#include "disk_format_test.moc"
