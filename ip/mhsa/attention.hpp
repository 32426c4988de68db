// Scores, softmax and context: one process each, and for softmax one for each pass over a row.
//
// Queries are taken in groups of Shape::queries. The streams between the processes hold, for each
// tile, head and group in turn, one pack for each key that the group sees: what its queries have of
// that key.
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
  // Part of the caller's pipeline.
  #pragma HLS inline
  using S = Shape<C>;
  typename S::Sum sum = 0;
similarity_chunk:
  for (int c = 0; c < S::head_chunks; ++c) {
    // The caller's interval lets all chunks share one set of multipliers.
    #pragma HLS unroll
    const int at = head * S::head_chunks + c;
    const Chunk<C> of_query = query[at], of_key = key[at];  // a word each, read once
    typename S::Factor factor[S::chunk];
  similarity_element:
    for (int e = 0; e < S::chunk; ++e) {
      // All products of a chunk at once.
      #pragma HLS unroll
      factor[e] = static_cast<typename S::Factor>(of_query.lane[e]);
    }
    sum += dot(factor, of_key.lane);
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
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=1 max=S::tiles
    load_rows<C>(queries, C::token_tile, query);
  score_head:
    for (int h = 0; h < C::heads; ++h) {
    score_group:
      for (int g = 0; g < pass.groups(tile); ++g) {
        // The last tile may hold fewer tokens.
        #pragma HLS loop_tripcount min=1 max=S::groups
        const int seen = pass.keys_of(Pass<C>::token(tile, g));
      score_key:
        for (int j = 0; j < seen; ++j) {
          // A causal mask shortens rows, an empty cache does too.
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

/// Partial results of one operation, for each query, newest first. They take turns: the operand is
/// always the oldest, so that an operation of `Turns` cycles starts in every cycle.
template <int Turns, int Queries, class T>
void take_turn(T (&partial)[Turns][Queries], int query, T newest) {
  // Part of the caller's pipeline.
  #pragma HLS inline
turn:
  for (int i = Turns - 1; i > 0; --i) {
    // A shift register.
    #pragma HLS unroll
    partial[i][query] = partial[i - 1][query];
  }
  partial[0][query] = newest;
}

/// What partial results, or sums, begin with.
template <int Rows, int Columns, class T>
void set_all(T (&to)[Rows][Columns], T value) {
  // Registers of the caller.
  #pragma HLS inline
set_row:
  for (int i = 0; i < Rows; ++i) {
    // All registers at once.
    #pragma HLS unroll
  set_element:
    for (int j = 0; j < Columns; ++j) {
      // All registers at once.
      #pragma HLS unroll
      to[i][j] = value;
    }
  }
}

/// The greatest of each query's partial results.
template <class C>
Scores<C> greatest(
    const typename Shape<C>::Score (&partial)[Shape<C>::add_cycles][Shape<C>::queries]) {
  // Registers of the caller.
  #pragma HLS inline
  Scores<C> pack;
greatest_query:
  for (int q = 0; q < Shape<C>::queries; ++q) {
    // Queries side by side.
    #pragma HLS unroll
    pack.lane[q] = partial[0][q];
  greatest_turn:
    for (int i = 1; i < Shape<C>::add_cycles; ++i) {
      // Once a row: few comparators in a chain.
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
  Place<C> at;
largest_row:
  for (int i = 0; i < pass.score_rows(); ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=C::heads max=S::most_rows
    Score partial[S::add_cycles][S::queries];
    // They move in every cycle.
    #pragma HLS array_partition variable=partial type=complete dim=0
    set_all(partial, std::numeric_limits<Score>::lowest());
    const int seen = pass.keys_of(at.token());
  largest_key:
    for (int j = 0; j < seen; ++j) {
      // A causal mask shortens rows, an empty cache does too.
      #pragma HLS loop_tripcount min=1 max=C::context
      // One score of each query a cycle.
      #pragma HLS pipeline II=1
      const Scores<C> pack = scores.read();
      rows.write(pack);
    largest_query:
      for (int q = 0; q < S::queries; ++q) {
        // Queries side by side.
        #pragma HLS unroll
        const Score before = partial[S::add_cycles - 1][q];
        const bool counts = pass.sees(at.token() + q, j) && pack.lane[q] > before;
        take_turn(partial, q, counts ? pack.lane[q] : before);
      }
    }
    largest.write(greatest<C>(partial));
    at.advance(pass);
  }
}

/// What brings the sum of a row's exponentials to 1, from the partial sums of each query.
template <class C>
Factors<C> reciprocals(
    const typename Shape<C>::Softmax::Sum (&partial)[Shape<C>::add_cycles][Shape<C>::queries]) {
  // Registers of the caller.
  #pragma HLS inline
  Factors<C> pack;
reciprocal_query:
  for (int q = 0; q < Shape<C>::queries; ++q) {
    // Queries side by side.
    #pragma HLS unroll
    typename Shape<C>::Softmax::Sum sum = partial[0][q];
  reciprocal_turn:
    for (int i = 1; i < Shape<C>::add_cycles; ++i) {
      // Once a row: adders in a chain.
      #pragma HLS unroll
      sum += partial[i][q];
    }
    pack.lane[q] = Shape<C>::Softmax::reciprocal(sum);
  }
  return pack;
}

/// The exponentials of scores less their row's greatest, 0 where a query does not see the key;
/// after each row the factors that bring its sum to 1 follow apart.
template <class C>
void exponentiate(hls::stream<Scores<C>>& rows, hls::stream<Scores<C>>& largest,
                  hls::stream<Exponentials<C>>& exponentials, hls::stream<Factors<C>>& factors,
                  typename Shape<C>::Softmax softmax, Pass<C> pass) {
  using S = Shape<C>;
  using Exponential = typename S::Softmax::Exponential;
  using Sum = typename S::Softmax::Sum;
  Place<C> at;
exponentiate_row:
  for (int i = 0; i < pass.score_rows(); ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=C::heads max=S::most_rows
    Sum partial[S::add_cycles][S::queries];
    // They move in every cycle.
    #pragma HLS array_partition variable=partial type=complete dim=0
    set_all(partial, Sum(0));
    const Scores<C> top = largest.read();
    const int seen = pass.keys_of(at.token());
  exponentiate_key:
    for (int j = 0; j < seen; ++j) {
      // A causal mask shortens rows, an empty cache does too.
      #pragma HLS loop_tripcount min=1 max=C::context
      // One score of each query a cycle.
      #pragma HLS pipeline II=1
      const Scores<C> pack = rows.read();
      Exponentials<C> e;
    exponentiate_query:
      for (int q = 0; q < S::queries; ++q) {
        // Queries side by side.
        #pragma HLS unroll
        const bool sees = pass.sees(at.token() + q, j);
        e.lane[q] = sees ? softmax.exponential(pack.lane[q], top.lane[q]) : Exponential(0);
        take_turn(partial, q, partial[S::add_cycles - 1][q] + e.lane[q]);
      }
      exponentials.write(e);
    }
    factors.write(reciprocals<C>(partial));
    at.advance(pass);
  }
}

/// Probabilities from exponentials.
template <class C>
void normalise(hls::stream<Exponentials<C>>& exponentials, hls::stream<Factors<C>>& factors,
               hls::stream<Probabilities<C>>& probabilities, Pass<C> pass) {
  using S = Shape<C>;
  Place<C> at;
normalise_row:
  for (int i = 0; i < pass.score_rows(); ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=C::heads max=S::most_rows
    const Factors<C> factor = factors.read();
    const int seen = pass.keys_of(at.token());
  normalise_key:
    for (int j = 0; j < seen; ++j) {
      // A causal mask shortens rows, an empty cache does too.
      #pragma HLS loop_tripcount min=1 max=C::context
      // One exponential of each query a cycle.
      #pragma HLS pipeline II=1
      const Exponentials<C> e = exponentials.read();
      Probabilities<C> p;
    normalise_query:
      for (int q = 0; q < S::queries; ++q) {
        // Queries side by side.
        #pragma HLS unroll
        p.lane[q] = S::Softmax::scaled(e.lane[q], factor.lane[q]);
      }
      probabilities.write(p);
    }
    at.advance(pass);
  }
}

/// Adds to the sums of each query the values of `count` keys from `key` on, each times its
/// probability. The keys are added to one another first, so that a sum waits for one addition only.
template <class C>
void weigh(const Probabilities<C> (&p)[Shape<C>::keys_at_once], int key, int count, int head,
           const Chunk<C> (&value)[C::context][Shape<C>::row_chunks],
           typename Shape<C>::Sum (&sum)[Shape<C>::queries][Shape<C>::head_dim]) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  using S = Shape<C>;
weigh_chunk:
  for (int c = 0; c < S::head_chunks; ++c) {
    // The caller's interval lets the chunks of a head, and all keys, share one set of multipliers.
    #pragma HLS unroll
    Chunk<C> word[S::keys_at_once];
  weigh_value:
    for (int i = 0; i < S::keys_at_once; ++i) {
      // As above; a word is read once for all its elements.
      #pragma HLS unroll
      word[i] = Chunk<C>{};
      if (i < count) word[i] = value[key + i][head * S::head_chunks + c];
    }
  weigh_element:
    for (int e = 0; e < S::chunk; ++e) {
      // All products of a chunk at once,
      #pragma HLS unroll
    weigh_query:
      for (int q = 0; q < S::queries; ++q) {
        // with all queries of a group side by side.
        #pragma HLS unroll
        typename S::Sum together = 0;
      weigh_key:
        for (int i = 0; i < S::keys_at_once; ++i) {
          // As above.
          #pragma HLS unroll
          together += static_cast<typename S::Factor>(p[i].lane[q]) *
                      static_cast<typename S::Factor>(word[i].lane[e]);
        }
        sum[q][c * S::chunk + e] += together;
      }
    }
  }
}

/// A group's sums of one head, a chunk at a time.
template <class C>
void send_sums(const typename Shape<C>::Sum (&sum)[Shape<C>::queries][Shape<C>::head_dim],
               hls::stream<Sums<C>>& sums) {
  // The sums are registers of the caller.
  #pragma HLS inline
  using S = Shape<C>;
send_query:
  for (int q = 0; q < S::queries; ++q) {
  send_chunk:
    for (int c = 0; c < S::head_chunks; ++c) {
      // A chunk a cycle; the stream holds them all.
      #pragma HLS pipeline II=1
      Sums<C> pack;
    send_element:
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
  Place<C> at;
attend_row:
  for (int i = 0; i < pass.score_rows(); ++i) {
    // As many as the call has tokens for.
    #pragma HLS loop_tripcount min=C::heads max=S::most_rows
    typename S::Sum sum[S::queries][S::head_dim];
    // All sums of a chunk are read and written in one cycle.
    #pragma HLS array_partition variable=sum type=complete dim=0
    set_all(sum, typename S::Sum(0));
    const int seen = pass.keys_of(at.token());
  attend_key:
    for (int j = 0; j < seen; j += S::keys_at_once) {
      // A causal mask shortens rows, an empty cache does too.
      #pragma HLS loop_tripcount min=1 max=S::most_steps
      // A chunk of a value a cycle is what its memory gives; keys_at_once of them take as long as
      // an addition, and the sums are ready for the next.
      #pragma HLS pipeline II=S::value_cycles
      Probabilities<C> p[S::keys_at_once];
    attend_probability:
      for (int k = 0; k < S::keys_at_once; ++k) {
        // One after another: the interval has a cycle for each.
        #pragma HLS unroll
        p[k] = Probabilities<C>{};
        if (j + k < seen) p[k] = probabilities.read();
      }
      weigh<C>(p, j, seen - j, at.head, value, sum);
    }
    send_sums<C>(sum, sums);
    at.advance(pass);
  }
}

}  // namespace attention
}  // namespace bitwright

#endif
