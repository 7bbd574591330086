#include "upload/log_tree.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "upload/log_writer.h"
#include "upload/uploader.h"

namespace stepwell::upload {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::string> Names(const LogTree& tree) {
  std::vector<std::string> names;
  for (const RunFolder& run : tree.runs) {
    names.push_back(run.name);
  }
  return names;
}

TEST(LogTree, EveryFolderWithEventFilesIsARun) {
  TestFolder folder;
  folder.Append("events.out.tfevents.1", "x");
  folder.Append("a/b/events.out.tfevents.1", "x");
  folder.Append("a/notes.txt", "x");
  folder.Append("c/events.out.tfevents.1.gz", "x");
  folder.Append("d/projector_config.pbtxt", "x");
  const LogTree tree = ScanLogTree(folder.path());
  EXPECT_THAT(Names(tree), UnorderedElementsAre(".", "a/b", "d"));
  ASSERT_EQ(tree.problems.size(), 1u);
  EXPECT_EQ(tree.problems[0].path, "c/events.out.tfevents.1.gz");
}

TEST(LogTree, FilesOfARunAreInNaturalOrder) {
  TestFolder folder;
  for (const char* name : {"events.out.tfevents.10", "events.out.tfevents.9", "events.out.tfevents.9.v2"}) {
    folder.Append(name, "x");
  }
  const LogTree tree = ScanLogTree(folder.path());
  ASSERT_EQ(tree.runs.size(), 1u);
  std::vector<std::string> names;
  for (const LogFile& file : tree.runs[0].events) {
    names.push_back(file.name);
  }
  EXPECT_THAT(names, ElementsAre("events.out.tfevents.9", "events.out.tfevents.9.v2", "events.out.tfevents.10"));
}

TEST(LogTree, ProfilesBelongToTheRunAboveThem) {
  TestFolder folder;
  folder.Append("train/events.out.tfevents.1", "x");
  folder.Append("train/plugins/profile/2024/events.out.tfevents.2", "x");
  folder.Append("train/plugins/profile/2024/host.xplane.pb", "x");
  const LogTree tree = ScanLogTree(folder.path());
  EXPECT_THAT(Names(tree), ElementsAre("train"));
  EXPECT_TRUE(tree.runs[0].has_profiles);
}

TEST(LogTree, LinksAreFollowedAndLoopsEnd) {
  TestFolder folder;
  folder.Append("run/events.out.tfevents.1", "x");
  std::filesystem::create_symlink("run", folder.path() / "latest");
  std::filesystem::create_symlink("..", folder.path() / "run" / "up");
  std::filesystem::create_symlink("nowhere", folder.path() / "broken");
  EXPECT_THAT(Names(ScanLogTree(folder.path())), UnorderedElementsAre("run", "latest"));
}

TEST(LogTree, NamesThatAreNotUtf8AreWrittenOut) {
  TestFolder folder;
  folder.Append("a\xff/events.out.tfevents.1", "x");
  EXPECT_THAT(Names(ScanLogTree(folder.path())), ElementsAre("a\\xff"));
}

TEST(LogTree, ALogDirectoryThatIsNotThereIsAProblem) {
  const LogTree tree = ScanLogTree("/nowhere/at/all");
  ASSERT_EQ(tree.problems.size(), 1u);
  EXPECT_EQ(tree.problems[0].path, ".");
}

TEST(FindRuns, TheSameNameInTwoLogDirectoriesIsTwoRuns) {
  TestFolder folder;
  for (const char* file : {"one/events.out.tfevents.1", "two/events.out.tfevents.1", "one/a/events.out.tfevents.1",
                           "two/a/events.out.tfevents.1"}) {
    folder.Append(file, "x");
  }
  std::vector<std::string> names;
  for (const FoundRun& run : FindRuns({folder.path() / "one", (folder.path() / "two").string() + "/"}).runs) {
    names.push_back(run.folder.name);
  }
  EXPECT_THAT(names, ElementsAre(".", "a", "two", "two/a"));
}

}  // namespace
}  // namespace stepwell::upload
