"""The cache: whole entries or none, verified, bounded, shared by builds that run at once."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright import engine
from bitwright.cache import Cache, Damaged
from bitwright.engine import Record, open_cache
from bitwright.errors import ConfigError
from bitwright.record import digest, hash_parts

OUT = Path("build/tiny/board/implement/out")


def entry(bench, step):
    """The folder of a step's entry."""
    return bench.cache.dir / engine.key(step)


@pytest.mark.parametrize(
    "what", ["edited", "cut", "deleted", "record", "no record", "folder", "log"]
)
def test_damaged_entry_is_said_deleted_and_rebuilt(bench, what):
    one, two = (bench.step(settings=(("seed", seed),)) for seed in "12")
    bench.build(one)
    kept = OUT.read_bytes()
    blob = entry(bench, one) / digest(OUT)
    bench.build(two)
    match what:
        case "edited":
            blob.write_bytes(kept.swapcase())
        case "cut":
            blob.write_bytes(kept[:-1])
        case "deleted":
            blob.unlink()
        case "folder":
            blob.unlink()
            blob.mkdir()
        case "record":
            (blob.parent / "record.json").write_text("{}")
        case "no record":
            (blob.parent / "record.json").unlink()
        case "log":
            (blob.parent / "log").unlink()
    assert bench.build(one) == ["note implement", "started implement"]
    assert f"the cache entry {engine.key(one)[:12]} is damaged" in bench.texts("note")[0]
    assert OUT.read_bytes() == kept
    bench.build(two)
    assert bench.build(one) == ["cached implement"]


def test_entry_of_another_key_is_damaged(bench):
    one, two = (bench.step(settings=(("seed", seed),)) for seed in "12")
    bench.build(one, two)
    kept = entry(bench, one)
    subprocess.run(["rm", "-r", entry(bench, two)], check=True)
    subprocess.run(["cp", "-r", kept, entry(bench, two)], check=True)
    OUT.unlink()
    assert bench.build(two) == ["note implement", "started implement"]


def test_restoring_that_fails_half_way_leaves_no_output(bench):
    step = bench.step("echo a > out; echo b > second", writes=(OUT, OUT.with_name("second")))
    bench.build(step)
    (entry(bench, step) / digest(OUT.with_name("second"))).write_text("c\n")
    OUT.unlink()
    folder = Path("elsewhere")
    folder.mkdir()
    with pytest.raises(Damaged, match="second is not what was stored"):
        bench.cache.fetch(engine.key(step), folder, folder / "log")
    assert list(folder.iterdir()) == []
    assert bench.cache.fetch(engine.key(step), folder, folder / "log") is None


def made(cache, name, size, folder):
    """Store an entry of about this many bytes; its key."""
    folder.mkdir(exist_ok=True)
    (folder / "out").write_bytes(name.encode() * size)
    (folder / "log").write_text("")
    parts = {"name": name, "tools": {}}
    record = Record(hash_parts(parts), parts, {"out": digest(folder / "out")})
    engine.Times(1.0, 1.0).write(folder)
    return record.key, cache.store(record, folder, folder / "log")


def test_least_recently_used_goes_first_and_use_counts(bench, tmp_path):
    cache = Cache(Path("cache"), 35_000)
    a, b, c = (made(cache, name, 10_000, tmp_path / "w")[0] for name in "abc")
    target = tmp_path / "t"
    target.mkdir()
    assert cache.fetch(a, target, target / "log") is not None
    d, refused = made(cache, "d", 10_000, tmp_path / "w")
    assert refused is None
    assert [key for key, _ in cache.entries()] == [c, a, d]
    e, _ = made(cache, "e", 20_000, tmp_path / "w")
    assert [key for key, _ in cache.entries()] == [d, e]
    assert cache.fetch(b, target, target / "log") is None


def test_entry_just_written_is_never_the_one_that_goes(bench, tmp_path):
    cache = Cache(Path("cache"), 12_000)
    for name in "abcdef":
        key, refused = made(cache, name, 10_000, tmp_path / "w")
        assert refused is None and [k for k, _ in cache.entries()] == [key]


def test_entry_just_written_stays_though_others_were_used_in_the_future(bench, tmp_path):
    cache = Cache(Path("cache"), 15_000)
    old, _ = made(cache, "a", 10_000, tmp_path / "w")
    os.utime(cache.dir / old, (4e9, 4e9))  # a clock that was wrong
    new, _ = made(cache, "b", 10_000, tmp_path / "w")
    assert [key for key, _ in cache.entries()] == [new]


def test_entry_beyond_the_bound_is_refused_said_and_evicts_nothing(bench):
    small = bench.step()
    bench.build(small)
    bench.cache = dataclasses.replace(bench.cache, max_bytes=50_000)
    big = bench.step("head -c 100000 /dev/zero > out")
    assert bench.build(big) == ["started implement", "note implement"]
    assert bench.texts("note") == [
        "implement is not kept in the cache: its 0.1 MiB exceed the cache's bound of 0.0 MiB"
    ]
    assert engine.why(big) is None
    assert [key for key, _ in bench.cache.entries()] == [engine.key(small)]


def test_remains_of_a_killed_build_are_cleared_and_never_taken_for_entries(bench):
    bench.build(bench.step())
    drafts = bench.cache.dir / ".drafts" / ("0" * 64)
    drafts.mkdir(parents=True)
    (drafts / "half").write_bytes(b"x" * 1000)
    bench.build(bench.step(settings=(("seed", "2"),)))
    assert not drafts.parent.exists()
    assert len(bench.cache.entries()) == 2


def test_builds_at_once_share_a_small_cache_without_harm(tmp_path, bench):
    program = """
import sys
from pathlib import Path
from bitwright.cache import Cache, Damaged
from bitwright.engine import Record, Times
from bitwright.record import digest, hash_parts
me, folder, cache = sys.argv[1], Path(sys.argv[1]), Cache(Path("cache"), 30_000)
folder.mkdir()
for turn in range(60):
    parts = {"name": str(turn % 5), "tools": {}}
    key, data = hash_parts(parts), str(turn % 5).encode() * 8000
    if cache.fetch(key, folder, folder / "log") is not None:
        assert (folder / "out").read_bytes() == data
        print("hit")
    else:
        (folder / "out").write_bytes(data)
        (folder / "log").write_text("")
        Times(1.0, 1.0).write(folder)
        record = Record(key, parts, {"out": digest(folder / "out")})
        assert cache.store(record, folder, folder / "log") is None
"""
    runs = [
        subprocess.Popen([sys.executable, "-c", program, name], stdout=subprocess.PIPE, text=True)
        for name in "abc"
    ]
    texts = [run.communicate(timeout=60)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert any("hit" in text for text in texts)
    assert sum(size for _, size in Cache(Path("cache")).entries()) <= 30_000


def test_location_and_bound_come_from_option_environment_and_default(tmp_path):
    assert open_cache("off") is None
    assert open_cache("on", env={}) == Cache(Path("build/.cache"), 10 << 30)
    assert open_cache("on", 0.5, env={"BITWRIGHT_CACHE": "/c"}) == Cache(Path("/c"), 1 << 29)
    assert open_cache("/d", env={"BITWRIGHT_CACHE": "/c"}) == Cache(Path("/d"), 10 << 30)
    for bad in (0, -1, float("nan")):
        with pytest.raises(ConfigError, match="a number of GiB above 0"):
            open_cache("on", bad)
    unbounded = open_cache("on", float("inf"), env={})
    assert unbounded is not None and unbounded.max_bytes >= 1 << 60


def test_equal_steps_of_two_configs_share_an_entry(bench):
    one = bench.step(reads=(Path("top.sv"), Path("build/tiny/board/synthesize/out")))
    other = dataclasses.replace(
        one,
        dir=Path("build/large/board/implement"),
        reads=(Path("top.sv"), Path("build/large/board/synthesize/out")),
        writes=(Path("build/large/board/implement/out"),),
    )
    for config in ("tiny", "large"):
        made = Path(f"build/{config}/board/synthesize")
        made.mkdir(parents=True)
        (made / "out").write_text("same netlist")
    assert bench.build(one) == ["started implement"]
    assert bench.build(other) == ["cached implement"]
    assert OUT.read_bytes() == other.writes[0].read_bytes()


def test_cache_that_cannot_be_written_is_said_and_the_build_goes_on(bench):
    Path("cache").write_text("a file")
    bench.cache = Cache(Path("cache"))
    assert bench.build(bench.step()) == ["started implement", "note implement"]
    assert "is not kept in the cache: cache: File exists" in bench.texts("note")[0]
    assert engine.why(bench.step()) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_cache_of_someone_else_serves_and_is_not_written(bench):
    one, two = (bench.step(settings=(("seed", seed),)) for seed in "12")
    bench.build(one, two)
    bench.cache.dir.chmod(0o500)
    assert bench.build(one) == ["cached implement"]
    bench.cache.dir.chmod(0o700)
