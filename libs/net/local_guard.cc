#include "net/local_guard.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace stepwell::net {
namespace {

constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);  // ::ffff:0:0/96

// As the kernel prints it: each 32-bit word of the address as it lies in memory, then the port.
std::string TableForm(const Endpoint& end) {
  std::string out;
  char buffer[16];
  for (size_t i = 0; i + 4 <= end.address.size(); i += 4) {
    uint32_t word;
    std::memcpy(&word, end.address.data() + i, 4);
    std::snprintf(buffer, sizeof(buffer), "%08X", word);
    out += buffer;
  }
  std::snprintf(buffer, sizeof(buffer), ":%04X", end.port);
  return out + buffer;
}

Endpoint Unmapped(Endpoint end) {
  if (end.address.size() == 16 && end.address.starts_with(kMapped)) end.address.erase(0, 12);
  return end;
}

Endpoint Mapped(Endpoint end) {
  if (end.address.size() == 4) end.address.insert(0, kMapped);
  return end;
}

std::string ReadAll(const char* path) {
  std::ifstream file(path);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

// The sock_diag question for one connection: inet_diag(7), sock_diag(7).
struct DiagQuestion {
  nlmsghdr header{};
  inet_diag_req_v2 request{};
};

DiagQuestion QuestionFor(const Endpoint& local, const Endpoint& remote) {
  DiagQuestion question;
  question.header.nlmsg_len = sizeof(question);
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  inet_diag_req_v2& request = question.request;
  request.sdiag_family = local.address.size() == 4 ? AF_INET : AF_INET6;
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = ~0U;
  request.id.idiag_sport = htons(local.port);
  request.id.idiag_dport = htons(remote.port);
  std::memcpy(request.id.idiag_src, local.address.data(), local.address.size());
  std::memcpy(request.id.idiag_dst, remote.address.data(), remote.address.size());
  request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return question;
}

// Asks the kernel about one connection. /proc/net/tcp says the same, but lists all of them: 10 ms on a machine with a
// large table. Without an established connection the kernel may answer with the listener that would take it.
std::optional<uid_t> AskUid(const Endpoint& local, const Endpoint& remote) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (netlink < 0) return std::nullopt;
  const DiagQuestion question = QuestionFor(local, remote);
  alignas(nlmsghdr) char answer[1024];
  ssize_t size = send(netlink, &question, sizeof(question), 0);
  if (size == sizeof(question)) size = recv(netlink, answer, sizeof(answer), 0);
  close(netlink);
  nlmsghdr header;
  inet_diag_msg found;
  if (size < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(found)))) return std::nullopt;
  std::memcpy(&header, answer, sizeof(header));
  std::memcpy(&found, answer + NLMSG_HDRLEN, sizeof(found));
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || found.idiag_state != TCP_ESTABLISHED) return std::nullopt;
  const bool same = found.id.idiag_sport == htons(local.port) && found.id.idiag_dport == htons(remote.port);
  return same ? std::optional<uid_t>(found.idiag_uid) : std::nullopt;
}

bool IsLocalHost(std::string_view host) {
  const size_t colon = host.starts_with('[') ? host.find(':', host.find(']')) : host.find(':');
  const std::string_view name = host.substr(0, colon);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

bool IsLocalOrigin(std::string_view origin) {
  const size_t host = origin.find("://");
  return host != std::string_view::npos && IsLocalHost(origin.substr(host + 3));
}

}  // namespace

absl::StatusOr<uid_t> FindUid(std::string_view table, const Endpoint& theirs, const Endpoint& ours) {
  const std::string local = TableForm(theirs), remote = TableForm(ours);
  std::istringstream lines{std::string(table)};
  std::string line;
  while (std::getline(lines, line)) {
    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid ...
    std::istringstream fields(line);
    std::string sl, from, to, state, queues, timer, retransmits;
    uid_t uid = 0;
    if (!(fields >> sl >> from >> to >> state >> queues >> timer >> retransmits >> uid)) continue;
    if (from == local && to == remote && state == "01") return uid;
  }
  return absl::NotFoundError("the kernel does not list the connection");
}

absl::StatusOr<uid_t> PeerUid(const Endpoint& theirs, const Endpoint& ours) {
  const Endpoint a = Unmapped(theirs), b = Unmapped(ours);
  if (std::optional<uid_t> uid = AskUid(a, b)) return *uid;
  if (a.address.size() == 4) {
    if (auto uid = FindUid(ReadAll("/proc/net/tcp"), a, b); uid.ok()) return uid;
  }
  return FindUid(ReadAll("/proc/net/tcp6"), Mapped(a), Mapped(b));
}

absl::Status CheckPeer(const Endpoint& theirs, const Endpoint& ours, uid_t self) {
  const absl::StatusOr<uid_t> uid = PeerUid(theirs, ours);
  if (!uid.ok()) {
    return absl::PermissionDeniedError(
        "this server has no accounts and answers its own user on this machine only; it could not see whose connection "
        "this is");
  }
  if (*uid == self || *uid == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat("this server has no accounts and answers its own user only (uid ",
                                                  self, "); this connection is of uid ", *uid,
                                                  ". Sharing needs accounts, which this version does not have"));
}

absl::Status CheckLocalHeaders(const Headers& headers) {
  const auto find = [&](std::string_view name) {
    const auto it = headers.find(name);
    return it == headers.end() ? std::string_view() : std::string_view(it->second);
  };
  if (headers.contains("forwarded") || headers.contains("x-forwarded-for")) {
    return absl::PermissionDeniedError(
        "this server has no accounts and must not be reached through a proxy (the request has a Forwarded or "
        "X-Forwarded-For "
        "header); what is reached from elsewhere needs accounts, which this version does not have");
  }
  if (!IsLocalHost(find("host"))) {
    return absl::PermissionDeniedError(
        "this server has no accounts and answers to the names localhost, 127.0.0.1 and [::1] only (the Host header has "
        "another)");
  }
  // Browsers that do not tell Sec-Fetch-Site tell the origin of what changes something.
  const std::string_view origin = find("origin");
  if (!origin.empty() && !IsLocalOrigin(origin)) {
    return absl::PermissionDeniedError("a page of another origin may not ask this server (the Origin header names it)");
  }
  if (find("sec-fetch-site") == "cross-site") {
    return absl::PermissionDeniedError("a page of another site may not ask this server (Sec-Fetch-Site: cross-site)");
  }
  return absl::OkStatus();
}

}  // namespace stepwell::net
