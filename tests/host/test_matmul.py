"""Where the arrays of a product lie in the board's memory, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from bitwright.errors import ConfigError
from bitwright.host import matmul as host
from hypothesis import given
from hypothesis import strategies as st

sizes = st.integers(1, 70)


@given(sizes, sizes, sizes, st.booleans(), st.booleans())
def test_buffers_keep_the_engines_rules_and_do_not_overlap(
    m: int, n: int, k: int, nk: bool, raw: bool
) -> None:
    shapes: dict[str, tuple[int, ...]] = {"a": (m, k), "b": (n, k) if nk else (k, n)}
    if not raw:
        shapes |= {"bias": (n,), "mult": (n,), "shift": (n,)}
    shapes["d"] = (m, n)
    buffers = host.layout(shapes, raw)
    end = 0
    for name, buffer in buffers.items():
        assert buffer.offset % 8 == 0 and buffer.stride_bytes % 8 == 0, name
        assert buffer.offset >= end, name
        assert buffer.row_bytes <= buffer.stride_bytes < buffer.row_bytes + 8, name
        end = buffer.offset + buffer.size
    assert buffers["d"].row_bytes == n * (4 if raw else 1)
    assert buffers["a"].rows == m and buffers["b"].rows == (n if nk else k)


@given(sizes, sizes, st.sampled_from(["int8", "int32", "uint8"]), st.integers(0, 2**32 - 1))
def test_padding_and_its_removal_give_the_array_back(
    rows: int, columns: int, kind: str, seed: int
) -> None:
    info = np.iinfo(kind)
    random = np.random.default_rng(seed)
    array = random.integers(info.min, info.max, (rows, columns), endpoint=True).astype(kind)
    row_bytes = columns * array.itemsize
    buffer = host.Buffer(0, rows, row_bytes, -(-row_bytes // 8) * 8)
    data = host.padded(array, buffer)
    assert len(data) == buffer.size
    assert np.array_equal(host.unpadded(data, buffer, array.dtype), array)


def test_a_transposed_view_is_laid_out_as_it_is_indexed() -> None:
    array = np.arange(6, dtype=np.int8).reshape(2, 3).T
    data = host.padded(array, host.Buffer(0, 3, 2, 8))
    assert [data[8 * row : 8 * row + 2] for row in range(3)] == [b"\0\3", b"\1\4", b"\2\5"]


class NoBoard:
    """Fails on any use: a refused product must not touch the board."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the board's {name} was used")


@pytest.mark.parametrize(("m", "n", "k"), [(1025, 1, 1), (1, 6401, 1), (1, 1, 6401), (0, 1, 1)])
def test_a_product_too_large_for_the_engine_is_refused_before_the_board_is_touched(
    m: int, n: int, k: int
) -> None:
    a, b = np.zeros((m, k), np.int8), np.zeros((k, n), np.int8)
    with pytest.raises(ConfigError, match=r"expected  1 to"):
        host.matmul(NoBoard(), a, b, raw=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"a": np.zeros((2, 3), np.int16)}, TypeError),
        ({"b": np.zeros((4, 2), np.int8)}, ValueError),
        ({"mult": None}, ValueError),
        ({"shift": np.zeros(2, np.int8)}, TypeError),
        ({"bias": np.zeros(3, np.int32)}, TypeError),
    ],
)
def test_arrays_of_another_kind_are_refused(change: dict[str, object], error: type) -> None:
    arrays: dict[str, object] = {
        "a": np.zeros((2, 3), np.int8),
        "b": np.zeros((3, 2), np.int8),
        "bias": np.zeros(2, np.int32),
        "mult": np.zeros(2, np.int32),
        "shift": np.zeros(2, np.uint8),
    }
    with pytest.raises(error):
        host.matmul(NoBoard(), **(arrays | change))  # type: ignore[arg-type]
