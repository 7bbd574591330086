// The lines of one run's console in memory: about 20 bytes a line, and its text packed with its neighbours'.
//
// Thread safety: one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <re2/re2.h>

#include "query/console.h"

namespace stepwell::query {

class ConsoleLog {
 public:
  // Reads what is new. `budget` is the bytes that it may keep: when they are exceeded all is read again, less of it.
  absl::Status Refresh(SeriesReader& reader, const GrantedRun& run, uint64_t budget);
  absl::StatusOr<ConsolePage> Read(const ConsoleAsk& ask);
  uint64_t bytes() const;

 private:
  struct Line {
    double wall = 0;  // a time that is not finite counts as 0
    uint32_t writer = 0;
    uint8_t level = 0;  // in levels_
  };
  // kBlock texts: the ends of each as u32, then the texts; a zstd frame if that is shorter.
  struct Block {
    std::string bytes;
    uint32_t size = 0;  // of what is packed
  };
  // Chosen lines in order of time, grown as lines come.
  struct View {
    std::string name;  // what was asked for
    std::vector<uint32_t> lines;
    size_t looked_at = 0;
  };
  class Texts;

  absl::StatusOr<std::map<uint32_t, uint64_t>> Counts(SeriesReader& reader, const GrantedRun& run) const;
  absl::StatusOr<bool> ReadNew(SeriesReader& reader, const GrantedRun& run, const std::map<uint32_t, uint64_t>& counts,
                               uint64_t budget);
  void SkipAllBut(uint64_t lines, const std::map<uint32_t, uint64_t>& counts);
  void Add(uint32_t writer, double wall, const v1::Value& value);
  uint8_t LevelNumber(std::string_view level);
  void Pack();
  bool Before(uint32_t a, uint32_t b) const;
  View& Find(const std::string& name, const ConsoleAsk& ask, bool filters, const RE2* match);
  uint64_t Earlier(const std::set<uint32_t>& writers) const;

  std::vector<Line> lines_;  // in order of reading
  std::vector<std::string> levels_;
  std::vector<Block> blocks_;
  std::string open_;  // texts that are not packed yet
  std::vector<uint32_t> open_ends_;
  uint64_t packed_bytes_ = 0;
  std::map<uint32_t, uint64_t> read_, skipped_;  // lines of each writer
  std::list<View> views_;                        // last used first
};

}  // namespace stepwell::query
