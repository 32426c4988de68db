"""doit nightly on the toy project: real builds, real baselines, what the page says."""

from __future__ import annotations

import re
import signal

import pytest
from bitwright.reports.history import open
from bitwright.whatis import _manifests

from tests.front.test_runs import ESCAPE, on_a_terminal
from tests.front.toy import Toy, wait_for

MATRIX = "configs: [tiny]\ntargets: [ulx3s-85f]\nseeds: [1, 2, 3]\n"


@pytest.fixture
def night(measured: Toy) -> Toy:
    """The measured toy with a matrix of three seeds."""
    (measured.root / "configs/nightly.yml").write_text(MATRIX)
    return measured


def summary(toy: Toy) -> str:
    return (toy.root / "build/nightly/summary.md").read_text()


def accept(toy: Toy) -> None:
    """Accept what source.txt says now as the baseline, with the noise of three seeds."""
    assert toy.doit("bitstream", "config=tiny").returncode == 0
    done = toy.doit("baseline", "config=tiny", "seeds=3")
    assert done.returncode == 0, done.stdout + done.stderr


def worsen(toy: Toy, text: str) -> None:
    (toy.root / "source.txt").write_text(text)


def test_a_good_night_says_so_in_its_first_line_and_ends_with_0(night: Toy):
    accept(night)
    done = night.doit("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    first = summary(night).splitlines()[0]
    assert first == "# 🟢 Nightly: all 3 builds are good, nothing got worse"
    assert len(re.findall(r"^\| tiny ulx3s-85f seed-\d \| good \|", summary(night), re.M)) == 3
    assert (night.root / "build/site/index.html").exists()
    assert {e.variant for e in open(night.root / "build/history.db").entries()} >= {"seed-2"}


def test_what_got_worse_most_is_on_top_with_before_after_and_band(night: Toy):
    accept(night)
    worsen(night, "0.3 101")
    done = night.doit("nightly")
    assert done.returncode == 1
    lines = summary(night).splitlines()
    assert lines[0] == "# 🔴 Nightly: 1 design got worse"
    rows = [line for line in lines if line.startswith("| ")]
    assert re.match(
        r"\| \*\*(achieved|wns).*\*\* \| tiny on ulx3s-85f \|", rows[1].replace("\\", "")
    )
    assert re.search(r"[\d.]+ to [\d.]+ \|$", rows[1])
    assert "nightly: 1 design got worse" in done.stdout


def test_a_change_within_the_noise_fails_no_night(night: Toy):
    accept(night)
    worsen(night, "2.48 100")
    assert night.doit("nightly").returncode == 0


def test_the_night_goes_on_after_a_failure_and_shows_its_last_lines(night: Toy):
    (night.root / "configs/nightly.yml").write_text(MATRIX.replace("[1, 2, 3]", "[1, 13, 3]"))
    done = night.doit("nightly")
    assert done.returncode == 1
    page = summary(night)
    assert page.startswith("# 🔴 Nightly: 1 of 3 builds failed\n")
    assert "**tiny ulx3s-85f seed-13** failed in implement (exit status 1)" in page
    assert "ERROR: no route for net clk" in page
    assert page.count("| good |") == 2


def test_a_missed_clock_is_a_failure_whose_numbers_are_compared(night: Toy):
    accept(night)
    worsen(night, "-1 100")
    assert night.doit("nightly").returncode == 1
    page = summary(night)
    assert page.startswith("# 🔴 Nightly: 1 design got worse; 3 of 3 builds failed")
    assert "failed in report" in page
    assert "| **failed** in report | 47.62 | -1.000 |" in page


def test_numbers_of_the_night_before_are_not_those_of_a_build_that_failed(night: Toy):
    accept(night)
    assert night.doit("nightly").returncode == 0
    worsen(night, "not a number")
    assert night.doit("nightly").returncode == 1
    page = summary(night)
    assert page.count("| **failed** in implement | - | - |") == 3
    assert "no seed came to its report" in page


def test_what_cannot_be_built_here_is_listed_and_never_counted_as_built(night: Toy):
    (night.root / "configs/nightly.yml").write_text(
        MATRIX.replace("[ulx3s-85f]", "[ulx3s-85f, u280]")
    )
    done = night.doit("nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    page = summary(night)
    assert "all 3 builds are good" in page
    assert len(re.findall(r"^- tiny u280 seed-\d: lacks vivado", page, re.M)) == 3
    asked = night.doit("nightly", "missing=fail")
    assert asked.returncode == 1
    assert "tools are missing for 3 builds" in summary(night).splitlines()[0]


def test_a_night_in_which_nothing_can_be_built_is_not_good(night: Toy):
    (night.root / "configs/nightly.yml").write_text(MATRIX.replace("ulx3s-85f", "u280"))
    done = night.doit("nightly")
    assert done.returncode == 1
    assert summary(night).startswith("# 🔴 Nightly: nothing was built\n")


def test_without_a_baseline_the_page_says_how_to_make_one(night: Toy):
    assert night.doit("nightly").returncode == 0
    assert "./doit baseline config=tiny target=ulx3s-85f seeds=8 makes one" in summary(night)


def test_a_damaged_baseline_fails_the_night_and_says_which(night: Toy):
    path = night.root / "reports/baselines/tiny/ulx3s-85f.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert night.doit("nightly").returncode == 1
    page = summary(night).replace("\\", "")
    assert "1 design could not be compared" in page.splitlines()[0]
    assert "reports/baselines/tiny/ulx3s-85f.json" in page


REFUSED = {
    "jobs=0": "jobs: expected a whole number from 1",
    "missing=x": "missing: expected one of skip, fail",
    "matrix=": "matrix: expected a file",
    "matrix=nowhere.yml": "nowhere.yml:1: cannot be read",
    "config=tiny": "nightly takes no 'config'",
}


@pytest.mark.parametrize("word", REFUSED)
def test_a_wrong_command_line_builds_nothing(night: Toy, word: str):
    done = night.doit("nightly", word)
    assert done.returncode == 2
    assert REFUSED[word] in done.stderr
    assert not (night.root / "build/tiny").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_night_and_leaves_no_summary_of_another(night: Toy, number: int):
    assert night.doit("nightly").returncode == 0
    (night.root / "configs/nightly.yml").write_text(MATRIX.replace("[1, 2, 3]", "[14, 2]"))
    process = night.start("nightly", "jobs=1")
    implement = night.root / "build/tiny/ulx3s-85f/variants/seed-14/implement/implement.log"
    wait_for(implement.exists, "implement began")
    process.send_signal(number)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, out + errors
    assert "Traceback" not in out + errors
    assert not (night.root / "build/nightly/summary.md").exists()


def test_a_terminal_gets_a_live_table_of_the_builds(night: Toy):
    shown = on_a_terminal(night, "nightly")
    assert "\x1b[?25l" in shown  # the cursor is hidden while the table is redrawn
    plain = ESCAPE.sub("", shown)
    for seed in (1, 2, 3):
        assert re.search(rf"✓ tiny ulx3s-85f seed-{seed} ", plain)
    assert "nightly: all 3 builds are good" in plain


def test_elsewhere_each_build_gets_a_line_when_it_starts_and_when_it_ends(night: Toy):
    lines = night.doit("nightly").stdout.splitlines()
    for seed in (1, 2, 3):
        own = [line for line in lines if line.startswith(f"tiny ulx3s-85f seed-{seed}  ")]
        assert own[0].endswith("  started")
        assert re.search(r"  done in [\d.]+ s$", own[-1])
    assert lines[-1] == "build/nightly/summary.md"


def test_a_bitstream_of_a_variant_is_told_by_its_manifest(night: Toy):
    assert night.doit("nightly").returncode == 0
    manifest = night.root / "build/tiny/ulx3s-85f/variants/seed-2/manifest.json"
    found = dict(_manifests(night.root / "build"))
    assert found[manifest]["settings"]["seed"] == 2
