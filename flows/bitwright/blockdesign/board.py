"""The hardware of a board: bd/boards/*.yml, which a target names by its key `hardware`.

    board: PYNQ-Z2
    part: xc7z020clg400-1     # which a target on it must have too
    memory:                   # banks, by the name of the segment they are seen as; lowest first
      DDR_LOWOCM: {offset: 0, range: 512M}
    presets:                  # parameters of a cell that says `preset: processor`
      processor:
        PCW_CRYSTAL_PERIPHERAL_FREQMHZ: 50
        "PSU_MIO_{n}_SLEW": {value: slow, each: [3, [8, 10]]}   # of MIO 3, 8, 9 and 10
    clocks:                   # MHz, by the port that they come in through
      sysclk_clk_p: 100
    pins:                     # by port
      hbm_cattrip: {pin: D32, standard: LVCMOS18}
    configuration: {BITSTREAM.CONFIG.CONFIGRATE: 85.0}  # of the device, as set on current_design

A bank may stand for many: `HBM_MEM{n:02}: {offset: 0, range: 256M, count: 32}` is 32 adjacent ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bitwright import yamlfile
from bitwright.blockdesign.model import NOWHERE, Pairs, Place
from bitwright.blockdesign.source import fill, parameters
from bitwright.blockdesign.units import number
from bitwright.errors import ConfigError
from bitwright.schema import (
    NAME,
    Integer,
    Number,
    OneOf,
    Reader,
    Safe,
    check_keys,
    nearest,
    read_scalar,
    read_table,
)
from bitwright.yamlfile import Faults, Node, Scalar, Table, describe, shown

FOLDER = Path("bd/boards")
KEYS = ("board", "memory", "presets", "clocks", "pins", "configuration", "slrs", "part")
MIB = 1 << 20
BALL = Safe(re.compile(r"[A-Z]{1,2}[0-9]{1,2}\Z"), "a package pin")
# I/O standards of single-ended and differential pins: UG471 (7 series), UG571 (UltraScale).
STANDARD = Safe(
    re.compile(
        r"(LVCMOS(12|15|18|25|33)|LVTTL|LVDCI_(15|18)|LVDS(_25)?|PCI33_3|MOBILE_DDR|HSUL_12(_DCI)?"
        r"|(DIFF_)?(SSTL(12|135|15|18_I|18_II)(_DCI|_R)?|SSTL18_I_DCI|HSTL_I(_12|_18|_DCI(_18)?)?"
        r"|HSTL_II(_18)?|POD1[02](_DCI)?|HSUL_12(_DCI)?|MOBILE_DDR)|(MINI|SUB)_?LVDS(_25)?|RSDS_25"
        r"|TMDS_33|PPDS_25|BLVDS_25|LVPECL|SLVS_400_(18|25)|MIPI_DPHY_DCI|ANALOG)\Z"
    ),
    "an I/O standard, such as LVCMOS18, LVDS, SSTL15, POD12_DCI or DIFF_SSTL12",
)
A_NAME = Safe(NAME, "a name")
MHZ = Number(0.001, 2000)
PIN: Mapping[str, Reader] = {
    "pin": BALL,
    "standard": STANDARD,
    "pull": OneOf(("PULLUP", "PULLDOWN", "KEEPER")),
    "drive": Integer(1, 24),
    "untimed": OneOf(("from", "to")),
}


@dataclass(frozen=True, slots=True)
class Bank:
    """Memory that kernels can reach."""

    name: str  # of the segment that an interface of the memory has for it: HBM_MEM07
    offset: int  # bytes
    range: int  # bytes


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a port of the design leaves the device."""

    port: str  # as in the wrapper that Vivado makes: of an interface port, sysclk_clk_p
    ball: str
    standard: str = ""  # "" for a transceiver's pin, which has none
    pull: str = ""  # PULLUP, PULLDOWN
    drive: int | None = None  # mA
    untimed: str = ""  # from | to: paths from (to) it have no time to keep
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that the board has."""

    port: str
    mhz: float
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Board:
    name: str
    where: str  # the file's name in messages
    memory: tuple[Bank, ...] = ()
    presets: Mapping[str, Pairs] = field(default_factory=dict)
    clocks: tuple[Clock, ...] = ()
    pins: tuple[Pin, ...] = ()
    configuration: Pairs = ()
    part: str = ""  # "" where a file does not say it
    slrs: int = 1  # super logic regions of the device

    def banks(self, memory_mib: int) -> tuple[Bank, ...]:
        """The first banks, as many as a target of that much memory has.

        Raises ConfigError if whole banks do not make that much.
        """
        left, found = memory_mib * MIB, []
        for bank in self.memory:
            if left > 0:
                found.append(bank)
                left -= bank.range
        if left:
            sizes = ", ".join(sorted({f"{bank.range // MIB} MiB" for bank in self.memory}))
            raise ConfigError(
                f"{self.where}:1: memory: no whole banks make {memory_mib} MiB\n"
                f"  expected  memory_mib of the target: a sum of the first banks\n"
                f"  found     {len(self.memory)} banks of {sizes or 'nothing'}"
            )
        return tuple(found)

    def preset(self, name: str, place: Place) -> Pairs:
        """ConfigError, naming the place that asks, if the board has none of that name."""
        if name not in self.presets:
            known = ", ".join(sorted(self.presets)) or "none"
            raise ConfigError(
                f"{place}: preset: no {shown(name)} in {self.where}"
                f"{nearest(name, self.presets)} (presets: {known})"
            )
        return self.presets[name]


def read(name: str, root: Path = Path()) -> Board:
    """Read bd/boards/<name>.yml; ConfigError with every fault in it."""
    path = FOLDER / f"{name}.yml"
    return parse(yamlfile.read(root / path, str(path)), str(path))


def parse(text: str, where: str) -> Board:
    """Read a text; ConfigError with every fault in it."""
    root, faults = yamlfile.parse(text, where), Faults(where)
    check_keys(root, "", KEYS, faults, optional=KEYS[1:])
    slrs = _scalar(root, "slrs", Integer(1, 4), faults)
    board = Board(
        name=_scalar(root, "board", A_NAME, faults) or "",
        where=where,
        memory=tuple(b for row in _rows(root, "memory", faults) for b in _banks(*row, faults)),
        presets={
            name: parameters(node, name, faults) for name, node, _ in _rows(root, "presets", faults)
        },
        clocks=tuple(_clock(*row, faults) for row in _rows(root, "clocks", faults)),
        pins=tuple(_pin(*row, faults) for row in _rows(root, "pins", faults)),
        configuration=_configuration(root, faults),
        part=_scalar(root, "part", A_NAME, faults) or "",
        slrs=int(slrs or 1),
    )
    _once(board.pins, faults)
    faults.check()
    return board


def _once(pins: tuple[Pin, ...], faults: Faults) -> None:
    """Note each pin of the package that has a port already."""
    taken: dict[str, str] = {}
    for pin in pins:
        if taken.setdefault(pin.ball, pin.port) != pin.port and pin.ball:
            faults.add(pin.place.line, f"{pin.port}: pin {pin.ball} is that of {taken[pin.ball]}")


def _scalar(root: Table, key: str, reader: Reader, faults: Faults) -> Any:
    return read_scalar(root.items[key], key, reader, faults) if key in root.items else None


def _rows(root: Table, key: str, faults: Faults) -> list[tuple[str, Node, Place]]:
    """The rows of one section: name, what it says, where."""
    section = root.items.get(key)
    if section is None:
        return []
    if not isinstance(section, Table):
        faults.add(section.line, f"{key}: expected names, found {describe(section)}")
        return []
    lines = section.lines
    return [(name, node, Place(faults.where, lines[name])) for name, node in section.items.items()]


def _banks(name: str, node: Node, place: Place, faults: Faults) -> list[Bank]:
    if not isinstance(node, Table):
        faults.add(node.line, f"{name}: expected offset and range, found {describe(node)}")
        return []
    check_keys(node, name, ("offset", "range", "count"), faults, optional=("count",))
    offset, size = (_bytes(node, key, faults) for key in ("offset", "range"))
    count = _scalar(node, "count", Integer(1, 64), faults) or 1
    names = [fill(name, {"n": n}) for n in range(count)]
    if len(set(names)) < count:
        faults.add(place.line, f"{name}: {count} banks of one name; expected {{n}} in it")
    return [Bank(each, offset + n * size, size) for n, each in enumerate(names)]


def _bytes(node: Table, key: str, faults: Faults) -> int:
    item = node.items.get(key)
    value = number(item.text) if isinstance(item, Scalar) else None
    if item is not None and value is None:
        faults.add(item.line, f"{key}: expected bytes, such as 512M; found {describe(item)}")
    return value or 0


def _configuration(root: Table, faults: Faults) -> Pairs:
    node = root.items.get("configuration")
    return parameters(node, "configuration", faults) if node else ()


def _clock(port: str, node: Node, place: Place, faults: Faults) -> Clock:
    return Clock(port, read_scalar(node, port, MHZ, faults) or 0.0, place)


def _pin(port: str, node: Node, place: Place, faults: Faults) -> Pin:
    values = read_table(node, port, PIN, faults, optional=("standard", "pull", "drive", "untimed"))
    found = values or {"pin": ""}
    return Pin(
        port,
        found["pin"],
        found.get("standard", ""),
        found.get("pull", ""),
        found.get("drive"),
        found.get("untimed", ""),
        place,
    )
