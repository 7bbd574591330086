#include "client/run_impl.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <new>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "client/messages.h"
#include "client/settings.h"

namespace stepwell {
namespace {

constexpr size_t kTagBytes = 16 << 10;  // the server's own limit
constexpr int64_t kLastStep = std::numeric_limits<int64_t>::max();

double Now() { return Clock::System().WallSeconds(); }

}  // namespace

// ---- its life ----

Run::Impl::Impl(RunOptions options)
    : options_(std::move(options)),
      about_(client::Describe(options_)),
      step_(options_.rewind_to.value_or(options_.fork_from ? options_.fork_from->step : 0)) {
  if (about_.mode == "disabled") return;
  std::string warning;
  root_ = client::SpoolRoot(options_.dir, &warning);
  if (!warning.empty()) Tell(warning, "root");
  client::Watch(this);
  try {
    Begin();
  } catch (...) {
    client::Unwatch(this);
    throw;
  }
  if (options_.handle_sigterm) client::HandleSigterm(this);
}

void Run::Impl::Begin() {
  client::Records* const records = Open();
  if (records == nullptr) return;
  if (about_.primary) {  // of several ranks that go back, the last would hide what the first logged since
    if (options_.rewind_to) Report(records->Rewind(*options_.rewind_to, false));
    Note(client::StatusNote("running", Now()));
  }
  for (const auto& [key, value] : options_.labels) Note(client::LabelNote(key, value));
  if (!options_.group.empty()) Note(client::LabelNote("group", options_.group));
  if (!options_.job_type.empty()) Note(client::LabelNote("job_type", options_.job_type));
  if (!options_.note.empty()) Note(client::TextNote(options_.note));
  LogParams(options_.params);
}

Run::Impl::~Impl() {
  client::ForgetSigterm(this);
  if (about_.mode != "disabled") client::Unwatch(this);
  try {
    Finish(std::uncaught_exceptions() > unwinding_ ? "failed" : "", 0);
  } catch (const std::exception&) {  // of a strict run: a destructor throws nothing, and the first warning was thrown
  }
}

client::Records* Run::Impl::Open() {
  client::Records* const records = records_.load(std::memory_order_acquire);
  return records != nullptr ? records : OpenAnew();
}

client::Records* Run::Impl::OpenAnew() {
  std::lock_guard lock(mutex_);
  if (root_.empty() || session_ != nullptr) return records_;
  if (finished_) {
    Complain("the run is finished; what is logged now is left out", "finished");
    return nullptr;
  }
  if (about_.writer.empty()) about_.writer = client::NewWriterName();
  const std::string id = NewUlid();
  std::unique_ptr<spool::SpoolWriter> writer;
  const spool::Status made =
      spool::SpoolWriter::Create(root_, id, client::WriterJson(about_, root_, id),
                                 {client::SegmentBytes(root_), client::SpoolMax(), options_.drop_when_full}, &writer);
  if (!made.ok()) {
    Complain(made.why() + "; nothing is logged", "open");
    return nullptr;
  }
  auto session = std::make_unique<Session>();
  session->records = std::make_unique<client::Records>(std::move(writer));
  client::Records* const records = session->records.get();
  const auto tell = [this](const std::string& text, const std::string& once) { Tell(text, once); };
  session->keeper = std::make_unique<client::Keeper>(root_, records, about_.mode == "online", tell);
  session_ = std::move(session);  // whole, whenever another thread forks
  records_.store(records, std::memory_order_release);
  return records;
}

// The parent's session stays as it is, in memory too: its thread is not here, its locks may be held for ever, and what
// they guard may be half changed.
void Run::Impl::Forked() {
  new (&mutex_) std::recursive_mutex;
  new (&told_mutex_) std::mutex;
  new (&told_) std::set<std::string>;
  told_nan_ = false;
  records_ = nullptr;
  if (Session* const parents = session_.release()) parents->records->writer().Abandon();
  about_.primary = false;
  new (&about_.writer) std::string;
}

void Run::Impl::Killed() {
  try {
    Finish("killed", 0);
  } catch (const std::exception&) {  // of a strict run, whose process ends
  }
}

bool Run::Impl::Finish(std::string status, double wait_seconds) {
  if (status.empty()) status = options_.handle_sigterm && client::SigtermCame() ? "killed" : "finished";
  if (status != "finished" && status != "failed" && status != "killed") {
    Complain("a run ends as finished, failed or killed, not as \"" + status + "\"; it is told as failed", "status");
    status = "failed";
  }
  {
    std::lock_guard lock(mutex_);
    if (!std::exchange(finished_, true) && session_ != nullptr) {
      client::Records& records = *session_->records;
      session_->keeper->Stop();
      if (about_.primary) Report(records.Note(client::StatusNote(status, Now())));
      gone_ = records.writer().folder();
      const spool::Status closed = records.writer().Close();
      if (!closed.ok()) Complain(closed.why(), "close");
    }
  }
  return Sent(wait_seconds);
}

bool Run::Impl::Sent(double wait_seconds) const {
  const auto begin = std::chrono::steady_clock::now();
  struct stat about {};
  while (!gone_.empty() && stat(gone_.c_str(), &about) == 0) {
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() >= wait_seconds) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::string Run::Impl::id() {
  if (!about_.run.empty()) return about_.run;
  std::lock_guard lock(mutex_);
  return session_ != nullptr ? session_->keeper->run() : std::string();
}

std::string Run::Impl::spool() {
  client::Records* const records = records_;
  return records != nullptr ? records->writer().folder() : std::string();
}

// ---- logging ----

void Run::Impl::LogScalars(const Scalar* values, size_t count, Step step, Wall wall) {
  client::Records* const records = Open();
  if (records == nullptr) return;
  const int64_t at = step.value_or(step_);
  const double when = wall ? *wall : Now();
  client::Layout* layout = records->Find(values, count);
  std::vector<Scalar> good;
  if (layout == nullptr) {
    good.assign(values, values + count);
    layout = LayoutOf(records, &good);
    values = good.data();
    count = good.size();
  }
  if (layout == nullptr) return CountStep(step, at);
  const spool::Status kept = records->Row(*layout, values, count, at, when);
  Report(kept);
  CountStep(step, at);
  if (kept.ok()) TellOdd(layout, values, count, at);
}

// The words are the Python client's.
void Run::Impl::TellOdd(client::Layout* layout, const Scalar* values, size_t count, int64_t at) {
  const int64_t before = layout->step.exchange(at, std::memory_order_relaxed);
  if (at < before) {
    Complain("step " + std::to_string(at) + " comes after step " + std::to_string(before) +
                 "; it is kept. rewind_to takes back what is behind a step",
             "back");
  }
  if (told_nan_.load(std::memory_order_relaxed)) return;
  const Scalar* const odd =
      std::find_if(values, values + count, [](const Scalar& one) { return std::isnan(one.value); });
  if (odd == values + count) return;
  Complain("\"" + std::string(odd->tag) + "\" is NaN at step " + std::to_string(at) +
               "; it is kept, and so are those that follow",
           "nan");
  told_nan_ = true;
}

// Without those that cannot be kept; null if none is left.
client::Layout* Run::Impl::LayoutOf(client::Records* records, std::vector<Scalar>* values) {
  std::vector<Scalar> good;
  for (const Scalar& value : *values) {
    if (!TagIsGood(value.tag)) continue;
    const auto same = std::find_if(good.begin(), good.end(), [&](const Scalar& one) { return one.tag == value.tag; });
    if (same == good.end()) {
      good.push_back(value);
    } else {
      *same = value;
      Complain("\"" + std::string(value.tag) + "\" is twice in one call; the last value is kept", "twice");
    }
  }
  *values = std::move(good);
  return values->empty() ? nullptr : records->Make(values->data(), values->size());
}

void Run::Impl::LogValue(const std::vector<internal::Encoded>& points, Step step, Wall wall) {
  client::Records* const records = Open();
  if (records == nullptr) return;
  const int64_t at = step.value_or(step_);
  const double when = wall ? *wall : Now();
  for (const internal::Encoded& point : points) Report(records->Value(point, at, when));
  CountStep(step, at);
}

void Run::Impl::CountStep(Step step, int64_t at) {
  if (at < kLastStep) {
    step_ = at + 1;
    return;
  }
  step_ = at;
  if (step) return;
  Complain("there is no step beyond " + std::to_string(at) + "; what is logged without one stays there", "last step");
}

void Run::Impl::LogParams(const Params& params) {
  for (const auto& [key, value] : params) LogMember(key, value);
}

void Run::Impl::LogMember(const std::string& key, const Json& value) {
  if (value.members().empty()) return Note(client::ParamNote(key, value.text()));
  for (const auto& [name, member] : value.members()) {
    std::string dotted = key;
    LogMember(dotted.append(".").append(name), member);
  }
}

void Run::Impl::Note(const std::string& note) {
  if (client::Records* const records = Open()) Report(records->Note(note));
}

void Run::Impl::Rewind(int64_t step) {
  client::Records* const records = Open();
  if (records == nullptr) return;
  Report(records->Rewind(step, false));
  step_ = step;
}

// ---- what goes wrong ----

bool Run::Impl::TagIsGood(std::string_view tag) {
  if (tag.empty()) {
    Complain("a name is not empty; the value is left out", "empty");
  } else if (tag.size() > kTagBytes) {
    const std::string head(tag.substr(0, 40));
    Complain("the name \"" + head + "\"… has more than " + std::to_string(kTagBytes) +
                 " bytes; shorten it. The value is left out",
             head);
  } else {
    return true;
  }
  return false;
}

void Run::Impl::Report(const spool::Status& status) {
  if (status.ok()) return;
  if (status.code() == spool::Code::kFull) {
    Complain(status.why() + " (STEPWELL_SPOOL_MAX); calls are dropped until the server has taken some of it", "full");
  } else if (status.code() == spool::Code::kClosed) {
    Complain("the run is finished; what is logged now is left out", "finished");
  } else {
    Complain("a call could not be kept: " + status.why(), "call");
  }
}

void Run::Impl::Complain(const std::string& text, const std::string& once) {
  if (options_.strict) throw Error(text);
  Tell(text, once);
}

bool Run::Impl::Tell(const std::string& text, const std::string& once) {
  {
    std::lock_guard lock(told_mutex_);
    if (!told_.insert(once).second) return false;
  }
  if (options_.on_warning) {
    try {
      options_.on_warning(text);
    } catch (const std::exception& error) {  // the user's, and no reason to end the training
      std::fprintf(stderr, "stepwell: on_warning threw %s\n", error.what());
    }
  } else {
    std::fprintf(stderr, "stepwell: %s\n", text.c_str());
  }
  return true;
}

}  // namespace stepwell
