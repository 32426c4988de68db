"""The kernels' networks in floating point (float64): what their integers approximate.

It takes and gives real values. The names are those of golden.ffn and golden.attention, so that a
call of one reads like a call of the other. Every intermediate value can be had as a trace: the
calibration of quantize and the bounds of golden.error read them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bitwright.golden import floating
from bitwright.golden.floating import Float
from bitwright.golden.layer import check_projections
from bitwright.golden.softmax import Bool, causal_mask


@dataclass(frozen=True, slots=True)
class Linear:
    """y = x weight^T + bias, as PyTorch's nn.Linear stores it; a bias of None is zeros.

    What is not float64 is converted: float32 and float16, lists, whatever np.asarray takes.
    Hugging Face's Conv1D, GPT-2's layers among them, holds [in, out]: give it `.weight.T`. Where
    in and out are equal no shape tells the two apart.
    """

    weight: Float  # [out, in]
    bias: Float  # [out]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", _real("weight", self.weight))
        bias: Any = self.bias  # as the caller had it
        bias = np.zeros(self.weight.shape[:1]) if bias is None else _real("bias", bias)
        object.__setattr__(self, "bias", bias)
        if self.weight.ndim != 2 or self.bias.shape != self.weight.shape[:1]:
            raise ValueError(
                f"weight {self.weight.shape}, bias {self.bias.shape}; expected [out, in] and [out]"
            )

    def __call__(self, x: Float) -> Float:
        y: Float = x @ self.weight.T + self.bias
        return y


def _real(name: str, values: Any) -> Float:
    """Values in float64; those that are float64 already are the same array.

    Raises TypeError for an array of integers: quantised weights are no real ones.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind != "f":
        raise TypeError(
            f"{name} is {values.dtype}; expected real numbers: float64, float32, float16 or a list"
        )
    return np.asarray(values, np.float64)


def _require_layers(**layers: object) -> None:
    """Raises TypeError naming the first that is no Linear."""
    for name, layer in layers.items():
        if not isinstance(layer, Linear):
            found = type(layer).__name__
            raise TypeError(f"{name} is a {found}; expected network.Linear(weight, bias)")


@dataclass(frozen=True, slots=True)
class Ffn:
    """fc: embed -> ff; proj: ff -> embed. GPT-2 has the tanh form of GELU, BERT that with erf."""

    fc: Linear
    proj: Linear
    gelu: Callable[[Float], Float] = floating.gelu_tanh

    def __post_init__(self) -> None:
        _require_layers(fc=self.fc, proj=self.proj)
        fc, proj = self.fc.weight.shape, self.proj.weight.shape
        if fc != proj[::-1]:
            raise ValueError(
                f"fc.weight {fc}, proj.weight {proj}; expected [ff, embed], [embed, ff]"
            )


@dataclass(frozen=True, slots=True)
class Mhsa:
    """q, k, v, proj: embed -> embed; heads of embed / heads columns, head 0 first."""

    q: Linear
    k: Linear
    v: Linear
    proj: Linear
    heads: int

    def __post_init__(self) -> None:
        _require_layers(q=self.q, k=self.k, v=self.v, proj=self.proj)
        weights = {name: getattr(self, name).weight for name in ("q", "k", "v", "proj")}
        check_projections(weights, self.heads)


@dataclass(frozen=True, slots=True)
class Norm:
    """floating.layer_norm with its parameters."""

    weight: Float  # [embed]
    bias: Float  # [embed]
    eps: float = 1e-5

    def __call__(self, x: Float) -> Float:
        return floating.layer_norm(x, self.weight, self.bias, self.eps)


@dataclass(frozen=True, slots=True)
class Block:
    """A layer of GPT-2."""

    norm_1: Norm
    mhsa: Mhsa
    norm_2: Norm
    ffn: Ffn


@dataclass(frozen=True, slots=True)
class FfnTrace:
    """Every value between x and y; [..., tokens, ff] or [..., tokens, embed]."""

    x: Float
    hidden: Float  # fc(x)
    activated: Float  # gelu(hidden)
    y: Float


@dataclass(frozen=True, slots=True)
class MhsaTrace:
    """Every value between x and y.

    x, q, context, y: [..., tokens, embed]; keys, values: [..., position + tokens, embed];
    scores, probabilities: [..., heads, tokens, position + tokens], scores after 1/sqrt(head_dim);
    seen: [tokens, position + tokens], whether a token sees a key
    """

    x: Float
    q: Float
    keys: Float
    values: Float
    seen: Bool
    scores: Float
    probabilities: Float
    context: Float
    y: Float


def ffn(x: Float, p: Ffn) -> Float:
    """y = proj(gelu(fc(x))); x and y: [..., tokens, embed]."""
    return trace_ffn(x, p).y


def trace_ffn(x: Float, p: Ffn) -> FfnTrace:
    """ffn with its intermediate values."""
    hidden = p.fc(x)
    activated = p.gelu(hidden)
    return FfnTrace(x=x, hidden=hidden, activated=activated, y=p.proj(activated))


def mhsa(
    x: Float,
    p: Mhsa,
    *,
    causal: bool,
    position: int = 0,
    key_cache: Float | None = None,
    value_cache: Float | None = None,
) -> tuple[Float, Float, Float]:
    """y, keys and values as golden.attention.mhsa gives them, of [..., tokens, embed]."""
    past = (cache if cache is not None else x[..., :0, :] for cache in (key_cache, value_cache))
    keys, values = (cache[..., :position, :] for cache in past)
    t = trace_mhsa(x, p, causal=causal, past_keys=keys, past_values=values)
    return t.y, t.keys, t.values


def trace_mhsa(
    x: Float,
    p: Mhsa,
    *,
    causal: bool,
    past_keys: Float | None = None,
    past_values: Float | None = None,
) -> MhsaTrace:
    """mhsa with its intermediate values, after the keys and values of earlier tokens, if any."""
    nothing = x[..., :0, :]
    q = p.q(x)
    keys = np.concatenate([nothing if past_keys is None else past_keys, p.k(x)], axis=-2)
    values = np.concatenate([nothing if past_values is None else past_values, p.v(x)], axis=-2)
    tokens, total, head_dim = x.shape[-2], keys.shape[-2], x.shape[-1] // p.heads
    seen = (
        causal_mask(tokens, total - tokens, total) if causal else np.ones((tokens, total), np.bool_)
    )
    scores = by_head(q, p.heads) @ by_head(keys, p.heads).swapaxes(-1, -2) / np.sqrt(head_dim)
    probabilities = floating.softmax(scores, seen)
    context = beside(probabilities @ by_head(values, p.heads))
    y = p.proj(context)
    return MhsaTrace(x, q, keys, values, seen, scores, probabilities, context, y)


def block(x: Float, p: Block, *, causal: bool) -> Float:
    """h = x + mhsa(norm_1(x)), y = h + ffn(norm_2(h)); x and y: [..., tokens, embed]."""
    h: Float = x + trace_mhsa(p.norm_1(x), p.mhsa, causal=causal).y
    y: Float = h + ffn(p.norm_2(h), p.ffn)
    return y


def by_head(x: Float, heads: int) -> Float:
    """[..., rows, embed] -> [..., heads, rows, embed / heads]."""
    return x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads).swapaxes(-2, -3)


def beside(x: Float) -> Float:
    """Undoes by_head."""
    rows = x.swapaxes(-2, -3)
    return rows.reshape(*rows.shape[:-2], -1)
