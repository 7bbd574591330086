#include <future>

#include "base/status_macros.h"
#include "ingest/ingest.h"

namespace stepwell::ingest {
namespace {

// More are needed only if others open new writers of a run while a fork of it is made.
constexpr int kOpenAttempts = 3;
constexpr std::chrono::seconds kForkPatience{5};

}  // namespace

// In the catalog, and if it is a fork also in the store: a run that is open has its history.
absl::StatusOr<catalog::OpenedRun> Ingest::OpenInCatalog(const auth::Granted<auth::WorkspaceRef>& workspace,
                                                         const catalog::OpenSpec& spec) {
  if (spec.fork && !table_.GetById(spec.run_id).ok()) TellCatalogOf(spec.fork->run_id);
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    absl::StatusOr<catalog::OpenedRun> opened = book_->OpenRun(workspace, spec);
    if (absl::IsUnavailable(opened.status())) {
      return absl::UnavailableError("PostgreSQL is away, and a writer is opened through it (" +
                                    std::string(opened.status().message()) +
                                    "): writers that are open go on; try again until it is back");
    }
    if (!opened.ok() || opened->forks.empty()) return opened;
    ASSIGN_OR_RETURN(const ForkMaker::Made made, forks_->Make(opened->forks));
    if (made.fresh) {
      ASSIGN_OR_RETURN(const std::shared_ptr<Run> run, table_.Get(opened->run.number));
      flusher_->Adopt(run);
    }
    if (opened->writer_number >= made.writers) return opened;
  }
  return absl::AbortedError("run \"" + spec.run_id + "\" is being made by another process: try again");
}

// What was logged of the run is in the catalog when this returns, if that can be soon: a fork takes parameters from
// there.
void Ingest::TellCatalogOf(const std::string& run_id) {
  auto told = std::make_shared<std::promise<void>>();  // shared: the flusher may call after we gave up
  std::future<void> soon = told->get_future();
  SyncRun(run_id, [told](const absl::Status&) { told->set_value(); });
  soon.wait_for(kForkPatience);
}

void Ingest::OpenRun(const auth::Granted<auth::WorkspaceRef>& workspace, const v1::OpenRunRequest& request,
                     std::function<void(absl::StatusOr<v1::OpenRunReply>)> done) {
  if (const absl::Status space = disk_.health(); !space.ok()) return done(space);
  if (request.writer().empty() || request.writer().size() > 255) {
    return done(absl::InvalidArgumentError("a writer's id has 1 to 255 bytes; this one has " +
                                           std::to_string(request.writer().size())));
  }
  catalog::OpenSpec spec{request.experiment(), request.run_id(),     request.name(), request.writer(),
                         request.client(),     request.must_exist(), std::nullopt};
  if (request.has_fork()) spec.fork = catalog::ForkSpec{request.fork().run_id(), request.fork().step()};
  absl::StatusOr<catalog::OpenedRun> opened = OpenInCatalog(workspace, spec);
  if (!opened.ok()) return done(opened.status());
  if (opened->writer_number >= options_.limits.writers_per_run) {
    return done(absl::FailedPreconditionError("run \"" + opened->run.id + "\" has " +
                                              std::to_string(options_.limits.writers_per_run) +
                                              " writers, which is the limit (--max-writers-per-run)"));
  }
  absl::StatusOr<std::shared_ptr<Run>> made = table_.Make(opened->run.number, opened->run.id);
  if (!made.ok()) return done(made.status());
  std::shared_ptr<Run> run = *made;
  Writer* writer = nullptr;
  Extra extra;
  {
    std::lock_guard lock(run->mutex);
    run->deleted = false;
    ++run->opens;
    writer = &run->WriterOf(opened->writer_number);
  }
  // The epoch rises in memory first: what an older process sends from now on is refused, and what it sent before is
  // committed before this write.
  std::lock_guard accepting(writer->accepting);
  {
    std::lock_guard lock(run->mutex);
    if (run->purged) return done(absl::NotFoundError("run \"" + run->id + "\" was deleted"));
    if (opened->epoch < writer->mark.epoch) {  // another OpenRun of the same writer was faster
      return done(absl::AbortedError("the writer is being opened by another process: try again"));
    }
    writer->mark.epoch = opened->epoch;
  }
  extra.run = run;
  extra.writer = writer;
  extra.done = [this, run, writer, opened = *opened, done = std::move(done)](const absl::Status& status) {
    if (!status.ok()) return done(status);
    v1::OpenRunReply reply;
    reply.set_run_id(opened.run.id);
    reply.set_run_number(opened.run.number);
    reply.set_writer_number(opened.writer_number);
    reply.set_epoch(opened.epoch);
    reply.set_generation(opened.generation);
    reply.set_created(opened.created);
    reply.set_fork_refused(opened.fork_refused);
    reply.set_heartbeat_ms(static_cast<uint32_t>(options_.heartbeat.count()));
    options_.limits.ToProto(reply.mutable_limits());
    {
      std::lock_guard lock(run->mutex);
      reply.set_durable_seq(writer->mark.durable_seq);
      reply.set_position(writer->mark.position);
    }
    done(std::move(reply));
  };
  committer_->Enqueue(std::move(extra));
}

}  // namespace stepwell::ingest
