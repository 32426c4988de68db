"""systolic_array under cocotb, bit for bit and cycle for cycle against bitwright.golden."""

from __future__ import annotations

from dataclasses import dataclass

import cocotb
import numpy as np
from bitwright.golden import matmul
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge


@dataclass(frozen=True, slots=True)
class Tile:
    a: np.ndarray  # int8 [Rows, K]
    b: np.ndarray  # int8 [K, Cols]
    start: int  # cycle in which element 0 of row 0 enters

    @property
    def end(self) -> int:
        return self.start + self.a.shape[1]


def tiles_of(dut, rng: np.random.Generator, lengths: list[int], gaps: list[int]) -> list[Tile]:
    """Random tiles of these K, tile i gaps[i] cycles after the end of the one before."""
    tiles, start = [], 0
    for k, gap in zip(lengths, gaps, strict=True):
        a = rng.integers(-128, 128, (len(dut.a_i), k), np.int8)
        b = rng.integers(-128, 128, (k, len(dut.b_i)), np.int8)
        tiles.append(Tile(a, b, start + gap))
        start = tiles[-1].end
    return tiles


def schedule(rows: int, cols: int, tiles: list[Tile], rng: np.random.Generator):
    """Per cycle what stands at the ports: valid, last, a [cycles, Rows], b [cycles, Cols].

    Where nothing counts stands noise: the array must not look at it.
    """
    cycles = tiles[-1].end + 2 * max(rows, cols) + rows + 8
    valid, last = np.zeros(cycles, bool), np.zeros(cycles, bool)
    a = rng.integers(-128, 128, (cycles, rows), np.int8)
    b = rng.integers(-128, 128, (cycles, cols), np.int8)
    for tile in tiles:
        valid[tile.start : tile.end] = True
        last[tile.end - 1] = True
        for r in range(rows):
            a[tile.start + r : tile.end + r, r] = tile.a[r]
        for c in range(cols):
            b[tile.start + c : tile.end + c, c] = tile.b[:, c]
    return valid, last, a, b


async def reset(dut) -> None:
    dut.rst_ni.value = 0
    dut.valid_i.value = 0
    dut.last_i.value = 0
    for _ in range(3):
        await RisingEdge(dut.clk_i)
    dut.rst_ni.value = 1


async def run(dut, tiles: list[Tile], cycles: int | None = None) -> dict[tuple[int, int], int]:
    """Drive the tiles; what came out as {(cycle, row): sum}, cycle 0 the first driven one."""
    rows, cols = len(dut.a_i), len(dut.b_i)
    valid, last, a, b = schedule(rows, cols, tiles, np.random.default_rng(99))
    seen = {}
    for t in range(len(valid) if cycles is None else cycles):
        dut.valid_i.value = int(valid[t])
        dut.last_i.value = int(last[t])
        for r in range(rows):
            dut.a_i[r].value = int(a[t, r]) & 0xFF
        for c in range(cols):
            dut.b_i[c].value = int(b[t, c]) & 0xFF
        await ReadOnly()
        for r in range(rows):
            if dut.d_valid_o[r].value:
                seen[t, r] = dut.d_o[r].value.to_signed()
        await RisingEdge(dut.clk_i)
    dut.valid_i.value = 0
    return seen


def expected(tiles: list[Tile]) -> dict[tuple[int, int], int]:
    """When and where every sum appears, as the header of systolic_array promises."""
    return {
        (tile.end - 1 + r + 2 * c + 3, r): int(value)
        for tile in tiles
        for (r, c), value in np.ndenumerate(matmul(tile.a, tile.b, raw=True))
    }


async def check(dut, tiles: list[Tile]) -> None:
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    await compare(dut, tiles)


async def compare(dut, tiles: list[Tile]) -> None:
    await reset(dut)
    seen, want = await run(dut, tiles), expected(tiles)
    wrong = sorted(key for key in seen.keys() | want.keys() if seen.get(key) != want.get(key))
    assert not wrong, "; ".join(
        f"cycle {t} row {r}: {seen.get((t, r))}, expected {want.get((t, r))}" for t, r in wrong[:4]
    )


@cocotb.test()
@cocotb.parametrize(value=[-128, -1, 0, 127], k=[16, 100])
async def constant_operands(dut, value: int, k: int) -> None:
    k = max(k, 2 * len(dut.b_i))
    a = np.full((len(dut.a_i), k), value, np.int8)
    b = np.full((k, len(dut.b_i)), -128, np.int8)
    await check(dut, [Tile(a, b, 0)])


@cocotb.test()
async def tiles_follow_without_a_bubble(dut) -> None:
    """valid_i never falls from the first tile to the last, and every sum comes in its cycle."""
    shortest = 2 * len(dut.b_i)
    lengths = [shortest, shortest, shortest + 1, shortest, 40, shortest, 33, 64]
    tiles = tiles_of(dut, np.random.default_rng(1), lengths, [0] * len(lengths))
    assert sum(lengths) == tiles[-1].end
    await check(dut, tiles)


@cocotb.test()
async def short_tiles_with_gaps(dut) -> None:
    """K below 2 Cols is allowed as long as tiles end 2 Cols cycles apart."""
    least = 2 * len(dut.b_i)
    lengths = [1, 1, 2, 3, least - 1, 1]
    gaps = [0] + [max(0, least - k) for k in lengths[1:]]
    await check(dut, tiles_of(dut, np.random.default_rng(2), lengths, gaps))


@cocotb.test()
@cocotb.parametrize(seed=range(4))
async def random_lengths_and_gaps(dut, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lengths = [int(k) for k in rng.integers(2 * len(dut.b_i), 90, 6)]
    gaps = [int(g) for g in rng.integers(0, 7, 6) * rng.integers(0, 2, 6)]
    await check(dut, tiles_of(dut, rng, lengths, gaps))


@cocotb.test()
async def reset_forgets_the_tile_under_way(dut) -> None:
    rng = np.random.default_rng(5)
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    for stop in (1, 9, 30, 45):
        await reset(dut)
        await run(dut, tiles_of(dut, rng, [40], [0]), cycles=stop)
        await compare(dut, tiles_of(dut, rng, [2 * len(dut.b_i)], [0]))
