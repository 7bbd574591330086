// Any bytes as records of a run (lengths first): the converter survives, uses no series before telling it, and names no
// blob that it did not give.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tensorboard/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stepwell::tensorboard;
  RunConverter converter;
  FileState file;
  KeptSink sink;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (rest.size() >= 2) {
    const size_t length = static_cast<uint8_t>(rest[0]) | static_cast<size_t>(static_cast<uint8_t>(rest[1])) << 8;
    rest.remove_prefix(2);
    const std::string_view record = rest.substr(0, length);
    rest.remove_prefix(record.size());
    converter.Convert(record, file, sink);
  }
  if (!sink.in_order) std::abort();
  for (const auto& [key, kept] : sink.series) {
    if (key >= converter.series_count()) std::abort();
    for (const KeptPoint& point : kept.points) {
      const auto& value = point.value;
      const auto& blob = value.has_bytes()  ? value.bytes().blob()
                         : value.has_text() ? value.text().blob()
                                            : value.tensor().blob();
      if (!blob.sha256().empty() && sink.blobs.count(blob.sha256()) == 0) std::abort();
    }
  }
  return 0;
}
