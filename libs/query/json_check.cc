#include "query/json_check.h"

#include <boost/json/basic_parser_impl.hpp>

#include "base/json.h"

namespace stepwell::query {
namespace {

// Takes every event and keeps nothing, so that checking costs no memory.
struct Nothing {
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);
  using E = boost::json::error_code;
  using S = boost::json::string_view;
  bool on_document_begin(E&) { return true; }
  bool on_document_end(E&) { return true; }
  bool on_object_begin(E&) { return true; }
  bool on_object_end(size_t, E&) { return true; }
  bool on_array_begin(E&) { return true; }
  bool on_array_end(size_t, E&) { return true; }
  bool on_key_part(S, size_t, E&) { return true; }
  bool on_key(S, size_t, E&) { return true; }
  bool on_string_part(S, size_t, E&) { return true; }
  bool on_string(S, size_t, E&) { return true; }
  bool on_number_part(S, E&) { return true; }
  bool on_int64(int64_t, S, E&) { return true; }
  bool on_uint64(uint64_t, S, E&) { return true; }
  bool on_double(double, S, E&) { return true; }
  bool on_bool(bool, E&) { return true; }
  bool on_null(E&) { return true; }
  bool on_comment_part(S, E&) { return true; }
  bool on_comment(S, E&) { return true; }
};

}  // namespace

bool IsJson(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 100;
  boost::json::basic_parser<Nothing> parser(options);
  boost::json::error_code error;
  const size_t used = parser.write_some(false, text.data(), text.size(), error);
  return !error && used == text.size() && parser.done() && IsUtf8(text);
}

}  // namespace stepwell::query
