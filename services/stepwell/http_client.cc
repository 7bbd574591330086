#include "stepwell/http_client.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include <boost/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell {
namespace {

constexpr timeval kTimeout{120, 0};
constexpr size_t kMaxHead = 64 << 10;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() { close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  absl::Status Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0) {
        return absl::UnavailableError(std::strerror(errno));
      }
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return absl::OkStatus();
  }
  // Appends what comes next; false at the end.
  absl::StatusOr<bool> Receive(std::string* buffer) {
    char bytes[64 << 10];
    const ssize_t n = recv(fd_, bytes, sizeof bytes, 0);
    if (n < 0) {
      return absl::UnavailableError(std::strerror(errno));
    }
    buffer->append(bytes, static_cast<size_t>(n));
    return n > 0;
  }

 private:
  const int fd_;
};

struct Head {
  int status = 0;
  bool chunked = false;
  bool has_length = false;
  uint64_t length = 0;
};

absl::StatusOr<Head> ParseHead(std::string_view text) {
  Head head;
  if (text.size() < 12 || text.substr(0, 5) != "HTTP/") {
    return absl::UnavailableError("the answer is not HTTP");
  }
  std::from_chars(text.data() + 9, text.data() + 12, head.status);
  while (!text.empty()) {
    const size_t end = text.find("\r\n");
    const std::string line = absl::AsciiStrToLower(std::string(text.substr(0, end)));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
    if (line.rfind("transfer-encoding:", 0) == 0 && line.find("chunked") != std::string::npos) {
      head.chunked = true;
    } else if (line.rfind("content-length:", 0) == 0) {
      const size_t digits = line.find_first_of("0123456789");
      head.has_length = digits != std::string::npos;
      if (head.has_length) {
        std::from_chars(line.data() + digits, line.data() + line.size(), head.length);
      }
    }
  }
  return head;
}

// The body, from what is in `buffer` and comes after it. A body that ends early is an error: an export must be whole.
class Body {
 public:
  Body(Socket& socket, std::string buffer, const Head& head)
      : socket_(socket), buffer_(std::move(buffer)), head_(head) {}

  absl::Status Read(const std::function<absl::Status(std::string_view)>& take) {
    if (head_.chunked) {
      return ReadChunks(take);
    }
    uint64_t left = head_.has_length ? head_.length : UINT64_MAX;
    while (left > 0) {
      if (buffer_.empty()) {
        ASSIGN_OR_RETURN(const bool more, socket_.Receive(&buffer_));
        if (!more) {
          return head_.has_length ? absl::DataLossError("the answer ended early") : absl::OkStatus();
        }
      }
      const size_t n = static_cast<size_t>(std::min<uint64_t>(left, buffer_.size()));
      RETURN_IF_ERROR(take(std::string_view(buffer_).substr(0, n)));
      buffer_.erase(0, n);
      left -= n;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Need(size_t size) {
    while (buffer_.size() < size) {
      ASSIGN_OR_RETURN(const bool more, socket_.Receive(&buffer_));
      if (!more) {
        return absl::DataLossError("the answer ended early");
      }
    }
    return absl::OkStatus();
  }
  absl::Status ReadChunks(const std::function<absl::Status(std::string_view)>& take) {
    for (;;) {
      size_t end = 0;
      while ((end = buffer_.find("\r\n")) == std::string::npos) {
        RETURN_IF_ERROR(Need(buffer_.size() + 1));
      }
      uint64_t size = 0;
      const auto parsed = std::from_chars(buffer_.data(), buffer_.data() + end, size, 16);
      if (parsed.ec != std::errc() || size > (uint64_t{1} << 40)) {
        return absl::DataLossError("the answer has a broken chunk");
      }
      buffer_.erase(0, end + 2);
      if (size == 0) {
        return absl::OkStatus();
      }
      RETURN_IF_ERROR(Need(size + 2));
      RETURN_IF_ERROR(take(std::string_view(buffer_).substr(0, size)));
      buffer_.erase(0, size + 2);
    }
  }

  Socket& socket_;
  std::string buffer_;
  const Head head_;
};

absl::StatusOr<int> Connect(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &list); error != 0) {
    return absl::UnavailableError(gai_strerror(error));
  }
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, &freeaddrinfo);
  int error = ECONNREFUSED;
  for (const addrinfo* at = list; at != nullptr; at = at->ai_next) {
    const int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (fd < 0) {
      continue;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof kTimeout);
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0) {
      return fd;
    }
    error = errno;
    close(fd);
  }
  return absl::UnavailableError(std::strerror(error));
}

// What a problem document (RFC 9457) says, else the status alone.
absl::Status Problem(int status, const std::string& body) {
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(body, error);
  std::string detail = absl::StrCat("HTTP status ", status);
  if (!error && value.is_object()) {
    if (const auto* text = value.as_object().if_contains("detail"); text != nullptr && text->is_string()) {
      detail = std::string(text->as_string().c_str());
    }
  }
  return status == 404 ? absl::NotFoundError(detail) : absl::FailedPreconditionError(detail);
}

}  // namespace

absl::StatusOr<HttpClient> HttpClient::ForServer(const std::string& server) {
  HttpClient client;
  client.server_ = server;
  std::string rest = server;
  if (rest.rfind("http://", 0) == 0) {
    rest = rest.substr(7);
  } else if (rest.find("://") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat("--server ", server, ": only http:// is spoken here"));
  }
  rest = rest.substr(0, rest.find('/'));
  const size_t colon = rest.rfind(':');
  client.host_ = rest.substr(0, colon);
  client.port_ = colon == std::string::npos ? "80" : rest.substr(colon + 1);
  if (client.host_.empty() || client.port_.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--server ", server, " is no address; an example is http://127.0.0.1:7007"));
  }
  return client;
}

absl::Status HttpClient::Get(const std::string& target,
                             const std::function<absl::Status(std::string_view)>& take) const {
  const auto away = [this](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat("server ", server_, ": ", std::string(status.message())));
  };
  absl::StatusOr<int> fd = Connect(host_, port_);
  if (!fd.ok()) {
    return away(fd.status());
  }
  Socket socket(*fd);
  RETURN_IF_ERROR(socket.Send(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: ", host_, ":", port_,
                                           "\r\nConnection: close\r\nUser-Agent: stepwell\r\n\r\n")));
  std::string buffer;
  size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    absl::StatusOr<bool> more = socket.Receive(&buffer);
    if (!more.ok() || !*more || buffer.size() > kMaxHead) {
      return away(more.ok() ? absl::UnavailableError("no answer") : more.status());
    }
  }
  ASSIGN_OR_RETURN(const Head head, ParseHead(std::string_view(buffer).substr(0, end)));
  Body body(socket, buffer.substr(end + 4), head);
  if (head.status != 200) {
    std::string text;
    RETURN_IF_ERROR(body.Read([&](std::string_view part) {
      text += part;
      return absl::OkStatus();
    }));
    return Problem(head.status, text);
  }
  return body.Read(take);
}

absl::StatusOr<std::string> HttpClient::GetAll(const std::string& target) const {
  std::string text;
  RETURN_IF_ERROR(Get(target, [&](std::string_view part) {
    text += part;
    return absl::OkStatus();
  }));
  return text;
}

std::string UrlEncode(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace stepwell
