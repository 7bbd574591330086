#include "tensorboard/plugin_json.h"

#include <array>
#include <cmath>
#include <string_view>

#include "base/json.h"

namespace stepwell::tensorboard {
namespace {

using Fields = google::protobuf::RepeatedPtrField<wire::JsonField>;

template <size_t kCount>
std::string_view Name(const std::array<std::string_view, kCount>& names, int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < kCount ? names[static_cast<size_t>(number)] : names[0];
}
constexpr std::array<std::string_view, 4> kHparamTypes = {"unset", "string", "bool", "float64"};
constexpr std::array<std::string_view, 3> kDatasetTypes = {"unknown", "training", "validation"};
constexpr std::array<std::string_view, 4> kStatuses = {"unknown", "success", "failure", "running"};

// Whole numbers as integers: the plugin has only doubles, people log a batch size of 32.
void WriteNumber(JsonWriter& json, double value) {
  constexpr double kExact = 9007199254740992;  // 2^53
  const bool whole = std::abs(value) <= kExact && value == std::trunc(value) && !(value == 0 && std::signbit(value));
  if (whole) {
    json.Int(static_cast<int64_t>(value));
  } else {
    json.Double(value);
  }
}

void WriteValue(JsonWriter& json, const wire::JsonValue& value);

// The last of equal keys counts, as in a protobuf map.
bool IsLast(const Fields& fields, int at) {
  if (fields.size() > 1000) return true;  // not worth the square; readers take the last themselves
  for (int i = at + 1; i < fields.size(); ++i) {
    if (fields[i].key() == fields[at].key()) return false;
  }
  return true;
}

void WriteFields(JsonWriter& json, const Fields& fields) {
  json.Object();
  for (int i = 0; i < fields.size(); ++i) {
    if (IsLast(fields, i)) WriteValue(json.Key(fields[i].key()), fields[i].value());
  }
  json.End();
}

void WriteList(JsonWriter& json, const wire::JsonList& list) {
  json.Array();
  for (const auto& value : list.values()) WriteValue(json, value);
  json.End();
}

void WriteValue(JsonWriter& json, const wire::JsonValue& value) {
  switch (value.kind_case()) {
    case wire::JsonValue::kNumberValue:
      return WriteNumber(json, value.number_value());
    case wire::JsonValue::kStringValue:
      json.String(value.string_value());
      return;
    case wire::JsonValue::kBoolValue:
      json.Bool(value.bool_value());
      return;
    case wire::JsonValue::kStructValue:
      return WriteFields(json, value.struct_value().fields());
    case wire::JsonValue::kListValue:
      return WriteList(json, value.list_value());
    default:
      json.Null();
  }
}

void WriteDomain(JsonWriter& json, const wire::HparamInfo& info) {
  if (info.has_domain_discrete()) {
    WriteList(json.Object().Key("discrete"), info.domain_discrete());
    json.End();
  } else if (info.has_domain_interval()) {
    json.Object().Key("interval").Object();
    WriteNumber(json.Key("min"), info.domain_interval().min_value());
    WriteNumber(json.Key("max"), info.domain_interval().max_value());
    json.End().End();
  } else {
    json.Null();
  }
}

void WriteHparamInfo(JsonWriter& json, const wire::HparamInfo& info) {
  json.Object().Key("name").String(info.name()).Key("display_name").String(info.display_name());
  json.Key("description").String(info.description()).Key("type").String(Name(kHparamTypes, info.type()));
  WriteDomain(json.Key("domain"), info);
  json.End();
}

void WriteMetricInfo(JsonWriter& json, const wire::HparamMetric& metric) {
  json.Object().Key("group").String(metric.name().group()).Key("tag").String(metric.name().tag());
  json.Key("display_name").String(metric.display_name()).Key("description").String(metric.description());
  json.Key("dataset_type").String(Name(kDatasetTypes, metric.dataset_type())).End();
}

void WriteExperiment(JsonWriter& json, const wire::HparamsExperiment& experiment) {
  json.Key("type").String("experiment").Key("name").String(experiment.name());
  json.Key("description").String(experiment.description()).Key("user").String(experiment.user());
  WriteNumber(json.Key("time_created_secs"), experiment.time_created_secs());
  json.Key("hparam_infos").Array();
  for (const auto& info : experiment.hparam_infos()) WriteHparamInfo(json, info);
  json.End().Key("metric_infos").Array();
  for (const auto& metric : experiment.metric_infos()) WriteMetricInfo(json, metric);
  json.End();
}

void WriteStart(JsonWriter& json, const wire::HparamsSessionStart& start) {
  json.Key("type").String("session_start").Key("group_name").String(start.group_name());
  json.Key("model_uri").String(start.model_uri()).Key("monitor_url").String(start.monitor_url());
  WriteNumber(json.Key("start_time_secs"), start.start_time_secs());
  WriteFields(json.Key("hparams"), start.hparams());
}

void WriteChart(JsonWriter& json, const wire::LayoutChart& chart) {
  json.Object().Key("title").String(chart.title());
  if (chart.has_multiline()) {
    json.Key("multiline").Object().Key("tags").Array();
    for (const auto& tag : chart.multiline().tag()) json.String(tag);
    json.End().End();
  } else if (chart.has_margin()) {
    json.Key("margin").Object().Key("series").Array();
    for (const auto& line : chart.margin().series()) {
      json.Object().Key("value").String(line.value()).Key("lower").String(line.lower());
      json.Key("upper").String(line.upper()).End();
    }
    json.End().End();
  }
  json.End();
}

}  // namespace

std::string HparamsJson(const wire::HparamsPluginData& data) {
  std::string out;
  JsonWriter json(out);
  json.Object();
  if (data.has_experiment()) {
    WriteExperiment(json, data.experiment());
  } else if (data.has_session_start_info()) {
    WriteStart(json, data.session_start_info());
  } else if (data.has_session_end_info()) {
    json.Key("type").String("session_end").Key("status").String(Name(kStatuses, data.session_end_info().status()));
    WriteNumber(json.Key("end_time_secs"), data.session_end_info().end_time_secs());
  } else {
    json.Key("type").String("unknown");
  }
  json.End();
  return out;
}

std::string LayoutJson(const wire::Layout& layout) {
  std::string out;
  JsonWriter json(out);
  json.Object().Key("version").Int(layout.version()).Key("categories").Array();
  for (const auto& category : layout.category()) {
    json.Object().Key("title").String(category.title()).Key("closed").Bool(category.closed()).Key("charts").Array();
    for (const auto& chart : category.chart()) WriteChart(json, chart);
    json.End().End();
  }
  json.End().End();
  return out;
}

std::string JsonValueText(const wire::JsonValue& value) {
  std::string out;
  JsonWriter json(out);
  WriteValue(json, value);
  return out;
}

}  // namespace stepwell::tensorboard
