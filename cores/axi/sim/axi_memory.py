"""A memory behind an AXI4 port, for cocotb: answers late, stalls at random, and believes nothing.

Every rule that real interconnects need is checked in every cycle; the first breach fails the test:
INCR bursts of full-width beats within 4 KiB and `max_burst`, one ID, nothing outside the declared
buffers (byte by byte for writes), WLAST where AWLEN says, valid held and payload stable until
taken, and no write data far ahead of its address.

    memory = AxiMemory(dut, "m_axi_gmem_", dut.ap_clk, reset_n=dut.ap_rst_n, stall=0.3, seed=7)
    memory.load(0x1000, bytes, size=...)    # a readable buffer
    memory.allow(0x8000, 120)               # bytes that may be written
    ...
    memory.finish()                         # nothing left in flight
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge

CHANNELS = ("ar", "r", "aw", "w", "b")
OKAY, SLVERR = 0, 2
PAGE = 4096


@dataclass(slots=True)
class Burst:
    addr: int
    beats: int
    ready_at: int  # cycle of the first answer
    done: int = 0  # beats answered or taken


@dataclass(slots=True)
class Counts:
    """What went over the port."""

    read_bursts: int = 0
    write_bursts: int = 0
    read_beats: list[int] = field(default_factory=list)  # cycle of each
    write_beats: list[int] = field(default_factory=list)  # cycle of each
    most_reads_in_flight: int = 0


class AxiMemory:
    """See the module; all lengths in bytes, all times in cycles.

    prefix: of the port's signals; a trailing _o or _i is found by itself
    reset_n: while it is low the memory forgets what is in flight, and its contents stay
    stall: probability per cycle and channel that the memory is not ready (or has no answer); one
        number, or a mapping from ar, r, aw, w, b
    outstanding: bursts it holds per direction; more wait at ARREADY, AWREADY
    address_waits_for_data: AWREADY only while WVALID, as some slaves do
    """

    def __init__(
        self,
        dut: Any,
        prefix: str,
        clock: Any,
        *,
        reset_n: Any = None,
        latency: int = 64,
        outstanding: int = 8,
        max_burst: int = 16,
        stall: float | Mapping[str, float] = 0.0,
        seed: int = 1,
        address_waits_for_data: bool = False,
    ) -> None:
        self.dut, self.prefix, self.clock, self.reset_n = dut, prefix, clock, reset_n
        self.latency, self.outstanding, self.max_burst = latency, outstanding, max_burst
        self.stall = {
            c: stall if isinstance(stall, (int, float)) else stall.get(c, 0) for c in CHANNELS
        }
        self.random = random.Random(seed)
        self.address_waits_for_data = address_waits_for_data
        self.cycle = 0
        self.counts = Counts()
        self.bytes: dict[int, int] = {}
        self.readable: set[int] = set()  # beats, as address // beat bytes
        self.writable: set[int] = set()  # bytes
        self.read_errors: set[int] = set()  # beats answered with SLVERR
        self.write_errors: set[int] = set()  # beats whose burst is answered with SLVERR
        self.reads: deque[Burst] = deque()
        self.writes: deque[Burst] = deque()
        self.responses: deque[Burst] = deque()
        self.data: deque[tuple[int, int, int]] = deque()  # W beats taken before their address
        self.held: dict[str, tuple[int, ...]] = {}
        self.driven = {"arready": 0, "rvalid": 0, "awready": 0, "wready": 0, "bvalid": 0}
        self.signals = {}
        self.has = {c: self._find(c + "valid") is not None for c in CHANNELS}
        some = self._find("rdata") if self.has["r"] else self._find("wdata")
        self.beat = len(some) // 8
        for name, value in self.driven.items():
            if self.has[name.removesuffix("ready").removesuffix("valid")]:
                self._find(name).value = value
        self.task = cocotb.start_soon(self._run())

    # ------------------------------------------------------------------------------- contents

    def load(self, addr: int, data: bytes, *, size: int | None = None) -> None:
        """Declare a readable buffer of `size` bytes (default: of the data), filled with the data.

        Beats that hold part of it are readable whole: buffers are padded to full words."""
        for i, byte in enumerate(data):
            self.bytes[addr + i] = byte
        last = addr + (len(data) if size is None else size) - 1
        self.readable.update(range(addr // self.beat, last // self.beat + 1))

    def allow(self, addr: int, size: int) -> None:
        """Declare bytes that may be written; all others may not."""
        self.writable.update(range(addr, addr + size))

    def read(self, addr: int, size: int) -> bytes:
        return bytes(self.bytes.get(addr + i, 0) for i in range(size))

    def fail(self, addr: int, size: int, *, read: bool = True, write: bool = True) -> None:
        """Answer SLVERR for beats (bursts, when written) that touch this range."""
        beats = range(addr // self.beat, (addr + size - 1) // self.beat + 1)
        if read:
            self.read_errors.update(beats)
        if write:
            self.write_errors.update(beats)

    def finish(self) -> None:
        """Assert that nothing is in flight."""
        left = len(self.reads), len(self.writes), len(self.responses), len(self.data)
        assert left == (0, 0, 0, 0), (
            f"in flight at the end (reads, writes, responses, data): {left}"
        )

    def reset(self) -> None:
        """Forget what is in flight, as the memory's own reset would."""
        for queue in (self.reads, self.writes, self.responses, self.data):
            queue.clear()
        self.held.clear()
        for name in self.driven:
            self._drive(name, 0)

    # ----------------------------------------------------------------------------- every cycle

    async def _run(self) -> None:
        while True:
            await RisingEdge(self.clock)
            self.step()

    def step(self) -> None:
        """One rising edge, called in it: what stood on the wires gives what the memory drives."""
        self.cycle += 1
        if self.reset_n is not None and not self.reset_n.value:
            self.reset()
            return
        if self.has["ar"]:
            self._address("ar")
            self._read_data()
        if self.has["aw"]:
            self._address("aw")
            self._write_data()
            self._write_response()

    def _address(self, channel: str) -> None:
        queue = self.reads if channel == "ar" else self.writes
        if self._taken(channel, ("addr", "len", "size", "burst", "id")):
            addr, beats = self._get(channel + "addr"), self._get(channel + "len") + 1
            self._check_burst(channel, addr, beats)
            queue.append(Burst(addr, beats, self.cycle + self.latency))
            if channel == "ar":
                self.counts.read_bursts += 1
                self.counts.most_reads_in_flight = max(
                    self.counts.most_reads_in_flight, len(self.reads)
                )
            else:
                self.counts.write_bursts += 1
        held = len(queue) if channel == "ar" else len(queue) + len(self.responses)
        ready = held < self.outstanding and not self._stalls(channel)
        data_seen = self.data or self._get("wvalid")
        if channel == "aw" and self.address_waits_for_data and not data_seen:
            ready = False
        self._drive(channel + "ready", ready)

    def _check_burst(self, channel: str, addr: int, beats: int) -> None:
        what = f"{channel.upper()} {addr:#x} of {beats} beats"
        size = self.beat.bit_length() - 1
        assert self._get(channel + "size", size) == size, f"{what}: narrow beats"
        assert self._get(channel + "burst", 1) == 1, f"{what}: not INCR"
        assert self._get(channel + "id", 0) == 0, f"{what}: another ID"
        assert addr % self.beat == 0, f"{what}: not aligned to a beat"
        assert beats <= self.max_burst, f"{what}: longer than {self.max_burst}"
        assert addr % PAGE + beats * self.beat <= PAGE, f"{what}: crosses a 4 KiB line"
        if channel == "ar":
            outside = set(range(addr // self.beat, addr // self.beat + beats)) - self.readable
            assert not outside, f"{what}: beat {min(outside, default=0) * self.beat:#x} is outside"

    def _read_data(self) -> None:
        if self.driven["rvalid"] and self._get("rready"):
            burst = self.reads[0]
            burst.done += 1
            self.counts.read_beats.append(self.cycle)
            if burst.done == burst.beats:
                self.reads.popleft()
            self._drive("rvalid", 0)
        if self.driven["rvalid"] or not self.reads or self._stalls("r"):
            return
        burst = self.reads[0]
        if self.cycle < burst.ready_at:
            return
        addr = burst.addr + burst.done * self.beat
        self._drive("rvalid", 1)
        self._set("rdata", int.from_bytes(self.read(addr, self.beat), "little"))
        self._set("rlast", burst.done == burst.beats - 1)
        self._set("rresp", SLVERR if addr // self.beat in self.read_errors else OKAY)
        self._set("rid", 0)

    def _write_data(self) -> None:
        if self._taken("w", ("data", "strb", "last")):
            self.counts.write_beats.append(self.cycle)
            self.data.append((self._get("wdata"), self._get("wstrb"), self._get("wlast")))
        while self.data and self.writes:
            self._write_beat(self.writes[0], *self.data.popleft())
        assert len(self.data) <= 2 * self.max_burst, "write data far ahead of any address"
        self._drive("wready", not self._stalls("w"))

    def _write_beat(self, burst: Burst, data: int, strobe: int, last: int) -> None:
        addr = burst.addr + burst.done * self.beat
        for i in range(self.beat):
            if strobe >> i & 1:
                assert addr + i in self.writable, (
                    f"W {addr + i:#x}: this byte is outside the buffers"
                )
                self.bytes[addr + i] = data >> (8 * i) & 0xFF
        burst.done += 1
        assert last == (burst.done == burst.beats), (
            f"W {addr:#x}: WLAST is {last} on beat {burst.done} of {burst.beats}"
        )
        if burst.done == burst.beats:
            self.responses.append(self.writes.popleft())
            self.responses[-1].ready_at = self.cycle + self.latency

    def _write_response(self) -> None:
        if self.driven["bvalid"] and self._get("bready"):
            self.responses.popleft()
            self._drive("bvalid", 0)
        if self.driven["bvalid"] or not self.responses or self._stalls("b"):
            return
        burst = self.responses[0]
        if self.cycle < burst.ready_at:
            return
        first = burst.addr // self.beat
        failed = not self.write_errors.isdisjoint(range(first, first + burst.beats))
        self._drive("bvalid", 1)
        self._set("bresp", SLVERR if failed else OKAY)
        self._set("bid", 0)

    # -------------------------------------------------------------------------------- signals

    def _taken(self, channel: str, payload: tuple[str, ...]) -> bool:
        """True in the cycle of a handshake; asserts that what waited is still there, unchanged."""
        valid = self._get(channel + "valid")
        now = tuple(self._get(channel + name, 0) for name in payload) if valid else ()
        if channel in self.held:
            assert valid, f"{channel.upper()}VALID fell before it was taken"
            assert now == self.held[channel], f"{channel.upper()} changed while it waited"
        taken = bool(valid and self.driven[channel + "ready"])
        if valid and not taken:
            self.held[channel] = now
        else:
            self.held.pop(channel, None)
        return taken

    def _stalls(self, channel: str) -> bool:
        return self.stall[channel] > 0 and self.random.random() < self.stall[channel]

    def _drive(self, name: str, value: bool | int) -> None:
        if (
            self.has[name.removesuffix("ready").removesuffix("valid")]
            and self.driven[name] != value
        ):
            self._find(name).value = int(value)
            self.driven[name] = int(value)

    def _set(self, name: str, value: bool | int) -> None:
        if (signal := self._find(name)) is not None:
            signal.value = int(value)

    def _get(self, name: str, default: int = 0) -> int:
        signal = self._find(name)
        return default if signal is None else int(signal.value)

    def _find(self, name: str) -> Any:
        """The signal, or None if the port has none of that name."""
        if name not in self.signals:
            names = (self.prefix + name + end for end in ("", "_o", "_i"))
            found = (getattr(self.dut, n, None) for n in names)
            self.signals[name] = next((s for s in found if s is not None), None)
        return self.signals[name]
