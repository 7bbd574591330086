#include "ingest/catalog_rows.h"

#include <algorithm>
#include <limits>

#include "base/clock.h"

namespace stepwell::ingest {

catalog::RunNote ToRunNote(uint64_t run, const v1::Note& note) {
  catalog::RunNote out;
  out.run_number = run;
  switch (note.note_case()) {
    case v1::Note::kParam:
      out.kind = catalog::RunNote::Kind::kParam;
      out.key = note.param().key();
      out.value = note.param().json();
      break;
    case v1::Note::kLabel:
      out.kind = catalog::RunNote::Kind::kLabel;
      out.key = note.label().key();
      out.value = note.label().value();
      break;
    case v1::Note::kStatus:
      out.kind = catalog::RunNote::Kind::kStatus;
      out.value = note.status().status();
      out.wall = note.status().wall() > 0 ? note.status().wall() : Clock::System().WallSeconds();
      break;
    case v1::Note::kWarning: {
      const v1::Warning& warning = note.warning();
      out.kind = catalog::RunNote::Kind::kWarning;
      out.source = warning.source();
      out.file = warning.file();
      out.offset = warning.offset();
      out.tag = warning.tag();
      out.reason = warning.reason();
      out.count = std::max<uint64_t>(warning.count(), 1);
      out.wall = warning.wall() > 0 ? warning.wall() : Clock::System().WallSeconds();
      break;
    }
    case v1::Note::kText:
    case v1::Note::NOTE_NOT_SET:
      out.kind = catalog::RunNote::Kind::kText;
      out.value = note.text();
      break;
  }
  return out;
}

catalog::SeriesRow ToRow(uint64_t run, const OpenSeries& series, const std::optional<series::Summary>& total) {
  catalog::SeriesRow row;
  row.run_number = run;
  row.writer_number = series.key.writer;
  row.series = series.key.series;
  row.tag = series.info.tag();
  row.kind = series.info.kind();
  row.plugin = series.info.plugin();
  row.content = series.info.content();
  row.display_name = series.info.display_name();
  row.description = series.info.description();
  row.value_type = series.info.value_type();
  row.first_lsn = series.first_lsn() > 0 ? series.first_lsn() : series.define_lsn;
  row.min = row.max = row.last = std::numeric_limits<double>::quiet_NaN();
  if (!total) return row;
  row.count = total->count;
  row.first_step = total->first.step;
  row.last_step = total->last.step;
  row.min_step = total->min_step;
  row.max_step = total->max_step;
  row.last = total->last.value;
  row.last_wall = total->last.wall;
  if (total->finite() > 0) {
    row.min = total->min.value;
    row.max = total->max.value;
  }
  return row;
}

}  // namespace stepwell::ingest
