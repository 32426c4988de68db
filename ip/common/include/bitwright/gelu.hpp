// GELU: golden.gelu bit for bit for integers, the tanh form in float for fp16 (as GPT-2 has it).
#ifndef BITWRIGHT_GELU_HPP
#define BITWRIGHT_GELU_HPP

#include <cstdint>

#include "bitwright/format.hpp"
#include "bitwright/requant.hpp"
#include "hls_math.h"
#include "hls_stream.h"

namespace bitwright {

/// The constants of i-erf at the scale of the argument; none for fp16.
template <Format F>
struct Gelu {
  std::int32_t b;     // negative
  std::int32_t c;     // negative
  std::int32_t one;   // negative
  std::int32_t mult;  // negative
  std::uint8_t shift;
};
template <>
struct Gelu<Format::fp16> {};

constexpr int gelu_up = 4;  // fraction bits that the argument of i-erf gains

/// Whether no int8 argument needs more than 32 bits on the way: the bounds of golden.gelu.Gelu.
template <Format F>
bool fits(const Gelu<F>& constants) {
  const std::int64_t b = constants.b, c = constants.c, one = constants.one;
  if (b >= 0 || c >= 0 || one >= 0 || constants.mult >= 0 || constants.shift > 63) return false;
  const std::int64_t at_zero = b * b + c;  // |i-erf| is largest there, or else at its top, c
  const std::int64_t from_zero = at_zero < 0 ? -at_zero : at_zero;
  const std::int64_t erf = from_zero > -c ? from_zero : -c;
  return erf - one <= INT32_MAX / 128;
}

template <Format F>
std::int8_t gelu(std::int8_t x, const Gelu<F>& constants) {
  // A stretch of the caller's pipeline.
  #pragma HLS inline
  const std::int32_t raised = x * (1 << gelu_up);
  const std::int32_t magnitude = raised < 0 ? -raised : raised;
  const std::int32_t a = magnitude < -constants.b ? magnitude : -constants.b;
  // Constants that fit have b^2 <= 2^24 - c <= 2^25, so this has 14 bits and its square one DSP.
  const auto from_top = static_cast<std::int16_t>(a + constants.b);
  const std::int32_t parabola = from_top * from_top + constants.c;
  const std::int32_t erf = x < 0 ? -parabola : parabola;  // for x = 0 the product is 0 anyway
  return requant(x * (erf + constants.one), 0, constants.mult, constants.shift);
}

inline half gelu(half value, const Gelu<Format::fp16>&) {
  // A stretch of the caller's pipeline.
  #pragma HLS inline
  const float x = value;
  const float inner = 0.7978845608f * (x + 0.044715f * x * x * x);  // sqrt(2 / pi)
  return half(0.5f * x * (1.0f + hls::tanh(inner)));
}

/// Count values, one a cycle.
template <int Count, Format F>
void gelu(hls::stream<typename Traits<F>::Value>& values, Gelu<F> constants,
          hls::stream<typename Traits<F>::Value>& results) {
gelu_value:
  for (int i = 0; i < Count; ++i) {
    // One value a cycle, as finish delivers them.
    #pragma HLS pipeline II=1
    results.write(gelu(values.read(), constants));
  }
}

}  // namespace bitwright

#endif
