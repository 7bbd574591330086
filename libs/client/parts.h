// What values of several types are made of: references to blobs, and tensors, as the Python client writes them.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::client {

// A value that is larger goes into a blob. The Python client and libs/tensorboard cut at the same size; the server's
// own limit is higher.
inline constexpr size_t kInlineBytes = 64 << 10;
inline constexpr uint32_t kClassTensor = 2, kClassBlobs = 3;  // TensorBoard's DataClass

// Throws std::invalid_argument.
[[noreturn]] void Refuse(const std::string& why);

// The BlobRef of bytes that are kept with the point.
std::string PutBlob(std::vector<std::string>& blobs, std::string bytes, std::string_view type);
std::string PutBlob(std::vector<std::string>& blobs, std::string bytes);  // of the type that the bytes tell

// A Tensor of raw little-endian elements; large ones go into a blob.
std::string TensorBytes(std::string_view dtype, std::span<const int64_t> shape, std::string_view data,
                        std::vector<std::string>& blobs);

// Refuses what is no picture: no pixel, a side beyond PNG's, channels other than 1 to 4.
void CheckPixels(size_t height, size_t width, size_t channels);

}  // namespace stepwell::client
