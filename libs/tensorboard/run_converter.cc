#include "tensorboard/run_converter.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tensorboard/event.pb.h"
#include "tensorboard/fast_event.h"
#include "tensorboard/json_check.h"
#include "tensorboard/plugin_data.pb.h"
#include "tensorboard/plugin_json.h"
#include "tensorboard/plugin_kind.h"
#include "tensorboard/series_table.h"
#include "tensorboard/tensor.h"
#include "tensorboard/utf8.h"
#include "tensorboard/value_builder.h"

namespace stepwell::tensorboard {
namespace {

constexpr int32_t kSessionStart = 1;     // SessionLog.SessionStatus.START
constexpr int32_t kDataClassScalar = 1;  // DataClass.DATA_CLASS_SCALAR
constexpr size_t kMaxWarnings = 10'000;  // of one run; more would say nothing new
constexpr std::string_view kFileStateMark = "F1";

}  // namespace

std::string FileState::Serialize() const { return std::string(kFileStateMark) + (started ? '1' : '0'); }

FileState FileState::Parse(std::string_view bytes) {
  FileState state;
  state.started = bytes.size() == 3 && bytes.starts_with(kFileStateMark) && bytes[2] == '1';
  return state;
}

struct RunConverter::State {
  SeriesTable table;
  wire::Event event;  // kept for its memory
  std::set<std::pair<std::string, std::string>, std::less<>> warned;
  // Of each mesh, the last step and number of vertices: its faces are checked against them.
  absl::flat_hash_map<std::string, std::pair<int64_t, int64_t>> vertices;

  void Warn(std::string_view tag, std::string_view reason, Sink& sink);
  TagEntry& Entry(std::string_view raw, Sink& sink);
  uint32_t Key(TagEntry& entry, v1::Kind kind, std::string_view plugin, std::string_view value_type,
               const wire::SummaryMetadata& metadata, Sink& sink);

  bool ConvertFast(std::string_view record, Sink& sink);
  void ConvertSummaryValue(const wire::Summary::Value& value, Sink& sink);
  void ConvertTensor(TagEntry& entry, const wire::Summary::Value& value, Sink& sink);
  void ConvertNothing(TagEntry& entry, const wire::Summary::Value& value, Sink& sink);
  void ConvertHparams(TagEntry& entry, const wire::SummaryMetadata& metadata, Sink& sink);
  void ConvertLayout(TagEntry& entry, const wire::SummaryMetadata& metadata, const wire::Tensor& tensor, Sink& sink);
  void ConvertGraph(std::string_view tag, std::string_view plugin, std::string_view format, std::string_view bytes,
                    Sink& sink);
  absl::StatusOr<v1::Value> Build(v1::Kind kind, std::string_view plugin, std::string_view content,
                                  DecodedTensor& tensor, Sink& sink);
  void KeepAsItIs(TagEntry& entry, const wire::SummaryMetadata& metadata, std::string_view plugin,
                  const wire::Tensor& tensor, Sink& sink);
  void CheckMesh(const TagEntry& entry, const v1::Mesh& mesh, const wire::Tensor& tensor, Sink& sink);
  const wire::SummaryMetadata& MetadataFor(TagEntry& entry, const wire::Summary::Value& value);
  std::string PluginFor(TagEntry& entry, const wire::SummaryMetadata& metadata, const wire::Tensor& tensor);
  void PutValue(uint32_t key, v1::Value&& value, Sink& sink) {
    sink.Value(key, event.step(), event.wall_time(), std::move(value));
  }
};

void RunConverter::State::Warn(std::string_view tag, std::string_view reason, Sink& sink) {
  if (warned.size() < kMaxWarnings && warned.emplace(tag, reason).second) sink.Warning(tag, reason);
}

TagEntry& RunConverter::State::Entry(std::string_view raw, Sink& sink) {
  TagEntry& entry = table.NextTag(raw);
  if (entry.tag != raw) Warn(entry.tag, "tag is not UTF-8", sink);
  return entry;
}

uint32_t RunConverter::State::Key(TagEntry& entry, v1::Kind kind, std::string_view plugin, std::string_view value_type,
                                  const wire::SummaryMetadata& metadata, Sink& sink) {
  uint32_t key = table.Find(entry, kind, plugin);
  if (key != kNoKey) return key;
  v1::SeriesInfo info;
  info.set_tag(entry.tag);
  info.set_kind(kind);
  info.set_plugin(std::string(plugin));
  info.set_value_type(std::string(value_type));
  info.set_content(metadata.plugin_data().content());
  info.set_display_name(metadata.display_name());
  info.set_description(metadata.summary_description());
  info.set_data_class(static_cast<uint32_t>(std::max(metadata.data_class(), 0)));
  key = table.Add(entry, std::move(info));
  sink.Series(key, table.series()[key]);
  return key;
}

bool RunConverter::State::ConvertFast(std::string_view record, Sink& sink) {
  FastScalar scalar;
  if (!ReadFastScalar(record, &scalar)) return false;
  TagEntry& entry = Entry(scalar.tag, sink);
  uint32_t& key = scalar.is_tensor ? entry.tensor_scalar_key : entry.simple_key;
  if (key == kNoKey) return false;  // the general way finds it out, once
  sink.Scalar(key, scalar.step, scalar.wall, scalar.value);
  return true;
}

void RunConverter::State::ConvertSummaryValue(const wire::Summary::Value& value, Sink& sink) {
  TagEntry& entry = Entry(value.tag(), sink);
  using Form = wire::Summary::Value;
  switch (value.value_case()) {
    case Form::kSimpleValue:
      entry.simple_key = Key(entry, v1::KIND_SCALAR, "scalars", "float32", value.metadata(), sink);
      sink.Scalar(entry.simple_key, event.step(), event.wall_time(), value.simple_value());
      return;
    case Form::kImage:
      return PutValue(Key(entry, v1::KIND_IMAGE, "images", "", value.metadata(), sink),
                      BuildLegacyImage(value.image(), sink), sink);
    case Form::kAudio:
      return PutValue(Key(entry, v1::KIND_AUDIO, "audio", "", value.metadata(), sink),
                      BuildLegacyAudio(value.audio(), sink), sink);
    case Form::kHisto:
      if (value.histo().bucket_size() != value.histo().bucket_limit_size()) {
        Warn(entry.tag, "a histogram whose limits and counts differ in number", sink);
      }
      return PutValue(Key(entry, v1::KIND_HISTOGRAM, "histograms", "", value.metadata(), sink),
                      BuildLegacyHistogram(value.histo()), sink);
    case Form::kObsoleteOldStyleHistogram:
      return PutValue(Key(entry, v1::KIND_OTHER, "", "", value.metadata(), sink),
                      BuildBytes(value.obsolete_old_style_histogram(), "old_style_histogram", sink), sink);
    case Form::kTensor:
      return ConvertTensor(entry, value, sink);
    case Form::VALUE_NOT_SET:
      return ConvertNothing(entry, value, sink);
  }
}

// The value's own metadata where it names a plugin, else the tag's first.
const wire::SummaryMetadata& RunConverter::State::MetadataFor(TagEntry& entry, const wire::Summary::Value& value) {
  if (!entry.has_metadata && value.has_metadata()) {
    entry.metadata = value.metadata();
    entry.tensor_scalar_key = kNoKey;
    entry.has_metadata = !value.metadata().plugin_data().plugin_name().empty();
  }
  return value.metadata().plugin_data().plugin_name().empty() ? entry.metadata : value.metadata();
}

std::string RunConverter::State::PluginFor(TagEntry& entry, const wire::SummaryMetadata& metadata,
                                           const wire::Tensor& tensor) {
  const std::string& named = metadata.plugin_data().plugin_name();
  if (!named.empty()) return CleanUtf8(named);
  // No metadata in this converter's life: series that the server knew.
  for (const uint32_t key : entry.keys) {
    const v1::SeriesInfo& info = table.series()[key];
    if (info.plugin().empty() || !CanBe(info.kind(), tensor)) continue;
    entry.metadata.mutable_plugin_data()->set_plugin_name(info.plugin());
    entry.metadata.mutable_plugin_data()->set_content(info.content());
    entry.metadata.set_data_class(static_cast<int32_t>(info.data_class()));
    entry.has_metadata = true;
    return info.plugin();
  }
  return "";
}

void RunConverter::State::ConvertTensor(TagEntry& entry, const wire::Summary::Value& value, Sink& sink) {
  const wire::SummaryMetadata& metadata = MetadataFor(entry, value);
  const std::string plugin = PluginFor(entry, metadata, value.tensor());
  v1::Kind kind = KindOfPlugin(plugin);
  if (kind == v1::KIND_HPARAMS) return ConvertHparams(entry, metadata, sink);
  if (kind == v1::KIND_LAYOUT) return ConvertLayout(entry, metadata, value.tensor(), sink);
  absl::StatusOr<DecodedTensor> tensor = DecodeTensor(value.tensor());
  const std::optional<double> number = tensor.ok() ? OneNumber(*tensor) : std::nullopt;
  if (kind == v1::KIND_TENSOR && metadata.data_class() == kDataClassScalar && number) kind = v1::KIND_SCALAR;
  if (kind == v1::KIND_SCALAR) {
    if (!number) return Warn(entry.tag, "not one number", sink);
    const uint32_t key = Key(entry, kind, plugin, tensor->dtype->name, metadata, sink);
    if (&metadata == &entry.metadata) entry.tensor_scalar_key = key;  // so go all that come without metadata
    return sink.Scalar(key, event.step(), event.wall_time(), *number);
  }
  if (!tensor.ok()) {
    if (kind != v1::KIND_TENSOR) Warn(entry.tag, std::string(tensor.status().message()), sink);
    return KeepAsItIs(entry, metadata, plugin, value.tensor(), sink);
  }
  const std::string_view type = tensor->dtype->name;
  absl::StatusOr<v1::Value> built = Build(kind, plugin, metadata.plugin_data().content(), *tensor, sink);
  if (!built.ok()) {
    Warn(entry.tag, std::string(built.status().message()), sink);
    return KeepAsItIs(entry, metadata, plugin, value.tensor(), sink);
  }
  if (kind == v1::KIND_MESH) CheckMesh(entry, built->mesh(), value.tensor(), sink);
  if (plugin == "graph_keras_model" && !IsJson(value.tensor().string_val(0)))
    Warn(entry.tag, "graph cannot be read", sink);
  PutValue(Key(entry, kind, plugin, type, metadata, sink), *std::move(built), sink);
}

absl::StatusOr<v1::Value> RunConverter::State::Build(v1::Kind kind, std::string_view plugin, std::string_view content,
                                                     DecodedTensor& tensor, Sink& sink) {
  switch (kind) {
    case v1::KIND_TEXT:
      return BuildText(tensor, sink);
    case v1::KIND_IMAGE:
      return BuildImage(tensor, sink);
    case v1::KIND_AUDIO:
      return BuildAudio(tensor, sink);
    case v1::KIND_HISTOGRAM:
      return BuildHistogram(tensor);
    case v1::KIND_PR_CURVE:
      return BuildPrCurve(std::move(tensor), sink);
    case v1::KIND_MESH:
      return BuildMesh(std::move(tensor), content, sink);
    case v1::KIND_GRAPH:
      return BuildGraph(tensor, GraphFormat(plugin), sink);
    default:
      return BuildTensor(std::move(tensor), sink);
  }
}

// What its plugin would not read: a tensor if it is one, else its bytes.
void RunConverter::State::KeepAsItIs(TagEntry& entry, const wire::SummaryMetadata& metadata, std::string_view plugin,
                                     const wire::Tensor& tensor, Sink& sink) {
  absl::StatusOr<DecodedTensor> decoded = DecodeTensor(tensor);
  if (decoded.ok()) {
    const uint32_t key = Key(entry, v1::KIND_TENSOR, plugin, decoded->dtype->name, metadata, sink);
    return PutValue(key, BuildTensor(*std::move(decoded), sink), sink);
  }
  const uint32_t key = Key(entry, v1::KIND_OTHER, plugin, "", metadata, sink);
  PutValue(key, BuildBytes(tensor.SerializeAsString(), "tensor_proto", sink), sink);
}

// A value without data: its metadata is all that it says.
void RunConverter::State::ConvertNothing(TagEntry& entry, const wire::Summary::Value& value, Sink& sink) {
  const wire::SummaryMetadata& metadata = MetadataFor(entry, value);
  const std::string plugin = PluginFor(entry, metadata, wire::Tensor());
  const v1::Kind kind = KindOfPlugin(plugin);
  if (kind == v1::KIND_HPARAMS) return ConvertHparams(entry, metadata, sink);
  if (kind != v1::KIND_TENSOR || !value.has_metadata()) return;  // an announcement of values to come
  PutValue(Key(entry, v1::KIND_OTHER, plugin, "", metadata, sink), BuildBytes("", "", sink), sink);
}

void RunConverter::State::ConvertHparams(TagEntry& entry, const wire::SummaryMetadata& metadata, Sink& sink) {
  const std::string& content = metadata.plugin_data().content();
  wire::HparamsPluginData data;
  if (!data.ParseFromString(content)) {
    data.Clear();
    Warn(entry.tag, "hyperparameters cannot be read", sink);
  }
  v1::Value value;
  value.mutable_json()->set_text(HparamsJson(data));
  value.mutable_json()->set_raw(content);
  PutValue(Key(entry, v1::KIND_HPARAMS, "hparams", "", metadata, sink), std::move(value), sink);
  for (const auto& param : data.session_start_info().hparams()) {
    sink.Param(CleanUtf8(param.key()), JsonValueText(param.value()));
  }
  const wire::HparamsSessionEnd& end = data.session_end_info();
  if (end.status() == 1 || end.status() == 2)
    sink.Status(end.status() == 1 ? "finished" : "failed", end.end_time_secs());
}

void RunConverter::State::ConvertLayout(TagEntry& entry, const wire::SummaryMetadata& metadata,
                                        const wire::Tensor& tensor, Sink& sink) {
  if (tensor.dtype() != 7 || tensor.string_val_size() != 1) {
    Warn(entry.tag, "layout cannot be read", sink);
    return KeepAsItIs(entry, metadata, "custom_scalars", tensor, sink);
  }
  v1::Value value;
  wire::Layout layout;
  if (layout.ParseFromString(tensor.string_val(0))) {
    value.mutable_json()->set_text(LayoutJson(layout));
  } else {
    value.mutable_json()->set_text("null");
    Warn(entry.tag, "layout cannot be read", sink);
  }
  value.mutable_json()->set_raw(tensor.string_val(0));
  PutValue(Key(entry, v1::KIND_LAYOUT, "custom_scalars", "", metadata, sink), std::move(value), sink);
}

void RunConverter::State::ConvertGraph(std::string_view tag, std::string_view plugin, std::string_view format,
                                       std::string_view bytes, Sink& sink) {
  TagEntry& entry = Entry(tag, sink);
  const uint32_t key = Key(entry, v1::KIND_GRAPH, plugin, "", wire::SummaryMetadata(), sink);
  PutValue(key, BuildBytes(bytes, format, sink), sink);
}

// A face must name vertices that are there. Both come at the same step, vertices first.
void RunConverter::State::CheckMesh(const TagEntry& entry, const v1::Mesh& mesh, const wire::Tensor& tensor,
                                    Sink& sink) {
  if (mesh.part() == "vertex") {
    vertices[mesh.name()] = {event.step(), mesh.tensor().shape(1)};
    return;
  }
  const auto found = vertices.find(mesh.name());
  if (mesh.part() != "face" || found == vertices.end() || found->second.first != event.step()) return;
  const absl::StatusOr<DecodedTensor> faces = DecodeTensor(tensor);
  if (!faces.ok()) return;
  const auto count = static_cast<double>(found->second.second);
  for (uint64_t i = 0; i < faces->count; ++i) {
    const double index = ElementAsDouble(*faces->dtype, faces->data.data() + i * faces->dtype->size);
    if (index >= 0 && index < count) continue;
    return Warn(entry.tag, absl::StrCat("face names vertex ", index, " of ", count), sink);
  }
}

RunConverter::RunConverter(std::span<const v1::SeriesInfo> known) : state_(std::make_unique<State>()) {
  for (const v1::SeriesInfo& info : known) {
    TagEntry& entry = state_->table.Tag(info.tag());
    if (state_->table.Find(entry, info.kind(), info.plugin()) == kNoKey) state_->table.Add(entry, info);
  }
}

RunConverter::~RunConverter() = default;
RunConverter::RunConverter(RunConverter&&) noexcept = default;
RunConverter& RunConverter::operator=(RunConverter&&) noexcept = default;

void RunConverter::Convert(std::string_view record, FileState& file, Sink& sink) {
  State& state = *state_;
  if (state.ConvertFast(record, sink)) return;
  wire::Event& event = state.event;
  event.Clear();
  if (record.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !event.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
    return state.Warn("", "record is not an event", sink);
  }
  switch (event.what_case()) {
    case wire::Event::kSummary:
      for (const auto& value : event.summary().value()) state.ConvertSummaryValue(value, sink);
      break;
    case wire::Event::kGraphDef:
      state.ConvertGraph("__run_graph__", "graphs", "graph_def", event.graph_def(), sink);
      break;
    case wire::Event::kMetaGraphDef:
      state.ConvertGraph("__meta_graph__", "graphs", "meta_graph_def", event.meta_graph_def(), sink);
      break;
    case wire::Event::kTaggedRunMetadata:
      state.ConvertGraph(event.tagged_run_metadata().tag(), "graph_tagged_run_metadata", "run_metadata",
                         event.tagged_run_metadata().run_metadata(), sink);
      break;
    case wire::Event::kSessionLog:
      if (event.session_log().status() == kSessionStart) {
        sink.SessionStart(event.step(), !file.started);
        file.started = true;
      }
      break;
    case wire::Event::kFileVersion:
    case wire::Event::kLogMessage:
    case wire::Event::WHAT_NOT_SET:
      break;
  }
}

uint32_t RunConverter::KeyOf(const v1::SeriesInfo& info, Sink& sink) {
  TagEntry& entry = state_->table.Tag(info.tag());
  uint32_t key = state_->table.Find(entry, info.kind(), info.plugin());
  if (key == kNoKey) {
    v1::SeriesInfo clean = info;
    clean.set_tag(entry.tag);
    key = state_->table.Add(entry, std::move(clean));
    sink.Series(key, state_->table.series()[key]);
  }
  return key;
}

uint32_t RunConverter::series_count() const { return static_cast<uint32_t>(state_->table.series().size()); }

const v1::SeriesInfo& RunConverter::Info(uint32_t key) const { return state_->table.series()[key]; }

std::optional<uint32_t> RunConverter::Find(std::string_view tag, v1::Kind kind, std::string_view plugin) const {
  const TagEntry* entry = state_->table.FindTag(tag);
  const uint32_t key = entry == nullptr ? kNoKey : state_->table.Find(*entry, kind, plugin);
  return key == kNoKey ? std::nullopt : std::optional<uint32_t>(key);
}

}  // namespace stepwell::tensorboard
