// Watches the disk that the store is on. When it becomes low, points are sealed and the journal is trimmed at once, and
// the log says so; under a second mark nothing new is taken, while reading, sealing and deleting go on. Both end by
// themselves when there is space again.
//
// A low disk gets a ballast: a file of reserved space that nobody else can fill. It goes when the disk is full all the
// same, so that sealing and deleting, which write before they free, have room.
//
// Thread safety: Look by one thread at a time; the others by any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/metrics.h"
#include "store/store.h"

namespace stepwell::ingest {

struct DiskOptions {
  // Free bytes. Not set: the smaller of a share of the disk and a size, so that a small disk can be used and a large
  // one is not held back: 10 % and 20 GiB; 5 % and 5 GiB; 1 % and 512 MiB.
  std::optional<uint64_t> low, stop, ballast;
  std::string ballast_file;  // empty: none
};

class DiskGuard {
 public:
  using Space = std::function<absl::StatusOr<store::DiskSpace>()>;  // of a store
  // `metrics` outlives it.
  DiskGuard(Space space, Metrics* metrics, DiskOptions options, std::function<void(const std::string&)> log);

  void Look();
  bool low() const { return level_ != Level::kFine; }
  // OK, or RESOURCE_EXHAUSTED: nothing new is taken.
  absl::Status health() const;

 private:
  enum class Level { kFine, kLow, kStopped };
  struct Marks {
    uint64_t low, stop, ballast;
  };

  Marks MarksOf(const store::DiskSpace& space) const;
  Level LevelOf(uint64_t room, const Marks& marks) const;
  void Tell(Level level, uint64_t room, const Marks& marks);
  void MakeBallast(uint64_t bytes);
  void DropBallast(const char* why);

  const Space space_;
  Metrics* const metrics_;
  const DiskOptions options_;
  const std::function<void(const std::string&)> log_;
  uint64_t ballast_ = 0;         // bytes of the file that is there; of the looking thread
  bool ballast_failed_ = false;  // of the looking thread
  std::atomic<Level> level_{Level::kFine};
};

}  // namespace stepwell::ingest
