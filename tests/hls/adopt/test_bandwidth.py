"""What a node asks of a port, against running its loops one turn at a time."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bitwright.hls import adopt
from bitwright.hls.adopt import bandwidth
from hypothesis import given
from hypothesis import strategies as st

from tests.hls.adopt.conftest import put


@dataclass(frozen=True)
class Nest:
    """Loops c0, c1, ... around one access of a[row][column]; those in rows and columns count."""

    trips: tuple[int, ...]
    pipelined: int  # which loop; those within it are unrolled
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    zero: tuple[int, ...]  # the access is made where these counters are 0
    width: int  # bits of the port

    def index(self, counters: tuple[int, ...], values: tuple[int, ...]) -> int:
        """Mixed radix: the last counter by one, each before it by all the turns behind it."""
        place, scale = 0, 1
        for counter in reversed(counters):
            place += values[counter] * scale
            scale *= self.trips[counter]
        return place

    def spoken(self, counters: tuple[int, ...]) -> str:
        text, scale = "", 1
        for counter in reversed(counters):
            term = f"c{counter}" if scale == 1 else f"(c{counter} * {scale})"
            text = f"({term} + {text})" if text else term
            scale *= self.trips[counter]
        return text or "0"

    def source(self) -> str:
        lines = ["void forward(", "  float a[4096][4096],", "  float y[1]", ") {"]
        for k, trips in enumerate(self.trips):
            lines.append(f"  loop{k}: for (int c{k} = 0; c{k} < {trips}; c{k}++) {{")
            if k == self.pipelined:
                lines.append("    #pragma HLS pipeline II=1")
        if self.zero:
            lines.append(f"  if (({' + '.join(f'c{k}' for k in self.zero)}) == 0)")
        lines.append(f"  y[0] = a[{self.spoken(self.rows)}][{self.spoken(self.columns)}];")
        return "\n".join([*lines, *("  }" for _ in self.trips), "}", ""])

    def turns(self) -> dict[tuple[int, ...], set[tuple[int, int]]]:
        """The elements that each turn of the pipelined loop reads."""
        found: dict[tuple[int, ...], set[tuple[int, int]]] = {}
        for values in itertools.product(*map(range, self.trips)):
            turn = found.setdefault(values[: self.pipelined + 1], set())
            if not any(values[k] for k in self.zero):
                turn.add((self.index(self.rows, values), self.index(self.columns, values)))
        return found


@st.composite
def nests(draw: st.DrawFn) -> Nest:
    trips = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    places = [draw(st.sampled_from(["row", "column", "neither"])) for _ in trips]
    return Nest(
        trips=trips,
        pipelined=draw(st.integers(0, len(trips) - 1)),
        rows=tuple(k for k, place in enumerate(places) if place == "row"),
        columns=tuple(k for k, place in enumerate(places) if place == "column"),
        zero=tuple(k for k in range(len(trips)) if draw(st.integers(0, 3)) == 0),
        width=draw(st.sampled_from([32, 64, 256])),
    )


@given(nests())
def test_turns_and_elements_are_those_of_the_loops(nest: Nest):
    with tempfile.TemporaryDirectory() as folder:
        request = adopt.Request(width=nest.width)
        found = adopt.adopt(put(Path(folder), nest.source()), request, "net.cpp").design
    (demand,) = (d for d in bandwidth.demands(found) if d.port.name == "a")
    turns = nest.turns()
    read = [len(elements) for elements in turns.values()]
    assert demand.turns == len(turns)
    assert demand.total == sum(read)
    if not nest.zero:
        assert demand.elements == max(read)
    per_beat = nest.width // 32
    assert demand.least_cycles == -(-sum(read) // per_beat)
    # A beat holds neighbours alone, so no turn is done with fewer beats than these.
    beats = sum(
        len({(row, column // per_beat) for row, column in elements}) for elements in turns.values()
    )
    assert demand.least_cycles <= max(beats, -(-sum(read) // per_beat))
    assert demand.least_cycles <= demand.likely_cycles <= sum(read)
