"""component.xml -> Component, as Vivado, Vitis HLS and System Generator write it.

    component = read(text, origin=path)      the Component; ReportError with file and line
    component, left = whole(text, origin=path)   and the elements that no value was made of

The text may have a comment before its XML declaration, as files with a licence do, which strict
parsers refuse. Entities and DTDs are refused, and so is what no component.xml is as large as.
"""

from __future__ import annotations

import re
from pathlib import Path

from bitwright.errors import ConfigError
from bitwright.ipxact.layout import COMPONENT
from bitwright.ipxact.model import Component
from bitwright.ipxact.parts import Reading, short
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.safe_xml import tree

LARGEST = 1 << 25  # characters; the largest public one has 1.3 million
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")


def load(path: Path) -> Component:
    """The component of a file. ConfigError if it cannot be read, ReportError for what is in it."""
    if path.exists() and not path.is_file():
        raise ConfigError(f"{path}:1: expected a regular file")
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{path}:1: cannot be read: {error.strerror}") from None
    try:
        return read(raw.decode("utf-8-sig"), origin=path)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        where = Path(f"{path}:{line}")
        refuse(where, "this is no text", expected="UTF-8", found=f"0x{raw[error.start]:02x}")


def read(text: str, *, origin: Path) -> Component:
    """The component that a component.xml describes.

    origin: where the text came from; used only in messages
    Raises ReportError, with the line, for anything that is no component of IEEE 1685-2009.
    """
    return whole(text, origin=origin)[0]


def whole(text: str, *, origin: Path) -> tuple[Component, tuple[str, ...]]:
    """The component, and where elements stand (`file:line: way`) that it holds nothing of."""
    if len(text) > LARGEST:
        refuse(
            origin,
            "this is too large for a component.xml",
            expected=f"at most {LARGEST >> 20} M characters",
            found=f"{len(text) >> 20} M",
        )
    root = tree(_without_declaration(text), origin=origin)
    if short(root.tag) != "spirit:component":
        refuse(
            Path(f"{origin}:{root.line}"),
            "this is no IP-XACT component of IEEE 1685-2009",
            expected="the element spirit:component",
            found=short(root.tag)[:100],
        )
    reading = Reading(origin)
    component: Component = COMPONENT.read(root, reading)
    return component, tuple(reading.left(root))


def _without_declaration(text: str) -> str:
    """The text with its XML declaration, and a byte order mark, gone, comments before it or not.

    Lines keep their numbers.
    """
    text = text.removeprefix("\ufeff")
    start = 0
    while True:
        start += len(text[start:]) - len(text[start:].lstrip())
        if not text.startswith("<!--", start):
            break
        end = text.find("-->", start)
        if end < 0:
            return text  # the parser says what is wrong with that
        start = end + len("-->")
    found = _DECLARATION.match(text, start)
    return text[:start] + re.sub(r"[^\n]", "", found[0]) + text[found.end() :] if found else text
