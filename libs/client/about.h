// What a run and this process's writer of it are called: what writer.json says of a spool.
//
// Thread safety: a value.
#pragma once

#include <optional>
#include <string>

#include "stepwell/run.h"

namespace stepwell::client {

struct About {
  std::string server, workspace, experiment;
  std::string run;  // its id; empty: the server finds the run by its name
  std::string name, writer, mode;
  std::optional<ForkPoint> fork;
  bool primary = true;  // says how the run goes and ends; a fork's child does not
};

// What the options leave out, the environment says. Throws std::invalid_argument for what cannot be meant.
About Describe(const RunOptions& options);

// A name for this process among the run's writers that no other has.
std::string NewWriterName();

// `root`: the spool folder; a fork waits until what is in there of its parent now has reached the server.
std::string WriterJson(const About& about, const std::string& root, const std::string& spool_id);

}  // namespace stepwell::client
