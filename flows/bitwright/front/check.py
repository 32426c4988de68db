"""`doit check`: the block designs of a config, before any tool is started."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError
from bitwright.front.session import Session, config_path
from bitwright.front.show import say
from bitwright.schema import nearest
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.design import Config


def task(session: Session) -> bool:
    """Check the block design of target=, or of every target that has one; False on errors."""
    values = session.line.values
    config = config_path(values, session.commands)
    wanted = targets(config, values, Path())
    width = max(map(len, wanted))
    clean = True
    for target in wanted:  # each of them, also after one with errors
        clean &= _check(config, target, values, width)
    return clean


def targets(config: str, values: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """The target asked for, or all of the config's that have a block design, in its order.

    Raises ConfigError if there is none.
    """
    from bitwright import design

    found = design.read_config(design.find(config, root), root)
    asked = values.get("target")
    known = design.names(root, "configs/targets")
    if asked is not None and asked not in known:
        raise ConfigError(
            f"command line: target: no {shown(asked)} in configs/targets/{nearest(asked, known)}"
            f" (targets: {', '.join(known)})"
        )
    wanted = (asked,) if asked else found.targets
    fitting = tuple(name for name in wanted if design.read_target(name, root).block_design)
    if not fitting:
        raise ConfigError(_nothing(found, asked, known, root))
    return fitting


def _nothing(config: Config, asked: str | None, known: list[str], root: Path) -> str:
    from bitwright import design

    who = f"target {asked} has" if asked else f"{config.where}: its targets have"
    others = [name for name in known if design.read_target(name, root).block_design]
    return (
        f"{who} no block design to check\n"
        f"  next      ./doit check config={config.asked} target=NAME"
        f" (with block designs: {', '.join(others)})"
    )


def _check(config: str, target: str, values: Mapping[str, str], width: int) -> bool:
    """Check one design and print what is found; False on errors."""
    from bitwright import design
    from bitwright.blockdesign.check import show, whole
    from bitwright.vivado import plan

    chosen = {name: values[name] for name in ("clock_mhz",) if name in values}
    found = design.load(config, target=target, options=chosen, root=Path())
    judged = whole.judge(found, plan.asked(found))
    title = f"{found.config} on {target:<{width}}"
    for line in show.lines(title, judged.design, judged.looks, judged.findings):
        say(line)
    return not show.has_errors(judged.findings)
