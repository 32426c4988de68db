"""Each rule fires on one change of a valid design, at the right line, and is silent on others."""

from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.blockdesign import catalogue
from bitwright.blockdesign.check import RULES, check
from bitwright.blockdesign.ip import AXIS, Instance, Interface, Parameter, Pin, Space, Window
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import (
    NOWHERE,
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Place,
    Port,
    parent,
)

from tests.blockdesign.check import small
from tests.blockdesign.check.small import (
    AXI,
    LOOKS,
    design,
    interface_net,
    readdress,
    recell,
    remade,
    renet,
)

ROOT = Path(__file__).parents[3]
BASE = design()
HERE = Place("small.yml", 950)


def parameters(path, **values):
    return lambda one: recell(one, path, parameters=tuple(sorted(values.items())))


def net(name, ends):
    return lambda one: renet(one, name, ends)


def move(end, name):
    """The end taken out of whatever net it is on (of that hierarchy), and joined to this one."""

    def change(one):
        for net in one.nets:
            if end in net.ends and parent(net.name) == parent(name) and net.name != name:
                one = renet(one, net.name, " ".join(set(net.ends) - {end}))
        (ends,) = (net.ends for net in one.nets if net.name == name)
        return renet(one, name, " ".join((*ends, end)))

    return change


def without(name):
    return lambda one: renet(one, name)


def bus(name, ends):
    return lambda one: interface_net(one, name, ends)


def address(of, within=None, **change):
    return lambda one: readdress(one, of, within, **change)


def cell(*fields, **named):
    return lambda one: remade(one, cells=[*one.cells, Cell(*fields, **named, place=HERE)])


def port(*fields, **named):
    return lambda one: remade(one, ports=[*one.ports, Port(*fields, **named, place=HERE)])


def extra_address(*fields, **named):
    entry = Address(*fields, **named, place=HERE)
    return lambda one: remade(one, addresses=[*one.addresses, entry])


def drop_address(segment, space):
    return lambda one: remade(
        one,
        addresses=[a for a in one.addresses if (a.segment, a.space) != (segment, space)],
    )


def both(*changes):
    def change(one):
        for each in changes:
            one = each(one)
        return one

    return change


def same(one):
    return one


def other(path, **tables):
    """The looks of a cell with some of its pins, interfaces, ... replaced; by attribute path."""
    looks = LOOKS[path]
    return {
        path: replace(
            looks, **{key: {**getattr(looks, key), **value} for key, value in tables.items()}
        )
    }


def pin(path, name, **change):
    return other(path, pins={name: replace(LOOKS[path].pins[name], **change)})


def interface(path, name, **change):
    return other(path, interfaces={name: replace(LOOKS[path].interfaces[name], **change)})


CTRL, REG, DDR = "host/Data", "ffn/s_axi_control/Reg", "host/S_MEM/DDR"
FFN, MHSA = "ffn/Data_m_axi_gmem", "mhsa/Data_m_axi_gmem"
BURST = InterfacePort("M_OUT", "Master", AXI, place=HERE)
TURNED = InterfacePort("memory/M00", "Slave", AXI, place=HERE)

PROCESSOR = {"host": replace(LOOKS["host"], type="xilinx.com:ip:processing_system7")}

WIZARD = {
    "wizard": small.instance(
        "xilinx.com:ip:clk_wiz",
        Pin("clk_in1", "in", "clk", needed=True),
        Pin("clk_out1", "out", "clk", mhz=200.0),
        whole=False,
    )
}


def wizard(clock):
    """With a clk_wiz that is driven by this pin."""
    given = (("PRIM_IN_FREQ", "100.000"),)
    return both(
        cell("wizard", "ip", "xilinx.com:ip:clk_wiz", parameters=given),
        net("wizard_in", f"{clock} wizard/clk_in1"),
    )


SLIPS = other("reset0", parameters={"C_EXT_RST_WIDTH": Parameter("C_EXT_RST_WIDTH", "4")})
CARD = {
    "card": small.instance(
        "xilinx.com:ip:xdma",
        Pin("sys_clk", "in", "clk", needed=True),
        Pin("sys_clk_gt", "in", "clk", needed=True),
    ),
    "pad": small.instance(
        "xilinx.com:ip:util_ds_buf",
        Pin("IBUF_OUT", "out", "clk"),
        Pin("IBUF_DS_ODIV2", "out", "clk"),
    ),
}


def card(clock):
    """With PCI Express, whose logic has this clock."""
    return both(
        cell("card", "ip", "xilinx.com:ip:xdma"),
        cell("pad", "ip", "xilinx.com:ip:util_ds_buf"),
        net("pcie_clock", "pad/IBUF_OUT card/sys_clk_gt"),
        net("pcie_clock2", f"{clock} card/sys_clk"),
    )


# rule, change of the design, what the message says, change of the cells' looks
CASES = [
    ("unknown-type", cell("spare", "ip", "xilinx.com:ip:smartconect"), "did you mean", {}),
    ("unknown-version", lambda one: recell(one, "host", version="4.0"), "'4.0'", {}),
    ("unknown-parameter", parameters("host", SPED="1"), "did you mean 'SPEED'", {}),
    ("unknown-parameter", parameters("reset0", C_EXT_RST_WITH="4"), "C_EXT_RST_WIDTH", SLIPS),
    ("unknown-parameter", parameters("reset0", C_EXT_RST_WDITH="4"), "C_EXT_RST_WIDTH", SLIPS),
    ("unknown-parameter", parameters("reset0", C_EXT_RST_WIDHT="4"), "C_EXT_RST_WIDTH", SLIPS),
    ("unknown-parameter", parameters("reset0", C_EXTRST_WIDTH="4"), "C_EXT_RST_WIDTH", SLIPS),
    ("unknown-parameter", parameters("reset0", C_EXT_RST_WIDTHS="4"), "C_EXT_RST_WIDTH", SLIPS),
    ("unknown-parameter", parameters("reset0", C_EXT_RST_WIDTJ="4"), "C_EXT_RST_WIDTH", SLIPS),
    ("bad-value", parameters("host", SPEED="3"), "SPEED cannot be '3'", {}),
    ("bad-value", parameters("host", BANKS="5"), "BANKS cannot be '5'", {}),
    ("bad-value", parameters("host", BANKS="many"), "BANKS cannot be 'many'", {}),
    ("bad-name", port("2fast", "in", "data"), "'2fast'", {}),
    ("bad-name", port("reg", "in", "data"), "'reg'", {}),
    ("bad-name", cell("a-b", "hier"), "'a-b'", {}),
    ("bad-name", lambda one: remade(one, name="my design"), "'my design'", {}),
    ("duplicate-name", cell("ffn", "ip", small.KERNEL), "cell ffn is there twice", {}),
    ("duplicate-name", port("leds", "in"), "port leds is there twice", {}),
    (
        "duplicate-name",
        lambda one: recell(one, "host", parameters=(("BANKS", "1"), ("BANKS", "2"))),
        "BANKS is set twice",
        {},
    ),
    ("duplicate-net", bus("control", "ffn/m_axi_gmem"), "net control is there twice", {}),
    ("no-hierarchy", port("store/aclk", "in", "clk"), "store is no hierarchy", {}),
    ("no-hierarchy", port("ffn/aclk", "in", "clk"), "ffn is no hierarchy", {}),
    ("unknown-cell", net("irq1", "mhsb/interrupt irq/In1"), "did you mean 'mhsa'", {}),
    ("unknown-pin", net("irq1", "mhsa/interupt irq/In1"), "did you mean 'interrupt'", {}),
    ("unknown-pin", net("leds", "host/GPO led"), "the design has no pin 'led'", {}),
    ("unknown-pin", net("leds", "host/GPO host/S_MEM"), "it is an interface", {}),
    ("unlisted-pin", net("leds", "host/GPO_ leds"), "has no pin 'GPO_'", PROCESSOR),
    ("unlisted-pin", net("ddr", "memory/M00 host/IIC"), "has no interface 'IIC'", PROCESSOR),
    ("unknown-interface", net("ddr", "memory/M00 host/S_MEN"), "did you mean 'S_MEM'", {}),
    ("unknown-interface", net("ddr", "memory/M00 host/CLK0"), "it is a pin", {}),
    ("beyond-count", bus("more", "memory/path/S02_AXI memory/S02"), "beyond NUM_SI", {}),
    ("open-input", net("mode", "mode/dout ffn/mode"), "mhsa", {}),
    ("open-clock", net("memory/clk1", "memory/aclk"), "memory/path", {}),
    ("open-clock", net("clk0", "host/CLK0 bus/aclk reset0/slowest_sync_clk"), "M_CTRL_ACLK", {}),
    ("open-reset", net("resetn1", "reset1/peripheral_aresetn ffn/ap_rst_n"), "mhsa", {}),
    ("open-interface", without("control_mhsa"), "bus", {}),
    ("open-port", without("leds"), "port leds", {}),
    ("open-port", without("memory/clk1"), "pin memory/aclk of hierarchy memory", {}),
    ("open-port", without("memory/m00"), "pin memory/M00", {}),
    ("joined-twice", net("again", "ffn/interrupt host/IRQ"), "ffn/interrupt is joined twice", {}),
    ("joined-twice", bus("again", "bus/M00_AXI memory/S01"), "memory/S01 is joined twice", {}),
    ("overridden", net("again", "mode/dout host/S_MEM_ARADDR"), "S_MEM_ARADDR", {}),
    ("single-end", net("loose", "host/S_MEM_RDATA"), "net loose joins nothing", {}),
    ("crossing", net("irq1", "mhsa/interrupt memory/path/aclk"), "memory/path/aclk", {}),
    ("no-driver", net("irq1", "irq/In1 mhsa/mode"), "net irq1", {}),
    ("no-driver", both(port("turned", "out"), net("irq1", "irq/In1 turned")), "irq1", {}),
    ("two-drivers", net("irq1", "mhsa/interrupt irq/In1 host/GPO"), "2 outputs", {}),
    ("width", same, "mode/dout has 4 bits, mhsa/mode has 3 bits", pin("mhsa", "mode", width=3)),
    ("kind", net("reset", "host/CLK0 reset0/ext_reset_in reset1/ext_reset_in"), "reset input", {}),
    ("mode", bus("again", "bus/M01_AXI ffn/m_axi_gmem"), "are all masters", {}),
    (
        "mode",
        lambda one: remade(
            one,
            interface_ports=[p for p in one.interface_ports if p.path != TURNED.path] + [TURNED],
        ),
        "are all",
        {},
    ),
    ("interface-type", same, "different types", interface("ffn", "m_axi_gmem", vlnv=AXIS)),
    (
        "protocol",
        both(net("control", "host/M_CTRL ffn/s_axi_control"), without("control_ffn")),
        "speaks AXI3, ffn/s_axi_control AXI4-Lite",
        {},
    ),
    (
        "protocol",
        net("ddr", "ffn/m_axi_gmem host/S_MEM"),
        "speaks AXI4, host/S_MEM AXI3",
        {},
    ),
    ("data-width", net("ddr", "ffn/m_axi_gmem host/S_MEM"), "256 bits wide, host/S_MEM 64", {}),
    (
        "clock-domain",  # 250 MHz too, but another driver
        move("host/S_MEM_ACLK", "clk0"),
        "different clocks",
        pin("host", "CLK0", mhz=250.0),
    ),
    (
        "idle-clock",
        both(
            net("control", "host/M_CTRL memory/S00"),
            net("control_ffn", "bus/M00_AXI ffn/s_axi_control"),
            net("control_mhsa", "bus/M01_AXI mhsa/s_axi_control"),
            bus("more", "bus/S00_AXI mhsa/m_axi_gmem"),
        ),
        "the clock of aclk",
        {},
    ),
    ("too-fast", same, "at most 300 MHz; host/CLK1 gives 333 MHz", pin("host", "CLK1", mhz=333)),
    ("other-frequency", same, "must have 50 MHz", pin("bus", "aclk", mhz=50.0)),
    ("no-frequency", port("ref", "in", "clk"), "port ref", {}),
    ("other-frequency", wizard("host/CLK1"), "clk_in1 must have 100 MHz; host/CLK1", WIZARD),
    ("clock-circle", wizard("wizard/clk_out1"), "an output of the same cell", WIZARD),
    ("pcie-clock", card("pad/IBUF_OUT"), "card/sys_clk is driven by pad/IBUF_OUT", CARD),
    ("pcie-clock", card("host/CLK0"), "card/sys_clk is driven by host/CLK0", CARD),
    (
        "odd-lock",
        move("reset0/dcm_locked", "clk0"),
        "driven by host/CLK0, which does not say",
        other("reset0", pins={"dcm_locked": Pin("dcm_locked", "in")}),
    ),
    (
        "association",
        port("ref", "in", "clk", parameters=(("ASSOCIATED_BUSIF", "S_X"),)),
        "S_X",
        {},
    ),
    (
        "polarity",
        net("resetn1", "reset1/peripheral_reset ffn/ap_rst_n mhsa/ap_rst_n memory/aresetn"),
        "ffn/ap_rst_n is active low",
        {},
    ),
    (
        "reset-domain",
        move("ffn/ap_rst_n", "resetn0"),
        "ffn/ap_rst_n is reset by reset0/peripheral_aresetn",
        {},
    ),
    (
        "reset-domain",  # through a hierarchy
        move("memory/aresetn", "resetn0"),
        "memory/path/aresetn",
        {},
    ),
    (
        "asynchronous-reset",
        net("resetn0", "host/RESET_N bus/aresetn reset0/ext_reset_in reset1/ext_reset_in"),
        "synchronous to no clock",
        {},
    ),
    (
        "reset-held",
        both(parameters("mode", CONST_VAL="0"), move("bus/aresetn", "mode")),
        "bus/aresetn is held in reset by the constant 0 of mode",
        {},
    ),
    (
        "reset-held",
        both(parameters("mode", CONST_VAL="0"), move("reset1/ext_reset_in", "mode")),
        "reset1/ext_reset_in is held in reset",
        {},
    ),
    (
        "reset-before-lock",
        same,
        "may end before host has locked",
        {
            **other("host", pins={"locked": Pin("locked", "out")}),
            **other("reset0", pins={"dcm_locked": Pin("dcm_locked", "in")}),
        },
    ),
    ("unknown-address", address(REG, segment="ffn/s_axi_control/reg0"), "did you mean", {}),
    ("unknown-address", address(REG, space="host/Dat"), "did you mean 'Data'", {}),
    ("unknown-address", address(REG, segment="fff/s_axi_control/Reg"), "no segment fff", {}),
    ("unlisted-address", address(DDR, segment="host/S_MEM/OCM"), "no segment", PROCESSOR),
    ("range", address(REG, range=0x1800), "no power of two", {}),
    ("tiny-range", address(REG, range=0x400), "less than an interconnect decodes", {}),
    ("misaligned", address(REG, offset=0x4000_0800), "no multiple", {}),
    ("no-offset", address(REG, offset=None), "has no offset", {}),
    ("overlap", address(REG, offset=0x4000_0000, range=0x2000), "overlaps", {}),
    ("duplicate-address", extra_address(CTRL, REG, 0x5000_0000, 0x1000), "there twice", {}),
    ("outside-space", address(REG, offset=1 << 32), "ends above the space", {}),
    (
        "outside-window",
        address(REG, offset=0x5000_0000),
        "M_CTRL never sends",
        {
            "host": replace(
                LOOKS["host"],
                spaces={
                    "Data": Space("Data", ("M_CTRL",), 32, (Window("M_CTRL", 1 << 30, 1 << 24),))
                },
            )
        },
    ),
    ("segment-offset", address(DDR, offset=1 << 30), "not where that memory stands", {}),
    ("small-range", address(REG, range=0x800), "smaller than its register map", {}),
    ("large-range", address(DDR, range=1 << 31), "larger than the memory", {}),
    ("large-range", address(DDR, offset=1 << 29, range=1 << 30), "larger than the memory", {}),
    ("two-addresses", address(DDR, FFN, offset=1 << 30), "has one address in", {}),
    ("unreachable", without("control_ffn"), "cannot reach it", {}),
    ("unassigned", drop_address(REG, CTRL), "host/Data reaches ffn/s_axi_control/Reg", {}),
    ("leads-nowhere", without("memory/m00"), "ffn/Data_m_axi_gmem goes out by", {}),
    (
        "loop",
        both(net("control_ffn", "bus/M00_AXI bus/S01_AXI")),
        "come back to bus/S01_AXI",
        {"bus": small.switch(2, 2, 2)},
    ),
    ("interrupt-width", same, "2 interrupts, host/IRQ takes 1", pin("host", "IRQ", width=1)),
    (
        "wire-clock",
        same,
        "mhsa/interrupt comes to host/IRQ from another clock",
        pin("host", "IRQ", clock="M_CTRL_ACLK"),
    ),
    ("interrupt-open", without("irq1"), "cell mhsa: its interrupt", {}),
    ("interrupt-open", without("irqs"), "cell irq: its interrupt dout leads nowhere", {}),
    (
        "cattrip",
        both(port("hbm_cattrip", "out"), move("hbm_cattrip", "mode")),
        "port hbm_cattrip is always high",
        {},
    ),
    ("interrupt-twice", move("irq/In1", "irq0"), "irq/In0, irq/In1", {}),
    (
        "concat-input",
        parameters("irq", IN0_WIDTH="2"),
        "ffn/interrupt has 1 bit, irq/In0 of irq is set to 2",
        {},
    ),
    ("constant", parameters("mode", CONST_WIDTH="4", CONST_VAL="16"), "16 does not fit", {}),
]  # fmt: skip


def names(findings):
    return {finding.rule for finding in findings}


def test_the_valid_design_has_no_finding():
    assert [str(finding) for finding in small.found(BASE)] == []


@pytest.mark.parametrize(
    ("rule", "change", "says", "looks"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)]
)
def test_a_rule_fires_on_its_change_and_says_what_and_how_to_mend_it(rule, change, says, looks):
    changed = change(BASE)
    mine = [one for one in small.found(changed, looks) if one.rule == rule]
    assert any(says in one.fault.message for one in mine), [str(one) for one in mine]
    for one in mine:
        assert one.fault.remedy and one.fault.message and str(one).startswith(str(one.place))
        assert one.place.file == "small.yml" and one.place != NOWHERE


def test_every_rule_has_a_case_that_shows_it_firing():
    elsewhere = {"no-pin", "no-port", "other-clock", "beyond-memory"}  # in test_boards.py
    elsewhere |= {"rounded-clock"}  # in test_designs.py
    assert {rule.name for rule in RULES} == {rule for rule, *_ in CASES} | elsewhere


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_a_rule_is_silent_on_a_change_that_is_none_of_its_own(rule):
    """A net and a cell under other names and a smaller memory: as valid as before."""
    changed = remade(
        BASE,
        nets=[replace(one, name=one.name + "_") for one in BASE.nets],
        addresses=[
            replace(one, range=1 << 28) if one.segment == DDR else one for one in BASE.addresses
        ],
    )
    assert rule not in names(small.found(changed))


def test_the_table_of_rules_has_one_sentence_for_each():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") and "\n" not in rule.sentence for rule in RULES)


def test_what_vivado_only_warns_of_is_a_warning_in_an_imported_design():
    changed = renet(BASE, "mode", "mode/dout ffn/mode")
    severities = [
        {one.severity for one in small.found(changed, strict=strict)} for strict in (True, False)
    ]
    assert severities == [{"error"}, {"warning"}]


def test_a_finding_says_the_line_of_what_is_wrong():
    changed = recell(BASE, "host", parameters=(("BANKS", "5"),), place=Place("other.yml", 7))
    (one,) = small.found(changed)
    assert str(one).startswith("other.yml:7: error: cell host: parameter BANKS cannot be '5'")


# --- cells that nobody knows --------------------------------------------------------------------


def unknown(looks, pins=True):
    """The same looks, guessed: nothing may be found in them."""
    return Instance(looks.type, looks.pins if pins else {}, looks.interfaces, known=False)


@pytest.mark.parametrize("path", sorted(set(LOOKS) - {"host"}))
def test_a_cell_nobody_knows_makes_no_error_of_what_is_right(path):
    found = small.found(BASE, {path: unknown(LOOKS[path])}, strict=False)
    errors = [str(one) for one in found if one.severity == "error"]
    assert errors == []


def test_a_master_behind_a_cell_nobody_knows_may_reach_anything():
    changed = readdress(BASE, REG, CTRL, offset=0x4000_2000)
    looks = {"bus": unknown(LOOKS["bus"])}
    assert not names(small.found(changed, looks)) & {"unreachable", "leads-nowhere"}


def test_pins_of_a_cell_nobody_knows_are_no_fault():
    changed = renet(BASE, "leds", "host/GPO leds mode/strange")
    assert names(small.found(changed, {"mode": unknown(LOOKS["mode"])})) == {"unknown-type"}


# --- what crosses hierarchies -------------------------------------------------------------------


def test_an_interface_of_a_hierarchy_turns_within_it():
    """memory/S00 is a slave outside, and within it feeds a slave."""
    assert "mode" not in names(small.found(BASE))
    twisted = renet(BASE, "memory/s00", "memory/S00 memory/path/M00_AXI")
    assert "mode" in names(small.found(twisted))


@pytest.mark.parametrize(("pin", "unknown"), [("M00_arready", False), ("M0_arready", True)])
def test_a_wire_of_a_hierarchys_interface_is_a_pin(pin, unknown):
    changed = renet(BASE, "leds", f"host/GPO leds memory/{pin}")
    assert ("unknown-pin" in names(small.found(changed))) == unknown


def test_a_clock_is_followed_into_a_hierarchy():
    found = small.found(move("memory/aclk", "clk0")(BASE))
    told = [one.fault.message for one in found if one.rule == "clock-domain"]
    assert len(told) == 3 and all("memory/path/" in text for text in told)


def with_port(direction, mode):
    """The design with an AXI port that the host's bus, or a master outside, uses."""
    ports = [*BASE.interface_ports, InterfacePort("EXT", mode, AXI, place=HERE)]
    if direction == "out":
        one = remade(renet(BASE, "control_mhsa", "bus/M01_AXI EXT"), interface_ports=ports)
        one = readdress(one, "mhsa/s_axi_control/Reg", segment="EXT/Reg")
        return one
    return remade(renet(BASE, "control", "EXT bus/S00_AXI"), interface_ports=ports)


def test_a_port_that_masters_leave_by_is_a_segment():
    found = names(small.found(with_port("out", "Master")))
    assert not found & {"mode", "unreachable", "unknown-address", "open-port"}


def test_a_master_outside_the_design_is_a_space():
    one = with_port("in", "Slave")
    moved = remade(
        one,
        addresses=[replace(a, space="EXT") if a.space == CTRL else a for a in one.addresses],
    )
    found = names(small.found(moved))
    assert not found & {"mode", "unreachable", "unknown-address", "unassigned", "outside-space"}
    assert "unassigned" in names(small.found(one))


def test_the_port_of_a_design_is_a_driver_within():
    one = remade(renet(BASE, "leds", "leds mode_in"), ports=[*BASE.ports, Port("mode_in", "in")])
    assert not names(small.found(one)) & {"no-driver", "two-drivers"}
    two = remade(
        renet(BASE, "leds", "host/GPO mode_in"), ports=[*BASE.ports, Port("mode_in", "in")]
    )
    assert "two-drivers" in names(small.found(two))


def test_a_pin_that_an_interface_brings_is_driven_by_it():
    looks = pin("host", "S_MEM_ARADDR", needed=True)
    assert names(small.found(BASE, looks)) == set()
    loose = renet(BASE, "ddr", "memory/M00 host/M_CTRL")
    assert "open-input" in names(small.found(loose, looks))


def test_a_frequency_is_followed_through_buffers_from_the_port():
    buffers = {
        "pad": small.instance(
            "xilinx.com:ip:util_ds_buf",
            Pin("IBUF_OUT", "out", "clk"),
            Interface("CLK_IN_D", "Slave", "xilinx.com:interface:diff_clock_rtl:1.0"),
        ),
        "tree": small.instance(
            "xilinx.com:ip:util_ds_buf", Pin("BUFG_I", "in", "clk"), Pin("BUFG_O", "out", "clk")
        ),
    }
    vlnv = "xilinx.com:interface:diff_clock_rtl:1.0"

    def at(hertz):
        said = (("FREQ_HZ", str(hertz)),)
        ref = InterfacePort("ref", "Slave", vlnv, said, place=HERE)
        one = both(
            cell("pad", "ip", "xilinx.com:ip:util_ds_buf"),
            cell("tree", "ip", "xilinx.com:ip:util_ds_buf"),
            bus("ref", "ref pad/CLK_IN_D"),
            net("pad_out", "pad/IBUF_OUT tree/BUFG_I"),
            wizard("tree/BUFG_O"),
        )(BASE)
        return remade(one, interface_ports=[*one.interface_ports, ref])

    looks = {**WIZARD, **buffers}
    assert names(small.found(at(100_000_000), looks)) == set()
    assert names(small.found(at(156_250_000), looks)) == {"other-frequency"}


def test_a_card_with_the_right_clocks_has_no_finding():
    assert names(small.found(card("pad/IBUF_DS_ODIV2")(BASE), CARD)) == set()


@pytest.mark.parametrize("name", ["C_EXT_RST_WIDTH", "c_ext_rst_width", "C_AUX_RST_WIDTH", "X"])
def test_a_parameter_that_the_catalogue_does_not_list_is_no_slip(name):
    """The catalogue lists those that matter; an IP has more, named alike."""
    changed = recell(BASE, "reset0", parameters=((name, "4"),))
    assert names(small.found(changed, SLIPS)) == set()


def test_a_value_that_counts_for_nothing_is_one_finding_and_not_one_for_each_pin():
    """17 slaves are too many for a smartconnect, so the catalogue shows it with its default."""
    changed = parameters("memory/path", NUM_SI="17")(BASE)
    (one,) = small.found(changed, {"memory/path": small.switch(1, 1, 1)})
    assert one.rule == "bad-value"


@pytest.mark.parametrize(
    ("ip", "known"),
    [
        ("axi_dma", "c_sg_use_stsapp_length"),
        ("axi_gpio", "GPIO_BOARD_INTERFACE"),
        ("axi_intc", "C_ASYNC_INTR"),
        ("axi_interconnect", "M63_SECURE"),
        ("axi_timer", "GEN1_ASSERT"),
        ("proc_sys_reset", "RESET_BOARD_INTERFACE"),
        ("smartconnect", "ADVANCED_PROPERTIES"),
        ("util_vector_logic", "LOGO_FILE"),
    ],
)
def test_of_an_ip_that_is_listed_whole_a_parameter_that_is_not_there_is_found(ip, known):
    cell = Cell("it", "ip", f"xilinx.com:ip:{ip}", parameters=((known, "1"), ("WIDTHS", "2")))
    one = BlockDesign.of("d", cells=[cell])
    found = check(one, looks(one, catalogue.load(ROOT)))
    said = [each.fault.message for each in found if each.rule == "unknown-parameter"]
    assert len(said) == 1 and "has no parameter 'WIDTHS'" in said[0]


def test_a_parameter_that_is_none_is_told_with_the_nearest_names_in_one_line():
    cell = Cell("dma", "ip", "xilinx.com:ip:axi_dma", parameters=(("c_include_mm2s_dr", "1"),))
    one = BlockDesign.of("d", cells=[cell])
    found = check(one, looks(one, catalogue.load(ROOT)))
    (fault,) = [each.fault for each in found if each.rule == "unknown-parameter"]
    assert fault.expected.startswith("one of c_include_mm2s_dre")
    known = catalogue.load(ROOT).instance(cell).parameters
    assert fault.expected.endswith(f" (the nearest of {len(known)})")
    names = fault.expected.removeprefix("one of ").partition(" (")[0].split(", ")
    assert 3 <= len(names) <= 5 and set(names) <= set(known)
    assert len(fault.expected) <= 88 and "\n" not in fault.expected


def test_an_ip_that_nobody_knows_is_told_with_the_command_that_writes_its_entry():
    one = BlockDesign.of("d", cells=[Cell("it", "ip", "acme.com:ip:rocket")])
    (found,) = check(one, looks(one, catalogue.load(ROOT)))
    assert str(found).endswith("catalogue component.xml > bd/catalogue/NAME.yml")
    assert max(map(len, str(found).splitlines())) <= 100
