"""half of the open headers is binary16, as numpy's float16 is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from tests.hls.probe import Probe, compile_probe

Bits = npt.NDArray[np.uint16]
ALL = np.arange(2**16, dtype=np.uint16)
SPECIAL = np.array(  # 0, the ends of subnormal and normal numbers, 1, infinity, not a number
    [0x0000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x3C01, 0x7BFF, 0x7C00, 0x7E00], np.uint16
)


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    return compile_probe("half", tmp_path_factory.mktemp("half"))


def ask(half: Probe, name: str, operands: npt.NDArray[np.generic]) -> Bits:
    return np.frombuffer(half(name, stdin=operands.tobytes()), np.uint16)


def same(found: Bits, expected: npt.NDArray[np.float16]) -> bool:
    """Bit for bit, zeros' signs included; one NaN is as good as another."""
    nan = np.isnan(expected)
    return bool(
        np.array_equal(found[~nan], expected.view(np.uint16)[~nan])
        and np.isnan(found[nan].view(np.float16)).all()
    )


def pairs() -> Bits:
    signed = np.concatenate([SPECIAL, SPECIAL | np.uint16(0x8000)])
    special = np.stack(np.meshgrid(signed, signed), axis=-1).reshape(-1, 2)
    random = np.random.default_rng(1).integers(0, 2**16, (100_000, 2), dtype=np.uint16)
    return np.concatenate([special, random])


def signalling(x: npt.NDArray[np.float16]) -> npt.NDArray[np.bool_]:
    return np.isnan(x) & (x.view(np.uint16) & 0x200 == 0)


def between() -> npt.NDArray[np.float64]:
    """Halves, what lies half way between neighbours, and doubles just beside that."""
    finite = np.unique(ALL.view(np.float16)[np.isfinite(ALL.view(np.float16))]).astype(np.float64)
    ends = np.array([-65536.0, 65536.0])
    middle = np.convolve(np.concatenate([ends[:1], finite, ends[1:]]), [0.5, 0.5], "valid")
    return np.concatenate(
        [finite, middle, np.nextafter(middle, np.inf), np.nextafter(middle, -np.inf)]
    )


def test_the_compiler_has_nothing_to_say(half):
    assert half.warnings == ""


def test_every_half_widens_to_the_float_that_numpy_gives(half):
    found = np.frombuffer(half("widen", stdin=ALL.tobytes()), np.float32)
    np.testing.assert_array_equal(found, ALL.view(np.float16).astype(np.float32))


def test_every_number_survives_the_way_to_float_and_back(half):
    assert same(ask(half, "float", ALL.view(np.float16).astype(np.float32)), ALL.view(np.float16))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_conversion_rounds_once_to_nearest_with_ties_to_even(half, kind):
    extreme = np.array([1e300, -1e300, 1e-300, np.inf, np.nan, 3.4e38], np.float64)
    with np.errstate(over="ignore"):
        numbers = np.concatenate([between(), extreme]).astype(kind)
        expected = numbers.astype(np.float16)
    name = "float" if kind is np.float32 else "double"
    assert same(ask(half, name, numbers), expected)


def test_integers_convert_as_numbers(half):
    numbers = np.array([0, 1, -1, 2047, 2048, 2049, 2051, 65519, 65520, -(2**31)], np.int32)
    with np.errstate(over="ignore"):
        assert same(ask(half, "int", numbers), numbers.astype(np.float16))


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide", "fmax"])
def test_arithmetic_is_that_of_numpy(half, name):
    x, y = pairs().view(np.float16).T
    if name == "fmax":  # IEEE 754 leaves open what two zeros, or a signalling NaN, give
        quiet = ~(signalling(x) | signalling(y))
        x, y = (operand[quiet & ((x != 0) | (y != 0))] for operand in (x, y))
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(x, y)
    assert same(ask(half, name, np.stack([x, y], axis=-1)), expected)


@pytest.mark.parametrize("name", ["less", "equal"])
def test_comparisons_are_those_of_numpy(half, name):
    x, y = pairs().view(np.float16).T
    np.testing.assert_array_equal(ask(half, name, pairs()), getattr(np, name)(x, y))


@pytest.mark.parametrize("name", ["sqrt", "negative"])
def test_exact_functions_are_those_of_numpy(half, name):
    with np.errstate(invalid="ignore"):
        assert same(ask(half, name, ALL), getattr(np, name)(ALL.view(np.float16)))


@pytest.mark.parametrize("name", ["exp", "tanh"])
def test_functions_are_off_by_one_place_at_most(half, name):
    x = ALL.view(np.float16)
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(x.astype(np.float64)).astype(np.float16)
    found = ask(half, name, ALL).view(np.float16)
    far = (found != expected) & ~(np.isnan(found) & np.isnan(expected))
    one = np.abs(found[far].view(np.int16).astype(int) - expected[far].view(np.int16)) == 1
    assert one.all()


def test_generated_code_in_half_computes_in_half(half):
    """The node of probes/half.cpp, each operation rounded."""
    h = np.float16
    expected = []
    for x in (h(0.5), h(-1), h(2), h(0)):
        root = np.sqrt(np.fmax(np.exp(x), h(1)))
        scaled = h(h(1.0 / float(root)) * 4.0)
        erf = {0.5: 0.5204998778, -1.0: -0.8427007929, 2.0: 0.995322265, 0.0: 0.0}[float(x)]
        expected.append(h(scaled + h(np.tanh(x) * h(erf))))
    assert same(ask(half, "generated", np.zeros(0, np.uint16)), np.array(expected, np.float16))
