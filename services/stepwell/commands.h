// The commands of the program. Each Add... declares one with its flags, help and example; parsing the command line then
// runs it and leaves its exit status.
//
// Thread safety: called from main's thread only.
#pragma once

#include <string>

#include "CLI/CLI.hpp"

namespace stepwell {

// 0 done, 1 failed, 2 used wrongly.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUse = 2;

void AddServe(CLI::App& program, int* exit_status);
void AddUpload(CLI::App& program, int* exit_status);
void AddSync(CLI::App& program, int* exit_status);
void AddExport(CLI::App& program, int* exit_status);
void AddRuns(CLI::App& program, int* exit_status);
void AddExperiments(CLI::App& program, int* exit_status);
void AddDoctor(CLI::App& program, int* exit_status);
void AddMigrate(CLI::App& program, int* exit_status);

inline constexpr char kVersion[] = "0.1.0";
inline constexpr char kDefaultHttp[] = "127.0.0.1:7007";
inline constexpr char kDefaultGrpc[] = "127.0.0.1:7008";

}  // namespace stepwell
