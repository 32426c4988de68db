"""How wide a text is, and how names are written in a picture.

The reader's font is not known: widths are those of Helvetica (its public AFM file), which Arial,
Liberation Sans and Nimbus share, and a little more for those that have none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_WIDTHS = {  # thousandths of the font's size -> characters
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft·",
    334: "()-`r{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckcsvxyz",
    556: "#$0123456789?L_abdeghnopqu–",
    584: "+<=>~×−",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
_WIDTH = {character: width for width, text in _WIDTHS.items() for character in text}
_SPARE = 1.06  # for fonts that are wider than Helvetica
_BOLD = 1.09


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that a text of a font size takes at most."""
    units = sum(_WIDTH.get(character, 1000) for character in text)
    return units * size / 1000 * _SPARE * (_BOLD if bold else 1)


def clipped(text: str, characters: int) -> str:
    """A text of bounded length: its beginning and its end, which differ most among names."""
    if len(text) <= characters:
        return text
    tail = characters // 3
    return f"{text[: characters - tail - 1]}…{text[-tail:]}"


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts M2 before M10; total over all texts."""
    parts = re.split(r"([0-9]+)", text)
    return tuple((1, int(p), p) if i % 2 else (0, 0, p) for i, p in enumerate(parts))


def together(names: Iterable[str]) -> str:
    """Several names of one kind in short: S00_AXI and S01_AXI are S00–01_AXI."""
    found = sorted(set(names), key=natural)
    parts = [re.split(r"([0-9]+)", name) for name in found]
    if len(found) > 1 and len({len(part) for part in parts}) == 1:
        at = [i for i in range(len(parts[0])) if len({part[i] for part in parts}) > 1]
        if len(at) == 1 and at[0] % 2:  # numbers stand at odd places
            spans = _spans([part[at[0]] for part in parts])
            return "".join((*parts[0][: at[0]], spans, *parts[0][at[0] + 1 :]))
    if len(found) > 2:
        return f"{found[0]} +{len(found) - 1}"
    return ", ".join(found)


def _spans(numbers: Sequence[str]) -> str:
    """00, 01, 02 and 05 are 00–02,05."""
    runs: list[list[str]] = []
    for number in numbers:
        if runs and int(number) == int(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
