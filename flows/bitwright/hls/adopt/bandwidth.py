"""How many cycles a node needs at least because its data comes through an AXI port.

Stream-HLS sizes nodes for arrays split over many banks. Behind a port of W bits no more than W
bits arrive per cycle, so a node that wants more is as fast as its port. Everything here is
arithmetic on the source: trip counts, indices and conditions that are constants. What is not known
so is left out, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bitwright.hls.adopt.effects import READ, WRITE
from bitwright.hls.adopt.interface import Design, Port
from bitwright.hls.source import Access, Function, Loop

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Demand:
    """What one access of a node asks of a port."""

    port: Port
    function: Function
    access: Access
    turns: int  # of the pipelined loop, all loops around it included
    elements: int  # per turn, all loops within it unrolled
    total: int  # elements in all; less than turns * elements under a condition
    row: int  # elements that lie side by side in memory, of those of one turn

    @property
    def per_beat(self) -> int:
        """Elements that one beat of the port holds."""
        return max(self.port.width // self.port.bits, 1)

    @property
    def least_cycles(self) -> int:
        """No port moves more than its width."""
        return -(-self.total // self.per_beat)

    @property
    def likely_cycles(self) -> int:
        """A beat holds what lies side by side; the rest of it is lost."""
        useful = min(self.per_beat, self.row) if self.elements > 1 else self.per_beat
        return -(-self.total // useful)

    @property
    def bound(self) -> bool:
        """Whether the port, and not the pipeline, sets the pace."""
        return self.likely_cycles > self.turns


def demands(design: Design) -> Iterator[Demand]:
    """Each access of an argument whose loops are constant, in the order of the file."""
    for function in design.source.functions:
        for access in _distinct(function):
            if len(access.indices) != len(access.variable.dims) or not access.indices:
                continue
            for port in sorted(
                (p for p in design.ports_of(function, access.variable) if p and p.bundle),
                key=lambda p: p.name,
            ):
                if (found := _demand(function, access, port)) is not None:
                    yield found


def _distinct(function: Function) -> Iterator[Access]:
    """The reads and writes of a function, each place in memory once per turn of a loop."""
    seen = set()
    for access in function.accesses:
        way = READ if access.mode in (READ, "pass") else WRITE
        key = (access.variable, access.indices, access.loop, way)
        if access.variable.parameter and access.mode != "look" and key not in seen:
            seen.add(key)
            yield access


def _demand(function: Function, access: Access, port: Port) -> Demand | None:
    """None where no loop is pipelined, or a trip count or a condition is no constant."""
    loops = function.around(access.loop)
    pipelined = [i for i, loop in enumerate(loops) if _is_pipelined(function, loop)]
    if not pipelined or not all(guard.equality for guard in access.guards):
        return None
    trips: list[int] = [loop.trips for loop in loops if loop.trips is not None]
    if len(trips) != len(loops) or 0 in trips:
        return None
    inner, outer = loops[: pipelined[-1]], loops[pipelined[-1] :]
    indexed = _words(*access.indices)
    unrolled = [loop for loop in inner if loop.counter in indexed]
    elements = _product(unrolled)
    chosen = {name for guard in access.guards for name in guard.names}  # one turn of each is taken
    total = _product(loop for loop in (*unrolled, *outer) if loop.counter not in chosen)
    last = access.indices[-1]
    row = _product(loop for loop in unrolled if _counts_by_one(last, loop.counter))
    return Demand(port, function, access, _product(outer), elements, total, row)


def _is_pipelined(function: Function, loop: Loop) -> bool:
    return any(
        function.loops[pragma.loop] is loop
        for pragma in function.pragmas_of("pipeline")
        if pragma.loop is not None and "off" not in pragma.words
    )


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}


def _product(loops: Iterable[Loop]) -> int:
    return math.prod(loop.trips or 1 for loop in loops)


def _counts_by_one(index: str, counter: str) -> bool:
    """Whether the next turn of a loop is the next element: the counter is added, not scaled."""
    scaled = rf"(\b{counter}\b\s*\*|\*\s*{counter}\b)"
    return counter in _words(index) and not re.search(scaled, index)


# --- messages -------------------------------------------------------------------------------------


def remarks(design: Design) -> Iterator[tuple[int, str]]:
    """What to say of each access that its port holds up, and of bundles that are shared."""
    found = list(demands(design))
    for demand in found:
        if demand.bound:
            yield demand.access.span.line, _held_up(demand)
    yield from _shared(design, found)


def _held_up(demand: Demand) -> str:
    port, bits = demand.port, demand.elements * demand.port.bits
    verb = "reads" if demand.access.mode in (READ, "pass") else "writes"
    name = demand.access.variable.name
    whose = name if name == port.name else f"{name} (= {port.name})"
    text = (
        f"{demand.function.name} {verb} {demand.elements} elements of {whose} per cycle,"
        f" {bits} bits; {port.bundle} has {port.width}: at least {demand.least_cycles} cycles"
        f" for {demand.total} elements, where partitioned arrays took {demand.turns}"
    )
    if demand.likely_cycles > demand.least_cycles:
        together = f"{demand.row} lie" if demand.row > 1 else "none lie"
        text += f"; {together} side by side, so rather {demand.likely_cycles}"
    return text


def _shared(design: Design, found: list[Demand]) -> Iterator[tuple[int, str]]:
    """Arrays behind one port wait for one another; reads and writes do not."""
    for bundle in dict.fromkeys(port.bundle for port in design.memories):
        for way in (READ, WRITE):
            ports = [p for p in design.memories if p.bundle == bundle and way in p.direction]
            if len(ports) < 2:
                continue
            of_way = [
                d for d in found if d.port in ports and (d.access.mode == READ) == (way == READ)
            ]
            cycles = sum(d.least_cycles for d in of_way)
            names = ", ".join(port.name for port in ports)
            yield (
                ports[1].variable.span.line,
                f"{bundle} is shared by {names}: at least {cycles} cycles to {way} them",
            )
