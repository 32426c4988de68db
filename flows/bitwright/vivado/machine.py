"""This machine: where the vendor's tools are installed and what their command lines are wrapped in.

`machine.yml` at the project's root, or the file that BITWRIGHT_MACHINE names, is not part of the
project (git ignores it) and not of any key: the same design on another machine is the same build.
An empty BITWRIGHT_MACHINE means neither that file nor the usual places of installations.
machine.yml.example shows all its keys and explains wrappers; each may be left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Mapping
from collections.abc import Sequence as Words
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright import yamlfile
from bitwright.errors import ConfigError
from bitwright.schema import Integer, Number, check_keys, read_scalar
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe, shown

ROOT = Path(__file__).resolve().parents[3]
FILE, VARIABLE = "machine.yml", "BITWRIGHT_MACHINE"
EXAMPLE = "machine.yml.example"
NUMBERS: Mapping[str, Integer | Number] = {
    "disk_gib": Integer(1, 100_000),
    "licence_attempts": Integer(1, 1000),
    "licence_wait_s": Number(0.001, 86_400),
}
KEYS = (*NUMBERS, "installs", "licence", "stop", "wrapper")
PLACE = re.compile(r"\{(\w*)\}")
PLACES = ("command", "cwd", "name", "root")


@dataclass(frozen=True, slots=True)
class Machine:
    """What machine.yml says; all empty where there is none."""

    installs: tuple[str, ...] = ()
    wrapper: tuple[str, ...] = ()  # words
    stop: tuple[str, ...] = ()
    licence: str = ""
    disk_gib: int = 0  # 0: as estimated
    licence_attempts: int = 0  # 0: as the request of a run says
    licence_wait_s: float = 0.0  # likewise
    usual: bool = True  # installations in the usual places count
    source: str = ""  # the file; "" where there is none

    def wrap(self, command: Words[str], cwd: Path, name: str) -> list[str]:
        """The command line as this machine runs it.

        cwd: the folder the command runs in; name: tells this run from all others on the machine
        """
        if not self.wrapper:
            return list(command)
        words = self.wrapper
        if not any("{command}" in word for word in words):
            words = (*words, "{command}")
        return _filled(words, command, cwd, name)

    def stopping(self, cwd: Path, name: str) -> list[str]:
        """The command line that ends what a wrapper left elsewhere; empty where none is said."""
        return _filled(self.stop, (), cwd, name)


def _filled(words: Words[str], command: Words[str], cwd: Path, name: str) -> list[str]:
    values = {"cwd": str(cwd.absolute()), "root": str(ROOT), "name": name}
    filled: list[str] = []
    for word in words:
        if word == "{command}":
            filled += command
        elif "{command}" in word:  # a shell will read this word
            quoted = {key: shlex.quote(value) for key, value in values.items()}
            filled.append(_fill(word, quoted | {"command": shlex.join(command)}))
        else:
            filled.append(_fill(word, values))
    return filled


def _fill(word: str, values: dict[str, str]) -> str:
    """Once, from left to right: what is filled in is not looked at again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), word)


def load() -> Machine:
    """What is said of this machine. Raises ConfigError for a file that cannot be understood, or
    that names what is not here.
    """
    named = os.environ.get(VARIABLE)
    if named is None:
        path, where = ROOT / FILE, FILE
        return read(path, where, here=True) if path.exists() else Machine()
    return read(Path(named), named, here=True) if named else Machine(usual=False)


def fault() -> ConfigError | None:
    """What is wrong with what is said of this machine, if anything."""
    try:
        load()
    except ConfigError as error:
        return error
    return None


def read(path: Path, where: str, *, here: bool = False) -> Machine:
    """The content of a machine file. Raises ConfigError with file and line for each fault.

    here: it is of this machine, so the folders and programs that it names must be there
    """
    text = yamlfile.read(path, where)
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return Machine(source=where)  # comments only: nothing is said
    table = yamlfile.parse(text, where)
    faults = Faults(where)
    check_keys(table, "a machine", KEYS, faults, optional=KEYS)
    found = {key: node for key, node in table.items.items() if key in KEYS}
    numbers: dict[str, Any] = {
        key: read_scalar(found[key], key, reader, faults) or 0
        for key, reader in NUMBERS.items()
        if key in found
    }
    machine = Machine(
        installs=_installs(found.get("installs"), faults),
        wrapper=_words("wrapper", found.get("wrapper"), faults),
        stop=_words("stop", found.get("stop"), faults),
        licence=_text("licence", found.get("licence"), faults),
        disk_gib=numbers.get("disk_gib", 0),
        licence_attempts=numbers.get("licence_attempts", 0),
        licence_wait_s=numbers.get("licence_wait_s", 0.0),
        source=where,
    )
    if here:
        _check_here(machine, found, faults)
    faults.check()
    return machine


def _check_here(machine: Machine, nodes: Mapping[str, Node], faults: Faults) -> None:
    """Behind a wrapper folders may be another machine's; the wrapper itself must be of this one."""
    for key, words in (("wrapper", machine.wrapper), ("stop", machine.stop)):
        program = words[0].replace("{root}", str(ROOT)) if words else ""
        if program and not PLACE.search(program) and not shutil.which(program):
            text = f"{key}: no program {shown(program)}"
            faults.add(nodes[key].line, text if "/" in program else f"{text} on PATH")
    items = nodes.get("installs")
    if machine.wrapper or not isinstance(items, Sequence):
        return
    for item, install in zip(items.items, machine.installs, strict=True):
        if install.startswith("/") and not os.path.exists(install):  # noqa: PTH110  # never raises
            what = "file" if install.endswith(".sh") else "folder"
            faults.add(item.line, f"installs: no such {what} {install}")


def _text(key: str, node: Node | None, faults: Faults) -> str:
    if node is None:
        return ""
    if isinstance(node, Scalar) and node.text.strip() and "\0" not in node.text:
        return node.text
    faults.add(node.line, f"{key}: expected text, found {describe(node)}")
    return ""


def _installs(node: Node | None, faults: Faults) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node, Table | Scalar):
        faults.add(node.line, f"installs: expected a list of folders, found {describe(node)}")
        return ()
    paths = [(item.line, _text("installs", item, faults)) for item in node.items]
    for line, path in paths:
        if path and not Path(path).is_absolute():
            faults.add(line, f"installs: expected a path from /, found {path!r}")
    return tuple(path for _, path in paths)


def _words(key: str, node: Node | None, faults: Faults) -> tuple[str, ...]:
    text = _text(key, node, faults)
    assert not text or node is not None
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        faults.add(node.line if node else 1, f"{key}: {error}")
        return ()
    for name in PLACE.findall(text):
        if name not in PLACES:
            known = ", ".join(f"{{{place}}}" for place in PLACES)
            faults.add(node.line if node else 1, f"{key}: unknown {{{name}}} (known: {known})")
    return words


def licensed(machine: Machine) -> dict[str, str]:
    """What the environment of a tool gets from the machine file, where it has no licence yet."""
    if machine.licence and not os.environ.get("XILINXD_LICENSE_FILE"):
        return {"XILINXD_LICENSE_FILE": machine.licence}
    return {}
