// Early return on an error, as absl's own users write it.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)                           \
  do {                                                        \
    if (absl::Status status_ = (expression); !status_.ok()) { \
      return status_;                                         \
    }                                                         \
  } while (false)

#define STEPWELL_CONCAT_INNER_(a, b) a##b
#define STEPWELL_CONCAT_(a, b) STEPWELL_CONCAT_INNER_(a, b)

// ASSIGN_OR_RETURN(auto x, MakeX());
#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_IMPL_(STEPWELL_CONCAT_(status_or_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_IMPL_(temporary, target, expression) \
  auto temporary = (expression);                              \
  if (!temporary.ok()) {                                      \
    return std::move(temporary).status();                     \
  }                                                           \
  target = *std::move(temporary)
