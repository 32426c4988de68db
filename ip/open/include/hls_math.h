// hls_math.h for C simulation with g++: the functions of <cmath> in namespace hls, for float,
// double, half and, through double, ap_fixed and ap_int.
// Never on the include path of Vitis HLS, which brings its own.
#ifndef BITWRIGHT_OPEN_HLS_MATH_H
#define BITWRIGHT_OPEN_HLS_MATH_H

#include <cmath>
#include <type_traits>

#include "hls_half.h"

namespace hls {
namespace detail {
template <class T>
using IfFixed = std::enable_if_t<sizeof(decltype(T().to_double())) != 0, T>;
}  // namespace detail

#define BITWRIGHT_HLS_FUNCTION(name)                                  \
  inline float name(float x) { return std::name(x); }                 \
  inline double name(double x) { return std::name(x); }               \
  inline half name(half x) { return ::name(x); }                      \
  template <class T>                                                  \
  inline detail::IfFixed<T> name(T x) {                               \
    return T(std::name(x.to_double()));                               \
  }
BITWRIGHT_HLS_FUNCTION(exp)
BITWRIGHT_HLS_FUNCTION(exp2)
BITWRIGHT_HLS_FUNCTION(expm1)
BITWRIGHT_HLS_FUNCTION(log)
BITWRIGHT_HLS_FUNCTION(log2)
BITWRIGHT_HLS_FUNCTION(log10)
BITWRIGHT_HLS_FUNCTION(log1p)
BITWRIGHT_HLS_FUNCTION(sqrt)
BITWRIGHT_HLS_FUNCTION(cbrt)
BITWRIGHT_HLS_FUNCTION(sin)
BITWRIGHT_HLS_FUNCTION(cos)
BITWRIGHT_HLS_FUNCTION(tan)
BITWRIGHT_HLS_FUNCTION(asin)
BITWRIGHT_HLS_FUNCTION(acos)
BITWRIGHT_HLS_FUNCTION(atan)
BITWRIGHT_HLS_FUNCTION(sinh)
BITWRIGHT_HLS_FUNCTION(cosh)
BITWRIGHT_HLS_FUNCTION(tanh)
BITWRIGHT_HLS_FUNCTION(erf)
BITWRIGHT_HLS_FUNCTION(erfc)
BITWRIGHT_HLS_FUNCTION(abs)
BITWRIGHT_HLS_FUNCTION(fabs)
BITWRIGHT_HLS_FUNCTION(floor)
BITWRIGHT_HLS_FUNCTION(ceil)
BITWRIGHT_HLS_FUNCTION(trunc)
BITWRIGHT_HLS_FUNCTION(round)
BITWRIGHT_HLS_FUNCTION(rint)
#undef BITWRIGHT_HLS_FUNCTION

#define BITWRIGHT_HLS_FUNCTION(name)                                             \
  inline float name(float x, float y) { return std::name(x, y); }                \
  inline double name(double x, double y) { return std::name(x, y); }             \
  inline half name(half x, half y) { return ::name(x, y); }                      \
  template <class T>                                                             \
  inline detail::IfFixed<T> name(T x, T y) {                                     \
    return T(std::name(x.to_double(), y.to_double()));                           \
  }
BITWRIGHT_HLS_FUNCTION(atan2)
BITWRIGHT_HLS_FUNCTION(copysign)
BITWRIGHT_HLS_FUNCTION(fdim)
BITWRIGHT_HLS_FUNCTION(fmax)
BITWRIGHT_HLS_FUNCTION(fmin)
BITWRIGHT_HLS_FUNCTION(fmod)
BITWRIGHT_HLS_FUNCTION(pow)
#undef BITWRIGHT_HLS_FUNCTION

inline float rsqrt(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }
inline half rsqrt(half x) { return half(1.0f / std::sqrt(float(x))); }
inline float recip(float x) { return 1.0f / x; }
inline double recip(double x) { return 1.0 / x; }
inline half recip(half x) { return half(1.0f / float(x)); }

}  // namespace hls

#endif
