"""The page of a night: what is judged, in what order, and that nothing in it breaks its markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.nightly import summary
from bitwright.nightly.judge import Compared, Night, Skipped, measured, typical
from bitwright.reports.compare import Snapshot, compare
from bitwright.sweep import Member, Outcome
from hypothesis import given
from hypothesis import strategies as st

MEMBER = Member("tiny", "ulx3s-85f", 1)


def build(mhz: float, lut: float = 100.0, **more: float) -> Snapshot:
    numbers = {"achieved_mhz": mhz, "wns_ns": 20 - 1000 / mhz, "lut": lut} | more
    return Snapshot("a build", "build", numbers, "tiny", "ulx3s-85f", "part", 50.0)


def outcome(status: int = 0, failed: str = "", last: tuple[str, ...] = ()) -> Outcome:
    return Outcome(MEMBER, status, MEMBER.folder, MEMBER.folder / "sweep.log", 1.0, last, failed)


def compared(before: Snapshot, after: Snapshot, config: str = "tiny") -> Compared:
    return Compared(config, "ulx3s-85f", "", (1,), compare(before, after))


def test_seeds_are_one_observation_the_median_of_each_number():
    found = typical({1: build(60, 100), 2: build(70, 104), 3: build(50, 102, dsp=4)})
    assert found.measures["achieved_mhz"] == 60
    assert found.measures["lut"] == 102
    assert "dsp" not in found.measures  # not every seed has it
    assert found.label == "median of seeds 1, 2, 3"


def test_the_worst_of_all_designs_is_on_top_whatever_their_order():
    mild = compared(build(60), build(55), "mild")
    bad = compared(build(60), build(40), "bad")
    for order in ((mild, bad), (bad, mild)):
        page = summary.render(Night((outcome(),), order, ()))
        first = next(line for line in page.splitlines() if line.startswith("| **"))
        assert first.startswith(("| **achieved\\_mhz", "| **wns\\_ns"))
        assert "| bad on ulx3s-85f |" in first
    assert page.startswith("# 🔴 Nightly: 2 designs got worse\n")


def test_a_gain_is_no_fault():
    night = Night((outcome(),), (compared(build(60), build(80)),), ())
    assert night.good
    assert "the only build is good" in summary.headline(night)


GOOD = (compared(build(60), build(60)),)


@pytest.mark.parametrize(
    ("night", "good"),
    [
        (Night((outcome(),), GOOD, ()), True),
        (Night((outcome(1),), GOOD, ()), False),
        (Night((outcome(-9),), GOOD, ()), False),
        (Night((), (), (Skipped(MEMBER, "lacks vivado"),)), False),
        (Night((outcome(),), GOOD, (Skipped(MEMBER, "lacks vivado"),)), True),
        (Night((outcome(),), GOOD, (Skipped(MEMBER, "lacks vivado"),), True), False),
        (Night((outcome(),), (Compared("a", "b", "", (), None, "no baseline"),), ()), True),
        (Night((outcome(),), (Compared("a", "b", "", (), None, "damaged", True),), ()), False),
    ],
)
def test_a_night_is_good_only_if_all_of_it_is(night: Night, good: bool):
    assert night.good is good
    assert summary.render(night).startswith("# 🟢" if good else "# 🔴")


@pytest.mark.parametrize(
    ("status", "failed", "has"), [(0, "", True), (1, "report", True), (1, "implement", False)]
)
def test_only_a_build_that_came_to_its_report_has_numbers(status: int, failed: str, has: bool):
    assert measured(outcome(status, failed)) is has


@given(st.text(max_size=40))
def test_no_text_breaks_out_of_its_cell(words: str):
    shown = summary.text(words)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)(\\\\)*[|<>`*\[\]]", shown)


@given(st.lists(st.text(alphabet="`a \n", max_size=12), max_size=6))
def test_no_output_closes_its_block(lines: list[str]):
    last = tuple(part for line in lines for part in line.splitlines() or [""])
    page = summary.render(Night((outcome(1, "implement", last),), (), ()), root=Path("/nowhere"))
    block = page.partition("sweep.log`:\n\n")[2].splitlines()
    fence = block[0].removesuffix("text")
    end = block.index(fence, 1)
    shown = [line for line in last if line.strip()][-summary.LINES :]
    assert block[1:end] == (shown or ["(it printed nothing)"])
