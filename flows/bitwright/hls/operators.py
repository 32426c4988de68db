"""What each kernel is to compute in each number format: its operands, and golden's answer to them.

An operator holds what all runs of a kernel share (weights, constants) by the names of kernel.yml;
a run gives activations, and for attention the caches, and says what the kernel must write. For
int8 and w4a8 the answer is golden's, bit for bit; for fp16 the float model's, with a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from bitwright.golden import attention, half, network
from bitwright.golden import ffn as feed_forward
from bitwright.golden.error import DEVIATIONS, LIKELY
from bitwright.golden.floating import Float
from bitwright.golden.layer import Linear

Array = npt.NDArray[Any]
LAYERS: Mapping[str, tuple[str, ...]] = {"ffn": ("fc", "proj"), "mhsa": ("q", "k", "v", "proj")}


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that a run writes into one argument."""

    rows: Array  # int8 or float64 [tokens, embed]
    bound: float  # greatest distance allowed; 0 for integers


@dataclass(frozen=True, slots=True)
class Run:
    """The operands of one run that no other shares."""

    x: Array  # int8, or float64 values that are halves, [tokens, embed]
    position: int = 0
    causal: bool = True
    key_cache: Array | None = None  # as x, [context, embed]; rows from position on mean nothing
    value_cache: Array | None = None


class Operator(Protocol):
    @property
    def memory(self) -> Mapping[str, Array]:
        """Weights and scales by argument; of int4 as int8 values."""

    @property
    def scalars(self) -> Mapping[str, int]:
        """Constants by argument."""

    def answer(self, run: Run) -> dict[str, Answer]:
        """What a run writes, by argument; of the caches the rows from position on."""


@dataclass(frozen=True, slots=True)
class IntegerFfn:
    p: feed_forward.Ffn

    @property
    def memory(self) -> Mapping[str, Array]:
        return _parts({"fc": self.p.fc, "proj": self.p.proj})

    @property
    def scalars(self) -> Mapping[str, int]:
        return _constants("gelu", self.p.gelu, "b c one mult shift")

    def answer(self, run: Run) -> dict[str, Answer]:
        return {"y": Answer(feed_forward.ffn(run.x, self.p), 0.0)}


@dataclass(frozen=True, slots=True)
class IntegerMhsa:
    p: attention.Mhsa

    @property
    def memory(self) -> Mapping[str, Array]:
        return _parts({name: getattr(self.p, name) for name in LAYERS["mhsa"]})

    @property
    def scalars(self) -> Mapping[str, int]:
        found = _constants("softmax", self.p.softmax, "b c ln2 ln2_inv mult")
        return found | _constants("context", self.p, "mult shift", prefix="context_")

    def answer(self, run: Run) -> dict[str, Answer]:
        y, keys, values = attention.mhsa(
            run.x,
            self.p,
            causal=run.causal,
            position=run.position,
            key_cache=run.key_cache,
            value_cache=run.value_cache,
        )
        made = {"y": y, "key_cache": keys[run.position :], "value_cache": values[run.position :]}
        return {name: Answer(rows, 0.0) for name, rows in made.items()}


@dataclass(frozen=True, slots=True)
class HalfFfn:
    p: network.Ffn  # of values that are halves

    @property
    def memory(self) -> Mapping[str, Array]:
        return _halves({"fc": self.p.fc, "proj": self.p.proj})

    @property
    def scalars(self) -> Mapping[str, int]:
        return {}

    def answer(self, run: Run) -> dict[str, Answer]:
        trace = network.trace_ffn(run.x, self.p)
        return {"y": _near(trace.y, half.ffn(LIKELY, self.p, trace))}


@dataclass(frozen=True, slots=True)
class HalfMhsa:
    p: network.Mhsa  # of values that are halves

    @property
    def memory(self) -> Mapping[str, Array]:
        return _halves({name: getattr(self.p, name) for name in LAYERS["mhsa"]})

    @property
    def scalars(self) -> Mapping[str, int]:
        return {}

    def answer(self, run: Run) -> dict[str, Answer]:
        past = run.position
        trace = network.trace_mhsa(
            run.x,
            self.p,
            causal=run.causal,
            past_keys=None if run.key_cache is None else run.key_cache[:past],
            past_values=None if run.value_cache is None else run.value_cache[:past],
        )
        y, keys, values = half.mhsa(LIKELY, self.p, trace)
        return {
            "y": _near(trace.y, y),
            "key_cache": _near(trace.keys[past:], keys),
            "value_cache": _near(trace.values[past:], values),
        }


def _near(rows: Float, errors: Float) -> Answer:
    """Rows that no correct kernel misses by more than the bound, however their errors fall.

    errors: standard deviations at most, by golden.error, which says how sure that is
    """
    return Answer(rows, DEVIATIONS * float(errors.max()))


def _parts(layers: Mapping[str, Linear]) -> dict[str, Array]:
    parts = ("weight", "bias", "mult", "shift")
    return {f"{name}_{part}": getattr(p, part) for name, p in layers.items() for part in parts}


def _halves(layers: Mapping[str, network.Linear]) -> dict[str, Array]:
    parts = ("weight", "bias")
    return {f"{name}_{part}": getattr(p, part) for name, p in layers.items() for part in parts}


def _constants(name: str, p: Any, words: str, prefix: str = "") -> dict[str, int]:
    return {f"{name}_{word}": int(getattr(p, f"{prefix}{word}")) for word in words.split()}
