"""The generated register block where generated blocks usually go wrong: an access and an event in
the same cycle, strobes, words of 64-bit arguments, slow hosts. Offsets come from the kernel.yml."""

from __future__ import annotations

import os
import random
from pathlib import Path

import cocotb
from axi_lite import AxiLite
from bitwright import kernel
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

SAMPLE = kernel.load(Path(__file__).with_name("kernel.yml"))
AT = {register.name: register.offset for register in SAMPLE.registers}
LIMIT_NS = 60_000  # no test runs longer; a hang ends here
START, DONE, IDLE, READY, AUTO_RESTART = 1, 2, 4, 8, 128
SEED = int(os.environ.get("COCOTB_RANDOM_SEED", "1"))


async def begin(dut, *, stall=0.0):
    """Clock, reset, an idle engine; returns the host."""
    for name in ("busy_i", "done_i", "broken_i", "tired_i", "ticks_i"):
        getattr(dut, name).value = 0
    host = AxiLite(dut, "s_axi_control_", dut.clk_i, stall=stall, seed=SEED)
    cocotb.start_soon(Clock(dut.clk_i, 2, "ns").start())
    dut.rst_ni.value = 0
    await cycles(dut, 2)
    dut.rst_ni.value = 1
    await cycles(dut, 1)
    return host


async def cycles(dut, count):
    for _ in range(count):
        await RisingEdge(dut.clk_i)


async def pulse_done(dut, after):
    """done_i for one cycle, `after` cycles from now; the engine is idle from then on."""
    await cycles(dut, after)
    dut.done_i.value = 1
    await cycles(dut, 1)
    dut.done_i.value = 0
    dut.busy_i.value = 0


async def run_once(dut, host):
    """A whole run of the engine: start, a few busy cycles, done."""
    await host.write(AT["ctrl"], START)
    assert dut.start_o.value == 1
    dut.busy_i.value = 1
    await pulse_done(dut, 3)


async def cycle_of_change(dut, signal):
    """Cycles from now until the signal differs in a sample."""
    before, count = int(signal.value), 0
    while int(signal.value) == before:
        await RisingEdge(dut.clk_i)
        count += 1
        assert count < 100, "no change"
    return count


# ------------------------------------------------------------------------------------ the map


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(stall=(0.0, 0.6))
async def every_argument_holds_what_was_written_and_reaches_the_engine(dut, stall):
    host, rng = await begin(dut, stall=stall), random.Random(1)
    arguments = [r for r in SAMPLE.registers if r.writable and r.offset >= kernel.ARGUMENTS_FROM]
    values = {r.name: rng.getrandbits(r.width) for r in arguments}
    for register in arguments:
        for i, (_, offset) in enumerate(register.words):
            await host.write(offset, values[register.name] >> 32 * i & 0xFFFF_FFFF)
    for register in arguments:
        held = sum(((1 << f.width) - 1) << f.lsb for f in register.fields)
        for i, (_, offset) in enumerate(register.words):
            want = (values[register.name] & held) >> 32 * i & 0xFFFF_FFFF
            assert await host.read(offset) == want, f"{register.name} at {offset:#x}"
    assert int(dut.x_o.value) == values["x"]
    assert int(dut.rows_o.value) == values["rows"]
    assert int(dut.wide_o.value) == values["wide"]
    assert int(dut.ldx_o.value) == values["ldx"] & 0xFFFF
    assert int(dut.y_o.value) == values["y"]
    flags = values["flags"]
    assert int(dut.flags_o.value) == (flags >> 31 << 1 | flags & 1)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def strobes_write_single_bytes(dut):
    host = await begin(dut)
    await host.write(AT["rows"], 0x1122_3344)
    for lane in range(4):
        await host.write(AT["rows"], 0xAABB_CCDD, strobe=1 << lane)
        mask = (1 << 8 * (lane + 1)) - 1
        assert await host.read(AT["rows"]) == 0xAABB_CCDD & mask | 0x1122_3344 & ~mask
    await host.write(AT["ctrl"], START, strobe=0b1110)
    assert dut.start_o.value == 0, "start was written by a byte that was not strobed"


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def read_only_registers_show_the_engine_and_ignore_writes(dut):
    host = await begin(dut)
    dut.tired_i.value, dut.ticks_i.value = 1, 0x1234_5678_9ABC_DEF0
    for offset in (AT["status"], AT["ticks"], AT["ticks"] + 4):
        await host.write(offset, 0xFFFF_FFFF)
    assert await host.read(AT["status"]) == 1 << 5
    assert await host.read64(AT["ticks"]) == 0x1234_5678_9ABC_DEF0
    dut.broken_i.value, dut.tired_i.value = 1, 0
    assert await host.read(AT["status"]) == 1


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def an_offset_without_a_register_reads_zero_and_changes_nothing(dut):
    host = await begin(dut)
    known = {offset for r in SAMPLE.registers for _, offset in r.words}
    for offset in (0x18, AT["y"] + 8, 0x100, 0x7FC, 0x804, 0x810, 0xFFC):
        assert offset not in known
        await host.write(offset, 0xFFFF_FFFF)
        assert await host.read(offset) == 0
    assert await host.read(AT["ctrl"]) == IDLE
    assert [int(getattr(dut, f"{n}_o").value) for n in ("x", "rows", "wide", "ldx", "y")] == [0] * 5


# -------------------------------------------------------------------------------------- CTRL


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def a_run_goes_from_idle_through_start_to_done_which_reading_clears(dut):
    host = await begin(dut)
    assert await host.read(AT["ctrl"]) == IDLE
    await host.write(AT["ctrl"], START)
    assert await host.read(AT["ctrl"]) == START, "idle, or done, before the engine took start"
    dut.busy_i.value = 1
    await host.write(AT["ctrl"], 0)
    assert await host.read(AT["ctrl"]) == START, "writing 0 took start back"
    await pulse_done(dut, 1)
    assert await host.read(AT["ctrl"]) == DONE | IDLE | READY
    assert await host.read(AT["ctrl"]) == IDLE


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def done_is_seen_exactly_once_whenever_ctrl_is_read(dut):
    """The read sweeps across the cycle of done: one read in flight, one after it."""
    seen_by = []
    for offset in range(10):
        host = await begin(dut)
        await host.write(AT["ctrl"], START)
        dut.busy_i.value = 1
        await cycles(dut, 3)
        done = cocotb.start_soon(pulse_done(dut, offset))
        first = await host.read(AT["ctrl"])
        await done
        await cycles(dut, 3)
        second, third = await host.read(AT["ctrl"]), await host.read(AT["ctrl"])
        assert bool(first & DONE) != bool(second & DONE), f"offset {offset}: {first:#x} {second:#x}"
        assert bool(first & READY) != bool(second & READY), f"offset {offset}"
        assert not third & (DONE | READY)
        seen_by.append("first" if first & DONE else "second")
    assert sorted(seen_by) == seen_by and set(seen_by) == {"first", "second"}, "no sweep across"


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def a_start_while_busy_has_no_effect_and_one_after_done_has(dut):
    """The write sweeps across the cycle of done; the cycle of done itself still counts as busy."""
    host = await begin(dut)
    written = cocotb.start_soon(cycle_of_change(dut, dut.start_o))
    await host.write(AT["ctrl"], START)
    latency = await written  # cycles from the host's call until start_o is seen
    outcomes = []
    for offset in range(10):
        host = await begin(dut)
        await host.write(AT["ctrl"], START)
        dut.busy_i.value = 1
        await cycles(dut, 3)
        done = cocotb.start_soon(pulse_done(dut, offset))
        await host.write(AT["ctrl"], START)
        await done
        await cycles(dut, 5)
        outcomes.append(int(dut.start_o.value))
    # start_q is written in the cycle before it is seen; done_i pulses in cycle offset + 1.
    assert outcomes == [int(offset + 1 < latency - 1) for offset in range(10)], (outcomes, latency)


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def auto_restart_keeps_start_until_it_is_switched_off(dut):
    host = await begin(dut)
    await host.write(AT["ctrl"], START | AUTO_RESTART)
    for _ in range(3):
        dut.busy_i.value = 1
        await pulse_done(dut, 4)
        await cycles(dut, 2)
        assert dut.start_o.value == 1
        assert await host.read(AT["ctrl"]) == START | DONE | READY | AUTO_RESTART
    dut.busy_i.value = 1
    await host.write(AT["ctrl"], 0)
    await pulse_done(dut, 4)
    await cycles(dut, 2)
    assert dut.start_o.value == 0
    assert await host.read(AT["ctrl"]) == DONE | READY | IDLE


# --------------------------------------------------------------------------------- interrupts


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def the_interrupt_needs_gie_and_ier_and_falls_when_isr_is_toggled(dut):
    for gie, ier in ((0, 0), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3)):
        host = await begin(dut)
        await host.write(AT["gie"], gie)
        await host.write(AT["ier"], ier)
        await run_once(dut, host)
        assert await host.read(AT["isr"]) == ier, "isr holds the enabled events, gie or not"
        assert int(dut.interrupt_o.value) == (gie and ier != 0)
        for bit in (1, 2):
            if ier & bit:
                assert int(dut.interrupt_o.value) == gie
                await host.write(AT["isr"], bit)
        assert await host.read(AT["isr"]) == 0
        assert dut.interrupt_o.value == 0


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(before=(0, 1))
async def an_event_in_the_cycle_isr_is_written_is_not_lost(dut, before):
    """The write sweeps across the event: it takes back what it met, and never what came with it."""
    host = await begin(dut)
    changed = cocotb.start_soon(cycle_of_change(dut, dut.isr_o))
    await host.write(AT["isr"], 1)
    latency = await changed
    outcomes = []
    for offset in range(10):
        host = await begin(dut)
        await host.write(AT["ier"], 1)
        if before:
            await host.write(AT["isr"], 1)
        await cycles(dut, 3)
        done = cocotb.start_soon(pulse_done(dut, offset))
        await host.write(AT["isr"], 1)
        await done
        await cycles(dut, 3)
        outcomes.append(int(dut.isr_o.value))
    # The event comes in cycle offset + 1, the write acts in cycle latency - 1.
    assert outcomes == [int(offset + 1 >= latency - 1) for offset in range(10)], (outcomes, latency)


# ----------------------------------------------------------------------------------- the bus


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
@cocotb.parametrize(seed=range(3))
async def slow_hosts_and_mixed_accesses_get_one_answer_each(dut, seed):
    host, rng, model = await begin(dut, stall=0.5), random.Random(seed), {}
    offsets = [AT["rows"], AT["x"], AT["x"] + 4, AT["wide"], AT["y"] + 4]
    for _ in range(150):
        offset = rng.choice(offsets)
        if rng.random() < 0.5:
            model[offset] = rng.getrandbits(32)
            assert await host.write(offset, model[offset]) == 0
        else:
            assert await host.read(offset) == model.get(offset, 0)
    await cycles(dut, 20)
    assert dut.s_axi_control_bvalid.value == 0 and dut.s_axi_control_rvalid.value == 0


@cocotb.test(timeout_time=LIMIT_NS, timeout_unit="ns")
async def a_read_and_a_write_at_once_both_happen(dut):
    host, rng = await begin(dut), random.Random(4)
    for _ in range(50):
        await host.write(AT["wide"], value := rng.getrandbits(32))
        writing = cocotb.start_soon(host.write(AT["rows"], other := rng.getrandbits(32)))
        assert await host.read(AT["wide"]) == value
        assert await writing == 0
        assert await host.read(AT["rows"]) == other
