// trainer.py in C++: logs what is known beforehand, and tells each call that returned.
//
//   trainer RUN CALLS PAUSE_US TOLD END        TOLD: a file, a byte for each call; END: finish, raise, hang, fork,
//   threads, sigterm, handled, storm
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "stepwell/run.h"

namespace {

volatile std::sig_atomic_t stopping = 0;

const std::string kTags[] = {"loss", "accuracy", "lr"};

// As trainer.py's hash_of: the bytes as a little-endian number, modulo 2^61 - 1.
std::uint64_t HashOf(const std::string& text) {
  constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;
  std::uint64_t hash = 0;
  for (auto byte = text.rbegin(); byte != text.rend(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) hash = 2 * hash % kPrime;
    hash = (hash + static_cast<unsigned char>(*byte)) % kPrime;
  }
  return hash;
}

// Any double but NaN: all 64 bits matter.
double ValueOf(const std::string& tag, std::int64_t step) {
  const std::uint64_t mixed = HashOf(tag) * 0x9E3779B97F4A7C15 + static_cast<std::uint64_t>(step) * 0xBF58476D1CE4E5B9;
  double value;
  std::memcpy(&value, &mixed, sizeof value);
  return value == value ? value : static_cast<double>(step);
}

void Log(stepwell::Run& run, int writer, std::int64_t first, std::int64_t calls, int pause_us, int told) {
  for (std::int64_t step = first; step < first + calls; ++step) {
    std::vector<std::string> tags;  // layouts that share a series
    for (const std::string& tag : kTags) tags.push_back(std::to_string(writer) + "/" + tag);
    if (step % 7 == 0) tags.resize(1);
    std::vector<stepwell::Scalar> values;
    for (const std::string& tag : tags) values.emplace_back(tag, ValueOf(tag, step));
    run.Log(values, step, static_cast<double>(step));
    if (told >= 0 && write(told, ".", 1) != 1) std::abort();
    if (pause_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(pause_us));
  }
}

void Fork(stepwell::Run& run, std::int64_t calls) {
  std::vector<pid_t> children;
  for (const int writer : {1, 2}) {
    const pid_t child = fork();
    if (child == 0) {
      Log(run, writer, 0, calls, 0, -1);
      _exit(0);
    }
    children.push_back(child);
  }
  Log(run, 0, calls, calls, 0, -1);  // the parent goes on meanwhile
  for (const pid_t child : children) waitpid(child, nullptr, 0);
}

void Thread(stepwell::Run& run, std::int64_t calls) {
  std::vector<std::thread> threads;
  for (const int writer : {1, 2, 3}) threads.emplace_back([&run, writer, calls] { Log(run, writer, 0, calls, 0, -1); });
  for (std::thread& thread : threads) thread.join();
}

// Forks so many times while threads log all the time, and prints how many calls each of them made. They are writers 1
// to 3, and the children writers 4 and up.
void Storm(stepwell::Run& run, std::int64_t forks) {
  constexpr int kThreads = 3, kChildCalls = 20;
  constexpr unsigned kChildSeconds = 60;  // a child that waits for what no thread lets go of ends by SIGALRM
  std::atomic<bool> enough{false};
  std::int64_t made[kThreads] = {};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&run, &enough, &made, thread] {
      for (std::int64_t calls = 0; !enough; made[thread] = calls += 5) {
        Log(run, thread + 1, calls, 5, 100, -1);
        run.Log(std::to_string(thread + 1) + "/text", stepwell::Text(std::to_string(calls)), calls);
      }
    });
  }
  std::vector<pid_t> children;
  for (int writer = kThreads + 1; writer <= kThreads + forks; ++writer) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(kChildSeconds);
      run.Log(std::to_string(writer) + "/text", stepwell::Text("a child"), 0);
      Log(run, writer, 0, kChildCalls, 0, -1);
      _exit(0);
    }
    children.push_back(child);
  }
  bool good = true;
  for (const pid_t child : children) {
    int status = -1;
    good = waitpid(child, &status, 0) == child && status == 0 && good;
  }
  enough = true;
  for (std::thread& thread : threads) thread.join();
  std::printf("%lld %lld %lld\n", static_cast<long long>(made[0]), static_cast<long long>(made[1]),
              static_cast<long long>(made[2]));
  if (!good) throw std::runtime_error("a child did not end well");
}

void Train(const std::string& id, std::int64_t calls, int pause_us, int told, const std::string& end) {
  const bool handled = end == "handled", asked = handled || end == "sigterm";
  if (handled) std::signal(SIGTERM, [](int) { stopping = 1; });
  stepwell::Run run({.experiment = "cpp", .name = id, .id = id, .handle_sigterm = asked});
  if (end == "storm") return Storm(run, calls);
  Log(run, 0, 0, calls, pause_us, told);
  if (end == "fork") Fork(run, calls);
  if (end == "threads") Thread(run, calls);
  if (end == "raise") throw std::runtime_error("a training that fails");
  if (end == "hang" || asked) {
    std::puts("ready");
    std::fflush(stdout);
    while (stopping == 0) pause();
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return 2;
  const std::string told = arguments[4];
  const int file = told.empty() ? -1 : open(told.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  try {
    Train(arguments[1], std::atoll(arguments[2]), std::atoi(arguments[3]), file, arguments[5]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
