// The feed-forward kernel: y = proj(gelu(fc(x))), one DATAFLOW region per tile of tokens.
//
//   load x -> [x_tile] -> multiply fc -> finish -> gelu -> gather -> fill
//                              ^ fc weights            -> [hidden] -> multiply proj -> finish
//                                                     proj weights ^  -> gather -> store y
//
// [x_tile] and [hidden] are whole tiles on chip, double buffered by the region: while proj works on
// one tile, fc works on the next. Everything else is a stream.
//
// Interval  of a tile: the longer of fc and proj, ff_dim * embed_dim * token_tile / (per_beat *
//           lanes) cycles each, where a beat holds per_beat weights; n tiles take n + 1 intervals.
// Memory    x and y once a call, all weights once a tile.
#ifndef BITWRIGHT_FFN_HPP
#define BITWRIGHT_FFN_HPP

#include <cstdint>

#include "bitwright/gelu.hpp"
#include "bitwright/linear.hpp"

namespace bitwright {

/// The layers of a configuration C: format, seq_len, embed_dim, ff_dim, token_tile, lanes.
template <class C>
struct FfnLayers {
  using Fc = Linear<C::format, C::ff_dim, C::embed_dim, C::token_tile, C::lanes>;
  using Proj = Linear<C::format, C::embed_dim, C::ff_dim, C::token_tile, C::lanes>;
  static constexpr int most_tiles = ceil_div(C::seq_len, C::token_tile);
  static_assert(C::seq_len > 0, "ffn: seq_len must be at least 1");
};

/// Whether the run-time dimensions are those that the kernel was compiled for.
template <class C>
bool ffn_fits(std::uint32_t tokens, std::uint32_t embed_dim, std::uint32_t ff_dim) {
  return tokens >= 1 && tokens <= std::uint32_t(C::seq_len) && embed_dim == C::embed_dim &&
         ff_dim == C::ff_dim;
}

/// From the tile of x to the packs of y: all stages between the memory's readers and its writer.
template <class C, class Fc, class Proj>
void ffn_tile(const typename Fc::Tile& x, hls::stream<Beat>& fc_weights,
              hls::stream<Channel<C::format>>& fc_channels, hls::stream<Beat>& proj_weights,
              hls::stream<Channel<C::format>>& proj_channels, Gelu<C::format> constants,
              hls::stream<Pack<typename Proj::Value, Proj::values_per_beat>>& packs) {
  // The stages become processes of the caller's region.
  #pragma HLS inline
  using Value = typename Fc::Value;
  hls::stream<Value> sums("ffn.fc");
  hls::stream<Value> activations("ffn.gelu");
  hls::stream<Pack<Value, Proj::per_beat>> words("ffn.hidden");
  hls::stream<Value> results("ffn.proj");
  typename Proj::Tile hidden;
  // A RAM for each lane, and in it a word for each beat of weights.
  #pragma HLS array_partition variable=hidden complete dim=1
  #pragma HLS array_reshape variable=hidden complete dim=3
  // The values of a channel: the product goes on while gather writes a pack for each token.
  #pragma HLS stream variable=activations depth=Fc::Tokens
  #pragma HLS stream variable=results depth=Fc::Tokens
  linear<Fc>(x, fc_weights, fc_channels, sums);
  gelu<Fc::Out * Fc::Tokens, C::format>(sums, constants, activations);
  gather<Fc, Proj::per_beat>(activations, words);
  fill<Proj>(words, hidden);
  linear<Proj>(hidden, proj_weights, proj_channels, results);
  gather<Proj, Proj::values_per_beat>(results, packs);
}

/// Number format fp16. Returns the status: bad_argument with no memory touched, or 0.
template <class C>
std::uint32_t ffn(const Beat* x, const Beat* fc_bias, const Beat* fc_weight, const Beat* proj_bias,
                  const Beat* proj_weight, Beat* y, std::uint32_t tokens, std::uint32_t embed_dim,
                  std::uint32_t ff_dim) {
  static_assert(C::format == Format::fp16, "ffn: an integer format has mult and shift too");
  using Layers = FfnLayers<C>;
  using Fc = typename Layers::Fc;
  using Proj = typename Layers::Proj;
  if (!ffn_fits<C>(tokens, embed_dim, ff_dim)) return bad_argument;
  const Gelu<C::format> constants{};
  const int rows = static_cast<int>(tokens);
  const int tiles = ceil_div(rows, C::token_tile);
tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Layers::most_tiles
    // Stages run at once, and fc of the next tile beside proj of this one.
    #pragma HLS dataflow
    typename Fc::Tile x_tile;
    hls::stream<Beat> fc_weights("ffn.fc_weights");
    hls::stream<Beat> proj_weights("ffn.proj_weights");
    hls::stream<Channel<C::format>> fc_channels("ffn.fc_channels");
    hls::stream<Channel<C::format>> proj_channels("ffn.proj_channels");
    hls::stream<Pack<typename Proj::Value, Proj::values_per_beat>> packs("ffn.packs");
    // A RAM for each lane, and in it a word for each beat of weights.
    #pragma HLS array_partition variable=x_tile complete dim=1
    #pragma HLS array_reshape variable=x_tile complete dim=3
    // As deep as block RAM of this width is anyway: weights to go on with while bias, mult and
    // shift of the next block are read.
    #pragma HLS stream variable=fc_weights depth=512
    #pragma HLS stream variable=proj_weights depth=512
    // A block's channels come before its weights, while some of the block before are still waiting;
    // with room for less than a block, nothing would ever move.
    #pragma HLS stream variable=fc_channels depth=Fc::two_blocks
    #pragma HLS stream variable=proj_channels depth=Fc::two_blocks
    load_tile<Fc>(x, i, rows, x_tile);
    read_layer<Fc>(fc_bias, fc_weight, fc_weights, fc_channels);
    read_layer<Proj>(proj_bias, proj_weight, proj_weights, proj_channels);
    ffn_tile<C, Fc, Proj>(x_tile, fc_weights, fc_channels, proj_weights, proj_channels, constants,
                          packs);
    store_tile<Proj>(packs, i, rows, y);
  }
  return 0;
}

/// Number formats int8 and w4a8. Returns the status, as above.
template <class C>
std::uint32_t ffn(const Beat* x, const Beat* fc_bias, const Beat* fc_weight, const Beat* proj_bias,
                  const Beat* proj_weight, Beat* y, const Beat* fc_mult, const Beat* fc_shift,
                  const Beat* proj_mult, const Beat* proj_shift, std::uint32_t tokens,
                  std::uint32_t embed_dim, std::uint32_t ff_dim, std::int32_t gelu_b,
                  std::int32_t gelu_c, std::int32_t gelu_one, std::int32_t gelu_mult,
                  std::uint8_t gelu_shift) {
  static_assert(C::format != Format::fp16, "ffn: fp16 has neither mult nor shift");
  using Layers = FfnLayers<C>;
  using Fc = typename Layers::Fc;
  using Proj = typename Layers::Proj;
  const Gelu<C::format> constants = {gelu_b, gelu_c, gelu_one, gelu_mult, gelu_shift};
  if (!ffn_fits<C>(tokens, embed_dim, ff_dim) || !fits(constants)) return bad_argument;
  const int rows = static_cast<int>(tokens);
  const int tiles = ceil_div(rows, C::token_tile);
tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Layers::most_tiles
    // Stages run at once, and fc of the next tile beside proj of this one.
    #pragma HLS dataflow
    typename Fc::Tile x_tile;
    hls::stream<Beat> fc_weights("ffn.fc_weights");
    hls::stream<Beat> proj_weights("ffn.proj_weights");
    hls::stream<Channel<C::format>> fc_channels("ffn.fc_channels");
    hls::stream<Channel<C::format>> proj_channels("ffn.proj_channels");
    hls::stream<Pack<typename Proj::Value, Proj::values_per_beat>> packs("ffn.packs");
    // A RAM for each lane, and in it a word for each beat of weights.
    #pragma HLS array_partition variable=x_tile complete dim=1
    #pragma HLS array_reshape variable=x_tile complete dim=3
    // As deep as block RAM of this width is anyway: weights to go on with while bias, mult and
    // shift of the next block are read.
    #pragma HLS stream variable=fc_weights depth=512
    #pragma HLS stream variable=proj_weights depth=512
    // A block's channels come before its weights, while some of the block before are still waiting;
    // with room for less than a block, nothing would ever move.
    #pragma HLS stream variable=fc_channels depth=Fc::two_blocks
    #pragma HLS stream variable=proj_channels depth=Fc::two_blocks
    load_tile<Fc>(x, i, rows, x_tile);
    read_layer<Fc>(fc_bias, fc_mult, fc_shift, fc_weight, fc_weights, fc_channels);
    read_layer<Proj>(proj_bias, proj_mult, proj_shift, proj_weight, proj_weights, proj_channels);
    ffn_tile<C, Fc, Proj>(x_tile, fc_weights, fc_channels, proj_weights, proj_channels, constants,
                          packs);
    store_tile<Proj>(packs, i, rows, y);
  }
  return 0;
}

}  // namespace bitwright

#endif
