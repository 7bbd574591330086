#include "ingest/reader.h"

#include <openssl/sha.h>

#include <cmath>

#include "ingest/testing.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

class ReaderTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    sealer_ = std::make_unique<Sealer>(store_.get(), table_.get(), committer_.get(), &metrics_, SealOptions(),
                                       [](const std::string&) {});
    committer_->Start();
  }
  void TearDown() override {
    writers_.clear();
    committer_->Stop();
    sealer_.reset();
    IngestTest::TearDown();
  }
  void SealAll() { ASSERT_TRUE(sealer_->SealOld(true).ok()); }

  v1::ListSeriesReply List(const v1::ListSeriesRequest& request) {
    v1::ListSeriesReply reply;
    const absl::Status status = reader_->ListSeries(request, &reply);
    EXPECT_TRUE(status.ok()) << status;
    return reply;
  }
  static v1::ListSeriesRequest OfRun(uint64_t run) {
    v1::ListSeriesRequest request;
    request.set_run_number(run);
    return request;
  }
  static std::vector<std::string> Tags(const v1::ListSeriesReply& reply) {
    std::vector<std::string> tags;
    for (const v1::SeriesItem& item : reply.items()) tags.push_back(item.info().tag());
    return tags;
  }
  v1::ReadSeriesReply Read(const v1::ReadSeriesRequest& request, const std::string& tag) {
    v1::SeriesSelector selector;
    selector.set_run_number(1);
    selector.set_tag(tag);
    v1::ReadSeriesReply reply;
    reader_->ReadSeries(request, selector, &reply);
    return reply;
  }
  std::vector<v1::ReadPointsReply> Points(const std::string& tag, v1::Kind kind, bool include_hidden) {
    v1::ReadPointsRequest request;
    request.mutable_series()->set_run_number(1);
    request.mutable_series()->set_tag(tag);
    request.mutable_series()->set_kind(kind);
    request.set_include_hidden(include_hidden);
    std::vector<v1::ReadPointsReply> replies;
    const absl::Status status = reader_->ReadPoints(request, [&](const v1::ReadPointsReply& reply) {
      replies.push_back(reply);
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    return replies;
  }

  std::unique_ptr<Sealer> sealer_;
};

std::vector<double> Ramp(size_t size) {
  std::vector<double> values(size);
  for (size_t i = 0; i < size; ++i) values[i] = static_cast<double>(i) / 4;
  return values;
}
std::vector<int64_t> Steps(const v1::PointColumns& points) { return {points.step().begin(), points.step().end()}; }

TEST_F(ReaderTest, ARunThatLoggedNothingHasAnEmptyList) { EXPECT_EQ(List(OfRun(77)).items_size(), 0); }

TEST_F(ReaderTest, ListsInOrderOfAppearanceFilteredAndPaged) {
  for (int i = 0; i < 5; ++i) {
    v1::Batch batch;
    AddDefine(batch, static_cast<uint32_t>(2 * i), "z" + std::to_string(9 - i));
    AddDefine(batch, static_cast<uint32_t>(2 * i + 1), "text/" + std::to_string(i), v1::KIND_TEXT);
    Push(0, batch);
  }
  const std::vector<std::string> all = {"z9", "text/0", "z8", "text/1", "z7", "text/2", "z6", "text/3", "z5", "text/4"};
  EXPECT_EQ(Tags(List(OfRun(1))), all);

  v1::ListSeriesRequest scalars = OfRun(1);
  scalars.set_kind(v1::KIND_SCALAR);
  EXPECT_EQ(Tags(List(scalars)), (std::vector<std::string>{"z9", "z8", "z7", "z6", "z5"}));
  v1::ListSeriesRequest prefix = OfRun(1);
  prefix.set_prefix("text/");
  EXPECT_EQ(List(prefix).items_size(), 5);
  v1::ListSeriesRequest match = OfRun(1);
  match.set_match("[78]$");
  EXPECT_EQ(Tags(List(match)), (std::vector<std::string>{"z8", "z7"}));
  match.set_match("(");
  v1::ListSeriesReply nothing;
  EXPECT_TRUE(absl::IsInvalidArgument(reader_->ListSeries(match, &nothing)));

  v1::ListSeriesRequest page = OfRun(1);
  page.set_limit(3);
  std::vector<std::string> paged;
  for (int pages = 0; pages < 5; ++pages) {
    const v1::ListSeriesReply reply = List(page);
    for (std::string& tag : Tags(reply)) paged.push_back(std::move(tag));
    if (reply.next().empty()) break;
    page.set_cursor(reply.next());
  }
  EXPECT_EQ(paged, all);
}

TEST_F(ReaderTest, StatisticsAreTheSameOpenSealedAndAfterARestart) {
  v1::Batch batch;
  AddDefine(batch, 0, "loss");
  std::vector<double> values = Ramp(3000);
  values[5] = std::nan("");
  values[6] = -INFINITY;
  values[2999] = -3;
  AddScalars(batch, 0, 0, values);
  Push(0, batch);
  const auto look = [this](const char* when) {
    const v1::SeriesStats stats = List(OfRun(1)).items(0).stats();
    EXPECT_EQ(stats.count(), 3000u) << when;
    EXPECT_EQ(stats.hidden(), 0u) << when;
    EXPECT_EQ(stats.first_step(), 0) << when;
    EXPECT_EQ(stats.last_step(), 2999) << when;
    EXPECT_EQ(stats.last(), -3) << when;
    EXPECT_EQ(stats.min(), -3) << when;
    EXPECT_EQ(stats.max(), 2998.0 / 4) << when;
    EXPECT_EQ(stats.nan(), 1u) << when;
    EXPECT_EQ(stats.neg_inf(), 1u) << when;
  };
  look("open");
  SealAll();
  look("sealed");
  writers_.clear();
  table_->Remove(1);  // read from the store again
  look("loaded");
}

TEST_F(ReaderTest, ARewindHidesWhatCameBeforeInListsAndCharts) {
  v1::Batch first;
  AddDefine(first, 0, "loss");
  AddScalars(first, 0, 0, Ramp(2000));
  Push(0, first);
  SealAll();
  v1::Batch second;
  second.add_rewinds()->set_step(1500);
  AddScalars(second, 0, 1500, {7, 8, 9});
  Push(0, second);
  const v1::SeriesStats stats = List(OfRun(1)).items(0).stats();
  EXPECT_EQ(stats.count(), 1503u);
  EXPECT_EQ(stats.hidden(), 500u);
  EXPECT_EQ(stats.last_step(), 1502);
  EXPECT_EQ(stats.last(), 9);

  v1::ReadSeriesRequest request;
  v1::ReadSeriesReply reply = Read(request, "loss");
  EXPECT_EQ(reply.code(), 0u) << reply.error();
  EXPECT_EQ(reply.count(), 1503u);
  EXPECT_EQ(reply.points().value(1500), 7);
  request.set_include_hidden(true);
  EXPECT_EQ(Read(request, "loss").count(), 2003u);

  request.set_include_hidden(false);
  request.set_include_rewound(true);
  request.set_columns(100);
  reply = Read(request, "loss");
  EXPECT_EQ(reply.count(), 1503u);
  ASSERT_EQ(reply.rewound_size(), 1);
  EXPECT_EQ(reply.rewound(0).step(), 1500);
  EXPECT_EQ(reply.rewound(0).line().count(), 500u);
  EXPECT_EQ(reply.rewound(0).line().counts_size(), reply.rewound(0).line().min().step_size());
  EXPECT_EQ(reply.rewound(0).line().last().step(reply.rewound(0).line().last().step_size() - 1), 1999);
}

// Does something once, when somebody reads chunks.
class DisturbedStore : public store::Store {
 public:
  DisturbedStore(store::Store* below, std::function<void()> then) : below_(below), then_(std::move(then)) {}

  absl::StatusOr<std::optional<std::string>> Get(store::Family family, std::string_view key) const override {
    Disturb(family);
    return below_->Get(family, key);
  }
  absl::Status Scan(store::Family family, std::string_view from, std::string_view to,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    Disturb(family);
    return below_->Scan(family, from, to, visit);
  }
  absl::Status Write(const store::WriteSet& changes, bool sync) override { return below_->Write(changes, sync); }
  absl::Status Sync() override { return below_->Sync(); }
  absl::Status TrimJournal(uint64_t lsn) override { return below_->TrimJournal(lsn); }
  uint64_t LogBytes() const override { return below_->LogBytes(); }
  absl::Status Flush() override { return below_->Flush(); }
  absl::Status PurgeRuns(std::span<const uint64_t> runs, std::atomic<bool>* stop) override {
    return below_->PurgeRuns(runs, stop);
  }
  absl::Status Resume() override { return below_->Resume(); }
  absl::Status broken() const override { return below_->broken(); }
  std::vector<std::string> damage() const override { return below_->damage(); }
  absl::StatusOr<store::DiskSpace> Space() const override { return below_->Space(); }
  uint64_t FamilyBytes(store::Family family) const override { return below_->FamilyBytes(family); }

 private:
  void Disturb(store::Family family) const {
    if (family == store::Family::kData && then_) std::exchange(then_, nullptr)();
  }

  store::Store* const below_;
  mutable std::function<void()> then_;
};

// `sealed_before`: what comes during the list joins a chunk that is there, so that there are no more chunks than
// before.
class SealedMeanwhileTest : public ReaderTest, public ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(InAnOldOrANewChunk, SealedMeanwhileTest, ::testing::Bool());

TEST_P(SealedMeanwhileTest, WhatIsSealedWhileAListIsMadeIsInItOnce) {
  const bool sealed_before = GetParam();
  v1::Batch first;
  AddDefine(first, 0, "loss");
  AddScalars(first, 0, 0, Ramp(2000));
  Push(0, first);
  SealAll();
  v1::Batch second;
  second.add_rewinds()->set_step(1500);
  AddScalars(second, 0, 1500, {7, 8, 9});
  Push(0, second);
  if (sealed_before) SealAll();
  v1::Batch third;
  AddScalars(third, 0, 1503, {10, 11});
  Push(0, third);
  bool sealed = false;
  DisturbedStore disturbed(store_.get(), [&] {
    SealAll();
    sealed = true;
  });
  reader_ = std::make_unique<Reader>(&disturbed, table_.get(), nullptr);
  const v1::SeriesStats stats = List(OfRun(1)).items(0).stats();
  EXPECT_TRUE(sealed);
  EXPECT_EQ(stats.count(), 1505u);
  EXPECT_EQ(stats.hidden(), 500u);
  EXPECT_EQ(stats.last(), 11);
  reader_.reset();
}

// The zero of relative time must be known also when nobody has found the statistics anew since the rewind.
TEST_F(ReaderTest, RelativeRangesHoldAfterARewind) {
  v1::Batch first;
  AddDefine(first, 0, "loss");
  AddScalars(first, 0, 0, Ramp(2000));  // wall times 1000, 1001, ...
  Push(0, first);
  SealAll();
  v1::Batch second;
  second.add_rewinds()->set_step(1500);
  Push(0, second);
  v1::ReadSeriesRequest request;
  request.set_x(v1::AXIS_RELATIVE);
  request.set_has_from(true);
  request.set_from(10);
  request.set_has_to(true);
  request.set_to(12);
  EXPECT_EQ(Steps(Read(request, "loss").points()), (std::vector<int64_t>{10, 11, 12}));
}

TEST_F(ReaderTest, WritersOfATagMakeOneLineAndCanBeReadAlone) {
  v1::Batch first;
  AddDefine(first, 0, "loss");
  AddScalars(first, 0, 0, {1, 2});
  Push(1, first);
  v1::Batch second;
  AddDefine(second, 0, "loss");
  AddScalars(second, 0, 2, {3, 4});
  Push(0, second);
  EXPECT_EQ(Steps(Read({}, "loss").points()), (std::vector<int64_t>{0, 1, 2, 3}));
  v1::SeriesSelector alone;
  alone.set_run_number(1);
  alone.set_tag("loss");
  alone.set_one_writer(true);
  alone.set_writer_number(0);
  v1::ReadSeriesReply reply;
  reader_->ReadSeries({}, alone, &reply);
  EXPECT_EQ(Steps(reply.points()), (std::vector<int64_t>{2, 3}));

  const std::vector<v1::ReadPointsReply> points = Points("loss", v1::KIND_SCALAR, false);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].writer_number(), 1u) << "whose first point came first";
  EXPECT_EQ(points[1].writer_number(), 0u);
}

TEST_F(ReaderTest, AnUnknownSeriesIsAReplyWithItsCode) {
  v1::Batch batch;
  AddDefine(batch, 0, "loss");
  AddScalars(batch, 0, 0, {1});
  Push(0, batch);
  EXPECT_EQ(Read({}, "nothing").code(), static_cast<uint32_t>(absl::StatusCode::kNotFound));
  EXPECT_FALSE(Read({}, "nothing").error().empty());
}

// Series with equal steps share an axis in the store; each must read as it was logged.
TEST_F(ReaderTest, SealedSeriesThatShareAnAxisReadAsLogged) {
  for (int part = 0; part < 3; ++part) {
    v1::Batch batch;
    for (uint32_t series = 0; series < 4; ++series) {
      if (part == 0) AddDefine(batch, series, "m" + std::to_string(series));
      std::vector<double> values = Ramp(900);
      for (double& value : values) value += series * 1000.0 + part;
      AddScalars(batch, series, part * 900, values);
    }
    Push(0, batch);
    SealAll();  // short chunks are written again, fuller
  }
  for (uint32_t series = 0; series < 4; ++series) {
    const v1::ReadSeriesReply reply = Read({}, "m" + std::to_string(series));
    ASSERT_EQ(reply.code(), 0u) << reply.error();
    ASSERT_EQ(reply.points().step_size(), 2700);
    for (int i = 0; i < 2700; ++i) {
      const int stretch = i / 900;
      ASSERT_EQ(reply.points().step(i), i);
      ASSERT_EQ(reply.points().value(i), (i % 900) / 4.0 + series * 1000.0 + stretch);
    }
  }
}

TEST_F(ReaderTest, ColumnsStandForAllPoints) {
  v1::Batch batch;
  AddDefine(batch, 0, "loss");
  AddScalars(batch, 0, 0, Ramp(20'000));
  Push(0, batch);
  SealAll();
  v1::ReadSeriesRequest request;
  request.set_columns(100);
  const v1::ReadSeriesReply reply = Read(request, "loss");
  ASSERT_FALSE(reply.exact());
  EXPECT_LE(reply.counts_size(), 100);
  EXPECT_EQ(reply.first().step(0), 0);
  EXPECT_EQ(reply.last().step(reply.counts_size() - 1), 19'999);
  uint64_t total = 0;
  for (const uint64_t count : reply.counts()) total += count;
  EXPECT_EQ(total, 20'000u);
}

TEST_F(ReaderTest, PayloadsComeWholeWithTheirHiddenFlags) {
  v1::Batch first;
  AddDefine(first, 0, "note", v1::KIND_TEXT);
  v1::Column* column = first.add_columns();
  v1::Axis* axis = first.add_axes();
  for (int i = 0; i < 3; ++i) {
    axis->add_step_deltas(i == 0 ? 0 : 1);
    axis->add_walls(1);
    column->add_values()->mutable_text()->add_values("v" + std::to_string(i));
  }
  Push(0, first);
  ASSERT_EQ(Refusals(0), 0u);
  v1::Batch rewind;
  rewind.add_rewinds()->set_step(2);
  Push(0, rewind);
  const std::vector<v1::ReadPointsReply> shown = Points("note", v1::KIND_TEXT, false);
  ASSERT_EQ(shown.size(), 1u);
  ASSERT_EQ(shown[0].values_size(), 2);
  EXPECT_EQ(shown[0].values(1).text().values(0), "v1");
  const std::vector<v1::ReadPointsReply> all = Points("note", v1::KIND_TEXT, true);
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].values_size(), 3);
  EXPECT_EQ(std::vector<bool>(all[0].points().hidden().begin(), all[0].points().hidden().end()),
            (std::vector<bool>{false, false, true}));
}

TEST_F(ReaderTest, ManyPointsComeInRepliesOfBoundedSize) {
  for (int part = 0; part < 2; ++part) {
    v1::Batch batch;
    AddDefine(batch, 0, "loss");
    AddScalars(batch, 0, part * 50'000, Ramp(50'000));
    Push(0, batch);
  }
  size_t points = 0;
  for (const v1::ReadPointsReply& reply : Points("loss", v1::KIND_SCALAR, false)) {
    EXPECT_LE(reply.ByteSizeLong(), size_t{2} << 20);
    for (int i = 0; i < reply.points().step_size(); ++i)
      ASSERT_EQ(reply.points().step(i), static_cast<int64_t>(points++));
  }
  EXPECT_EQ(points, 100'000u);
}

TEST_F(ReaderTest, BlobsAreReadWholeAndInRangesButNotBeforeTheyAreComplete) {
  std::string bytes((size_t{1} << 20) + 1000, 'x');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  std::string sha(32, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(sha.data()));
  const auto push = [&](size_t from, size_t size) {
    v1::Batch batch;
    v1::BlobPart* part = batch.add_blobs();
    part->set_sha256(sha);
    part->set_size(bytes.size());
    part->set_offset(from);
    part->set_data(bytes.substr(from, size));
    Push(0, batch);
  };
  std::string got;
  v1::ReadBlobReply first;
  const auto read = [&](uint64_t offset, std::optional<uint64_t> length) {
    got.clear();
    first.Clear();
    v1::ReadBlobRequest request;
    request.set_run_number(1);
    request.set_sha256(sha);
    request.set_offset(offset);
    request.set_has_length(length.has_value());
    request.set_length(length.value_or(0));
    bool begun = false;
    return reader_->ReadBlob(request, [&](const v1::ReadBlobReply& reply) {
      if (!begun) first = reply;
      begun = true;
      got += reply.data();
      return true;
    });
  };
  push(0, size_t{1} << 20);
  EXPECT_TRUE(absl::IsNotFound(read(0, std::nullopt)));
  push(size_t{1} << 20, 1000);
  ASSERT_EQ(Refusals(0), 0u);
  ASSERT_TRUE(read(0, std::nullopt).ok());
  EXPECT_EQ(got, bytes);
  EXPECT_EQ(first.size(), bytes.size());
  EXPECT_EQ(first.type(), "image/png");
  const size_t border = (size_t{1} << 20) - 3;
  ASSERT_TRUE(read(border, 10).ok());
  EXPECT_EQ(got, bytes.substr(border, 10));
  ASSERT_TRUE(read(bytes.size() - 5, 100).ok());
  EXPECT_EQ(got, bytes.substr(bytes.size() - 5));
  EXPECT_EQ(first.type(), "image/png");
  EXPECT_FALSE(read(bytes.size() + 1, std::nullopt).ok());
}

TEST_F(ReaderTest, ADamagedChunkIsLeftOutAndNamed) {
  v1::Batch batch;
  AddDefine(batch, 0, "loss");
  AddScalars(batch, 0, 0, Ramp(2000));
  Push(0, batch);
  SealAll();
  store::WriteSet damage;
  damage.Put(store::Family::kData, store::ChunkKey(1, {0, 0}, 0), "this is no chunk");
  ASSERT_TRUE(store_->Write(damage, false).ok());
  const v1::ReadSeriesReply reply = Read({}, "loss");
  EXPECT_EQ(reply.code(), 0u) << reply.error();
  EXPECT_EQ(reply.count(), 2000u - series::kChunkPoints);
  EXPECT_NE(reply.damage().find("chunk 0"), std::string::npos) << reply.damage();
}

}  // namespace
}  // namespace stepwell::ingest
