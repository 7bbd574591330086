#include "sync/position.h"

#include "base/bytes.h"

namespace stepwell::sync {
namespace {

constexpr size_t kIdBytes = 26;
constexpr size_t kBytes = kIdBytes + 4 + 8 + 1;

}  // namespace

std::string EncodePosition(std::string_view spool_id, const Mark& mark) {
  std::string out(spool_id.substr(0, kIdBytes));
  out.resize(kIdBytes);
  PutLe32(out, mark.at.segment);
  PutLe64(out, mark.at.offset);
  out += mark.ended ? '\1' : '\0';
  return out;
}

Mark DecodePosition(std::string_view spool_id, std::string_view bytes) {
  if (bytes.size() != kBytes || bytes.substr(0, kIdBytes) != spool_id) return {};
  ByteReader in(bytes.substr(kIdBytes));
  Mark mark;
  mark.at.segment = in.Le32();
  mark.at.offset = in.Le64();
  mark.ended = in.Byte() != 0;
  return mark;
}

}  // namespace stepwell::sync
