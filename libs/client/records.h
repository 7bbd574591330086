// Makes a client's records (docs/formats/spool.md) and appends them to its spool: gives series and layouts their
// numbers, and has each told in the segment of the record that needs it.
//
// Thread safety: all methods may be called from any thread. mutex_ guards the tables; the spool's writer is called
// without it, so that a call that waits for room holds up nobody else. What the tables give lives as long as they do.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "client/encoded.h"
#include "spool/writer.h"
#include "stepwell/values.h"

namespace stepwell::client {

// What the rows of one set of tags and types hold, in order.
struct Layout {
  uint32_t number = 0;
  spool::Definition definition;
  std::vector<spool::Definition*> needs;                           // the series, and then the layout itself
  std::atomic<int64_t> step{std::numeric_limits<int64_t>::min()};  // of the last row
};

class Records {
 public:
  explicit Records(std::unique_ptr<spool::SpoolWriter> writer) : writer_(std::move(writer)) {}

  spool::SpoolWriter& writer() { return *writer_; }

  // The layout of such rows; null if there has been none yet.
  Layout* Find(const Scalar* values, size_t count);
  // REQUIRES: the tags are good, and no two are the same.
  Layout* Make(const Scalar* values, size_t count);

  spool::Status Row(const Layout& layout, const Scalar* values, size_t count, int64_t step, double wall);
  spool::Status Value(const internal::Encoded& encoded, int64_t step, double wall);
  // Taken by a full spool too, as is a rewind: a few bytes that must get through.
  spool::Status Note(std::string_view note);
  spool::Status Rewind(int64_t step, bool spare_own);  // the next rows count as the first

 private:
  struct Series {
    uint32_t number = 0;
    spool::Definition definition;
  };
  Series& SeriesOf(const std::string& info);  // REQUIRES: mutex_

  const std::unique_ptr<spool::SpoolWriter> writer_;
  std::mutex mutex_;
  std::unordered_map<std::string, Series> series_;   // by SeriesInfo
  std::unordered_map<std::string, Layout> layouts_;  // by types and tags
};

}  // namespace stepwell::client
