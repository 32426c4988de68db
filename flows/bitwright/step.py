"""What the engine is given and what it tells: Tool, Step, Event. Values only; nothing runs here."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bitwright.errors import BitwrightError
from bitwright.record import Record

ERRORS = ("^ERROR", "^CRITICAL WARNING", "Error:")
FAILED = "failed"  # folder in a step's folder, for the outputs of a run that failed
JUDGED = "judged"  # file in FAILED: the first line of a bad verdict


@dataclass(frozen=True, slots=True)
class Tool:
    """A probed tool. Name and version are part of a key; where it is installed is not."""

    name: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a command that ran well says that what it judged is bad, and what people are told then.

    It is in no key: the same inputs give the same verdict, however it is told.
    """

    status: int  # exit status; one that no crash gives: neither 0, 1, 2 nor from 126 on
    effect: str  # no bitstream is made
    next: str  # open build/<config>/<target>/report/failed/index.html


@dataclass(frozen=True, slots=True)
class Step:
    """What one command reads, writes and depends on. Paths are relative to the project's root."""

    name: str
    dir: Path  # build/<config>/<target>/<name>; belongs to this step alone, emptied before a run
    reads: tuple[Path, ...]  # files whose content is in the key; may be outputs of earlier steps
    writes: tuple[Path, ...]  # the declared outputs, files inside dir
    command: tuple[str, ...]  # run with dir as working directory; "python" means this Python
    scripts: tuple[tuple[str, str], ...] = ()  # (file name in dir, text), written before the run
    settings: tuple[tuple[str, str], ...] = ()  # further values that change the result
    env: tuple[tuple[str, str], ...] = ()  # added to the environment, and in the key
    tools: tuple[Tool, ...] = ()
    keeps: tuple[str, ...] = ()  # folders in dir; what a run that did not end well left in them
    # is there again for the next run of the same key, which must check it, and for no other
    after: tuple[str, ...] = ()  # names of steps that must end first
    phases: tuple[tuple[str, str], ...] = ()  # (regex on a line of output, text, may hold \1)
    errors: tuple[str, ...] = ERRORS  # regexes of the tool's own error lines
    judgement: Judgement | None = None  # of a command that judges; it prints why as error lines
    title: str = ""  # for people
    limit_s: float | None = None
    limit_mib: int | None = None

    def __post_init__(self) -> None:
        """Refuse what would make a key depend on the place, or a step meddle outside its folder."""
        if not self.command or not self.name or len(self.dir.parts) < 2 or ".." in self.dir.parts:
            self._refuse("needs a name, a command and a folder below the root")
        for path in (self.dir, *self.reads, *self.writes):
            if path.is_absolute():
                self._refuse(f"{path} must be relative to the project's root")
        for path in (*self.writes, *(self.dir / name for name, _ in self.scripts)):
            if not self._inside(path):
                self._refuse(f"writes {path}, which is not in its folder {self.dir}")
        for name in self.keeps:
            if not re.fullmatch(r"\w[\w.-]*", name) or name == FAILED:
                self._refuse(f"keeps {name!r}, which is no name of a folder of its own")
            if any(self.dir / name in path.parents for path in self.writes):
                self._refuse(f"writes into {name}, which does not outlive a good run")
        for path in self.reads:
            if self._inside(path):
                self._refuse(f"reads {path}, but its own folder is emptied before it runs")
        tools = [(tool.name, tool.version) for tool in self.tools]
        for pairs in (self.scripts, self.settings, self.env, tools):
            if len(dict(pairs)) != len(pairs):
                self._refuse(f"a name is given twice in {sorted(name for name, _ in pairs)}")

    def _inside(self, path: Path) -> bool:
        return os.path.normpath(path).startswith(f"{self.dir}{os.sep}")

    def _refuse(self, why: str) -> None:
        raise ValueError(f"step {self.name or '?'}: {why}")

    @property
    def log(self) -> Path:
        """Where everything the command prints goes."""
        return self.dir / f"{self.name}.log"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the display may want to show; from the thread of its step, in order."""

    kind: Literal["started", "cached", "phase", "line", "note", "ended", "failed"]
    step: Step
    text: str = ""  # started: why; phase: its name; line: as printed; note: a sentence for people
    elapsed: float = 0.0  # seconds since build(step) was called
    record: Record | None = None  # of cached, ended
    error: BitwrightError | None = None  # of failed


Events = Callable[[Event], None]
