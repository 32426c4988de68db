"""One law for every reader: a report cut anywhere is refused, or says so and holds no wrong number.

A number of the cut reading is right if the whole report says the same in the same place. Lists may
be shorter, their last element may lack what came after the cut, and anything may be None. What a
reader counts while it reads (`messages[].count` of a log) is named in `counted`: it may be smaller.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError
from bitwright.reports.read.kind import Kind, values
from bitwright.reports.read.source import lines_of, text_of
from hypothesis import example, given
from hypothesis import strategies as st

ORIGIN = Path("cut.rpt")
SHORT = 1 << 11  # bytes: cutting such a report at each of them takes no longer than at some
ABOUT = ("missing", "incomplete")  # say what a reading is, are no numbers


def values_of(kind: Kind, data: bytes) -> dict[str, Any]:
    """What this kind's reader finds in these bytes, as `values` of the JSON."""
    content = lines_of([data]) if kind.streamed else text_of(data)
    return values(kind.parse(content, origin=ORIGIN))


def check_truncation(
    kind: Kind, data: bytes, *, counted: Collection[str] = (), ends: Collection[str] = ()
) -> None:
    """Cut `data` at the end of every line, where a cut shows least, and at any byte.

    ends: lines after which the tool itself may end; a reading cut there need not look cut
    """
    whole = values_of(kind, data)
    assert "incomplete" not in whole, "the specimen itself is incomplete"
    counted = {*counted, *whole.get("counts", ())}

    @given(st.integers(0, len(data) - 1))
    @example(len(data) - 1)
    def at_any_byte(at: int) -> None:
        check_cut(kind, data, at, whole, counted, ends)

    if len(data) <= SHORT:
        places = set(range(len(data)))
    else:
        places = {at for at, byte in enumerate(data[:-1], start=1) if byte == ord("\n")}
        at_any_byte()
    for at in places:
        check_cut(kind, data, at, whole, counted, ends)


def check_cut(
    kind: Kind,
    data: bytes,
    at: int,
    whole: dict[str, Any],
    counted: Collection[str] = (),
    ends: Collection[str] = (),
) -> None:
    """One cut: `data[:at]` is refused, is marked incomplete, or says what the whole says."""
    try:
        part = values_of(kind, data[:at])
    except ReportError:
        return
    wrong = list(differences(part, whole, counted=counted))
    assert not wrong, f"cut at byte {at} of {len(data)}: wrong are {wrong[:5]}"
    if not part.get("incomplete") and not data[:at].rstrip().decode().endswith(tuple(ends)):
        assert part == whole, f"cut at byte {at} of {len(data)}: values lack, but it looks whole"


def differences(
    part: Any, whole: Any, way: str = "", *, counted: Collection[str] = ()
) -> Iterator[str]:
    """Where `part` says something that `whole` does not say: 'clocks[2].wns_ns: 1.5, not 15'."""
    if part is None or part == whole:
        return
    if isinstance(part, dict) and isinstance(whole, dict):
        for name in part.keys() - ABOUT:
            below = f"{way}.{name}".lstrip(".")
            yield from differences(part[name], whole.get(name), below, counted=counted)
    elif isinstance(part, list) and isinstance(whole, list):
        if len(part) > len(whole):
            yield f"{way}: {len(part)} elements, not {len(whole)}"
        for position, (one, other) in enumerate(zip(part, whole, strict=False)):
            yield from differences(one, other, f"{way}[{position}]", counted=counted)
    elif part in ("", [], {}):
        return
    elif not (way.rpartition(".")[2] in counted and part < whole):
        yield f"{way}: {part!r}, not {whole!r}"
