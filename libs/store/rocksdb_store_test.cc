#include "store/rocksdb_store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "store/fault_fs_testing.h"
#include "store/records.h"

namespace stepwell::store {
namespace {

class RocksDbStoreTest : public testing::Test {
 protected:
  RocksDbStoreTest() {
    std::string name = testing::TempDir() + "/store-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~RocksDbStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Store> Open() {
    auto store = OpenRocksDb({folder_, 8 << 20});
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  std::string folder_;
};

TEST_F(RocksDbStoreTest, WhatWasWrittenIsThereWhenItIsOpenedAgain) {
  auto store = Open();
  WriteSet changes;
  changes.Put(Family::kJournal, JournalKey(1), "head", " and tail");
  changes.Put(Family::kMeta, MarkKey(1, 0), "mark");
  ASSERT_TRUE(store->Write(changes, true).ok());
  store.reset();
  store = Open();
  EXPECT_EQ(**store->Get(Family::kJournal, JournalKey(1)), "head and tail");
  EXPECT_EQ(**store->Get(Family::kMeta, MarkKey(1, 0)), "mark");
  EXPECT_EQ(*store->Get(Family::kMeta, MarkKey(2, 0)), std::nullopt);
}

TEST_F(RocksDbStoreTest, ASecondProcessIsToldWhichFolderIsInUse) {
  auto store = Open();
  auto second = OpenRocksDb({folder_, 8 << 20});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.status().message().find(folder_), absl::string_view::npos);
}

TEST_F(RocksDbStoreTest, ANewerFormatIsRefused) {
  auto store = Open();
  WriteSet changes;
  changes.Put(Family::kMeta, HeaderKey(), Encode(Header{kFormatVersion + 1, 1}));
  ASSERT_TRUE(store->Write(changes, true).ok());
  store.reset();
  EXPECT_EQ(OpenRocksDb({folder_, 8 << 20}).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RocksDbStoreTest, APurgedRunIsGoneAndItsNeighboursAreNot) {
  auto store = Open();
  const std::string sha(32, 'a');
  for (uint64_t run : {1, 2, 3}) {
    WriteSet changes;
    changes.Put(Family::kData, ChunkKey(run, {0, 0}, 0), "chunk");
    changes.Put(Family::kBlobs, BlobPartKey(run, sha, 0), std::string(100'000, 'b'));
    changes.Put(Family::kMeta, RunIdKey(run), "id");
    ASSERT_TRUE(store->Write(changes, true).ok());
  }
  ASSERT_TRUE(store->PurgeRuns(std::vector<uint64_t>{2}, nullptr).ok());
  for (uint64_t run : {1, 2, 3}) {
    const bool there = run != 2;
    EXPECT_EQ(store->Get(Family::kData, ChunkKey(run, {0, 0}, 0))->has_value(), there);
    EXPECT_EQ(store->Get(Family::kBlobs, BlobPartKey(run, sha, 0))->has_value(), there);
    EXPECT_EQ(store->Get(Family::kMeta, RunIdKey(run))->has_value(), there);
  }
}

// Runs with blobs one after the other, as they are written by trainings that follow each other.
void WriteRunsWithBlobs(Store& store, uint64_t runs, int blobs) {
  for (uint64_t run = 1; run <= runs; ++run) {
    WriteSet changes;
    changes.Put(Family::kMeta, RunIdKey(run), "id" + std::to_string(run));
    for (int i = 0; i < blobs; ++i) {
      std::string sha(32, static_cast<char>('a' + i));
      changes.Put(Family::kBlobs, BlobPartKey(run, sha, 0), std::string(100'000, static_cast<char>(run)));
      changes.Put(Family::kData, ChunkKey(run, {0, 0}, static_cast<uint64_t>(i)), std::string(20'000, 'c'));
    }
    ASSERT_TRUE(store.Write(changes, true).ok());
  }
  ASSERT_TRUE(store.Flush().ok());
}

TEST_F(RocksDbStoreTest, APurgeGivesTheSpaceBackAndIsRepeatedAfterItWasCutShort) {
  auto store = Open();
  WriteRunsWithBlobs(*store, 20, 10);
  const uint64_t blobs = store->FamilyBytes(Family::kBlobs), data = store->FamilyBytes(Family::kData);
  const std::vector<uint64_t> half = {1, 3, 5, 7, 9, 11, 13, 15, 17, 19};
  std::atomic<bool> stop{true};
  EXPECT_EQ(store->PurgeRuns(half, &stop).code(), absl::StatusCode::kCancelled);
  stop = false;
  ASSERT_TRUE(store->PurgeRuns(half, &stop).ok());
  EXPECT_LT(static_cast<double>(store->FamilyBytes(Family::kBlobs)), 0.525 * static_cast<double>(blobs));
  EXPECT_LT(static_cast<double>(store->FamilyBytes(Family::kData)), 0.525 * static_cast<double>(data) + 65'536);
  EXPECT_LT(store->LogBytes(), uint64_t{1} << 16);
  for (uint64_t run = 2; run <= 20; run += 2) {
    EXPECT_EQ(**store->Get(Family::kBlobs, BlobPartKey(run, std::string(32, 'c'), 0)),
              std::string(100'000, static_cast<char>(run)));
  }
}

// Random bytes, as compression leaves them: 6 MiB of chunks and 10 MiB of blobs a run.
void WriteBigRuns(Store& store, uint64_t runs) {
  std::mt19937_64 random(1);
  auto bytes = [&](size_t size) {
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(random());
    return out;
  };
  for (uint64_t run = 1; run <= runs; ++run) {
    WriteSet changes;
    changes.Put(Family::kMeta, RunIdKey(run), "id" + std::to_string(run));
    for (uint64_t i = 0; i < 600; ++i) changes.Put(Family::kData, ChunkKey(run, {0, 0}, i), bytes(10 << 10));
    for (int i = 0; i < 100; ++i) {
      changes.Put(Family::kBlobs, BlobPartKey(run, std::string(32, static_cast<char>(i)), 0), bytes(100 << 10));
    }
    ASSERT_TRUE(store.Write(changes, true).ok());
  }
  ASSERT_TRUE(store.Flush().ok());
}

TEST_F(RocksDbStoreTest, APurgeWritesAFileOfNeighboursAtMostHoweverLargeTheStore) {
  const auto fs = std::make_shared<FaultFs>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(fs);
  auto opened = OpenRocksDb({folder_, 8 << 20, env.get()});
  ASSERT_TRUE(opened.ok()) << opened.status();
  const std::unique_ptr<Store> store = *std::move(opened);
  WriteBigRuns(*store, 12);
  const uint64_t all = store->FamilyBytes(Family::kData) + store->FamilyBytes(Family::kBlobs);
  ASSERT_GT(all, uint64_t{180} << 20);
  const uint64_t before = fs->written();
  ASSERT_TRUE(store->PurgeRuns(std::vector<uint64_t>{6}, nullptr).ok());
  EXPECT_LT(fs->written() - before, uint64_t{80} << 20);  // a file of chunks has 64 MiB
  EXPECT_LT(store->FamilyBytes(Family::kData) + store->FamilyBytes(Family::kBlobs), all - (uint64_t{15} << 20));
}

TEST_F(RocksDbStoreTest, DamageMetByCompactionIsToldAndWritingGoesOn) {
  for (const char* kind : {".sst", ".blob"}) {
    SCOPED_TRACE(kind);
    auto store = Open();
    WriteRunsWithBlobs(*store, 3, 10);
    store.reset();
    size_t harmed = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() != kind || entry.file_size() < 100'000) continue;
      std::string bytes = FaultFs::ReadFile(entry.path());
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
      FaultFs::WriteFile(entry.path(), bytes);
      ++harmed;
    }
    ASSERT_EQ(harmed, 1u);
    store = Open();
    EXPECT_TRUE(store->damage().empty());
    EXPECT_FALSE(store->PurgeRuns(std::vector<uint64_t>{1}, nullptr).ok());
    ASSERT_EQ(store->damage().size(), 1u);
    EXPECT_NE(store->damage()[0].find(folder_), std::string::npos) << store->damage()[0];
    ASSERT_TRUE(store->Resume().ok());
    EXPECT_EQ(store->PurgeRuns(std::vector<uint64_t>{2}, nullptr).code(), absl::StatusCode::kDataLoss);
    ASSERT_TRUE(store->broken().ok());
    for (uint64_t i = 0; i < 50; ++i) {  // more files than level 0 has triggers
      WriteSet changes;
      changes.Put(Family::kData, ChunkKey(9, {0, 0}, 0), std::to_string(i));
      ASSERT_TRUE(store->Write(changes, true).ok());
      ASSERT_TRUE(store->Flush().ok());
    }
    EXPECT_EQ(**store->Get(Family::kData, ChunkKey(9, {0, 0}, 0)), "49");
    EXPECT_EQ(store->damage().size(), 1u);
    store.reset();
    store = Open();
    EXPECT_EQ(**store->Get(Family::kData, ChunkKey(9, {0, 0}, 0)), "49");
    store.reset();
    std::filesystem::remove_all(folder_);
  }
}

}  // namespace
}  // namespace stepwell::store
