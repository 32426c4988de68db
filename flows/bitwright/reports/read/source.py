"""Bytes -> text: what tools, editors and file systems do to a report on its way."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bitwright.errors import ReportError

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BLOCK = 1 << 20  # bytes read at a time
LINE = 1 << 20  # bytes of one line of a log that are surely kept
LARGEST = 1 << 30  # bytes of a report that is held in memory whole; logs have no limit


def text_at(path: Path) -> str:
    """The text of a file that a step of ours has left. ReportError if it is not there, or none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: cannot be read ({error})") from error


def text_of(data: bytes) -> str:
    """A report as text with plain newlines: UTF-8, else Latin-1; CRLF, NUL bytes and a byte order
    mark are taken out."""
    data = _plain(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def blocks_of(stream: BinaryIO) -> Iterator[bytes]:
    """All that is left in a stream."""
    return iter(lambda: stream.read(BLOCK), b"")


def lines_of(blocks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a log, one at a time, each with its newline, the last without one if it has
    none: constant memory for any length. What is not UTF-8 is Latin-1, line by line."""
    rest = b""
    for block in blocks:
        whole, newline, torn = block.rpartition(b"\n")
        if newline:
            yield from _lines(rest + whole + newline)
            rest = torn
        else:
            rest = (rest + torn)[:LINE]
    yield from _lines(rest)


def _lines(data: bytes) -> Iterator[str]:
    data = _plain(data)
    try:
        return io.StringIO(data.decode("utf-8-sig"), newline="\n")
    except UnicodeDecodeError:
        return map(text_of, io.BytesIO(data))


def _plain(data: bytes) -> bytes:
    """Without NUL bytes, without the carriage returns of CRLF. So UTF-16, which a Windows shell
    makes of what it redirects, is read but for its mark, which goes too."""
    if b"\0" in data:
        mark = data[:2] if data.startswith(UTF_16) else b""
        data = data.removeprefix(mark).replace(b"\0", b"")
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data
