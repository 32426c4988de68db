"""Boxes before they have a place: how large a cell is, and at which heights its edges end."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bitwright.blockdesign.draw.drawing import Drawing, Rect, Shape, Text
from bitwright.blockdesign.draw.facts import Facts, last
from bitwright.blockdesign.draw.marks import SIGNS
from bitwright.blockdesign.draw.tags import Use
from bitwright.blockdesign.draw.text import clipped, together, width

NAME, KIND, PIN, TAG, LABEL = 15.0, 11.0, 11.0, 10.0, 11.0  # sizes of fonts
LINE = 14  # from one line of a label to the next
HEAD = 44  # of a cell: its name and its kind
NAME_LENGTH, PIN_LENGTH = 24, 26  # characters shown
TAG_HIGH, TAG_GAP, PAD = 16, 4, 10
STACK = 4  # pixels from one card of a stack to the next


@dataclass(slots=True)
class Row:
    """Where edges end at a side of a box."""

    key: str
    side: str  # left | right
    text: str
    pins: tuple[str, ...]  # of the box that edges end at
    up: int = 10  # pixels that it needs above and below the edge
    down: int = 10
    y: int = 0  # below the top of the box


@dataclass(slots=True)
class Block:
    """A box with rows at its sides."""

    path: str
    kind: str  # cell | half | frame | port
    width: int
    height: int
    rows: list[Row] = field(default_factory=list)
    name: str = ""
    type: str = ""
    uses: tuple[Use, ...] = ()
    mark: str = ""
    inside: Drawing | None = None  # of a frame
    stack: tuple[str, ...] = ()  # cells that it stands for

    @property
    def fixed(self) -> bool:
        return self.kind in ("frame", "port")

    def side(self, side: str) -> list[Row]:
        return [row for row in self.rows if row.side == side]

    def row(self, key: str) -> Row:
        return next(row for row in self.rows if row.key == key)


def type_text(facts: Facts, path: str) -> str:
    """What a cell is, in a word: the IP's name, and its version where one is said."""
    cell = facts.cells[path]
    name = cell.type.split(":")[-1]
    if name == last(path):
        name = cell.type  # the name is said already; whose it is, is not
    text = {
        "module": f"module {name}",
        "container": f"block design {name}",
    }.get(cell.kind, f"{name} {cell.version}".rstrip())
    return clipped(text or cell.kind, 42)


def cell(
    path: str,
    kind: str,
    type: str,
    rows: list[Row],
    uses: Sequence[Use],
    stack: tuple[str, ...] = (),
) -> Block:
    """A cell as large as its texts need."""
    name = clipped(together(map(last, stack or (path,))), NAME_LENGTH)
    type = f"{len(stack)} × {type}" if stack else type
    wide = [116.0, width(name, NAME, bold=True) + 34, width(type, KIND) + 24]
    left = max((width(row.text, PIN) for row in rows if row.side == "left"), default=0)
    right = max((width(row.text, PIN) for row in rows if row.side == "right"), default=0)
    wide.append(left + right + 3 * PAD)
    wide += [tag_width(use) + 2 * PAD for use in uses]
    block = Block(
        path, kind, math.ceil(max(wide) / 2) * 2, 0, rows, name, type, tuple(uses), stack=stack
    )
    tall = max(sum(row.up + row.down for row in block.side(side)) for side in ("left", "right"))
    block.height = HEAD + max(tall, 6) + _foot(block)
    return block


def _foot(block: Block) -> int:
    lines = len(tag_lines(block.uses, block.width - 2 * PAD))
    return 6 + lines * (TAG_HIGH + TAG_GAP) + (PAD - TAG_GAP if lines else 4)


def port(path: str, rows: list[Row], up: int, down: int) -> Block:
    """A port of the level, with the room that edges outside need above and below it."""
    name = clipped(last(path), 30)
    wide = math.ceil(width(name, PIN) + 26)
    y = 0
    for number, row in enumerate(rows):
        row.up, row.down = max(row.up, 12), max(row.down, 12)
        y += row.up if number else max(row.up, up)
        row.y = y
        y += row.down
    return Block(path, "port", wide, max(y, rows[0].y + down), rows, name)


def spread(block: Block) -> None:
    """Give the rows of a cell their heights, in the order in which they are."""
    if block.fixed:
        return
    room = block.height - HEAD - _foot(block)
    for side in ("left", "right"):
        rows = block.side(side)
        y = HEAD + (room - sum(row.up + row.down for row in rows)) // 2
        for row in rows:
            row.y = y + row.up
            y = row.y + row.down


def shift(block: Block, row: Row, step: int) -> None:
    """Move a row up or down, if its neighbours and the box leave it the room."""
    low, high = HEAD, block.height - _foot(block)
    for other in block.side(row.side):
        if other.y < row.y:
            low = max(low, other.y + other.down)
        elif other.y > row.y:
            high = min(high, other.y - other.up)
    if low <= row.y + step - row.up and row.y + step + row.down <= high:
        row.y += step


# ------------------------------------------------------------------------------------------- tags


def tag_text(use: Use) -> str:
    return f"{SIGNS[use.mark]} {use.text}" if use.mark else use.text


def tag_width(use: Use) -> int:
    return math.ceil(width(tag_text(use), TAG) + 24)


def tag_lines(uses: Iterable[Use], room: int) -> list[list[Use]]:
    """Tags in lines that are no wider than a room."""
    lines: list[list[Use]] = []
    left = 0
    for use in uses:
        if not lines or left < tag_width(use):
            lines.append([])
            left = room
        lines[-1].append(use)
        left -= tag_width(use) + TAG_GAP
    return lines


def draw_tag(into: Drawing, use: Use, owner: str, x: int, y: int) -> None:
    """One tag, its top left corner at x, y."""
    style = f"{use.tag.kind} hue{use.tag.hue} {'makes' if use.makes else 'takes'}"
    rect = Rect(x, y, tag_width(use), TAG_HIGH)
    said = "made here" if use.makes else "taken"
    into.shapes.append(Shape("tag", owner, (rect,), style, use.mark, f"{use.tag.name}: {said}"))
    fill = "onTag" if use.makes else "tagText"
    into.texts.append(Text(x + 17, y + 12, tag_text(use), TAG, f"{fill} {use.mark}".strip()))


# -------------------------------------------------------------------------------------- as shapes


def draw(into: Drawing, block: Block, x: int, y: int) -> None:
    """A block at its place; rows must have their heights."""
    if block.kind == "frame":
        _frame(into, block, x, y)
    elif block.kind == "port":
        _port(into, block, x, y)
    else:
        _cell(into, block, x, y)


def _cell(into: Drawing, block: Block, x: int, y: int) -> None:
    if block.kind == "cell":
        rect = Rect(x, y, block.width, block.height)
        title = ", ".join(block.stack)
        for i in (2, 1) if block.stack else ():
            into.shapes.append(Shape("stack", block.path, (rect.moved(STACK * i, STACK * i),)))
        into.shapes.append(Shape("cell", block.path, (rect,), "", block.mark, title))
    middle = x + block.width // 2
    into.texts.append(Text(middle, y + 21, block.name, NAME, "name", "middle", bold=True))
    into.texts.append(Text(middle, y + 36, block.type, KIND, "kind", "middle"))
    for row in block.rows:
        left = row.side == "left"
        at = x + PAD if left else x + block.width - PAD
        into.texts.append(Text(at, y + row.y + 4, row.text, PIN, "pin", "start" if left else "end"))
    lines = tag_lines(block.uses, block.width - 2 * PAD)
    top = y + block.height - PAD - len(lines) * (TAG_HIGH + TAG_GAP) + TAG_GAP
    for line in lines:
        at = x + PAD
        for use in line:
            draw_tag(into, use, block.path, at, top)
            at += tag_width(use) + TAG_GAP
        top += TAG_HIGH + TAG_GAP


def _port(into: Drawing, block: Block, x: int, y: int) -> None:
    row = block.rows[0]
    rect = Rect(x, y + row.y - 10, block.width, 20)
    into.shapes.append(Shape("port", block.path, (rect,), row.side, block.mark))
    at = x + block.width // 2 - 3
    into.texts.append(Text(at, y + row.y + 4, block.name, PIN, "portText", "middle"))


def _frame(into: Drawing, block: Block, x: int, y: int) -> None:
    assert block.inside is not None
    rect = Rect(x, y, block.width, block.height)
    into.shapes.append(Shape("frame", block.path, (rect,), "", block.mark))
    into.add(block.inside, x, y)
