// What ingest needs of the catalog, and no more, so that a test can stand in for PostgreSQL.
//
// Errors as of catalog::Catalog: UNAVAILABLE means try again later.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

namespace stepwell::ingest {

class RunBook {
 public:
  virtual ~RunBook() = default;
  virtual absl::StatusOr<auth::WorkspaceRef> FindWorkspace(std::string_view name) = 0;
  virtual absl::StatusOr<catalog::OpenedRun> OpenRun(const auth::Granted<auth::WorkspaceRef>& workspace,
                                                     const catalog::OpenSpec& spec) = 0;
  virtual absl::StatusOr<uint32_t> WidenFork(uint64_t run, uint32_t writers) = 0;
  virtual absl::StatusOr<auth::RunRef> FindRunByNumber(uint64_t number) = 0;
  virtual absl::Status ApplyNotes(std::span<const catalog::RunNote> notes) = 0;
  virtual absl::Status PutSeries(std::span<const catalog::SeriesRow> rows) = 0;
  virtual absl::Status RunsHeard(std::span<const uint64_t> runs) = 0;
  virtual absl::StatusOr<std::vector<uint64_t>> ClaimRunsToPurge(std::chrono::seconds grace) = 0;
  virtual absl::Status ForgetRun(uint64_t number) = 0;
};

// The catalog itself.
class CatalogRunBook : public RunBook {
 public:
  explicit CatalogRunBook(catalog::Catalog* catalog) : catalog_(catalog) {}
  absl::StatusOr<auth::WorkspaceRef> FindWorkspace(std::string_view name) override {
    return catalog_->FindWorkspace(name);
  }
  absl::StatusOr<catalog::OpenedRun> OpenRun(const auth::Granted<auth::WorkspaceRef>& workspace,
                                             const catalog::OpenSpec& spec) override {
    return catalog_->OpenRun(workspace, spec);
  }
  absl::StatusOr<uint32_t> WidenFork(uint64_t run, uint32_t writers) override {
    return catalog_->WidenFork(run, writers);
  }
  absl::StatusOr<auth::RunRef> FindRunByNumber(uint64_t number) override { return catalog_->FindRunByNumber(number); }
  absl::Status ApplyNotes(std::span<const catalog::RunNote> notes) override { return catalog_->ApplyNotes(notes); }
  absl::Status PutSeries(std::span<const catalog::SeriesRow> rows) override { return catalog_->PutSeries(rows); }
  absl::Status RunsHeard(std::span<const uint64_t> runs) override { return catalog_->RunsHeard(runs); }
  absl::StatusOr<std::vector<uint64_t>> ClaimRunsToPurge(std::chrono::seconds grace) override {
    return catalog_->ClaimRunsToPurge(grace);
  }
  absl::Status ForgetRun(uint64_t number) override { return catalog_->ForgetRun(number); }

 private:
  catalog::Catalog* const catalog_;
};

}  // namespace stepwell::ingest
