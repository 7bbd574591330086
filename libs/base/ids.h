// Names that the server makes: ULIDs (48 bits of milliseconds, 80 of chance; Crockford's base 32; they sort by time).
//
// Thread safety: NewUlid may be called from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace stepwell {

std::string NewUlid(const Clock& clock = Clock::System());  // 26 characters

// What a client may choose as a run's id: 1 to 128 of [A-Za-z0-9._-], not "." or "..".
bool IsValidId(std::string_view id);

}  // namespace stepwell
