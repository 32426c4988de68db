"""This machine: where the vendor's tools are installed and what their command lines are wrapped in.

`machine.yml` at the project's root, or the file that BITWRIGHT_MACHINE names, is not part of the
project (git ignores it) and not of any key: the same design on another machine is the same build.
An empty BITWRIGHT_MACHINE means neither that file nor the usual places of installations.
All its keys may be left out:

    installs:                 # folders of installations, or their settings64.sh
      - /tools/Xilinx/Vivado/2024.1
    wrapper: srun --job-name={name}
    stop: scancel --name={name}   # run after a tool that did not end by itself
    licence: 2100@licences        # XILINXD_LICENSE_FILE, where it is not set
    licence_wait_s: 60            # before a run that found no licence is begun again; doubles
    licence_attempts: 6           # so many runs in all
    disk_gib: 30                  # free space that a build needs here, in place of an estimate

A wrapper is a line of words, quoted as in a shell, though no shell reads it. The tool's command
line follows it, or stands where `{command}` is: alone as words, inside a longer word quoted for the
shell that will read it there. `{cwd}`, `{root}` and `{name}` (of this one run) may stand anywhere.

    wrapper: bsub -I -J {name} -q fpga
    wrapper: docker run --rm --init --name {name} -v {root}:{root} -w {cwd} vivado:2024.1
    wrapper: ssh -tt builder "cd {cwd} && exec {command}"
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright import yamlfile
from bitwright.schema import Integer, Number, check_keys, read_scalar
from bitwright.yamlfile import Faults, Node, Scalar, Table, describe

ROOT = Path(__file__).resolve().parents[3]
FILE, VARIABLE = "machine.yml", "BITWRIGHT_MACHINE"
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

    def wrap(self, command: Sequence[str], cwd: Path, name: str) -> list[str]:
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


def _filled(words: Sequence[str], command: Sequence[str], cwd: Path, name: str) -> list[str]:
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
    """What is said of this machine. Raises ConfigError for a file that cannot be understood."""
    named = os.environ.get(VARIABLE)
    if named is None:
        path, where = ROOT / FILE, FILE
        return read(path, where) if path.exists() else Machine()
    return read(Path(named), named) if named else Machine(usual=False)


def read(path: Path, where: str) -> Machine:
    """The content of a machine file. Raises ConfigError with file and line for each fault."""
    table = yamlfile.load(path, where)
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
    faults.check()
    return machine


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
