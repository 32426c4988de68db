"""What a picture needs to know of a design: which end of a net drives, and what kind of net it is.

The looks of cells say it where their IP is known; where it is not, modes of ports and names do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from bitwright.blockdesign.index import Index
from bitwright.blockdesign.ip import AXI, AXIS, Interface
from bitwright.blockdesign.model import Net, parent

SOURCES = ("Master", "MirroredSlave")
_CLOCK = re.compile(r"(^|_)(a?clk|clock|.*aclk|.*_clk|clk.*)(_|\d|$)", re.IGNORECASE)
_RESET = re.compile(r"(^|_)(a?re?se?tn?|.*resetn?|.*rstn?)(_|\d|$)", re.IGNORECASE)
_INTERRUPT = re.compile(r"interrupt|irq|intr|introut", re.IGNORECASE)
_MASTER = re.compile(r"(^|_)m\d*(_|$)|master|out", re.IGNORECASE)
_SLAVE = re.compile(r"(^|_)s\d*(_|$)|slave|slot|in(_|$)", re.IGNORECASE)
_DRIVER = re.compile(r"(^|_)(o|out|dout|(interrupt|irq|introut)\d*|.*_out\d*|peripheral_.*)$", re.I)
_QUIET = re.compile(r"reset|clk_wiz|clocking|constant|ds_buf|bufg", re.IGNORECASE)


def last(path: str) -> str:
    return path.rpartition("/")[2]


class Facts(Index):
    def interface(self, end: str) -> Interface | None:
        """An interface of a cell, hierarchy or design as its looks have it, or its declaration."""
        owner = self.looks.get(parent(end))
        found = owner.interfaces.get(last(end)) if owner else None
        port = self.interface_ports.get(end)
        if port is not None:
            return Interface(last(end), port.mode, port.vlnv)
        return found

    def sources(self, net: Net) -> tuple[list[str], list[str]]:
        """The end of an interface net that drives it, and the others.

        Modes say it, of ports and of known IPs; where they leave it open, names do.
        """
        level = parent(net.name)
        sure = {end: self._is_source(end, level) for end in net.ends}
        masters = [end for end in net.ends if sure[end]]
        if len(masters) != 1:
            open_ends = masters or [end for end in net.ends if sure[end] is None] or net.ends
            masters = [max(open_ends, key=lambda end: _mastery(last(end)))]
        return masters, [end for end in net.ends if end not in masters]

    def _is_source(self, end: str, level: str) -> bool | None:
        """None where it is not known: the IP's looks are but guessed."""
        found, owner = self.interface(end), self.looks.get(parent(end))
        if found is None:
            return None
        if end in self.interface_ports:
            return (found.mode in SOURCES) != (parent(end) == level)
        return found.mode in SOURCES if owner is not None and owner.known else None

    def drivers(self, net: Net) -> tuple[list[str], list[str]]:
        """The ends of a net of single wires that drive it, and the others."""
        level = parent(net.name)
        found = [end for end in net.ends if self._drives(end, level)]
        if not found:
            found = [end for end in net.ends if _DRIVER.search(last(end))][:1]
        return found, [end for end in net.ends if end not in found]

    def _drives(self, end: str, level: str) -> bool:
        port = self.ports.get(end)
        if port is not None:
            return port.direction == ("in" if parent(end) == level else "out")
        owner = self.looks.get(parent(end))
        pin = owner.pins.get(last(end)) if owner else None
        return pin is not None and pin.direction == "out"

    def kind(self, net: Net) -> str:
        """clk, rst, intr or data, by what any of its ends is.

        What a cell that gathers interrupts (xlconcat) drives, is interrupts.
        """
        if any(parent(end) in self.gathering for end in net.ends):
            return "intr"
        return _kind(self.kind_of(end) for end in net.ends)

    @cached_property
    def gathering(self) -> frozenset[str]:
        """Cells that put interrupts side by side."""
        concats = {c.path for c in self.design.cells if "concat" in c.type.split(":")[-1]}
        return frozenset(
            parent(end)
            for net in self.design.nets
            if concats & {parent(end) for end in net.ends}
            and _kind(self.kind_of(end) for end in net.ends) == "intr"
            for end in net.ends
            if parent(end) in concats
        )

    def kind_of(self, end: str) -> str:
        port = self.ports.get(end)
        if port is not None and port.kind in ("clk", "rst", "intr"):
            return port.kind
        owner = self.looks.get(parent(end))
        pin = owner.pins.get(last(end)) if owner else None
        if pin is not None and pin.kind:
            return pin.kind
        if pin is not None and owner is not None and owner.known:
            return "data"
        name = last(end)
        for pattern, kind in ((_INTERRUPT, "intr"), (_RESET, "rst"), (_CLOCK, "clk")):
            if pattern.search(name):
                return kind
        return "data"

    def bus(self, ends: Iterable[str]) -> str:
        """axi, stream, clock or other: what kind of interface these ends are."""
        for end in ends:
            found = self.interface(end)
            vlnv = found.vlnv if found else ""
            kind = vlnv.split(":")[2] if vlnv.count(":") >= 2 else vlnv
            if kind.startswith("aximm") or vlnv == AXI:
                return "axi"
            if kind.startswith("axis") or vlnv == AXIS:
                return "stream"
            if "clock" in kind:
                return "clock"
            if kind:
                return "other"
        text = " ".join(map(last, ends)).lower()
        return "stream" if "axis" in text else "axi" if "axi" in text else "other"

    def is_quiet_type(self, path: str) -> bool:
        """Whether a cell only makes clocks, resets or constants, judged by its IP's name."""
        kind = self.cells[path].type
        return bool(_QUIET.search(kind.split(":")[-1]))


def _mastery(name: str) -> int:
    """How much an interface's name sounds like a master's."""
    return bool(_MASTER.search(name)) - bool(_SLAVE.search(name))


def _kind(kinds: Iterable[str]) -> str:
    found = set(kinds)
    for kind in ("intr", "clk", "rst"):
        if kind in found:
            return kind
    return "data"
