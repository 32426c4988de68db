"""What is no C++: bytes that are no text, and what the grammar could not read."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from bitwright.errors import ConfigError
from bitwright.hls.cpp.nodes import line, text
from bitwright.hls.source import SyntaxFault

SHOWN = 40  # characters repeated in a message


def decodes(data: bytes, where: str) -> None:
    """Raises ConfigError, with the line, for what is not UTF-8 or holds a zero byte."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        what = f"byte {data[error.start]:#04x} is not UTF-8"
        raise ConfigError(f"{where}:{number}: {what}\n  expected  C++ source in UTF-8") from None
    if b"\0" in data:
        number = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise ConfigError(f"{where}:{number}: a zero byte\n  expected  C++ source, not a binary")


def syntax(data: bytes, root: Node) -> Iterator[SyntaxFault]:
    """The outermost places that the grammar could not read, in the order of the file."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_missing:
            yield SyntaxFault(line(node), f"syntax error: {node.type!r} is missing here")
        elif node.type == "ERROR":
            yield SyntaxFault(line(node), _told(data, node))
        elif node.has_error:
            stack.extend(reversed(node.children))


def _told(data: bytes, node: Node) -> str:
    shown = " ".join(text(node).split())[:SHOWN]
    last = data.rstrip().count(b"\n") + 1
    cut = node.end_point.row + 1 >= last > node.start_point.row + 1
    tail = f"; it goes on to the end of the file, line {last}: is the file cut off?" if cut else ""
    return f"syntax error at {shown!r}{tail}"
