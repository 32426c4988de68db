"""Many builds at once: what runs together, what waits, how it ends; toy builds, real processes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from bitwright import sweep
from bitwright.sweep import Member

from tests.front.toy import Toy, wait_for

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


def test_a_member_that_cannot_even_start_stops_nobody_else(toy: Toy):
    folder = toy.root / f"build/tiny/{TARGET}/variants"
    folder.mkdir(parents=True)
    (folder / "seed-1").touch()
    lines = swept(toy, 1, 2)
    assert [line.split()[2] for line in lines if line.startswith("outcome")] == ["1", "0"]


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


def ends(process: subprocess.Popen[str], what: str) -> str:
    """Read what a sweep says up to a line that has `what` in it."""
    assert process.stdout
    said = ""
    late = threading.Timer(60, process.kill)  # a time that no healthy run needs
    late.start()
    try:
        for line in process.stdout:
            said += line
            if what in line:
                return said
    finally:
        late.cancel()
    raise AssertionError(f"never said {what!r}:\n{said}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_member_and_nothing_stays_alive(toy: Toy, number: int):
    process = start(toy, 14, 14 + 2**20, jobs=2)
    wait_for(lambda: under_way(toy, 14), "seed 14 is under way")
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert alive(toy) == []
    assert not (log_of(toy, 14).parent / "out.bit").exists()


def test_kill_9_of_the_sweep_leaves_nothing_alive_either(toy: Toy):
    process = start(toy, 14)
    wait_for(lambda: under_way(toy, 14), "seed 14 is under way")
    assert len(alive(toy)) >= 3  # the sweep, ./doit, the tool
    process.kill()
    process.wait()
    wait_for(lambda: alive(toy) == [], "everything has ended")


def test_the_same_sweep_again_goes_on_where_it_was_interrupted(toy: Toy):
    process = start(toy, 14, 2)
    wait_for(lambda: under_way(toy, 14), "seed 14 is under way")
    process.terminate()
    process.wait(60)
    (toy.root / "go").touch()
    lines = swept(toy, 14, 2)
    assert [line.split()[2] for line in lines if line.startswith("outcome")] == ["0", "0"]
    text = (toy.root / f"build/tiny/{TARGET}/variants/seed-14" / sweep.LOG).read_text()
    assert re.findall(r"^(\w+) +runs", text, re.M)[0] == "implement"


def recorded(toy: Toy, mib: float) -> None:
    """Say that place and route took so much memory last time."""
    folder = toy.root / f"build/tiny/{TARGET}/implement"
    folder.mkdir(parents=True)
    (folder / "times.json").write_text(json.dumps({"wall_s": 1.0, "peak_rss_mib": mib}))


def test_a_member_waits_for_the_memory_that_another_has_taken(toy: Toy):
    recorded(toy, 0.6 * sweep.free_mib())
    process = start(toy, 14, 2, jobs=8)
    said = ends(process, "MiB of memory")
    assert "waiting seed-2" in said.splitlines()[-1]
    (toy.root / "go").touch()
    rest, _ = process.communicate(timeout=60)
    assert rest.index("ended seed-14") < rest.index("started seed-2")
    assert "outcome seed-2 0" in rest


def test_a_member_for_which_there_is_never_enough_memory_runs_alone(toy: Toy):
    recorded(toy, 100 * sweep.free_mib())
    lines = swept(toy, 1, 2, jobs=8)
    kinds = [line.split()[0] for line in lines if line.split()[0] in ("started", "ended")]
    assert kinds == ["started", "ended"] * 2


def test_two_members_of_one_folder_never_run_at_once(toy: Toy):
    process = start(toy, 14, 14, jobs=8)
    said = ends(process, "the other build of its folder")
    assert said.count("started") == 1
    (toy.root / "go").touch()
    rest, _ = process.communicate(timeout=60)
    assert rest.count("outcome seed-14 0") == 2


def test_a_bad_verdict_is_a_failure_whatever_the_exit_status_says(measured: Toy):
    plan = measured.plans / "toy_plan.py"
    measured.plans = measured.root / "plans"
    measured.plans.mkdir()
    careless = plan.read_text().replace('"ok": slack >= 0, "judged"', '"ok": False, "judged"')
    (measured.plans / "toy_plan.py").write_text(careless)
    lines = swept(measured, 1)
    assert any(line.startswith("outcome seed-1 1 ") for line in lines)


def times(root: Path, place: str, mib: float) -> None:
    folder = root / "build" / place
    folder.mkdir(parents=True)
    (folder / "times.json").write_text(json.dumps({"wall_s": 1.0, "peak_rss_mib": mib}))


def test_the_memory_set_aside_is_of_the_nearest_of_its_kind(tmp_path: Path):
    member = Member("tiny", TARGET, 2)
    assert sweep.need_mib(member, tmp_path) == sweep.UNKNOWN_MIB
    times(tmp_path, f"other/{TARGET}/implement", 900.0)
    times(tmp_path, f"third/{TARGET}/variants/seed-1/implement", 1900.0)
    assert sweep.need_mib(member, tmp_path) == 1900 + sweep.OWN_MIB
    times(tmp_path, f"tiny/{TARGET}/variants/seed-1/implement", 500.0)
    times(tmp_path, f"tiny/{TARGET}/variants/seed-1/synthesize", 700.0)
    assert sweep.need_mib(member, tmp_path) == 700 + sweep.OWN_MIB
    times(tmp_path, f"tiny/{TARGET}/variants/seed-2/implement", 300.0)
    assert sweep.need_mib(member, tmp_path) == 300 + sweep.OWN_MIB


def test_a_damaged_record_of_memory_counts_for_nothing(tmp_path: Path):
    times(tmp_path, f"tiny/{TARGET}/implement", 300.0)
    (tmp_path / f"build/tiny/{TARGET}/implement/times.json").write_text("{")
    assert sweep.need_mib(Member("tiny", TARGET, 2), tmp_path) == sweep.UNKNOWN_MIB


def test_free_memory_is_some_and_no_more_than_there_is():
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20
    assert 0 < sweep.free_mib() <= total
    assert 1 <= sweep.cores() <= (os.cpu_count() or 1)


def test_what_makes_another_design_is_in_the_name_of_its_folder():
    plain = Member("configs/tiny.yml", TARGET, 2)
    assert plain.folder == Path(f"build/tiny/{TARGET}/variants/seed-2")
    fast = Member("tiny", TARGET, 2, {"clock_mhz": "62.5", "cache": "off"})
    assert fast.folder.name == "seed-2-clock_mhz-62.5"
    assert "variant=seed-2-clock_mhz-62.5" in fast.words
    assert "cache=off" in fast.words


def test_only_steps_are_told_not_the_tables_that_a_build_ends_with(measured: Toy):
    told = [line for line in swept(measured, 1) if line.startswith("step seed-1 ")]
    steps = ("generate", "synthesize", "implement", "report", "bitstream")
    assert told == [f"step seed-1 {name}: {what}" for name in steps for what in ("runs", "done")]
