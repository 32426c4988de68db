"""One level with everything in its place as a drawing: boxes, labelled edges, the strip."""

from __future__ import annotations

from bitwright.blockdesign.draw import blocks, strip
from bitwright.blockdesign.draw.arrange import Placed
from bitwright.blockdesign.draw.blocks import KIND, LABEL, LINE, PAD, TAG_GAP, TAG_HIGH
from bitwright.blockdesign.draw.drawing import Drawing, Path, Rect, Shape, Text
from bitwright.blockdesign.draw.facts import last
from bitwright.blockdesign.draw.graph import Edge, Level
from bitwright.blockdesign.draw.plan import IN, OUT, Plan, Scene, Wire
from bitwright.blockdesign.draw.ways import ARROW

MARGIN, HEADER = 24, 40  # inside a frame
BAR = 34  # height of what joins the two arms of a cell
GAP = 26  # between what is above and what is below


def compose(plan: Plan, placed: Placed, scene: Scene, level: Level) -> Drawing:
    """The drawing of a level, its border at the drawing's."""
    drawing = Drawing()
    for key in sorted(plan.blocks):
        blocks.draw(drawing, plan.blocks[key], placed.lefts[key], placed.tops[key])
    for wire in plan.wires:
        _wire(drawing, wire, placed)
    _arms(drawing, plan, placed, scene)
    left, right = _sides(plan, placed)
    below = strip.strip(scene, level, right - left if right - left > 400 else 900)
    if below.shapes:
        drawing.add(below, left, _bottom(drawing) + (GAP if drawing.shapes else 0))
    return _framed(drawing, level) if level.path else drawing


def _sides(plan: Plan, placed: Placed) -> tuple[int, int]:
    lefts = [placed.lefts[key] for key in plan.blocks]
    rights = [placed.lefts[key] + block.width for key, block in plan.blocks.items()]
    return min(lefts, default=0), max(rights, default=0)


def _bottom(drawing: Drawing) -> int:
    shapes = [rect.bottom for shape in drawing.shapes for rect in shape.rects]
    return max([*shapes, *(y for path in drawing.paths for _, y in path.points)], default=0)


def _wire(drawing: Drawing, wire: Wire, placed: Placed) -> None:
    edge = wire.edge
    points = placed.ways[wire.key]
    back = wire.key in placed.back
    title = _title(edge)
    drawing.paths.append(Path(points, edge.style, edge.count, edge.nets, edge.mark, title, back))
    x, y = points[-1][0] - ARROW - 4, points[-1][1]
    if edge.above:
        style = f"label {edge.style} {edge.mark}".rstrip()
        drawing.texts.append(Text(x, y - 7, edge.above.text, LABEL, style, "end"))
    for i, line in enumerate(edge.below):
        style = f"address {line.mark}".rstrip()
        drawing.texts.append(Text(x, y + 15 + i * LINE, line.text, LABEL, style, "end"))


def _title(edge: Edge) -> str:
    source = f"{edge.source} {', '.join(edge.source_pins)}".rstrip()
    return f"{source} → {edge.sink} {', '.join(edge.sink_pins)}".rstrip()


def _arms(drawing: Drawing, plan: Plan, placed: Placed, scene: Scene) -> None:
    """The cells with two arms: what joins the arms runs below everything between them."""
    for key in sorted(plan.blocks):
        if not key.endswith(OUT):
            continue
        path = key.removesuffix(OUT)
        arms = [plan.blocks[path + arm] for arm in (OUT, IN)]
        left, right = (placed.lefts[path + arm] for arm in (OUT, IN))
        tops = [placed.tops[path + arm] for arm in (OUT, IN)]
        uses = scene.uses.get(path, ())
        lines = blocks.tag_lines(uses, right - left - 2 * PAD)
        y = _bottom(drawing) + GAP
        tall = max(BAR, len(lines) * (TAG_HIGH + TAG_GAP) + PAD)
        end = right + arms[1].width
        rects = (
            Rect(left, tops[0], arms[0].width, y + tall - tops[0]),
            Rect(left, y, end - left, tall),
            Rect(right, tops[1], arms[1].width, y + tall - tops[1]),
        )
        mark = arms[0].mark
        drawing.shapes.insert(0, Shape("cell", path, rects, "arms", mark))
        top = y + (tall - len(lines) * (TAG_HIGH + TAG_GAP) + TAG_GAP) // 2
        for line in lines:
            x = left + PAD
            for use in line:
                blocks.draw_tag(drawing, use, path, x, top)
                x += blocks.tag_width(use) + TAG_GAP
            top += TAG_HIGH + TAG_GAP
        note = f"{last(path)} is one cell"
        drawing.texts.append(Text(end - PAD, y + tall // 2 + 4, note, KIND, "kind", "end"))


def _framed(drawing: Drawing, level: Level) -> Drawing:
    """A level with the room that its frame takes; ports stand on the frame itself."""
    ports = [
        shape
        for shape in drawing.shapes
        if shape.kind == "port" and shape.path.rpartition("/")[0] == level.path
    ]
    at_left = any(shape.style == "right" for shape in ports)
    at_right = any(shape.style == "left" for shape in ports)
    rects = [rect for shape in drawing.shapes for rect in shape.rects]
    left = min((rect.x for rect in rects), default=0) - (0 if at_left else MARGIN)
    right = max((rect.right for rect in rects), default=0) + (0 if at_right else MARGIN)
    name = last(level.path)
    title = Text(14, 24, name, blocks.NAME, "frameText", bold=True)
    framed = Drawing(max(right - left, title.rect.w + 28), _bottom(drawing) + HEADER + MARGIN)
    framed.add(drawing, -left, HEADER)
    framed.texts.append(title)
    return framed
