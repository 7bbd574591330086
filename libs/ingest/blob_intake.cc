#include "ingest/blob_intake.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "store/keys.h"
#include "store/records.h"

// OpenSSL 3 would have a digest allocated through its provider; the plain functions are what a part of 1 MiB needs.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace stepwell::ingest {
namespace {

using store::Family;

std::string Name(std::string_view sha256) { return "blob " + ToHex(sha256.substr(0, 8)) + "…"; }

absl::Status Refuse(std::string_view sha256, const std::string& why) {
  return absl::InvalidArgumentError(Name(sha256) + " " + why);
}

}  // namespace

absl::StatusOr<BlobIntake::Known*> BlobIntake::Find(const store::Store& store, uint64_t run, std::string_view sha256) {
  auto it = known_.find(sha256);
  if (it != known_.end()) return &it->second;
  ASSIGN_OR_RETURN(auto found, store.Get(Family::kBlobs, store::BlobHeaderKey(run, sha256)));
  if (!found) return nullptr;
  ASSIGN_OR_RETURN(store::BlobHeader header, store::DecodeBlobHeader(*found));
  Known known{header.size, header.received, nullptr};
  if (!known.complete()) {  // a restart came between its parts
    known.digest = std::make_unique<SHA256_CTX>();
    SHA256_Init(known.digest.get());
    RETURN_IF_ERROR(store.Scan(Family::kBlobs, store::BlobPartKey(run, sha256, 0), store::BlobPartsEnd(run, sha256),
                               [&](std::string_view, std::string_view data) {
                                 SHA256_Update(known.digest.get(), data.data(), data.size());
                                 return true;
                               }));
  }
  return &known_.emplace(std::string(sha256), std::move(known)).first->second;
}

absl::Status BlobIntake::ForgetCommitted(const store::Store& store, uint64_t run) {
  for (auto it = known_.begin(); it != known_.end();) {
    bool committed = false;
    if (it->second.complete()) {
      ASSIGN_OR_RETURN(const auto found, store.Get(Family::kBlobs, store::BlobHeaderKey(run, it->first)));
      if (found) {
        ASSIGN_OR_RETURN(const store::BlobHeader header, store::DecodeBlobHeader(*found));
        committed = header.received == header.size;
      }
    }
    committed ? it = known_.erase(it) : ++it;
  }
  most_known_ = std::max(kRemembered, 2 * known_.size());  // so that looking costs a blob a constant
  return absl::OkStatus();
}

absl::StatusOr<bool> BlobIntake::Complete(const store::Store& store, uint64_t run, std::string_view sha256) {
  ASSIGN_OR_RETURN(Known * known, Find(store, run, sha256));
  return known && known->complete();
}

absl::Status BlobIntake::Take(const store::Store& store, uint64_t run, const v1::BlobPart& part, const Limits& limits,
                              store::WriteSet& changes) {
  const std::string& sha256 = part.sha256();
  const std::string& data = part.data();
  if (sha256.size() != 32) return absl::InvalidArgumentError("a blob's name must be the 32 bytes of its SHA-256");
  if (part.size() > limits.blob_bytes) {
    return Refuse(sha256, "has " + std::to_string(part.size()) + " bytes; the limit is " +
                              std::to_string(limits.blob_bytes) + " (--max-blob)");
  }
  if (data.size() > limits.blob_part_bytes) {
    return Refuse(sha256, "came in a part of " + std::to_string(data.size()) + " bytes; the limit is " +
                              std::to_string(limits.blob_part_bytes));
  }
  ASSIGN_OR_RETURN(Known * known, Find(store, run, sha256));
  if (!known) {
    if (known_.size() >= most_known_) RETURN_IF_ERROR(ForgetCommitted(store, run));
    Known fresh{part.size(), 0, std::make_unique<SHA256_CTX>()};
    SHA256_Init(fresh.digest.get());
    known = &known_.emplace(sha256, std::move(fresh)).first->second;
  }
  if (part.size() != known->size) return Refuse(sha256, "came with another size than before");
  const bool empty = known->size == 0 && known->digest;  // a blob without bytes is complete with its one part
  if (!empty && part.offset() + data.size() <= known->received) return absl::OkStatus();  // here already
  if (part.offset() != known->received) {
    return Refuse(sha256, "has a part at offset " + std::to_string(part.offset()) + "; the next must be at " +
                              std::to_string(known->received));
  }
  if (data.size() > known->size - known->received) return Refuse(sha256, "has more bytes than its size says");
  SHA256_Update(known->digest.get(), data.data(), data.size());
  const uint64_t received = known->received + data.size();
  if (received == known->size) {
    std::string digest(32, '\0');
    SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), known->digest.get());
    if (digest != sha256) {
      changes.Delete(Family::kBlobs, store::BlobHeaderKey(run, sha256));
      changes.DeleteRange(Family::kBlobs, store::BlobPartKey(run, sha256, 0), store::BlobPartsEnd(run, sha256));
      known_.erase(known_.find(sha256));
      return Refuse(sha256, "has another SHA-256 than its name says: " + ToHex(digest.substr(0, 8)) + "…");
    }
    known->digest.reset();
  }
  known->received = received;
  changes.Put(Family::kBlobs, store::BlobHeaderKey(run, sha256),
              store::Encode(store::BlobHeader{known->size, received}));
  if (!data.empty()) changes.Put(Family::kBlobs, store::BlobPartKey(run, sha256, part.offset()), data);
  return absl::OkStatus();
}

}  // namespace stepwell::ingest
