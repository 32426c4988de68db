"""Full and read-only disks: said, nothing looks finished, and the next run goes on."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bitwright import engine
from bitwright.cache import Cache
from bitwright.errors import ToolError

KIB = 1024
OUT = Path("build/tiny/board/implement/out")


@pytest.fixture
def small_disk(bench, tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of 1 MiB as build/; skipped where mounting is not permitted."""
    place = tmp_path / "build"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no tmpfs here: {done.stderr.strip().splitlines()[0].partition(': ')[2]}")
    bench.cache = None
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(place: Path, leave: int = 0) -> Path:
    """Fill a disk but for so many bytes; the file to delete to make room."""
    ballast = place / "ballast"
    disk = os.statvfs(place)
    ballast.write_bytes(bytes(max(0, disk.f_bfree * disk.f_frsize - leave)))
    return ballast


def test_tool_that_fills_the_disk_fails_says_so_and_runs_again_when_there_is_room(
    bench, small_disk
):
    ballast = fill(small_disk, 300 * KIB)
    step = bench.step("head -c 500000 /dev/zero > out")
    text = bench.failure(step)
    assert text.startswith("implement: the disk is full")
    assert "next      make room" in text
    ballast.unlink()
    assert bench.build(step) == ["started implement"]
    assert OUT.stat().st_size == 500_000


def test_tool_that_does_not_notice_the_full_disk_is_not_believed(bench, small_disk):
    fill(small_disk, 300 * KIB)
    text = bench.failure(bench.step("head -c 500000 /dev/zero > out 2> /dev/null; exit 0"))
    assert text.startswith("implement: the disk is full, so nothing that sh wrote can be trusted")


def test_log_that_fills_the_disk_ends_the_tool_and_says_so(bench, small_disk):
    fill(small_disk, 100 * KIB)
    text = bench.failure(bench.step("yes 'a line of output'"))
    assert text.startswith(
        "implement: the disk is full: sh was ended, for its log cannot be written "
        "(No space left on device)"
    )
    assert bench.texts("line")[0] == "a line of output"


def test_full_disk_before_the_first_byte_is_told_by_the_engine(bench, small_disk):
    ballast = fill(small_disk)
    step = bench.step(scripts=(("run.sh", "#" * 9000),))
    with pytest.raises(ToolError, match=r"the disk is full: .*\n  next      make room"):
        bench.build(step)
    ballast.unlink()
    assert bench.build(step) == ["started implement"]


def test_record_that_does_not_fit_means_not_finished(bench, small_disk):
    """The outputs fit, the Record with its long list of settings does not."""
    step = bench.step("head -c 100000 /dev/zero > out", settings=(("long", "x" * 200_000),))
    fill(small_disk, 200 * KIB)
    text = bench.failure(step)
    assert text.startswith("implement: the disk is full: ")


def test_full_cache_disk_is_said_and_the_build_goes_on(bench, small_disk):
    fill(small_disk, 100 * KIB)
    bench.cache = Cache(Path("build/.cache"))
    step = dataclasses.replace(
        bench.step("head -c 300000 /dev/zero > out"),
        dir=Path("elsewhere/implement"),
        writes=(Path("elsewhere/implement/out"),),
    )
    assert bench.build(step) == ["started implement", "note implement"]
    assert "No space left on device" in bench.texts("note")[0]
    assert engine.why(step) is None
    assert bench.cache.entries() == []


def test_restore_onto_a_full_disk_is_no_damage_of_the_cache(bench, small_disk):
    bench.cache = Cache(Path("cache"))
    step = bench.step("head -c 300000 /dev/zero > out")
    bench.build(step)
    OUT.unlink()
    ballast = fill(small_disk, 100 * KIB)
    with pytest.raises(ToolError, match="the disk is full: build/tiny/board/implement"):
        bench.build(step)
    ballast.unlink()
    assert bench.build(step) == ["cached implement"]


def test_read_only_disk_is_named(bench, small_disk):
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    with pytest.raises(ToolError, match="Read-only file system"):
        bench.build(bench.step())
    with (
        pytest.raises(ToolError, match="Read-only file system"),
        engine.lock(OUT.parent.parent, print),
    ):
        pass


def test_cache_on_a_read_only_disk_serves_and_is_not_written(bench, small_disk):
    elsewhere = {"dir": Path("out/implement"), "writes": (Path("out/implement/out"),)}
    one, two = (dataclasses.replace(bench.step(f"echo {seed} > out"), **elsewhere) for seed in "12")
    bench.cache = Cache(Path("build/.cache"))
    bench.build(one)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert bench.build(two) == ["started implement", "note implement"]
    assert "Read-only file system" in bench.texts("note")[0]
    assert bench.build(one) == ["cached implement"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root mounts a tmpfs without this")
def test_small_disks_in_a_namespace_where_everyone_may_mount_one():
    enter = ["unshare", "--user", "--mount", "--map-root-user"]
    done = subprocess.run([*enter, "true"], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no namespaces of our own: {done.stderr.strip()}")
    command = [*enter, sys.executable, "-m", "pytest", "-q", __file__]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout
    assert "no tmpfs here" not in done.stdout


def test_output_beyond_the_limit_of_a_file_is_a_failure(bench):
    text = bench.failure(bench.step("ulimit -f 10; exec head -c 500000 /dev/zero > out"))
    assert "SIGXFSZ" in text or "File too large" in text


def test_preflight_tells_all_faults_at_once(bench):
    good = bench.step()
    engine.preflight([good], free_mib=1)
    absent = dataclasses.replace(
        good, name="a", dir=Path("build/a"), writes=(), command=("nosuch",)
    )
    inside = dataclasses.replace(good, name="b", dir=good.dir / "b", writes=())
    deep = Path("build", *["d" * 100] * 10)
    long = dataclasses.replace(good, name="c", dir=deep, writes=(deep / "x",))
    with pytest.raises(ToolError) as raised:
        engine.preflight([good, absent, inside, long], free_mib=1 << 40)
    text = str(raised.value)
    for part in (
        "a: nosuch is not installed",
        f"{inside.dir}: lies in {good.dir}, the folder of another step",
        "a path of 1",
        "MiB free on its disk",
    ):
        assert part in text
