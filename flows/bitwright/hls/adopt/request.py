"""What is asked of an adoption: everything the source does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bitwright.errors import ConfigError
from bitwright.hls.scripts import EXPORTS
from bitwright.kernel import NAME_RULE, is_name

USUAL_TOP = "forward"  # as Stream-HLS calls it
PART, CLOCK_NS = "xcu280-fsvh2892-2L-e", "3.33"  # as Stream-HLS has them
WIDTHS = tuple(8 << i for i in range(8))  # bits of an AXI port: 8 to 1024
_PART = re.compile(r"x[acq][a-z0-9]+(-[A-Za-z0-9]+)+", re.ASCII)
_VLNV = re.compile(r"[A-Za-z][\w.-]*:[A-Za-z][\w.-]*:[a-z][a-z0-9_]*:\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Request:
    """Empty texts stand for what the source, or the hls.tcl beside it, says."""

    top: str = ""  # forward, else the only function that nothing calls
    bundle: str = "gmem"  # arrays get gmem0, gmem1, ... in their order
    bundles: Mapping[str, str] = field(default_factory=dict)  # argument -> bundle
    width: int = 256  # bits: max_widen_bitwidth, and the data width of each bundle
    vlnv: str = ""  # bitwright:<file>:<top>:1.0
    part: str = ""
    clock_ns: str = ""
    export: str = "ip_catalog"

    def __post_init__(self) -> None:
        """Refuse, all at once, what cannot be."""
        faults = []
        for bundle in (self.bundle, *self.bundles.values()):
            if not is_name(bundle):
                faults.append(f"bundle {bundle!r}: {NAME_RULE}")
        if self.width not in WIDTHS:
            faults.append(f"width {self.width}: expected one of {', '.join(map(str, WIDTHS))} bits")
        if self.vlnv and not _VLNV.fullmatch(self.vlnv):
            faults.append(f"vlnv {self.vlnv!r}: expected vendor:library:top:1.0")
        if self.part and not _PART.fullmatch(self.part):
            faults.append(f"part {self.part!r}: expected a device such as {PART}")
        if self.export not in EXPORTS:
            faults.append(f"export {self.export!r}: expected {' or '.join(EXPORTS)}")
        if faults:
            raise ConfigError("\n".join(f"adopt: {fault}" for fault in faults))


def assignments(text: str) -> dict[str, str]:
    """`v93=gmem0,v98=gmem0` as a table. Raises ConfigError for another shape."""
    found = {}
    for pair in filter(None, text.split(",")):
        name, equals, bundle = pair.partition("=")
        if not equals or name in found:
            raise ConfigError(f"adopt: bundles: expected argument=bundle once each, found {pair!r}")
        found[name.strip()] = bundle.strip()
    return found


def whole(text: str, what: str) -> int:
    """A plain whole number. Raises ConfigError naming what it was to be."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ConfigError(f"adopt: {what}: expected a whole number, found {text!r}")
    return int(text)
