// stepwell migrate: brings a database to the schema of this program.
#include <cstdio>
#include <memory>
#include <string>

#include "base/status_macros.h"
#include "catalog/catalog.h"
#include "stepwell/commands.h"
#include "stepwell/data_folder.h"

namespace stepwell {
namespace {

absl::Status Migrate(const std::string& url, const std::string& folder) {
  catalog::Options options;
  options.url = url;
  ASSIGN_OR_RETURN(const auto catalog, catalog::Catalog::Open(options));
  RETURN_IF_ERROR(catalog->Migrate(folder));
  return catalog->Check();
}

}  // namespace

void AddMigrate(CLI::App& program, int* exit_status) {
  auto url = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>(SharedFolder("migrations", STEPWELL_MIGRATIONS));
  CLI::App* command =
      program.add_subcommand("migrate", "Brings a PostgreSQL database to this program's schema, forward only");
  command->add_option("--postgres", *url, "URL of the database")->required()->envname("STEPWELL_POSTGRES");
  command->add_option("--migrations", *folder, "folder of numbered SQL files")->capture_default_str();
  command->footer("Example: stepwell migrate --postgres postgresql://stepwell@db/stepwell");
  command->callback([url, folder, exit_status] {
    const absl::Status status = Migrate(*url, *folder);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
    } else {
      std::puts("the database fits this program");
    }
    *exit_status = status.ok() ? kDone : kFailed;
  });
}

}  // namespace stepwell
