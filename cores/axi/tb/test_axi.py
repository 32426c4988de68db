"""The memory model itself: it keeps its timing, and a master that breaks a rule is caught."""

from __future__ import annotations

import cocotb
from axi_memory import AxiMemory
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

LIMIT_NS = 10_000  # no test runs longer; a hang ends here
BURST = {"addr": 0x1000, "len": 3, "size": 3, "burst": 1, "id": 0}


class Master:
    """Plays the wires of a master; every wire starts low."""

    def __init__(self, dut):
        self.dut = dut
        for channel in ("ar", "aw", "w"):
            self.drive(channel, valid=0)
        self.drive("ar", **BURST)
        self.drive("aw", **BURST)
        self.drive("w", data=0, strb=0xFF, last=0)
        dut.rready.value = dut.bready.value = 1

    def drive(self, channel, **values):
        for name, value in values.items():
            getattr(self.dut, channel + name).value = value

    async def edges(self, count=1):
        for _ in range(count):
            await RisingEdge(self.dut.clk_i)

    async def send(self, channel, **values):
        """Hold valid until it is taken."""
        self.drive(channel, valid=1, **values)
        await self.edges()
        while not getattr(self.dut, channel + "ready").value:
            await self.edges()
        self.drive(channel, valid=0)


async def begin(dut, **settings):
    master = Master(dut)
    memory = AxiMemory(dut, "", dut.clk_i, **{"latency": 5, "max_burst": 4, **settings})
    memory.load(0x1000, bytes(range(64)))
    memory.allow(0x2000, 33)
    cocotb.start_soon(Clock(dut.clk_i, 2, "ns").start())
    await master.edges(2)
    return master, memory


async def breach(dut, play, memory):
    """What the model says about a master's play; fails the test if it says nothing."""
    memory.task.cancel()  # the model is stepped here, so that its assertion is caught here
    player = cocotb.start_soon(play)
    for _ in range(50):
        await RisingEdge(dut.clk_i)
        try:
            memory.step()
        except AssertionError as error:
            player.cancel()
            return str(error)
    raise AssertionError("the model saw nothing wrong")


ADDRESS_FAULTS = (
    ({"size": 2}, "narrow"),
    ({"burst": 0}, "not INCR"),
    ({"id": 1}, "another ID"),
    ({"addr": 0x1004}, "not aligned"),
    ({"len": 4}, "longer than 4"),
    ({"addr": 0x1FF8, "len": 1}, "crosses"),
)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(channel=("ar", "aw"), fault=ADDRESS_FAULTS)
async def a_burst_against_the_rules_is_caught(dut, channel, fault):
    master, memory = await begin(dut)
    assert fault[1] in await breach(dut, master.send(channel, **fault[0]), memory)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(addr=(0xFE0, 0x1028))
async def a_read_outside_the_buffers_is_caught(dut, addr):
    master, memory = await begin(dut)
    assert "is outside" in await breach(dut, master.send("ar", addr=addr, len=3), memory)


async def write(master, addr, beats, strobe=0xFF, last=None):
    await master.send("aw", addr=addr, len=beats - 1)
    for i in range(beats):
        end = i == beats - 1 if last is None else i == last
        await master.send("w", strb=strobe, last=int(end))


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(
    play=((0x2020, 1, 0x03, None), (0x1FF8, 1, 0xFF, None), (0x1000, 1, 0x01, None))
)
async def a_byte_written_outside_the_buffers_is_caught(dut, play):
    master, memory = await begin(dut)
    assert "this byte is outside" in await breach(dut, write(master, *play), memory)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(last=(0, 3))
async def wlast_in_the_wrong_place_is_caught(dut, last):
    master, memory = await begin(dut)
    assert "WLAST is" in await breach(dut, write(master, 0x2000, 3, 0xFF, last), memory)


async def let_go(master, channel):
    master.drive(channel, valid=1)
    await master.edges(3)
    master.drive(channel, valid=0)
    await master.edges(3)


async def change(master, channel, name):
    master.drive(channel, valid=1)
    await master.edges(3)
    master.drive(channel, **{name: 0x55})
    await master.edges(3)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(channel=("ar", "aw", "w"))
async def valid_must_be_held_and_payload_stable(dut, channel):
    master, memory = await begin(dut, stall=1)
    said = await breach(dut, let_go(master, channel), memory)
    assert "fell before it was taken" in said
    name = "data" if channel == "w" else "addr"
    master, memory = await begin(dut, stall=1)
    assert "changed while it waited" in await breach(dut, change(master, channel, name), memory)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def it_answers_after_its_latency_and_then_a_beat_per_cycle(dut):
    master, memory = await begin(dut, latency=64)
    for _ in range(2):
        await master.send("ar")
    taken = memory.cycle
    await master.edges(80)
    beats = memory.counts.read_beats
    assert beats == list(range(beats[0], beats[0] + 8))
    assert 62 <= beats[0] - taken <= 66
    memory.finish()


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def it_holds_as_many_bursts_as_it_says(dut):
    master, memory = await begin(dut, latency=1000, outstanding=3)
    master.drive("ar", valid=1)
    await master.edges(20)
    assert memory.counts.read_bursts == 3
    try:
        memory.finish()
    except AssertionError as error:
        assert "in flight" in str(error)
    else:
        raise AssertionError("finish() saw nothing in flight")
