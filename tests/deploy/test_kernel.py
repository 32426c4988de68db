"""The driver of a deployed folder calls the kernels as C++ has them, bit for bit as golden."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bitwright.deploy.accelerator.kernel import DTYPES, Kernel, KernelError, RegisterPort
from bitwright.deploy.accelerator.window import Window
from bitwright.hls import vectors
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy import card as stand

BASE = 0x1000_0000
KERNELS = (("ffn", "int8"), ("ffn", "w4a8"), ("mhsa", "int8"))


class Registers:
    def __init__(self, card: stand.Card) -> None:
        self._card = card

    def read(self, offset: int) -> int:
        return self._card.read(BASE + offset)

    def write(self, offset: int, value: int) -> None:
        self._card.write(BASE + offset, value)


Made = tuple[Any, stand.Card, Kernel]


@pytest.fixture(scope="module", params=KERNELS, ids="-".join)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    job = stand.job(*request.param)
    folder: Path = tmp_path_factory.mktemp("kernel") / "build"
    card = stand.Card()
    spec = card.add(BASE, job.kernel, stand.library(job, folder))
    window = Window(stand.MEMORY, stand.SIZE, card.bytes, card.store)
    return job, card, Kernel(spec, RegisterPort(spec, Registers(card), window))


def values(case: vectors.Case, kernel: Kernel) -> dict[str, Any]:
    """What a host gives: arrays that are read, and every scalar."""
    found: dict[str, Any] = dict(case.scalars)
    for argument in kernel.spec["arguments"]:
        if argument["name"] in case.memory:
            form = argument["format"]
            found[argument["name"]] = case.memory[argument["name"]].astype(DTYPES[form])
    return found


def test_every_case_of_the_c_simulation_gives_goldens_numbers(made: Made) -> None:
    job, _, kernel = made
    tried = 0
    for case in stand.cases(job):
        if case.status:
            continue
        given = values(case, kernel)
        caches = [name for name in ("key_cache", "value_cache") if name in given]
        given |= {name: kernel.put(name, given[name]) for name in caches}
        found = kernel(**given)
        results = {"y": found} | {name: given[name].get() for name in caches}
        for name, answer in case.answers.items():
            first = case.first.get(name, 0)
            rows = results[name][first : first + len(answer.rows)]
            assert np.array_equal(rows, answer.rows), (case.name, name)
            tried += rows.size
        for name in caches:
            given[name].buffer.free()
    assert tried >= 512


def test_what_the_kernel_refuses_is_told_by_the_name_of_the_bit(made: Made) -> None:
    job, _, kernel = made
    refused = [case for case in stand.cases(job) if case.status]
    assert refused
    for case in refused:
        memory = (a["name"] for a in kernel.spec["arguments"] if a["kind"] == "memory")
        with pytest.raises(KernelError, match="the run ended with bad_argument"):
            kernel(**case.scalars, **dict.fromkeys(memory))


def test_memory_is_given_back_after_a_call_and_after_one_that_failed(made: Made) -> None:
    job, _, kernel = made
    window = kernel._port._memory  # type: ignore[attr-defined]
    case = stand.cases(job)[0]
    kernel(**values(case, kernel))
    assert window.taken == ()
    with pytest.raises(KernelError):
        kernel(**values(case, kernel) | {"tokens": 0, "y": None, "x": None})
    assert window.taken == ()


class Stuck(Registers):
    """A kernel that starts and is not done before it is let go."""

    gone: bool | None = True  # None: the next start is its last

    def read(self, offset: int) -> int:
        return 0 if self.gone is False and offset == 0 else super().read(offset)

    def write(self, offset: int, value: int) -> None:
        if offset == 0 and self.gone is None:
            self.gone = False
        else:
            super().write(offset, value)


def test_memory_of_a_run_that_has_not_ended_stays_until_the_kernel_is_idle(made: Made) -> None:
    job, card, kernel = made
    registers = Stuck(card)
    window = kernel._port._memory  # type: ignore[attr-defined]
    slow = Kernel(kernel.spec, RegisterPort(kernel.spec, registers, window, limit_s=0.001))
    given = values(stand.cases(job)[0], kernel)
    registers.gone = None
    with pytest.raises(KernelError, match="not done after"):
        slow(**given)
    held = window.taken
    assert len(held) > 1
    with pytest.raises(KernelError, match="busy with an earlier start"):
        slow(**given)
    assert window.taken == held
    registers.gone = True
    slow(**given)
    assert window.taken == ()


def test_a_misspelt_name_a_wrong_type_and_a_wrong_shape_are_told_before_anything_is_written(
    made: Made,
) -> None:
    job, card, kernel = made
    given = values(stand.cases(job)[0], kernel)
    writes = len(card.log)
    for wrong, message in (
        ({"wieght": 1}, "ffn takes no wieght|mhsa takes no wieght"),
        ({"x": given["x"].astype(np.int32)}, r"x is int32; expected int8"),
        ({"x": given["x"][0]}, r"x: shape \(\d+,\); expected \[tokens, embed_dim\]"),
        ({"tokens": given["x"].shape[0] + 1}, "x: shape .* expected tokens = "),
        ({"embed_dim": -1}, "embed_dim = -1; expected uint32"),
    ):
        with pytest.raises(KernelError, match=message):
            kernel(**given | wrong)
    assert len(card.log) == writes


@given(st.lists(st.tuples(st.integers(1, 300), st.sampled_from([8, 64, 4096])), max_size=20))
def test_buffers_of_a_window_never_overlap_and_keep_their_alignment(
    wanted: list[tuple[int, int]],
) -> None:
    window = Window(0x100, 1 << 14, lambda *_: b"", lambda *_: None)
    held = []
    for number, (size, align) in enumerate(wanted):
        try:
            buffer = window.allocate(size, align)
        except KernelError:
            break
        assert buffer.address % align == 0
        assert buffer.address >= 0x100 and buffer.address + size <= 0x100 + (1 << 14)
        held.append(buffer)
        if number % 3 == 2:
            held.pop(0).free()
    places = sorted((each.address, each.size) for each in held)
    assert all(a + size <= b for (a, size), (b, _) in pairwise(places))
    assert list(window.taken) == [(a, a + size) for a, size in places]
