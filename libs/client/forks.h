// Tells those who ask when this process is the child of a fork: of the threads that there were, only the one that
// forked is there, and what the others held stays held.
//
// Thread safety: Watch and Unwatch may be called from any thread, but not from Forked.
#pragma once

namespace stepwell::client {

class Forkable {
 public:
  virtual ~Forkable() = default;
  // In the child, before fork returns there.
  virtual void Forked() = 0;
};

void Watch(Forkable* one);
void Unwatch(Forkable* one);

}  // namespace stepwell::client
