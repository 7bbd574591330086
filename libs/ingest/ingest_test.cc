#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <numeric>
#include <random>
#include <thread>

#include "base/bytes.h"
#include "ingest/ingest_testing.h"
#include "store/keys.h"

namespace stepwell::ingest {
namespace {

std::vector<int64_t> Range(int64_t from, int64_t to) {
  std::vector<int64_t> out(static_cast<size_t>(to - from));
  std::iota(out.begin(), out.end(), from);
  return out;
}

TEST_F(IngestTest, WhatWasAcknowledgedIsThereAfterARestart) {
  Client client = Join("a", "w");
  v1::Batch batch = Scalars(1, 0, "loss", 0, 100);
  batch.set_position("here");
  ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(1).ok());
  EXPECT_EQ(Steps(1, "loss"), Range(0, 100));
  Restart();
  EXPECT_EQ(Steps(1, "loss"), Range(0, 100));
  v1::OpenRunReply again = Open("a", "w");
  EXPECT_EQ(again.durable_seq(), 1u);
  EXPECT_EQ(again.position(), "here");
  EXPECT_EQ(again.epoch(), 2u);
}

TEST_F(IngestTest, ABatchThatComesTwiceCountsOnce) {
  Client client = Join("a", "w");
  const std::string batch = Scalars(1, 0, "loss", 0, 10).SerializeAsString();
  ASSERT_TRUE(client.session->Push(batch).ok());
  ASSERT_TRUE(client.sink->Await(1).ok());
  auto again = client.session->Push(batch);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->acknowledged, 1u);
  EXPECT_EQ(Steps(1, "loss"), Range(0, 10));
}

TEST_F(IngestTest, AGapIsRefusedAndAnOldEpochIsFenced) {
  Client client = Join("a", "w");
  EXPECT_EQ(client.session->Push(Scalars(2, 0, "loss", 0, 1).SerializeAsString()).status().code(),
            absl::StatusCode::kOutOfRange);
  Client later = Join("a", "w");
  EXPECT_EQ(client.session->Push(Scalars(1, 0, "loss", 0, 1).SerializeAsString()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(later.session->Push(Scalars(1, 0, "loss", 0, 1).SerializeAsString()).ok());
  EXPECT_TRUE(later.sink->Await(1).ok());
}

TEST_F(IngestTest, WhatDoesNotFitIsRefusedAndTheRestGoesInAlsoAfterARestart) {
  Client client = Join("a", "w");
  v1::Batch batch = Scalars(1, 0, "loss", 0, 10);
  batch.add_columns()->set_series(7);  // not defined
  batch.mutable_columns(1)->add_scalars(1);
  *batch.add_columns() = batch.columns(0);
  batch.mutable_columns(2)->mutable_scalars()->RemoveLast();  // not as long as its axis
  ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(1).ok());
  EXPECT_EQ(client.sink->refusals().size(), 2u);
  EXPECT_EQ(Steps(1, "loss"), Range(0, 10));
  Restart();
  EXPECT_EQ(Steps(1, "loss"), Range(0, 10));
}

TEST_F(IngestTest, ANumberThatIsGivenAnotherMeaningEndsTheStream) {
  Client client = Join("a", "w");
  ASSERT_TRUE(client.session->Push(Scalars(1, 0, "loss", 0, 1).SerializeAsString()).ok());
  auto pushed = client.session->Push(Scalars(2, 0, "other", 0, 1).SerializeAsString());
  EXPECT_EQ(pushed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(pushed.status().message().find("batch 2"), absl::string_view::npos);
}

TEST_F(IngestTest, ARewindHidesWhatCameBeforeFromItsStepOn) {
  Client client = Join("a", "w");
  ASSERT_TRUE(client.session->Push(Scalars(1, 0, "loss", 0, 10).SerializeAsString()).ok());
  v1::Batch batch = Scalars(2, 0, "loss", 5, 3);
  batch.add_rewinds()->set_step(5);
  ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(2).ok());
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Steps(1, "loss"), Range(0, 8));
    EXPECT_EQ(Steps(1, "loss", true).size(), 13u);
    EXPECT_EQ(Stats(1, "loss").count(), 8u);
    EXPECT_EQ(Stats(1, "loss").hidden(), 5u);
    if (round == 0) {
      ASSERT_TRUE(ingest_->sealer().SealOld(true).ok());
    }
    if (round == 1) Restart();
  }
}

TEST_F(IngestTest, ABlobCountsWhenAllOfItIsThereAndItsDigestIsRight) {
  Client client = Join("a", "w");
  const std::string bytes(3000, 'x');
  v1::Batch first = Scalars(1, 0, "loss", 0, 1);
  v1::BlobPart* part = first.add_blobs();
  part->set_sha256(Sha256(bytes));
  part->set_size(bytes.size());
  part->set_data(bytes.substr(0, 1000));
  v1::BlobPart* wrong = first.add_blobs();
  wrong->set_sha256(Sha256("something else"));
  wrong->set_size(4);
  wrong->set_data("this");
  ASSERT_TRUE(client.session->Push(first.SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(1).ok());
  EXPECT_EQ(client.sink->refusals().size(), 1u);
  client = {};
  Restart();  // between two parts
  client = Join("a", "w");
  v1::Batch second;
  second.set_seq(2);
  v1::BlobPart* rest = second.add_blobs();
  rest->set_sha256(Sha256(bytes));
  rest->set_size(bytes.size());
  rest->set_offset(1000);
  rest->set_data(bytes.substr(1000));
  ASSERT_TRUE(client.session->Push(second.SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(2).ok());
  EXPECT_TRUE(client.sink->refusals().empty());
  v1::ReadBlobRequest request;
  request.set_run_number(1);
  request.set_sha256(Sha256(bytes));
  request.set_offset(500);
  request.set_has_length(true);
  request.set_length(2000);
  std::string read;
  ASSERT_TRUE(ingest_->reader()
                  .ReadBlob(request,
                            [&](const v1::ReadBlobReply& reply) {
                              read += reply.data();
                              return true;
                            })
                  .ok());
  EXPECT_EQ(read, bytes.substr(500, 2000));
}

TEST_F(IngestTest, ManyBlobsComeBesideTheValuesThatNameThem) {
  Client client = Join("a", "w");
  // More than are remembered, so that some are forgotten while a batch of them is looked at.
  uint64_t blobs = 0;
  for (uint64_t seq = 1; blobs < 2 * BlobIntake::kRemembered; ++seq) {
    v1::Batch batch;
    batch.set_seq(seq);
    v1::Define* define = batch.add_define();
    define->mutable_info()->set_tag("image");
    define->mutable_info()->set_kind(v1::KIND_IMAGE);
    v1::Axis* axis = batch.add_axes();
    v1::Column* column = batch.add_columns();
    for (int i = 0; i < 500; ++i, ++blobs) {
      const std::string bytes = std::to_string(blobs);
      v1::BlobPart* part = batch.add_blobs();
      part->set_sha256(Sha256(bytes));
      part->set_size(bytes.size());
      part->set_data(bytes);
      axis->add_step_deltas(1);
      axis->add_walls(1e9);
      v1::BlobRef* item = column->add_values()->mutable_image()->add_items();
      item->set_sha256(part->sha256());
      item->set_size(part->size());
    }
    ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
    ASSERT_TRUE(client.sink->Await(seq).ok());
  }
  EXPECT_TRUE(client.sink->refusals().empty()) << client.sink->refusals()[0].reason();
}

TEST_F(IngestTest, SyncRunReturnsWhenTheCatalogHasRowsAndNotes) {
  Client client = Join("a", "w");
  v1::Batch batch = Scalars(1, 0, "loss", 0, 10);
  batch.add_notes()->mutable_param()->set_key("lr");
  ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(1).ok());
  std::mutex mutex;
  std::condition_variable ready;
  std::optional<absl::Status> done;
  ingest_->SyncRun("a", [&](const absl::Status& status) {
    std::lock_guard lock(mutex);
    done = status;
    ready.notify_all();
  });
  std::unique_lock lock(mutex);
  ASSERT_TRUE(ready.wait_for(lock, std::chrono::seconds(20), [&] { return done.has_value(); }));
  EXPECT_TRUE(done->ok());
  ASSERT_FALSE(book_.rows.empty());
  EXPECT_EQ(book_.rows.back().tag, "loss");
  EXPECT_EQ(book_.rows.back().count, 10u);
  ASSERT_EQ(book_.notes.size(), 1u);
  EXPECT_EQ(book_.notes[0].key, "lr");
}

class SmallBacklogTest : public testing::Test, protected IngestHost {
 protected:
  SmallBacklogTest() {
    options_.catalog_backlog = 1'000;
    EXPECT_TRUE(TryStart().ok());
  }
};

// However long the database is away, points of known series are taken; new names are up to the budget, and again when
// it is back.
TEST_F(SmallBacklogTest, NewNamesWaitForTheCatalogWhenItIsTooFarBehind) {
  auto client = TryJoin("a", "w");
  ASSERT_TRUE(client.ok()) << client.status();
  book_.Away(true);
  uint64_t seq = 0;
  absl::Status refused;
  while (true) {
    ASSERT_LT(seq, 100u) << "the budget does not bound anything";
    v1::Batch batch = Scalars(seq + 1, static_cast<uint32_t>(seq), "tag " + std::to_string(seq), 0, 1);
    refused = client->session->Push(batch.SerializeAsString()).status();
    if (!refused.ok()) break;
    ASSERT_TRUE(client->sink->Await(++seq).ok());
  }
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_NE(refused.message().find("--catalog-backlog"), absl::string_view::npos);
  EXPECT_TRUE(absl::IsUnavailable(TryOpen("b", "w").status()));
  for (int i = 0; i < 10; ++i) {
    v1::Batch batch = Scalars(seq + 1, 0, "tag 0", i, 1);
    ASSERT_TRUE(client->session->Push(batch.SerializeAsString()).ok()) << "a known series";
    ASSERT_TRUE(client->sink->Await(++seq).ok());
  }

  book_.Away(false);
  std::promise<absl::Status> told;
  ingest_->SyncRun("a", [&](const absl::Status& status) { told.set_value(status); });
  ASSERT_TRUE(told.get_future().get().ok());
  v1::Batch batch = Scalars(seq + 1, 99, "tag 99", 0, 1);
  EXPECT_TRUE(client->session->Push(batch.SerializeAsString()).ok());
}

// Batches that nobody waited for and seals under way end before the points go: nothing is left under the run's keys.
TEST_F(IngestTest, NothingOfAPurgedRunIsWrittenAgain) {
  std::atomic<bool> over{false};
  std::thread sealing([&] {
    while (!over) (void)ingest_->sealer().SealOld(true);
  });
  for (int round = 0; round < 40; ++round) {
    const std::string id = "run " + std::to_string(round);
    Client client = Join(id, "w");
    for (uint64_t seq = 1; seq <= 5; ++seq) {
      ASSERT_TRUE(
          client.session->Push(Scalars(seq, 0, "loss", static_cast<int64_t>(seq) * 100, 100).SerializeAsString()).ok());
    }
    const uint64_t number = client.opened.run_number();
    book_.Delete(number);
    book_.EndGrace(number);
    ASSERT_TRUE(ingest_->Purge().ok());
    EXPECT_FALSE(client.session->Push(Scalars(6, 0, "loss", 600, 100).SerializeAsString()).ok());
    for (store::Family family : {store::Family::kMeta, store::Family::kData, store::Family::kBlobs}) {
      ASSERT_TRUE(store_
                      ->Scan(family, store::RunBegin(number), store::RunBegin(number + 1),
                             [&](auto, auto) {
                               ADD_FAILURE()
                                   << "round " << round << ": " << store::FamilyName(family) << " has a key of the run";
                               return false;
                             })
                      .ok());
    }
  }
  over = true;
  sealing.join();
}

// The look for deleted runs asks the catalog, and the answer may be out of date when it comes.
TEST_F(IngestTest, ARunThatIsRestoredAndOpenedWhileItsDeletionIsLookedUpTakesBatches) {
  Stop();
  options_.deleted_look = std::chrono::milliseconds(1);
  Start();
  Client before = Join("a", "w");
  Client after;
  std::promise<void> reopened;
  std::promise<void> looked_again;
  int looks = 0;
  {
    std::lock_guard lock(book_.mutex);
    book_.found = [&](const auth::RunRef& run) {
      if (run.deleted && looks++ == 0) {
        book_.Restore(run.number);
        after = Join("a", "w");
        reopened.set_value();
      } else if (looks == 1 && !run.deleted) {
        ++looks;  // the first look is over
        looked_again.set_value();
      }
    };
  }
  book_.Delete(before.opened.run_number());
  reopened.get_future().get();
  EXPECT_EQ(looked_again.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_TRUE(after.session->Push(Scalars(1, 0, "loss", 0, 10).SerializeAsString()).ok());
  EXPECT_TRUE(after.sink->Await(1).ok());
  Stop();  // before what the hook uses goes
}

TEST_F(IngestTest, ARunThatIsOpenedAgainAfterItsPurgeIsEmpty) {
  Client client = Join("a", "w");
  ASSERT_TRUE(client.session->Push(Scalars(1, 0, "loss", 0, 10).SerializeAsString()).ok());
  ASSERT_TRUE(client.sink->Await(1).ok());
  book_.Delete(client.opened.run_number());
  book_.EndGrace(client.opened.run_number());
  ASSERT_TRUE(ingest_->Purge().ok());
  client = Join("a", "w");
  EXPECT_EQ(client.opened.durable_seq(), 0u);
  EXPECT_TRUE(Steps(client.opened.run_number(), "loss").empty());
  Restart();
  EXPECT_TRUE(Steps(client.opened.run_number(), "loss").empty());
}

// Random batches of two series, rewinds, seals, trims and restarts against a plain list of points.
TEST_F(IngestTest, RandomHistoriesReadAsAModelSays) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  struct ModelPoint {
    int64_t step;
    bool hidden;
  };
  std::map<std::string, std::vector<ModelPoint>> model;
  Client client = Join("a", "w");
  uint64_t seq = 0;
  for (int round = 0; round < 120; ++round) {
    const int what = static_cast<int>(random() % 10);
    if (what < 6) {
      const uint32_t series = random() % 2;
      const std::string tag = series == 0 ? "loss" : "accuracy";
      const int64_t step = static_cast<int64_t>(random() % 3000);
      const int count = 1 + static_cast<int>(random() % (round % 10 == 0 ? 5000 : 300));
      v1::Batch batch = Scalars(++seq, series, tag, step, count);
      if (random() % 5 == 0) {
        const int64_t from = static_cast<int64_t>(random() % 4000);
        batch.add_rewinds()->set_step(from);
        for (auto& [name, points] : model) {
          for (ModelPoint& point : points) point.hidden |= point.step >= from;
        }
      }
      for (int i = 0; i < count; ++i) model[tag].push_back({step + i, false});
      ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
      ASSERT_TRUE(client.sink->Await(seq).ok());
    } else if (what < 8) {
      ASSERT_TRUE(ingest_->sealer().SealOld(true).ok());
    } else if (what == 8) {
      ASSERT_TRUE(ingest_->sealer().TrimJournal().ok());
    } else {
      client = {};
      Restart();
      client = Join("a", "w");
      ASSERT_EQ(client.opened.durable_seq(), seq);
    }
    if (round % 10 != 9) continue;
    for (const auto& [tag, points] : model) {
      std::vector<int64_t> all, shown;
      for (const ModelPoint& point : points) {
        all.push_back(point.step);
        if (!point.hidden) shown.push_back(point.step);
      }
      ASSERT_EQ(Steps(1, tag, true), all) << tag << " in round " << round;
      ASSERT_EQ(Steps(1, tag), shown) << tag << " in round " << round;
      ASSERT_EQ(Stats(1, tag).count(), shown.size()) << tag << " in round " << round;
    }
  }
}

}  // namespace
}  // namespace stepwell::ingest
