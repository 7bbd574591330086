// Any bytes as two segments of a dead writer: the reader ends, gives only records whose checksums fit, goes on from
// each position as it did the first time, and counts no byte twice.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "spool/format.h"
#include "spool/reader.h"

using namespace stepwell::spool;

namespace {

// One folder for all inputs, emptied at the end of the process.
struct Folder {
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/spool_fuzzXXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

void Write(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Folder folder;
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  // The first byte parts the segments; 0x80: the second begins with a framed record, so that the fuzzer gets past
  // checksums.
  const size_t first = bytes.size() * (data[0] & 0x7f) / 127;
  std::string second(bytes.substr(first));
  if ((data[0] & 0x80) && second.size() > 1)
    second = Framed(second.substr(0, second.size() / 2)) + second.substr(second.size() / 2);
  Write(SegmentPath(folder.path, 1), std::string(kMagic) + std::string(bytes.substr(0, first)));
  Write(SegmentPath(folder.path, 2), std::string(kMagic) + second);
  SpoolReader reader(folder.path);
  uint64_t records = 0;
  std::vector<std::string> bodies;
  std::vector<Position> ends;
  while (reader.Next(/*dead=*/true) == SpoolReader::Outcome::kRecord) {
    records += kRecordHead + reader.body().size();
    const Position at = reader.position();
    const std::string& segment = at.segment == 1 ? std::string(bytes.substr(0, first)) : second;
    const std::string framed = Framed(reader.body());
    if (segment.compare(at.offset - kMagic.size() - framed.size(), framed.size(), framed) != 0) std::abort();
    bodies.emplace_back(reader.body());
    ends.push_back(at);
  }
  if (records + reader.cut() + reader.damaged() != first + second.size()) std::abort();
  for (size_t i = 0; i < ends.size(); ++i) {
    SpoolReader again(folder.path, ends[i]);
    const bool more = again.Next(true) == SpoolReader::Outcome::kRecord;
    if (more != (i + 1 < bodies.size()) || (more && again.body() != bodies[i + 1])) std::abort();
  }
  return 0;
}
