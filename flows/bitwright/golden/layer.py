"""A linear layer of a network: its parameters in one value, its product in integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bitwright.golden.linear import Int8, Int32, UInt8, matmul


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights and what brings their sums back to int8, one of each per output channel."""

    weight: Int8  # [out, in], PyTorch's layout; of w4a8 within -8..7
    bias: Int32  # [out], in units of input scale * weight scale
    mult: Int32  # [out]
    shift: UInt8  # [out], 0..63

    def __post_init__(self) -> None:
        if self.weight.ndim != 2:
            raise ValueError(f"weight has shape {self.weight.shape}; expected [out, in]")
        for name, kind in (
            ("weight", np.int8),
            ("bias", np.int32),
            ("mult", np.int32),
            ("shift", np.uint8),
        ):
            array = getattr(self, name)
            if array.dtype != kind:
                raise TypeError(f"{name} is {array.dtype}; expected {np.dtype(kind)}")
            if name != "weight" and array.shape != self.weight.shape[:1]:
                raise ValueError(
                    f"{name} has shape {array.shape}; expected {self.weight.shape[:1]}"
                )


def linear(x: Int8, p: Linear) -> Int8:
    """requant(x weight^T + bias): int8 [tokens, in] -> int8 [tokens, out]."""
    product = matmul(x, p.weight, p.bias, p.mult, p.shift, b_is_nk=True)
    return product.astype(np.int8, copy=False)  # it is int8: only a raw product is not
