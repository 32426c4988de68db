// hls::stream as hardware has it: a queue of so many places, between processes that run at once.
//
// In place of ip/open's, for sources that tests/hls/concurrent.py has rewritten. A process that waits
// for ever ends the program: everything that moves does so under one lock, so that it is seen, not
// guessed from the time that passes, when all that are alive wait and none can go on.
#ifndef BITWRIGHT_CONCURRENT_HLS_STREAM_H
#define BITWRIGHT_CONCURRENT_HLS_STREAM_H

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace concurrent {

inline std::mutex mutex;
inline std::condition_variable changed;
inline unsigned long change = 0;
inline int alive = 1;    // threads that have not ended
inline int waiting = 0;  // those that could not go on since the last change

inline void note() {
  ++change;
  waiting = 0;
  changed.notify_all();
}

/// Waits under the lock until something holds.
template <class Condition>
void until(std::unique_lock<std::mutex>& lock, const char* who, const char* what, Condition holds) {
  while (!holds()) {
    if (++waiting == alive) {
      std::fprintf(stderr, "deadlock: '%s' waits to %s\n", who, what);
      std::fflush(stderr);
      std::_Exit(3);
    }
    const unsigned long seen = change;
    changed.wait(lock, [&] { return change != seen; });
  }
}

/// Whether a queue is to have a place less than its pragma says, for a test of the pragma.
inline bool shallow(const char* name) {
  const char* chosen = std::getenv("SHALLOW");
  return chosen && std::strcmp(chosen, name) == 0;
}

/// The processes of a DATAFLOW region; it ends when all have.
class Region {
 public:
  template <class Process>
  void run(Process process) {
    std::unique_lock<std::mutex> lock(mutex);
    ++alive;
    ++running_;
    threads_.emplace_back([this, process] {
      process();
      std::unique_lock<std::mutex> end(mutex);
      --alive;
      --running_;
      note();
    });
  }
  ~Region() {
    {
      std::unique_lock<std::mutex> lock(mutex);
      until(lock, "a region", "end", [&] { return running_ == 0; });
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::vector<std::thread> threads_;
  int running_ = 0;
};

/// An array between two processes: it passes whole.
class Gate {
 public:
  void open() {
    std::unique_lock<std::mutex> lock(mutex);
    open_ = true;
    note();
  }
  void pass() {
    std::unique_lock<std::mutex> lock(mutex);
    until(lock, "an array", "be filled", [&] { return open_; });
  }

 private:
  bool open_ = false;
};

}  // namespace concurrent

namespace hls {

template <class T>
class stream {
 public:
  explicit stream(const char* name) : name_(name) {}
  void depth(std::size_t places) { places_ = places - concurrent::shallow(name_.c_str()); }
  T read() {
    std::unique_lock<std::mutex> lock(concurrent::mutex);
    concurrent::until(lock, name_.c_str(), "be filled", [&] { return !data_.empty(); });
    T head = data_.front();
    data_.pop_front();
    concurrent::note();
    return head;
  }
  void write(const T& tail) {
    std::unique_lock<std::mutex> lock(concurrent::mutex);
    concurrent::until(lock, name_.c_str(), "be emptied", [&] { return data_.size() < places_; });
    data_.push_back(tail);
    concurrent::note();
  }

 private:
  std::string name_;
  std::size_t places_ = 2;  // what Vitis HLS gives a stream without a pragma
  std::deque<T> data_;
};

}  // namespace hls

#endif
