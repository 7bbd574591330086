// An answer of items, one for each series in the order asked, written as the series are read. What is not found, what
// is not read (an expression) and what fails stands at its place among those that come: as an item with its error, or
// computed. Nothing is written before the first item is there, so that a reader that fails at once is an error of its
// own.
//
// Thread safety: used by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "query/series_reader.h"

namespace stepwell::query {

// What stands around the items.
struct ItemFrame {
  std::string begin;
  std::string_view between, end;
};

// `Reply`: what the reader gives for a series.
template <typename Reply>
class ItemAnswer {
 public:
  virtual ~ItemAnswer() = default;

  absl::Status Run(ItemFrame frame) {
    frame_ = std::move(frame);
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (!runs_[i].ok() || !IsRead(i)) continue;
      keys_.push_back(KeyOf(i));
      asked_at_.push_back(i);
    }
    if (!keys_.empty()) {
      absl::Status read = Read(keys_, [this](const Reply& reply) { return Visit(reply); });
      if (!read.ok() && !IsFull()) return read;
    }
    RETURN_IF_ERROR(WriteOwnBefore(runs_.size()));
    while (next_ < runs_.size() && IsFull())
      RETURN_IF_ERROR(WriteFailed(runs_[next_].ok() ? Full() : runs_[next_].status()));
    if (next_ != runs_.size()) return absl::InternalError("fewer answers than series");
    if (next_ == 0) RETURN_IF_ERROR(write_(frame_.begin));
    return frame_.end.empty() ? absl::OkStatus() : write_(frame_.end);
  }

 protected:
  using Visitor = std::function<absl::Status(const Reply&)>;
  using Write = std::function<absl::Status(std::string_view)>;

  // runs[i] is what was found for the i-th series. After `deadline` nothing more is written: the answer breaks off.
  ItemAnswer(std::span<const absl::StatusOr<GrantedRun>> runs, std::chrono::steady_clock::time_point deadline,
             const Write& write)
      : runs_(runs), deadline_(deadline), write_(write) {}

  // Of a series whose run was found.
  virtual bool IsRead(size_t) const { return true; }
  virtual SeriesKey KeyOf(size_t at) const = 0;
  virtual absl::Status Read(const std::vector<SeriesKey>& keys, const Visitor& visit) = 0;
  // Append the item. After an error what was appended is left out, and WriteError's item stands there.
  virtual absl::Status WriteItem(size_t at, const SeriesKey& key, const Reply& reply, std::string& out) = 0;
  virtual absl::Status WriteOwn(size_t, std::string&) { return absl::InternalError("a series that nobody reads"); }
  virtual void WriteError(size_t at, const absl::Status& error, std::string& out) const = 0;
  // There is no room for more items: those that are left have this error.
  virtual bool IsFull() const { return false; }
  virtual absl::Status Full() const { return absl::OkStatus(); }

  const GrantedRun& run(size_t at) const { return *runs_[at]; }
  uint64_t written() const { return written_; }  // bytes of items without an error

 private:
  absl::Status Visit(const Reply& reply) {
    if (reply.index() >= asked_at_.size()) return absl::InternalError("an answer to nothing that was asked");
    const size_t at = asked_at_[reply.index()];
    RETURN_IF_ERROR(WriteOwnBefore(at));
    if (IsFull()) return absl::CancelledError("the answer is full");
    if (next_ != at) return absl::InternalError("answers are out of order");
    RETURN_IF_ERROR(WriteNext([&](std::string& out) {
      return reply.code() != 0 ? absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error())
                               : WriteItem(at, keys_[reply.index()], reply, out);
    }));
    return IsFull() ? absl::CancelledError("the answer is full") : absl::OkStatus();
  }

  absl::Status WriteOwnBefore(size_t end) {
    while (next_ < end && !IsFull() && (!runs_[next_].ok() || !IsRead(next_)))
      RETURN_IF_ERROR(WriteNext(
          [&](std::string& out) { return runs_[next_].ok() ? WriteOwn(next_, out) : runs_[next_].status(); }));
    return absl::OkStatus();
  }

  template <typename Append>
  absl::Status WriteNext(const Append& append) {
    if (std::chrono::steady_clock::now() > deadline_)
      return absl::DeadlineExceededError("the answer takes longer than --query-timeout; ask in parts");
    std::string item;
    const absl::Status status = append(item);
    if (!status.ok()) return WriteFailed(status);
    written_ += item.size();
    return WriteOut(item);
  }

  absl::Status WriteFailed(const absl::Status& error) {
    std::string item;
    WriteError(next_, error, item);
    return WriteOut(item);
  }

  absl::Status WriteOut(std::string_view item) {
    if (const std::string_view before = next_++ == 0 ? std::string_view(frame_.begin) : frame_.between; !before.empty())
      RETURN_IF_ERROR(write_(before));
    return write_(item);
  }

  const std::span<const absl::StatusOr<GrantedRun>> runs_;
  const std::chrono::steady_clock::time_point deadline_;
  const Write& write_;
  ItemFrame frame_;
  std::vector<SeriesKey> keys_;
  std::vector<size_t> asked_at_;  // of keys_, among the series
  uint64_t written_ = 0;
  size_t next_ = 0;  // item to be written
};

}  // namespace stepwell::query
