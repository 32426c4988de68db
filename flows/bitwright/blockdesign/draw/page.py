"""The whole picture: title, the design, what the signs mean."""

from __future__ import annotations

from collections.abc import Mapping

from bitwright.blockdesign.draw import sheet
from bitwright.blockdesign.draw.drawing import Drawing, Path, Rect, Shape, Text
from bitwright.blockdesign.draw.facts import Facts
from bitwright.blockdesign.draw.graph import levels
from bitwright.blockdesign.draw.marks import SIGNS, Marks
from bitwright.blockdesign.draw.plan import Scene
from bitwright.blockdesign.draw.tags import tags
from bitwright.blockdesign.draw.text import width
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign

MARGIN = 28
TITLE, SUBTITLE, KEY = 22.0, 13.0, 11.0  # sizes of fonts
STYLES: Mapping[str, str] = {  # style of an edge -> what the key says of it
    "axi": "AXI4, from master to slave",
    "lite": "AXI4-Lite",
    "stream": "AXI4-Stream",
    "other": "other interface",
    "irq": "interrupt",
    "wire": "single wires",
}
CHANGES = {"added": "added", "removed": "removed", "changed": "changed"}


def page(
    design: BlockDesign, looks: Mapping[str, Instance], marks: Marks, title: str, subtitle: str
) -> Drawing:
    """A design as one drawing, its top left corner at 0, 0."""
    facts = Facts(_in_order(design), looks)
    scene = Scene(facts, marks, levels(facts, marks), tags(facts, marks))
    inside, _ = sheet.lay_out(scene, "", {})
    left, right, bottom = _extent(inside)
    whole = Drawing()
    whole.texts.append(Text(MARGIN, MARGIN + 18, title, TITLE, "title", bold=True))
    head = MARGIN + 30
    if subtitle:
        whole.texts.append(Text(MARGIN, head + 12, subtitle, SUBTITLE, "kind"))
        head += 20
    whole.add(inside, MARGIN - left, head + 16)
    least = [text.rect.right + MARGIN for text in whole.texts]
    whole.width = max([right - left + 2 * MARGIN, 420, *least])
    whole.height = _key(whole, marks, head + 16 + bottom + 30) + MARGIN
    return whole


def _in_order(design: BlockDesign) -> BlockDesign:
    """The same in the order of a model, without nets that join nothing."""
    return BlockDesign.of(
        design.name,
        cells=design.cells,
        ports=design.ports,
        interface_ports=design.interface_ports,
        nets=(net for net in design.nets if len(set(net.ends)) > 1),
        interface_nets=(net for net in design.interface_nets if len(set(net.ends)) > 1),
        addresses=design.addresses,
    )


def _extent(drawing: Drawing) -> tuple[int, int, int]:
    """Left, right and lowest pixel of all that is drawn."""
    rects = [rect for shape in drawing.shapes for rect in shape.rects]
    rects += [text.rect for text in drawing.texts]
    xs = [x for path in drawing.paths for x, _ in path.points]
    ys = [y for path in drawing.paths for _, y in path.points]
    return (
        min([rect.x for rect in rects] + xs, default=0),
        max([rect.right for rect in rects] + xs, default=0),
        max([rect.bottom for rect in rects] + ys, default=0),
    )


def _key(drawing: Drawing, marks: Marks, y: int) -> int:
    """What lines and tags mean, those that occur; the lowest pixel."""
    used = {path.style for path in drawing.paths}
    tagged = {use for shape in drawing.of_kind("tag") for use in shape.style.split()}
    signs = {shape.mark for shape in drawing.shapes} | {path.mark for path in drawing.paths}
    x = MARGIN
    entries: list[tuple[str, str, str]] = [
        ("line", style, text) for style, text in STYLES.items() if style in used
    ]
    if "clk" in tagged:
        entries.append(("tag", "clk hue0 takes", "clock"))
    if "rst" in tagged:
        entries.append(("tag", "rst hue0 takes", "reset"))
    if "makes" in tagged:
        entries.append(("tag", "clk hue0 makes", "filled: made here"))
    entries += [("mark", mark, text) for mark, text in CHANGES.items() if mark in signs]
    for kind, style, text in entries:
        wide = 44 + round(width(text, KEY)) + 18
        if x > MARGIN and x + wide > drawing.width - MARGIN:
            x, y = MARGIN, y + 22
        _entry(drawing, kind, style, x, y)
        drawing.texts.append(Text(x + 40, y + 4, text, KEY, "kind"))
        x += wide
    return y + 6 if entries else y - 30


def _entry(drawing: Drawing, kind: str, style: str, x: int, y: int) -> None:
    if kind == "line":
        drawing.paths.append(Path(((x, y), (x + 32, y)), style, 1, ()))
    elif kind == "tag":
        drawing.shapes.append(Shape("tag", "", (Rect(x + 8, y - 8, 18, 16),), style))
    else:
        drawing.shapes.append(Shape("key", "", (Rect(x + 6, y - 8, 24, 16),), "", style))
        drawing.texts.append(
            Text(x + 18, y + 4, SIGNS[style], KEY, f"sign {style}", "middle", bold=True)
        )
