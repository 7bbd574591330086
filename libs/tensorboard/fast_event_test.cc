#include "tensorboard/fast_event.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <string>
#include <vector>

#include "tensorboard/tensor.h"
#include "tensorboard/testing.h"

namespace stepwell::tensorboard {
namespace {

// What is read the fast way must be what protobuf reads.
void ExpectSame(const std::string& record) {
  FastScalar fast;
  if (!ReadFastScalar(record, &fast)) return;
  wire::Event event;
  ASSERT_TRUE(event.ParseFromString(record));
  ASSERT_EQ(event.summary().value_size(), 1);
  const wire::Summary::Value& value = event.summary().value(0);
  EXPECT_EQ(std::bit_cast<uint64_t>(fast.wall), std::bit_cast<uint64_t>(event.wall_time()));
  EXPECT_EQ(fast.step, event.step());
  EXPECT_EQ(fast.tag, value.tag());
  EXPECT_FALSE(value.has_metadata());
  ASSERT_EQ(value.has_tensor(), fast.is_tensor);
  if (!fast.is_tensor) {
    EXPECT_EQ(std::bit_cast<uint64_t>(fast.value), std::bit_cast<uint64_t>(static_cast<double>(value.simple_value())));
    return;
  }
  const auto tensor = DecodeTensor(value.tensor());
  ASSERT_TRUE(tensor.ok());
  const auto number = OneNumber(*tensor);
  ASSERT_TRUE(number.has_value());
  EXPECT_EQ(std::bit_cast<uint64_t>(fast.value), std::bit_cast<uint64_t>(*number));
}

std::vector<std::string> Samples() {
  std::vector<std::string> samples = {ScalarEvent("loss", 3, 0.5f), ScalarEvent("", -1, -0.0f),
                                      ScalarEvent("x/y", 1 << 20, 1e30f)};
  wire::Event event = EventAt(7);
  auto* tensor = AddTensor(event, "t", "", 1, {})->mutable_tensor();
  tensor->add_float_val(2.5f);
  samples.push_back(event.SerializeAsString());
  tensor->clear_float_val();
  tensor->set_tensor_content(std::string("\0\0\x20\x40", 4));
  samples.push_back(event.SerializeAsString());
  tensor->set_dtype(2);
  tensor->set_tensor_content(std::string("\0\0\0\0\0\0\xf8\x3f", 8));
  samples.push_back(event.SerializeAsString());
  tensor->clear_tensor_content();
  tensor->add_double_val(0.1);
  samples.push_back(event.SerializeAsString());
  return samples;
}

TEST(FastEvent, ReadsTheCommonShapes) {
  for (const std::string& record : Samples()) {
    FastScalar fast;
    EXPECT_TRUE(ReadFastScalar(record, &fast));
    ExpectSame(record);
  }
}

TEST(FastEvent, LeavesEverythingElseToProtobuf) {
  FastScalar fast;
  wire::Event event = EventAt(1);
  EXPECT_FALSE(ReadFastScalar(event.SerializeAsString(), &fast));
  EXPECT_FALSE(ReadFastScalar("", &fast));
  auto* value = event.mutable_summary()->add_value();
  value->set_tag("two");
  value->set_simple_value(1);
  value->mutable_metadata()->set_display_name("named");
  EXPECT_FALSE(ReadFastScalar(event.SerializeAsString(), &fast));
  value->clear_metadata();
  *event.mutable_summary()->add_value() = *value;
  EXPECT_FALSE(ReadFastScalar(event.SerializeAsString(), &fast));
}

TEST(FastEvent, AgreesWithProtobufOnEveryFlippedBitAndCut) {
  for (const std::string& record : Samples()) {
    for (size_t i = 0; i < record.size(); ++i) {
      ExpectSame(record.substr(0, i));
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped = record;
        flipped[i] = static_cast<char>(record[i] ^ 1 << bit);
        ExpectSame(flipped);
      }
    }
  }
}

TEST(FastEvent, AgreesWithProtobufOnShuffledBytes) {
  std::mt19937 random(7);
  const std::vector<std::string> samples = Samples();
  for (int i = 0; i < 20000; ++i) {
    std::string record = samples[random() % samples.size()];
    for (int edits = 0; edits < 4; ++edits) {
      const size_t at = random() % record.size();
      switch (random() % 3) {
        case 0:
          record[at] = static_cast<char>(random());
          break;
        case 1:
          record.insert(at, 1, static_cast<char>(random() % 96));
          break;
        default:
          record += record.substr(at, random() % 12);
      }
    }
    ExpectSame(record);
  }
}

}  // namespace
}  // namespace stepwell::tensorboard
