"""A small project in a folder of its own, whose steps are real commands."""

from __future__ import annotations

import dataclasses
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bitwright import engine
from bitwright.engine import Cache, Event, Record, Step, Tool
from bitwright.errors import BitwrightError

BUILD = Path("build/tiny/board")
DRIVER = Path(__file__).with_name("driver.py")


class Bench:
    """Builds steps in the current directory and remembers what was said about them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.cache: Cache | None = Cache(Path("build/.cache"))
        Path("top.sv").write_text("module top; // first\nendmodule\n")

    def step(self, script: str = "cp ../../../../top.sv out", **changes: Any) -> Step:
        """One step that runs a shell script."""
        name = changes.pop("name", "implement")
        step = Step(
            name=name,
            dir=BUILD / name,
            reads=(Path("top.sv"),),
            writes=(BUILD / name / "out",),
            command=("sh", "-c", script),
        )
        return dataclasses.replace(step, **changes)

    def plan(self, seed: int = 1, version: str = "1.0") -> tuple[Step, ...]:
        """Three steps: the first drops comments, the second depends on a seed, the third copies."""
        made = [BUILD / name / "out" for name in ("synthesize", "implement", "bitstream")]
        tools = (Tool("placer", version, "/somewhere/placer"),)
        return (
            self.step("sed 's|//.*||' ../../../../top.sv > out", name="synthesize"),
            self.step(
                f"(cat ../synthesize/out; echo seed {seed}) > out",
                reads=(made[0],),
                settings=(("seed", str(seed)),),
                tools=tools,
                after=("synthesize",),
            ),
            self.step(
                "cp ../implement/out out",
                name="bitstream",
                reads=(made[1],),
                after=("implement",),
            ),
        )

    def build(self, *steps: Step) -> list[str]:
        """Build steps in order; what happened, as `<kind> <step>`, without lines and phases."""
        self.events.clear()
        for step in steps:
            engine.build(step, cache=self.cache, events=self.events.append)
        return self.told("started", "cached", "note", "failed")

    def told(self, *kinds: str) -> list[str]:
        """Events of these kinds since the last build, as `<kind> <step>`."""
        return [f"{event.kind} {event.step.name}" for event in self.events if event.kind in kinds]

    def texts(self, kind: str) -> list[str]:
        """The texts of the events of one kind."""
        return [event.text for event in self.events if event.kind == kind]

    def failure(self, step: Step) -> str:
        """Build a step that must fail; what people are told, once."""
        with pytest.raises(BitwrightError) as raised:
            self.build(step)
        assert self.told("failed", "ended") == [f"failed {step.name}"]
        assert not (step.dir / "record.json").exists()
        assert not any(path.exists() for path in step.writes)
        return str(raised.value)

    def record(self, step: Step) -> Record:
        """The Record of a step that has one."""
        found = engine.record(step)
        assert found is not None
        return found


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """An empty project as working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BITWRIGHT_CACHE", raising=False)
    yield Bench()
    engine.resume()


class Driver:
    """A process of its own that builds with the engine as doit does; see driver.py."""

    def __init__(self, *arguments: str) -> None:
        self.hold = Path("hold")
        os.mkfifo(self.hold)
        self.pipe = os.open(self.hold, os.O_RDWR)  # writable too, so that it never ends
        self.text = b""
        self.process = self._start(*arguments)

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(DRIVER), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_for_tools(self, count: int) -> list[int]:
        """Wait until that many processes of tools have said that they run; a pidfd for each."""
        poll = select.poll()
        poll.register(self.pipe, select.POLLIN)
        while self.text.count(b"\n") < count:
            assert poll.poll(20_000), f"no tool started: {self.text!r}"
            self.text += os.read(self.pipe, 4096)
        return [os.pidfd_open(int(pid)) for pid in self.text.split()]

    def end(self) -> tuple[int, str]:
        """Wait for the process: its exit status and what it printed. Tools hang no more."""
        text, _ = self.process.communicate(timeout=30)
        self.hold.unlink(missing_ok=True)
        return self.process.returncode, text

    def again(self, *arguments: str) -> tuple[int, str]:
        """Run once more to the end."""
        self.hold.unlink(missing_ok=True)
        self.process = self._start(*arguments)
        return self.end()


def all_gone(pidfds: list[int], timeout_s: float) -> bool:
    """Whether all these processes end within the time."""
    gone = True
    for pidfd in pidfds:
        gone &= bool(select.select([pidfd], [], [], timeout_s)[0])
        os.close(pidfd)
    return gone


@pytest.fixture
def drive(bench: Bench) -> Iterator[Any]:
    """Starts Drivers and ends what is left of them."""
    started: list[Driver] = []

    def start(*arguments: str) -> Driver:
        started.append(Driver(*arguments))
        return started[-1]

    yield start
    for driver in started:
        driver.process.kill()
        driver.process.wait()
        os.close(driver.pipe)


@pytest.fixture
def gone() -> Any:
    """The function all_gone."""
    return all_gone
