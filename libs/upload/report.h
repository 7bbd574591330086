// What an upload did: numbers and warnings, for people and for programs.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace stepwell::upload {

// What could not be taken, and where.
struct UploadWarning {
  std::string run;
  std::string file;     // below the run's folder; empty: the folder itself
  int64_t offset = -1;  // bytes; -1: none
  std::string tag;      // any bytes
  std::string reason;
  uint64_t count = 1;
};

struct Totals {
  uint64_t runs = 0;  // that have data
  uint64_t new_runs = 0;
  uint64_t series = 0;  // new ones
  uint64_t points = 0;
  uint64_t blobs = 0;
  uint64_t bytes = 0;  // of files, read now
  double seconds = 0;
};

class Report {
 public:
  // `tell` gets each warning and failure as a line, when it is found; may be empty.
  explicit Report(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}

  void AddRun(bool created);
  void AddSeries(uint64_t n) { series_ += n; }
  void AddPoints(uint64_t n) { points_ += n; }
  void AddBlobs(uint64_t n) { blobs_ += n; }
  void AddBytes(uint64_t n) { bytes_ += n; }
  // Of files, taken by an earlier upload: work that is done already.
  void AddKnownBytes(uint64_t n) { known_bytes_ += n; }
  uint64_t done_bytes() const { return bytes_ + known_bytes_; }
  // Once for each (run, file, offset, tag, reason).
  void Warn(const UploadWarning& warning);
  void Say(const std::string& line);
  // Something that makes the upload as a whole a failure.
  void Fail(const std::string& what);

  Totals totals() const;
  std::vector<UploadWarning> warnings() const;
  std::vector<std::string> failures() const;
  std::string Text(double seconds) const;
  std::string Json(double seconds) const;

 private:
  const std::function<void(const std::string&)> tell_;
  std::atomic<uint64_t> runs_{0}, new_runs_{0}, series_{0}, points_{0}, blobs_{0}, bytes_{0}, known_bytes_{0};
  mutable std::mutex mutex_;
  std::vector<UploadWarning> warnings_;
  std::set<std::string> told_;
  std::vector<std::string> failures_;
};

// "12.3 MB", "1,234,567".
std::string HumanBytes(uint64_t bytes);
std::string HumanCount(uint64_t n);

}  // namespace stepwell::upload
