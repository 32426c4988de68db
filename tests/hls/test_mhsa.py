"""The kernel mhsa does what golden says, and leaves alone what is not its own."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from bitwright.golden import error, half, network
from bitwright.golden.attention import mhsa
from bitwright.hls import csim
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hls import mhsa_calls as calls
from tests.hls.mhsa_calls import LARGE, SMALL, Answer, Call, Program, Sizes

EVERY_SIZE = pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small", "large"])
EVERY_FORMAT = pytest.mark.parametrize("form", calls.FORMATS)
INTEGERS = pytest.mark.parametrize("form", ["int8", "w4a8"])
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Program]:
    with ThreadPoolExecutor(2) as pool:
        folders = [tmp_path_factory.mktemp(form) for form in calls.FORMATS]
        return dict(zip(calls.FORMATS, pool.map(calls.build, calls.FORMATS, folders), strict=True))


def drawn(data: st.DataObject, form: str, sizes: Sizes, rng: np.random.Generator) -> Call:
    tokens = data.draw(st.integers(1, sizes.seq_len), label="tokens")
    position = data.draw(st.integers(0, sizes.context - tokens), label="position")
    causal = data.draw(st.booleans(), label="causal")
    return calls.call(form, sizes, rng, tokens=tokens, position=position, causal=causal)


def check_rows(call: Call, answer: Answer, y: np.ndarray, keys: np.ndarray, values: np.ndarray):
    """Integers are equal, and every row that is not the call's is as it was."""
    tokens, end = len(call.x), call.position + len(call.x)
    assert answer.status == 0
    np.testing.assert_array_equal(answer.y[:tokens], y)
    assert np.all(answer.y[tokens:].view(np.uint8) == calls.UNTOUCHED)
    for found, made, before in (
        (answer.key_cache, keys, call.key_cache),
        (answer.value_cache, values, call.value_cache),
    ):
        np.testing.assert_array_equal(found[: call.position], before[: call.position])
        np.testing.assert_array_equal(found[call.position : end], made[call.position :])
        np.testing.assert_array_equal(found[end:], before[end:])


def test_the_compiler_has_nothing_to_say(programs):
    assert "".join(program.warnings for program in programs.values()) == ""


def test_sizes_that_cannot_be_built_are_told_by_name(tmp_path):
    bad = {  # embed_dim, heads, seq_len, context, token_tile, lanes
        "heads must divide embed_dim": (64, 3, 8, 8, 4, 4),
        "context must be at least seq_len": (64, 4, 9, 8, 4, 4),
        "Lanes must divide Tokens": (64, 4, 8, 8, 6, 4),
        "a row of weights must be whole beats": (48, 4, 8, 8, 4, 4),
        "shorten context": (64, 4, 8, 40000, 4, 4),
    }
    names = ("embed_dim", "heads", "seq_len", "context", "token_tile", "lanes")
    lines = ['#include "shape.hpp"', "using bitwright::Format;"]
    for i, sizes in enumerate(bad.values()):
        body = ", ".join(f"{name} = {size}" for name, size in zip(names, sizes, strict=True))
        lines.append(f"struct C{i} {{ static constexpr Format format = Format::int8;")
        lines.append(f"static constexpr int {body}; }};")
        lines.append(f"template struct bitwright::attention::Shape<C{i}>;")
    (tmp_path / "bad.cpp").write_text("\n".join(lines))
    command = csim.compiler("bad.cpp", map(str, calls.INCLUDES), ("-fsyntax-only",))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert [message for message in bad if message not in done.stderr] == []


@EVERY_SIZE
@INTEGERS
@settings(max_examples=25, deadline=None)
@given(data=st.data(), seed=SEEDS, extreme=st.booleans())
def test_integers_are_golden_bit_for_bit(programs, form, sizes, data, seed, extreme):
    rng = np.random.default_rng(seed)
    call = drawn(data, form, sizes, rng)
    p = (calls.ends if extreme else calls.parameters)(form, sizes, rng)
    call = calls.loud(call) if extreme else call
    expected = mhsa(
        call.x,
        p,
        causal=call.causal,
        position=call.position,
        key_cache=call.key_cache,
        value_cache=call.value_cache,
    )
    check_rows(call, programs[form](sizes, p, call), *expected)


@EVERY_SIZE
@settings(max_examples=15, deadline=None)
@given(data=st.data(), seed=SEEDS)
def test_fp16_lies_within_the_bound_of_the_float_model(programs, sizes, data, seed):
    rng = np.random.default_rng(seed)
    call = drawn(data, "fp16", sizes, rng)
    p = calls.parameters("fp16", sizes, rng)
    assert isinstance(p, network.Mhsa)
    past = slice(call.position)
    trace = network.trace_mhsa(
        call.x.astype(np.float64),
        p,
        causal=call.causal,
        past_keys=call.key_cache[past].astype(np.float64),
        past_values=call.value_cache[past].astype(np.float64),
    )
    y, keys, values = half.mhsa(error.WORST, p, trace)
    answer = programs["fp16"](sizes, p, call)
    rows = slice(call.position, call.position + len(call.x))
    assert np.all(np.abs(answer.y[: len(call.x)] - trace.y) <= y)
    assert np.all(np.abs(answer.key_cache[rows] - trace.keys[rows]) <= keys)
    assert np.all(np.abs(answer.value_cache[rows] - trace.values[rows]) <= values)


@EVERY_SIZE
@EVERY_FORMAT
def test_decoding_token_by_token_is_one_causal_call(programs, form, sizes):
    rng = np.random.default_rng(11)
    p = calls.parameters(form, sizes, rng)
    whole = calls.call(form, sizes, rng, tokens=sizes.seq_len, position=3, causal=True)
    expected = programs[form](sizes, p, whole)
    step = whole
    for i, row in enumerate(whole.x):
        step = replace(step, x=row[np.newaxis], position=3 + i)
        found = programs[form](sizes, p, step)
        assert found.y[0].tobytes() == expected.y[i].tobytes(), f"token {i}"
        step = replace(step, key_cache=found.key_cache, value_cache=found.value_cache)
    assert step.key_cache.tobytes() == expected.key_cache.tobytes()
    assert step.value_cache.tobytes() == expected.value_cache.tobytes()


@EVERY_SIZE
@EVERY_FORMAT
@pytest.mark.parametrize("causal", [True, False], ids=["causal", "open"])
def test_the_last_token_reaches_the_first_only_without_a_mask(programs, form, sizes, causal):
    rng = np.random.default_rng(12)
    p = calls.parameters(form, sizes, rng)
    call = calls.call(form, sizes, rng, tokens=sizes.seq_len, position=2, causal=causal)
    other = call.x.copy()
    other[-1] = calls.call(form, sizes, rng, tokens=1, position=0, causal=causal).x
    first, second = (programs[form](sizes, p, replace(call, x=x)).y[0] for x in (call.x, other))
    assert (first.tobytes() == second.tobytes()) == causal


WRONG = {
    "no_tokens": {"tokens": 0},
    "too_many_tokens": {"tokens": 13},
    "beyond_the_caches": {"tokens": 12, "position": 9},
    "position_that_wraps": {"tokens": 1, "position": 2**32 - 1},
    "both_that_wrap": {"tokens": 12, "position": 2**32 - 12},
    "tokens_that_are_negative_as_int": {"tokens": 2**32 - 1},
    "context": {"context": 24},
    "embed_dim": {"embed_dim": 128},
    "heads": {"heads": 2},
}


@EVERY_FORMAT
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_arguments_that_do_not_fit_touch_no_memory(programs, form, wrong):
    rng = np.random.default_rng(13)
    call = calls.call(form, SMALL, rng, tokens=1, position=0, causal=True)
    scalars = calls.scalars(SMALL, calls.parameters(form, SMALL, rng), call)
    assert programs[form].raw(SMALL, {}, {**scalars, **wrong}).status == 4  # on null pointers


@INTEGERS
@pytest.mark.parametrize("wrong", ["ln2", "ln2_inv", "mult", "b", "c"])
def test_constants_of_softmax_that_golden_refuses_touch_no_memory(programs, form, wrong):
    rng = np.random.default_rng(14)
    call = calls.call(form, SMALL, rng, tokens=1, position=0, causal=True)
    scalars = calls.scalars(SMALL, calls.parameters(form, SMALL, rng), call)
    assert programs[form].raw(SMALL, {}, {**scalars, f"softmax_{wrong}": 0}).status == 4


@EVERY_FORMAT
def test_other_flags_mean_nothing(programs, form):
    rng = np.random.default_rng(15)
    p = calls.parameters(form, SMALL, rng)
    call = calls.call(form, SMALL, rng, tokens=5, position=1, causal=False)
    plain, flagged = (programs[form](SMALL, p, call, flags=f) for f in (0, 2**32 - 2))
    assert plain.y.tobytes() == flagged.y.tobytes()
