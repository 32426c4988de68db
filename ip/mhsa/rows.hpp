// Rows on their way between the projections and the heads: sorted, cached, stored, joined again.
#ifndef BITWRIGHT_MHSA_ROWS_HPP
#define BITWRIGHT_MHSA_ROWS_HPP

#include "hls_stream.h"
#include "shape.hpp"

namespace bitwright {
namespace attention {

template <class T, int N>
void copy(const T (&from)[N], T (&to)[N]) {
  // Part of the caller's pipeline.
  #pragma HLS inline
copy_element:
  for (int e = 0; e < N; ++e) {
    // Wires only.
    #pragma HLS unroll
    to[e] = from[e];
  }
}

template <class T, int N>
void send_pack(const T (&from)[N], hls::stream<Pack<T, N>>& to) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  Pack<T, N> pack;
  copy(from, pack.lane);
  to.write(pack);
}

/// A tile as the projection gives it, a beat of columns of all its tokens at a time.
template <class C>
void collect(hls::stream<Columns<C>>& packs,
             Columns<C> (&tile)[C::token_tile][Shape<C>::row_beats]) {
  // A loop of the caller, whose tile it is: no port between them, no word of another shape.
  #pragma HLS inline
collect_beat:
  for (int b = 0; b < Shape<C>::row_beats; ++b) {
  collect_token:
    for (int t = 0; t < C::token_tile; ++t) {
      // A beat a cycle.
      #pragma HLS pipeline II=1
      tile[t][b] = packs.read();
    }
  }
}

/// Tiles of keys, then of values, then of queries, as rows; those past the last token are dropped
/// except of queries, whose tiles stay whole.
template <class C>
void sort_rows(hls::stream<Columns<C>>& packs, hls::stream<Columns<C>>& keys,
               hls::stream<Columns<C>>& values, hls::stream<Columns<C>>& queries, Pass<C> pass) {
  constexpr int beats = Shape<C>::row_beats;
  Columns<C> tile[C::token_tile][beats];
  // A beat is one word.
  #pragma HLS aggregate variable=tile
sort_kind:
  for (int kind = 0; kind < projections; ++kind) {
  sort_tile:
    for (int i = 0; i < pass.tiles(); ++i) {
      // As many as the call has tokens for.
      #pragma HLS loop_tripcount min=1 max=Shape<C>::tiles
      collect<C>(packs, tile);
      const int rows = kind == query_tiles ? C::token_tile : pass.rows(i);
    sort_token:
      for (int t = 0; t < rows; ++t) {
        // The last tile may hold fewer tokens.
        #pragma HLS loop_tripcount min=1 max=C::token_tile
      sort_beat:
        for (int b = 0; b < beats; ++b) {
          // A beat a cycle.
          #pragma HLS pipeline II=1
          const Columns<C> columns = tile[t][b];
          if (kind == key_tiles) keys.write(columns);
          if (kind == value_tiles) values.write(columns);
          if (kind == query_tiles) queries.write(columns);
        }
      }
    }
  }
}

/// The rows of one cache: those below position come from memory, the new ones from the chip, and
/// the new ones go to memory too. One process, because a port may have only one. It reads the cache
/// by one argument and writes it by another: those of a DATAFLOW region should be one or the other
/// (UG1393, canonical forms). No row is both.
template <class C>
void keep(const Beat* cached, Beat* cache, hls::stream<Columns<C>>& fresh,
          hls::stream<Columns<C>>& rows, Pass<C> pass) {
  constexpr int beats = Shape<C>::row_beats;
  const int first = pass.position * beats;
keep_cached:
  for (int i = 0; i < first; ++i) {
    // As many rows as earlier calls have left.
    #pragma HLS loop_tripcount min=0 max=Shape<C>::most_cached
    // One burst of whole beats.
    #pragma HLS pipeline II=1
    Columns<C> columns;
    unpack<Traits<C::format>::value_bits>(cached[i], columns.lane);
    rows.write(columns);
  }
keep_fresh:
  for (int i = 0; i < pass.tokens * beats; ++i) {
    // A row for each token of the call.
    #pragma HLS loop_tripcount min=beats max=Shape<C>::most_fresh
    // One burst of whole beats; no row is read from memory once it is written.
    #pragma HLS pipeline II=1
    const Columns<C> columns = fresh.read();
    cache[first + i] = pack(columns.lane);
    rows.write(columns);
  }
}

/// Rows from a stream into a store of chunks.
template <class C, int Rows>
void load_rows(hls::stream<Columns<C>>& from, int rows,
               Chunk<C> (&to)[Rows][Shape<C>::row_chunks]) {
  // A loop of the caller, whose store it is.
  #pragma HLS inline
  using S = Shape<C>;
load_row:
  for (int i = 0; i < rows; ++i) {
    // As many rows as there are.
    #pragma HLS loop_tripcount min=1 max=Rows
  load_columns:
    for (int b = 0; b < S::row_beats; ++b) {
      // A beat a cycle.
      #pragma HLS pipeline II=1
      const Columns<C> columns = from.read();
    load_chunk:
      for (int c = 0; c < S::beat_chunks; ++c) {
        // The chunks of a beat stand in memories side by side.
        #pragma HLS unroll
        Chunk<C> chunk;
      load_element:
        for (int e = 0; e < S::chunk; ++e) {
          // Wires only.
          #pragma HLS unroll
          chunk.lane[e] = columns.lane[c * S::chunk + e];
        }
        to[i][b * S::beat_chunks + c] = chunk;
      }
    }
  }
}

/// A group's context of one head, requantised, to its place in the tile.
template <class C>
void place_group(hls::stream<Sums<C>>& sums, const Channel<C::format>& scale, int first, int head,
                 Chunk<C> (&rows)[C::token_tile][Shape<C>::row_chunks]) {
  // A loop of the caller, whose rows they are.
  #pragma HLS inline
  using S = Shape<C>;
  typename S::Sum sum[S::chunk];
  typename S::Value value[S::chunk];
  // A whole chunk comes, and a whole chunk is stored, in one cycle.
  #pragma HLS array_partition variable=sum type=complete
  #pragma HLS array_partition variable=value type=complete
place_query:
  for (int q = 0; q < S::queries; ++q) {
  place_chunk:
    for (int c = 0; c < S::head_chunks; ++c) {
    place_element:
      for (int e = 0; e < S::chunk; ++e) {
        // One element a cycle, so that one set of multipliers does; a row of scores takes longer.
        #pragma HLS pipeline II=1
        if (e == 0) copy(sums.read().lane, sum);
        value[e] = finish(sum[e], scale);
        if (e == S::chunk - 1) {
          Chunk<C> chunk;
          copy(value, chunk.lane);
          rows[first + q][head * S::head_chunks + c] = chunk;
        }
      }
    }
  }
}

/// The heads' contexts side by side, a tile at a time, as `fill` of the output projection takes
/// them. Rows past the last group are zero.
template <class C>
void concatenate(hls::stream<Sums<C>>& sums, hls::stream<Words<C>>& words, Channel<C::format> scale,
                 Pass<C> pass) {
  using S = Shape<C>;
  constexpr int parts = S::Layer::per_beat / S::chunk;
  Chunk<C> rows[C::token_tile][S::row_chunks];
  // A chunk is one word.
  #pragma HLS aggregate variable=rows
  typename S::Value word[S::Layer::per_beat];
  // A whole word leaves in one cycle.
  #pragma HLS array_partition variable=word type=complete
concatenate_tile:
  for (int tile = 0; tile < pass.tiles(); ++tile) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=S::tiles
  concatenate_head:
    for (int h = 0; h < C::heads; ++h) {
    concatenate_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        // The last tile may hold fewer tokens.
        #pragma HLS loop_tripcount min=1 max=S::groups
        place_group<C>(sums, scale, g * S::queries, h, rows);
      }
    }
    const int filled = pass.groups(tile) * S::queries;
  send_word:
    for (int k = 0; k < S::row_chunks / parts; ++k) {
    send_token:
      for (int t = 0; t < C::token_tile; ++t) {
      send_part:
        for (int i = 0; i < parts; ++i) {
          // A chunk a cycle.
          #pragma HLS pipeline II=1
          const Chunk<C> chunk = rows[t][k * parts + i];
        send_element:
          for (int e = 0; e < S::chunk; ++e) {
            // Wires only.
            #pragma HLS unroll
            word[i * S::chunk + e] = t < filled ? chunk.lane[e] : typename S::Value(0);
          }
          if (i == parts - 1) send_pack(word, words);
        }
      }
    }
  }
}

}  // namespace attention
}  // namespace bitwright

#endif
