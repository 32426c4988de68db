"""Elements beyond an array: indices of constants and of counters with constant bounds.

An index is looked at where it is sums and products of counters and numbers, so that it is greatest
when they are; and only where nothing decides whether the access happens. What is not known so is
left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bitwright.hls.adopt.interface import Design
from bitwright.hls.cpp.expression import value
from bitwright.hls.source import Loop, Source

_SUMS = re.compile(r"[\w\s+*()]+")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LEAVES = re.compile(r"\b(break|continue|goto|return|switch|throw|exit|assert)\b|[?]|&&|\|\|")
_HEAD = re.compile(  # for (int i = 0; i < 16; i++), or with a step
    r"(?:\w+\s*:\s*)?for\s*\(\s*[\w:]+\s+(\w+)\s*=\s*(\d+)\s*;[^;]*;\s*"
    r"(?:\1\s*\+\+|\+\+\s*\1|\1\s*\+=\s*(\d+))\s*\)\s*$"
)


def beyond(design: Design) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) of each access that is surely beyond its array."""
    if b"#if" in design.source.data:
        return  # what a condition leaves out is no access
    for function in design.source.functions:
        greatest = {loop: _greatest(design.source, loop) for loop in function.loops}
        for access in function.accesses:
            if access.mode not in ("read", "write", "update") or access.guards:
                continue
            last = _last(function.around(access.loop), greatest)
            for index, size in zip(access.indices, access.variable.sizes, strict=False):
                most = _most(index, last)
                if most is not None and size is not None and most >= size:
                    name = access.variable.name
                    yield (
                        access.span.line,
                        f"{name} has {size} elements there, and the index {index} goes to {most}",
                    )


def _most(index: str, last: Mapping[str, int] | None) -> int | None:
    """The greatest value of an index; None if it is not known."""
    if last is None or not _SUMS.fullmatch(index) or not set(_WORD.findall(index)) <= last.keys():
        return None
    return value(index, last)


def _last(loops: Iterable[Loop], greatest: Mapping[Loop, int | None]) -> dict[str, int] | None:
    """The last value of each counter of these loops; None if not all are known to turn."""
    last: dict[str, int] = {}
    for loop in loops:
        most = greatest[loop]
        if most is None or loop.counter in last:
            return None
        last[loop.counter] = most
    return last


def _greatest(source: Source, loop: Loop) -> int | None:
    """The last value of a loop's counter; None if it is not known, or a turn may end early."""
    head = source.data[loop.span.start : loop.body.start].decode()
    found = _HEAD.match(head)
    if found is None or found[1] != loop.counter or not loop.trips:
        return None
    body = source.text(loop.body)
    if _LEAVES.search(body) or _changed(loop.counter, body):
        return None
    return int(found[2]) + (loop.trips - 1) * int(found[3] or 1)


def _changed(counter: str, body: str) -> bool:
    """Whether a loop's body may change its counter, or declares another of that name."""
    name = re.escape(counter)
    written = rf"\b{name}\s*([-+*/%&|^]|<<|>>)?=(?!=)|\b{name}\s*(\+\+|--)|(\+\+|--|&)\s*{name}\b"
    return re.search(written, body) is not None
