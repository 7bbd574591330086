#include "query/live_feed.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "query/catalog_json.h"
#include "query/kinds.h"

namespace stepwell::query {
namespace {

constexpr std::chrono::seconds kRetry{1};

std::string EventText(std::string_view name, std::string_view data) {
  return absl::StrCat("event: ", std::string(name), "\ndata: ", std::string(data), "\n\n");
}

std::string IdLine(uint64_t lsn) { return absl::StrCat("id: ", lsn, "\n\n"); }

std::string PointsData(const std::string& run, const v1::WatchPoints& news) {
  std::string data;
  JsonWriter json(data);
  json.Object().Key("run").String(run);
  WriteTag(json, news.tag());
  json.Key("writer").Uint(news.writer_number()).Key("step").Array();
  for (const int64_t step : news.points().step()) json.Int(step);
  json.End().Key("wall").Array();
  for (const double wall : news.points().wall()) json.Double(wall);
  json.End().Key("value").Array();
  for (const double value : news.points().value()) json.Double(value);
  json.End().End();
  return data;
}

std::string LoggedData(const std::string& run, const v1::WatchPoints& news) {
  std::string data;
  JsonWriter json(data);
  json.Object().Key("run").String(run);
  WriteTag(json, news.tag());
  json.Key("kind").String(KindName(news.kind())).End();
  return data;
}

std::string RunData(const catalog::Run& run) {
  std::string data;
  JsonWriter json(data);
  WriteRun(json, run);
  return data;
}

std::string AboutRun(const std::string& run) {
  std::string data;
  JsonWriter(data).Object().Key("run").String(run).End();
  return data;
}

}  // namespace

LiveFeed::LiveFeed(SeriesReader& reader, LiveSource& source, const LiveOptions& options, GrantedExperiment experiment,
                   uint64_t from)
    : reader_(reader),
      source_(source),
      options_(options),
      experiment_(std::move(experiment)),
      lsn_(from),
      ring_floor_(from) {}

LiveFeed::~LiveFeed() {
  Stop();
  if (options_.kept) options_.kept(-static_cast<int64_t>(ring_bytes_));
}

void LiveFeed::Count(std::string_view what) const {
  if (options_.count) options_.count(what);
}

absl::Status LiveFeed::Start() {
  ASSIGN_OR_RETURN(const std::vector<catalog::Run> runs, source_.Recent(experiment_));
  Bundle nothing;
  Adopt(runs, &nothing, false);
  watcher_ = std::thread([this] { Watch(); });
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.first_news, [&] { return begun_ || runs_.empty() || stopping_; });
  return absl::OkStatus();
}

// Takes runs into the watch; true if there are new ones. `begun`: listeners know the runs that were there before.
bool LiveFeed::Adopt(const std::vector<catalog::Run>& runs, Bundle* bundle, bool begun) {
  bool joined = false;
  for (const catalog::Run& run : runs) {
    {
      const std::lock_guard lock(mutex_);
      since_ = std::max(since_, run.updated);
      if (runs_.contains(run.number) || run.experiment != experiment_->id) continue;
    }
    absl::StatusOr<GrantedRun> granted = source_.Grant(run);
    if (!granted.ok()) continue;  // deleted meanwhile, or not to be seen
    const std::lock_guard lock(mutex_);
    runs_.emplace(run.number, WatchedRun{run.id, *std::move(granted)});
    joined = true;
    // What it logged before it was watched was not told.
    if (begun) bundle->events.push_back({run.number, EventText("skip", AboutRun(run.id))});
  }
  return joined;
}

// Runs that were moved to other experiments leave the watch; true if there are such.
bool LiveFeed::Drop(const std::vector<catalog::Run>& runs) {
  bool left = false;
  for (const catalog::Run& run : runs) left |= run.experiment != experiment_->id && runs_.erase(run.number) > 0;
  return left;
}

void LiveFeed::Watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    again_ = false;
    std::vector<GrantedRun> runs;
    for (const auto& [number, run] : runs_) runs.push_back(run.run);
    const uint64_t from = lsn_;
    if (runs.empty()) {
      changed_.wait(lock, [&] { return stopping_ || again_; });
      continue;
    }
    lock.unlock();
    std::shared_ptr<NewsStream> stream = reader_.Watch(runs, from);
    lock.lock();
    stream_ = stream;
    if (stopping_ || again_) continue;  // changed while it was made
    lock.unlock();
    v1::WatchReply reply;
    while (stream->Read(&reply)) OnNews(reply);
    lock.lock();
    stream_.reset();
    if (!again_ && !stopping_) changed_.wait_for(lock, kRetry, [&] { return stopping_ || again_; });
  }
}

void LiveFeed::OnNews(const v1::WatchReply& reply) {
  const std::lock_guard lock(mutex_);
  Bundle bundle;
  bundle.lsn = reply.lsn();
  if (reply.skipped()) bundle.events.push_back({0, EventText("skip", "{}")});
  for (const v1::WatchRewind& rewind : reply.rewinds()) {
    const auto run = runs_.find(rewind.run_number());
    if (run == runs_.end()) continue;
    std::string data;
    JsonWriter(data).Object().Key("run").String(run->second.id).Key("step").Int(rewind.step()).End();
    bundle.events.push_back({run->first, EventText("rewind", data)});
  }
  for (const v1::WatchPoints& news : reply.points()) {
    const auto run = runs_.find(news.run_number());
    if (run == runs_.end()) continue;
    const std::string& id = run->second.id;
    const bool scalar = news.kind() == v1::KIND_SCALAR;
    bundle.events.push_back(
        {run->first, scalar ? EventText("points", PointsData(id, news)) : EventText("logged", LoggedData(id, news))});
  }
  if (!begun_ && lsn_ == 0) ring_floor_ = reply.lsn();  // began "now": nothing before is known
  lsn_ = std::max(lsn_, reply.lsn());
  begun_ = true;
  changed_.notify_all();
  if (bundle.events.empty()) return;
  Send(bundle);
  Keep(std::move(bundle));
}

void LiveFeed::Keep(Bundle bundle) {
  const auto before = static_cast<int64_t>(ring_bytes_);
  for (const Event& event : bundle.events) bundle.bytes += event.text.size();
  ring_bytes_ += bundle.bytes;
  ring_.push_back(std::move(bundle));
  while (ring_bytes_ > options_.history) {
    ring_bytes_ -= ring_.front().bytes;
    ring_floor_ = ring_.front().lsn;
    ring_.pop_front();
  }
  if (options_.kept) options_.kept(static_cast<int64_t>(ring_bytes_) - before);
}

void LiveFeed::Send(const Bundle& bundle) {
  for (Listener& listener : listeners_) SendTo(listener, bundle);
}

void LiveFeed::SendTo(Listener& listener, const Bundle& bundle) {
  std::string text;
  for (const Event& event : bundle.events) {
    if (event.run != 0 && !listener.runs.empty() && !listener.runs.contains(event.run)) continue;
    text += event.text;
    Count("event");
  }
  if (text.empty()) return;
  if (bundle.lsn > 0) text += IdLine(bundle.lsn);
  Tell(listener, text);
}

std::string LiveFeed::SkipText() const { return EventText("skip", "{}") + (lsn_ > 0 ? IdLine(lsn_) : ""); }

void LiveFeed::Tell(Listener& listener, const std::string& text) {
  // What comes while it is behind is among what the skip will tell of.
  if (listener.behind || listener.to->Offer(text)) return;
  listener.behind = true;
  Count("skip");
}

void LiveFeed::Add(const LiveHub::Subscription& subscription) {
  const std::lock_guard lock(mutex_);
  Listener listener{subscription.seat, subscription.listener, subscription.runs, false};
  const bool resumed = subscription.after.has_value() && *subscription.after >= ring_floor_;
  std::string data;
  JsonWriter(data).Object().Key("lsn").Uint(lsn_).Key("resumed").Bool(resumed).End();
  Tell(listener, EventText("hello", data) + (!subscription.after && lsn_ > 0 ? IdLine(lsn_) : ""));
  if (subscription.after && !resumed) Tell(listener, SkipText());
  if (resumed) {
    for (const Bundle& bundle : ring_) {
      if (bundle.lsn > *subscription.after) SendTo(listener, bundle);
    }
  }
  listeners_.push_back(std::move(listener));
}

// Once a poll, however often one falls behind: what a skip makes a page read costs more than the events did.
void LiveFeed::TellSkips() {
  for (Listener& listener : listeners_) {
    if (listener.behind) listener.behind = !listener.to->Offer(SkipText());
  }
}

void LiveFeed::Poll() {
  double since;
  {
    const std::lock_guard lock(mutex_);
    TellSkips();
    since = since_;
  }
  const absl::StatusOr<std::vector<catalog::Run>> runs = source_.Changed(experiment_, since);
  if (!runs.ok() || runs->empty()) return;
  Bundle bundle;
  for (const catalog::Run& run : *runs) bundle.events.push_back({run.number, EventText("run", RunData(run))});
  const bool joined = Adopt(*runs, &bundle, true);
  std::shared_ptr<NewsStream> stream;
  {
    const std::lock_guard lock(mutex_);
    Send(bundle);
    const bool left = Drop(*runs);
    if (!joined && !left) return;
    again_ = true;
    stream = stream_;
  }
  changed_.notify_all();
  if (stream) stream->Cancel();  // to begin again with the runs that are here now, from where it was
}

void LiveFeed::Heartbeat() {
  const std::lock_guard lock(mutex_);
  for (Listener& listener : listeners_) {
    if (!listener.behind) listener.to->Offer(":\n\n");
  }
}

size_t LiveFeed::listeners() {
  const std::lock_guard lock(mutex_);
  std::erase_if(listeners_, [](const Listener& listener) { return listener.to->closed(); });
  if (!listeners_.empty()) last_listener_ = std::chrono::steady_clock::now();
  return listeners_.size();
}

bool LiveFeed::IdleSince(std::chrono::steady_clock::time_point before) {
  return listeners() == 0 && last_listener_ < before;
}

void LiveFeed::Stop() {
  std::shared_ptr<NewsStream> stream;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stream = stream_;
    for (const Listener& listener : listeners_) listener.to->Close();
    listeners_.clear();
  }
  changed_.notify_all();
  if (stream) stream->Cancel();
  if (watcher_.joinable()) watcher_.join();
}

}  // namespace stepwell::query
