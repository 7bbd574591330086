#include "query/blob_id.h"

#include <charconv>

#include "base/bytes.h"

namespace stepwell::query {

std::string FormatBlobId(uint64_t run, std::string_view sha256) { return std::to_string(run) + "-" + ToHex(sha256); }

absl::StatusOr<BlobId> ParseBlobId(std::string_view text) {
  const absl::Status none = absl::NotFoundError("there is no such blob");
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos || dash == 0 || (text[0] == '0' && dash > 1)) return none;
  BlobId id;
  const auto [end, error] = std::from_chars(text.data(), text.data() + dash, id.run);
  if (error != std::errc() || end != text.data() + dash) return none;
  const std::string_view hex = text.substr(dash + 1);
  // One name for one thing: lower case only.
  if (hex.size() != 64 || !FromHex(hex, &id.sha256) || ToHex(id.sha256) != hex) return none;
  return id;
}

}  // namespace stepwell::query
