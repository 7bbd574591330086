#include "sync/credentials.h"

#include <boost/json.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "sync/variable.h"

namespace stepwell::sync {
namespace {

namespace json = boost::json;

std::string CredentialsPath() {
  if (std::string chosen = Variable("STEPWELL_CREDENTIALS"); !chosen.empty()) return chosen;
  std::string base = Variable("XDG_CONFIG_HOME");
  if (base.empty()) base = Variable("HOME") + "/.config";
  return base + "/stepwell/credentials.json";
}

// REST and gRPC have ports of their own: what was stored for one serves the other.
std::string HostOf(const std::string& key) {
  const size_t colon = key.rfind(':');
  return colon == std::string::npos || (!key.empty() && key.back() == ']') ? key : key.substr(0, colon);
}

}  // namespace

std::string ServerKey(std::string_view server) {
  std::string_view scheme;
  if (const size_t at = server.find("://"); at != std::string_view::npos) {
    scheme = server.substr(0, at);
    server.remove_prefix(at + 3);
  }
  std::string key = absl::AsciiStrToLower(std::string(server.substr(0, server.find('/'))));
  if (HostOf(key) == key && scheme == "https") key += ":443";
  if (HostOf(key) == key && scheme == "http") key += ":80";
  return key;
}

std::string TokenFor(std::string_view server) {
  if (std::string token = Variable("STEPWELL_TOKEN"); !token.empty()) return token;
  std::ifstream in(CredentialsPath());
  std::stringstream content;
  content << in.rdbuf();
  boost::system::error_code error;
  const json::value parsed = json::parse(content.str(), error);
  const json::value* servers = error || !parsed.is_object() ? nullptr : parsed.get_object().if_contains("servers");
  if (!servers || !servers->is_object()) return "";
  const std::string key = ServerKey(server);
  const bool exact = servers->get_object().contains(key);
  std::set<std::string> tokens;
  for (const auto& [name, entry] : servers->get_object()) {
    const std::string other(name.data(), name.size());
    if (exact ? other != key : HostOf(other) != HostOf(key)) continue;
    const json::value* token = entry.is_object() ? entry.get_object().if_contains("token") : nullptr;
    if (token && token->is_string()) tokens.insert(std::string(token->get_string().data(), token->get_string().size()));
  }
  return tokens.size() == 1 ? *tokens.begin() : "";
}

}  // namespace stepwell::sync
