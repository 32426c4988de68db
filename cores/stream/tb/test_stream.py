"""The blocks of cores/stream under random back-pressure, against lists and a checking memory."""

from __future__ import annotations

import random
from collections import deque

import cocotb
from axi_memory import PAGE, AxiMemory
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

CHANNELS = ("fifo_1", "fifo_5", "fifo_8", "slice", "shift_0", "shift_1", "shift_4")
HOLDS = {
    "fifo_1": 1,
    "fifo_5": 5,
    "fifo_8": 8,
    "slice": 2,
    "shift_0": 0,
    "shift_1": 1,
    "shift_4": 4,
}
LIMIT_NS = 60_000  # no test runs longer; a hang ends here


async def reset(dut):
    """Clock running, every driven wire low, two cycles of reset."""
    for bench in (getattr(dut, name) for name in CHANNELS):
        for wire in ("x_valid_i", "x_data_i", "y_ready_i"):
            getattr(bench, wire).value = 0
    for bench in (dut.mm2s_64, dut.mm2s_32, dut.s2mm_64, dut.s2mm_32):
        for wire in bench:
            if wire._name.endswith("_i") and wire._name not in ("clk_i", "rst_ni"):
                wire.value = 0
    cocotb.start_soon(Clock(dut.clk_i, 2, "ns").start())
    dut.rst_ni.value = 0
    for _ in range(2):
        await RisingEdge(dut.clk_i)
    dut.rst_ni.value = 1


async def cycles(dut, count):
    for _ in range(count):
        await RisingEdge(dut.clk_i)


async def send(dut, valid, ready, wires, rows, rng, idle=0.0):
    """Offer rows (one value per wire), idling between them with that probability per cycle."""
    for row in rows:
        while rng.random() < idle:
            await RisingEdge(dut.clk_i)
        valid.value = 1
        for wire, value in zip(wires, row, strict=True):
            wire.value = value
        await RisingEdge(dut.clk_i)
        while not ready.value:
            await RisingEdge(dut.clk_i)
        valid.value = 0


async def receive(dut, valid, ready, wires, count, rng, idle=0.0):
    """Take `count` rows; not ready with that probability per cycle. Returns (cycle, values...)."""
    rows, cycle = [], 0
    while len(rows) < count:
        ready.value = int(rng.random() >= idle)
        await RisingEdge(dut.clk_i)
        cycle += 1
        if valid.value and ready.value:
            rows.append((cycle, *(int(wire.value) for wire in wires)))
    ready.value = 0
    return rows


# ------------------------------------------------------------------------------------- channels


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(
    name=CHANNELS, idle=((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.9, 0.1))
)
async def every_beat_arrives_once_and_in_order(dut, name, idle):
    await reset(dut)
    bench, rng = getattr(dut, name), random.Random(f"{name}{idle}")
    beats = [(rng.randrange(1 << 16),) for _ in range(200)]
    source = cocotb.start_soon(
        send(dut, bench.x_valid_i, bench.x_ready_o, [bench.x_data_i], beats, rng, idle[0])
    )
    got = await receive(dut, bench.y_valid_o, bench.y_ready_i, [bench.y_data_o], 200, rng, idle[1])
    await source
    assert [row[1:] for row in got] == beats
    await RisingEdge(dut.clk_i)
    assert not bench.y_valid_o.value, "a beat more than was sent"


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(name=[c for c in CHANNELS if c != "fifo_1"])
async def a_beat_leaves_every_cycle(dut, name):
    await reset(dut)
    bench, rng = getattr(dut, name), random.Random(1)
    cocotb.start_soon(
        send(
            dut, bench.x_valid_i, bench.x_ready_o, [bench.x_data_i], [(i,) for i in range(100)], rng
        )
    )
    got = await receive(dut, bench.y_valid_o, bench.y_ready_i, [bench.y_data_o], 100, rng)
    assert got[-1][0] - got[0][0] == 99, "a bubble"


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(name=CHANNELS)
async def it_holds_as_many_beats_as_it_says(dut, name):
    await reset(dut)
    bench, taken = getattr(dut, name), 0
    bench.x_valid_i.value = 1
    await RisingEdge(dut.clk_i)
    for _ in range(20):
        taken += int(bench.x_ready_o.value)
        await RisingEdge(dut.clk_i)
    assert taken == HOLDS[name]
    bench.x_valid_i.value = 0
    dut.rst_ni.value = 0
    await cycles(dut, 2)
    assert not bench.y_valid_o.value or name == "shift_0", "reset left a beat"


# --------------------------------------------------------------------------------- memory to stream


def runs_for(rng, beat, max_burst, count):
    """(address, beats) where cutting goes wrong: around 4 KiB lines and burst lengths."""
    page = PAGE // beat
    runs = []
    for i in range(count):
        start = rng.choice((0, page - 1, page - max_burst, page // 2, rng.randrange(page)))
        beats = rng.choice((1, 2, max_burst - 1, max_burst, max_burst + 1, page - start or 1,
                            page - start + 1, rng.randrange(1, 3 * max_burst)))  # fmt: skip
        runs.append(((0x1_0000 * (i + 1)) + start * beat, max(1, min(beats, page + 3))))
    return runs


def random_memory(dut, bench, max_burst, rng, seed):
    """A memory of any temper; every second one waits for data before it takes an address."""
    return AxiMemory(
        bench,
        "m_axi_",
        dut.clk_i,
        max_burst=max_burst,
        outstanding=rng.choice((1, 2, 8)),
        latency=rng.choice((1, 3, 20)),
        stall=rng.choice((0, 0.2, 0.6)),
        seed=seed,
        address_waits_for_data=seed % 2 == 1,
    )


async def read_runs(dut, bench, memory, runs, rng, idle=(0.0, 0.0)):
    """Read all runs; returns the receiver's rows (cycle, data, last, error)."""
    total = sum(beats for _, beats in runs)
    cocotb.start_soon(
        send(
            dut,
            bench.cmd_valid_i,
            bench.cmd_ready_o,
            [bench.cmd_addr_i, bench.cmd_beats_i],
            runs,
            rng,
            idle[0],
        )
    )
    wires = [bench.data_o, bench.last_o, bench.error_o]
    rows = await receive(dut, bench.data_valid_o, bench.data_ready_i, wires, total, rng, idle[1])
    await cycles(dut, 3)
    memory.finish()
    assert bench.idle_o.value == 1
    return rows


def expected_reads(memory, runs):
    beat = memory.beat
    return [
        (int.from_bytes(memory.read(addr + i * beat, beat), "little"), int(i == beats - 1))
        for addr, beats in runs
        for i in range(beats)
    ]


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(name=("mm2s_64", "mm2s_32"), seed=range(4))
async def mm2s_delivers_every_run_whatever_stalls(dut, name, seed):
    await reset(dut)
    rng = random.Random(seed)
    bench = getattr(dut, name)
    burst = 16 if name == "mm2s_64" else 256
    memory = random_memory(dut, bench, burst, rng, seed)
    runs = runs_for(rng, memory.beat, burst, 25 if burst == 16 else 8)
    for addr, beats in runs:
        memory.load(addr, rng.randbytes(beats * memory.beat))
    rows = await read_runs(
        dut, bench, memory, runs, rng, (rng.choice((0, 0.3)), rng.choice((0, 0.3)))
    )
    assert [row[1:3] for row in rows] == expected_reads(memory, runs)
    assert not any(row[3] for row in rows)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(shape=("one long run", "runs of a burst"))
async def mm2s_has_no_bubble_behind_64_cycles_of_latency(dut, shape):
    await reset(dut)
    memory = AxiMemory(dut.mm2s_64, "m_axi_", dut.clk_i, latency=64, outstanding=8)
    runs = (
        [(0x4000, 1024)] if shape == "one long run" else [(0x4000 + 128 * i, 16) for i in range(64)]
    )
    memory.load(0x4000, random.Random(3).randbytes(8192))
    rows = await read_runs(dut, dut.mm2s_64, memory, runs, random.Random(1))
    assert [row[1:3] for row in rows] == expected_reads(memory, runs)
    assert rows[-1][0] - rows[0][0] == 1023, "beats did not follow each other"
    assert rows[-1][0] <= 1024 + 64 + 6, f"{rows[-1][0]} cycles for 1024 beats behind 64 of latency"
    assert memory.counts.most_reads_in_flight == 8


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def mm2s_takes_a_one_burst_command_every_cycle(dut):
    await reset(dut)
    bench = dut.mm2s_64
    memory = AxiMemory(bench, "m_axi_", dut.clk_i, latency=2, outstanding=8)
    memory.load(0, bytes(range(256)) * 8)
    rows = await read_runs(dut, bench, memory, [(8 * i, 1) for i in range(200)], random.Random(1))
    assert rows[-1][0] - rows[0][0] == 199
    assert all(last for _, _, last, _ in rows)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def mm2s_marks_the_beats_that_failed_and_goes_on(dut):
    await reset(dut)
    bench, rng = dut.mm2s_64, random.Random(5)
    memory = AxiMemory(bench, "m_axi_", dut.clk_i, latency=5, stall=0.3)
    memory.load(0x100, rng.randbytes(8 * 100))
    memory.fail(0x100 + 8 * 20, 8 * 3)
    runs = [(0x100, 50), (0x100 + 400, 50)]
    rows = await read_runs(dut, bench, memory, runs, rng, (0, 0.4))
    assert [row[1:3] for row in rows] == expected_reads(memory, runs)
    assert [i for i, row in enumerate(rows) if row[3]] == [20, 21, 22]


# --------------------------------------------------------------------------------- stream to memory


async def write_runs(dut, bench, memory, runs, rng, idle=(0.0, 0.0)):
    """Write random beats to runs (address, beats, last strobes); what memory must hold then."""
    beat, expected, beats = memory.beat, {}, []
    for addr, count, strobe in runs:
        for i in range(count):
            value = rng.getrandbits(8 * beat)
            beats.append((value,))
            for byte in range(beat):
                if i < count - 1 or strobe >> byte & 1:
                    expected[addr + i * beat + byte] = value >> (8 * byte) & 0xFF
    for addr in expected:
        memory.allow(addr, 1)
    commands = cocotb.start_soon(
        send(
            dut,
            bench.cmd_valid_i,
            bench.cmd_ready_o,
            [bench.cmd_addr_i, bench.cmd_beats_i, bench.cmd_last_strb_i],
            runs,
            rng,
            idle[0],
        )
    )
    data = send(dut, bench.data_valid_i, bench.data_ready_o, [bench.data_i], beats, rng, idle[1])
    await data
    await commands
    await until_idle(dut, bench, memory)
    return expected


async def until_idle(dut, bench, memory):
    """Wait for idle_o; it must not come before the last response."""
    await RisingEdge(dut.clk_i)
    while not bench.idle_o.value:
        await RisingEdge(dut.clk_i)
    memory.finish()


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(name=("s2mm_64", "s2mm_32"), seed=range(6))
async def s2mm_writes_every_run_whatever_stalls(dut, name, seed):
    await reset(dut)
    rng = random.Random(seed)
    bench = getattr(dut, name)
    burst = 16 if name == "s2mm_64" else 256
    memory = random_memory(dut, bench, burst, rng, seed)
    strobes = [(1 << i) - 1 for i in range(1, memory.beat + 1)]
    runs = [
        (*run, rng.choice(strobes))
        for run in runs_for(rng, memory.beat, burst, 25 if burst == 16 else 8)
    ]
    expected = await write_runs(
        dut, bench, memory, runs, rng, (rng.choice((0, 0.3)), rng.choice((0, 0.3)))
    )
    assert memory.bytes == expected


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(beats=(1, 16))
async def s2mm_has_no_bubble(dut, beats):
    await reset(dut)
    bench = dut.s2mm_64
    memory = AxiMemory(bench, "m_axi_", dut.clk_i, latency=3 if beats == 1 else 64)
    runs = [(0x1000 + 8 * beats * i, beats, 0xFF) for i in range(512 // beats)]
    expected = await write_runs(dut, bench, memory, runs, random.Random(1))
    assert memory.bytes == expected
    written = memory.counts.write_beats
    assert written[-1] - written[0] == len(written) - 1 == 511, "a bubble"


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def s2mm_reports_each_failed_response_once_and_goes_on(dut):
    await reset(dut)
    bench = dut.s2mm_64
    memory = AxiMemory(bench, "m_axi_", dut.clk_i, latency=4, stall=0.3)
    memory.fail(0x1000 + 128 * 3, 128 * 2)
    errors = deque()

    async def watch():
        while True:
            await RisingEdge(dut.clk_i)
            if bench.error_o.value:
                errors.append(memory.cycle)

    watcher = cocotb.start_soon(watch())
    runs = [(0x1000 + 128 * i, 16, 0xFF) for i in range(8)]
    expected = await write_runs(dut, bench, memory, runs, random.Random(1))
    watcher.cancel()
    assert memory.bytes == expected
    assert len(errors) == 2


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def reset_in_the_middle_leaves_nothing_behind(dut):
    for name in ("mm2s_64", "s2mm_64"):
        await reset(dut)
        bench = getattr(dut, name)
        memory = AxiMemory(bench, "m_axi_", dut.clk_i, reset_n=dut.rst_ni, latency=9)
        memory.load(0, bytes(4096))
        memory.allow(0, 4096)
        bench.cmd_addr_i.value, bench.cmd_beats_i.value, bench.cmd_valid_i.value = 0, 100, 1
        bench[("data_ready_i" if name == "mm2s_64" else "data_valid_i")].value = 1
        await cycles(dut, 40)
        bench.cmd_valid_i.value = 0
        dut.rst_ni.value = 0
        await cycles(dut, 3)
        dut.rst_ni.value = 1
        await cycles(dut, 3)
        assert bench.idle_o.value == 1
        channels = (
            ("m_axi_arvalid_o",) if name == "mm2s_64" else ("m_axi_awvalid_o", "m_axi_wvalid_o")
        )
        assert not any(int(bench[c].value) for c in channels)
