"""Drive a kernel through its ap_ctrl_hs registers: arguments by name, start, wait, status."""

from __future__ import annotations

from bitwright.errors import ToolError
from bitwright.host.soc import ROUND_TRIP_BITS, Soc
from bitwright.kernel import Kernel, Register

START, DONE, IDLE = 0x1, 0x2, 0x4  # bits of CTRL; reading clears DONE


class KernelDriver:
    """A kernel of `soc`, as its signature describes it."""

    def __init__(self, soc: Soc, kernel: Kernel) -> None:
        self._soc = soc
        self._kernel = kernel
        self._base = soc.map.control_base

    def write(self, name: str, value: int) -> None:
        """Set an argument. KeyError if the kernel has none of that name."""
        register = self._kernel.register(name)
        if not 0 <= value < 1 << register.width:
            raise ValueError(f"{name} = {value}; {register.width} bits unsigned")
        data = value.to_bytes(register.width // 8, "little")
        self._soc.bridge.write(self._base + register.offset, data)

    def read(self, name: str) -> int:
        """An argument or register. KeyError if the kernel has none of that name."""
        register = self._kernel.register(name)
        data = self._soc.bridge.read(self._base + register.offset, register.width // 8)
        return int.from_bytes(data, "little")

    def run(self, limit_cycles: int) -> None:
        """Start the kernel and wait until it is done.

        limit_cycles: of the board's clock. Time is told by what the bridge surely takes, so the
        limit is never too short, on a board or in a simulation, and on a board often several times
        as long. Raises ToolError if the kernel is busy, or not done in time.
        """
        control = self._control()
        if not control & IDLE:
            raise ToolError(
                f"{self._kernel.name}: busy with an earlier start\n"
                f"  expected  idle in its CTRL register\n"
                f"  found     {control:#x}\n"
                "  next      wait, or load the bitstream again"
            )
        self._soc.bridge.write_word(self._base, START)
        soc_map = self._soc.map
        poll_cycles = ROUND_TRIP_BITS * soc_map.clock_mhz * 1e6 / soc_map.baud
        for _ in range(int(limit_cycles / poll_cycles) + 1):
            if self._control() & DONE:
                return
        raise ToolError(
            f"{self._kernel.name}: not done after {limit_cycles} cycles\n"
            f"  found     CTRL {self._control():#x}\n"
            "  likely    the engine waits for the memory\n"
            "  next      load the bitstream again, and report this with the sizes of the product"
        )

    def faults(self) -> tuple[str, ...]:
        """Names of the status bits that the last run has set."""
        status: Register = self._kernel.register("status")
        value = self.read("status")
        return tuple(f.name for f in status.fields if value >> f.lsb & 1)

    def _control(self) -> int:
        return self._soc.bridge.read_word(self._base)
