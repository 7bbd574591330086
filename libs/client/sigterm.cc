#include "client/sigterm.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <thread>

namespace stepwell::client {
namespace {

// That the runs have for their last words, a wait for room in a full spool among them; schedulers give 30 s and more.
constexpr std::chrono::seconds kPatience(5);

// Of one process; never destroyed, as a signal may come while the program's statics go.
struct State {
  pid_t owner = getpid();
  int wake[2] = {-1, -1};
  std::mutex mutex;
  std::set<Killable*> runs;  // guarded by mutex
};

std::atomic<State*> state_now{nullptr};
std::atomic<bool> came{false};
struct sigaction before {};  // written before ours is installed

bool WasHandled() {
  return (before.sa_flags & SA_SIGINFO) != 0 || (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN);
}

void EndByDefault() {
  signal(SIGTERM, SIG_DFL);
  kill(getpid(), SIGTERM);
}

// Only what signal-safety(7) allows.
void OnSigterm(int number, siginfo_t* info, void* context) {
  const int error = errno;
  const State* const state = state_now;
  if (WasHandled()) {
    came = true;
    if ((before.sa_flags & SA_SIGINFO) != 0)
      before.sa_sigaction(number, info, context);
    else
      before.sa_handler(number);
  } else if (getpid() != state->owner || write(state->wake[1], "k", 1) != 1) {
    EndByDefault();  // in the child of a fork, where the thread is not
  }
  errno = error;
}

void AwaitSigterm(State* state) {
  char byte = 0;
  while (read(state->wake[0], &byte, 1) < 0 && errno == EINTR) {
  }
  const auto tell = [state] {
    std::lock_guard lock(state->mutex);
    for (Killable* one : state->runs) one->Killed();
  };
  const std::future<void> told = std::async(std::launch::async, tell);
  told.wait_for(kPatience);
  sigset_t sigterm;
  sigemptyset(&sigterm);
  sigaddset(&sigterm, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &sigterm, nullptr);
  EndByDefault();
}

State* MakeState() {
  auto* const made = new State;
  if (pipe2(made->wake, O_CLOEXEC) != 0) return made;  // SIGTERM then ends the process without a word
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);  // signals are for the program's own threads
  std::thread(AwaitSigterm, made).detach();
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  return made;
}

void Install() {
  struct sigaction now {};
  sigaction(SIGTERM, nullptr, &now);
  const bool ours = (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == OnSigterm;
  if (ours || ((now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_IGN)) return;
  before = now;
  struct sigaction action {};
  action.sa_sigaction = OnSigterm;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  action.sa_mask = now.sa_mask;
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

void HandleSigterm(Killable* one) {
  static auto* const making = new std::mutex;
  std::lock_guard lock(*making);
  State* state = state_now;
  if (state == nullptr || state->owner != getpid()) state_now = state = MakeState();
  {
    std::lock_guard of_runs(state->mutex);
    state->runs.insert(one);
  }
  Install();
}

void ForgetSigterm(Killable* one) {
  State* const state = state_now;
  if (state == nullptr || state->owner != getpid()) return;
  std::lock_guard lock(state->mutex);
  state->runs.erase(one);
}

bool SigtermCame() { return came; }

}  // namespace stepwell::client
