#include "net/log.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

namespace stepwell::net {
namespace {

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace

LogFields& LogFields::Add(std::string_view name, std::string_view value) {
  fields_.push_back({std::string(name), std::string(value), true});
  return *this;
}

LogFields& LogFields::Add(std::string_view name, double value) {
  std::string text;
  AppendJsonNumber(text, value);
  fields_.push_back({std::string(name), std::move(text), false});
  return *this;
}

LogFields& LogFields::Add(std::string_view name, int64_t value) {
  fields_.push_back({std::string(name), std::to_string(value), false});
  return *this;
}

LogFormat Logger::FormatFor(std::FILE* to) { return isatty(fileno(to)) ? LogFormat::kText : LogFormat::kJson; }

void Logger::Write(LogLevel level, std::string_view part, std::string_view msg, const LogFields& fields) const {
  if (!Takes(level)) return;
  const std::string now = FormatTime(Clock::System().WallSeconds());
  std::string line;
  if (format_ == LogFormat::kJson) {
    JsonWriter json(line);
    json.Object()
        .Key("ts")
        .String(now)
        .Key("level")
        .String(LevelName(level))
        .Key("msg")
        .String(msg)
        .Key("part")
        .String(part);
    for (const auto& field : fields.fields_) {
      json.Key(field.name);
      field.quoted ? json.String(field.text) : json.Raw(field.text);
    }
    json.End();
  } else {
    line.append(now).append(" ").append(LevelName(level)).append(" ").append(part).append(": ").append(msg);
    for (const auto& field : fields.fields_) {
      line.append(" ").append(field.name).append("=");
      // Quoted, so that nothing a client sent can move the cursor or forge a line.
      field.quoted ? AppendJsonString(line, field.text) : void(line.append(field.text));
    }
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), to_);
  std::fflush(to_);
}

}  // namespace stepwell::net
