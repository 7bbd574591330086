// For tests: a catalog that is only in memory, and an acknowledgement that can be waited for.
//
// Thread safety: all methods may be called from any thread; public fields REQUIRE mutex while something else runs.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingest/run.h"
#include "ingest/run_book.h"

namespace stepwell::ingest {

class FakeBook : public RunBook {
 public:
  absl::StatusOr<auth::WorkspaceRef> FindWorkspace(std::string_view name) override {
    return auth::WorkspaceRef{1, std::string(name)};
  }
  absl::StatusOr<catalog::OpenedRun> OpenRun(const auth::Granted<auth::WorkspaceRef>&,
                                             const catalog::OpenSpec& spec) override {
    std::lock_guard lock(mutex);
    if (away) return Turn();
    if (spec.must_exist && !runs.contains(spec.run_id)) return absl::NotFoundError("there is no such run");
    auto [run, created] = runs.try_emplace(spec.run_id, last_run + 1);
    if (created) ++last_run;
    auto& known = writers[run->second];
    if (created && spec.fork) {
      const uint64_t parent = runs.at(spec.fork->run_id);
      forks[run->second] = {run->second, spec.run_id, parent, spec.fork->step, NextWriter(parent)};
    }
    auto [writer, fresh] = known.try_emplace(spec.writer, NextWriter(run->second));
    catalog::OpenedRun opened;
    opened.run.number = run->second;
    opened.run.id = spec.run_id;
    opened.writer_number = writer->second;
    opened.epoch = ++epochs[{run->second, writer->second}];
    opened.created = created;
    for (auto it = forks.find(run->second); it != forks.end(); it = forks.find(it->second.parent)) {
      opened.forks.insert(opened.forks.begin(), it->second);
    }
    return opened;
  }
  absl::StatusOr<uint32_t> WidenFork(uint64_t run, uint32_t count) override {
    std::lock_guard lock(mutex);
    forks.at(run).writers = std::max(NextWriter(run), count);
    writers[run].clear();
    return forks.at(run).writers;
  }
  absl::StatusOr<auth::RunRef> FindRunByNumber(uint64_t number) override {
    std::unique_lock lock(mutex);
    const bool known = std::any_of(runs.begin(), runs.end(), [&](const auto& run) { return run.second == number; });
    if (!known) return absl::NotFoundError("there is no run of this number");
    auth::RunRef run{.number = number, .id = "", .experiment = 0, .workspace = 0, .deleted = trash.contains(number)};
    std::function<void(const auth::RunRef&)> hook = found;
    lock.unlock();
    if (hook) hook(run);
    return run;
  }
  absl::Status RunsHeard(std::span<const uint64_t> told) override {
    std::lock_guard lock(mutex);
    if (away) return Turn();
    heard.insert(told.begin(), told.end());
    changed.notify_all();
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<uint64_t>> ClaimRunsToPurge(std::chrono::seconds) override {
    std::lock_guard lock(mutex);
    std::vector<uint64_t> claimed;
    for (uint64_t run : to_purge) {
      if (!HasForks(run)) claimed.push_back(run);
    }
    return claimed;
  }
  absl::Status ForgetRun(uint64_t number) override {
    std::lock_guard lock(mutex);
    std::erase_if(runs, [&](const auto& run) { return run.second == number; });
    writers.erase(number);
    forks.erase(number);
    to_purge.erase(number);
    trash.erase(number);
    return absl::OkStatus();
  }
  absl::Status ApplyNotes(std::span<const catalog::RunNote> told) override {
    std::lock_guard lock(mutex);
    if (away) return Turn();
    notes.insert(notes.end(), told.begin(), told.end());
    return absl::OkStatus();
  }
  absl::Status PutSeries(std::span<const catalog::SeriesRow> told) override {
    std::lock_guard lock(mutex);
    if (away) return Turn();
    for (const catalog::SeriesRow& row : told) {
      if (row.tag == refused_tag) return absl::InvalidArgumentError("this row does not fit");
    }
    rows.insert(rows.end(), told.begin(), told.end());
    return absl::OkStatus();
  }

  void Away(bool now) {
    std::lock_guard lock(mutex);
    away = now;
  }
  // Waits until somebody was turned away: at least `times` in all.
  void AwaitTurnedAway(int times) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return turned_away >= times; });
  }
  // Into the trash, and out of it again; until its time there is over.
  void Delete(uint64_t number) {
    std::lock_guard lock(mutex);
    trash.insert(number);
  }
  void Restore(uint64_t number) {
    std::lock_guard lock(mutex);
    trash.erase(number);
  }
  void EndGrace(uint64_t number) {
    std::lock_guard lock(mutex);
    to_purge.insert(number);
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool away = false;
  int turned_away = 0;
  std::string refused_tag;
  uint64_t last_run = 0;
  std::map<std::string, uint64_t> runs;
  std::map<uint64_t, std::map<std::string, uint32_t>> writers;
  std::map<std::pair<uint64_t, uint32_t>, uint64_t> epochs;
  std::map<uint64_t, catalog::ForkRef> forks;  // by run
  std::set<uint64_t> heard;
  std::set<uint64_t> trash;
  std::set<uint64_t> to_purge;  // of those in the trash
  std::vector<catalog::RunNote> notes;
  std::vector<catalog::SeriesRow> rows;
  std::function<void(const auth::RunRef&)> found;  // called between FindRunByNumber's look and its return

 private:
  uint32_t NextWriter(uint64_t run) {
    return static_cast<uint32_t>(writers[run].size()) + (forks.contains(run) ? forks[run].writers : 0);
  }
  bool HasForks(uint64_t run) const {
    return std::any_of(forks.begin(), forks.end(), [&](const auto& fork) { return fork.second.parent == run; });
  }
  absl::Status Turn() {
    ++turned_away;
    changed.notify_all();
    return absl::UnavailableError("the database is away");
  }
};

class TestSink : public AckSink {
 public:
  void OnDurable(uint64_t seq, std::vector<v1::Refusal> refused) override {
    std::lock_guard lock(mutex_);
    durable_ = std::max(durable_, seq);
    refused_.insert(refused_.end(), refused.begin(), refused.end());
    changed_.notify_all();
  }
  void OnFailure(const absl::Status& status) override {
    std::lock_guard lock(mutex_);
    failure_ = status;
    changed_.notify_all();
  }
  // OK when batches up to `seq` are acknowledged; otherwise why the stream ended.
  absl::Status Await(uint64_t seq) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return durable_ >= seq || !failure_.ok(); });
    return durable_ >= seq ? absl::OkStatus() : failure_;
  }
  uint64_t durable() {
    std::lock_guard lock(mutex_);
    return durable_;
  }
  std::vector<v1::Refusal> refusals() {
    std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t durable_ = 0;
  absl::Status failure_;
  std::vector<v1::Refusal> refused_;
};

}  // namespace stepwell::ingest
