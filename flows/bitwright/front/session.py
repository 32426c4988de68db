"""One run of ./doit: its design, tools, plan, lock and cache, and how it ended."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from bitwright.errors import BitwrightError, ConfigError, Stopped
from bitwright.front import options
from bitwright.front.show import Display, accuse, complain, display, say
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.design import Design
    from bitwright.engine import Cache, Step, Tool

STEPS = ("generate", "synthesize", "implement", "report", "bitstream")  # tasks that are steps
OK, FAILED, REFUSED, BROKEN = 0, 1, 2, 3  # exit statuses; 128 + signal when interrupted
TRACEBACK = Path("build/traceback.txt")


@dataclass(slots=True)
class Session:
    """What the tasks of one run share."""

    commands: tuple[str, ...] = ()
    line: options.Typed = field(default_factory=lambda: options.Typed((), {}))
    words: tuple[str, ...] = ()  # arguments of a task that takes words
    design: Design | None = None
    tools: Mapping[str, Tool] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)  # in order
    cache: Cache | None = None
    display: Display = field(default_factory=Display)
    faults: list[BaseException] = field(default_factory=list)
    status: int = OK  # of a task that runs something else, such as pytest
    running: set[str] = field(default_factory=set)  # steps under way
    ended: set[str] = field(default_factory=set)  # steps that were built, or up to date
    signal: int = 0
    checked: bool = False  # the preflight was made

    # --- what tasks do ---

    def fresh(self, name: str) -> bool:
        """Whether a step has nothing to do; asks the engine."""
        from bitwright import engine

        step = self.steps[name]
        if engine.why(step) is not None:
            return False
        self.display.fresh(step)
        self.ended.add(name)
        return True

    def build(self, name: str) -> bool:
        """Run one step; False when it failed or was stopped."""
        from bitwright import engine
        from bitwright.manifest import MANIFEST

        def run() -> None:
            if not self.checked:
                self.checked = True
                engine.preflight(list(self.steps.values()))
                self._ready()
            # A manifest is that of a whole build, and this one is whole no more.
            (self.steps[name].dir.parent / MANIFEST).unlink(missing_ok=True)
            engine.build(self.steps[name], cache=self.cache, events=self.display.event)
            self.ended.add(name)

        self.running.add(name)
        try:
            return self.act(run)
        finally:
            self.running.discard(name)

    def _ready(self) -> None:
        """See whether this machine can carry a build. Raises ToolError."""
        if any(options.COMMANDS[command].plan == "build" for command in self.commands):
            from bitwright.front import amd

            assert self.design is not None
            amd.check(self.design)

    def left(self) -> list[str]:
        """The steps that are not up to date after this run, in order."""
        from bitwright import engine

        unseen = (step for step in self.steps.values() if step.name not in self.ended)
        return [step.name for step in unseen if engine.why(step) is not None]

    def act(self, action: Callable[[], Any]) -> bool:
        """Do what a task does; a fault is kept for the end of the run, never a traceback here."""
        try:
            done = action() is not False
            self.status = self.status or (OK if done else FAILED)
            return done
        except Exception as error:
            self.faults.append(error)
            return False

    # --- how it ends ---

    def close(self) -> int:
        """Say what went wrong, if anything, and return the exit status."""
        faults = [fault for fault in self.faults if not isinstance(fault, Stopped)]
        stopped = bool(self.signal) or len(faults) < len(self.faults)
        self.display.close(stopped)
        status = max([tell(fault) for fault in faults], default=self.status)
        if stopped:
            number = self.signal or signal.SIGINT
            what = "interrupted" if number == signal.SIGINT else signal.Signals(number).name
            kept = "; finished steps are kept, the same command goes on from here"
            complain(f"doit: {what}{kept if self.steps else ''}")
            return 128 + number
        return status


_current = Session()


def current() -> Session:
    """The session of this run."""
    return _current


def tell(fault: BaseException) -> int:
    """Print a fault without a traceback; the exit status that belongs to it.

    What is neither ours nor the machine's to mend is a fault of this program.
    """
    if isinstance(fault, BitwrightError):
        complain(f"{accuse('doit:')} {fault}")
        return REFUSED if isinstance(fault, ConfigError) else FAILED
    if isinstance(fault, OSError) and fault.filename:
        complain(f"{accuse('doit:')} {fault.filename}: {fault.strerror}")
        return FAILED
    text = "".join(traceback.format_exception(fault))
    try:
        TRACEBACK.parent.mkdir(exist_ok=True)
        TRACEBACK.write_text(text, encoding="utf-8")
        where = f"the traceback is in {TRACEBACK}"
    except OSError:
        where = f"its traceback could not be kept:\n{text}"
    what = f"{type(fault).__name__}: {fault}"
    complain(f"{accuse('doit:')} a fault of bitwright itself: {what}\n  next      {where}")
    return BROKEN


def guarded(action: Callable[[], int]) -> int:
    """Run a whole command: every way it can end becomes one message and an exit status."""
    try:
        with signals():
            return action()
    except KeyboardInterrupt:
        _current.signal = _current.signal or signal.SIGINT
        return _current.close()
    except Exception as error:
        return tell(error)


@contextmanager
def signals() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP end the tools, then the run; a second one ends it at once.

    One that the caller ignores (nohup) stays ignored.
    """

    def on_signal(number: int, _frame: FrameType | None) -> None:
        first, _current.signal = not _current.signal, number
        if first and _current.running:
            from bitwright import engine

            engine.stop()  # each build under way raises Stopped once its tool is gone
        else:
            raise KeyboardInterrupt

    caught = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, on_signal) for number in caught}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def opened(commands: Sequence[str], line: options.Typed, words: Sequence[str]) -> Iterator[Session]:
    """Open the session of these commands: options checked, target chosen, steps planned, lock held.

    Says on its first line which target was taken and why. Raises ConfigError, ToolError.
    """
    global _current
    shows = [options.subject(command, words) for command in commands]
    options.check(line.values, shows)
    _current = session = Session(tuple(commands), line, tuple(words))
    plans = list(dict.fromkeys(filter(None, (options.COMMANDS[c].plan for c in shows))))
    with ExitStack() as stack:
        if len(plans) > 1:
            raise ConfigError(
                f"{' and '.join(commands)} cannot run in one command: each has steps of its own\n"
                f"  next      {_apart(commands, line.values)}"
            )
        if plans:
            _design(session, plans[0])
            if not all(options.COMMANDS[command].looks for command in commands):
                stack.enter_context(_locked(session))
            _plan(session, plans[0])
        yield session


def _apart(commands: Sequence[str], values: Mapping[str, str]) -> str:
    """The same commands, one ./doit each, with the options that each takes."""
    lines = []
    for command in commands:
        given = [f" {k}={v}" for k, v in values.items() if k in options.COMMANDS[command].takes]
        lines.append(f"./doit {command}{''.join(given)}")
    return "; then ".join(lines)


def _design(session: Session, plan: str) -> None:
    from bitwright import design, engine, toolchains

    values = session.line.values
    session.cache = engine.open_cache(*_cache(values))
    config = config_path(values, session.commands)
    wanted, choice = values.get("target"), ""
    if plan in ("hls", "package"):
        from bitwright.front import hls

        wanted, choice = hls.target(config, values, Path.cwd())
    looks = all(options.COMMANDS[c].looks for c in session.commands)
    found = design.load(
        config,
        target=wanted,
        options={name: values[name] for name in design.OPTIONS if name in values},
        root=Path.cwd(),
        missing=toolchains.missing if plan == "build" else lambda toolchain: (),
        looks=looks,
    )
    found = session.design = replace(found, choice=choice or found.choice)
    target = found.target
    part = " ".join(filter(None, (target.part, target.package)))
    speak = complain if values.get("format") in ("markdown", "json") else say  # stdout for programs
    place = f"on {target.name} ({part}, {found.clock_mhz:g} MHz): {found.choice}"
    if plan == "csim":
        place = f"in C++: the same for every target; kept in {found.build / 'csim'}"
    speak(f"{found.config} {place}")
    uses = [target.toolchain if plan == "build" else plan]
    if target.toolchain == "open":  # AMD's boards are loaded by other programs, each of its own
        uses += [command for command in session.commands if command == "program"]
    if plan == "hls":  # csim needs all of its tools, HLS any one of its own, and ends well without
        uses = ["csim"]
    if plan == "package":  # of cores, whose ports Verilator tells; Vivado only if it is there
        uses = ["lint"]
    amd = plan == "build" and target.toolchain != "open"
    more = ["hls", "lint"] if amd else ["hls"] if plan == "hls" else []  # lint: cores and packages
    more += ["vivado"] if plan == "package" else []
    session.tools = toolchains.probe(*uses, *more)
    toolchains.require(session.tools, *([] if amd and looks else uses), *(["lint"] if amd else []))


def config_path(values: Mapping[str, str], commands: Sequence[str]) -> str:
    """What config= names; a path is taken from the folder that ./doit was called in."""
    config = values.get("config")
    if config is None:
        from bitwright.design import names

        known = ", ".join(names(Path.cwd()))
        raise ConfigError(
            f"{commands[0]} needs config=NAME (configs: {known})\n"
            f"  next      ./doit {commands[0]} config=tiny"
        )
    if "/" in config or config.endswith((".yml", ".yaml")):
        return options.from_caller(config)
    return config


def _cache(values: Mapping[str, str]) -> tuple[str, float]:
    """The cache options, checked: on, off or a folder, and its bound in GiB."""
    text = values.get("cache_gib", "10")
    gib = options.CACHE_GIB.text(text)
    if gib is None:
        expected = options.CACHE_GIB
        raise ConfigError(f"command line: cache_gib: expected {expected}, found {shown(text)}")
    setting = values.get("cache", "on")
    if not setting:
        raise ConfigError("command line: cache: expected on, off or a folder, found nothing")
    return (setting if setting in ("on", "off") else _cache_folder(setting)), gib


def _cache_folder(setting: str) -> str:
    """The folder that a caller means. A bare word is one only if it is there: `of` is a slip."""
    from bitwright.schema import nearest

    folder = options.from_caller(setting)
    if "/" not in setting and not Path(folder).is_dir():
        raise ConfigError(
            "command line: cache: expected on, off or a folder,"
            f" found {shown(setting)}{nearest(setting.lower(), ('on', 'off'))}\n"
            f"  next      a folder that is yet to be made: cache=./{setting}"
        )
    return folder


@contextmanager
def _locked(session: Session) -> Iterator[None]:
    """Hold build/<config>/<target> for the whole run; a second run waits and says so."""
    from bitwright import engine

    assert session.design is not None
    with engine.lock(session.design.build, say):
        yield


def _plan(session: Session, name: str) -> None:
    from bitwright import plan

    makers = {"build": plan.plan, "sim": plan.plan_sim, "lint": plan.plan_lint}
    if name == "package":
        makers["package"] = plan.plan_package
    if name == "csim":
        from bitwright.front.csim import format_of

        makers["csim"] = partial(plan.plan_csim, form=format_of(session.line.values))
    if name == "hls":
        from bitwright.front import hls

        makers["hls"] = partial(plan.plan_hls, stages=hls.stages(session.line.values))
    looks = all(options.COMMANDS[command].looks for command in session.commands)
    assert session.design is not None
    steps = makers[name](session.design, session.tools)
    session.steps = {step.name: step for step in steps}
    for command in session.commands:
        if name == "build" and command in STEPS and command not in session.steps:
            known = ", ".join(session.steps)
            target = session.design.target.name
            raise ConfigError(f"target {target} has no step {command} (steps: {known})")
    if not looks:
        session.display = display()
        session.display.plan([session.steps[name] for name in _wanted(session)])


def _wanted(session: Session) -> list[str]:
    """The steps that the commands of this run stand for, with all they wait for, in order."""
    wanted: set[str] = set()
    todo: list[str] = []
    for command in session.commands:
        todo += [command] if command in session.steps else session.steps
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += session.steps[name].after
    return [name for name in session.steps if name in wanted]
