"""What comes along a wire: how wide, how fast, and which constant."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.ip import Pin
from bitwright.blockdesign.model import parent

CONSTANTS = ("xlconstant", "ilconstant")
CONCATS = ("xlconcat", "ilconcat")
MAX_CONCATS = 16  # one behind the other; a design that goes round in a circle ends here
BUFFER = ":util_ds_buf"
MAX_BUFFERS = 16  # one behind the other; a design that goes round in a circle ends here
MAX_DIGITS = 12  # of a frequency in Hz
PASSED = {  # outputs of a buffer with the frequency of an input
    "IBUF_OUT": "CLK_IN_D",
    "BUFG_O": "BUFG_I",
    "BUFGCE_O": "BUFGCE_I",
    "BUFG_GT_O": "BUFG_GT_I",
}


def is_concat(scene: Scene, path: str) -> bool:
    """Whether the cell only lays wires side by side; its widths follow what is joined."""
    return path in scene.cells and scene.cells[path].type.rpartition(":")[2] in CONCATS


def sources(scene: Scene, end: str, depth: int = 0) -> Iterator[tuple[str, Pin]]:
    """The outputs that drive an input: through concats, all that they lay side by side."""
    driver = scene.driver(end)
    if driver is None:
        return
    owner = parent(driver[0])
    looks = scene.instance(owner)
    if looks is None or not is_concat(scene, owner):
        yield driver
    elif depth < MAX_CONCATS:
        for pin in looks.pins.values():
            if pin.direction == "in":
                yield from sources(scene, f"{owner}/{pin.name}", depth + 1)


def constant(scene: Scene, path: str) -> int | None:
    """The value of a cell that is a constant; None for any other, and for what is no number."""
    cell = scene.cells.get(path)
    if cell is None or cell.type.rpartition(":")[2] not in CONSTANTS:
        return None
    try:
        return int(cell.parameter("CONST_VAL", "1"), 0)
    except ValueError:
        return None


def width(scene: Scene, end: str, depth: int = 0) -> int | None:
    """Bits of a pin; of a concat's output, those of all that drives its inputs."""
    pin, owner = scene.outer_pin(end), parent(end)
    if pin is None or not is_concat(scene, owner):
        return pin.width if pin else None
    looks = scene.instance(owner)
    if pin.direction == "in" or looks is None or depth > MAX_CONCATS:
        return pin.width
    widths = [
        _input_width(scene, f"{owner}/{one.name}", one, depth)
        for one in looks.pins.values()
        if one.direction == "in"
    ]
    known = [bits for bits in widths if bits is not None]
    return sum(known) if len(known) == len(widths) else None


def _input_width(scene: Scene, end: str, pin: Pin, depth: int) -> int | None:
    driver = scene.driver(end)
    return width(scene, driver[0], depth + 1) if driver else pin.width


def mhz(scene: Scene, end: str, depth: int = 0) -> float | None:
    """The frequency of a clock output or port, through buffers; None where not known."""
    pin, owner = scene.outer_pin(end), parent(end)
    looks = scene.instance(owner) if owner else None
    if pin is None or pin.mhz is not None or looks is None or depth > MAX_BUFFERS:
        return pin.mhz if pin else None
    if not looks.type.endswith(BUFFER) or pin.name not in PASSED:
        return None
    source = f"{owner}/{PASSED[pin.name]}"
    if source in scene.interface_nets_of:
        port = next((p for p in scene.partners(source) if p in scene.interface_ports), "")
        said = dict(scene.interface_ports[port].parameters) if port else {}
        hertz = said.get("FREQ_HZ", "")
        return int(hertz) / 1e6 if hertz.isdigit() and len(hertz) < MAX_DIGITS else None
    driver = scene.driver(source)
    return mhz(scene, driver[0], depth + 1) if driver else None
