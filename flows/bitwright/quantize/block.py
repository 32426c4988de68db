"""A layer of GPT-2 to integers: the two kernels, and the layer norms and additions around them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bitwright.errors import ConfigError
from bitwright.golden import block as golden
from bitwright.golden import network
from bitwright.golden.floating import Float
from bitwright.golden.layer_norm import LayerNorm
from bitwright.golden.residual import MatAdd, Stream
from bitwright.quantize import calibration as seen
from bitwright.quantize.ffn import QuantizedFfn, quantize_ffn
from bitwright.quantize.mhsa import QuantizedMhsa, quantize_mhsa

STREAM_BITS = 16
STREAM_LEVELS = 2**15 - 1


@dataclass(frozen=True, slots=True)
class QuantizedBlock:
    """params and what their integers mean: real value = integer * scale."""

    params: golden.Block = field(repr=False)
    stream_scale: float  # of x, of y and of the sum between
    mhsa: QuantizedMhsa
    ffn: QuantizedFfn

    def x(self, real: Float) -> Stream:
        """The real residual stream in int16."""
        steps = np.clip(np.rint(real / self.stream_scale), -STREAM_LEVELS - 1, STREAM_LEVELS)
        return steps.astype(np.int16)

    def y(self, integers: Stream) -> Float:
        """The residual stream behind the layer in real values."""
        return integers.astype(np.float64) * self.stream_scale


def quantize_block(
    p: network.Block, batch: Float, *, causal: bool = True, weight_bits: int = 8
) -> QuantizedBlock:
    """int8 (weight_bits 8) or w4a8 (4) parameters of a layer, its residual stream in int16.

    batch: [..., tokens, embed], the real residual stream before the layer
    Raises ConfigError as quantize_mhsa and quantize_ffn do.
    """
    batch = seen.checked(batch, p.mhsa.q.weight.shape[1], p, ("norm_1", "norm_2"))
    attention = quantize_mhsa(p.mhsa, p.norm_1(batch), causal=causal, weight_bits=weight_bits)
    h = batch + network.trace_mhsa(p.norm_1(batch), p.mhsa, causal=causal).y
    feed_forward = quantize_ffn(p.ffn, p.norm_2(h), weight_bits=weight_bits)
    y = h + network.ffn(p.norm_2(h), p.ffn)
    scale = max(seen.peak(part) for part in (batch, h, y)) / STREAM_LEVELS or 1.0
    return QuantizedBlock(
        params=golden.Block(
            norm_1=_norm(p.norm_1, scale, attention.scales.x),
            mhsa=attention.params,
            add_1=MatAdd.of(attention.scales.y, scale, scale, STREAM_BITS),
            norm_2=_norm(p.norm_2, scale, feed_forward.scales.x),
            ffn=feed_forward.params,
            add_2=MatAdd.of(feed_forward.scales.y, scale, scale, STREAM_BITS),
        ),
        stream_scale=scale,
        mhsa=attention,
        ffn=feed_forward,
    )


def _norm(p: network.Norm, scale: float, y_scale: float) -> LayerNorm:
    try:
        return LayerNorm.of(p.weight, p.bias, scale, y_scale, bits=STREAM_BITS, eps=p.eps)
    except ValueError as error:
        raise ConfigError(
            f"quantize: {error}\n"
            f"  found   steps of {scale:.6g} in the residual stream, eps = {p.eps:.6g}\n"
            f"  next    calibrate with the stream as it is before this layer"
        ) from error
