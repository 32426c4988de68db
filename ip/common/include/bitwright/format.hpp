// Number formats and memory words: what a kernel's data are in memory, in streams and in sums.
#ifndef BITWRIGHT_FORMAT_HPP
#define BITWRIGHT_FORMAT_HPP

#include <cstdint>

#include "ap_int.h"
#include "hls_half.h"

namespace bitwright {

enum class Format { fp16, int8, w4a8 };  // w4a8: int4 weights, int8 activations

/// The word of every memory port: element i, of w bits, stands in bits [w*i, w*i + w).
constexpr int beat_bits = 256;
using Beat = ap_uint<beat_bits>;

/// Bits of the kernels' register `status`.
constexpr std::uint32_t bad_argument = 1u << 2;

constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }

/// N elements that move together.
template <class T, int N>
struct Pack {
  T lane[N];
};

/// Value  an activation, in memory and in streams
/// Factor what a multiplier takes; a weight or an activation fits
/// Sum    of products; exact for integers, in a fixed order for float
template <Format F>
struct Traits {
  using Value = std::int8_t;
  using Factor = std::int8_t;
  using Sum = std::int32_t;
  static constexpr int value_bits = 8;
  static constexpr int weight_bits = F == Format::w4a8 ? 4 : 8;
  // Cycles from an addend of a running sum to the sum.
  static constexpr int add_cycles = 1;
};

template <>
struct Traits<Format::fp16> {
  using Value = half;
  using Factor = float;  // a product of two halves is exact in float
  using Sum = float;
  static constexpr int value_bits = 16;
  static constexpr int weight_bits = 16;
  static constexpr int add_cycles = 8;  // of a float adder at 300 MHz, with one to spare
};

inline half half_of(std::uint16_t bits) {
#ifdef __SYNTHESIS__
  union {  // a built-in type in synthesis, which has no member functions
    std::uint16_t bits;
    half value;
  } same;
  same.bits = bits;
  return same.value;
#else
  half value;
  value.set_bits(bits);
  return value;
#endif
}

inline std::uint16_t bits_of(half value) {
#ifdef __SYNTHESIS__
  union {
    std::uint16_t bits;
    half value;
  } same;
  same.value = value;
  return same.bits;
#else
  return value.get_bits();
#endif
}

/// The 64-bit word i of a beat. 64 bits at a time, C simulation works on machine words.
inline std::uint64_t word(const Beat& beat, int i) {
  return beat.range(64 * i + 63, 64 * i).to_uint64();
}

/// Element i of 64 / Bits in a word.
template <int Bits, class T>
T element(std::uint64_t word, int i);

template <>
inline std::int8_t element<8, std::int8_t>(std::uint64_t word, int i) {
  return static_cast<std::int8_t>(static_cast<std::uint8_t>(word >> (8 * i)));
}
template <>
inline std::int8_t element<4, std::int8_t>(std::uint64_t word, int i) {
  const auto nibble = static_cast<std::int8_t>(word >> (4 * i) & 15);
  return static_cast<std::int8_t>((nibble ^ 8) - 8);
}
template <>
inline std::uint8_t element<8, std::uint8_t>(std::uint64_t word, int i) {
  return static_cast<std::uint8_t>(word >> (8 * i));
}
template <>
inline std::int32_t element<32, std::int32_t>(std::uint64_t word, int i) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(word >> (32 * i)));
}
template <>
inline half element<16, half>(std::uint64_t word, int i) {
  return half_of(static_cast<std::uint16_t>(word >> (16 * i)));
}
template <>
inline float element<16, float>(std::uint64_t word, int i) {
  return element<16, half>(word, i);
}

/// All elements of a beat.
template <int Bits, class T>
void unpack(const Beat& beat, T (&to)[beat_bits / Bits]) {
  // Wires of the caller's pipeline.
  #pragma HLS inline
unpack_word:
  for (int i = 0; i < 4; ++i) {
    // Every word has its place.
    #pragma HLS unroll
    const std::uint64_t from = word(beat, i);
  unpack_element:
    for (int j = 0; j < 64 / Bits; ++j) {
      // So has every element.
      #pragma HLS unroll
      to[i * (64 / Bits) + j] = element<Bits, T>(from, j);
    }
  }
}

inline std::uint64_t pattern(std::int8_t value) { return static_cast<std::uint8_t>(value); }
inline std::uint64_t pattern(half value) { return bits_of(value); }

/// A beat of activations.
template <class T, int N>
Beat pack(const T (&from)[N]) {
  // Wires of the caller's pipeline.
  #pragma HLS inline
  constexpr int bits = beat_bits / N;
  static_assert(bits == 8 * int(sizeof(T)), "pack: the elements must fill a beat exactly");
  Beat beat = 0;
pack_word:
  for (int i = 0; i < 4; ++i) {
    // Every word has its place.
    #pragma HLS unroll
    std::uint64_t to = 0;
  pack_element:
    for (int j = 0; j < 64 / bits; ++j) {
      // So has every element.
      #pragma HLS unroll
      to |= pattern(from[i * (64 / bits) + j]) << (bits * j);
    }
    beat.range(64 * i + 63, 64 * i) = to;
  }
  return beat;
}

}  // namespace bitwright

#endif
