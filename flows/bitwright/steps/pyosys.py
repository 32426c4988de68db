"""What a rendered synthesis script calls: Yosys in this process, one pass at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bitwright.steps.includes import included


class Synthesis:
    """A Yosys design, at first empty."""

    def __init__(self) -> None:
        from pyosys import libyosys

        self._ys = libyosys
        self._design = libyosys.Design()
        print(f"Yosys {version('pyosys')} (pyosys)", flush=True)

    def run(self, *words: str) -> None:
        """Run one pass, given the words of its command.

        A pass that fails ends the process with status 1; Yosys has printed why.
        """
        sys.stdout.flush()
        self._design.run_pass(self._ys.StringVector(words))

    def end(self) -> None:
        """Say in the log that the script came to its end, as Yosys itself says of its own."""
        print("End of script.", flush=True)

    def write_hierarchy(self, file: str) -> None:
        """Write {"instance.path": "module"} of the flattened top, one a line; "" is the top.

        The instances are those that flattening noted down in $scopeinfo cells.
        """
        top = self._design.top_module()
        modules = {"": str(top.name).removeprefix("\\")}
        for _, cell in top.cells_.items():
            if str(cell.type) == "$scopeinfo":
                path, module = (
                    cell.get_string_attribute(self._ys.IdString(name))
                    for name in ("\\hdlname", "\\module")
                )
                modules[path.replace(" ", ".")] = module.removeprefix("\\").split("$", 1)[0]
        rows = [f"{json.dumps(path)}: {json.dumps(modules[path])}" for path in sorted(modules)]
        Path(file).write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def check_includes(files: Sequence[str], folders: Sequence[str], declared: Sequence[str]) -> None:
    """Refuse a file that is included but not declared: a change in it would go unnoticed.

    files, folders: what is read and where includes are looked for
    declared: the includes that the plan knows
    """
    known = {os.path.realpath(name) for name in (*declared, *files)}
    found = included(files, folders)
    strange = sorted(name for name in found if os.path.realpath(name) not in known)
    for name in strange:
        print(
            f"Error: {found[name]} includes {name}, which no .core file lists\n"
            "  next  add it to a fileset of its core, with is_include_file: true",
            file=sys.stderr,
        )
    if strange:
        sys.exit(1)
