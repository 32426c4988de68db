"""A design with one thing wrong: every net, end, cell, port, parameter and address in turn."""

from dataclasses import replace

from bitwright.blockdesign.model import BlockDesign, parent

TABLES = ("cells", "ports", "interface_ports", "nets", "interface_nets", "addresses")


def remade(design, **tables):
    return BlockDesign.of(design.name, **{t: tables.get(t, getattr(design, t)) for t in TABLES})


def mutants(design):
    """(kind of mutation, what was changed, the design) for each."""
    for table in TABLES:
        rows = getattr(design, table)
        for index, row in enumerate(rows):
            for kind, others in _changes(table, row, rows):
                changed = [*rows[:index], *others, *rows[index + 1 :]]
                yield kind, _name(table, row), remade(design, **{table: changed})
    yield from _moved(design)


def _name(table, row):
    if table == "addresses":
        return f"{row.segment} in {row.space}"
    return row.name if table.endswith("nets") else row.path


def _changes(table, row, rows):
    yield f"{table}: dropped", []
    if table == "cells":
        yield from _of_cell(row)
    elif table in ("nets", "interface_nets"):
        yield from _of_net(table, row)
    elif table == "addresses":
        yield from _of_address(row, rows)
    elif table == "ports":
        turned = {"in": "out", "out": "in", "inout": "inout"}[row.direction]
        yield "ports: turned", [replace(row, direction=turned)]
        yield "ports: another name", [replace(row, path=row.path + "_x")]
        yield "ports: a bit wider", [replace(row, left=row.width, right=0)]
    else:
        turned = {"Master": "Slave", "Slave": "Master"}[row.mode]
        yield "interface_ports: turned", [replace(row, mode=turned)]
        yield "interface_ports: another name", [replace(row, path=row.path + "_x")]
        yield (
            "interface_ports: another type",
            [replace(row, vlnv=row.vlnv.replace("_rtl", "s_rtl"))],
        )


def _of_cell(cell):
    yield "cells: another name", [replace(cell, path=cell.path + "_x")]
    yield "cells: twice", [cell, cell]
    if cell.type:
        yield "cells: another type", [replace(cell, type=cell.type + "x")]
    for index, (name, value) in enumerate(cell.parameters):
        rest = (*cell.parameters[:index], *cell.parameters[index + 1 :])
        yield f"parameters: dropped {name}", [replace(cell, parameters=rest)]
        wrong = (*rest, (name[:-1], value))
        yield f"parameters: misspelt {name}", [replace(cell, parameters=wrong)]


def _of_net(table, net):
    for end in net.ends:
        rest = tuple(other for other in net.ends if other != end)
        yield f"{table}: without an end", [replace(net, ends=rest)]
        yield f"{table}: a pin's name misspelt", [replace(net, ends=(*rest, end + "x"))]


def _of_address(entry, rows):
    if entry.excluded:
        return
    double, beside = entry.range * 2, entry.offset + entry.range // 2
    yield "addresses: half a range off", [replace(entry, offset=beside)]
    yield "addresses: of twice the range", [replace(entry, range=double)]
    yield "addresses: of no power of two", [replace(entry, range=entry.range * 3 // 4)]
    yield "addresses: beyond the space", [replace(entry, offset=entry.offset + (1 << 64))]
    yield "addresses: another space", [replace(entry, space=entry.space + "x")]
    for other in rows:
        if other.space == entry.space and other is not entry and not other.excluded:
            yield "addresses: on top of another", [replace(entry, offset=other.offset)]
            break


def _moved(design):
    """Each end of a net on another net of the same hierarchy in place of its own."""
    for table in ("nets", "interface_nets"):
        rows = getattr(design, table)
        for net in rows:
            others = [
                one for one in rows if one is not net and parent(one.name) == parent(net.name)
            ]
            for end in net.ends:
                rest = replace(net, ends=tuple(one for one in net.ends if one != end))
                for other in others[:6]:
                    more = replace(other, ends=(*other.ends, end))
                    kept = [one for one in rows if one is not net and one is not other]
                    changed = remade(design, **{table: [*kept, rest, more]})
                    yield f"{table}: an end on another net", f"{end} on {other.name}", changed
