"""What is brought into a step's folder before Vivado runs there, and what is kept afterwards."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.vivado import archive, project, run
from bitwright.vivado.project import ARCHIVE, PLAN, Ip, Plan, prepare, unzip, usercode
from bitwright.vivado.request import Request
from hypothesis import given
from hypothesis import strategies as st

KEY = "0123abcd" + "0" * 56


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


@given(
    st.builds(
        Plan,
        unpack=st.text(max_size=5),
        ips=st.tuples(st.builds(Ip, st.text(), st.tuples(st.text()), st.text())),
        ip_cache=st.booleans(),
        usercode=st.text(max_size=5),
        pack=st.booleans(),
    )
)
def test_a_plan_is_read_back_as_it_was_written(plan: Plan):
    assert Plan.from_json(plan.to_json()) == plan


def test_an_ip_comes_as_a_folder_or_as_a_zip(tmp_path: Path):
    package, folder = tmp_path / "package", tmp_path / "step"
    (package / "src").mkdir(parents=True)
    folder.mkdir()
    (package / "component.xml").write_text("<x/>")
    (package / "src" / "a.v").write_text("module a; endmodule\n")
    zipped(tmp_path / "ffn.zip", {"component.xml": b"<y/>", "hdl/b.v": b""})
    files = ("../package/component.xml", "../package/src/a.v")
    prepare(Plan(ips=(Ip("matmul", files, "../package"), Ip("ffn", ("../ffn.zip",)))), folder)
    ips = folder / "design" / "ip"
    assert (ips / "matmul" / "src" / "a.v").is_file()
    assert (ips / "ffn" / "component.xml").read_text() == "<y/>"


def test_a_zip_without_a_component_is_no_ip(tmp_path: Path):
    zipped(tmp_path / "ffn.zip", {"sub/component.xml": b""})
    with pytest.raises(ToolError, match="no packaged IP"):
        prepare(Plan(ips=(Ip("ffn", ("ffn.zip",)),)), tmp_path)


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x"])
def test_a_zip_that_leads_out_of_its_folder_is_refused(tmp_path: Path, name: str):
    zipped(tmp_path / "bad.zip", {name: b""})
    with pytest.raises(ToolError, match="leads out of it"):
        unzip(tmp_path / "bad.zip", tmp_path / "sub")


def test_half_a_zip_is_refused(tmp_path: Path):
    whole = zipped(tmp_path / "a.zip", {"component.xml": b"x" * 100}).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:-30])
    with pytest.raises(ToolError, match="no whole zip"):
        unzip(tmp_path / "a.zip", tmp_path / "sub")


def test_the_usercode_is_the_head_of_the_key_and_reaches_tcl(tmp_path: Path):
    (tmp_path / "record.json").write_text(json.dumps({"key": KEY}))
    prepare(Plan(usercode="record.json"), tmp_path)
    assert (tmp_path / "usercode.tcl").read_text() == "set usercode 0123abcd\n"


@pytest.mark.parametrize("text", ["", "{}", '{"key": "[exec ls]"}', '{"key": 1}', "[]"])
def test_what_is_no_record_gives_no_usercode(tmp_path: Path, text: str):
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(ToolError, match="no Record"):
        usercode(tmp_path / "record.json")


def test_the_ip_cache_is_the_one_of_all_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BITWRIGHT_CACHE", str(tmp_path / "cache"))
    step = tmp_path / "step"
    step.mkdir()
    prepare(Plan(ip_cache=True), step)
    (step / "ip_cache" / "entry").touch()
    assert (tmp_path / "cache" / "ip" / "entry").is_file()


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A step's folder, with the archive of an earlier step beside it."""
    (tmp_path / "before" / "design").mkdir(parents=True)
    (tmp_path / "before" / "design" / "design.xpr").write_text("old")
    archive.pack(tmp_path / "before" / "design", tmp_path / "before" / ARCHIVE)
    step = tmp_path / "step"
    step.mkdir()
    (step / PLAN).write_text(Plan(unpack=f"../before/{ARCHIVE}", pack=True).to_json())
    monkeypatch.chdir(step)
    return step


def test_the_project_is_packed_as_the_run_leaves_it(inside: Path, monkeypatch: pytest.MonkeyPatch):
    def ran(argv: object, prepare: Callable[[], None]) -> int:
        prepare()
        (inside / "design" / "new.v").write_text((inside / "design" / "design.xpr").read_text())
        return 0

    monkeypatch.setattr(run, "main", ran)
    assert project.main(["vivado.json"]) == 0
    archive.unpack(inside / ARCHIVE, inside / "back")
    assert (inside / "back" / "new.v").read_text() == "old"


@pytest.mark.parametrize("status", [1, 3])
def test_a_run_that_went_badly_leaves_no_archive(
    inside: Path, monkeypatch: pytest.MonkeyPatch, status: int
):
    monkeypatch.setattr(run, "main", lambda argv, prepare: status)
    assert project.main(["vivado.json"]) == status
    assert not (inside / ARCHIVE).exists()


def test_a_damaged_archive_is_told_and_no_tool_runs(
    inside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (inside.parent / "before" / ARCHIVE).write_bytes(io.BytesIO(b"no").getvalue())
    Path("vivado.json").write_text(Request("no-such-tool").to_json())
    assert project.main(["vivado.json"]) == 1
    said = capsys.readouterr().out
    assert "no whole archive" in said and "no-such-tool" not in said
