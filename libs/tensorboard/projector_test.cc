#include "tensorboard/projector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tensorboard/checkpoint.h"
#include "tensorboard/embedding_table.h"
#include "tensorboard/projector.pb.h"
#include "tensorboard/snappy.h"
#include "tensorboard/testing.h"

namespace stepwell::tensorboard {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::map<std::string, const FoundEmbedding*> ByTag(const Projector& projector) {
  std::map<std::string, const FoundEmbedding*> found;
  for (const FoundEmbedding& embedding : projector.embeddings) found[embedding.series.tag()] = &embedding;
  return found;
}

std::vector<float> Floats(const std::string& data) {
  std::vector<float> floats(data.size() / sizeof(float));
  std::memcpy(floats.data(), data.data(), data.size());
  return floats;
}

Projector ReadCase() {
  const auto folder = DataFolder() / "cases/19-projector-tsv/logdir";
  auto projector = ReadProjector((folder / "run").string(), folder.string());
  EXPECT_TRUE(projector.ok()) << projector.status();
  return *std::move(projector);
}

TEST(Projector, ReadsTextAndRawVectors) {
  const Projector projector = ReadCase();
  const auto found = ByTag(projector);
  ASSERT_EQ(found.size(), 5u);
  for (const auto& [tag, embedding] : found) {
    const v1::Tensor& vectors = embedding->value.embedding().vectors();
    EXPECT_THAT(vectors.shape(), ElementsAre(4, 3)) << tag;
    EXPECT_THAT(Floats(vectors.data()), ElementsAre(0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5)) << tag;
    EXPECT_EQ(embedding->series.plugin(), "projector");
  }
}

TEST(Projector, OneColumnIsLabelsOrAHeaderAndLabelsByTheNumberOfRows) {
  const Projector projector = ReadCase();
  const auto found = ByTag(projector);
  const v1::Embedding& labels = found.at("labels")->value.embedding();
  EXPECT_THAT(labels.columns(), ElementsAre("label"));
  EXPECT_FALSE(labels.metadata_has_header());
  const v1::Embedding& header = found.at("labels_with_header")->value.embedding();
  EXPECT_THAT(header.columns(), ElementsAre("unit"));
  EXPECT_TRUE(header.metadata_has_header());
  EXPECT_EQ(header.sprite_width(), 2u);
  EXPECT_EQ(header.sprite().type(), "image/png");
  EXPECT_THAT(found.at("table")->value.embedding().columns(), ElementsAre("word", "count"));
  EXPECT_THAT(found.at("plain")->value.embedding().columns(), IsEmpty());
}

TEST(Projector, ShortMetadataAndMissingFilesAreWarningsThatNameTheEmbedding) {
  const Projector projector = ReadCase();
  ASSERT_EQ(projector.warnings.size(), 2u);
  EXPECT_EQ(projector.warnings[0].embedding, "short_metadata");
  EXPECT_THAT(projector.warnings[0].reason, HasSubstr("2 rows of metadata for 4 vectors"));
  EXPECT_EQ(projector.warnings[1].embedding, "missing_file");
  EXPECT_THAT(projector.warnings[1].reason, HasSubstr("tensor file not found"));
}

TEST(Projector, BlobsAreThoseThatTheValueNames) {
  const Projector projector = ReadCase();
  const FoundEmbedding& found = *ByTag(projector).at("labels_with_header");
  ASSERT_EQ(found.blobs.size(), 2u);
  EXPECT_EQ(found.blobs[0].sha256, found.value.embedding().metadata().sha256());
  EXPECT_EQ(found.blobs[1].sha256, found.value.embedding().sprite().sha256());
  EXPECT_EQ(Sha256(found.blobs[1].bytes), found.blobs[1].sha256);
}

TEST(Projector, TheSameFilesHaveTheSameFingerprint) {
  const TempFolder folder;
  folder.Write("projector_config.pbtxt", "embeddings { tensor_name: 'e' tensor_path: 'v.tsv' }");
  folder.Write("v.tsv", "1\t2\n");
  const std::string first = ReadProjector(folder.path(), folder.path())->fingerprint;
  EXPECT_EQ(ReadProjector(folder.path(), folder.path())->fingerprint, first);
  folder.Write("v.tsv", "1\t3\n");
  EXPECT_NE(ReadProjector(folder.path(), folder.path())->fingerprint, first);
}

TEST(Projector, FilesOutsideTheLogDirectoryAreNotRead) {
  const TempFolder folder;
  folder.Write("secret.tsv", "1\t2\n");
  folder.Write("logs/run/v.tsv", "1\t2\n");
  std::filesystem::create_symlink(folder / "secret.tsv", folder / "logs/run/link.tsv");
  folder.Write("logs/run/projector_config.pbtxt",
               "embeddings { tensor_name: 'up' tensor_path: '../../secret.tsv' }\n"
               "embeddings { tensor_name: 'absolute' tensor_path: '" +
                   folder / "secret.tsv" +
                   "' }\n"
                   "embeddings { tensor_name: 'link' tensor_path: 'link.tsv' }\n"
                   "embeddings { tensor_name: 'fine' tensor_path: 'v.tsv' metadata_path: '/etc/passwd' }\n");
  const auto projector = ReadProjector(folder / "logs/run", folder / "logs");
  ASSERT_TRUE(projector.ok());
  ASSERT_EQ(projector->embeddings.size(), 1u);
  EXPECT_FALSE(projector->embeddings[0].value.embedding().has_metadata());
  ASSERT_EQ(projector->warnings.size(), 4u);
  for (const ProjectorWarning& warning : projector->warnings)
    EXPECT_THAT(warning.reason, HasSubstr("outside the log directory"));
}

TEST(Projector, AConfigurationWithFieldsThatNobodyKnowsIsRead) {
  const TempFolder folder;
  folder.Write("projector_config.pbtxt",
               "future: 3\nembeddings { tensor_name: \"e\" colour { red: 1 } tensor_path: \"v.tsv\" }");
  folder.Write("v.tsv", "1\t2\n3\t4\n");
  EXPECT_EQ(ReadProjector(folder.path(), folder.path())->embeddings.size(), 1u);
}

TEST(Projector, AConfigurationThatCannotBeReadIsOneWarningWithItsLine) {
  const TempFolder folder;
  folder.Write("projector_config.pbtxt", "embeddings {\n  tensor_name: }\n");
  const auto projector = ReadProjector(folder.path(), folder.path());
  ASSERT_EQ(projector->warnings.size(), 1u);
  EXPECT_THAT(projector->warnings[0].reason, HasSubstr("line 2"));
  EXPECT_TRUE(absl::IsNotFound(ReadProjector(folder / "none", folder.path()).status()));
}

TEST(Projector, KerasWeightsAreSkippedSayingWhatIsRead) {
  const TempFolder folder;
  folder.Write("projector_config.pbtxt", "embeddings { tensor_name: 'layer/VARIABLE_VALUE' }");
  folder.Write("train/keras_embedding.ckpt-0.weights.h5", "\x89HDF");
  const auto projector = ReadProjector(folder.path(), folder.path());
  ASSERT_EQ(projector->warnings.size(), 1u);
  EXPECT_THAT(projector->warnings[0].reason, HasSubstr("not from Keras .h5"));
}

TEST(EmbeddingTable, NumbersOfEverySpelling) {
  const auto vectors = ParseVectors(
      "\xef\xbb\xbf"
      "1.5\t-2e3\tnan\r\n+4\tinf\t1e99\r\n\n");
  ASSERT_TRUE(vectors.ok());
  EXPECT_EQ(vectors->rows, 2u);
  EXPECT_EQ(vectors->dimensions, 3u);
  EXPECT_EQ(Floats(vectors->data)[1], -2000);
  EXPECT_EQ(Floats(vectors->data)[3], 4);
  EXPECT_EQ(Floats(vectors->data)[5], std::numeric_limits<float>::infinity());
}

TEST(EmbeddingTable, ABadLineIsNamed) {
  EXPECT_THAT(std::string(ParseVectors("1\t2\n3\n").status().message()), HasSubstr("line 2 has 1 numbers"));
  EXPECT_THAT(std::string(ParseVectors("1\t2\n3\tx\n").status().message()), HasSubstr("line 2 is not of numbers"));
}

TEST(EmbeddingTable, EmptyLabelsAndAMissingLastNewlineCount) {
  EXPECT_EQ(ReadMetadataShape("a\n\nc", 3).rows, 3u);
  EXPECT_EQ(ReadMetadataShape("a\n\nc\n", 3).rows, 3u);
  EXPECT_TRUE(ReadMetadataShape("a\n\nc\n", 2).has_header);
  EXPECT_THAT(ReadMetadataShape("x\ty\r\n1\t\r\n", 5).columns, ElementsAre("x", "y"));
  EXPECT_EQ(ReadMetadataShape("", 5).rows, 0u);
}

TEST(Snappy, LiteralsAndCopiesAreUndone) {
  EXPECT_EQ(*UndoSnappy("\x05\x10hello"s, 100), "hello");
  // "ab", then 10 bytes from 2 before the end: copies may overlap what they write.
  EXPECT_EQ(*UndoSnappy("\x0c\x04"
                        "ab"
                        "\x26\x02\x00"s,
                        100),
            "abababababab");
  EXPECT_EQ(*UndoSnappy("\x0a\x04"
                        "ab"
                        "\x11\x02"s,
                        100),
            "ab"
            "abababab");
}

TEST(Snappy, LiesAreRefused) {
  EXPECT_FALSE(UndoSnappy("\x05\x10hell"s, 100).ok());
  EXPECT_FALSE(UndoSnappy("\x0c\x04"
                          "ab"
                          "\x26\x03\x00"s,
                          100)
                   .ok());
  EXPECT_FALSE(UndoSnappy("\xff\xff\xff\xff\x0f"s, 1 << 30).ok());
  EXPECT_FALSE(UndoSnappy(""s, 100).ok());
}

// The bytes of a table with one block of sorted entries.
std::string Table(const std::map<std::string, std::string>& entries, bool snappy = false) {
  const auto sealed = [](std::string block, uint8_t type) {
    block += static_cast<char>(type);
    PutLe32(block, MaskCrc(Crc32c(block)));
    return block;
  };
  const auto block_of = [](const std::map<std::string, std::string>& all) {
    std::string block;
    for (const auto& [key, value] : all) {
      PutVarint(block, 0);
      PutVarint(block, key.size());
      PutVarint(block, value.size());
      block += key + value;
    }
    PutLe32(block, 0);  // one restart point
    PutLe32(block, 1);
    return block;
  };
  std::string data = block_of(entries);
  if (snappy) {  // one literal of up to 65,536 bytes
    std::string packed;
    PutVarint(packed, data.size());
    packed += static_cast<char>(61 << 2);
    packed += static_cast<char>((data.size() - 1) & 255);
    packed += static_cast<char>((data.size() - 1) >> 8);
    data = packed + data;
  }
  std::string handle;
  PutVarint(handle, 0);
  PutVarint(handle, data.size());
  std::string table = sealed(data, snappy ? 1 : 0);
  const size_t index_at = table.size();
  const std::string index = block_of({{"zzz", handle}});
  table += sealed(index, 0);
  std::string footer;
  PutVarint(footer, index_at);  // metaindex: not read
  PutVarint(footer, 0);
  PutVarint(footer, index_at);
  PutVarint(footer, index.size());
  footer.resize(40);
  PutLe64(footer, 0xdb4775248b80fb57u);
  return table + footer;
}

std::string Entry(const std::string& data) {
  wire::BundleEntry entry;
  entry.set_dtype(1);
  entry.mutable_shape()->add_dim()->set_size(2);
  entry.mutable_shape()->add_dim()->set_size(1);
  entry.set_size(static_cast<int64_t>(data.size()));
  entry.set_crc32c(MaskCrc(Crc32c(data)));
  return entry.SerializeAsString();
}

std::string Header() {
  wire::BundleHeader header;
  header.set_num_shards(1);
  return header.SerializeAsString();
}

TEST(Checkpoint, AVariableIsReadFromPlainAndPackedTables) {
  const std::string data("\0\0\x80\x3f\0\0\0\x40", 8);
  for (const bool snappy : {false, true}) {
    const TempFolder folder;
    folder.Write("model.index", Table({{"", Header()}, {"a", Entry("")}, {"e", Entry(data)}}, snappy));
    folder.Write("model.data-00000-of-00001", data);
    folder.Write("checkpoint", "model_checkpoint_path: \"/elsewhere/model\"\nall_model_checkpoint_paths: \"model\"\n");
    folder.Write("projector_config.pbtxt", "embeddings { tensor_name: 'e:0' }");
    const auto projector = ReadProjector(folder.path(), folder.path());
    ASSERT_EQ(projector->embeddings.size(), 1u) << projector->warnings[0].reason;
    EXPECT_THAT(Floats(projector->embeddings[0].value.embedding().vectors().data()), ElementsAre(1, 2));
  }
}

TEST(Checkpoint, WrongChecksumsAndMissingVariablesSaySo) {
  const std::string data("\0\0\x80\x3f\0\0\0\x40", 8);
  const TempFolder folder;
  folder.Write("m.index", Table({{"", Header()}, {"e", Entry(data)}}));
  folder.Write("m.data-00000-of-00001", "12345678");
  EXPECT_TRUE(absl::IsDataLoss(ReadVariable(folder / "m", "e", 1000).status()));
  EXPECT_TRUE(absl::IsNotFound(ReadVariable(folder / "m", "f", 1000).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(ReadVariable(folder / "m", "e", 7).status()));
  folder.Write("m.data-00000-of-00001", "1234");
  EXPECT_FALSE(ReadVariable(folder / "m", "e", 1000).ok());
}

TEST(Checkpoint, NoFlippedBitOfTheIndexGivesAWrongEntry) {
  const std::string table = Table({{"", Header()}, {"e", Entry("12345678")}});
  const std::string entry = *FindInTable(table, "e");
  for (size_t i = 0; i < table.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = table;
      flipped[i] = static_cast<char>(table[i] ^ 1 << bit);
      const auto found = FindInTable(flipped, "e");
      EXPECT_EQ(found.value_or(entry), entry);
    }
    EXPECT_FALSE(FindInTable(table.substr(0, i), "e").ok());
  }
}

}  // namespace
}  // namespace stepwell::tensorboard
