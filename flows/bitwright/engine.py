"""The one engine: whether a step runs, how, and what it leaves behind.

In one minute:

  key(step)    SHA-256 over everything that can change the result: the content of the files it
               reads, its scripts, command, settings, environment and the versions of its tools.
               No time and no absolute path, so two clones of one commit have the same keys.
  why(step)    None when the folder of the step holds a Record of this very key and its outputs
               still hash to what the Record says; otherwise one sentence naming what changed.
               All state is in the Records: touching a file changes nothing.
  build(step)  Up to date: return. In the cache: copy, verify, done. Otherwise empty the folder
               (nothing left there may leak into the result), write the scripts, run the command
               under the guard, check the outputs, write the Record last and atomically, put the
               outputs into the cache. A step that ends in any other way has no Record, and its
               outputs are moved to `failed/`.
               A step may name folders that outlive a run which did not end well (Step.keeps), such
               as checkpoints of a long implementation; only a run of the same key finds them.
  lock(dir)    One flock on build/<config>/<target> for the whole run. The guards hold it too: a
               next run starts only when no tool of a killed one is alive.
  stop()       Ends every tool of this process (Ctrl-C, SIGTERM), from any thread.

Around it: `step.py` the values, `record.py` hashes and Records, `cache.py`, `lock.py`, `run.py` one
command from start to end, `guard.py` the small process between us and a tool, `failure.py` what is
said when it goes wrong, `preflight.py`. Everyone else imports from here.

The working directory is the root of the project. Steps may be built from several threads at once.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bitwright import failure, guard, run
from bitwright.cache import Cache, Damaged, open_cache
from bitwright.errors import BitwrightError, Stopped, ToolError
from bitwright.lock import descriptors, holder, lock
from bitwright.modules import module_files
from bitwright.preflight import preflight
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
from bitwright.run import resume, stop
from bitwright.step import FAILED, JUDGED, Event, Events, Judgement, Step, Tool

__all__ = [
    "Cache",
    "Event",
    "Events",
    "Judgement",
    "Record",
    "Step",
    "Times",
    "Tool",
    "build",
    "holder",
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

NOTHING = "nothing"  # the value of a setting that is not there
UNFINISHED = "did not finish last time"
KEPT = "kept.key"  # beside what a step keeps: the key of the run that left it


def log_path(step: Step) -> Path:
    """Where everything the step's command prints goes."""
    return step.log


def record(step: Step) -> Record | None:
    """The Record in the step's folder, up to date or not; None without one, or if damaged."""
    try:
        return Record.from_json((step.dir / RECORD).read_bytes())
    except (OSError, ValueError):
        return None


def times(step: Step) -> Times | None:
    """Time and memory of the last good run, also while the step runs again; None without one."""
    return Times.read(step.dir)


# --- key and why ------------------------------------------------------------------------------


def key(step: Step) -> str:
    """SHA-256, in hex, of everything that can change the step's result.

    Raises ToolError when a file that it reads cannot be read.
    """
    return hash_parts(_readable_parts(step))


def why(step: Step) -> str | None:
    """None when the step is up to date, else one sentence saying why it has to run."""
    missing = [path for path in step.reads if not path.is_file()]
    if missing:
        waits = missing[0].parts[:1] == step.dir.parts[:1]  # below build/: another step makes it
        return f"waits for {missing[0]}" if waits else f"{missing[0]} is missing"
    try:
        old = Record.from_json((step.dir / RECORD).read_bytes())
    except FileNotFoundError:
        return _judged(step) or (UNFINISHED if step.log.exists() else "never built")
    except (OSError, ValueError):
        return f"{step.dir / RECORD} is damaged"
    try:
        new = _parts(step)
    except OSError as error:
        return f"{error.filename} cannot be read ({error.strerror})"
    if hash_parts(new) != old.key:
        return _what_changed(step, old.parts, new)
    return _output_fault(step, old)


def _judged(step: Step) -> str | None:
    """That the last run found the design bad, and its first reason; None if it did not."""
    try:
        first = (step.dir / FAILED / JUDGED).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return f"its verdict was bad last time: {first}"


def outlook(steps: Sequence[Step], cache: Cache | None = None) -> list[tuple[Step, str | None]]:
    """Each step with its why(), in the order given, knowing that the earlier ones run first.

    A step that is up to date so far but reads what an earlier one will write again says so; one
    whose result is in the cache says that too, as far as its key is known before others have run.
    """
    rows: list[tuple[Step, str | None]] = []
    makers: dict[str, Step] = {}  # file -> the step that will write it again
    for step in steps:
        reason = why(step)
        if reason == UNFINISHED and holder(step.dir.parent) not in (None, os.getpid()):
            reason = "is running now, or did not finish last time"
        found = (makers.get(os.path.normpath(path)) for path in step.reads)
        source = next((maker for maker in found if maker is not None), None)
        if source is not None and reason is None:
            reason = f"runs if {source.name} writes something new"
        elif source is not None and reason is not None and reason.startswith("waits for "):
            reason = f"waits for {source.name}"
        elif source is None and reason is not None and _cached(step, cache):
            reason = f"in the cache; {reason}"
        if reason is not None:
            makers |= {os.path.normpath(path): step for path in (*step.writes, step.dir / RECORD)}
        rows.append((step, reason))
    return rows


def _cached(step: Step, cache: Cache | None) -> bool:
    readable = all(path.is_file() for path in step.reads)
    return cache is not None and readable and cache.holds(key(step))


def _parts(step: Step) -> dict[str, Any]:
    """What the key is made of. Raises OSError when a file cannot be read."""
    digest.load(step.dir.parent / DIGESTS)
    return {
        "command": list(step.command),
        "env": dict(step.env),
        "name": step.name,
        "reads": {_label(step, path): digest(path) for path in step.reads},
        "schema": SCHEMA,
        "scripts": {
            name: hash_parts({"text": _placeless(step, text)}) for name, text in step.scripts
        },
        "settings": dict(step.settings),
        "tools": {tool.name: tool.version for tool in step.tools},
        "writes": sorted({_relative(step, path) for path in step.writes}),
    }


def _readable_parts(step: Step) -> dict[str, Any]:
    try:
        return _parts(step)
    except OSError as error:
        raise ToolError(
            f"{step.name}: cannot read {error.filename}: {error.strerror}\n"
            f"  expected  a file in the project, or one that an earlier step made\n"
            f"  next      bring it back, then run the same command; finished steps are kept"
        ) from error


def _relative(step: Step, path: Path) -> str:
    return os.path.relpath(path, step.dir)


def _label(step: Step, path: Path) -> str:
    """The name of a file in a key: `../<step>/<file>` beside the step's folder, else from the root.

    So the name of config and target is not in it, and equal steps of two configs share a key.
    """
    text = os.path.normpath(path)
    base = f"{step.dir.parent}{os.sep}"
    if text.startswith(base):
        return f"../{text[len(base) :]}"
    return f"./{text}" if text.startswith("..") else text


def _placeless(step: Step, text: str) -> str:
    """A script as it counts in a key: the way up to the root is the same from any depth.

    So a variant, which lies two folders deeper, shares what it has in common with its design.
    """
    up = re.escape(os.path.relpath(".", step.dir) + os.sep)
    return re.sub(rf"(?<![\w./-]){up}", "{root}/", text)


def _unlabel(step: Step, label: str) -> str:
    """The file that a label names, as people write it."""
    if label.startswith("../"):
        return f"{step.dir.parent}{os.sep}{label[3:]}"
    return label.removeprefix("./")


def _output_fault(step: Step, old: Record) -> str | None:
    for path in step.writes:
        try:
            if digest(path) != old.outputs.get(_relative(step, path)):
                return f"{path} was edited"
        except FileNotFoundError:
            return f"{path} is missing"
        except OSError as error:
            return f"{path} cannot be read ({error.strerror})"
    return None


def _what_changed(step: Step, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """One sentence from two sets of parts: the causes, or else what only follows from them."""
    causes = [
        f"the version of {name} changed from {was} to {now}"
        for name, was, now in _differing(old["tools"], new["tools"])
    ]
    for kind, prefix in (("settings", ""), ("env", "the environment variable ")):
        for name, was, now in _differing(old[kind], new[kind]):
            causes.append(f"{prefix}{name} changed from {_short(was)} to {_short(now)}")
    for label, was, now in _differing(old["reads"], new["reads"]):
        verb = "is read now" if was == NOTHING else "is not read any more"
        verb = verb if NOTHING in (was, now) else "changed"
        causes.append(f"{_unlabel(step, label)} {verb}")
    if not causes:
        scripts = _differing(old["scripts"], new["scripts"])
        causes = [f"{_script(name)} {name} changed" for name, _, _ in scripts]
    causes = causes or _command_change(old["command"], new["command"])
    if not causes and old["writes"] != new["writes"]:
        causes = ["it writes other files now"]
    if not causes:
        return "bitwright makes keys differently now"
    rest = len(causes) - 3
    return ", ".join(causes[:3]) + (f" and {rest} more" if rest > 0 else "")


def _script(name: str) -> str:
    return "what it is told in" if name.endswith(".json") else "the script"


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(name, old value, new value) of what differs, by name."""
    names = sorted(old.keys() | new.keys())
    rows = [(name, old.get(name, NOTHING), new.get(name, NOTHING)) for name in names]
    return [row for row in rows if row[1] != row[2]]


def _command_change(old: list[str], new: list[str]) -> list[str]:
    if old == new:
        return []
    gone = " ".join(word for word in old if word not in new) or NOTHING
    come = " ".join(word for word in new if word not in old) or NOTHING
    if gone == come == NOTHING:
        return ["the order of the command's arguments changed"]
    return [f"the command changed from {_short(gone)} to {_short(come)}"]


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:57]}..."


# --- build ------------------------------------------------------------------------------------


def build(step: Step, *, cache: Cache | None, events: Events) -> Record:
    """Bring one step up to date and return its Record; the caller holds the lock.

    cache: None builds without one; events: called from this thread, see Event.
    Raises ToolError when the step fails, Stopped when stop() was called; it has no Record then.
    """
    started = time.monotonic()

    def emit(kind: Any, text: str = "", **more: Any) -> None:
        events(Event(kind, step, text, time.monotonic() - started, **more))

    try:
        return _build(step, cache, emit)
    except Stopped:
        raise
    except BrokenPipeError:
        raise  # from the display: whoever read it is gone; no file of ours gives this
    except (BitwrightError, OSError) as error:
        told = failure.of_files(step, error) if isinstance(error, OSError) else error
        emit("failed", error=told)
        if told is error:
            raise
        raise told from error


def _build(step: Step, cache: Cache | None, emit: Callable[..., None]) -> Record:
    run.check_stopped()
    reason, found = why(step), record(step)
    if reason is None and found is not None:
        return found
    parts = _readable_parts(step)
    _empty(step, hash_parts(parts))
    restored = _restore(step, hash_parts(parts), cache, emit)
    if restored is not None:
        _drop_kept(step)
        emit("cached", record=restored)
        return restored
    emit("started", reason or "its Record is gone")
    made = _execute(step, parts, emit)
    _drop_kept(step)
    _keep(step, made, cache, emit)
    emit("ended", record=made)
    return made


def _empty(step: Step, sha: str) -> None:
    """Leave nothing in a step's folder that a run could take for its own; the Record goes first.

    sha: the step's key. What it keeps stays only if a run of this very key left it.
    """
    folder = step.dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECORD).unlink(missing_ok=True)
    stays = {TIMES, *_kept(step, sha)}  # TIMES: how long it took last time, for the display
    for entry in os.scandir(folder):
        if entry.name in stays:
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            Path(entry.path).unlink()
    if step.keeps:
        write_atomic(folder / KEPT, f"{sha}\n".encode())


def _kept(step: Step, sha: str) -> tuple[str, ...]:
    """The folders that a run of this key left for the next one."""
    try:
        left = (step.dir / KEPT).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ()
    return step.keeps if left == sha else ()


def _drop_kept(step: Step) -> None:
    """After a good run nothing goes on from what it left on the way; checkpoints are large."""
    for name in step.keeps:
        shutil.rmtree(step.dir / name, ignore_errors=True)
    if step.keeps:
        (step.dir / KEPT).unlink(missing_ok=True)


def _write_scripts(step: Step) -> None:
    for name, text in step.scripts:
        path = step.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text.encode(), durable=False)


def _execute(step: Step, parts: dict[str, Any], emit: Callable[..., None]) -> Record:
    """Run the command, check what it left, and write the Record."""
    sha = hash_parts(parts)
    argv, program = run.program(step)
    _write_scripts(step)
    for path in step.writes:
        path.parent.mkdir(parents=True, exist_ok=True)
    watch = failure.Watch(step, emit)
    try:
        outcome = run.run(
            argv,
            program=program,
            cwd=step.dir,
            env=run.environment(step, sha),
            log=step.log,
            outputs=step.writes,
            aside=step.dir / FAILED,
            on_line=watch,
            limit_s=step.limit_s,
            limit_mib=step.limit_mib,
            keep=descriptors(),
        )
        problem = failure.judge(step, outcome) or _input_fault(step, parts)
        if problem is not None:
            guard.set_aside([str(path) for path in step.writes], str(step.dir / FAILED))
            raise failure.of_tool(step, problem, watch)
        outputs = {_relative(step, path): digest(path) for path in sorted(step.writes)}
        made = Record(sha, parts, outputs, watch.warnings())
        Times(outcome.wall_s, outcome.peak_rss_mib, failure.now()).write(step.dir)
        write_atomic(step.dir / RECORD, made.to_json())
    except BaseException:
        guard.set_aside([str(path) for path in step.writes], str(step.dir / FAILED))
        raise
    return made


def _input_fault(step: Step, parts: dict[str, Any]) -> failure.Problem | None:
    """An input that was edited while the tool read it: the result belongs to no key."""
    changed = _differing(parts["reads"], _readable_parts(step)["reads"])
    if not changed:
        return None
    name = _unlabel(step, changed[0][0])
    return failure.Problem(f"{name} changed while {step.command[0]} was running", failure.AGAIN)


def _restore(step: Step, sha: str, cache: Cache | None, emit: Callable[..., None]) -> Record | None:
    """Take the outputs of this key from the cache; None when it has none that are whole."""
    if cache is None:
        return None
    try:
        made = cache.fetch(sha, step.dir, step.log)
    except Damaged as error:
        emit(
            "note", f"{step.name}: the cache entry {sha[:12]} is damaged ({error}); building again"
        )
        return None
    if made is None:
        return None
    _write_scripts(step)
    if (last := Times.read(step.dir)) is not None:
        Times(last.wall_s, last.peak_rss_mib, last.ended, cached=True).write(step.dir)
    write_atomic(step.dir / RECORD, made.to_json())
    return made


def _keep(step: Step, made: Record, cache: Cache | None, emit: Callable[..., None]) -> None:
    """Put the outputs into the cache. That this fails is said, and is no failure of the step."""
    if cache is None:
        return
    try:
        refused = cache.store(made, step.dir, step.log)
    except OSError as error:
        refused = f"{error.filename or cache.dir}: {error.strerror}"
    if refused:
        emit("note", f"{step.name} is not kept in the cache: {refused}")
