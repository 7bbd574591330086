// SIGTERM for runs that ask for it (RunOptions::handle_sigterm): they are told as killed.
//
// Without a handler that was there before, the process ends as it would have: a thread of its own finishes the runs, as
// little is allowed in a handler, and then raises the signal anew. A handler that was there is called instead, and
// decides whether the process ends.
//
// Thread safety: all functions may be called from any thread.
#pragma once

namespace stepwell::client {

class Killable {
 public:
  virtual void Killed() = 0;  // called from a thread of its own; the process ends after it

 protected:
  ~Killable() = default;
};

void HandleSigterm(Killable* one);
void ForgetSigterm(Killable* one);
// SIGTERM came to this process, and a handler that had been there went on.
bool SigtermCame();

}  // namespace stepwell::client
