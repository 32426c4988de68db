// From a sum to an activation: golden.linear.requant for integers, bias and one rounding for fp16.
#ifndef BITWRIGHT_REQUANT_HPP
#define BITWRIGHT_REQUANT_HPP

#include <cstdint>

#include "bitwright/format.hpp"

namespace bitwright {

/// saturate(round_half_to_even((sum + bias) * mult / 2^shift)) for every sum, bias and mult of 32
/// bits; the low six bits of shift count.
inline std::int8_t requant(std::int32_t sum, std::int32_t bias, std::int32_t mult,
                           std::uint8_t shift) {
  // A stretch of the caller's pipeline: 33 by 32 bits multiplied, a shifter, a rounding.
  #pragma HLS inline
  const std::int64_t total = std::int64_t{sum} + bias;  // 33 bits
  // The product of 33 by 32 bits leaves int64 in one case only, -2^32 * -2^31 = 2^63. One less
  // rounds and saturates to the same int8 for every shift, so 64 bits do.
  const bool beyond = total == -(std::int64_t{1} << 32) && mult == INT32_MIN;
  const std::int64_t product = beyond ? INT64_MAX : total * mult;
  const int places = shift & 63;
  const std::int64_t floor = product >> places;
  const std::uint64_t one = std::uint64_t{1} << places;
  const std::uint64_t lost = static_cast<std::uint64_t>(product) & (one - 1);
  const std::uint64_t half_place = one >> 1;  // 0 where nothing is lost
  const bool up = lost > half_place || (lost == half_place && places != 0 && (floor & 1) != 0);
  // Saturated before the increment, so that this needs 9 bits, not 64; 127 + 1 saturates again.
  const int low = floor < -129 ? -129 : floor > 127 ? 127 : static_cast<int>(floor);
  const int rounded = low + (up ? 1 : 0);
  return static_cast<std::int8_t>(rounded < -128 ? -128 : rounded > 127 ? 127 : rounded);
}

/// What an output channel needs beside its weights.
template <Format F>
struct Channel {
  std::int32_t bias;
  std::int32_t mult;
  std::uint8_t shift;
};
template <>
struct Channel<Format::fp16> {
  half bias;
};

template <Format F>
std::int8_t finish(std::int32_t sum, const Channel<F>& channel) {
  return requant(sum, channel.bias, channel.mult, channel.shift);
}
inline half finish(float sum, const Channel<Format::fp16>& channel) {
  return half(sum + float(channel.bias));
}

}  // namespace bitwright

#endif
