"""matmul under cocotb: products against bitwright.golden, control as ap_ctrl_hs promises.

The memory checks every AXI rule by itself and knows the buffers to the byte; operands stand among
random bytes, so whatever is read beyond a row and counted shows. Case by case here, large ones and
hundreds of random ones in C++: bench/matmul_bench.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cocotb
import numpy as np
from axi_memory import AxiMemory
from bitwright import kernel
from bitwright.golden import matmul
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, with_timeout

CORE = Path(__file__).resolve().parents[1]
START, DONE, IDLE, READY, AUTO_RESTART = 1, 2, 4, 8, 128
READ_ERROR, WRITE_ERROR, BAD_ARGUMENT = 1, 2, 4
BASE = 0x8765_4321_0000_0FF8  # all 64 bits of an address count; rows soon meet a 4 KiB line


@dataclass(frozen=True, slots=True)
class Case:
    m: int
    n: int
    k: int
    b_is_nk: bool = True
    raw: bool = False
    pad: int = 0  # bytes between rows beyond the least
    data: str = "random"  # random, minimum, zeros
    seed: int = 1

    def stride(self, row: int, element: int = 1) -> int:
        """Elements from row to row: whole words, and the pad."""
        return ((row * element + 7) // 8 * 8 + self.pad) // element


@dataclass(frozen=True, slots=True)
class Placed:
    case: Case
    arguments: dict[str, int]
    want: np.ndarray


class Host:
    """The engine with its clock, its memory, and a driver of its control port."""

    def __init__(self, dut, **memory) -> None:
        self.dut, self.registers = dut, KERNEL
        cocotb.start_soon(Clock(dut.ap_clk, 2, "ns").start())
        for name in ("awvalid", "wvalid", "bready", "arvalid", "rready", "awprot", "arprot"):
            getattr(dut, f"s_axi_control_{name}").value = 0
        self.memory = AxiMemory(dut, "m_axi_gmem_", dut.ap_clk, reset_n=dut.ap_rst_n, **memory)
        self.random = np.random.default_rng(memory.get("seed", 1))
        self.next = BASE

    async def reset(self) -> None:
        self.dut.ap_rst_n.value = 0
        for _ in range(3):
            await RisingEdge(self.dut.ap_clk)
        self.dut.ap_rst_n.value = 1
        await RisingEdge(self.dut.ap_clk)

    # ------------------------------------------------------------------------- control port

    async def write(self, address: int, value: int) -> None:
        port = {"awaddr": address, "wdata": value, "wstrb": 15, "bready": 1}
        for name, level in port.items():
            getattr(self.dut, f"s_axi_control_{name}").value = level
        waiting = {"aw", "w"}
        for channel in waiting:
            getattr(self.dut, f"s_axi_control_{channel}valid").value = 1
        while waiting:
            await RisingEdge(self.dut.ap_clk)
            for channel in sorted(waiting):
                if getattr(self.dut, f"s_axi_control_{channel}ready").value:
                    getattr(self.dut, f"s_axi_control_{channel}valid").value = 0
                    waiting.discard(channel)
        while not self.dut.s_axi_control_bvalid.value:
            await RisingEdge(self.dut.ap_clk)
        assert self.dut.s_axi_control_bresp.value == 0
        await RisingEdge(self.dut.ap_clk)
        self.dut.s_axi_control_bready.value = 0

    async def read(self, address: int) -> int:
        self.dut.s_axi_control_araddr.value = address
        self.dut.s_axi_control_arvalid.value = 1
        self.dut.s_axi_control_rready.value = 1
        await RisingEdge(self.dut.ap_clk)
        while not self.dut.s_axi_control_arready.value:
            await RisingEdge(self.dut.ap_clk)
        self.dut.s_axi_control_arvalid.value = 0
        while not self.dut.s_axi_control_rvalid.value:
            await RisingEdge(self.dut.ap_clk)
        value = int(self.dut.s_axi_control_rdata.value)
        assert self.dut.s_axi_control_rresp.value == 0
        await RisingEdge(self.dut.ap_clk)
        self.dut.s_axi_control_rready.value = 0
        return value

    async def set(self, name: str, value: int) -> None:
        for word, (_, offset) in enumerate(self.registers.register(name).words):
            await self.write(offset, value >> 32 * word & 0xFFFFFFFF)

    async def get(self, name: str) -> int:
        words = self.registers.register(name).words
        return sum([await self.read(offset) << 32 * i for i, (_, offset) in enumerate(words)])

    # ------------------------------------------------------------------------------ products

    def buffer(self, rows: np.ndarray, stride: int) -> int:
        """Place rows (bytes) `stride` apart, noise between; only their words may be read."""
        address, (count, size) = self.next, rows.shape
        self.next += (count * stride + 7) // 8 * 8 + 8 * int(self.random.integers(0, 4))
        noise = self.random.integers(0, 256, (count, stride), np.uint8)
        noise[:, :size] = rows
        self.memory.load(address, noise.tobytes(), size=1)
        for i in range(count):
            self.memory.load(address + i * stride, b"", size=size)
        return address

    def place(self, case: Case) -> Placed:
        rng = np.random.default_rng(case.seed)
        a, b, scales = operands(case, rng)
        element = 4 if case.raw else 1
        lda, ldb = case.stride(case.k), case.stride(case.k if case.b_is_nk else case.n)
        ldd = case.stride(case.n, element)
        where = {
            "a": self.buffer(a.view(np.uint8), lda),
            "b": self.buffer(b.view(np.uint8), ldb),
        }
        for name, scale in scales.items():
            if case.raw:
                where[name] = 8  # never read, so nothing is there
            else:
                where[name] = self.buffer(scale.view(np.uint8).reshape(1, -1), 4 * case.n + 8)
        where["d"] = self.next
        self.next += case.m * ldd * element
        for i in range(case.m):
            self.memory.allow(where["d"] + i * ldd * element, case.n * element)
        flags = int(case.b_is_nk) | int(case.raw) << 1
        sizes = {"m": case.m, "n": case.n, "k": case.k, "lda": lda, "ldb": ldb, "ldd": ldd}
        want = matmul(a, b, **scales, b_is_nk=case.b_is_nk, raw=case.raw)
        return Placed(case, {**where, **sizes, "flags": flags}, want)

    async def arguments(self, placed: Placed, **changed: int) -> None:
        for name, value in {**placed.arguments, **changed}.items():
            await self.set(name, value)

    async def done(self, limit: int = 400_000) -> None:
        """Poll CTRL until done is seen, once."""

        async def poll() -> None:
            while not (await self.read(0)) & DONE:
                for _ in range(20):
                    await RisingEdge(self.dut.ap_clk)

        await with_timeout(poll(), 2 * limit, "ns")

    def check(self, placed: Placed) -> None:
        self.memory.finish()
        d, element = placed.arguments, placed.want.dtype.itemsize
        rows = [
            self.memory.read(d["d"] + i * d["ldd"] * element, d["n"] * element)
            for i in range(d["m"])
        ]
        got = np.frombuffer(b"".join(rows), placed.want.dtype).reshape(placed.want.shape)
        wrong = np.argwhere(got != placed.want)
        assert not len(wrong), (
            f"{placed.case}: {len(wrong)} of {got.size} differ, first at {wrong[0]}: "
            f"{got[tuple(wrong[0])]}, expected {placed.want[tuple(wrong[0])]}"
        )

    async def product(self, case: Case) -> int:
        """One product from arguments to check; returns the cycles it took."""
        placed = self.place(case)
        await self.arguments(placed)
        await self.write(0, START)
        await self.done()
        self.check(placed)
        assert await self.get("status") == 0
        return await self.get("cycles")


KERNEL = kernel.load(CORE / "kernel.yml")


def operands(case: Case, rng: np.random.Generator):
    """a, b as stored, and the scales: most results inside int8, some saturated, some halves."""
    shapes = (case.m, case.k), (case.n, case.k) if case.b_is_nk else (case.k, case.n)
    if case.data == "random":
        a, b = (rng.integers(-128, 128, shape, np.int8) for shape in shapes)
    else:
        a, b = (np.full(shape, -128 if case.data == "minimum" else 0, np.int8) for shape in shapes)
    largest = int(np.abs(matmul(a, b, b_is_nk=case.b_is_nk, raw=True)).max(initial=1))
    scales = {
        "bias": rng.integers(-largest, largest + 1, case.n, np.int32),
        "mult": rng.integers(2**29, 2**31, case.n).astype(np.int32) * rng.choice([-1, 1], case.n),
        "shift": np.full(case.n, 23 + largest.bit_length(), np.uint8),
    }
    scales["mult"] = scales["mult"].astype(np.int32)
    for name, value in (("bias", -(2**31)), ("mult", -(2**31)), ("shift", 63), ("shift", 0)):
        scales[name][rng.integers(0, case.n)] = value
    halves = rng.integers(0, case.n)
    scales["mult"][halves], scales["shift"][halves] = 1, max(1, largest.bit_length() - 7)
    return a, b, scales


async def host(dut, **memory) -> Host:
    made = Host(dut, **{"latency": 8, **memory})
    await made.reset()
    return made


# ------------------------------------------------------------------------------------- products


@cocotb.test()
@cocotb.parametrize(b_is_nk=(True, False), raw=(False, True))
async def products_of_all_sizes_and_layouts(dut, b_is_nk: bool, raw: bool) -> None:
    """From 1 x 1 x 1 on, around the array's sizes and words, with and without padded rows."""
    h = await host(dut)
    sizes = [(1, 1, 1), (1, 9, 8), (8, 8, 8), (9, 7, 17), (3, 17, 1), (16, 16, 64), (5, 3, 129)]
    for i, (m, n, k) in enumerate(sizes):
        await h.product(Case(m, n, k, b_is_nk, raw, pad=8 * (i % 3), seed=i))


@cocotb.test()
@cocotb.parametrize(data=("minimum", "zeros"), raw=(False, True))
async def products_of_extremes(dut, data: str, raw: bool) -> None:
    h = await host(dut)
    await h.product(Case(9, 10, 70, raw=raw, data=data))


@cocotb.test()
@cocotb.parametrize(stall=(0.0, 0.3, 0.8), late=(False, True))
async def products_whatever_the_stalls(dut, stall: float, late: bool) -> None:
    """The same products, each channel stalled at random: the same bytes."""
    h = await host(dut, stall=stall, address_waits_for_data=late, latency=3, outstanding=3)
    for case in (Case(17, 18, 40), Case(10, 21, 25, b_is_nk=False), Case(9, 11, 24, raw=True)):
        await h.product(replace(case, pad=16))


@cocotb.test()
@cocotb.parametrize(channel=("ar", "r", "aw", "w", "b"))
async def products_with_one_slow_channel(dut, channel: str) -> None:
    h = await host(dut, stall={channel: 0.93}, latency=1, outstanding=1)
    await h.product(Case(9, 17, 16, raw=channel == "w"))


@cocotb.test()
async def a_that_does_not_fit_is_taken_in_blocks(dut) -> None:
    """More panels of A than slots, more panels of B than slots, both layouts (smaller buffers)."""
    h = await host(dut, latency=20)
    slots = int(dut.ABufBytes.value) // (int(dut.Rows.value) * 1024)
    if slots > 4:
        return  # the build with small buffers does this one
    rows, cols = int(dut.Rows.value), int(dut.Cols.value)
    await h.product(Case(2 * slots * rows + rows + 3, 3 * cols + 2, 1020))
    await h.product(Case((slots + 1) * rows, 2 * cols + 1, 1024, b_is_nk=False, raw=True))


@cocotb.test()
async def the_array_is_busy_nearly_all_the_time(dut) -> None:
    """8 bursts of 16 outstanding, 64 cycles latency: tiles follow without a bubble."""
    h = await host(dut, latency=min(64, 4 * int(dut.MaxBurst.value)), outstanding=8)
    rows, cols = int(dut.Rows.value), int(dut.Cols.value)
    case = Case(8 * rows, 6 * cols, 512)
    cycles = await h.product(case)
    ideal = 48 * 512
    start = 2 * 512 * max(rows, cols) // 8 + rows * cols + 250  # the first panels, the last tile
    dut._log.info(f"{100 * ideal / cycles:.2f} % of {rows * cols} products per cycle")
    assert cycles < ideal + start, f"{cycles} cycles; {ideal} for the products, {start} around"


# -------------------------------------------------------------------------------------- control


@cocotb.test()
async def several_starts_in_a_row(dut) -> None:
    """Other sizes, layouts and results each time; nothing of one run is left in the next."""
    h = await host(dut)
    for case in (
        Case(9, 9, 30),
        Case(20, 5, 11, raw=True),
        Case(1, 30, 8, False),
        Case(9, 9, 30, seed=2),
    ):
        await h.product(case)


@cocotb.test()
async def start_while_busy_changes_nothing(dut) -> None:
    """Neither other arguments nor a second start touch the run under way, and none follows."""
    h = await host(dut)
    placed = h.place(Case(18, 18, 64))
    await h.arguments(placed)
    await h.write(0, START)
    for name, value in (("d", 0), ("k", 5), ("a", 3), ("flags", 2)):
        await h.set(name, value)
        await h.write(0, START)
    await h.done()
    h.check(placed)
    bursts = h.memory.counts.read_bursts
    for _ in range(500):
        await RisingEdge(dut.ap_clk)
    assert await h.read(0) == IDLE
    assert h.memory.counts.read_bursts == bursts


@cocotb.test()
async def auto_restart_runs_again_until_cleared(dut) -> None:
    h = await host(dut)
    placed = h.place(Case(8, 8, 16))
    await h.arguments(placed)
    await h.write(0, START | AUTO_RESTART)
    for _ in range(3):
        await h.done()
    await h.write(0, 0)
    await h.done()
    for _ in range(500):
        await RisingEdge(dut.ap_clk)
    h.check(placed)
    assert not (await h.read(0)) & START
    assert (await h.read(0)) & IDLE


@cocotb.test()
async def reset_in_the_middle_forgets_the_run(dut) -> None:
    h = await host(dut, stall=0.2)
    for wait in (3, 40, 90, 200, 333, 500):
        placed = h.place(Case(17, 17, 40))
        await h.arguments(placed)
        await h.write(0, START)
        for _ in range(wait):
            await RisingEdge(dut.ap_clk)
        await h.reset()
        assert await h.read(0) == IDLE
        await h.product(Case(9, 10, 30, seed=wait))


@cocotb.test()
async def interrupt_rises_with_done_and_falls_when_toggled(dut) -> None:
    h = await host(dut)
    placed = h.place(Case(4, 4, 8))
    await h.arguments(placed)
    for enabled in (1, 0):
        await h.set("gie", enabled)
        await h.set("ier", 1)
        await h.write(0, START)
        assert not dut.interrupt.value
        await h.done()
        assert dut.interrupt.value == enabled
        assert await h.get("isr") == 1
        await h.set("isr", 1)
        assert not dut.interrupt.value


@cocotb.test()
@cocotb.parametrize(what=("a", "b", "bias", "mult", "shift", "d"))
async def an_error_response_is_a_status_bit_and_no_hang(dut, what: str) -> None:
    """Wherever it comes; the run ends, the next one starts clean."""
    h = await host(dut, stall=0.1)
    placed = h.place(Case(9, 17, 40))
    h.memory.fail(placed.arguments[what], 1)
    await h.arguments(placed)
    await h.write(0, START)
    await h.done()
    h.memory.finish()
    assert await h.get("status") == (WRITE_ERROR if what == "d" else READ_ERROR)
    await h.product(Case(5, 6, 7))


@cocotb.test()
async def bad_arguments_are_refused_without_touching_memory(dut) -> None:
    h = await host(dut)
    normal, raw = h.place(Case(9, 10, 20)), h.place(Case(9, 10, 20, b_is_nk=False, raw=True))
    faults = [
        *({name: normal.arguments[name] + 4} for name in ("a", "b", "bias", "mult", "shift", "d")),
        *({name: 0} for name in ("m", "n", "k", "lda", "ldb", "ldd")),
        *({"m": 1025}, {"n": 6401}, {"k": 6401}, {"m": 2**31 + 1}, {"k": 2**32 - 1}),
        *({"k": 25}, {"n": 17}, {"lda": 16}, {"ldb": 16}, {"ldd": 8}),
        *({"lda": 28}, {"ldb": 25}, {"ldd": 20}, {"ldd": 2**32 - 4}),
    ]
    cases = [(normal, fault) for fault in faults]
    cases += [(raw, {"ldb": 8}), (raw, {"ldd": 13}), (raw, {"d": raw.arguments["d"] + 2})]
    for placed, fault in cases:
        await h.arguments(placed, **fault)
        await h.write(0, START)
        await h.done(1000)
        assert await h.get("status") == BAD_ARGUMENT, fault
    assert h.memory.counts.read_bursts == h.memory.counts.write_bursts == 0
    await h.product(Case(9, 10, 20))


@cocotb.test()
async def a_panel_larger_than_its_buffer_is_refused(dut) -> None:
    """The largest K that fits is computed, eight more are refused."""
    h = await host(dut, latency=1)
    for size, lanes in ((dut.ABufBytes, dut.Rows), (dut.BBufBytes, dut.Cols)):
        words = int(size.value) // 8 // int(lanes.value)
        if words * 8 >= 6400:
            continue  # K has its own limit
        await h.product(Case(1, 1, words * 8, raw=True))
        placed = h.place(Case(1, 1, words * 8 + 1, raw=True))
        await h.arguments(placed)
        await h.write(0, START)
        await h.done(1000)
        assert await h.get("status") == BAD_ARGUMENT
