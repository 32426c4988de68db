"""The kernels' shared headers give what golden gives; streams do not forgive misuse."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from bitwright.golden import network
from bitwright.golden.ffn import Ffn, ffn
from bitwright.golden.gelu import Gelu, gelu
from bitwright.golden.layer import Linear
from bitwright.golden.linear import pack_int4, requant, unpack_int4
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hls.probe import Probe, compile_probe

INT32 = np.array([-(2**31), -(2**31) + 1, -(2**16), -3, -1, 0, 1, 2, 2**16, 2**31 - 1], np.int64)


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    return compile_probe("common", tmp_path_factory.mktemp("common"))


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    return compile_probe("streams", tmp_path_factory.mktemp("streams"))


def test_the_compiler_has_nothing_to_say(common, streams):
    assert common.warnings + streams.warnings == ""


# ------------------------------------------------------------------------------------- formats


@pytest.mark.parametrize("kind", ["int8", "uint8", "int32", "float16"])
def test_a_beat_holds_its_elements_lowest_first(common, kind):
    beats = np.random.default_rng(2).integers(0, 256, 320, dtype=np.uint8)
    name = "fp16" if kind == "float16" else kind
    assert common(name, stdin=beats.tobytes()) == beats.tobytes()


def test_int4_is_unpacked_low_nibble_first_with_its_sign(common):
    beat = np.arange(256, dtype=np.uint8)
    found = np.frombuffer(common("int4", stdin=beat.tobytes()), np.int8)
    np.testing.assert_array_equal(found, unpack_int4(beat))


@pytest.mark.parametrize("kind", ["int8", "fp16"])
def test_packing_undoes_unpacking(common, kind):
    beats = np.random.default_rng(3).integers(0, 256, 320, dtype=np.uint8).tobytes()
    assert common(f"pack {kind}", stdin=beats) == beats


# ------------------------------------------------------------------------------------- operators


def test_two_dot_products_in_one_multiplier_do_not_touch_each_other(common):
    random = np.random.default_rng(5)
    ends = random.choice(np.array([-128, -127, 127], np.int8), (20_000, 3, 8))
    ends[:8] = np.array(np.meshgrid(*3 * [[-128, 127]])).T.reshape(8, 3, 1)  # all eight alike
    operands = np.concatenate([ends, random.integers(-128, 128, (20_000, 3, 8)).astype(np.int8)])
    found = np.frombuffer(common("dot", stdin=operands.tobytes()), np.int32).reshape(-1, 2)
    weight, *tokens = operands.astype(np.int32).transpose(1, 0, 2)
    np.testing.assert_array_equal(found, np.stack([(weight * t).sum(-1) for t in tokens], axis=-1))


def check_requant(common: Probe, operands: np.ndarray) -> None:
    total, bias, mult, shift = operands.T.astype(np.int32)
    found = np.frombuffer(common("requant", stdin=operands.astype(np.int32).tobytes()), np.int8)
    expected = requant(total, bias, mult, (shift & 255).astype(np.uint8))
    np.testing.assert_array_equal(found, expected)


def test_requant_is_golden_at_all_extremes_and_all_shifts(common):
    grid = np.meshgrid(INT32, INT32, INT32, np.arange(256), indexing="ij")
    check_requant(common, np.stack([axis.ravel() for axis in grid], axis=-1))


def test_requant_is_golden_where_the_result_is_small(common):
    """Random operands of every magnitude, and shifts that leave some bits of the product."""
    random = np.random.default_rng(4)
    count = 500_000
    total, bias, mult = random.integers(-(2**31), 2**31, (3, count)) >> random.integers(
        0, 32, (3, count)
    )
    product = np.abs((total + bias).astype(float) * mult)
    shift = np.log2(np.maximum(product, 1)).astype(np.int64) - random.integers(-3, 9, count)
    check_requant(common, np.stack([total, bias, mult, np.clip(shift, 0, 63)], axis=-1))


def test_requant_breaks_ties_to_even(common):
    for shift in (1, 2, 31, 32, 62):
        odd = np.arange(-5, 6, 2)  # halves of 2**shift
        step = 1 << max(shift - 1 - 30, 0)
        mult = np.full(6, 1 << min(shift - 1, 30))
        check_requant(common, np.stack([odd * step, odd * 0, mult, odd * 0 + shift], axis=-1))


def constants(g: Gelu) -> np.ndarray:
    return np.array([g.b, g.c, g.one, g.mult, g.shift], np.int32)


@pytest.mark.parametrize("scale", [1 / 64, 1 / 40, 1 / 16, 0.1, 0.5, 3.0])
@pytest.mark.parametrize("out_scale", [1 / 100, 1 / 20, 1.0])
def test_gelu_is_golden_for_every_argument(common, scale, out_scale):
    every = np.arange(-128, 128).astype(np.int8)
    g = Gelu.of(scale, out_scale)
    found = np.frombuffer(common("gelu", stdin=constants(g).tobytes()), np.int8)
    np.testing.assert_array_equal(found, gelu(every, g))


@pytest.mark.parametrize(("one", "fit"), [(-8777215, True), (-8777216, False)])
def test_constants_of_gelu_fit_up_to_the_last_that_does(common, one, fit):
    values = (-1, -8_000_000, one, -1, 0)
    assert common("fits", stdin=np.array(values, np.int32).tobytes()) == bytes([fit])
    with contextlib.nullcontext() if fit else pytest.raises(ValueError):
        Gelu(*values)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-7000, 2) | st.sampled_from([-(2**31), -(2**31) + 1, 2**31 - 1]),
            st.integers(-(2**24) - 3, 2) | st.sampled_from([-(2**31), 2**31 - 1]),
            st.integers(-(2**24) - 3, 2) | st.sampled_from([-(2**31), 2**31 - 1]),
            st.integers(-(2**31), 1),
            st.integers(0, 66),
        ),
        min_size=200,
        max_size=200,
    )
)
def test_constants_of_gelu_are_refused_where_golden_refuses_them(common, several):
    def allowed(values: tuple[int, ...]) -> bool:
        try:
            Gelu(*values)
        except ValueError:
            return False
        return True

    found = common("fits", stdin=np.array(several, np.int32).tobytes())
    assert [bool(fit) for fit in found] == [allowed(values) for values in several]
    fit = [values for values in several if allowed(values)]
    every = np.arange(-128, 128).astype(np.int8)
    results = np.frombuffer(common("gelu", stdin=np.array(fit, np.int32).tobytes()), np.int8)
    for values, result in zip(fit, results.reshape(-1, 256), strict=True):
        np.testing.assert_array_equal(result, gelu(every, Gelu(*values)))


# ------------------------------------------------------------------------------------------ ffn


def layer(random: np.random.Generator, out: int, into: int, bits: int) -> Linear:
    """A random layer whose results fill int8 without saturating all."""
    most = 2 ** (bits - 1)
    scale = 30 / (74 * most * 0.58 * np.sqrt(into))
    shift = random.integers(20, 30, out)
    return Linear(
        weight=random.integers(-most, most, (out, into)).astype(np.int8),
        bias=random.integers(-5000, 5000, out).astype(np.int32),
        mult=np.rint(scale * 2.0**shift * random.uniform(0.5, 1.5, out)).astype(np.int32),
        shift=shift.astype(np.uint8),
    )


def beats(array: np.ndarray) -> bytes:
    content = array.tobytes()
    content += bytes(-len(content) % 32)
    return np.int32(len(content) // 32).tobytes() + content


@pytest.mark.parametrize("tokens", [1, 4, 5, 7])
@pytest.mark.parametrize(("form", "embed", "ff"), [("int8", 96, 64), ("w4a8", 128, 64)])
def test_ffn_is_golden_at_every_filling_of_its_tiles(common, form, embed, ff, tokens):
    random = np.random.default_rng(tokens)
    bits = 4 if form == "w4a8" else 8
    p = Ffn(layer(random, ff, embed, bits), layer(random, embed, ff, bits), Gelu.of(1 / 20, 1 / 20))
    x = random.integers(-128, 128, (tokens, embed)).astype(np.int8)
    weights = [pack_int4(w) if bits == 4 else w for w in (p.fc.weight, p.proj.weight)]
    arguments = [x, p.fc.bias, weights[0], p.proj.bias, weights[1]]
    arguments += [p.fc.mult, p.fc.shift, p.proj.mult, p.proj.shift]
    stdin = constants(p.gelu).tobytes() + b"".join(map(beats, arguments))
    found = np.frombuffer(common("ffn", form, str(tokens), stdin=stdin), np.int8)
    expected = ffn(x, p)
    assert len(np.unique(expected)) > 30  # the random layers lose nothing to saturation
    np.testing.assert_array_equal(found.reshape(tokens, embed), expected)


@pytest.mark.parametrize("tokens", [1, 4, 7])
def test_ffn_in_fp16_is_the_float_model_but_for_rounding(common, tokens):
    random = np.random.default_rng(tokens)

    def floats(*shape: int) -> np.ndarray:
        return random.normal(0, shape[-1] ** -0.5, shape).astype(np.float16)

    embed, ff = 96, 160
    x = random.normal(0, 1, (tokens, embed)).astype(np.float16)
    arguments = [x, floats(ff), floats(ff, embed), floats(embed), floats(embed, ff)]
    _, fc_bias, fc_weight, proj_bias, proj_weight = (a.astype(np.float64) for a in arguments)
    p = network.Ffn(network.Linear(fc_weight, fc_bias), network.Linear(proj_weight, proj_bias))
    expected = network.ffn(x.astype(np.float64), p)
    stdin = bytes(20) + b"".join(map(beats, arguments))
    found = np.frombuffer(common("ffn", "fp16", str(tokens), stdin=stdin), np.float16)
    # Three roundings to 11 bits: the hidden values', the activations' and the result's.
    assert np.abs(found.reshape(tokens, embed) - expected).max() < 3 * 2.0**-11


# --------------------------------------------------------------------------------------- streams


def test_streams_carry_values_in_order_also_in_arrays(streams):
    assert streams("use") == b"sum 3\nfinished\n"


def test_reading_an_empty_stream_ends_the_run_and_names_it(streams):
    done = streams.run("read")
    assert done.returncode == 1
    assert done.stderr == b"error: hls::stream 'fifo_0' is read while empty\n"
    assert done.stdout == b"sum 3\n"  # what was printed before is not lost


def test_streams_left_full_fail_the_run_and_are_all_named(streams):
    done = streams.run("leave")
    assert done.returncode == 1
    assert done.stdout.endswith(b"finished\n")
    assert done.stderr.splitlines() == [
        b"error: hls::stream 'attention.one' is left with 1 unread element",
        b"error: hls::stream 'attention.rows' is left with 2 unread elements",
    ]


def test_a_static_stream_left_full_fails_the_run_too(streams):
    done = streams.run("late")
    assert done.returncode == 1
    assert done.stderr == b"error: hls::stream 'kept' is left with 1 unread element\n"


def test_a_stream_that_outlives_main_is_named_beside_others(streams):
    done = streams.run("early")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        b"error: hls::stream 'attention.rows' is left with 1 unread element",
        b"error: hls::stream 'early' is left with 1 unread element",
    ]
