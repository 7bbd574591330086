// Whole series as points, in order of x: what smoothing, other x axes and expressions are computed on. What was read is
// kept for the next question, as long as no new point has come; what was used longest ago goes.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "query/series_reader.h"

namespace stepwell::query {

struct RawPoints {
  std::vector<int64_t> step;
  std::vector<double> wall, value;
  uint64_t revision = 0;
  bool too_many = false;          // more than are computed on: there are none here
  std::vector<uint32_t> writers;  // in the order of their first points

  size_t size() const { return step.size(); }
};

RawPoints PointsOf(const v1::PointColumns& columns);

class RawPointsCache {
 public:
  // `memory`: bytes that are kept; `most_points`: of a series; `kept` is told how many bytes are, and may be empty.
  RawPointsCache(uint64_t memory, uint64_t most_points, std::function<void(uint64_t)> kept)
      : memory_(memory), most_points_(most_points), tell_(std::move(kept)) {}

  uint64_t most_points() const { return most_points_; }
  // Of `spec`, x and include_hidden are meant. `revision`: what the line is known to have now; 0: it is asked for.
  absl::StatusOr<std::shared_ptr<const RawPoints>> Get(SeriesReader& reader, const SeriesKey& key, const ReadSpec& spec,
                                                       uint64_t revision = 0);

 private:
  using Shared = std::shared_ptr<const RawPoints>;  // answers under way hold what may go from here
  struct Entry {
    std::string name;
    Shared points;
  };
  Shared Find(const std::string& name);
  void Keep(const std::string& name, const Shared& points);

  const uint64_t memory_, most_points_;
  const std::function<void(uint64_t)> tell_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // last used first; all below guarded by mutex_
  std::map<std::string, std::list<Entry>::iterator> by_name_;
  uint64_t bytes_ = 0;
};

}  // namespace stepwell::query
