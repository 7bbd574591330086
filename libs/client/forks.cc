#include "client/forks.h"

#include <pthread.h>

#include <mutex>
#include <set>

namespace stepwell::client {
namespace {

// Never destroyed: a fork may come while the program's statics go.
std::mutex& Mutex() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

std::set<Forkable*>& Watched() {
  static auto* const watched = new std::set<Forkable*>;
  return *watched;
}

// Held over the fork, so that the child has the set whole and the mutex free.
void Before() { Mutex().lock(); }
void AfterInParent() { Mutex().unlock(); }
void AfterInChild() {
  for (Forkable* one : Watched()) one->Forked();
  Mutex().unlock();
}

}  // namespace

void Watch(Forkable* one) {
  static const int installed = pthread_atfork(Before, AfterInParent, AfterInChild);
  (void)installed;
  std::lock_guard lock(Mutex());
  Watched().insert(one);
}

void Unwatch(Forkable* one) {
  std::lock_guard lock(Mutex());
  Watched().erase(one);
}

}  // namespace stepwell::client
