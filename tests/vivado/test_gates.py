"""What ends a build early, and what keeps a bitstream from being made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.implementation import Waived
from bitwright.limits import AT_MOST, Demands, Limit, Waiver, to_json
from bitwright.reports import measures
from bitwright.reports.read.vivado.cdc import parse_cdc
from bitwright.reports.read.vivado.methodology import parse_methodology
from bitwright.reports.read.vivado.resources import Amount, Resources
from bitwright.reports.site import known
from bitwright.vivado import early, measure, verdict
from bitwright.vivado.early import Lack
from bitwright.vivado.findings import Owners, of_cdc, of_methodology
from bitwright.vivado.scripts import OF_ROUTED, REPORTS
from hypothesis import given
from hypothesis import strategies as st

from tests.standins import reports
from tests.standins.reports import Netlist

SPECIMENS = Path(__file__).parents[1] / "specimens"
NETLIST = Netlist(
    design="alveo_wrapper",
    part="xcu280-fsvh2892-2L-e",
    instance="alveo_i",
    cells=("hbm", "ffn", "matmul"),
    kernels=("ffn", "matmul"),
    clocks=(("clk", 4.0),),
    state="Routed",
    missed={},
)
OWNERS = Owners("alveo_i", {"hbm": "memory controllers of the vendor"})
NONE = Demands()
NOTHING = to_json(NONE)


def lay(folder: Path, netlist: Netlist, names: tuple[str, ...] = OF_ROUTED) -> Path:
    """The reports of a design, as a step leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        command, *options = REPORTS[name].split()
        text = reports.report(command, (*options, "-file", f"{name}.rpt"), netlist, "2024.1")
        (folder / f"{name}.rpt").write_text(text)
    return folder


# --- early ----------------------------------------------------------------------------------------


def judged_early(tmp_path: Path, stage: str, **more: Any) -> int:
    """The exit status of the early judge over a design's reports."""
    netlist = more.pop("netlist", NETLIST)
    folder = lay(tmp_path / "synthesize", netlist, ("timing_summary", "utilization"))
    body = {
        "allowance_percent": {"synthesized": 40, "placed": 20},
        "demands": more.get("demands", NOTHING),
        "messages": more.get("rules", {"promoted": [], "waived": []}),
    }
    (tmp_path / "early.json").write_text(json.dumps(body))
    arguments = [str(folder / f"{name}.rpt") for name in ("timing_summary", "utilization")]
    messages = [str(path) for path in more.get("messages", ())]
    written = ["--write", str(tmp_path / "estimate.json")]
    limits = str(tmp_path / "early.json")
    return early.main([stage, limits, *arguments, *written, "--messages", *messages])


@pytest.mark.parametrize(
    ("stage", "slack", "status"),
    [
        ("synthesized", 0.3, 0),
        ("synthesized", -1.5, 0),  # of 4 ns, 37.5 %
        ("synthesized", -1.7, 3),
        ("placed", -0.7, 0),
        ("placed", -0.9, 3),
    ],
)
def test_a_clock_that_lacks_too_much_of_its_period_ends_the_run_with_its_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stage: str, slack: float, status: int
):
    netlist = replace(NETLIST, missed={"setup": slack})
    assert judged_early(tmp_path, stage, netlist=netlist) == status
    told = capsys.readouterr().out
    assert ("ERROR: this cannot end well" in told) == (status == 3)
    assert f"{slack:+.3f} ns of 4.000 ns" in told, "the numbers are told whatever the verdict is"
    assert (tmp_path / "estimate.json").exists() == (status == 0)


def used(**amounts: tuple[int, int]) -> Resources:
    return Resources(**{name: Amount(*amount) for name, amount in amounts.items()})


GOOD = (Lack("clk", 0.1, 4.0),)


def why(stage: str, area: Resources, demands: Demands = NONE) -> list[str]:
    return list(early.reasons(stage, GOOD, area, demands, 20))


def test_luts_may_still_become_fewer_after_synthesis_but_not_after_placement():
    area = used(lut=(105, 100))
    assert why("synthesized", area) == []
    assert why("placed", area) == ["lut: 105 of 100 that the part has"]


def test_multipliers_and_memory_are_final_from_synthesis_on():
    assert why("synthesized", used(dsp=(101, 100), uram=(5, 4))) == [
        "uram: 5 of 4 that the part has",
        "dsp: 101 of 100 that the part has",
    ]


def test_a_limit_of_the_config_ends_a_run_early_and_a_waiver_lifts_it():
    limit = Limit("dsp", AT_MOST, 10, percent=True)
    area = used(dsp=(11, 100))
    assert why("synthesized", area, Demands((limit,))) == ["dsp: 11; its limit is <= 10 %, 10"]
    waiver = Waiver("dsp", "soon smaller", "2999-01-01", expired=False)
    assert why("synthesized", area, Demands((limit,), waivers=(waiver,))) == []
    late = replace(waiver, expired=True)
    assert why("synthesized", area, Demands((limit,), waivers=(late,)))


@given(st.floats(0.5, 100), st.floats(-50, 50), st.integers(0, 100))
def test_an_allowance_is_a_share_of_the_period(period: float, slack: float, allowance: int):
    found = list(early.reasons("placed", [Lack("c", slack, period)], used(), Demands(), allowance))
    assert bool(found) == (-slack * 100 / period > allowance)


def test_an_unconstrained_design_promises_nothing(tmp_path: Path):
    path = SPECIMENS / "vivado-2017.4" / "timing_summary_na.rpt"
    timing = early.parse_timing_summary(path.read_text(), origin=path)
    with pytest.raises(ReportError, match="no clock has a slack"):
        early.lacks(timing, path)


MESSAGES = {
    "schema": 1,
    "messages": [
        {
            "severity": "CRITICAL WARNING",
            "id": "BD 41-1356",
            "text": "x is not assigned",
            "count": 2,
        }
    ],
}
RULE = {"id": "BD 41-*", "reason": "every segment is to be reached", "contains": "assigned"}


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ({"promoted": [], "waived": []}, 0),
        ({"promoted": [RULE], "waived": []}, 3),
        ({"promoted": [RULE], "waived": [RULE]}, 0),
        ({"promoted": [{**RULE, "contains": "other"}], "waived": []}, 3 * 0),
    ],
)
def test_a_promoted_critical_warning_ends_the_run_unless_it_is_waived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rules: Mapping[str, Any], status: int
):
    path = tmp_path / "block_design" / "messages.json"
    path.parent.mkdir()
    path.write_text(json.dumps(MESSAGES))
    assert judged_early(tmp_path, "synthesized", rules=rules, messages=[path]) == status
    told = capsys.readouterr().out
    assert ("promoted: every segment is to be reached" in told) == (status == 3)


# --- whose a finding is ---------------------------------------------------------------------------


def test_a_crossing_inside_ip_of_the_vendor_is_its_own_business():
    assert OWNERS.reason("CDC-1", "alveo_i/hbm/inst/a_reg/C -> alveo_i/hbm/inst/b_reg/D")
    assert not OWNERS.reason("CDC-1", "alveo_i/hbm/inst/a_reg/C -> alveo_i/ffn/inst/b_reg/D")
    assert not OWNERS.reason("CDC-1", "alveo_i/ffn/inst/a_reg/C -> alveo_i/hbm/inst/b_reg/D")
    assert not OWNERS.reason("CDC-1", "alveo_i/hbm2/a_reg/C -> alveo_i/hbm2/b_reg/D")


def test_what_names_no_cell_of_the_block_design_is_ours():
    assert not OWNERS.reason("TIMING-18", "an input delay is missing on perst")
    assert not OWNERS.reason("CDC-1", "xalveo_i/hbm/a_reg/C -> other/b_reg/D")


def test_a_waiver_of_the_config_is_for_its_rule_and_its_cells():
    waived = replace(OWNERS, waivers=(Waived("CDC-1", "set once", "ffn"),))
    inside = "alveo_i/ffn/inst/a_reg/C -> alveo_i/ffn/inst/b_reg/D"
    assert waived.reason("CDC-1", inside) == "set once"
    assert waived.reason("CDC-1", inside.replace("ffn/inst/a", "hbm/inst/a")) == "set once"
    assert not waived.reason("CDC-2", inside)
    assert not waived.reason("CDC-1", inside.replace("ffn/inst/b", "matmul/inst/b"))
    everywhere = replace(OWNERS, waivers=(Waived("CDC-1", "set once"),))
    assert everywhere.reason("CDC-1", "a_reg/C -> b_reg/D") == "set once"


CELLS = st.sampled_from(["hbm", "ffn", "matmul", "hbm/x", "hbmx"])


@given(st.lists(CELLS, min_size=1, max_size=3))
def test_a_finding_is_the_vendors_exactly_if_each_cell_is(cells: list[str]):
    text = " and ".join(f"alveo_i/{cell}/u/r_reg/D" for cell in cells)
    assert bool(OWNERS.reason("X-1", text)) == all(
        cell.startswith("hbm/") or cell == "hbm" for cell in cells
    )


def test_crossings_of_a_real_layout_are_found_and_those_that_the_tool_waived_are_not():
    path = SPECIMENS / "vivado-2022.2" / "cdc_details.rpt"
    found = list(of_cdc(parse_cdc(path.read_text(), origin=path), OWNERS))
    assert [(each.rule, each.waived) for each in found] == [("CDC-1", "")]
    assert "u_ctl/mode_reg/C -> u_rows/mode_q_reg/D" in found[0].text


def test_critical_findings_of_methodology_are_counted_also_where_a_limit_hides_them():
    path = SPECIMENS / "vivado-2025.1" / "methodology.rpt"
    checks = parse_methodology(path.read_text(), origin=path)
    assert not list(of_methodology(checks, OWNERS)), "the specimen has warnings alone"
    first = checks.violations[0]
    more = len(first.findings) + 5
    worse = replace(first, severity="Critical Warning", count=more, limited=True)
    found = list(of_methodology(replace(checks, violations=(worse,)), OWNERS))
    assert len(found) == len(first.findings) + 1
    assert found[-1].text == "5 more, not printed" and not found[-1].waived


# --- the verdict ----------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a report step, beside one of place and route without reports yet."""
    (tmp_path / "implement").mkdir()
    record = {"key": "0123abcd" + "0" * 56}
    (tmp_path / "implement" / "record.json").write_text(json.dumps(record))
    (tmp_path / "implement" / "messages.json").write_text(json.dumps(MESSAGES))
    (tmp_path / "report").mkdir()
    monkeypatch.chdir(tmp_path / "report")
    return tmp_path


def judged(place: Path, netlist: Netlist, **more: Any) -> int:
    lay(place / "implement", netlist)
    asked = {
        "subject": {
            "config": "tiny",
            "target": "u280",
            "part": netlist.part,
            "clock_mhz": 250.0,
            "tools": {"vivado": "2024.1"},
            "instance": "alveo_i",
        },
        "record": "../implement/record.json",
        "reports": "../implement",
        "logs": [],
        "messages": ["../implement/messages.json"],
        "limits": NOTHING,
        "rules": {"promoted": [], "waived": []},
        "owners": OWNERS.to_json(),
        "steps": ["implement", "report"],
        **more,
    }
    Path("report.json").write_text(json.dumps(asked))
    return verdict.main(["report.json"])


def test_a_good_design_passes_every_gate_and_its_metrics_are_of_the_one_schema(place: Path):
    assert judged(place, NETLIST) == 0
    text = Path("metrics.json").read_text()
    body = known.checked(text, Path("metrics.json"))
    assert body["usercode"] == "0123abcd"
    flat = measures.flatten(body)
    assert flat["whs_ns"] == 0.052 and flat["drc_errors"] == 0 and flat["power_w"] == 2.0
    assert "instance.matmul.dsp" in flat


BAD = {
    "setup": (replace(NETLIST, missed={"setup": -0.2}), "setup is not met"),
    "hold": (replace(NETLIST, missed={"hold": -0.01}), "hold is not met"),
    "pulse width": (replace(NETLIST, missed={"pulse": -0.1}), "pulse widths are not met"),
    "nets": (replace(NETLIST, unrouted=2), "nets are not routed"),
    "rules": (replace(NETLIST, drc_errors=1), "rules of design are broken"),
    "crossings": (replace(NETLIST, cdc_critical=1), "clock crossings of our own are unsafe"),
}


@pytest.mark.parametrize("what", BAD)
def test_each_gate_keeps_a_bitstream_from_being_made_and_says_why(
    place: Path, capsys: pytest.CaptureFixture[str], what: str
):
    netlist, told = BAD[what]
    assert judged(place, netlist) == 3
    out = capsys.readouterr().out
    assert f"ERROR: {told}" in out
    assert not Path("metrics.json").exists(), "what is bad lies where nobody takes it for good"
    assert json.loads(Path("failed/verdict.json").read_text())["ok"] is False
    assert "<html" in Path("failed/index.html").read_text()


def test_a_net_without_a_route_is_counted_once(place: Path):
    assert judged(place, replace(NETLIST, unrouted=2)) == 3
    body = json.loads(Path("failed/metrics.json").read_text())
    assert body["checks"]["unrouted_nets"] == 2


def test_all_that_is_bad_is_told_in_one_go(place: Path, capsys: pytest.CaptureFixture[str]):
    netlist = replace(NETLIST, missed={"setup": -1, "hold": -1}, drc_errors=2, unrouted=1)
    assert judged(place, netlist) == 3
    out = capsys.readouterr().out
    assert all(told in out for _, told in list(BAD.values())[:2])
    assert "nets are not routed" in out and "rules of design" in out


def test_a_crossing_of_ours_that_the_config_waives_stands_with_its_reason(place: Path):
    owners = replace(OWNERS, waivers=(Waived("CDC-1", "quasi static mode", "ffn"),))
    assert judged(place, BAD["crossings"][0], owners=owners.to_json()) == 0
    assert "quasi static mode" in Path("index.html").read_text()


def test_a_waiver_that_meets_nothing_is_told(place: Path, capsys: pytest.CaptureFixture[str]):
    owners = replace(OWNERS, waivers=(Waived("CDC-1", "quasi static mode", "ffn"),))
    assert judged(place, NETLIST, owners=owners.to_json()) == 0
    assert "note: the waiver of CDC-1 of ffn met no finding" in capsys.readouterr().out
    assert judged(place, BAD["crossings"][0], owners=owners.to_json()) == 0
    assert "met no finding" not in capsys.readouterr().out


def test_a_limit_of_the_config_is_judged_as_everywhere(
    place: Path, capsys: pytest.CaptureFixture[str]
):
    demands = Demands((Limit("power_w", AT_MOST, 1.5),))
    assert judged(place, NETLIST, limits=to_json(demands)) == 3
    assert "power_w is 2.000 W; its limit is <= 1.5 W" in capsys.readouterr().out


def test_a_critical_warning_is_listed_and_a_promoted_one_fails_the_build(
    place: Path, capsys: pytest.CaptureFixture[str]
):
    assert judged(place, NETLIST) == 0
    assert "BD 41-1356" in Path("index.html").read_text()
    assert judged(place, NETLIST, rules={"promoted": [RULE], "waived": []}) == 3
    assert "promoted: every segment" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["timing_summary", "drc", "route_status", "cdc", "methodology"])
def test_a_report_that_is_missing_or_cut_is_no_verdict(
    place: Path, capsys: pytest.CaptureFixture[str], name: str
):
    assert judged(place, NETLIST) == 0
    path = place / "implement" / f"{name}.rpt"
    text = path.read_text()
    for broken in ("", text[: len(text) // 3]):
        path.write_text(broken)
        assert verdict.main(["report.json"]) == 1
        assert "ERROR: " in capsys.readouterr().out


def test_without_a_slack_there_is_no_verdict(place: Path, capsys: pytest.CaptureFixture[str]):
    assert judged(place, NETLIST) == 0
    specimen = SPECIMENS / "vivado-2017.4" / "timing_summary_na.rpt"
    (place / "implement" / "timing_summary.rpt").write_text(specimen.read_text())
    assert verdict.main(["report.json"]) == 1
    assert "cannot be judged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("top", ""),
        ("top/alveo_i", ""),
        ("top/alveo_i/matmul", "matmul"),
        ("top/alveo_i/matmul/inst", "matmul"),
        ("top/alveo_i/matmul/inst/u_engine/u_array", "matmul.u_engine.u_array"),
        ("top/alveo_i/ffn/U0/x", "ffn.x"),
        ("top/alveo_i/memory/switch/inst/a", "memory.switch.inst.a"),
        ("top/dbg_hub", "dbg_hub"),
    ],
)
def test_an_instance_has_the_name_that_limits_write_on_every_target(path: str, name: str):
    assert measure.place(path, "top", "alveo_i") == name
