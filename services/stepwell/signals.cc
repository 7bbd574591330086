#include "stepwell/signals.h"

#include <signal.h>
#include <unistd.h>

#include <utility>

namespace stepwell {
namespace {

sigset_t Caught() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

constexpr timespec kLook{0, 100'000'000};  // how often the thread looks whether it is needed still
constexpr int kEndedBySignal = 130;        // what shells expect of a program that Ctrl-C ended

}  // namespace

void Signals::Block() {
  const sigset_t set = Caught();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(std::function<void()> stop) {
  Block();
  thread_ = std::thread([this, stop = std::move(stop)] {
    const sigset_t set = Caught();
    bool told = false;
    while (!done_) {
      if (sigtimedwait(&set, nullptr, &kLook) < 0) {
        continue;
      }
      if (told) {
        _exit(kEndedBySignal);
      }
      told = true;
      stop();
    }
  });
}

Signals::~Signals() {
  done_ = true;
  thread_.join();
}

}  // namespace stepwell
