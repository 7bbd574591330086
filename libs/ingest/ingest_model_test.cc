// Random histories of an Ingest against a model that knows no journal, tail, chunk or summary: several runs and
// writers, batches of odd sizes, batches that come twice or too early, rewinds, seals, trims, restarts, power cuts that
// lose what was not synced, runs that are deleted, restored and purged, forks of runs that go on and of forks; and what
// readers are told in between.
#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <optional>
#include <random>

#include "base/bytes.h"
#include "base/model_seeds_testing.h"
#include "ingest/ingest_testing.h"
#include "ingest/plain_run_testing.h"
#include "store/fault_fs_testing.h"

namespace stepwell::ingest {
namespace {

constexpr int kSteps = 160;  // of one history
constexpr size_t kRuns = 5, kWriters = 3;

class World {
 public:
  explicit World(uint64_t seed) : random_(seed), env_(rocksdb::NewCompositeEnv(fs_)), shape_(random_() % 4) {
    host_.env_ = env_.get();
    if (random_() % 2) host_.options_.seal.points = random_() % 2 ? series::kChunkPoints : 100;
    host_.options_.commit_window = std::chrono::milliseconds(0);
    Start();
  }

  void Live() {
    for (step_ = 0; step_ < kSteps && !testing::Test::HasFatalFailure(); ++step_) Step();
    if (testing::Test::HasFatalFailure()) return;
    Settle();
    for (Run& run : runs_) ExpectAll(run);
  }

  // What was done last, for the message of a failure.
  std::string History() const {
    std::string out = "step " + std::to_string(step_) + "; the last were";
    for (const std::string& one : done_) out += " " + one;
    return out;
  }

 private:
  struct Writer {
    std::string name;
    uint32_t number = 0;
    std::optional<IngestHost::Client> client;
    uint64_t acknowledged = 0;   // and in the model
    std::deque<v1::Batch> sent;  // not in the model yet
    std::string last;            // acknowledged batch
    std::map<uint32_t, v1::Kind> series;
  };
  struct Run {
    std::string id;
    uint64_t number = 0;  // 0: not opened, or purged
    bool deleted = false;
    bool over = false;  // its time in the trash
    std::string parent;
    PlainRun plain;
    std::array<Writer, kWriters> writers;
  };

  void Step() {
    const uint64_t what = random_() % 100;
    Run& run = runs_[random_() % 2 ? 0 : random_() % kRuns];
    Writer& writer = run.writers[random_() % kWriters];
    if (what < 45) return Did("push", [&] { Push(run, writer); });
    if (what < 55) return Did("settle", [&] { Settle(); });
    if (what < 58) return Did("twice", [&] { PushTwice(run, writer); });
    if (what < 60) return Did("gap", [&] { PushTooEarly(run, writer); });
    if (what < 62) return Did("rejoin", [&] { Rejoin(run, writer); });
    if (what < 66) return Did("fork", [&] { Fork(run, runs_[1 + random_() % (kRuns - 1)]); });
    if (what < 72) return Did("seal", [&] { Expect(host_.ingest_->sealer().SealOld(true)); });
    if (what < 76) return Did("trim", [&] { Expect(host_.ingest_->sealer().TrimJournal()); });
    if (what < 78) return Did("flush", [&] { Expect(host_.store_->Flush()); });
    if (what < 81) return Did("restart", [&] { Restart(); });
    if (what < 85) return Did("cut", [&] { PowerCut(); });
    if (what < 88) return Did("delete", [&] { DeleteOrRestore(run); });
    if (what < 89) return Did("purge", [&] { Purge(run); });
    if (what < 92) return Did("all", [&] { Settle(), ExpectAll(run); });
    Did("chart", [&] { Settle(), ExpectChart(run); });
  }

  template <typename Action>
  void Did(const char* what, Action action) {
    done_.push_back(what);
    if (done_.size() > 20) done_.pop_front();
    action();
  }
  static void Expect(const absl::Status& status) { ASSERT_TRUE(status.ok()) << status; }
  void Start() { Expect(host_.TryStart()); }

  void Join(Run& run, Writer& writer) {
    if (writer.client) return;
    auto client = host_.TryJoin(run.id, writer.name);
    ASSERT_TRUE(client.ok()) << client.status();
    run.number = client->opened.run_number();
    writer.number = client->opened.writer_number();
    writer.client = *std::move(client);
  }
  void Leave() {
    for (Run& run : runs_) {
      for (Writer& writer : run.writers) writer.client.reset();
    }
  }

  // Batches that are under way become durable.
  void Settle() {
    while (!sent_.empty()) {
      const auto [run, writer] = sent_.front();
      const uint64_t seq = writer->sent.front().seq();
      Expect(writer->client->sink->Await(seq));
      if (testing::Test::HasFatalFailure()) return;
      Take(*run, *writer);
    }
  }
  // The oldest batch under way is durable.
  void Take(Run& run, Writer& writer) {
    sent_.pop_front();
    run.plain.Apply(writer.number, writer.sent.front());
    writer.acknowledged = writer.sent.front().seq();
    writer.last = writer.sent.front().SerializeAsString();
    writer.sent.pop_front();
  }

  void Push(Run& run, Writer& writer) {
    if (run.deleted) return;
    Join(run, writer);
    if (testing::Test::HasFatalFailure()) return;
    v1::Batch batch = MakeBatch(writer);
    batch.set_seq(writer.acknowledged + writer.sent.size() + 1);
    auto pushed = writer.client->session->Push(batch.SerializeAsString());
    ASSERT_TRUE(pushed.ok()) << pushed.status();
    writer.sent.push_back(std::move(batch));
    sent_.emplace_back(&run, &writer);
    if (random_() % 2) Settle();
  }

  void PushTwice(Run& run, Writer& writer) {
    Settle();
    if (run.deleted || writer.last.empty()) return;
    Join(run, writer);
    auto pushed = writer.client->session->Push(writer.last);
    ASSERT_TRUE(pushed.ok()) << pushed.status();
    ASSERT_EQ(pushed->acknowledged, writer.acknowledged);
  }

  void PushTooEarly(Run& run, Writer& writer) {
    Settle();
    if (run.deleted) return;
    Join(run, writer);
    v1::Batch batch;
    batch.set_seq(writer.acknowledged + 2);
    ASSERT_EQ(writer.client->session->Push(batch.SerializeAsString()).status().code(), absl::StatusCode::kOutOfRange);
  }

  // Another process takes the writer's place: the one before is fenced.
  void Rejoin(Run& run, Writer& writer) {
    Settle();
    if (run.deleted) return;
    Join(run, writer);
    IngestHost::Client old = *std::move(writer.client);
    writer.client.reset();
    Join(run, writer);
    ASSERT_EQ(writer.client->opened.durable_seq(), writer.acknowledged);
    v1::Batch batch;
    batch.set_seq(writer.acknowledged + 1);
    ASSERT_EQ(old.session->Push(batch.SerializeAsString()).status().code(), absl::StatusCode::kFailedPrecondition);
  }

  void Restart() {
    Settle();
    Leave();
    host_.Stop();
    Start();
  }

  // What was acknowledged is there afterwards. Of what was under way, so many batches are as the marks say.
  void PowerCut() {
    fs_->PowerOff();
    std::map<Writer*, uint64_t> acknowledged;
    for (const auto& [run, writer] : sent_) acknowledged[writer] = writer->client->sink->durable();
    Leave();
    host_.Stop();
    fs_->PowerOn(static_cast<Tear>(random_() % 4), random_);
    Start();
    if (testing::Test::HasFatalFailure()) return;
    const auto under_way = std::exchange(sent_, {});
    for (const auto& [run, writer] : under_way) {
      Join(*run, *writer);
      if (testing::Test::HasFatalFailure()) return;
      ASSERT_GE(writer->client->opened.durable_seq(), acknowledged[writer]);
      if (writer->sent.front().seq() > writer->client->opened.durable_seq()) {
        writer->sent.clear();
        writer->sent.emplace_back();  // stands for all that did not come
        writer->sent.front().set_seq(std::numeric_limits<uint64_t>::max());
        continue;
      }
      sent_.emplace_back(run, writer);
      Take(*run, *writer);
    }
    for (const auto& [run, writer] : under_way) writer->sent.clear();
    for (Run& run : runs_) {
      for (Writer& writer : run.writers) {
        ASSERT_TRUE(!writer.client || writer.client->opened.durable_seq() == writer.acknowledged);
      }
    }
    Leave();
    for (Run& run : runs_) ExpectAll(run);
  }

  void DeleteOrRestore(Run& run) {
    Settle();
    if (run.number == 0 || run.over) return;
    run.deleted ? host_.book_.Restore(run.number) : host_.book_.Delete(run.number);
    run.deleted = !run.deleted;
    for (Writer& writer : run.writers) writer.client.reset();
    if (!run.deleted) ExpectAll(run);
  }

  void Purge(Run& run) {
    Settle();
    if (!run.deleted) return;
    host_.book_.EndGrace(run.number);
    run.over = true;
    Expect(host_.ingest_->Purge());
    // One goes when all forks of it are gone.
    const auto goes = [&](const Run& one) {
      return one.over &&
             std::none_of(runs_.begin(), runs_.end(), [&](const Run& fork) { return fork.parent == one.id; });
    };
    for (auto it = runs_.begin(); it != runs_.end();) {
      it = std::find_if(runs_.begin(), runs_.end(), goes);
      if (it != runs_.end()) ExpectGone(*it);
    }
    for (const Run& one : runs_) {
      ASSERT_EQ(host_.book_.runs.count(one.id), one.number > 0 ? 1u : 0u) << one.id;
      ExpectAll(one);
    }
  }

  void ExpectGone(Run& run) {
    v1::ListSeriesRequest request;
    request.set_run_number(run.number);
    v1::ListSeriesReply reply;
    Expect(host_.ingest_->reader().ListSeries(request, &reply));
    ASSERT_EQ(reply.items_size(), 0);
    const std::string id = run.id;
    run = Run();
    run.id = id;
    Name(run);
  }

  void Fork(Run& parent, Run& child) {
    Settle();
    if (parent.number == 0 || parent.deleted || child.number != 0 || &parent == &child) return;
    v1::Fork fork;
    fork.set_run_id(parent.id);
    fork.set_step(static_cast<int64_t>(random_() % 5000));
    Writer& writer = child.writers[random_() % kWriters];
    if (random_() % 3 == 0) {  // the catalog makes the run, the store does not, and the parent goes on
      fs_->PowerOff();
      ASSERT_FALSE(host_.TryJoin(child.id, writer.name, fork).ok());
      Leave();
      host_.Stop();
      fs_->PowerOn(static_cast<Tear>(random_() % 4), random_);
      Start();
      if (testing::Test::HasFatalFailure()) return;
      Push(parent, parent.writers[random_() % kWriters]);
      Settle();
    }
    // Whoever opens a run that the catalog knows as a fork completes it.
    const bool known = host_.book_.runs.contains(child.id);
    auto client = host_.TryJoin(child.id, writer.name, known && random_() % 2 ? std::nullopt : std::optional(fork));
    ASSERT_TRUE(client.ok()) << client.status();
    child.parent = parent.id;
    child.plain = parent.plain.Forked(fork.step());
    child.number = client->opened.run_number();
    writer.number = client->opened.writer_number();
    writer.client = *std::move(client);
    if (random_() % 2) ExpectAll(child);
  }

  void ExpectAll(const Run& run) {
    if (run.number == 0) return;
    run.plain.ExpectAll(host_.ingest_->reader(), run.number);
  }
  void ExpectChart(const Run& run) {
    for (const PlainRun::Name& name : run.plain.Names()) {
      if (name.kind == v1::KIND_SCALAR) run.plain.ExpectChart(host_.ingest_->reader(), run.number, name, random_);
      if (testing::Test::HasFatalFailure()) return;
    }
  }

  // Series 0 to 3 are scalars, two of them of one tag; the others have values, inline and in blobs.
  static v1::Define DefineOf(uint32_t series) {
    v1::Define define;
    define.set_series(series);
    define.mutable_info()->set_tag("tag" + std::to_string(series % 3));
    define.mutable_info()->set_kind(series < 4 ? v1::KIND_SCALAR : series == 4 ? v1::KIND_TEXT : v1::KIND_GRAPH);
    return define;
  }

  v1::Batch MakeBatch(Writer& writer) {
    v1::Batch batch;
    if (random_() % 8 == 0) {
      v1::Rewind* rewind = batch.add_rewinds();
      rewind->set_step(static_cast<int64_t>(random_() % 5000));
      rewind->set_spare_own(random_() % 3 == 0);
    }
    for (uint64_t axes = 1 + random_() % 2; axes > 0; --axes) AddAxis(batch);
    for (uint64_t columns = random_() % 4; columns > 0; --columns) AddColumn(batch, writer);
    return batch;
  }

  void AddAxis(v1::Batch& batch) {
    const int sizes[] = {1, 1, 2, 3, 7, 30, 127, 128, 129, 300, 1023, 1024, 1025, 2100};
    const int size = sizes[random_() % std::size(sizes)];
    v1::Axis* axis = batch.add_axes();
    uint64_t before = 0;
    for (int i = 0; i < size; ++i, ++next_step_) {
      const double walls[] = {-0.0, 1e308, std::nan(""), std::numeric_limits<double>::infinity()};
      int64_t step = next_step_;
      double wall = 1000 + static_cast<double>(next_step_);
      if (shape_ == 1)
        step = next_step_ + static_cast<int64_t>(random_() % 9), wall -= static_cast<double>(random_() % 9);
      if (shape_ == 2) step = static_cast<int64_t>(random_() % 5000), wall = static_cast<double>(random_() % 5000);
      if (shape_ == 3 && random_() % 50 == 0) wall = walls[random_() % std::size(walls)];
      if (shape_ == 3 && random_() % 50 == 0) step = std::numeric_limits<int64_t>::max() - step;
      axis->add_step_deltas(static_cast<int64_t>(static_cast<uint64_t>(step) - before));
      axis->add_walls(wall);
      before = static_cast<uint64_t>(step);
    }
    if (random_() % 5 == 0) next_step_ = static_cast<int64_t>(random_() % 4000);
  }

  void AddColumn(v1::Batch& batch, Writer& writer) {
    const uint32_t series = random_() % 6;
    v1::Define define = DefineOf(series);
    if (writer.series.try_emplace(series, define.info().kind()).second || random_() % 10 == 0) {
      *batch.add_define() = define;
    }
    v1::Column* column = batch.add_columns();
    column->set_series(random_() % 40 ? series : 77);  // 77 is not defined: refused
    column->set_axis(static_cast<uint32_t>(random_() % static_cast<uint64_t>(batch.axes_size())));
    int size = batch.axes(static_cast<int>(column->axis())).step_deltas_size();
    if (random_() % 40 == 0) --size;  // not as long as its axis: refused
    for (int i = 0; i < size; ++i) {
      if (define.info().kind() == v1::KIND_SCALAR) column->add_scalars(AnyValue());
      if (define.info().kind() == v1::KIND_TEXT) column->add_values()->mutable_text()->add_values(std::to_string(i));
      if (define.info().kind() == v1::KIND_GRAPH)
        *column->add_values()->mutable_bytes()->mutable_blob() = AnyBlob(batch);
    }
  }

  double AnyValue() {
    const double values[] = {
        -0.0, 0.0, 1, std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    return random_() % 8 == 0 ? values[random_() % std::size(values)] : static_cast<double>(random_() % 100'000) / 7;
  }

  // One of a few, whole in this batch, so that it is often here already.
  v1::BlobRef AnyBlob(v1::Batch& batch) {
    const std::string bytes(1 + random_() % 3 * 5000, static_cast<char>('a' + random_() % 3));
    v1::BlobRef ref;
    ref.set_sha256(Sha256(bytes));
    ref.set_size(bytes.size());
    for (const v1::BlobPart& part : batch.blobs()) {
      if (part.sha256() == ref.sha256()) return ref;
    }
    v1::BlobPart* part = batch.add_blobs();
    part->set_sha256(ref.sha256());
    part->set_size(bytes.size());
    part->set_data(bytes);
    return ref;
  }

  static void Name(Run& run) {
    for (size_t i = 0; i < kWriters; ++i) run.writers[i].name = "w" + std::to_string(i);
  }

  using Tear = store::Tear;
  std::mt19937_64 random_;
  const std::shared_ptr<store::FaultFs> fs_ = std::make_shared<store::FaultFs>();
  const std::unique_ptr<rocksdb::Env> env_;
  const uint64_t shape_;
  int64_t next_step_ = 0;
  int step_ = 0;
  std::deque<std::string> done_;
  std::deque<std::pair<Run*, Writer*>> sent_;  // one for each batch under way, in order
  IngestHost host_;
  std::array<Run, kRuns> runs_ = [] {
    std::array<Run, kRuns> runs;
    for (size_t i = 0; i < kRuns; ++i) {
      runs[i].id = "run" + std::to_string(i);
      Name(runs[i]);
    }
    return runs;
  }();
};

TEST(IngestModel, WhatReadersAreToldIsWhatWasAcknowledged) {
  const ModelSeeds seeds = ReadModelSeeds(25);
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.worlds; ++seed) {
    World world(seed);
    world.Live();
    ASSERT_FALSE(HasFatalFailure()) << "STEPWELL_MODEL_SEED=" << seed << ", " << world.History();
  }
}

}  // namespace
}  // namespace stepwell::ingest
