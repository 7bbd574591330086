#include "upload/report.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "upload/names.h"

namespace stepwell::upload {
namespace {

std::string Line(const UploadWarning& warning) {
  std::string line = absl::StrCat("warning: run ", warning.run);
  if (!warning.file.empty()) {
    absl::StrAppend(&line, ", file ", warning.file);
  }
  if (warning.offset >= 0) {
    absl::StrAppend(&line, ", offset ", warning.offset);
  }
  if (!warning.tag.empty()) {
    absl::StrAppend(&line, ", tag ", PrintableName(warning.tag));
  }
  absl::StrAppend(&line, ": ", warning.reason);
  if (warning.count > 1) {
    absl::StrAppend(&line, " (", warning.count, " times)");
  }
  return line;
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : PrintableName(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += absl::StrFormat("\\u%04x", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

void Report::AddRun(bool created) {
  ++runs_;
  new_runs_ += created ? 1 : 0;
}

void Report::Warn(const UploadWarning& warning) {
  const std::string line = Line(warning);
  {
    std::lock_guard lock(mutex_);
    if (!told_.insert(line).second) {
      return;
    }
    warnings_.push_back(warning);
  }
  Say(line);
}

void Report::Say(const std::string& line) {
  if (tell_) {
    tell_(line);
  }
}

void Report::Fail(const std::string& what) {
  {
    std::lock_guard lock(mutex_);
    failures_.push_back(what);
  }
  Say("error: " + what);
}

Totals Report::totals() const { return {runs_, new_runs_, series_, points_, blobs_, bytes_, 0}; }

std::vector<UploadWarning> Report::warnings() const {
  std::lock_guard lock(mutex_);
  return warnings_;
}

std::vector<std::string> Report::failures() const {
  std::lock_guard lock(mutex_);
  return failures_;
}

std::string Report::Text(double seconds) const {
  const Totals t = totals();
  return absl::StrCat("runs ", HumanCount(t.runs), " (", HumanCount(t.new_runs), " new), new series ",
                      HumanCount(t.series), ", points ", HumanCount(t.points), ", blobs ", HumanCount(t.blobs),
                      ", read ", HumanBytes(t.bytes), ", warnings ", HumanCount(warnings().size()), ", in ",
                      absl::StrFormat("%.1f", seconds), " s\n");
}

std::string Report::Json(double seconds) const {
  const Totals t = totals();
  std::string out = absl::StrCat("{\"runs\":", t.runs, ",\"new_runs\":", t.new_runs, ",\"series\":", t.series,
                                 ",\"points\":", t.points, ",\"blobs\":", t.blobs, ",\"bytes\":", t.bytes,
                                 ",\"seconds\":", absl::StrFormat("%.3f", seconds), ",\"warnings\":[");
  const char* comma = "";
  for (const UploadWarning& w : warnings()) {
    absl::StrAppend(&out, comma, "{\"run\":", Quoted(w.run), ",\"file\":", Quoted(w.file),
                    ",\"offset\":", w.offset < 0 ? "null" : std::to_string(w.offset), ",\"tag\":", Quoted(w.tag),
                    ",\"reason\":", Quoted(w.reason), ",\"count\":", w.count, "}");
    comma = ",";
  }
  absl::StrAppend(&out, "],\"errors\":[");
  comma = "";
  for (const std::string& failure : failures()) {
    absl::StrAppend(&out, comma, Quoted(failure));
    comma = ",";
  }
  return out + "]}\n";
}

std::string HumanBytes(uint64_t bytes) {
  const char* const units[] = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  for (; value >= 1000 && unit < 4; ++unit) {
    value /= 1000;
  }
  return unit == 0 ? absl::StrCat(bytes, " B") : absl::StrFormat("%.1f %s", value, units[unit]);
}

std::string HumanCount(uint64_t n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

}  // namespace stepwell::upload
