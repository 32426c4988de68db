"""The steps that package a design's kernels, and the Edalize flow that any FuseSoC user has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path

import pytest
from bitwright import design as designs
from bitwright.cores import Cores
from bitwright.design import KERNELS, Design
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError
from bitwright.front.package import finish
from bitwright.front.session import Session
from bitwright.ipxact import compare, read
from bitwright.ipxact.model import by_name
from bitwright.ipxact.parameters import limits
from bitwright.steps import package
from bitwright.vivado.request import Request

from tests.ipxact.conftest import ROOT
from tests.standins.install import Standins, install

VIVADO = {"vivado": Tool("vivado", "2024.1", "/nowhere/vivado")}


def design(target: str) -> Design:
    with chdir(ROOT):
        return designs.load("tiny", target=target, root=ROOT)


def steps(
    target: str, *, vendor: bool = True, tools: Mapping[str, Tool] = VIVADO
) -> dict[str, Step]:
    with chdir(ROOT):
        made = package.steps(design(target), tools, vendor=vendor)
    return {step.name: step for step in made}


def test_a_design_is_packaged_by_us_and_with_vivado_by_vivado():
    assert list(steps("u280", vendor=False)) == ["generate", "package-matmul"]
    made = steps("u280")
    assert list(made) == ["generate", "package-matmul", "ipx-matmul"]
    ours, theirs = made["package-matmul"], made["ipx-matmul"]
    assert ours.dir == Path("build/tiny/u280/package/matmul")
    assert (ours.after, theirs.after) == (("generate",), ("package-matmul",))
    assert set(made["generate"].writes) & set(ours.reads)
    assert set(theirs.reads) > set(ours.writes)
    assert Path("flows/bitwright/ipxact/compare.py") in theirs.reads
    assert package.result(made.values(), "matmul") is theirs
    assert package.result(steps("u280", vendor=False).values(), "matmul").name == "package-matmul"
    with pytest.raises(ConfigError, match="no step packages ffn"):
        package.result(made.values(), "ffn")


def test_a_kernel_for_xrt_ends_as_a_kernel_object():
    made = steps("u280-xrt")
    assert {"kernel.xml", "package_xo.tcl"} <= {path.name for path in made["package-matmul"].writes}
    assert {"matmul.xo", "matmul.zip"} <= {path.name for path in made["ipx-matmul"].writes}
    assert "matmul.xo" not in {path.name for path in steps("u280")["ipx-matmul"].writes}


def test_the_vendors_run_is_asked_for_what_its_scripts_announce():
    step = steps("u280-xrt")["ipx-matmul"]
    asked = Request.from_json(dict(step.scripts)["vivado.json"])
    assert asked.stages == ("project", "package", "check", "xo")
    assert asked.gates[0].module == package.COMPARE
    assert set(asked.expects) <= {str(path.relative_to(step.dir)) for path in step.writes}


@pytest.mark.parametrize("target", ["u280", "u280-xrt"])
def test_the_end_of_doit_package_says_how_vivado_packages_in_the_steps_own_folder(
    target: str, capsys: pytest.CaptureFixture[str]
):
    made = steps(target, vendor=False)
    finish(Session(("package",), steps=made))
    out = capsys.readouterr().out
    ours = made["package-matmul"]
    names = {path.name for path in ours.writes}
    listed = out.partition("not checked")[0]
    for name in ("component.xml", "package_ip.tcl", "kernel.xml", "package_xo.tcl"):
        assert (name in listed) == (name in names)
    command = " ".join(out[out.index("(cd") :].split())
    tcl = [name for name in ("package_ip.tcl", "package_xo.tcl") if name in names]
    sources = " ".join(f"-source {name}" for name in tcl)
    assert command == f"(cd {ours.dir} && vivado -mode batch {sources})"
    assert max(map(len, out.splitlines())) <= 100


def test_sizes_of_the_config_become_parameters_of_the_rtl():
    spec = design("u280").kernel("matmul")
    with chdir(ROOT):
        known = Cores().elaborate(
            "bitwright:rtl:matmul", "package", work_root=Path("build"), name="matmul", values={}
        )
    found = package.parameters(spec, known.parameters)
    assert found == {
        "ABufBytes": spec.size("a_kib") * 1024,
        "BBufBytes": spec.size("b_kib") * 1024,
        "Cols": spec.size("cols"),
        "Rows": spec.size("rows"),
    }
    assert len(found) == len(spec.sizes)


def test_the_ranges_of_the_core_are_those_that_configs_may_ask_for():
    with chdir(ROOT):
        core = Cores().elaborate(
            "bitwright:rtl:matmul", "package", work_root=Path("build"), name="matmul", values={}
        )
    ranges = limits(core.edam["flow_options"]["ranges"])
    asked = KERNELS["matmul"]
    assert ranges["Rows"].values == asked["rows"].values  # type: ignore[union-attr]
    assert ranges["Cols"].values == asked["cols"].values  # type: ignore[union-attr]
    for size, parameter in package.KIB.items():
        reader = asked[size]
        bounds = (reader.low * 1024, reader.high * 1024)  # type: ignore[union-attr]
        assert (ranges[parameter].low, ranges[parameter].high) == bounds
    assert ranges.keys() == core.parameters


def test_what_a_core_depends_on_is_compiled_before_it():
    files = [
        {"name": "top.sv", "file_type": "systemVerilogSource", "core": "top"},
        {"name": "waive.vlt", "file_type": "vlt", "core": "top"},
        {"name": "leaf.v", "file_type": "verilogSource-2005", "core": "leaf"},
        {"name": "made.sv", "file_type": "systemVerilogSource-generated", "core": "made"},
    ]
    depends = {"top": ["leaf", "made"], "made": ["top"], "leaf": []}
    order = package.compile_order({"files": files, "dependencies": depends})
    assert [file["name"] for file in order] == ["leaf.v", "made.sv", "top.sv"]
    assert [package.file_type(file) for file in order] == [
        *("verilogSource", "systemVerilogSource", "systemVerilogSource")
    ]
    assert [f["name"] for f in package.compile_order({"files": files[:1]})] == ["top.sv"]


def test_vhdl_is_refused_when_it_is_planned():
    files = [{"name": "a.vhd", "file_type": "vhdlSource-2008"}]
    with pytest.raises(ConfigError, match=r"a\.vhd: VHDL"):
        package.compile_order({"files": files})


# --- run ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standins(tmp_path_factory: pytest.TempPathFactory) -> Standins:
    return install(tmp_path_factory.mktemp("standins"), "vivado")


def project(folder: Path) -> Path:
    """A project of its own, with this one's cores."""
    for name in ("cores", "bd", "flows"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which tiny is packaged for a u280, without Vivado."""
    folder = project(tmp_path_factory.mktemp("packaged"))
    for step in steps("u280", vendor=False).values():
        done = run(step, folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def root(packaged: Path, tmp_path: Path) -> Path:
    """The same project once more, to be changed."""
    shutil.copytree(packaged / "build", tmp_path / "build")
    return project(tmp_path)


def run(step: Step, root: Path, *path: Path) -> subprocess.CompletedProcess[str]:
    """A step as the engine runs it, without its Record."""
    folder = root / step.dir
    folder.mkdir(parents=True)
    for name, text in step.scripts:
        (folder / name).write_text(text, encoding="utf-8")
    places = [*map(str, path), str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        [sys.executable, "-s", "-P", *step.command[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": os.pathsep.join(places), "PYTHONPATH": str(ROOT / "flows")},
    )
    if done.returncode == 0:
        assert [name for name in step.writes if not (root / name).is_file()] == [], done.stdout
    return done


def test_what_a_stand_in_of_vivado_packages_is_what_we_packaged(root: Path, standins: Standins):
    step = steps("u280")["ipx-matmul"]
    done = run(step, root, standins.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    ours = read.load(root / "build/tiny/u280/package/matmul/component.xml")
    assert compare.compare(ours, read.load(root / step.dir / "ip/component.xml")) == ()
    assert by_name(ours.model_parameters)["Rows"].value.text == "4"
    first = {path: (root / path).read_bytes() for path in step.writes}
    shutil.rmtree(root / step.dir)
    assert run(step, root, standins.folder).returncode == 0
    for path, data in first.items():
        assert (root / path).read_bytes() == data, path
        assert str(root).encode() not in data, path


def test_for_xrt_a_stand_in_of_vivado_makes_a_kernel_object(tmp_path: Path, standins: Standins):
    folder = project(tmp_path)
    for name, step in steps("u280-xrt").items():
        done = run(step, folder, standins.folder)
        assert done.returncode == 0, f"{name}\n{done.stdout}{done.stderr}"
    ours = read.load(folder / "build/tiny/u280-xrt/package/matmul/component.xml")
    assert (ours.model_parameters, ours.core.sdx_kernel) == ((), "true")


def test_a_package_that_vivado_makes_otherwise_is_refused_with_what_differs(
    root: Path, standins: Standins
):
    script = root / "build/tiny/u280/package/matmul/package_ip.tcl"
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace(" reg0 ", " Reg "), encoding="utf-8")
    done = run(steps("u280")["ipx-matmul"], root, standins.folder)
    assert done.returncode == package.vivado.BAD, done.stdout
    assert "segment s_axi_control/Reg" in done.stdout


def test_fusesoc_alone_makes_the_same_package(packaged: Path, tmp_path: Path):
    step = steps("u280", vendor=False)["package-matmul"]
    sizes = package.parameters(
        design("u280").kernel("matmul"), ("Rows", "Cols", "ABufBytes", "BBufBytes")
    )
    words = [
        *(
            str(Path(sys.executable).with_name("fusesoc")),
            "--cores-root",
            "cores",
            "--cores-root",
            "bd",
        ),
        *("run", "--build-root", str(tmp_path / "fusesoc"), "--target", "package"),
        *("bitwright:rtl:matmul", *(f"--{name}={value}" for name, value in sizes.items())),
    ]
    places = [str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        words,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": os.pathsep.join(places), "PYTHONPATH": str(ROOT / "flows")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (other,) = (tmp_path / "fusesoc").rglob("package/matmul/component.xml")
    for path in step.writes:
        name = path.relative_to(step.dir)
        assert (other.parent / name).read_bytes() == (packaged / path).read_bytes(), name


def test_doit_package_says_whose_component_it_is_and_what_no_packager_checked(tmp_path: Path):
    for name in ("cores", "bd", "ip", "flows", "configs", "dodo.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)

    def doit(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "doit", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "PYTHONPATH": str(ROOT / "flows"),
                "BITWRIGHT_MACHINE": "",
                "BITWRIGHT_CACHE": "off",
            },
        )

    done = doit("package", "config=tiny", "target=u280-xrt")
    assert done.returncode == 0, done.stdout + done.stderr
    folder = "build/tiny/u280-xrt/package/matmul"
    assert (
        f"written      {folder}:\n             component.xml, kernel.xml, package_" in done.stdout
    )
    assert "component.xml is bitwright's own" in done.stdout
    assert "vivado is not on PATH" in done.stdout
    assert f"(cd {folder} &&\n" in done.stdout
    assert (tmp_path / folder / "kernel.xml").is_file()
    refused = doit("package", "config=tiny", "target=ulx3s-85f")
    assert (refused.returncode, "no AMD part" in refused.stderr) == (2, True), refused.stderr
