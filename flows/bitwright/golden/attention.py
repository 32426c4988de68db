"""Multi-head self-attention in integers: kernel `mhsa`, formats int8 and w4a8, bit for bit.

Source: section 3 of I-BERT (Kim et al., 2021, arXiv 2101.01321), with the key/value cache of
autoregressive decoding added: a call at `position` continues the calls before it, and gives the
same bits as one call over all tokens would. The same block in floating point is network.mhsa; how
far the two are apart is bounded in quantize.error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bitwright.golden.layer import Linear, check_projections, linear
from bitwright.golden.linear import Int8, matmul, requant
from bitwright.golden.softmax import Bool, Softmax, causal_mask, softmax


@dataclass(frozen=True, slots=True)
class Mhsa:
    """Everything the kernel takes beside activations and caches; w4a8 has weights of -8..7."""

    q: Linear  # embed -> embed, as are all four
    k: Linear
    v: Linear
    proj: Linear
    softmax: Softmax  # constants at the scale of the scores, 1/sqrt(head_dim) in them
    context_mult: int  # int32: brings the sums of softmax * v to int8
    context_shift: int  # 0..63: right shift after it
    heads: int

    def __post_init__(self) -> None:
        weights = {name: getattr(self, name).weight for name in ("q", "k", "v", "proj")}
        check_projections(weights, self.heads)
        if not -(2**31) <= self.context_mult < 2**31:
            raise ValueError(f"context_mult {self.context_mult} is no int32")
        if not 0 <= self.context_shift < 64:
            raise ValueError(f"context_shift {self.context_shift} is not in 0..63")

    @property
    def embed_dim(self) -> int:
        return int(self.q.weight.shape[1])


def mhsa(
    x: Int8,
    p: Mhsa,
    *,
    causal: bool,
    position: int = 0,
    key_cache: Int8 | None = None,
    value_cache: Int8 | None = None,
) -> tuple[Int8, Int8, Int8]:
    """y = proj(concat of heads), row 0 of x being token `position` of its sequence.

    x: int8 [tokens, embed]
    causal: a token attends to itself and to those before it, else to all position + tokens
    key_cache, value_cache: int8 [position or more, embed]; rows from `position` on are not read;
    may be None only at position 0
    Returns y int8 [tokens, embed], then keys and values int8 [position + tokens, embed], the next
    call's caches. Row i holds head 0 first.
    Raises TypeError for another element type, ValueError for shapes that do not fit.
    """
    past_keys = _filled(key_cache, "key_cache", position, p.embed_dim)
    past_values = _filled(value_cache, "value_cache", position, p.embed_dim)
    q = linear(x, p.q)
    keys = np.concatenate([past_keys, linear(x, p.k)])
    values = np.concatenate([past_values, linear(x, p.v)])
    mask = causal_mask(len(x), position, len(keys)) if causal else None
    heads = zip(*(split(part, p.heads) for part in (q, keys, values)), strict=True)
    contexts = [
        head(qs, ks, vs, mask, p.softmax, p.context_mult, p.context_shift) for qs, ks, vs in heads
    ]
    return linear(concat(contexts), p.proj), keys, values


def head(
    q: Int8,
    k: Int8,
    v: Int8,
    mask: Bool | None,
    constants: Softmax,
    context_mult: int,
    context_shift: int,
) -> Int8:
    """One head: requant(softmax(q k^T) v).

    q: int8 [tokens, head_dim]; k, v: int8 [keys, head_dim]; mask: bool [tokens, keys], True where
    a token sees a key; None where all see all
    Returns int8 [tokens, head_dim]. The probabilities are whole 128ths, at most 127, so a sum over
    fewer than 2**17 keys fits an int32, as matmul checks.
    """
    scores = matmul(q, k, b_is_nk=True, raw=True).astype(np.int32, copy=False)
    shares = softmax(scores, constants, mask)
    sums = matmul(shares, v, raw=True).astype(np.int32, copy=False)
    columns = sums.shape[1]
    return requant(
        sums,
        np.zeros(columns, np.int32),
        np.full(columns, context_mult, np.int32),
        np.full(columns, context_shift, np.uint8),
    )


def split(x: Int8, heads: int) -> list[Int8]:
    """The heads' columns of x, head 0 first: [rows, embed] -> heads times [rows, embed / heads]."""
    return np.split(x, heads, axis=1)


def concat(heads: Sequence[Int8]) -> Int8:
    """The heads beside one another, head 0 first: undoes split."""
    return np.concatenate(heads, axis=1)


def _filled(cache: Int8 | None, name: str, position: int, embed: int) -> Int8:
    """The rows of a cache that earlier calls wrote."""
    if position < 0:
        raise ValueError(f"position is {position}; expected 0 or more")
    if cache is None:
        if position:
            raise ValueError(f"{name} is needed at position {position}")
        return np.zeros((0, embed), np.int8)
    if cache.dtype != np.int8:
        raise TypeError(f"{name} is {cache.dtype}; expected int8")
    if cache.ndim != 2 or len(cache) < position or cache.shape[1] != embed:
        raise ValueError(
            f"{name} has shape {cache.shape}; expected at least {position} rows of {embed}"
        )
    return cache[:position]
