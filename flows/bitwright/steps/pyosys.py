"""What a rendered synthesis script calls: Yosys in this process, one pass at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from bitwright.steps.includes import included


def start() -> Callable[..., None]:
    """An empty design; the function returned runs one pass on it, given the words of a command.

    A pass that fails ends the process with status 1; Yosys has printed why.
    """
    from pyosys import libyosys as ys

    design = ys.Design()

    def run(*words: str) -> None:
        sys.stdout.flush()
        design.run_pass(ys.StringVector(words))

    return run


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
