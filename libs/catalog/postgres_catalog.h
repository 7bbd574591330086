// The catalog on PostgreSQL. Its methods are spread over files by noun: catalog_open_run.cc, catalog_notes.cc, ...
//
// Thread safety: as of Catalog.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/database.h"
#include "catalog/run_rows.h"

namespace stepwell::catalog {

class PostgresCatalog : public Catalog {
 public:
  explicit PostgresCatalog(Options options)
      : filter_window_(options.filter_window),
        params_per_run_(options.params_per_run),
        fork_depth_(options.fork_depth),
        disconnected_after_(options.disconnected_after),
        shown_(ShownOf(options.disconnected_after)),
        database_(std::move(options)) {}

  absl::Status Migrate(const std::string& folder) override;
  absl::Status Check() override;
  void EndCalls(std::chrono::milliseconds grace) override { database_.EndCalls(grace); }

  absl::StatusOr<WorkspaceRef> FindWorkspace(std::string_view name) override;
  absl::StatusOr<ExperimentRef> FindExperiment(std::string_view id) override;
  absl::StatusOr<RunRef> FindRun(std::string_view id) override;
  absl::StatusOr<RunRef> FindRunByNumber(uint64_t number) override;

  absl::StatusOr<OpenedRun> OpenRun(const Granted<WorkspaceRef>& workspace, const OpenSpec& spec) override;
  absl::StatusOr<uint32_t> WidenFork(uint64_t run, uint32_t writers) override;
  absl::Status ApplyNotes(std::span<const RunNote> notes) override;
  absl::Status PutSeries(std::span<const SeriesRow> rows) override;
  absl::Status RunsHeard(std::span<const uint64_t> runs) override;
  absl::StatusOr<std::vector<uint64_t>> ClaimRunsToPurge(std::chrono::seconds grace) override;
  absl::Status ForgetRun(uint64_t number) override;

  absl::StatusOr<Page<Experiment>> ListExperiments(const Granted<WorkspaceRef>& workspace, uint32_t limit,
                                                   std::string_view cursor) override;
  absl::StatusOr<Experiment> GetExperiment(const Granted<ExperimentRef>& experiment) override;
  absl::StatusOr<RunPage> ListRuns(const RunQuery& query) override;
  absl::StatusOr<GroupPage> GroupRuns(const GroupQuery& query) override;
  absl::StatusOr<std::vector<KeyRow>> ListKeys(const Granted<ExperimentRef>& experiment, std::string_view prefix,
                                               uint32_t limit) override;
  absl::StatusOr<KeyValues> ListValues(const Granted<ExperimentRef>& experiment, std::string_view key,
                                       std::string_view prefix, uint32_t limit) override;
  absl::StatusOr<Run> GetRun(const Granted<RunRef>& run) override;
  absl::StatusOr<Page<Warning>> ListWarnings(const Granted<RunRef>& run, uint32_t limit,
                                             std::string_view cursor) override;
  absl::StatusOr<Page<WriterRow>> ListWriters(const Granted<RunRef>& run, uint32_t limit,
                                              std::string_view cursor) override;
  absl::StatusOr<Page<TagRow>> ListTags(const Granted<ExperimentRef>& experiment, int kind, uint32_t limit,
                                        std::string_view cursor) override;
  absl::StatusOr<std::vector<Run>> ChangedRuns(const Granted<ExperimentRef>& experiment, double since,
                                               uint32_t limit) override;

  absl::StatusOr<std::vector<RunRef>> FindRuns(std::span<const std::string> ids) override;
  absl::StatusOr<BulkResult> EditRuns(const Granted<WorkspaceRef>& workspace, std::span<const BulkEdit> edits) override;
  absl::StatusOr<Run> EditRun(const Granted<RunRef>& run, const RunEdit& edit) override;
  absl::Status DeleteRun(const Granted<RunRef>& run) override;
  absl::Status RestoreRun(const Granted<RunRef>& run) override;
  absl::StatusOr<Page<NamedView>> ListNamedViews(const Granted<ExperimentRef>& experiment, uint32_t limit,
                                                 std::string_view cursor) override;
  absl::StatusOr<NamedView> MakeNamedView(const Granted<ExperimentRef>& experiment, const ViewChange& change) override;
  absl::StatusOr<NamedView> ChangeNamedView(const Granted<ExperimentRef>& experiment, std::string_view id,
                                            const ViewChange& change) override;
  absl::Status DeleteNamedView(const Granted<ExperimentRef>& experiment, std::string_view id) override;
  absl::StatusOr<NamedView> RestoreNamedView(const Granted<ExperimentRef>& experiment, std::string_view id,
                                             int version) override;
  absl::StatusOr<Page<ViewVersion>> ListViewVersions(const Granted<ExperimentRef>& experiment, std::string_view id,
                                                     uint32_t limit, std::string_view cursor) override;
  absl::StatusOr<std::string> PutView(const Granted<WorkspaceRef>& workspace, std::string_view state) override;
  absl::StatusOr<std::string> GetView(const Granted<WorkspaceRef>& workspace, std::string_view id) override;

 private:
  absl::Status MoveToTrash(const Granted<RunRef>& run, bool deleted);

  const int64_t filter_window_;
  const uint64_t params_per_run_;
  const uint64_t fork_depth_;
  const std::chrono::milliseconds disconnected_after_;
  const Shown shown_;
  Database database_;
};

// Names are made in one transaction, and rows with their numbers put in the next; in between runs may be moved to an
// experiment that does not have the names. Does `put` until it says that they stayed, and then gives up as UNAVAILABLE.
absl::Status TryWhileMoving(const std::function<absl::StatusOr<bool>()>& put);
// Of number, id, experiment, workspace, deleted.
RunRef ReadRunRef(const pqxx::row& row);
// A page has 1 to 1,000 items.
uint32_t ClampLimit(uint32_t limit);
// Cursors of lists that go by a row's number. INVALID_ARGUMENT for what no list gave.
absl::StatusOr<int64_t> NumberCursor(std::string_view cursor, int64_t start);

// A page was asked for with one row more than it holds: that row tells that there is a next page. Its first column is
// the cursor.
template <typename T, typename Read>
Page<T> MakePage(const pqxx::result& rows, uint32_t limit, Read read) {
  Page<T> page;
  for (const pqxx::row& row : rows) {
    if (page.items.size() == limit) {
      page.next = rows[limit - 1][0].c_str();
      break;
    }
    page.items.push_back(read(row));
  }
  return page;
}

}  // namespace stepwell::catalog
