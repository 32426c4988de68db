"""Plans kept under the hash of all they are made from; a build with nothing to do is quick.

Planning needs FuseSoC, whose import alone takes longer than everything else such a build does. A
plan is a function of the design, the tools, the .core, .yml, .py and .j2 files of the cores and of
this package, and the versions of FuseSoC and Edalize. The name of a kept plan is the hash of
exactly that: there is no way for it to be out of date, only to be there or not.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bitwright import toolchains
from bitwright.design import Design
from bitwright.engine import Step, Tool, write_atomic
from bitwright.steps import stored

FOLDER = Path("build/.plans")
MOST = 64  # plans kept
SOURCES = ("cores", "ip", "bd")  # with the package's own folder, all that planning reads
READ = (".core", ".yml", ".py", ".j2")  # of other files only the names count

Planner = Callable[[Design, Mapping[str, Tool]], tuple[Step, ...]]


def plan(name: str, design: Design, tools: Mapping[str, Tool], make: Planner) -> tuple[Step, ...]:
    """The steps that make(design, tools) gives, or gave when everything was as it is now."""
    path = FOLDER / f"{_key(name, design, tools)}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        text = path.read_bytes()
        sha, _, body = text.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == sha:
            return tuple(map(stored.from_json, json.loads(body)))
    steps = make(design, tools)
    body = json.dumps([stored.to_json(step) for step in steps]).encode()
    with contextlib.suppress(OSError):  # nothing is lost but time
        FOLDER.mkdir(parents=True, exist_ok=True)
        write_atomic(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        _forget(MOST)
    return steps


def _key(name: str, design: Design, tools: Mapping[str, Tool]) -> str:
    package = Path(__file__).parent.parent
    makers = (toolchains.find(toolchains.BY_NAME[maker]) for maker in ("fusesoc", "edalize"))
    known = [*tools.values(), *filter(None, makers)]
    said = {
        "plan": name,
        "python": sys.version,
        "package": os.path.relpath(package),
        "design": dataclasses.asdict(design),
        "tools": sorted(dataclasses.astuple(tool) for tool in known),
    }
    sha = hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode())
    for path in _files((*map(Path, SOURCES), package / "bitwright", package / "edalize")):
        content = path.read_bytes() if path.suffix in READ else b""
        sha.update(f"\n{os.path.relpath(path)} {len(content)}\n".encode())
        sha.update(content)
    return sha.hexdigest()


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, below, names in os.walk(folder, followlinks=True):
            below[:] = sorted(name for name in below if name != "__pycache__")
            yield from (Path(place, name) for name in sorted(names))


def _forget(most: int) -> None:
    """Remove the oldest plans beyond this many."""
    plans = sorted(FOLDER.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in plans[:-most]:
        path.unlink(missing_ok=True)
