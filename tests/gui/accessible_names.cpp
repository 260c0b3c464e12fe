// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/accessible_names.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRadioButton>
#include <QScrollBar>
#include <QSet>
#include <QTabBar>
#include <QTest>
#include <QTextEdit>

namespace platter {

namespace {

// Parts that Qt makes inside its own controls; the control itself speaks and takes the focus for them.
bool isPartOfAControl(const QWidget* widget)
{
    if (widget->objectName().startsWith(QLatin1String("qt_")) || qobject_cast<const QScrollBar*>(widget) != nullptr
        || qobject_cast<const QHeaderView*>(widget) != nullptr) {
        return true;
    }
    const QWidget* parent = widget->parentWidget();
    return qobject_cast<const QLineEdit*>(parent) != nullptr || qobject_cast<const QTabBar*>(parent) != nullptr
        || qobject_cast<const QAbstractSpinBox*>(parent) != nullptr
        || qobject_cast<const QComboBox*>(parent) != nullptr
        || (parent != nullptr && parent->inherits("QComboBoxPrivateContainer"));
}

bool isControl(const QWidget* widget)
{
    if (isPartOfAControl(widget)) {
        return false;
    }
    return qobject_cast<const QAbstractButton*>(widget) != nullptr
        || qobject_cast<const QLineEdit*>(widget) != nullptr
        || qobject_cast<const QAbstractItemView*>(widget) != nullptr
        || qobject_cast<const QComboBox*>(widget) != nullptr
        || qobject_cast<const QAbstractSpinBox*>(widget) != nullptr
        || qobject_cast<const QAbstractSlider*>(widget) != nullptr
        || qobject_cast<const QPlainTextEdit*>(widget) != nullptr
        || qobject_cast<const QTextEdit*>(widget) != nullptr
        || (widget->focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
}

QString describe(const QWidget* widget)
{
    const QWidget* parent = widget->parentWidget();
    return QStringLiteral("%1 '%2' in %3 '%4'")
        .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(),
            parent != nullptr ? QLatin1String(parent->metaObject()->className()) : QLatin1String("nothing"),
            parent != nullptr ? parent->objectName() : QString());
}

} // namespace

QStringList controlsWithoutName(QWidget* root)
{
    QStringList found;
    for (QWidget* widget : root->findChildren<QWidget*>()) {
        if (!isControl(widget) || qobject_cast<QTabBar*>(widget) != nullptr) { // a tab bar's tabs have the names
            continue;
        }
        const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        if (interface == nullptr || interface->text(QAccessible::Name).isEmpty()) {
            found << describe(widget);
        }
    }
    return found;
}

QStringList controlsBeyondTab(QWidget* root)
{
    QSet<const QWidget*> reached;
    const auto visit = [&reached] {
        const QWidget* focus = QApplication::focusWidget();
        const bool isNew = focus != nullptr && !reached.contains(focus);
        reached.insert(focus);
        return isNew;
    };
    visit();
    while (QApplication::focusWidget() != nullptr) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        if (!visit()) {
            break;
        }
    }
    QStringList missed;
    for (const QWidget* widget : root->findChildren<QWidget*>()) {
        if (!isControl(widget) || !widget->isVisible() || !widget->isEnabled() || widget->window() != root->window()
            || reached.contains(widget)) {
            continue;
        }
        // Of a group of radio buttons Tab reaches one, the arrow keys the others.
        if (const auto* radio = qobject_cast<const QRadioButton*>(widget);
            radio != nullptr && !radio->isChecked()) {
            continue;
        }
        // Something inside it, or what it stands for, has the focus instead.
        const bool byProxy = std::any_of(reached.begin(), reached.end(), [widget](const QWidget* other) {
            return other != nullptr && (widget->isAncestorOf(other) || widget->focusProxy() == other);
        });
        if (!byProxy) {
            missed << describe(widget);
        }
    }
    return missed;
}

} // namespace platter
