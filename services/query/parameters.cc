#include "query/parameters.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "net/problem.h"
#include "query/kinds.h"

namespace stepwell::query {
namespace {

constexpr uint32_t kMaxLimit = 1000;

// Levenshtein's distance.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

absl::Status CheckParameters(const net::Request& request, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : request.query.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string shown = name.substr(0, 64);
    if (known.size() == 0)
      return absl::InvalidArgumentError(absl::StrCat("this route has no parameters, so no \"", shown, "\""));
    const auto nearest = std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
      return Distance(shown, a) < Distance(shown, b);
    });
    return absl::InvalidArgumentError(
        absl::StrCat("there is no parameter \"", shown, "\"; did you mean \"", std::string(*nearest), "\"?"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Paging> ReadPaging(const net::Request& request) {
  Paging paging;
  paging.cursor = request.query.Find("cursor").value_or("");
  const std::optional<std::string> limit = request.query.Find("limit");
  if (!limit) return paging;
  const auto [end, error] = std::from_chars(limit->data(), limit->data() + limit->size(), paging.limit);
  if (error != std::errc() || end != limit->data() + limit->size() || paging.limit < 1 || paging.limit > kMaxLimit) {
    return absl::InvalidArgumentError(absl::StrCat("limit must be a whole number from 1 to ", kMaxLimit));
  }
  return paging;
}

absl::StatusOr<bool> ReadFlag(const net::Request& request, std::string_view name) {
  const std::string value = request.query.Find(name).value_or("false");
  if (value == "true") return true;
  if (value == "false") return false;
  return absl::InvalidArgumentError(absl::StrCat(std::string(name), " must be true or false"));
}

absl::StatusOr<v1::Kind> ReadKind(const net::Request& request) {
  const std::string name = request.query.Find("kind").value_or("");
  if (name.empty()) return v1::KIND_UNSPECIFIED;
  if (const std::optional<v1::Kind> kind = FindKind(name)) return *kind;
  return absl::InvalidArgumentError(absl::StrCat("kind must be one of ", KindNames()));
}

absl::Status CheckJsonBody(const net::Request& request) {
  const std::string_view type = request.Header("content-type");
  if (type.starts_with("application/json") || type.starts_with("application/problem+json")) return absl::OkStatus();
  return net::HttpError(415, "the body must be JSON, with Content-Type: application/json");
}

std::vector<std::string> SplitNames(std::string_view text) {
  std::vector<std::string> names;
  std::string name;
  bool quoted = false, escaped = false;
  for (const char c : text) {
    if (c == ',' && !quoted) {
      if (!name.empty()) names.push_back(std::exchange(name, {}));
      continue;
    }
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && c == '\\' && !escaped;
    name += c;
  }
  if (!name.empty()) names.push_back(name);
  return names;
}

}  // namespace stepwell::query
