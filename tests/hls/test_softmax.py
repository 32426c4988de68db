"""bitwright/softmax.hpp gives what golden gives, and takes the constants that golden takes."""

from __future__ import annotations

import math
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from bitwright.golden import floating
from bitwright.golden.softmax import MAX_SCALE, MIN_SCALE, Softmax, softmax
from bitwright.hls import csim
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

ROOT = Path(__file__).parents[2]
INCLUDES = [ROOT / "ip/open/include", ROOT / "ip/common/include"]
NAMES = [f.name for f in fields(Softmax)][:5]  # int32, in the order of the header's
INT32 = st.integers(-(2**31), 2**31 - 1)
SCALES = st.floats(math.log(MIN_SCALE), math.log(MAX_SCALE)).map(
    lambda x: min(max(math.exp(x), MIN_SCALE), MAX_SCALE)
)
BERT = Softmax(b=1874, c=1338211, ln2=-480, ln2_inv=-2236963, mult=26291085)
CONSTANTS = SCALES.map(Softmax.of) | st.just(BERT)


class Header:
    """The header, compiled with sanitizers."""

    def __init__(self, folder: Path) -> None:
        source, self.warnings = str(ROOT / "tests/hls/probes/softmax.cpp"), ""
        self.program = folder / csim.PROGRAM
        for command in (
            csim.compiler(source, map(str, INCLUDES), csim.SANITIZED),
            csim.linker(["softmax.o"], csim.SANITIZED),
        ):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            self.warnings += done.stderr

    def __call__(self, *words: str, stdin: bytes) -> bytes:
        done = subprocess.run([self.program, *words], input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def rows(self, scores: np.ndarray, k: Softmax) -> np.ndarray:
        stdin = np.array([getattr(k, name) for name in NAMES], np.int32).tobytes()
        found = self("int8", str(scores.shape[1]), stdin=stdin + scores.tobytes())
        return np.frombuffer(found, np.int8).reshape(scores.shape)

    def takes(self, constants: list[int]) -> bool:
        return (
            self("valid", stdin=np.array(constants, np.int64).astype(np.int32).tobytes()) == b"\1"
        )


@pytest.fixture(scope="module")
def header(tmp_path_factory: pytest.TempPathFactory) -> Header:
    return Header(tmp_path_factory.mktemp("softmax"))


def golden_takes(constants: list[int]) -> bool:
    try:
        Softmax(*constants)
    except ValueError:
        return False
    return True


def test_the_compiler_has_nothing_to_say(header):
    assert header.warnings == ""


@settings(max_examples=100, deadline=None)
@given(k=CONSTANTS, data=st.data())
def test_integer_softmax_is_golden_bit_for_bit(header, k, data):
    keys = data.draw(st.integers(1, 40))
    reach = data.draw(st.sampled_from([1, 30, 1000, 10**5, 2**31 - 1]))  # of scores
    elements = st.integers(-reach, reach) | st.sampled_from([-reach - 1, reach])
    scores = data.draw(hnp.arrays(np.int32, (3, keys), elements=elements))
    np.testing.assert_array_equal(header.rows(scores, k), softmax(scores, k))


@pytest.mark.parametrize("scale", [MIN_SCALE, MAX_SCALE])
def test_the_longest_row_of_equal_scores_keeps_its_widths(header, scale):
    k = Softmax.of(scale)
    scores = np.full((1, k.max_keys), 2**31 - 1, np.int32)
    np.testing.assert_array_equal(header.rows(scores, k), softmax(scores, k))


def test_a_whole_that_is_a_power_of_two_is_held_at_127(header):
    k = replace(BERT, mult=-(-(2**44) // BERT.c))  # e of the only key is 2**14, its share 128
    scores = np.zeros((1, 1), np.int32)
    np.testing.assert_array_equal(header.rows(scores, k), [[127]])
    np.testing.assert_array_equal(softmax(scores, k), [[127]])


@settings(max_examples=200, deadline=None)
@given(k=CONSTANTS, which=st.integers(0, 4), change=st.integers(-3, 3) | INT32)
@example(k=BERT, which=2, change=480)  # ln2 = 0
@example(k=BERT, which=0, change=-1874 + 2 * 480)  # the least b
@example(k=BERT, which=0, change=-1874 + 2 * 480 - 1)
@example(k=BERT, which=3, change=1)  # ln2_inv by one beside
@example(k=BERT, which=3, change=-1)
def test_constants_are_valid_where_golden_takes_them(header, k, which, change):
    constants = [getattr(k, name) for name in NAMES]
    constants[which] = (constants[which] + change + 2**31) % 2**32 - 2**31
    assert header.takes(constants) == golden_takes(constants)


@settings(max_examples=200, deadline=None)
@given(constants=st.lists(INT32, min_size=5, max_size=5))
def test_any_constants_are_judged_without_overflow(header, constants):
    assert header.takes(constants) == golden_takes(constants)


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.float32, (2, 24), elements=st.floats(-60000, 60000, width=32)))
def test_float_softmax_is_the_nearest_half_but_for_float32(header, scores):
    found = np.frombuffer(header("fp16", "24", stdin=scores.tobytes()), np.float16)
    expected = floating.softmax(scores.astype(np.float64))
    # half's rounding, then float32's of the difference and of 24 sums, exp and a product
    bound = expected * (2**-11 + 64 * 2**-24) + 2**-25
    assert np.all(np.abs(found.reshape(scores.shape) - expected) <= bound)
