#include "tensorboard/projector.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/media_type.h"
#include "base/status_macros.h"
#include "tensorboard/checkpoint.h"
#include "tensorboard/embedding_table.h"
#include "tensorboard/file_bytes.h"
#include "tensorboard/projector.pb.h"
#include "tensorboard/run_converter.h"
#include "tensorboard/utf8.h"

namespace stepwell::tensorboard {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxConfigBytes = uint64_t{16} << 20;
constexpr uint64_t kMaxTableBytes = uint64_t{1} << 30;  // text of vectors; raw vectors; metadata
constexpr uint64_t kMaxSpriteBytes = uint64_t{256} << 20;
constexpr std::string_view kSupported =
    "vectors are read from tab-separated text, raw float32 and TensorFlow V2 checkpoints (.index), not from Keras .h5 "
    "files";

// The first thing that the text parser complains about.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat("line ", line + 1, ": ", message);
  }
  void AddWarning(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::StatusOr<wire::ProjectorConfig> ParseConfig(const std::string& text) {
  wire::ProjectorConfig config;
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.AllowUnknownField(true);
  parser.AllowPartialMessage(true);
  parser.SetRecursionLimit(100);
  if (!parser.ParseFromString(CleanUtf8(text), &config)) {
    return absl::InvalidArgumentError(absl::StrCat("the projector's configuration cannot be read: ", error.text()));
  }
  return config;
}

// Files of one log directory by the paths in a configuration.
class Files {
 public:
  Files(const fs::path& folder, const fs::path& root) : folder_(folder) {
    std::error_code error;
    root_ = fs::canonical(root, error);
  }

  // Where a path of the configuration leads. PERMISSION_DENIED outside the log directory, NOT_FOUND if nothing is
  // there.
  absl::StatusOr<std::string> Find(const std::string& path) const {
    std::error_code error;
    const fs::path found = fs::canonical(folder_ / path, error);  // an absolute path stays itself
    if (error) return absl::NotFoundError(absl::StrCat("file not found: ", path));
    const auto [end, rest] = std::mismatch(root_.begin(), root_.end(), found.begin(), found.end());
    if (root_.empty() || end != root_.end()) {
      return absl::PermissionDeniedError(absl::StrCat(path, " is outside the log directory and is not read"));
    }
    return found.string();
  }

  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
  fs::path root_;
};

// Reads one embedding; what goes wrong beside its vectors is a warning.
class EmbeddingReader {
 public:
  EmbeddingReader(const wire::ProjectorConfig& config, const Files& files, Projector* out)
      : config_(config), files_(files), out_(out) {}

  void Read(const wire::EmbeddingInfo& info, int index) {
    name_ = info.tensor_name().empty() ? absl::StrCat("embedding ", index) : CleanUtf8(info.tensor_name());
    FoundEmbedding found;
    absl::StatusOr<Vectors> vectors = info.tensor_path().empty() ? FromCheckpoint(info) : FromFile(info);
    if (!vectors.ok()) {
      return Warn(info.tensor_path().empty() ? std::string(kProjectorConfigName) : info.tensor_path(),
                  vectors.status());
    }
    v1::Embedding* embedding = found.value.mutable_embedding();
    embedding->set_tensor_name(name_);
    const uint64_t rows = vectors->rows;
    FillVectors(*std::move(vectors), &found);
    if (!info.metadata_path().empty()) ReadMetadata(info.metadata_path(), rows, &found);
    if (!info.sprite().image_path().empty()) ReadSprite(info.sprite(), &found);
    found.series.set_tag(name_);
    found.series.set_kind(v1::KIND_EMBEDDING);
    found.series.set_plugin("projector");
    found.series.set_value_type("float32");
    out_->embeddings.push_back(std::move(found));
  }

 private:
  void Warn(const std::string& file, const absl::Status& status) {
    out_->warnings.push_back({name_, CleanUtf8(file),
                              absl::StrCat("embedding \"", name_, "\": ", CleanUtf8(std::string(status.message())))});
  }

  absl::StatusOr<Vectors> FromFile(const wire::EmbeddingInfo& info) {
    absl::StatusOr<std::string> path = files_.Find(info.tensor_path());
    if (absl::IsNotFound(path.status()))
      return absl::NotFoundError(absl::StrCat("tensor file not found: ", info.tensor_path()));
    RETURN_IF_ERROR(path.status());
    ASSIGN_OR_RETURN(std::string bytes, ReadFileBytes(*path, kMaxTableBytes));
    const bool is_text = path->ends_with(".tsv") || path->ends_with(".txt");
    if (!is_text && info.tensor_shape_size() == 2) {
      const uint64_t rows = info.tensor_shape(0);
      const uint64_t dimensions = info.tensor_shape(1);
      const uint64_t row_bytes = dimensions * sizeof(float);
      if (row_bytes > 0 && bytes.size() % row_bytes == 0 && bytes.size() / row_bytes == rows) {
        return Vectors{rows, dimensions, std::move(bytes)};
      }
    }
    ASSIGN_OR_RETURN(Vectors vectors, ParseVectors(bytes));
    if (vectors.rows == 0) return absl::InvalidArgumentError(absl::StrCat("no vectors in ", info.tensor_path()));
    return vectors;
  }

  // The checkpoint that the configuration, or TensorFlow's own `checkpoint` file in the folder, names: its prefix.
  absl::StatusOr<std::string> CheckpointPrefix() {
    std::vector<std::string> candidates;
    if (!config_.model_checkpoint_path().empty()) {
      candidates.push_back(config_.model_checkpoint_path());
      candidates.push_back(fs::path(config_.model_checkpoint_path()).filename().string());  // moved with its logs
    }
    const std::string sub = config_.model_checkpoint_dir();
    if (const auto state = files_.Find((fs::path(sub) / "checkpoint").string()); state.ok()) {
      const auto text = ReadFileBytes(*state, kMaxConfigBytes);
      // The same field name and text format as in the projector's configuration.
      const auto parsed = text.ok() ? ParseConfig(*text) : absl::StatusOr<wire::ProjectorConfig>(text.status());
      if (parsed.ok() && !parsed->model_checkpoint_path().empty()) {
        candidates.push_back((fs::path(sub) / parsed->model_checkpoint_path()).string());
        candidates.push_back((fs::path(sub) / fs::path(parsed->model_checkpoint_path()).filename()).string());
      }
    }
    for (const std::string& candidate : candidates) {
      const auto index = files_.Find(candidate + ".index");
      if (index.ok()) return index->substr(0, index->size() - std::string_view(".index").size());
    }
    return absl::NotFoundError(absl::StrCat("no checkpoint found beside the configuration; ", std::string(kSupported)));
  }

  absl::StatusOr<Vectors> FromCheckpoint(const wire::EmbeddingInfo& info) {
    ASSIGN_OR_RETURN(const std::string prefix, CheckpointPrefix());
    std::string variable = info.tensor_name();
    if (variable.ends_with(":0")) variable.resize(variable.size() - 2);  // a tensor of the variable's operation
    ASSIGN_OR_RETURN(DecodedTensor tensor, ReadVariable(prefix, variable, kMaxTableBytes));
    if (tensor.shape.size() != 2) return absl::InvalidArgumentError("the variable has no rows and columns");
    Vectors vectors{static_cast<uint64_t>(tensor.shape[0]), static_cast<uint64_t>(tensor.shape[1]), {}};
    if (tensor.dtype->name == "float32") {
      vectors.data = std::move(tensor.data);
      return vectors;
    }
    vectors.data.reserve(tensor.count * sizeof(float));
    for (uint64_t i = 0; i < tensor.count; ++i) {
      const auto value =
          static_cast<float>(ElementAsDouble(*tensor.dtype, tensor.data.data() + i * tensor.dtype->size));
      vectors.data.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    return vectors;
  }

  static v1::BlobRef AddBlob(std::string bytes, FoundEmbedding* found) {
    v1::BlobRef ref;
    ref.set_sha256(Sha256(bytes));
    ref.set_size(bytes.size());
    ref.set_type(std::string(SniffMediaType(bytes)));
    found->blobs.push_back({ref.sha256(), std::move(bytes), ref.type()});
    return ref;
  }

  static void FillVectors(Vectors&& vectors, FoundEmbedding* found) {
    v1::Tensor* tensor = found->value.mutable_embedding()->mutable_vectors();
    tensor->set_dtype("float32");
    tensor->add_shape(static_cast<int64_t>(vectors.rows));
    tensor->add_shape(static_cast<int64_t>(vectors.dimensions));
    if (vectors.data.size() <= kInlineBytes / 2) {  // the rest is for the names of columns
      tensor->set_data(std::move(vectors.data));
    } else {
      *tensor->mutable_blob() = AddBlob(std::move(vectors.data), found);
    }
  }

  void ReadMetadata(const std::string& path, uint64_t rows, FoundEmbedding* found) {
    absl::StatusOr<std::string> file = files_.Find(path);
    absl::StatusOr<std::string> text = file.ok() ? ReadFileBytes(*file, kMaxTableBytes) : file;
    if (!text.ok()) return Warn(path, text.status());
    const MetadataShape shape = ReadMetadataShape(*text, rows);
    if (shape.rows != rows) {
      Warn(path, absl::InvalidArgumentError(absl::StrCat(shape.rows, " rows of metadata for ", rows, " vectors")));
    }
    v1::Embedding* embedding = found->value.mutable_embedding();
    embedding->set_metadata_has_header(shape.has_header);
    for (const std::string& column : shape.columns) embedding->add_columns(column);
    *embedding->mutable_metadata() = AddBlob(*std::move(text), found);
  }

  void ReadSprite(const wire::SpriteMetadata& sprite, FoundEmbedding* found) {
    absl::StatusOr<std::string> file = files_.Find(sprite.image_path());
    absl::StatusOr<std::string> bytes = file.ok() ? ReadFileBytes(*file, kMaxSpriteBytes) : file;
    if (!bytes.ok()) return Warn(sprite.image_path(), bytes.status());
    v1::Embedding* embedding = found->value.mutable_embedding();
    if (sprite.single_image_dim_size() == 2) {
      embedding->set_sprite_width(sprite.single_image_dim(0));
      embedding->set_sprite_height(sprite.single_image_dim(1));
    }
    *embedding->mutable_sprite() = AddBlob(*std::move(bytes), found);
  }

  const wire::ProjectorConfig& config_;
  const Files& files_;
  Projector* const out_;
  std::string name_;
};

std::string Fingerprint(const Projector& projector) {
  std::string all;
  for (const FoundEmbedding& found : projector.embeddings) {
    PutBytes(all, found.series.SerializeAsString());
    PutBytes(all, found.value.SerializeAsString());
  }
  for (const ProjectorWarning& warning : projector.warnings) PutBytes(all, warning.reason);
  return Sha256(all);
}

}  // namespace

absl::StatusOr<Projector> ReadProjector(const std::string& folder, const std::string& root) {
  Projector projector;
  const std::string path = (fs::path(folder) / kProjectorConfigName).string();
  ASSIGN_OR_RETURN(const std::string text, ReadFileBytes(path, kMaxConfigBytes));
  struct stat about;
  if (stat(path.c_str(), &about) == 0) {
    projector.wall = static_cast<double>(about.st_mtim.tv_sec) + static_cast<double>(about.st_mtim.tv_nsec) / 1e9;
  }
  const absl::StatusOr<wire::ProjectorConfig> config = ParseConfig(text);
  if (!config.ok()) {
    projector.warnings.push_back({"", std::string(kProjectorConfigName), std::string(config.status().message())});
  } else {
    const Files files(folder, root);
    EmbeddingReader reader(*config, files, &projector);
    for (int i = 0; i < config->embeddings_size(); ++i) reader.Read(config->embeddings(i), i);
  }
  projector.fingerprint = Fingerprint(projector);
  return projector;
}

}  // namespace stepwell::tensorboard
