"""A block design as a command line names it: a file, or CONFIG@TARGET for one of ours.

gpt2-medium@u280 is the design that this config has on this target, with its kernels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.blockdesign import anyfile, catalogue
from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign
from bitwright.errors import ConfigError
from bitwright.kernel import Kernel

if TYPE_CHECKING:
    from bitwright.blockdesign.interpreter import Note

HELP = "a file (YAML, Tcl or .hwh), or CONFIG@TARGET, such as gpt2-medium@u280"


@dataclass(frozen=True)  # without slots: looks are found once
class Named:
    name: str  # as it was asked for
    kind: str  # yaml | tcl | hwh
    design: BlockDesign
    kernels: tuple[tuple[str, Kernel], ...] = ()  # cell, signature
    notes: tuple[Note, ...] = ()  # of a script: what it does that the design does not hold
    guessed: frozenset[tuple[str, str]] = frozenset()  # space, segment: address left to Vivado

    @cached_property
    def catalogue(self) -> Catalogue:
        """The project's, with the design's kernels."""
        known = catalogue.load()
        return known.of_kernels(kernel for _, kernel in self.kernels) if self.kernels else known

    @cached_property
    def looks(self) -> Mapping[str, Instance]:
        """What every cell looks like from outside."""
        from bitwright.blockdesign.looks import looks

        return looks(self.design, self.catalogue)


def read(name: str) -> Named:
    """The design of that name. Raises ConfigError."""
    path = Path(name)
    config, at, target = name.partition("@")
    if at and not path.exists():
        return _ours(name, config, target)
    if not path.exists():
        _refuse_config(name)
        raise ConfigError(
            f"{name}: no such file\n  expected  {HELP}\n  next      ls bd/*.yml, or: ./doit list"
        )
    kind = anyfile.kind_of(path)
    if kind == anyfile.TCL:
        from bitwright.blockdesign.interpreter import isolated

        found = isolated.imported(path)
        return Named(name, kind, found.design, notes=found.notes, guessed=found.guessed)
    return Named(name, kind, anyfile.read(path))


def _refuse_config(name: str) -> None:
    """A config alone is no design: ConfigError with the target that makes it one."""
    from bitwright import design

    if name not in design.names(Path()):
        return
    targets = design.read_config(design.find(name, Path()), Path()).targets
    known = [one for one in targets if design.read_target(one, Path()).block_design]
    raise ConfigError(
        f"{name}: a config; its block design depends on the target\n"
        f"  expected  CONFIG@TARGET\n"
        f"  next      {' or '.join(f'{name}@{one}' for one in known) or f'{name}@u280'}"
    )


def _ours(name: str, config: str, target: str) -> Named:
    from bitwright import design
    from bitwright.blockdesign import elaborate

    found = design.load(config, target=target, root=Path())
    if not found.target.block_design:
        raise ConfigError(
            f"{name}: target {found.target.name} has no block design\n"
            "  next      name a target with `block_design` in configs/targets/, such as u280"
        )
    return Named(name, anyfile.YAML, elaborate.of(found), elaborate.kernels(found))
