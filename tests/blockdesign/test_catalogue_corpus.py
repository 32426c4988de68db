"""The catalogue against what Vivado itself says: every instance of a known IP in real .hwh files.

A .hwh lists each port and interface of each instance, with the parameters that brought them. What
is listed there must be in our Instance for those parameters, with the same direction, width, mode,
protocol and widths; and what our Instance has must be listed there, but for wires of interfaces,
of which we list all that there can be.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from bitwright.blockdesign import catalogue, hwh
from bitwright.blockdesign.check import check
from bitwright.blockdesign.hwh import DIRECTIONS, MODES, abstraction
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import Cell, pairs
from bitwright.reports.read.hls.safe_xml import tree

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("BITWRIGHT_IP_CORPUS") or ROOT.parent / "shared" / "corpus" / "ip")
FILES = sorted((FOLDER / "hwh").glob("*.hwh"))
ABSENT = f"no real .hwh files in {FOLDER}; set BITWRIGHT_IP_CORPUS to a folder that has hwh/"
KNOWN = catalogue.load(ROOT)
KINDS = {"clk": "clk", "rst": "rst", "INTERRUPT": "intr"}

# Wires of interfaces that leave the chip: nobody joins them one by one, so they are not listed.
BOARD = {
    "ddrx": "memory pins of the processor",
    "fixedio": "MIO pins of the processor",
    "usbctrl": "a USB port's sideband signals, to the board",
    "hpstatusctrl": "counters of a PS7's HP port, joined as an interface if at all",
    "pcie_7x_mgt": "PCI Express lanes",
    "pcie_cfg_mgmt": "PCI Express configuration, joined as an interface if at all",
    "pcie_debug": "PCI Express state for a logic analyser, joined as an interface if at all",
}


def differences(module):
    """What of one MODULE our instance lacks or has otherwise, one line each; None if unknown."""
    vlnv = module.attributes["VLNV"]
    parameters = {
        one.attributes["NAME"]: one.attributes.get("VALUE", "")
        for one in module.all("PARAMETERS", "PARAMETER")
    }
    kind, _, version = vlnv.rpartition(":")
    look = KNOWN.instance(Cell("x", "ip", kind, version, pairs(parameters)))
    if look is None:
        return None
    left_out = set()
    found = surplus(module, look)
    for bus in module.all("BUSINTERFACES", "BUSINTERFACE"):
        if abstraction(bus.attributes["VLNV"]).split(":")[2].removesuffix("_rtl") in BOARD:
            left_out |= {one.attributes["PHYSICAL"] for one in bus.all("PORTMAPS", "PORTMAP")}
        found += interface(bus, look)
    for port in module.all("PORTS", "PORT"):
        if port.attributes["NAME"] not in left_out:
            found += pin(port, look, widths="axi_interconnect" not in kind)
    return found


def surplus(module, look):
    """What we have and Vivado has not."""
    ports = {one.attributes["NAME"] for one in module.all("PORTS", "PORT")}
    buses = {one.attributes["NAME"] for one in module.all("BUSINTERFACES", "BUSINTERFACE")}
    wires = {name for one in look.interfaces.values() for name in one.pins}
    pins = sorted(set(look.pins) - wires - ports)
    return [f"pin {name}: Vivado has none" for name in pins] + [
        f"interface {name}: Vivado has none" for name in sorted(set(look.interfaces) - buses)
    ]


def pin(port, look, *, widths):
    """widths: a .hwh says none of an axi_interconnect's wires, which would read as 1."""
    said = port.attributes
    ours = look.pins.get(said["NAME"])
    if ours is None:
        return [f"pin {said['NAME']} is missing"]
    width = abs(int(said.get("LEFT", 0)) - int(said.get("RIGHT", 0))) + 1
    kind = KINDS.get(said["SIGIS"], "")
    level = {"ACTIVE_LOW": "low", "ACTIVE_HIGH": "high"}.get(said.get("POLARITY"), "")
    return [
        f"pin {said['NAME']}: {what} {mine!r}, Vivado has {theirs!r}"
        for what, mine, theirs in (
            ("direction", ours.direction, DIRECTIONS[said["DIR"]]),
            ("width", (widths and ours.width) or width, width),
            ("kind", ours.kind if kind else "", kind),
            ("polarity", ours.polarity if level and ours.polarity else level, level),
        )
        if mine != theirs
    ]


def interface(bus, look):
    said = bus.attributes
    ours = look.interfaces.get(said["NAME"])
    if ours is None:
        return [f"interface {said['NAME']} is missing"]
    more = {one.attributes["NAME"]: one.attributes.get("VALUE", "") for one in bus.all("PARAMETER")}
    data = more.get("DATA_WIDTH", "")
    if more.get("TDATA_NUM_BYTES"):
        data = str(8 * int(more["TDATA_NUM_BYTES"]))
    here = [
        ("mode", ours.mode, MODES[said["TYPE"]]),
        ("type", ours.vlnv, abstraction(said["VLNV"])),
    ]
    for what, mine, theirs in (
        ("protocol", ours.protocol, more.get("PROTOCOL")),
        ("data width", ours.data_width and str(ours.data_width), data),
        ("address width", ours.addr_width and str(ours.addr_width), more.get("ADDR_WIDTH")),
    ):
        if mine and theirs:
            here.append((what, mine, theirs))
    return [
        f"interface {said['NAME']}: {what} {mine!r}, Vivado has {theirs!r}"
        for what, mine, theirs in here
        if mine != theirs
    ]


@pytest.mark.skipif(not FILES, reason=ABSENT)
def test_every_known_ip_looks_as_vivado_wrote_it(record_property):
    compared, wrong = Counter(), []
    for path in FILES:
        root = tree(path.read_text("utf-8").removeprefix("\ufeff"), origin=path)
        for module in root.all("MODULES", "MODULE"):
            found = differences(module)
            if found is None:
                continue
            compared[module.attributes["MODTYPE"]] += 1
            name = f"{path.name}: {module.attributes['INSTANCE']} ({module.attributes['VLNV']})"
            wrong += [f"{name}: {one}" for one in found]
    record_property("compared", dict(compared))
    assert not wrong, "\n".join(wrong)
    assert sum(compared.values()) >= 70, compared
    assert len(compared) >= 19, compared


@pytest.mark.skipif(not FILES, reason=ABSENT)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_nothing_is_wrong_with_a_design_that_vivado_has_built(path):
    design = hwh.read(path.read_text("utf-8"), origin=path, known=KNOWN)
    found = check(design, looks(design, KNOWN), strict=False)
    assert not [one for one in found if one.severity == "error"]
