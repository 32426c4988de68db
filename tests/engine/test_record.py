"""Keys, Records and remembered hashes."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright import engine, record
from bitwright.engine import Step, Tool, module_files
from bitwright.record import Digests, hash_parts, write_atomic, write_if_changed
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

WORD = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), max_size=8)
NAME = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
PAIRS = st.dictionaries(NAME, WORD, max_size=3).map(lambda found: tuple(found.items()))
FILES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)


@st.composite
def parts_of_steps(draw):
    """The arguments of a Step, all that is in a key."""
    here = Path("build/x/y/s")
    return {
        "name": draw(NAME),
        "dir": here,
        "reads": tuple(map(Path, draw(FILES))),
        "writes": tuple(here / name for name in draw(FILES)),
        "command": (draw(NAME), *draw(st.lists(WORD, max_size=3))),
        "scripts": draw(PAIRS),
        "settings": draw(PAIRS),
        "env": draw(PAIRS),
        "tools": tuple(Tool(name, version, "/p") for name, version in draw(PAIRS)),
    }


UNORDERED = ("reads", "writes", "scripts", "settings", "env", "tools")


def meaning(arguments):
    """What must be equal for keys to be equal."""
    return {
        name: frozenset(value) if name in UNORDERED else value for name, value in arguments.items()
    }


@pytest.fixture(scope="module")
def three_files(tmp_path_factory):
    """A folder with the files a, b and c, two of them equal."""
    place = tmp_path_factory.mktemp("three")
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (place / name).write_text(text)
    before = Path.cwd()
    os.chdir(place)
    yield place
    os.chdir(before)


@settings(deadline=None)
@given(parts_of_steps(), parts_of_steps())
def test_keys_are_equal_exactly_when_what_is_in_them_is(three_files, one, other):
    equal = engine.key(Step(**one)) == engine.key(Step(**other))
    assert equal == (meaning(one) == meaning(other))


@pytest.mark.parametrize("field", ["name", "command", *UNORDERED])
@settings(deadline=None, max_examples=40)
@given(one=parts_of_steps(), other=parts_of_steps())
def test_any_change_in_one_field_changes_the_key(three_files, field, one, other):
    changed = one | {field: other[field]}
    assume(meaning(one) != meaning(changed))
    assert engine.key(Step(**one)) != engine.key(Step(**changed))


@settings(deadline=None)
@given(parts_of_steps(), st.randoms(use_true_random=False))
def test_order_of_what_has_no_order_is_not_in_the_key(three_files, one, random):
    mixed = dict(one)
    for name in UNORDERED:
        values = list(one[name])
        random.shuffle(values)
        mixed[name] = tuple(values)
    assert engine.key(Step(**one)) == engine.key(Step(**mixed))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=st.binary(max_size=20), new=st.binary(max_size=20))
def test_content_of_a_file_is_in_the_key_at_once(bench, old, new):
    step, file = bench.step(), Path("top.sv")
    file.write_bytes(old)
    before = engine.key(step)
    file.write_bytes(new)  # within one tick of the clock, often of the same size
    assert (engine.key(step) == before) == (old == new)


def test_two_clones_have_the_same_keys_and_the_same_bytes_of_records(bench, tmp_path, monkeypatch):
    kept = []
    for place in ("one", "another/deeper/place"):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        shutil.copy("top.sv", folder)
        monkeypatch.chdir(folder)
        bench.cache = None
        warn = "echo CRITICAL WARNING: $PWD/out is odd"
        plan = [
            dataclasses.replace(step, command=("sh", "-c", f"{step.command[2]}; {warn}"))
            for step in bench.plan()
        ]
        bench.build(*plan)
        kept.append(
            {
                (step.name, name): (step.dir / name).read_bytes()
                for step in plan
                for name in ("record.json", "out")
            }
        )
        assert all(str(tmp_path).encode() not in data for data in kept[-1].values())
        monkeypatch.chdir(tmp_path)
    assert kept[0] == kept[1]


def test_record_holds_key_outputs_tools_and_no_time(bench):
    bench.build(*bench.plan())
    step = bench.plan()[1]
    made = bench.record(step)
    assert made.key == engine.key(step) == hash_parts(made.parts)
    assert made.outputs == {"out": record.digest(step.writes[0])}
    assert made.tools == {"placer": "1.0"}
    body = json.loads((step.dir / "record.json").read_text())
    assert sorted(body) == ["key", "outputs", "parts", "schema", "warnings"]
    times = json.loads((step.dir / "times.json").read_text())
    assert sorted(times) == ["cached", "ended", "peak_rss_mib", "wall_s"]


def test_two_edits_in_one_tick_are_both_seen(tmp_path):
    file, digests = tmp_path / "file", Digests()
    seen = set()
    for number in range(100):
        file.write_text(f"{number:04}")
        seen.add(digests(file))
    assert len(seen) == 100


def test_young_file_is_hashed_every_time_for_its_times_prove_nothing_yet(tmp_path, monkeypatch):
    file, digests, hashed = tmp_path / "file", Digests(), []
    file.write_text("x")
    real = record.hashlib.file_digest
    monkeypatch.setattr(
        record.hashlib, "file_digest", lambda *args: hashed.append(1) or real(*args)
    )
    assert digests(file) == digests(file) and len(hashed) == 2


def test_old_file_is_hashed_once_and_remembered_by_the_next_process(tmp_path, monkeypatch):
    file, memory = tmp_path / "big", tmp_path / "digests.json"
    file.write_bytes(bytes(record.SMALL))
    monkeypatch.setattr(record, "YOUNG_NS", -1)  # as if it had been written long ago
    first = Digests()
    expected = first(file)
    first.save(memory)
    hashed = []
    real = record.hashlib.file_digest
    monkeypatch.setattr(
        record.hashlib, "file_digest", lambda *args: hashed.append(1) or real(*args)
    )
    second = Digests()
    second.load(memory)
    assert second(file) == expected and not hashed
    times = file.stat()
    file.write_bytes(b"1" * record.SMALL)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # only ctime tells
    assert second(file) != expected and hashed


@pytest.mark.parametrize("text", ["", "[", "[[1]]", "{}", '"x"', "[1,2]", "null"])
def test_damaged_memory_of_digests_is_no_loss(tmp_path, text):
    (tmp_path / "m").write_text(text)
    (tmp_path / "f").write_text("x")
    digests = Digests()
    digests.load(tmp_path / "m")
    assert digests(tmp_path / "f") == Digests()(tmp_path / "f")


def test_writing_fails_whole_and_leaves_nothing(tmp_path):
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(TypeError):
        write_atomic(target, "no bytes")  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert target.read_text() == "old"


def test_equal_bytes_are_not_written_again(tmp_path):
    target = tmp_path / "new" / "manifest.json"
    assert write_if_changed(target, b"1")
    before = target.stat().st_mtime_ns, target.stat().st_ino
    assert not write_if_changed(target, b"1")
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == before
    assert write_if_changed(target, b"2") and target.read_bytes() == b"2"


def test_module_files_follow_imports_and_leave_the_rest_out(monkeypatch):
    root = Path(record.__file__).parents[2]
    monkeypatch.chdir(root)
    names = {str(path) for path in module_files("bitwright.engine")}
    assert {f"flows/bitwright/{name}.py" for name in ("__init__", "engine", "guard")} <= names
    assert "flows/bitwright/design.py" not in names
    assert all(not name.startswith(("/", "..")) for name in names)
    program = "import sys; import bitwright.engine; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
    for module in loaded.split():
        if module.startswith("bitwright."):
            assert f"flows/{module.replace('.', '/')}.py" in names


@pytest.mark.parametrize(
    ("module", "read", "not_read"),
    [
        ("bitwright.hls.top", "hls/config.hpp.j2", "hls/adopt/bench.cpp.j2"),
        ("bitwright.reports.page", "reports/path.html.j2", "reports/site/templates/base.html.j2"),
        ("bitwright.hls.csim", "hls/top.py", "hls/source.py"),  # from bitwright.hls import top
        ("bitwright.hls.simulate", "hls/vectors.py", "engine.py"),
        ("bitwright.hls.run", "hls/__init__.py", "engine.py"),  # imported for its types alone
        ("bitwright.hls.run", "reports/judge.py", "reports/metrics.py"),
    ],
)
def test_module_files_are_no_more_than_a_module_runs(module, read, not_read, monkeypatch):
    monkeypatch.chdir(Path(record.__file__).parents[2])
    names = {str(path) for path in module_files(module)}
    assert f"flows/bitwright/{read}" in names
    other = Path("flows/bitwright", not_read)
    assert other.is_file() and str(other) not in names


def test_up_to_date_plan_of_many_files_reads_no_content_twice(bench, monkeypatch):
    """Big old outputs are known by stat: a null build does not read them."""
    step = bench.step("head -c 1000000 /dev/zero > out")
    bench.build(step)
    monkeypatch.setattr(record, "YOUNG_NS", -1)
    assert engine.why(step) is None
    monkeypatch.setattr(record.hashlib, "file_digest", pytest.fail)
    assert engine.why(step) is None
