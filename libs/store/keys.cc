#include "store/keys.h"

#include "base/bytes.h"

namespace stepwell::store {
namespace {

constexpr uint64_t kOwn = 0;  // the store's own "run"

std::string Prefix(uint64_t run, char kind) {
  std::string key;
  key.reserve(32);
  PutBe64(key, run);
  key.push_back(kind);
  return key;
}

std::string PrefixOf(uint64_t run, series::SeriesKey series) {
  std::string key;
  key.reserve(32);
  PutBe64(key, run);
  PutBe32(key, series.writer);
  PutBe32(key, series.series);
  return key;
}

std::string BlobPrefix(uint64_t run, std::string_view sha256, char kind) {
  std::string key;
  key.reserve(56);
  PutBe64(key, run);
  key.append(sha256);
  key.push_back(kind);
  return key;
}

constexpr size_t kAfterKind = 9;  // run(8) kind(1)

}  // namespace

std::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kJournal:
      return "journal";
    case Family::kMeta:
      return "meta";
    case Family::kData:
      return "data";
    case Family::kBlobs:
      return "blobs";
  }
  return "";
}

std::string JournalKey(uint64_t lsn) {
  std::string key;
  PutBe64(key, lsn);
  return key;
}
uint64_t LsnOfJournalKey(std::string_view key) { return GetBe64(key); }

std::string HeaderKey() { return Prefix(kOwn, 'H'); }

std::string OutboxKey(uint64_t lsn, uint32_t index) {
  std::string key = Prefix(kOwn, 'O');
  PutBe64(key, lsn);
  PutBe32(key, index);
  return key;
}
std::string OutboxBegin() { return Prefix(kOwn, 'O'); }
std::string OutboxEnd() { return Prefix(kOwn, 'O' + 1); }
uint64_t LsnOfOutboxKey(std::string_view key) { return GetBe64(key.substr(kAfterKind)); }

std::string DirtyKey(uint64_t run) {
  std::string key = Prefix(kOwn, 'D');
  PutBe64(key, run);
  return key;
}
std::string DirtyBegin() { return Prefix(kOwn, 'D'); }
std::string DirtyEnd() { return Prefix(kOwn, 'D' + 1); }
uint64_t RunOfDirtyKey(std::string_view key) { return GetBe64(key.substr(kAfterKind)); }

std::string RunByIdKey(std::string_view id) { return Prefix(kOwn, 'I').append(id); }

std::string RunBegin(uint64_t run) {
  std::string key;
  PutBe64(key, run);
  return key;
}

std::string MetaBegin(uint64_t run, MetaKind kind) { return Prefix(run, static_cast<char>(kind)); }
std::string MetaEnd(uint64_t run, MetaKind kind) { return Prefix(run, static_cast<char>(static_cast<char>(kind) + 1)); }

std::string RunIdKey(uint64_t run) { return MetaBegin(run, MetaKind::kId); }

std::string MarkKey(uint64_t run, uint32_t writer) {
  std::string key = MetaBegin(run, MetaKind::kMark);
  PutBe32(key, writer);
  return key;
}
uint32_t WriterOfMarkKey(std::string_view key) { return GetBe32(key.substr(kAfterKind)); }

std::string SeriesKeyOf(uint64_t run, series::SeriesKey series) {
  std::string key = MetaBegin(run, MetaKind::kSeries);
  PutBe32(key, series.writer);
  PutBe32(key, series.series);
  return key;
}
std::string StateKey(uint64_t run, series::SeriesKey series) {
  std::string key = MetaBegin(run, MetaKind::kState);
  PutBe32(key, series.writer);
  PutBe32(key, series.series);
  return key;
}
std::string ForkKey(uint64_t run) { return MetaBegin(run, MetaKind::kFork); }
std::string OriginsKey(uint64_t run, series::SeriesKey series) {
  std::string key = MetaBegin(run, MetaKind::kOrigins);
  PutBe32(key, series.writer);
  PutBe32(key, series.series);
  return key;
}
series::SeriesKey SeriesOfKey(std::string_view key) {
  return {GetBe32(key.substr(kAfterKind)), GetBe32(key.substr(kAfterKind + 4))};
}

std::string RewindKey(uint64_t run, uint64_t lsn, uint32_t index) {
  std::string key = MetaBegin(run, MetaKind::kRewind);
  PutBe64(key, lsn);
  PutBe32(key, index);
  return key;
}
uint64_t LsnOfRewindKey(std::string_view key) { return GetBe64(key.substr(kAfterKind)); }

std::string ChunkKey(uint64_t run, series::SeriesKey series, uint64_t number) {
  std::string key = PrefixOf(run, series);
  key.push_back('C');
  PutBe64(key, number);
  return key;
}
std::string PageKey(uint64_t run, series::SeriesKey series, uint8_t level, uint64_t number) {
  std::string key = PrefixOf(run, series);
  key.push_back('Y');
  key.push_back(static_cast<char>(level));
  PutBe64(key, number);
  return key;
}

std::string BlobHeaderKey(uint64_t run, std::string_view sha256) { return BlobPrefix(run, sha256, 'H'); }
std::string BlobPartKey(uint64_t run, std::string_view sha256, uint64_t offset) {
  std::string key = BlobPrefix(run, sha256, 'P');
  PutBe64(key, offset);
  return key;
}
std::string BlobPartsEnd(uint64_t run, std::string_view sha256) { return BlobPrefix(run, sha256, 'P' + 1); }
uint64_t OffsetOfPartKey(std::string_view key) { return GetBe64(key.substr(8 + 32 + 1)); }

}  // namespace stepwell::store
