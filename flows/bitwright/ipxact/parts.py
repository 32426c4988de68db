"""Parts that a table of elements is put together of; each reads and writes the same element.

A `Shape` makes a value of one dataclass of one element, a `Part` of it fills some of the fields.
What the table says is in layout.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, Protocol

from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.safe_xml import Node

SPACES = {
    "spirit": "http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009",
    "xilinx": "http://www.xilinx.com",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One element as it will be written."""

    tag: str  # spirit:name
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""
    children: tuple[Element, ...] = ()


@cache
def short(tag: str) -> str:
    """{http://...}name -> spirit:name; the tag itself in a namespace that is not known."""
    space, brace, name = tag.rpartition("}")
    for prefix, uri in SPACES.items():
        if brace and space[1:] == uri:
            return f"{prefix}:{name}"
    return tag


class Reading:
    """One file being read: where it is, and which elements were taken."""

    def __init__(self, origin: Path) -> None:
        self.origin = origin
        self._taken: set[int] = set()

    def all(self, node: Node, tag: str) -> list[Node]:
        """The elements of this tag directly below a node."""
        found = [child for child in node.children if short(child.tag) == tag]
        self._taken |= {id(child) for child in found}
        return found

    def one(self, node: Node, tag: str) -> Node | None:
        """The element of this tag below a node. ReportError if there are two."""
        found = self.all(node, tag)
        if len(found) > 1:
            self.refuse(found[1], f"two {tag} in {short(node.tag)}", "at most one", "a second")
        return found[0] if found else None

    def refuse(self, node: Node, problem: str, expected: str, found: str) -> NoReturn:
        refuse(Path(f"{self.origin}:{node.line}"), problem, expected=expected, found=found)

    def left(self, root: Node) -> Iterator[str]:
        """The elements that nothing was made of: `spirit:cpus`, and where they stand."""
        todo = [(root, short(root.tag))]
        while todo:
            node, way = todo.pop()
            for child in node.children:
                below = f"{way}/{short(child.tag)}"
                if id(child) in self._taken:
                    todo.append((child, below))
                else:
                    yield f"{self.origin}:{child.line}: {below}"


class Part(Protocol):
    """Some fields of a value, and what they are in the value's element.

    `write` gives a piece of that element: attributes, text and children, without a tag.
    """

    def read(self, node: Node, reading: Reading) -> dict[str, Any]: ...

    def write(self, thing: Any) -> Element: ...


def holding(children: Iterable[Element], wrapper: str = "") -> Element:
    """A piece that is these elements, in a wrapper if that is named and there are any."""
    made = tuple(children)
    return Element("", children=(Element(wrapper, children=made),) if made and wrapper else made)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the element itself; not written when empty."""

    field: str
    tag: str

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        named = {short(name): value for name, value in node.attributes.items()}
        return {self.field: named[self.tag]} if self.tag in named else {}

    def write(self, thing: Any) -> Element:
        value = getattr(thing, self.field)
        return Element("", ((self.tag, value),) if value else ())


@dataclass(frozen=True, slots=True)
class Own:
    """The text of the element itself."""

    field: str = "text"

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        return {self.field: node.text}

    def write(self, thing: Any) -> Element:
        return Element("", text=getattr(thing, self.field))


@dataclass(frozen=True, slots=True)
class Text:
    """An element with text and nothing else; not written when empty."""

    field: str
    tag: str

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        found = reading.one(node, self.tag)
        return {} if found is None else {self.field: found.text}

    def write(self, thing: Any) -> Element:
        text = getattr(thing, self.field)
        return holding([Element(self.tag, text=text)] if text else ())


@dataclass(frozen=True, slots=True)
class Texts:
    """Several elements with text, in a wrapper or not, the text one level deeper or not."""

    field: str
    tag: str
    wrapper: str = ""
    inner: str = ""

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        outer = reading.one(node, self.wrapper) if self.wrapper else node
        found = reading.all(outer, self.tag) if outer is not None else []
        if self.inner:
            found = [each for item in found for each in reading.all(item, self.inner)]
        return {self.field: tuple(each.text for each in found)}

    def write(self, thing: Any) -> Element:
        return holding(map(self._written, getattr(thing, self.field)), self.wrapper)

    def _written(self, text: str) -> Element:
        if not self.inner:
            return Element(self.tag, text=text)
        return Element(self.tag, children=(Element(self.inner, text=text),))


@dataclass(frozen=True, slots=True)
class One:
    """An element that becomes a value of its own; not written when it is `default`."""

    field: str
    tag: str
    shape: Shape
    default: Any = None

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        found = reading.one(node, self.tag)
        return {} if found is None else {self.field: self.shape.read(found, reading)}

    def write(self, thing: Any) -> Element:
        value = getattr(thing, self.field)
        return holding(() if value == self.default else [self.shape.write(value, self.tag)])


@dataclass(frozen=True, slots=True)
class Many:
    """Elements that become values of their own, in a wrapper or not."""

    field: str
    tag: str
    shape: Shape
    wrapper: str = ""

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        outer = reading.one(node, self.wrapper) if self.wrapper else node
        found = reading.all(outer, self.tag) if outer is not None else []
        return {self.field: tuple(self.shape.read(each, reading) for each in found)}

    def write(self, thing: Any) -> Element:
        made = (self.shape.write(each, self.tag) for each in getattr(thing, self.field))
        return holding(made, self.wrapper)


@dataclass(frozen=True, slots=True)
class Here:
    """A value of its own that is made of the very element around it."""

    field: str
    shape: Shape

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        return {self.field: self.shape.read(node, reading)}

    def write(self, thing: Any) -> Element:
        return self.shape.write(getattr(thing, self.field), "")


@dataclass(frozen=True, slots=True)
class Within:
    """An element that groups fields of the value around it; not written when it would be empty."""

    tag: str
    parts: tuple[Part, ...]

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        found = reading.one(node, self.tag)
        values: dict[str, Any] = {}
        for part in self.parts if found is not None else ():
            assert found is not None
            values |= part.read(found, reading)
        return values

    def write(self, thing: Any) -> Element:
        made = _element(self.tag, self.parts, thing)
        return holding(() if made == Element(self.tag) else [made])


@dataclass(frozen=True, slots=True)
class Shape:
    """How one element becomes a value of a class, and back."""

    kind: type[Any]
    parts: tuple[Part, ...]

    def read(self, node: Node, reading: Reading) -> Any:
        values: dict[str, Any] = {}
        for part in self.parts:
            values |= part.read(node, reading)
        for field in fields(self.kind):
            needed = field.default is MISSING and field.default_factory is MISSING
            found = values.get(field.name)
            if needed and (found is None or (found == "" and field.name != "text")):
                what = f"{short(node.tag)} without its {field.name}"
                reading.refuse(node, what, f"an element or attribute with its {field.name}", "none")
        return self.kind(**values)

    def write(self, thing: Any, tag: str) -> Element:
        return _element(tag, self.parts, thing)


def _element(tag: str, parts: Iterable[Part], thing: Any) -> Element:
    """The element that these parts of a value make."""
    pieces = [part.write(thing) for part in parts]
    return Element(
        tag,
        tuple(mark for piece in pieces for mark in piece.attributes),
        "".join(piece.text for piece in pieces),
        tuple(child for piece in pieces for child in piece.children),
    )
