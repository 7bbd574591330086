#include "query/catalog_json.h"

#include <cmath>

#include "base/clock.h"
#include "query/json_check.h"
#include "query/kinds.h"

namespace stepwell::query {
namespace {

// An extreme of no finite value is nothing, not a number.
void WriteExtreme(JsonWriter& json, double value) { std::isnan(value) ? json.Null() : json.Double(value); }

void WriteMetric(JsonWriter& json, const catalog::Metric& metric) {
  json.Object().Key("last").Double(metric.last).Key("min");
  WriteExtreme(json, metric.min);
  json.Key("max");
  WriteExtreme(json, metric.max);
  json.Key("last_step").Int(metric.last_step).Key("count").Uint(metric.count).End();
}

void WriteScalarStats(JsonWriter& json, const v1::SeriesStats& stats) {
  json.Key("last").Double(stats.last()).Key("min");
  stats.has_finite() ? json.Double(stats.min()) : json.Null();
  json.Key("max");
  stats.has_finite() ? json.Double(stats.max()) : json.Null();
  json.Key("nan").Uint(stats.nan()).Key("pos_inf").Uint(stats.pos_inf()).Key("neg_inf").Uint(stats.neg_inf());
}

}  // namespace

void WriteExperiment(JsonWriter& json, const catalog::Experiment& experiment) {
  json.Object()
      .Key("id")
      .String(experiment.id)
      .Key("name")
      .String(experiment.name)
      .Key("workspace")
      .String(experiment.workspace);
  json.Key("created").String(FormatTime(experiment.created)).Key("updated").String(FormatTime(experiment.updated));
  json.Key("run_count").Int(experiment.run_count).Key("description").String(experiment.description).End();
}

void WriteRun(JsonWriter& json, const catalog::Run& run) {
  json.Object().Key("id").String(run.id).Key("name").String(run.name).Key("experiment").String(run.experiment);
  json.Key("status").String(run.status).Key("created").String(FormatTime(run.created));
  json.Key("updated").String(FormatTime(run.updated)).Key("finished");
  run.finished ? json.String(FormatTime(*run.finished)) : json.Null();
  json.Key("duration").Double(run.duration).Key("owner").String(run.owner);
  json.Key("forked_from");
  if (run.forked_from) {
    json.Object().Key("run").String(run.forked_from->run_id).Key("step").Int(run.forked_from->step).End();
  } else {
    json.Null();
  }
  json.Key("color_slot").Int(run.color_slot).Key("params").Object();
  for (const auto& [key, value] : run.params) {
    json.Key(key);
    IsJson(value) ? json.Raw(value) : json.String(value);
  }
  json.End().Key("labels").Object();
  for (const auto& [key, value] : run.labels) json.Key(key).String(value);
  json.End().Key("summary").Object();
  for (const auto& [tag, metric] : run.summary) {
    json.Key(tag);
    WriteMetric(json, metric);
  }
  json.End().Key("note").String(run.note).Key("deleted").Bool(run.deleted);
  json.Key("archived").Bool(run.archived).End();
}

void WriteWarning(JsonWriter& json, const catalog::Warning& warning) {
  json.Object()
      .Key("time")
      .String(FormatTime(warning.time))
      .Key("source")
      .String(warning.source)
      .Key("file")
      .String(warning.file);
  json.Key("offset");
  warning.offset >= 0 ? json.Int(warning.offset) : json.Null();
  WriteTag(json, warning.tag);
  json.Key("reason").String(warning.reason).Key("count").Uint(warning.count).End();
}

void WriteTagRow(JsonWriter& json, const catalog::TagRow& row) {
  json.Object();
  WriteTag(json, row.tag);
  json.Key("kind").String(KindName(static_cast<v1::Kind>(row.kind))).Key("runs").Int(row.runs).End();
}

void WriteSeriesItem(JsonWriter& json, const v1::SeriesItem& item) {
  const v1::SeriesInfo& info = item.info();
  const v1::SeriesStats& stats = item.stats();
  json.Object();
  WriteTag(json, info.tag());
  json.Key("kind")
      .String(KindName(info.kind()))
      .Key("plugin")
      .String(info.plugin())
      .Key("writer")
      .Uint(item.writer_number());
  json.Key("count").Uint(stats.count()).Key("hidden").Uint(stats.hidden());
  json.Key("first_step").Int(stats.first_step()).Key("last_step").Int(stats.last_step());
  json.Key("min_step").Int(stats.min_step()).Key("max_step").Int(stats.max_step());
  json.Key("first_wall").Double(stats.first_wall()).Key("last_wall").Double(stats.last_wall());
  if (info.kind() == v1::KIND_SCALAR) WriteScalarStats(json, stats);
  json.Key("display_name").String(info.display_name()).Key("description").String(info.description());
  json.Key("value_type").String(info.value_type()).Key("content").String(Base64(info.content())).End();
}

}  // namespace stepwell::query
