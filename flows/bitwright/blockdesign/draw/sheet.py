"""One hierarchy as a drawing: its boxes and wires are made, arranged and composed.

A hierarchy inside is laid out first and is then a box with its ports at its borders. A cell that
is both the first master and the memory (a Zynq's processing system) would close every cycle; it is
drawn with two arms, its masters left and its memory right of everything between them.
"""

from __future__ import annotations

from collections.abc import Mapping

from bitwright.blockdesign.draw import arrange, blocks, compose, layers
from bitwright.blockdesign.draw.blocks import LINE, Block, Row
from bitwright.blockdesign.draw.drawing import Drawing
from bitwright.blockdesign.draw.facts import Facts
from bitwright.blockdesign.draw.graph import Edge, Level
from bitwright.blockdesign.draw.layers import Arc
from bitwright.blockdesign.draw.plan import IN, OUT, Needs, Plan, Scene, Wire
from bitwright.blockdesign.draw.text import clipped, together

PROCESSORS = ("processing_system7", "zynq_ultra_ps_e", "versal_cips")


def lay_out(scene: Scene, path: str, needs: Needs) -> tuple[Drawing, dict[str, int]]:
    """The drawing of one hierarchy, its border at the drawing's; and the heights of its ports.

    needs: ports that edges of the level above end at
    """
    level = scene.levels[path]
    arms = _two_armed(scene.facts, level)
    plan = Plan()
    _make_wires(plan, level, arms)
    _make_blocks(plan, scene, level, arms, needs)
    placed = arrange.arrange(plan)
    drawing = compose.compose(plan, placed, scene, level)
    shift = compose.HEADER if path else 0
    ports = {
        key: placed.tops[key] + block.rows[0].y + shift
        for key, block in plan.blocks.items()
        if block.kind == "port"
    }
    return drawing, ports


def _two_armed(facts: Facts, level: Level) -> tuple[str, ...]:
    """Cells that close cycles because they are both a master of all and the memory of all."""
    interfaces = [edge for edge in level.edges if edge.style not in ("irq", "wire")]
    arcs = [Arc(edge.source, edge.sink) for edge in interfaces]
    nodes = {node for arc in arcs for node in (arc.source, arc.sink)}
    found = {cell for group in layers.strong(nodes, arcs) for cell in group}
    return tuple(sorted(cell for cell in found & {*level.cells} if _is_both(facts, cell)))


def _is_both(facts: Facts, path: str) -> bool:
    cell = facts.cells.get(path)
    if cell is None or cell.kind == "hier":
        return False
    looks = facts.looks.get(path)
    memory = looks is not None and any(one.kind == "memory" for one in looks.segments.values())
    both = looks is not None and bool(looks.spaces) and memory
    return both or cell.kind == "platform" or cell.type.split(":")[-1] in PROCESSORS


def _make_wires(plan: Plan, level: Level, arms: tuple[str, ...]) -> None:
    fed = {
        edge.sink
        for edge in level.edges
        if edge.source not in level.ports and edge.style not in ("irq", "wire")
    }
    for number, edge in enumerate(level.edges):
        at_border = not level.path and edge.style == "other" and edge.sink in level.ports
        turned = at_border and edge.source not in fed and edge.source not in arms
        wire = _turned(number, edge) if turned else _wire(number, edge, level, arms)
        plan.wires.append(wire)
    plan.first |= {wire.source for wire in plan.wires if wire.source in level.ports}
    sinks = {wire.sink for wire in plan.wires if wire.sink in level.ports}
    plan.final |= sinks - plan.first


def _wire(number: int, edge: Edge, level: Level, arms: tuple[str, ...]) -> Wire:
    """Left to right as the edge runs; what leaves a cell of two arms for a port does so right.

    Edges out of the same pins begin at one row; each ends at a row of its own, for its labels.
    """
    source, sink = edge.source, edge.sink
    row = "" if source in level.ports else f"r{edge.source_pins}"
    if source in arms:
        source += IN if sink in level.ports else OUT
    if sink in arms:
        sink += IN
    return Wire(f"{number}", source, row, sink, f"l{number}", edge)


def _turned(number: int, edge: Edge) -> Wire:
    """A port of the first cell stands at its left, whichever way the interface goes."""
    return Wire(f"{number}", edge.sink, "", edge.source, f"l{number}", edge, turned=True)


def _make_blocks(
    plan: Plan, scene: Scene, level: Level, arms: tuple[str, ...], needs: Needs
) -> None:
    rows = _rows(plan)
    for cell in level.cells:
        mark = scene.marks.cells.get(cell, "")
        kind = blocks.type_text(scene.facts, cell)
        if cell in arms:
            for arm in (OUT, IN):
                found = list(rows.get(cell + arm, {}).values())
                plan.blocks[cell + arm] = blocks.cell(cell, "half", kind, found, ())
                plan.blocks[cell + arm].mark = mark
        elif scene.facts.cells[cell].kind == "hier":
            plan.blocks[cell] = _frame(scene, cell, rows.get(cell, {}), mark)
        else:
            found = list(rows.get(cell, {}).values())
            uses = scene.uses.get(cell, ())
            stack = level.stacks.get(cell, ())
            plan.blocks[cell] = blocks.cell(cell, "cell", kind, found, uses, stack)
            plan.blocks[cell].mark = mark
    for path in sorted({*level.ports, *needs}):
        side, up, down = needs.get(path, ("", 0, 0))
        left = path in plan.first if path in level.ports else side == "left"
        (plan.first if left else plan.final).add(path)
        found = list(rows.get(path, {}).values()) or [Row("", "right" if left else "left", "", ())]
        plan.blocks[path] = blocks.port(path, found, up, down)
        plan.blocks[path].mark = scene.marks.cells.get(path, "")


def _rows(plan: Plan) -> dict[str, dict[str, Row]]:
    """Rows of every node, with the room that the labels of their edges take."""
    found: dict[str, dict[str, Row]] = {}
    for wire in plan.wires:
        for node, key, side, pins in (
            (wire.source, wire.source_row, "right", wire.source_pins),
            (wire.sink, wire.sink_row, "left", wire.sink_pins),
        ):
            text = clipped(together(pins), blocks.PIN_LENGTH)
            row = found.setdefault(node, {}).setdefault(key, Row(key, side, text, pins))
            if side == "left":
                row.up = max(row.up, 8 + LINE * (wire.edge.above is not None))
                row.down = max(row.down, 8 + LINE * len(wire.edge.below))
    return found


def _frame(scene: Scene, path: str, rows: Mapping[str, Row], mark: str) -> Block:
    """A hierarchy as a box: what is in it is laid out now."""
    needs: dict[str, tuple[str, int, int]] = {}
    below: dict[str, int] = {}  # of rows that end at the same port: pixels from the first
    for key, row in rows.items():
        first = f"{path}/{row.pins[0]}"
        _, up, down = needs.get(first, ("", row.up, 0))
        below[key] = down + row.up if first in needs else 0
        for pin in row.pins:
            needs[f"{path}/{pin}"] = (row.side, up, below[key] + row.down)
    inside, ports = lay_out(scene, path, needs)
    made = Block(path, "frame", inside.width, inside.height, inside=inside, mark=mark)
    for key, row in rows.items():
        row.y = ports[f"{path}/{row.pins[0]}"] + below[key]
        made.rows.append(row)
    made.rows.sort(key=lambda row: row.y)
    return made
