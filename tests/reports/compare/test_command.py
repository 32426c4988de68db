"""`python -m bitwright.reports diff A B`, as it is run; and what people and programs read."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.reports.compare import (
    Snapshot,
    baseline,
    command,
    compare,
    render_json,
    render_markdown,
    render_rich,
)
from bitwright.reports.compare.leaves import leaves
from bitwright.reports.compare.noise import Spread
from bitwright.reports.compare.render import headline
from bitwright.reports.metrics import Metrics, to_json
from hypothesis import given
from hypothesis import strategies as st

SPECIMENS = Path(__file__).parents[2] / "specimens"
Files = Callable[..., Path]


@pytest.fixture
def metrics(measured: Callable[[str], Metrics], tmp_path: Path) -> Files:
    """metrics('name', lut=190, wns_ns=1.0): a metrics.json of the specimen, changed."""

    def write(name: str, **changes: Any) -> Path:
        body = json.loads(to_json(measured("met")))
        for key, value in changes.items():
            if key == "wns_ns":
                body["timing"]["wns_ns"] = value
            elif key in body["utilization"]:
                body["utilization"][key]["used"] = value
            else:
                body[key] = value
        path = tmp_path / name
        path.write_text(json.dumps(body))
        return path

    return write


def diff(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bitwright.reports", "diff", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_exit_status_tells_better_from_worse(metrics: Files):
    one, two = metrics("a.json"), metrics("b.json", dsp=5)
    assert diff(one, one).returncode == 0
    worse = diff(one, two)
    assert worse.returncode == 1
    assert "dsp" in worse.stdout and "+1 (+25.0 %)" in worse.stdout
    assert worse.stdout.splitlines()[-1].startswith("worse: 1 regression; ")
    assert diff(two, one).returncode == 0
    assert diff(one, two, "--threshold", "dsp=1").returncode == 0


def test_what_cannot_be_judged_or_read_is_status_2(metrics: Files, tmp_path: Path):
    one, other = metrics("a.json"), metrics("b.json", clock_mhz=49.9, dsp=5)
    ended = diff(one, other)
    assert ended.returncode == 2
    assert "different clocks asked for, 50.0 and 49.9: shown, not judged" in ended.stdout
    for bad in (tmp_path / "none.json", tmp_path):
        ended = diff(one, bad)
        assert ended.returncode == 2
        assert str(bad) in ended.stderr
        assert "Traceback" not in ended.stderr
    ended = diff(one, one, "--threshold", "luts=1")
    assert ended.returncode == 2
    assert "did you mean 'lut'?" in ended.stderr


def test_a_folder_a_file_and_a_baseline_of_one_build_are_equal(metrics: Files, tmp_path: Path):
    report = tmp_path / "build/toy/ulx3s-85f/report"
    report.mkdir(parents=True)
    file = metrics("build/toy/ulx3s-85f/report/metrics.json")
    accepted = tmp_path / "accepted.json"
    accepted.write_text(baseline.render(Snapshot.of_build(report.parent)))
    for other in (file, accepted):
        ended = diff(report.parent, other, "--format", "json")
        assert ended.returncode == 0
        assert json.loads(ended.stdout)["rows"] == []


def test_a_failed_build_is_read_from_where_it_was_left(metrics: Files, tmp_path: Path):
    failed = tmp_path / "build/report/failed"
    failed.mkdir(parents=True)
    metrics("build/report/failed/metrics.json")
    found = Snapshot.of_build(tmp_path / "build")
    assert found.ok is False


def test_reports_of_a_tool_are_compared_by_their_numbers(tmp_path: Path):
    original = (SPECIMENS / "yosys-0.70/stat.json").read_text()
    changed = tmp_path / "stat.json"
    changed.write_text(original)
    ended = diff(SPECIMENS / "yosys-0.70/stat.json", changed)
    if "no reader knows" in ended.stderr:
        pytest.skip("no reader of Yosys statistics yet")
    assert ended.returncode == 0, ended.stderr
    assert "no measure differs" in ended.stdout
    ended = diff(SPECIMENS / "yosys-0.70/stat.json", SPECIMENS / "nextpnr-0.11/report_met.json")
    assert ended.returncode == 2
    assert "different kinds of report" in ended.stdout


def test_what_a_tool_says_of_the_whole_design_is_the_verdict():
    nextpnr, vitis = SPECIMENS / "nextpnr-0.11", SPECIMENS / "vitis_hls-2023.2"
    missed = diff(nextpnr / "report_met.json", nextpnr / "report_missed.json")
    assert missed.returncode == 1
    assert missed.stdout.splitlines()[-1].startswith("worse: timing missed, ")
    failed = diff(vitis / "mhsa_cosim.rpt", vitis / "failed_cosim.rpt", "--format", "markdown")
    assert failed.returncode == 1, failed.stderr
    assert failed.stdout.startswith("### 🔴 cosim: worse: the simulation failed, ")


def test_a_metrics_json_with_text_for_a_number_is_refused(metrics: Files):
    for bad in ("many", True, None):
        ended = diff(metrics("a.json"), metrics("b.json", lut=bad))
        assert ended.returncode == 2
        assert f"utilization.lut.used is no number: {bad!r}" in ended.stderr


def test_people_are_shown_as_many_rows_as_a_comment_holds():
    rows = {f"ports[p{n}].bits": 1234000.0 + n for n in range(900)}
    before = Snapshot(label="a", kind="csynth_xml", measures=rows)
    after = replace(before, label="b", measures=dict.fromkeys(rows, 2.0))
    text = render_markdown(compare(before, after))
    assert len(text) < 65_536 / 4
    assert "and 860 more, which matter less; the JSON has all" in text
    assert "| 1,234,899 | 2 | -1,234,897 (-100.0 %) |" in text
    assert len(json.loads(render_json(compare(before, after)))["rows"]) == 900


def test_a_number_in_a_list_is_known_by_the_name_of_its_element():
    values = {
        "resources": {"lut": {"used": 3, "available": 10}},
        "clocks": [{"name": "a", "wns_ns": 1.5}, {"name": "b", "wns_ns": None}],
        "rows": [{"x": 1}, {"x": 2}],
        "met": True,
        "missing": {"wns_ns": "NA"},
    }
    assert dict(leaves(values)) == {
        "resources.lut": 3,
        "clocks[a].wns_ns": 1.5,
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["name", "lut", "used", "x"]), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_no_two_numbers_have_one_name(values: Any):
    names = [name for name, _ in leaves({"values": values})]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("banded", [True, False])
def test_a_table_breaks_no_number_and_has_a_column_of_bands_only_if_there_are_some(
    width: int, banded: bool
):
    numbers = {"achieved_mhz": 64.92, "lut": 1_104_806.0, "clock.clk_sys2x.achieved_mhz": 158.1}
    spread = {name: Spread((value, 0.9 * value, value)) for name, value in numbers.items()}
    before = Snapshot("before", "build", numbers, spreads=spread if banded else {})
    after = Snapshot("after", "build", {name: value / 7 for name, value in numbers.items()})
    out = io.StringIO()
    found = compare(before, after)
    render_rich(found, out, width=width)
    table = out.getvalue().partition("verdict")[2].partition("worse:")[0]
    assert max(len(line) for line in table.splitlines()) <= width
    assert table.count("(-85.7 %)") == 3
    shown = "noise band " in out.getvalue()
    assert shown == (banded and width > 100)
    assert ("no room for the noise band" in out.getvalue()) == (banded and not shown)


# --- what is read -------------------------------------------------------------------------------


@pytest.fixture
def pair(measured: Callable[[str], Metrics]) -> tuple[Snapshot, Snapshot]:
    before = Snapshot.of_metrics(to_json(measured("met")), "before")
    measures = {**before.measures, "wns_ns": -1.0, "lut": 150.0}
    instances = tuple(
        replace(node, area={**node.area, "lut": node.area["lut"] + 3})
        if node.path == "u_array"
        else node
        for node in before.instances
    )
    paths = (replace(before.paths[0], slack_ns=-1.0), *before.paths[1:])
    after = replace(before, label="after", measures=measures, instances=instances, paths=paths)
    return before, replace(after, ok=False, broken=("wns_ns",))


def test_markdown_has_the_worst_first_and_tables_that_hold(pair: tuple[Snapshot, Snapshot]):
    text = render_markdown(compare(*pair))
    lines = text.splitlines()
    assert lines[0].startswith("### 🔴 toy on ulx3s-85f: worse: limits broken (wns\\_ns)")
    rows = [line for line in lines if line.startswith("| wns") or line.startswith("| lut")]
    assert rows[0].startswith("| wns\\_ns | 6.050 ns | -1.000 ns | -7.050 (-116.5 %) |")
    assert "🔴 regression" in rows[0] and "🟢 gain" in rows[1]
    tables = [line.replace("\\|", "") for line in lines if line.startswith("|")]
    widths = {line.count("|") for line in tables[:4]}
    assert len(widths) == 1
    assert "u\\_array" in text
    assert text.count("<details>") == text.count("</details>") == 2


def test_a_verdict_that_fell_is_told_though_no_number_changed(pair: tuple[Snapshot, Snapshot]):
    before, _ = pair
    found = compare(before, replace(before, ok=False, broken=("lut",)))
    assert headline(found).startswith("worse: limits broken (lut)")


def test_a_name_cannot_become_markdown(pair: tuple[Snapshot, Snapshot]):
    before, after = pair
    evil = replace(after, config="<img src=x>", label="a|b `c` [d](e)\n# f")
    text = render_markdown(compare(replace(before, config="<img src=x>"), evil))
    assert "<img" not in text
    assert "a|b" not in text and "\n# f" not in text and "[d](e)" not in text


def test_the_table_shows_what_the_json_holds(pair: tuple[Snapshot, Snapshot]):
    out = io.StringIO()
    found = compare(*pair)
    render_rich(found, out)
    text = out.getvalue()
    assert "\x1b[" not in text
    for word in ("wns_ns", "regression", "-7.050", "u_array", "limits broken (wns_ns)"):
        assert word in text
    body = json.loads(render_json(found))
    assert "u_array" in [row["after"] for row in body["hierarchy"]]
    assert body["paths"][0]["change_ns"] == -7.05


def test_the_test_and_its_rate_are_stated_where_there_is_a_noise_band(
    pair: tuple[Snapshot, Snapshot],
):
    before, after = pair
    seeds = [replace(before, measures={**before.measures, "wns_ns": 6 + n / 10}) for n in range(4)]
    text = render_markdown(compare(baseline.accepted(before, seeds), after))
    assert "by 4 seeds of the baseline and Student's t" in text
    assert "of unchanged builds 2% show any gain or regression by chance" in text


# --- reports of tools ---------------------------------------------------------------------------


def test_a_timing_summary_is_compared_by_its_slacks_and_its_paths():
    path = SPECIMENS / "vivado-2018.3/timing_summary.rpt"
    found = command.of(path)
    assert found.measures["wns_ns"] == pytest.approx(min(
        value for name, value in found.measures.items() if name.endswith("wns_ns")
    ))  # fmt: skip
    assert found.paths
    worse = replace(
        found,
        measures={**found.measures, "wns_ns": found.measures["wns_ns"] - 1},
        paths=(replace(found.paths[0], slack_ns=(found.paths[0].slack_ns or 0) - 1),),
    )
    diff = compare(found, worse)
    assert [(row.metric, row.verdict) for row in diff.rows] == [("wns_ns", "regression")]
    assert diff.paths[0].change_ns == -1


def test_a_hierarchy_is_compared_by_instance():
    found = command.of(SPECIMENS / "vivado-2018.3/utilization_hierarchy.rpt")
    assert found.instances[0].path == ""
    assert len({node.path for node in found.instances}) == len(found.instances)
    assert not any("hierarchy" in name for name in found.measures)


def test_every_specimen_of_a_tool_is_equal_to_itself_or_has_nothing_to_compare():
    compared = 0
    for path in sorted(SPECIMENS.glob("v*-*/*.*")):
        try:
            one = command.of(path)
        except ReportError:
            continue
        diff = compare(one, command.of(path))
        assert (diff.rows, diff.paths, diff.hierarchy) == ((), (), ()), path
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("key", ["usercode", "other"])
def test_the_seed_of_a_build_without_a_manifest_is_what_its_place_and_route_was_given(
    metrics: Files, tmp_path: Path, key: str
):
    folder = tmp_path / "build/toy/board"
    (folder / "report/failed").mkdir(parents=True)
    (folder / "implement").mkdir()
    file = metrics("metrics.json").rename(folder / "report/failed/metrics.json")
    usercode = json.loads(file.read_text())["usercode"]
    record = {"key": (usercode if key == "usercode" else "not it") + "rest"}
    record |= {"parts": {"settings": {"seed": "7"}}}
    (folder / "implement/record.json").write_text(json.dumps(record))
    assert Snapshot.of_build(folder).seed == (7 if key == "usercode" else None)
