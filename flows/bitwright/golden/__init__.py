"""Reference of every operator in integers, exactly as the hardware computes it, and in floats.

linear, softmax, gelu, layer_norm, residual   operators in integers; integer has what they share
ffn, attention                                kernels of them, of layers; block: one of GPT-2
floating, network                             the same in float64
half, error                                   how far fp16 may be from that; how errors grow
"""

from bitwright.golden.linear import matmul, pack_int4, requant, unpack_int4

__all__ = ["matmul", "pack_int4", "requant", "unpack_int4"]
