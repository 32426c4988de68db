"""A board's system: its map, its SDRAM, its memory.

The map is soc.json and sdram_init.json, which bd/<board>/soc.py writes beside the Verilog, so host
and hardware cannot disagree; `identity` in both makes sure that they do not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

from bitwright.errors import ToolError
from bitwright.host.bridge import Bridge
from bitwright.host.transport import Transport, connect

SOFTWARE_CONTROL = 0x0E  # of the DFI injector: CKE, ODT and RESET_N high, commands from registers
HARDWARE_CONTROL = 0x01  # commands from LiteDRAM
ROUND_TRIP_BITS = 100  # of a read of one word: 10 bytes with start and stop bit


@dataclass(frozen=True, slots=True)
class InitStep:
    """One step of the SDRAM's initialisation."""

    what: str
    address: int  # on the SDRAM's address pins
    bank: int
    control: int  # bits of the injector's control register; not 0: this step sets them
    command: int  # bits of its command register, issued for one clock; 0: none
    delay_cycles: int  # system clocks to wait after it


@dataclass(frozen=True, slots=True)
class SocMap:
    """What the host must know of a generated system. Addresses in bytes."""

    identity: int  # 32 bits that the hardware answers
    rows: int
    cols: int
    a_kib: int  # on-chip panels of A
    b_kib: int
    clock_mhz: float
    baud: int
    memory_base: int
    memory_size: int
    control_base: int  # of the engine's registers
    registers: Mapping[str, int]  # name -> address
    init: tuple[InitStep, ...]

    @classmethod
    def load(cls, folder: Path) -> SocMap:
        """Read soc.json and sdram_init.json. Raises ToolError if they are absent or not ours."""
        try:
            data = json.loads((folder / "soc.json").read_text())
            steps = json.loads((folder / "sdram_init.json").read_text())
            return cls._of(data, steps)
        except FileNotFoundError as error:
            raise ToolError(
                f"{error.filename}: not there\n"
                "  expected  what the step generate of a board's build writes\n"
                "  next      ./doit bitstream config=NAME"
            ) from error
        except (KeyError, TypeError, ValueError) as error:
            raise ToolError(
                f"{folder}: soc.json or sdram_init.json is not what bd/ulx3s/soc.py writes\n"
                f"  found     {type(error).__name__}: {error}\n"
                "  next      ./doit bitstream config=NAME writes them again"
            ) from error

    @classmethod
    def _of(cls, data: Mapping[str, Any], steps: list[dict[str, Any]]) -> SocMap:
        if data["schema"] != 1:
            raise ValueError(f"schema {data['schema']!r}; this host knows 1")
        registers = {name: entry["address"] for name, entry in data["registers"].items()}
        numbers = ("identity", "rows", "cols", "a_kib", "b_kib", "clock_mhz", "baud")
        return cls(
            **{name: data[name] for name in numbers},
            memory_base=data["memory"]["base"],
            memory_size=data["memory"]["size"],
            control_base=data["matmul"]["base"],
            registers=MappingProxyType(registers),
            init=tuple(InitStep(**step) for step in steps),
        )


class Soc:
    """An opened board."""

    def __init__(self, transport: Transport, soc_map: SocMap) -> None:
        self.map = soc_map
        self.bridge = Bridge(transport)
        self._transport = transport

    @classmethod
    def open(cls, where: str, folder: Path) -> Soc:
        """where: a serial port or tcp:HOST:PORT; folder: where the system was generated.

        Raises ToolError if nothing answers there, or another system does.
        """
        soc_map = SocMap.load(folder)
        soc = cls(connect(where, soc_map.baud), soc_map)
        try:
            soc._identify()
        except ToolError:
            soc.close()
            raise
        return soc

    def __enter__(self) -> Soc:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def _identify(self) -> None:
        self.bridge.synchronise(self.map.registers["ctrl_scratch"])
        found = self.read_register("identity_value")
        if found != self.map.identity:
            raise ToolError(
                f"{self._transport.name}: the board runs another system than the map describes\n"
                f"  expected  identity {self.map.identity:#010x} "
                f"({self.map.rows}x{self.map.cols} at {self.map.clock_mhz:g} MHz)\n"
                f"  found     {found:#010x}\n"
                "  next      ./doit program config=NAME loads the bitstream that belongs to the map"
            )

    def read_register(self, name: str) -> int:
        return self.bridge.read_word(self.map.registers[name])

    def write_register(self, name: str, value: int) -> None:
        self.bridge.write_word(self.map.registers[name], value)

    # ---- SDRAM

    def init_sdram(self, *, again: bool = False) -> None:
        """Initialise the SDRAM, as a CPU would; what it holds is lost.

        Does nothing when that was done since the bitstream was loaded, unless `again`.
        Raises ToolError if the memory then does not hold what is written to it.
        """
        if self.read_register("sdram_dfii_control") == HARDWARE_CONTROL and not again:
            return
        for step in self.map.init:
            self.write_register("sdram_dfii_pi0_address", step.address)
            self.write_register("sdram_dfii_pi0_baddress", step.bank)
            if step.control:
                self.write_register("sdram_dfii_control", step.control)
            if step.command:
                self.write_register("sdram_dfii_pi0_command", step.command)
                self.write_register("sdram_dfii_pi0_command_issue", 1)
            self._wait(step.delay_cycles)
        self.write_register("sdram_dfii_control", HARDWARE_CONTROL)
        self._check_memory()

    def _wait(self, cycles: int) -> None:
        """At least so many system clocks, told by the bridge: each round trip takes some.

        That holds for a board and for a simulation, whose time has nothing to do with ours.
        """
        round_trip_cycles = ROUND_TRIP_BITS * self.map.clock_mhz * 1e6 / self.map.baud
        for _ in range(int(cycles / round_trip_cycles) + (cycles > 0)):
            self.read_register("ctrl_scratch")

    def _check_memory(self) -> None:
        """Every data line and byte, every address line: a few patterns at powers of two."""
        base, size = self.map.memory_base, self.map.memory_size
        bits = range(2, size.bit_length() - 1)
        places = [0, *(1 << bit for bit in bits)]
        patterns = {place: ((place * 0x9E37_79B1) ^ 0x5555_AAAA) & 0xFFFF_FFFF for place in places}
        for place, pattern in patterns.items():
            self.bridge.write_word(base + place, pattern)
        for place, pattern in patterns.items():
            found = self.bridge.read_word(base + place)
            if found != pattern:
                raise ToolError(
                    f"{self._transport.name}: the SDRAM does not hold what is written to it\n"
                    f"  expected  {pattern:#010x} at offset {place:#x}\n"
                    f"  found     {found:#010x}\n"
                    "  likely    the SDRAM's clock is shifted wrongly for this board, or an access "
                    "came before the initialisation\n"
                    "  next      load the bitstream again; if it stays so, a build with a slower "
                    "clock_mhz"
                )

    # ---- memory, by offset from the beginning of the SDRAM

    def write(self, offset: int, data: bytes) -> None:
        """data: a multiple of 4 bytes, as offset is."""
        self.bridge.write(self._at(offset, len(data)), data)

    def read(self, offset: int, count: int) -> bytes:
        return self.bridge.read(self._at(offset, count), count)

    def _at(self, offset: int, count: int) -> int:
        if offset < 0 or offset + count > self.map.memory_size:
            raise ToolError(
                f"{count} bytes at offset {offset:#x} are not in the board's memory\n"
                f"  expected  an end of at most {self.map.memory_size:#x} "
                f"({self.map.memory_size >> 20} MiB)"
            )
        return self.map.memory_base + offset
