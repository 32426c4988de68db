"""Integer reference of every operator, exactly as the hardware computes it."""

from bitwright.golden.linear import matmul, requant

__all__ = ["matmul", "requant"]
