"""The text of a table's cell -> its number, as Vivado, v++ and Vitis HLS print numbers.

A cell may hold a count and its share: `4377 [  7.80%]`, `115 (26%)`, `3 (~0%)`, `80(Lost)`. One
that the tool left open holds no number: nothing, `NA`, `-`, `---`, `undef`, `?`, `inf`. Nor does a
bound (`<0.01`, `~0%`): what it stands for is known only to lie below.
"""

from __future__ import annotations

import math
import re

OPEN = frozenset(
    ("", "_", "-", "--", "---", "?", "na", "-na-", "n/a", "undef", "inf", "-inf", "unspecified")
)
NUMBER = r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?"
SHARE = r"\s*(?:\[\s*[<~]?\s*[\d.]+\s*%\s*\]|\(\s*[<~]?\s*[\d.]+\s*%\s*\)|\(Lost\))"
INTEGER = re.compile(rf"([+-]?\d+)(?:{SHARE})?", re.ASCII)
DECIMAL = re.compile(rf"({NUMBER})(?:{SHARE})?", re.ASCII)
PERCENT = re.compile(rf"({NUMBER})\s*%?", re.ASCII)
SHARED = re.compile(rf"\d[\d.]*\s*[\[(]\s*({NUMBER})\s*%\s*[\])]", re.ASCII)  # 4377 [  7.80%]
BOUND = re.compile(r"[<~]\s*\d+(?:\.\d+)?\s*%?", re.ASCII)
BOUNDED = re.compile(r"\d[\d.]*\s*[\[(]\s*[<~].*[\])]", re.ASCII)  # 3 (~0%): the share is a bound


def is_open(cell: str) -> bool:
    """Whether the tool left this cell open: blank, NA, -, ?, undef, inf, or only a bound."""
    text = cell.strip()
    return text.rstrip("*").lower() in OPEN or BOUND.fullmatch(text) is not None


def integer(cell: str) -> int:
    """A whole number, also with its share behind it; ValueError for anything else, 2.131e+04 too:
    that is rounded."""
    found = INTEGER.fullmatch(cell.strip())
    if found is None:
        raise ValueError(f"no whole number: {cell.strip()!r}")
    return int(found[1])


def decimal(cell: str) -> float:
    """A finite number, also with its share behind it; ValueError for anything else."""
    return _finite(DECIMAL, cell, "number")


def percent(cell: str) -> float:
    """7.8 of `7.80`, `7.80%`, `4377 [  7.80%]`; ValueError for anything else."""
    pattern = SHARED if cell.rstrip().endswith(("]", ")")) else PERCENT
    return _finite(pattern, cell, "percentage")


def integer_or_none(cell: str) -> int | None:
    """None where the tool left the number open; ValueError where it is no whole number."""
    return None if is_open(cell) else integer(cell)


def decimal_or_none(cell: str) -> float | None:
    """None where the tool left the number open; ValueError where it is no number at all."""
    return None if is_open(cell) else decimal(cell)


def percent_or_none(cell: str) -> float | None:
    """None where the tool left the share open or gave a bound; ValueError where it is no share."""
    return None if is_open(cell) or BOUNDED.fullmatch(cell.strip()) else percent(cell)


def _finite(pattern: re.Pattern[str], cell: str, what: str) -> float:
    found = pattern.fullmatch(cell.strip())
    if found is None or not math.isfinite(value := float(found[1])):
        raise ValueError(f"no {what}: {cell.strip()!r}")
    return value
