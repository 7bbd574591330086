#include "stepwell/config_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stepwell {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigFileTest : public testing::Test {
 protected:
  ConfigFileTest() {
    std::string name = std::filesystem::temp_directory_path() / "stepwell-config-XXXXXX";
    folder_ = mkdtemp(name.data());
    command_.add_option("--http", http_);
    command_.add_option("--seal-points", seal_points_);
    command_.add_option("--ingest-commit-window", window_);
  }
  ~ConfigFileTest() override { std::filesystem::remove_all(folder_); }

  absl::Status Apply(const std::string& text, const std::string& arguments = "") {
    std::ofstream(folder_ / "c.toml") << text;
    command_.parse(arguments, false);
    return ApplyConfigFile(folder_ / "c.toml", command_);
  }

  std::filesystem::path folder_;
  CLI::App command_;
  std::string http_ = "default", window_ = "3ms";
  int seal_points_ = 1024;
};

TEST_F(ConfigFileTest, SectionsAndKeysAreTheFlags) {
  ASSERT_TRUE(Apply("http = \"127.0.0.1:1\"\nseal-points = 10\n\n[ingest]\ncommit-window = \"5ms\"\n").ok());
  EXPECT_EQ(http_, "127.0.0.1:1");
  EXPECT_EQ(seal_points_, 10);
  EXPECT_EQ(window_, "5ms");
}

TEST_F(ConfigFileTest, AFlagWins) {
  ASSERT_TRUE(Apply("http = \"file\"\n", "--http flag").ok());
  EXPECT_EQ(http_, "flag");
}

TEST_F(ConfigFileTest, AllMistakesAreReportedWithTheirLinesAndTheNearestName) {
  const absl::Status status = Apply("htpp = \"x\"\nseal-points = \"many\"\nzzzzzzzzzz = 1\n");
  ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("c.toml:1: there is no setting \"htpp\"; did you mean \"http\"?"));
  EXPECT_THAT(message, HasSubstr("c.toml:2: "));
  EXPECT_THAT(message, HasSubstr("c.toml:3: there is no setting \"zzzzzzzzzz\""));
  EXPECT_THAT(message, Not(HasSubstr("\"zzzzzzzzzz\"; did")));
}

TEST_F(ConfigFileTest, AFileThatIsNotThereIsAMistake) {
  EXPECT_FALSE(ApplyConfigFile(folder_ / "none.toml", command_).ok());
}

}  // namespace
}  // namespace stepwell
