#include "client/keeper.h"

#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/clock.h"
#include "client/messages.h"
#include "client/settings.h"

namespace stepwell::client {
namespace {

constexpr std::chrono::seconds kWatchEvery{1};

// A thread that takes no signal: the program's own handlers run where the program expects them.
std::thread QuietThread(std::function<void()> work) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

std::string_view JsonMember(std::string_view json, std::string_view name) {
  int depth = 0;
  bool name_follows = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '{' || c == '[') name_follows = ++depth == 1;
    if (c == '}' || c == ']') --depth;
    if (c == ',') name_follows = depth == 1;
    if (c != '"') continue;
    size_t end = i + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    if (end >= json.size()) return {};
    const bool found = std::exchange(name_follows, false) && json.substr(i + 1, end - i - 1) == name;
    i = end;
    if (!found) continue;
    const size_t begin = json.find_first_not_of(" \t\r\n:", end + 1);
    if (begin == std::string_view::npos) return {};
    const bool text = json[begin] == '"';
    const size_t stop = json.find_first_of(text ? "\"" : ",} \t\r\n", begin + 1);
    return stop == std::string_view::npos ? std::string_view() : json.substr(begin + text, stop - begin - text);
  }
  return {};
}

Keeper::Keeper(std::string root, Records* records, bool upload, Tell tell)
    : root_(std::move(root)), records_(records), upload_(upload), tell_(std::move(tell)), uploader_(root_) {
  Watch();
  thread_ = QuietThread([this] { Work(); });
}

Keeper::~Keeper() { Stop(); }

void Keeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    stop_.notify_all();
  }
  if (!thread_.joinable()) return;
  thread_.join();
  WarnRun();
}

void Keeper::Work() {
  const std::chrono::milliseconds every = SyncEvery();
  auto watched = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, every, [this] { return stopped_; })) {
    lock.unlock();
    Sync();
    const auto now = std::chrono::steady_clock::now();
    if (now - watched >= kWatchEvery) {
      watched = now;
      Watch();
      WarnRun();
    }
    lock.lock();
  }
}

void Keeper::Sync() {
  const spool::Status status = records_->writer().Sync();
  if (status.ok()) return;
  ++failed_syncs_;
  tell_("the disk of the spool did not take what was logged (" + status.why() +
            "): a power cut there may lose some of it",
        "sync");
}

void Keeper::Watch() {
  if (upload_ && !lost_) {
    const std::string trouble = uploader_.Ensure();
    if (!trouble.empty()) tell_(trouble, trouble);
  }
  ReadStatus();
}

void Keeper::ReadStatus() {
  std::ifstream file(records_->writer().folder() + "/status.json", std::ios::binary);
  std::string status{std::istreambuf_iterator<char>(file), {}};
  if (status == last_status_) return;
  last_status_ = std::move(status);
  const bool fenced = JsonMember(last_status_, "fenced") == "true";
  const bool deleted = JsonMember(last_status_, "deleted") == "true";
  lost_ = fenced || deleted;
  if (fenced) tell_("another process took this writer's place; what this one logs stays in " + root_, "fenced");
  if (deleted) tell_("the run was deleted; what is logged stays in " + root_, "deleted");
  std::lock_guard lock(mutex_);
  run_ = JsonMember(last_status_, "run");
}

// With counts since the beginning: of equal warnings the server keeps the one with the largest.
void Keeper::WarnRun() {
  const double now = Clock::System().WallSeconds();
  const uint64_t dropped = records_->writer().dropped();
  if (dropped > dropped_told_ &&
      records_->Note(WarningNote("calls of log were dropped: the spool was full", dropped, now)).ok())
    dropped_told_ = dropped;
  if (failed_syncs_ > failed_syncs_told_ &&
      records_
          ->Note(
              WarningNote("the disk of the spool did not take what was logged: a power cut there may lose some of it",
                          failed_syncs_, now))
          .ok())
    failed_syncs_told_ = failed_syncs_;
}

std::string Keeper::run() const {
  std::lock_guard lock(mutex_);
  return run_;
}

}  // namespace stepwell::client
