// Which files of a log directory are event files, and in which order those of one run are read.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

namespace stepwell::tensorboard {

enum class LogFileKind {
  kEvents,  // read it
  kMarker,  // the profiler's empty marker (*.profile-empty): not worth a word
  kPacked,  // an event file in an archive or compressed (*.gz, *.zip, ...): kPackedReason, once
  kOther,   // not ours
};

// What to say of a kPacked file.
inline constexpr std::string_view kPackedReason = "not an event file: it is compressed; unpack it beside its run";

// By the name alone, without folders. TensorBoard's rule: a name that contains "tfevents" is an event file.
LogFileKind ClassifyLogFile(std::string_view name);

// Runs of digits compare as numbers, so that host.1.9 comes before host.1.10; otherwise bytes. A strict total order.
bool NaturalLess(std::string_view a, std::string_view b);

}  // namespace stepwell::tensorboard
