"""The IP catalogue: what the IPs of bd/catalogue look like, and this project's kernels with them.

    known = catalogue.load()
    known.instance(cell).pins["aclk"]        # None for a type that is not in it
    known.of_kernels([kernel.load(...)])     # the same, and cells of these kernels

`ipfile.py` says what stands in a file. Sources of the facts are in the files, beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar

from bitwright.blockdesign import ipfile, kernelcell, members
from bitwright.blockdesign.expression import ExpressionError, Names
from bitwright.blockdesign.ip import Instance, Interface, Pin
from bitwright.blockdesign.model import Cell, Pairs
from bitwright.blockdesign.template import Ip, Members
from bitwright.errors import ConfigError
from bitwright.kernel import Kernel
from bitwright.yamlfile import Faults

FOLDER = Path("bd/catalogue")
HOME = Path(__file__).resolve().parents[3]
INTERFACES = "interfaces"  # the folder in it with the wires of interfaces

T = TypeVar("T")
Maker = Callable[[Pairs, str], Instance]  # of parameters and version


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Types of cells and how an instance of each is made from its parameters."""

    makers: Mapping[str, Maker] = field(default_factory=dict)

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(sorted(self.makers))

    def instance(self, cell: Cell) -> Instance | None:
        """What the cell looks like with its parameters; None if its type is not known here.

        A value that the IP does not allow counts as not given; the checks name it.
        """
        maker = self.makers.get(cell.type)
        return None if maker is None else maker(cell.parameters, cell.version)

    def versions(self, type: str) -> tuple[str, ...]:
        """Those known of a type, oldest first; none for an unknown type."""
        maker = self.makers.get(type)
        return () if maker is None else maker((), "").versions

    def of_kernels(self, kernels: Iterable[Kernel]) -> Catalogue:
        """This catalogue and cells of these kernels; of two with one name, the kernel counts."""
        return Catalogue({**self.makers, **dict(map(_kernel_maker, kernels))})


def _kernel_maker(kernel: Kernel) -> tuple[str, Maker]:
    made = kernelcell.instance(kernel)
    return made.type, lambda parameters, version: made


@cache
def load(root: Path = Path()) -> Catalogue:
    """Read all of bd/catalogue under this root, once per process.

    Where there is none (a command was given elsewhere), that of the project this file is in.
    Raises ConfigError with every fault of every file: file, line, expected, found.
    """
    folder = root / FOLDER if (root / FOLDER).is_dir() else HOME / FOLDER
    signals = _all(folder / INTERFACES, members.load)

    def wires(name: str, called: str, names: Names, interface: Interface) -> Mapping[str, Pin]:
        if name not in signals:
            known = ", ".join(sorted(signals))
            raise ExpressionError(f"no interface file {name!r} (there are {known})")
        return members.pins(signals[name], called, names, interface)

    ips = _all(folder, lambda path, where: ipfile.load(path, where, wires))
    by_type: dict[str, Ip] = {}
    for ip in (each for found in ips.values() for each in (found, *_twins(found))):
        if ip.type in by_type:
            faults = Faults(ip.where)
            faults.add(1, f"type: {ip.type!r} stands already in {by_type[ip.type].where}")
            faults.check()
        by_type[ip.type] = ip
    return Catalogue({type: _maker(ip, wires) for type, ip in by_type.items()})


def _twins(ip: Ip) -> Iterable[Ip]:
    return (replace(ip, type=type, versions=versions) for type, versions in ip.twins.items())


def _maker(ip: Ip, wires: Members) -> Maker:
    @lru_cache(maxsize=256)
    def make(parameters: Pairs, version: str) -> Instance:
        try:
            return ip.instance(dict(parameters), wires, version=version)
        except ExpressionError as error:
            raise ConfigError(f"{error}\n  next  mend the expression in {ip.where}") from None

    return make


def _all(folder: Path, read: Callable[[Path, str], T]) -> dict[str, T]:
    """What each .yml of a folder holds, by its name; all their faults in one ConfigError."""
    found: dict[str, T] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            found[path.stem] = read(path, path.as_posix())
        except ConfigError as error:
            faults.append(str(error))
    if faults:
        raise ConfigError("\n".join(faults))
    return found
