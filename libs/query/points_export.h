// Every point of one tag as JSON, JSON lines or CSV: the answers of GET /runs/{run}/points and of `stepwell export`.
//
// json:  {"run", "tag", "kind", "items": [item…]}      jsonl: one item a line
// item:  {"step", "wall", "value"}, with "hidden": true on points that a rewind took back, and "writer" when several
// wrote csv:   RFC 4180 with CRLF, a head line "step,wall,value" (+ ",hidden", ",writer"); values that are not scalars
// are JSON in a field
//
// Thread safety: used by one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "query/value_json.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::query {

enum class ExportFormat { kJson, kJsonl, kCsv };

struct ExportHead {
  std::string run;  // id
  std::string tag;
  v1::Kind kind = v1::KIND_SCALAR;
  bool with_hidden = false;
  bool with_writer = false;
};

class PointsExport {
 public:
  PointsExport(ExportFormat format, ExportHead head, ValueWriter values)
      : format_(format), head_(std::move(head)), values_(std::move(values)) {}

  // Each appends to `out`. Begin once, Add for each part, End once.
  void Begin(std::string& out) const;
  absl::Status Add(const v1::ReadPointsReply& part, std::string& out);
  void End(std::string& out) const;

 private:
  absl::Status Value(const v1::ReadPointsReply& part, int i, std::string& out) const;
  absl::Status Item(const v1::ReadPointsReply& part, int i, std::string& out);
  absl::Status Row(const v1::ReadPointsReply& part, int i, std::string& out) const;

  const ExportFormat format_;
  const ExportHead head_;
  const ValueWriter values_;
  bool first_ = true;
};

// A field of CSV, quoted where it must be.
void AppendCsvField(std::string& out, std::string_view text);

}  // namespace stepwell::query
