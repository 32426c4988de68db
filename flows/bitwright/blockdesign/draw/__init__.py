"""A block design as a picture: data flows from left to right, clocks and resets are tags.

    svg(design, looks(design, catalogue)) -> str

Masters stand left, memory right; hierarchies are frames; interfaces are bold, with protocol and
width, and with the addresses they lead to; interrupts are thin and broken. The same design gives
the same bytes, in whatever order it was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from bitwright.blockdesign.draw import page, render
from bitwright.blockdesign.draw.marks import Marks
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign

__all__ = ["Marks", "svg"]


def svg(
    design: BlockDesign,
    looks: Mapping[str, Instance],
    *,
    title: str = "",
    subtitle: str = "",
    marks: Marks | None = None,
) -> str:
    """The picture of a design.

    looks: of every cell by path, as `looks.looks` has them; a cell without is drawn as its nets
    use it
    title: default: the design's name
    marks: what to show as added, removed or changed
    """
    drawn = page.page(design, looks, marks or Marks(), title or design.name, subtitle)
    return render.render(drawn, title or design.name)
