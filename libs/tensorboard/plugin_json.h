// The messages of the hyperparameter and custom-scalar plugins as JSON.
//
//   experiment     {"type": "experiment", "name", "description", "user", "time_created_secs",
//                   "hparam_infos": [{"name", "display_name", "description", "type": "unset"|"string"|"bool"|"float64",
//                                     "domain": {"discrete": [value...]} | {"interval": {"min", "max"}} | null}...],
//                   "metric_infos": [{"group", "tag", "display_name", "description",
//                                     "dataset_type": "unknown"|"training"|"validation"}...]}
//   session start  {"type": "session_start", "group_name", "model_uri", "monitor_url", "start_time_secs",
//                   "hparams": {name: value...}}
//   session end    {"type": "session_end", "status": "unknown"|"success"|"failure"|"running", "end_time_secs"}
//   layout         {"version", "categories": [{"title", "closed", "charts": [{"title", "multiline": {"tags": [...]}} |
//                   {"title", "margin": {"series": [{"value", "lower", "upper"}...]}}...]}...]}
//
// Values keep their type: null, boolean, number, text, list, object. Numbers that JSON has not are text ("NaN").
//
// Thread safety: pure functions.
#pragma once

#include <string>

#include "tensorboard/plugin_data.pb.h"

namespace stepwell::tensorboard {

std::string HparamsJson(const wire::HparamsPluginData& data);
std::string LayoutJson(const wire::Layout& layout);
std::string JsonValueText(const wire::JsonValue& value);

}  // namespace stepwell::tensorboard
