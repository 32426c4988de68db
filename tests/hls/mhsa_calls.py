"""The kernel mhsa, compiled at two small sizes, and calls of it: NumPy in, NumPy out."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from bitwright import kernel as signature
from bitwright.golden import network
from bitwright.golden.attention import Mhsa
from bitwright.golden.layer import Linear
from bitwright.golden.linear import pack_int4
from bitwright.golden.softmax import MAX_SCALE, MIN_SCALE, Softmax
from bitwright.hls import csim

Array = npt.NDArray[Any]
ROOT = Path(__file__).parents[2]
INCLUDES = [ROOT / "ip" / name for name in ("open/include", "common/include", "mhsa")]
FORMATS = ("int8", "w4a8", "fp16")
LAYERS = ("q", "k", "v", "proj")
BEAT_BYTES = 32
UNTOUCHED = 0x5A  # what y holds before a call
# -O0: compiling is what takes the time
OPTIONS = ("-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@dataclass(frozen=True, slots=True)
class Sizes:
    """One of the configurations in probes/mhsa.cpp."""

    index: int
    embed_dim: int
    heads: int
    seq_len: int
    context: int
    token_tile: int


SMALL = Sizes(0, embed_dim=64, heads=4, seq_len=12, context=20, token_tile=8)
LARGE = Sizes(1, embed_dim=128, heads=2, seq_len=10, context=24, token_tile=4)


@dataclass(frozen=True, slots=True)
class Call:
    """The operands of one run; x and caches are int8 or float16."""

    x: Array  # [tokens, embed]
    position: int
    causal: bool
    key_cache: Array  # [context, embed]
    value_cache: Array


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    y: Array  # [seq_len, embed]; rows past the tokens as they were
    key_cache: Array  # [context, embed]
    value_cache: Array


@dataclass(frozen=True, slots=True)
class Program:
    """The kernel in one format."""

    format: str
    program: Path
    warnings: str
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # memory, scalar

    def __call__(self, sizes: Sizes, p: Mhsa | network.Mhsa, call: Call, **wrong: int) -> Answer:
        """One call; wrong: scalars that differ from what the operands say."""
        memory = {**operands(p, self.format), **activations(sizes, call)}
        return self.raw(sizes, memory, {**scalars(sizes, p, call), **wrong})

    def raw(self, sizes: Sizes, memory: Mapping[str, bytes], scalar: Mapping[str, int]) -> Answer:
        """A memory argument that is missing is a null pointer."""
        words = [struct.pack("<i", sizes.index)]
        words += [struct.pack("<q", scalar[name]) for name in self.names["scalar"]]
        for name in self.names["memory"]:
            held = memory.get(name, b"")
            held += bytes(-len(held) % BEAT_BYTES)
            words += [struct.pack("<i", len(held)), held]
        done = subprocess.run(
            [self.program], input=b"".join(words), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        (status,) = struct.unpack_from("<I", done.stdout)
        if len(done.stdout) == 4:
            nothing = np.zeros((0, sizes.embed_dim))
            return Answer(status, nothing, nothing, nothing)
        kind = np.float16 if self.format == "fp16" else np.int8
        rows = np.frombuffer(done.stdout[4:], kind).reshape(-1, sizes.embed_dim)
        return Answer(status, *np.split(rows, [sizes.seq_len, sizes.seq_len + sizes.context]))


def build(form: str, folder: Path) -> Program:
    source = str(ROOT / "tests/hls/probes/mhsa.cpp")
    said = ""
    for command in (
        csim.compiler(source, map(str, INCLUDES), (*OPTIONS, f"-DFORMAT={form}")),
        csim.linker(["mhsa.o"], OPTIONS),
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said += done.stderr
    return Program(form, folder / csim.PROGRAM, said, names(form))


def names(form: str) -> dict[str, tuple[str, ...]]:
    """The arguments of each kind, in the order of kernel.yml."""
    kernel = signature.load(ROOT / "ip/mhsa/kernel.yml", form=form)
    return {
        kind: tuple(a.name for a in kernel.arguments if a.kind == kind)
        for kind in ("memory", "scalar")
    }


# ------------------------------------------------------------------------------------ operands


def parameters(form: str, sizes: Sizes, rng: np.random.Generator) -> Mhsa | network.Mhsa:
    """Weights whose results use most of their range."""
    if form == "fp16":
        return network.Mhsa(**{n: _float_layer(sizes, rng) for n in LAYERS}, heads=sizes.heads)
    layers = {name: _integer_layer(form, sizes, rng) for name in LAYERS}
    scale = float(np.exp(rng.uniform(np.log(MIN_SCALE * 1.001), np.log(MAX_SCALE * 0.999))))
    return Mhsa(
        **layers,
        softmax=Softmax.of(scale),
        context_mult=2**30 + 12345,
        context_shift=37,
        heads=sizes.heads,
    )


def ends(form: str, sizes: Sizes, rng: np.random.Generator) -> Mhsa:
    """Operands at the ends of their ranges: what is too narrow anywhere shows."""
    least = -8 if form == "w4a8" else -128
    embed = sizes.embed_dim

    def layer() -> Linear:
        weight = rng.choice(np.array([least, -least - 1], np.int8), (embed, embed))
        weight[::2] = least
        bias, mult = (
            rng.choice(np.array([-(2**31), 2**31 - 1, few, -few]), embed).astype(np.int32)
            for few in (0, 1)
        )
        return Linear(weight, bias, mult, rng.integers(0, 64, embed).astype(np.uint8))

    constants = Softmax.of(float(rng.choice([MIN_SCALE, MAX_SCALE])))
    layers = {name: layer() for name in LAYERS}
    return Mhsa(
        **layers, softmax=constants, context_mult=-(2**31), context_shift=38, heads=sizes.heads
    )


def call(
    form: str, sizes: Sizes, rng: np.random.Generator, *, tokens: int, position: int, causal: bool
) -> Call:
    embed = sizes.embed_dim
    if form == "fp16":
        x, keys, values = (
            rng.normal(size=(n, embed)).astype(np.float16)
            for n in (tokens, sizes.context, sizes.context)
        )
    else:
        x, keys, values = (
            rng.integers(-128, 128, (n, embed)).astype(np.int8)
            for n in (tokens, sizes.context, sizes.context)
        )
    return Call(x, position, causal, keys, values)


def loud(one: Call) -> Call:
    """The same call with x and caches at the ends of int8."""
    x, keys, values = (
        np.where(a < 0, -128, 127).astype(np.int8) for a in (one.x, one.key_cache, one.value_cache)
    )
    return replace(one, x=x, key_cache=keys, value_cache=values)


def _float_layer(sizes: Sizes, rng: np.random.Generator) -> network.Linear:
    """Values that are halves; sums have the variance of what goes in."""
    embed = sizes.embed_dim
    weight = rng.normal(size=(embed, embed)) / np.sqrt(embed)
    return network.Linear(*(a.astype(np.float16).astype(np.float64) for a in (weight, weight[0])))


def _integer_layer(form: str, sizes: Sizes, rng: np.random.Generator) -> Linear:
    bits, embed = (4 if form == "w4a8" else 8), sizes.embed_dim
    half = 2 ** (bits - 1)
    shift = 24 + 2 * bits
    return Linear(
        weight=rng.integers(-half, half, (embed, embed)).astype(np.int8),
        bias=rng.integers(-1000, 1000, embed).astype(np.int32),
        mult=rng.integers(2**29, 2**31, embed).astype(np.int32),
        shift=rng.integers(shift, shift + 2, embed).astype(np.uint8),
    )


# -------------------------------------------------------------------------------------- memory


def operands(p: Mhsa | network.Mhsa, form: str) -> dict[str, bytes]:
    """What the weights are in memory, by argument."""
    found: dict[str, bytes] = {}
    for name in LAYERS:
        layer = getattr(p, name)
        if isinstance(layer, network.Linear):
            found[f"{name}_weight"] = layer.weight.astype(np.float16).tobytes()
            found[f"{name}_bias"] = layer.bias.astype(np.float16).tobytes()
            continue
        weight = pack_int4(layer.weight) if form == "w4a8" else layer.weight
        found[f"{name}_weight"] = weight.tobytes()
        for part in ("bias", "mult", "shift"):
            found[f"{name}_{part}"] = getattr(layer, part).tobytes()
    return found


def activations(sizes: Sizes, one: Call) -> dict[str, bytes]:
    y = np.full(sizes.seq_len * sizes.embed_dim * one.x.itemsize, UNTOUCHED, np.uint8)
    return {
        "x": one.x.tobytes(),
        "y": y.tobytes(),
        "key_cache": one.key_cache.tobytes(),
        "value_cache": one.value_cache.tobytes(),
    }


def scalars(sizes: Sizes, p: Mhsa | network.Mhsa, one: Call) -> dict[str, int]:
    found = {
        "tokens": len(one.x),
        "position": one.position,
        "context": sizes.context,
        "embed_dim": sizes.embed_dim,
        "heads": sizes.heads,
        "flags": int(one.causal),
    }
    if isinstance(p, network.Mhsa):
        return found
    words = ("b", "c", "ln2", "ln2_inv", "mult")
    found |= {f"softmax_{word}": getattr(p.softmax, word) for word in words}
    return found | {"context_mult": p.context_mult, "context_shift": p.context_shift}
