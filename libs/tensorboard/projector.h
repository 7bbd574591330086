// Reads what TensorBoard's projector reads: a folder's projector_config.pbtxt and the files that it names (vectors as
// TSV or raw float32, variables of a TensorFlow V2 checkpoint, metadata as TSV, a sprite image).
//
// Files are read only below `root` (the log directory): a configuration in a shared folder must not make an uploader
// send /etc/passwd. One embedding that cannot be read is a warning and harms no other.
//
// Thread safety: functions of the file system; no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::tensorboard {

inline constexpr std::string_view kProjectorConfigName = "projector_config.pbtxt";

struct FoundBlob {
  std::string sha256;
  std::string bytes;
  std::string type;  // media type
};

struct FoundEmbedding {
  v1::SeriesInfo series;  // kind embedding, plugin "projector", tag = the tensor's name
  v1::Value value;
  std::vector<FoundBlob> blobs;  // that `value` names
};

struct ProjectorWarning {
  std::string embedding;  // the tensor's name; empty: the whole configuration
  std::string file;       // relative to the folder; the one at fault
  std::string reason;     // names the embedding
};

struct Projector {
  std::vector<FoundEmbedding> embeddings;
  std::vector<ProjectorWarning> warnings;
  double wall = 0;          // when the configuration was last changed, seconds since the epoch
  std::string fingerprint;  // 32 bytes over all that was found; the same again: nothing new to upload
};

// NOT_FOUND if the folder has no configuration. `root` is the folder or one above it.
absl::StatusOr<Projector> ReadProjector(const std::string& folder, const std::string& root);

}  // namespace stepwell::tensorboard
