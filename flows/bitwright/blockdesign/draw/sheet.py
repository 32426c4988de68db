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
        key: placed.tops[key] + block.row("").y + shift
        for key, block in plan.blocks.items()
        if block.kind == "port"
    }
    return drawing, ports


def _two_armed(facts: Facts, level: Level) -> tuple[str, ...]:
    """Cells that close cycles because they are both a master of all and the memory of all."""
    interfaces = [edge for edge in level.edges if edge.style not in ("irq", "wire")]
    arcs = [Arc(edge.source, edge.sink) for edge in interfaces]
    nodes = {node for arc in arcs for node in (arc.source, arc.sink)}
    groups = layers.strong(nodes, arcs)
    return tuple(sorted(cell for group in groups for cell in group if _is_both(facts, cell)))


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
        wire = _wire(f"{number}", edge, level, arms)
        at_border = not level.path and edge.style == "other" and edge.sink in level.ports
        if at_border and edge.source not in fed and edge.source not in arms:
            row = f"l:{','.join(edge.source_pins)}"  # a port of the first cell: at its left
            wire = Wire(wire.key, edge.sink, "", edge.source, row, edge)
        plan.wires.append(wire)
    for wire in plan.wires:
        if wire.source in level.ports:
            plan.first.add(wire.source)
    for wire in plan.wires:
        if wire.sink in level.ports and wire.sink not in plan.first:
            plan.final.add(wire.sink)


def _wire(key: str, edge: Edge, level: Level, arms: tuple[str, ...]) -> Wire:
    """Left to right as the edge runs; what leaves a cell of two arms for a port does so right."""
    source, sink = edge.source, edge.sink
    from_row = "" if source in level.ports else f"r:{','.join(edge.source_pins)}"
    to_row = "" if sink in level.ports else f"l:{','.join(edge.sink_pins)}"
    if source in arms:
        source += IN if sink in level.ports else OUT
    if sink in arms:
        sink += IN
    return Wire(key, source, from_row, sink, to_row, edge)


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
        for row in rows.get(path, {}).values():
            up, down = max(up, row.up), max(down, row.down)
        mark = scene.marks.cells.get(path, "")
        plan.blocks[path] = blocks.port(path, "right" if left else "left", mark, up, down)


def _rows(plan: Plan) -> dict[str, dict[str, Row]]:
    """Rows of every node, with the room that the labels of their edges take."""
    found: dict[str, dict[str, Row]] = {}
    for wire in plan.wires:
        for node, key, side in (
            (wire.source, wire.source_row, "right"),
            (wire.sink, wire.sink_row, "left"),
        ):
            pins = (pin for pin in key[2:].split(",") if pin)
            text = clipped(together(pins), blocks.PIN_LENGTH)
            row = found.setdefault(node, {}).setdefault(key, Row(key, side, text))
            if side == "left":
                row.up = max(row.up, 8 + LINE * (wire.edge.above is not None))
                row.down = max(row.down, 8 + LINE * len(wire.edge.below))
    return found


def _frame(scene: Scene, path: str, rows: Mapping[str, Row], mark: str) -> Block:
    """A hierarchy as a box: what is in it is laid out now."""
    needs = {
        f"{path}/{pin}": (row.side, row.up, row.down)
        for row in rows.values()
        for pin in row.key[2:].split(",")
    }
    inside, ports = lay_out(scene, path, needs)
    made = Block(path, "frame", inside.width, inside.height, inside=inside, mark=mark)
    for row in rows.values():
        at = sorted(ports[f"{path}/{pin}"] for pin in row.key[2:].split(","))
        row.y = at[len(at) // 2]
        made.rows.append(row)
    made.rows.sort(key=lambda row: row.y)
    return made
