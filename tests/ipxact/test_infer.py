"""Interfaces from names of ports, against what Vivado's own packager inferred in public cores."""

from __future__ import annotations

import pytest
from bitwright.ipxact import infer, read
from bitwright.ipxact.model import BusInterface, Component, Port, Range, Value

from tests.ipxact import corpus

# Ports of the kinds that `infer` knows by their names; the rest (bram, vid_io, data) people mapped
# by hand, as they did with clocks called StreamClk.
KINDS = {"aximm", "axis", "clock", "reset", "interrupt"}
BY_HAND = {"AXI_Stream_Clk", "AXI_Stream_Reset_n", "AxiLiteClk", "AxiLiteReset_n"}
NOT_INFERRED = 8  # ports called clk, reset_n ... for which old or careful packagers made nothing


def wires(interface: BusInterface) -> frozenset[str]:
    return frozenset(one.physical for one in interface.port_maps)


def same(one: BusInterface, other: BusInterface | None) -> bool:
    return other is not None and (one.bus_type, one.abstraction, one.mode, set(one.port_maps)) == (
        *(other.bus_type, other.abstraction, other.mode),
        set(other.port_maps),
    )


def packaged() -> list[tuple[str, Component]]:
    """The public cores that were packaged from RTL, not exported by HLS or SysGen."""
    found = [(path.name, read.load(path)) for path in corpus.FILES]
    return [
        (name, core)
        for name, core in found
        if not any("HLS" in one or "System_Gen" in one for one in core.core.taxonomies)
    ]


@corpus.counted
def test_what_vivados_packager_inferred_is_what_we_infer():
    cores = packaged()
    known = agreed = extra = 0
    for _, core in cores:
        ours = {wires(one): one for one in infer.interfaces(core.ports)}
        theirs = {wires(one) for one in core.bus_interfaces}
        extra += sum(found not in theirs for found in ours)
        for one in core.bus_interfaces:
            if one.bus_type.name in KINDS and one.name not in BY_HAND:
                known += 1
                agreed += same(one, ours.get(wires(one)))
    print(f"{agreed} of {known} interfaces of {len(cores)} cores, {extra} that they have not")
    assert (agreed, known) == (49, 49)
    assert (len(cores), extra) == (19, NOT_INFERRED)


@corpus.counted
def test_clocks_are_associated_as_vivado_associated_them():
    agreed, differ = 0, []
    for name, core in packaged():
        ours = {wires(one): one for one in infer.interfaces(core.ports)}
        called = {wires(one): one.name for one in core.bus_interfaces}
        for clock in core.bus_interfaces:
            mine = ours.get(wires(clock))
            if clock.bus_type.name != "clock" or mine is None:
                continue
            said = {one for one in clock.parameter("ASSOCIATED_BUSIF").split(":") if one}
            found = {
                called[wires(one)]
                for one in ours.values()
                if one.name in mine.parameter("ASSOCIATED_BUSIF").split(":")
            }
            agreed += said == found
            differ += [(name, clock.name)] if said != found else []
    print(f"{agreed} of {agreed + len(differ)} clocks; others: {differ}")
    # the other one is a second interface over the same port, which that core has for no reason
    assert (agreed, [clock for _, clock in differ]) == (17, ["s_axi_aclk"])


def _ports(*names: str) -> list[Port]:
    return [Port(name, "in") for name in names]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "clock") for name in ("clk", "ap_clk", "S_AXI_ACLK", "x_clkin", "tx_clk_p")),
        *((name, "reset") for name in ("rst", "ap_rst_n", "aresetn", "a_reset_sync", "x_rstin")),
        *((name, "interrupt") for name in ("interrupt", "done_irq")),
        *((name, "") for name in ("clk_en", "pclk", "rst_pin", "clk1x", "first", "interrupts")),
    ],
)
def test_a_name_is_a_clock_a_reset_or_neither(name: str, kind: str):
    assert [one.bus_type.name for one in infer.interfaces(_ports(name))] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("name", "polarity"),
    [("aresetn", "ACTIVE_LOW"), ("rst_n", "ACTIVE_LOW"), ("rst", ""), ("resetin", "")],
)
def test_only_a_reset_that_ends_in_n_says_its_polarity(name: str, polarity: str):
    (reset,) = infer.interfaces(_ports(name))
    assert reset.parameter("POLARITY") == polarity


def test_half_an_axi_interface_is_no_interface():
    signals = ("araddr", "arvalid", "arready", "rdata", "rvalid", "rready")
    read_only = [Port(f"m_axi_{name}", "out") for name in signals]
    (found,) = infer.interfaces(read_only)
    assert (found.name, found.mode, found.bus_type.name) == ("m_axi", "master", "aximm")
    assert infer.interfaces(read_only[:-1]) == ()


def test_a_vector_is_no_clock():
    assert infer.interfaces([Port("clk", "in", Range(Value("1"), Value("0")))]) == ()


def test_clocks_of_several_prefixes_have_their_own_interfaces():
    ports = [
        *(Port(f"{side}_tvalid", "in") for side in ("s0", "s1")),
        *_ports("s0_aclk", "s1_aclk", "s0_aresetn", "s1_aresetn"),
    ]
    clocks = {one.name: one for one in infer.interfaces(ports) if one.bus_type.name == "clock"}
    assert [clocks[name].parameter("ASSOCIATED_BUSIF") for name in ("s0_aclk", "s1_aclk")] == [
        *("s0", "s1")
    ]
    assert clocks["s1_aclk"].parameter("ASSOCIATED_RESET") == "s1_aresetn"


def test_the_order_of_files_does_not_decide():
    ports = _ports("clk", "rst_n")
    assert {one.name for one in infer.interfaces(ports)} == {
        one.name for one in infer.interfaces(reversed(ports))
    }
