"""A layer of GPT-2 in integers: both kernels, the layer norms before them, the stream around them.

The residual stream is int16, since outlier channels leave the others nothing in int8 (residual.py);
each layer norm brings it to the int8 that its kernel takes. In floating point: network.block.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitwright.golden.attention import Mhsa, mhsa
from bitwright.golden.ffn import Ffn, ffn
from bitwright.golden.layer_norm import LayerNorm, layer_norm
from bitwright.golden.linear import Int8
from bitwright.golden.residual import MatAdd, Stream, mat_add


@dataclass(frozen=True, slots=True)
class Block:
    """Constants of every operator, in the order of use."""

    norm_1: LayerNorm
    mhsa: Mhsa
    add_1: MatAdd
    norm_2: LayerNorm
    ffn: Ffn
    add_2: MatAdd


def block(
    x: Stream,
    p: Block,
    *,
    causal: bool,
    position: int = 0,
    key_cache: Int8 | None = None,
    value_cache: Int8 | None = None,
) -> tuple[Stream, Int8, Int8]:
    """h = x + mhsa(norm_1(x)), y = h + ffn(norm_2(h)); the caches as attention.mhsa has them.

    x: integers of norm_1.bits [tokens, embed]; returns y, of add_2.out_bits, keys and values.
    """
    attended, keys, values = mhsa(
        layer_norm(x, p.norm_1),
        p.mhsa,
        causal=causal,
        position=position,
        key_cache=key_cache,
        value_cache=value_cache,
    )
    h = mat_add(attended, x, p.add_1)
    return mat_add(ffn(layer_norm(h, p.norm_2), p.ffn), h, p.add_2), keys, values
