"""The feed-forward block in integers: kernel `ffn`, formats int8 and w4a8, bit for bit.

Source: section 3 of I-BERT (Kim et al., 2021, arXiv 2101.01321): integers from end to end, an int8
scale before and after every operator. The same block in floating point is network.ffn; how far the
two are apart is bounded in quantize.error.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitwright.golden.gelu import Gelu, gelu
from bitwright.golden.layer import Linear, linear
from bitwright.golden.linear import Int8


@dataclass(frozen=True, slots=True)
class Ffn:
    """Everything the kernel takes beside the activations; w4a8 has weights of -8..7."""

    fc: Linear  # embed -> ff
    proj: Linear  # ff -> embed
    gelu: Gelu  # constants at the scale of fc's results

    def __post_init__(self) -> None:
        gives, takes = self.fc.weight.shape[0], self.proj.weight.shape[1]
        if gives != takes:
            raise ValueError(f"fc gives {gives} columns, proj takes {takes}")


def ffn(x: Int8, p: Ffn) -> Int8:
    """y = proj(gelu(fc(x))), each of the three brought back to int8 by requant.

    x: int8 [tokens, embed]
    Returns int8 [tokens, embed]. Rows do not meet: a token's result needs no other token.
    Raises TypeError for another element type, ValueError for shapes that do not fit.
    """
    return linear(gelu(linear(x, p.fc), p.gelu), p.proj)
