// A catalog of two runs in memory, and an ingest that knows one scalar series and one image of the first: what tests of
// REST ask.
#pragma once

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/text_error.h"
#include "catalog/catalog.h"
#include "grpcpp/grpcpp.h"
#include "stepwell/v1/reader.grpc.pb.h"

namespace stepwell::query {

class FakeCatalog : public catalog::Catalog {
 public:
  FakeCatalog() {
    for (uint64_t number : {1, 2}) {
      catalog::Run run;
      run.id = "run-" + std::to_string(number);
      run.name = "lr " + std::to_string(number);
      run.experiment = "E1";
      run.status = "running";
      run.number = number;
      run.created = run.updated = 1.7e9 + static_cast<double>(number);
      run.params["lr"] = "0.1";
      run.owner = "local";
      runs_[number] = run;
    }
  }
  void Touch(uint64_t number, double updated) {
    const std::lock_guard lock(mutex_);
    runs_[number].updated = updated;
  }

  absl::Status Migrate(const std::string&) override { return absl::OkStatus(); }
  absl::Status Check() override { return absl::OkStatus(); }
  void EndCalls(std::chrono::milliseconds) override {}
  absl::StatusOr<auth::WorkspaceRef> FindWorkspace(std::string_view name) override {
    if (name != "default") return absl::NotFoundError("there is no such workspace");
    return auth::WorkspaceRef{1, "default"};
  }
  absl::StatusOr<auth::ExperimentRef> FindExperiment(std::string_view id) override {
    if (id != "E1") return absl::NotFoundError("there is no such experiment");
    return auth::ExperimentRef{1, "E1", 1};
  }
  absl::StatusOr<auth::RunRef> FindRun(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, run] : runs_) {
      if (run.id == id) return auth::RunRef{number, run.id, 1, 1, run.deleted};
    }
    return absl::NotFoundError("there is no such run");
  }
  absl::StatusOr<std::vector<auth::RunRef>> FindRuns(std::span<const std::string> ids) override {
    std::vector<auth::RunRef> found;
    for (const std::string& id : ids) {
      if (auto run = FindRun(id); run.ok()) found.push_back(*run);
    }
    return found;
  }
  // Of its edits only the note is done.
  absl::StatusOr<catalog::BulkResult> EditRuns(const auth::Granted<auth::WorkspaceRef>&,
                                               std::span<const catalog::BulkEdit> edits) override {
    const std::lock_guard lock(mutex_);
    catalog::BulkResult result;
    for (const catalog::BulkEdit& edit : edits) {
      for (const auto& run : edit.runs) {
        catalog::BulkResult::Undo& undo = result.undo.emplace_back();
        undo.runs.push_back(run->id);
        undo.change.note = runs_[run->number].note;
        undo.change.labels = edit.change.labels;
        undo.experiment = "E0";
        undo.change.trash = edit.change.trash;
        if (edit.change.note) runs_[run->number].note = *edit.change.note;
        result.ids.push_back(run->id);
        ++result.changed;
      }
    }
    return result;
  }
  absl::StatusOr<auth::RunRef> FindRunByNumber(uint64_t number) override {
    const std::lock_guard lock(mutex_);
    if (!runs_.contains(number)) return absl::NotFoundError("there is no such run");
    return auth::RunRef{number, runs_[number].id, 1, 1, runs_[number].deleted};
  }
  absl::StatusOr<catalog::OpenedRun> OpenRun(const auth::Granted<auth::WorkspaceRef>&,
                                             const catalog::OpenSpec&) override {
    return None();
  }
  absl::StatusOr<uint32_t> WidenFork(uint64_t, uint32_t) override { return None(); }
  absl::Status ApplyNotes(std::span<const catalog::RunNote>) override { return None(); }
  absl::Status PutSeries(std::span<const catalog::SeriesRow>) override { return None(); }
  absl::StatusOr<std::vector<uint64_t>> ClaimRunsToPurge(std::chrono::seconds) override { return None(); }
  absl::Status ForgetRun(uint64_t) override { return None(); }
  absl::Status RunsHeard(std::span<const uint64_t>) override { return None(); }

  absl::StatusOr<catalog::Page<catalog::Experiment>> ListExperiments(const auth::Granted<auth::WorkspaceRef>&, uint32_t,
                                                                     std::string_view) override {
    catalog::Page<catalog::Experiment> page;
    page.items.push_back({"E1", "digits", "default", "", 1.7e9, 1.7e9, 2});
    return page;
  }
  absl::StatusOr<catalog::Experiment> GetExperiment(const auth::Granted<auth::ExperimentRef>&) override {
    return catalog::Experiment{"E1", "digits", "default", "", 1.7e9, 1.7e9, 2};
  }
  absl::StatusOr<catalog::RunPage> ListRuns(const catalog::RunQuery& query) override {
    const std::lock_guard lock(mutex_);
    if (!query.filter.empty()) return TextError({"filter", 3, 2, "expected a key here"});
    catalog::RunPage page;
    for (const auto& [number, run] : runs_) {
      if (run.deleted != query.deleted) continue;
      if (run.archived ? query.archived == catalog::Archived::kDefault : query.archived == catalog::Archived::kYes)
        continue;
      page.items.push_back(run);
      if (std::find(query.columns.begin(), query.columns.end(), "loss") == query.columns.end()) continue;
      page.items.back().summary["loss"] = {std::nan(""), std::nan(""), std::nan(""), 3, 4};
    }
    if (query.total) page.total = static_cast<int64_t>(page.items.size());
    return page;
  }
  absl::StatusOr<catalog::GroupPage> GroupRuns(const catalog::GroupQuery& query) override {
    catalog::GroupPage page;
    catalog::Group group;
    group.key = {0.1, std::string("adam"), true, std::monostate()};
    group.count = 2;
    group.filter = query.by + " = 0.1";
    group.newest = 1.7e9;
    group.params["lr"] = {1, 64.0, {2, 64.0, 64.0, 64.0, 0.0}};
    group.metrics["loss"]["min"] = {1, 0.5, 0.5, 0.5, std::nullopt};
    page.items.push_back(group);
    page.total = 7;
    return page;
  }
  absl::StatusOr<std::vector<catalog::KeyRow>> ListKeys(const auth::Granted<auth::ExperimentRef>&, std::string_view,
                                                        uint32_t) override {
    return std::vector<catalog::KeyRow>{{"params.lr", "param", "number", 2}};
  }
  absl::StatusOr<catalog::KeyValues> ListValues(const auth::Granted<auth::ExperimentRef>&, std::string_view,
                                                std::string_view, uint32_t) override {
    return catalog::KeyValues{{{0.1, 2}, {std::string("x"), 1}}, 0.1, 0.1};
  }
  absl::StatusOr<catalog::Run> GetRun(const auth::Granted<auth::RunRef>& run) override {
    const std::lock_guard lock(mutex_);
    return runs_[run->number];
  }
  absl::StatusOr<catalog::Page<catalog::Warning>> ListWarnings(const auth::Granted<auth::RunRef>&, uint32_t,
                                                               std::string_view) override {
    catalog::Page<catalog::Warning> page;
    page.items.push_back({1.7e9, "event file", "events.tfevents", "loss", "a checksum is wrong", 123, 1});
    return page;
  }
  absl::StatusOr<catalog::Page<catalog::WriterRow>> ListWriters(const auth::Granted<auth::RunRef>&, uint32_t,
                                                                std::string_view) override {
    catalog::Page<catalog::WriterRow> page;
    page.items.push_back({0, "rank 0", "python", 1.7e9, 3});
    page.items.push_back({1, "rank 1", "python", 1.7e9, 1});
    return page;
  }
  absl::StatusOr<catalog::Page<catalog::TagRow>> ListTags(const auth::Granted<auth::ExperimentRef>&, int kind, uint32_t,
                                                          std::string_view) override {
    catalog::Page<catalog::TagRow> page;
    if (kind <= 1) page.items.push_back({"loss", 1, 2});
    return page;
  }
  absl::StatusOr<std::vector<catalog::Run>> ChangedRuns(const auth::Granted<auth::ExperimentRef>&, double since,
                                                        uint32_t) override {
    const std::lock_guard lock(mutex_);
    std::vector<catalog::Run> changed;
    for (const auto& [number, run] : runs_) {
      if (run.updated > since) changed.push_back(run);
    }
    return changed;
  }
  absl::StatusOr<catalog::Run> EditRun(const auth::Granted<auth::RunRef>& run, const catalog::RunEdit& edit) override {
    const std::lock_guard lock(mutex_);
    catalog::Run& changed = runs_[run->number];
    if (edit.name) changed.name = *edit.name;
    if (edit.archived) changed.archived = *edit.archived;
    if (edit.note) changed.note = *edit.note;
    for (const auto& [key, value] : edit.labels) {
      value ? void(changed.labels[key] = *value) : void(changed.labels.erase(key));
    }
    return changed;
  }
  absl::Status DeleteRun(const auth::Granted<auth::RunRef>& run) override { return SetDeleted(run->number, true); }
  absl::Status RestoreRun(const auth::Granted<auth::RunRef>& run) override { return SetDeleted(run->number, false); }
  // One view in two versions.
  static catalog::NamedView View() { return {"V1", "best", "local", R"({"query":"q=x"})", true, false, 2, 1.7e9}; }
  absl::StatusOr<catalog::Page<catalog::NamedView>> ListNamedViews(const auth::Granted<auth::ExperimentRef>&, uint32_t,
                                                                   std::string_view) override {
    return catalog::Page<catalog::NamedView>{{View()}, ""};
  }
  absl::StatusOr<catalog::NamedView> MakeNamedView(const auth::Granted<auth::ExperimentRef>&,
                                                   const catalog::ViewChange& change) override {
    return ChangeNamedView("V1", change);
  }
  absl::StatusOr<catalog::NamedView> ChangeNamedView(const auth::Granted<auth::ExperimentRef>&, std::string_view id,
                                                     const catalog::ViewChange& change) override {
    return ChangeNamedView(id, change);
  }
  absl::Status DeleteNamedView(const auth::Granted<auth::ExperimentRef>&, std::string_view id) override {
    return ChangeNamedView(id, {}).status();
  }
  absl::StatusOr<catalog::NamedView> RestoreNamedView(const auth::Granted<auth::ExperimentRef>&, std::string_view id,
                                                      int version) override {
    if (version != 1) return absl::NotFoundError("this view has no such version");
    return ChangeNamedView(id, {});
  }
  absl::StatusOr<catalog::Page<catalog::ViewVersion>> ListViewVersions(const auth::Granted<auth::ExperimentRef>&,
                                                                       std::string_view, uint32_t,
                                                                       std::string_view) override {
    return catalog::Page<catalog::ViewVersion>{{{2, View().state, "local", 1.7e9}}, "2"};
  }
  absl::StatusOr<std::string> PutView(const auth::Granted<auth::WorkspaceRef>&, std::string_view state) override {
    const std::lock_guard lock(mutex_);
    const std::string id = ToHex(Sha256(state)).substr(0, 12);
    views_[id] = std::string(state);
    return id;
  }
  absl::StatusOr<std::string> GetView(const auth::Granted<auth::WorkspaceRef>&, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    const auto it = views_.find(std::string(id));
    if (it == views_.end()) return absl::NotFoundError("there is no such view");
    return it->second;
  }

 private:
  static absl::StatusOr<catalog::NamedView> ChangeNamedView(std::string_view id, const catalog::ViewChange& change) {
    if (id != "V1") return absl::NotFoundError("there is no such view");
    catalog::NamedView view = View();
    view.name = change.name.value_or(view.name);
    view.state = change.state.value_or(view.state);
    view.is_default = change.is_default.value_or(view.is_default);
    return view;
  }
  static absl::Status None() { return absl::UnimplementedError("not asked by query"); }
  absl::Status SetDeleted(uint64_t number, bool deleted) {
    const std::lock_guard lock(mutex_);
    runs_[number].deleted = deleted;
    return absl::OkStatus();
  }
  std::mutex mutex_;
  std::map<uint64_t, catalog::Run> runs_;
  std::map<std::string, std::string> views_;
};

// Run 1 has `loss`, points (0, 1.0), (1, 0.5), and a blob of the bytes "0123456789".
class FakeIngest : public v1::Reader::Service {
 public:
  const std::string kBlob = "0123456789";

  grpc::Status ListSeries(grpc::ServerContext*, const v1::ListSeriesRequest* request,
                          v1::ListSeriesReply* reply) override {
    if (request->run_number() != 1) return grpc::Status::OK;
    auto* item = reply->add_items();
    item->mutable_info()->set_tag("loss");
    item->mutable_info()->set_kind(v1::KIND_SCALAR);
    item->mutable_info()->set_plugin("scalars");
    item->mutable_stats()->set_count(2);
    item->mutable_stats()->set_last(0.5);
    return grpc::Status::OK;
  }
  grpc::Status ListWriters(grpc::ServerContext*, const v1::ListWritersRequest*, v1::ListWritersReply* reply) override {
    v1::WriterStats* stats = reply->add_writers();
    stats->set_points(2);
    stats->set_has_walls(true);
    stats->set_first_wall(100.5);
    stats->set_last_wall(101.5);
    return grpc::Status::OK;
  }
  grpc::Status ReadSeries(grpc::ServerContext*, const v1::ReadSeriesRequest* request,
                          grpc::ServerWriter<v1::ReadSeriesReply>* writer) override {
    for (int i = 0; i < request->series_size(); ++i) {
      v1::ReadSeriesReply reply;
      reply.set_index(static_cast<uint32_t>(i));
      if (request->series(i).run_number() == 1 && request->series(i).tag() == "loss") {
        reply.set_exact(true);
        reply.set_count(2);
        AddPoints(reply.mutable_points());
      } else {
        reply.set_code(grpc::StatusCode::NOT_FOUND);
        reply.set_error("the run has no such series");
      }
      writer->Write(reply);
    }
    return grpc::Status::OK;
  }
  grpc::Status ReadPoints(grpc::ServerContext*, const v1::ReadPointsRequest*,
                          grpc::ServerWriter<v1::ReadPointsReply>* writer) override {
    v1::ReadPointsReply reply;
    AddPoints(reply.mutable_points());
    writer->Write(reply);
    return grpc::Status::OK;
  }
  grpc::Status ReadBlob(grpc::ServerContext*, const v1::ReadBlobRequest* request,
                        grpc::ServerWriter<v1::ReadBlobReply>* writer) override {
    if (request->sha256() != Sha256(kBlob))
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "the run has no such blob");
    v1::ReadBlobReply reply;
    reply.set_size(kBlob.size());
    reply.set_type("image/png");
    reply.set_data(kBlob.substr(request->offset(), request->has_length() ? request->length() : std::string::npos));
    writer->Write(reply);
    return grpc::Status::OK;
  }
  // Number 10 first, then a point at number 11, then silence.
  grpc::Status Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                     grpc::ServerWriter<v1::WatchReply>* writer) override {
    v1::WatchReply reply;
    reply.set_lsn(std::max<uint64_t>(10, request->from_lsn()));
    writer->Write(reply);
    if (request->from_lsn() < 11) {
      reply.set_lsn(11);
      auto* points = reply.add_points();
      points->set_run_number(1);
      points->set_tag("loss");
      points->set_kind(v1::KIND_SCALAR);
      AddPoints(points->mutable_points());
      writer->Write(reply);
    }
    std::unique_lock lock(mutex_);
    while (!context->IsCancelled()) wake_.wait_for(lock, std::chrono::milliseconds(5));
    return grpc::Status::CANCELLED;
  }

 private:
  static void AddPoints(v1::PointColumns* points) {
    for (int i = 0; i < 2; ++i) {
      points->add_step(i);
      points->add_wall(100.5 + i);
      points->add_value(i == 0 ? 1.0 : 0.5);
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
};

}  // namespace stepwell::query
