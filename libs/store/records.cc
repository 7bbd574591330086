// Layouts (docs/formats/store.md). v = LEB128 varint, z = zigzag varint, f = float64 little-endian, rest = what is
// left.
//
//   header  := 1  v format  v trimmed
//   journal := 1  v run  v writer  v seq  v n  v refused_column{n}  rest batch
//   mark    := 1  v epoch  v durable_seq  rest position
//   state   := 1  v flags  v sealed_points  v chunks  v open_points  v first_lsn  v last_lsn  v last_lsn_points
//              v rewinds_seen  summary?                     flags: 1 stale, 2 a summary follows
//   summary := v flags  v count  v nan  v pos_inf  v neg_inf  v unplaced  point first  point last  point min  point max
//              f sum  z min_step  z max_step  f min_wall  f max_wall        flags: 1 steps sorted, 2 walls sorted
//   point   := z step  f wall  f value
//   entry   := 1  v define_lsn  rest info
//   blob    := 1  v size  v received
//   note    := 1  v run  rest note
//   rewind  := 1  z step  v spared_writer + 1 (0: none)
//   fork    := 1  v parent  z step  v lsn  v writers  v n  v home{n}
//   origins := 1  v n  origin{n}          origin := v run  v chunks  v points  v last_lsn
#include "store/records.h"

#include "base/bytes.h"

namespace stepwell::store {
namespace {

constexpr uint8_t kVersion = 1;

std::string Begin() { return std::string(1, static_cast<char>(kVersion)); }

absl::Status Damaged(const char* what) {
  return absl::DataLossError(std::string("the store's ") + what + " does not have the layout of this version");
}

bool Open(ByteReader& in) { return in.Byte() == kVersion && in.ok(); }

void PutPoint(std::string& out, const series::Point& point) {
  PutVarint(out, ZigZag(point.step));
  PutDouble(out, point.wall);
  PutDouble(out, point.value);
}
series::Point ReadPoint(ByteReader& in) {
  series::Point point;
  point.step = UnZigZag(in.Varint());
  point.wall = in.Double();
  point.value = in.Double();
  return point;
}

void PutSummary(std::string& out, const series::Summary& s) {
  PutVarint(out, (s.steps_sorted ? 1u : 0u) | (s.walls_sorted ? 2u : 0u));
  for (uint32_t count : {s.count, s.nan, s.pos_inf, s.neg_inf, s.unplaced}) PutVarint(out, count);
  for (const series::Point& point : {s.first, s.last, s.min, s.max}) PutPoint(out, point);
  PutDouble(out, s.sum);
  PutVarint(out, ZigZag(s.min_step));
  PutVarint(out, ZigZag(s.max_step));
  PutDouble(out, s.min_wall);
  PutDouble(out, s.max_wall);
}
series::Summary ReadSummary(ByteReader& in) {
  series::Summary s;
  uint64_t flags = in.Varint();
  s.steps_sorted = flags & 1;
  s.walls_sorted = flags & 2;
  for (uint32_t* count : {&s.count, &s.nan, &s.pos_inf, &s.neg_inf, &s.unplaced}) {
    *count = static_cast<uint32_t>(in.Varint());
  }
  for (series::Point* point : {&s.first, &s.last, &s.min, &s.max}) *point = ReadPoint(in);
  s.sum = in.Double();
  s.min_step = UnZigZag(in.Varint());
  s.max_step = UnZigZag(in.Varint());
  s.min_wall = in.Double();
  s.max_wall = in.Double();
  return s;
}

std::string Rest(ByteReader& in) { return std::string(in.Raw(in.left())); }

}  // namespace

std::string Encode(const Header& header) {
  std::string out = Begin();
  PutVarint(out, header.format);
  PutVarint(out, header.trimmed);
  return out;
}
absl::StatusOr<Header> DecodeHeader(std::string_view bytes) {
  ByteReader in(bytes);
  Header header;
  if (!Open(in)) return Damaged("header");
  header.format = static_cast<uint32_t>(in.Varint());
  header.trimmed = in.Varint();
  if (!in.ok()) return Damaged("header");
  return header;
}

std::string EncodeJournalPrefix(const JournalRecord& record) {
  std::string out = Begin();
  PutVarint(out, record.run);
  PutVarint(out, record.writer);
  PutVarint(out, record.seq);
  PutVarint(out, record.refused_columns.size());
  for (uint32_t column : record.refused_columns) PutVarint(out, column);
  return out;
}
std::string Encode(const JournalRecord& record) { return EncodeJournalPrefix(record).append(record.batch); }
absl::StatusOr<JournalRecord> DecodeJournalRecord(std::string_view bytes) {
  ByteReader in(bytes);
  JournalRecord record;
  if (!Open(in)) return Damaged("journal record");
  record.run = in.Varint();
  record.writer = static_cast<uint32_t>(in.Varint());
  record.seq = in.Varint();
  uint64_t refused = in.Varint();
  if (!in.ok() || refused > in.left()) return Damaged("journal record");
  record.refused_columns.reserve(refused);
  for (uint64_t i = 0; i < refused; ++i) record.refused_columns.push_back(static_cast<uint32_t>(in.Varint()));
  if (!in.ok()) return Damaged("journal record");
  record.batch = in.Raw(in.left());
  return record;
}

std::string Encode(const Mark& mark) {
  std::string out = Begin();
  PutVarint(out, mark.epoch);
  PutVarint(out, mark.durable_seq);
  return out.append(mark.position);
}
absl::StatusOr<Mark> DecodeMark(std::string_view bytes) {
  ByteReader in(bytes);
  Mark mark;
  if (!Open(in)) return Damaged("mark");
  mark.epoch = in.Varint();
  mark.durable_seq = in.Varint();
  if (!in.ok()) return Damaged("mark");
  mark.position = Rest(in);
  return mark;
}

std::string Encode(const SeriesState& state) {
  std::string out = Begin();
  PutVarint(out, (state.stale ? 1u : 0u) | (state.visible ? 2u : 0u));
  for (uint64_t number : {state.sealed_points, state.chunks, uint64_t{state.open_points}, state.first_lsn,
                          state.last_lsn, state.last_lsn_points, state.rewinds_seen}) {
    PutVarint(out, number);
  }
  if (state.visible) PutSummary(out, *state.visible);
  return out;
}
absl::StatusOr<SeriesState> DecodeSeriesState(std::string_view bytes) {
  ByteReader in(bytes);
  SeriesState state;
  if (!Open(in)) return Damaged("series state");
  uint64_t flags = in.Varint();
  state.stale = flags & 1;
  state.sealed_points = in.Varint();
  state.chunks = in.Varint();
  state.open_points = static_cast<uint32_t>(in.Varint());
  for (uint64_t* number : {&state.first_lsn, &state.last_lsn, &state.last_lsn_points, &state.rewinds_seen}) {
    *number = in.Varint();
  }
  if (flags & 2) state.visible = ReadSummary(in);
  if (!in.ok() || !in.done()) return Damaged("series state");
  return state;
}

std::string Encode(const SeriesEntry& entry) {
  std::string out = Begin();
  PutVarint(out, entry.define_lsn);
  return out.append(entry.info);
}
absl::StatusOr<SeriesEntry> DecodeSeriesEntry(std::string_view bytes) {
  ByteReader in(bytes);
  SeriesEntry entry;
  if (!Open(in)) return Damaged("dictionary entry");
  entry.define_lsn = in.Varint();
  if (!in.ok()) return Damaged("dictionary entry");
  entry.info = Rest(in);
  return entry;
}

std::string Encode(const BlobHeader& header) {
  std::string out = Begin();
  PutVarint(out, header.size);
  PutVarint(out, header.received);
  return out;
}
absl::StatusOr<BlobHeader> DecodeBlobHeader(std::string_view bytes) {
  ByteReader in(bytes);
  BlobHeader header;
  if (!Open(in)) return Damaged("blob header");
  header.size = in.Varint();
  header.received = in.Varint();
  if (!in.ok() || !in.done()) return Damaged("blob header");
  return header;
}

std::string Encode(const OutboxNote& note) {
  std::string out = Begin();
  PutVarint(out, note.run);
  return out.append(note.note);
}
absl::StatusOr<OutboxNote> DecodeOutboxNote(std::string_view bytes) {
  ByteReader in(bytes);
  OutboxNote note;
  if (!Open(in)) return Damaged("outbox");
  note.run = in.Varint();
  if (!in.ok()) return Damaged("outbox");
  note.note = Rest(in);
  return note;
}

std::string Encode(const Fork& fork) {
  std::string out = Begin();
  PutVarint(out, fork.parent);
  PutVarint(out, ZigZag(fork.step));
  PutVarint(out, fork.lsn);
  PutVarint(out, fork.writers);
  PutVarint(out, fork.homes.size());
  for (uint64_t home : fork.homes) PutVarint(out, home);
  return out;
}
absl::StatusOr<Fork> DecodeFork(std::string_view bytes) {
  ByteReader in(bytes);
  Fork fork;
  if (!Open(in)) return Damaged("fork");
  fork.parent = in.Varint();
  fork.step = UnZigZag(in.Varint());
  fork.lsn = in.Varint();
  fork.writers = static_cast<uint32_t>(in.Varint());
  const uint64_t homes = in.Varint();
  if (!in.ok() || homes > in.left()) return Damaged("fork");
  for (uint64_t i = 0; i < homes; ++i) fork.homes.push_back(in.Varint());
  if (!in.ok() || !in.done()) return Damaged("fork");
  return fork;
}

std::string Encode(const std::vector<Origin>& origins) {
  std::string out = Begin();
  PutVarint(out, origins.size());
  for (const Origin& origin : origins) {
    for (uint64_t number : {origin.run, origin.chunks, origin.points, origin.last_lsn}) PutVarint(out, number);
  }
  return out;
}
absl::StatusOr<std::vector<Origin>> DecodeOrigins(std::string_view bytes) {
  ByteReader in(bytes);
  if (!Open(in)) return Damaged("origins");
  const uint64_t count = in.Varint();
  if (!in.ok() || count > in.left()) return Damaged("origins");
  std::vector<Origin> origins(count);
  for (Origin& origin : origins) {
    for (uint64_t* number : {&origin.run, &origin.chunks, &origin.points, &origin.last_lsn}) *number = in.Varint();
  }
  if (!in.ok() || !in.done()) return Damaged("origins");
  return origins;
}

std::string Encode(const series::Rewind& rewind) {
  std::string out = Begin();
  PutVarint(out, ZigZag(rewind.step));
  PutVarint(out, rewind.spared_writer ? uint64_t{*rewind.spared_writer} + 1 : 0);
  return out;
}
absl::StatusOr<series::Rewind> DecodeRewind(uint64_t lsn, std::string_view bytes) {
  ByteReader in(bytes);
  series::Rewind rewind;
  rewind.lsn = lsn;
  if (!Open(in)) return Damaged("rewind");
  rewind.step = UnZigZag(in.Varint());
  uint64_t spared = in.Varint();
  if (spared > 0) rewind.spared_writer = static_cast<uint32_t>(spared - 1);
  if (!in.ok() || !in.done()) return Damaged("rewind");
  return rewind;
}

}  // namespace stepwell::store
