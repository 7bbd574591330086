// What the events of a run become: calls, in the order in which they were logged. The uploader implements it.
//
// Thread safety: a sink is called from one thread at a time, by the converter that it was given to.
#pragma once

#include <cstdint>
#include <string_view>

#include "stepwell/v1/value.pb.h"

namespace stepwell::tensorboard {

class Sink {
 public:
  virtual ~Sink() = default;

  // Once for each key, before its first use. Not for series that the converter was seeded with.
  virtual void Series(uint32_t key, const v1::SeriesInfo& info) = 0;
  // A point of a series of kind scalar. `wall` in seconds since the epoch, any float64.
  virtual void Scalar(uint32_t key, int64_t step, double wall, double value) = 0;
  // A point of a series of any other kind.
  virtual void Value(uint32_t key, int64_t step, double wall, v1::Value&& value) = 0;
  // Before the value that names it; may come again with the same content. `type` is a media type. The bytes are valid
  // during the call only.
  virtual void Blob(std::string_view sha256, std::string_view bytes, std::string_view type) = 0;
  // SessionLog.START: points with a step >= `step` that came before are taken back. `first_in_file`: what the same file
  // brought before stays (Rewind.spare_own), because writers put the first START late into the file.
  virtual void SessionStart(int64_t step, bool first_in_file) = 0;
  // A hyperparameter of the run; any JSON value.
  virtual void Param(std::string_view key, std::string_view json) = 0;
  // "finished" or "failed", from the hyperparameter plugin's end of a session. `wall` 0: not known.
  virtual void Status(std::string_view status, double wall) = 0;
  // Something that could not be taken; what is beside it goes on. Said once for each tag and reason in a converter's
  // life.
  virtual void Warning(std::string_view tag, std::string_view reason) = 0;
};

}  // namespace stepwell::tensorboard
