"""The strip below a level: the cells that make clocks, resets and constants, as small boxes.

No wires: what a box takes stands as tags at its left, what it makes at its right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bitwright.blockdesign.draw import blocks
from bitwright.blockdesign.draw.blocks import KIND, PAD, PIN, TAG_GAP, TAG_HIGH
from bitwright.blockdesign.draw.drawing import Drawing, Rect, Shape, Text
from bitwright.blockdesign.draw.facts import last
from bitwright.blockdesign.draw.graph import Level
from bitwright.blockdesign.draw.plan import Scene
from bitwright.blockdesign.draw.tags import Tag, Use
from bitwright.blockdesign.draw.text import clipped, natural, width

SMALL = 13.0  # font of a name
TOP = 40  # of a box: its name and its kind
GAP = 18
TITLE = "clocks, resets, constants"


@dataclass(frozen=True, slots=True)
class _Box:
    path: str
    name: str
    type: str
    takes: tuple[Use, ...]
    makes: tuple[Use, ...]
    mark: str

    @property
    def width(self) -> int:
        wide = [sum(map(_widest, (self.takes, self.makes))) + 3 * PAD]
        wide.append(math.ceil(width(self.name, SMALL, bold=True) + 2 * PAD + 14))
        wide.append(math.ceil(width(self.type, KIND) + 2 * PAD))
        return max(wide)

    @property
    def height(self) -> int:
        lines = max(len(self.takes), len(self.makes))
        return TOP + lines * (TAG_HIGH + TAG_GAP) + PAD - TAG_GAP


def _widest(uses: Iterable[Use]) -> int:
    return max(map(blocks.tag_width, uses), default=0)


def strip(scene: Scene, level: Level, room: int) -> Drawing:
    """The strip of one level, in lines no wider than a room; empty where all has edges."""
    drawing = Drawing()
    ports = [] if level.path else _ports(scene, level)
    boxes = _sorted([_box(scene, path) for path in level.quiet])
    if not ports and not boxes:
        return drawing
    drawing.texts.append(Text(0, 11, TITLE, KIND, "strip"))
    inputs = [port for port in ports if port[1].makes]
    outputs = [port for port in ports if not port[1].makes]
    wide_in, wide_out = (max(map(_port_width, some), default=0) for some in (inputs, outputs))
    low = max(_port_column(drawing, inputs, 0, wide_in, scene), 20)
    left = wide_in + GAP if inputs else 0
    room = max(room, left + wide_out + 300)
    right = room - (wide_out + GAP if outputs else 0)
    low = max(low, _flow(drawing, boxes, left, right))
    low = max(low, _port_column(drawing, outputs, room - wide_out, wide_out, scene))
    drawing.width, drawing.height = room, low
    return drawing


def _box(scene: Scene, path: str) -> _Box:
    uses = scene.uses.get(path, ())
    return _Box(
        path,
        clipped(last(path), blocks.NAME_LENGTH),
        blocks.type_text(scene.facts, path),
        tuple(use for use in uses if not use.makes),
        tuple(use for use in uses if use.makes),
        scene.marks.cells.get(path, ""),
    )


def _sorted(boxes: Sequence[_Box]) -> list[_Box]:
    """What makes a signal before what takes it, as far as that goes."""
    rest = sorted(boxes, key=lambda box: natural(box.path))
    done: list[_Box] = []
    while rest:
        open_tags: set[Tag] = {use.tag for box in rest for use in box.makes}
        ready = [
            box
            for box in rest
            if not open_tags & {use.tag for use in box.takes} - {use.tag for use in box.makes}
        ]
        done += ready or rest[:1]
        rest = [box for box in rest if box not in done]
    return done


def _flow(drawing: Drawing, boxes: Sequence[_Box], left: int, right: int) -> int:
    """The boxes from left to right in lines; the lowest pixel."""
    x, y, tall = left, 20, 0
    for box in boxes:
        if x > left and x + box.width > right:
            x, y, tall = left, y + tall + GAP, 0
        _draw(drawing, box, x, y)
        x += box.width + GAP
        tall = max(tall, box.height)
    return y + tall


def _draw(drawing: Drawing, box: _Box, x: int, y: int) -> None:
    rect = Rect(x, y, box.width, box.height)
    drawing.shapes.append(Shape("quiet", box.path, (rect,), "", box.mark))
    middle = x + box.width // 2
    drawing.texts.append(Text(middle, y + 18, box.name, SMALL, "name", "middle", bold=True))
    drawing.texts.append(Text(middle, y + 32, box.type, KIND, "kind", "middle"))
    for i, use in enumerate(box.takes):
        blocks.draw_tag(drawing, use, box.path, x + PAD, y + TOP + i * (TAG_HIGH + TAG_GAP))
    for i, use in enumerate(box.makes):
        at = x + box.width - PAD - blocks.tag_width(use)
        blocks.draw_tag(drawing, use, box.path, at, y + TOP + i * (TAG_HIGH + TAG_GAP))


# ------------------------------------------------------------------------------------------ ports


def _ports(scene: Scene, level: Level) -> list[tuple[str, Use]]:
    """Ports of the design that are tags: those that drive one, and those that take one."""
    found = []
    for path in sorted(scene.uses, key=natural):
        is_port = path not in scene.facts.cells and "/" not in path
        if is_port and path not in level.ports:
            found += [(path, use) for use in scene.uses[path]]
    return found


def _port_text(path: str, use: Use) -> str:
    return clipped(path, 30) if use.tag.name == path else f"{clipped(path, 24)} ← {use.tag.name}"


def _port_width(port: tuple[str, Use]) -> int:
    return math.ceil(width(_port_text(*port), PIN) + 26)


def _port_column(
    drawing: Drawing, ports: Sequence[tuple[str, Use]], x: int, wide: int, scene: Scene
) -> int:
    """Ports one below the other; the lowest pixel."""
    y = 20
    for path, use in ports:
        rect = Rect(x, y, wide, 20)
        mark = scene.marks.cells.get(path, use.mark)
        side = "right" if use.makes else "left"
        drawing.shapes.append(Shape("port", path, (rect,), f"{side} hue{use.tag.hue}", mark))
        at = x + wide // 2 - 3
        drawing.texts.append(Text(at, y + 14, _port_text(path, use), PIN, "portText", "middle"))
        y += 26
    return y - 6 if ports else 0
