// Scores, softmax and context: one process each, or for softmax each of its three passes over a row.
//
// Queries are taken in groups of Shape::queries. The streams between the processes hold, for each tile,
// head and group in turn, one pack for each key that the group sees: its queries' values of that key.
#ifndef BITWRIGHT_MHSA_ATTENTION_HPP
#define BITWRIGHT_MHSA_ATTENTION_HPP

#include <limits>

#include "hls_stream.h"
#include "rows.hpp"
#include "shape.hpp"

namespace bitwright {
namespace attention {

/// The score of a query and a key of one head; in fp16 divided by the root of head_dim, which for
/// integers is in the constants of softmax.
template <class C>
typename Shape<C>::Score similarity(const Chunk<C> (&query)[Shape<C>::row_chunks],
                                    const Chunk<C> (&key)[Shape<C>::row_chunks], int head) {
#pragma HLS inline
  using S = Shape<C>;
  typename S::Sum sum = 0;
similarity_chunk:
  for (int c = 0; c < S::head_chunks; ++c) {
    // The caller's interval lets all chunks share one set of multipliers.
    #pragma HLS unroll
    const int at = head * S::head_chunks + c;
    typename S::Factor factor[S::chunk];
  similarity_element:
    for (int e = 0; e < S::chunk; ++e) {
      #pragma HLS unroll
      factor[e] = static_cast<typename S::Factor>(query[at].lane[e]);
    }
    sum += dot(factor, key[at].lane);
  }
  return C::format == Format::fp16 ? sum * static_cast<typename S::Sum>(S::score_scale) : sum;
}

/// Every score of every head. All keys are stored before the first query is read, so that without a
/// causal mask a token sees those after it.
/// Rate  a key by a group of queries in head_chunks cycles
template <class C>
void score(hls::stream<Columns<C>>& keys, hls::stream<Columns<C>>& queries,
           hls::stream<Scores<C>>& scores, Pass<C> pass) {
  using S = Shape<C>;
  Chunk<C> key[C::context][S::row_chunks];
  Chunk<C> query[C::token_tile][S::row_chunks];
  // A chunk is one word; the chunks of a beat are written in one cycle.
  #pragma HLS aggregate variable=key
  #pragma HLS aggregate variable=query
  #pragma HLS array_partition variable=key type=cyclic factor=S::beat_chunks dim=2
  #pragma HLS array_partition variable=query type=cyclic factor=S::beat_chunks dim=2
  // The queries of a group are read in one cycle.
  #pragma HLS array_partition variable=query type=cyclic factor=S::queries dim=1
  load_rows<C>(keys, pass.keys(), key);
score_tile:
  for (int tile = 0; tile < pass.tiles(); ++tile) {
    #pragma HLS loop_tripcount min=1 max=S::tiles
    load_rows<C>(queries, C::token_tile, query);
  score_head:
    for (int h = 0; h < C::heads; ++h) {
    score_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        #pragma HLS loop_tripcount min=1 max=S::groups
      score_key:
        for (int j = 0; j < pass.keys(tile, g); ++j) {
          #pragma HLS loop_tripcount min=1 max=C::context
          // A chunk of a key a cycle is what its memory gives.
          #pragma HLS pipeline II=S::head_chunks
          Scores<C> pack;
        score_query:
          for (int q = 0; q < S::queries; ++q) {
            // The queries of a group meet a key side by side.
            #pragma HLS unroll
            pack.lane[q] = similarity<C>(query[g * S::queries + q], key[j], h);
          }
          scores.write(pack);
        }
      }
    }
  }
}

/// Partial results of one operation that take turns, newest first: where it takes Turns cycles, its
/// operand is always the oldest, and it still starts in every cycle.
template <int Turns, int Queries, class T>
void take_turn(T (&partial)[Turns][Queries], int query, T newest) {
#pragma HLS inline
turn:
  for (int i = Turns - 1; i > 0; --i) {
    // A shift register.
    #pragma HLS unroll
    partial[i][query] = partial[i - 1][query];
  }
  partial[0][query] = newest;
}

/// A value that every partial result begins with.
template <int Turns, int Queries, class T>
void begin(T (&partial)[Turns][Queries], T value) {
#pragma HLS inline
begin_turn:
  for (int i = 0; i < Turns; ++i) {
    // All registers at once.
    #pragma HLS unroll
  begin_query:
    for (int q = 0; q < Queries; ++q) {
      #pragma HLS unroll
      partial[i][q] = value;
    }
  }
}

/// The greatest of the partial results of each query.
template <class C>
Scores<C> greatest(const typename Shape<C>::Score (&partial)[Shape<C>::add_cycles][Shape<C>::queries]) {
#pragma HLS inline
  Scores<C> pack;
greatest_query:
  for (int q = 0; q < Shape<C>::queries; ++q) {
    // Queries side by side.
    #pragma HLS unroll
    pack.lane[q] = partial[0][q];
  greatest_turn:
    for (int i = 1; i < Shape<C>::add_cycles; ++i) {
      #pragma HLS unroll
      if (partial[i][q] > pack.lane[q]) pack.lane[q] = partial[i][q];
    }
  }
  return pack;
}

/// Scores pass through, and after each row the greatest that each query sees follows apart.
template <class C>
void find_largest(hls::stream<Scores<C>>& scores, hls::stream<Scores<C>>& rows,
                  hls::stream<Scores<C>>& largest, Pass<C> pass) {
  using S = Shape<C>;
  using Score = typename S::Score;
largest_tile:
  for (int tile = 0; tile < pass.tiles(); ++tile) {
    #pragma HLS loop_tripcount min=1 max=S::tiles
  largest_head:
    for (int h = 0; h < C::heads; ++h) {
    largest_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        #pragma HLS loop_tripcount min=1 max=S::groups
        Score partial[S::add_cycles][S::queries];
        // All partial results are in registers: they move in every cycle.
        #pragma HLS array_partition variable=partial type=complete dim=0
        begin(partial, std::numeric_limits<Score>::lowest());
      largest_key:
        for (int j = 0; j < pass.keys(tile, g); ++j) {
          #pragma HLS loop_tripcount min=1 max=C::context
          // One score of each query a cycle.
          #pragma HLS pipeline II=1
          const Scores<C> pack = scores.read();
          rows.write(pack);
        largest_query:
          for (int q = 0; q < S::queries; ++q) {
            #pragma HLS unroll
            const Score before = partial[S::add_cycles - 1][q];
            const bool counts = pass.sees(Pass<C>::token(tile, g) + q, j) && pack.lane[q] > before;
            take_turn(partial, q, counts ? pack.lane[q] : before);
          }
        }
        largest.write(greatest<C>(partial));
      }
    }
  }
}

/// What a row's exponentials are multiplied with: 1 over the sum of the partial sums.
template <class C>
Factors<C> reciprocals(
    const typename Shape<C>::Softmax::Sum (&partial)[Shape<C>::add_cycles][Shape<C>::queries]) {
#pragma HLS inline
  Factors<C> pack;
reciprocal_query:
  for (int q = 0; q < Shape<C>::queries; ++q) {
    // Queries side by side; this is once a row.
    #pragma HLS unroll
    typename Shape<C>::Softmax::Sum sum = partial[0][q];
  reciprocal_turn:
    for (int i = 1; i < Shape<C>::add_cycles; ++i) {
      #pragma HLS unroll
      sum += partial[i][q];
    }
    pack.lane[q] = Shape<C>::Softmax::reciprocal(sum);
  }
  return pack;
}

/// The exponentials of scores less their row's greatest, 0 where a query does not see the key; after
/// each row the factors that bring its sum to 1 follow apart.
template <class C>
void exponentiate(hls::stream<Scores<C>>& rows, hls::stream<Scores<C>>& largest,
                  hls::stream<Exponentials<C>>& exponentials, hls::stream<Factors<C>>& factors,
                  typename Shape<C>::Softmax softmax, Pass<C> pass) {
  using S = Shape<C>;
  using Exponential = typename S::Softmax::Exponential;
exponentiate_tile:
  for (int tile = 0; tile < pass.tiles(); ++tile) {
    #pragma HLS loop_tripcount min=1 max=S::tiles
  exponentiate_head:
    for (int h = 0; h < C::heads; ++h) {
    exponentiate_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        #pragma HLS loop_tripcount min=1 max=S::groups
        const Scores<C> top = largest.read();
        typename S::Softmax::Sum partial[S::add_cycles][S::queries];
        // All partial sums are in registers: they move in every cycle.
        #pragma HLS array_partition variable=partial type=complete dim=0
        begin<S::add_cycles, S::queries, typename S::Softmax::Sum>(partial, 0);
      exponentiate_key:
        for (int j = 0; j < pass.keys(tile, g); ++j) {
          #pragma HLS loop_tripcount min=1 max=C::context
          // One score of each query a cycle.
          #pragma HLS pipeline II=1
          const Scores<C> pack = rows.read();
          Exponentials<C> e;
        exponentiate_query:
          for (int q = 0; q < S::queries; ++q) {
            #pragma HLS unroll
            const bool seen = pass.sees(Pass<C>::token(tile, g) + q, j);
            e.lane[q] = seen ? softmax.exponential(pack.lane[q], top.lane[q]) : Exponential(0);
            take_turn(partial, q, partial[S::add_cycles - 1][q] + e.lane[q]);
          }
          exponentials.write(e);
        }
        factors.write(reciprocals<C>(partial));
      }
    }
  }
}

/// Probabilities from exponentials.
template <class C>
void normalise(hls::stream<Exponentials<C>>& exponentials, hls::stream<Factors<C>>& factors,
               hls::stream<Probabilities<C>>& probabilities, Pass<C> pass) {
  using S = Shape<C>;
normalise_tile:
  for (int tile = 0; tile < pass.tiles(); ++tile) {
    #pragma HLS loop_tripcount min=1 max=S::tiles
  normalise_head:
    for (int h = 0; h < C::heads; ++h) {
    normalise_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        #pragma HLS loop_tripcount min=1 max=S::groups
        const Factors<C> factor = factors.read();
      normalise_key:
        for (int j = 0; j < pass.keys(tile, g); ++j) {
          #pragma HLS loop_tripcount min=1 max=C::context
          // One exponential of each query a cycle.
          #pragma HLS pipeline II=1
          const Exponentials<C> e = exponentials.read();
          Probabilities<C> p;
        normalise_query:
          for (int q = 0; q < S::queries; ++q) {
            #pragma HLS unroll
            p.lane[q] = S::Softmax::scaled(e.lane[q], factor.lane[q]);
          }
          probabilities.write(p);
        }
      }
    }
  }
}

/// Adds to a group's sums the values of `count` keys from `key` on, each times its probability.
template <class C>
void weigh(const Probabilities<C> (&p)[Shape<C>::keys_at_once], int count,
           const Chunk<C> (&value)[C::context][Shape<C>::row_chunks], int key, int head,
           typename Shape<C>::Sum (&sum)[Shape<C>::queries][Shape<C>::head_dim]) {
#pragma HLS inline
  using S = Shape<C>;
weigh_chunk:
  for (int c = 0; c < S::head_chunks; ++c) {
    // The caller's interval lets all chunks, and all keys, share one set of multipliers.
    #pragma HLS unroll
    typename S::Factor factor[S::keys_at_once][S::chunk];
  weigh_load:
    for (int i = 0; i < S::keys_at_once; ++i) {
      #pragma HLS unroll
    weigh_element:
      for (int e = 0; e < S::chunk; ++e) {
        #pragma HLS unroll
        factor[i][e] = 0;
        if (i < count) factor[i][e] = static_cast<typename S::Factor>(
                           value[key + i][head * S::head_chunks + c].lane[e]);
      }
    }
  weigh_query:
    for (int q = 0; q < S::queries; ++q) {
      // The queries of a group meet a value side by side.
      #pragma HLS unroll
    weigh_product:
      for (int e = 0; e < S::chunk; ++e) {
        #pragma HLS unroll
        typename S::Sum together = 0;
      weigh_key:
        for (int i = 0; i < S::keys_at_once; ++i) {
          #pragma HLS unroll
          together += static_cast<typename S::Factor>(p[i].lane[q]) * factor[i][e];
        }
        sum[q][c * S::chunk + e] += together;
      }
    }
  }
}

/// The sums of one row of probabilities times values, chunk by chunk of each query.
template <class C>
void attend_row(hls::stream<Probabilities<C>>& probabilities, int keys, int head,
                const Chunk<C> (&value)[C::context][Shape<C>::row_chunks],
                hls::stream<Sums<C>>& sums) {
#pragma HLS inline
  using S = Shape<C>;
  typename S::Sum sum[S::queries][S::head_dim];
  // A chunk's sums of every query are read and written in each cycle.
  #pragma HLS array_partition variable=sum type=complete dim=0
  begin<S::queries, S::head_dim, typename S::Sum>(sum, 0);
attend_key:
  for (int j = 0; j < keys; j += S::keys_at_once) {
    #pragma HLS loop_tripcount min=1 max=C::context/S::keys_at_once
    // A chunk of a value a cycle is what its memory gives; with keys_at_once of them the interval is
    // as long as an addition takes.
    #pragma HLS pipeline II=S::head_chunks*S::keys_at_once
    Probabilities<C> p[S::keys_at_once];
  attend_probability:
    for (int i = 0; i < S::keys_at_once; ++i) {
      #pragma HLS unroll
      p[i] = Probabilities<C>{};
      if (j + i < keys) p[i] = probabilities.read();
    }
    weigh<C>(p, keys - j, value, j, head, sum);
  }
attend_query:
  for (int q = 0; q < S::queries; ++q) {
  attend_chunk:
    for (int c = 0; c < S::head_chunks; ++c) {
      // A chunk a cycle; `concatenate` takes longer over it.
      #pragma HLS pipeline II=1
      Sums<C> pack;
    attend_element:
      for (int e = 0; e < S::chunk; ++e) {
        // Wires only.
        #pragma HLS unroll
        pack.lane[e] = sum[q][c * S::chunk + e];
      }
      sums.write(pack);
    }
  }
}

/// The context of every token and head, before requantisation. All values are stored first.
/// Rate  a value by a group of queries in head_chunks cycles
template <class C>
void attend(hls::stream<Columns<C>>& values, hls::stream<Probabilities<C>>& probabilities,
            hls::stream<Sums<C>>& sums, Pass<C> pass) {
  using S = Shape<C>;
  Chunk<C> value[C::context][S::row_chunks];
  // A chunk is one word; the chunks of a beat are written in one cycle.
  #pragma HLS aggregate variable=value
  #pragma HLS array_partition variable=value type=cyclic factor=S::beat_chunks dim=2
  load_rows<C>(values, pass.keys(), value);
attend_tile:
  for (int tile = 0; tile < pass.tiles(); ++tile) {
    #pragma HLS loop_tripcount min=1 max=S::tiles
  attend_head:
    for (int h = 0; h < C::heads; ++h) {
    attend_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        #pragma HLS loop_tripcount min=1 max=S::groups
        attend_row<C>(probabilities, pass.keys(tile, g), h, value, sums);
      }
    }
  }
}

}  // namespace attention
}  // namespace bitwright

#endif
