"""A project with builds and a history, made from the specimens; its site; and a browser.

The browser is the machine's own Chromium. Where there is none these tests are skipped, saying so.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bitwright.reports import floorplan, history, metrics
from bitwright.reports.compare import Snapshot, baseline
from bitwright.reports.device import floor_of
from bitwright.reports.history import Entry
from bitwright.reports.measures import flatten
from bitwright.reports.read.open import nextpnr, placement, yosys
from bitwright.reports.site import Built, build

ROOT = Path(__file__).parents[2]
SPECIMENS = ROOT / "tests/specimens"
PART = "LFE5U-85F-6CABGA381"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOSTILE = '<img src=x onerror="alert(1)">'
STEPS = {"generate": 2.0, "synthesize": 57.25, "implement": 214.5, "report": 0.9, "bitstream": 8.4}


def specimen(name: str) -> str:
    return (SPECIMENS / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def measured() -> dict[str, tuple[str, bytes]]:
    """met and missed: metrics.json and floorplan.png of the specimen."""
    cells = placement.parse_placement(specimen("nextpnr-0.11/placement.json"), origin=Path("p"))
    modules = placement.parse_hierarchy(specimen("yosys-0.70/hierarchy.json"), origin=Path("h"))
    netlist = yosys.parse_stat(specimen("yosys-0.70/stat.json"), origin=Path("s"))
    floor = floor_of(PART)
    assert floor is not None
    found = {}
    for outcome, asked in (("met", 50.0), ("missed", 200.0)):
        name = f"nextpnr-0.11/report_{outcome}.json"
        routed = nextpnr.parse_report(specimen(name), origin=Path(name))
        tools = {"yosys": "0.70", "nextpnr-ecp5": "0.11"}
        subject = metrics.Subject("tiny", "ulx3s-85f", PART, asked, "0badcafe", tools)
        whole = metrics.measure(subject, routed, netlist, cells, modules, origin=Path(name))
        picture = floorplan.draw(floorplan.plan(whole, floor), cells)
        found[outcome] = (metrics.to_json(whole), picture)
    return found


def place(root: Path, config: str, measured: tuple[str, bytes], *, failed: bool = False) -> Path:
    """A build folder as the steps leave it."""
    body = json.loads(measured[0])
    body["config"] = config
    folder = root / "build" / config / "ulx3s-85f"
    report = folder / "report" / "failed" if failed else folder / "report"
    report.mkdir(parents=True)
    (report / "metrics.json").write_text(json.dumps(body, indent=1))
    (report / "floorplan.png").write_bytes(measured[1])
    rows, minute = [], 0
    for step, wall_s in STEPS.items():
        (folder / step).mkdir(exist_ok=True)
        (folder / step / f"{step}.log").write_text("nothing to say\n")
        minute += 5
        times = {"wall_s": wall_s, "peak_rss_mib": 100.5, "cached": step == "synthesize"}
        times["ended"] = f"2026-11-20T09:{minute:02d}:00Z"
        (folder / step / "times.json").write_text(json.dumps(times))
        rows.append({"name": step, **times})
    (folder / "timings.json").write_text(json.dumps({"schema": 1, "steps": rows}))
    if not failed:
        git = {"commit": "c" * 40, "dirty": False}
        (folder / "manifest.json").write_text(json.dumps({"git": git, "settings": {"seed": 1}}))
    return folder


def past(text: str, number: int, **changes: Any) -> Entry:
    """The build before that, number 0 the oldest: everything moves a little."""
    body = copy.deepcopy(json.loads(text))
    for clock in body["timing"]["clocks"]:
        clock["achieved_mhz"] = round(clock["achieved_mhz"] * (0.9 + 0.01 * number), 3)
    for node in body["utilization"]["hierarchy"]:
        node["lut"] += node["lut"] * max(0, 10 - number) // 50
    body["utilization"]["lut"]["used"] = body["utilization"]["hierarchy"][0]["lut"]
    body["usercode"] = f"{number:08x}"
    values: dict[str, Any] = {
        "config": "tiny",
        "target": "ulx3s-85f",
        "seed": 1,
        "clock_mhz": body["clock_mhz"],
        "variant": "",
        "usercode": body["usercode"],
        "commit": f"{number // 2:040x}",  # two builds of each commit
        "dirty": False,
        "ended": f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}T08:00:00Z",
        "ok": number != 3,
        "measures": flatten(body) | {f"step.{n}.wall_s": s for n, s in STEPS.items()},
        "metrics": json.dumps(body),
        "tools": body["tools"],
    }
    return Entry(**(values | changes))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, measured: dict[str, Any]) -> Path:
    """A build that met, one that missed, one without a report, eight of the past, a baseline."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "configs", root / "configs")
    folder = place(root, "tiny", measured["met"])
    row = {"metric": "lut", "value": 189, "bound": 66912, "margin": 66723, "unit": "", "ok": True}
    row |= {"waived": None, "until": None, "sign": "<=", "limit": "<= 80 %"}
    row["source"] = "report/metrics.json: utilization.lut"
    (folder / "report/verdict.json").write_text(json.dumps({"ok": True, "judged": [row]}))
    (folder / "bd").mkdir()
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    )
    (folder / "bd/system.svg").write_text(drawing)
    place(root, "gpt2-small", measured["missed"], failed=True)
    begun = root / "build/gpt2-medium/ulx3s-85f/generate"
    begun.mkdir(parents=True)
    (begun / "times.json").write_text("{}")
    kept = history.open(root / "build/history.db")
    entries = [past(measured["met"][0], number) for number in range(8)]
    for entry in entries:
        kept.add(entry)
    kept.add(past(measured["met"][0], 8, config=HOSTILE, target="a/../b", commit=HOSTILE))
    seeds = [Snapshot.of_metrics(entry.metrics, "seed") for entry in entries[4:]]
    accepted = baseline.accepted(seeds[0], seeds)
    path = root / baseline.path_of("tiny", "ulx3s-85f")
    path.parent.mkdir(parents=True)
    path.write_text(baseline.render(accepted))
    return root


@pytest.fixture(scope="session")
def site(project: Path) -> Built:
    return build(project, project / "build/site")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    programs = [place for name in NAMES if (place := shutil.which(name))]
    if not programs:
        pytest.skip(f"no browser: none of {', '.join(NAMES)} on PATH (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = _launched(playwright.chromium, programs)
        yield running
        running.close()


def _launched(chromium: Any, programs: list[str]) -> Any:
    """The first that runs: Ubuntu's chromium is a name for a snap that may not be there."""
    from playwright.sync_api import Error

    faults = []
    for program in programs:
        try:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            return chromium.launch(executable_path=program, args=arguments)
        except Error as error:
            faults.append(f"{program}: {error}")
    return pytest.fail("no browser starts\n" + "\n".join(faults))
