"""Integer reference of every operator, exactly as the hardware computes it."""

from bitwright.golden.linear import matmul, pack_int4, requant, unpack_int4

__all__ = ["matmul", "pack_int4", "requant", "unpack_int4"]
