// What is behind stepwell::Run.
//
// A process's writer is a Session. It is made when the run begins, or in a fork's child by its first call, and is kept
// until the run is destroyed, so that a call which is under way while another thread finishes the run ends well: the
// spool refuses it.
//
// Thread safety: all methods may be called from any thread. mutex_ guards what is rare: opening, finishing, telling.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "client/about.h"
#include "client/forks.h"
#include "client/keeper.h"
#include "client/records.h"
#include "client/sigterm.h"
#include "stepwell/run.h"

namespace stepwell {

class Run::Impl final : private client::Forkable, private client::Killable {
 public:
  explicit Impl(RunOptions options);
  ~Impl() override;

  void LogScalars(const Scalar* values, size_t count, Step step, Wall wall);
  void LogValue(const std::vector<internal::Encoded>& points, Step step, Wall wall);
  void LogParams(const Params& params);
  void Note(const std::string& note);
  void Rewind(int64_t step);
  bool Finish(std::string status, double wait_seconds);  // "": as it looks

  // Tells it once for each `once`: throws if the run is strict.
  void Complain(const std::string& text, const std::string& once);
  bool TagIsGood(std::string_view tag);

  const client::About& about() const { return about_; }
  std::string id();
  std::string spool();
  int64_t step() const { return step_; }
  void CountStep(Step step, int64_t at);  // that a call logged at, by itself or by default

 private:
  // The writer of one process. The keeper goes before the records that it looks at.
  struct Session {
    std::unique_ptr<client::Records> records;
    std::unique_ptr<client::Keeper> keeper;
  };

  void Forked() override;
  void Killed() override;
  client::Records* Open();  // null: the run is disabled or finished, or there is no spool
  client::Records* OpenAnew();
  void Begin();
  // Tells once; true the first time. Never throws.
  bool Tell(const std::string& text, const std::string& once);
  void Report(const spool::Status& status);  // complains of a call that the spool did not take
  client::Layout* LayoutOf(client::Records* records, std::vector<Scalar>* values);
  // Tells once what is kept as it is and seldom meant: a step that goes back, and NaN.
  void TellOdd(client::Layout* layout, const Scalar* values, size_t count, int64_t at);
  void LogMember(const std::string& key, const Json& value);
  bool Sent(double wait_seconds) const;

  const RunOptions options_;
  client::About about_;
  std::string root_;  // empty: nothing is logged
  const int unwinding_ = std::uncaught_exceptions();
  std::atomic<int64_t> step_{0};
  std::atomic<client::Records*> records_{nullptr};  // of the session
  std::unique_ptr<Session> session_;
  std::string gone_;  // the folder of the spool that was finished
  bool finished_ = false;
  std::recursive_mutex mutex_;  // a warning's callback may log
  std::mutex told_mutex_;
  std::set<std::string> told_;
  std::atomic<bool> told_nan_{false};
};

}  // namespace stepwell
