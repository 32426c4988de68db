"""The table of rules: name, how bad, one sentence, and the function that finds.

A rule is a function of a Scene that yields Faults. Its severity here is `error` where Vivado
refuses or the hardware cannot work, `warning` where it may be meant, and `doubt` where Vivado only
warns, so that public designs have it: an error in a design of ours, a warning in an imported one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bitwright.blockdesign.check import (
    addresses,
    boards,
    clocks,
    interfaces,
    interrupts,
    names,
    nets,
    pins,
    ranges,
    resets,
)
from bitwright.blockdesign.check.finding import DOUBT, ERROR, WARNING, Fault
from bitwright.blockdesign.check.scene import Scene


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    severity: str  # error | doubt | warning
    sentence: str
    find: Callable[[Scene], Iterator[Fault]]


RULES: tuple[Rule, ...] = (
    # Names, types and parameters
    Rule("unknown-type", DOUBT, "A cell's type is in the catalogue.", names.unknown_type),
    Rule("unknown-version", WARNING, "An IP has the version asked for.", names.unknown_version),
    Rule("unknown-parameter", DOUBT, "An IP has the parameters set.", names.unknown_parameter),
    Rule("bad-value", ERROR, "A parameter's value is one that the IP allows.", names.bad_value),
    Rule("bad-name", ERROR, "Vivado accepts the names, and so does Verilog.", names.bad_name),
    Rule("duplicate-name", ERROR, "No two cells or ports have one name.", names.duplicate_name),
    Rule("duplicate-net", ERROR, "No two nets have one name.", names.duplicate_net),
    Rule("no-hierarchy", ERROR, "What a path stands in is a hierarchy.", names.no_hierarchy),
    # Pins and interfaces
    Rule("unknown-cell", ERROR, "A net's ends are on cells of the design.", pins.unknown_end),
    Rule("unknown-pin", ERROR, "A net's ends are pins that there are.", pins.unknown_pin),
    Rule(
        "unlisted-pin",
        DOUBT,
        "A processor's pins and interfaces are among those the catalogue lists.",
        pins.unlisted_pin,
    ),
    Rule(
        "unknown-interface",
        ERROR,
        "An interface net's ends are interfaces that there are.",
        pins.unknown_interface,
    ),
    Rule(
        "beyond-count",
        ERROR,
        "An interconnect has as many masters and slaves as are joined to it.",
        pins.beyond_count,
    ),
    Rule("open-input", DOUBT, "An input that must be driven is joined.", pins.open_input),
    Rule("open-clock", ERROR, "A clock input that is in use has a clock.", pins.open_clock),
    Rule("open-reset", DOUBT, "A reset input that is in use has a reset.", pins.open_reset),
    Rule(
        "open-interface", DOUBT, "An interface that must be joined is joined.", pins.open_interface
    ),
    Rule("open-port", DOUBT, "A port leads on to something within.", pins.open_port),
    Rule("joined-twice", ERROR, "A pin or interface is on one net.", pins.joined_twice),
    Rule(
        "overridden",
        WARNING,
        "An input of a joined interface has no driver of its own.",
        pins.overridden,
    ),
    # Nets
    Rule("single-end", DOUBT, "A net joins two ends at least.", nets.single_end),
    Rule(
        "crossing",
        ERROR,
        "A net goes in or out of a hierarchy by a pin of that hierarchy.",
        nets.crossing,
    ),
    Rule("no-driver", ERROR, "Something drives a net.", nets.no_driver),
    Rule("two-drivers", ERROR, "No two outputs drive a net.", nets.two_drivers),
    Rule("width", DOUBT, "An input is as wide as what drives it.", nets.width),
    Rule("kind", DOUBT, "Clocks drive clock inputs, resets resets.", nets.kind),
    # Interfaces
    Rule("mode", ERROR, "A master is joined to a slave.", interfaces.mode),
    Rule("interface-type", ERROR, "Interfaces that meet are of one type.", interfaces.type_of),
    Rule("protocol", ERROR, "AXI sides speak one protocol.", interfaces.protocol),
    Rule("data-width", ERROR, "AXI sides have one data width.", interfaces.data_width),
    # Clocks and resets
    Rule("clock-domain", ERROR, "The sides of an AXI interface have one clock.", clocks.domain),
    Rule(
        "idle-clock", WARNING, "Each clock of a smartconnect has an interface.", clocks.idle_clock
    ),
    Rule("too-fast", ERROR, "A clock is within its input's limit.", clocks.too_fast),
    Rule(
        "other-frequency",
        DOUBT,
        "A clock has the frequency that its input must have.",
        clocks.other_frequency,
    ),
    Rule(
        "rounded-clock",
        WARNING,
        "A Zynq's dividers make the frequency that is asked for.",
        clocks.rounded_clock,
    ),
    Rule("wire-clock", DOUBT, "A wire comes from the clock it goes to.", clocks.wire_clock),
    Rule("clock-circle", ERROR, "No clk_wiz is driven by itself.", clocks.clock_circle),
    Rule(
        "pcie-clock",
        DOUBT,
        "XDMA has its reference clock from a transceiver's buffer.",
        clocks.pcie_clock,
    ),
    Rule("no-frequency", WARNING, "A clock port says its frequency.", clocks.no_frequency),
    Rule(
        "association", DOUBT, "What a clock port says it belongs to is there.", clocks.association
    ),
    Rule("polarity", DOUBT, "A reset has the level that its input wants.", resets.polarity),
    Rule(
        "reset-domain",
        DOUBT,
        "A reset is synchronous to the clock of what it resets.",
        resets.reset_domain,
    ),
    Rule(
        "asynchronous-reset",
        DOUBT,
        "A reset is synchronous where its user needs that.",
        resets.reset_asynchronous,
    ),
    Rule("reset-held", ERROR, "No constant holds anything in reset.", resets.reset_held),
    Rule(
        "reset-before-lock",
        WARNING,
        "A reset waits until the clock is there.",
        resets.reset_before_lock,
    ),
    Rule("odd-lock", DOUBT, "What says that a clock is there can say so.", resets.odd_lock),
    # Addresses
    Rule(
        "unknown-address",
        ERROR,
        "The space and the segment of an address are there.",
        addresses.unknown_address,
    ),
    Rule(
        "unlisted-address",
        DOUBT,
        "A processor's segments are among those the catalogue lists.",
        addresses.unlisted_address,
    ),
    Rule("range", ERROR, "A range is a power of two.", ranges.bad_range),
    Rule("tiny-range", DOUBT, "A range is 4 KiB at least.", ranges.tiny_range),
    Rule("misaligned", ERROR, "An offset is a multiple of its range.", ranges.misaligned),
    Rule("no-offset", DOUBT, "An address says offset and range.", ranges.no_offset),
    Rule("overlap", ERROR, "Ranges of a space do not meet.", ranges.overlap),
    Rule(
        "duplicate-address",
        ERROR,
        "A segment has one address in a space.",
        addresses.duplicate_address,
    ),
    Rule("outside-space", ERROR, "An address is within its space.", ranges.outside_space),
    Rule(
        "outside-window",
        ERROR,
        "A processor sends out the addresses that its interface is given.",
        ranges.outside_window,
    ),
    Rule(
        "segment-offset",
        DOUBT,
        "Memory with a place of its own has that address.",
        ranges.segment_offset,
    ),
    Rule(
        "small-range",
        ERROR,
        "A range holds all registers of its segment.",
        ranges.small_range,
    ),
    Rule("large-range", DOUBT, "A range is within the memory there is.", ranges.large_range),
    Rule(
        "two-addresses",
        ERROR,
        "A segment behind an interconnect has one address for all its masters.",
        addresses.two_addresses,
    ),
    Rule("unreachable", ERROR, "A master reaches what it is given.", addresses.unreachable),
    Rule(
        "unassigned",
        DOUBT,
        "What a master reaches has an address or is excluded.",
        addresses.unassigned,
    ),
    Rule("leads-nowhere", DOUBT, "A joined master reaches something.", addresses.leads_nowhere),
    Rule("loop", ERROR, "Interconnects are not joined in a circle.", addresses.loop),
    # The board
    Rule("no-pin", ERROR, "A port of the design has a pin of the board.", boards.no_pin),
    Rule("no-port", WARNING, "A pin of the board has a port of the design.", boards.no_port),
    Rule(
        "beyond-memory",
        ERROR,
        "What is mapped is memory that the board has.",
        boards.beyond_memory,
    ),
    Rule("other-clock", ERROR, "A clock port has the board's frequency.", boards.other_clock),
    # Interrupts, concatenations, constants
    Rule(
        "interrupt-width",
        ERROR,
        "An interrupt input takes all that is joined to it.",
        interrupts.interrupt_width,
    ),
    Rule("interrupt-open", DOUBT, "An interrupt leads somewhere.", interrupts.interrupt_open),
    Rule(
        "interrupt-twice",
        DOUBT,
        "An interrupt is at one input of a concat.",
        interrupts.interrupt_twice,
    ),
    Rule(
        "concat-input",
        DOUBT,
        "An input of a concat is as wide as what drives it.",
        interrupts.concat_input,
    ),
    Rule("cattrip", ERROR, "The pin that would shut a card down is low.", interrupts.cattrip),
    Rule("constant", DOUBT, "A constant fits its width.", interrupts.constant_fits),
)
