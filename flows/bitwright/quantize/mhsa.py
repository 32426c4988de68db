"""Multi-head self-attention to integers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from bitwright.errors import ConfigError
from bitwright.golden import attention as golden
from bitwright.golden import network, softmax
from bitwright.golden.floating import Float
from bitwright.golden.integer import dyadic
from bitwright.golden.linear import Int8
from bitwright.quantize import calibration as seen
from bitwright.quantize.linear import QuantizedLinear, quantize_linear

SHARE_BITS = 7  # fraction bits of softmax's result: out_bits of Softmax.of
LEAST_SPREAD = 2.0**-16  # of keys and values around their means: less is rounding, not spread


@dataclass(frozen=True, slots=True)
class MhsaScales:
    """What one step of each integer is worth.

    Queries and keys have a scale per channel, whose product is the same in every channel, so that
    the sum over channels has one scale: a channel where keys are large and queries small, as
    trained networks have them, loses nothing.
    """

    x: float
    q: Float = field(repr=False)  # [embed]
    key: Float = field(repr=False)  # [embed]
    value: float
    score: float  # q * key / sqrt(head_dim)
    context: float  # between the heads and proj
    y: float


@dataclass(frozen=True, slots=True)
class QuantizedMhsa:
    """params and what their integers mean: real value = integer * scale.

    Keys and values are less their means: real key = integer * scale + key_mean; see `centred`.
    """

    params: golden.Mhsa = field(repr=False)
    scales: MhsaScales
    key_mean: Float = field(repr=False)  # [embed]
    value_mean: Float = field(repr=False)  # [embed]
    # of q, k, v, proj: [embed], its input's scale in it
    weight_scale: dict[str, Float] = field(repr=False)

    def x(self, real: Float) -> Int8:
        """Real activations to what the kernel takes."""
        return seen.to_int8(real, self.scales.x)

    def y(self, integers: Int8) -> Float:
        """What the kernel gives to real values."""
        return integers.astype(np.float64) * self.scales.y


def quantize_mhsa(
    p: network.Mhsa, batch: Float, *, causal: bool, weight_bits: int = 8
) -> QuantizedMhsa:
    """int8 (weight_bits 8) or w4a8 (4) parameters of kernel `mhsa`.

    batch: [..., tokens, embed], real inputs like those of inference, each [tokens, embed] a
    sequence by itself; causal: as the kernel will be called
    Raises ConfigError for NaN or infinity, for a batch of another shape, for scores whose steps are
    too large (softmax.MAX_SCALE), and for a batch so far from what the weights can do that
    a multiplier leaves 32 bits.
    """
    t = _trace(p, batch, causal=causal)
    key_mean, value_mean = _mean(t.keys), _mean(t.values)
    p = centred(p, key_mean, value_mean)
    t = network.trace_mhsa(t.x, p, causal=causal)
    scales = _scales(p, t, key_mean, value_mean)
    constants = _softmax(scales.score)
    layers = _layers(p, t, scales, weight_bits)
    mult, shift = dyadic(2.0**-SHARE_BITS * scales.value / scales.context)
    return QuantizedMhsa(
        params=golden.Mhsa(
            **{name: layer.params for name, layer in layers.items()},
            softmax=constants,
            context_mult=mult,
            context_shift=shift,
            heads=p.heads,
        ),
        scales=scales,
        key_mean=key_mean,
        value_mean=value_mean,
        weight_scale={name: layer.weight_scale for name, layer in layers.items()},
    )


def centred(p: network.Mhsa, key_mean: Float, value_mean: Float) -> network.Mhsa:
    """The same function of x, with keys and values less the means of their channels [embed].

    The same vector less from every key takes the same number from all scores of a token, which
    softmax does not see. The same vector less from every value is less in every context, since
    probabilities add up to 1, and the bias of proj gives it back. So outlier channels that are
    mostly an offset, as those of keys are, cost no range, and what softmax loses when it rounds
    down is lost from nothing.
    """
    bias = p.proj.bias + p.proj.weight @ value_mean
    return replace(
        p,
        k=replace(p.k, bias=p.k.bias - key_mean),
        v=replace(p.v, bias=p.v.bias - value_mean),
        proj=replace(p.proj, bias=bias),
    )


def _mean(x: Float) -> Float:
    """Of each column [columns]; 0 of a single row, which leaves nothing to see its spread by."""
    rows = x.reshape(-1, x.shape[-1])
    mean: Float = rows.mean(axis=0) * (len(rows) > 1)
    return mean


def _scales(
    p: network.Mhsa, t: network.MhsaTrace, key_mean: Float, value_mean: Float
) -> MhsaScales:
    x = seen.scale(seen.peak(t.x), 1.0)
    x_peak = seen.LEVELS * x
    q, key = _query_and_key_scales(p, t, x_peak, key_mean)
    value_peak = max(seen.peak(t.values), LEAST_SPREAD * seen.peak(value_mean))
    value = seen.scale(value_peak, seen.reach(p.v, x_peak))
    # no finer than a step of the sums of softmax * v: it would say nothing
    context = seen.scale(seen.peak(t.context), seen.LEVELS * value, value * 2.0**-SHARE_BITS)
    return MhsaScales(
        x=x,
        q=q,
        key=key,
        value=value,
        score=float(q[0] * key[0]) / (len(q) // p.heads) ** 0.5,
        context=context,
        y=seen.scale(seen.peak(t.y), seen.reach(p.proj, seen.LEVELS * context)),
    )


def _layers(
    p: network.Mhsa, t: network.MhsaTrace, scales: MhsaScales, weight_bits: int
) -> dict[str, QuantizedLinear]:
    """q, k, v and proj by name."""
    x_energy = seen.energy(t.x / scales.x)
    context_energy = seen.energy(t.context / scales.context)
    return {
        name: quantize_linear(getattr(p, name), of, to, energy, weight_bits, name)
        for name, of, to, energy in (
            ("q", scales.x, scales.q, x_energy),
            ("k", scales.x, scales.key, x_energy),
            ("v", scales.x, scales.value, x_energy),
            ("proj", scales.context, scales.y, context_energy),
        )
    }


def _query_and_key_scales(
    p: network.Mhsa, t: network.MhsaTrace, x_peak: float, key_mean: Float
) -> tuple[Float, Float]:
    """Scales [embed] of q and k, their product the same in every channel.

    The product is the least at which no channel saturates, and each channel then shares its slack
    evenly between q and k.
    """
    q_peak = _channel_peaks(t.q, seen.reach(p.q, x_peak))
    key_peak = _channel_peaks(t.keys, seen.reach(p.k, x_peak))
    key_peak = np.maximum(key_peak, LEAST_SPREAD * np.abs(key_mean))
    least = 1.01 * softmax.MIN_SCALE * np.sqrt(len(q_peak) // p.heads)
    product = max(float((q_peak * key_peak).max()) / seen.LEVELS**2, least)
    q_scale: Float = np.sqrt(product * q_peak / key_peak)
    return q_scale, product / q_scale


def _softmax(score_scale: float) -> softmax.Softmax:
    if not score_scale <= softmax.MAX_SCALE:
        raise ConfigError(
            f"quantize: one step of the scores is {score_scale:.6g} nats\n"
            f"  expected  at most {softmax.MAX_SCALE}, else neighbouring scores are a guess apart\n"
            f"  likely    queries and keys of the calibration batch are too large for int8\n"
            f"  next      look for outlier channels of q and k, or scale the weights of q down"
        )
    return softmax.Softmax.of(score_scale)


def _channel_peaks(x: Float, possible: float) -> Float:
    """Largest magnitude of each column, at least a thousandth of the largest of all."""
    peaks: Float = np.abs(x).reshape(-1, x.shape[-1]).max(axis=0)
    return np.maximum(peaks, (float(peaks.max()) or possible or 1.0) / 1024)


def _trace(p: network.Mhsa, batch: Float, *, causal: bool) -> network.MhsaTrace:
    """The batch's values, all of them finite."""
    batch = seen.checked(batch, p.q.weight.shape[1], p, ("q", "k", "v", "proj"))
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        t = network.trace_mhsa(batch, p, causal=causal)
    seen.require_finite({"q": t.q, "k": t.keys, "v": t.values, "scores": t.scores, "y": t.y})
    return t
