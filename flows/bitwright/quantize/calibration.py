"""What a batch of inputs says about the range of a value, and what is no batch at all.

The range is the largest magnitude seen, never a percentile. In a transformer's residual stream a
few channels are a hundred times the others and carry the result (LLM.int8, arXiv 2208.07339), so
that cutting them off costs far more than the resolution it buys; and only a range that holds every
value seen lets an error bound speak of rounding alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from bitwright.errors import ConfigError
from bitwright.golden.floating import Float
from bitwright.golden.linear import Int8
from bitwright.golden.network import Linear

LEVELS = 127  # int8 without -128: symmetric, so that zero is a number and signs cost nothing


def to_int8(x: Float, scale: npt.ArrayLike) -> Int8:
    """x in units of scale, rounded half to even, saturated; x and scale broadcast."""
    steps: Float = np.rint(x / np.asarray(scale))
    return np.clip(steps, -128, 127).astype(np.int8)


def peak(x: Float) -> float:
    """Largest magnitude."""
    return float(np.abs(x).max())


def reach(p: Linear, x_peak: float) -> float:
    """The largest magnitude that p can give for inputs of up to x_peak."""
    return float((np.abs(p.weight).sum(axis=1) * x_peak + np.abs(p.bias)).max())


def energy(x: Float) -> Float:
    """Mean square of each column: [..., columns] -> [columns]."""
    mean: Float = (x.reshape(-1, x.shape[-1]) ** 2).mean(axis=0)
    return mean


def scale(largest: float, possible: float, least: float = 0.0) -> float:
    """The scale at which the largest magnitude seen is LEVELS.

    largest: where it is 0 the batch said nothing, and what is possible counts instead (1 where that
    is 0 too); least: a bound from below
    """
    return max((largest or possible or 1.0) / LEVELS, least)


def require_finite(arrays: Mapping[str, npt.NDArray[np.float64]]) -> None:
    """Raises one ConfigError that names every array holding NaN or infinity."""
    faults = [
        f"  {name}: {np.count_nonzero(~np.isfinite(array))} of {array.size} values"
        for name, array in arrays.items()
        if not np.isfinite(array).all()
    ]
    if faults:
        raise ConfigError(
            "quantize: values that are NaN or infinite\n"
            + "\n".join(faults)
            + "\n  expected  finite weights, biases and calibration, and finite results of them"
            + "\n  next      mend the checkpoint or the batch; do the results overflow float64?"
        )


def checked(batch: Float, embed: int, p: object, layers: Iterable[str]) -> Float:
    """The batch in float64, if it can calibrate.

    p: what has the layers by these names, each with a weight and a bias
    Raises ConfigError unless batch is [..., tokens, embed] with at least one token, and it and the
    layers are finite.
    """
    batch = np.asarray(batch, np.float64)
    if batch.ndim < 2 or batch.shape[-1] != embed or not batch.size:
        raise ConfigError(
            f"quantize: the calibration batch has shape {batch.shape}\n"
            f"  expected  [..., tokens, {embed}] with at least one token"
        )
    parts = {
        f"{name}.{part}": getattr(getattr(p, name), part)
        for name in layers
        for part in ("weight", "bias")
    }
    require_finite({"calibration batch": batch, **parts})
    return batch
