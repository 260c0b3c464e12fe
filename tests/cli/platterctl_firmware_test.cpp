// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware's settings from outside, on the firmware that is installed.
#include "command_line.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

class PlatterctlFirmwareTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_shell = std::make_unique<CommandLine>();
        QCOMPARE(m_shell->run(QStringLiteral("machine create m --memory 256M --cpus 1")).code, 0);
    }

    void aNewMachineStartsEverything()
    {
        const QJsonObject shown = show();
        QCOMPARE(shown[QStringLiteral("secureBoot")].toString(), QStringLiteral("off"));
        QCOMPARE(shown[QStringLiteral("tpm")].toBool(true), false);
        QCOMPARE(shown[QStringLiteral("keys")][QStringLiteral("db")][QStringLiteral("certificates")].toArray(),
            QJsonArray());
    }

    void settingsAreKeptAndShown()
    {
        const Outcome set =
            m_shell->run(QStringLiteral("firmware set m --secure-boot microsoft --tpm yes --boot-menu yes"));
        QVERIFY2(set.code == 0, qPrintable(set.err));
        const QJsonObject shown = show();
        QCOMPARE(shown[QStringLiteral("secureBoot")].toString(), QStringLiteral("microsoft"));
        QVERIFY(shown[QStringLiteral("tpm")].toBool());
        QVERIFY(shown[QStringLiteral("bootMenu")].toBool());
        QCOMPARE(subjects(shown, QStringLiteral("db")), windows);
        // What is not said stays.
        QCOMPARE(m_shell->run(QStringLiteral("firmware set m --secure-boot third-party")).code, 0);
        QVERIFY(show()[QStringLiteral("tpm")].toBool());
        QCOMPARE(subjects(show(), QStringLiteral("db")).size(), 2);
        const QString text = m_shell->run(QStringLiteral("firmware show m")).out;
        QVERIFY2(text.contains(QStringLiteral("Microsoft Corporation UEFI CA 2011, by ")), qPrintable(text));
        const QString command = m_shell->run(QStringLiteral("machine command-line m")).out;
        for (const char* part : {"smm=on", "tpm-crb", "menu=on"}) {
            QVERIFY2(command.contains(QLatin1String(part)), qPrintable(command));
        }
    }

    void ownKeysComeFromFiles()
    {
        const Outcome without = m_shell->run(QStringLiteral("firmware set m --secure-boot own"));
        QCOMPARE(without.code, 1);
        QVERIFY2(without.err.contains(QStringLiteral("--secure-boot own")), qPrintable(without.err));
        QCOMPARE(show()[QStringLiteral("secureBoot")].toString(), QStringLiteral("off"));

        const QString file = m_shell->path(QStringLiteral("own.pem"));
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"),
            QStringLiteral("req -new -x509 -newkey rsa:2048 -nodes -subj /CN=Mine -keyout %1.key -out %1")
                .arg(file)
                .split(QLatin1Char(' ')));
        QVERIFY(openssl.waitForFinished() && openssl.exitCode() == 0);
        const Outcome early =
            m_shell->run(QStringLiteral("firmware set m --secure-boot microsoft --pk %1 --db %1").arg(file));
        QCOMPARE(early.code, 1);
        QVERIFY2(early.err.contains(QStringLiteral("Add --secure-boot own")), qPrintable(early.err));
        const Outcome key =
            m_shell->run(QStringLiteral("firmware set m --secure-boot own --pk %1 --db %1.key").arg(file));
        QCOMPARE(key.code, 1);
        QVERIFY2(key.err.contains(QStringLiteral("own.pem.key is not a certificate")), qPrintable(key.err));

        const Outcome set =
            m_shell->run(QStringLiteral("firmware set m --secure-boot own --pk %1 --kek %1 --db %1").arg(file));
        QVERIFY2(set.code == 0, qPrintable(set.err));
        for (const char* list : {"PK", "KEK", "db"}) {
            QCOMPARE(subjects(show(), QLatin1String(list)), QStringList(QStringLiteral("Mine")));
        }
        // Resetting forgets everything else.
        QCOMPARE(m_shell->run(QStringLiteral("boot reset m")).code, 0);
        QCOMPARE(subjects(show(), QStringLiteral("PK")), QStringList(QStringLiteral("Mine")));
    }

    void theBootOrderSaysWhatIsNotSigned()
    {
        // Of shim there are both.
        const Outcome made = m_shell->run(QStringLiteral("machine create net --netboot-folder /usr/lib/shim"));
        QVERIFY2(made.code == 0, qPrintable(made.err));
        const QString list = QStringLiteral("boot list net --explain");
        const QString off = m_shell->run(list).out;
        QVERIFY2(off.contains(QStringLiteral("The firmware starts from network 0.")), qPrintable(off));
        QCOMPARE(m_shell->run(QStringLiteral("firmware set net --secure-boot third-party")).code, 0);
        const QString on = m_shell->run(list).out;
        QVERIFY2(
            on.contains(QStringLiteral("shimx64.efi is not signed. Sign it and enroll your key")), qPrintable(on));
        QVERIFY2(on.contains(QStringLiteral("The firmware starts nothing")), qPrintable(on));
        const Outcome other =
            m_shell->run(QStringLiteral("boot network net --folder /usr/lib/shim --file shimx64.efi.signed"));
        QVERIFY2(other.code == 0, qPrintable(other.err));
        const QString isSigned = m_shell->run(list).out;
        QVERIFY2(isSigned.contains(QStringLiteral("is signed by Microsoft Corporation UEFI CA 2011.")),
            qPrintable(isSigned));
        QVERIFY2(isSigned.contains(QStringLiteral("The firmware starts from network 0.")), qPrintable(isSigned));
    }

    void damagedVariablesAreSaidWithTheWayOut()
    {
        QCOMPARE(m_shell->run(QStringLiteral("firmware set m --secure-boot microsoft")).code, 0);
        const QString folder =
            m_shell->run(QStringLiteral("machine show m --json")).json()[QStringLiteral("folder")].toString();
        QFile nvram(folder + QStringLiteral("/nvram.fd"));
        QVERIFY(nvram.open(QIODevice::WriteOnly) && nvram.write("x") == 1);
        nvram.close();
        const Outcome shown = m_shell->run(QStringLiteral("firmware show m"));
        QCOMPARE(shown.code, 0);
        QVERIFY2(shown.err.contains(QStringLiteral("platterctl boot reset “m”")), qPrintable(shown.err));
        QCOMPARE(m_shell->run(QStringLiteral("boot reset m")).code, 0);
        QCOMPARE(subjects(show(), QStringLiteral("db")), windows);
    }

    void wrongWordsAreNamed_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("saying");
        QTest::newRow("mode") << "--secure-boot on" << "It takes off, microsoft, third-party or own.";
        QTest::newRow("tpm") << "--tpm maybe" << "--tpm cannot be “maybe”.";
        QTest::newRow("menu") << "--boot-menu 1" << "It takes yes or no.";
    }

    void wrongWordsAreNamed()
    {
        QFETCH(QString, options);
        QFETCH(QString, saying);
        const Outcome set = m_shell->run(QStringLiteral("firmware set m ") + options);
        QCOMPARE(set.code, 1);
        QVERIFY2(set.err.contains(saying), qPrintable(set.err));
    }

private:
    QJsonObject show() const { return m_shell->run(QStringLiteral("firmware show m --json")).json().object(); }

    static QStringList subjects(const QJsonObject& shown, const QString& list)
    {
        QStringList names;
        const QJsonArray certificates =
            shown[QStringLiteral("keys")][list][QStringLiteral("certificates")].toArray();
        for (const QJsonValue& one : certificates) {
            names << one[QStringLiteral("subject")].toString();
        }
        return names;
    }

    const QStringList windows{QStringLiteral("Microsoft Windows Production PCA 2011")};
    std::unique_ptr<CommandLine> m_shell;
};

QTEST_GUILESS_MAIN(PlatterctlFirmwareTest)
#include "platterctl_firmware_test.moc"
