#include "query/run_table_json.h"

#include <cmath>

#include "base/clock.h"
#include "query/filter_text.h"

namespace stepwell::query {
namespace {

// A parameter 64 is 64, not 64.0: what it was logged as is not known where runs agree in a number.
void WriteNumberOf(JsonWriter& json, double value) {
  std::isfinite(value) ? json.Raw(WriteNumber(value)) : json.String(WriteNumber(value));
}

void WriteKeyValue(JsonWriter& json, const catalog::KeyValue& value) {
  if (const double* number = std::get_if<double>(&value)) {
    WriteNumberOf(json, *number);
  } else if (const bool* flag = std::get_if<bool>(&value)) {
    json.Bool(*flag);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json.String(*text);
  } else {
    json.Null();
  }
}

void WriteSpread(JsonWriter& json, const catalog::Spread& spread) {
  const auto write = [&](std::string_view key, const std::optional<double>& value) {
    json.Key(key);
    value ? json.Double(*value) : json.Null();
  };
  write("mean", spread.mean);
  write("min", spread.min);
  write("max", spread.max);
  write("std", spread.deviation);
  json.Key("count").Int(spread.count);
}

}  // namespace

void WriteKeyRow(JsonWriter& json, const catalog::KeyRow& row) {
  json.Object().Key("key").String(row.key).Key("space").String(row.space);
  json.Key("type").String(row.type).Key("runs").Int(row.runs).End();
}

void WriteKeyValues(JsonWriter& json, const catalog::KeyValues& values) {
  json.Object().Key("items").Array();
  for (const catalog::KeyValues::Item& item : values.items) {
    json.Object().Key("value");
    WriteKeyValue(json, item.value);
    json.Key("runs").Int(item.runs).End();
  }
  json.End().Key("next").Null().Key("min");
  WriteKeyValue(json, values.min);
  json.Key("max");
  WriteKeyValue(json, values.max);
  json.End();
}

void WriteGroup(JsonWriter& json, const catalog::Group& group) {
  json.Object().Key("key").Array();
  for (const catalog::KeyValue& value : group.key) WriteKeyValue(json, value);
  json.End().Key("count").Int(group.count).Key("filter").String(group.filter);
  json.Key("newest").String(FormatTime(group.newest)).Key("params").Object();
  for (const auto& [name, param] : group.params) {
    json.Key(name).Object().Key("distinct").Int(param.distinct);
    if (param.distinct == 1) {
      json.Key("value");
      WriteKeyValue(json, param.value);
    }
    WriteSpread(json, param.numbers);
    json.End();
  }
  json.End().Key("metrics").Object();
  for (const auto& [tag, attributes] : group.metrics) {
    json.Key(tag).Object();
    for (const auto& [attribute, spread] : attributes) {
      json.Key(attribute).Object();
      WriteSpread(json, spread);
      json.End();
    }
    json.End();
  }
  json.End().End();
}

}  // namespace stepwell::query
