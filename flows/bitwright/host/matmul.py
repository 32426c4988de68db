"""A matrix product on a board: lay out the buffers, run the engine, read the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bitwright.errors import ConfigError, ToolError
from bitwright.host.driver import KernelDriver
from bitwright.host.soc import Soc
from bitwright.kernel import Kernel, load

WORD_BYTES = 8  # of the engine's port: addresses and row strides are multiples of it
BUFFER_BYTES = 64  # buffers begin at multiples of it
SIGNATURE = Path(__file__).resolve().parents[3] / "cores" / "matmul" / "kernel.yml"

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Product:
    """What the engine gave."""

    d: Array  # int8 [M, N], or int32 [M, N] when raw
    cycles: int  # of the board's clock, from start to done
    utilisation: float  # multiply-accumulates of the product per cycle and processing element


@dataclass(frozen=True, slots=True)
class Buffer:
    """Where a memory argument lies."""

    offset: int  # bytes from the beginning of the SDRAM
    rows: int
    row_bytes: int  # of elements
    stride_bytes: int  # from row to row

    @property
    def size(self) -> int:
        return self.rows * self.stride_bytes


@cache
def signature() -> Kernel:
    return load(SIGNATURE, "cores/matmul/kernel.yml")


def matmul(
    soc: Soc,
    a: Array,
    b: Array,
    bias: Array | None = None,
    mult: Array | None = None,
    shift: Array | None = None,
    *,
    b_is_nk: bool = False,
    raw: bool = False,
) -> Product:
    """D = requant(A B + bias) on the board, or with `raw` the int32 accumulators A B.

    a: int8 [M, K]; b: int8 [K, N], with `b_is_nk` [N, K]; bias, mult: int32 [N]; shift: uint8 [N]
    The same numbers as bitwright.golden.matmul. The SDRAM must be initialised; what it holds from
    its beginning on is overwritten.
    Raises ConfigError if the product is too large for the engine or the memory, ToolError if the
    engine reports an error or does not end, TypeError and ValueError for arrays of another kind.
    """
    m, n, k = _sizes(a, b, b_is_nk)
    arrays = {"a": a, "b": b}
    if not raw:
        arrays |= _columns(n, bias=bias, mult=mult, shift=shift)
    buffers = layout({name: array.shape for name, array in arrays.items()} | {"d": (m, n)}, raw)
    _check_fits(soc, buffers)
    for name, array in arrays.items():
        soc.write(buffers[name].offset, padded(array, buffers[name]))
    driver = KernelDriver(soc, signature())
    set_arguments(soc, driver, buffers, (m, n, k), b_is_nk=b_is_nk, raw=raw)
    traffic = sum(buffer.size for buffer in buffers.values()) * (1 + m // soc.map.rows)
    work = (m + soc.map.rows) * (n + soc.map.cols) * (k + WORD_BYTES)
    driver.run(limit_cycles=1_000_000 + 10 * (traffic + work // (soc.map.rows * soc.map.cols)))
    _check_status(driver, buffers, (m, n, k))
    d = buffers["d"]
    data = soc.read(d.offset, d.size)
    cycles = driver.read("cycles")
    return Product(
        d=unpadded(data, d, np.dtype(np.int32 if raw else np.int8)),
        cycles=cycles,
        utilisation=m * n * k / (max(cycles, 1) * soc.map.rows * soc.map.cols),
    )


def layout(shapes: Mapping[str, tuple[int, ...]], raw: bool) -> dict[str, Buffer]:
    """One buffer after the other from the beginning of the memory."""
    buffers = {}
    offset = 0
    for name, shape in shapes.items():
        argument = signature().argument(name)
        form = argument.format
        if raw:
            form = next((v.format for v in argument.variants if v.flag == "raw"), form)
        rows = shape[0] if len(shape) == 2 else 1
        row_bytes = shape[-1] * np.dtype(form).itemsize
        stride = -(-row_bytes // WORD_BYTES) * WORD_BYTES
        buffers[name] = Buffer(offset, rows, row_bytes, stride)
        offset += -(-buffers[name].size // BUFFER_BYTES) * BUFFER_BYTES
    return buffers


def padded(array: Array, buffer: Buffer) -> bytes:
    """The bytes of an array with each row padded to its stride."""
    rows = np.zeros((buffer.rows, buffer.stride_bytes), np.uint8)
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    rows[:, : buffer.row_bytes] = little.view(np.uint8).reshape(buffer.rows, buffer.row_bytes)
    return rows.tobytes()


def unpadded(data: bytes, buffer: Buffer, kind: np.dtype[Any]) -> Array:
    """The array [rows, columns] that a buffer's bytes hold."""
    rows = np.frombuffer(data, np.uint8).reshape(buffer.rows, buffer.stride_bytes)
    wire = np.ascontiguousarray(rows[:, : buffer.row_bytes]).view(kind.newbyteorder("<"))
    return wire.astype(kind)


def set_arguments(
    soc: Soc,
    driver: KernelDriver,
    buffers: Mapping[str, Buffer],
    sizes: tuple[int, int, int],
    *,
    b_is_nk: bool,
    raw: bool,
) -> None:
    """Write every argument of the engine. sizes: M, N, K."""
    for argument in signature().arguments:
        if argument.kind != "memory":
            continue
        buffer = buffers.get(argument.name)
        driver.write(argument.name, soc.map.memory_base + buffer.offset if buffer else 0)
        if buffer and argument.stride:
            element = 4 if raw and argument.name == "d" else 1
            driver.write(argument.stride, buffer.stride_bytes // element)
    for name, value in zip(("m", "n", "k"), sizes, strict=True):
        driver.write(name, value)
    bits = {field.name: field.lsb for field in signature().argument("flags").bits}
    driver.write("flags", b_is_nk << bits["b_is_nk"] | raw << bits["raw"])


def _sizes(a: Array, b: Array, b_is_nk: bool) -> tuple[int, int, int]:
    if a.dtype != np.int8 or b.dtype != np.int8:
        raise TypeError(f"a is {a.dtype} and b is {b.dtype}; expected int8 and int8")
    kn = b.T if b_is_nk else b
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != kn.shape[0]:
        raise ValueError(f"a {a.shape} and b {b.shape} (b_is_nk={b_is_nk}) share no K")
    sizes = {"m": a.shape[0], "n": kn.shape[1], "k": a.shape[1]}
    for name, largest in signature().dimensions:
        if not 1 <= sizes[name] <= largest:
            raise ConfigError(
                f"a product with {name.upper()} = {sizes[name]}\n"
                f"  expected  1 to {largest}, as cores/matmul/kernel.yml says\n"
                "  next      cut the product into parts"
            )
    return sizes["m"], sizes["n"], sizes["k"]


def _columns(n: int, **arrays: Array | None) -> dict[str, Array]:
    """bias, mult and shift, checked."""
    checked = {}
    for name, array in arrays.items():
        kind = np.dtype(signature().argument(name).format)
        if array is None:
            raise ValueError(f"{name} is needed unless raw")
        if array.dtype != kind or array.shape != (n,):
            raise TypeError(f"{name} is {array.dtype} {array.shape}; expected {kind} ({n},)")
        checked[name] = array
    return checked


def _check_fits(soc: Soc, buffers: Mapping[str, Buffer]) -> None:
    end = max(buffer.offset + buffer.size for buffer in buffers.values())
    if end > soc.map.memory_size:
        raise ConfigError(
            f"the product's arrays take {end / 2**20:.1f} MiB\n"
            f"  expected  at most the board's {soc.map.memory_size / 2**20:g} MiB\n"
            "  next      cut the product along N"
        )


def _check_status(
    driver: KernelDriver, buffers: Mapping[str, Buffer], sizes: tuple[int, int, int]
) -> None:
    faults = driver.faults()
    if faults:
        raise ToolError(
            f"matmul: the engine reports {', '.join(faults)}\n"
            f"  found     M, N, K = {', '.join(map(str, sizes))}; buffers "
            + ", ".join(f"{name} at {buffer.offset:#x}" for name, buffer in buffers.items())
            + "\n"
            "  likely    bad_argument: K is too large for the engine's on-chip panels; "
            "read_error, write_error: an address outside the SDRAM"
        )
