// Values of the store: what stands behind each key. Every record opens with a version byte. Grammar:
// docs/formats/store.md.
//
// Thread safety: values and pure functions. Decoders give DATA_LOSS for bytes that do not fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "series/query.h"
#include "series/summary.h"

namespace stepwell::store {

// The format that this program writes; it refuses a store with a higher number.
inline constexpr uint32_t kFormatVersion = 2;  // 1 knew no forks

struct Header {
  uint32_t format = kFormatVersion;
  uint64_t trimmed = 1;  // journal numbers below are sealed: nobody reads them
};

// A batch as it came (its blobs left out: they have a family of their own), and what was refused of it: replaying must
// refuse the same, whatever the limits are by then.
struct JournalRecord {
  uint64_t run = 0;
  uint32_t writer = 0;
  uint64_t seq = 0;
  std::vector<uint32_t> refused_columns;  // ascending indices into Batch.columns
  std::string_view batch;                 // stepwell.v1.Batch; points into the decoded bytes
};

// How far a writer has come. Written with the data that it speaks of.
struct Mark {
  uint64_t epoch = 0;
  uint64_t durable_seq = 0;
  std::string position;
};

// What is in chunks of a series: where replaying the journal goes on.
struct SeriesState {
  uint64_t sealed_points = 0;  // hidden ones counted
  uint64_t chunks = 0;
  uint32_t open_points = 0;                // of the last chunk if it is not final: it will be written again, fuller
  uint64_t first_lsn = 0;                  // of the first point
  uint64_t last_lsn = 0;                   // of the last sealed point
  uint64_t last_lsn_points = 0;            // of batch last_lsn, this many points are sealed
  uint64_t rewinds_seen = 0;               // rewinds up to this number are in `visible`
  bool stale = false;                      // a rewind hid some of them: `visible` must be found anew
  std::optional<series::Summary> visible;  // of visible sealed points; nullopt: none
};

struct SeriesEntry {
  uint64_t define_lsn = 0;
  std::string info;  // stepwell.v1.SeriesInfo
};

struct BlobHeader {
  uint64_t size = 0;
  uint64_t received = 0;  // complete: == size, and the digest was right
};

// The run began as a fork of `parent`: its series of writers below `writers` are the parent's as they were before
// journal number `lsn`, and of these points those with a step >= `step` are hidden.
struct Fork {
  uint64_t parent = 0;
  int64_t step = 0;
  uint64_t lsn = 0;
  uint32_t writers = 0;
  std::vector<uint64_t> homes;  // runs under whose keys chunks and blobs of these series lie, the parent first
};

// The first chunks of an inherited series lie under another run's keys, with the numbers that they have here.
struct Origin {
  uint64_t run = 0;
  uint64_t chunks = 0;    // so many, behind those of the origins before
  uint64_t points = 0;    // in them
  uint64_t last_lsn = 0;  // of the last point
};

struct OutboxNote {
  uint64_t run = 0;
  std::string note;  // stepwell.v1.Note
};

std::string Encode(const Header& header);
std::string Encode(const JournalRecord& record);
std::string Encode(const Mark& mark);
std::string Encode(const SeriesState& state);
std::string Encode(const SeriesEntry& entry);
std::string Encode(const BlobHeader& header);
std::string Encode(const OutboxNote& note);
std::string Encode(const Fork& fork);
std::string Encode(const std::vector<Origin>& origins);
std::string Encode(const series::Rewind& rewind);  // its lsn is in the key

// The record is everything before the batch's own bytes: the caller appends them. Saves a copy of the batch.
std::string EncodeJournalPrefix(const JournalRecord& record);

absl::StatusOr<Header> DecodeHeader(std::string_view bytes);
absl::StatusOr<JournalRecord> DecodeJournalRecord(std::string_view bytes);
absl::StatusOr<Mark> DecodeMark(std::string_view bytes);
absl::StatusOr<SeriesState> DecodeSeriesState(std::string_view bytes);
absl::StatusOr<SeriesEntry> DecodeSeriesEntry(std::string_view bytes);
absl::StatusOr<BlobHeader> DecodeBlobHeader(std::string_view bytes);
absl::StatusOr<OutboxNote> DecodeOutboxNote(std::string_view bytes);
absl::StatusOr<Fork> DecodeFork(std::string_view bytes);
absl::StatusOr<std::vector<Origin>> DecodeOrigins(std::string_view bytes);
absl::StatusOr<series::Rewind> DecodeRewind(uint64_t lsn, std::string_view bytes);

}  // namespace stepwell::store
