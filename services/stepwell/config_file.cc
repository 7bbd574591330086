#include "stepwell/config_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace stepwell {
namespace {

// Levenshtein's distance (V. Levenshtein 1966), one row at a time.
size_t Edits(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// The line that the key stands on; 0 if it is not found.
int LineOf(const std::string& text, const std::string& key) {
  std::istringstream in(text);
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    const size_t at = line.find_first_not_of(" \t");
    if (at != std::string::npos && line.compare(at, key.size(), key) == 0) {
      const size_t next = line.find_first_not_of(" \t", at + key.size());
      if (next != std::string::npos && line[next] == '=') {
        return number;
      }
    }
  }
  return 0;
}

}  // namespace

std::string Nearest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t fewest = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (const size_t edits = Edits(word, candidate); edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  return best;
}

absl::Status ApplyConfigFile(const std::string& path, CLI::App& command) {
  std::ifstream in(path);
  if (!in) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read the configuration file ", path));
  }
  std::stringstream text;
  text << in.rdbuf();
  std::vector<CLI::ConfigItem> items;
  try {
    std::istringstream again(text.str());
    items = CLI::ConfigTOML().from_config(again);
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.what()));
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (name != "help" && name != "config") {
        names.push_back(name);
      }
    }
  }
  std::vector<std::string> mistakes;
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") {
      continue;  // CLI11's marks of sections
    }
    std::string name =
        item.parents.empty() ? item.name : absl::StrCat(absl::StrJoin(item.parents, "-"), "-", item.name);
    std::replace(name.begin(), name.end(), '_', '-');
    const std::string where = absl::StrCat(path, ":", LineOf(text.str(), item.name), ": ");
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string near = Nearest(name, names);
      mistakes.push_back(absl::StrCat(where, "there is no setting \"", name, "\"",
                                      near.empty() ? "" : absl::StrCat("; did you mean \"", near, "\"?")));
      continue;
    }
    CLI::Option* option = command.get_option("--" + name);
    if (option->count() > 0) {
      continue;
    }
    try {
      for (const std::string& input : item.inputs) {
        option->add_result(input);
      }
      option->run_callback();
    } catch (const CLI::Error& error) {
      mistakes.push_back(where + error.what());
    }
  }
  return mistakes.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
}

}  // namespace stepwell
