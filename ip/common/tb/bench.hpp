// A test bench's hands: reads cases from files in the working directory, lends the kernel its memory,
// and compares what it left. Used by the rendered <kernel>_tb.cpp, under g++ and under Vitis HLS,
// whose cosimulation copies `depth` beats from each pointer: every buffer has at least DEPTH.
//
// NAME.txt holds words (bitwright/hls/vectors.py writes it), NAME.bin what their offsets point at:
//   guard BEATS                                         around every buffer; stands once, first
//   case NAME STATUS                                    what follows belongs to it
//   scalar NAME VALUE
//   memory NAME FORMAT COLUMNS DEPTH SIZE OFFSET BYTES  SIZE bytes, the first BYTES from the file
//   output NAME FIRST COUNT OFFSET BOUND                elements, counted from 0, that a run writes
// Expected int8 elements are int8 and must be equal; for fp16 they are float32 and the elements may
// be BOUND from them. Every other byte, up to DEPTH beats and in the guards, must stay as it was.
// With no guard and no depth a sanitizer sees each access beyond SIZE, reads too; guards see writes.
#ifndef BITWRIGHT_BENCH_HPP
#define BITWRIGHT_BENCH_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "ap_int.h"

namespace bitwright {
namespace bench {

using Beat = ap_uint<256>;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kBeatBytes = 32;
constexpr std::uint8_t kFill = 0xA5;  // no result by chance: -91, and as halves -0.0216

inline void stop(const std::string& why) {
  std::printf("Error: %s\n", why.c_str());
  std::exit(1);
}

/// One argument's memory: beats for the kernel, bytes for the comparison.
struct Buffer {
  std::string format;
  std::size_t columns = 0;  // of the last dimension
  std::size_t size = 0;     // bytes that the kernel may touch
  std::size_t depth = 0;    // beats that it has at least
  std::size_t guard = 0;    // bytes on each side of it
  Bytes before;             // of a lent one with the guards
  std::vector<Beat> beats;

  Beat* lend() {
    const std::size_t least = (size + kBeatBytes - 1) / kBeatBytes * kBeatBytes;
    Bytes whole(std::max(least, depth * kBeatBytes) + 2 * guard, kFill);
    std::copy(before.begin(), before.end(), whole.begin() + static_cast<std::ptrdiff_t>(guard));
    before.swap(whole);
    beats.resize(before.size() / kBeatBytes);
    for (std::size_t i = 0; i < beats.size(); ++i) {
      for (int word = 0; word < 4; ++word) {
        std::uint64_t value;
        std::memcpy(&value, &before[i * kBeatBytes + 8 * word], 8);  // the host is little-endian too
        beats[i].range(64 * word + 63, 64 * word) = value;
      }
    }
    return beats.data() + guard / kBeatBytes;
  }

  Bytes after() const {
    Bytes bytes(before.size());
    for (std::size_t i = 0; i < beats.size(); ++i) {
      for (int word = 0; word < 4; ++word) {
        const std::uint64_t value = beats[i].range(64 * word + 63, 64 * word).to_uint64();
        std::memcpy(&bytes[i * kBeatBytes + 8 * word], &value, 8);
      }
    }
    return bytes;
  }
};

/// Elements of one argument that a run writes.
struct Output {
  std::string name;
  std::size_t first = 0, count = 0, offset = 0;
  double bound = 0;  // greatest difference allowed; 0 for integers
};

/// IEEE binary16 as a double, exactly.
inline double half_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const double sign = bits >> 15 ? -1.0 : 1.0;
  if (exponent == 31) return fraction ? std::nan("") : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

/// Runs through the cases of a file; the bench of one kernel.
class Bench {
 public:
  explicit Bench(const std::string& name) : name_(name), text_(name + ".txt") {
    if (!text_) stop(name + ".txt: cannot be read in the working directory");
    std::ifstream data(name + ".bin", std::ios::binary | std::ios::ate);
    if (!data) stop(name + ".bin: cannot be read in the working directory");
    data_.resize(static_cast<std::size_t>(data.tellg()));
    data.seekg(0);
    data.read(reinterpret_cast<char*>(data_.data()), static_cast<std::streamsize>(data_.size()));
    text_ >> word_ >> guard_;
    if (word_ != "guard") stop(name + ".txt: expected 'guard', found '" + word_ + "'");
    text_ >> word_;
  }

  /// Reads the next case; false after the last.
  bool next() {
    if (!text_) return false;
    if (word_ != "case") stop(name_ + ".txt: expected 'case', found '" + word_ + "'");
    text_ >> case_ >> status_;
    scalars_.clear();
    buffers_.clear();
    outputs_.clear();
    while (text_ >> word_ && word_ != "case") entry();
    ++cases_;
    return true;
  }

  /// The memory of an argument.
  Beat* memory(const std::string& name) {
    if (!buffers_.count(name)) stop(name_ + ".txt: case " + case_ + " has no memory " + name);
    return buffers_[name].lend();
  }

  template <class T>
  T scalar(const std::string& name) const {
    const auto found = scalars_.find(name);
    if (found == scalars_.end()) stop(name_ + ".txt: case " + case_ + " has no scalar " + name);
    return static_cast<T>(found->second);
  }

  /// Compares everything that the kernel could have changed.
  void check(std::uint32_t status) {
    bool good = status == status_;
    if (!good) std::printf("Error: %s: status: expected %u, found %u\n", case_.c_str(), status_, status);
    for (auto& entry : buffers_) {
      const Bytes found = entry.second.after();
      std::vector<bool> written(found.size(), false);
      bool same = true;
      for (const Output& output : outputs_) {
        if (output.name == entry.first) same = equal(output, entry.second, found, written) && same;
      }
      same = untouched(entry.first, entry.second, found, written) && same;
      if (!same) leave(entry.first, entry.second, found);
      good = good && same;
    }
    failed_ += !good;
    std::fflush(stdout);
  }

  /// The exit status of the test bench; no case at all is a failure too.
  int verdict() const {
    std::printf("%s: %d of %d cases failed\n", name_.c_str(), failed_, cases_);
    return failed_ != 0 || cases_ == 0;
  }

 private:
  static constexpr int kShown = 3;  // mismatches of an argument that are printed

  void entry() {
    std::string name;
    text_ >> name;
    if (word_ == "scalar") {
      text_ >> scalars_[name];
    } else if (word_ == "memory") {
      Buffer& buffer = buffers_[name];
      std::size_t offset = 0, bytes = 0;
      text_ >> buffer.format >> buffer.columns >> buffer.depth >> buffer.size >> offset >> bytes;
      need(offset, bytes);
      buffer.guard = guard_ * kBeatBytes;
      buffer.before.assign(data_.begin() + offset, data_.begin() + offset + bytes);
    } else if (word_ == "output") {
      Output output;
      text_ >> output.first >> output.count >> output.offset >> output.bound;
      output.name = name;
      outputs_.push_back(output);
    } else {
      stop(name_ + ".txt: unknown word '" + word_ + "'");
    }
    if (!text_) stop(name_ + ".txt: ends in the middle of case " + case_);
  }

  void need(std::size_t offset, std::size_t bytes) const {
    if (offset > data_.size() || bytes > data_.size() - offset) {
      stop(name_ + ".bin: shorter than " + name_ + ".txt says");
    }
  }

  /// Whether the elements of one output are as expected; marks their bytes as written.
  bool equal(const Output& output, const Buffer& buffer, const Bytes& found,
             std::vector<bool>& written) const {
    const bool half = buffer.format == "fp16";
    if (!half && buffer.format != "int8") stop("no output has format " + buffer.format);
    const std::size_t width = half ? 2 : 1;
    need(output.offset, output.count * (half ? 4 : 1));
    std::size_t wrong = 0, worst_at = 0;
    double worst = 0;
    for (std::size_t i = 0; i < output.count; ++i) {
      const std::size_t element = output.first + i, at = buffer.guard + element * width;
      for (std::size_t byte = 0; byte < width; ++byte) written[at + byte] = true;
      const double is = value(&found[at], half), expected = expected_value(output, i, half);
      const double error = std::fabs(is - expected);
      if (error > worst) worst = error, worst_at = element;
      if (error <= output.bound) continue;  // false for a NaN
      if (wrong++ < kShown) {
        std::printf("Error: %s: %s%s: expected %.9g, found %.9g\n", case_.c_str(),
                    output.name.c_str(), place(element, buffer).c_str(), expected, is);
      }
    }
    if (wrong != 0) {
      std::printf("Error: %s: %s: %zu of %zu elements differ\n", case_.c_str(), output.name.c_str(),
                  wrong, output.count);
    } else if (half) {
      std::printf("%s: %s: %zu elements, greatest error %.3g of %.3g at %s\n", case_.c_str(),
                  output.name.c_str(), output.count, worst, output.bound,
                  place(worst_at, buffer).c_str());
    } else {
      std::printf("%s: %s: %zu elements equal\n", case_.c_str(), output.name.c_str(), output.count);
    }
    return wrong == 0;
  }

  /// Whether every byte that no output names is as it was.
  bool untouched(const std::string& name, const Buffer& buffer, const Bytes& found,
                 const std::vector<bool>& written) const {
    std::size_t changed = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (written[i] || found[i] == buffer.before[i]) continue;
      if (changed++ != 0) continue;
      const long byte = static_cast<long>(i) - static_cast<long>(buffer.guard);
      std::printf("Error: %s: %s: byte %ld of %zu was written: expected %d as before, found %d\n",
                  case_.c_str(), name.c_str(), byte, buffer.size, buffer.before[i], found[i]);
    }
    if (changed > 1) std::printf("Error: %s: %s: %zu such bytes\n", case_.c_str(), name.c_str(), changed);
    return changed == 0;
  }

  static double value(const std::uint8_t* at, bool half) {
    if (!half) return static_cast<std::int8_t>(*at);
    return half_value(static_cast<std::uint16_t>(at[0] | at[1] << 8));
  }

  double expected_value(const Output& output, std::size_t index, bool half) const {
    if (!half) return static_cast<std::int8_t>(data_[output.offset + index]);
    float expected;
    std::memcpy(&expected, &data_[output.offset + 4 * index], 4);
    return expected;
  }

  static std::string place(std::size_t element, const Buffer& buffer) {
    const std::size_t row = element / buffer.columns, column = element % buffer.columns;
    return "[" + std::to_string(row) + ", " + std::to_string(column) + "]";
  }

  /// Keeps what a case that failed left in an argument, without the guards, and what it had to write.
  void leave(const std::string& name, const Buffer& buffer, const Bytes& found) const {
    std::ofstream file(case_ + "_" + name + "_found.bin", std::ios::binary);
    file.write(reinterpret_cast<const char*>(&found[buffer.guard]),
               static_cast<std::streamsize>(buffer.size));
    for (const Output& output : outputs_) {
      if (output.name != name) continue;
      std::ofstream expected(case_ + "_" + name + "_expected.bin", std::ios::binary);
      expected.write(reinterpret_cast<const char*>(&data_[output.offset]),
                     static_cast<std::streamsize>(output.count * (buffer.format == "fp16" ? 4 : 1)));
    }
  }

  std::string name_;
  std::ifstream text_;
  Bytes data_;
  std::string word_, case_;
  std::uint32_t status_ = 0;
  std::size_t guard_ = 0;  // beats
  std::map<std::string, long long> scalars_;
  std::map<std::string, Buffer> buffers_;
  std::vector<Output> outputs_;
  int cases_ = 0, failed_ = 0;
};

}  // namespace bench
}  // namespace bitwright

#endif
