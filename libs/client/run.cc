#include "stepwell/run.h"

#include <stdexcept>

#include "base/json.h"
#include "client/encoded.h"
#include "client/messages.h"
#include "client/parts.h"
#include "client/run_impl.h"

namespace stepwell {

Run::Run(RunOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Run::~Run() = default;
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;

// What goes wrong in a call does not end the training, whatever it is, unless the run is strict.
template <typename Call>
void Run::Carefully(std::string_view what, const Call& call) {
  std::string why;
  try {
    call();
    return;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    why = error.what();
  }
  impl_->Complain("\"" + std::string(what) + "\" is left out: " + why, std::string(what));
}

void Run::Log(const Scalar* values, std::size_t count, Step step, Wall wall) {
  Carefully("a call of Log", [&] {
    if (values == nullptr && count > 0) client::Refuse("it points to no values");
    impl_->LogScalars(values, count, step, wall);
  });
}

void Run::Log(std::string_view tag, const Value& value, Step step, Wall wall) {
  Carefully(tag, [&] {
    if (impl_->TagIsGood(tag)) impl_->LogValue(value.Encode(tag), step, wall);
  });
}

void Run::LogParams(const Params& params) {
  Carefully("a call of LogParams", [&] { impl_->LogParams(params); });
}

void Run::Label(std::string_view key, std::string_view value) {
  Carefully(key, [&] { impl_->Note(client::LabelNote(key, value)); });
}

void Run::Note(std::string_view text) {
  Carefully("a note", [&] { impl_->Note(client::TextNote(text)); });
}

void Run::DefineMetric(std::string_view name, std::string_view step_metric, std::string_view summary) {
  std::string said = "{";
  const auto add = [&](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    if (said.size() > 1) said += ", ";
    AppendJsonString(said, key);
    said += ": ";
    AppendJsonString(said, value);
  };
  add("step_metric", step_metric);
  add("summary", summary);
  Label("stepwell.metric/" + std::string(name), said + "}");
}

void Run::Rewind(std::int64_t step) {
  Carefully("a rewind", [&] { impl_->Rewind(step); });
}

bool Run::Finish(std::string_view status, double wait_seconds) {
  return impl_->Finish(std::string(status), wait_seconds);
}

std::string Run::id() const { return impl_->id(); }
std::string Run::name() const { return impl_->about().name; }
std::string Run::experiment() const { return impl_->about().experiment; }
std::string Run::writer() const { return impl_->about().writer; }
std::string Run::spool() const { return impl_->spool(); }
std::int64_t Run::step() const { return impl_->step(); }

}  // namespace stepwell
