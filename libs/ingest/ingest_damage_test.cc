// Bits that flip, and ends that are missing, in every file of a store: what is answered is what was logged, what is
// left out is said, and the server either starts and goes on taking points or says once which folder is damaged.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "ingest/ingest_testing.h"
#include "store/fault_fs_testing.h"

namespace stepwell::ingest {
namespace {

namespace fs = std::filesystem;

struct Row {
  int64_t step;
  double wall, value;
  bool operator==(const Row&) const = default;
};
struct Answer {
  std::vector<Row> rows;
  absl::Status status;
};

constexpr int kTags = 3;
std::string Tag(int tag) { return "tag" + std::to_string(tag); }

class IngestDamage : public testing::Test {
 protected:
  // Two runs with chunks in files of the tree, and more points of each in the log.
  IngestDamage() {
    pristine_ = testing::TempDir() + "/pristine-XXXXXX";
    pristine_ = mkdtemp(pristine_.data());
    IngestHost host;
    EXPECT_TRUE(host.TryStart().ok());
    for (const char* run : {"a", "b"}) Write(host, run, 3000);
    EXPECT_TRUE(host.ingest_->sealer().SealOld(true).ok());
    EXPECT_TRUE(host.store_->Flush().ok());
    for (const char* run : {"a", "b"}) Write(host, run, 200);
    for (const char* run : {"a", "b"}) Write(host, run, 100);
    host.Stop();
    fs::copy(host.folder_, pristine_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  ~IngestDamage() override { fs::remove_all(pristine_); }

  void Write(IngestHost& host, const std::string& run, int points) {
    auto client = host.TryJoin(run, "w");
    ASSERT_TRUE(client.ok()) << client.status();
    v1::Batch batch;
    batch.set_seq(client->opened.durable_seq() + 1);
    v1::Axis* axis = batch.add_axes();
    for (int i = 0; i < points; ++i) axis->add_step_deltas(i == 0 ? next_ : 1), axis->add_walls(1e9 + next_ + i);
    for (int tag = 0; tag < kTags; ++tag) {
      v1::Define* define = batch.add_define();
      define->set_series(static_cast<uint32_t>(tag));
      define->mutable_info()->set_tag(Tag(tag));
      define->mutable_info()->set_kind(v1::KIND_SCALAR);
      v1::Column* column = batch.add_columns();
      column->set_series(static_cast<uint32_t>(tag));
      for (int i = 0; i < points; ++i) {
        const double value = (next_ + i) / 3.0 + tag;
        column->add_scalars(value);
        logged_[run][tag].push_back({next_ + i, 1e9 + static_cast<double>(next_ + i), value});
      }
    }
    next_ += points;
    ASSERT_TRUE(client->session->Push(batch.SerializeAsString()).ok());
    ASSERT_TRUE(client->sink->Await(batch.seq()).ok());
  }

  static Answer Read(IngestHost& host, uint64_t run, int tag) {
    Answer answer;
    v1::ReadPointsRequest request;
    request.mutable_series()->set_run_number(run);
    request.mutable_series()->set_tag(Tag(tag));
    answer.status = host.ingest_->reader().ReadPoints(request, [&](const v1::ReadPointsReply& reply) {
      const v1::PointColumns& points = reply.points();
      for (int i = 0; i < points.step_size(); ++i)
        answer.rows.push_back({points.step(i), points.wall(i), points.value(i)});
      return true;
    });
    return answer;
  }

  // What is there is a part of what was logged, in order; if it is not all, somebody said so.
  void ExpectHonest(IngestHost& host) {
    for (const auto& [run, tags] : logged_) {
      for (const auto& [tag, logged] : tags) {
        SCOPED_TRACE(run + "/" + Tag(tag));
        const Answer answer = Read(host, run == "a" ? 1 : 2, tag);
        size_t at = 0;
        for (const Row& row : answer.rows) {
          while (at < logged.size() && !(logged[at] == row)) ++at;
          ASSERT_LT(at, logged.size()) << "step " << row.step << " was not logged, or not here";
          ++at;
        }
        if (answer.rows.size() == logged.size()) continue;
        left_out_ = true;
        ASSERT_TRUE(!answer.status.ok() || !host.log().empty()) << answer.rows.size() << " of " << logged.size();
      }
    }
  }

  // A copy of the store, damaged by `harm`. False: it was refused.
  bool Try(const std::string& file, const std::function<void(const std::string&)>& harm, bool may_be_silent) {
    IngestHost host;
    fs::copy(pristine_, host.folder_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    harm(host.folder_ + "/" + file);
    host.book_.last_run = 2;
    const absl::Status started = host.TryStart();
    if (!started.ok()) {
      EXPECT_NE(started.message().find(host.folder_), absl::string_view::npos) << started;
      EXPECT_TRUE(absl::IsDataLoss(started) || absl::IsFailedPrecondition(started)) << started;
      return false;
    }
    if (may_be_silent) host.options_.log("the end of the log is missing");
    ExpectHonest(host);
    if (HasFatalFailure()) return true;
    // It takes new points and keeps them.
    const auto before = logged_;
    Write(host, "new", 10);
    host.Stop();
    const absl::Status again = host.TryStart();
    EXPECT_TRUE(again.ok()) << again;
    if (again.ok()) {
      EXPECT_EQ(Read(host, host.book_.runs["new"], 0).rows, logged_["new"][0]);
    }
    logged_ = before;
    return true;
  }

  // Files of RocksDB that hold data or say where it is.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(pristine_)) {
      const std::string name = entry.path().filename();
      if (!name.starts_with("LOG") && name != "LOCK" && fs::file_size(entry.path()) > 0) files.push_back(name);
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  static void Flip(const std::string& path, uint64_t bit) {
    std::string bytes = store::FaultFs::ReadFile(path);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    store::FaultFs::WriteFile(path, bytes);
  }

  std::string pristine_;
  int64_t next_ = 0;
  std::map<std::string, std::map<int, std::vector<Row>>> logged_;
  bool left_out_ = false;
};

// STEPWELL_DAMAGE_SEED=17 tries the bits of seed 17 again.
TEST_F(IngestDamage, AFlippedBitNeverGivesWrongPoints) {
  const char* given = std::getenv("STEPWELL_DAMAGE_SEED");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  const uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::mt19937_64 random(seed);
  for (const std::string& file : Files()) {
    const uint64_t bits = fs::file_size(pristine_ + "/" + file) * 8;
    for (uint64_t i = 0; i < 8; ++i) {
      const uint64_t bit = i < 2 ? i * (bits - 1) : random() % bits;
      SCOPED_TRACE("STEPWELL_DAMAGE_SEED=" + std::to_string(seed) + ": bit " + std::to_string(bit) + " of " +
                   std::to_string(bits) + " of " + file);
      // In the last record of the log it cannot be told from a torn end.
      Try(
          file, [&](const std::string& path) { Flip(path, bit); }, file.ends_with(".log"));
      ASSERT_FALSE(HasFailure());
    }
  }
  EXPECT_TRUE(left_out_);
}

TEST_F(IngestDamage, AMissingEndOrFileNeverGivesWrongPoints) {
  for (const std::string& file : Files()) {
    SCOPED_TRACE(file);
    const uint64_t size = fs::file_size(pristine_ + "/" + file);
    for (uint64_t left : {uint64_t{0}, size / 3, size - 1}) {
      SCOPED_TRACE("cut to " + std::to_string(left) + " bytes");
      Try(
          file, [&](const std::string& path) { fs::resize_file(path, left); }, file.ends_with(".log"));
      ASSERT_FALSE(HasFailure());
    }
    Try(
        file, [](const std::string& path) { fs::remove(path); }, file.ends_with(".log"));
    ASSERT_FALSE(HasFailure());
  }
}

TEST_F(IngestDamage, DamageInTheMiddleOfTheLogIsTold) {
  std::string log;
  for (const std::string& file : Files()) {
    if (file.ends_with(".log")) log = file;
  }
  ASSERT_FALSE(log.empty());
  IngestHost host;
  fs::copy(pristine_, host.folder_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  Flip(host.folder_ + "/" + log, fs::file_size(pristine_ + "/" + log) * 8 / 4);
  ASSERT_TRUE(host.TryStart().ok());
  ASSERT_FALSE(host.log().empty());
  EXPECT_NE(host.log()[0].find(host.folder_ + "/damaged-1"), std::string::npos) << host.log()[0];
  EXPECT_TRUE(fs::exists(host.folder_ + "/damaged-1/" + log));
  EXPECT_EQ(host.metrics_->corruptions.Value(), 1);
  ExpectHonest(host);
  EXPECT_TRUE(left_out_);
  host.Stop();
  const size_t told = host.log().size();
  ASSERT_TRUE(host.TryStart().ok());
  EXPECT_EQ(host.log().size(), told) << "once is enough";
}

// Compaction meets it when a run is purged: that is told, writers go on, and what is whole is served.
TEST_F(IngestDamage, DamageMetByCompactionStopsNoWriter) {
  IngestHost host;
  fs::copy(pristine_, host.folder_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  for (const std::string& file : Files()) {
    // The name of its family is among a table's properties; chunks are in "data".
    const bool chunks = file.ends_with(".sst") &&
                        store::FaultFs::ReadFile(pristine_ + "/" + file).find("namedata") != std::string::npos;
    if (chunks) Flip(host.folder_ + "/" + file, fs::file_size(pristine_ + "/" + file) * 8 / 2);
  }
  host.options_.heal_pause = std::chrono::milliseconds(5);
  host.book_.last_run = 2;
  ASSERT_TRUE(host.TryStart().ok());
  Write(host, "new", 10);
  {
    std::lock_guard lock(host.book_.mutex);
    host.book_.to_purge.insert(1);
  }
  EXPECT_FALSE(host.ingest_->Purge().ok());
  EXPECT_EQ(host.store_->damage().size(), 1u);
  // The committer opens the store again; until then a writer is told to come back.
  while (!host.store_->broken().ok() || !host.ingest_->Ready().ok()) std::this_thread::yield();
  EXPECT_EQ(host.metrics_->background_errors.Value(), 1) << "a failed write counts, whoever wrote";
  for (int i = 0; i < 3; ++i) Write(host, "newer" + std::to_string(i), 10);
  EXPECT_EQ(host.ingest_->Purge().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(host.ingest_->Ready().ok());
  while (host.metrics_->corruptions.Value() == 0) std::this_thread::yield();
  while (host.log().empty()) std::this_thread::yield();
  EXPECT_NE(host.log()[0].find("compacted"), std::string::npos) << host.log()[0];
  const Answer left = Read(host, 2, 0);
  EXPECT_TRUE(left.rows == logged_["b"][0] || !left.status.ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Read(host, 4 + i, 0).rows, logged_["newer" + std::to_string(i)][0]);
  host.Stop();
  ASSERT_TRUE(host.TryStart().ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Read(host, 4 + i, 0).rows, logged_["newer" + std::to_string(i)][0]);
}

// One chunk of one series is damaged: the others are served whole, and of that one all but the chunk.
TEST_F(IngestDamage, ADamagedChunkIsAHoleThatIsTold) {
  IngestHost host;
  fs::copy(pristine_, host.folder_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  ASSERT_TRUE(host.TryStart().ok());
  const std::string key = store::ChunkKey(1, {0, 1}, 1);
  std::string bytes = **host.store_->Get(store::Family::kData, key);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  store::WriteSet changes;
  changes.Put(store::Family::kData, key, bytes);
  ASSERT_TRUE(host.store_->Write(changes, true).ok());
  for (int round = 0; round < 2; ++round) {
    const Answer whole = Read(host, 1, 0), holed = Read(host, 1, 1);
    EXPECT_TRUE(whole.status.ok()) << whole.status;
    EXPECT_EQ(whole.rows, logged_["a"][0]);
    EXPECT_EQ(holed.status.code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(holed.status.message().find("chunk 1 of series 1 of writer 0 of run number 1"), std::string::npos)
        << holed.status;
    EXPECT_EQ(holed.rows.size(), logged_["a"][1].size() - series::kChunkPoints);
    for (uint32_t columns : {0u, 10u}) {
      v1::ReadSeriesRequest request;
      request.set_columns(columns);
      v1::SeriesSelector selector;
      selector.set_run_number(1);
      selector.set_tag(Tag(1));
      v1::ReadSeriesReply reply;
      host.ingest_->reader().ReadSeries(request, selector, &reply);
      EXPECT_EQ(reply.code(), 0u) << reply.error();
      EXPECT_EQ(reply.count(), holed.rows.size());
      EXPECT_NE(reply.damage().find("chunk 1"), std::string::npos);
    }
    EXPECT_GT(host.metrics_->corruptions.Value(), 0);
    // Sealing and lists go on.
    ASSERT_TRUE(host.ingest_->sealer().SealOld(true).ok());
    v1::ListSeriesRequest list;
    list.set_run_number(1);
    v1::ListSeriesReply items;
    EXPECT_TRUE(host.ingest_->reader().ListSeries(list, &items).ok());
    EXPECT_EQ(items.items_size(), kTags);
  }
}

}  // namespace
}  // namespace stepwell::ingest
