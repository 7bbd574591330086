// What encoding, reading and querying cost: one JSON line {"name", "value", "unit"} a figure. A few seconds.
//
// The curves are those of training as event files bring them: float32 values, wall times of one step microseconds
// apart.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "series/chunk.h"
#include "series/memory_source.h"
#include "series/query.h"

namespace stepwell::series {
namespace {

constexpr const char* kKinds[] = {"loss", "accuracy", "lr", "grad_norm", "constant", "walk"};
constexpr size_t kChunks = 64;
constexpr size_t kPointsOfAKind = kChunks * kChunkPoints;

void Report(const std::string& name, double value, const char* unit) {
  std::printf("{\"name\": \"%s\", \"value\": %.4g, \"unit\": \"%s\"}\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

template <typename F>
double Seconds(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The best of five: what the work costs when nobody disturbs it.
template <typename F>
double NanosecondsAPoint(size_t points, F&& f) {
  double best = 1e9;
  for (int i = 0; i < 5; ++i) best = std::min(best, Seconds(f));
  return best * 1e9 / static_cast<double>(points);
}

std::vector<double> Walls(size_t n) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> jitter(-0.002, 0.002);
  std::vector<double> walls(n);
  for (size_t i = 0; i < n; ++i) walls[i] = 1.7e9 + 0.1 * static_cast<double>(i) + jitter(random);
  return walls;
}

double ValueOf(int kind, double x, double noise, double before) {
  switch (kind) {
    case 0:
      return (0.3 + 4 * std::exp(-6 * x)) * (1 + 0.05 * noise);
    case 1:
      return std::round(128 * std::clamp(0.8 * (1 - std::exp(-5 * x)) + 0.02 * noise, 0.0, 1.0)) / 128;
    case 2:
      return 3e-3 * 0.5 * (1 + std::cos(M_PI * x));
    case 3:
      return std::exp(0.3 * noise) * (1 + 3 * std::exp(-8 * x));
    case 4:
      return 256;
    default:
      return before + 0.01 * noise;
  }
}

Points Curve(int kind, size_t n) {
  std::mt19937_64 random(static_cast<uint64_t>(kind) + 2);
  std::normal_distribution<double> normal;
  Points points;
  points.wall = Walls(n);
  double before = 0;
  for (size_t i = 0; i < n; ++i) {
    before = ValueOf(kind, static_cast<double>(i) / static_cast<double>(n), normal(random), before);
    points.step.push_back(static_cast<int64_t>(i));
    points.value.push_back(static_cast<double>(static_cast<float>(before)));
    points.wall[i] += kind * 3e-6;
  }
  return points;
}

// A chunk takes its axis from `leaders` if there are some.
std::vector<std::string> EncodeAll(const std::vector<Points>& chunks, const std::vector<Points>* leaders) {
  std::vector<std::string> encoded;
  for (size_t i = 0; i < chunks.size(); ++i) {
    ChunkInfo info{.first_ordinal = i * kChunkPoints,
                   .count = kChunkPoints,
                   .first_lsn = i * 7,
                   .last_lsn = i * 7 + 7,
                   .final = true,
                   .scalar = true,
                   .leader = {}};
    if (leaders) info.leader = SeriesKey{0, 0};
    encoded.push_back(EncodeChunk(info, chunks[i], leaders ? &(*leaders)[i] : nullptr).value());
  }
  return encoded;
}

void DecodeAll(const std::vector<std::string>& encoded, const std::vector<Points>* leaders) {
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (DecodeChunk(encoded[i], leaders ? &(*leaders)[i] : nullptr).value().size() != kChunkPoints) std::abort();
  }
}

std::vector<Points> Chunks(const Points& points) {
  std::vector<Points> chunks;
  for (size_t from = 0; from < points.size(); from += kChunkPoints)
    chunks.push_back(MemorySource::Slice(points, from, from + kChunkPoints));
  return chunks;
}

void BenchChunks(const std::string& name, const std::vector<Points>& chunks, const std::vector<Points>* leaders) {
  std::vector<std::string> encoded;
  const double encode = NanosecondsAPoint(kPointsOfAKind, [&] { encoded = EncodeAll(chunks, leaders); });
  const double decode = NanosecondsAPoint(kPointsOfAKind, [&] { DecodeAll(encoded, leaders); });
  size_t bytes = 0;
  for (const std::string& chunk : encoded) bytes += chunk.size();
  Report(name + "/bytes", static_cast<double>(bytes) / kPointsOfAKind, "B/point");
  Report(name + "/encode", encode, "ns/point");
  Report(name + "/decode", decode, "ns/point");
}

void BenchPages() {
  for (int kind = 0; kind < 6; ++kind) {
    MemorySource source({1, 1});
    source.Seal(Curve(kind, 16 * kPointsOfAKind), 1, 9, kChunkPoints, true);
    Report(std::string("pages/") + kKinds[kind] + "/bytes",
           static_cast<double>(source.page_bytes()) / (16 * kPointsOfAKind), "B/point");
  }
  const Points points = Curve(0, kChunksPerPage * kChunkPoints);
  SummaryPage page;
  std::string bytes;
  Report("pages/summarize", NanosecondsAPoint(points.size(), [&] { page.summaries = SummarizeBlocks(points); }),
         "ns/point");
  Report("pages/encode", NanosecondsAPoint(points.size(), [&] { bytes = EncodePage(page); }), "ns/point");
  Report("pages/decode", NanosecondsAPoint(1, [&] { page = DecodePage(bytes).value(); }) / 1000, "us/page");
}

void BenchQuery(const std::string& name, MemorySource& source, const QuerySpec& spec) {
  Source* const sources[] = {&source};
  std::vector<double> times;
  size_t rows = 0;
  for (int i = 0; i < 41; ++i) {
    times.push_back(Seconds([&] {
      const Answer answer = Query(sources, {}, spec).value();
      rows = answer.exact ? answer.points.size() : answer.columns.size();
    }));
  }
  std::nth_element(times.begin(), times.begin() + 20, times.end());
  Report(name, times[20] * 1e6, "us");
  Report(name + "/rows", static_cast<double>(rows), "rows");
}

void BenchQueries() {
  for (const auto& [n, label] : {std::pair<size_t, const char*>{1000000, "1M"}, {10000000, "10M"}}) {
    MemorySource source({1, 1});
    source.Seal(Curve(0, n), 1, 9, kChunkPoints, false);
    QuerySpec spec{.x = XAxis::kStep, .range = {}, .columns = 1000};
    BenchQuery(std::string("query/") + label + "/whole", source, spec);
    spec.x = XAxis::kWall;
    BenchQuery(std::string("query/") + label + "/whole-by-wall", source, spec);
    spec.x = XAxis::kStep;
    spec.range = {.has_from = true, .has_to = true, .from_step = 300001, .to_step = 700001};
    BenchQuery(std::string("query/") + label + "/range-of-400k", source, spec);
    spec.range.to_step = 303000;
    BenchQuery(std::string("query/") + label + "/exact-3k", source, spec);
    spec.range.to_step = 360000;
    BenchQuery(std::string("query/") + label + "/range-of-60k", source, spec);
  }
}

void BenchAllChunks() {
  const std::vector<Points> leaders = Chunks(Curve(0, kPointsOfAKind));
  for (int kind = 0; kind < 6; ++kind) {
    const std::vector<Points> chunks = Chunks(Curve(kind, kPointsOfAKind));
    BenchChunks(std::string("alone/") + kKinds[kind], chunks, nullptr);
    if (kind > 0) BenchChunks(std::string("led/") + kKinds[kind], chunks, &leaders);
  }
}

}  // namespace
}  // namespace stepwell::series

// series_bench [chunks] [pages] [queries]: those, or all.
int main(int argc, char** argv) {
  auto wanted = [&](const std::string& part) {
    return argc == 1 || std::find(argv + 1, argv + argc, part) != argv + argc;
  };
  if (wanted("chunks")) stepwell::series::BenchAllChunks();
  if (wanted("pages")) stepwell::series::BenchPages();
  if (wanted("queries")) stepwell::series::BenchQueries();
}
