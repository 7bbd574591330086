#include "net/router.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace stepwell::net {
namespace {

using Params = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> Segments(std::string_view pattern) {
  std::vector<std::string> out;
  size_t at = 1;
  while (at < pattern.size()) {
    const size_t end = std::min(pattern.find('/', at), pattern.size());
    out.emplace_back(pattern.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// "{run}:restore" takes "abc:restore" as run = "abc".
bool MatchSegment(std::string_view pattern, std::string_view segment, Params* params) {
  const size_t open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == segment;
  const size_t close = pattern.find('}', open);
  const std::string_view before = pattern.substr(0, open), after = pattern.substr(close + 1);
  if (segment.size() <= before.size() + after.size()) return false;
  if (!segment.starts_with(before) || !segment.ends_with(after)) return false;
  const std::string_view value = segment.substr(before.size(), segment.size() - before.size() - after.size());
  (*params)[std::string(pattern.substr(open + 1, close - open - 1))] = std::string(value);
  return true;
}

bool IsRest(std::string_view pattern) { return pattern.starts_with('{') && pattern.ends_with("...}"); }

bool MatchAll(std::span<const std::string> pattern, std::span<const std::string> segments, Params* params) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (IsRest(pattern[i])) return true;
    if (i >= segments.size() || !MatchSegment(pattern[i], segments[i], params)) return false;
  }
  return pattern.size() == segments.size();
}

}  // namespace

absl::Status Router::Add(std::string_view method, std::string_view pattern, Handler handler) {
  const auth::Route* route = auth::FindRoute(auth::Surface::kRest, method, pattern);
  if (route == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("the table of routes has no ", std::string(method), " ", std::string(pattern)));
  }
  entries_.push_back({route, Segments(pattern), std::move(handler)});
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.route < b.route; });
  return absl::OkStatus();
}

absl::Status Router::CheckComplete() const {
  std::string missing;
  for (const auth::Route& route : auth::Routes()) {
    if (route.surface != auth::Surface::kRest) continue;
    const bool there = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.route == &route; });
    if (!there) absl::StrAppend(&missing, " ", std::string(route.method), " ", std::string(route.pattern), ";");
  }
  return missing.empty() ? absl::OkStatus() : absl::FailedPreconditionError("routes without a handler:" + missing);
}

Router::Match Router::Find(std::string_view method, std::span<const std::string> segments) const {
  Match match;
  for (const Entry& entry : entries_) {
    Params params;
    if (!MatchAll(entry.pattern, segments, &params)) continue;
    const bool fits = entry.route->method == method || (method == "HEAD" && entry.route->method == "GET");
    if (fits) {
      // A path of the API is never a file, and one that has other methods is not a missing page.
      const bool rest = !entry.pattern.empty() && IsRest(entry.pattern.back());
      if (rest && !match.allow.empty()) break;
      match.route = entry.route;
      match.handler = &entry.handler;
      match.params = std::move(params);
      match.allow.clear();
      return match;
    }
    const bool files_under_api =
        !entry.pattern.empty() && IsRest(entry.pattern.back()) && !segments.empty() && segments[0] == "api";
    if (files_under_api) continue;
    absl::StrAppend(&match.allow, match.allow.empty() ? "" : ", ", std::string(entry.route->method));
    if (entry.route->method == "GET") match.allow += ", HEAD";
  }
  return match;
}

}  // namespace stepwell::net
