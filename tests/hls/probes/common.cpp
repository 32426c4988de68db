// ip/common and ip/ffn under test: `common FUNCTION ...` reads operands from stdin, writes results.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

#include "ffn.hpp"

namespace {

using namespace bitwright;

template <class T>
std::vector<T> operands() {
  std::vector<T> all;
  T one;
  while (std::fread(&one, sizeof one, 1, stdin) == 1) all.push_back(one);
  return all;
}

template <class T, std::size_t N>
void results(const T (&values)[N]) {
  std::fwrite(values, sizeof(T), N, stdout);
}

struct Words {
  std::uint64_t word[4];
};

Beat beat_of(const Words& words) {
  Beat beat = 0;
  for (int i = 0; i < 4; ++i) beat.range(64 * i + 63, 64 * i) = words.word[i];
  return beat;
}

void print_beats(const std::vector<Beat>& beats) {
  for (const Beat& beat : beats) {
    const std::uint64_t words[4] = {word(beat, 0), word(beat, 1), word(beat, 2), word(beat, 3)};
    results(words);
  }
}

template <int Bits, class T>
void unpack_all() {
  for (const Words& words : operands<Words>()) {
    T elements[beat_bits / Bits];
    unpack<Bits>(beat_of(words), elements);
    results(elements);
  }
}

template <class T>
void pack_all() {
  struct Elements {
    T element[beat_bits / (8 * sizeof(T))];
  };
  std::vector<Beat> beats;
  for (const Elements& elements : operands<Elements>()) beats.push_back(pack(elements.element));
  print_beats(beats);
}

void requant_all() {
  struct Operands {
    std::int32_t sum, bias, mult, shift;
  };
  for (const Operands& o : operands<Operands>()) {
    const auto shift = static_cast<std::uint8_t>(o.shift);
    const std::int8_t value[1] = {requant(o.sum, o.bias, o.mult, shift)};
    results(value);
  }
}

void dot_all() {
  struct Operands {
    std::int8_t weight[8], low[8], high[8];
  };
  for (const Operands& o : operands<Operands>())
    results(dot_of_two(o.weight, o.low, o.high).lane);
}

struct Constants {
  std::int32_t b, c, one, mult, shift;
  Gelu<Format::int8> of() const { return {b, c, one, mult, static_cast<std::uint8_t>(shift)}; }
};

void gelu_all() {
  for (const Constants& constants : operands<Constants>()) {
    std::int8_t values[256];
    for (int x = -128; x < 128; ++x)
      values[x + 128] = gelu(static_cast<std::int8_t>(x), constants.of());
    results(values);
  }
}

void fits_all() {
  for (const Constants& constants : operands<Constants>()) {
    const bool fit[1] = {fits(constants.of())};
    results(fit);
  }
}

template <Format F, int Embed, int Ff, int Tile, int LanesPerBeat>
struct Sizes {
  static constexpr Format format = F;
  static constexpr int seq_len = 7, embed_dim = Embed, ff_dim = Ff;
  static constexpr int token_tile = Tile, lanes = LanesPerBeat;
};

template <class C>
std::enable_if_t<C::format == Format::fp16, std::uint32_t> call(
    const std::vector<std::vector<Beat>>& m, Beat* y, int tokens, const Constants&) {
  return ffn<C>(m[0].data(), m[1].data(), m[2].data(), m[3].data(), m[4].data(), y, tokens,
                C::embed_dim, C::ff_dim);
}

template <class C>
std::enable_if_t<C::format != Format::fp16, std::uint32_t> call(
    const std::vector<std::vector<Beat>>& m, Beat* y, int tokens, const Constants& g) {
  return ffn<C>(m[0].data(), m[1].data(), m[2].data(), m[3].data(), m[4].data(), y, m[5].data(),
                m[6].data(), m[7].data(), m[8].data(), tokens, C::embed_dim, C::ff_dim, g.b, g.c,
                g.one, g.mult, static_cast<std::uint8_t>(g.shift));
}

/// stdin: the constants of gelu, then for each memory argument in the signature's order, without y,
/// the count of its beats and its beats. Every buffer is exactly as long as its argument.
template <class C>
int ffn_once(int tokens) {
  Constants constants;
  if (std::fread(&constants, sizeof constants, 1, stdin) != 1) return 1;
  std::vector<std::vector<Beat>> memories;
  std::int32_t count = 0;
  while (std::fread(&count, sizeof count, 1, stdin) == 1) {
    memories.emplace_back();
    for (int i = 0; i < count; ++i) {
      Words words;
      if (std::fread(&words, sizeof words, 1, stdin) != 1) return 1;
      memories.back().push_back(beat_of(words));
    }
  }
  std::vector<Beat> y(tokens * C::embed_dim * Traits<C::format>::value_bits / beat_bits, Beat(0));
  if (call<C>(memories, y.data(), tokens, constants) != 0) return 1;
  print_beats(y);
  return 0;
}

int ffn_all(const std::string& sizes, int tokens) {
  // A tile of one group; one lane; and float sums in as many phases as fc has beats of weights.
  if (sizes == "int8") return ffn_once<Sizes<Format::int8, 96, 64, 4, 4>>(tokens);
  if (sizes == "w4a8") return ffn_once<Sizes<Format::w4a8, 128, 64, 3, 1>>(tokens);
  if (sizes == "fp16") return ffn_once<Sizes<Format::fp16, 96, 160, 4, 4>>(tokens);
  return 1;
}

}  // namespace

int main(int, char** arguments) {
  const std::string what = arguments[1];
  if (what == "int4") unpack_all<4, std::int8_t>();
  if (what == "int8") unpack_all<8, std::int8_t>();
  if (what == "uint8") unpack_all<8, std::uint8_t>();
  if (what == "int32") unpack_all<32, std::int32_t>();
  if (what == "fp16") unpack_all<16, half>();
  if (what == "pack int8") pack_all<std::int8_t>();
  if (what == "pack fp16") pack_all<half>();
  if (what == "dot") dot_all();
  if (what == "requant") requant_all();
  if (what == "gelu") gelu_all();
  if (what == "fits") fits_all();
  if (what == "ffn") return ffn_all(arguments[2], std::atoi(arguments[3]));
  return 0;
}
