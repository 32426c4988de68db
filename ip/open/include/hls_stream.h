// hls::stream for C simulation with g++: an unbounded queue that does not forgive misuse.
//
// Reading an empty stream, and destroying one that still holds data, would hang the hardware. Both
// are reported on stderr by the stream's name and end the program with a status other than 0: the
// read at once (what it would return is made up), the destruction at exit, so that all are named.
// Never on the include path of Vitis HLS, which brings its own.
#ifndef BITWRIGHT_OPEN_HLS_STREAM_H
#define BITWRIGHT_OPEN_HLS_STREAM_H

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>

namespace hls {
namespace detail {

inline bool& failed() {
  static bool any = false;
  return any;
}

/// Ends the program after its last stream. One stands in each source file, before the streams of
/// the file, so it goes after them; the last of all to go knows of every stream.
class Ending {
 public:
  Ending() { ++count(); }
  Ending(const Ending&) = delete;
  ~Ending() {
    if (--count() != 0 || !failed()) return;
    std::fflush(nullptr);
    std::_Exit(EXIT_FAILURE);  // whatever main returned
  }

 private:
  static int& count() {
    static int files = 0;
    return files;
  }
};
static const Ending ending;

[[noreturn]] inline void read_when_empty(const std::string& name) {
  std::fflush(stdout);
  std::fprintf(stderr, "error: hls::stream '%s' is read while empty\n", name.c_str());
  std::fflush(nullptr);
  std::_Exit(EXIT_FAILURE);
}

inline void left_full(const std::string& name, std::size_t count) {
  failed() = true;
  std::fprintf(stderr, "error: hls::stream '%s' is left with %zu unread element%s\n", name.c_str(),
               count, count == 1 ? "" : "s");
}

inline std::string unnamed() {
  static unsigned long count = 0;
  return "unnamed." + std::to_string(++count);
}

}  // namespace detail

/// Depth is what the hardware's queue holds; in C simulation producers run before their consumers,
/// so nothing is ever full.
template <class T, int Depth = 0>
class stream {
 public:
  stream() : name_(detail::unnamed()) {}
  stream(const char* name) : name_(name) {}
  stream(const std::string& name) : name_(name) {}
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() {
    if (!data_.empty()) detail::left_full(name_, data_.size());
  }

  T read() {
    if (data_.empty()) detail::read_when_empty(name_);
    T head = data_.front();
    data_.pop_front();
    return head;
  }
  void read(T& head) { head = read(); }
  void operator>>(T& head) { head = read(); }
  bool read_nb(T& head) {
    if (data_.empty()) return false;
    head = read();
    return true;
  }

  void write(const T& tail) { data_.push_back(tail); }
  void operator<<(const T& tail) { write(tail); }
  bool write_nb(const T& tail) {
    write(tail);
    return true;
  }

  bool empty() const { return data_.empty(); }
  bool full() const { return false; }
  std::size_t size() const { return data_.size(); }
  std::size_t capacity() const { return Depth; }
  void set_name(const char* name) { name_ = name; }
  const char* get_name() const { return name_.c_str(); }

 private:
  std::string name_;
  std::deque<T> data_;
};

}  // namespace hls

#endif
