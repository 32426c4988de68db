"""DATAFLOW regions rewritten so that their processes run at once, with queues as deep as they say.

C simulation calls one process after another and never finds a queue full; whether the depths that
the pragmas give are enough shows only where processes wait for one another. Each call of a region
becomes a thread, each depth a bound; a local array passes whole from its writer to its reader, as a
ping-pong buffer does. Iterations of a region in a loop follow one another: hardware overlaps them,
which only makes waiting less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from bitwright.hls import source
from bitwright.hls.source import Call, Function, Pragma

Edit = tuple[int, int, str]  # bytes from, to; what stands there instead


def rewrite(headers: Iterable[Path], folder: Path) -> None:
    """Copies of headers, into a folder, with every region in them rewritten."""
    for path in headers:
        read = source.read(path)
        data = read.data
        for start, end, text in sorted(_edits(read.functions, data), reverse=True):
            data = data[:start] + text.encode() + data[end:]
        (folder / path.name).write_bytes(data)


def _edits(functions: Iterable[Function], data: bytes) -> Iterator[Edit]:
    for function in functions:
        for pragma in function.pragmas:
            if pragma.directive == "stream":
                depth = f"{pragma.options['variable']}.depth({pragma.options['depth']});"
                yield pragma.span.start, pragma.span.end, depth
            if pragma.directive == "dataflow":
                yield from _region(function, pragma, data)


def _region(function: Function, pragma: Pragma, data: bytes) -> Iterator[Edit]:
    calls = [c for c in function.calls if _is_process(c, pragma, data)]
    arrays = [
        v.name
        for v in function.variables
        if not v.stream and not v.parameter and (v.dims or v.type.endswith("::Tile"))
    ]
    gates = "".join(f"concurrent::Gate filled_{name}; " for name in arrays)
    filled: set[str] = set()
    for index, call in enumerate(calls):
        used = [a.base for a in call.arguments if a.base in arrays]
        before = "".join(f"filled_{name}.pass(); " for name in used if name in filled)
        after = "".join(f" filled_{name}.open();" for name in used if name not in filled)
        filled.update(used)
        first = f"{gates}concurrent::Region region; " if index == 0 else ""
        yield call.span.start, call.span.start, f"{first}region.run([&] {{ {before}"
        yield call.span.end, call.span.end, f";{after} }})"


def _is_process(call: Call, pragma: Pragma, data: bytes) -> bool:
    """A statement of the region itself, not a part of an expression."""
    follows = data[call.span.end : call.span.end + 1]
    return call.loop == pragma.loop and not call.receiver and follows == b";"
