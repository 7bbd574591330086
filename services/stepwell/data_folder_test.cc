#include "stepwell/data_folder.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stepwell {
namespace {

using testing::HasSubstr;

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() {
    std::string name = std::filesystem::temp_directory_path() / "stepwell-data-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~DataFolderTest() override { std::filesystem::remove_all(root_); }
  std::filesystem::path root_;
};

TEST_F(DataFolderTest, IsMadeSoThatOthersCannotListIt) {
  ASSERT_TRUE(DataFolder::Open(root_ / "a" / "b").ok());
  struct stat info;
  ASSERT_EQ(stat((root_ / "a" / "b").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0066u, 0u);
}

TEST_F(DataFolderTest, ASecondProcessIsToldWhoWorksThere) {
  auto first = DataFolder::Open(root_ / "d");
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = DataFolder::Open(root_ / "d");
  ASSERT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("another Stepwell (process "));
  first->reset();
  EXPECT_TRUE(DataFolder::Open(root_ / "d").ok());
}

TEST_F(DataFolderTest, ANewerFormatIsRefused) {
  ASSERT_TRUE(DataFolder::Open(root_ / "d").ok());
  std::ofstream(root_ / "d" / "format") << kDataFormat + 1 << "\n";
  const auto opened = DataFolder::Open(root_ / "d");
  ASSERT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("newer program"));
}

TEST_F(DataFolderTest, AFileInItsPlaceIsAnErrorWithTheWayOut) {
  std::ofstream(root_ / "d") << "x";
  EXPECT_THAT(std::string(DataFolder::Open(root_ / "d").status().message()), HasSubstr("--data"));
}

}  // namespace
}  // namespace stepwell
