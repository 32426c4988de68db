"""Ports against the pins of a board."""

from bitwright.blockdesign.board import Bank, Board, Clock, Pin
from bitwright.blockdesign.check import check
from bitwright.blockdesign.model import InterfacePort, Place, Port

from tests.blockdesign.check import small

HERE, THERE = Place("small.yml", 7), Place("board.yml", 3)
CLOCK = "xilinx.com:interface:diff_clock_rtl:1.0"
GPIO = "xilinx.com:interface:gpio_rtl:1.0"
DDR = "xilinx.com:interface:ddrx_rtl:1.0"


def board(*ports, mhz=100.0):
    pins = tuple(Pin(port, "A1", place=THERE) for port in ports)
    return Board("any", "board.yml", clocks=(Clock("ref_clk_p", mhz),), pins=pins)


def found(hardware, *ports, interfaces=()):
    design = small.design()
    design = small.remade(design, ports=[p for p in design.ports if p.path != "leds"] + [*ports])
    design = small.remade(design, interface_ports=[*design.interface_ports, *interfaces])
    findings = check(design, small.looks_of(design), board=hardware)
    return [
        one for one in findings if one.rule in ("no-pin", "no-port", "other-clock", "beyond-memory")
    ]


def clock(hertz):
    return InterfacePort("ref", "Slave", CLOCK, (("FREQ_HZ", str(hertz)),), place=HERE)


def test_a_port_of_the_design_needs_a_pin_of_the_board():
    assert found(board("leds"), Port("leds", "out")) == []
    (one,) = found(board(), Port("leds", "out", place=HERE))
    assert (one.rule, one.severity, str(one.place)) == ("no-pin", "error", "small.yml:7")
    assert "port leds has no pin of the board" in str(one) and "board.yml" in str(one)


def test_a_differential_clock_needs_two():
    pair = ("ref_clk_p", "ref_clk_n")
    assert found(board(*pair), interfaces=[clock(100_000_000)]) == []
    (one,) = found(board(pair[0]), interfaces=[clock(100_000_000)])
    assert "port ref_clk_n has no pin" in str(one)


def test_a_clock_port_says_the_frequency_that_the_board_gives():
    pair = ("ref_clk_p", "ref_clk_n")
    (one,) = found(board(*pair), interfaces=[clock(156_250_000)])
    assert one.rule == "other-clock" and "says 156.25 MHz; the board gives 100 MHz" in str(one)


def test_a_pin_that_no_port_uses_is_told_with_its_line():
    (one,) = found(board("leds", "button"), Port("leds", "out"))
    assert (one.rule, one.severity, str(one.place)) == ("no-port", "warning", "board.yml:3")


def test_ports_of_an_interface_begin_with_its_name():
    leds = InterfacePort("leds", "Master", GPIO, place=HERE)
    assert found(board("leds_tri_o"), interfaces=[leds]) == []


def test_a_processor_brings_its_own_pins():
    assert found(board(), interfaces=[InterfacePort("DDR", "Master", DDR)]) == []


def test_without_a_board_nothing_is_said_of_pins():
    assert found(None, Port("leds", "out"), interfaces=[clock(1)]) == []


def test_what_is_mapped_is_memory_that_the_board_has():
    def judged(size):
        hardware = Board("any", "board.yml", memory=(Bank("DDR", 0, size),))
        return [one for one in found(hardware) if one.rule == "beyond-memory"]

    assert judged(1 << 30) == []
    assert len(judged(1 << 29)) == 2  # each kernel is given 1 GiB
    assert "0x0 to 0x1FFF_FFFF, as board.yml says" in str(judged(1 << 29)[0])
