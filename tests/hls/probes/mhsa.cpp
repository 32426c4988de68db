// Calls of the kernel mhsa in one format (-DFORMAT=int8), at the sizes of SIZES below.
//   stdin   calls one behind the other: int32 index of the sizes; int64 scalars in the order of
//           kernel.yml; of each memory argument int32 bytes, and as many; 0 is a null pointer
//   stdout  of each call uint32 status, then what y, key_cache and value_cache hold
// Every buffer is exactly as large as it is said to be, on the heap, where a sanitizer watches it.
#include <cstdio>
#include <vector>

#include "mhsa.hpp"

using namespace bitwright;

template <int Embed, int Heads, int Tokens, int Context, int Tile, int Lanes>
struct Sizes {
  static constexpr Format format = Format::FORMAT;
  static constexpr int seq_len = Tokens, context = Context, embed_dim = Embed, heads = Heads;
  static constexpr int token_tile = Tile, lanes = Lanes;
};
using Small = Sizes<64, 4, 12, 20, 8, 4>;  // heads of 16 columns, less than a beat of int8
using Large = Sizes<128, 2, 10, 24, 4, 2>;  // of 64

constexpr bool integer = Format::FORMAT != Format::fp16;
constexpr int memories = integer ? 20 : 12;
constexpr int scalars = integer ? 13 : 6;

template <class T>
bool take(T* to, std::size_t count) {
  return std::fread(to, sizeof(T), count, stdin) == count;
}

struct Call {
  std::vector<std::vector<Beat>> buffers;
  std::int64_t s[scalars];

  bool read() {
    if (!take(s, scalars)) return false;
    for (int i = 0; i < memories; ++i) {
      std::int32_t bytes = 0;
      take(&bytes, 1);
      std::vector<Beat> beats(bytes / 32);
      for (Beat& beat : beats) {
        std::uint64_t words[4];
        take(words, 4);
        for (int w = 0; w < 4; ++w) beat.range(64 * w + 63, 64 * w) = words[w];
      }
      buffers.push_back(beats);
    }
    return true;
  }
  Beat* operator[](int i) { return buffers[i].empty() ? nullptr : buffers[i].data(); }

  void write(std::uint32_t status) const {
    std::fwrite(&status, sizeof status, 1, stdout);
    for (int i = 9; i < 12; ++i) {
      for (const Beat& beat : buffers[i]) {
        for (int w = 0; w < 4; ++w) {
          const std::uint64_t value = word(beat, w);
          std::fwrite(&value, sizeof value, 1, stdout);
        }
      }
    }
  }
};

template <class C>
std::uint32_t run(Call& m) {
  const auto u = [&](int k) { return static_cast<std::uint32_t>(m.s[k]); };
  const auto i = [&](int k) { return static_cast<std::int32_t>(m.s[k]); };
  if constexpr (integer) {
    return mhsa<C>(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11], m[12],
                   m[13], m[14], m[15], m[16], m[17], m[18], m[19], u(0), u(1), u(2), u(3), u(4),
                   u(5), i(6), i(7), i(8), i(9), i(10), i(11), static_cast<std::uint8_t>(m.s[12]));
  } else {
    return mhsa<C>(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], m[10], m[11], u(0),
                   u(1), u(2), u(3), u(4), u(5));
  }
}

int main() {
  std::int32_t sizes;
  while (take(&sizes, 1)) {
    Call call;
    if (!call.read()) return 1;
    call.write(sizes == 0 ? run<Small>(call) : run<Large>(call));
  }
}
