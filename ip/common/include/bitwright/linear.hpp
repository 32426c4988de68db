// y = W x + bias, requantised, for a tile of tokens: the matrix product that all layers share.
//
// Parts, each a process of the caller's DATAFLOW region (L is a Linear<...>):
//   read_layer<L>  memory -> weights (beats), channels      one reader for a layer's bundle
//   multiply<L>    tile x, weights -> sums
//   finish<L>      sums, channels -> values                 bias, requantisation
//   gather<L, N>   values -> packs of N output channels of a token
//   fill<L>        packs -> the tile x of a following layer L
//   load_tile<L>   memory -> tile x
//   store_tile<L>  packs of a beat -> memory
// linear<L> is multiply and finish, as a region of its own.
//
// Streams  weights   [Out][beats] words of L::per_beat weights, row-major as in memory
//          channels  [Out] of bias, mult, shift
//          sums      [Out][phases][groups] packs of Lanes tokens: token g * Lanes + lane is lane
//                    `lane` of pack g; the phases of a channel add up to its sum
//          values    [Out][Tokens]
//          packs     [Out / N][Tokens]
// Tile     x[lane][k * groups + g][e] is element k * per_beat + e of token g * Lanes + lane
//
// Interval  Out * beats * groups cycles a tile, as each beat of weights meets Lanes tokens a cycle:
//           Out * In * Tokens / (per_beat * Lanes), with beats = In / per_beat and
//           groups = Tokens / Lanes. finish takes Out * phases * Tokens, gather Out * Tokens * (1 +
//           1 / N): neither bounds the interval while beats >= phases * Lanes. read_layer needs
//           Out * beats cycles and a few bursts every 32 channels, so Lanes = Tokens waits for it.
// Latency   from a channel's last beat to its last value: Tokens * phases cycles and the pipelines'
//           depths; gather adds N channels.
// Area      per_beat * Lanes products a cycle: for integers half as many DSPs, for fp16 a float
//           multiplier and adder each; one requantiser.
#ifndef BITWRIGHT_LINEAR_HPP
#define BITWRIGHT_LINEAR_HPP

#include <cstdint>

#include "bitwright/format.hpp"
#include "bitwright/requant.hpp"
#include "hls_stream.h"

namespace bitwright {

/// The constants of one layer; weights [Out][In] as PyTorch's nn.Linear has them.
template <Format F, int Out_, int In_, int Tokens_, int Lanes_>
struct Linear {
  using Value = typename Traits<F>::Value;
  using Factor = typename Traits<F>::Factor;
  using Sum = typename Traits<F>::Sum;

  static constexpr Format format = F;
  static constexpr int Out = Out_;
  static constexpr int In = In_;
  static constexpr int Tokens = Tokens_;
  static constexpr int Lanes = Lanes_;

  static constexpr int per_beat = beat_bits / Traits<F>::weight_bits;  // weights
  static constexpr int values_per_beat = beat_bits / Traits<F>::value_bits;
  static constexpr int beats = In / per_beat;               // of weights in a row
  static constexpr int value_beats = In / values_per_beat;  // of activations in a row
  static constexpr int groups = Tokens / Lanes;
  // A group's running sum is met again after `groups` cycles. Where the adder takes longer, so many
  // partial sums take turns that each is ready when it is met.
  static constexpr int turns = ceil_div(Traits<F>::add_cycles, groups);
  static constexpr int phases = turns < beats ? turns : beats;
  static constexpr int channel_sums = phases * groups;  // packs of a channel

  static constexpr int channels_per_block = 32;  // as many shifts as a beat holds

  // Depths of streams.
  static constexpr int two_channels = 2 * channel_sums;
  static constexpr int two_blocks = 2 * channels_per_block;

  static_assert(Tokens > 0 && Lanes > 0 && Tokens % Lanes == 0,
                "Linear: Lanes must divide Tokens; choose lanes that divide token_tile");
  static_assert(In > 0 && In % per_beat == 0,
                "Linear: a row of weights must be whole beats; In is a multiple of 256 / bits");
  static_assert(Out > 0 && Out % channels_per_block == 0,
                "Linear: Out must be a multiple of 32, the channels whose shifts fill a beat");
  static_assert(F == Format::fp16 || In <= INT32_MAX / (128 * 128),
                "Linear: the sum of In products of int8 can leave 32 bits");

  /// On chip: a RAM for each lane, of words that meet one beat of weights each.
  using Tile = Value[Lanes][groups * beats][per_beat];
};

/// `channels_per_block` elements of a layer's bias, mult or shift.
template <int Bits, class T, int N>
void read_block(const Beat* from, int block, T (&to)[N]) {
  // Bursts are found function by function, and where one reads a port twice, none (UG1399,
  // preconditions of burst transfer): every read of a layer is a function of its own.
  #pragma HLS inline off
  constexpr int per_beat = beat_bits / Bits;
  constexpr int beats = N / per_beat;
read_beat:
  for (int i = 0; i < beats; ++i) {
    // A burst of whole beats.
    #pragma HLS pipeline II=1
    T part[per_beat];
    unpack<Bits>(from[block * beats + i], part);
  read_element:
    for (int j = 0; j < per_beat; ++j) {
      // Registers side by side.
      #pragma HLS unroll
      to[i * per_beat + j] = part[j];
    }
  }
}

/// The rows of weights of one block of channels, in one burst.
template <class L>
void read_rows(const Beat* weight, int block, hls::stream<Beat>& weights) {
  // As read_block.
  #pragma HLS inline off
  constexpr int beats = L::channels_per_block * L::beats;
read_weight:
  for (int i = 0; i < beats; ++i) {
    // A beat a cycle: faster than multiply takes them, to hide what bias, mult and shift cost.
    #pragma HLS pipeline II=1
    weights.write(weight[block * beats + i]);
  }
}

/// An integer layer from memory: one process, because an argument may have only one reader.
template <class L>
void read_layer(const Beat* bias, const Beat* mult, const Beat* shift, const Beat* weight,
                hls::stream<Beat>& weights, hls::stream<Channel<L::format>>& channels) {
read_layer_block:
  for (int block = 0; block < L::Out / L::channels_per_block; ++block) {
    std::int32_t biases[L::channels_per_block];
    std::int32_t mults[L::channels_per_block];
    std::uint8_t shifts[L::channels_per_block];
    // A beat is spread over them in one cycle.
    #pragma HLS array_partition variable=biases type=complete dim=1
    #pragma HLS array_partition variable=mults type=complete dim=1
    #pragma HLS array_partition variable=shifts type=complete dim=1
    read_block<32>(bias, block, biases);
    read_block<32>(mult, block, mults);
    read_block<8>(shift, block, shifts);
  send_channel:
    for (int i = 0; i < L::channels_per_block; ++i) {
      // One channel a cycle; multiply takes beats * groups cycles for each.
      #pragma HLS pipeline II=1
      channels.write(Channel<L::format>{biases[i], mults[i], shifts[i]});
    }
    read_rows<L>(weight, block, weights);
  }
}

/// An fp16 layer from memory.
template <class L>
void read_layer(const Beat* bias, const Beat* weight, hls::stream<Beat>& weights,
                hls::stream<Channel<L::format>>& channels) {
  static_assert(L::format == Format::fp16, "read_layer: an integer layer has mult and shift too");
read_layer_block:
  for (int block = 0; block < L::Out / L::channels_per_block; ++block) {
    half biases[L::channels_per_block];
    // A beat is spread over it in one cycle.
    #pragma HLS array_partition variable=biases type=complete dim=1
    read_block<16>(bias, block, biases);
  send_channel:
    for (int i = 0; i < L::channels_per_block; ++i) {
      // One channel a cycle; multiply takes beats * groups cycles for each.
      #pragma HLS pipeline II=1
      channels.write(Channel<L::format>{biases[i]});
    }
    read_rows<L>(weight, block, weights);
  }
}

/// The sum of N products; for float as a balanced tree, whose order synthesis keeps.
template <int N>
std::int32_t dot(const std::int8_t (&a)[N], const std::int8_t (&b)[N]) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  std::int32_t sum = 0;
dot_element:
  for (int i = 0; i < N; ++i) {
    // Integer sums are balanced into a tree by the tool, for their order does not matter.
    #pragma HLS unroll
    sum += a[i] * b[i];
  }
  return sum;
}
template <int N>
float dot(const float (&a)[N], const half (&b)[N]) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  float tree[2 * N];  // node i has the children 2 i and 2 i + 1; the products are the leaves
dot_element:
  for (int i = 0; i < N; ++i) {
    // All products at once.
    #pragma HLS unroll
    tree[N + i] = a[i] * float(b[i]);
  }
dot_node:
  for (int i = N - 1; i > 0; --i) {
    // An adder each, in log2(N) levels: a loop in a loop over these would have no constant bound.
    #pragma HLS unroll
    tree[i] = tree[2 * i] + tree[2 * i + 1];
  }
  return tree[1];
}

/// The dot products of the same weights with two tokens, in half the DSPs: these multiply 27 by 18
/// bits, so one takes both tokens' activations, 18 bits apart, and its adder chains a few products
/// before the two sums need more than their 18 bits. Source: AMD WP486, deep learning with INT8.
template <int N>
Pack<std::int32_t, 2> dot_of_two(const std::int8_t (&weight)[N], const std::int8_t (&low)[N],
                                 const std::int8_t (&high)[N]) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  constexpr int chain = 4;  // 4 products of +-2^14 stay within +-2^17
  static_assert(N % chain == 0, "dot_of_two: chains of 4 must divide the elements");
  Pack<std::int32_t, 2> sum = {{0, 0}};
dot_chain:
  for (int i = 0; i < N; i += chain) {
    // Chains side by side.
    #pragma HLS unroll
    std::int64_t both = 0;
  dot_product:
    for (int j = i; j < i + chain; ++j) {
      // A cascade of DSPs.
      #pragma HLS unroll
      const std::int32_t tokens = high[j] * (1 << 18) + low[j];
      both += std::int64_t{tokens} * weight[j];
    }
    const std::int64_t below = ((both & 0x3ffff) ^ 0x20000) - 0x20000;  // sign of bit 17 extended
    sum.lane[0] += static_cast<std::int32_t>(below);
    sum.lane[1] += static_cast<std::int32_t>((both - below) >> 18);
  }
  return sum;
}

/// A beat of weights by a group of tokens: word `at` of every lane of the tile.
template <class L>
Pack<std::int32_t, L::Lanes> dots(const std::int8_t (&weight)[L::per_beat],
                                  const typename L::Tile& x, int at) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  Pack<std::int32_t, L::Lanes> sums;
dot_lanes:
  for (int l = 0; l < L::Lanes; l += 2) {
    // Lanes work side by side, two in a DSP.
    #pragma HLS unroll
    if (l + 1 < L::Lanes) {
      const Pack<std::int32_t, 2> two = dot_of_two(weight, x[l][at], x[(l + 1) % L::Lanes][at]);
      sums.lane[l] = two.lane[0];
      sums.lane[(l + 1) % L::Lanes] = two.lane[1];
    } else {
      sums.lane[l] = dot(weight, x[l][at]);
    }
  }
  return sums;
}
template <class L>
Pack<float, L::Lanes> dots(const float (&weight)[L::per_beat], const typename L::Tile& x, int at) {
  // Part of the caller's pipeline.
  #pragma HLS inline
  Pack<float, L::Lanes> sums;
dot_lane:
  for (int l = 0; l < L::Lanes; ++l) {
    // Lanes work side by side.
    #pragma HLS unroll
    sums.lane[l] = dot(weight, x[l][at]);
  }
  return sums;
}

/// The sums of a tile, one beat of weights by Lanes tokens a cycle.
template <class L>
void multiply(const typename L::Tile& x, hls::stream<Beat>& weights,
              hls::stream<Pack<typename L::Sum, L::Lanes>>& sums) {
  using Sum = typename L::Sum;
  Sum partial[L::channel_sums][L::Lanes];
  // Every lane adds in every cycle.
  #pragma HLS array_partition variable=partial type=complete dim=2
  typename L::Factor weight[L::per_beat];
  // All weights of a beat are used in every cycle.
  #pragma HLS array_partition variable=weight type=complete dim=1
channel:
  for (int o = 0; o < L::Out; ++o) {
  beat:
    for (int k = 0; k < L::beats; ++k) {
    group:
      for (int g = 0; g < L::groups; ++g) {
        // One beat by one group of tokens a cycle.
        #pragma HLS pipeline II=1
        // A partial sum is met again this many cycles later, when the adder is done with it.
        #pragma HLS dependence variable=partial inter RAW distance=L::channel_sums true
        if (g == 0) unpack<Traits<L::format>::weight_bits>(weights.read(), weight);
        const int at = k % L::phases * L::groups + g;
        Pack<Sum, L::Lanes> sum = dots<L>(weight, x, k * L::groups + g);
      lane:
        for (int l = 0; l < L::Lanes; ++l) {
          // Lanes work side by side.
          #pragma HLS unroll
          const Sum before = k < L::phases ? Sum(0) : partial[at][l];
          sum.lane[l] += before;
          partial[at][l] = sum.lane[l];
        }
        if (k >= L::beats - L::phases) sums.write(sum);
      }
    }
  }
}

/// Bias and requantisation, one value a cycle: one set of multipliers serves all lanes.
template <class L>
void finish(hls::stream<Pack<typename L::Sum, L::Lanes>>& sums,
            hls::stream<Channel<L::format>>& channels, hls::stream<typename L::Value>& values) {
  using Sum = typename L::Sum;
  Sum whole[L::Tokens];
  Pack<Sum, L::Lanes> sum;
  Channel<L::format> channel;
finish_channel:
  for (int o = 0; o < L::Out; ++o) {
  finish_phase:
    for (int p = 0; p < L::phases; ++p) {
    finish_token:
      for (int t = 0; t < L::Tokens; ++t) {
        // One value a cycle.
        #pragma HLS pipeline II=1
        // A token's sum is met again a phase later.
        #pragma HLS dependence variable=whole inter RAW distance=L::Tokens true
        if (p == 0 && t == 0) channel = channels.read();
        if (t % L::Lanes == 0) sum = sums.read();
        const Sum before = p == 0 ? Sum(0) : whole[t];
        const Sum now = before + sum.lane[0];
        whole[t] = now;
      next_lane:
        for (int l = 0; l < L::Lanes - 1; ++l) {
          // A shift register, where an index that varies would ask for a memory.
          #pragma HLS unroll
          sum.lane[l] = sum.lane[l + 1];
        }
        if (p == L::phases - 1) values.write(finish(now, channel));
      }
    }
  }
}

/// multiply and finish: a region within the caller's.
template <class L>
void linear(const typename L::Tile& x, hls::stream<Beat>& weights,
            hls::stream<Channel<L::format>>& channels, hls::stream<typename L::Value>& values) {
  // They run at once.
  #pragma HLS dataflow
  hls::stream<Pack<typename L::Sum, L::Lanes>> sums("linear.sums");
  // finish is at one channel while multiply ends the next.
  #pragma HLS stream variable=sums depth=L::two_channels
  multiply<L>(x, weights, sums);
  finish<L>(sums, channels, values);
}

/// Values come channel by channel, a tile or memory wants tokens' neighbouring channels together:
/// N channels of all tokens are turned round.
template <class L, int N>
void gather(hls::stream<typename L::Value>& values,
            hls::stream<Pack<typename L::Value, N>>& packs) {
  static_assert(L::Out % N == 0, "gather: N must divide Out");
  typename L::Value block[N][L::Tokens];
  // N channels of a token are read together.
  #pragma HLS array_partition variable=block type=complete dim=1
gather_block:
  for (int b = 0; b < L::Out / N; ++b) {
  gather_channel:
    for (int i = 0; i < N; ++i) {
    gather_value:
      for (int t = 0; t < L::Tokens; ++t) {
        // One value a cycle.
        #pragma HLS pipeline II=1
        block[i][t] = values.read();
      }
    }
  gather_token:
    for (int t = 0; t < L::Tokens; ++t) {
      // One pack a cycle.
      #pragma HLS pipeline II=1
      Pack<typename L::Value, N> pack;
    gather_lane:
      for (int i = 0; i < N; ++i) {
        // A bank for each channel.
        #pragma HLS unroll
        pack.lane[i] = block[i][t];
      }
      packs.write(pack);
    }
  }
}

/// Word k of token t in a tile.
template <class L>
void put_word(const typename L::Value (&word)[L::per_beat], int k, int t, typename L::Tile& x) {
  // Part of the caller's pipeline.
  #pragma HLS inline
put_element:
  for (int e = 0; e < L::per_beat; ++e) {
    // The word is written as a whole.
    #pragma HLS unroll
    x[t % L::Lanes][k * L::groups + t / L::Lanes][e] = word[e];
  }
}

/// The tile that layer L reads, from the packs of the layer before it.
template <class L>
void fill(hls::stream<Pack<typename L::Value, L::per_beat>>& packs, typename L::Tile& x) {
fill_beat:
  for (int k = 0; k < L::beats; ++k) {
  fill_token:
    for (int t = 0; t < L::Tokens; ++t) {
      // One word a cycle.
      #pragma HLS pipeline II=1
      put_word<L>(packs.read().lane, k, t, x);
    }
  }
}

/// The tile that layer L reads: rows [index * Tokens, ...) of memory [tokens][In]. Rows from
/// `tokens` on are zero and are not read.
template <class L>
void load_tile(const Beat* from, int index, int tokens, typename L::Tile& x) {
  constexpr int part = L::values_per_beat;
  constexpr int parts = L::per_beat / part;  // beats of activations in a word of the tile
  const int first = index * L::Tokens;
  const int rows = tokens - first < L::Tokens ? tokens - first : L::Tokens;
  typename L::Value word[L::per_beat];
  // A word is written in one cycle.
  #pragma HLS array_partition variable=word type=complete dim=1
load_token:
  for (int t = 0; t < rows; ++t) {
    // The last tile may hold fewer tokens.
    #pragma HLS loop_tripcount min=1 max=L::Tokens
  load_beat:
    for (int i = 0; i < L::value_beats; ++i) {
      // A beat a cycle; rows are neighbours in memory, so that bursts are long.
      #pragma HLS pipeline II=1
      typename L::Value now[part];
      unpack<Traits<L::format>::value_bits>(from[(first + t) * L::value_beats + i], now);
    load_shift:
      for (int e = 0; e < L::per_beat; ++e) {
        // Moved down by a beat, all at once.
        #pragma HLS unroll
        word[e] = e + part < L::per_beat ? word[(e + part) % L::per_beat] : now[e % part];
      }
      if (i % parts == parts - 1) put_word<L>(word, i / parts, t, x);
    }
  }
load_nothing:
  for (int t = rows; t < L::Tokens; ++t) {
    // None but in the last tile.
    #pragma HLS loop_tripcount min=0 max=L::Tokens
  clear_word:
    for (int k = 0; k < L::beats; ++k) {
      // One word a cycle.
      #pragma HLS pipeline II=1
      const typename L::Value zero[L::per_beat] = {};
      put_word<L>(zero, k, t, x);
    }
  }
}

/// Rows [index * Tokens, ...) of memory [tokens][Out] from packs of a beat each; rows from `tokens`
/// on are dropped. The tile is collected first, so that its rows are one burst. It is not buffered
/// twice: the burst takes Tokens * beats cycles, the product many times that.
template <class L>
void store_tile(hls::stream<Pack<typename L::Value, L::values_per_beat>>& packs, int index,
                int tokens, Beat* to) {
  constexpr int beats = L::Out / L::values_per_beat;
  constexpr int most = L::Tokens * beats;
  const int first = index * L::Tokens;
  const int rows = tokens - first < L::Tokens ? tokens - first : L::Tokens;
  Beat tile[most];
collect_beat:
  for (int k = 0; k < beats; ++k) {
  collect_token:
    for (int t = 0; t < L::Tokens; ++t) {
      // One beat a cycle.
      #pragma HLS pipeline II=1
      tile[t * beats + k] = pack(packs.read().lane);
    }
  }
store_beat:
  for (int i = 0; i < rows * beats; ++i) {
    // The last tile may hold fewer tokens.
    #pragma HLS loop_tripcount min=beats max=most
    // A beat a cycle.
    #pragma HLS pipeline II=1
    to[first * beats + i] = tile[i];
  }
}

}  // namespace bitwright

#endif
