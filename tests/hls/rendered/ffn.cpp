// The top function of bitwright:hls:ffn:1.0 in int8: the ports and registers of kernel.yml
// around the kernel of ffn.hpp. Rendered by bitwright.hls.top; edit kernel.yml, not this.

#include "ffn.hpp"

#include <cstdint>

#include "ffn_config.hpp"

using bitwright::Beat;

extern "C" void ffn(
    const Beat* x,
    const Beat* fc_bias,
    const Beat* fc_weight,
    const Beat* proj_bias,
    const Beat* proj_weight,
    Beat* y,
    const Beat* fc_mult,
    const Beat* fc_shift,
    const Beat* proj_mult,
    const Beat* proj_shift,
    std::uint32_t tokens,
    std::uint32_t embed_dim,
    std::uint32_t ff_dim,
    std::int32_t gelu_b,
    std::int32_t gelu_c,
    std::int32_t gelu_one,
    std::int32_t gelu_mult,
    std::uint8_t gelu_shift,
    std::uint32_t* status) {
  // Memory. 128 beats are 4096 bytes: no burst crosses a line of 4 KiB.
  // 4 bursts fill the depth of a block RAM. Cosimulation copies depth beats.
  #pragma HLS interface mode=m_axi port=x bundle=gmem0 offset=slave depth=32 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4 max_write_burst_length=128 num_write_outstanding=4
  #pragma HLS interface mode=m_axi port=y bundle=gmem0 offset=slave depth=32 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4 max_write_burst_length=128 num_write_outstanding=4
  #pragma HLS interface mode=m_axi port=fc_bias bundle=gmem1 offset=slave depth=24 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=fc_weight bundle=gmem1 offset=slave depth=384 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=fc_mult bundle=gmem1 offset=slave depth=24 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=fc_shift bundle=gmem1 offset=slave depth=6 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=proj_bias bundle=gmem2 offset=slave depth=8 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=proj_weight bundle=gmem2 offset=slave depth=384 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=proj_mult bundle=gmem2 offset=slave depth=8 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  #pragma HLS interface mode=m_axi port=proj_shift bundle=gmem2 offset=slave depth=2 max_widen_bitwidth=256 max_read_burst_length=128 num_read_outstanding=4
  // Addresses of memory, which the host writes at the offsets of kernel.yml.
  #pragma HLS interface mode=s_axilite port=x offset=0x10
  #pragma HLS interface mode=s_axilite port=fc_bias offset=0x1c
  #pragma HLS interface mode=s_axilite port=fc_weight offset=0x28
  #pragma HLS interface mode=s_axilite port=proj_bias offset=0x34
  #pragma HLS interface mode=s_axilite port=proj_weight offset=0x40
  #pragma HLS interface mode=s_axilite port=y offset=0x4c
  #pragma HLS interface mode=s_axilite port=fc_mult offset=0x58
  #pragma HLS interface mode=s_axilite port=fc_shift offset=0x64
  #pragma HLS interface mode=s_axilite port=proj_mult offset=0x70
  #pragma HLS interface mode=s_axilite port=proj_shift offset=0x7c
  // Scalars, which the host writes at the offsets of kernel.yml.
  #pragma HLS interface mode=s_axilite port=tokens offset=0x88
  #pragma HLS interface mode=s_axilite port=embed_dim offset=0x90
  #pragma HLS interface mode=s_axilite port=ff_dim offset=0x98
  #pragma HLS interface mode=s_axilite port=gelu_b offset=0xa0
  #pragma HLS interface mode=s_axilite port=gelu_c offset=0xa8
  #pragma HLS interface mode=s_axilite port=gelu_one offset=0xb0
  #pragma HLS interface mode=s_axilite port=gelu_mult offset=0xb8
  #pragma HLS interface mode=s_axilite port=gelu_shift offset=0xc0
  // Registers beyond the ABI stand from 0x800: read_error, write_error, bad_argument.
  #pragma HLS interface mode=s_axilite port=status offset=0x800
  // Start, done and the interrupt are registers, so that a host needs no other wire.
  #pragma HLS interface mode=s_axilite port=return
  // Said, for the Vitis flow would choose ap_ctrl_chain, which kernels in RTL do not have.
  #pragma HLS interface mode=ap_ctrl_hs port=return
  *status = bitwright::ffn<Config>(
      x,
      fc_bias,
      fc_weight,
      proj_bias,
      proj_weight,
      y,
      fc_mult,
      fc_shift,
      proj_mult,
      proj_shift,
      tokens,
      embed_dim,
      ff_dim,
      gelu_b,
      gelu_c,
      gelu_one,
      gelu_mult,
      gelu_shift);
}
