// SPDX-License-Identifier: GPL-3.0-or-later
// The pane's side: what there is to know of what is selected, as text that can be selected and copied. GUI thread;
// owned by the pane.
#pragma once

#include "ui/storage_pane/storage_facts.h"

#include <QTextEdit>

namespace platter {

class StorageDetails : public QTextEdit {
    Q_OBJECT

public:
    explicit StorageDetails(QWidget* parent = nullptr);

    // Where the reader has come to and what is marked stay where they are while it is told of the same thing.
    void setFacts(const StorageFacts& facts);

    QSize sizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;

private:
    void fill();

    StorageFacts m_facts;
};

} // namespace platter
