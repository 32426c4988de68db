"""Edalize build runner `doit`: the commands of any flow under the engine of bitwright.

    flow_options: {build_runner: doit}

make compares times and knows neither options nor parameters, so plain `fusesoc run` keeps an output
that a new seed should have replaced. Here content decides (see bitwright/runner.py, which does it).
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edalize.utils import EdaCommands

COMMAND = (sys.executable, "-s", "-m", "edalize.build_runners.doit")


class Doit:
    """What Edalize wants of a build runner."""

    def __init__(self, flow_options: dict[str, Any]) -> None:
        self._options = [str(option) for option in flow_options.get("flow_make_options", [])]
        self._since_ns = time.time_ns()  # what a flow configures is younger than its runner

    def write(self, commands: EdaCommands, work_root: str | Path) -> None:
        """Note down the graph, and which files are given to it. Called when all is configured."""
        from bitwright import runner

        runner.write_graph(commands, Path(work_root), self._options, self._since_ns)
        _delegate(Path(work_root))

    def get_build_command(self) -> tuple[str, list[str]]:
        """The command that builds, run in the work root; goals may be appended.

        FuseSoC ends with status 0 when it is interrupted; from here on it does not.
        """
        if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            signal.signal(signal.SIGINT, lambda number, frame: sys.exit(128 + number))
        program, *arguments = COMMAND
        return program, arguments


def _delegate(work_root: Path) -> None:
    """A Makefile for the flows that call make themselves. Its time is old: FuseSoC compares it."""
    path = work_root / "Makefile"
    line = shlex.join(COMMAND).replace("$", "$$")
    rules = f".PHONY: all FORCE\nall: FORCE\n\t@{line}\n%: FORCE\n\t@{line} $@\nMakefile: ;\n"
    path.write_text(f"# Written by Edalize's build runner doit\n{rules}", encoding="utf-8")
    os.utime(path, (0, 0))


if __name__ == "__main__":
    from bitwright.runner import main

    sys.exit(main(sys.argv[1:]))
