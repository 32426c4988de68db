"""A file -> what it holds: the kind is told by the content, the kind's reader does the rest."""

from __future__ import annotations

import importlib
import io
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError
from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import HEAD, Kind, Reading, values
from bitwright.reports.read.source import lines_of, text_of

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


def recognise(head: str, *, origin: Path) -> Kind:
    """The kind of a report, by its first HEAD characters; ReportError unless one claims it."""
    claimed = [kind for kind in kinds() if kind.claims(head)]
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
    try:
        with path.open("rb") as stream:
            return read_stream(stream, origin=path)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}") from error


def read_stream(stream: Any, *, origin: Path) -> Report:
    """Read one report from a binary stream that can seek."""
    head = text_of(_head(stream))[:HEAD]
    kind = recognise(head, origin=origin)
    stream.seek(0)
    content = lines_of(stream) if kind.streamed else text_of(stream.read())
    return Report(origin, kind, kind.parse(content, origin=origin))


def read_bytes(data: bytes, *, origin: Path) -> Report:
    """Read one report from memory."""
    return read_stream(io.BytesIO(data), origin=origin)


def _head(stream: Any) -> bytes:
    """Enough bytes for HEAD characters, cut where no UTF-8 character is torn."""
    data: bytes = stream.read(4 * HEAD)
    end = len(data)
    while end and len(data) - end < 3 and data[end - 1] & 0xC0 == 0x80:
        end -= 1
    return data if end == len(data) else data[: end - 1]
