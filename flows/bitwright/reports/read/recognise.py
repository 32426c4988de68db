"""A file -> what it holds: the kind is told by the content, the kind's reader does the rest."""

from __future__ import annotations

import importlib
import io
import pkgutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import HEAD, Kind, Reading, values
from bitwright.reports.read.source import BLOCK, LARGEST, blocks_of, lines_of, text_of

TOOLS = ("open", "vivado", "hls", "vitis")  # folders of readers


@dataclass(frozen=True, slots=True)
class Report:
    """One report, read."""

    path: Path
    kind: Kind
    reading: Reading

    def to_json(self) -> dict[str, Any]:
        """path, kind, tool, version, part, values."""
        return {
            "path": str(self.path),
            "kind": self.kind.name,
            "tool": self.kind.tool,
            "version": self.reading.version,
            "part": self.reading.part,
            "values": values(self.reading),
        }


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind there is a reader for, by name."""
    found = []
    for tool in TOOLS:
        package = importlib.import_module(f"bitwright.reports.read.{tool}")
        for module in pkgutil.iter_modules(package.__path__):
            kind = getattr(
                importlib.import_module(f"{package.__name__}.{module.name}"), "KIND", None
            )
            found += [kind] if kind else []
    return tuple(sorted(found, key=lambda kind: kind.name))


def head_of(data: bytes) -> str:
    """The HEAD characters by which a report is recognised, of at least that many."""
    return text_of(data[: 4 * HEAD])[:HEAD]


def claimants(head: str) -> list[Kind]:
    """The kinds that claim a report by its first HEAD characters; one, if it is a report."""
    return [kind for kind in kinds() if kind.claims(head)]


def recognise(head: str, *, origin: Path) -> Kind:
    """The kind of a report, by its first HEAD characters; ReportError unless one claims it."""
    claimed = claimants(head)
    if len(claimed) == 1:
        return claimed[0]
    first = next((line.strip() for line in head.splitlines() if line.strip()), "")
    refuse(
        Path(f"{origin}:1"),
        "no reader knows this report" if not claimed else "several readers claim this report",
        expected=f"one of {', '.join(kind.name for kind in claimed or kinds())}",
        found=repr(first[:60]) if first else "an empty file",
        next="is it a report, and whole? readers are in flows/bitwright/reports/read/",
    )


def read(path: Path) -> Report:
    """Read one report file. ReportError if it cannot be read, recognised or trusted."""
    with opened(path) as stream:
        return read_stream(stream, origin=path)


def opened(path: Path) -> BinaryIO:
    """A regular file, opened; ReportError for whatever else a path may lead to."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
        found = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
    refuse(
        path,
        "this cannot be read",
        expected="a report file",
        found=found,
        next="name files, such as DIR/*.rpt, or pipe one: cat FILE | python -m bitwright.reports -",
    )


def read_stream(stream: BinaryIO, *, origin: Path) -> Report:
    """Read one report from a binary stream, which need not be able to seek."""
    try:
        first = _first(stream)
        kind = recognise(head_of(first), origin=origin)
        blocks = chain([first], blocks_of(stream))
        content = lines_of(blocks) if kind.streamed else text_of(_whole(blocks, origin))
        return Report(origin, kind, kind.parse(content, origin=origin))
    except OSError as error:
        refuse(
            origin,
            "this cannot be read to its end",
            expected="a file that stays",
            found=str(error.strerror or error),
            next="read it again",
        )


def read_bytes(data: bytes, *, origin: Path) -> Report:
    """Read one report from memory."""
    return read_stream(io.BytesIO(data), origin=origin)


def _first(stream: BinaryIO) -> bytes:
    """The first block, whole even where a pipe gives less at a time."""
    found = b""
    while len(found) < BLOCK and (more := stream.read(BLOCK - len(found))):
        found += more
    return found


def _whole(blocks: Iterator[bytes], origin: Path) -> bytes:
    parts, size = [], 0
    for block in blocks:
        parts.append(block)
        size += len(block)
        if size > LARGEST:
            refuse(
                origin,
                "this report is too large",
                expected=f"at most {LARGEST >> 20} MiB",
                found="more",
                next="report fewer paths or cells; a log may have any size",
            )
    return b"".join(parts)
