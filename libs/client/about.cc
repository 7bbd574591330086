#include "client/about.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "client/settings.h"
#include "spool/format.h"

namespace stepwell::client {
namespace {

std::string Host() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

// Whether this is rank 0 of a distributed job, as launchers say it: torchrun and accelerate, Open MPI, MPICH and Intel
// MPI, Slurm. Some tell the processes that they start only their place on the machine, and the machine's. A process
// that no launcher started is the first, too.
bool FirstRank() {
  for (const char* name : {"RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"})
    if (const std::string rank = Environment(name); !rank.empty()) return rank == "0";
  for (const char* name : {"LOCAL_RANK", "NODE_RANK", "GROUP_RANK"})
    if (Environment(name, "0") != "0") return false;
  return true;
}

std::string TimeAsName() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  return text;
}

// Where the spools of the fork's parent end: {id: [segment, offset]}.
void WriteEnds(const std::string& root, const About& about, JsonWriter& json) {
  std::string run, server;
  AppendJsonString(run, about.fork->run);
  AppendJsonString(server, about.server);
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error)) {
    const std::string folder = entry->path().string();
    std::ifstream in(folder + "/writer.json");
    std::stringstream text;
    text << in.rdbuf();
    const std::vector<uint32_t> segments = spool::Segments(folder);
    if (segments.empty() || text.str().find(run) == std::string::npos || text.str().find(server) == std::string::npos)
      continue;
    std::error_code gone;
    const uint64_t size = std::filesystem::file_size(spool::SegmentPath(folder, segments.back()), gone);
    if (!gone) json.Key(entry->path().filename().string()).Array().Uint(segments.back()).Uint(size).End();
  }
}

}  // namespace

About Describe(const RunOptions& options) {
  About about;
  about.mode = !options.mode.empty() ? options.mode : Environment("STEPWELL_MODE", "online");
  if (about.mode != "online" && about.mode != "offline" && about.mode != "disabled")
    throw std::invalid_argument("mode is one of online, offline, disabled, not \"" + about.mode + "\"");
  about.server = !options.server.empty() ? options.server : Environment("STEPWELL_SERVER", "127.0.0.1:7008");
  about.workspace = options.workspace;
  about.experiment = options.experiment;
  const bool shared = !options.id.empty() || options.resume;
  about.run = shared ? options.id : NewUlid();
  about.primary = options.primary.value_or(!shared || FirstRank());
  about.name = !options.name.empty() ? options.name : TimeAsName();
  about.writer = options.writer;
  about.fork = options.fork_from;
  if (about.fork && about.fork->run.empty())
    throw std::invalid_argument("fork_from names a run by its id, and this one is empty");
  return about;
}

std::string NewWriterName() {
  return Host().substr(0, 200) + "-" + std::to_string(getpid()) + "-" + NewUlid().substr(18);
}

std::string WriterJson(const About& about, const std::string& root, const std::string& spool_id) {
  std::string out;
  JsonWriter json(out);
  json.Object().Key("format").Int(1).Key("spool").String(spool_id);
  json.Key("server").String(about.server).Key("workspace").String(about.workspace);
  json.Key("experiment").String(about.experiment).Key("run").String(about.run).Key("name").String(about.name);
  json.Key("writer").String(about.writer).Key("client").String("stepwell-cpp/" STEPWELL_VERSION);
  json.Key("mode").String(about.mode).Key("primary").Bool(about.primary);
  if (about.fork) {
    json.Key("fork").Object().Key("run").String(about.fork->run).Key("step").Int(about.fork->step);
    WriteEnds(root, about, json.Key("after").Object());
    json.End().End();
  }
  json.Key("host").String(Host()).Key("pid").Int(getpid());
  json.Key("created").String(FormatTime(Clock::System().WallSeconds())).End();
  return out;
}

}  // namespace stepwell::client
