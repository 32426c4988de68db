"""A host on an AXI4-Lite port, for cocotb: one access at a time, at its own pace.

host = AxiLite(dut, "s_axi_control_", dut.ap_clk)
await host.write(0x10, 42)
assert await host.read(0x10) == 42
"""

from __future__ import annotations

import random
from typing import Any

from cocotb.triggers import RisingEdge

LIMIT = 1000  # cycles that any handshake may take


class AxiLite:
    """stall: probability per cycle of not yet offering, or not yet taking, what comes next;
    with it, address and data of a write come in random order."""

    def __init__(
        self, dut: Any, prefix: str, clock: Any, *, stall: float = 0.0, seed: int = 1
    ) -> None:
        self.dut, self.prefix, self.clock, self.stall = dut, prefix, clock, stall
        self.random = random.Random(seed)
        for name in ("awvalid", "wvalid", "bready", "arvalid", "rready"):
            self._signal(name).value = 0

    async def write(self, addr: int, data: int, strobe: int = 0xF) -> int:
        """Write one word; returns the response, 0 for OKAY."""
        lists = {"aw": {"addr": addr, "prot": 0}, "w": {"data": data, "strb": strobe}}
        waiting = set(lists)
        for _ in range(LIMIT):
            for channel in sorted(waiting):
                if not self._pauses():
                    self._offer(channel, lists[channel])
            await RisingEdge(self.clock)
            for channel in sorted(waiting):
                if self._handshake(channel):
                    self._signal(channel + "valid").value = 0
                    waiting.discard(channel)
            if not waiting:
                return (await self._take("b", ("resp",)))[0]
        raise AssertionError(f"write to {addr:#x}: not taken within {LIMIT} cycles")

    async def read(self, addr: int) -> int:
        """Read one word; asserts an OKAY response."""
        while self._pauses():
            await RisingEdge(self.clock)
        self._offer("ar", {"addr": addr, "prot": 0})
        for _ in range(LIMIT):
            await RisingEdge(self.clock)
            if self._handshake("ar"):
                break
        else:
            raise AssertionError(f"read of {addr:#x}: not taken within {LIMIT} cycles")
        self._signal("arvalid").value = 0
        data, response = await self._take("r", ("data", "resp"))
        assert response == 0, f"read of {addr:#x}: response {response}"
        return data

    async def write64(self, addr: int, data: int) -> None:
        await self.write(addr, data & 0xFFFF_FFFF)
        await self.write(addr + 4, data >> 32)

    async def read64(self, addr: int) -> int:
        return await self.read(addr) | await self.read(addr + 4) << 32

    async def _take(self, channel: str, names: tuple[str, ...]) -> tuple[int, ...]:
        ready = self._signal(channel + "ready")
        for _ in range(LIMIT):
            ready.value = int(not self._pauses())
            await RisingEdge(self.clock)
            if self._handshake(channel):
                ready.value = 0
                return tuple(int(self._signal(channel + name).value) for name in names)
        raise AssertionError(f"no answer on {channel.upper()} within {LIMIT} cycles")

    def _offer(self, channel: str, payload: dict[str, int]) -> None:
        for name, value in payload.items():
            self._signal(channel + name).value = value
        self._signal(channel + "valid").value = 1

    def _handshake(self, channel: str) -> bool:
        pair = self._signal(channel + "valid").value, self._signal(channel + "ready").value
        return all(int(value) for value in pair)

    def _pauses(self) -> bool:
        return self.stall > 0 and self.random.random() < self.stall

    def _signal(self, name: str) -> Any:
        return getattr(self.dut, self.prefix + name)
