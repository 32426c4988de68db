"""Test vectors of an HLS kernel: operands, scalars and what golden says it must write.

One set serves the C simulation, Vitis' cosimulation and whoever else runs the kernel: NAME.txt says
in words what NAME.bin holds (its grammar stands in ip/common/tb/bench.hpp, which reads it). The
same seed gives the same bytes.

    write(cases(kernel, spec, model), kernel, Path(), depths)  # ffn_vectors.txt, ffn_vectors.bin

`case` makes one of weights and activations of your own, `packed` what a host puts into memory:
ip/README.md shows both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from bitwright.design import KernelSpec, Model
from bitwright.golden.half import half
from bitwright.golden.linear import pack_int4
from bitwright.hls import operands, top
from bitwright.hls.operators import Answer, Array, Operator, Run
from bitwright.kernel import FORMATS, Argument, Kernel

SEED = 4
GUARD_BEATS = 128  # 4 KiB, the longest burst
FULL = "full"  # the name of the first case: all tokens of a config
BAD_ARGUMENT = "bad_argument"  # the bit of status that a refusal sets
DTYPES: Mapping[str, str] = {"fp16": "<f2", "int8": "i1", "uint8": "u1", "int32": "<i4"}


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a kernel."""

    name: str
    status: int
    scalars: Mapping[str, int]
    memory: Mapping[str, Array]  # what arguments hold before; of int4 int8 values
    first: Mapping[str, int]  # the row of an argument that the answer's first row is
    answers: Mapping[str, Answer]  # what a run writes, by argument; nothing else may change


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried, before there are numbers."""

    name: str
    tokens: int
    position: int = 0
    causal: bool = True
    extreme: bool = False  # operands at the ends of their range
    wrong: tuple[tuple[str, int], ...] = ()  # scalars that the kernel must refuse


def cases(kernel: Kernel, spec: KernelSpec, model: Model, seed: int = SEED) -> Iterator[Case]:
    """Every case of a kernel at the sizes of a config, in the format the kernel was read for."""
    most = top.dimensions(kernel, spec, model)
    usual = operands.usual(kernel, most, np.random.default_rng((seed, 1)))
    extreme = usual  # of fp16 the activations alone are
    if kernel.format != "fp16":
        extreme = operands.extreme(kernel, most, np.random.default_rng((seed, 2)))
    for index, plan in enumerate(plans(kernel, most)):
        rng = np.random.default_rng((seed, 3, index))  # of another run, another stream
        yield _case(kernel, plan, most, extreme if plan.extreme else usual, rng)


def plans(kernel: Kernel, most: Mapping[str, int]) -> Iterator[Plan]:
    """The full size first; then what is easily got wrong: parts, positions, ends, refusals."""
    tokens, tile = most["tokens"], most["token_tile"]
    part = min(tile + max(tile // 2 - 1, 1), max(tokens - 1, 1))  # its last tile is partly filled
    yield Plan(FULL, tokens)
    yield Plan("one_token", 1)
    yield Plan("partial_tile", part)
    yield Plan("extremes", part, extreme=True)
    if "context" in most:
        context = most["context"]
        yield Plan("next_token", 1, position=context // 2)
        yield Plan("last_rows", part, position=context - part)
        yield Plan("not_causal", part, position=(context - part) // 2, causal=False)
    yield from (replace(Plan(f"refused_{name}", tokens), wrong=bad) for name, bad in _wrong(most))


def _wrong(most: Mapping[str, int]) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    """Scalars that no kernel of these sizes may take."""
    yield "no_tokens", (("tokens", 0),)
    yield "tokens", (("tokens", most["tokens"] + 1),)
    for name in ("embed_dim", "ff_dim", "heads", "context"):
        if name in most:
            yield name, ((name, most[name] * 2),)
    if "context" in most:
        yield "position", (("position", most["context"] - most["tokens"] + 1),)
        yield "wrapped_position", (("tokens", 1), ("position", 2**32 - 1))


def _case(
    kernel: Kernel, plan: Plan, most: Mapping[str, int], op: Operator, rng: np.random.Generator
) -> Case:
    run = operands.run(kernel, plan.tokens, most, rng, extreme=plan.extreme)
    run = replace(run, position=plan.position, causal=plan.causal)
    return case(plan.name, kernel, most, op, run, dict(plan.wrong))


def case(
    name: str,
    kernel: Kernel,
    most: Mapping[str, int],
    op: Operator,
    run: Run,
    wrong: Mapping[str, int] = MappingProxyType({}),
) -> Case:
    """One run of a kernel with anybody's operands, and golden's answer to it.

    most: as `top.dimensions` gives it; x of the run has 1 to most["tokens"] rows
    wrong: scalars that the kernel must refuse, instead of what they would be
    """
    dynamic = {"tokens": len(run.x), "position": run.position, "flags": int(run.causal)}
    scalars = {**most, **dynamic, **op.scalars, **wrong}
    caches = {"key_cache": run.key_cache, "value_cache": run.value_cache}
    held = {argument: rows for argument, rows in caches.items() if rows is not None}
    refused = kernel.register("status").field(BAD_ARGUMENT).lsb
    return Case(
        name=name,
        status=1 << refused if wrong else 0,
        scalars={a.name: scalars[a.name] for a in kernel.arguments if a.kind == "scalar"},
        memory={"x": run.x, **op.memory, **held},
        first=dict.fromkeys(caches, run.position),
        answers={} if wrong else op.answer(run),
    )


# ------------------------------------------------------------------------------------- files


def names(kernel: str) -> tuple[str, str]:
    """The names of the files that write makes for the kernel of that name."""
    return (f"{kernel}_vectors.txt", f"{kernel}_vectors.bin")


def write(every: Iterable[Case], kernel: Kernel, folder: Path, depths: Mapping[str, int]) -> None:
    """Leave the cases of a kernel in a folder; contents that several share are there once.

    depths: beats that an argument's buffer has at least, by name, as `top.depths` gives them for
    cosimulation; where it is empty, buffers are exactly as large as a run needs, without guards
    """
    text, data = names(kernel.name)
    store = _Store()
    lines = [f"guard {GUARD_BEATS if depths else 0}"]
    lines += [line for case in every for line in _lines(case, kernel, depths, store)]
    (folder / data).write_bytes(b"".join(store.chunks))
    (folder / text).write_text("\n".join(lines) + "\n", encoding="ascii")


class _Store:
    """Contents one behind the other, equal ones once."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self._end = 0
        self._places: dict[bytes, int] = {}

    def place(self, content: bytes) -> int:
        """Where a content begins."""
        sha = hashlib.sha256(content).digest()
        if sha not in self._places:
            self._places[sha] = self._end
            self.chunks.append(content)
            self._end += len(content)
        return self._places[sha]


def _lines(case: Case, kernel: Kernel, depths: Mapping[str, int], store: _Store) -> Iterator[str]:
    yield f"case {case.name} {case.status}"
    for name, value in case.scalars.items():
        yield f"scalar {name} {value}"
    for argument in kernel.arguments:
        if argument.kind == "memory":
            yield _memory(case, argument, depths.get(argument.name, 0), store)
    for name, answer in case.answers.items():
        rows = answer.rows
        fp16 = kernel.argument(name).format == "fp16"
        place = store.place(rows.astype("<f4" if fp16 else "i1").tobytes())
        first = case.first.get(name, 0) * rows.shape[1]
        yield f"output {name} {first} {rows.size} {place} {answer.bound:.9g}"


def _memory(case: Case, argument: Argument, depth: int, store: _Store) -> str:
    """The line of one argument; what is only written begins with nothing of its own."""
    held = case.memory.get(argument.name)
    content = b"" if held is None else packed(held, argument.format)
    shape = case.memory["x"].shape if held is None else held.shape
    size = int(np.prod(shape)) * FORMATS[argument.format] // 8
    place = store.place(content)
    place_of = f"{depth} {size} {place} {len(content)}"
    return f"memory {argument.name} {argument.format} {shape[-1]} {place_of}"


def packed(values: Array, form: str) -> bytes:
    """An array as it lies in memory: row-major, little-endian, of int4 the even element low.

    values: any shape; int4 as int8 values, fp16 as float64 values that are halves
    """
    if form == "int4":
        return pack_int4(values).tobytes()
    if form == "fp16":
        assert np.array_equal(half(values), values), "no halves"
    return values.astype(DTYPES[form]).tobytes()
