"""Two textual ECP5 configurations compared by the bits they stand for.

The text that nextpnr writes and the text that ecpunpack reads back from a bitstream differ in
order, and where two settings share bits, in names. So both are expanded to the chip's configuration
memory, by Project Trellis' tables but not by its code, and the memories must be equal bit for bit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

Bits = tuple[tuple[int, int, int], ...]  # frame and bit in the tile, value
Line = tuple[int, str, str, str]  # line number, verb, name, value

BIT = re.compile(r"(!?)F(\d+)B(\d+)")


@dataclass(slots=True)
class Config:
    """A configuration as text: what is set in each tile, in groups of tiles, and in block RAMs."""

    device: str = ""
    lines: list[str] = field(default_factory=list)
    tiles: dict[str, list[Line]] = field(default_factory=dict)
    groups: list[tuple[tuple[str, ...], list[Line]]] = field(default_factory=list)
    brams: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class TileBits:
    """What the settings of one type of tile mean."""

    arcs: dict[tuple[str, str], Bits] = field(default_factory=dict)  # (sink, source)
    words: dict[str, tuple[str, list[Bits]]] = field(default_factory=dict)  # default, bit 0 first
    enums: dict[str, tuple[str | None, dict[str, Bits]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a tile's bits lie in the chip's configuration memory."""

    type: str
    frame: int
    bit: int


def parse(text: str) -> Config:
    """Read a configuration. Raises ValueError with the line that is not understood."""
    config = Config(lines=text.splitlines())
    into: list[Line] = []
    words: list[int] | None = None
    for number, line in enumerate(config.lines, 1):
        verb, _, rest = line.strip().partition(" ")
        if verb.startswith("."):
            words, into = None, []
        if not verb or verb in (".comment", ".sysconfig", ".variant"):
            continue
        if verb == ".device":
            config.device = rest.strip()
        elif verb == ".tile":
            into = config.tiles.setdefault(rest.strip(), [])
        elif verb == ".tile_group":
            config.groups.append((tuple(rest.split()), into))
        elif verb == ".bram_init":
            words = config.brams.setdefault(rest.strip(), [])
        elif words is not None:
            words += [int(word, 16) for word in line.split()]
        elif verb in ("arc:", "word:", "enum:", "unknown:"):
            name, _, value = rest.strip().partition(" ")
            into.append((number, verb, name, value.strip()))
        else:
            raise ValueError(f"line {number} is not understood: {line}")
    return config


class Chip:
    """The configuration memory of one device and what Project Trellis knows about it."""

    def __init__(self, database: Path, device: str) -> None:
        """database: the folder that holds devices.json. Raises OSError or KeyError if unfit."""
        family = "ECP5"
        devices = json.loads((database / "devices.json").read_text(encoding="utf-8"))
        found = devices["families"][family]["devices"][device]
        self.frames: int = found["frames"]
        self.bits: int = found["bits_per_frame"]
        self._tiledata = database / family / "tiledata"
        grid = json.loads(
            (database / family / device / "tilegrid.json").read_text(encoding="utf-8")
        )
        self.tiles = {
            name: Tile(entry["type"], entry["start_frame"], entry["start_bit"])
            for name, entry in sorted(grid.items())
        }
        self.size = {name: (entry["cols"], entry["rows"]) for name, entry in grid.items()}
        self._types: dict[str, TileBits] = {}

    def type(self, name: str) -> TileBits:
        """The table of a type of tile."""
        if name not in self._types:
            path = self._tiledata / name / "bits.db"
            self._types[name] = read_table(path.read_text(encoding="utf-8"))
        return self._types[name]

    def memory(self, config: Config) -> bytearray:
        """The configuration memory that a configuration stands for, a byte for each bit.

        Raises ValueError for a tile or setting that the device does not have.
        """
        memory = bytearray(self.frames * self.bits)
        for name in config.tiles:
            if name not in self.tiles:
                raise ValueError(f"there is no tile {name}")
        defaults: dict[str, list[tuple[int, int]]] = {}
        for name, tile in self.tiles.items():
            start = tile.frame * self.bits + tile.bit
            if name in config.tiles:
                for _, (frame, bit, value) in self.settings(name, config.tiles[name]):
                    memory[start + frame * self.bits + bit] = value
                continue
            if tile.type not in defaults:
                flat = (bits for _, bits in self.settings(name, ()))
                defaults[tile.type] = [(frame * self.bits + bit, v) for frame, bit, v in flat]
            for offset, value in defaults[tile.type]:
                memory[start + offset] = value
        for names, lines in config.groups:
            for name in names:
                tile = self.tiles[name]
                for _, (frame, bit, value) in self.settings(name, lines, group=True):
                    memory[(tile.frame + frame) * self.bits + tile.bit + bit] = value
        return memory

    def settings(
        self, name: str, lines: Iterable[Line], *, group: bool = False
    ) -> Iterator[tuple[int, tuple[int, int, int]]]:
        """Each bit that a tile's lines set, in the order in which they take effect.

        Yields the line's number (0 for a default) and the bit. group: the lines stand for several
        tiles; those of other tiles are passed over and nothing has a default.
        """
        table = self.type(self.tiles[name].type)
        seen: set[str] = set()
        for number, verb, key, value in sorted(lines, key=_order):
            if group and not _known(table, verb, key, value):
                continue
            seen.add(key)
            try:
                bits = _bits(table, verb, key, value)
            except (KeyError, ValueError) as error:
                raise ValueError(f"line {number}: tile {name} has no {key} {value}") from error
            for bit in bits:
                yield number, bit
        if group:
            return
        for bit in _defaults(table, seen):
            yield 0, bit

    def at(self, frame: int, bit: int) -> list[str]:
        """The tiles that a bit of the memory belongs to: more than one where they share it."""
        return [
            name
            for name, tile in self.tiles.items()
            if 0 <= frame - tile.frame < self.size[name][0]
            and 0 <= bit - tile.bit < self.size[name][1]
        ]


def read_table(text: str) -> TileBits:
    """Read a bits.db of Project Trellis."""
    table = TileBits()
    verb, name, default = "", "", None
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            verb = ""
        elif words[0].startswith("."):
            verb, name = words[0], words[1]
            default = words[2] if len(words) > 2 else None
            if verb == ".config":
                table.words[name] = (default or "", [])
            elif verb == ".config_enum":
                table.enums[name] = (default, {})
        elif verb == ".mux":
            table.arcs[name, words[0]] = _read_bits(words[1:])
        elif verb == ".config":
            table.words[name][1].append(_read_bits(words))
        elif verb == ".config_enum":
            table.enums[name][1][words[0]] = _read_bits(words[1:])
    return table


@cache
def _bit(text: str) -> tuple[int, int, int]:
    match = BIT.fullmatch(text)
    if not match:
        raise ValueError(f"not a bit: {text}")
    return int(match[2]), int(match[3]), 0 if match[1] else 1


def _read_bits(words: Iterable[str]) -> Bits:
    return tuple(_bit(word) for word in words if word != "-")


def _order(line: Line) -> tuple[int, int]:
    """Arcs, then what an I/O standard implies, then words, other choices, and unknown bits."""
    number, verb, name, _ = line
    base = verb == "enum:" and name.startswith("BASE_")
    return (1 if base else {"arc:": 0, "word:": 2, "enum:": 3, "unknown:": 4}[verb]), number


def _known(table: TileBits, verb: str, name: str, value: str) -> bool:
    if verb == "word:":
        return name in table.words
    return verb == "enum:" and name in table.enums and value in table.enums[name][1]


def _bits(table: TileBits, verb: str, name: str, value: str) -> Bits:
    if verb == "arc:":
        return table.arcs[name, value]
    if verb == "word:":
        return _word(table.words[name][1], value)
    if verb == "enum:":
        return () if value == "_NONE_" else table.enums[name][1][value]
    return (_bit(name),)


def _word(groups: list[Bits], value: str) -> Bits:
    if len(groups) != len(value):
        raise ValueError(f"{len(groups)} bits expected")
    pairs = zip(groups, reversed(value), strict=True)
    return tuple((f, b, v if one == "1" else 1 - v) for group, one in pairs for f, b, v in group)


def _defaults(table: TileBits, seen: set[str]) -> Iterator[tuple[int, int, int]]:
    for name, (default, groups) in table.words.items():
        if name not in seen:
            yield from _word(groups, default or "0" * len(groups))
    for name, (choice, options) in table.enums.items():
        if name not in seen and choice is not None:
            yield from options.get(choice, ())


def difference(packed: Config, unpacked: Config, database: Path) -> str | None:
    """None when both stand for the same bits, else where they first differ, in a few lines."""
    if packed.device != unpacked.device:
        return f"device: packed {packed.device}, unpacked {unpacked.device}"
    if packed.brams != unpacked.brams:
        return _bram_difference(packed.brams, unpacked.brams)
    chip = Chip(database, packed.device)
    ours, theirs = chip.memory(packed), chip.memory(unpacked)
    if ours == theirs:
        return None
    at = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
    frame, bit = divmod(at, chip.bits)
    names = chip.at(frame, bit)
    shown = [f"{' and '.join(names)}: frame {frame}, bit {bit} of the chip"]
    for title, config, memory in (("packed", packed, ours), ("unpacked", unpacked, theirs)):
        shown.append(f"  {title:9} {memory[at]}  {_origin(chip, config, names, frame, bit)}")
    return "\n".join(shown)


def _origin(chip: Chip, config: Config, names: Iterable[str], frame: int, bit: int) -> str:
    """The line of a configuration that sets a bit."""
    found = "no line sets it"
    lists = [(name, config.tiles.get(name, []), False) for name in names]
    lists += [(n, lines, True) for group, lines in config.groups for n in names if n in group]
    for name, lines, group in lists:
        tile = chip.tiles[name]
        for number, (f, b, _) in chip.settings(name, lines, group=group):
            if number and (tile.frame + f, tile.bit + b) == (frame, bit):
                found = f"line {number}: {config.lines[number - 1]}"
    return found


def _bram_difference(packed: dict[str, list[int]], unpacked: dict[str, list[int]]) -> str:
    for name in sorted({*packed, *unpacked}, key=lambda n: (len(n), n)):
        ours, theirs = packed.get(name), unpacked.get(name)
        if ours is None or theirs is None:
            return f"block RAM {name}: contents {'unpacked' if ours is None else 'packed'} only"
        for index, (a, b) in enumerate(zip(ours, theirs, strict=False)):
            if a != b:
                return f"block RAM {name}, word {index}: packed {a:03x}, unpacked {b:03x}"
        if len(ours) != len(theirs):
            return f"block RAM {name}: packed {len(ours)} words, unpacked {len(theirs)}"
    raise AssertionError("equal")
