// Log lines: one JSON object a line for machines, one short line for people on a terminal. `msg` is a constant
// sentence; what varies is in fields. No point, parameter, tag or secret belongs in a log.
//
// Thread safety: all methods may be called from any thread; a line is written with one call.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::net {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kJson, kText };

class LogFields {
 public:
  LogFields& Add(std::string_view name, std::string_view value);
  LogFields& Add(std::string_view name, const char* value) { return Add(name, std::string_view(value)); }
  LogFields& Add(std::string_view name, double value);
  LogFields& Add(std::string_view name, int64_t value);

 private:
  friend class Logger;
  struct Field {
    std::string name, text;
    bool quoted;
  };
  std::vector<Field> fields_;
};

class Logger {
 public:
  Logger(LogFormat format, LogLevel least, std::FILE* to = stderr) : format_(format), least_(least), to_(to) {}
  // Text if `to` is a terminal, JSON otherwise.
  static LogFormat FormatFor(std::FILE* to);

  bool Takes(LogLevel level) const { return level >= least_; }
  void Write(LogLevel level, std::string_view part, std::string_view msg, const LogFields& fields = {}) const;

 private:
  const LogFormat format_;
  const LogLevel least_;
  std::FILE* const to_;
};

}  // namespace stepwell::net
