#include "query/console_log.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "codec/zstd.h"

namespace stepwell::query {
namespace {

constexpr size_t kBlock = 512;  // texts
constexpr int kZstdLevel = 1;
constexpr size_t kViews = 6;      // of a run: what a page or two ask for
constexpr uint8_t kLevels = 200;  // different ones; more become ""
// What a line costs beside its packed text, and what it costs in all as a first guess.
constexpr uint64_t kLineBytes = 20, kGuessedLineBytes = 64;

// [level, text], or one text.
std::string_view TextOf(const v1::Text& text) {
  if (text.has_blob()) return "(a line so long that it is kept as a blob)";
  return text.values_size() == 0 ? std::string_view() : text.values(text.values_size() > 1 ? 1 : 0);
}

std::string Names(const std::set<uint32_t>& writers) {
  std::string name;
  for (const uint32_t writer : writers) absl::StrAppend(&name, writer, ",");
  return name;
}

}  // namespace

// Texts of lines, each block unpacked once where lines are asked for in order of reading.
class ConsoleLog::Texts {
 public:
  explicit Texts(const ConsoleLog& log) : log_(log) {}

  std::string_view Get(uint32_t line) {
    const size_t block = line / kBlock, at = line % kBlock;
    if (block == log_.blocks_.size()) {
      const uint32_t from = at == 0 ? 0 : log_.open_ends_[at - 1];
      return std::string_view(log_.open_).substr(from, log_.open_ends_[at] - from);
    }
    if (block != block_) Unpack(block);
    const uint32_t from = at == 0 ? 0 : End(at - 1);
    return std::string_view(bytes_).substr(kBlock * 4 + from, End(at) - from);
  }

 private:
  uint32_t End(size_t at) const {
    uint32_t end;
    std::memcpy(&end, bytes_.data() + at * 4, 4);
    return end;
  }
  void Unpack(size_t number) {
    const Block& block = log_.blocks_[number];
    if (block.bytes.size() == block.size) {
      bytes_ = block.bytes;
    } else {
      bytes_.resize(block.size);
      codec::ReadZstd(block.bytes, bytes_.data(), bytes_.size());
    }
    block_ = number;
  }

  const ConsoleLog& log_;
  size_t block_ = SIZE_MAX;
  std::string bytes_;
};

uint64_t ConsoleLog::bytes() const {
  uint64_t sum = packed_bytes_ + open_.size() + lines_.size() * sizeof(Line) + blocks_.size() * sizeof(Block);
  for (const View& view : views_) sum += view.lines.size() * sizeof(uint32_t);
  return sum;
}

absl::StatusOr<std::map<uint32_t, uint64_t>> ConsoleLog::Counts(SeriesReader& reader, const GrantedRun& run) const {
  std::map<uint32_t, uint64_t> counts;
  v1::ListSeriesRequest ask;
  ask.set_kind(v1::KIND_TEXT);
  ask.set_prefix(kConsoleTag);
  do {
    ASSIGN_OR_RETURN(const v1::ListSeriesReply reply, reader.ListSeries(run, ask));
    for (const v1::SeriesItem& item : reply.items()) {
      if (item.info().tag() != kConsoleTag) continue;
      counts[item.writer_number()] = item.stats().count() + item.stats().hidden();
    }
    ask.set_cursor(reply.next());
  } while (!ask.cursor().empty());
  return counts;
}

absl::Status ConsoleLog::Refresh(SeriesReader& reader, const GrantedRun& run, uint64_t budget) {
  ASSIGN_OR_RETURN(const auto counts, Counts(reader, run));
  if (read_.empty()) SkipAllBut(budget / kGuessedLineBytes, counts);
  ASSIGN_OR_RETURN(bool fits, ReadNew(reader, run, counts, budget));
  for (uint64_t most = lines_.size() / 2; !fits; most /= 2) {
    *this = ConsoleLog();
    SkipAllBut(most, counts);
    ASSIGN_OR_RETURN(fits, ReadNew(reader, run, counts, budget));
  }
  return absl::OkStatus();
}

// Each writer may keep as many as the others, and what others do not need.
void ConsoleLog::SkipAllBut(uint64_t lines, const std::map<uint32_t, uint64_t>& counts) {
  std::vector<std::pair<uint64_t, uint32_t>> by_count;
  for (const auto& [writer, count] : counts) by_count.emplace_back(count, writer);
  std::sort(by_count.begin(), by_count.end());
  size_t left = by_count.size();
  for (const auto& [count, writer] : by_count) {
    const uint64_t kept = std::min(count, lines / left--);
    lines -= kept;
    skipped_[writer] = read_[writer] = count - kept;
  }
}

// False: they do not fit.
absl::StatusOr<bool> ConsoleLog::ReadNew(SeriesReader& reader, const GrantedRun& run,
                                         const std::map<uint32_t, uint64_t>& counts, uint64_t budget) {
  bool fits = true;
  for (const auto& [writer, count] : counts) {
    uint64_t& read = read_[writer];
    if (count <= read) continue;
    const auto take = [&, writer = writer](const v1::ReadPointsReply& part) {
      const int size = std::min(part.values_size(), part.points().wall_size());
      for (int i = 0; i < size; ++i) Add(writer, part.points().wall(i), part.values(i));
      read = part.first_point() + static_cast<uint64_t>(size);
      fits = bytes() <= budget;
      return fits ? absl::OkStatus() : absl::CancelledError("the console does not fit");
    };
    const absl::Status status =
        reader.ReadPoints({run, kConsoleTag, v1::KIND_TEXT, writer}, /*include_hidden=*/true, read, take);
    if (!fits) return false;
    RETURN_IF_ERROR(status);
  }
  return true;
}

uint8_t ConsoleLog::LevelNumber(std::string_view level) {
  const auto it = std::find(levels_.begin(), levels_.end(), level);
  if (it != levels_.end()) return static_cast<uint8_t>(it - levels_.begin());
  if (levels_.size() == kLevels) return LevelNumber("");
  levels_.emplace_back(level);
  return static_cast<uint8_t>(levels_.size() - 1);
}

void ConsoleLog::Add(uint32_t writer, double wall, const v1::Value& value) {
  if (levels_.empty()) LevelNumber("");
  const v1::Text& text = value.text();
  lines_.push_back({std::isfinite(wall) ? wall : 0, writer, LevelNumber(text.values_size() > 1 ? text.values(0) : "")});
  open_ += TextOf(text);
  open_ends_.push_back(static_cast<uint32_t>(open_.size()));
  if (open_ends_.size() == kBlock) Pack();
}

void ConsoleLog::Pack() {
  std::string whole(reinterpret_cast<const char*>(open_ends_.data()), kBlock * 4);
  whole += open_;
  Block block;
  block.size = static_cast<uint32_t>(whole.size());
  if (!codec::AppendZstd(whole, kZstdLevel, whole.size(), block.bytes)) block.bytes = std::move(whole);
  block.bytes.shrink_to_fit();
  packed_bytes_ += block.bytes.size();
  blocks_.push_back(std::move(block));
  open_.clear();
  open_ends_.clear();
}

// Order of time; of the same time by writer, and as each logged them.
bool ConsoleLog::Before(uint32_t a, uint32_t b) const {
  const Line &one = lines_[a], &other = lines_[b];
  if (one.wall != other.wall) return one.wall < other.wall;
  return one.writer != other.writer ? one.writer < other.writer : a < b;
}

ConsoleLog::View& ConsoleLog::Find(const std::string& name, const ConsoleAsk& ask, bool filters, const RE2* match) {
  auto it = std::find_if(views_.begin(), views_.end(), [&](const View& view) { return view.name == name; });
  if (it == views_.end()) {
    if (views_.size() == kViews) views_.pop_back();
    views_.push_front({name, {}, 0});
  } else {
    views_.splice(views_.begin(), views_, it);
  }
  View& view = views_.front();
  const size_t before = view.lines.size();
  Texts texts(*this);
  for (; view.looked_at < lines_.size(); ++view.looked_at) {
    const auto number = static_cast<uint32_t>(view.looked_at);
    const Line& line = lines_[number];
    if (!ask.writers.empty() && !ask.writers.contains(line.writer)) continue;
    if (filters) {
      if (!ask.levels.empty() && !ask.levels.contains(levels_[line.level])) continue;
      if ((ask.from && line.wall < *ask.from) || (ask.to && line.wall > *ask.to)) continue;
      if (match != nullptr && !RE2::PartialMatch(texts.Get(number), *match)) continue;
    }
    view.lines.push_back(number);
  }
  const auto order = [this](uint32_t a, uint32_t b) { return Before(a, b); };
  const auto middle = view.lines.begin() + static_cast<std::ptrdiff_t>(before);
  std::sort(middle, view.lines.end(), order);
  std::inplace_merge(view.lines.begin(), middle, view.lines.end(), order);
  return view;
}

uint64_t ConsoleLog::Earlier(const std::set<uint32_t>& writers) const {
  uint64_t sum = 0;
  for (const auto& [writer, count] : skipped_) {
    if (writers.empty() || writers.contains(writer)) sum += count;
  }
  return sum;
}

absl::StatusOr<ConsolePage> ConsoleLog::Read(const ConsoleAsk& ask) {
  std::unique_ptr<RE2> match;
  if (!ask.match.empty()) {
    RE2::Options options;
    options.set_log_errors(false);
    match = std::make_unique<RE2>(ask.match, options);
    if (!match->ok()) return absl::InvalidArgumentError("match is not a regular expression of RE2: " + match->error());
  }
  const std::string writers = Names(ask.writers);
  const std::vector<uint32_t>& all = Find(writers, ask, false, nullptr).lines;
  const std::vector<uint32_t>* shown = &all;
  ConsolePage page;
  page.earlier = Earlier(ask.writers);
  page.total = page.earlier + all.size();
  if (ask.Filters()) {
    std::string name = absl::StrCat(writers, "|", ask.from ? absl::StrCat(*ask.from) : "", "|",
                                    ask.to ? absl::StrCat(*ask.to) : "", "|");
    for (const std::string& level : ask.levels) absl::StrAppend(&name, level, ",");
    shown = &Find(absl::StrCat(name, "|", ask.match), ask, true, match.get()).lines;
    page.matched = shown->size();
  }
  const auto order = [this](uint32_t a, uint32_t b) { return Before(a, b); };
  // The place among the shown of the line with this number, or of the first after it.
  const auto place = [&](uint64_t number) {
    const uint64_t kept = number < page.earlier ? 0 : number - page.earlier;
    if (kept >= all.size()) return shown->size();
    return static_cast<size_t>(std::lower_bound(shown->begin(), shown->end(), all[kept], order) - shown->begin());
  };
  const bool backwards = ask.before || ask.tail;
  size_t begin = 0, end = shown->size();
  if (ask.after && *ask.after < UINT64_MAX) begin = place(*ask.after + 1);
  if (ask.before) end = place(*ask.before);
  if (begin > end) begin = end;
  const size_t size = std::min<size_t>(ask.limit, end - begin);
  const bool more = size < end - begin;
  backwards ? begin = end - size : end = begin + size;

  std::vector<std::pair<uint32_t, size_t>> lines;  // and where they stand in the page
  for (size_t i = begin; i < end; ++i) lines.emplace_back((*shown)[i], i - begin);
  std::sort(lines.begin(), lines.end());
  page.items.resize(size);
  Texts texts(*this);
  for (const auto& [number, at] : lines) {
    const auto among = std::lower_bound(all.begin(), all.end(), number, order) - all.begin();
    const Line& line = lines_[number];
    page.items[at] = {page.earlier + static_cast<uint64_t>(among), line.wall, line.writer, levels_[line.level],
                      std::string(texts.Get(number))};
  }
  if (more && size > 0) page.next = backwards ? page.items.front().line : page.items.back().line;
  return page;
}

}  // namespace stepwell::query
