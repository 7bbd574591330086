#include "auth/authority.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stepwell::auth {
namespace {

using Kind = Principal::Kind;
using absl::StatusCode;

// What each principal must hear, told apart from the code that decides it.
StatusCode Expected(const Route& route, Kind kind) {
  if (route.surface == Surface::kInternalGrpc) {
    return kind == Kind::kInternal ? StatusCode::kOk : StatusCode::kPermissionDenied;
  }
  if (kind == Kind::kInternal) return StatusCode::kPermissionDenied;
  static const std::set<std::string_view> open = {"/healthz", "/readyz", "/api/v1/openapi.yaml", "/{path...}"};
  if (kind == Kind::kLocal || open.contains(route.pattern)) return StatusCode::kOk;
  return StatusCode::kUnauthenticated;
}

TEST(RoutesTest, EveryRouteAnswersEveryKindOfPrincipalAsTheTableOfPermissionsSays) {
  Authority authority;
  for (const Route& route : Routes()) {
    for (Kind kind : kPrincipalKinds) {
      absl::Status status = authority.MayCall({kind, ""}, route);
      EXPECT_EQ(status.code(), Expected(route, kind)) << KindName(kind) << " " << route.method << " " << route.pattern;
      EXPECT_EQ(status.ok(), status.message().empty());
    }
  }
}

TEST(RoutesTest, RowsAreUnique) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Route& route : Routes()) {
    EXPECT_TRUE(seen.emplace(route.method, route.pattern).second) << route.method << " " << route.pattern;
    EXPECT_EQ(FindRoute(route.surface, route.method, route.pattern), &route);
  }
  EXPECT_EQ(FindRoute(Surface::kRest, "GET", "/api/v1/nothing"), nullptr);
}

TEST(RoutesTest, WhatWritesIsNotForGuestsAndTakesNoGet) {
  for (const Route& route : Routes()) {
    switch (route.action) {
      case Action::kRunOpen:
      case Action::kPointsWrite:
      case Action::kRunEdit:
      case Action::kRunDelete:
      case Action::kRunRestore:
      case Action::kViewCreate:
        EXPECT_FALSE(route.guest) << route.pattern;
        EXPECT_NE(route.method, "GET") << route.pattern;
        break;
      default:
        break;
    }
  }
}

TEST(RoutesTest, AGetTakesNoBodyAndWhatIsPostedHasALimit) {
  for (const Route& route : Routes()) {
    if (route.method == "GET" || route.method == "DELETE") {
      EXPECT_EQ(route.body_limit, 0u) << route.pattern;
    } else {
      EXPECT_GT(route.body_limit, 0u) << route.pattern;
    }
  }
}

TEST(AuthorityTest, LocalIsGrantedWhatItAskedFor) {
  Authority authority;
  auto run = authority.Authorize(Principal::Local(), Action::kRunDelete, RunRef{7, "r7", 1, 1, false});
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ((*run)->number, 7u);
  EXPECT_EQ((**run).id, "r7");
  EXPECT_TRUE(authority.Authorize(Principal::Local(), Action::kRunOpen, WorkspaceRef{1, "default"}).ok());
  EXPECT_TRUE(authority.Authorize(Principal::Local(), Action::kSeriesRead, ExperimentRef{1, "e", 1}).ok());
}

TEST(AuthorityTest, InternalReadsForQueriesAndNeverWrites) {
  Authority authority;
  for (Action action : {Action::kSeriesRead, Action::kPointsRead, Action::kBlobRead, Action::kLiveRead}) {
    EXPECT_TRUE(authority.Authorize(Principal::Internal(), action, RunRef{1, "r", 1, 1, false}).ok());
  }
  for (Action action :
       {Action::kRunOpen, Action::kPointsWrite, Action::kRunEdit, Action::kRunDelete, Action::kRunRestore,
        Action::kRunRead, Action::kExperimentRead, Action::kViewCreate, Action::kOpsMetrics}) {
    auto granted = authority.Authorize(Principal::Internal(), action, RunRef{1, "r", 1, 1, false});
    EXPECT_EQ(granted.status().code(), StatusCode::kPermissionDenied) << ActionName(action);
    EXPECT_THAT(std::string(granted.status().message()), testing::HasSubstr(std::string(ActionName(action))));
  }
}

TEST(AuthorityTest, NobodyElseIsGrantedAnything) {
  Authority authority;
  for (Kind kind : {Kind::kAnonymous, Kind::kUser, Kind::kToken, Kind::kService, Kind::kGuest}) {
    auto granted = authority.Authorize({kind, "x"}, Action::kRunRead, RunRef{1, "r", 1, 1, false});
    EXPECT_EQ(granted.status().code(), StatusCode::kUnauthenticated) << KindName(kind);
  }
}

}  // namespace
}  // namespace stepwell::auth
