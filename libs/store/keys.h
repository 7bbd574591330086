// Names of everything in the store. Keys are of fixed width and big-endian, so that byte order is number order and all
// that belongs to one run is one range in each family: deleting a run is deleting [RunBegin(run), RunBegin(run + 1)).
// The grammar with all values: docs/formats/store.md.
//
// Run 0 is nobody's: under it the store keeps what is its own (header, outbox, runs by id).
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "series/chunk.h"

namespace stepwell::store {

enum class Family : uint8_t { kJournal, kMeta, kData, kBlobs };
inline constexpr size_t kFamilies = 4;
std::string_view FamilyName(Family family);

// journal
std::string JournalKey(uint64_t lsn);
uint64_t LsnOfJournalKey(std::string_view key);

// meta, of the store
std::string HeaderKey();
std::string OutboxKey(uint64_t lsn, uint32_t index);
std::string OutboxBegin();
std::string OutboxEnd();
uint64_t LsnOfOutboxKey(std::string_view key);
std::string DirtyKey(uint64_t run);
std::string DirtyBegin();
std::string DirtyEnd();
uint64_t RunOfDirtyKey(std::string_view key);
std::string RunByIdKey(std::string_view id);

// meta, of a run
enum class MetaKind : char {
  kFork = 'F',
  kId = 'I',
  kMark = 'M',
  kSeries = 'N',
  kOrigins = 'O',
  kRewind = 'R',
  kState = 'S'
};
std::string RunBegin(uint64_t run);  // the same in meta, data and blobs
std::string MetaBegin(uint64_t run, MetaKind kind);
std::string MetaEnd(uint64_t run, MetaKind kind);
std::string RunIdKey(uint64_t run);
std::string MarkKey(uint64_t run, uint32_t writer);
uint32_t WriterOfMarkKey(std::string_view key);
std::string SeriesKeyOf(uint64_t run, series::SeriesKey key);
std::string StateKey(uint64_t run, series::SeriesKey key);
series::SeriesKey SeriesOfKey(std::string_view key);  // of SeriesKeyOf, StateKey and OriginsKey
std::string ForkKey(uint64_t run);
std::string OriginsKey(uint64_t run, series::SeriesKey key);
std::string RewindKey(uint64_t run, uint64_t lsn, uint32_t index);
uint64_t LsnOfRewindKey(std::string_view key);

// data
std::string ChunkKey(uint64_t run, series::SeriesKey key, uint64_t number);
std::string PageKey(uint64_t run, series::SeriesKey key, uint8_t level, uint64_t number);

// blobs
std::string BlobHeaderKey(uint64_t run, std::string_view sha256);
std::string BlobPartKey(uint64_t run, std::string_view sha256, uint64_t offset);
std::string BlobPartsEnd(uint64_t run, std::string_view sha256);
uint64_t OffsetOfPartKey(std::string_view key);

}  // namespace stepwell::store
