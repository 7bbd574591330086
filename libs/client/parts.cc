#include "client/parts.h"

#include <stdexcept>

#include "base/bytes.h"
#include "base/media_type.h"
#include "client/messages.h"

namespace stepwell::client {

void Refuse(const std::string& why) { throw std::invalid_argument(why); }

std::string PutBlob(std::vector<std::string>& blobs, std::string bytes, std::string_view type) {
  std::string reference = Message().Bytes(1, Sha256(bytes)).Number(2, bytes.size()).Bytes(3, type).bytes();
  blobs.push_back(std::move(bytes));
  return reference;
}

std::string PutBlob(std::vector<std::string>& blobs, std::string bytes) {
  const std::string_view type = SniffMediaType(bytes);
  return PutBlob(blobs, std::move(bytes), type);
}

std::string TensorBytes(std::string_view dtype, std::span<const int64_t> shape, std::string_view data,
                        std::vector<std::string>& blobs) {
  constexpr size_t kRoom = 512;  // for type, shape and the messages around
  Message tensor;
  tensor.Bytes(1, dtype).Numbers(2, shape);
  if (data.size() + kRoom <= kInlineBytes)
    tensor.Bytes(3, data);
  else
    tensor.Item(5, PutBlob(blobs, std::string(data), kOctetStream));
  return tensor.bytes();
}

void CheckPixels(size_t height, size_t width, size_t channels) {
  constexpr size_t kMost = 1u << 31;  // PNG's own
  if (height == 0 || width == 0 || height >= kMost || width >= kMost)
    Refuse("an image has at least one pixel, not " + std::to_string(height) + " x " + std::to_string(width));
  if (channels < 1 || channels > 4) Refuse("an image has 1 to 4 channels, not " + std::to_string(channels));
}

}  // namespace stepwell::client
