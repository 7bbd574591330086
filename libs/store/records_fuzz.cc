// Decoders of the store's records on arbitrary bytes; and every record that decodes must encode to one that says the
// same.
#include <cstdint>
#include <cstdlib>

#include "store/records.h"

namespace {

using namespace stepwell::store;

template <typename Record>
void RoundTrip(const absl::StatusOr<Record>& record, absl::StatusOr<Record> (*decode)(std::string_view)) {
  if (!record.ok()) return;
  const std::string bytes = Encode(*record);
  const absl::StatusOr<Record> again = decode(bytes);
  if (!again.ok() || Encode(*again) != bytes) std::abort();
}

void Journal(std::string_view bytes) {
  const absl::StatusOr<JournalRecord> record = DecodeJournalRecord(bytes);
  if (!record.ok()) return;
  const std::string whole = EncodeJournalPrefix(*record) + std::string(record->batch);
  const absl::StatusOr<JournalRecord> again = DecodeJournalRecord(whole);
  if (!again.ok() || again->batch != record->batch || again->seq != record->seq ||
      again->refused_columns != record->refused_columns)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 10) {
    case 0:
      RoundTrip(DecodeHeader(bytes), DecodeHeader);
      break;
    case 1:
      Journal(bytes);
      break;
    case 2:
      RoundTrip(DecodeMark(bytes), DecodeMark);
      break;
    case 3:
      RoundTrip(DecodeSeriesState(bytes), DecodeSeriesState);
      break;
    case 4:
      RoundTrip(DecodeSeriesEntry(bytes), DecodeSeriesEntry);
      break;
    case 5:
      RoundTrip(DecodeBlobHeader(bytes), DecodeBlobHeader);
      break;
    case 6:
      RoundTrip(DecodeOutboxNote(bytes), DecodeOutboxNote);
      break;
    case 7:
      RoundTrip(DecodeFork(bytes), DecodeFork);
      break;
    case 8:
      RoundTrip(DecodeOrigins(bytes), DecodeOrigins);
      break;
    default:
      if (const auto rewind = DecodeRewind(7, bytes); rewind.ok()) {
        const std::string encoded = Encode(*rewind);
        const auto again = DecodeRewind(7, encoded);
        if (!again.ok() || Encode(*again) != encoded) std::abort();
      }
  }
  return 0;
}
