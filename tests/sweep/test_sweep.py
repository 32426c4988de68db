"""Many builds at once: what runs together, what waits, how it ends; toy builds, real processes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bitwright import sweep

from tests.front.toy import Toy

TARGET = "ulx3s-85f"
SCRIPT = """
import signal, sys
from bitwright import errors, run, sweep
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda *_: run.stop())
members = [sweep.Member(*word.split("/")[:2], int(word.split("/")[2])) for word in sys.argv[2:]]
def told(event):
    print(event.kind, event.member.slug, event.text, flush=True)
try:
    for outcome in sweep.run(members, jobs=int(sys.argv[1]), on_event=told):
        print("outcome", outcome.member.slug, outcome.status, outcome.folder, flush=True)
except errors.Stopped:
    sys.exit(130)
"""


def start(toy: Toy, *seeds: int, jobs: int = 2, config: str = "tiny") -> subprocess.Popen[str]:
    words = [f"{config}/{TARGET}/{seed}" for seed in seeds]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(jobs), *words],
        cwd=toy.root, env=toy.environment(), text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    toy.started.append(process)
    return process


def swept(toy: Toy, *seeds: int, jobs: int = 2) -> list[str]:
    out, _ = start(toy, *seeds, jobs=jobs).communicate(timeout=120)
    return out.splitlines()


def log_of(toy: Toy, seed: int) -> Path:
    return toy.root / f"build/tiny/{TARGET}/variants/seed-{seed}/implement/implement.log"


def under_way(toy: Toy, *seeds: int) -> bool:
    return all(log_of(toy, s).exists() and "half" in log_of(toy, s).read_text() for s in seeds)


def alive(toy: Toy) -> list[str]:
    """The processes that work in the toy's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            cwd, words = (place / "cwd").readlink(), (place / "cmdline").read_bytes()
            if toy.root in (cwd, *cwd.parents):
                found.append(words.replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def test_every_member_is_built_in_its_own_folder_with_its_own_log(toy: Toy):
    lines = swept(toy, 1, 2, 3)
    for seed in (1, 2, 3):
        folder = f"build/tiny/{TARGET}/variants/seed-{seed}"
        assert f"outcome seed-{seed} 0 {folder}" in lines
        assert (toy.root / folder / "bitstream/out.bit").exists()
        assert f"{folder}/manifest.json" in (toy.root / folder / sweep.LOG).read_text()


def test_a_member_that_fails_stops_nobody_else(toy: Toy):
    lines = swept(toy, 13, 2)
    assert [line.split()[:3] for line in lines if line.startswith("outcome")] == [
        ["outcome", "seed-13", "1"],
        ["outcome", "seed-2", "0"],
    ]


def test_what_members_share_is_built_once(toy: Toy):
    swept(toy, 1, 2, 3)
    built = [
        path.parent.name
        for path in toy.root.glob(f"build/tiny/{TARGET}/variants/*/{sweep.LOG}")
        if re.search(r"^synthesize +runs", path.read_text(), re.M)
    ]
    assert built == ["seed-1"]


def test_no_more_run_at_once_than_there_are_jobs(toy: Toy):
    lines = swept(toy, 1, 2, 3, jobs=1)
    kinds = [line.split()[0] for line in lines if line.split()[0] in ("started", "ended")]
    assert kinds == ["started", "ended"] * 3
