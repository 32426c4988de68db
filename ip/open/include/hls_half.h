// IEEE 754 binary16 for C simulation with g++: the type `half` that Vitis HLS has built in.
//
// half with half gives half; mixed with float or double it widens as a built-in type does, with an
// integer it stays half. Conversions, the four operations and sqrt round once, to nearest, ties to
// even: they go through float, whose 24 bits >= 2 * 11 + 2 make its own rounding harmless.
// Subnormal numbers count; the floating-point operators of AMD's hardware take them for zero.
// Never on the include path of Vitis HLS, which brings its own.
#ifndef BITWRIGHT_OPEN_HLS_HALF_H
#define BITWRIGHT_OPEN_HLS_HALF_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <istream>
#include <limits>
#include <type_traits>

struct half {
  half() = default;  // trivial, as of a built-in type: large arrays cost nothing
  half(float value) : bits_(round_float(value)) {}
  half(double value) : bits_(round_float(to_odd(value))) {}
  template <class T, std::enable_if_t<std::is_integral<T>::value, int> = 0>
  half(T value) : half(static_cast<double>(value)) {}

  operator float() const { return widen(bits_); }

  // The bit pattern, by the names that the simulation type of Vitis HLS has for them.
  void set_bits(std::uint16_t bits) { bits_ = bits; }
  std::uint16_t get_bits() const { return bits_; }

  half operator+() const { return *this; }
  half operator-() const {
    half negative;
    negative.bits_ = bits_ ^ 0x8000u;
    return negative;
  }
  half& operator++() { return *this = half(float(*this) + 1.0f); }
  half& operator--() { return *this = half(float(*this) - 1.0f); }
  template <class T>
  half& operator+=(T other) {
    return *this = *this + other;
  }
  template <class T>
  half& operator-=(T other) {
    return *this = *this - other;
  }
  template <class T>
  half& operator*=(T other) {
    return *this = *this * other;
  }
  template <class T>
  half& operator/=(T other) {
    return *this = *this / other;
  }

 private:
  static std::uint32_t bits_of(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  static float float_of(std::uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }

  static float widen(std::uint16_t bits) {
    const std::uint32_t sign = (bits & 0x8000u) << 16;
    const std::uint32_t exponent = bits & 0x7c00u;
    std::uint32_t magnitude = (bits & 0x7fffu) << 13;
    if (exponent == 0) {  // subnormal, no leading one: 2^-14 * (1 + m) - 2^-14
      const float shifted = float_of(magnitude + (113u << 23));
      return float_of(sign | bits_of(shifted - float_of(113u << 23)));
    }
    magnitude += exponent == 0x7c00u ? 224u << 23 : 112u << 23;  // the exponents' biases differ
    return float_of(sign | magnitude);
  }

  static std::uint16_t round_float(float value) {
    const std::uint32_t bits = bits_of(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000u);
    std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return sign | 0x7e00u | (magnitude >> 13 & 0x3ffu);  // quiet NaN
    if (magnitude >= 0x47800000u) return sign | 0x7c00u;  // 2^16 and more
    if (magnitude < 0x38800000u) {  // below 2^-14: 0.5 has the last place of a subnormal half
      const float aligned = float_of(magnitude) + 0.5f;
      return static_cast<std::uint16_t>(sign | (bits_of(aligned) - 0x3f000000u));
    }
    magnitude -= 112u << 23;
    magnitude += 0xfffu + (magnitude >> 13 & 1u);  // ties to even; may carry to infinity
    return static_cast<std::uint16_t>(sign | magnitude >> 13);
  }

  // To float with a set last bit where inexact: rounding that to half equals rounding once.
  static float to_odd(double value) {
    const float nearest = static_cast<float>(value);
    if (static_cast<double>(nearest) == value || std::isnan(value)) return nearest;
    const bool outward = std::fabs(static_cast<double>(nearest)) > std::fabs(value);
    return float_of((bits_of(nearest) - (outward ? 1u : 0u)) | 1u);
  }

  std::uint16_t bits_;
};
static_assert(sizeof(half) == 2 && std::is_trivially_copyable<half>::value, "half is two bytes");

namespace bitwright_open {
// What half becomes beside a T, as if it were built in.
template <class T>
using Beside = std::conditional_t<std::is_floating_point<T>::value, T, half>;
template <class T, class R>
using IfNumber = std::enable_if_t<std::is_arithmetic<T>::value, R>;
}  // namespace bitwright_open

// Without the mixed forms, half * 1.0 would be as near to half * half as to float * double.
#define BITWRIGHT_HALF_OPERATOR(op)                                                              \
  inline half operator op(half a, half b) { return half(float(a) op float(b)); }                 \
  template <class T>                                                                             \
  inline bitwright_open::IfNumber<T, bitwright_open::Beside<T>> operator op(half a, T b) {       \
    using R = bitwright_open::Beside<T>;                                                         \
    return static_cast<R>(a) op static_cast<R>(b);                                               \
  }                                                                                              \
  template <class T>                                                                             \
  inline bitwright_open::IfNumber<T, bitwright_open::Beside<T>> operator op(T a, half b) {       \
    using R = bitwright_open::Beside<T>;                                                         \
    return static_cast<R>(a) op static_cast<R>(b);                                               \
  }
BITWRIGHT_HALF_OPERATOR(+)
BITWRIGHT_HALF_OPERATOR(-)
BITWRIGHT_HALF_OPERATOR(*)
BITWRIGHT_HALF_OPERATOR(/)
#undef BITWRIGHT_HALF_OPERATOR

#define BITWRIGHT_HALF_COMPARISON(op)                                                       \
  inline bool operator op(half a, half b) { return float(a) op float(b); }                  \
  template <class T>                                                                        \
  inline bitwright_open::IfNumber<T, bool> operator op(half a, T b) {                       \
    return static_cast<double>(float(a)) op static_cast<double>(b);                         \
  }                                                                                         \
  template <class T>                                                                        \
  inline bitwright_open::IfNumber<T, bool> operator op(T a, half b) {                       \
    return static_cast<double>(a) op static_cast<double>(float(b));                         \
  }
BITWRIGHT_HALF_COMPARISON(==)
BITWRIGHT_HALF_COMPARISON(!=)
BITWRIGHT_HALF_COMPARISON(<)
BITWRIGHT_HALF_COMPARISON(<=)
BITWRIGHT_HALF_COMPARISON(>)
BITWRIGHT_HALF_COMPARISON(>=)
#undef BITWRIGHT_HALF_COMPARISON

inline std::istream& operator>>(std::istream& from, half& value) {
  double number = 0;
  if (from >> number) value = half(number);
  return from;
}

// Functions of <cmath>, found by the argument's type: generated code calls them unqualified, most
// often under `using namespace std`.
#define BITWRIGHT_HALF_FUNCTION(name) \
  inline half name(half x) { return half(std::name(float(x))); }
BITWRIGHT_HALF_FUNCTION(exp)
BITWRIGHT_HALF_FUNCTION(exp2)
BITWRIGHT_HALF_FUNCTION(expm1)
BITWRIGHT_HALF_FUNCTION(log)
BITWRIGHT_HALF_FUNCTION(log2)
BITWRIGHT_HALF_FUNCTION(log10)
BITWRIGHT_HALF_FUNCTION(log1p)
BITWRIGHT_HALF_FUNCTION(sqrt)
BITWRIGHT_HALF_FUNCTION(cbrt)
BITWRIGHT_HALF_FUNCTION(sin)
BITWRIGHT_HALF_FUNCTION(cos)
BITWRIGHT_HALF_FUNCTION(tan)
BITWRIGHT_HALF_FUNCTION(asin)
BITWRIGHT_HALF_FUNCTION(acos)
BITWRIGHT_HALF_FUNCTION(atan)
BITWRIGHT_HALF_FUNCTION(sinh)
BITWRIGHT_HALF_FUNCTION(cosh)
BITWRIGHT_HALF_FUNCTION(tanh)
BITWRIGHT_HALF_FUNCTION(erf)
BITWRIGHT_HALF_FUNCTION(erfc)
BITWRIGHT_HALF_FUNCTION(abs)
BITWRIGHT_HALF_FUNCTION(fabs)
BITWRIGHT_HALF_FUNCTION(floor)
BITWRIGHT_HALF_FUNCTION(ceil)
BITWRIGHT_HALF_FUNCTION(trunc)
BITWRIGHT_HALF_FUNCTION(round)
BITWRIGHT_HALF_FUNCTION(rint)
#undef BITWRIGHT_HALF_FUNCTION

#define BITWRIGHT_HALF_FUNCTION(name)                                                          \
  inline half name(half x, half y) { return half(std::name(float(x), float(y))); }             \
  template <class T>                                                                           \
  inline bitwright_open::IfNumber<T, bitwright_open::Beside<T>> name(half x, T y) {            \
    using R = bitwright_open::Beside<T>;                                                       \
    return name(static_cast<R>(x), static_cast<R>(y));                                         \
  }                                                                                            \
  template <class T>                                                                           \
  inline bitwright_open::IfNumber<T, bitwright_open::Beside<T>> name(T x, half y) {            \
    using R = bitwright_open::Beside<T>;                                                       \
    return name(static_cast<R>(x), static_cast<R>(y));                                         \
  }
using std::atan2;  // the mixed forms above end in these for float and double
using std::copysign;
using std::fdim;
using std::fmax;
using std::fmin;
using std::fmod;
using std::pow;
BITWRIGHT_HALF_FUNCTION(atan2)
BITWRIGHT_HALF_FUNCTION(copysign)
BITWRIGHT_HALF_FUNCTION(fdim)
BITWRIGHT_HALF_FUNCTION(fmax)
BITWRIGHT_HALF_FUNCTION(fmin)
BITWRIGHT_HALF_FUNCTION(fmod)
BITWRIGHT_HALF_FUNCTION(pow)
#undef BITWRIGHT_HALF_FUNCTION

inline bool isnan(half x) { return std::isnan(float(x)); }
inline bool isinf(half x) { return std::isinf(float(x)); }
inline bool isfinite(half x) { return std::isfinite(float(x)); }
inline bool signbit(half x) { return std::signbit(float(x)); }

namespace std {
template <>
class numeric_limits<half> {
  static half of(std::uint16_t bits) {
    half value;
    value.set_bits(bits);
    return value;
  }

 public:
  static constexpr bool is_specialized = true;
  static constexpr bool is_signed = true;
  static constexpr bool is_integer = false;
  static constexpr bool is_exact = false;
  static constexpr bool has_infinity = true;
  static constexpr bool has_quiet_NaN = true;
  static constexpr int digits = 11;
  static constexpr int digits10 = 3;
  static constexpr int max_digits10 = 5;
  static constexpr int radix = 2;
  static constexpr int min_exponent = -13;
  static constexpr int max_exponent = 16;
  static half min() { return of(0x0400); }
  static half max() { return of(0x7bff); }
  static half lowest() { return of(0xfbff); }
  static half epsilon() { return of(0x1400); }
  static half denorm_min() { return of(0x0001); }
  static half infinity() { return of(0x7c00); }
  static half quiet_NaN() { return of(0x7e00); }
};
}  // namespace std

#endif
