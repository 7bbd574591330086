#include "stepwell/rest_lists.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell {

absl::StatusOr<std::vector<boost::json::object>> ListAll(const HttpClient& client, const std::string& target) {
  std::vector<boost::json::object> items;
  const char* const separator = target.find('?') == std::string::npos ? "?" : "&";
  for (std::string cursor;;) {
    ASSIGN_OR_RETURN(const std::string text,
                     client.GetAll(absl::StrCat(target, separator, "limit=1000",
                                                cursor.empty() ? "" : "&cursor=", UrlEncode(cursor))));
    boost::json::error_code error;
    boost::json::value page = boost::json::parse(text, error);
    if (error || !page.is_object() || !page.as_object().contains("items") || !page.at("items").is_array()) {
      return absl::DataLossError(absl::StrCat("the answer to ", target, " is no list"));
    }
    for (boost::json::value& item : page.at("items").as_array()) {
      if (item.is_object()) {
        items.push_back(std::move(item.as_object()));
      }
    }
    cursor = Text(page.as_object(), "next");
    if (cursor.empty()) {
      return items;
    }
  }
}

std::string Text(const boost::json::object& object, const std::string& name) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) {
    return "";
  }
  return value->is_string() ? std::string(value->as_string().c_str(), value->as_string().size())
                            : boost::json::serialize(*value);
}

}  // namespace stepwell
