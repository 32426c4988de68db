"""A Step as a command of Edalize's graph: one rendering serves our engine and make alike."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright import toolchains
from bitwright.engine import Step, Tool, module_files

if TYPE_CHECKING:
    from edalize.utils import EdaCommands


def installed(*names: str) -> tuple[Tool, ...]:
    """Those of these tools that are there; what is missing shows when it is to run."""
    found = (toolchains.find(toolchains.BY_NAME[name]) for name in names)
    return tuple(tool for tool in found if tool is not None)


def root_of(work_root: str | Path) -> Path:
    """Where the engine works for a flow: the working directory, or beside a work root elsewhere."""
    here = Path.cwd()
    root = Path(work_root).absolute()
    return here if here in root.parents else root.parent


def base_of(work_root: str | Path) -> Path:
    """The folder a flow works in, as Steps name it."""
    return Path(os.path.relpath(work_root, root_of(work_root)))


def code(work_root: str | Path, *modules: str) -> tuple[Path, ...]:
    """The files of these modules of ours, as Steps name them."""
    root = root_of(work_root)
    return tuple(Path(os.path.relpath(path, root)) for path in module_files(*modules))


def commands(step: Step, base: Path) -> EdaCommands:
    """The one command of a Step, its targets and what it depends on, seen from the flow's folder.

    The command carries the Step itself as its attribute `step`: that is what our runner builds.
    """
    from edalize.utils import EdaCommands

    def seen(path: Path) -> str:
        return os.path.relpath(path, base)

    found = EdaCommands()
    targets = [seen(path) for path in step.writes]
    scripts = [seen(step.dir / name) for name, _ in step.scripts]
    # make must not wait for the Record of another step: only our engine writes Records
    reads = [seen(path) for path in step.reads if path.name != "record.json"]
    found.add(["sh", "-c", for_make(shell(step, seen(step.dir)))], targets, scripts + reads)
    added: Any = found.commands[-1]
    added.step = step
    found.set_default_target(targets[-1])
    return found


def shell(step: Step, folder: str) -> str:
    """The step's command as a line for a shell that stands in the flow's folder."""
    name, *rest = step.command
    argv = [sys.executable, "-s", "-P", *rest] if name == "python" else [name, *rest]
    settings = [f"{key}={value}" for key, value in step.env]
    words = ["env", *settings, *argv] if settings else argv
    where = shlex.quote(folder)
    return f"mkdir -p {where} && cd {where} && {shlex.join(words)}"


def for_make(line: str) -> str:
    """One word of a make recipe. Raises ValueError for a line break, which no recipe can hold."""
    if "\n" in line:
        raise ValueError(f"a make recipe cannot hold a line break: {line!r}")
    return shlex.quote(line).replace("$", "$$")


def write_scripts(step: Step, base: Path, work_root: str | Path) -> None:
    """Write the step's scripts below the flow's folder, for runners that do not know Steps."""
    for name, text in step.scripts:
        path = Path(work_root) / os.path.relpath(step.dir, base) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
