// The test bench of ffn in int8: runs every case of ffn_vectors.txt, which
// golden made, and returns 1 if any differs. Rendered by bitwright.hls.top; edit bench.hpp, not this.

#include "bench.hpp"

#include <cstdint>

using bitwright::bench::Beat;

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
    std::uint32_t* status);

int main() {
  bitwright::bench::Bench bench("ffn_vectors");
  while (bench.next()) {
    std::uint32_t status = ~0U;  // no run leaves this
    ffn(
        bench.memory("x"),
        bench.memory("fc_bias"),
        bench.memory("fc_weight"),
        bench.memory("proj_bias"),
        bench.memory("proj_weight"),
        bench.memory("y"),
        bench.memory("fc_mult"),
        bench.memory("fc_shift"),
        bench.memory("proj_mult"),
        bench.memory("proj_shift"),
        bench.scalar<std::uint32_t>("tokens"),
        bench.scalar<std::uint32_t>("embed_dim"),
        bench.scalar<std::uint32_t>("ff_dim"),
        bench.scalar<std::int32_t>("gelu_b"),
        bench.scalar<std::int32_t>("gelu_c"),
        bench.scalar<std::int32_t>("gelu_one"),
        bench.scalar<std::int32_t>("gelu_mult"),
        bench.scalar<std::uint8_t>("gelu_shift"),
        &status);
    bench.check(status);
  }
  return bench.verdict();
}
