"""Many builds at once, each in a process of its own, as far as memory and cores allow.

A member of a sweep is `./doit bitstream config=.. target=.. seed=..` in `variants/seed-N` below its
design's folder. It starts when a core is free and the memory that its steps took last time is; a
member that fails stops nobody else. What is the same in members of one design (all up to the
netlist) is built by the first of them; the others start when that is in the cache.

Every member runs under a guard (guard.py): when this process ends, however it ends, nothing that a
member started stays alive.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bitwright import run as tools
from bitwright.design import OPTIONS, VARIANTS, folder
from bitwright.errors import BitwrightError, Stopped
from bitwright.record import TIMES

LOG = "sweep.log"
VERDICTS = ("report/verdict.json", "report/failed/verdict.json")  # of a good report, of a failed
UNKNOWN_MIB = 2048.0  # for a member of whose like nothing was ever built here
OWN_MIB = 128.0  # of ./doit itself and its guards, beside the tool
SEEDED = "implement"  # the first step that a seed changes
GRACE_S = 10.0  # for ./doit to end its own tools, which get a grace of their own
LOOK_S = 1.0  # how often a waiting sweep looks at the memory again
LAST_LINES = 12  # kept of what a member printed
STEP_LINE = re.compile(  # as ./doit prints them: a step that begins or ends, or its phase
    r"([a-z_]+) +(?:(runs|done|restored|failed)\b.*|[\d.:]+(?: s)?  (?! *[\d.]+ MiB)(.+))"
)
CGROUPS = (  # limit and use of memory of the control group, versions 2 and 1
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One build of a sweep. options: further name=value pairs of ./doit bitstream."""

    config: str  # a name in configs/, or a path
    target: str
    seed: int
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """seed-2; with what else makes it another design: seed-2-clock_mhz-60."""
        names = sorted(OPTIONS.keys() & self.options.keys())
        more = (f"-{name}-{self.options[name]}" for name in names)
        return f"seed-{self.seed}{''.join(more)}"

    @property
    def folder(self) -> Path:
        """Where it is built, relative to the project root."""
        is_path = "/" in self.config or self.config.endswith((".yml", ".yaml"))
        return folder(Path(self.config).stem if is_path else self.config, self.target, self.slug)

    @property
    def family(self) -> tuple[object, ...]:
        """What members share that differ in nothing but their seed."""
        return self.config, self.target, tuple(sorted(self.options.items()))

    @property
    def words(self) -> list[str]:
        """The arguments of ./doit."""
        values = {"config": self.config, "target": self.target, "seed": str(self.seed)}
        values |= {"variant": self.slug} | dict(self.options)
        return ["bitstream", *(f"{name}={value}" for name, value in values.items())]

    def __str__(self) -> str:
        return f"{self.config} {self.target} {self.slug}"

    def __hash__(self) -> int:
        return hash((*self.family, self.seed))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a member ended."""

    member: Member
    status: int  # exit status of ./doit; negative: a signal; 1 for a bad verdict whatever it said
    folder: Path
    log: Path  # all that ./doit printed
    wall_s: float
    last: tuple[str, ...] = ()  # the last lines it printed
    failed: str = ""  # the step that failed; report: the verdict is bad

    @property
    def ok(self) -> bool:
        return self.status == 0


@dataclass(frozen=True, slots=True)
class Event:
    """What a display may want to show."""

    kind: Literal["waiting", "started", "step", "ended"]
    member: Member
    text: str = ""  # waiting: for what; step: its name and what it does
    outcome: Outcome | None = None


def run(
    members: Sequence[Member],
    *,
    jobs: int | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> list[Outcome]:
    """Build every member, as many at once as fit; their outcomes, in the order given.

    jobs: at most so many at once, whatever fits; None: one per core
    on_event: called from several threads, one call at a time
    The working directory is the project's root. Raises Stopped when bitwright.run.stop() was called
    (as signals do), once nothing of any member is alive.
    """
    return _Sweep(members, jobs or cores(), on_event).run()


@dataclass(slots=True)
class _Place:
    """A member and how it stands."""

    member: Member
    need_mib: float
    shared: bool = False  # all that its family shares is built
    outcome: Future[Outcome] | None = None


class _Sweep:
    def __init__(
        self, members: Sequence[Member], jobs: int, on_event: Callable[[Event], None]
    ) -> None:
        self.places = [_Place(member, need_mib(member)) for member in members]
        self.jobs = jobs
        self.on_event = on_event
        self.hold = threading.Lock()
        self.changed = threading.Event()
        self.told: dict[int, str] = {}
        self.budget_mib = free_mib()

    def run(self) -> list[Outcome]:
        with ThreadPoolExecutor(max_workers=max(1, len(self.places))) as pool:
            try:
                while waiting := [place for place in self.places if place.outcome is None]:
                    for place in waiting:
                        if not (reason := self.obstacle(place)):
                            place.outcome = pool.submit(self.build, place)
                        else:
                            self.tell_waiting(place, reason)
                    self.wait_for_change()
                return [place.outcome.result() for place in self.places if place.outcome]
            except BaseException:
                tools.stop()
                raise

    def wait_for_change(self) -> None:
        """Until a member has ended or has come to its seed, or the memory may have changed."""
        running = self.running()
        if running:
            self.changed.wait(LOOK_S)
            self.changed.clear()
        tools.check_stopped()
        for place in self.places:
            if place.outcome is not None and place.outcome.done():
                place.outcome.result()  # raises Stopped, and what nobody expected

    def running(self) -> list[_Place]:
        return [p for p in self.places if p.outcome is not None and not p.outcome.done()]

    def obstacle(self, place: _Place) -> str:
        """Why a member cannot start now; nothing if it can."""
        running = self.running()
        if not running:
            return ""  # one always runs, however little memory there is
        if len(running) >= self.jobs:
            return "a free core"
        member = place.member
        for other in running:
            if other.member.folder == member.folder:
                return "the other build of its folder"
            if other.member.family == member.family and not other.shared:
                return f"the netlist, which {other.member.slug} makes"
        taken = sum(other.need_mib for other in running)
        if place.need_mib > min(self.budget_mib - taken, free_mib()):
            return f"{place.need_mib:.0f} MiB of memory"
        return ""

    def tell_waiting(self, place: _Place, reason: str) -> None:
        if self.told.get(id(place)) != reason:
            self.told[id(place)] = reason
            self.tell(Event("waiting", place.member, reason))

    def tell(self, event: Event) -> None:
        with self.hold:
            self.on_event(event)

    def build(self, place: _Place) -> Outcome:
        """Run ./doit for one member, to its end."""
        member, began = place.member, time.monotonic()

        def step(name: str, what: str) -> None:
            if name == SEEDED and not place.shared:
                place.shared = True
                self.changed.set()
            self.tell(Event("step", member, f"{name}: {what}"))

        watch = _Watch(step)
        try:
            self.tell(Event("started", member))
            status = _status(member, watch)
            wall_s, log = time.monotonic() - began, member.folder / LOG
            outcome = Outcome(
                member, status, member.folder, log, wall_s, tuple(watch.last), watch.failed
            )
            self.tell(Event("ended", member, outcome=outcome))
            return outcome
        finally:
            place.shared = True
            self.changed.set()


class _Watch:
    """Follows what a member's ./doit prints."""

    def __init__(self, on_step: Callable[[str, str], None]) -> None:
        self.on_step = on_step
        self.last = deque[str](maxlen=LAST_LINES)
        self.failed = ""  # the step that failed
        self.current = ""  # the step under way

    def __call__(self, text: str) -> None:
        self.last.append(text)
        found = STEP_LINE.fullmatch(text)
        if not found:
            return
        step, change, phase = found.groups()
        if phase and step != self.current:
            return  # a line of the table at the end looks like that too
        if change == "failed":
            self.failed = step
        self.current = step if phase or change == "runs" else ""
        self.on_step(step, phase or change)


def _status(member: Member, watch: _Watch) -> int:
    """How a member ended; 1 where it could not even be run. Raises Stopped."""
    try:
        return _judged(member, _doit(member, watch))
    except Stopped:
        raise
    except (BitwrightError, OSError) as error:  # a guard was killed; a folder cannot be written
        watch.last.append(f"doit: {error}")
        return 1


def _doit(member: Member, on_line: Callable[[str], None]) -> int:
    """The exit status of a member's ./doit; 1 if it could not be started. Raises Stopped."""
    log = member.folder / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)  # another sweep may be writing it still
    outcome = tools.run(
        [sys.executable, "-m", "doit", *member.words],
        program=sys.executable,
        cwd=Path.cwd(),
        env=dict(os.environ),
        log=log,
        outputs=(),
        aside=member.folder,
        on_line=on_line,
        grace_s=GRACE_S,
    )
    return 1 if outcome.status is None else outcome.status


def _judged(member: Member, status: int) -> int:
    """The status, or 1 where the verdict is bad and the status does not say so."""
    for name in VERDICTS:
        with suppress(OSError, ValueError):
            verdict = json.loads((member.folder / name).read_bytes())
            if status == 0 and isinstance(verdict, dict) and verdict.get("ok") is False:
                return 1
    return status


# --- memory and cores -----------------------------------------------------------------------------


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def free_mib() -> float:
    """Memory that may still be taken, in MiB: the machine's, or what the control group leaves."""
    free = _available_mib()
    for limit, used in CGROUPS:
        with suppress(OSError, ValueError):  # no such group, or "max"
            free = min(free, (int(Path(limit).read_text()) - int(Path(used).read_text())) / 2**20)
    return free


def _available_mib() -> float:
    text = Path("/proc/meminfo").read_text()
    found = re.search(r"^MemAvailable: +(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else UNKNOWN_MIB


def need_mib(member: Member, root: Path = Path()) -> float:
    """The memory to set aside for a member, in MiB: the most that any of its steps ever took.

    Looked up in its own folder, else in its design's other builds, else in those of any config on
    that target, of which the largest counts: too much costs parallelism, too little the machine.
    """
    own = root / member.folder
    design = own.parent.parent
    for folders in (
        [own],
        [design, *design.glob(f"{VARIANTS}/*")],
        [*design.parent.parent.glob(f"*/{member.target}"),
         *design.parent.parent.glob(f"*/{member.target}/{VARIANTS}/*")],
    ):  # fmt: skip
        if peaks := list(_peaks_mib(folders)):
            return max(peaks) + OWN_MIB
    return UNKNOWN_MIB


def _peaks_mib(folders: Iterable[Path]) -> Iterable[float]:
    for place in folders:
        for path in place.glob(f"*/{TIMES}"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                yield float(json.loads(path.read_bytes())["peak_rss_mib"])
