// JSON as text, written by appending: what every answer of the server is made of. Numbers are as the contract wants
// them: int64 as integers, float64 in the shortest decimal that reads back the same, "NaN", "Infinity" and "-Infinity"
// as strings, -0.0 as -0.0.
//
// Thread safety: pure functions; a JsonWriter is used by one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell {

// Appends with quotes. Bytes that are not UTF-8 become U+FFFD, since JSON has no others.
void AppendJsonString(std::string& out, std::string_view text);
void AppendJsonNumber(std::string& out, double value);
void AppendJsonNumber(std::string& out, int64_t value);
void AppendJsonNumber(std::string& out, uint64_t value);

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view bytes);
std::string Base64(std::string_view bytes);

// Objects and arrays with their commas. The caller keeps the grammar: in an object each value follows a Key.
//
//   JsonWriter json(out);
//   json.Object().Key("step").Int(3).Key("tags").Array().String("loss").End().End();   // {"step":3,"tags":["loss"]}
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& Object() { return Open('{'); }
  JsonWriter& Array() { return Open('['); }
  JsonWriter& End();
  JsonWriter& Key(std::string_view key);
  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t value);
  JsonWriter& Uint(uint64_t value);
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& Raw(std::string_view json);  // a whole value that is JSON already

 private:
  JsonWriter& Open(char bracket);
  void Comma();

  std::string& out_;
  std::vector<char> open_;  // closing brackets
  bool first_ = true;       // of the innermost
  bool after_key_ = false;
};

}  // namespace stepwell
