#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/model_seeds_testing.h"
#include "spool/format.h"
#include "spool/reader.h"
#include "spool/writer.h"

namespace stepwell::spool {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Outcome = SpoolReader::Outcome;

class SpoolTest : public testing::Test {
 protected:
  SpoolTest() {
    std::string pattern = testing::TempDir() + "/spoolXXXXXX";
    root_ = mkdtemp(pattern.data());
  }
  ~SpoolTest() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<SpoolWriter> Make(WriterOptions options = {}, const std::string& id = "one") {
    std::unique_ptr<SpoolWriter> made;
    const Status status = SpoolWriter::Create(root_, id, "{}", options, &made);
    EXPECT_TRUE(status.ok()) << status.why();
    return made;
  }
  std::string Folder() const { return root_ + "/one"; }

  std::string root_;
};

std::vector<std::string> ReadAll(SpoolReader& reader, bool dead = true) {
  std::vector<std::string> bodies;
  while (reader.Next(dead) == Outcome::kRecord) bodies.emplace_back(reader.body());
  return bodies;
}

std::string FileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void Overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST_F(SpoolTest, WhatIsAppendedIsReadAcrossSegmentsAndFromEachPosition) {
  auto writer = Make({.segment_bytes = 64});
  std::vector<std::string> bodies;
  std::vector<Position> positions;
  for (int i = 0; i < 50; ++i) {
    bodies.push_back(std::string(1 + i, static_cast<char>('a' + i % 26)));
    ASSERT_TRUE(writer->Append(bodies.back()).ok());
    positions.push_back(writer->position());
  }
  writer.reset();
  EXPECT_GT(Segments(Folder()).size(), 5u);
  for (size_t from = 0; from < bodies.size(); ++from) {
    SpoolReader reader(Folder(), positions[from]);
    EXPECT_EQ(ReadAll(reader), std::vector<std::string>(bodies.begin() + from + 1, bodies.end())) << from;
    EXPECT_EQ(reader.cut() + reader.damaged(), 0u);
  }
  SpoolReader whole(Folder());
  EXPECT_EQ(ReadAll(whole), bodies);
}

TEST_F(SpoolTest, ARecordLargerThanTheReadersBlockIsWhole) {
  auto writer = Make();
  const std::string large(5u << 20, 'x');
  ASSERT_TRUE(writer->Append("a").ok());
  ASSERT_TRUE(writer->Append(large).ok());
  ASSERT_TRUE(writer->Append("b").ok());
  SpoolReader reader(Folder());
  EXPECT_EQ(ReadAll(reader, false), (std::vector<std::string>{"a", large, "b"}));
}

TEST_F(SpoolTest, ARecordWithoutBytesOrTooLargeIsRefused) {
  auto writer = Make();
  EXPECT_EQ(writer->Append("").code(), Code::kInvalid);
  EXPECT_EQ(writer->Append(std::string(kMaxBody + 1, 'x')).code(), Code::kInvalid);
}

TEST_F(SpoolTest, EachCutOfTheLastRecordIsWaitedForWhileTheWriterLivesAndCutWhenItIsDead) {
  ASSERT_TRUE(Make()->Append("first").ok());
  const std::string path = SegmentPath(Folder(), 1), good = FileBytes(path), last = Framed("second");
  for (size_t cut = 1; cut < last.size(); ++cut) {
    Overwrite(path, good + last.substr(0, cut));
    SpoolReader alive(Folder());
    EXPECT_THAT(ReadAll(alive, false), ElementsAre("first"));
    EXPECT_EQ(alive.cut(), 0u);
    Overwrite(path, good + last);
    EXPECT_THAT(ReadAll(alive, false), ElementsAre("second"));
    Overwrite(path, good + last.substr(0, cut));
    SpoolReader dead(Folder());
    EXPECT_THAT(ReadAll(dead), ElementsAre("first"));
    EXPECT_EQ(dead.cut(), cut);
    EXPECT_THAT(ReadAll(dead), IsEmpty());
    EXPECT_EQ(dead.cut(), cut);
  }
}

TEST_F(SpoolTest, DamageCostsTheRestOfItsSegmentOnly) {
  auto writer = Make({.segment_bytes = 30});
  for (const char* body : {"aaaa", "bbbb", "cccc", "dddd"}) ASSERT_TRUE(writer->Append(body).ok());
  writer.reset();
  ASSERT_THAT(Segments(Folder()), ElementsAre(1u, 2u));
  const std::string path = SegmentPath(Folder(), 1);
  std::string bytes = FileBytes(path);
  bytes[kMagic.size() + kRecordHead] ^= 1;
  Overwrite(path, bytes);
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader), ElementsAre("cccc", "dddd"));
  EXPECT_EQ(reader.damaged(), bytes.size() - kMagic.size());
  EXPECT_EQ(reader.cut(), 0u);
}

TEST_F(SpoolTest, AWrongRecordBeforeAGoodOneIsDamageInTheLastSegmentToo) {
  auto writer = Make();
  for (const char* body : {"aaaa", "bbbb"}) ASSERT_TRUE(writer->Append(body).ok());
  writer.reset();
  const std::string path = SegmentPath(Folder(), 1);
  std::string bytes = FileBytes(path);
  bytes[kMagic.size() + kRecordHead] ^= 1;
  Overwrite(path, bytes);
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader), IsEmpty());
  EXPECT_EQ(reader.damaged(), bytes.size() - kMagic.size());
  EXPECT_EQ(reader.cut(), 0u);
}

TEST_F(SpoolTest, AShortWriteIsTakenBackAndTheNextRecordFollows) {
  auto writer = Make({.drop_when_full = true});
  ASSERT_TRUE(writer->Append("first").ok());
  const auto before = signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  rlimit small = limit;
  small.rlim_cur = writer->position().offset + 10;  // the kernel takes 10 bytes of the record
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status refused = writer->Append(std::string(100, 'x'));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  signal(SIGXFSZ, before);
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(std::filesystem::file_size(SegmentPath(Folder(), 1)), writer->position().offset);
  ASSERT_TRUE(writer->Append("second").ok());
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader, false), ElementsAre("first", "second"));
}

TEST_F(SpoolTest, AFullSpoolDropsAndCountsButTakesWhatMustGetThrough) {
  auto writer = Make({.max_bytes = 1000, .drop_when_full = true});
  uint64_t kept = 0, dropped = 0;
  for (int i = 0; i < 100; ++i) {
    const Status status = writer->Append(std::string(40, 'x'));
    if (status.ok()) {
      ++kept;
    } else {
      ASSERT_EQ(status.code(), Code::kFull);
      ++dropped;
    }
  }
  EXPECT_GT(kept, 10u);
  EXPECT_GT(dropped, 10u);
  EXPECT_EQ(writer->dropped(), dropped);
  EXPECT_LE(writer->position().offset, 1000u);
  EXPECT_TRUE(writer->Append({.body = "status", .always = true}).ok());
  SpoolReader reader(Folder());
  EXPECT_EQ(ReadAll(reader, false).size(), kept + 1);
}

TEST_F(SpoolTest, AFullSpoolBlocksUntilThereIsRoom) {
  const std::string other = root_ + "/other";
  Overwrite(other, std::string(2000, 'x'));
  auto writer = Make({.max_bytes = 1000});
  std::thread logging([&] { EXPECT_TRUE(writer->Append("late").ok()); });
  EXPECT_EQ(writer->position().offset, kMagic.size());
  std::filesystem::remove(other);
  logging.join();
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader, false), ElementsAre("late"));
}

TEST_F(SpoolTest, WhatARecordNeedsIsToldOnceInEachSegment) {
  Definition series{"series"}, layout{"layout"};
  Definition* const needs[] = {&series, &layout};
  auto writer = Make({.segment_bytes = 60});
  for (const char* body : {"row 1", "row 2", "row 3"}) ASSERT_TRUE(writer->Append({.body = body, .needs = needs}).ok());
  writer.reset();
  ASSERT_THAT(Segments(Folder()), ElementsAre(1u, 2u));
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader), ElementsAre("series", "layout", "row 1", "row 2", "series", "layout", "row 3"));
}

TEST_F(SpoolTest, ARecordsBlobsAreWholeInItsSegmentAndNothingElseIsLeft) {
  const std::string_view blobs[] = {"one", "two", "one"};
  auto writer = Make({.segment_bytes = 20});
  ASSERT_TRUE(writer->Append({.body = "names them", .blobs = blobs}).ok());
  ASSERT_TRUE(writer->Append({.body = "names them, too", .blobs = blobs}).ok());
  EXPECT_EQ(writer->Append({.body = "", .blobs = blobs}).code(), Code::kInvalid);
  writer.reset();
  for (const uint32_t segment : {1u, 2u}) {
    for (const std::string_view blob : blobs)
      EXPECT_EQ(FileBytes(BlobsPath(Folder(), segment) + "/" + ToHex(Sha256(blob))), blob);
  }
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(Folder())) files.push_back(entry.path().filename());
  EXPECT_THAT(files, testing::UnorderedElementsAre("alive", "writer.json", "00000001.seg", "00000002.seg",
                                                   "00000001.blobs", "00000002.blobs"));
}

TEST_F(SpoolTest, AFullSpoolEndsItsSegmentSoThatItsRoomCanComeBack) {
  auto writer = Make({.max_bytes = 10'000, .drop_when_full = true});
  while (writer->dropped() == 0) (void)writer->Append(std::string(100, 'x'));
  EXPECT_EQ(writer->position(), (Position{2, kMagic.size()}));
  std::filesystem::remove(SegmentPath(Folder(), 1));
  // It is looked for room a moment after there was none.
  while (!writer->Append("again").ok()) std::this_thread::yield();
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader), ElementsAre("again"));
}

TEST_F(SpoolTest, AForksChildMayNotWriteAndDestroyingItsCopyHarmsNobody) {
  auto writer = Make();
  const pid_t child = fork();
  if (child == 0) {
    const bool refused = writer->Append("child").code() == Code::kNotOurs;
    const bool alive = IsAlive(writer->folder());  // the parent's lock, seen from another process
    writer.reset();
    _exit(refused && alive && IsAlive(Folder()) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(writer->Append("parent").ok());
  SpoolReader reader(Folder());
  EXPECT_THAT(ReadAll(reader, false), ElementsAre("parent"));
}

// A child appends numbers from two threads and tells each number through a pipe once Append has returned.
void AppendUntilKilled(const std::string& root, int told) {
  std::unique_ptr<SpoolWriter> writer;
  if (!SpoolWriter::Create(root, "one", "{}", {.segment_bytes = 4096}, &writer).ok()) _exit(1);
  const auto append = [&](uint64_t number) {
    while (true) {
      std::string body;
      PutLe64(body, number);
      body.append(number % 97, 'x');
      if (!writer->Append(body).ok() || write(told, &number, sizeof number) != sizeof number) _exit(1);
      number += 2;
    }
  };
  std::thread even([&] { append(0); });
  append(1);
}

TEST_F(SpoolTest, WhatAppendReturnedFromIsReadOnceAfterKill) {
  const ModelSeeds seeds = ReadModelSeeds(30);
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.worlds; ++seed) {
    SCOPED_TRACE(seed);
    std::filesystem::remove_all(Folder());
    int pipes[2];
    ASSERT_EQ(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) AppendUntilKilled(root_, pipes[1]);
    close(pipes[1]);
    std::vector<uint64_t> told;
    uint64_t number = 0;
    const uint64_t until = std::mt19937_64(seed)() % 3000;
    while (told.size() <= until && read(pipes[0], &number, sizeof number) == sizeof number) told.push_back(number);
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    while (read(pipes[0], &number, sizeof number) == sizeof number) told.push_back(number);
    close(pipes[0]);
    ASSERT_GT(told.size(), until);
    EXPECT_FALSE(IsAlive(Folder()));
    SpoolReader reader(Folder());
    uint64_t next[2] = {0, 1};
    for (const std::string& body : ReadAll(reader)) {
      const uint64_t got = ByteReader(body).Le64();
      ASSERT_EQ(got, next[got % 2]);
      next[got % 2] += 2;
      ASSERT_EQ(body.size(), 8 + got % 97);
    }
    EXPECT_EQ(reader.damaged(), 0u);
    for (const uint64_t returned : told) ASSERT_LT(returned, next[returned % 2]);
  }
}

// The Python client made it, with every type of record (libs/python/tests/test_spool.py).
TEST_F(SpoolTest, TheGoldenFileIsReadAndWrittenTheSame) {
  const char* source = std::getenv("STEPWELL_SOURCE");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  ASSERT_NE(source, nullptr) << "run by ctest";
  const std::string golden = std::string(source) + "/tests/data/golden/spool";
  SpoolReader reader(golden);
  const std::vector<std::string> bodies = ReadAll(reader);
  auto writer = Make();
  std::set<int> types;
  for (const std::string& body : bodies) {
    types.insert(body[0]);
    ASSERT_TRUE(writer->Append(body).ok());
  }
  EXPECT_THAT(types, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(FileBytes(SegmentPath(Folder(), 1)), FileBytes(SegmentPath(golden, 1)));
}

}  // namespace
}  // namespace stepwell::spool
