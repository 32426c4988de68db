"""Resets: which level, synchronous to which clock, and that they end."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check import trace
from bitwright.blockdesign.check.clocks import driven, net_place
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.ip import Pin
from bitwright.blockdesign.model import parent


def polarity(scene: Scene) -> Iterator[Fault]:
    for end, pin, driver, source in driven(scene, "rst"):
        if pin.polarity and source.polarity and pin.polarity != source.polarity:
            yield Fault(
                net_place(scene, end),
                f"{end} is active {pin.polarity}; {driver}, which drives it, active"
                f" {source.polarity}",
                f"a reset that is active {pin.polarity}",
                f"active {source.polarity}",
                f"take the other output of {parent(driver) or 'the design'}, or invert it",
            )


def reset_domain(scene: Scene) -> Iterator[Fault]:
    """A reset released by another clock than its user's (Vivado: BD 41-1343)."""
    for end, pin, driver, source in driven(scene, "rst"):
        own = _clock_of(scene, end, pin)
        if not own or not source.clock:
            continue
        its = f"{parent(driver)}/{source.clock}" if parent(driver) else source.clock
        if scene.domain(own) and scene.domain(its) and scene.domain(own) != scene.domain(its):
            yield Fault(
                net_place(scene, end),
                f"{end} is reset by {driver}, which is synchronous to another clock",
                f"a reset synchronous to {scene.domain_name(own)}, the clock of {own}",
                f"synchronous to {scene.domain_name(its)}",
                "use the proc_sys_reset of that clock, or add one",
            )


def reset_asynchronous(scene: Scene) -> Iterator[Fault]:
    """A reset that is synchronous to no clock, at a pin that needs one (Vivado: BD 41-1348)."""
    for end, pin, driver, source in driven(scene, "rst"):
        if not _clock_of(scene, end, pin) or source.clock or source.kind != "rst":
            continue
        if scene.known(parent(driver)) and parent(driver):
            yield Fault(
                net_place(scene, end),
                f"{end} is reset by {driver}, which is synchronous to no clock",
                f"a reset synchronous to the clock of {parent(end)}",
                "an asynchronous reset",
                "put a proc_sys_reset between",
            )


def reset_held(scene: Scene) -> Iterator[Fault]:
    """A constant at a reset, of the level that resets."""
    for end, pin, driver, _ in driven(scene, "rst"):
        value, level = trace.constant(scene, parent(driver)), _level(scene, end, pin)
        if value is not None and level == ("high" if value else "low"):
            yield Fault(
                net_place(scene, end),
                f"{end} is held in reset by the constant {value} of {parent(driver)}",
                "a reset that ends, or the other level",
                f"{value} at a reset that is active {level}",
                f"join {end} to a reset, or change the constant",
            )


def _level(scene: Scene, end: str, pin: Pin) -> str:
    """Active low or high; the external reset of a proc_sys_reset follows a parameter."""
    owner, _, name = end.rpartition("/")
    if pin.polarity or name != "ext_reset_in":
        return pin.polarity
    return "high" if scene.cells[owner].parameter("C_EXT_RESET_HIGH", "0") == "1" else "low"


def reset_before_lock(scene: Scene) -> Iterator[Fault]:
    """A reset that may end before its clock is there."""
    for cell, looks in scene.leaves:
        if "dcm_locked" not in looks.pins or scene.joined(f"{cell.path}/dcm_locked"):
            continue
        clock = scene.driver(f"{cell.path}/slowest_sync_clk")
        source = scene.instance(parent(clock[0])) if clock else None
        if clock and source is not None and source.known and "locked" in source.pins:
            yield Fault(
                cell.place,
                f"cell {cell.path}: its reset may end before {parent(clock[0])} has locked",
                f"{parent(clock[0])}/locked at dcm_locked",
                "dcm_locked is joined to nothing, which counts as locked",
                f"join {parent(clock[0])}/locked to {cell.path}/dcm_locked",
            )


def odd_lock(scene: Scene) -> Iterator[Fault]:
    """What says that a clock is there is itself a clock, an interrupt, or never so."""
    for cell, looks in scene.leaves:
        end = f"{cell.path}/dcm_locked"
        driver = scene.driver(end) if "dcm_locked" in looks.pins else None
        if driver is None:
            continue
        if driver[1].kind in ("clk", "intr") or trace.constant(scene, parent(driver[0])) == 0:
            yield Fault(
                net_place(scene, end),
                f"{end} is driven by {driver[0]}, which does not say that a clock has locked",
                "locked of what makes the clock, or no net",
                driver[0],
                f"join {end} to the clk_wiz's locked, or to nothing",
            )


def _clock_of(scene: Scene, end: str, pin: Pin) -> str:
    """The clock pin that a reset input is synchronous to, as a path; "" where not known."""
    owner = parent(end)
    looks = scene.instance(owner)
    clock = pin.clock
    if not clock and looks is not None:
        clocks = {one.clock for one in looks.interfaces.values() if one.reset == pin.name}
        clock = clocks.pop() if len(clocks) == 1 else ""
    return f"{owner}/{clock}" if clock else ""
