"""A linear layer of a network: its parameters in one value, its product in integers.

And what is asked of the shapes of attention's four, in integers or in floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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


def check_projections(weights: Mapping[str, npt.NDArray[Any]], heads: int) -> None:
    """Raises ValueError unless attention's weights are [embed, embed] and heads divide embed.

    weights: by name, of integers or of floats
    """
    embed = next(iter(weights.values())).shape[1]
    for name, weight in weights.items():
        if weight.shape != (embed, embed):
            raise ValueError(f"{name}.weight has shape {weight.shape}; expected {(embed, embed)}")
    if heads < 1 or embed % heads:
        raise ValueError(f"{heads} heads do not divide embed_dim {embed}")


def linear(x: Int8, p: Linear) -> Int8:
    """requant(x weight^T + bias): int8 [tokens, in] -> int8 [tokens, out]."""
    product = matmul(x, p.weight, p.bias, p.mult, p.shift, b_is_nk=True)
    return product.astype(np.int8, copy=False)  # it is int8: only a raw product is not
