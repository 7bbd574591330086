// page    := version:u8 (= 1) level:u8 first_chunk:varint chunks:varint first_lsn:varint lsns:varint
// first_ordinal:varint
//            count:varint packing:u8 size:varint bytes crc:u32le
// packing := 0 bytes are the body | 1 bytes are a zstd frame of it; size is that of the body
// body    := narrow:u8 lanes{23}                 one per column of `enum Column`, plain lanes of `count` values
//
// A value of a column is the zigzag of what it differs from a prediction, so that regular steps and quiet curves are
// zeros: differences of int64, wrapping; floats are taken as ordered patterns (codec/doubles.h), float32's if `narrow`.
// lsns = last_lsn - first_lsn; crc = CRC-32C of all before.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/status_macros.h"
#include "codec/doubles.h"
#include "codec/lanes.h"
#include "codec/zstd.h"
#include "series/summary.h"

namespace stepwell::series {
namespace {

__extension__ typedef __int128 Int128;

constexpr uint8_t kVersion = 1;
enum Packing : uint8_t { kRaw = 0, kZstd = 1 };
constexpr uint64_t kMaxSummaries = kChunksPerPage * (kChunkPoints / kSummaryPoints);

// What each column holds; `gap` is the way from the last point of the summary before to the first of this one.
enum Column : size_t {
  kCount,  // - count before
  kNan,
  kPosInf,
  kNegInf,
  kUnplaced,  // as they are, without zigzag
  kFlags,     // 1 steps go back, 2 walls go back or are not finite; without zigzag
  kFirstStep,
  kFirstWall,  // gap - gap before
  kLastStep,
  kLastWall,  // (last - first) - the same before
  kMinPointStep,
  kMaxPointStep,  // - first step
  kMinPointWall,
  kMaxPointWall,  // - line through first and last, at the point's step
  kMinStep,
  kMinWall,  // - first
  kMaxStep,
  kMaxWall,     // - last
  kFirstValue,  // - last value before
  kLastValue,
  kMinValue,
  kMaxValue,  // - first value
  kSum,       // - sum before; always float64
  kColumns
};
using Row = std::array<uint64_t, kColumns>;

constexpr int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
constexpr int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

struct IntPoint {
  int64_t step = 0, wall = 0, value = 0;
};

// A summary with floats as ordered patterns: what both directions compute with.
struct Ints {
  int64_t count = 0;
  std::array<uint64_t, 5> plain{};  // kNan to kFlags
  IntPoint first, last, min, max;
  int64_t min_step = 0, max_step = 0, min_wall = 0, max_wall = 0, sum = 0;
};

// Where a point at `step` lies on the line from first to last wall time. Integers, so that every machine agrees.
int64_t LineAt(const Ints& s, int64_t step) {
  const int64_t run = Minus(s.last.step, s.first.step);
  if (run == 0) return s.first.wall;
  const Int128 rise = static_cast<Int128>(Minus(s.last.wall, s.first.wall)) * Minus(step, s.first.step) / run;
  return Plus(s.first.wall, static_cast<int64_t>(rise));
}

class Predictor {
 public:
  Row Residuals(const Ints& s) {
    Row row;
    std::copy(s.plain.begin(), s.plain.end(), row.begin() + kNan);
    auto put = [&](Column column, int64_t value, int64_t predicted) { row[column] = ZigZag(Minus(value, predicted)); };
    put(kCount, s.count, before_.count);
    put(kFirstStep, s.first.step, Plus(before_.last.step, gap_step_));
    put(kFirstWall, s.first.wall, Plus(before_.last.wall, gap_wall_));
    put(kLastStep, s.last.step, Plus(s.first.step, SpanStep()));
    put(kLastWall, s.last.wall, Plus(s.first.wall, SpanWall()));
    put(kMinPointStep, s.min.step, s.first.step);
    put(kMaxPointStep, s.max.step, s.first.step);
    put(kMinPointWall, s.min.wall, LineAt(s, s.min.step));
    put(kMaxPointWall, s.max.wall, LineAt(s, s.max.step));
    put(kMinStep, s.min_step, s.first.step);
    put(kMinWall, s.min_wall, s.first.wall);
    put(kMaxStep, s.max_step, s.last.step);
    put(kMaxWall, s.max_wall, s.last.wall);
    put(kFirstValue, s.first.value, before_.last.value);
    put(kLastValue, s.last.value, s.first.value);
    put(kMinValue, s.min.value, s.first.value);
    put(kMaxValue, s.max.value, s.first.value);
    put(kSum, s.sum, before_.sum);
    Advance(s);
    return row;
  }

  Ints FromResiduals(const Row& row) {
    Ints s;
    std::copy(row.begin() + kNan, row.begin() + kFlags + 1, s.plain.begin());
    auto get = [&](Column column, int64_t predicted) { return Plus(predicted, UnZigZag(row[column])); };
    s.count = get(kCount, before_.count);
    s.first.step = get(kFirstStep, Plus(before_.last.step, gap_step_));
    s.first.wall = get(kFirstWall, Plus(before_.last.wall, gap_wall_));
    s.last.step = get(kLastStep, Plus(s.first.step, SpanStep()));
    s.last.wall = get(kLastWall, Plus(s.first.wall, SpanWall()));
    s.min.step = get(kMinPointStep, s.first.step);
    s.max.step = get(kMaxPointStep, s.first.step);
    s.min.wall = get(kMinPointWall, LineAt(s, s.min.step));
    s.max.wall = get(kMaxPointWall, LineAt(s, s.max.step));
    s.min_step = get(kMinStep, s.first.step);
    s.min_wall = get(kMinWall, s.first.wall);
    s.max_step = get(kMaxStep, s.last.step);
    s.max_wall = get(kMaxWall, s.last.wall);
    s.first.value = get(kFirstValue, before_.last.value);
    s.last.value = get(kLastValue, s.first.value);
    s.min.value = get(kMinValue, s.first.value);
    s.max.value = get(kMaxValue, s.first.value);
    s.sum = get(kSum, before_.sum);
    Advance(s);
    return s;
  }

 private:
  int64_t SpanStep() const { return Minus(before_.last.step, before_.first.step); }
  int64_t SpanWall() const { return Minus(before_.last.wall, before_.first.wall); }
  void Advance(const Ints& s) {
    gap_step_ = Minus(s.first.step, before_.last.step);
    gap_wall_ = Minus(s.first.wall, before_.last.wall);
    before_ = s;
  }

  Ints before_;
  int64_t gap_step_ = 0, gap_wall_ = 0;
};

bool IsNarrow(std::span<const Summary> summaries) {
  auto narrow = [](double v) { return codec::ToOrderedFloat(v).has_value(); };
  return std::all_of(summaries.begin(), summaries.end(), [&](const Summary& s) {
    return narrow(s.first.value) && narrow(s.last.value) &&
           (s.finite() == 0 || (narrow(s.min.value) && narrow(s.max.value)));
  });
}

Ints ToInts(const Summary& s, bool narrow) {
  auto point = [&](const Point& p) {
    return IntPoint{p.step, codec::ToOrdered(p.wall),
                    narrow ? *codec::ToOrderedFloat(p.value) : codec::ToOrdered(p.value)};
  };
  Ints out;
  out.count = s.count;
  out.plain = {s.nan, s.pos_inf, s.neg_inf, s.unplaced, (s.steps_sorted ? 0u : 1u) | (s.walls_sorted ? 0u : 2u)};
  out.first = point(s.first);
  out.last = point(s.last);
  // Without finite values min and max mean nothing and are written as the first point's step and wall and the value 0.
  const Point nothing{s.first.step, s.first.wall, 0};
  out.min = point(s.finite() ? s.min : nothing);
  out.max = point(s.finite() ? s.max : nothing);
  out.min_step = s.min_step;
  out.max_step = s.max_step;
  out.min_wall = codec::ToOrdered(s.min_wall);
  out.max_wall = codec::ToOrdered(s.max_wall);
  out.sum = codec::ToOrdered(s.sum);
  return out;
}

Summary FromInts(const Ints& in, bool narrow) {
  auto point = [&](const IntPoint& p) {
    return Point{p.step, codec::FromOrdered(p.wall),
                 narrow ? codec::FromOrderedFloat(static_cast<int32_t>(p.value)) : codec::FromOrdered(p.value)};
  };
  Summary s;
  s.count = static_cast<uint32_t>(in.count);
  s.nan = static_cast<uint32_t>(in.plain[0]);
  s.pos_inf = static_cast<uint32_t>(in.plain[1]);
  s.neg_inf = static_cast<uint32_t>(in.plain[2]);
  s.unplaced = static_cast<uint32_t>(in.plain[3]);
  s.steps_sorted = !(in.plain[4] & 1);
  s.walls_sorted = !(in.plain[4] & 2);
  s.first = point(in.first);
  s.last = point(in.last);
  if (s.finite() > 0) {
    s.min = point(in.min);
    s.max = point(in.max);
  }
  s.min_step = in.min_step;
  s.max_step = in.max_step;
  s.min_wall = codec::FromOrdered(in.min_wall);
  s.max_wall = codec::FromOrdered(in.max_wall);
  s.sum = codec::FromOrdered(in.sum);
  return s;
}

absl::Status Lost(std::string_view what) { return absl::DataLossError(std::string("summary page: ").append(what)); }

std::string EncodeBody(std::span<const Summary> summaries) {
  const size_t n = summaries.size();
  const bool narrow = IsNarrow(summaries);
  std::vector<uint64_t> columns(kColumns * n);
  Predictor predictor;
  for (size_t i = 0; i < n; ++i) {
    const Row row = predictor.Residuals(ToInts(summaries[i], narrow));
    for (size_t c = 0; c < kColumns; ++c) columns[c * n + i] = row[c];
  }
  std::string body(1, narrow ? 1 : 0);
  for (size_t c = 0; c < kColumns; ++c) codec::PutPlainLanes(std::span(columns).subspan(c * n, n), body);
  return body;
}

absl::Status DecodeBody(std::string_view body, size_t n, std::vector<Summary>* summaries) {
  ByteReader in(body);
  const bool narrow = in.Byte() & 1;
  std::vector<uint64_t> columns(kColumns * n);
  for (size_t c = 0; c < kColumns; ++c) {
    if (!codec::GetLanes(in, std::span(columns).subspan(c * n, n))) return Lost("a column does not fit");
  }
  if (!in.ok() || !in.done()) return Lost("its columns do not fill it");
  summaries->reserve(n);
  Predictor predictor;
  for (size_t i = 0; i < n; ++i) {
    Row row;
    for (size_t c = 0; c < kColumns; ++c) row[c] = columns[c * n + i];
    const Summary s = FromInts(predictor.FromResiduals(row), narrow);
    if (s.count == 0 || uint64_t{s.nan} + s.pos_inf + s.neg_inf > s.count || s.unplaced > s.count)
      return Lost("counts that cannot be");
    summaries->push_back(s);
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodePage(const SummaryPage& page) {
  std::string out;
  out.push_back(kVersion);
  out.push_back(static_cast<char>(page.level));
  PutVarint(out, page.first_chunk);
  PutVarint(out, page.chunks);
  PutVarint(out, page.first_lsn);
  PutVarint(out, page.last_lsn - page.first_lsn);
  PutVarint(out, page.first_ordinal);
  PutVarint(out, page.summaries.size());
  const std::string body = EncodeBody(page.summaries);
  const size_t packing = out.size();
  out.push_back(kZstd);
  PutVarint(out, body.size());
  if (!codec::AppendZstd(body, 1, body.size(), out)) {
    out[packing] = kRaw;
    out.append(body);
  }
  PutLe32(out, Crc32c(out));
  return out;
}

absl::StatusOr<SummaryPage> DecodePage(std::string_view bytes) {
  if (bytes.size() < 4) return Lost("it is cut off");
  const std::string_view checked = bytes.substr(0, bytes.size() - 4);
  if (ByteReader(bytes.substr(checked.size())).Le32() != Crc32c(checked)) return Lost("its checksum does not hold");
  ByteReader in(checked);
  const uint8_t version = in.Byte();
  if (version != kVersion)
    return Lost("format version " + std::to_string(version) +
                " is not known here (newest: " + std::to_string(kVersion) + ")");
  SummaryPage page;
  page.level = in.Byte();
  page.first_chunk = in.Varint();
  const uint64_t chunks = in.Varint();
  page.first_lsn = in.Varint();
  page.last_lsn = page.first_lsn + in.Varint();
  page.first_ordinal = in.Varint();
  const uint64_t count = in.Varint();
  const uint8_t packing = in.Byte();
  const uint64_t size = in.Varint();
  // `narrow`, then a head byte for each column and at most 8 bytes a value
  if (!in.ok() || packing > kZstd || chunks > UINT32_MAX || count > kMaxSummaries ||
      size > 1 + kColumns * (1 + 8 * count)) {
    return Lost("its head does not fit");
  }
  page.chunks = static_cast<uint32_t>(chunks);
  std::string_view body = in.Raw(in.left());
  std::string unpacked;
  if (packing == kZstd) {
    unpacked.resize(size);
    if (!codec::ReadZstd(body, unpacked.data(), size)) return Lost("its body does not unpack");
    body = unpacked;
  }
  if (body.size() != size) return Lost("its body has another size than it says");
  RETURN_IF_ERROR(DecodeBody(body, count, &page.summaries));
  return page;
}

}  // namespace stepwell::series
