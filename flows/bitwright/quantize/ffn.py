"""The feed-forward block to integers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bitwright.golden import ffn as golden
from bitwright.golden import network
from bitwright.golden.floating import Float
from bitwright.golden.gelu import MIN_SCALE, Gelu
from bitwright.golden.linear import Int8
from bitwright.quantize import calibration as seen
from bitwright.quantize.linear import quantize_linear

# Of gelu's result. A batch in which hardly any hidden value rose above zero leaves next to nothing
# of it; its polynomial is 0.018 off, and steps far finer than that would only outgrow multipliers.
GELU_LEAST_SCALE = 2.0**-12
GELU_LEAST_RATIO = 2.0**-16  # to the scale of its argument


@dataclass(frozen=True, slots=True)
class FfnScales:
    """What one step of each integer is worth."""

    x: float
    hidden: float  # between fc and gelu
    activated: float  # between gelu and proj
    y: float


@dataclass(frozen=True, slots=True)
class QuantizedFfn:
    """params and what their integers mean: real value = integer * scale."""

    params: golden.Ffn = field(repr=False)
    scales: FfnScales
    # of fc [ff], of proj [embed]; its input's scale in it
    weight_scale: dict[str, Float] = field(repr=False)

    def x(self, real: Float) -> Int8:
        """Real activations to what the kernel takes."""
        return seen.to_int8(real, self.scales.x)

    def y(self, integers: Int8) -> Float:
        """What the kernel gives to real values."""
        return integers.astype(np.float64) * self.scales.y


def quantize_ffn(p: network.Ffn, batch: Float, *, weight_bits: int = 8) -> QuantizedFfn:
    """int8 (weight_bits 8) or w4a8 (4) parameters of kernel `ffn`.

    batch: [..., tokens, embed], real inputs like those of inference
    Raises ConfigError for NaN or infinity, for a batch of another shape, and for a batch so far
    from what the weights can do that a multiplier leaves 32 bits.
    """
    t = _trace(p, batch)
    scales = _scales(p, t)
    x_energy = seen.energy(t.x / scales.x)
    energy = seen.energy(t.activated / scales.activated)
    fc = quantize_linear(p.fc, scales.x, scales.hidden, x_energy, weight_bits, "fc")
    proj = quantize_linear(p.proj, scales.activated, scales.y, energy, weight_bits, "proj")
    constants = Gelu.of(scales.hidden, scales.activated)
    return QuantizedFfn(
        params=golden.Ffn(fc.params, proj.params, constants),
        scales=scales,
        weight_scale={"fc": fc.weight_scale, "proj": proj.weight_scale},
    )


def _scales(p: network.Ffn, t: network.FfnTrace) -> FfnScales:
    x = seen.scale(seen.peak(t.x), 1.0)
    hidden = seen.scale(seen.peak(t.hidden), seen.reach(p.fc, seen.LEVELS * x), MIN_SCALE)
    least = max(GELU_LEAST_SCALE, hidden * GELU_LEAST_RATIO)
    activated = seen.scale(seen.peak(t.activated), seen.LEVELS * hidden, least)
    y = seen.scale(seen.peak(t.y), seen.reach(p.proj, seen.LEVELS * activated))
    return FfnScales(x, hidden, activated, y)


def _trace(p: network.Ffn, batch: Float) -> network.FfnTrace:
    """The batch's values, all of them finite."""
    batch = seen.checked(batch, p.fc.weight.shape[1], p, ("fc", "proj"))
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        t = network.trace_ffn(batch, p)
    seen.require_finite({"fc(batch)": t.hidden, "gelu(fc(batch))": t.activated, "y": t.y})
    return t
