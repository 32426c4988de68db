"""A script that nobody trusts, run in a process of its own: bounded time, memory and output.

    found = imported(Path("design.tcl"))    # TclFault: file:line, also for a script that had to be
    found.design, found.notes, found.unknown                                          # stopped

The process gets the script's text and nothing else: no environment, no file, no terminal. What Tcl
cannot stop by itself (one command that takes all memory, or for ever) ends the process, by limits
of the kernel or by us; where the script was then, the process has left in a page of shared memory.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bitwright.blockdesign import infile
from bitwright.blockdesign.interpreter.host import TclFault
from bitwright.blockdesign.interpreter.session import Note
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Place,
    Port,
)
from bitwright.errors import ConfigError, ToolError

SECONDS = 30.0  # that scripts may take; public ones take less than two
MEMORY = 512 << 20  # bytes of address space; an idle interpreter takes a tenth of it
GRACE = 3.0  # seconds to start in, and to be stopped by Tcl before we do it
OUTPUT = 64 << 20  # bytes of a design as JSON
MAX_SCRIPT = 16 << 20  # bytes
CHILD = "bitwright.blockdesign.interpreter.child"
_PARTS: Mapping[str, type] = {
    "cells": Cell,
    "ports": Port,
    "interface_ports": InterfacePort,
    "nets": Net,
    "interface_nets": Net,
    "addresses": Address,
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What a script makes."""

    design: BlockDesign  # that is open at its end
    designs: tuple[str, ...]  # names of all that it makes
    unknown: frozenset[str]  # paths of the cells whose IP the catalogue does not know
    notes: tuple[Note, ...]  # what it does that the design does not hold
    guessed: frozenset[tuple[str, str]] = frozenset()  # space, segment: address left to Vivado


def imported(
    path: Path,
    *,
    design: str = "",
    variables: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Imported:
    """Run the script in a file and return the design that is open at its end, or the one named.

    variables: that the script finds set, as if another one had sourced it.
    The IP catalogue is that of the working directory. Raises ConfigError for a file that cannot be
    read or makes no such design, TclFault for what the script does.
    """
    request = {
        "text": _text(path),
        "name": str(path),
        "design": design,
        "variables": dict(variables or {}),
        "seconds": seconds,
    }
    answer = _run(path, request, seconds)
    if "fault" in answer:
        raise TclFault(_place(answer["fault"]["place"]), answer["fault"]["problem"])
    if "error" in answer:
        raise ConfigError(f"{path}:1: {answer['error']}")
    return Imported(
        _design(answer["design"]),
        tuple(answer["designs"]),
        frozenset(answer["unknown"]),
        tuple(Note(_place(one["place"]), one["text"], one["severity"]) for one in answer["notes"]),
        frozenset((space, segment) for space, segment in answer["guessed"]),
    )


def read(path: Path) -> BlockDesign:
    """The design that a Tcl script makes."""
    return imported(path).design


def _text(path: Path) -> str:
    return infile.content(path, MAX_SCRIPT, "a script").decode("utf-8-sig", errors="replace")


# --- the other process ----------------------------------------------------------------------------


def _run(path: Path, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    package = str(Path(__file__).parents[3])
    page = os.memfd_create("bitwright-place")
    os.ftruncate(page, mmap.PAGESIZE)
    with (
        TemporaryDirectory(prefix="bitwright-import-") as scratch,  # goes even if the child died
        mmap.mmap(page, mmap.PAGESIZE) as seen,
        subprocess.Popen(
            [sys.executable, "-m", CHILD, str(page)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PYTHONPATH": package, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": scratch},
            pass_fds=(page,),
            start_new_session=True,
        ) as child,
    ):
        try:
            out, err = child.communicate(json.dumps(request).encode(), timeout=seconds + GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise TclFault(_last(seen, path), _TOO_LONG) from None
        except BaseException:
            child.kill()
            raise
        finally:
            os.close(page)
        last = _last(seen, path)
    return _answer(child.returncode, out, err, last)


_TOO_LONG = "the script ran too long at or after this line and was stopped"
_TOO_MUCH = f"the script wanted more than {MEMORY >> 20} MiB at or after this line and was stopped"


def _answer(status: int, out: bytes, err: bytes, last: Place) -> dict[str, Any]:
    """What the process said; how it ended, if it did not come to that."""
    if status == -signal.SIGXCPU:
        raise TclFault(last, _TOO_LONG)
    if status in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGKILL, -signal.SIGBUS):
        raise TclFault(last, _TOO_MUCH)
    if status or len(out) > OUTPUT:
        lines = err.decode(errors="replace").strip().splitlines() or ["no word"]
        raise ToolError(f"{last}: the interpreter failed: {lines[-1][:200]}")
    answer: dict[str, Any] = json.loads(out)
    return answer


def _last(seen: mmap.mmap, path: Path) -> Place:
    """Where the script was last seen."""
    return Place(str(path), int.from_bytes(seen[:8], "little") or 1)


# --- values as JSON and back ----------------------------------------------------------------------


def as_json(design: BlockDesign) -> dict[str, Any]:
    return asdict(design)


def _design(said: Mapping[str, Any]) -> BlockDesign:
    parts = {name: [_part(kind, one) for one in said[name]] for name, kind in _PARTS.items()}
    return BlockDesign.of(said["name"], **parts)


def _part(kind: type, said: Mapping[str, Any]) -> Any:
    values = dict(said)
    values["place"] = _place(values["place"])
    if "parameters" in values:
        values["parameters"] = tuple((name, text) for name, text in values["parameters"])
    if "ends" in values:
        values["ends"] = tuple(values["ends"])
    return kind(**values)


def _place(said: Mapping[str, Any]) -> Place:
    return Place(str(said["file"]), int(said["line"]))
