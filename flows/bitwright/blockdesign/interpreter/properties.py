"""set_property, get_property and the like, over designs, projects and what else has properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bitwright.blockdesign.interpreter import look
from bitwright.blockdesign.interpreter.draft import Thing
from bitwright.blockdesign.interpreter.session import Command, Session
from bitwright.blockdesign.interpreter.words import CommandError, arguments, size
from bitwright.blockdesign.ip import Parameter
from bitwright.blockdesign.model import parent
from bitwright.schema import nearest

# What a script reads back of things that are not modelled, so that it goes on.
PLAUSIBLE = {
    "PROGRESS": "100%",
    "STATUS": "write_bitstream Complete!",
    "NEEDS_REFRESH": "0",
    "DIRECTORY": ".",
    "TARGET_LANGUAGE": "Verilog",
    "STATS.WNS": "0.000",
    "STATS.WHS": "0.000",
}


def _set(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("set_property", words),
        values=("dict",),
        names=("name", "value", "objects"),
        lax=session.lax,
    )
    if "dict" in args.values:
        listed = session.host.split(args.get("dict"))
        if len(listed) % 2:
            raise CommandError("[Common 17-162] set_property -dict: a name without a value")
        said = list(zip(listed[::2], listed[1::2], strict=True))
        objects = args.rest
    else:
        if len(args.rest) < 3:
            raise CommandError("[Common 17-163] set_property: expected name, value and objects")
        said, objects = [(args.rest[0], args.rest[1])], args.rest[2:]
    targets = session.objects(objects)
    if not targets:
        why = session.missed[-1] if session.missed else "no object"
        if session.strict and "quiet" not in args:
            raise CommandError(f"[Common 17-161] set_property: nothing to set: {why}")
        session.note(f"set_property {said[0][0] if said else ''}: nothing to set: {why}")
    for target in targets:
        if session.strict:
            _check(session, target, said)
        for name, value in said:
            _set_one(session, target, name, value)
    return ""


def _set_one(session: Session, target: str, name: str, value: str) -> None:
    kind = _kind(session, target)
    if not kind:
        session.others.setdefault(target, {})[name.upper()] = value
        return
    path, kind = look.resolve(session, target)
    upper = name.upper()
    if kind == look.MAPPING and upper in ("OFFSET", "RANGE", "NAME"):
        _set_mapping(session, path, upper, value)
    elif upper == "NAME":
        _rename(session, path, kind, value)
    elif upper.startswith("CONFIG.") and (thing := _thing(session, path, kind)) is not None:
        thing.set(name[7:], value)
    elif upper in ("LEFT", "RIGHT") and path in session.design.ports:
        try:
            setattr(session.design.ports[path], upper.lower(), int(value, 0))
        except ValueError:
            raise CommandError(
                f"[Common 17-162] {name}: expected a number, found {value!r}"
            ) from None
    else:
        known = upper if not upper.startswith("CONFIG.") else name
        session.design.properties.setdefault(f"{kind} {path}", {})[known.upper()] = value
        session.note(f"{name} of {_said(kind)} {path}: not held by the model")


def _said(kind: str) -> str:
    return kind.replace("intf", "interface").replace("_", " ")


def _kind(session: Session, target: str) -> str:
    """What a text names in the open design; "" for whatever is no part of it."""
    if session.current not in session.designs:
        return ""
    if target in session.kinds:
        return session.kinds[target]
    return look.resolve(session, target)[1] if target.startswith("/") else ""


def _thing(session: Session, path: str, kind: str) -> Thing | None:
    """What has parameters in the model: a cell, a port, a pin or interface of a hierarchy."""
    design = session.design
    if kind == look.CELL:
        return design.cells.get(path)
    if kind in (look.PIN, look.PORT):
        return design.ports.get(path)
    if kind in (look.INTF_PIN, look.INTF_PORT):
        return design.interface_ports.get(path)
    return None


def _check(session: Session, target: str, said: Iterable[tuple[str, str]]) -> None:
    """In a strict session: the parameters of a cell exist and may have these values."""
    if _kind(session, target) != look.CELL:
        return
    cell = session.design.cells.get(look.resolve(session, target)[0])
    known = session.looks(cell) if cell is not None else None
    if cell is None or known is None or not known.known:
        return
    by_name = {one.lower(): parameter for one, parameter in known.parameters.items()}
    for name, value in said:
        if not name.upper().startswith("CONFIG."):
            continue
        short = name[7:].removesuffix(".VALUE_SRC")
        parameter = by_name.get(short.lower())
        if parameter is None and known.whole:
            raise CommandError(
                f"[BD 41-1276] Cannot set the parameter {short} on /{cell.path}: {cell.type} has "
                f"none of that name{nearest(short, known.parameters)}"
            )
        if parameter is not None and not _allowed(parameter, value):
            expected = ", ".join(parameter.values) or f"{parameter.low} to {parameter.high}"
            raise CommandError(
                f"[BD 41-1277] {value!r} is no value of {short} of /{cell.path}; "
                f"expected {expected}"
            )


def _allowed(parameter: Parameter, value: str) -> bool:
    if parameter.values:
        return value in parameter.values
    if parameter.low is None and parameter.high is None:
        return True
    try:
        number = float(int(value, 0)) if value[:2].lower() == "0x" else float(value)
    except ValueError:
        return False
    low, high = parameter.low, parameter.high
    return (low is None or number >= low) and (high is None or number <= high)


def _set_mapping(session: Session, path: str, name: str, value: str) -> None:
    one = look.mapping(session, path)
    if name == "OFFSET":
        one.offset, one.guessed = size(value), False
    elif name == "RANGE":
        one.range = size(value)
    else:
        one.name = value
        session.shown([f"{one.space}/{value}"], look.MAPPING)


def _rename(session: Session, path: str, kind: str, name: str) -> None:
    """Another name for an object; whatever stands within a hierarchy goes with it."""
    above = parent(path)
    new = f"{above}/{name}" if above else name
    if new == path:
        return
    design = session.design
    pins = (look.PIN, look.PORT, look.INTF_PIN, look.INTF_PORT)
    if kind == look.CELL:
        design.move(path, new)
    elif kind in pins:
        design.rename_end(path, new, interface=kind in pins[2:])
    elif kind in (look.NET, look.INTF_NET):
        nets = design.nets if kind == look.NET else design.interface_nets
        if new in nets:
            raise CommandError(f"[BD 5-183] The name '{new}' already exists in the design.")
        nets[new] = nets.pop(path)
        nets[new].path = new
    session.kinds.pop(f"/{path}", None)
    session.shown([new], kind)


def _get(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("get_property", words),
        flags=("min", "max"),
        names=("name", "object"),
        lax=session.lax,
    )
    if len(args.rest) < 2 or not args.rest[1]:
        if "quiet" in args or not session.strict:
            return ""
        why = session.missed[-1] if session.missed else "expected a name and an object"
        raise CommandError(f"[Common 17-161] get_property: {why}")
    name, *objects = args.rest
    values = tuple(_read(session, one, name) for one in session.objects(objects))
    return values[0] if len(values) == 1 else session.host.join(values)


def _read(session: Session, target: str, name: str) -> str:
    kind = _kind(session, target)
    if kind:
        path, kind = look.resolve(session, target)
        return look.value(session, path, kind, name)
    upper = name.upper()
    kept = session.others.get(target, {})
    if upper in kept:
        return kept[upper]
    if upper in ("NAME", "PATH"):
        return target
    if upper == "PART":
        return session.part
    if upper == "FILE_NAME" and target in session.designs:
        return f"{target}.bd"
    if upper in PLAUSIBLE:
        return PLAUSIBLE[upper]
    return _of_vlnv(target, upper)


def _of_vlnv(target: str, upper: str) -> str:
    """What an IP definition's VLNV says of itself."""
    parts = target.split(":")
    if len(parts) < 3:
        return ""
    said = dict(zip(("VENDOR", "LIBRARY", "NAME", "VERSION"), parts, strict=False))
    return said.get(upper, target if upper == "VLNV" else "")


def _list(session: Session, words: tuple[str, ...]) -> str:
    """Names of the parameters of a cell; of other things none."""
    args = arguments("list_property", words, names=("object", "pattern"), lax=session.lax)
    names: Iterable[str] = ()
    for text in session.objects(args.rest[:1]):
        path, kind = look.resolve(session, text) if _kind(session, text) else ("", "")
        cell = session.design.cells.get(path) if kind == look.CELL else None
        known = session.looks(cell) if cell else None
        names = sorted({*(cell.parameters if cell else ()), *(known.parameters if known else ())})
    return session.host.join(tuple(f"CONFIG.{name}" for name in names))


def _reset(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("reset_property", words, names=("name", "objects"), lax=session.lax)
    name, *objects = args.rest or ("",)
    for text in session.objects(objects):
        if _kind(session, text):
            _forget(session, look.resolve(session, text), name)
        else:
            session.others.get(text, {}).pop(name.upper(), None)
    return ""


def _forget(session: Session, found: Sequence[str], name: str) -> None:
    thing = _thing(session, found[0], found[1])
    if thing is not None:
        wanted = name.upper().removeprefix("CONFIG.")
        for one in [one for one in thing.parameters if one.upper() == wanted]:
            del thing.parameters[one]


COMMANDS: dict[str, Command] = {
    "set_property": _set,
    "get_property": _get,
    "list_property": _list,
    "reset_property": _reset,
}
