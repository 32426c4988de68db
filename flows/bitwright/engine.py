"""The one engine: whether a step runs, how, and what it leaves behind.

In one minute:

    key(step)    SHA-256 over everything that can change the result: the content of the files it reads,
                 its scripts, command, settings, environment, the versions of its tools. No time and no
                 absolute path is in it, so two clones of one commit have the same keys.
    why(step)    None when the step's folder holds a Record of this very key and the outputs hash to
                 what the Record says; otherwise one sentence naming what changed. All state is in the
                 Records; touching a file changes nothing.
    build(step)  Up to date: return. In the cache: copy, verify, done. Otherwise empty the folder (so
                 that nothing left there can leak into the result), write the scripts, run the command
                 under the guard (`guard.py`, started and followed by `run.py`), check the outputs,
                 keep them in the cache, and write the Record last and atomically. A step that ends
                 any other way has no Record, and its outputs are moved to `failed/`.
    Cache        Outputs by key (`cache.py`), hashed again when restored, least recently used out.
    lock(dir)    One flock on build/<config>/<target> for the whole run. The guards hold it too, so
                 a next run starts only when no tool of a killed one is alive.

The working directory is the project's root. Steps may be built from several threads at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bitwright.cache import Cache, Damaged, open_cache
from bitwright.errors import BitwrightError, Stopped, ToolError
from bitwright.record import (
    DIGESTS,
    RECORD,
    SCHEMA,
    TIMES,
    Record,
    Times,
    digest,
    hash_parts,
    write_atomic,
    write_if_changed,
)

if TYPE_CHECKING:
    from bitwright.run import Outcome

__all__ = [
    "Cache",
    "Event",
    "Record",
    "Step",
    "Times",
    "Tool",
    "build",
    "key",
    "lock",
    "log_path",
    "module_files",
    "open_cache",
    "outlook",
    "preflight",
    "record",
    "resume",
    "stop",
    "times",
    "why",
    "write_atomic",
    "write_if_changed",
]

ERRORS = ("^ERROR", "^CRITICAL WARNING", "Error:")
FAILED = "failed"
LAST_LINES = 10  # of a failed tool's output that its message shows
MOST_WARNINGS = 100  # kept in a Record
ENOUGH = 1 << 16  # bytes; less free space than this after a run means it ran into a full disk

# What a tool gets from the caller's environment. Everything else that matters stands in Step.env.
INHERITED = re.compile(
    "HOME|USER|LOGNAME|SHELL|PATH|TMPDIR|LD_LIBRARY_PATH|XDG_.*|YOWASP_.*"
    "|.*LICENSE_FILE|XILINX.*|XILINXD.*|BITWRIGHT_CACHE"
)
FIXED = {  # the same answers on every machine: locale, time zone, dates, hash order
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": "315532800",  # 1980-01-01, the first day a zip file can name
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A probed tool. Name and version are part of a key; where it is installed is not."""

    name: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one command reads, writes and depends on. All paths are relative to the project's root."""

    name: str
    dir: Path  # build/<config>/<target>/<name>; it belongs to this step alone and is emptied before a run
    reads: tuple[Path, ...]  # files whose content is in the key; may be outputs of earlier steps
    writes: tuple[Path, ...]  # the declared outputs, files inside dir
    command: tuple[str, ...]  # run with dir as working directory; "python" means this Python
    scripts: tuple[
        tuple[str, str], ...
    ] = ()  # (file name in dir, text), written before the command runs
    settings: tuple[tuple[str, str], ...] = ()  # further values that change the result
    env: tuple[tuple[str, str], ...] = ()  # added to the environment, and in the key
    tools: tuple[Tool, ...] = ()
    after: tuple[str, ...] = ()  # names of steps that must end first
    phases: tuple[tuple[str, str], ...] = ()  # (regex on a line of output, text for the display)
    errors: tuple[str, ...] = ERRORS  # regexes of the tool's own error lines
    title: str = ""  # for people
    limit_s: float | None = None
    limit_mib: int | None = None

    def __post_init__(self) -> None:
        """Refuse what would make a key depend on the place, or a step reach outside its folder."""
        for path in (self.dir, *self.reads, *self.writes):
            if path.is_absolute():
                raise ValueError(f"step {self.name}: {path} must be relative to the project's root")
        if not self.command or not self.name or len(self.dir.parts) < 2 or ".." in self.dir.parts:
            raise ValueError(
                f"step {self.name}: needs a name, a command and a folder below the root"
            )
        for path in (*self.writes, *(self.dir / name for name, _ in self.scripts)):
            if self.dir not in Path(os.path.normpath(path)).parents:
                raise ValueError(f"step {self.name}: {path} lies outside {self.dir}")
        for pairs in (
            self.scripts,
            self.settings,
            self.env,
            [(tool.name, "") for tool in self.tools],
        ):
            names = [name for name, _ in pairs]
            if len(names) != len(set(names)):
                raise ValueError(f"step {self.name}: a name is given twice in {sorted(names)}")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the display may want to show, in the order it happens, from the step's own thread."""

    kind: Literal["started", "cached", "phase", "line", "note", "ended", "failed"]
    step: Step
    text: str = ""  # started: why; phase: its name; line: as printed; note: a sentence
    elapsed: float = 0.0  # seconds since the step started
    record: Record | None = None  # cached, ended
    error: BitwrightError | None = None  # failed


Events = Callable[[Event], None]


# --- key and why ---------------------------------------------------------------------------------


def log_path(step: Step) -> Path:
    """Where everything the step's command prints goes."""
    return step.dir / f"{step.name}.log"


def record(step: Step) -> Record | None:
    """The Record in the step's folder, whether up to date or not; None if absent or damaged."""
    try:
        return Record.from_json((step.dir / RECORD).read_bytes())
    except (OSError, ValueError):
        return None


def times(step: Step) -> Times | None:
    """Time and memory of the step's last good run, also while it runs again; None if there was none."""
    return Times.read(step.dir)


def _label(step: Step, path: Path) -> str:
    """The name of a file in a key: relative to the folder of all steps if there, else to the root."""
    text = os.path.normpath(path)
    base = f"{step.dir.parent}/"
    if text.startswith(base):
        return f"../{text[len(base) :]}"
    return f"./{text}" if text.startswith("../") else text


def _unlabel(step: Step, label: str) -> str:
    """The file a label means, as people write it."""
    if label.startswith("../"):
        return f"{step.dir.parent}/{label[3:]}"
    return label.removeprefix("./")


def _parts(step: Step) -> dict[str, Any]:
    """What the key is made of. Raises OSError when a file cannot be read."""
    digest.load(step.dir.parent / DIGESTS)
    return {
        "command": list(step.command),
        "env": dict(step.env),
        "name": step.name,
        "reads": {_label(step, path): digest(path) for path in step.reads},
        "schema": SCHEMA,
        "scripts": {name: hash_parts({"text": text}) for name, text in step.scripts},
        "settings": dict(step.settings),
        "tools": {tool.name: tool.version for tool in step.tools},
        "writes": sorted(os.path.relpath(path, step.dir) for path in step.writes),
    }


def key(step: Step) -> str:
    """SHA-256, in hex, of everything that can change the step's result. Raises ToolError."""
    return hash_parts(_read_parts(step))


def _read_parts(step: Step) -> dict[str, Any]:
    try:
        return _parts(step)
    except OSError as error:
        raise ToolError(
            f"{step.name}: cannot read {error.filename}: {error.strerror}\n"
            f"  expected  a file that {step.name} reads, in the project or made by an earlier step\n"
            f"  next      bring the file back, or: ./doit plan"
        ) from error


def why(step: Step) -> str | None:
    """None when the step is up to date, else one sentence saying why it has to run."""
    missing = [path for path in step.reads if not path.is_file()]
    if missing:
        return f"{missing[0]} does not exist yet"
    try:
        old = Record.from_json((step.dir / RECORD).read_bytes())
    except FileNotFoundError:
        return "did not finish last time" if log_path(step).exists() else "never built"
    except (OSError, ValueError):
        return f"{step.dir / RECORD} is damaged"
    try:
        new = _parts(step)
    except OSError as error:
        return f"{error.filename} cannot be read: {error.strerror}"
    if hash_parts(new) != old.key:
        return _what_changed(step, old.parts, new)
    for path in step.writes:
        try:
            if digest(path) != old.outputs.get(os.path.relpath(path, step.dir)):
                return f"{path} was edited"
        except FileNotFoundError:
            return f"{path} is missing"
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"
    return None


def _what_changed(step: Step, old: dict[str, Any] | Any, new: dict[str, Any]) -> str:
    """One sentence from two sets of parts: causes first; what merely follows from them only alone."""
    causes: list[str] = []
    for name, (was, now) in _differing(old["tools"], new["tools"]):
        causes.append(f"the version of {name} changed from {was} to {now}")
    for name, (was, now) in _differing(old["settings"], new["settings"]):
        causes.append(f"{name} changed from {was} to {now}")
    for name, (was, now) in _differing(old["env"], new["env"]):
        causes.append(f"the environment variable {name} changed from {was} to {now}")
    for label, (was, now) in _differing(old["reads"], new["reads"]):
        verb = "is read now" if was == _NONE else "is no longer read" if now == _NONE else "changed"
        causes.append(f"{_unlabel(step, label)} {verb}")
    if not causes:
        causes = [
            f"the script {name} changed" for name, _ in _differing(old["scripts"], new["scripts"])
        ]
    if not causes:
        causes = _command_change(old["command"], new["command"])
    if not causes and old["writes"] != new["writes"]:
        causes = ["the list of files it writes changed"]
    if not causes:
        return "bitwright itself makes keys differently now"
    rest = len(causes) - 3
    return ", ".join(causes[:3]) + (f" and {rest} more" if rest > 0 else "")


_NONE = "nothing"


def _differing(old: dict[str, str], new: dict[str, str]) -> list[tuple[str, tuple[str, str]]]:
    names = sorted(old.keys() | new.keys())
    pairs = ((name, (old.get(name, _NONE), new.get(name, _NONE))) for name in names)
    return [(name, pair) for name, pair in pairs if pair[0] != pair[1]]


def _command_change(old: list[str], new: list[str]) -> list[str]:
    if old == new:
        return []
    gone = [word for word in old if word not in new]
    come = [word for word in new if word not in old]
    if not gone and not come:
        return ["the order of the command's arguments changed"]
    return [f"the command changed: {' '.join(gone) or _NONE} became {' '.join(come) or _NONE}"]


def outlook(steps: Sequence[Step]) -> list[tuple[Step, str | None]]:
    """Each step with its why(), in the given order, knowing that earlier ones run first.

    A step that is up to date so far but reads from one that will run says so, for its input may change.
    """
    rows: list[tuple[Step, str | None]] = []
    makers: dict[str, Step] = {}  # files that steps which will run may change
    for step in steps:
        reason = why(step)
        sources = [
            makers[text] for path in step.reads if (text := os.path.normpath(path)) in makers
        ]
        if sources and (reason is None or reason.endswith("does not exist yet")):
            verb = "waits for" if reason else "runs if its input changes in"
            reason = f"{verb} {sources[0].name}"
        if reason is not None:
            makers |= {os.path.normpath(path): step for path in (*step.writes, step.dir / RECORD)}
        rows.append((step, reason))
    return rows


# --- build ---------------------------------------------------------------------------------------


def build(step: Step, *, cache: Cache | None, events: Events) -> Record:
    """Bring one step up to date and return its Record; the caller holds the lock.

    Raises ToolError when it fails, Stopped when stop() was called; then it has no Record.
    """
    started = time.monotonic()

    def emit(kind: Any, text: str = "", **more: Any) -> None:
        events(Event(kind, step, text, time.monotonic() - started, **more))

    try:
        reason = why(step)
        found = record(step)
        if reason is None and found is not None:
            return found
        parts = _read_parts(step)
        _empty(step.dir)
        restored = _restore(step, hash_parts(parts), cache, emit)
        if restored is not None:
            emit("cached", record=restored)
            return restored
        emit("started", reason or "")
        made = _execute(step, parts, emit)
        _keep(step, made, cache, emit)
        _finish(step, made)
        emit("ended", record=made)
        return made
    except Stopped:
        raise
    except BitwrightError as error:
        emit("failed", error=error)
        raise
    except OSError as error:
        failure = _os_failure(step, error)
        emit("failed", error=failure)
        raise failure from error


def _empty(folder: Path) -> None:
    """Leave nothing in a step's folder that a run could take for its own; the Record goes first."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).unlink(missing_ok=True)
    for entry in os.scandir(folder):
        if entry.name == TIMES:
            continue  # how long it took last time: for the display
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def _finish(step: Step, made: Record) -> None:
    write_atomic(step.dir / RECORD, made.to_json())


def _write_scripts(step: Step) -> None:
    for name, text in step.scripts:
        path = step.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text.encode(), durable=False)


def _restore(step: Step, sha: str, cache: Cache | None, emit: Callable[..., None]) -> Record | None:
    if cache is None:
        return None
    try:
        made = cache.fetch(sha, step.dir, log_path(step))
    except Damaged as error:
        emit(
            "note",
            f"the cache entry {sha[:12]} of {step.name} is damaged ({error}): building again",
        )
        _empty(step.dir)
        return None
    if made is None:
        return None
    _write_scripts(step)
    if (last := Times.read(step.dir)) is not None:
        Times(last.wall_s, last.peak_rss_mib, last.ended, cached=True).write(step.dir)
    _finish(step, made)
    return made


def _keep(step: Step, made: Record, cache: Cache | None, emit: Callable[..., None]) -> None:
    """Put the outputs into the cache. That this fails is said, and is no failure of the step."""
    if cache is None:
        return
    try:
        refused = cache.store(made, step.dir, log_path(step))
    except OSError as error:
        refused = f"{cache.dir}: {error.strerror}"
    if refused:
        emit("note", f"{step.name} is not kept in the cache: {refused}")


def _execute(step: Step, parts: dict[str, Any], emit: Callable[..., None]) -> Record:
    """Run the command and check what it left; its Record, not yet written."""
    from bitwright import guard, run  # only a build that runs something pays for it

    sha = hash_parts(parts)
    argv, program = _program(step)
    _write_scripts(step)
    for path in step.writes:
        path.parent.mkdir(parents=True, exist_ok=True)
    watch = _Watch(step, emit)
    outcome = run.run(
        argv,
        program=program,
        cwd=step.dir,
        env=_environment(step, sha),
        log=log_path(step),
        outputs=step.writes,
        aside=step.dir / FAILED,
        on_line=watch,
        limit_s=step.limit_s,
        limit_mib=step.limit_mib,
        keep=tuple(_held.values()),
    )
    try:
        problem = _judge(step, outcome, parts)
        if problem is not None:
            raise _failure(step, problem, watch)
        made = _collect(step, sha, parts, watch)
        ended = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        Times(outcome.wall_s, outcome.peak_rss_mib, ended).write(step.dir)
    except BaseException:
        guard.set_aside([str(path) for path in step.writes], str(step.dir / FAILED))
        raise
    return made


class _Watch:
    """Looks at each line a tool prints: phases, its own error lines, the last lines."""

    def __init__(self, step: Step, emit: Callable[..., None]) -> None:
        self._emit = emit
        self._phases = [(re.compile(pattern), text) for pattern, text in step.phases]
        self._errors = re.compile("|".join(f"(?:{pattern})" for pattern in step.errors) or "(?!)")
        self.errors: deque[str] = deque(maxlen=MOST_WARNINGS)
        self.last: deque[str] = deque(maxlen=LAST_LINES)

    def __call__(self, line: str) -> None:
        self._emit("line", line)
        for pattern, text in self._phases:
            if found := pattern.search(line):
                self._emit("phase", found.expand(text))
                break
        if self._errors.search(line):
            self.errors.append(line)
        if not line.isspace():
            self.last.append(line)

    def telling(self) -> list[str]:
        """What to show of a failed tool: its error lines, else the last it printed."""
        return list(self.errors)[-LAST_LINES:] or list(self.last)


@dataclass(frozen=True, slots=True)
class _Problem:
    what: str  # continues "<step>: <tool> ..."
    next: str = "mend what the lines above say, then run the same command; finished steps are kept"


def _program(step: Step) -> tuple[list[str], str]:
    """The command as it is executed: argv, and the absolute path of the program."""
    name, *rest = step.command
    if name == "python":
        return [sys.executable, "-s", "-P", *rest], sys.executable
    known = [tool.path for tool in step.tools if tool.name == name and tool.path]
    if os.sep in name and not os.path.isabs(name):
        known = [str((step.dir / name).absolute())]
    program = shutil.which(known[0] if known else name, path=_search_path())
    if program is None:
        raise _missing(step, name)
    return [name, *rest], os.path.abspath(program)


def _missing(step: Step, name: str) -> ToolError:
    return ToolError(
        f"{step.name}: {name} is not installed\n"
        f"  expected  an executable {name} on PATH or in this project's environment\n"
        f"  next      ./doit doctor says what brings it"
    )


def _search_path() -> str:
    """PATH, with the folder of this Python (the virtual environment's tools) first."""
    return os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])


def _environment(step: Step, sha: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if INHERITED.fullmatch(name)}
    return kept | {"PATH": _search_path()} | FIXED | {"BITWRIGHT_KEY": sha} | dict(step.env)


def _judge(step: Step, outcome: Outcome, parts: dict[str, Any]) -> _Problem | None:
    """What is wrong with how the command ended; None if nothing is."""
    tool, peak = step.command[0], f"{outcome.peak_rss_mib:.0f} MiB at most"
    again = "run the same command again; finished steps are kept"
    if outcome.cause == "exec":
        return _Problem(
            f"{tool} could not be started: {outcome.detail}: {os.strerror(outcome.errno)}",
            "./doit doctor says what brings it",
        )
    if outcome.cause == "log":
        return _Problem(f"{tool} was stopped, its log cannot be written: {outcome.detail}", _ROOM)
    if outcome.cause == "time":
        return _Problem(
            f"{tool} was stopped after its limit of {step.limit_s:g} s",
            "see where it hangs, or raise the limit",
        )
    if outcome.cause == "memory":
        return _Problem(
            f"{tool} was stopped, using {outcome.detail} MiB of its limit of {step.limit_mib} MiB",
            "raise the limit, or choose a smaller design",
        )
    if _full(step.dir):
        return _Problem(f"the disk is full, so nothing that {tool} wrote can be trusted", _ROOM)
    if outcome.status is not None and outcome.status < 0:
        name = signal.Signals(-outcome.status).name
        hint = f", often for lack of memory (it used {peak})" if name == "SIGKILL" else ""
        return _Problem(
            f"{tool} crashed: {name}{hint}", f"if it is no accident, read the log; {again}"
        )
    if outcome.status:
        hint = " (a command that it calls was not found)" if outcome.status == 127 else ""
        return _Problem(f"{tool} ended with exit status {outcome.status}{hint}")
    absent = [str(path) for path in step.writes if not path.is_file()]
    if absent:
        return _Problem(f"{tool} ended well but did not write {', '.join(absent)}", "read the log")
    if changed := _differing(parts["reads"], _read_parts(step)["reads"]):
        return _Problem(
            f"{_unlabel(step, changed[0][0])} changed while {tool} was reading it", again
        )
    return None


_ROOM = "make room, then run the same command; finished steps are kept"


def _failure(step: Step, problem: _Problem, watch: _Watch) -> ToolError:
    """The message of a failed step: what, the tool's own lines, where the log is, what next."""
    lines = [f"{step.name}: {problem.what}"]
    lines += [f"  | {line[:400]}" for line in watch.telling()]
    if any((step.dir / FAILED / path.relative_to(step.dir)).exists() for path in step.writes):
        lines.append(f"  outputs   unfinished or refused, in {step.dir / FAILED}")
    lines += [f"  log       {log_path(step)}", f"  next      {problem.next}"]
    return ToolError("\n".join(lines))


def _os_failure(step: Step, error: OSError) -> ToolError:
    """The message when the engine itself cannot read or write."""
    place = error.filename or step.dir
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ToolError(f"{step.name}: the disk is full: {place}\n  next      {_ROOM}")
    return ToolError(
        f"{step.name}: {place}: {error.strerror or error}\n"
        f"  expected  a folder that can be written and emptied\n"
        f"  next      check who owns {step.dir} and whether its disk is mounted read-only"
    )


def _full(folder: Path) -> bool:
    disk = os.statvfs(folder)
    blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
    return blocks * disk.f_frsize < ENOUGH and disk.f_blocks > 0


def _collect(step: Step, sha: str, parts: dict[str, Any], watch: _Watch) -> Record:
    """The Record of outputs that are there."""
    root = f"{Path.cwd()}/"
    outputs = {os.path.relpath(path, step.dir): digest(path) for path in sorted(step.writes)}
    return Record(sha, parts, outputs, tuple(line.replace(root, "") for line in watch.errors))


def stop() -> None:
    """End every tool this process runs and let no further one start; for Ctrl-C and SIGTERM.

    May be called from a signal handler and from any thread. Each build() under way then raises Stopped
    in its own thread, once nothing of its tool is alive.
    """
    from bitwright import run

    run.stop()


def resume() -> None:
    """Let tools run again after stop()."""
    from bitwright import run

    run.resume()


# --- before and around a run ---------------------------------------------------------------------

_held: dict[str, int] = {}  # folder -> descriptor of its lock, for the guards to keep open


@contextmanager
def lock(dir: Path, announce: Callable[[str], None]) -> Iterator[None]:
    """Hold build/<config>/<target> for a whole run; a second run waits, and announce says so once.

    The lock is the kernel's: it ends with the last process that has it open, which is the guard of a
    tool that is still being ended. Raises ToolError when the folder cannot be written.
    """
    name = os.path.abspath(dir)
    if name in _held:
        yield
        return
    try:
        descriptor = _take_lock(dir, announce)
    except OSError as error:
        raise ToolError(
            f"{error.filename or dir}: {error.strerror}\n"
            f"  expected  a folder that can be written\n"
            f"  next      check who owns it, and whether its disk is full or mounted read-only"
        ) from error
    _held[name] = descriptor
    try:
        yield
    finally:
        digest.save(dir / DIGESTS)
        del _held[name]
        os.close(descriptor)


def _take_lock(dir: Path, announce: Callable[[str], None]) -> int:
    path = dir / ".lock"
    while True:
        dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "?"
                announce(f"waiting for the build of {dir} by process {holder}")
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the folder was cleaned meanwhile: this is the lock of nothing


def preflight(steps: Sequence[Step], *, free_mib: int = 500) -> None:
    """Find out before the first tool runs what would stop a later one; all faults in one ToolError.

    Looks at the disk's free space, the length of paths, the programs, and that no two steps share a folder.
    """
    faults: list[str] = []
    folders = [step.dir for step in steps]
    for one in folders:
        for other in folders:
            if one is not other and (one == other or one in other.parents):
                faults.append(f"{other}: the folder of a step lies in {one}, the folder of another")
    for step in steps:
        try:
            _program(step)
        except ToolError as error:
            faults.append(str(error))
    faults += sorted(
        {fault for step in steps for path in step.writes if (fault := _too_long(path))}
    )
    if steps and (free := _free_mib(steps[0].dir)) < free_mib:
        faults.append(
            f"{steps[0].dir}: {free} MiB free\n  expected  {free_mib} MiB or more\n"
            "  next      make room, or let build/ be a link to a larger disk"
        )
    if faults:
        raise ToolError("\n".join(faults))


def _too_long(path: Path) -> str | None:
    whole, longest = len(str(path.absolute())), max(len(part) for part in path.parts)
    if whole < 900 and longest < 200:
        return None
    return (
        f"{path.parent}: a path of {whole} characters, a name of {longest}\n"
        "  expected  at most 900 and 200: tools append to names and fail in strange ways\n"
        "  next      move the project to a shorter path, or shorten the config's name"
    )


def _free_mib(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free >> 20


def module_files(*modules: str) -> tuple[Path, ...]:
    """The files, relative to the root, of these modules and all they import of bitwright.

    For the reads of a step whose command is `python -m MODULE`: its result depends on that code. Nothing
    is imported; imports are found in the text. A package counts with all files in its own folder.
    """
    root = Path(__file__).resolve().parent.parent
    found: set[Path] = set()
    todo = list(modules)
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for path in _files_of(root, name):
            found.add(path)
            if path.suffix == ".py":
                todo += _imports(path)
    here = Path.cwd()
    return tuple(sorted(Path(os.path.relpath(path, here)) for path in found))


def _files_of(root: Path, module: str) -> list[Path]:
    place = root.joinpath(*module.split("."))
    if place.is_dir():
        return [p for p in place.iterdir() if p.is_file() and p.suffix != ".pyc"]
    source = place.with_suffix(".py")
    return [source] if source.is_file() else []


_IMPORT = re.compile(
    r"^\s*(?:from\s+(bitwright[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+(bitwright[\w.]*))",
    re.M,
)


def _imports(path: Path) -> list[str]:
    names: list[str] = []
    for base, words, plain in _IMPORT.findall(path.read_text("utf-8")):
        if plain:
            names.append(plain)
        elif base != "bitwright":
            names.append(base)
        names += [f"{base}.{word}" for word in re.findall(r"\w+", words)] if base else []
    return names
