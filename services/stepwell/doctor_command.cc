// stepwell doctor: what an installation needs, what was found, and what to do about it.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "catalog/catalog.h"
#include "postgres/child.h"
#include "postgres/cluster_files.h"
#include "stepwell/commands.h"
#include "stepwell/data_folder.h"
#include "stepwell/http_client.h"
#include "upload/report.h"

namespace stepwell {
namespace {

enum class Verdict { kGood, kDoubtful, kBad };

struct Finding {
  std::string what, found, wanted, advice;
  Verdict verdict = Verdict::kGood;
};

struct DoctorFlags {
  std::string data = DefaultDataFolder();
  std::string postgres;
  std::string http = absl::StrCat("http://", kDefaultHttp);
  bool json = false;
};

// statfs(2), f_type: NFS, CIFS, SMB2, 9P, Ceph, FUSE.
constexpr long kNetworkFileSystems[] = {0x6969, 0xff534d42, 0xfe534d42, 0x01021997, 0x00c36400, 0x65735546};
constexpr uint64_t kLeastFree = uint64_t{5} << 30;  // operations: disk-stop
constexpr rlim_t kLeastFiles = 16'384;
constexpr double kSlowSync = 0.010;  // seconds

Finding DataFolderFinding(const std::string& data) {
  Finding finding{"data folder", data, "a folder of ours on a local file system", "", Verdict::kGood};
  struct stat info;
  if (stat(data.c_str(), &info) != 0) {
    finding.found += ": not there yet";
    return finding;
  }
  struct statfs system;
  const bool network =
      statfs(data.c_str(), &system) == 0 &&
      std::find(std::begin(kNetworkFileSystems), std::end(kNetworkFileSystems),
                static_cast<long>(static_cast<uint32_t>(system.f_type))) != std::end(kNetworkFileSystems);
  absl::StrAppend(&finding.found, absl::StrFormat(": owner %d, mode %04o%s", info.st_uid, info.st_mode & 07777u,
                                                  network ? ", network file system" : ""));
  if (network) {
    finding.verdict = Verdict::kBad;
    finding.advice = "databases lose data on network file systems: choose a local folder with --data";
  } else if (access(data.c_str(), W_OK | X_OK) != 0) {
    finding.verdict = Verdict::kBad;
    finding.advice = absl::StrCat("give it to the user ", geteuid(), " (chown), or choose another with --data");
  } else if ((info.st_mode & 0022u) != 0) {
    finding.verdict = Verdict::kDoubtful;
    finding.advice = absl::StrCat("others may write to it: chmod go-w ", data);
  }
  return finding;
}

Finding FormatFinding(const std::string& data) {
  Finding finding{"format of the data folder", "none yet", absl::StrCat("at most ", kDataFormat), "", Verdict::kGood};
  std::ifstream in(data + "/format");
  int format = 0;
  if (in >> format) {
    finding.found = std::to_string(format);
    if (format > kDataFormat) {
      finding.verdict = Verdict::kBad;
      finding.advice = "a newer program wrote it: start that one";
    }
  }
  return finding;
}

// The nearest folder above that is there.
std::string Existing(const std::string& path) {
  std::error_code error;
  std::filesystem::path at = std::filesystem::absolute(path, error);
  while (!std::filesystem::exists(at, error) && at.has_relative_path()) {
    at = at.parent_path();
  }
  return at.string();
}

Finding SpaceFinding(const std::string& data) {
  Finding finding{"free space", "", absl::StrCat("at least ", upload::HumanBytes(kLeastFree)), "", Verdict::kGood};
  struct statvfs info;
  if (statvfs(Existing(data).c_str(), &info) == 0) {
    const uint64_t free = uint64_t{info.f_bavail} * info.f_frsize;
    finding.found = upload::HumanBytes(free);
    if (free < kLeastFree) {
      finding.verdict = Verdict::kDoubtful;
      finding.advice = "make room, or choose a larger disk with --data";
    }
  }
  return finding;
}

Finding SyncFinding(const std::string& data) {
  Finding finding{"synced write of 4 KiB", "", "p99 below 10 ms", "", Verdict::kGood};
  const std::string path = absl::StrCat(Existing(data), "/.doctor.", getpid());
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    finding.found = "cannot write there";
    finding.verdict = Verdict::kBad;
    finding.advice = "make the folder writable for this user";
    return finding;
  }
  const std::string block(4096, 'x');
  std::vector<double> times;
  for (int i = 0; i < 100; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) {
      break;
    }
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  close(fd);
  unlink(path.c_str());
  if (times.empty()) {
    finding.found = "failed";
    finding.verdict = Verdict::kBad;
    finding.advice = "look at the disk: it takes no synced write";
    return finding;
  }
  std::sort(times.begin(), times.end());
  const double p99 = times[times.size() * 99 / 100];
  finding.found = absl::StrFormat("p50 %.2f ms, p99 %.2f ms", 1e3 * times[times.size() / 2], 1e3 * p99);
  if (p99 > kSlowSync) {
    finding.verdict = Verdict::kDoubtful;
    finding.advice = "every acknowledgement waits for such a write: a local SSD is much faster";
  }
  return finding;
}

Finding FilesFinding() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  Finding finding{"open files (ulimit -n)", std::to_string(limit.rlim_cur), absl::StrCat("at least ", kLeastFiles), "",
                  Verdict::kGood};
  if (limit.rlim_cur < kLeastFiles) {
    finding.verdict = Verdict::kDoubtful;
    finding.advice = absl::StrCat("ulimit -n ", kLeastFiles, ", or LimitNOFILE in the unit file");
  }
  return finding;
}

Finding PrivatePostgresFinding(const std::string& data) {
  const std::string cluster = data + "/postgres/cluster";
  const std::string version = postgres::ClusterVersion(cluster);
  Finding finding{"PostgreSQL programs", "", version.empty() ? "any version" : "version " + version, "",
                  Verdict::kGood};
  absl::StatusOr<std::string> programs = postgres::FindPrograms("", version, cluster);
  absl::StatusOr<postgres::RunAs> user = postgres::ChooseUser(data + "/postgres");
  absl::Status status = programs.ok() ? user.status() : programs.status();
  if (status.ok()) {
    finding.found = absl::StrCat(*programs, user->change ? ", as user " + user->name : "");
    status = postgres::CheckEnterable(Existing(data), *user);
  }
  if (!status.ok()) {
    finding.found = std::string(status.message());
    finding.verdict = Verdict::kBad;
    finding.advice = "install PostgreSQL (Debian: postgresql-15), fix what is said, or give --postgres URL";
  }
  return finding;
}

Finding PostgresFinding(const std::string& url) {
  Finding finding{"PostgreSQL", "answers, and its schema fits", "the schema of this program", "", Verdict::kGood};
  const auto check = [&]() -> absl::Status {
    catalog::Options options;
    options.url = url;
    ASSIGN_OR_RETURN(const auto catalog, catalog::Catalog::Open(options));
    return catalog->Check();
  };
  if (const absl::Status status = check(); !status.ok()) {
    finding.found = std::string(status.message());
    finding.verdict = Verdict::kBad;
    finding.advice = "start it, or bring it to the schema with stepwell migrate --postgres URL";
  }
  return finding;
}

Finding ServerFinding(const std::string& http) {
  Finding finding{"server", "", "ready, if it is to run", "", Verdict::kGood};
  absl::StatusOr<HttpClient> client = HttpClient::ForServer(http);
  absl::StatusOr<std::string> ready = client.ok() ? client->GetAll("/readyz") : client.status();
  if (ready.ok()) {
    finding.found = absl::StrCat(http, " is ready");
  } else if (ready.status().code() == absl::StatusCode::kUnavailable) {
    finding.found = absl::StrCat("none runs at ", http);
  } else {
    finding.found = absl::StrCat(http, " is not ready: ", std::string(ready.status().message()));
    finding.verdict = Verdict::kBad;
    finding.advice = absl::StrCat("look at ", http, "/readyz and at its log");
  }
  return finding;
}

void Print(const std::vector<Finding>& findings, bool json) {
  if (!json) {
    for (const Finding& finding : findings) {
      const char* const mark = finding.verdict == Verdict::kGood       ? "✓"
                               : finding.verdict == Verdict::kDoubtful ? "⚠"
                                                                       : "✗";
      std::printf("%s %s: %s (wanted: %s)%s%s\n", mark, finding.what.c_str(), finding.found.c_str(),
                  finding.wanted.c_str(), finding.advice.empty() ? "" : "\n    ", finding.advice.c_str());
    }
    return;
  }
  std::string out;
  JsonWriter writer(out);
  writer.Object().Key("checks").Array();
  for (const Finding& finding : findings) {
    const char* const verdict = finding.verdict == Verdict::kGood       ? "ok"
                                : finding.verdict == Verdict::kDoubtful ? "warning"
                                                                        : "failed";
    writer.Object().Key("check").String(finding.what).Key("result").String(verdict).Key("found").String(finding.found);
    writer.Key("wanted").String(finding.wanted).Key("advice").String(finding.advice).End();
  }
  writer.End().End();
  std::printf("%s\n", out.c_str());
}

int Doctor(const DoctorFlags& flags) {
  std::vector<Finding> findings = {DataFolderFinding(flags.data), FormatFinding(flags.data), SpaceFinding(flags.data),
                                   SyncFinding(flags.data), FilesFinding()};
  findings.push_back(flags.postgres.empty() ? PrivatePostgresFinding(flags.data) : PostgresFinding(flags.postgres));
  findings.push_back(ServerFinding(flags.http));
  Print(findings, flags.json);
  const bool bad =
      std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.verdict == Verdict::kBad; });
  return bad ? kFailed : kDone;
}

}  // namespace

void AddDoctor(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<DoctorFlags>();
  CLI::App* command = program.add_subcommand("doctor", "Looks whether this machine and installation are well");
  command->add_option("--data", flags->data, "data folder")->envname("STEPWELL_DATA")->capture_default_str();
  command->add_option("--postgres", flags->postgres, "URL of a PostgreSQL that is used instead of a private one")
      ->envname("STEPWELL_POSTGRES");
  command->add_option("--http", flags->http, "address of web and REST")->capture_default_str();
  command->add_flag("--json", flags->json, "print as JSON");
  command->footer("Example: stepwell doctor --data ./store");
  command->callback([flags, exit_status] { *exit_status = Doctor(*flags); });
}

}  // namespace stepwell
