// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/edit_options.h"

namespace platter {

EditOptions::EditOptions(EditDraft& draft)
    : m_draft(draft)
{
}

EditOptions::~EditOptions() = default;

} // namespace platter
