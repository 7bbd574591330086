#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "query/handlers.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;
namespace json = boost::json;

absl::StatusOr<auth::Granted<auth::ExperimentRef>> Experiment(Services& services, const net::Request& request,
                                                              Action action) {
  return services.finder.Experiment(request.principal, action, request.params.at("experiment"));
}

void WriteView(JsonWriter& out, const catalog::NamedView& view) {
  out.Object().Key("id").String(view.id).Key("name").String(view.name).Key("owner").String(view.owner);
  out.Key("shared").Bool(view.shared).Key("default").Bool(view.is_default).Key("state").Raw(view.state);
  out.Key("version").Int(view.version).Key("updated").String(FormatTime(view.updated)).End();
}

net::Response ViewAnswer(const catalog::NamedView& view, int status = 200) {
  net::Response response;
  response.status = status;
  JsonWriter out(response.body);
  WriteView(out, view);
  return response;
}

absl::StatusOr<catalog::ViewChange> ParseChange(const std::string& body) {
  json::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object()) {
    return absl::InvalidArgumentError("the body must be a JSON object with name, state, shared or default");
  }
  catalog::ViewChange change;
  for (const auto& member : parsed.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    const json::value& value = member.value();
    if (name == "name" && value.is_string()) {
      change.name = std::string(value.get_string().data(), value.get_string().size());
    } else if (name == "state" && value.is_object()) {
      change.state = json::serialize(value);
    } else if (name == "shared" && value.is_bool()) {
      change.shared = value.get_bool();
    } else if (name == "default" && value.is_bool()) {
      change.is_default = value.get_bool();
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("a view has a name (text), a state (an object), shared and default (true or false); \"",
                       std::string(name.substr(0, 64)), "\" is none of them"));
    }
  }
  return change;
}

absl::StatusOr<net::Response> List(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const auto experiment, Experiment(services, request, Action::kViewRead));
  ASSIGN_OR_RETURN(const auto page, services.catalog.ListNamedViews(experiment, paging.limit, paging.cursor));
  return ListAnswer(
      [&](JsonWriter& out) {
        for (const catalog::NamedView& view : page.items) WriteView(out, view);
      },
      page.next);
}

absl::StatusOr<net::Response> Make(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(const catalog::ViewChange change, ParseChange(request.body));
  ASSIGN_OR_RETURN(const auto experiment, Experiment(services, request, Action::kViewCreate));
  ASSIGN_OR_RETURN(const catalog::NamedView view, services.catalog.MakeNamedView(experiment, change));
  return ViewAnswer(view, 201);
}

absl::StatusOr<net::Response> Change(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(const catalog::ViewChange change, ParseChange(request.body));
  ASSIGN_OR_RETURN(const auto experiment, Experiment(services, request, Action::kViewCreate));
  ASSIGN_OR_RETURN(const catalog::NamedView view,
                   services.catalog.ChangeNamedView(experiment, request.params.at("id"), change));
  return ViewAnswer(view);
}

absl::StatusOr<net::Response> Delete(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  ASSIGN_OR_RETURN(const auto experiment, Experiment(services, request, Action::kViewCreate));
  RETURN_IF_ERROR(services.catalog.DeleteNamedView(experiment, request.params.at("id")));
  net::Response response;
  response.status = 204;
  return response;
}

absl::StatusOr<net::Response> History(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const auto experiment, Experiment(services, request, Action::kViewRead));
  ASSIGN_OR_RETURN(const auto page,
                   services.catalog.ListViewVersions(experiment, request.params.at("id"), paging.limit, paging.cursor));
  return ListAnswer(
      [&](JsonWriter& out) {
        for (const catalog::ViewVersion& one : page.items) {
          out.Object().Key("version").Int(one.version).Key("state").Raw(one.state);
          out.Key("author").String(one.author).Key("created").String(FormatTime(one.created)).End();
        }
      },
      page.next);
}

absl::StatusOr<net::Response> Restore(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  json::error_code error;
  const json::value parsed = json::parse(request.body, error);
  const json::object* body = error ? nullptr : parsed.if_object();
  const int64_t* version = nullptr;
  if (body != nullptr && body->size() == 1 && body->contains("version")) version = body->at("version").if_int64();
  if (version == nullptr || *version < 1 || *version > INT32_MAX) {
    return absl::InvalidArgumentError("the body must be {\"version\": number} with a version of the view's history");
  }
  ASSIGN_OR_RETURN(const auto experiment, Experiment(services, request, Action::kViewCreate));
  ASSIGN_OR_RETURN(const catalog::NamedView view,
                   services.catalog.RestoreNamedView(experiment, request.params.at("id"), static_cast<int>(*version)));
  return ViewAnswer(view);
}

}  // namespace

absl::Status AddNamedViewRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  const std::string views = "/api/v1/experiments/{experiment}/views";
  RETURN_IF_ERROR(router.Add("GET", views, bind(List)));
  RETURN_IF_ERROR(router.Add("POST", views, bind(Make)));
  RETURN_IF_ERROR(router.Add("PATCH", views + "/{id}", bind(Change)));
  RETURN_IF_ERROR(router.Add("DELETE", views + "/{id}", bind(Delete)));
  RETURN_IF_ERROR(router.Add("GET", views + "/{id}/history", bind(History)));
  return router.Add("POST", views + "/{id}:restore", bind(Restore));
}

}  // namespace stepwell::query
