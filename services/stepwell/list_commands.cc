// stepwell experiments, stepwell runs: what a server has.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "stepwell/commands.h"
#include "stepwell/rest_lists.h"

namespace stepwell {
namespace {

struct ListFlags {
  std::string experiment, filter;
  std::string server = absl::StrCat("http://", kDefaultHttp);
  bool archived = false;
  bool json = false;
};

void PrintJson(const std::vector<boost::json::object>& items) {
  for (const boost::json::object& item : items) {
    std::printf("%s\n", boost::json::serialize(item).c_str());
  }
}

void PrintTable(const std::vector<boost::json::object>& items, const std::vector<std::string>& columns) {
  std::vector<size_t> widths;
  for (const std::string& column : columns) {
    widths.push_back(column.size());
    for (const boost::json::object& item : items) {
      widths.back() = std::max(widths.back(), Text(item, column).size());
    }
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string value = cell(columns[i]);
      absl::StrAppend(&text, i == 0 ? "" : "  ", value,
                      std::string(i + 1 < columns.size() ? widths[i] - value.size() : 0, ' '));
    }
    std::printf("%s\n", text.c_str());
  };
  line([](const std::string& column) { return column; });
  for (const boost::json::object& item : items) {
    line([&](const std::string& column) { return Text(item, column); });
  }
}

absl::Status ListExperiments(const ListFlags& flags) {
  ASSIGN_OR_RETURN(const HttpClient client, HttpClient::ForServer(flags.server));
  ASSIGN_OR_RETURN(const auto items, ListAll(client, "/api/v1/experiments"));
  flags.json ? PrintJson(items) : PrintTable(items, {"id", "name", "run_count", "updated"});
  return absl::OkStatus();
}

absl::StatusOr<std::string> ExperimentId(const HttpClient& client, const std::string& name) {
  ASSIGN_OR_RETURN(const auto items, ListAll(client, "/api/v1/experiments"));
  for (const boost::json::object& item : items) {
    if (Text(item, "name") == name || Text(item, "id") == name) {
      return Text(item, "id");
    }
  }
  return absl::NotFoundError(absl::StrCat("there is no experiment \"", name, "\"; stepwell experiments lists them"));
}

absl::Status ListRuns(const ListFlags& flags) {
  ASSIGN_OR_RETURN(const HttpClient client, HttpClient::ForServer(flags.server));
  std::string query;
  if (!flags.experiment.empty()) {
    ASSIGN_OR_RETURN(const std::string id, ExperimentId(client, flags.experiment));
    absl::StrAppend(&query, "?experiment=", UrlEncode(id));
  }
  if (!flags.filter.empty()) {
    absl::StrAppend(&query, query.empty() ? "?" : "&", "filter=", UrlEncode(flags.filter));
  }
  if (flags.archived) {
    absl::StrAppend(&query, query.empty() ? "?" : "&", "archived=any");
  }
  ASSIGN_OR_RETURN(const auto items, ListAll(client, "/api/v1/runs" + query));
  flags.json ? PrintJson(items) : PrintTable(items, {"id", "name", "status", "created"});
  return absl::OkStatus();
}

int ExitStatus(const absl::Status& status) {
  if (status.ok()) {
    return kDone;
  }
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kInvalidArgument ? kWrongUse : kFailed;
}

void AddCommon(CLI::App* command, ListFlags& flags) {
  command->add_option("--server", flags.server, "address of web and REST")->capture_default_str();
  command->add_flag("--json", flags.json, "one JSON object a line");
}

}  // namespace

void AddExperiments(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App* command = program.add_subcommand("experiments", "Lists experiments");
  AddCommon(command, *flags);
  command->footer("Example: stepwell experiments --json");
  command->callback([flags, exit_status] { *exit_status = ExitStatus(ListExperiments(*flags)); });
}

void AddRuns(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<ListFlags>();
  CLI::App* command = program.add_subcommand("runs", "Lists runs");
  command->add_option("EXPERIMENT", flags->experiment, "name or id of an experiment; without it, runs of all");
  command->add_option("--filter", flags->filter, "condition in the filter language");
  command->add_flag("--archived", flags->archived, "those that are archived too");
  AddCommon(command, *flags);
  command->footer("Example: stepwell runs digits --filter 'params.lr < 0.1'");
  command->callback([flags, exit_status] { *exit_status = ExitStatus(ListRuns(*flags)); });
}

}  // namespace stepwell
