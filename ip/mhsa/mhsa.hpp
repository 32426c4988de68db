// The attention kernel: y = proj(concat of heads (softmax(q k^T) v)), with keys and values kept.
//
//  q, k, v ----> read ---+
//  x ----------> load -> multiply -> finish -> gather      one array of multipliers for k, v and q
//                                                |
//                                            sort rows     tiles of keys, of values, of queries
//           keys +-------------------------------+-------------------------------+ values
//                |                               | queries                       |
//              keep <-> key_cache                |                             keep <-> value_cache
//                |                               |                               |
//                +--------------------------> score [keys]                       |
//                                                |                               |
//                                          find largest                          |
//                                                |                               |
//                                          exponentiate                          |
//                                                |                               |
//                                            normalise ------------------> attend [values]
//                                                                                |
//  proj -------> read -------------------+                                  concatenate
//                                        |                                       |
//  y <- store <- gather <- finish <- multiply <- fill <--------------------------+
//
// A word is a process of the DATAFLOW region, an arrow a stream, [] what a process keeps on chip.
// The keys and values of all tiles come before the first query, because without a causal mask a
// token sees those after it; x is read once for each of k, v and q rather than the queries kept. A
// call continues the ones before it: rows below `position` come from the caches.
//
// Cycles  for n tiles of T = token_tile tokens, with E = embed_dim and the depths of pipelines left
//         out, except D, that of a row of scores (about 40); a partly filled tile counts whole:
//           P = E * (E / weights in a beat) * (T / lanes)                         to project a tile
//           A = heads * (T / queries) * (head_chunks * (position + tokens) + D)   to attend with it
//           a call = 2 n P + (n - 1) max(P, A) + P + A + P
//         With a causal mask, and no cached rows, A is about half. Shape chooses `queries` so that
//         A = P, D apart, where the caches are full. GPT-2 Medium in int8, 128 tokens: P = 131,072,
//         A = 151,552, a call 1.92 million. To decode, a token a call, token_tile = lanes is best.
// Area    products a cycle: 2 * lanes * weights in a beat to project, 2 * queries * chunk to attend
// On chip in bytes, with V = 1 (int8, w4a8) or 2 (fp16):
//           2 * context * E * V     keys and values
//           8 * T * E * V           tiles: x and hidden twice each, rows sorted, queries, heads, y
//           8 * context * queries   rows of scores and of exponentials on their way
//           32 KiB                  weights on their way
//         GPT-2 Medium in int8: 545 KiB, in fp16: 1057 KiB.
// Memory  weights once a tile; x three times, y once; cached rows once, new ones once.
#ifndef BITWRIGHT_MHSA_HPP
#define BITWRIGHT_MHSA_HPP

#include <cstdint>

#include "attention.hpp"
#include "projections.hpp"
#include "rows.hpp"
#include "shape.hpp"

namespace bitwright {
namespace attention {

/// All processes but the readers of weights. scale: what brings a context's sums to values.
template <class C>
void compute(const Beat* x, hls::stream<Beat>& weights, hls::stream<Channel<C::format>>& channels,
             hls::stream<Beat>& output_weights, hls::stream<Channel<C::format>>& output_channels,
             Beat* y, const Beat* cached_keys, const Beat* cached_values, Beat* key_cache,
             Beat* value_cache, int turns, int tiles, int tokens, Pass<C> pass,
             typename Shape<C>::Softmax softmax, Channel<C::format> scale) {
  // Projections, keys and values, rows of scores and the output projection are under way at once.
  #pragma HLS dataflow
  hls::stream<Columns<C>> packs("mhsa.packs");
  hls::stream<Columns<C>> fresh_keys("mhsa.fresh_keys");
  hls::stream<Columns<C>> fresh_values("mhsa.fresh_values");
  hls::stream<Columns<C>> keys("mhsa.keys");
  hls::stream<Columns<C>> values("mhsa.values");
  hls::stream<Columns<C>> queries("mhsa.queries");
  hls::stream<Scores<C>> scores("mhsa.scores");
  hls::stream<Scores<C>> rows("mhsa.rows");
  hls::stream<Scores<C>> largest("mhsa.largest");
  hls::stream<Exponentials<C>> exponentials("mhsa.exponentials");
  hls::stream<Factors<C>> factors("mhsa.factors");
  hls::stream<Probabilities<C>> probabilities("mhsa.probabilities");
  hls::stream<Sums<C>> sums("mhsa.context");
  hls::stream<Words<C>> words("mhsa.words");
  // A whole row waits for its greatest score, and then for its sum: less would be a deadlock.
  #pragma HLS stream variable=rows depth=C::context
  #pragma HLS stream variable=exponentials depth=C::context
  // A group's sums leave at once, to be requantised beside the next group.
  #pragma HLS stream variable=sums depth=Shape<C>::group_sums
  project<C>(x, weights, channels, packs, turns, tiles, tokens);
  sort_rows<C>(packs, fresh_keys, fresh_values, queries, pass);
  keep<C>(cached_keys, key_cache, fresh_keys, keys, pass);
  keep<C>(cached_values, value_cache, fresh_values, values, pass);
  score<C>(keys, queries, scores, pass);
  find_largest<C>(scores, rows, largest, pass);
  exponentiate<C>(rows, largest, exponentials, factors, softmax, pass);
  normalise<C>(exponentials, factors, probabilities, pass);
  attend<C>(values, probabilities, sums, pass);
  concatenate<C>(sums, words, scale, pass);
  project_output<C>(words, output_weights, output_channels, y, tiles, tokens);
}

/// Whether the run-time arguments are those that the kernel was compiled for.
template <class C>
bool fits(std::uint32_t tokens, std::uint32_t position, std::uint32_t context,
          std::uint32_t embed_dim, std::uint32_t heads) {
  // Comparisons, before anything starts.
  #pragma HLS inline
  if (context != C::context || embed_dim != C::embed_dim || heads != C::heads) return false;
  if (tokens < 1 || tokens > C::seq_len) return false;
  return position <= C::context - tokens;  // no sum that could wrap
}

constexpr std::uint32_t causal_flag = 1u << 0;

/// A call in fp16.
template <class C>
void run(const Beat* x, const Beat* q_bias, const Beat* q_weight, const Beat* k_bias,
         const Beat* k_weight, const Beat* v_bias, const Beat* v_weight, const Beat* proj_bias,
         const Beat* proj_weight, Beat* y, const Beat* cached_keys, const Beat* cached_values,
         Beat* key_cache, Beat* value_cache, int turns, int tiles, int tokens, Pass<C> pass,
         FloatSoftmax softmax, Channel<C::format> scale) {
  // Weights are read ahead of the layers that take them.
  #pragma HLS dataflow
  hls::stream<Beat> weights("mhsa.weights");
  hls::stream<Beat> output_weights("mhsa.output_weights");
  hls::stream<Channel<C::format>> channels("mhsa.channels");
  hls::stream<Channel<C::format>> output_channels("mhsa.output_channels");
  // What a block RAM of this width holds anyway: enough weights for the time that the channels'
  // bursts take.
  #pragma HLS stream variable=weights depth=512
  #pragma HLS stream variable=output_weights depth=512
  // The channels of a block arrive at once, those of the next while its last weights are waiting.
  #pragma HLS stream variable=channels depth=Shape<C>::Layer::two_blocks
  #pragma HLS stream variable=output_channels depth=Shape<C>::Layer::two_blocks
  read_projections<C>(q_bias, q_weight, k_bias, k_weight, v_bias, v_weight, weights, channels,
                      tiles);
  read_output_projection<C>(proj_bias, proj_weight, output_weights, output_channels, tiles);
  compute<C>(x, weights, channels, output_weights, output_channels, y, cached_keys, cached_values,
             key_cache, value_cache, turns, tiles, tokens, pass, softmax, scale);
}

/// A call in int8 or w4a8.
template <class C>
void run(const Beat* x, const Beat* q_bias, const Beat* q_weight, const Beat* k_bias,
         const Beat* k_weight, const Beat* v_bias, const Beat* v_weight, const Beat* proj_bias,
         const Beat* proj_weight, Beat* y, const Beat* cached_keys, const Beat* cached_values,
         Beat* key_cache, Beat* value_cache, const Beat* q_mult, const Beat* q_shift,
         const Beat* k_mult, const Beat* k_shift, const Beat* v_mult, const Beat* v_shift,
         const Beat* proj_mult, const Beat* proj_shift, int turns, int tiles, int tokens,
         Pass<C> pass, IntegerSoftmax softmax, Channel<C::format> scale) {
  // Weights are read ahead of the layers that take them.
  #pragma HLS dataflow
  hls::stream<Beat> weights("mhsa.weights");
  hls::stream<Beat> output_weights("mhsa.output_weights");
  hls::stream<Channel<C::format>> channels("mhsa.channels");
  hls::stream<Channel<C::format>> output_channels("mhsa.output_channels");
  // What a block RAM of this width holds anyway: enough weights for the time that the channels'
  // bursts take.
  #pragma HLS stream variable=weights depth=512
  #pragma HLS stream variable=output_weights depth=512
  // The channels of a block arrive at once, those of the next while its last weights are waiting.
  #pragma HLS stream variable=channels depth=Shape<C>::Layer::two_blocks
  #pragma HLS stream variable=output_channels depth=Shape<C>::Layer::two_blocks
  read_projections<C>(q_bias, q_mult, q_shift, q_weight, k_bias, k_mult, k_shift, k_weight, v_bias,
                      v_mult, v_shift, v_weight, weights, channels, tiles);
  read_output_projection<C>(proj_bias, proj_mult, proj_shift, proj_weight, output_weights,
                            output_channels, tiles);
  compute<C>(x, weights, channels, output_weights, output_channels, y, cached_keys, cached_values,
             key_cache, value_cache, turns, tiles, tokens, pass, softmax, scale);
}

}  // namespace attention

/// Number format fp16. Returns the status: bad_argument with no memory touched, or 0.
/// Shapes  x, y [tokens, embed_dim]; weights [out, in]; caches [context, embed_dim], whose rows
///         position to position + tokens - 1 are written; other memory as kernel.yml says
template <class C>
std::uint32_t mhsa(const Beat* x, const Beat* q_bias, const Beat* q_weight, const Beat* k_bias,
                   const Beat* k_weight, const Beat* v_bias, const Beat* v_weight,
                   const Beat* proj_bias, const Beat* proj_weight, Beat* y, Beat* key_cache,
                   Beat* value_cache, std::uint32_t tokens, std::uint32_t position,
                   std::uint32_t context, std::uint32_t embed_dim, std::uint32_t heads,
                   std::uint32_t flags) {
  static_assert(C::format == Format::fp16, "mhsa: an integer format has mult and shift too");
  if (!attention::fits<C>(tokens, position, context, embed_dim, heads)) return bad_argument;
  const attention::Pass<C> pass = {int(tokens), int(position),
                                   (flags & attention::causal_flag) != 0};
  const int tiles = pass.tiles();
  attention::run<C>(x, q_bias, q_weight, k_bias, k_weight, v_bias, v_weight, proj_bias, proj_weight,
                    y, key_cache, value_cache, key_cache, value_cache,
                    attention::projections * tiles, tiles, pass.tokens, pass, FloatSoftmax{},
                    Channel<C::format>{half(0.0f)});
  return 0;
}

/// Number formats int8 and w4a8. Returns the status, as above; constants of softmax that golden
/// refuses are a bad argument too.
template <class C>
std::uint32_t mhsa(const Beat* x, const Beat* q_bias, const Beat* q_weight, const Beat* k_bias,
                   const Beat* k_weight, const Beat* v_bias, const Beat* v_weight,
                   const Beat* proj_bias, const Beat* proj_weight, Beat* y, Beat* key_cache,
                   Beat* value_cache, const Beat* q_mult, const Beat* q_shift, const Beat* k_mult,
                   const Beat* k_shift, const Beat* v_mult, const Beat* v_shift,
                   const Beat* proj_mult, const Beat* proj_shift, std::uint32_t tokens,
                   std::uint32_t position, std::uint32_t context, std::uint32_t embed_dim,
                   std::uint32_t heads, std::uint32_t flags, std::int32_t softmax_b,
                   std::int32_t softmax_c, std::int32_t softmax_ln2, std::int32_t softmax_ln2_inv,
                   std::int32_t softmax_mult, std::int32_t context_mult,
                   std::uint8_t context_shift) {
  static_assert(C::format != Format::fp16, "mhsa: fp16 has neither mult nor shift");
  const IntegerSoftmax softmax = {softmax_b, softmax_c, softmax_ln2, softmax_ln2_inv, softmax_mult};
  if (!attention::fits<C>(tokens, position, context, embed_dim, heads)) return bad_argument;
  if (!softmax.valid()) return bad_argument;
  const attention::Pass<C> pass = {int(tokens), int(position),
                                   (flags & attention::causal_flag) != 0};
  const int tiles = pass.tiles();
  attention::run<C>(x, q_bias, q_weight, k_bias, k_weight, v_bias, v_weight, proj_bias, proj_weight,
                    y, key_cache, value_cache, key_cache, value_cache, q_mult, q_shift, k_mult,
                    k_shift, v_mult, v_shift, proj_mult, proj_shift,
                    attention::projections * tiles, tiles, pass.tokens, pass, softmax,
                    Channel<C::format>{0, context_mult, context_shift});
  return 0;
}

}  // namespace bitwright

#endif
