"""`render`: what a build tells AMD's tools of a block design, to be read without any of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright import design, plan
from bitwright.blockdesign.__main__ import main
from bitwright.blockdesign.interpreter import isolated

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def built(target: str, kind: str) -> set[str]:
    """Every script of that kind in a build of the config tiny."""
    steps = plan.plan(design.load("tiny", target=target, root=ROOT), {})
    return {text for step in steps for name, text in step.scripts if name.endswith(kind)}


@pytest.mark.parametrize(
    ("target", "kinds"),
    [("u280", ["tcl", "xdc"]), ("u280-xrt", ["cfg"]), ("pynq-z2", ["tcl", "xdc"])],
)
def test_a_folder_gets_just_what_a_build_gives_its_tools(
    target: str, kinds: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", f"tiny@{target}", "--out", str(tmp_path / "new/one")]) == 0
    files = sorted((tmp_path / "new/one").iterdir())
    assert [path.suffix[1:] for path in files] == sorted(kinds)
    assert sorted(capsys.readouterr().out.split()) == [str(path) for path in files]
    for path in files:
        assert path.read_text(encoding="utf-8") in built(target, path.suffix)


@pytest.mark.parametrize(
    ("words", "begin"),
    [
        (["tiny@u280", "--xdc"], "# Rendered from bd/boards/u280.yml"),
        (["tiny@u280-xrt"], "# Rendered by bitwright.vivado.connectivity"),
        (["tiny@u280-xrt", "--connectivity"], "# Rendered by bitwright.vivado.connectivity"),
    ],
)
def test_one_kind_is_printed(
    words: list[str], begin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", *words]) == 0
    assert capsys.readouterr().out.startswith(begin)


def test_the_tcl_of_a_file_makes_that_design(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "tiny@zcu104"]) == 0
    first = tmp_path / "first.tcl"
    first.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["render", str(first), "--out", str(tmp_path)]) == 0
    again = isolated.imported(next(tmp_path.glob("[!f]*.tcl"))).design
    assert again == isolated.imported(first).design
    assert {cell.path for cell in again.cells} > {"ffn", "matmul"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tiny@u280", "--connectivity"], "tiny@u280 is for Vivado: no --connectivity"),
        (["tiny@u280-xrt", "--tcl"], "next      render tiny@u280-xrt --connectivity"),
        (["tests/specimens/x.tcl", "--xdc"], "next      render CONFIG@TARGET --xdc"),
        (["tiny@ulx3s-85f"], "has no block design"),
        (["tiny@u280", "--out", "pyproject.toml"], "cannot be made a folder"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "x.tcl"
    script.write_text("create_bd_design d\n", encoding="utf-8")
    words = [str(script) if word.endswith(".tcl") else word for word in words]
    assert main(["render", *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and told in err
