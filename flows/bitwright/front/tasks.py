"""What dodo.py is made of: tasks for steps, and the tasks that only look."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from bitwright.errors import ConfigError, ToolError
from bitwright.front import csim, hls, options, package
from bitwright.front.options import COMMANDS
from bitwright.front.session import Session, current
from bitwright.front.show import say
from bitwright.schema import nearest
from bitwright.yamlfile import shown

Task = dict[str, Any]


def step(name: str) -> Task:
    """The task of one step: the plan says what it waits for, the engine whether it runs."""
    steps = current().steps
    if name not in steps:  # `list` and `help` have no plan
        return {"actions": None}
    return {
        "actions": [(current().build, [name])],
        "task_dep": [other for other in steps[name].after if other in steps],
        "uptodate": [(current().fresh, [name])],
        "io": {"capture": False},
    }


def others(named: Collection[str]) -> Iterator[Task]:
    """A task for each step of a build that has none by name: a kernel's, or one of AMD's flows."""
    session = current()
    for name in session.steps:
        if name not in named and any(COMMANDS[c].plan == "build" for c in session.commands):
            yield {"basename": name, **step(name)}


def steps(command: str) -> Iterator[Task]:
    """A task for each step of the plan of a command such as sim; none while it is not asked for."""
    session = current()
    if command not in session.commands:
        yield {"name": None}  # for `list` and `help`
        return
    for name, found in session.steps.items():
        yield {
            "name": name,
            "actions": [(session.build, [name])],
            "task_dep": [f"{command}:{other}" for other in found.after if other in session.steps],
            "uptodate": [(session.fresh, [name])],
            "io": {"capture": False},
        }


def action(function: Callable[[Session], Any], *after: str) -> Task:
    """A task that looks or talks; its faults are told at the end, without a traceback."""
    return {
        "actions": [(lambda: current().act(lambda: function(current())))],
        "task_dep": list(after),
        "io": {"capture": False},
    }


# --- looking ------------------------------------------------------------------------------------


def plan(session: Session) -> None:
    """Print the steps of the build: up to date, or why not."""
    from bitwright import engine
    from bitwright.front import planview

    assert session.design is not None
    busy = engine.holder(session.design.build)
    if busy is not None:
        say(f"process {busy} is building this now; as it stands:")
    rows = engine.outlook(list(session.steps.values()), session.cache)
    for line in planview.lines(rows):
        say(line)


def why(session: Session) -> None:
    """Print why one step would run, with what it reads, runs and writes."""
    from bitwright import engine

    if len(session.words) != 1:
        raise ConfigError(f"why needs one step (steps: {', '.join(session.steps)})")
    name = session.words[0]
    if name not in session.steps:
        hint = nearest(name, session.steps)
        if name.removeprefix("hls-") in {step.removeprefix("project-") for step in session.steps}:
            hint = ": no HLS tool is on PATH that could run it"
        raise ConfigError(f"no step {shown(name)}{hint} (steps: {', '.join(session.steps)})")
    reasons = {s.name: reason for s, reason in engine.outlook(list(session.steps.values()))}
    found = session.steps[name]
    say(f"{name}: {reasons[name] or 'up to date'}")
    tools = ", ".join(f"{tool.name} {tool.version}" for tool in found.tools)
    settings = ", ".join(f"{key}={value}" for key, value in found.settings)
    for label, text in (
        ("title", found.title),
        ("folder", str(found.dir)),
        ("command", shlex.join(found.command).replace("\n", "\\n")),
        ("tools", tools),
        ("settings", settings),
        ("reads", f"{len(found.reads)} files"),
        ("writes", ", ".join(path.name for path in found.writes)),
        ("log", str(engine.log_path(found)) if engine.log_path(found).exists() else ""),
    ):
        if text:
            say(f"  {label:<8}  {text}")


def doctor(session: Session) -> bool:
    """Print every tool with version, place, purpose and what to install, then disk and path.

    False when something that building, simulation or lint needs is missing. Raises ConfigError,
    after all lines, for a machine file that cannot be understood.
    """
    from bitwright import toolchains
    from bitwright.front import amd
    from bitwright.vivado import machine

    fault = machine.fault()

    say(f"Python {sys.version.split()[0]}, in {_short(sys.prefix)}")
    healthy = True
    groups = (
        ("to build with open tools", {"open"}),
        ("to simulate and lint", {"sim", "csim", "lint"}),
        ("to test", {"test"}),
        ("for a board, or AMD parts; not needed otherwise", {"program", "vivado", "vitis", "hls"}),
    )
    told: set[str] = set()
    for title, uses in groups:
        say(f"\n{title}")
        for known in toolchains.TOOLS:
            if known.name in told or not uses & set(known.used):
                continue
            told.add(known.name)
            needed = bool(uses & {"open", "sim", "csim", "lint"})
            if known.vendor and fault:
                say(f"  ✗ {known.name:<18} not looked for: {machine.FILE} has a fault, see below")
            else:
                healthy &= _tell(known, needed)
    say("\nthis place")
    healthy &= _place()
    say("\nto build for AMD parts here")
    amd.doctor(Path.cwd(), fault)
    if fault:
        raise fault
    return healthy


def _tell(known: Any, needed: bool) -> bool:
    """One line of the doctor; False when a needed tool is missing or too old."""
    from bitwright import toolchains

    tool = toolchains.find(known)
    if tool is None:
        get = known.get if known.used != ("test",) else "./doit test brings it"
        say(f"  {'✗' if needed else '-'} {known.name:<18} {known.purpose}: missing")
        say(f"{'':<23}{get}")
        return not needed
    if toolchains.silent(known, tool):
        lines = toolchains.said(tool).splitlines()
        say("\n".join([f"  ✗ {known.name:<18} {lines[0]}", *(f"{'':<21}{x}" for x in lines[1:])]))
        return not needed
    if toolchains.too_old(known, tool):
        say(f"  ✗ {known.name:<18} {tool.version} is too old, {known.minimum} needed")
        say(f"{'':<23}{known.get}")
        return not needed
    say(f"  ✓ {known.name:<18} {tool.version:<16} {known.purpose:<29} {_short(tool.path)}")
    return True


def _short(path: str) -> str:
    """A path as short as it can be said; of a library, the environment that it is in."""
    inside = Path(sys.prefix if path == sysconfig.get_path("purelib") else path)
    return str(inside.relative_to(Path.cwd())) if inside.is_relative_to(Path.cwd()) else str(inside)


def _place() -> bool:
    """Free disk space and the length of the path; False when either would stop a build."""
    root = Path.cwd()
    free_gib = shutil.disk_usage(root).free / (1 << 30)
    enough, short = free_gib >= 1, len(str(root)) <= 200
    say(f"  {'✓' if enough else '✗'} {'disk':<18} {free_gib:.1f} GiB free, a build needs 1")
    say(f"  {'✓' if short else '✗'} {'path':<18} {len(str(root))} characters, at most 200: {root}")
    return enough and short


# --- boards, files, tests -----------------------------------------------------------------------


def tell_bitstream(session: Session) -> None:
    """Say which build a bitstream came from: its USERCODE, config, target and manifest."""
    from bitwright import whatis

    if len(session.words) != 1:
        example = options.COMMANDS["whatis"].example
        raise ConfigError(f"whatis needs one file, for example: ./doit {example}")
    path = Path(_short(options.from_caller(session.words[0])))
    say(whatis.describe(whatis.identify(path, Path("build"))).rstrip())


def finish(session: Session) -> None:
    """After a run that ended well: the build's manifest and timings, and the table at the end.

    A run that left some step of the build behind, such as synthesize alone, has neither; one of
    sim, csim or lint ends with one line, one of hls with what it made or left open. Raises
    ToolError if one of these left a step out: what an older run found is no result of this one.
    """
    plans = {options.COMMANDS[c].plan for c in session.commands if not options.COMMANDS[c].looks}
    if plans & {"sim", "lint", "csim", "hls", "package"} and (left := session.left()):
        raise ToolError(f"not run: {', '.join(left)}; so nothing is said of the others")
    for command in plans & {"sim", "lint"}:
        _tell_passed(session, command)
    if "csim" in plans:
        csim.finish(session)
    if "hls" in plans:
        hls.finish(session)
    if "package" in plans:
        package.finish(session)
    if session.design is None or "build" not in plans:
        return
    from bitwright import manifest
    from bitwright.front import deploy
    from bitwright.reports import ended, table

    folder = session.design.build
    steps = [step for name, step in session.steps.items() if name != deploy.STEP]
    if not manifest.finalise(session.design, steps):
        return
    if session.display.busy:
        ended.show(folder, steps)
    else:  # nothing ran: not worth importing rich for
        say(table.plain(ended.sections(folder, steps), ended.files(folder, steps)).rstrip())
    if deploy.STEP in session.commands:
        deploy.finish(session, session.steps[deploy.STEP], folder / manifest.MANIFEST)


def _tell_passed(session: Session, command: str) -> None:
    """How many cores and tests passed, and with how many warnings."""
    from bitwright.steps import simulate

    if verdict := simulate.summary(command, session.steps.values()):
        say(verdict)


def run_tests(session: Session) -> bool:
    """Every check of this project, then pytest; with arguments, pytest alone.

    The output ends with pytest's summary line; False unless everything passed.
    """
    if importlib.util.find_spec("hypothesis") is None or not shutil.which("ruff"):
        raise ToolError(
            "the test tools are not installed\n  next      ./doit test in a shell brings them"
        )
    checks = () if session.words else _checks()
    failed = [name for name, argv in checks if not _check(name, argv)]
    status = _pytest(session)
    if failed:
        say(f"failed besides: {', '.join(failed)} (see above)")
    return status == 0 and not failed


def _pytest(session: Session) -> int:
    """Run pytest to its end; when interrupted, let it end its own children first."""
    process = subprocess.Popen([sys.executable, "-m", "pytest", *session.words])
    try:
        return process.wait()
    except KeyboardInterrupt:
        if session.signal != signal.SIGINT or not sys.stdin.isatty():
            process.send_signal(signal.SIGINT)  # a terminal has sent it to pytest already
        process.wait()
        raise
    finally:
        process.kill()


def _checks() -> Iterator[tuple[str, list[str]]]:
    """Name and command of each check that is no test."""
    yield "ruff check", ["ruff", "check", "--quiet", "."]
    yield "ruff format", ["ruff", "format", "--check", "--quiet", "."]
    yield "mypy", ["mypy", "--no-error-summary"]
    for folder in ("cores", "bd"):
        rtl = sorted(map(str, Path(folder).rglob("*.sv")))
        if folder == "cores":  # bd/ names the cells of its part as the vendor does
            yield "verible lint", ["verible-verilog-lint", *rtl]
        layout = ["verible-verilog-format", "--column_limit=100", "--verify", "--inplace"]
        yield f"verible {folder}", [*layout, *rtl]
    tcl = sorted(str(p) for top in ("bd", "flows", "ip") for p in Path(top).rglob("*.tcl"))
    if tcl:
        yield "tclint", ["tclint", *tcl]


def _check(name: str, argv: list[str]) -> bool:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    say(f"{name:<16}{'ok' if done.returncode == 0 else 'FAILED'}")
    if done.returncode:
        say((done.stdout + done.stderr).rstrip())
    return done.returncode == 0
