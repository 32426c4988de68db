// The layers of mhsa: who reads their weights, and who multiplies with them. All four have the same
// shape; k, v and q share one array of multipliers, as they share a port, proj has another.
#ifndef BITWRIGHT_MHSA_PROJECTIONS_HPP
#define BITWRIGHT_MHSA_PROJECTIONS_HPP

#include "bitwright/linear.hpp"
#include "hls_stream.h"
#include "shape.hpp"

namespace bitwright {
namespace attention {

/// Weights of k, v and q in the order of Projection, each once a tile: one process for a bundle.
template <class C>
void read_projections(const Beat* q_bias, const Beat* q_weight, const Beat* k_bias,
                      const Beat* k_weight, const Beat* v_bias, const Beat* v_weight,
                      hls::stream<Beat>& weights, hls::stream<Channel<C::format>>& channels,
                      int tiles) {
  using L = typename Shape<C>::Layer;
read_key_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<L>(k_bias, k_weight, weights, channels);
  }
read_value_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<L>(v_bias, v_weight, weights, channels);
  }
read_query_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<L>(q_bias, q_weight, weights, channels);
  }
}
template <class C>
void read_projections(const Beat* q_bias, const Beat* q_mult, const Beat* q_shift,
                      const Beat* q_weight, const Beat* k_bias, const Beat* k_mult,
                      const Beat* k_shift, const Beat* k_weight, const Beat* v_bias,
                      const Beat* v_mult, const Beat* v_shift, const Beat* v_weight,
                      hls::stream<Beat>& weights, hls::stream<Channel<C::format>>& channels,
                      int tiles) {
  using L = typename Shape<C>::Layer;
read_key_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<L>(k_bias, k_mult, k_shift, k_weight, weights, channels);
  }
read_value_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<L>(v_bias, v_mult, v_shift, v_weight, weights, channels);
  }
read_query_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<L>(q_bias, q_mult, q_shift, q_weight, weights, channels);
  }
}

/// Weights of the output projection, each once a tile.
template <class C>
void read_output_projection(const Beat* bias, const Beat* weight, hls::stream<Beat>& weights,
                            hls::stream<Channel<C::format>>& channels, int tiles) {
read_output_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<typename Shape<C>::Layer>(bias, weight, weights, channels);
  }
}
template <class C>
void read_output_projection(const Beat* bias, const Beat* mult, const Beat* shift,
                            const Beat* weight, hls::stream<Beat>& weights,
                            hls::stream<Channel<C::format>>& channels, int tiles) {
read_output_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    read_layer<typename Shape<C>::Layer>(bias, mult, shift, weight, weights, channels);
  }
}

/// x again for each projection.
template <class C>
void load_turn(const Beat* x, int turn, int tiles, int tokens,
               typename Shape<C>::Layer::Tile& tile) {
  load_tile<typename Shape<C>::Layer>(x, turn % tiles, tokens, tile);
}

/// `turns` projections of a tile, all by the same multipliers: each layer's weights for every tile.
template <class C>
void project(const Beat* x, hls::stream<Beat>& weights, hls::stream<Channel<C::format>>& channels,
             hls::stream<Columns<C>>& packs, int turns, int tiles, int tokens) {
  using L = typename Shape<C>::Layer;
project_turn:
  for (int i = 0; i < turns; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=projections max=Shape<C>::most_turns
    // The next tile is loaded while this one is multiplied.
    #pragma HLS dataflow
    typename L::Tile tile;
    hls::stream<typename L::Value> values("mhsa.projected");
    // A RAM for each lane, and in it a word for each beat of weights.
    #pragma HLS array_partition variable=tile type=complete dim=1
    #pragma HLS array_reshape variable=tile type=complete dim=3
    // The values of one channel: gather pauses for a token's pack while the next are multiplied.
    #pragma HLS stream variable=values depth=L::Tokens
    load_turn<C>(x, i, tiles, tokens, tile);
    linear<L>(tile, weights, channels, values);
    gather<L, L::values_per_beat>(values, packs);
  }
}

/// The output projection, to memory.
template <class C>
void project_output(hls::stream<Words<C>>& words, hls::stream<Beat>& weights,
                    hls::stream<Channel<C::format>>& channels, Beat* y, int tiles, int tokens) {
  using L = typename Shape<C>::Layer;
output_tile:
  for (int i = 0; i < tiles; ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
    // The next tile is filled while this one is multiplied.
    #pragma HLS dataflow
    typename L::Tile tile;
    hls::stream<typename L::Value> values("mhsa.output");
    hls::stream<Columns<C>> packs("mhsa.y");
    // A RAM for each lane, and in it a word for each beat of weights.
    #pragma HLS array_partition variable=tile type=complete dim=1
    #pragma HLS array_reshape variable=tile type=complete dim=3
    // The values of one channel: gather pauses for a token's pack while the next are multiplied.
    #pragma HLS stream variable=values depth=L::Tokens
    fill<L>(words, tile);
    linear<L>(tile, weights, channels, values);
    gather<L, L::values_per_beat>(values, packs);
    store_tile<L>(packs, i, tokens, y);
  }
}

}  // namespace attention
}  // namespace bitwright

#endif
