// SPDX-License-Identifier: GPL-3.0-or-later
// The UEFI variables in the flash of a machine's firmware, in EDK2's format (MdeModulePkg's
// VariableFormat.h: a firmware volume that begins with a store of authenticated variables). What is not changed
// keeps its bytes, whatever it is. virt-fw-vars does not: it knows variables by their names alone, and of two that
// only their vendors tell apart it drops one. A value.
#pragma once

#include "core/error.h"

#include <QByteArray>
#include <QUuid>

#include <cstdint>
#include <optional>
#include <vector>

namespace platter {

struct UefiVariable {
    // Attributes of what the boot manager keeps: non-volatile, seen by boot services and at run time.
    static constexpr std::uint32_t bootAttributes = 7;

    QString name;
    QUuid vendor;
    std::uint32_t attributes = bootAttributes;
    QByteArray data = {};

    friend bool operator==(const UefiVariable&, const UefiVariable&) = default;
};

class VariableStore {
public:
    // The vendor of the variables that the UEFI specification defines, BootOrder among them.
    static QUuid globalVendor();

    // FLASH: the whole content of nvram.fd. Corrupt with the rule that is broken.
    static Result<VariableStore> parse(const QByteArray& flash);

    // In the order in which they lie there.
    std::vector<UefiVariable> variables() const;

    // Nothing: there is none.
    std::optional<QByteArray> value(const QString& name, const QUuid& vendor = globalVendor()) const;
    // One that has these bytes already keeps them as they lie there.
    void setValue(const QString& name, const QByteArray& data);
    // ATTRIBUTES are those of one that is not there yet.
    void setValue(const QString& name, const QUuid& vendor, std::uint32_t attributes, const QByteArray& data);
    void remove(const QString& name, const QUuid& vendor = globalVendor());
    // As it lies in OTHER, its time and all; where there is none, here is none either.
    void take(const VariableStore& other, const QString& name, const QUuid& vendor);
    void clear();

    // The flash with these variables. NoSpace: there are too many.
    Result<QByteArray> flash() const;

private:
    // A variable as it lies in the flash, header and all.
    struct Record {
        UefiVariable variable;
        QByteArray bytes;
    };

    std::vector<Record>::const_iterator find(const QString& name, const QUuid& vendor) const;

    QByteArray m_flash;
    qsizetype m_start = 0; // of the variables
    qsizetype m_end = 0; // of the store
    std::vector<Record> m_records;
};

} // namespace platter
