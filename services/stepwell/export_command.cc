// stepwell export: all points of runs, whole and exact, as one CSV or JSON Lines file.
#include <fnmatch.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "stepwell/commands.h"
#include "stepwell/rest_lists.h"

namespace stepwell {
namespace {

struct ExportFlags {
  std::vector<std::string> runs;
  std::string tag = "*";
  std::string format = "csv";
  std::string out;
  std::string server = absl::StrCat("http://", kDefaultHttp);
};

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' ? "\"\"" : std::string(1, c);
  }
  return out + "\"";
}

// The members of a line of the points route, {"step":S,"wall":W,"value":V}, as the text that the server wrote: numbers
// are not parsed, so nothing is rounded.
struct PointText {
  std::string_view step, wall, value;
};
absl::StatusOr<PointText> SplitPoint(std::string_view line) {
  constexpr std::string_view kStep = "{\"step\":", kWall = ",\"wall\":", kValue = ",\"value\":";
  const size_t wall = line.find(kWall), value = line.find(kValue);
  if (line.substr(0, kStep.size()) != kStep || wall == std::string_view::npos || value == std::string_view::npos ||
      value < wall || line.back() != '}') {
    return absl::DataLossError(
        absl::StrCat("the server gave a point that is none: ", std::string(line.substr(0, 100))));
  }
  const auto unquoted = [](std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;  // "NaN", "Infinity", "-Infinity"
  };
  const size_t wall_at = wall + kWall.size(), value_at = value + kValue.size();
  return PointText{line.substr(kStep.size(), wall - kStep.size()), unquoted(line.substr(wall_at, value - wall_at)),
                   line.substr(value_at, line.size() - 1 - value_at)};
}

// A file that appears under its name when it is whole; "-" is stdout.
class Output {
 public:
  explicit Output(std::string path) : path_(std::move(path)) {
    file_ = path_ == "-" ? stdout : std::fopen(Beside().c_str(), "wb");
  }
  ~Output() {
    if (file_ != nullptr && file_ != stdout) {
      std::fclose(file_);
      unlink(Beside().c_str());
    }
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  bool ok() const { return file_ != nullptr; }
  absl::Status Write(std::string_view text) {
    return std::fwrite(text.data(), 1, text.size(), file_) == text.size() ? absl::OkStatus() : Failed();
  }
  absl::Status Finish() {
    if (file_ == stdout) {
      return std::fflush(stdout) == 0 ? absl::OkStatus() : Failed();
    }
    FILE* const file = std::exchange(file_, nullptr);
    const bool written = std::fflush(file) == 0 && fsync(fileno(file)) == 0;
    const bool closed = std::fclose(file) == 0;
    return written && closed && std::rename(Beside().c_str(), path_.c_str()) == 0 ? absl::OkStatus() : Failed();
  }

 private:
  std::string Beside() const { return path_ + ".part"; }
  absl::Status Failed() const {
    return absl::UnavailableError(absl::StrCat("cannot write ", path_, ": ", std::strerror(errno)));
  }

  const std::string path_;
  FILE* file_;
};

class Export {
 public:
  Export(const HttpClient& client, const ExportFlags& flags, Output& out) : client_(client), flags_(flags), out_(out) {}

  absl::Status Run(const std::string& run) {
    ASSIGN_OR_RETURN(const auto series, ListAll(client_, absl::StrCat("/api/v1/runs/", UrlEncode(run), "/series")));
    for (const boost::json::object& one : series) {
      const std::string tag = Text(one, "tag"), kind = Text(one, "kind");
      const std::string key = absl::StrCat(kind, " ", tag);
      if (fnmatch(flags_.tag.c_str(), tag.c_str(), 0) != 0 || !done_.insert(absl::StrCat(run, " ", key)).second) {
        continue;
      }
      RETURN_IF_ERROR(Points(run, tag, kind));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Points(const std::string& run, const std::string& tag, const std::string& kind) {
    std::string rest;  // of a line that is not whole yet
    std::string json_start;
    JsonWriter(json_start).Object().Key("run").String(run).Key("tag").String(tag).Key("kind").String(kind);
    const std::string csv_start = absl::StrCat(CsvField(run), ",", CsvField(tag), ",", kind, ",");
    RETURN_IF_ERROR(client_.Get(
        absl::StrCat("/api/v1/runs/", UrlEncode(run), "/points?format=jsonl&tag=", UrlEncode(tag), "&kind=", kind),
        [&](std::string_view part) {
          rest += part;
          return Lines(&rest, kind, json_start, csv_start);
        }));
    return rest.empty() ? absl::OkStatus() : absl::DataLossError("the server's answer ended within a point");
  }

  absl::Status Lines(std::string* rest, const std::string& kind, const std::string& json_start,
                     const std::string& csv_start) {
    size_t at = 0;
    std::string text;
    for (size_t end; (end = rest->find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string_view line = std::string_view(*rest).substr(at, end - at);
      ASSIGN_OR_RETURN(const PointText point, SplitPoint(line));
      if (flags_.format == "jsonl") {
        text += json_start;
        text += ',';
        text += line.substr(1);
        text += '\n';
        continue;
      }
      const bool quoted = kind == "scalar" && point.value.front() == '"';
      const std::string_view value = quoted ? point.value.substr(1, point.value.size() - 2) : point.value;
      text += csv_start;
      text.append(point.step).append(",").append(point.wall).append(",").append(CsvField(value)).append("\r\n");
    }
    rest->erase(0, at);
    return out_.Write(text);
  }

  const HttpClient& client_;
  const ExportFlags& flags_;
  Output& out_;
  std::set<std::string> done_;  // several writers of a tag are one answer
};

absl::Status ExportAll(const ExportFlags& flags) {
  ASSIGN_OR_RETURN(const HttpClient client, HttpClient::ForServer(flags.server));
  Output out(flags.out);
  if (!out.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write ", flags.out, ": ", std::strerror(errno)));
  }
  if (flags.format == "csv") {
    RETURN_IF_ERROR(out.Write("run,tag,kind,step,wall,value\r\n"));
  }
  Export exporter(client, flags, out);
  for (const std::string& run : flags.runs) {
    RETURN_IF_ERROR(exporter.Run(run));
  }
  return out.Finish();
}

}  // namespace

void AddExport(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command = program.add_subcommand("export", "Takes all points of runs out, whole and exact");
  command->add_option("RUN", flags->runs, "ids of runs (stepwell runs lists them)")->required();
  command->add_option("--tag", flags->tag, "only tags like this; * and ? stand for anything")->capture_default_str();
  command->add_option("--format", flags->format, "csv or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}))
      ->capture_default_str();
  command->add_option("--out", flags->out, "file to write; - is standard output")->required();
  command->add_option("--server", flags->server, "address of web and REST")->capture_default_str();
  command->footer("Example: stepwell export 01J5K0ABCDEFGHJKMNPQRSTVWX --tag 'train/*' --format csv --out points.csv");
  command->callback([flags, exit_status] {
    const absl::Status status = ExportAll(*flags);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    }
    *exit_status = status.ok() ? kDone : status.code() == absl::StatusCode::kInvalidArgument ? kWrongUse : kFailed;
  });
}

}  // namespace stepwell
