// half and hls_math.h under test: `half FUNCTION` reads operands from stdin, writes results.
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "ap_fixed.h"
#include "hls_half.h"
#include "hls_math.h"

namespace generated {

using namespace std;  // as in code that Stream-HLS generates, with s/float/half/

void node(half v1[4], half v2[4], half v3, half v4[4]) {
loop:
  for (int v5 = 0; v5 < 4; v5 += 1) {
#pragma HLS pipeline II=1
    half v6 = v1[v5];
    half v7 = 0.000000;
    half v8 = v6 - v7;
    half v9 = exp(v8);
    half v10 = fmax(v9, v3);
    half v11 = 1.0 / sqrt(v10);
    half v12 = v11 * 4.000000;
    bool v13 = v12 > v7;
    half v14 = v13 ? v12 : v7;
    v2[v5] = v14 + tanh(v6) * erf(v6);
    v4[v5] += v2[v5];
    v4[v5] = fmax(v4[v5], -INFINITY);
  }
}

static_assert(is_same<decltype(half() * half()), half>::value, "half with half stays half");
static_assert(is_same<decltype(half() * 1.0f), float>::value, "float is wider");
static_assert(is_same<decltype(1.0 / half()), double>::value, "double is wider");
static_assert(is_same<decltype(half() + 1), half>::value, "an integer takes half's type");
static_assert(is_same<decltype(exp(half())), half>::value, "functions give their argument's type");
static_assert(is_same<decltype(fmax(half(), half())), half>::value, "");
static_assert(is_same<decltype(fmax(half(), 1.0f)), float>::value, "");
static_assert(is_same<decltype(hls::sqrt(half())), half>::value, "");
static_assert(is_same<decltype(hls::exp(1.0f)), float>::value, "");
static_assert(is_same<decltype(hls::erf(1.0)), double>::value, "");
static_assert(is_same<decltype(hls::exp(ap_fixed<16, 8>())), ap_fixed<16, 8>>::value, "");

}  // namespace generated

namespace {

template <class T>
std::vector<T> operands() {
  std::vector<T> all;
  T one;
  while (std::fread(&one, sizeof one, 1, stdin) == 1) all.push_back(one);
  return all;
}

template <class T>
void result(T value) {
  std::fwrite(&value, sizeof value, 1, stdout);
}

half of(std::uint16_t bits) {
  half value;
  value.set_bits(bits);
  return value;
}

template <class Function>
void unary(Function function) {
  for (std::uint16_t x : operands<std::uint16_t>()) result(function(of(x)).get_bits());
}

template <class Function>
void binary(Function function) {
  struct Pair {
    std::uint16_t x, y;
  };
  for (Pair pair : operands<Pair>()) result(function(of(pair.x), of(pair.y)));
}

void run(const std::string& name) {
  if (name == "widen")
    for (std::uint16_t x : operands<std::uint16_t>()) result(float(of(x)));
  if (name == "float")
    for (float x : operands<float>()) result(half(x).get_bits());
  if (name == "double")
    for (double x : operands<double>()) result(half(x).get_bits());
  if (name == "int")
    for (int x : operands<int>()) result(half(x).get_bits());
  if (name == "add") binary([](half x, half y) { return (x + y).get_bits(); });
  if (name == "subtract") binary([](half x, half y) { return (x - y).get_bits(); });
  if (name == "multiply") binary([](half x, half y) { return (x * y).get_bits(); });
  if (name == "divide") binary([](half x, half y) { return (x / y).get_bits(); });
  if (name == "less") binary([](half x, half y) { return std::uint16_t(x < y); });
  if (name == "equal") binary([](half x, half y) { return std::uint16_t(x == y); });
  if (name == "fmax") binary([](half x, half y) { return hls::fmax(x, y).get_bits(); });
  if (name == "sqrt") unary([](half x) { return hls::sqrt(x); });
  if (name == "exp") unary([](half x) { return hls::exp(x); });
  if (name == "tanh") unary([](half x) { return hls::tanh(x); });
  if (name == "negative") unary([](half x) { return -x; });
  if (name == "generated") {
    half x[4] = {0.5, -1, 2, 0}, y[4], z[4] = {0, 0, 0, 0};
    generated::node(x, y, 1.0, z);
    for (half value : z) result(value.get_bits());
  }
}

}  // namespace

int main(int, char** arguments) { run(arguments[1]); }
