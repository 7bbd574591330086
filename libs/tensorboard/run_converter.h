// Turns the events of one run's files into series, points and notes.
//
// Why a class for the run and not for the file: metadata usually comes with a tag's first value only, and the file that
// brought it may be another one. The run's first metadata of a tag holds for all values of the tag that come without,
// in all files. A value that brings metadata of another plugin starts another series of the same tag: a series is (tag,
// kind, plugin). TensorBoard's old forms (simple_value, image, histo, audio, graph_def, ...) become what its current
// forms would be; facts: tensorboard/data_compat.py and dataclass_compat.py.
//
// Thread safety: none; one owner. Nothing here throws, and no input makes it fail: what cannot be read is a warning.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stepwell/v1/value.pb.h"
#include "tensorboard/sink.h"

namespace stepwell::tensorboard {

// Larger tensors and texts go to blobs.
inline constexpr size_t kInlineBytes = 64 << 10;

// What must outlive a restart about one file, besides the reader's offset.
struct FileState {
  bool started = false;  // a SessionLog.START was seen in it

  std::string Serialize() const;  // at most 100 bytes
  // Anything that Serialize did not write is a fresh state.
  static FileState Parse(std::string_view bytes);
};

class RunConverter {
 public:
  // `known`: the series that the server has of this run, of all its writers, so that values without metadata go to the
  // right series after a restart. They get the first keys, in order; one that repeats (tag, kind, plugin) gets none.
  explicit RunConverter(std::span<const v1::SeriesInfo> known = {});
  ~RunConverter();
  RunConverter(RunConverter&&) noexcept;
  RunConverter& operator=(RunConverter&&) noexcept;

  // One record of one of the run's files. Calls `sink` zero or more times.
  void Convert(std::string_view record, FileState& file, Sink& sink);

  // Series that do not come from event files (projector, profiles): the key, made (and told to `sink`) if it is new.
  uint32_t KeyOf(const v1::SeriesInfo& info, Sink& sink);

  // Keys are 0, 1, 2, ... and never change their meaning.
  uint32_t series_count() const;
  const v1::SeriesInfo& Info(uint32_t key) const;  // REQUIRES: key < series_count()
  std::optional<uint32_t> Find(std::string_view tag, v1::Kind kind, std::string_view plugin) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stepwell::tensorboard
