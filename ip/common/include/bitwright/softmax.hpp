// Softmax of one row of scores, as steps that a pipeline takes one score at a time:
//
//   largest     = the greatest score that takes part
//   e           = exponential(score, largest)
//   factor      = reciprocal(sum of the e)           once a row
//   probability = scaled(e, factor)
//
// The integer and the float arithmetic have the same members, so that a kernel is written once.
#ifndef BITWRIGHT_SOFTMAX_HPP
#define BITWRIGHT_SOFTMAX_HPP

#include <cstdint>

#include "hls_half.h"
#include "hls_math.h"

namespace bitwright {

/// i-exp: range reduction by ln 2, then a polynomial of second order; the quotient by a reciprocal.
/// Shapes  probabilities are whole 128ths, 0 to 127, rounded down; a row has 1 to max_keys scores
/// Widths  score and polynomial int32; e 15 bits; their sum and a reciprocal 31; products 62
/// Source  Kim et al., I-BERT, 2021, arXiv 2101.01321, section 3.5; bit for bit golden/softmax.py
struct IntegerSoftmax {
  using Score = std::int32_t;
  using Exponential = std::int32_t;
  using Sum = std::int32_t;
  using Factor = std::int32_t;
  using Probability = std::int8_t;

  static constexpr int fp_bits = 30;    // fraction bits of ln2_inv and mult
  static constexpr int max_bits = 30;   // e is halved at most so often; bits of the reciprocal
  static constexpr int out_bits = 7;    // fraction bits of a probability
  static constexpr int exp_bits = 15;   // of e
  static constexpr int max_keys = (1 << max_bits) / ((1 << exp_bits) - 1);  // so that the sum fits

  std::int32_t b;        // the polynomial is r (r + b) + c
  std::int32_t c;        //
  std::int32_t ln2;      // negative: -ln 2 in the scale of the scores
  std::int32_t ln2_inv;  // negative: 2^fp_bits / ln2, rounded down
  std::int32_t mult;     // brings the polynomial to exp_bits, after a shift by fp_bits

  /// Whether the constants keep every width above and no sum is 0; what golden/softmax.py refuses
  /// is refused here. Nothing below is defined without it.
  bool valid() const {
    constexpr std::int64_t one = std::int64_t{1} << fp_bits, limit = std::int64_t{1} << exp_bits;
    constexpr std::int64_t most = INT32_MAX;
    if (ln2 >= 0 || -std::int64_t{max_bits} * ln2 >= one) return false;  // so that z <= max_bits
    if (mult < 1 || b < -2 * ln2) return false;                          // so that e never falls
    const std::int64_t product = std::int64_t{ln2_inv} * ln2;
    if (product < one || product + ln2 >= one) return false;  // ln2_inv is no 2^fp_bits / ln2
    const std::int64_t overshoot = (max_bits * std::int64_t{ln2} * ln2) >> fp_bits;  // greatest r
    const std::int64_t smallest = polynomial(ln2), largest = polynomial(overshoot);
    if (smallest < 0 || smallest > most || largest < 0 || largest > most) return false;
    if ((largest * mult) >> fp_bits >= limit) return false;
    const std::int64_t of_zero = (std::int64_t{c} * mult) >> fp_bits;
    return of_zero >= 1 && of_zero < limit;
  }

  /// e^(score - largest), score <= largest.
  Exponential exponential(Score score, Score largest) const {
    // A stretch of the caller's pipeline.
    #pragma HLS inline
    const std::int32_t least = max_bits * ln2;
    const std::int64_t below = std::int64_t{score} - largest;  // 33 bits
    const std::int32_t d = below < least ? least : static_cast<std::int32_t>(below);
    const auto z = static_cast<std::uint8_t>((std::int64_t{d} * ln2_inv) >> fp_bits);  // halvings
    const auto p = static_cast<std::int32_t>(polynomial(d - z * ln2));
    // Shifted by the constant first, so that the shifter has 33 bits, not 64.
    return static_cast<Exponential>((std::int64_t{p} * mult) >> fp_bits >> z);
  }

  static Factor reciprocal(Sum sum) { return (std::int32_t{1} << max_bits) / sum; }

  static Probability scaled(Exponential e, Factor factor) {
    constexpr std::int64_t most = (1 << out_bits) - 1;
    const std::int64_t share = (std::int64_t{e} * factor) >> (max_bits - out_bits);
    return static_cast<Probability>(share < most ? share : most);
  }

 private:
  std::int64_t polynomial(std::int64_t r) const { return r * (r + b) + c; }
};

/// The same in float32; a probability is rounded to half, as all that moves between stages.
struct FloatSoftmax {
  using Score = float;
  using Exponential = float;
  using Sum = float;
  using Factor = float;
  using Probability = half;

  static bool valid() { return true; }
  static Exponential exponential(Score score, Score largest) { return hls::exp(score - largest); }
  static Factor reciprocal(Sum sum) { return 1.0f / sum; }
  static Probability scaled(Exponential e, Factor factor) { return half(e * factor); }
};

}  // namespace bitwright

#endif
