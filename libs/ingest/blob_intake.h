// Blobs on their way in: parts come in order, and a blob counts when all of it is there and its digest is right.
//
// Thread safety: none; Run::blob_mutex guards it.
#pragma once

#include <openssl/sha.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/limits.h"
#include "stepwell/v1/ingest.pb.h"
#include "store/store.h"

namespace stepwell::ingest {

class BlobIntake {
 public:
  // Takes a part and puts what must be written into `changes`. INVALID_ARGUMENT: the part is refused, and why; other
  // errors are the store's.
  absl::Status Take(const store::Store& store, uint64_t run, const v1::BlobPart& part, const Limits& limits,
                    store::WriteSet& changes);
  // Is the whole blob here (or in batches that were accepted)?
  absl::StatusOr<bool> Complete(const store::Store& store, uint64_t run, std::string_view sha256);
  // What was accepted was not committed: the store alone knows what is there.
  void Forget() { known_.clear(); }

  // Blobs that a run remembers without asking the store, and as many again while their batches are not committed.
  static constexpr size_t kRemembered = 4096;

 private:
  struct Known {
    uint64_t size = 0;
    uint64_t received = 0;
    bool complete() const { return received == size; }
    std::unique_ptr<SHA256_CTX> digest;  // of what was received; null once complete
  };
  absl::StatusOr<Known*> Find(const store::Store& store, uint64_t run, std::string_view sha256);
  // Forgets those that the store has whole: what it has not yet, nobody else knows of.
  absl::Status ForgetCommitted(const store::Store& store, uint64_t run);

  std::map<std::string, Known, std::less<>> known_;
  size_t most_known_ = kRemembered;
};

}  // namespace stepwell::ingest
