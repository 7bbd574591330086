// Wakes up when something changes in a set of folders (inotify). A help, not a promise: network file systems tell
// nothing, and the system bounds how many folders can be watched; whoever waits looks by itself now and then.
//
// Thread safety: none; one owner.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace stepwell::upload {

class FolderWatch {
 public:
  FolderWatch();
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Watches these, too; again for one that is watched changes nothing, and one that was made anew is watched again.
  void Add(const std::vector<std::string>& folders);
  // True if something changed, as soon as it does.
  bool WaitFor(std::chrono::milliseconds time);

 private:
  int descriptor_;
};

}  // namespace stepwell::upload
