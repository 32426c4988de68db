"""XML that nobody vouches for -> a tree: no DTD, no entities, nothing fetched, no bottom unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from bitwright.reports.read.document import SHOWN, refuse

DEEPEST = 64  # elements in one another; HLS nests loops, and instances in instances
LONGEST = 1 << 24  # characters between two tags, or within one; HLS lists cells in one element


@dataclass(slots=True)
class Node:
    """One element. Text is what stands directly in it, blanks at both ends taken off."""

    tag: str
    attributes: Mapping[str, str]
    line: int  # of its start tag, counted from 1
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def get(self, *path: str) -> Node | None:
        """The first element under these tags: get('Resources', 'LUT')."""
        node: Node | None = self
        for tag in path:
            below = node.children if node is not None else ()
            node = next((child for child in below if child.tag == tag), None)
        return node

    def all(self, *path: str) -> Iterator[Node]:
        """Every element under these tags, of which only the last one may stand several times."""
        parent = self.get(*path[:-1])
        if parent is not None:
            yield from (child for child in parent.children if child.tag == path[-1])

    def word(self, *path: str) -> str | None:
        """The text under these tags, None where there is no such element."""
        node = self.get(*path)
        return node.text if node is not None else None


class _Deep(ValueError):
    pass


class _Builder:
    """What expat calls; the tree grows without recursion."""

    def __init__(self) -> None:
        self.open: list[Node] = []
        self.texts: list[list[str]] = []  # of the open elements, as expat cuts them
        self.root: Node | None = None
        self.expat: Any = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self.open) >= DEEPEST:
            raise _Deep(f"more than {DEEPEST} elements in one another")
        node = Node(tag, attributes, self.expat.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(node)
        self.root = self.root or node
        self.open.append(node)
        self.texts.append([])

    def data(self, text: str) -> None:
        self.texts[-1].append(text)

    def end(self, tag: str) -> None:
        self.open.pop().text = "".join(self.texts.pop()).strip()

    def close(self) -> None:
        pass


def tree(text: str, *, origin: Path) -> Node:
    """The root element. ReportError for XML that is broken off, not well formed or hostile."""
    if any(len(piece) > LONGEST for piece in text.split("<")):
        refuse(
            origin,
            "this XML cannot be trusted",
            expected=f"less than {LONGEST >> 20} M characters between two '<'",
            found=f"more, of {len(text) >> 20} M in all",
        )
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.expat = parser.parser
    try:
        parser.feed(text)
        parser.close()
    except ParseError as error:
        where = Path(f"{origin}:{error.position[0]}")
        refuse(where, "this is no complete XML", expected="one XML document", found=str(error))
    except (DefusedXmlException, ValueError) as error:
        line = builder.expat.CurrentLineNumber
        refuse(
            Path(f"{origin}:{line}"),
            "this XML cannot be trusted",
            expected="no DTD, no entities, no endless nesting",
            found=str(error)[: 2 * SHOWN],
        )
    assert builder.root is not None  # expat calls a document without an element an error
    return builder.root
