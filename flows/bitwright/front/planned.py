"""A plan, remembered. Planning is a pure function of the files below a few folders, the design and
the tools; while none of them changes, the plan of last time is the plan, and FuseSoC stays asleep.

The memory is a file beside the build. Losing it, or damage to it, costs a quarter of a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from bitwright.design import Design
from bitwright.engine import Step, Tool, write_if_changed
from bitwright.record import digest

FOLDERS = ("bd", "configs", "cores", "flows", "ip")
FILES = ("fusesoc.conf", "requirements.lock")
Planner = Callable[[Design, Mapping[str, Tool]], tuple[Step, ...]]


def plan(
    name: str, planner: Planner, design: Design, tools: Mapping[str, Tool], *, keep: bool
) -> tuple[Step, ...]:
    """What planner(design, tools) returns, from memory if nothing that it reads has changed.

    name: build, sim or lint; each has its own memory
    keep: whether to remember a new plan
    """
    path = design.build / f".plan-{name}.json"
    key = _key(planner, design, tools)
    try:
        memory = json.loads(path.read_bytes())
        if memory["key"] == key:
            return tuple(_step(found) for found in memory["steps"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # never planned, or damaged: plan again
    steps = planner(design, tools)
    if keep:
        body = {"key": key, "steps": [_plain(step) for step in steps]}
        with suppress(OSError):  # a full disk is for the engine to tell
            write_if_changed(path, json.dumps(body).encode())
    return steps


def _key(planner: Planner, design: Design, tools: Mapping[str, Tool]) -> str:
    """SHA-256 over everything that a plan is made of."""
    parts = [sys.version, planner.__module__, repr(design)]
    parts += [repr(tool) for _, tool in sorted(tools.items())]
    for path in _files():
        parts += [path, digest(Path(path))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _files() -> Iterator[str]:
    """Every file that planning may read or list, in order."""
    for name in FILES:
        if Path(name).is_file():
            yield name
    for top in FOLDERS:
        for folder, below, names in os.walk(top):
            below[:] = sorted(name for name in below if name != "__pycache__")
            yield from (f"{folder}/{name}" for name in sorted(names))


def _plain(step: Step) -> dict[str, Any]:
    """A step as JSON knows it."""
    found = {field.name: getattr(step, field.name) for field in fields(step)}
    found["dir"] = str(step.dir)
    for name in ("reads", "writes"):
        found[name] = [str(path) for path in found[name]]
    found["tools"] = [[tool.name, tool.version, tool.path] for tool in step.tools]
    return found


def _step(found: dict[str, Any]) -> Step:
    """The step that _plain wrote."""
    values: dict[str, Any] = {name: _tuples(value) for name, value in found.items()}
    values["dir"] = Path(found["dir"])
    for name in ("reads", "writes"):
        values[name] = tuple(map(Path, found[name]))
    values["tools"] = tuple(Tool(*tool) for tool in found["tools"])
    return Step(**values)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
