"""A config on a target judged as a whole: its block design, with its kernels and its board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.blockdesign import catalogue, elaborate
from bitwright.blockdesign.check import check
from bitwright.blockdesign.check.boards import of_target
from bitwright.blockdesign.check.finding import ERROR, Finding
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.looks import looks
from bitwright.blockdesign.model import BlockDesign
from bitwright.design import Design
from bitwright.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Judged:
    design: BlockDesign
    looks: Mapping[str, Instance]
    findings: tuple[Finding, ...]


def judge(design: Design, model: BlockDesign | None = None, root: Path = Path()) -> Judged:
    """Check the block design of a config; model: what became of it, such as one with probes.

    Raises ConfigError if there is no block design, or its files have faults.
    """
    made = elaborate.of(design, root) if model is None else model
    kernels = (kernel for _, kernel in elaborate.kernels(design, root))
    known = catalogue.load(root).of_kernels(kernels)
    seen = looks(made, known)
    hardware = of_target(design.target, root)
    return Judged(made, seen, check(made, seen, types=known.types, board=hardware))


def require(design: Design, model: BlockDesign, root: Path = Path()) -> None:
    """Refuse a block design with errors: ConfigError with each of them. Warnings pass."""
    found = judge(design, model, root).findings
    errors = [str(one) for one in found if one.severity == ERROR]
    if errors:
        raise ConfigError("\n".join(errors))
