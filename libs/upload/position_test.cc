#include "upload/position.h"

#include <fcntl.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "upload/log_writer.h"

namespace stepwell::upload {
namespace {

class PositionTest : public testing::Test {
 protected:
  FilePosition At(uint64_t offset) {
    FilePosition position;
    position.offset = offset;
    const int fd = open(Path().c_str(), O_RDONLY);
    EXPECT_TRUE(position.Fingerprint(fd).ok());
    close(fd);
    return position;
  }
  FileMatch Match(const FilePosition& position) {
    const int fd = open(Path().c_str(), O_RDONLY);
    const FileMatch match = *MatchFile(position, fd);
    close(fd);
    return match;
  }
  std::string Path() const { return folder_.path() / "f"; }

  TestFolder folder_;
};

TEST_F(PositionTest, ComesBackFromItsBytes) {
  folder_.Append("f", std::string(3000, 'x'));
  FilePosition position = At(2000);
  position.items = 7;
  position.status_seen = true;
  position.state = "state";
  EXPECT_LE(position.Encode().size(), 1024u);
  const auto back = FilePosition::Decode(position.Encode());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->Encode(), position.Encode());
  EXPECT_EQ(back->offset, 2000u);
  EXPECT_EQ(back->items, 7u);
  EXPECT_TRUE(back->status_seen);
  EXPECT_FALSE(back->finished);
  EXPECT_EQ(back->state, "state");
}

TEST_F(PositionTest, CutBytesAreNoPosition) {
  folder_.Append("f", std::string(3000, 'x'));
  const std::string bytes = At(2000).Encode();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(FilePosition::Decode(bytes.substr(0, size)).has_value()) << size;
  }
}

TEST_F(PositionTest, TheSameLogIsKnownWhenItHasGrown) {
  folder_.Append("f", std::string(100, 'x'));
  const FilePosition position = At(100);
  folder_.Append("f", "more");
  EXPECT_EQ(Match(position), FileMatch::kSame);
}

TEST_F(PositionTest, AFileThatWasCutIsShorterAndNoOther) {
  folder_.Append("f", std::string(100, 'x'));
  const FilePosition position = At(100);
  for (const size_t size : {size_t{0}, size_t{10}, size_t{99}}) {
    folder_.Replace("f", std::string(size, 'x'));
    EXPECT_EQ(Match(position), FileMatch::kShorter) << size;
  }
}

TEST_F(PositionTest, AnotherFileIsNoticedWhereverItDiffers) {
  folder_.Append("f", std::string(5000, 'x'));
  const FilePosition position = At(4000);
  for (const size_t at : {size_t{0}, size_t{63}, size_t{1000}, size_t{3990}}) {
    std::string other(5000, 'x');
    other[at] = 'y';
    folder_.Replace("f", other);
    EXPECT_EQ(Match(position), FileMatch::kReplaced) << at;
  }
  folder_.Replace("f", "yy");  // shorter, and other
  EXPECT_EQ(Match(position), FileMatch::kReplaced);
}

TEST(ContentPosition, ComesBackFromItsBytes) {
  const ContentPosition position{std::string(32, 'h'), 3};
  const auto back = ContentPosition::Decode(position.Encode());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->sha256, position.sha256);
  EXPECT_EQ(back->items, 3u);
  EXPECT_FALSE(FilePosition::Decode(position.Encode()).has_value());
}

}  // namespace
}  // namespace stepwell::upload
