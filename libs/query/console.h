// What the processes of a run printed (docs/guide/python-types.md, series `stepwell/console`), as one log: the lines of
// all writers, or of some, in order of time, numbered from 0, a page at a time; searched by an expression, by level and
// by time. Lines that a rewind hides are in it: they were printed.
//
// A run's lines are read once and kept, their texts packed; later calls read what is new. Of a run whose lines do not
// fit in half of the memory, the newest of each writer are kept, and `earlier` says how many lie before them.
//
// Thread safety: all methods may be called from any thread; calls for one run wait for each other.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "query/series_reader.h"

namespace stepwell::query {

inline constexpr char kConsoleTag[] = "stepwell/console";
inline constexpr uint32_t kConsoleLines = 5000;     // of a page
inline constexpr size_t kConsoleMatchBytes = 1024;  // of an expression

struct ConsoleAsk {
  std::set<uint32_t> writers;  // empty: all
  // Which page: after a line's number, before one, or, with neither, from the start (`tail`: up to the end).
  std::optional<uint64_t> after, before;
  bool tail = false;
  uint32_t limit = 1000;
  // Of the lines that are shown; their numbers stay those among all lines of the writers.
  std::string match;             // RE2; empty: any
  std::set<std::string> levels;  // or stdout, stderr; empty: any
  std::optional<double> from, to;

  bool Filters() const { return !match.empty() || !levels.empty() || from || to; }
};
struct ConsoleLine {
  uint64_t line = 0;
  double wall = 0;
  uint32_t writer = 0;
  std::string level;  // as logged: stdout, stderr, or the level that the line named; may be empty
  std::string text;
};
struct ConsolePage {
  std::vector<ConsoleLine> items;   // in order of time
  uint64_t total = 0;               // lines of the writers
  uint64_t earlier = 0;             // of these, before the first that is kept
  std::optional<uint64_t> matched;  // if the ask filters
  std::optional<uint64_t> next;  // where to go on in the same direction: an `after`, or with before or tail a `before`
};

class ConsoleLog;

class Consoles {
 public:
  // `memory`: bytes that may be kept; `kept` is told how many are.
  Consoles(uint64_t memory, std::function<void(uint64_t)> kept) : memory_(memory), tell_(std::move(kept)) {}

  // INVALID_ARGUMENT: the expression is none. A run that printed nothing has an empty page.
  absl::StatusOr<ConsolePage> Read(SeriesReader& reader, const GrantedRun& run, const ConsoleAsk& ask);

 private:
  struct Kept {
    uint64_t run = 0;
    std::mutex mutex;                 // of `log`
    std::unique_ptr<ConsoleLog> log;  // nullptr: not read yet
    uint64_t bytes = 0;               // guarded by mutex_ of the whole
  };
  std::shared_ptr<Kept> Find(uint64_t run);  // shared: one that is let go may be read to the end
  void Count(const std::shared_ptr<Kept>& kept, uint64_t bytes);

  const uint64_t memory_;
  const std::function<void(uint64_t)> tell_;
  std::mutex mutex_;
  std::list<std::shared_ptr<Kept>> kept_;  // last used first; guarded by mutex_
};

}  // namespace stepwell::query
