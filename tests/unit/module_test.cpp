// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/module.h"

#include <QTest>

using namespace platter;

class ModuleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void findsAFunction()
    {
        const Result<QFunctionPointer> found =
            moduleFunction(QStringLiteral("platter-osinfo"), "platterIdentifyOs");
        QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
        QVERIFY(*found);
        QCOMPARE(moduleFunction(QStringLiteral("platter-osinfo"), "platterIdentifyOs"), found);
    }

    void saysWhatIsMissing_data()
    {
        QTest::addColumn<QString>("module");
        QTest::addColumn<QByteArray>("function");
        QTest::newRow("module") << QStringLiteral("platter-none") << QByteArray("platterIdentifyOs");
        QTest::newRow("function") << QStringLiteral("platter-osinfo") << QByteArray("platterNone");
    }

    void saysWhatIsMissing()
    {
        QFETCH(QString, module);
        QFETCH(QByteArray, function);
        const Result<QFunctionPointer> found = moduleFunction(module, function.constData());
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::MissingProgram);
        QVERIFY2(found.error().summary.contains(QStringLiteral("/platter/%1.so").arg(module)),
            qPrintable(found.error().summary));
        QVERIFY(found.error().advice.contains(QStringLiteral("Install")));
        QVERIFY2(found.error().detail.startsWith(QLatin1String(function)), qPrintable(found.error().detail));
    }
};

QTEST_APPLESS_MAIN(ModuleTest)
#include "module_test.moc"
