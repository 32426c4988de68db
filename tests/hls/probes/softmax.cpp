// Rows through bitwright/softmax.hpp, first argument: what to do with stdin.
//   valid         five int32 constants a time; writes a byte for each: 1 where they are valid
//   int8 N        five int32 constants, then rows of N int32 scores; writes int8 probabilities
//   fp16 N        rows of N floats; writes halves
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bitwright/softmax.hpp"

using namespace bitwright;

template <class T>
bool take(T* to, std::size_t count) {
  return std::fread(to, sizeof(T), count, stdin) == count;
}

template <class S>
void rows(const S& softmax, std::size_t keys) {
  std::vector<typename S::Score> score(keys);
  while (take(score.data(), keys)) {
    typename S::Score largest = score[0];
    for (const auto s : score) largest = s > largest ? s : largest;
    std::vector<typename S::Exponential> e;
    typename S::Sum sum = 0;
    for (const auto s : score) {
      e.push_back(softmax.exponential(s, largest));
      sum += e.back();
    }
    const auto factor = S::reciprocal(sum);
    for (const auto one : e) {
      const typename S::Probability p = S::scaled(one, factor);
      std::fwrite(&p, sizeof p, 1, stdout);
    }
  }
}

int main(int, char** arguments) {
  const std::string what = arguments[1];
  std::int32_t c[5];
  if (what == "valid") {
    while (take(c, 5)) std::putchar(IntegerSoftmax{c[0], c[1], c[2], c[3], c[4]}.valid());
  } else if (what == "int8") {
    take(c, 5);
    rows(IntegerSoftmax{c[0], c[1], c[2], c[3], c[4]}, std::stoul(arguments[2]));
  } else {
    rows(FloatSoftmax{}, std::stoul(arguments[2]));
  }
}
