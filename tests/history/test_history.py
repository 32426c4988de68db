"""doit history, and what a build leaves in it."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess

import pytest
from bitwright.front import history as front
from bitwright.reports.history import Entry, open
from bitwright.reports.history.chart import chart, points
from bitwright.reports.history.csvfile import to_csv
from rich.console import Console

from tests.front.toy import Toy
from tests.history.conftest import body, entry


def kept(toy: Toy) -> list[Entry]:
    return open(toy.root / "build/history.db").entries()


def commit(toy: Toy) -> str:
    for words in (
        ["init", "-q"],
        ["add", "source.txt", "configs"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *words], cwd=toy.root, check=True)
    head = ["git", "rev-parse", "HEAD"]
    return subprocess.run(head, cwd=toy.root, capture_output=True, text=True).stdout.strip()


def test_a_build_is_kept_with_its_numbers_times_commit_and_tools(measured: Toy):
    sha = commit(measured)
    assert measured.doit("bitstream", "config=tiny", "seed=2").returncode == 0
    (one,) = kept(measured)
    assert (one.config, one.target, one.seed, one.variant) == ("tiny", "ulx3s-85f", 2, "")
    assert (one.commit, one.dirty, one.ok) == (sha, False, True)
    assert one.measures["wns_ns"] == 2.6
    assert one.measures["lut"] == 100
    assert one.measures["step.implement.wall_s"] > 0
    assert one.measures["wall_s"] >= one.measures["step.implement.wall_s"]
    assert one.measures["peak_rss_mib"] > 1
    assert one.tools == {"toy": "1"}
    folder = measured.root / "build/tiny/ulx3s-85f"
    assert one.metrics == (folder / "report/metrics.json").read_text()


def test_a_build_with_nothing_to_do_adds_nothing(measured: Toy):
    measured.doit("bitstream", "config=tiny")
    measured.doit("bitstream", "config=tiny")
    assert len(kept(measured)) == 1


def test_a_build_that_was_restored_is_kept_too(measured: Toy):
    measured.doit("bitstream", "config=tiny")
    (measured.root / "build/history.db").unlink()
    measured.doit("clean", "config=tiny")
    assert "restored" in measured.doit("bitstream", "config=tiny").stdout
    assert len(kept(measured)) == 1


def test_a_build_restored_at_a_later_commit_is_the_newest(measured: Toy):
    for slack in ("2.5", "1.5", "2.5"):
        (measured.root / "source.txt").write_text(f"{slack} 100")
        commit(measured)
        measured.doit("bitstream", "config=tiny")
    assert [one.measures["wns_ns"] for one in kept(measured)] == [2.5, 1.5, 2.5]


def test_a_bad_verdict_is_kept_once_and_says_so(measured: Toy):
    (measured.root / "source.txt").write_text("-1.5 100")
    assert measured.doit("bitstream", "config=tiny").returncode == 1
    assert measured.doit("bitstream", "config=tiny").returncode == 1
    (one,) = kept(measured)
    assert not one.ok
    assert one.measures["wns_ns"] == -1.5


@pytest.mark.parametrize("slack", ["2.5", "-1.5"])
def test_a_build_that_fails_before_its_report_leaves_no_entry_of_the_one_before(
    measured: Toy, slack: str
):
    (measured.root / "source.txt").write_text(f"{slack} 100")
    measured.doit("bitstream", "config=tiny")
    (measured.root / "build/history.db").unlink()
    assert measured.doit("bitstream", "config=tiny", "seed=13").returncode == 1
    assert kept(measured) == []


def test_a_history_that_cannot_be_written_is_told_in_one_line_and_fails_no_build(measured: Toy):
    (measured.root / "file").touch()
    done = measured.doit("bitstream", "config=tiny", "history=file/history.db")
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.count("not kept in the history: ") == 1


def test_a_damaged_history_fails_no_build_and_history_says_what_to_do(measured: Toy):
    (measured.root / "build").mkdir()
    (measured.root / "build/history.db").write_bytes(b"x" * 5000)
    done = measured.doit("bitstream", "config=tiny")
    assert done.returncode == 0
    assert "not kept in the history: build/history.db: the history is damaged" in done.stdout
    asked = measured.doit("history", "config=tiny")
    assert asked.returncode == 1
    assert "next      mv build/history.db build/history.db.damaged" in asked.stderr


def test_history_draws_a_metric_and_lists_builds(measured: Toy):
    for seed in ("1", "2", "3"):
        measured.doit("bitstream", "config=tiny", f"seed={seed}")
    drawn = measured.doit("history", "config=tiny", "metric=wns_ns")
    assert drawn.returncode == 0, drawn.stderr
    assert "tiny on ulx3s-85f: worst setup slack (ns, higher is better)" in drawn.stdout
    assert re.search(r"^newest +2\.400 ns", drawn.stdout, re.M)
    listed = measured.doit("history", "last=2").stdout
    assert len(re.findall(r"^ 20\d\d-\d\d-\d\d .* tiny .* good .* 2\.[46]00 ", listed, re.M)) == 2


FULL = {"achieved_mhz": 62.52, "wns_ns": 3.565, "lut": 16093.0, "ff": 13140.0, "bram_18k": 132.0}
FULL |= {"dsp": 68.0, "wall_s": 354.9}


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160])
@pytest.mark.parametrize("others", ["tiny", "gpt2-medium"])
def test_a_narrow_terminal_gets_fewer_columns_and_no_number_or_name_is_cut(
    width: int, others: str, monkeypatch: pytest.MonkeyPatch
):
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    monkeypatch.setattr(front, "_console", lambda: console)
    builds = [
        entry(n, config=name, measures=FULL, dirty=True)
        for n, name in enumerate(("gpt2-medium", others, "gpt2-medium"), 1)
    ]
    front._list(builds)
    table, *note = out.getvalue().split("no room for")
    assert "…" not in table
    assert max(map(len, table.splitlines())) <= width
    assert table.count("3.565") == 3
    assert table.count("16,093") == (3 if width >= 80 else 0)
    assert "gpt2-medium" in table
    assert bool(note) == (width < 120)


REFUSED = {
    "config=tiny metric=wns": "did you mean 'wns_ns'?",
    "config=tinny": "no build of 'tinny' in build/history.db; did you mean 'tiny'?",
    "target=ulx3s": "did you mean 'ulx3s-85f'?",
    "last=0": "last: expected a whole number from 1",
    "history=": "history: expected a file",
    "export=": "export: expected a file",
    "import=nowhere": "cannot be read",
    "import=configs": "no metrics.json in 'configs'",
    "word": "history takes no 'word'",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_wrong_question_is_refused_with_what_is_wrong(measured: Toy, line: str):
    measured.doit("bitstream", "config=tiny")
    done = measured.doit("history", *line.split())
    assert REFUSED[line] in done.stderr
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_an_empty_history_says_how_to_fill_it(measured: Toy):
    done = measured.doit("history", "config=tiny")
    assert done.returncode == 2
    assert "no build in build/history.db yet" in done.stderr


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("config=tinny", "no config 'tinny'; did you mean 'tiny'?"),
        ("metric=wns", "unknown metric 'wns'; did you mean 'wns_ns'?"),
        ("metric=step.implement.wall_s", "no build in build/history.db yet"),
    ],
)
def test_a_wrong_name_is_told_also_where_the_history_is_empty(measured: Toy, word: str, says: str):
    done = measured.doit("history", word)
    assert done.returncode == 2
    assert says in done.stderr


@pytest.mark.parametrize(
    ("metric", "title"),
    [
        ("wall_s", "tiny: time to build (s"),
        ("step.implement.wall_s", "tiny: time of step implement (s"),
        ("step.implement.peak_rss_mib", "tiny: peak memory of step implement (MiB"),
        ("clock.a.b.achieved_mhz", "tiny: clock achieved of clock a.b (MHz"),
    ],
)
def test_a_chart_says_what_its_metric_belongs_to(metric: str, title: str):
    out = io.StringIO()
    Console(width=100, file=out).print(
        chart("tiny", [entry(1, measures={metric: 3.0})], metric, 80)
    )
    assert out.getvalue().startswith(title)


def test_a_median_that_no_build_had_is_called_a_median():
    builds = [
        entry(n, commit="a" * 40, measures={"wns_ns": v}) for n, v in ((1, 2.451), (2, 3.675))
    ]
    out = io.StringIO()
    Console(width=100, file=out).print(chart("tiny", builds, "wns_ns", 80))
    assert "newest   3.063 ns  at aaaaaaaa, median of 2 builds (2.451 to 3.675)" in out.getvalue()


def test_older_metrics_are_imported_once_with_the_seed_of_their_manifest(measured: Toy):
    measured.doit("bitstream", "config=tiny", "seed=5")
    lone = measured.root / "older"
    lone.mkdir()
    (lone / "metrics.json").write_text(json.dumps(body(usercode="ffffffff")))
    (measured.root / "build/history.db").unlink()
    first = measured.doit("history", "import=build", "older/metrics.json")
    assert first.stdout == "2 added, 0 known already, 0 refused\n"
    assert {one.seed for one in kept(measured)} == {5, None}
    again = measured.doit("history", "import=older", "build")
    assert again.stdout == "0 added, 2 known already, 0 refused\n"


def test_a_file_that_is_no_metrics_is_refused_and_the_others_are_taken(measured: Toy):
    for name, text in (("a", "{}"), ("b", json.dumps(body())), ("c", "nonsense")):
        (measured.root / name).mkdir()
        (measured.root / name / "metrics.json").write_text(text)
    done = measured.doit("history", "import=a", "b", "c")
    assert done.returncode == 1
    assert done.stdout == "1 added, 0 known already, 2 refused\n"
    assert "a/metrics.json: not the metrics of a build" in done.stderr


def test_an_export_holds_every_build_and_every_number(measured: Toy):
    for seed in ("1", "2"):
        measured.doit("bitstream", "config=tiny", f"seed={seed}")
    assert measured.doit("history", "export=out/all.csv").returncode == 0
    rows = list(csv.DictReader(io.StringIO((measured.root / "out/all.csv").read_text())))
    assert [(row["seed"], row["wns_ns"]) for row in rows] == [("1", "2.5"), ("2", "2.6")]
    assert all(float(row["step.implement.wall_s"]) > 0 for row in rows)


def test_text_that_a_spreadsheet_would_calculate_is_left_text():
    rows = list(csv.reader(io.StringIO(to_csv([entry(1, config="=1+2", measures={"@x": -5.0})]))))
    assert rows[0][-1] == "'@x"
    assert rows[1][0] == "'=1+2"
    assert rows[1][-1] == "-5.0"


def test_seeds_of_one_commit_are_one_point_and_a_bad_one_marks_it():
    one = "a" * 40
    builds = [entry(n, commit=one, measures={"wns_ns": 1.0 * n}, ok=n != 3) for n in (1, 2, 3)]
    builds.append(entry(9, commit="b" * 40, measures={"wns_ns": 9.0}))
    builds.append(entry(10, commit="c" * 40, measures={}))
    found = points(builds, "wns_ns")
    assert [(p.label, p.low, p.middle, p.high, p.ok) for p in found] == [
        ("aaaaaaaa", 1.0, 2.0, 3.0, False),
        ("bbbbbbbb", 9.0, 9.0, 9.0, True),
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 50, 500])
@pytest.mark.parametrize("width", [24, 80, 160])
def test_a_chart_fits_its_width_and_names_its_ends(count: int, width: int):
    builds = [entry(n, measures={"wns_ns": n * 0.001}) for n in range(1, count + 1)]
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(chart("tiny", builds, "wns_ns", width))
    lines = console.export_text().splitlines()
    plot = lines[2:-5]
    assert max(map(len, plot)) <= width
    assert f"{count:08x}" in "\n".join(lines)
    assert any(0x2800 < ord(mark) < 0x2900 for line in plot for mark in line)


def test_a_line_of_equal_values_is_drawn_in_the_middle():
    builds = [entry(n, measures={"lut": 100.0}) for n in (1, 2, 3)]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(chart("tiny", builds, "lut", 60))
    drawn = [
        line
        for line in console.export_text().splitlines()
        if "⣀⣀" in line or "⠒⠒" in line or "⠉⠉" in line
    ]
    assert len(drawn) == 1
    assert "100 ┤" in drawn[0]
