// Errors of the disk at any call of a whole life of a store: writes, blobs, rewinds, seals, trims, flushes, restarts,
// a purge. For each kind of call an early one fails, in the next life a later one, and so on until a life ends without
// meeting the fault. Whatever was acknowledged is there, once, while the disk fails, after it is well again and after
// the power went; nobody has to start anything again.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <random>

#include "base/bytes.h"
#include "ingest/ingest_testing.h"
#include "ingest/plain_run_testing.h"
#include "store/fault_fs_testing.h"

namespace stepwell::ingest {
namespace {

using store::Fault;
using store::FaultCall;
using store::Tear;

// A batch of two series, a text and a blob, with or without a rewind: all that the store has families for.
v1::Batch MakeBatch(uint64_t seq, int points, bool rewind) {
  v1::Batch batch;
  batch.set_seq(seq);
  if (rewind) batch.add_rewinds()->set_step(static_cast<int64_t>(seq) * 100 - 20);
  const std::string bytes(6000, static_cast<char>('a' + seq % 26));
  v1::BlobPart* part = batch.add_blobs();
  part->set_sha256(Sha256(bytes));
  part->set_size(bytes.size());
  part->set_data(bytes);
  v1::Axis* axis = batch.add_axes();
  for (uint32_t series = 0; series < 3; ++series) {
    v1::Define* define = batch.add_define();
    define->set_series(series);
    define->mutable_info()->set_tag("tag" + std::to_string(series));
    define->mutable_info()->set_kind(series < 2 ? v1::KIND_SCALAR : v1::KIND_TEXT);
    batch.add_columns()->set_series(series);
  }
  for (int i = 0; i < points; ++i) {
    axis->add_step_deltas(i == 0 ? static_cast<int64_t>(seq) * 100 : 1);
    axis->add_walls(1e9 + i);
    for (int series = 0; series < 2; ++series) batch.mutable_columns(series)->add_scalars(i / 3.0 + series);
    batch.mutable_columns(2)->add_values()->mutable_text()->add_values(std::to_string(i));
  }
  return batch;
}

class Life {
 public:
  // `cut`: the power goes as soon as the disk is well again.
  Life(const Fault& fault, bool cut) : fault_(fault), cut_(cut) {
    host_.env_ = env_.get();
    host_.options_.commit_window = std::chrono::milliseconds(0);
    host_.options_.heal_pause = std::chrono::milliseconds(1);
    fs_->Arm(fault);
  }

  // True if the fault was met.
  bool Run() {
    Do("start", [&] { return host_.TryStart(); });
    Write("a", "w", 700, false);
    Write("a", "v", 20, false);
    Write("gone", "w", 100, false);
    Do("seal", [&] { return host_.ingest_->sealer().SealOld(true); });
    Write("a", "w", 700, true);
    Do("trim", [&] { return host_.ingest_->sealer().TrimJournal(); });
    Do("flush", [&] { return host_.store_->Flush(); });
    Write("a", "v", 1500, false);
    Restart();
    Write("a", "w", 5, true);
    Do("seal", [&] { return host_.ingest_->sealer().SealOld(true); });
    Do("purge", [&] { return Purge("gone"); });
    Write("a", "w", 10, false);
    Do("trim", [&] { return host_.ingest_->sealer().TrimJournal(); });
    Do("flush", [&] { return host_.store_->Flush(); });
    const bool met = fs_->struck();
    fs_->Disarm();
    ExpectAll("at the end");
    PowerCut();
    Write("a", "w", 3, false);
    ExpectAll("after the power cut");
    return met;
  }

 private:
  struct Writer {
    std::optional<IngestHost::Client> client;
    uint64_t joined_at = 0;  // the mark then
    uint64_t acknowledged = 0;
  };

  // Tries until it is done. The first refusal says what is wrong; then the disk is made well.
  void Insist(const std::string& what, const std::function<absl::Status()>& action) {
    if (testing::Test::HasFatalFailure()) return;
    SCOPED_TRACE(what);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (absl::Status status = action(); !status.ok(); status = action()) {
      ASSERT_TRUE(fs_->struck()) << status;
      if (!told_) {
        ASSERT_EQ(status.code(),
                  fault_.no_space ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kUnavailable)
            << status;
        if (host_.ingest_) ExpectAll("while the disk fails");
        fs_->Disarm();
      }
      told_ = true;
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << status;
      if (host_.ingest_) static_cast<void>(host_.TryOpen("a", "another"));  // somebody writes: the committer heals
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  void Do(const std::string& what, const std::function<absl::Status()>& action) {
    Insist(what, action);
    CutIfDue();
  }
  void CutIfDue() {
    if (told_ && std::exchange(cut_, false)) PowerCut();
  }

  void Write(const std::string& run, const std::string& name, int points, bool rewind) {
    Writer& writer = writers_[{run, name}];
    const v1::Batch batch = MakeBatch(writer.acknowledged + 1, points, rewind);
    uint32_t number = 0;
    Insist("write", [&] { return Deliver(run, name, batch, &number); });
    if (testing::Test::HasFatalFailure()) return;
    runs_[run].Apply(number, batch);
    writer.acknowledged = batch.seq();
    CutIfDue();
  }

  // As a client does: joins if it has to, and sends what the server does not have.
  absl::Status Deliver(const std::string& run, const std::string& name, const v1::Batch& batch, uint32_t* number) {
    Writer& writer = writers_[{run, name}];
    if (!writer.client) {
      auto client = host_.TryJoin(run, name);
      if (!client.ok()) return client.status();
      writer.client = *std::move(client);
      numbers_[run] = writer.client->opened.run_number();
      writer.joined_at = writer.client->opened.durable_seq();
      if (writer.joined_at < writer.acknowledged) ADD_FAILURE() << "the mark went back";
    }
    *number = writer.client->opened.writer_number();
    if (writer.joined_at >= batch.seq()) return absl::OkStatus();  // it came after all
    absl::Status status = writer.client->session->Push(batch.SerializeAsString()).status();
    if (status.ok()) status = writer.client->sink->Await(batch.seq());
    if (!status.ok()) writer.client.reset();
    return status;
  }

  absl::Status Purge(const std::string& run) {
    host_.book_.Delete(numbers_[run]);
    host_.book_.EndGrace(numbers_[run]);
    runs_.erase(run);
    return host_.ingest_->Purge();
  }

  void Stop() {
    for (auto& [key, writer] : writers_) writer.client.reset();
    host_.Stop();
  }
  void Restart() {
    Do("restart", [&] {
      Stop();
      return host_.TryStart();
    });
  }
  void PowerCut() {
    std::mt19937_64 random(fault_.at);
    fs_->PowerOff();
    Stop();
    fs_->PowerOn(static_cast<Tear>(fault_.at % 4), random);
    Insist("start after a power cut", [&] { return host_.TryStart(); });
    ExpectAll("after the power cut");
  }

  void ExpectAll(const std::string& when) {
    SCOPED_TRACE(when);
    for (const auto& [run, plain] : runs_) {
      if (testing::Test::HasFatalFailure()) return;
      plain.ExpectAll(host_.ingest_->reader(), numbers_[run]);
    }
  }

  const Fault fault_;
  const std::shared_ptr<store::FaultFs> fs_ = std::make_shared<store::FaultFs>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(fs_);
  bool cut_;
  bool told_ = false;
  IngestHost host_;
  std::map<std::pair<std::string, std::string>, Writer> writers_;
  std::map<std::string, PlainRun> runs_;
  std::map<std::string, uint64_t> numbers_;
};

class IngestFault : public testing::TestWithParam<Fault> {};

// The suite tries every 53rd append and every 11th of the others, from a random one on. STEPWELL_FAULT_CALL=7 tries the
// 7th alone, STEPWELL_FAULT_STRIDE=1 all.
TEST_P(IngestFault, NothingThatWasAcknowledgedIsLostOrDoubled) {
  Fault fault = GetParam();
  const char* only = std::getenv("STEPWELL_FAULT_CALL");
  const char* stride = std::getenv("STEPWELL_FAULT_STRIDE");
  const uint64_t step = stride ? std::strtoull(stride, nullptr, 10) : fault.call == FaultCall::kAppend ? 53 : 11;
  fault.at = only ? std::strtoull(only, nullptr, 10) : 1 + std::random_device()() % step;
  for (bool met = true; met; fault.at += step) {
    for (bool cut : {false, true}) {
      SCOPED_TRACE("STEPWELL_FAULT_CALL=" + std::to_string(fault.at) + (cut ? ", then a power cut" : ""));
      Life life(fault, cut);
      met = life.Run() && !only;
      if (HasFailure()) return;
    }
  }
}

std::vector<Fault> AllFaults() {
  std::vector<Fault> faults;
  for (FaultCall call : store::kFaultCalls) {
    for (bool stays : {false, true}) {
      faults.push_back({call, 1, stays, false, false});
      if (call == FaultCall::kSync || call == FaultCall::kSyncFolder) continue;
      faults.push_back({call, 1, stays, true, false});
    }
  }
  faults.push_back({FaultCall::kAppend, 1, true, true, true});
  faults.push_back({FaultCall::kAppend, 1, false, false, true});
  return faults;
}
std::string NameOf(const testing::TestParamInfo<Fault>& info) {
  const char* calls[] = {"Append", "Sync", "Create", "Rename", "SyncFolder"};
  const Fault& fault = info.param;
  return std::string(calls[static_cast<size_t>(fault.call)]) + (fault.no_space ? "NoSpace" : "Error") +
         (fault.part ? "Short" : "") + (fault.stays ? "Stays" : "Once");
}
INSTANTIATE_TEST_SUITE_P(EveryCall, IngestFault, testing::ValuesIn(AllFaults()), NameOf);

}  // namespace
}  // namespace stepwell::ingest
