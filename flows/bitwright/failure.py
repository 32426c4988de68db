"""What is said when a step fails: what, the tool's own lines, where the log is, what next."""

from __future__ import annotations

import errno
import os
import re
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ToolError
from bitwright.run import Outcome
from bitwright.step import FAILED, JUDGED, Judgement, Step

LAST_LINES = 10  # of a tool's output that a message shows
MOST_WARNINGS = 100  # kept in a Record
ENOUGH = 1 << 16  # bytes; a disk with less free space after a run was full during it
MARK = re.compile(r"^ERROR:\s*")
AGAIN = "run the same command again; finished steps are kept"
ROOM = "make room, then run the same command; finished steps are kept"
DOCTOR = "./doit doctor says what brings it"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step failed (after "<step>: ") and what its reader does next."""

    what: str
    next: str = "mend what the lines above say; then the same command goes on from here"
    judgement: Judgement | None = None  # the command ran well; what it judged is bad


class Watch:
    """Looks at each line that a tool prints: phases, its own error lines, the last lines."""

    def __init__(self, step: Step, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._phases = [(re.compile(pattern), text) for pattern, text in step.phases]
        patterns = "|".join(f"(?:{pattern})" for pattern in step.errors)
        self._error = re.compile(patterns or "(?!)")
        self._errors: deque[str] = deque(maxlen=MOST_WARNINGS)
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    def __call__(self, line: str) -> None:
        """Take one line, as printed, without its end."""
        self._emit("line", line)
        for pattern, text in self._phases:
            if found := pattern.search(line):
                self._emit("phase", found.expand(text))
                break
        if self._error.search(line):
            self._errors.append(line)
        if not line.isspace():
            self._last.append(line)

    def warnings(self) -> tuple[str, ...]:
        """The tool's own error lines, for the Record: without the place of the project in them."""
        return tuple(line.replace(f"{Path.cwd()}{os.sep}", "") for line in self._errors)

    def verdict(self) -> list[str]:
        """All error lines of a command that judged, the first without its mark."""
        first, *rest = self._errors or ["what it judged is bad"]
        return [MARK.sub("", first), *rest]

    def telling(self) -> list[str]:
        """The lines to show of a tool that failed: its last error lines, else its last lines."""
        return list(self._errors)[-LAST_LINES:] or list(self._last)


def judge(step: Step, outcome: Outcome) -> Problem | None:
    """What is wrong with how a command ended and what it left; None if nothing is."""
    tool = step.command[0]
    if outcome.cause:
        return _ended_by_guard(step, outcome)
    if _full(step.dir):
        return Problem(f"the disk is full, so nothing that {tool} wrote can be trusted", ROOM)
    if outcome.status is not None and outcome.status < 0:
        name = signal_name(-outcome.status)
        memory = f"; out of memory? it used {outcome.peak_rss_mib:.0f} MiB" * (name == "SIGKILL")
        return Problem(f"{tool} crashed ({name}{memory})", f"read the log, or {AGAIN}")
    if step.judgement and outcome.status == step.judgement.status:
        return Problem("what it judged is bad", step.judgement.next, step.judgement)
    if outcome.status:
        absent = " (a command that it calls was not found)" * (outcome.status == 127)
        return Problem(f"{tool} ended with exit status {outcome.status}{absent}")
    missing = [str(path) for path in step.writes if not path.is_file()]
    if missing:
        files = ", ".join(missing)
        return Problem(f"{tool} reported success but did not write {files}", "read the log")
    return None


def _ended_by_guard(step: Step, outcome: Outcome) -> Problem:
    tool = step.command[0]
    if outcome.cause == "exec":
        text = f"{tool} could not be started: {outcome.detail}: {os.strerror(outcome.errno)}"
        return Problem(text, DOCTOR if outcome.errno == errno.ENOENT else "look at that file")
    if outcome.cause == "time":
        text = f"{tool} was ended after {step.limit_s:g} s, the step's limit"
        return Problem(text, "read in the log where it hangs, or raise the limit")
    if outcome.cause == "memory":
        text = f"{tool} was ended when it used {outcome.detail} MiB of {step.limit_mib} MiB allowed"
        return Problem(text, "raise the limit, or choose a smaller design")
    disk = "the disk is full: " * _full(step.dir)
    text = f"{disk}{tool} was ended, for its log cannot be written ({outcome.detail})"
    return Problem(text, ROOM if disk else "see what is wrong with the log's disk")


def of_tool(step: Step, problem: Problem, watch: Watch) -> ToolError:
    """The error of a step whose command failed, or judged something bad."""
    if problem.judgement is not None:
        return _of_verdict(step, problem.judgement, watch)
    lines = [f"{step.name}: {problem.what}"]
    lines += [f"  | {line[:400]}" for line in watch.telling()]
    if any((step.dir / FAILED / path.relative_to(step.dir)).exists() for path in step.writes):
        lines.append(f"  outputs   not to be trusted, in {step.dir / FAILED}")
    lines += [f"  log       {step.log}", f"  next      {problem.next}"]
    return ToolError("\n".join(lines))


def _of_verdict(step: Step, judgement: Judgement, watch: Watch) -> ToolError:
    """The error of a step that ran well and found its design bad; why() knows it afterwards."""
    first, *rest = (line[:400] for line in watch.verdict())
    (step.dir / FAILED).mkdir(exist_ok=True)
    (step.dir / FAILED / JUDGED).write_text(first + "\n", encoding="utf-8")
    lines = [f"{step.name}: {first}", *(f"  | {line}" for line in rest)]
    lines.append(f"  result    {judgement.effect}")
    lines += [f"  log       {step.log}", f"  next      {judgement.next}"]
    return ToolError("\n".join(lines))


def of_files(step: Step, error: OSError) -> ToolError:
    """The error of a step for which the engine itself could not read or write."""
    place = error.filename2 or error.filename or step.dir  # of a copy: where to, not where from
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolError(f"{step.name}: the disk is full: {place}\n  next      {ROOM}")
    return ToolError(
        f"{step.name}: {place}: {error.strerror or error}\n"
        f"  expected  a folder that can be written and emptied\n"
        f"  next      see who owns {step.dir}, and whether its disk is mounted read-only"
    )


def signal_name(number: int) -> str:
    """SIGSEGV for 11; the number where it has no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def now() -> str:
    """The time, UTC, ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _full(folder: Path) -> bool:
    disk = os.statvfs(folder)
    free = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    return disk.f_blocks > 0 and free * disk.f_frsize < ENOUGH
