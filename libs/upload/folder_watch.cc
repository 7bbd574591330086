#include "upload/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace stepwell::upload {
namespace {

constexpr uint32_t kEvents =
    IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR;

}  // namespace

FolderWatch::FolderWatch() : descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

FolderWatch::~FolderWatch() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

void FolderWatch::Add(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    if (descriptor_ < 0 || (inotify_add_watch(descriptor_, folder.c_str(), kEvents) < 0 && errno == ENOSPC)) {
      return;  // no more watches: looking now and then has to do
    }
  }
}

bool FolderWatch::WaitFor(std::chrono::milliseconds time) {
  if (descriptor_ < 0) {
    std::this_thread::sleep_for(time);
    return false;
  }
  pollfd wait{descriptor_, POLLIN, 0};
  if (poll(&wait, 1, static_cast<int>(time.count())) <= 0) {
    return false;
  }
  alignas(inotify_event) char events[16 << 10];
  bool any = false;
  while (read(descriptor_, events, sizeof events) > 0) {
    any = true;
  }
  return any;
}

}  // namespace stepwell::upload
