#include "upload/extras.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "tensorboard/log_files.h"
#include "tensorboard/profile.h"
#include "tensorboard/projector.h"
#include "upload/names.h"
#include "upload/position.h"
#include "upload/writer_sink.h"

namespace stepwell::upload {
namespace {

// A writer for content with this digest, and how much of it is pushed already.
struct ContentWriter {
  std::unique_ptr<WriterSink> sink;
  uint64_t pushed = 0;
  bool known = false;  // something of this very content is at the server
};

absl::StatusOr<ContentWriter> OpenContentWriter(RunSession& session, const std::string& writer_id,
                                                const std::string& source, const std::string& sha256) {
  ASSIGN_OR_RETURN(auto writer, session.OpenWriter(writer_id));
  ContentWriter content;
  const std::optional<ContentPosition> stored = ContentPosition::Decode(writer->opened().position());
  if (stored && stored->sha256 == sha256) {
    content.known = true;
    content.pushed = stored->items;
  }
  content.sink = std::make_unique<WriterSink>(&session, std::move(writer), source,
                                              [sha256](uint64_t items) -> absl::StatusOr<std::string> {
                                                return ContentPosition{sha256, items}.Encode();
                                              });
  return content;
}

}  // namespace

absl::Status PushProjector(RunSession& session, const RunFolder& folder, const std::string& root) {
  auto projector = tensorboard::ReadProjector(folder.path, root);
  if (!projector.ok()) {
    if (projector.status().code() != absl::StatusCode::kNotFound) {
      session.context().report->Warn({session.name(), std::string(tensorboard::kProjectorConfigName), -1, "",
                                      std::string(projector.status().message()), 1});
    }
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(ContentWriter content,
                   OpenContentWriter(session, "stepwell:projector", "projector", projector->fingerprint));
  WriterSink& sink = *content.sink;
  if (content.known && content.pushed >= projector->embeddings.size()) {
    return absl::OkStatus();
  }
  sink.BeginRecord(content.pushed, tensorboard::kProjectorConfigName, -1);
  for (const tensorboard::ProjectorWarning& warning : projector->warnings) {
    sink.AddWarning(warning.file.empty() ? std::string(tensorboard::kProjectorConfigName) : warning.file, -1,
                    warning.embedding, warning.reason);
  }
  for (tensorboard::FoundEmbedding& embedding : projector->embeddings) {
    for (const tensorboard::FoundBlob& blob : embedding.blobs) {
      sink.Blob(blob.sha256, blob.bytes, blob.type);
    }
    const uint32_t key = session.converter().KeyOf(embedding.series, sink);
    sink.Value(key, 0, projector->wall, std::move(embedding.value));
  }
  RETURN_IF_ERROR(sink.Flush());
  sink.writer().CloseStream();
  return absl::OkStatus();
}

absl::Status PushProfiles(RunSession& session, const RunFolder& folder) {
  auto files = tensorboard::ListProfiles(folder.path);
  if (!files.ok()) {
    session.context().report->Warn(
        {session.name(), std::string(tensorboard::kProfileFolder), -1, "", std::string(files.status().message()), 1});
    return absl::OkStatus();
  }
  for (const tensorboard::ProfileFile& file : *files) {
    auto profile = tensorboard::ReadProfile(file);
    if (!profile.ok()) {
      session.context().report->Warn(
          {session.name(), PrintableName(file.path), -1, "", std::string(profile.status().message()), 1});
      continue;
    }
    ASSIGN_OR_RETURN(
        ContentWriter content,
        OpenContentWriter(session, WriterId(absl::StrCat("stepwell:profile:", file.path)), "profile", profile->sha256));
    if (content.known && content.pushed >= 1) {
      continue;
    }
    WriterSink& sink = *content.sink;
    sink.BeginRecord(content.pushed, file.path, -1);
    sink.Blob(profile->sha256, profile->bytes, profile->type);
    sink.Value(session.converter().KeyOf(profile->series, sink), 0, file.modified, std::move(profile->value));
    RETURN_IF_ERROR(sink.Flush());
    sink.writer().CloseStream();
    session.context().report->AddBytes(file.size);
  }
  return absl::OkStatus();
}

absl::Status RunNotes::Push(RunSession& session) {
  std::string all;
  for (const auto& [file, reason] : notes_) {
    PutBytes(all, file);
    PutBytes(all, reason);
  }
  ASSIGN_OR_RETURN(ContentWriter content, OpenContentWriter(session, "stepwell:notes", "log directory", Sha256(all)));
  if (!content.known) {
    for (const auto& [file, reason] : notes_) {
      content.sink->AddWarning(file, -1, "", reason);
    }
    RETURN_IF_ERROR(content.sink->Flush());
    content.sink->writer().CloseStream();
  } else {
    for (const auto& [file, reason] : notes_) {
      session.context().report->Warn({session.name(), file, -1, "", reason, 1});
    }
  }
  changed_ = false;
  return absl::OkStatus();
}

}  // namespace stepwell::upload
