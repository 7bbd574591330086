// What the bodies of series:query and values:query have in common. Errors name the member, the limit and the way out.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/series_reader.h"

namespace stepwell::query {

namespace json = boost::json;

inline std::string Name(json::string_view name) { return std::string(name.data(), name.size()); }

// The value is an object.
absl::StatusOr<json::value> ParseBody(std::string_view body);
absl::StatusOr<const json::array*> SeriesOf(const json::object& body, size_t most);
// Refuses members that nobody reads: a misspelt one would be silently ignored.
absl::Status CheckMembers(const json::object& object, std::initializer_list<std::string_view> known,
                          const std::string& where);
absl::StatusOr<int64_t> WholeNumber(const json::value& value, int64_t least, int64_t most, const std::string& where);

// Of an item of `series`.
absl::Status ParseRun(const json::object& object, const std::string& where, std::string* run);
absl::Status ParseTag(const json::object& object, const std::string& where, std::string* tag);
absl::Status ParseWriter(const json::object& object, const std::string& where, std::optional<uint32_t>* writer);

// A place on the axis; nullopt: null.
absl::StatusOr<std::optional<Bound>> ParseBound(const json::value& value, v1::XAxis x, const std::string& where);
// "x" and "range".
absl::Status ParseAxis(const json::object& body, v1::XAxis* axis, std::optional<Bound>* from, std::optional<Bound>* to);

}  // namespace stepwell::query
