// The feed-forward kernel: y = proj(gelu(fc(x))), a tile of tokens at a time.
//
//   read fc -----------------+                         read proj -------------+
//                            v                                                v
//   load x -> [x_tile] -> linear fc -> gelu -> gather -> fill -> [hidden] -> linear proj
//                                                                             v
//                                                         store y <--------- gather
//
// The readers are processes of the call and run ahead of the tiles; all else are processes of a
// tile. [x_tile] and [hidden] are whole tiles on chip, which the tiles' region buffers twice: while
// proj works on one tile, fc works on the next. Everything else is a stream.
//
// Interval  of a tile: that of the slower of fc and proj (linear.hpp), ff_dim * embed_dim *
//           token_tile / (per_beat * lanes) cycles each; a call of n tiles takes n + 1 of them.
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
  static constexpr int tiles = ceil_div(C::seq_len, C::token_tile);  // at most
  static_assert(C::seq_len > 0, "ffn: seq_len must be at least 1");
};

/// Whether the run-time dimensions are those that the kernel was compiled for.
template <class C>
bool ffn_fits(std::uint32_t tokens, std::uint32_t embed_dim, std::uint32_t ff_dim) {
  return tokens >= 1 && tokens <= std::uint32_t(C::seq_len) && embed_dim == C::embed_dim &&
         ff_dim == C::ff_dim;
}

/// The weights and channels of an integer layer, once for each tile.
template <class Layers, class L>
void read_layers(const Beat* bias, const Beat* mult, const Beat* shift, const Beat* weight,
                 int tiles, hls::stream<Beat>& weights,
                 hls::stream<Channel<L::format>>& channels) {
read_tile:
  for (int i = 0; i < tiles; ++i) {
    // A call of one token has one tile.
    #pragma HLS loop_tripcount min=1 max=Layers::tiles
    read_layer<L>(bias, mult, shift, weight, weights, channels);
  }
}

/// The same of an fp16 layer.
template <class Layers, class L>
void read_layers(const Beat* bias, const Beat* weight, int tiles, hls::stream<Beat>& weights,
                 hls::stream<Channel<L::format>>& channels) {
read_tile:
  for (int i = 0; i < tiles; ++i) {
    // A call of one token has one tile.
    #pragma HLS loop_tripcount min=1 max=Layers::tiles
    read_layer<L>(bias, weight, weights, channels);
  }
}

/// Every tile of a call.
template <class C>
void ffn_tiles(const Beat* x, hls::stream<Beat>& fc_weights,
               hls::stream<Channel<C::format>>& fc_channels, Gelu<C::format> constants,
               hls::stream<Beat>& proj_weights, hls::stream<Channel<C::format>>& proj_channels,
               Beat* y, int tokens, int tiles) {
  using Layers = FfnLayers<C>;
  using Fc = typename Layers::Fc;
  using Proj = typename Layers::Proj;
  using Value = typename Fc::Value;
tile:
  for (int i = 0; i < tiles; ++i) {
    // A call of one token has one tile.
    #pragma HLS loop_tripcount min=1 max=Layers::tiles
    // All stages run at once, and fc of the next tile beside proj of this one.
    #pragma HLS dataflow
    typename Fc::Tile x_tile;
    typename Proj::Tile hidden;
    hls::stream<Value> sums("ffn.sums");
    hls::stream<Value> activations("ffn.activations");
    hls::stream<Value> results("ffn.results");
    hls::stream<Pack<Value, Proj::per_beat>> words("ffn.words");
    hls::stream<Pack<Value, Proj::values_per_beat>> packs("ffn.packs");
    // A RAM for each lane, and in it a word for each beat of weights.
    #pragma HLS array_partition variable=x_tile type=complete dim=1
    #pragma HLS array_partition variable=hidden type=complete dim=1
    #pragma HLS array_reshape variable=x_tile type=complete dim=3
    #pragma HLS array_reshape variable=hidden type=complete dim=3
    // The values of a channel: the product goes on while gather writes a pack for each token.
    #pragma HLS stream variable=activations depth=Fc::Tokens
    #pragma HLS stream variable=results depth=Proj::Tokens
    load_tile<Fc>(x, i, tokens, x_tile);
    linear<Fc>(x_tile, fc_weights, fc_channels, sums);
    gelu<Fc::Out * Fc::Tokens, C::format>(sums, constants, activations);
    gather<Fc, Proj::per_beat>(activations, words);
    fill<Proj>(words, hidden);
    linear<Proj>(hidden, proj_weights, proj_channels, results);
    gather<Proj, Proj::values_per_beat>(results, packs);
    store_tile<Proj>(packs, i, tokens, y);
  }
}

/// An integer call: both readers and the tiles.
template <class C>
void ffn_call(const Beat* x, const Beat* fc_bias, const Beat* fc_weight, const Beat* proj_bias,
              const Beat* proj_weight, Beat* y, const Beat* fc_mult, const Beat* fc_shift,
              const Beat* proj_mult, const Beat* proj_shift, int tokens, int tiles,
              Gelu<C::format> constants) {
  // Weights are read ahead of the tiles.
  #pragma HLS dataflow
  using Layers = FfnLayers<C>;
  using Fc = typename Layers::Fc;
  using Proj = typename Layers::Proj;
  hls::stream<Beat> fc_weights("ffn.fc_weights");
  hls::stream<Beat> proj_weights("ffn.proj_weights");
  hls::stream<Channel<C::format>> fc_channels("ffn.fc_channels");
  hls::stream<Channel<C::format>> proj_channels("ffn.proj_channels");
  // As deep as block RAM of this width is anyway: weights to go on with while bias, mult and shift
  // of the next block are read.
  #pragma HLS stream variable=fc_weights depth=512
  #pragma HLS stream variable=proj_weights depth=512
  // A block's channels come before its weights, while some of the block before are still waiting;
  // with room for less than a block, nothing would ever move.
  #pragma HLS stream variable=fc_channels depth=Fc::two_blocks
  #pragma HLS stream variable=proj_channels depth=Proj::two_blocks
  read_layers<Layers, Fc>(fc_bias, fc_mult, fc_shift, fc_weight, tiles, fc_weights, fc_channels);
  read_layers<Layers, Proj>(proj_bias, proj_mult, proj_shift, proj_weight, tiles, proj_weights,
                    proj_channels);
  ffn_tiles<C>(x, fc_weights, fc_channels, constants, proj_weights, proj_channels, y, tokens,
               tiles);
}

/// An fp16 call, likewise.
template <class C>
void ffn_call(const Beat* x, const Beat* fc_bias, const Beat* fc_weight, const Beat* proj_bias,
              const Beat* proj_weight, Beat* y, int tokens, int tiles, Gelu<C::format> constants) {
  // Weights are read ahead of the tiles.
  #pragma HLS dataflow
  using Layers = FfnLayers<C>;
  using Fc = typename Layers::Fc;
  using Proj = typename Layers::Proj;
  hls::stream<Beat> fc_weights("ffn.fc_weights");
  hls::stream<Beat> proj_weights("ffn.proj_weights");
  hls::stream<Channel<C::format>> fc_channels("ffn.fc_channels");
  hls::stream<Channel<C::format>> proj_channels("ffn.proj_channels");
  // As for integers.
  #pragma HLS stream variable=fc_weights depth=512
  #pragma HLS stream variable=proj_weights depth=512
  #pragma HLS stream variable=fc_channels depth=Fc::two_blocks
  #pragma HLS stream variable=proj_channels depth=Proj::two_blocks
  read_layers<Layers, Fc>(fc_bias, fc_weight, tiles, fc_weights, fc_channels);
  read_layers<Layers, Proj>(proj_bias, proj_weight, tiles, proj_weights, proj_channels);
  ffn_tiles<C>(x, fc_weights, fc_channels, constants, proj_weights, proj_channels, y, tokens,
               tiles);
}

/// Number format fp16. Returns the status: bad_argument with no memory touched, or 0.
template <class C>
std::uint32_t ffn(const Beat* x, const Beat* fc_bias, const Beat* fc_weight, const Beat* proj_bias,
                  const Beat* proj_weight, Beat* y, std::uint32_t tokens, std::uint32_t embed_dim,
                  std::uint32_t ff_dim) {
  static_assert(C::format == Format::fp16, "ffn: an integer format has mult and shift too");
  if (!ffn_fits<C>(tokens, embed_dim, ff_dim)) return bad_argument;
  const int rows = static_cast<int>(tokens);
  const int tiles = ceil_div(rows, C::token_tile);
  ffn_call<C>(x, fc_bias, fc_weight, proj_bias, proj_weight, y, rows, tiles, Gelu<C::format>{});
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
  const Gelu<C::format> constants = {gelu_b, gelu_c, gelu_one, gelu_mult, gelu_shift};
  if (!ffn_fits<C>(tokens, embed_dim, ff_dim) || !fits(constants)) return bad_argument;
  const int rows = static_cast<int>(tokens);
  const int tiles = ceil_div(rows, C::token_tile);
  ffn_call<C>(x, fc_bias, fc_weight, proj_bias, proj_weight, y, fc_mult, fc_shift, proj_mult,
              proj_shift, rows, tiles, constants);
  return 0;
}

}  // namespace bitwright

#endif
