"""The site as files: whole, the same each time, and honest about what it could not read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from bitwright import design
from bitwright.errors import ToolError
from bitwright.reports import history
from bitwright.reports.read import recognise
from bitwright.reports.site import Built, build
from bitwright.reports.site.gather import slug
from bitwright.reports.site.treemap import tree_map
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.site.conftest import ROOT, past

PART = "LFE5U-85F-6CABGA381"


class Page(HTMLParser):
    """Links, ids, text and tags of a page, whose tags must balance."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.close()
        assert not self.open, f"{path}: {self.open} never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not [name for name, _ in attrs if name.startswith("on")], "a script in an attribute"
        if tag not in ("meta", "img", "br", "link", "input", "line", "polyline", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "script":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(site: Built, name: str) -> Page:
    return Page(site.index.parent / name)


def copied(project: Path, to: Path, configs: bool = True) -> Path:
    shutil.copytree(project, to, ignore=shutil.ignore_patterns("site"))
    return to


def test_every_link_leads_to_a_file_and_every_fragment_to_an_element(site: Built):
    for name in site.pages:
        found = page(site, str(name))
        assert len(set(found.ids)) == len(found.ids), name
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme == "data":
                continue
            assert not parts.scheme and not parts.netloc, f"{name}: {link} leaves the site"
            assert not link.startswith("/"), f"{name}: {link} is not relative"
            there = site.index.parent / name
            if parts.path:
                there = there.parent / unquote(parts.path)
                assert there.resolve().is_relative_to(site.index.parent.resolve()), link
                assert there.is_file(), f"{name}: {link}"
            elif parts.fragment:
                assert parts.fragment in found.ids, f"{name}: {link}"


def test_every_config_and_target_stands_on_the_overview(site: Built, project: Path):
    text = page(site, "index.html").text
    for name in (*design.names(project), *design.names(project, "configs/targets")):
        assert name in text, name
    for words in ("not built", "limits met", "limits missed", "not finished"):
        assert words in text, words


def test_the_page_of_a_build_has_its_numbers_and_where_they_are_from(site: Built, project: Path):
    found = page(site, "builds/tiny--ulx3s-85f.html")
    body = json.loads((project / "build/tiny/ulx3s-85f/report/metrics.json").read_text())
    for name in ("lut", "ff"):
        assert f"{body['utilization'][name]['used']:,}" in found.text
    for words in ("cccccccc", "0badcafe", "nextpnr-ecp5", "0.11", "from the cache", PART):
        assert words in found.text, words
    links = [link for link in found.links if link.startswith("../files/")]
    for name in ("report/metrics.json", "manifest.json", "report/floorplan.png", "bd/system.svg"):
        assert f"../files/tiny--ulx3s-85f/{name}" in links


def test_the_history_of_a_build_has_a_page_each_and_the_present_one_only_once(
    project: Path, tmp_path: Path, measured: Any
):
    root = copied(project, tmp_path / "again")
    folder = root / "build/tiny/ulx3s-85f"
    present = history.entry_of_build(
        folder, seed=1, variant="", git={"commit": "c" * 40, "dirty": False}
    )
    assert present is not None
    history.open(root / "build/history.db").add(present)
    names = {path.name for path in build(root, tmp_path / "site").pages}
    past = [name for name in names if name.startswith("tiny--ulx3s-85f--")]
    assert len(past) == 8
    assert "tiny--ulx3s-85f.html" in names


def test_the_same_inputs_give_the_same_bytes(project: Path, site: Built, tmp_path: Path):
    again = build(project, tmp_path / "site").index.parent
    first = site.index.parent
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    for name in files:
        assert (first / name).read_bytes() == (again / name).read_bytes(), name


def test_nothing_built_yet_says_how_to_begin(tmp_path: Path, project: Path):
    shutil.copytree(project / "configs", tmp_path / "configs")
    site = build(tmp_path, tmp_path / "build/site")
    assert site.problems == ()
    assert "Nothing is built yet" in page(site, "index.html").text
    assert "No build yet" in page(site, "trends.html").text
    text = page(site, "compare.html").text
    assert "Two builds are needed" in text and "./doit bitstream config=" in text


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("report/metrics.json", "{"),
        ("report/metrics.json", "{}"),
        ("report/metrics.json", "[1, 2]"),
        ("report/metrics.json", '{"timing": {"wns_ns": NaN}}'),
        ("report/verdict.json", "no JSON"),
        ("manifest.json", '{"git": 3, "settings": {}}'),
        ("timings.json", '{"steps": [{"name": "implement"}]}'),
    ],
)
def test_a_damaged_file_is_shown_on_its_build_and_the_site_is_made(
    name: str, damage: str, project: Path, tmp_path: Path
):
    root = copied(project, tmp_path / "damaged")
    (root / "build/tiny/ulx3s-85f" / name).write_text(damage)
    site = build(root, root / "build/site")
    assert any(f"build/tiny/ulx3s-85f/{name}" in problem for problem in site.problems)
    found = page(site, "builds/tiny--ulx3s-85f.html")
    assert "This build is damaged" in found.text
    assert name in found.text
    assert "damaged" in page(site, "index.html").text
    assert "builds/gpt2-small--ulx3s-85f.html" in map(str, site.pages)


def test_a_damaged_history_or_baseline_or_config_is_a_problem_and_no_end(
    project: Path, tmp_path: Path
):
    root = copied(project, tmp_path / "damaged")
    (root / "build/history.db").write_bytes(b"no database at all" * 99)
    (root / "reports/baselines/tiny/ulx3s-85f.json").write_text("{")
    (root / "configs/gpt2-xl.yml").write_text("model: 3\n")
    site = build(root, root / "build/site")
    told = "\n".join(site.problems)
    for name in ("history.db", "reports/baselines/tiny/ulx3s-85f.json", "configs/gpt2-xl.yml"):
        assert name in told, name
        assert name in page(site, "index.html").text, name


def test_no_name_becomes_markup_or_leaves_the_site(site: Built):
    folder = site.index.parent
    for path in (*folder.glob("**/*.html"), *folder.glob("data/*.js")):
        assert "<img src=x" not in path.read_text("utf-8"), path
    assert "<img src=x onerror=" in page(site, "index.html").text  # as text, for people


def test_a_site_that_cannot_be_made_leaves_the_one_before(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "site"
    build(project, out)
    before = (out / "index.html").read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("bitwright.reports.site.render._assets", fail)
    with pytest.raises(OSError, match="no space left"):
        build(project, out)
    assert (out / "index.html").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "site"]


def test_a_new_site_replaces_the_old_one_whole(project: Path, tmp_path: Path):
    out = tmp_path / "site"
    build(project, out)
    (out / "builds/gone.html").write_text("of a build that was removed")
    build(project, out)
    assert not (out / "builds/gone.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".site.lock", "site"]


def test_five_hundred_builds_are_all_compared_and_drawn_and_the_newest_have_pages(
    tmp_path: Path, measured: Any
):
    kept = history.open(tmp_path / "build/history.db")
    kept.path.parent.mkdir()
    (tmp_path / "configs/targets").mkdir(parents=True)
    text = measured["met"][0]
    for number in range(500):
        kept.add(past(text, number % 100, usercode=f"{number:08x}", commit=f"{number:040x}"))
    site = build(tmp_path, tmp_path / "site")
    assert site.problems == ()
    compare = (tmp_path / "site/compare.html").read_text()
    assert len(list((tmp_path / "site/data").iterdir())) == 500
    assert all(f"{number:040x}"[:9] in compare for number in range(500))
    pages = [name for name in site.pages if name.parts[0] == "builds"]
    assert 0 < len(pages) < 100
    assert "500 builds" in page(site, "index.html").text
    for name in ("index.html", "trends.html", "compare.html"):
        assert (tmp_path / "site" / name).stat().st_size < 1_000_000, name


@pytest.mark.parametrize(("damage", "status"), [("", 0), ("{", 1)])
def test_doit_site_says_where_it_is_and_fails_when_something_could_not_be_read(
    damage: str, status: int, project: Path, tmp_path: Path
):
    root = copied(project, tmp_path / "project")
    for name in ("dodo.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    if damage:
        (root / "build/tiny/ulx3s-85f/report/metrics.json").write_text(damage)
    ended = subprocess.run(
        [sys.executable, "-m", "doit", "site"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT / "flows")},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert "build/site/index.html" in ended.stdout
    assert (root / "build/site/index.html").is_file()
    assert ("build/tiny/ulx3s-85f/report/metrics.json" in ended.stderr) == bool(damage)


def test_a_folder_whose_name_is_no_unicode_is_shown(project: Path, tmp_path: Path):
    name = os.fsdecode(b"caf\xe9")
    shutil.copytree(project / "build/tiny", tmp_path / "build" / name)
    site = build(tmp_path, tmp_path / "site")
    assert site.problems == ()
    assert (
        "caf? on ulx3s-85f" in page(site, str(next(p for p in site.pages if "caf" in p.name))).text
    )


def test_a_folder_that_is_no_site_is_left_alone(project: Path, tmp_path: Path):
    build_of_a_config = tmp_path / "site/ulx3s-85f/manifest.json"
    build_of_a_config.parent.mkdir(parents=True)
    build_of_a_config.write_text("{}")
    with pytest.raises(ToolError, match="something else than a site"):
        build(project, tmp_path / "site")
    assert build_of_a_config.read_text() == "{}"


def test_several_at_once_leave_one_whole_site_and_what_a_killed_run_left_is_removed(
    tmp_path: Path, project: Path
):
    shutil.copytree(project / "configs", tmp_path / "project/configs")
    out = tmp_path / "made/site"
    (tmp_path / "made/.site-killed").mkdir(parents=True)
    with ThreadPoolExecutor(4) as pool:
        sites = list(pool.map(lambda _: build(tmp_path / "project", out), range(8)))
    assert len({site.pages for site in sites}) == 1
    assert sorted(path.name for path in out.parent.iterdir()) == [".site.lock", "site"]


@given(st.text(max_size=200))
def test_every_name_becomes_a_safe_part_of_a_path(name: str):
    found = slug(name)
    assert (found.isascii() and 0 < len(found) <= 70) or found == name
    assert "/" not in found and not found.startswith(".") and "~" not in found


AREAS = st.recursive(
    st.integers(0, 500),
    lambda inner: st.tuples(st.integers(0, 50), st.lists(inner, max_size=6)),
    max_leaves=40,
)


def rows(area: Any, path: str = "") -> list[dict[str, Any]]:
    """A hierarchy as metrics.json has it, of (cells of its own, what is below)."""
    own, below = area if isinstance(area, tuple) else (area, [])
    found = [
        row
        for index, child in enumerate(below)
        for row in rows(child, f"{path}.u_{index}".lstrip("."))
    ]
    depth = path.count(".") + 1 if path else 0
    direct = [row for row in found if row["path"].count(".") + 1 == depth + 1]
    total = own + sum(row["lut"] for row in direct)
    return [{"path": path, "module": "m", "lut": total}, *found]


@given(AREAS)
def test_the_tree_map_gives_every_instance_its_share_of_the_area(area: Any):
    hierarchy = rows(area)
    found = tree_map(hierarchy, "top", ("lut",))
    boxes = found["boxes"].get("lut", {})
    assert bool(boxes.get("0")) == (hierarchy[0]["lut"] > 0 and len(found["nodes"]) > 1)
    for number, layouts in boxes.items():
        whole = found["nodes"][int(number)]["a"][0]
        for child, left, top, width, height in layouts.get("out", []):
            assert left >= 0 and top >= 0 and left + width <= 1002 and top + height <= 1002
            if child >= 0 and width > 60 and height > 60:
                share = found["nodes"][child]["a"][0] / whole
                assert width * height / 1e6 == pytest.approx(share, rel=0.1, abs=0.002)


def test_a_build_under_way_does_not_hide_what_the_history_knows(
    project: Path, tmp_path: Path, measured: Any
):
    root = copied(project, tmp_path / "project")
    entry = past(measured["met"][0], 9, config="gpt2-medium")
    history.open(root / "build/history.db").add(entry)
    text = page(build(root, tmp_path / "site"), "index.html").text
    row = text[text.index("gpt2-medium") :][:200]
    assert "limits met" in row and "a newer one is not finished" in row
    assert f"{entry.measures['achieved_mhz']:.1f}" in row


def test_messages_and_power_of_the_reports_of_a_build_are_shown(project: Path, tmp_path: Path):
    root = copied(project, tmp_path / "project")
    step = root / "build/tiny/ulx3s-85f/implement"
    shutil.copy(ROOT / "tests/specimens/vivado-2022.2/runme.log", step / "runme.log")
    shutil.copy(ROOT / "tests/specimens/vivado-2015.3/power.rpt", step)
    (step / "torn.rpt").write_bytes((step / "power.rpt").read_bytes()[:900])
    (step / "notes.rpt").write_text("no report of any tool\n")
    read = recognise.read(step / "runme.log").to_json()["values"]
    site = build(root, tmp_path / "site")
    text = page(site, "builds/tiny--ulx3s-85f.html").text
    assert "0.345 W on the chip, as Vivado estimates it, with low confidence" in text
    for severity, count in read["counts"].items():
        assert f"{count:,} {severity.lower()}" in text
    assert all(message["id"] in text for message in read["messages"] if message["id"])
    assert "notes.rpt" not in text
    assert any("torn.rpt" in problem for problem in site.problems)
    assert "The log breaks off" not in text
    log = (step / "runme.log").read_text()
    (step / "runme.log").write_text(log[: len(log) // 2])
    name = "builds/tiny--ulx3s-85f.html"
    assert "The log breaks off" in page(build(root, tmp_path / "site"), name).text
    (step / "record.json").write_text("{}")  # the engine's word that the step ended well
    assert "The log breaks off" not in page(build(root, tmp_path / "site"), name).text
    assert "torn.rpt" in text


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a JSON document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in inner:
        found.append((*way, key))
        if isinstance(item, dict | list):
            found += places(item, (*way, key))
    return found


FILES = ("report/metrics.json", "report/verdict.json", "manifest.json", "timings.json")
ODD = st.sampled_from([None, True, -1, 0, 1e300, 0.5, "", "x", [], {}, [None], {"a": 1}, "\ud800<"])


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_stands_in_a_file_of_a_build_the_site_is_made(
    data: st.DataObject, project: Path, tmp_path_factory: pytest.TempPathFactory
):
    root = tmp_path_factory.mktemp("odd")
    source = project / "build/tiny/ulx3s-85f"
    folder = root / "build/tiny/ulx3s-85f"
    (folder / "report").mkdir(parents=True)
    for name in FILES:
        shutil.copy(source / name, folder / name)
    name = data.draw(st.sampled_from(FILES))
    document = json.loads((folder / name).read_text())
    way = data.draw(st.sampled_from(places(document)))
    owner = document
    for key in way[:-1]:
        owner = owner[key]
    if data.draw(st.booleans()):
        owner[way[-1]] = data.draw(ODD)
    else:
        del owner[way[-1]]
    (folder / name).write_text(json.dumps(document))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bitwright.reports.site.render._assets", lambda folder: folder.mkdir())
        site = build(root, root / "site")
    text = page(site, "builds/tiny--ulx3s-85f.html").text
    assert not site.problems or "This build is damaged" in text
    shutil.rmtree(root)


def judged(metric: str, margin: float, **changes: Any) -> dict[str, Any]:
    row = {"metric": metric, "value": 5, "bound": 5 + margin, "margin": margin, "unit": ""}
    row |= {"ok": margin >= 0, "waived": None, "until": None, "sign": "<=", "limit": "<= 9 %"}
    return row | {"source": f"report/metrics.json: {metric}"} | changes


def test_a_broken_limit_is_named_beside_the_verdict_and_stands_first(project: Path, tmp_path: Path):
    root = copied(project, tmp_path / "project")
    report = root / "build/gpt2-small/ulx3s-85f/report"
    rows = [judged("ff", 2), judged("dsp", -1, waived="for now", until="2027-01-01")]
    rows += [judged("lut", -3), judged("clock.sys.achieved_mhz", -4)]
    (report / "failed/verdict.json").write_text(json.dumps({"ok": False, "judged": rows}))
    (report / "report.log").write_text("reading\nERROR: lut is 5; its limit is <= 9 %\n")
    site = build(root, tmp_path / "site")
    assert site.problems == ()
    text = page(site, "builds/gpt2-small--ulx3s-85f.html").text
    assert "limits missed LUT, sys clock achieved" in text
    assert "lut is 5; its limit is <= 9 %" in text[text.index("Messages build/gpt2-small") :][:400]
    assert "1 error " in text and "9 % of the part" in text
    table = text[text.index("Where the value is from") :]
    order = [table.index(f"metrics.json: {name}") for name in ("lut", "clock.sys", "dsp", "ff")]
    assert order == sorted(order)
    overview = page(site, "index.html").text
    assert overview.index("gpt2-small") < overview.index("tiny"), "what needs a look is first"
    assert "limits missed LUT, sys clock achieved" in overview


def test_a_limit_nobody_wrote_is_left_out_only_where_a_written_one_asks_for_more(
    project: Path, tmp_path: Path
):
    asked = judged("wns_ns", 4, limit="asked", sign=">=")
    for other, shown in (
        (judged("wns_ns", 3, limit=">= 1 ns", sign=">="), 1),
        (judged("wns_ns", 9, limit=">= -5 ns", sign=">="), 2),
        (judged("lut", 3), 1),
    ):
        root = copied(project, tmp_path / f"project{other['margin']}{other['metric']}")
        verdict = {"ok": True, "judged": [asked, other]}
        (root / "build/tiny/ulx3s-85f/report/verdict.json").write_text(json.dumps(verdict))
        text = page(build(root, tmp_path / "site"), "builds/tiny--ulx3s-85f.html").text
        assert text.count("report/metrics.json: wns_ns") == shown, other


def test_a_build_that_an_error_ended_says_so_and_shows_it(project: Path, tmp_path: Path):
    root = copied(project, tmp_path / "project")
    step = root / "build/gpt2-medium/ulx3s-85f/report"
    step.mkdir()
    name = "builds/gpt2-medium--ulx3s-85f.html"
    (step / "report.log").write_text("reading\nERROR: report.json: no JSON\n")
    site = build(root, tmp_path / "site")
    text = page(site, name).text
    assert "This build failed report.json: no JSON" in text
    overview = page(site, "index.html").text
    assert "; 1 failed." in overview and "time unknown" not in overview
    assert overview.index("gpt2-medium ulx3s-85f failed") < overview.index("limits met")
    assert "Not finished" not in text and "not finished" not in text
    (step / "report.log").write_text("reading\n")
    text = page(build(root, tmp_path / "site"), name).text
    assert "Not finished" in text and "This build failed" not in text
    assert "unknown" not in text, "what is not known of a build under way needs no line"


def test_only_words_that_stand_in_the_grid_are_explained(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bitwright.toolchains.missing", lambda _: ("nothing",))
    text = page(build(project, tmp_path / "site"), "index.html").text
    grid = text[text.index("Every config on every target") :]
    assert "Tools not here : this machine" in grid
    assert "tools not here" in grid[grid.index("gpt2-large") :][:120]
    monkeypatch.setattr("bitwright.toolchains.missing", lambda _: ())
    assert "Tools not here" not in page(build(project, tmp_path / "site"), "index.html").text


def test_each_slack_is_told_with_the_clock_it_is_of(project: Path, tmp_path: Path):
    root = copied(project, tmp_path / "project")
    path = root / "build/tiny/ulx3s-85f/report/metrics.json"
    body = json.loads(path.read_text())
    clock = body["timing"]["clocks"][0]
    other = clock | {"name": "fast", "wns_ns": 0.125, "achieved_mhz": 400.0}
    clocks = [clock | {"wns_ns": 2.5}, other | {"constraint_mhz": 350.0}]
    body["timing"] |= {"clocks": clocks, "wns_ns": 0.125}
    path.write_text(json.dumps(body))
    site = build(root, tmp_path / "site")
    assert site.problems == ()
    text = page(site, "builds/tiny--ulx3s-85f.html").text
    assert "slack +2.500 ns worst +0.125 ns, fast" in text
    script = (tmp_path / "site/data/tiny--ulx3s-85f.js").read_text()
    assert f'"fast":{1000 / 350}' in script, "a change of slack is a share of that clock's period"
