#include "query/run_edit_json.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::query {
namespace {

namespace json = boost::json;

constexpr size_t kMaxName = 4096;
constexpr size_t kMaxNote = size_t{256} << 10;
constexpr size_t kMaxLabels = 64;
constexpr size_t kMaxLabel = size_t{64} << 10;  // as one that is logged: what an edit takes away comes back
constexpr size_t kMaxExpression = 1000;
constexpr std::array<std::string_view, 5> kStatuses = {"running", "finished", "failed", "killed", "crashed"};

absl::StatusOr<std::string> ReadText(const json::value& value, std::string_view name, size_t most) {
  if (!value.is_string()) return absl::InvalidArgumentError(absl::StrCat(std::string(name), " must be a string"));
  const json::string& text = value.get_string();
  if (text.size() > most) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(name), " is ", text.size(), " bytes; the limit is ", most));
  }
  return std::string(text.data(), text.size());
}

absl::Status ReadLabels(const json::value& value, std::map<std::string, std::optional<std::string>>* labels) {
  if (!value.is_object()) return absl::InvalidArgumentError("labels must be an object of strings; null removes one");
  if (value.get_object().size() > kMaxLabels)
    return absl::InvalidArgumentError(absl::StrCat("labels has more than ", kMaxLabels, " entries, the limit"));
  for (const auto& label : value.get_object()) {
    const std::string key(label.key().data(), label.key().size());
    if (key.empty() || key.size() > 256) return absl::InvalidArgumentError("a label's key must have 1 to 256 bytes");
    if (label.value().is_null()) {
      (*labels)[key] = std::nullopt;
    } else {
      ASSIGN_OR_RETURN((*labels)[key], ReadText(label.value(), "a label's value", kMaxLabel));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ReadBool(const json::value& value, std::string_view name) {
  if (!value.is_bool()) return absl::InvalidArgumentError(absl::StrCat(std::string(name), " must be true or false"));
  return value.get_bool();
}

std::string_view NameOf(const json::key_value_pair& member) { return {member.key().data(), member.key().size()}; }

absl::Status Unknown(std::string_view where, std::string_view name, std::string_view known) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(where), " has no \"", std::string(name.substr(0, 64)),
                                                 "\"; it has ", std::string(known)));
}

absl::Status ReadRename(const json::value& value, catalog::RunChange* change) {
  const json::object* rename = value.if_object();
  if (rename == nullptr || rename->size() != 2 || !rename->contains("match") || !rename->contains("to")) {
    return absl::InvalidArgumentError("rename must be {\"match\": expression, \"to\": text}");
  }
  change->rename.emplace();
  ASSIGN_OR_RETURN(change->rename->match, ReadText(rename->at("match"), "rename.match", kMaxExpression));
  ASSIGN_OR_RETURN(change->rename->to, ReadText(rename->at("to"), "rename.to", kMaxName));
  return absl::OkStatus();
}

absl::Status ReadTarget(const json::value& value, AskedEdit* edit) {
  if (value.is_string()) {
    ASSIGN_OR_RETURN(edit->move_to, ReadText(value, "set.experiment", kMaxName));
  } else if (const json::object* named = value.if_object(); named && named->size() == 1 && named->contains("name")) {
    ASSIGN_OR_RETURN(edit->move_to_name, ReadText(named->at("name"), "set.experiment.name", kMaxName));
  }
  if (edit->move_to.empty() && edit->move_to_name.empty()) {
    return absl::InvalidArgumentError("set.experiment must be the id of an experiment or {\"name\": of one}");
  }
  return absl::OkStatus();
}

absl::Status ReadSet(const json::value& value, AskedEdit* edit) {
  if (!value.is_object()) return absl::InvalidArgumentError("set must be an object");
  catalog::RunChange& change = edit->change;
  for (const auto& member : value.get_object()) {
    const std::string_view name = NameOf(member);
    if (name == "name") {
      ASSIGN_OR_RETURN(change.name, ReadText(member.value(), "set.name", kMaxName));
    } else if (name == "note") {
      ASSIGN_OR_RETURN(change.note, ReadText(member.value(), "set.note", kMaxNote));
    } else if (name == "archived") {
      ASSIGN_OR_RETURN(change.archived, ReadBool(member.value(), "set.archived"));
    } else if (name == "labels") {
      RETURN_IF_ERROR(ReadLabels(member.value(), &change.labels));
    } else if (name == "rename") {
      RETURN_IF_ERROR(ReadRename(member.value(), &change));
    } else if (name == "experiment") {
      RETURN_IF_ERROR(ReadTarget(member.value(), edit));
    } else {
      return Unknown("set", name, "name, rename, labels, archived, experiment and note");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadRuns(const json::value& value, AskedEdit* edit) {
  if (const json::array* ids = value.if_array()) {
    for (const json::value& id : *ids) {
      ASSIGN_OR_RETURN(std::string text, ReadText(id, "a run's id", 128));
      edit->runs.push_back(std::move(text));
    }
    return absl::OkStatus();
  }
  const json::object* chosen = value.if_object();
  if (chosen == nullptr || !chosen->contains("experiment")) {
    return absl::InvalidArgumentError("runs must be an array of ids or {\"experiment\": id, \"filter\": text}");
  }
  edit->by_filter = true;
  for (const auto& member : *chosen) {
    const std::string_view name = NameOf(member);
    if (name != "experiment" && name != "filter") return Unknown("runs", name, "experiment and filter");
    ASSIGN_OR_RETURN((name == "filter" ? edit->filter : edit->experiment),
                     ReadText(member.value(), name, kMaxName * 2));
  }
  return absl::OkStatus();
}

absl::StatusOr<AskedEdit> ReadEdit(const json::value& value) {
  if (!value.is_object() || !value.get_object().contains("runs")) {
    return absl::InvalidArgumentError("an edit must be an object with runs, and set, delete or restore");
  }
  AskedEdit edit;
  bool removes = false, restores = false;
  for (const auto& member : value.get_object()) {
    const std::string_view name = NameOf(member);
    if (name == "runs") {
      RETURN_IF_ERROR(ReadRuns(member.value(), &edit));
    } else if (name == "set") {
      RETURN_IF_ERROR(ReadSet(member.value(), &edit));
    } else if (name == "delete") {
      ASSIGN_OR_RETURN(removes, ReadBool(member.value(), name));
    } else if (name == "restore") {
      ASSIGN_OR_RETURN(restores, ReadBool(member.value(), name));
    } else {
      return Unknown("an edit", name, "runs, set, delete and restore");
    }
  }
  if (removes && restores) return absl::InvalidArgumentError("delete and restore: one of them, not both");
  using Trash = catalog::RunChange::Trash;
  edit.change.trash = removes ? Trash::kDelete : restores ? Trash::kRestore : Trash::kStays;
  return edit;
}

void WriteUndo(JsonWriter& json, const catalog::BulkResult::Undo& undo) {
  json.Object().Key("runs").Array();
  for (const std::string& run : undo.runs) json.String(run);
  json.End();
  const catalog::RunChange& change = undo.change;
  if (change.name || change.note || change.archived || !change.labels.empty() || !undo.experiment.empty()) {
    json.Key("set").Object();
    if (change.name) json.Key("name").String(*change.name);
    if (change.note) json.Key("note").String(*change.note);
    if (change.archived) json.Key("archived").Bool(*change.archived);
    if (!undo.experiment.empty()) json.Key("experiment").String(undo.experiment);
    if (!change.labels.empty()) {
      json.Key("labels").Object();
      for (const auto& [key, value] : change.labels) {
        json.Key(key);
        value ? json.String(*value) : json.Null();
      }
      json.End();
    }
    json.End();
  }
  if (change.trash == catalog::RunChange::Trash::kDelete) json.Key("delete").Bool(true);
  if (change.trash == catalog::RunChange::Trash::kRestore) json.Key("restore").Bool(true);
  json.End();
}

}  // namespace

absl::StatusOr<catalog::RunEdit> ParseRunEdit(const std::string& body) {
  json::error_code error;
  json::parse_options options;
  const json::value parsed = json::parse(body, error, {}, options);
  if (error || !parsed.is_object())
    return absl::InvalidArgumentError("the body must be a JSON object with name, note, labels, archived or status");
  catalog::RunEdit edit;
  for (const auto& member : parsed.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name == "name") {
      ASSIGN_OR_RETURN(edit.name, ReadText(member.value(), name, 4096));
    } else if (name == "note") {
      ASSIGN_OR_RETURN(edit.note, ReadText(member.value(), name, kMaxNote));
    } else if (name == "status") {
      ASSIGN_OR_RETURN(edit.status, ReadText(member.value(), name, 64));
      if (std::find(kStatuses.begin(), kStatuses.end(), *edit.status) == kStatuses.end()) {
        return absl::InvalidArgumentError("status must be running, finished, failed, killed or crashed");
      }
    } else if (name == "archived") {
      if (!member.value().is_bool()) return absl::InvalidArgumentError("archived must be true or false");
      edit.archived = member.value().get_bool();
    } else if (name == "labels") {
      RETURN_IF_ERROR(ReadLabels(member.value(), &edit.labels));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("a run's \"", std::string(name.substr(0, 64)),
                       "\" cannot be changed; name, note, labels, archived and status can"));
    }
  }
  return edit;
}

absl::StatusOr<std::vector<AskedEdit>> ParseRunEdits(const std::string& body) {
  json::error_code error;
  const json::value parsed = json::parse(body, error);
  const json::object* whole = error ? nullptr : parsed.if_object();
  if (whole == nullptr || whole->size() != 1 || !whole->contains("edits") || !whole->at("edits").is_array()) {
    return absl::InvalidArgumentError("the body must be a JSON object with an array of edits");
  }
  std::vector<AskedEdit> edits;
  for (const json::value& value : whole->at("edits").get_array()) {
    ASSIGN_OR_RETURN(AskedEdit edit, ReadEdit(value));
    edits.push_back(std::move(edit));
  }
  return edits;
}

void WriteBulkResult(JsonWriter& json, const catalog::BulkResult& result) {
  json.Object().Key("changed").Int(result.changed).Key("skipped").Array();
  for (const auto& skipped : result.skipped) {
    json.Object().Key("run").String(skipped.run).Key("reason").String(skipped.reason).End();
  }
  json.End().Key("undo").Object().Key("edits").Array();
  for (const auto& undo : result.undo) WriteUndo(json, undo);
  json.End().End().End();
}

}  // namespace stepwell::query
