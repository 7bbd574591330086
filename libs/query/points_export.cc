#include "query/points_export.h"

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "query/kinds.h"

namespace stepwell::query {
namespace {

std::string_view ScalarText(double value) {
  if (value != value) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

void AppendCsvNumber(std::string& out, double value) {
  value - value == 0 ? AppendJsonNumber(out, value) : void(out += ScalarText(value));
}

bool Hidden(const v1::PointColumns& points, int i) { return i < points.hidden_size() && points.hidden(i); }

}  // namespace

void AppendCsvField(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void PointsExport::Begin(std::string& out) const {
  if (format_ == ExportFormat::kCsv) {
    out += "step,wall,value";
    if (head_.with_hidden) out += ",hidden";
    if (head_.with_writer) out += ",writer";
    out += "\r\n";
  } else if (format_ == ExportFormat::kJson) {
    JsonWriter json(out);
    json.Object().Key("run").String(head_.run);
    WriteTag(json, head_.tag);
    json.Key("kind").String(KindName(head_.kind)).Key("items").Raw("[");
  }
}

void PointsExport::End(std::string& out) const {
  if (format_ == ExportFormat::kJson) out += "]}";
}

absl::Status PointsExport::Value(const v1::ReadPointsReply& part, int i, std::string& out) const {
  if (head_.kind == v1::KIND_SCALAR) {
    AppendJsonNumber(out, part.points().value(i));
    return absl::OkStatus();
  }
  JsonWriter json(out);
  return values_.Write(json, part.values(i));
}

absl::Status PointsExport::Item(const v1::ReadPointsReply& part, int i, std::string& out) {
  const v1::PointColumns& points = part.points();
  if (format_ == ExportFormat::kJson && !first_) out += ',';
  first_ = false;
  out += "{\"step\":";
  AppendJsonNumber(out, int64_t{points.step(i)});
  out += ",\"wall\":";
  AppendJsonNumber(out, points.wall(i));
  out += ",\"value\":";
  RETURN_IF_ERROR(Value(part, i, out));
  if (Hidden(points, i)) out += ",\"hidden\":true";
  if (head_.with_writer) absl::StrAppend(&out, ",\"writer\":", part.writer_number());
  out += format_ == ExportFormat::kJson ? "}" : "}\n";
  return absl::OkStatus();
}

absl::Status PointsExport::Row(const v1::ReadPointsReply& part, int i, std::string& out) const {
  const v1::PointColumns& points = part.points();
  AppendJsonNumber(out, int64_t{points.step(i)});
  out += ',';
  AppendCsvNumber(out, points.wall(i));
  out += ',';
  if (head_.kind == v1::KIND_SCALAR) {
    AppendCsvNumber(out, points.value(i));
  } else {
    std::string value;
    RETURN_IF_ERROR(Value(part, i, value));
    AppendCsvField(out, value);
  }
  if (head_.with_hidden) out += Hidden(points, i) ? ",true" : ",false";
  if (head_.with_writer) absl::StrAppend(&out, ",", part.writer_number());
  out += "\r\n";
  return absl::OkStatus();
}

absl::Status PointsExport::Add(const v1::ReadPointsReply& part, std::string& out) {
  const int points = part.points().step_size();
  const int values = head_.kind == v1::KIND_SCALAR ? part.points().value_size() : part.values_size();
  if (part.points().wall_size() != points || values != points)
    return absl::InternalError("columns of points differ in length");
  for (int i = 0; i < points; ++i) {
    RETURN_IF_ERROR(format_ == ExportFormat::kCsv ? Row(part, i, out) : Item(part, i, out));
  }
  return absl::OkStatus();
}

}  // namespace stepwell::query
