#include "ingest/fork_maker.h"

#include <gtest/gtest.h>

#include <future>
#include <numeric>

#include "ingest/ingest_testing.h"
#include "store/keys.h"

namespace stepwell::ingest {
namespace {

std::vector<int64_t> Range(int64_t from, int64_t to) {
  std::vector<int64_t> out(static_cast<size_t>(to - from));
  std::iota(out.begin(), out.end(), from);
  return out;
}

class ForkMakerTest : public IngestTest {
 protected:
  static v1::Fork From(const std::string& run, int64_t step) {
    v1::Fork fork;
    fork.set_run_id(run);
    fork.set_step(step);
    return fork;
  }
  Client Forked(const std::string& run, const std::string& parent, int64_t step) {
    auto client = TryJoin(run, "w", From(parent, step));
    EXPECT_TRUE(client.ok()) << client.status();
    return client.ok() ? *std::move(client) : Client();
  }
  static void Push(Client& client, const v1::Batch& batch) {
    ASSERT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
    ASSERT_TRUE(client.sink->Await(batch.seq()).ok());
  }
  static v1::Batch Rewind(uint64_t seq, int64_t step) {
    v1::Batch batch;
    batch.set_seq(seq);
    batch.add_rewinds()->set_step(step);
    return batch;
  }
  size_t Keys(store::Family family, uint64_t run) {
    size_t keys = 0;
    EXPECT_TRUE(store_
                    ->Scan(family, store::RunBegin(run), store::RunBegin(run + 1),
                           [&](auto, auto) {
                             ++keys;
                             return true;
                           })
                    .ok());
    return keys;
  }
  // Of the run's rows that the catalog was told, the last of this tag; 0: none.
  uint64_t ToldCount(uint64_t run, const std::string& tag) {
    std::promise<absl::Status> told;
    for (const auto& [id, number] : book_.runs) {
      if (number == run) ingest_->SyncRun(id, [&](const absl::Status& status) { told.set_value(status); });
    }
    EXPECT_TRUE(told.get_future().get().ok());
    std::lock_guard lock(book_.mutex);
    for (auto row = book_.rows.rbegin(); row != book_.rows.rend(); ++row) {
      if (row->run_number == run && row->tag == tag) return row->count;
    }
    return 0;
  }
};

TEST_F(ForkMakerTest, WhateverTheParentDoesLaterChangesNothing) {
  Client parent = Join("parent", "w");
  Push(parent, Scalars(1, 0, "loss", 0, 3000));
  Client fork = Forked("fork", "parent", 2000);
  EXPECT_EQ(fork.opened.writer_number(), 1u);
  Push(parent, Scalars(2, 0, "loss", 3000, 500));
  Push(parent, Rewind(3, 10));
  Push(parent, Scalars(4, 0, "loss", 10, 5000));
  EXPECT_TRUE(ingest_->sealer().SealOld(true).ok());
  for (int restarts = 0; restarts < 2; ++restarts) {
    EXPECT_EQ(Steps(2, "loss"), Range(0, 2000));
    EXPECT_EQ(Stats(2, "loss").count(), 2000u);
    EXPECT_EQ(Stats(2, "loss").hidden(), 1000u);
    EXPECT_EQ(Stats(2, "loss").last(), 1999.0 / 3);
    EXPECT_EQ(Steps(1, "loss"), Range(0, 5010));
    fork.session.reset();
    parent.session.reset();
    Restart();
  }
}

TEST_F(ForkMakerTest, NoPointOfAChunkIsCopied) {
  Client parent = Join("parent", "w");
  Push(parent, Scalars(1, 0, "loss", 0, 50'000));
  Client fork = Forked("fork", "parent", 40'000);
  EXPECT_EQ(Keys(store::Family::kData, 2), 0u);
  Push(fork, Scalars(1, 0, "loss", 40'000, 10));
  EXPECT_EQ(Steps(2, "loss"), Range(0, 40'010));
  v1::ReadSeriesRequest request;
  v1::SeriesSelector selector;
  v1::ReadSeriesReply reply;
  request.set_columns(100);
  selector.set_run_number(2);
  selector.set_tag("loss");
  ingest_->reader().ReadSeries(request, selector, &reply);
  EXPECT_FALSE(reply.exact());
  EXPECT_EQ(reply.count(), 40'010u);
}

TEST_F(ForkMakerTest, AForkOfAForkAndARewindToBeforeBoth) {
  Client parent = Join("parent", "w");
  Push(parent, Scalars(1, 0, "loss", 0, 100));
  Client middle = Forked("middle", "parent", 80);
  Push(middle, Scalars(1, 0, "loss", 80, 40));
  Client last = Forked("last", "middle", 110);
  EXPECT_EQ(last.opened.writer_number(), 2u);
  Push(last, Scalars(1, 0, "loss", 110, 10));
  Push(middle, Rewind(2, 5));
  EXPECT_EQ(Steps(3, "loss"), Range(0, 120));
  EXPECT_EQ(Steps(2, "loss"), Range(0, 5));
  Push(last, Rewind(2, 50));
  Push(last, Scalars(3, 0, "loss", 50, 1));
  EXPECT_EQ(Steps(3, "loss"), Range(0, 51));
  last.session.reset(), middle.session.reset(), parent.session.reset();
  Restart();
  EXPECT_EQ(Steps(3, "loss"), Range(0, 51));
}

TEST_F(ForkMakerTest, NobodyWritesAsAnInheritedWriter) {
  Client parent = Join("parent", "w");
  Push(parent, Scalars(1, 0, "loss", 0, 10));
  Client fork = Forked("fork", "parent", 10);
  v1::Hello hello;
  hello.set_run_id("fork");
  EXPECT_EQ(ingest_->OpenSession(hello, fork.sink).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ForkMakerTest, TheCatalogIsToldOfWhatIsInherited) {
  Client parent = Join("parent", "w");
  Push(parent, Scalars(1, 0, "loss", 0, 100));
  Forked("fork", "parent", 30);
  EXPECT_EQ(ToldCount(2, "loss"), 30u);
  // What it was told is kept, or found anew, when the run is loaded again.
  Restart();
  EXPECT_EQ(Stats(2, "loss").count(), 30u);
}

TEST_F(ForkMakerTest, AForkOfARunWithoutPointsHasNone) {
  Open("parent", "w");
  Client fork = Forked("fork", "parent", 30);
  Push(fork, Scalars(1, 0, "loss", 30, 10));
  EXPECT_EQ(Steps(2, "loss"), Range(30, 40));
}

// A run that is known to the catalog as a fork and not to the store: who opens it next makes it, as the parent is then.
TEST_F(ForkMakerTest, WhatAKilledServerDidNotMakeIsMadeLater) {
  Client parent = Join("parent", "w");
  Push(parent, Scalars(1, 0, "loss", 0, 10));
  {
    std::lock_guard lock(book_.mutex);
    book_.runs["fork"] = ++book_.last_run;
    book_.forks[book_.last_run] = {book_.last_run, "fork", 1, 15, 1};
  }
  Client other = Join("parent", "another");  // takes number 1, which the catalog gave to the fork's first writer
  Push(other, Scalars(1, 0, "loss", 10, 10));
  Client fork = Join("fork", "w");
  EXPECT_EQ(fork.opened.writer_number(), 2u);
  Push(fork, Scalars(1, 0, "loss", 15, 1));
  EXPECT_EQ(Steps(2, "loss"), Range(0, 16));
}

}  // namespace
}  // namespace stepwell::ingest
