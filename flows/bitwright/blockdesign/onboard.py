"""What a target names in bd/: its board and its block design, each of which must be there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright import yamlfile
from bitwright.blockdesign import board
from bitwright.blockdesign.board import Board
from bitwright.errors import ConfigError
from bitwright.schema import nearest
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.design import Target

NO_DESIGNS = ("waivers",)  # files of bd/ that are no block designs


def hardware(target: Target, root: Path = Path()) -> Board:
    """The board of a target.

    Raises ConfigError at the target's line: no such board, or one that holds another part.
    """
    _there(target, "hardware", target.hardware, board.FOLDER, root)
    found = board.read(target.hardware, root)
    if found.part and found.part != target.part:
        raise ConfigError(
            f"{_at(target, 'part', root)}: part: {target.part} is not the part of"
            f" {found.where}\n"
            f"  expected  {found.part}\n"
            f"  next      mend the part, or name another board under hardware"
        )
    return found


def block_design(target: Target, root: Path = Path()) -> Path:
    """The file of a target's block design, relative to root.

    Raises ConfigError at the target's line if there is none of that name.
    """
    folder = board.FOLDER.parent
    _there(target, "block_design", target.block_design, folder, root)
    return folder / f"{target.block_design}.yml"


def _there(target: Target, key: str, name: str, folder: Path, root: Path) -> None:
    if (root / folder / f"{name}.yml").exists():
        return
    known: Iterable[str] = sorted(path.stem for path in (root / folder).glob("*.yml"))
    known = [one for one in known if one not in NO_DESIGNS]
    raise ConfigError(
        f"{_at(target, key, root)}: {key}: no {shown(name)} in {folder}/"
        f"{nearest(name, known)}\n  expected  one of {', '.join(known)}"
    )


def _at(target: Target, key: str, root: Path) -> str:
    """File and line of a key of a target."""
    where = f"configs/targets/{target.name}.yml"
    return f"{where}:{yamlfile.load(root / where, where).lines.get(key, 1)}"
