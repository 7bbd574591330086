#include "query/files.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "query/console.h"

namespace stepwell::query {
namespace {

constexpr uint32_t kListed = 1000;                 // series asked for at once
constexpr uint64_t kLookedAt = uint64_t{1} << 18;  // points of a page: a quarter of a second

// Where a page begins: a blob of a point of a series, the series found as the list of series gives them.
struct Place {
  std::string list;     // cursor of the list of series
  uint32_t series = 0;  // in that page of it
  uint64_t point = 0;   // order of arrival
  uint32_t blob = 0;
};

std::string Format(const Place& place) {
  std::string out;
  PutBe32(out, place.series);
  PutBe64(out, place.point);
  PutBe32(out, place.blob);
  return absl::WebSafeBase64Escape(out + place.list);
}

absl::StatusOr<Place> Parse(const std::string& cursor) {
  Place place;
  std::string bytes;
  if (cursor.empty()) return place;
  if (!absl::WebSafeBase64Unescape(cursor, &bytes) || (bytes.size() != 16 && bytes.size() != 32))
    return absl::InvalidArgumentError("cursor is none that this list gave; start again without it");
  place.series = GetBe32(bytes);
  place.point = GetBe64(std::string_view(bytes).substr(4));
  place.blob = GetBe32(std::string_view(bytes).substr(12));
  place.list = bytes.substr(16);
  return place;
}

class Listing {
 public:
  Listing(SeriesReader& reader, const GrantedRun& run, const FilesAsk& ask) : reader_(reader), run_(run), ask_(ask) {}

  absl::StatusOr<FilesPage> Run(Place place) {
    place_ = std::move(place);
    for (;;) {
      v1::ListSeriesRequest ask;
      ask.set_kind(ask_.kind);
      ask.set_prefix(ask_.prefix);
      ask.set_limit(kListed);
      ask.set_cursor(place_.list);
      ASSIGN_OR_RETURN(const v1::ListSeriesReply reply, reader_.ListSeries(run_, ask));
      for (; place_.series < static_cast<uint32_t>(reply.items_size()); Next()) {
        RETURN_IF_ERROR(Read(reply.items(static_cast<int>(place_.series))));
        if (full_) {
          page_.next = Format(place_);
          return std::move(page_);
        }
      }
      if (reply.next().empty()) return std::move(page_);
      place_ = Place{reply.next()};
    }
  }

 private:
  void Next() { place_ = Place{place_.list, place_.series + 1}; }

  absl::Status Read(const v1::SeriesItem& item) {
    const v1::Kind kind = item.info().kind();
    // Lines of a console are no files.
    if (kind == v1::KIND_SCALAR || (kind == v1::KIND_TEXT && item.info().tag() == kConsoleTag)) return absl::OkStatus();
    const absl::Status status =
        reader_.ReadPoints({run_, item.info().tag(), kind, item.writer_number()}, /*include_hidden=*/true, place_.point,
                           [&](const v1::ReadPointsReply& part) {
                             Take(item.info(), part);
                             return full_ ? absl::CancelledError("the page is full") : absl::OkStatus();
                           });
    return full_ || absl::IsDataLoss(status) ? absl::OkStatus() : status;
  }

  void Take(const v1::SeriesInfo& info, const v1::ReadPointsReply& part) {
    const v1::PointColumns& points = part.points();
    const int size = std::min({part.values_size(), points.step_size(), points.wall_size()});
    for (int i = 0; i < size; ++i) {
      place_.point = part.first_point() + static_cast<uint64_t>(i);
      full_ = ++looked_at_ > kLookedAt;
      if (full_) return;
      if (i < points.hidden_size() && points.hidden(i)) continue;
      const std::vector<NamedBlob> blobs = BlobsOf(part.values(i));
      for (; place_.blob < blobs.size(); ++place_.blob) {
        full_ = page_.items.size() == ask_.limit;
        if (full_) return;
        const NamedBlob& found = blobs[place_.blob];
        page_.items.push_back(
            {info.tag(), info.kind(), points.step(i), points.wall(i), part.writer_number(), *found.blob, found.name});
      }
      place_.blob = 0;
    }
  }

  SeriesReader& reader_;
  const GrantedRun& run_;
  const FilesAsk& ask_;
  FilesPage page_;
  Place place_;
  uint64_t looked_at_ = 0;
  bool full_ = false;
};

}  // namespace

std::vector<NamedBlob> BlobsOf(const v1::Value& value) {
  std::vector<NamedBlob> found;
  const auto add = [&](bool has, const v1::BlobRef& blob, const std::string& name) {
    if (has && !blob.sha256().empty()) found.push_back({&blob, name});
  };
  switch (value.kind_case()) {
    case v1::Value::kText:
      add(value.text().has_blob(), value.text().blob(), "");
      break;
    case v1::Value::kImage:
      for (const v1::BlobRef& item : value.image().items()) add(true, item, "");
      break;
    case v1::Value::kAudio:
      for (const v1::Audio::Item& item : value.audio().items()) add(item.has_blob(), item.blob(), "");
      break;
    case v1::Value::kTensor:
      add(value.tensor().has_blob(), value.tensor().blob(), "");
      break;
    case v1::Value::kPrCurve:
      add(value.pr_curve().rows().has_blob(), value.pr_curve().rows().blob(), "");
      break;
    case v1::Value::kMesh:
      add(value.mesh().tensor().has_blob(), value.mesh().tensor().blob(), value.mesh().part());
      break;
    case v1::Value::kBytes:
      add(value.bytes().has_blob(), value.bytes().blob(), value.bytes().name());
      break;
    case v1::Value::kEmbedding:
      add(value.embedding().vectors().has_blob(), value.embedding().vectors().blob(), "vectors");
      add(value.embedding().has_metadata(), value.embedding().metadata(), "metadata");
      add(value.embedding().has_sprite(), value.embedding().sprite(), "sprite");
      break;
    case v1::Value::kHistogram:
    case v1::Value::kJson:
    case v1::Value::KIND_NOT_SET:
      break;
  }
  return found;
}

absl::StatusOr<FilesPage> ListFiles(SeriesReader& reader, const GrantedRun& run, const FilesAsk& ask) {
  ASSIGN_OR_RETURN(Place place, Parse(ask.cursor));
  return Listing(reader, run, ask).Run(std::move(place));
}

}  // namespace stepwell::query
