"""The table of faults on a real build: from a clone to a bitstream, interrupted and damaged.

Two clones build the tiny config at the same time, one without a cache; the tests then walk through
the table on the first clone, in the order of this file. Place and route is interrupted many times
and finished once: each run that is interrupted shows what the one before it left.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path("build/tiny/ulx3s-85f")
LEFT_OUT = (".git", ".venv*", "build", "__pycache__", ".*_cache", ".hypothesis")
INT, TERM, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGKILL


class Clone:
    """A copy of the project without its history, its environment made of links to ours."""

    def __init__(self, root: Path) -> None:
        self.root, self.build = root, root / BUILD
        self.started: list[subprocess.Popen[str]] = []
        shutil.copytree(ROOT, root, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
        ours, theirs = ROOT / ".venv", root / ".venv"
        theirs.mkdir()
        for entry in ours.iterdir():
            if not entry.name.startswith(".ready"):
                (theirs / entry.name).symlink_to(entry)
        lines = (ours / ".ready").read_text().splitlines(keepends=True)
        (theirs / ".ready").write_text("".join([f"{root}\n", *lines[1:]]))

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start ./doit, its output in a pipe."""
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("BITWRIGHT_CACHE", "BITWRIGHT_CWD", "PYTHONPATH")
        }
        process = subprocess.Popen(
            ["./doit", *words],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(INT, signal.SIG_DFL),  # a background ignores it
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Kill what still runs; the guards do the rest before they free the lock."""
        while self.started:
            process = self.started.pop()
            process.kill()
            process.communicate()

    def run(self, *words: str) -> str:
        """What a run that ends well prints."""
        process = self.start(*words)
        text = process.communicate(timeout=2400)[0]
        assert process.returncode == 0, text
        return text

    def bitstream(self, *words: str) -> list[str]:
        """Build; each step that was not up to date and what happened to it: `ran` or `cached`."""
        return told(self.run("bitstream", "config=tiny", *words))

    def processes(self) -> dict[int, str]:
        """Every living process of this clone: doit, guards, tools."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                here = str((place / "cwd").readlink())
            except OSError:
                continue
            if command and f"{self.root}/" in f"{here}/ {command}":
                found[int(place.name)] = command
        return found


def told(text: str) -> list[str]:
    """What happened, step by step, from the lines that ./doit prints where there is no terminal."""
    words = {"runs:": "ran", "restored": "cached"}
    found = re.findall(r"^(\w+) +(runs:|restored)", text, re.MULTILINE)
    return [f"{words[what]} {name}" for name, what in found]


@pytest.fixture(scope="module")
def clones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clone, Clone, str]]:
    """Two clones in different places, both built from nothing; and what the first one printed."""
    place = tmp_path_factory.mktemp("clones")
    one, other = Clone(place / "one"), Clone(place / "deeper" / "another")
    beside = other.start("bitstream", "config=tiny", "cache=off")
    text = one.run("bitstream", "config=tiny")
    beside_text = beside.communicate(timeout=2400)[0]
    assert beside.returncode == 0, beside_text
    yield one, other, text
    other.end()
    one.end()


@pytest.fixture
def clone(clones: tuple[Clone, Clone, str]) -> Iterator[Clone]:
    """The clone that has a cache; nothing of a failed test goes on running in it."""
    yield clones[0]
    clones[0].end()


def test_first_build_runs_every_step_and_the_second_none(clones):
    clone, _, text = clones
    steps = ["generate", "synthesize", "implement", "report", "bitstream"]
    assert sorted(told(text)) == sorted(f"ran {step}" for step in steps)
    assert clone.bitstream() == []


def test_two_clones_in_different_folders_make_the_same_bytes(clones):
    one, other, _ = clones
    for name in ("bitstream/tiny.bit", "report/metrics.json", "manifest.json", "report/index.html"):
        assert (one.build / name).read_bytes() == (other.build / name).read_bytes(), name
    for step in ("generate", "synthesize", "implement", "report", "bitstream"):
        name = f"{step}/record.json"
        assert (one.build / name).read_bytes() == (other.build / name).read_bytes(), name


def test_touched_source_runs_nothing(clone):
    for path in clone.root.glob("cores/*/rtl/*.sv"):
        path.touch()
    assert clone.bitstream() == []


def test_comment_runs_synthesis_and_nothing_after_it(clone):
    bit = (clone.build / "bitstream/tiny.bit").read_bytes()
    source = clone.root / "cores/systolic/rtl/systolic_pe.sv"
    text = source.read_text()
    source.write_text(f"// A comment, and a line more.\n\n{text}")
    assert clone.bitstream() == ["ran synthesize"]
    source.write_text(text)
    assert clone.bitstream() == ["cached synthesize"]
    assert (clone.build / "bitstream/tiny.bit").read_bytes() == bit


def test_deleted_and_edited_outputs_come_back(clone):
    bit, routed = clone.build / "bitstream/tiny.bit", clone.build / "implement/routed.config"
    kept = bit.read_bytes()
    routed.unlink()
    bit.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    text = clone.run("plan", "config=tiny")
    assert f"{BUILD}/implement/routed.config is missing" in text
    assert clone.bitstream() == ["cached implement", "cached bitstream"]
    assert bit.read_bytes() == kept


def test_damaged_cache_entry_is_said_and_built_again(clone):
    bit = clone.build / "bitstream/tiny.bit"
    kept = bit.read_bytes()
    key = re.search('"key": "([0-9a-f]{64})"', (bit.parent / "record.json").read_text())[1]
    for blob in (clone.root / "build/.cache" / key).iterdir():
        blob.write_bytes(blob.read_bytes()[: len(kept) // 2])
    bit.unlink()
    text = clone.run("bitstream", "config=tiny")
    assert f"the cache entry {key[:12]} is damaged" in text
    assert told(text) == ["ran bitstream"]
    assert bit.read_bytes() == kept


@pytest.mark.parametrize(
    ("number", "mode"),
    [(number, mode) for mode in ((), ("-n", "2")) for number in (INT, TERM, KILL)],
)
def test_signal_in_place_and_route_leaves_nothing_alive_or_looking_finished(clone, number, mode):
    process = clone.start("bitstream", "config=tiny", "seed=2", *mode)
    seen = []
    for line in process.stdout:
        seen.append(line)
        if re.match("implement .*placing", line):
            break
    assert told("".join(seen)) == ["ran implement"], "".join(seen)  # all that the last run missed
    alive = {pid: os.pidfd_open(pid) for pid in clone.processes()}
    assert len(alive) >= 3  # doit, guard, tool
    process.send_signal(number)
    rest = process.communicate(timeout=60)[0]
    assert process.returncode != 0
    assert "Traceback" not in rest
    for pidfd in alive.values():
        assert select.select([pidfd], [], [], 10)[0]
        os.close(pidfd)
    assert clone.processes() == {}
    left = {path.name for path in (clone.build / "implement").iterdir()}
    assert not left & {"record.json", "routed.config", "report.json", "placement.json"}


def test_of_two_builds_at_once_the_second_waits_and_gets_its_own_bitstream(clone):
    first = clone.start("bitstream", "config=tiny", "seed=2")
    assert any(re.match("implement .*placing", line) for line in first.stdout)
    second = clone.start("bitstream", "config=tiny", "seed=1")
    lines = []
    for line in second.stdout:
        lines.append(line)
        if "waiting for process" in line:
            break
    assert lines[-1:] == [f"waiting for process {first.pid}, which is building {BUILD}\n"]
    first.send_signal(TERM)
    first.communicate(timeout=60)
    text = second.communicate(timeout=60)[0]
    assert second.returncode == 0, text
    assert told(text) == ["cached implement"]  # what follows it is the first seed's still


def test_back_to_the_first_seed_is_the_first_bitstream_without_a_tool(clones):
    one, other, _ = clones
    assert one.bitstream() == []
    name = "bitstream/tiny.bit"
    assert (one.build / name).read_bytes() == (other.build / name).read_bytes()
