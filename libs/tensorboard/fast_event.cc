#include "tensorboard/fast_event.h"

#include <cstring>

namespace stepwell::tensorboard {
namespace {

// Field numbers and wire types of the protobuf encoding, as they stand in the bytes: number << 3 | type.
enum : uint8_t {
  kEventWall = 1 << 3 | 1,
  kEventStep = 2 << 3 | 0,
  kEventSummary = 5 << 3 | 2,
  kSummaryValue = 1 << 3 | 2,
  kValueTag = 1 << 3 | 2,
  kValueSimple = 2 << 3 | 5,
  kValueTensor = 8 << 3 | 2,
  kTensorDtype = 1 << 3 | 0,
  kTensorShape = 2 << 3 | 2,
  kTensorContent = 4 << 3 | 2,
  kTensorFloats = 5 << 3 | 2,  // packed
  kTensorFloat = 5 << 3 | 5,
  kTensorDoubles = 6 << 3 | 2,  // packed
  kTensorDouble = 6 << 3 | 1,
};

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool Done() const { return at_ == end_; }
  uint8_t Byte() { return static_cast<uint8_t>(*at_++); }  // REQUIRES: !Done()

  bool Varint(uint64_t* out) {
    uint64_t value = 0;
    for (int shift = 0; shift < 70 && at_ < end_; shift += 7) {
      const uint8_t byte = Byte();
      value |= static_cast<uint64_t>(byte & 0x7F) << (shift & 63);
      if (byte < 0x80) {
        *out = value;
        return shift < 63 || byte <= 1;  // a tenth byte has one bit
      }
    }
    return false;
  }

  bool Bytes(std::string_view* out) {
    uint64_t size = 0;
    return Varint(&size) && Raw(size, out);
  }

  bool Raw(uint64_t size, std::string_view* out) {
    if (size > static_cast<uint64_t>(end_ - at_)) return false;
    *out = {at_, static_cast<size_t>(size)};
    at_ += size;
    return true;
  }

  template <typename T>
  bool Fixed(T* out) {
    if (static_cast<size_t>(end_ - at_) < sizeof(T)) return false;
    *out = Load<T>(at_);
    at_ += sizeof(T);
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

bool ReadTensor(std::string_view bytes, FastScalar* out) {
  Cursor cursor(bytes);
  uint64_t dtype = 0;
  bool has_shape = false;
  bool has_value = false;
  uint64_t only = 0;  // the type of the list that the value came from; 0: any type
  std::string_view content;
  while (!cursor.Done()) {
    const uint8_t field = cursor.Byte();
    switch (field) {
      case kTensorDtype:
        if (dtype != 0 || !cursor.Varint(&dtype)) return false;
        break;
      case kTensorShape: {
        std::string_view shape;
        if (has_shape || !cursor.Bytes(&shape) || !shape.empty()) return false;
        has_shape = true;
        break;
      }
      case kTensorContent:
      case kTensorFloats:
      case kTensorDoubles:
        if (has_value || !cursor.Bytes(&content)) return false;
        has_value = true;
        only = field == kTensorFloats ? 1 : field == kTensorDoubles ? 2 : 0;
        break;
      case kTensorFloat:
      case kTensorDouble:
        if (has_value || !cursor.Raw(field == kTensorFloat ? 4 : 8, &content)) return false;
        has_value = true;
        only = field == kTensorFloat ? 1 : 2;
        break;
      default:
        return false;
    }
  }
  if (only != 0 && only != dtype) return false;
  if (dtype == 1 && content.size() == 4) {
    out->value = Load<float>(content.data());
  } else if (dtype == 2 && content.size() == 8) {
    out->value = Load<double>(content.data());
  } else {
    return false;
  }
  out->is_double = dtype == 2;
  return true;
}

bool ReadValue(std::string_view bytes, FastScalar* out) {
  Cursor cursor(bytes);
  bool has_tag = false;
  bool has_value = false;
  while (!cursor.Done()) {
    switch (cursor.Byte()) {
      case kValueTag:
        if (has_tag || !cursor.Bytes(&out->tag)) return false;
        has_tag = true;
        break;
      case kValueSimple: {
        float value = 0;
        if (has_value || !cursor.Fixed(&value)) return false;
        has_value = true;
        out->value = value;
        break;
      }
      case kValueTensor: {
        std::string_view tensor;
        if (has_value || !cursor.Bytes(&tensor) || !ReadTensor(tensor, out)) return false;
        has_value = true;
        out->is_tensor = true;
        break;
      }
      default:
        return false;
    }
  }
  return has_value;
}

bool ReadSummary(std::string_view bytes, FastScalar* out) {
  Cursor cursor(bytes);
  std::string_view value;
  return !cursor.Done() && cursor.Byte() == kSummaryValue && cursor.Bytes(&value) && cursor.Done() &&
         ReadValue(value, out);
}

}  // namespace

bool ReadFastScalar(std::string_view record, FastScalar* out) {
  Cursor cursor(record);
  bool has_wall = false;
  bool has_step = false;
  bool has_summary = false;
  *out = FastScalar();
  while (!cursor.Done()) {
    switch (cursor.Byte()) {
      case kEventWall:
        if (has_wall || !cursor.Fixed(&out->wall)) return false;
        has_wall = true;
        break;
      case kEventStep: {
        uint64_t step = 0;
        if (has_step || !cursor.Varint(&step)) return false;
        out->step = static_cast<int64_t>(step);
        has_step = true;
        break;
      }
      case kEventSummary: {
        std::string_view summary;
        if (has_summary || !cursor.Bytes(&summary) || !ReadSummary(summary, out)) return false;
        has_summary = true;
        break;
      }
      default:
        return false;
    }
  }
  return has_summary;
}

}  // namespace stepwell::tensorboard
