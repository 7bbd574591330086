#include "sync/pass.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "sync/uploader_lock.h"

namespace stepwell::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLockPatience{200};
constexpr milliseconds kLook{100};

struct Writer {
  std::string id, folder;
  About about;
};

// Those that can be read; what is of a newer format or damaged is kept.
std::vector<Writer> Readable(const Site& site) {
  std::vector<Writer> found;
  for (const std::string& id : WritersIn(site.root)) {
    const std::string folder = absl::StrCat(site.root, "/", id);
    absl::StatusOr<About> about = ReadAbout(folder);
    if (about.ok()) {
      found.push_back({id, folder, *std::move(about)});
    } else if (!absl::IsNotFound(about.status())) {
      site.report->AddKept({folder, "", "", std::string(about.status().message())});
    }
  }
  return found;
}

void SendOne(Site* site, const Writer& writer) {
  if (ReadState(writer.folder).fenced) {
    site->report->AddKept({writer.folder, RunOf(writer.about), writer.about.writer,
                           "fenced: another process took the place of this writer; sending it would take that back"});
    return;
  }
  const Sender::End end = Sender(site, writer.id, writer.about).Run();
  if (end == Sender::End::kSent) site->report->AddSent();
  if (end == Sender::End::kLive) {
    site->report->AddLive();
    site->report->Say(absl::StrCat(writer.folder, " (run ", RunOf(writer.about), "): still written; sent so far"));
  }
  if (end == Sender::End::kStopped)
    site->report->AddKept({writer.folder, RunOf(writer.about), writer.about.writer, "stopped"});
}

void SendHere(Site* site, int workers) {
  const std::vector<Writer> writers = Readable(*site);
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < std::min<size_t>(static_cast<size_t>(workers), writers.size()); ++i) {
    threads.emplace_back([&] {
      for (size_t one = next++; one < writers.size(); one = next++) SendOne(site, writers[one]);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Of what another uploader has: what to wait for, and a sign of how far it is.
struct Waiting {
  std::vector<Writer> left;
  uint64_t progress = 0;
};

Waiting LookAt(const Site& site, const std::vector<Writer>& all) {
  Waiting waiting;
  std::error_code ignored;
  for (const Writer& writer : all) {
    if (!std::filesystem::exists(writer.folder, ignored) || site.is_alive(writer.folder)) {
      ++waiting.progress;
      continue;
    }
    const State state = ReadState(writer.folder);
    waiting.progress += (uint64_t{state.acknowledged.segment} << 32) + state.acknowledged.offset;
    waiting.left.push_back(writer);
  }
  return waiting;
}

// Until the other uploader has sent what is there, ends (the lock is then ours), or gets nowhere.
absl::StatusOr<std::unique_ptr<UploaderLock>> LeaveTo(Site* site, const PassOptions& options) {
  const std::vector<Writer> all = Readable(*site);
  site->report->Say(
      absl::StrCat("an uploader lives (process ", UploaderPid(site->root), "): ", site->root, " is left to it"));
  for (const Writer& writer : all) {
    if (writer.about.offline) RETURN_IF_ERROR(MakeOnline(writer.folder, site->server));
  }
  steady_clock::time_point moved = steady_clock::now();
  uint64_t progress = 0;
  for (;;) {
    ASSIGN_OR_RETURN(auto lock, UploaderLock::Take(site->root, milliseconds(0)));
    if (lock) return lock;
    const Waiting now = LookAt(*site, all);
    if (now.progress != progress) moved = steady_clock::now();
    progress = now.progress;
    const bool enough = site->servers->stopper().stopped() || steady_clock::now() - moved > options.patience;
    if (now.left.empty() || enough) {
      for (const Writer& writer : now.left) {
        const std::string error = ReadState(writer.folder).error;
        site->report->AddKept({writer.folder, RunOf(writer.about), writer.about.writer,
                               error.empty() ? "not sent yet by the uploader that lives" : error});
      }
      for (const Writer& writer : all) {
        std::error_code ignored;
        if (!std::filesystem::exists(writer.folder, ignored)) {
          site->report->AddSent();
        } else if (site->is_alive(writer.folder)) {
          site->report->AddLive();
        }
      }
      return nullptr;
    }
    site->servers->stopper().WaitFor(kLook);
  }
}

}  // namespace

absl::Status SendAll(Site* site, const PassOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<UploaderLock> lock, UploaderLock::Take(site->root, kLockPatience));
  if (!lock) {
    ASSIGN_OR_RETURN(lock, LeaveTo(site, options));
  }
  if (!lock) return absl::OkStatus();
  RemoveGone(site->root);
  SendHere(site, options.workers);
  return absl::OkStatus();
}

uint64_t SpoolBytes(const std::string& root) {
  uint64_t bytes = 0;
  for (const std::string& id : WritersIn(root)) bytes += BytesBefore(absl::StrCat(root, "/", id), UINT32_MAX);
  return bytes;
}

}  // namespace stepwell::sync
