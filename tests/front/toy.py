"""A toy project: the real dodo.py, commands, engine and configs around a plan of quick steps."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DODO = """
import sys
import toy_plan
import bitwright
bitwright.plan = sys.modules["bitwright.plan"] = toy_plan
exec(compile(open({dodo!r}).read(), {dodo!r}, "exec"))
"""


@dataclass
class Toy:
    """A project folder in which ./doit is `python -m doit`."""

    root: Path
    plans: Path = Path(__file__).parent  # the folder of its toy_plan.py
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if name not in ("CI", "TERM")}
        env |= {"PYTHONPATH": str(self.plans), "BITWRIGHT_CWD": str(self.root)}
        env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
        return env | more

    def doit(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; output and errors apart."""
        return subprocess.run(
            [sys.executable, "-m", "doit", *words],
            cwd=self.root, env=self.environment(**env), capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Start and come back; the fixture ends what is left."""
        process = subprocess.Popen(
            [sys.executable, "-m", "doit", *words],
            cwd=self.root, env=self.environment(**env), text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.started.append(process)
        return process

    def out(self, step: str, config: str = "tiny") -> Path:
        return self.root / "build" / config / "ulx3s-85f" / step / "out.bit"


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Until a condition holds; fails after a time that no healthy run needs."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.01)
