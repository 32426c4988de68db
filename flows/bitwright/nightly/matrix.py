"""configs/nightly.yml: which configs are built on which targets with which seeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from bitwright import yamlfile
from bitwright.design import CLOCK, NIGHTLY, SEED, names, read_config
from bitwright.errors import ConfigError
from bitwright.schema import OneOf, Reader, check_keys, read_scalar, read_table
from bitwright.sweep import Member
from bitwright.yamlfile import Faults, Node, Sequence, Table, describe

DEFAULT = Path("configs", f"{NIGHTLY}.yml")
KEYS = ("configs", "targets", "seeds", "include", "exclude")
MOST = 1000  # members


@dataclass(frozen=True, slots=True)
class Matrix:
    """The builds of a night, in the order of the file."""

    where: str  # the file's name in messages
    members: tuple[Member, ...]


def read_matrix(path: Path, root: Path, where: str = "") -> Matrix:
    """Read and validate a matrix; ConfigError with every fault in it.

    where: the file's name in messages
    Without `targets`, each config is built on its own. An exclusion names any of config, target
    and seed and drops all that agree; an inclusion names all three, and clock_mhz if need be.
    """
    where = where or str(path)
    tree = yamlfile.load(path, where)
    faults = Faults(where)
    check_keys(tree, "", KEYS, faults, optional=("targets", "include", "exclude"))
    known = {
        "config": OneOf(tuple(names(root))),
        "target": OneOf(tuple(names(root, "configs/targets"))),
    }
    readers: Mapping[str, Reader] = {**known, "seed": SEED, "clock_mhz": CLOCK}
    lists = {
        key: _list(tree, f"{key}s", readers[key], faults) for key in ("config", "target", "seed")
    }
    found: dict[Member, int] = {}
    for config, seed in product(lists["config"], lists["seed"]):
        for target in lists["target"] if "targets" in tree.items else _targets(config, root):
            found[Member(config, target, seed)] = 0
    _exclude(tree.items.get("exclude"), found, readers, faults)
    _include(tree.items.get("include"), found, readers, faults)
    if len(found) > MOST:
        faults.add(1, f"{len(found)} builds; at most {MOST}")
    if not found and not faults.found:
        faults.add(1, "no build is left: everything is excluded")
    faults.check()
    return Matrix(where, tuple(found))


def _list(tree: Table, key: str, reader: Reader, faults: Faults) -> list[Any]:
    """The values of a list, each once."""
    node = tree.items.get(key)
    if node is None:
        return []
    if not isinstance(node, Sequence) or not node.items:
        what = "an empty list" if isinstance(node, Sequence) else describe(node)
        faults.add(tree.lines[key], f"{key}: expected a list, found {what}")
        return []
    values: list[Any] = []
    for item in node.items:
        value = read_scalar(item, key, reader, faults)
        if value in values:
            faults.add(item.line, f"{key}: {value} is listed twice")
        elif value is not None:
            values.append(value)
    return values


def _targets(config: str, root: Path) -> tuple[str, ...]:
    """The targets that a config names itself; its own faults are told when it is built."""
    try:
        return read_config(Path("configs", f"{config}.yml"), root).targets
    except ConfigError as error:
        raise ConfigError(f"{error}\n  next  the matrix wants the targets of this config") from None


def _tables(node: Node | None, key: str, faults: Faults) -> tuple[Node, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        faults.add(node.line, f"{key}: expected a list, found {describe(node)}")
        return ()
    return node.items


def _exclude(
    node: Node | None, found: dict[Member, int], readers: Mapping[str, Reader], faults: Faults
) -> None:
    keys = {name: readers[name] for name in ("config", "target", "seed")}
    for item in _tables(node, "exclude", faults):
        values = read_table(item, "exclude", keys, faults, optional=keys)
        if values is None:
            continue
        gone = [m for m in found if all(getattr(m, name) == v for name, v in values.items())]
        if (not gone or not values) and not faults.found:
            faults.add(item.line, "exclude: it agrees with no build of the matrix")
        for member in gone if values else ():
            del found[member]


def _include(
    node: Node | None, found: dict[Member, int], readers: Mapping[str, Reader], faults: Faults
) -> None:
    for item in _tables(node, "include", faults):
        values = read_table(item, "include", readers, faults, optional=("clock_mhz",))
        if values is None:
            continue
        clock = values.pop("clock_mhz", None)
        member = Member(**values, options={"clock_mhz": f"{clock:g}"} if clock else {})
        if member in found:
            faults.add(item.line, "include: that build is in the matrix already")
        found[member] = 0
