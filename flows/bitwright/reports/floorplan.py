"""The placed design as a picture: every cell where it stands, coloured by the part it belongs to.

Logic tiles are small squares of four slices (two LUTs left, two flip-flops right); the rows of
block RAM and of multipliers are drawn higher, so that they can be read at a glance. Processing
elements are coloured by their row (hue) and column (lightness) in the array. The only font is the
one inside Pillow, so the same placement gives the same bytes on every machine.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bitwright.errors import ReportError
from bitwright.reports.area import COUNTED, PARTS, REST, Area, Part, element, part_of
from bitwright.reports.device import Floor
from bitwright.reports.metrics import Metrics
from bitwright.reports.read.open.placement import Cell

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import BaseImageFont

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]

TILE = 16  # pixels a logic tile takes, gap included
HIGH = 46  # height of a row of block RAM or multipliers
MARGIN = 56
LEGEND = 800  # width of the panel on the right

PAPER: Colour = (10, 13, 18)
DIE: Colour = (16, 21, 29)
EMPTY: Colour = (25, 32, 43)  # an unused tile
SITE: Colour = (35, 45, 61)  # an unused block RAM or multiplier
INK: Colour = (230, 237, 243)
SOFT: Colour = (139, 152, 169)

ELEMENTS = PARTS[0][0]
COLOURS: Mapping[str, Colour] = {
    ELEMENTS: (126, 108, 255),
    "Buffer of A": (255, 176, 32),
    "Buffer of B": (46, 213, 115),
    "Tiles and requantiser": (255, 99, 72),
    "Memory access": (38, 222, 214),
    "Control": (222, 184, 135),
    "SDRAM controller": (190, 222, 46),
    "UART bridge": (255, 250, 170),
    REST: (128, 140, 156),
}
SLICES = {"A": 0, "B": 1, "C": 2, "D": 3}
MULT_AT = {"0": 0.0, "1": 2.0, "4": 4.5, "5": 6.5}  # of a multiplier within its block, in tiles


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn, besides the cells."""

    title: str
    subtitle: str
    floor: Floor
    parts: tuple[Part, ...]


def plan(metrics: Metrics, floor: Floor) -> Plan:
    """The plan of one build: its names and clock, and the parts it is made of."""
    subject, clock = metrics.subject, metrics.main_clock
    device = "-".join(subject.part.split("-")[:2])
    return Plan(
        title=f"{subject.config} on {subject.target}",
        subtitle=f"{device}  ·  {clock.achieved_mhz:.1f} MHz, {clock.constraint_mhz:.0f} asked",
        floor=floor,
        parts=metrics.parts,
    )


def draw(plan: Plan, cells: Sequence[Cell]) -> bytes:
    """The floorplan as PNG; 256 colours, well under 1 MB for the largest ECP5.

    Raises ReportError for a cell outside the floor: the placement is of another part.
    """
    from PIL import Image, ImageDraw

    for cell in cells:
        if cell.x >= plan.floor.cols or cell.y >= plan.floor.rows:
            raise ReportError(
                f"{plan.title}: {cell.name} stands on tile {cell.x}, {cell.y}\n"
                f"  expected  a tile of {plan.floor.cols} x {plan.floor.rows}\n"
                f"  next      check that placement and part belong together"
            )
    grid = _Grid(plan.floor)
    size = (2 * MARGIN + grid.width + LEGEND, 2 * MARGIN + grid.height)
    image = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(image)
    array = _array_size(cells)
    _draw_floor(pen, grid)
    _tint_tiles(pen, grid, cells, array)
    for cell in cells:
        box = grid.box(cell)
        if box is not None:
            pen.rectangle(box, fill=_colour(cell, array))
    _draw_legend(pen, plan, array, left=MARGIN + grid.width + MARGIN)
    return _png(image)


class _Grid:
    """Where tiles and sites lie on the picture."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.high = {*floor.ram_rows, *floor.dsp_rows}
        tops = [MARGIN]
        for row in range(floor.rows):
            tops.append(tops[-1] + (HIGH if row in self.high else TILE))
        self.tops = tops
        self.width = floor.cols * TILE
        self.height = tops[-1] - MARGIN

    def left(self, col: float) -> int:
        return MARGIN + round(col * TILE)

    def block(self, start: int, at: float, row: int) -> Box:
        """A block RAM or multiplier: two tiles wide, `at` tiles into the block at `start`."""
        left = self.left(start + at)
        return (left, self.tops[row] + 3, left + 2 * TILE - 4, self.tops[row] + HIGH - 5)

    def box(self, cell: Cell) -> Box | None:
        """The site of a cell; None for the kinds that are not drawn (clock buffers and such)."""
        left, top = self.left(cell.x), self.tops[cell.y]
        if cell.bel.startswith("SLICE"):
            slice_, _, site = cell.bel[len("SLICE") :].partition(".")
            right = 2 * site.startswith("FF") + int(site[-1] == "1")
            x, y = left + 4 * right, top + 4 * SLICES.get(slice_, 0)
            return (x, y, x + 2, y + 2)
        if cell.bel.startswith("EBR"):
            return self.block(cell.x, 0, cell.y)
        if cell.bel.startswith("MULT18_"):
            start = max((b for b in self.floor.blocks if b <= cell.x), default=cell.x)
            return self.block(start, MULT_AT.get(cell.bel[7:], 0), cell.y)
        if cell.bel.startswith("PIO"):
            return self._pad(cell)
        return None

    def _pad(self, cell: Cell) -> Box:
        """A pad: up to four on a tile of the rim."""
        left, top = self.left(cell.x), self.tops[cell.y]
        at = 4 * ("ABCD".find(cell.bel[-1]) % 4)
        if cell.y in (0, self.floor.rows - 1):
            return (left + at, top + 1, left + at + 2, top + 13)
        return (left + 1, top + at, left + 13, top + at + 2)


def _draw_floor(pen: ImageDraw, grid: _Grid) -> None:
    """The empty chip."""
    floor = grid.floor
    right, bottom = grid.left(floor.cols), grid.tops[-1]
    label = _font(19)
    pen.rounded_rectangle((MARGIN - 14, MARGIN - 14, right + 13, bottom + 13), 18, fill=DIE)
    for row in range(1, floor.rows - 1):
        top = grid.tops[row]
        if row in grid.high:
            name = "RAM" if row in floor.ram_rows else "DSP"
            pen.text((grid.left(1) + 8, top + 9), name, font=label, fill=SOFT, anchor="ma")
            for start in floor.blocks:
                ats = (0, 2, 4, 6) if row in floor.ram_rows else MULT_AT.values()
                for at in ats:
                    pen.rectangle(grid.block(start, at, row), outline=SITE, width=2)
            continue
        for col in range(2, floor.cols - 2):
            left = grid.left(col)
            pen.rectangle((left, top, left + TILE - 2, top + TILE - 2), fill=EMPTY)


def _tint_tiles(pen: ImageDraw, grid: _Grid, cells: Sequence[Cell], array: tuple[int, int]) -> None:
    """Logic tiles in the mean colour of their cells, so that regions show from afar."""
    tiles: dict[tuple[int, int], list[Colour]] = {}
    for cell in cells:
        if cell.bel.startswith("SLICE"):
            tiles.setdefault((cell.x, cell.y), []).append(_colour(cell, array))
    for (col, row), colours in sorted(tiles.items()):
        mean = tuple(sum(channel) // len(colours) for channel in zip(*colours, strict=True))
        left, top = grid.left(col), grid.tops[row]
        tint = _mix(EMPTY, (mean[0], mean[1], mean[2]), 0.2 + 0.25 * min(len(colours), 16) / 16)
        pen.rectangle((left, top, left + TILE - 2, top + TILE - 2), fill=tint)


def _draw_legend(pen: ImageDraw, plan: Plan, array: tuple[int, int], *, left: int) -> None:
    """Title, array map, one line per part."""
    y = MARGIN - 12
    pen.text((left, y), plan.title, font=_font(58), fill=INK)
    pen.text((left, y + 74), plan.subtitle, font=_font(29), fill=SOFT)
    y += 150
    columns = [left + at for at in (468, 574, 648, 712)]  # right ends
    for name, at in zip(("LUT", "FF", "RAM", "DSP"), columns, strict=True):
        pen.text((at, y), name, font=_font(26), fill=SOFT, anchor="ra")
    y += 42
    for part in plan.parts:
        pen.line((left, y, columns[-1], y), fill=SITE, width=2)
        y += 19
        _draw_swatch(pen, part.name, array, (left, y, left + 34, y + 34))
        pen.text((left + 50, y - 1), part.name, font=_font(31), fill=INK)
        for value, at in zip(_counts(part.area), columns, strict=True):
            pen.text((at, y - 1), value, font=_font(31), fill=INK, anchor="ra")
        y += 53
    if array != (0, 0):
        _draw_array(pen, array, left, y + 50)


def _draw_swatch(pen: ImageDraw, name: str, array: tuple[int, int], box: Box) -> None:
    if name != ELEMENTS or array == (0, 0):
        pen.rounded_rectangle(box, 6, fill=COLOURS.get(name, SOFT))
        return
    for step in range(4):  # a scale instead of one colour
        row = step * (array[0] - 1) // 3
        x = box[0] + step * 9
        colour = _element_colour(row, array[1] // 2, array)
        pen.rectangle((x, box[1], x + 7, box[3]), fill=colour)


def _draw_array(pen: ImageDraw, array: tuple[int, int], left: int, top: int) -> None:
    """The array as it is drawn in books, in the colours its elements have on the chip."""
    rows, cols = array
    pitch = min(78, 640 // max(rows, cols))
    pen.text((left, top), f"{rows} x {cols} processing elements", font=_font(32), fill=INK)
    pen.text((left, top + 46), "A enters from the left, B from the top", font=_font(26), fill=SOFT)
    x0, y0 = left + 50, top + 140
    for col in range(cols):
        x = x0 + col * pitch + pitch // 2 - 3
        pen.line((x, y0 - 40, x, y0 - 14), fill=COLOURS["Buffer of B"], width=4)
        pen.polygon([(x - 8, y0 - 18), (x + 8, y0 - 18), (x, y0 - 6)], fill=COLOURS["Buffer of B"])
    for row in range(rows):
        y = y0 + row * pitch + pitch // 2 - 3
        pen.line((x0 - 40, y, x0 - 14, y), fill=COLOURS["Buffer of A"], width=4)
        pen.polygon([(x0 - 18, y - 8), (x0 - 18, y + 8), (x0 - 6, y)], fill=COLOURS["Buffer of A"])
        for col in range(cols):
            x, gap = x0 + col * pitch, 6
            box = (x, y0 + row * pitch, x + pitch - gap, y0 + (row + 1) * pitch - gap)
            pen.rounded_rectangle(box, 6, fill=_element_colour(row, col, array))


def _counts(area: Area) -> tuple[str, ...]:
    values = (area.lut, area.ff, area.bram_18k, area.dsp)
    return tuple(f"{value:,}" if value else "-" for value in values)


def _colour(cell: Cell, array: tuple[int, int]) -> Colour:
    place = element(cell.name)
    base = _element_colour(*place, array) if place else COLOURS[part_of(cell.name)]
    return _mix(base, PAPER, 0.32) if cell.kind == "TRELLIS_FF" else base


def _element_colour(row: int, col: int, array: tuple[int, int]) -> Colour:
    """Hue by row, from blue to pink; lightness by column (OKLCH: equal steps look equal)."""
    down = row / max(1, array[0] - 1)
    along = col / max(1, array[1] - 1)
    return _oklch(0.55 + 0.29 * along, 0.21 - 0.07 * along, 245 + 130 * down)


def _oklch(lightness: float, chroma: float, hue_deg: float) -> Colour:
    """A colour of the OKLab space (Ottosson 2020) in sRGB, clipped to its gamut."""
    hue = math.radians(hue_deg)
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return (_srgb(red), _srgb(green), _srgb(blue))


def _srgb(linear: float) -> int:
    clipped = min(1.0, max(0.0, linear))
    curved = 12.92 * clipped if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055
    return round(255 * curved)


def _mix(colour: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return (red, green, blue)


def _array_size(cells: Sequence[Cell]) -> tuple[int, int]:
    """(rows, columns) of the array, (0, 0) if the design has none."""
    places = [place for cell in cells if cell.kind in COUNTED and (place := element(cell.name))]
    if not places:
        return (0, 0)
    return (1 + max(row for row, _ in places), 1 + max(col for _, col in places))


def _font(size: int) -> BaseImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _png(image: Image) -> bytes:
    from PIL import Image as Images

    small = image.quantize(256, method=Images.Quantize.FASTOCTREE, dither=Images.Dither.NONE)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True)
    return file.getvalue()
