"""Bytes -> text: what tools, editors and file systems do to a report on its way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

BLOCK = 1 << 20  # bytes read at a time
LINE = 1 << 20  # bytes of one line of a log; what is beyond is cut off
NUL = re.compile("\0+")


def text_of(data: bytes) -> str:
    """A report as text with plain newlines: UTF-8, else Latin-1; CRLF, NUL bytes and a byte order
    mark are taken out."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a log, without their ends, one at a time: constant memory for any length."""
    for line in _split(iter(lambda: stream.read(BLOCK), b"")):
        yield text_of(line.rstrip(b"\r"))


def _split(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
        rest = rest[:LINE]
    if rest:
        yield rest
