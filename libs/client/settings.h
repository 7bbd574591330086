// What the environment says, and where the spool is; as the Python client's (docs/guide/python.md).
//
// Thread safety: functions of the environment, which nobody may change meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace stepwell::client {

// The variable, or the default if it is not set or empty.
std::string Environment(const char* name, std::string_view otherwise = {});

// Bytes of "10GiB", "500 MB", "1000"; the units are those of 1,024. 0: it is no size.
uint64_t ParseSize(std::string_view text);

uint64_t SpoolMax();  // STEPWELL_SPOOL_MAX: bytes that the spool folder may hold
// Of a segment, which is given back as a whole: a small spool, or one on a small disk, needs small ones.
uint64_t SegmentBytes(const std::string& root);
std::chrono::milliseconds SyncEvery();  // STEPWELL_SYNC: between two fsyncs of what was logged

// The spool folder, made and writable: `chosen`, STEPWELL_DIR, or the user's own. Falls back to a folder in the
// temporary one, and says so in `warning`. Empty: there is none; `warning` has the reason.
std::string SpoolRoot(const std::string& chosen, std::string* warning);

}  // namespace stepwell::client
