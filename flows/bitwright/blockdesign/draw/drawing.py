"""A picture as plain geometry: what `svg` writes down, and what tests measure. Units are pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bitwright.blockdesign.draw import text as texts


@dataclass(frozen=True, slots=True)
class Rect:
    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    def meets(self, other: Rect) -> bool:
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def holds(self, other: Rect) -> bool:
        return (
            self.x <= other.x
            and other.right <= self.right
            and self.y <= other.y
            and other.bottom <= self.bottom
        )

    def moved(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.w, self.h)


@dataclass(frozen=True, slots=True)
class Text:
    x: int  # of the anchor
    y: int  # of the base line
    text: str
    size: float
    style: str  # a class of theme
    anchor: str = "start"  # start | middle | end
    bold: bool = False

    @property
    def rect(self) -> Rect:
        """What it covers, in the widest font that it is made for."""
        wide = texts.width(self.text, self.size, bold=self.bold)
        left = {"start": self.x, "middle": self.x - wide / 2, "end": self.x - wide}[self.anchor]
        top = self.y - 0.78 * self.size
        return Rect(round(left), round(top), round(wide), round(0.98 * self.size))


@dataclass(frozen=True, slots=True)
class Shape:
    """A cell, a frame around a hierarchy, a port, a tag."""

    kind: str  # cell | quiet | frame | port | tag
    path: str
    rects: tuple[Rect, ...]  # three of a cell that holds the others between its arms
    style: str = ""  # of a tag: its kind, colour and whether it is filled
    mark: str = ""
    title: str = ""  # said when the pointer rests on it


@dataclass(frozen=True, slots=True)
class Path:
    """An edge from its source to its sink, in horizontal and vertical pieces."""

    points: tuple[tuple[int, int], ...]
    style: str
    count: int  # connections in the bundle
    nets: tuple[str, ...]
    mark: str = ""
    title: str = ""
    back: bool = False  # it closes a cycle, so it runs from right to left


@dataclass(slots=True)
class Drawing:
    width: int = 0
    height: int = 0
    shapes: list[Shape] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def add(self, other: Drawing, dx: int, dy: int) -> None:
        """Put another drawing into this one."""
        for shape in other.shapes:
            rects = tuple(rect.moved(dx, dy) for rect in shape.rects)
            self.shapes.append(replace(shape, rects=rects))
        for path in other.paths:
            points = tuple((x + dx, y + dy) for x, y in path.points)
            self.paths.append(replace(path, points=points))
        self.texts += [replace(text, x=text.x + dx, y=text.y + dy) for text in other.texts]

    def of_kind(self, *kinds: str) -> Iterable[Shape]:
        return (shape for shape in self.shapes if shape.kind in kinds)
