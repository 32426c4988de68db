"""One command, from start to end: the engine's side of the guard.

`run` starts a guard, follows the log that it writes, and returns an Outcome whatever the tool did.
The end of the connection to the guard ends the tool and all its descendants; `stop` does that for
every tool of this process, from any thread or a signal handler.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright import guard
from bitwright.errors import Stopped, ToolError
from bitwright.step import Step

GRACE_S = 2.0  # between SIGTERM and SIGKILL
LONGEST_LINE = 1 << 14  # bytes of one line that are shown; the log has all of it
CHUNK = 1 << 20

# What a tool gets of the caller's environment; all else that matters stands in Step.env.
INHERITED = re.compile(
    "HOME|USER|LOGNAME|SHELL|TMPDIR|LD_LIBRARY_PATH|XDG_.*|YOWASP_.*|BITWRIGHT_CACHE"
    "|BITWRIGHT_MACHINE|.*LICENSE_FILE|XILINX.*"
)
FIXED = {  # the same answers on every machine: language, time zone, dates, order of hashes
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": "315532800",  # 1980-01-01, the first day that a zip file can name
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a tool ended. The fields are those of the guard's report."""

    status: int | None  # exit status; negative: ended by that signal; None: unknown
    cause: str  # why the guard ended it: stopped, time, memory, log, exec (never started), or ""
    detail: str
    errno: int  # of a failed start
    wall_s: float
    cpu_s: float
    peak_rss_mib: float
    log_bytes: int
    strays: int  # processes it left behind, which were ended


class _Running:
    """The lifelines of this process's guards; shutting one down ends its tool."""

    def __init__(self) -> None:
        self._lines: set[socket.socket] = set()
        self._guard = threading.RLock()  # a signal handler may call stop() inside it
        self.stopped = False

    def add(self, line: socket.socket) -> None:
        with self._guard:
            self._lines.add(line)
            if self.stopped:
                line.shutdown(socket.SHUT_WR)

    def remove(self, line: socket.socket) -> None:
        with self._guard:
            self._lines.discard(line)

    def stop(self) -> None:
        with self._guard:
            self.stopped = True
            for line in tuple(self._lines):
                line.shutdown(socket.SHUT_WR)


_running = _Running()


def stop() -> None:
    """End every running tool of this process and let no further one start (Ctrl-C, SIGTERM).

    Each build() under way then raises Stopped in its own thread, once nothing of its tool is alive.
    """
    _running.stop()


def check_stopped() -> None:
    """Raise Stopped if stop() was called."""
    if _running.stopped:
        raise Stopped("stopped")


def resume() -> None:
    """Let tools start again after stop()."""
    _running.stopped = False


def program(step: Step) -> tuple[list[str], str]:
    """How a step's command is executed: its argv, and the absolute path of the program.

    Raises ToolError when there is no such program.
    """
    name, *rest = step.command
    if name == "python":
        return [sys.executable, "-s", "-P", *rest], sys.executable
    place = next((tool.path for tool in step.tools if tool.name == name and tool.path), name)
    if os.sep in name and not name.startswith(os.sep):
        place = str((step.dir / name).absolute())
    found = shutil.which(place, path=_search_path())
    if found is None:
        raise ToolError(
            f"{step.name}: {place} is not installed\n"
            f"  expected  an executable file, on PATH or in this project's environment\n"
            f"  next      ./doit doctor says what brings it"
        )
    return [name, *rest], str(Path(found).absolute())


def environment(step: Step, key: str) -> dict[str, str]:
    """The environment of a step's command; nothing of the caller's that could change the result."""
    kept = {name: value for name, value in os.environ.items() if INHERITED.fullmatch(name)}
    return kept | {"PATH": _search_path()} | FIXED | {"BITWRIGHT_KEY": key} | dict(step.env)


def _search_path() -> str:
    """PATH, with the folder of this Python (the tools of the virtual environment) first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


class Lines:
    """Cuts a stream of bytes into lines of text; a carriage return ends a line too."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take
        self._rest = b""
        self._skip = False  # inside a line whose beginning was shown already

    def feed(self, data: bytes) -> None:
        """Hand every line that ends in data to take()."""
        *lines, rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self._give(line)
            self._skip = False
        if len(rest) > LONGEST_LINE:
            self._give(rest)
            self._skip, rest = True, b""
        self._rest = rest

    def end(self) -> None:
        """Hand over a last line without a newline."""
        self._give(self._rest)

    def _give(self, line: bytes) -> None:
        if line and not self._skip:
            self._take(line[:LONGEST_LINE].decode("utf-8", "replace"))


def run(
    argv: Sequence[str],
    *,
    program: str,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    outputs: Sequence[Path],
    aside: Path,
    on_line: Callable[[str], None],
    limit_s: float | None = None,
    limit_mib: int | None = None,
    keep: Sequence[int] = (),
    grace_s: float = GRACE_S,
) -> Outcome:
    """Run one command under a guard until nothing of it is alive.

    program: absolute path of what argv[0] means; outputs: moved to the folder aside unless it ends
    well; on_line: called with each line it prints, in this thread; keep: descriptors (locks) that
    stay open as long as anything of the tool may be alive; grace_s: between SIGTERM and SIGKILL.
    Raises Stopped when stop() was called, OSError if the log cannot be opened.
    """
    check_stopped()
    descriptor = os.open(
        log, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o644
    )
    try:
        spec = {
            "argv": list(argv),
            "program": program,
            "cwd": str(cwd.absolute()),
            "env": dict(env),
            "log": descriptor,
            "keep": list(keep),
            "outputs": [str(path.absolute()) for path in outputs],
            "aside": str(aside.absolute()),
            "limit_s": limit_s,
            "limit_mib": limit_mib,
            "grace_s": grace_s,
        }
        outcome = _guarded(spec, descriptor, on_line)
    finally:
        os.close(descriptor)
    if outcome.cause == "stopped":
        raise Stopped("stopped")
    return outcome


def _guarded(spec: dict[str, Any], log: int, on_line: Callable[[str], None]) -> Outcome:
    """Start a guard, follow it to its end, and never leave it without a waiting parent."""
    ours, theirs = socket.socketpair()
    process = None
    _running.add(ours)
    try:
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", guard.__file__],
                stdin=theirs.fileno(),
                stdout=subprocess.PIPE,
                stderr=log,
                pipesize=4096,  # of its answers: only the newest length of the log matters
                pass_fds=(log, *spec["keep"]),
                start_new_session=True,
                cwd="/",
            )
        with suppress(OSError):  # stopped meanwhile, or the guard died: its answer says which
            ours.sendall(json.dumps(spec).encode() + b"\n")
        assert process.stdout is not None
        answer = _follow(process.stdout.fileno(), log, Lines(on_line))
    finally:
        _running.remove(ours)
        ours.close()
        if process is not None:
            assert process.stdout is not None
            process.stdout.close()
            process.wait()
    if answer is None:
        _end_orphans(spec)
        raise _guard_died(process.returncode)
    return Outcome(**answer)


def _follow(answers: int, log: int, lines: Lines) -> dict[str, Any] | None:
    """Read the guard's messages and the log up to where they say; its report, None if it died."""
    text, shown = b"", 0
    wait = select.poll()
    wait.register(answers, select.POLLIN)
    while True:
        if not wait.poll(500):
            if not threading.main_thread().is_alive():
                stop()  # the interpreter is ending and waits for this thread
            continue
        data = os.read(answers, CHUNK)
        if not data:
            break
        text += data
        *numbers, _ = text[: text.rfind(b"\n") + 1].split(b"\n")
        if numbers and numbers[-1].isdigit():
            shown = _show(log, shown, int(numbers[-1]), lines)
            text = text[text.rfind(b"\n") + 1 :]
    last = text.strip().rpartition(b"\n")[2]
    if not last.startswith(b"{"):
        if _running.stopped:
            raise Stopped("stopped")  # before the guard had read what to do
        return None
    report: dict[str, Any] = json.loads(last)
    _show(log, shown, report["log_bytes"], lines)
    lines.end()
    return report


def _show(log: int, begin: int, end: int, lines: Lines) -> int:
    """Hand the log's bytes from begin to end to the display; how far that came."""
    while begin < end:
        data = os.pread(log, min(CHUNK, end - begin), begin)
        if not data:
            break
        lines.feed(data)
        begin += len(data)
    return begin


def _end_orphans(spec: dict[str, Any]) -> None:
    """Kill what a killed guard left: whoever has this step's key and works in its folder."""
    mark = f"BITWRIGHT_KEY={spec['env']['BITWRIGHT_KEY']}".encode()
    found = True
    while found:
        found = False
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # another user's, or gone meanwhile
                inside = Path(spec["cwd"]) in (here := (place / "cwd").readlink(), *here.parents)
                if inside and mark in (place / "environ").read_bytes().split(b"\0"):
                    os.kill(int(place.name), signal.SIGKILL)
                    found = True


def _guard_died(status: int) -> ToolError:
    name = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    return ToolError(
        f"the guard process of the tool ended first ({name}); its tool was ended with it"
    )
