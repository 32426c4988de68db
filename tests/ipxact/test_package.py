"""The package of the matrix engine: whole, the kernel's own, and made by Vivado's words too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tkinter
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import kernel as signature
from bitwright.blockdesign import catalogue
from bitwright.blockdesign.interpreter import Interpreter, TclFault
from bitwright.blockdesign.model import Cell
from bitwright.errors import BitwrightError, ConfigError
from bitwright.ipxact import compare, kernel_xml, package, read
from bitwright.ipxact.model import Component, by_name, number
from bitwright.ipxact.package import Request, Source
from bitwright.ipxact.parameters import limits
from bitwright.kernel import Kernel
from defusedxml.ElementTree import fromstring

from tests.blockdesign import vivado_help
from tests.ipxact.packager_standin import Packager
from tests.ipxact.structure import faults
from tests.ipxact.test_entry import looks

ROOT = Path(__file__).parents[2]
SIGNATURE = ROOT / "cores/matmul/kernel.yml"
RANGES = ("Rows=4,8,16", "MaxBurst=1..256")


def asked(sources: tuple[Path, ...], folder: Path, *, xrt: bool = False) -> Request:
    """The package of the engine with 4 rows, in a folder."""
    return Request(
        signature=os.path.relpath(SIGNATURE, folder),
        format="",
        top="matmul",
        part="xcu280-fsvh2892-2L-e",
        sources=tuple(
            Source(os.path.relpath(path, folder), "systemVerilogSource") for path in sources
        ),
        parameters=(("Rows", 4),),
        ranges=() if xrt else RANGES,
        xrt=xrt,
    )


@pytest.fixture(scope="module")
def packages(
    sources: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The package for Vivado and that for XRT, each in its folder."""
    made = {}
    for name in ("vivado", "xrt"):
        folder = made[name] = tmp_path_factory.mktemp(name)
        request = asked(sources, folder, xrt=name == "xrt")
        package.package(Request.from_json(request.to_json()), folder)
        there = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        assert sorted(map(str, there)) == sorted(package.outputs(request))
    return made


KINDS = pytest.mark.parametrize("kind", ["vivado", "xrt"])


@KINDS
def test_our_component_keeps_the_standard_and_names_files_that_are_there(
    packages: dict[str, Path], kind: str
):
    text = (packages[kind] / "component.xml").read_text(encoding="utf-8")
    assert faults(text) == []
    component, left = read.whole(text, origin=Path("component.xml"))
    assert left == ()
    for file_set in component.file_sets:
        assert [
            file.name for file in file_set.files if not (packages[kind] / file.name).is_file()
        ] == []
    assert component.views[0].model == "matmul_top"
    assert [str(component.vlnv), component.core.sdx_kernel] == [
        "bitwright:rtl:matmul:1.0",
        "true" if kind == "xrt" else "",
    ]


def test_its_interfaces_addresses_and_registers_are_the_kernels(
    packages: dict[str, Path], kernel: Kernel
):
    component = read.load(packages["vivado"] / "component.xml")
    interfaces = by_name(component.bus_interfaces)
    assert {name: one.mode for name, one in interfaces.items()} == {
        "s_axi_control": "slave",
        "m_axi_gmem": "master",
        "ap_clk": "slave",
        "ap_rst_n": "slave",
        "interrupt": "master",
    }
    clock = interfaces["ap_clk"]
    assert clock.parameter("ASSOCIATED_BUSIF") == "s_axi_control:m_axi_gmem"
    assert clock.parameter("ASSOCIATED_RESET") == "ap_rst_n"
    assert clock.parameter("FREQ_HZ", "none") == "none"
    assert interfaces["ap_rst_n"].parameter("POLARITY") == "ACTIVE_LOW"
    assert interfaces["m_axi_gmem"].parameter("MAX_BURST_LENGTH") == "16"
    (block,) = component.memory_maps[0].blocks
    assert (block.name, block.range.text, interfaces["s_axi_control"].memory_map) == (
        *("reg0", "4096"),
        "s_axi_control",
    )
    assert [number(one.offset) for one in block.registers] == [r.offset for r in kernel.registers]
    pointers = {
        register.name: register.parameters[0].value.text
        for register in block.registers
        if register.parameters
    }
    assert pointers == dict.fromkeys(["a", "b", "bias", "mult", "shift", "d"], "m_axi_gmem")
    fields = {field.name: field for field in block.registers[0].fields}
    assert (fields["AP_START"].written, fields["AP_DONE"].read) == ("oneToSet", "clear")


def test_a_block_design_sees_in_it_what_the_catalogue_says_of_the_kernel(
    packages: dict[str, Path], kernel: Kernel, tmp_path: Path
):
    component = read.load(packages["vivado"] / "component.xml")
    known = catalogue.Catalogue().of_kernels([kernel])
    expected = known.instance(Cell("matmul", "ip", component.vlnv.type))
    imported = looks(component, tmp_path)
    assert expected is not None
    assert imported.segments == expected.segments
    assert imported.spaces == expected.spaces
    assert imported.versions == expected.versions
    assert set(imported.interfaces) == set(expected.interfaces)
    for name, one in expected.interfaces.items():
        assert replace(imported.interfaces[name], pins=(), needed=one.needed) == replace(
            one, pins=()
        )
    for name, pin in expected.pins.items():
        assert imported.pins[name] == pin


def test_parameters_have_the_designs_values_and_the_ranges_of_the_core(packages: dict[str, Path]):
    component = read.load(packages["vivado"] / "component.xml")
    shown = by_name(component.parameters)
    choices = by_name(component.choices)
    assert shown["Rows"].value.text == "4"
    assert [one.text for one in choices[shown["Rows"].value.choice].values] == ["4", "8", "16"]
    assert (shown["MaxBurst"].value.minimum, shown["MaxBurst"].value.maximum) == ("1", "256")
    for_xrt = read.load(packages["xrt"] / "component.xml")
    assert [one.name for one in for_xrt.parameters] == ["Component_Name"]
    assert for_xrt.model_parameters == ()
    wrapper = (packages["xrt"] / "hdl/matmul_top.v").read_text(encoding="utf-8")
    assert "parameter" not in wrapper
    assert ".Rows(4)" in wrapper


@KINDS
def test_the_wrapper_is_verilog_2001_that_joins_every_port(
    packages: dict[str, Path], kind: str, tmp_path: Path
):
    top = packages[kind] / "hdl/matmul_top.v"
    files = [packages[kind] / name for name in _files(packages[kind])]
    done = subprocess.run(
        [
            *("verilator", "--lint-only", "-Wall", "-Wno-fatal", "--top-module", "matmul_top"),
            *("--language", "1364-2001", "--Mdir", str(tmp_path)),
            *("+systemverilogext+sv", *map(str, files)),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{_beside()}:{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if top.name in line]
    assert [line for line in told if "SYMRSVDWORD" not in line] == []  # C++'s word `interrupt`


def _files(folder: Path) -> list[str]:
    return [file.name for file in read.load(folder / "component.xml").file_sets[0].files]


def _beside() -> str:
    import sys

    return str(Path(sys.executable).parent)


@KINDS
def test_what_vivado_is_told_makes_the_same_component(packages: dict[str, Path], kind: str):
    folder = packages[kind]
    made = _run(folder, (folder / "package_ip.tcl").read_text(encoding="utf-8"))
    ours = read.load(folder / "component.xml")
    assert compare.compare(made, ours) == ()
    with zipfile.ZipFile(folder / "matmul.zip") as packed:
        assert "component.xml" in packed.namelist()


def _run(folder: Path, text: str) -> Component:
    """The component that a stand-in of Vivado's packager leaves, in the folder ip."""
    packager = Packager(lambda path: folder / path, folder)
    session = Interpreter(None, commands=packager.commands(), files=folder, strict=True)
    session.run("set here .", "before.tcl")
    session.run(text, "package_ip.tcl")
    return read.load(folder / "ip/component.xml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("add_register -quiet d $block", "add_register -quiet e $block", "s_axi_control/reg0/d"),
        ("set_property address_offset 0x10 ", "set_property address_offset 0x14 ", "reg0/a: 64"),
        ("set_property usage register", "set_property usage memory", "reg0: usage"),
        ("set_property range 16E $space", "set_property range 4G $space", "space m_axi_gmem"),
        ("set_property version 1.0", "set_property version 1.1", "name"),
        ("set_property value 16 $parameter", "set_property value 256 $parameter", "MAX_BURST"),
    ],
)
def test_a_script_that_says_something_else_makes_another_component(
    packages: dict[str, Path], tmp_path: Path, old: str, new: str, told: str
):
    folder = tmp_path / "package"
    shutil.copytree(packages["vivado"], folder)
    text = (folder / "package_ip.tcl").read_text(encoding="utf-8")
    assert old in text
    found = compare.compare(
        _run(folder, text.replace(old, new, 1)), read.load(folder / "component.xml")
    )
    assert any(told in str(one) for one in found), "\n".join(map(str, found))


@KINDS
def test_every_command_that_vivado_is_told_exists(packages: dict[str, Path], kind: str):
    for script in packages[kind].glob("*.tcl"):
        assert vivado_help.faults(script.read_text(encoding="utf-8")) == [], script.name


def test_a_word_that_the_packager_does_not_know_is_an_error_with_its_line(
    packages: dict[str, Path],
):
    text = (packages["vivado"] / "package_ip.tcl").read_text(encoding="utf-8")
    with pytest.raises(TclFault, match=r"package_ip\.tcl:\d+: .*no property 'offset'"):
        _run(packages["vivado"], text.replace("set_property address_offset", "set_property offset"))


def test_the_same_sources_give_the_same_bytes_in_any_folder(
    sources: tuple[Path, ...], packages: dict[str, Path], tmp_path: Path
):
    folder = tmp_path / "a" / "b c"
    folder.mkdir(parents=True)
    for _ in range(2):  # make runs a step again in the folder that it has
        package.package(asked(sources, folder), folder)
    for name in package.outputs(asked(sources, folder)):
        assert (folder / name).read_bytes() == (packages["vivado"] / name).read_bytes(), name
        assert str(tmp_path).encode() not in (folder / name).read_bytes()


# --- XRT ------------------------------------------------------------------------------------------


def test_kernel_xml_has_every_argument_with_its_place_and_port(
    packages: dict[str, Path], kernel: Kernel
):
    root = fromstring((packages["xrt"] / "kernel.xml").read_bytes())
    assert (root.get("versionMajor"), root.get("versionMinor")) == ("1", "6")
    (made,) = root
    assert made.get("vlnv") == kernel.vlnv and made.get("hwControlProtocol") == "ap_ctrl_hs"
    ports = {port.get("name"): port for port in made.iter("port")}
    assert {name: port.get("range") for name, port in ports.items()} == {
        "s_axi_control": "0x1000",
        "m_axi_gmem": "0xFFFFFFFFFFFFFFFF",
    }
    found = [
        (arg.get("name"), arg.get("id"), arg.get("port"), int(str(arg.get("offset")), 16))
        for arg in made.iter("arg")
    ]
    assert found == [
        (
            one.name,
            str(place),
            "m_axi_gmem" if one.bundle else "s_axi_control",
            kernel.register(one.name).offset,
        )
        for place, one in enumerate(kernel.arguments)
    ]
    sizes = {arg.get("name"): (arg.get("size"), arg.get("type")) for arg in made.iter("arg")}
    assert (sizes["a"], sizes["bias"], sizes["m"]) == (
        ("0x8", "char*"),
        ("0x8", "int*"),
        ("0x4", "unsigned int"),
    )


def test_more_than_64_kib_of_control_is_refused_for_xrt(kernel: Kernel):
    assert kernel_xml.render(replace(kernel, control_addr_width=16))
    with pytest.raises(ConfigError, match="131072 bytes"):
        kernel_xml.render(replace(kernel, control_addr_width=17))


def test_the_kernel_object_is_made_of_the_package_and_kernel_xml(packages: dict[str, Path]):
    text = (packages["xrt"] / "package_xo.tcl").read_text(encoding="utf-8")
    assert re.search(r"package_xo .*-xo_path matmul\.xo .*-kernel_name matmul", text)
    assert (
        "-ctrl_protocol ap_ctrl_hs" in text and "-kernel_xml [file join $here kernel.xml]" in text
    )


def test_the_scripts_work_in_their_own_folder_wherever_they_are_sourced(
    packages: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # and back from where Tcl goes
    folder = packages["xrt"].resolve()
    for name in ("package_ip.tcl", "package_xo.tcl"):
        monkeypatch.chdir(tmp_path)
        session = tkinter.Tcl()
        session.eval("proc unknown {args} { lappend ::where [pwd]; return x }")
        session.call("source", os.path.relpath(folder / name))
        assert session.eval("lsort -unique $where") == str(folder)


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("addr_width: 64", "addr_width: 32", r"m_axi_gmem_awaddr: expected 32 bits, found 64"),
        ("data_width: 64", "data_width: 512", r"m_axi_gmem_wdata: expected 512 bits, found 64"),
        ("gmem", "other", r"m_axi_other: expected aximm master, found none"),
        (
            "kernel: matmul",
            "kernel: matmul\ncontrol: {addr_width: 16}",
            r"awaddr: expected 16 bits",
        ),
    ],
)
def test_rtl_that_is_not_what_its_signature_says_is_refused(
    sources: tuple[Path, ...], tmp_path: Path, old: str, new: str, told: str
):
    text = SIGNATURE.read_text(encoding="utf-8")
    (tmp_path / "kernel.yml").write_text(text.replace(old, new), encoding="utf-8")
    request = replace(asked(sources, tmp_path), signature="kernel.yml")
    with pytest.raises(ConfigError, match=told):
        package.package(request, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kernel.yml"]


def test_sources_that_do_not_compile_are_told_as_verilator_tells_them(
    sources: tuple[Path, ...], tmp_path: Path
):
    request = asked(sources, tmp_path)
    without = replace(request, sources=request.sources[:-1])
    with pytest.raises(BitwrightError, match="Verilator refuses it"):
        package.package(without, tmp_path)


@pytest.mark.parametrize("text", ["Rows", "Rows=", "Rows=4;8", "Rows=1..", "=1..2", "Rows=a,b"])
def test_a_range_of_another_form_is_refused(text: str):
    with pytest.raises(ConfigError, match="expected NAME=LOW"):
        limits([text])


@pytest.mark.parametrize(
    ("ranges", "told"),
    [
        (("Rows=8,16",), "Rows: expected 8, 16, found 4"),
        (("MaxBurst=32..256",), "MaxBurst: expected 32 to 256, found 16"),
        (("Row=4",), "range of Row: the module has no such parameter"),
    ],
)
def test_a_parameter_outside_of_its_range_is_refused(
    sources: tuple[Path, ...], tmp_path: Path, ranges: tuple[str, ...], told: str
):
    request = replace(asked(sources, tmp_path), ranges=ranges)
    with pytest.raises(ConfigError, match=told):
        package.package(request, tmp_path)


def test_two_files_of_one_name_are_refused(sources: tuple[Path, ...], tmp_path: Path):
    request = asked(sources, tmp_path)
    twice = (*request.sources, Source("elsewhere/matmul.sv", "systemVerilogSource"))
    with pytest.raises(ConfigError, match="two of its files are called matmul"):
        package.outputs(replace(request, sources=twice))


def test_the_signature_of_the_tests_is_the_engines():
    assert signature.load(SIGNATURE).vlnv == "bitwright:rtl:matmul:1.0"
