// What the kernel mhsa derives from its Config, and what the processes of one call share.
#ifndef BITWRIGHT_MHSA_SHAPE_HPP
#define BITWRIGHT_MHSA_SHAPE_HPP

#include <type_traits>

#include "bitwright/format.hpp"
#include "bitwright/linear.hpp"
#include "bitwright/softmax.hpp"

namespace bitwright {
namespace attention {

constexpr int smaller(int a, int b) { return a < b ? a : b; }

/// The greatest common divisor of n and a power of two.
constexpr int common_divisor(int power, int n) {
  int divisor = 1;
  for (int i = 2; i <= power; i *= 2) divisor = n % i == 0 ? i : divisor;
  return divisor;
}

/// By Newton's method; the first guess is above the root, and 32 steps are enough for any int.
constexpr float inverse_square_root(int n) {
  double root = n;
  for (int i = 0; i < 32; ++i) root = 0.5 * (root + n / root);
  return static_cast<float>(1.0 / root);
}

/// The fewest queries a cycle, a divisor of lanes, with which a token's scores of one context take
/// no longer than to project it: scores / queries <= products / lanes cycles.
constexpr int balanced_queries(int lanes, int scores, int products) {
  for (int queries = 1; queries < lanes; ++queries) {
    if (lanes % queries == 0 && scores * lanes <= products * queries) return queries;
  }
  return lanes;
}

/// The order in which the projections take turns: keys and values of all tokens stand before the
/// first query, so that without a causal mask a token can see those after it.
enum Projection { key_tiles, value_tiles, query_tiles, projections };

/// The dimensions of a configuration C, which has format, seq_len, context, embed_dim, heads,
/// token_tile and lanes.
template <class C>
struct Shape {
  using Layer = Linear<C::format, C::embed_dim, C::embed_dim, C::token_tile, C::lanes>;
  using Softmax = std::conditional_t<C::format == Format::fp16, FloatSoftmax, IntegerSoftmax>;
  using Value = typename Layer::Value;
  using Factor = typename Layer::Factor;
  using Sum = typename Layer::Sum;
  using Score = typename Softmax::Score;

  static constexpr int beat = Layer::values_per_beat;  // activations in a beat
  static constexpr int row_beats = Layer::value_beats;
  static constexpr int head_dim = C::embed_dim / C::heads;
  // A chunk is what a beat holds of one head, the word of the stores of keys, values and queries.
  static constexpr int chunk = common_divisor(beat, head_dim);
  static constexpr int head_chunks = head_dim / chunk;
  static constexpr int beat_chunks = beat / chunk;
  static constexpr int row_chunks = row_beats * beat_chunks;
  // Queries that meet a chunk of a key, or of a value, in one cycle.
  static constexpr int queries =
      balanced_queries(C::lanes, C::context * row_chunks, C::embed_dim * Layer::beats);
  static constexpr int groups = C::token_tile / queries;
  static constexpr int tiles = ceil_div(C::seq_len, C::token_tile);
  static constexpr int add_cycles = Traits<C::format>::add_cycles;
  // Keys whose products are added before they meet the running sum, as a float adder takes long.
  static constexpr int keys_at_once = ceil_div(add_cycles, head_chunks);
  // Cycles for which they keep the multipliers of `attend` busy.
  static constexpr int value_cycles = head_chunks * keys_at_once;
  static constexpr int group_sums = queries * head_chunks;  // chunks of a group and head
  static constexpr float score_scale =
      C::format == Format::fp16 ? inverse_square_root(head_dim) : 1.0f;

  // The most turns that loops over run-time sizes take, for the synthesis report.
  static constexpr int most_turns = projections * tiles;
  static constexpr int most_rows = C::heads * ceil_div(C::seq_len, queries);
  static constexpr int most_steps = ceil_div(C::context, keys_at_once);
  static constexpr int most_fresh = C::seq_len * row_beats;
  static constexpr int most_cached = (C::context - 1) * row_beats;

  static_assert(C::heads > 0 && C::embed_dim % C::heads == 0,
                "mhsa: heads must divide embed_dim; every head has the same columns");
  static_assert(C::seq_len > 0 && C::seq_len <= C::context,
                "mhsa: context must be at least seq_len; all tokens of a call stand in the caches");
  static_assert(C::token_tile % queries == 0,
                "mhsa: lanes must divide token_tile; groups of queries fill a tile");
  static_assert(C::format == Format::fp16 || C::context <= IntegerSoftmax::max_keys,
                "mhsa: the sum of as many exponentials as context has 31 bits; shorten context");
};

// What moves between the processes.
template <class C>
using Columns = Pack<typename Shape<C>::Value, Shape<C>::beat>;  // a beat of a row
template <class C>
using Words = Pack<typename Shape<C>::Value, Shape<C>::Layer::per_beat>;  // of the tile of a layer
template <class C>
using Chunk = Pack<typename Shape<C>::Value, Shape<C>::chunk>;
template <class C>
using Sums = Pack<typename Shape<C>::Sum, Shape<C>::chunk>;
template <class C>
using Scores = Pack<typename Shape<C>::Score, Shape<C>::queries>;
template <class C>
using Exponentials = Pack<typename Shape<C>::Softmax::Exponential, Shape<C>::queries>;
template <class C>
using Factors = Pack<typename Shape<C>::Softmax::Factor, Shape<C>::queries>;
template <class C>
using Probabilities = Pack<typename Shape<C>::Softmax::Probability, Shape<C>::queries>;

/// One call: what its processes need to know of the run-time arguments.
template <class C>
struct Pass {
  int tokens;    // 1 to C::seq_len
  int position;  // position + tokens <= C::context
  bool causal;

  int tiles() const { return ceil_div(tokens, C::token_tile); }
  int rows(int tile) const { return smaller(C::token_tile, tokens - tile * C::token_tile); }
  int groups(int tile) const { return ceil_div(rows(tile), Shape<C>::queries); }
  int keys() const { return position + tokens; }
  /// Rows of scores in a call, one for each head and group of queries.
  int score_rows() const { return C::heads * ceil_div(tokens, Shape<C>::queries); }

  /// The first token of a group of queries.
  static int token(int tile, int group) { return tile * C::token_tile + group * Shape<C>::queries; }
  /// Keys that a group sees whose first token is `token`; under a causal mask its last sees most.
  int keys_of(int token) const {
    return causal ? smaller(keys(), position + token + Shape<C>::queries) : keys();
  }
  bool sees(int token, int key) const { return !causal || key <= position + token; }
};

/// Where a process is that takes rows of scores in the order of their stream: tile, head, group.
template <class C>
struct Place {
  int tile = 0;
  int head = 0;
  int group = 0;

  int token() const { return Pass<C>::token(tile, group); }
  void advance(const Pass<C>& pass) {
    // The counters are registers of the caller.
    #pragma HLS inline
    if (++group < pass.groups(tile)) return;
    group = 0;
    if (++head < C::heads) return;
    head = 0;
    ++tile;
  }
};

}  // namespace attention
}  // namespace bitwright

#endif
