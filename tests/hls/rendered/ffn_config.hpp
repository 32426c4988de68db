// What ffn is compiled for: the model and the kernel's entry in a config.
// Rendered by bitwright.hls.top; edit the config, not this.
#pragma once

#include "bitwright/format.hpp"

struct Config {
  static constexpr bitwright::Format format = bitwright::Format::int8;
  static constexpr int seq_len = 16;  // most tokens of one run
  static constexpr int embed_dim = 64;  // columns of x and y
  static constexpr int ff_dim = 192;  // columns between fc and proj
  static constexpr int token_tile = 8;  // tokens on the chip at once
  static constexpr int lanes = 4;  // tokens that a beat of weights meets in one cycle
};
