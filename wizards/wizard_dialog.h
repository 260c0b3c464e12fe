// SPDX-License-Identifier: GPL-3.0-or-later
// The frame of every wizard: the list of steps with what was chosen, the page in a scrolling area, Back, Next and
// Cancel. Next is never disabled for what a page lacks: pressed, it shows the reason on the page. GUI thread; owned
// by its opener.
#pragma once

#include <QDialog>
#include <QPointer>

class QLabel;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QTimer;

namespace platter {

class FieldMessage;
class StepList;
class WizardPage;

class WizardDialog : public QDialog {
    Q_OBJECT

public:
    explicit WizardDialog(QWidget* parent);
    ~WizardDialog() override;

    int pageCount() const;
    int currentIndex() const;
    WizardPage* page(int index) const;

    // Backwards at once; forwards page by page as if Next were pressed, up to the first page that has a reason to
    // stay.
    void goTo(int index);
    // Asks first when something was entered.
    void reject() override;

protected:
    void addPage(WizardPage* page);
    // The verb on the last page's button.
    void setFinishText(const QString& text);
    // What follows the last page in wizards whose work goes on in view: PAGE, with no step of its own.
    enum class WayBack { Open, Closed };
    void setAftermath(QWidget* page);
    // Shows it; CLOSE is the text of the only button besides Back. Nothing is thrown away by closing any more.
    void showAftermath(const QString& title, const QString& close, WayBack back);
    bool isInAftermath() const;

    // While TEXT is not empty the wizard works: it takes no input and cannot be closed.
    void setWorking(const QString& text);

    bool isWorking() const { return m_working; }

    // The last page's button was pressed and that page lets go.
    virtual void finish() = 0;
    // What Cancel would throw away, as a question, and the verb for doing so.
    virtual QString discardQuestion() const = 0;
    virtual QString discardVerb() const = 0;

    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void showPage(int index);
    void showTitleOf(WizardPage* page);
    static QScrollArea* scrolling(QWidget* page);
    int nextThatApplies(int index, int direction) const;
    void keepInView();
    void walk();
    void stopWalking();
    void refreshButtons();

    StepList* m_steps;
    QLabel* m_title;
    QStackedWidget* m_stack;
    FieldMessage* m_status;
    QPushButton* m_back;
    QPushButton* m_next;
    QPushButton* m_cancel;
    QTimer* m_patience;
    QPointer<QWidget> m_focusBeforeWork;
    QString m_finishText;
    int m_target = 0; // where walk() goes; pageCount() means finish
    bool m_edited = false;
    bool m_working = false;
    bool m_asking = false;
    int m_pages = 0; // the aftermath is none
    QWidget* m_aftermath = nullptr;
    QString m_closeText;
    WayBack m_wayBack = WayBack::Closed;
};

} // namespace platter
