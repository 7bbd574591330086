#include "sync/about.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "spool/format.h"

namespace stepwell::sync {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int64_t kFormat = 1;
constexpr std::streamsize kMostJson = 1 << 20;
constexpr char kGone[] = ".gone";

std::string Text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

bool Flag(const json::object& object, std::string_view key, bool otherwise) {
  const json::value* value = object.if_contains(json::string_view(key.data(), key.size()));
  return value && value->is_bool() ? value->get_bool() : otherwise;
}

uint64_t Count(const json::value* value) {
  boost::system::error_code error;
  const auto count = value && value->is_number() ? value->to_number<uint64_t>(error) : 0;
  return error ? 0 : count;
}

bool IsWriterId(const std::string& name) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
  return name.size() == 26 && name.find_first_not_of(kAlphabet) == std::string::npos;
}

spool::Position PositionOf(const json::value* at) {
  if (!at || !at->is_array() || at->get_array().size() != 2) return {};
  return {static_cast<uint32_t>(Count(&at->get_array()[0])), Count(&at->get_array()[1])};
}

Fork ParseFork(const json::object& object) {
  Fork fork;
  fork.run = Text(object, "run");
  const json::value* step = object.if_contains("step");
  if (step && step->is_int64()) fork.step = step->get_int64();
  const json::value* after = object.if_contains("after");
  if (!after || !after->is_object()) return fork;
  for (const auto& entry : after->get_object()) {
    const std::string id(entry.key().data(), entry.key().size());
    if (IsWriterId(id)) fork.after[id] = PositionOf(&entry.value());
  }
  return fork;
}

absl::StatusOr<json::object> ParseObject(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return absl::InvalidArgumentError("is no JSON object");
  return std::move(value.get_object());
}

absl::StatusOr<std::string> Content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat(path, " is not there"));
  std::string content(kMostJson, '\0');
  in.read(content.data(), kMostJson);
  content.resize(static_cast<size_t>(in.gcount()));
  return content;
}

}  // namespace

absl::StatusOr<About> ParseAbout(std::string_view text) {
  ASSIGN_OR_RETURN(const json::object object, ParseObject(text));
  const uint64_t format = Count(object.if_contains("format"));
  if (format == 0) return absl::InvalidArgumentError("names no format");
  if (format != kFormat) {
    return absl::UnimplementedError(
        absl::StrCat("is of format ", format, ", and this program knows ", kFormat, ": upgrade it"));
  }
  About about;
  about.server = Text(object, "server");
  about.workspace = Text(object, "workspace");
  about.experiment = Text(object, "experiment");
  about.run = Text(object, "run");
  about.name = Text(object, "name");
  about.writer = Text(object, "writer");
  about.client = Text(object, "client");
  about.offline = Text(object, "mode") == "offline";
  about.primary = Flag(object, "primary", true);
  about.must_exist = Flag(object, "must_exist", false);
  if (const json::value* fork = object.if_contains("fork"); fork && fork->is_object())
    about.fork = ParseFork(fork->get_object());
  return about;
}

absl::StatusOr<About> ReadAbout(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string content, Content(folder + "/writer.json"));
  absl::StatusOr<About> about = ParseAbout(content);
  if (about.ok()) return about;
  return absl::Status(about.status().code(),
                      absl::StrCat(folder, "/writer.json ", std::string(about.status().message())));
}

absl::Status MakeOnline(const std::string& folder, const std::string& server) {
  const std::string path = folder + "/writer.json";
  ASSIGN_OR_RETURN(const std::string content, Content(path));
  ASSIGN_OR_RETURN(json::object object, ParseObject(content));
  object["mode"] = "online";
  if (!server.empty()) object["server"] = server;
  return WriteWhole(path, json::serialize(object));
}

State ReadState(const std::string& folder) {
  const absl::StatusOr<std::string> content = Content(folder + "/status.json");
  const absl::StatusOr<json::object> object = content.ok() ? ParseObject(*content) : content.status();
  if (!object.ok()) return {};
  State state;
  state.acknowledged = PositionOf(object->if_contains("acknowledged"));
  state.refused = Count(object->if_contains("refused"));
  state.fenced = Flag(*object, "fenced", false);
  state.deleted = Flag(*object, "deleted", false);
  state.opened = Flag(*object, "opened", false);
  state.missing = Flag(*object, "missing", false);
  state.error = Text(*object, "error");
  state.fork_refused = Text(*object, "fork_refused");
  state.run = Text(*object, "run");
  return state;
}

absl::Status WriteState(const std::string& folder, const State& state) {
  std::string text;
  JsonWriter out(text);
  out.Object().Key("acknowledged").Array().Uint(state.acknowledged.segment).Uint(state.acknowledged.offset).End();
  out.Key("wall").Double(Clock::System().WallSeconds()).Key("refused").Uint(state.refused);
  out.Key("opened").Bool(state.opened).Key("fenced").Bool(state.fenced).Key("deleted").Bool(state.deleted);
  out.Key("missing").Bool(state.missing).Key("error");
  state.error.empty() ? out.Null() : out.String(state.error);
  out.Key("fork_refused");
  state.fork_refused.empty() ? out.Null() : out.String(state.fork_refused);
  out.Key("run").String(state.run).End();
  return WriteWhole(folder + "/status.json", text, /*durable=*/false);
}

std::string UnsentParent(const std::string& root, const Fork& fork) {
  for (const auto& [id, end] : fork.after) {
    const std::string folder = root + "/" + id;
    const State state = ReadState(folder);
    std::error_code ignored;
    if (state.fenced || state.deleted || !fs::exists(folder, ignored)) continue;  // sent, or it never will be
    const spool::Position at = state.acknowledged;
    if (std::tie(at.segment, at.offset) >= std::tie(end.segment, end.offset)) continue;
    return absl::StrCat("run ", fork.run, ", of which this is a fork, is not sent yet: ", folder, " is waited for");
  }
  return {};
}

uint64_t BytesBefore(const std::string& folder, uint32_t segment) {
  uint64_t bytes = 0;
  for (const uint32_t one : spool::Segments(folder)) {
    if (one >= segment) break;
    std::error_code error;
    const uint64_t size = fs::file_size(spool::SegmentPath(folder, one), error);
    bytes += (error ? 0 : size) + BytesBelow(spool::BlobsPath(folder, one));
  }
  return bytes;
}

uint64_t BytesBelow(const std::string& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->is_regular_file(gone)) {
      const uint64_t size = entry->file_size(gone);
      bytes += gone ? 0 : size;
    }
  }
  return bytes;
}

std::vector<std::string> WritersIn(const std::string& root) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (std::string name = entry->path().filename().string(); IsWriterId(name) && entry->is_directory(ignored))
      found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

void RemoveGone(const std::string& root) {
  std::error_code error;
  std::vector<fs::path> gone;
  for (fs::directory_iterator entry(root, error), end; !error && entry != end; entry.increment(error)) {
    if (absl::EndsWith(entry->path().filename().string(), kGone)) gone.push_back(entry->path());
  }
  for (const fs::path& path : gone) fs::remove_all(path, error);
}

void RemoveWriter(const std::string& root, const std::string& id) {
  std::error_code error;
  const std::string folder = root + "/" + id;
  fs::rename(folder, folder + kGone, error);
  fs::remove_all(folder + kGone, error);
}

}  // namespace stepwell::sync
