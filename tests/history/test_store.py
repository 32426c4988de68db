"""The file of the history: nothing acknowledged is lost, nothing is there twice, faults told."""

from __future__ import annotations

import dataclasses
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.reports.history import Entry, History, open
from bitwright.reports.history.store import SCHEMA
from hypothesis import example, given
from hypothesis import strategies as st

from tests.front.toy import ROOT
from tests.history.conftest import entry

WRITER = """
import sys
from bitwright.reports import history
from tests.history.conftest import entry
from contextlib import closing
from pathlib import Path
kept = history.open(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    kept.add(entry(number))
    print(number, flush=True)  # acknowledged
"""


def writer(history: History, begin: int, end: int) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "flows")])
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(history.path), str(begin), str(end)],
        env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


def integrity(history: History) -> str:
    return str(sqlite3.connect(history.path).execute("PRAGMA integrity_check").fetchone()[0])


def test_what_is_added_comes_back_in_every_field(history: History):
    one = entry(7, ok=False, dirty=True, variant="seed-7", commit="", seed=None)
    assert history.add(one)
    assert history.entries() == [one]


def test_a_build_that_is_there_is_not_added_again_wherever_and_whenever_it_ran(history: History):
    one = entry(7)
    assert history.add(one)
    again = dataclasses.replace(one, ended="2027-01-01T00:00:00Z", variant="seed-7")
    assert not history.add(again)
    assert history.entries() == [one]


def test_the_same_numbers_at_another_commit_are_another_build(history: History):
    history.add(entry(1))
    assert history.add(entry(1, commit="f" * 40))
    assert history.add(entry(1, dirty=True))
    assert len(history.entries()) == 3


def test_an_import_of_a_build_that_is_there_with_its_commit_adds_nothing(history: History):
    history.add(entry(1))
    assert not history.add(entry(1, commit="", seed=None))


def test_entries_come_oldest_first_and_only_those_asked_for(history: History):
    for number in (3, 1, 2):
        history.add(entry(number))
    history.add(entry(9, config="other"))
    assert [e.seed for e in history.entries("tiny")] == [1, 2, 3]
    assert [e.seed for e in history.entries("tiny", "ulx3s-85f", 2)] == [2]
    assert [e.seed for e in history.entries("tiny", last=2)] == [2, 3]
    assert history.entries("tiny", "elsewhere") == []
    assert all(not e.metrics for e in history.entries(metrics=False))


def test_a_history_that_is_not_there_is_empty_and_is_not_made_by_looking(history: History):
    assert history.entries() == []
    assert not history.path.exists()


def test_eight_processes_add_at_once_and_nothing_is_lost(history: History):
    writers = [writer(history, 100 * n, 100 * (n + 1)) for n in range(8)]
    said = [process.communicate(timeout=300)[0] for process in writers]
    assert [process.returncode for process in writers] == [0] * 8
    assert sorted(int(word) for text in said for word in text.split()) == list(range(800))
    assert sorted(e.seed for e in history.entries(metrics=False)) == list(range(800))
    assert integrity(history) == "ok"


@pytest.mark.parametrize("chance", range(3))
def test_what_was_acknowledged_survives_kill_9_of_any_writer(history: History, chance: int):
    dice = random.Random(chance)
    writers = [writer(history, 100 * n, 100 * n + 25) for n in range(8)]
    said: list[list[int]] = [[] for _ in writers]
    for number in dice.sample(range(8), 5):
        process = writers[number]
        assert process.stdout
        for _ in range(dice.randrange(1, 12)):
            if line := process.stdout.readline():
                said[number].append(int(line))
        process.send_signal(signal.SIGKILL)
    for number, process in enumerate(writers):
        said[number] += map(int, process.communicate(timeout=300)[0].split())
    kept = {e.seed for e in history.entries(metrics=False)}
    assert {number for numbers in said for number in numbers} <= kept
    assert integrity(history) == "ok"
    assert history.add(entry(5000))  # nobody's lock is left


def test_a_newer_schema_is_refused_and_left_alone(history: History):
    history.add(entry(1))
    with sqlite3.connect(history.path) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    before = history.path.read_bytes()
    for action in (lambda: history.add(entry(2)), history.entries):
        with pytest.raises(ToolError, match=rf"schema {SCHEMA + 1}[\s\S]*next .*newer bitwright"):
            action()
    assert history.path.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(history: History):
    with sqlite3.connect(history.path) as database:
        database.execute("CREATE TABLE mine (x)")
    before = history.path.read_bytes()
    for action in (lambda: history.add(entry(2)), history.entries):
        with pytest.raises(ToolError, match="another program's"):
            action()
    assert history.path.read_bytes() == before


@pytest.mark.parametrize("column", ["measures", "tools", "clock_mhz", "metrics"])
def test_a_value_of_another_kind_is_damage(history: History, column: str):
    history.add(entry(1))
    with closing(sqlite3.connect(history.path)) as database, database:
        database.execute(
            f"UPDATE builds SET {column} = x'3432'"
            if column != "metrics"
            else "UPDATE builds SET metrics = 42"
        )
    with pytest.raises(ToolError, match=f"damaged: {column} is"):
        history.entries()


@example(23_987, b"_,")  # makes a text an integer
@given(st.integers(0, 30_000), st.binary(min_size=1, max_size=64))
def test_a_damaged_file_is_told_with_what_to_do_or_read_right(tmp_path_factory, at, noise):
    history = open(tmp_path_factory.mktemp("damage") / "history.db")
    good = [entry(number) for number in range(1, 4)]
    for one in good:
        history.add(one)
    data = bytearray(history.path.read_bytes())
    at %= len(data)
    data[at : at + len(noise)] = noise
    history.path.write_bytes(data)
    try:
        found = history.entries()
    except ToolError as error:
        assert "next" in str(error)
        assert str(history.path) in str(error)
    else:
        assert all(isinstance(one, Entry) for one in found)


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 40, b"x"])
def test_a_file_that_is_no_history_says_what_to_do(history: History, content: bytes):
    history.path.write_bytes(content)
    with pytest.raises(ToolError, match=r"damaged[\s\S]*next +mv .*import=build"):
        history.entries()
    with pytest.raises(ToolError, match="damaged"):
        history.add(entry(1))
    assert history.path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ToolError, match="cannot be reached"):
        open(tmp_path / "file/history.db").add(entry(1))
