// For tests that need PostgreSQL: one private cluster a test program, one fresh database a test.
//
//   std::string url = postgres::FreshDatabase();
//
// The cluster is in a temporary folder, without fsync, and goes when the program ends.
//
// Thread safety: FreshDatabase from any thread.
#pragma once

#include <string>

namespace stepwell::postgres {

std::string
FreshDatabase();  // libpq's connection string of an empty database; ends the program if there is no PostgreSQL

}  // namespace stepwell::postgres
