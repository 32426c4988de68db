"""The scripts for Vivado: every command and option of them exists, tclint has nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bitwright.ipxact import tcl
from bitwright.ipxact.model import (
    AddressBlock,
    BusInterface,
    Component,
    Core,
    File,
    FileSet,
    MemoryMap,
    Parameter,
    Register,
    Value,
    View,
    Vlnv,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.blockdesign.vivado_help import faults
from tests.ipxact.packager_standin import ADD, GET, Packager

CLOCK = Vlnv("xilinx.com", "signal", "clock", "1.0")
STRANGE = 'a "b" $c [d] {e} \\f'


def scripts(doc: str = "small") -> dict[str, str]:
    """Both scripts of a core, of which everything that has a text says the same."""
    said = Parameter("ASSOCIATED_BUSIF", Value("s_axi"))
    register = Register("r", "0x10", Value("64"), "r", doc, "read-write", parameters=(said,))
    block = AddressBlock("reg0", Value("0"), Value("4096"), Value("32"), "register", "read-write")
    component = Component(
        Vlnv("bitwright", "rtl", "small", "1.0"),
        bus_interfaces=(BusInterface("clk", CLOCK, CLOCK, "slave", parameters=(said,)),),
        memory_maps=(MemoryMap("s_axi", (AddressBlock(*_values(block), (), (register,)),)),),
        views=(View("synthesis", model="small_top"),),
        file_sets=(FileSet("all", (File(f"hdl/{doc}.v", ("verilogSource",)),)),),
        doc=doc,
        core=Core(display=doc, taxonomies=("/UserIP",)),
    )
    return {
        "package_ip.tcl": tcl.package_ip(component, part="xcu280-fsvh2892-2L-e", xrt=False),
        "for_xrt.tcl": tcl.package_ip(component, part="xcu280-fsvh2892-2L-e", xrt=True),
        "package_xo.tcl": tcl.package_xo("small"),
    }


def _values(block: AddressBlock) -> tuple[object, ...]:
    return (block.name, block.base, block.range, block.width, block.usage, block.access)


@pytest.mark.parametrize("name", sorted(scripts()))
def test_every_command_and_option_is_one_of_vivados(name: str):
    assert faults(scripts()[name]) == []


def test_a_command_that_is_none_would_be_told():
    text = scripts()["package_ip.tcl"].replace("ipx::save_core", "ipx::safe_core")
    assert len(faults(text)) == 1


def test_the_stand_in_knows_no_command_that_the_help_texts_do_not():
    calls = [f"ipx::{name}" for name in ADD] + [f"ipx::get_{kind}s" for kind in GET]
    for command in {*calls, *Packager(Path, Path()).commands()}:
        assert [one for one in faults(command) if "unknown" in one.lower()] == [], command


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=12))
def test_no_text_of_a_core_becomes_a_command(text: str):
    plain = {name: len(script.splitlines()) for name, script in scripts("x").items()}
    assert {name: len(one.splitlines()) for name, one in scripts(text + "x").items()} == plain


@pytest.mark.parametrize("doc", ["small", STRANGE])
def test_tclint_has_nothing_to_say(tmp_path: Path, doc: str):
    for name, text in scripts(doc).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    program = Path(sys.executable).with_name("tclint")
    done = subprocess.run([program, "."], cwd=tmp_path, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if "[line-length]" not in line]
    assert lines == [], done.stderr
