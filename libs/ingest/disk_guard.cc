#include "ingest/disk_guard.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace stepwell::ingest {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;

std::string InMiB(uint64_t bytes) { return std::to_string(bytes / kMiB) + " MiB"; }

// A level ends a tenth above the mark that began it, so that it does not flicker.
bool Under(uint64_t room, uint64_t mark, bool already) { return room < (already ? mark + mark / 10 : mark); }

}  // namespace

DiskGuard::DiskGuard(Space space, Metrics* metrics, DiskOptions options, std::function<void(const std::string&)> log)
    : space_(std::move(space)), metrics_(metrics), options_(std::move(options)), log_(std::move(log)) {
  struct stat left;  // by an earlier process
  if (!options_.ballast_file.empty() && stat(options_.ballast_file.c_str(), &left) == 0)
    ballast_ = static_cast<uint64_t>(left.st_size);
}

DiskGuard::Marks DiskGuard::MarksOf(const store::DiskSpace& space) const {
  return {options_.low.value_or(std::min(space.size_bytes / 10, 20 * kGiB)),
          options_.stop.value_or(std::min(space.size_bytes / 20, 5 * kGiB)),
          options_.ballast.value_or(std::min(space.size_bytes / 100, 512 * kMiB))};
}

DiskGuard::Level DiskGuard::LevelOf(uint64_t room, const Marks& marks) const {
  if (Under(room, marks.stop, level_ == Level::kStopped)) return Level::kStopped;
  return Under(room, std::max(marks.low, marks.stop), low()) ? Level::kLow : Level::kFine;
}

void DiskGuard::Look() {
  const absl::StatusOr<store::DiskSpace> space = space_();
  if (!space.ok()) return;
  const Marks marks = MarksOf(*space);
  const uint64_t room = space->free_bytes + ballast_;
  metrics_->disk_free.Set(static_cast<double>(space->free_bytes));
  metrics_->disk_size.Set(static_cast<double>(space->size_bytes));
  const Level level = LevelOf(room, marks);
  if (level != level_) Tell(level, room, marks);
  level_ = level;
  metrics_->disk_stopped.Set(level == Level::kStopped ? 1 : 0);
  if (level == Level::kFine) {
    DropBallast("the disk has space");
  } else if (ballast_ > 0 && space->free_bytes < ballast_ / 4) {
    DropBallast("the disk is full; sealing and deleting get its room");
  } else if (ballast_ == 0 && space->free_bytes > 2 * marks.ballast) {
    MakeBallast(marks.ballast);
  }
  metrics_->disk_ballast.Set(static_cast<double>(ballast_));
}

void DiskGuard::Tell(Level level, uint64_t room, const Marks& marks) {
  const std::string free = "the store's disk has " + InMiB(room) + " free";
  if (level == Level::kStopped) {
    log_(free + ", under " + InMiB(marks.stop) +
         " (--disk-stop): no new points are taken, clients wait; delete runs or make the disk larger");
  } else if (level == Level::kLow) {
    log_(free + ", under " + InMiB(marks.low) + " (--disk-low)" +
         (level_ == Level::kStopped ? ": points are taken again"
                                    : "; under " + InMiB(marks.stop) + " no new points are taken (--disk-stop)"));
  } else {
    log_(free + ": enough again");
  }
}

absl::Status DiskGuard::health() const {
  if (level_ != Level::kStopped) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "the server's disk has too little space: nothing is taken until there is more (--disk-stop)");
}

// Reserved by fallocate: a file with holes would hold nothing.
void DiskGuard::MakeBallast(uint64_t bytes) {
  if (options_.ballast_file.empty() || bytes == 0 || ballast_failed_) return;
  const int file = open(options_.ballast_file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const bool made = file >= 0 && fallocate(file, 0, 0, static_cast<off_t>(bytes)) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (made) {
    ballast_ = bytes;
    return;
  }
  unlink(options_.ballast_file.c_str());
  ballast_failed_ = true;
  log_("no ballast (" + options_.ballast_file + "): " + std::strerror(error));
}

void DiskGuard::DropBallast(const char* why) {
  if (ballast_ == 0) return;
  unlink(options_.ballast_file.c_str());
  log_("the ballast of " + InMiB(ballast_) + " goes: " + why);
  ballast_ = 0;
}

}  // namespace stepwell::ingest
