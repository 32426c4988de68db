"""An imported entry is one that the catalogue takes, and an instance of it is the IP."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright import yamlfile
from bitwright.blockdesign import catalogue
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import Cell
from bitwright.ipxact import entry, read, write
from bitwright.ipxact.dependency import at, expression
from bitwright.ipxact.model import Component, by_name
from bitwright.yamlfile import MAX_BYTES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ipxact import corpus
from tests.ipxact.strategies import components
from tests.ipxact.test_structure import GOOD

ROOT = Path(__file__).parents[2]


def looks(component: Component, folder: Path, **parameters: str) -> Instance:
    """An instance by the entry, through the catalogue's own reader."""
    place = folder / "bd/catalogue"
    if not place.is_dir():
        shutil.copytree(ROOT / "bd/catalogue/interfaces", place / "interfaces")
        (place / "imported.yml").write_text(entry.render(component), encoding="utf-8")
    known = catalogue.load(folder)
    cell = Cell("one", "ip", component.vlnv.type, parameters=tuple(sorted(parameters.items())))
    found = known.instance(cell)
    assert found is not None
    return found


@corpus.needed
@pytest.mark.parametrize("path", corpus.FILES, ids=lambda path: path.name[:-14])
def test_an_entry_of_a_public_core_gives_its_pins_interfaces_and_segments(
    path: Path, tmp_path: Path
):
    component = read.load(path)
    if len(entry.render(component).encode()) > MAX_BYTES:
        pytest.skip(f"{len(component.bus_interfaces)} interfaces are too many for a catalogue file")
    seen = looks(component, tmp_path)
    assert seen.versions == (component.vlnv.version,)
    buses = {b.name: b for b in component.bus_interfaces if b.bus_type.library != "signal"}
    assert set(seen.interfaces) == set(buses)
    absent = {
        port.name for port in component.ports if port.enabled and port.enabled.text == "false"
    }
    ports = by_name(component.ports)
    assert set(ports) - absent <= set(seen.pins)
    for name, port in ports.items():
        if name in seen.pins:
            assert seen.pins[name].direction == port.direction, name
            assert seen.pins[name].width in (port.width, None), name
    shown = {
        f"{b.name}/{k.name}"
        for b in buses.values()
        for m in component.memory_maps
        for k in m.blocks
        if b.memory_map == m.name
    }
    assert set(seen.segments) == shown
    assert set(seen.spaces) == {space.name for space in component.address_spaces}


@corpus.counted
def test_widths_follow_the_parameters_of_the_instance(tmp_path: Path):
    (path,) = (path for path in corpus.FILES if "asandeep1__FPGA_ECE8893__ip-" in path.name)
    component = read.load(path)
    assert looks(component, tmp_path).interfaces["m_axi_A"].data_width == 32
    wide = looks(component, tmp_path, C_M_AXI_A_DATA_WIDTH="512")
    assert wide.interfaces["m_axi_A"].data_width == 512
    assert wide.pins["m_axi_A_WSTRB"].width == 64


@given(components)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_component_says_its_entry_is_one_mapping(component: Component):
    tree = yamlfile.parse(entry.render(component, origin="a\nb"), "entry.yml")
    assert {"type", "versions"} <= tree.items.keys()


@pytest.mark.parametrize(
    ("xpath", "ours", "gives"),
    [
        ("(spirit:decode(id('MODELPARAM_VALUE.W')) - 1)", "(W - 1)", 63),
        ("((spirit:decode(id('PARAM_VALUE.W')) div 8) - 1)", "((W // 8) - 1)", 7),
        ("pow(2,(spirit:decode(id('MODELPARAM_VALUE.N')) - 1) + 1)", "2 ** ((N - 1) + 1)", 8),
        ("spirit:ceil(spirit:log(2,spirit:decode(id('MODELPARAM_VALUE.W'))))", "log2(W)", 6),
        ("(spirit:decode(id('PARAM_VALUE.N')) = 3)", "(N == 3)", 1),
        ("$N = 3", "N == 3", 1),
    ],
)
def test_a_dependency_becomes_an_expression_of_the_catalogue(xpath: str, ours: str, gives: int):
    assert expression(xpath) == ours
    assert at(ours, {"W": "64", "N": "3"}) == gives


@pytest.mark.parametrize("xpath", ["spirit:other(1)", "id('BUSIF.x')", "a @ b", "x / y", '"a"'])
def test_what_the_catalogue_cannot_say_is_no_expression(xpath: str):
    assert expression(xpath) is None


@given(st.text(max_size=20))
def test_any_text_is_an_expression_or_none(text: str):
    assert isinstance(expression(text), str | None)


def test_the_command_prints_an_entry_or_says_what_is_wrong(tmp_path: Path):
    def run(path: Path) -> subprocess.CompletedProcess[str]:
        words = (sys.executable, "-m", "bitwright.blockdesign", "catalogue", str(path))
        return subprocess.run(
            words, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "flows")}
        )

    path = tmp_path / "component.xml"
    assert run(path).returncode == 2
    path.write_text(write.write(GOOD), encoding="utf-8")
    done = run(path)
    assert (done.returncode, done.stdout) == (0, entry.render(GOOD, origin="component.xml"))
    path.write_text("<a>\n<b></a>", encoding="utf-8")
    done = run(path)
    assert (done.returncode, "component.xml:2: " in done.stderr) == (1, True)
