#include "tensorboard/plugin_json.h"

#include <array>
#include <string_view>

#include "tensorboard/json_text.h"

namespace stepwell::tensorboard {
namespace {

// Writes one JSON object or array; puts the commas.
class Writer {
 public:
  Writer(std::string& out, char open, char close) : out_(out), close_(close) { out_ += open; }
  ~Writer() { out_ += close_; }

  // The place for the next element.
  std::string& Item() {
    if (!first_) out_ += ", ";
    first_ = false;
    return out_;
  }
  // The place for the value of a key.
  std::string& Key(std::string_view key) {
    AppendJsonString(Item(), key);
    out_ += ": ";
    return out_;
  }
  void Text(std::string_view key, std::string_view value) { AppendJsonString(Key(key), value); }
  void Number(std::string_view key, double value) { AppendJsonNumber(Key(key), value); }

 private:
  std::string& out_;
  const char close_;
  bool first_ = true;
};

class Object : public Writer {
 public:
  explicit Object(std::string& out) : Writer(out, '{', '}') {}
};
class Array : public Writer {
 public:
  explicit Array(std::string& out) : Writer(out, '[', ']') {}
};

template <size_t kCount>
std::string_view Name(const std::array<std::string_view, kCount>& names, int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < kCount ? names[static_cast<size_t>(number)] : names[0];
}
constexpr std::array<std::string_view, 4> kHparamTypes = {"unset", "string", "bool", "float64"};
constexpr std::array<std::string_view, 3> kDatasetTypes = {"unknown", "training", "validation"};
constexpr std::array<std::string_view, 4> kStatuses = {"unknown", "success", "failure", "running"};

void AppendValue(std::string& out, const wire::JsonValue& value);

// The last of equal keys counts, as in a protobuf map.
bool IsLast(const google::protobuf::RepeatedPtrField<wire::JsonField>& fields, int at) {
  if (fields.size() > 1000) return true;  // not worth the square; readers take the last themselves
  for (int i = at + 1; i < fields.size(); ++i) {
    if (fields[i].key() == fields[at].key()) return false;
  }
  return true;
}

void AppendFields(std::string& out, const google::protobuf::RepeatedPtrField<wire::JsonField>& fields) {
  Object object(out);
  for (int i = 0; i < fields.size(); ++i) {
    if (IsLast(fields, i)) AppendValue(object.Key(fields[i].key()), fields[i].value());
  }
}

void AppendList(std::string& out, const wire::JsonList& list) {
  Array array(out);
  for (const auto& value : list.values()) AppendValue(array.Item(), value);
}

void AppendValue(std::string& out, const wire::JsonValue& value) {
  switch (value.kind_case()) {
    case wire::JsonValue::kNumberValue: return AppendJsonNumber(out, value.number_value());
    case wire::JsonValue::kStringValue: return AppendJsonString(out, value.string_value());
    case wire::JsonValue::kBoolValue: out += value.bool_value() ? "true" : "false"; return;
    case wire::JsonValue::kStructValue: return AppendFields(out, value.struct_value().fields());
    case wire::JsonValue::kListValue: return AppendList(out, value.list_value());
    default: out += "null";
  }
}

void AppendDomain(std::string& out, const wire::HparamInfo& info) {
  if (info.has_domain_discrete()) {
    Object domain(out);
    AppendList(domain.Key("discrete"), info.domain_discrete());
  } else if (info.has_domain_interval()) {
    Object domain(out);
    Object interval(domain.Key("interval"));
    interval.Number("min", info.domain_interval().min_value());
    interval.Number("max", info.domain_interval().max_value());
  } else {
    out += "null";
  }
}

void AppendExperiment(Object& object, const wire::HparamsExperiment& experiment) {
  object.Text("type", "experiment");
  object.Text("name", experiment.name());
  object.Text("description", experiment.description());
  object.Text("user", experiment.user());
  object.Number("time_created_secs", experiment.time_created_secs());
  {
    Array infos(object.Key("hparam_infos"));
    for (const auto& info : experiment.hparam_infos()) {
      Object one(infos.Item());
      one.Text("name", info.name());
      one.Text("display_name", info.display_name());
      one.Text("description", info.description());
      one.Text("type", Name(kHparamTypes, info.type()));
      AppendDomain(one.Key("domain"), info);
    }
  }
  Array metrics(object.Key("metric_infos"));
  for (const auto& metric : experiment.metric_infos()) {
    Object one(metrics.Item());
    one.Text("group", metric.name().group());
    one.Text("tag", metric.name().tag());
    one.Text("display_name", metric.display_name());
    one.Text("description", metric.description());
    one.Text("dataset_type", Name(kDatasetTypes, metric.dataset_type()));
  }
}

void AppendStart(Object& object, const wire::HparamsSessionStart& start) {
  object.Text("type", "session_start");
  object.Text("group_name", start.group_name());
  object.Text("model_uri", start.model_uri());
  object.Text("monitor_url", start.monitor_url());
  object.Number("start_time_secs", start.start_time_secs());
  AppendFields(object.Key("hparams"), start.hparams());
}

void AppendChart(std::string& out, const wire::LayoutChart& chart) {
  Object object(out);
  object.Text("title", chart.title());
  if (chart.has_multiline()) {
    Object multiline(object.Key("multiline"));
    Array tags(multiline.Key("tags"));
    for (const auto& tag : chart.multiline().tag()) AppendJsonString(tags.Item(), tag);
  } else if (chart.has_margin()) {
    Object margin(object.Key("margin"));
    Array series(margin.Key("series"));
    for (const auto& line : chart.margin().series()) {
      Object one(series.Item());
      one.Text("value", line.value());
      one.Text("lower", line.lower());
      one.Text("upper", line.upper());
    }
  }
}

}  // namespace

std::string HparamsJson(const wire::HparamsPluginData& data) {
  std::string out;
  {
    Object object(out);
    if (data.has_experiment()) {
      AppendExperiment(object, data.experiment());
    } else if (data.has_session_start_info()) {
      AppendStart(object, data.session_start_info());
    } else if (data.has_session_end_info()) {
      object.Text("type", "session_end");
      object.Text("status", Name(kStatuses, data.session_end_info().status()));
      object.Number("end_time_secs", data.session_end_info().end_time_secs());
    } else {
      object.Text("type", "unknown");
    }
  }
  return out;
}

std::string LayoutJson(const wire::Layout& layout) {
  std::string out;
  {
    Object object(out);
    object.Number("version", layout.version());
    Array categories(object.Key("categories"));
    for (const auto& category : layout.category()) {
      Object one(categories.Item());
      one.Text("title", category.title());
      one.Key("closed") += category.closed() ? "true" : "false";
      Array charts(one.Key("charts"));
      for (const auto& chart : category.chart()) AppendChart(charts.Item(), chart);
    }
  }
  return out;
}

std::string JsonValueText(const wire::JsonValue& value) {
  std::string out;
  AppendValue(out, value);
  return out;
}

}  // namespace stepwell::tensorboard
