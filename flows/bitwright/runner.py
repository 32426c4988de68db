"""A graph of Edalize's commands, brought up to date by the engine.

Commands of our own flows carry Steps, which know all they read: each is built as in `./doit`. The
graphs of other flows are incomplete (nextpnr does not depend on its LPF, C++ headers are absent),
so there the whole flow is one unit: its key covers every command, every file that was there before
the first run (sources, EDAM files, rendered scripts), all that these include, the tools and the
environment. When it changes, everything that the flow had made is removed and made again. A flow
with hooks, or with a target that its commands do not leave, is made again each time.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright import engine
from bitwright.engine import Event, Step, write_atomic
from bitwright.errors import BitwrightError, ConfigError
from bitwright.record import RECORD, digest
from bitwright.run import INHERITED
from bitwright.step import ERRORS
from bitwright.steps import recipe, stored
from bitwright.steps.includes import included

if TYPE_CHECKING:
    from edalize.utils import EdaCommands

STATE = ".doit"
GRAPH = "graph.json"
MADE = "made.json"  # what the flow made, with hashes
BEFORE = "before.json"  # what was there before a run that has not ended
SELF = ("Makefile",)

Command = dict[str, Any]
Stat = list[int]

# The caller's environment reaches the tools of other flows, and is in their key, but for this.
PRIVATE = re.compile(
    r"_|PWD|OLDPWD|SHLVL|COLUMNS|LINES|TERM.*|COLORTERM|DISPLAY|WAYLAND.*|WINDOWID|SSH_.*|DBUS.*|LS_.*"
    r"|PS\d|HIST.*|MAIL.*|LESS.*|BASH_FUNC.*|MAKELEVEL|MFLAGS|MAKE_TERM.*|BITWRIGHT_KEY|LANG|LC_.*"
    r"|.*(TOKEN|SECRET|PASSW|CREDENTIAL|AUTH|COOKIE|APIKEY|API_KEY|ACCESS_KEY|PRIVATE).*"
)
INCLUDE_DIR = re.compile(r"(?:\+incdir\+|(?<![\w-])-I)\s*([^\s\"'+]+)")


# --- the graph ------------------------------------------------------------------------------------


def write_graph(
    commands: EdaCommands, work_root: Path, options: Sequence[str], since_ns: int
) -> None:
    """Write what `main` needs to know of a flow.

    options: those meant for make; NAME=VALUE goes to the environment of the commands
    since_ns: files of the work root that are younger were written by the flow's own set-up
    Raises RuntimeError, as Edalize expects, for an option that only make understands.
    """
    graph = {
        "base": str(recipe.base_of(work_root)),
        "root": os.path.relpath(recipe.root_of(work_root), work_root),
        "goal": commands.default_target,
        "environment": dict(_assignment(option) for option in options if option[:2] != "-j"),
        "variables": [_variable(line) for line in commands.variables],
        "commands": [_command(command) for command in commands.commands],
        "given": _given(work_root, since_ns),
    }
    state = work_root / STATE
    state.mkdir(parents=True, exist_ok=True)
    write_atomic(state / GRAPH, (json.dumps(graph, indent=1) + "\n").encode())


def _assignment(option: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\w+)=(.*)", option, re.DOTALL)
    if not match:
        raise RuntimeError(f"build runner doit: {option!r} is for make; expected NAME=VALUE")
    return match[1], match[2]


def _variable(line: str) -> str:
    """A variable of a Makefile as a line of a shell script."""
    match = re.fullmatch(r"(?:export\s+)?(\w+)\s*[:?+]?=\s*(.*)", line)
    if not match:
        raise RuntimeError(f"build runner doit: expected NAME=VALUE, found {line!r}")
    return f"export {match[1]}={shlex.quote(match[2])}"


def _command(command: Any) -> Command:
    prefix = [f"{name}={value}" for name, value in dict(command.variables).items()]
    env = ["env", *prefix] if prefix else []
    lines = [" ".join(map(str, [*env, *words])) for words in command.commands if words]
    step: Step | None = getattr(command, "step", None)
    return {
        "targets": [str(target) for target in command.targets],
        "depends": [str(name) for name in (*command.depends, *command.order_only_deps) if name],
        "lines": [for_shell(line) for line in lines],
        "step": None if step is None else stored.to_json(step),
    }


def for_shell(line: str) -> str:
    """A recipe line of a Makefile as a shell command: make's own syntax becomes the shell's."""
    line = re.sub(r"\$\(shell\s+", "$(", line)
    line = re.sub(r"(?<!\$)\$\((\w+)\)", r"${\1}", line)
    return line.replace("$$", "$").lstrip("@")


def ordered(commands: Sequence[Command], goals: Iterable[str]) -> list[Command]:
    """The commands that goals need, each after what it depends on.

    Raises ConfigError for a goal that no command makes and for a circle.
    """
    makers = {target: command for command in commands for target in command["targets"]}
    found: dict[int, Command] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        command = makers.get(name)
        if command is None or id(command) in found:
            return
        if name in path:
            raise ConfigError(f"the flow's graph has a circle: {' -> '.join([*path, name])}")
        path.append(name)
        for dependency in command["depends"]:
            visit(dependency)
        path.pop()
        found[id(command)] = command

    for goal in goals:
        if goal not in makers:
            raise ConfigError(f"the flow makes no {goal} (it makes {', '.join(sorted(makers))})")
        visit(goal)
    return list(found.values())


# --- running --------------------------------------------------------------------------------------


def main(goals: Sequence[str]) -> int:
    """Bring the goals (default: what the flow is for) up to date; called in the work root."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        graph = json.loads(Path(STATE, GRAPH).read_text(encoding="utf-8"))
        os.chdir(graph["root"])
        base = Path(graph["base"])
        with engine.lock(base / STATE, print):
            _build(graph, base, ordered(graph["commands"], goals or [graph["goal"]]))
    except BitwrightError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what had finished is kept", file=sys.stderr, flush=True)
        return 130
    return 0


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _build(graph: Mapping[str, Any], base: Path, commands: Sequence[Command]) -> None:
    if not any(command["step"] for command in commands):
        _build_unit(graph, base, commands)
        return
    for number, command in enumerate(commands):
        if command["step"]:
            _engine_build(stored.from_json(command["step"]))
        elif command["lines"]:  # a hook or a frontend: what it depends on is not known
            step = _shell_step(graph, base, f"command-{number}", [command], ())
            (step.dir / RECORD).unlink(missing_ok=True)
            _engine_build(step)


def _engine_build(step: Step) -> engine.Record:
    return engine.build(step, cache=None, events=_show)


def _show(event: Event) -> None:
    if event.kind == "started":
        print(f"{event.step.title or event.step.name}: {event.text}", flush=True)
    elif event.kind in ("line", "note"):
        print(event.text, flush=True)


def _shell_step(
    graph: Mapping[str, Any],
    base: Path,
    name: str,
    commands: Sequence[Command],
    reads: Iterable[Path],
) -> Step:
    """Commands of a flow that is not ours, in order, as one shell script."""
    folder = base / STATE / name
    lines = ["cd ../..", *graph["variables"]]
    for command in commands:
        lines += [f"(\n${{EDALIZE_LAUNCHER-}} {line}\n) || exit $?" for line in command["lines"]]
    return Step(
        name=name,
        title="Edalize flow",
        dir=folder,
        reads=tuple(reads),
        writes=(),
        command=("sh", "run.sh"),
        scripts=(("run.sh", "\n".join(lines) + "\n"),),
        settings=tuple(_programs(commands)),
        env=tuple(sorted((_environment() | graph["environment"]).items())),
        errors=(*ERRORS, "^%Error", r"^make: \*\*\*"),
    )


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not PRIVATE.fullmatch(name) and not INHERITED.fullmatch(name)
    }


def _programs(commands: Iterable[Command]) -> Iterator[tuple[str, str]]:
    """The programs that commands start, by what tells one version from another on this machine."""
    lines = [line for command in commands for line in command["lines"]]
    for name in sorted({words[0] for line in lines if (words := line.split())}):
        program = shutil.which(name)
        if program:
            stat = Path(program).stat()
            yield f"program {name}", f"{program} {stat.st_size} {stat.st_mtime_ns}"


# --- a flow that is not ours ----------------------------------------------------------------------


def _build_unit(graph: Mapping[str, Any], base: Path, commands: Sequence[Command]) -> None:
    state = base / STATE
    step = _shell_step(graph, base, "flow", commands, sorted(_reads(graph, base)))
    reason = engine.why(step) or _fault(base, engine.key(step))
    if reason is None:
        return
    print(f"building: {reason}", flush=True)
    _remove_made(base, set(graph["given"]))
    before = _files(base)
    write_atomic(state / BEFORE, json.dumps(before).encode())
    (step.dir / RECORD).unlink(missing_ok=True)
    key = ""  # of a run that did not end well
    try:
        key = _engine_build(step).key
    finally:
        targets = _targets(commands)
        if not key:  # half of a file is worse than none
            for target in targets:
                (base / target).unlink(missing_ok=True)
        missing = [target for target in targets if not (base / target).is_file()]
        made = {name: digest(base / name) for name in _changed(before, _files(base))}
        document = {"key": key, "made": made, "missing": missing}
        write_atomic(state / MADE, json.dumps(document, indent=1, sort_keys=True).encode())
        (state / BEFORE).unlink(missing_ok=True)


def _targets(commands: Iterable[Command]) -> list[str]:
    return [target for command in commands if command["lines"] for target in command["targets"]]


def _fault(base: Path, key: str) -> str | None:
    """Why what the flow made cannot be taken as it is; None if it can."""
    found = _read(base / STATE / MADE)
    if found.get("key") != key:
        return "did not finish last time"
    if found["missing"]:
        return f"{found['missing'][0]} is never made, so nobody can tell whether it is up to date"
    for name, sha in sorted(found["made"].items()):
        path = base / name
        if not path.is_file():
            return f"{path} is missing"
        if digest(path) != sha:
            return f"{path} was edited"
    return None


def _reads(graph: Mapping[str, Any], base: Path) -> set[Path]:
    """Every file that a flow may read: given ones, EDAM's wherever they are, all they include."""
    names = {*graph["given"], *_edam(base)}
    names |= {name for command in graph["commands"] for name in command["depends"]}
    found = {os.path.relpath(base / name) for name in names if (base / name).is_file()}
    folders = {str(Path(name).parent) for name in found}
    for name in graph["given"]:
        path = base / name
        if path.is_file() and path.stat().st_size < 1 << 20:
            text = path.read_text(encoding="utf-8", errors="replace")
            folders |= {str(base / folder) for folder in INCLUDE_DIR.findall(text)}
    found |= set(included(sorted(found), sorted(folders)))
    seen = ((Path(os.path.relpath(name)), os.path.relpath(name, base)) for name in found)
    given = {os.path.normpath(name) for name in graph["given"]}
    return {path for path, inside in seen if inside in given or inside.startswith("../")}


def _edam(work_root: Path) -> set[str]:
    """The files that EDAM names, from the work root. FuseSoC leaves EDAM there."""
    import yaml

    names: set[str] = set()
    for path in sorted(work_root.glob("*.eda.yml")):
        document = yaml.load(path.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        names |= {file["name"] for file in document.get("files", ())}
        for vpi in document.get("vpi", ()):
            names |= set(vpi["src_files"])
    return names


def _files(folder: Path) -> dict[str, Stat]:
    """Every file below a folder but for our own, with what tells that it was written again."""
    found: dict[str, Stat] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != STATE)
        for name in names:
            path = Path(place, name)
            if path.is_file() and name not in SELF:
                stat = path.stat()
                key = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
                found[str(path.relative_to(folder))] = key
    return found


def _changed(before: Mapping[str, Stat], after: Mapping[str, Stat]) -> list[str]:
    return sorted(name for name, stat in after.items() if before.get(name) != stat)


def _given(work_root: Path, since_ns: int) -> list[str]:
    """The files of a work root that no run of the flow made."""
    files = _files(work_root)
    made = _made(work_root, files)
    sources = _edam(work_root)
    return sorted(
        name
        for name, stat in files.items()
        if name not in made or stat[1] >= since_ns or name in sources or name.startswith("src/")
    )


def _remove_made(base: Path, given: set[str]) -> None:
    """Remove what earlier runs made, so that no tool takes any of it for up to date."""
    for name in _made(base, _files(base)) - given:
        (base / name).unlink(missing_ok=True)


def _made(folder: Path, files: Mapping[str, Stat]) -> set[str]:
    """What runs of the flow made, the last one included, even if it was killed."""
    made = set(_read(folder / STATE / MADE).get("made", {}))
    if (folder / STATE / BEFORE).exists():
        made |= set(_changed(_read(folder / STATE / BEFORE), files))
    return made


def _read(path: Path) -> dict[str, Any]:
    """A JSON file of ours; empty if it is absent or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
