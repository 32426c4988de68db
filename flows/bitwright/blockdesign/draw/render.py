"""A drawing as SVG text. Every name passes one function that makes it safe in XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bitwright.blockdesign.draw import theme
from bitwright.blockdesign.draw.drawing import Drawing, Path, Rect, Shape, Text
from bitwright.blockdesign.draw.marks import SIGNS

RADIUS = 7  # of a bend
HEAD = 9  # length of an arrow
ORDER = ("wire", "irq", "other", "lite", "stream", "axi")  # of edges, the last on top
_CONTROL = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not in XML 1.0


def safe(text: str) -> str:
    """A text as it may stand in XML, between tags and in attributes."""
    text = _CONTROL.sub("\ufffd", text)
    for one, other in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(one, other)
    return text


def render(drawing: Drawing, title: str) -> str:
    """The whole file, ending in a line end."""
    wide, tall = drawing.width, drawing.height
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}"'
        f' viewBox="0 0 {wide} {tall}" role="img" aria-label="{safe(title)}">',
        f"<title>{safe(title)}</title>",
        f"<style>\n{theme.css()}\n</style>",
        f'<rect class="paper" x="0.5" y="0.5" width="{wide - 1}" height="{tall - 1}" rx="10"/>',
        *(line for shape in _frames(drawing) for line in _shape(shape)),
        *(line for shape in drawing.of_kind("stack") for line in _shape(shape)),
        *(line for path in _sorted(drawing) for line in _halo(path)),
        *(line for path in _sorted(drawing) for line in _path(path)),
        *(line for shape in _above_edges(drawing) for line in _shape(shape)),
        *(line for text in drawing.texts for line in _text(text)),
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def _frames(drawing: Drawing) -> list[Shape]:
    """Outer frames first: inner ones lie on them."""
    return sorted(drawing.of_kind("frame"), key=lambda shape: shape.path.count("/"))


def _above_edges(drawing: Drawing) -> list[Shape]:
    return [shape for shape in drawing.shapes if shape.kind not in ("frame", "stack")]


def _sorted(drawing: Drawing) -> list[Path]:
    return sorted(drawing.paths, key=lambda path: (bool(path.mark), ORDER.index(path.style)))


# ------------------------------------------------------------------------------------------ edges


def _halo(path: Path) -> Iterator[str]:
    wide = _width(path) + 5
    yield f'<path class="halo" stroke-width="{wide:g}" d="{_bent(path.points)}"/>'


def _path(path: Path) -> Iterator[str]:
    classes = f"{path.style} {path.mark}".rstrip()
    points = list(path.points)
    (x, y), (before, _) = points[-1], points[-2] if len(points) > 1 else points[-1]
    shaft = [*points[:-1], (x - HEAD + 2, y)] if x - before >= HEAD else points
    wide = f' style="stroke-width: {_width(path):g}"' if path.count > 1 else ""
    title = f"<title>{safe(path.title)}</title>" if path.title else ""
    yield f'<path class="{classes} line"{wide} d="{_bent(shaft)}">{title}</path>'
    half = 3.5 + _width(path) / 2
    yield (
        f'<path class="{classes} head" d="M{x} {y}L{x - HEAD} {y - half:g}'
        f'L{x - HEAD} {y + half:g}Z"/>'
    )


def _width(path: Path) -> float:
    base = theme.WIDTHS[path.style]
    return base + min(path.count - 1, 3) * 0.8 if path.count > 1 else base


def _bent(points: Sequence[tuple[int, int]]) -> str:
    """A line through corners that are rounded as far as there is room."""
    text = f"M{points[0][0]} {points[0][1]}"
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        r = min(RADIUS, (abs(bx - ax) + abs(by - ay)) / 2, (abs(cx - bx) + abs(cy - by)) / 2)
        start = (bx - r * _sign(bx - ax), by - r * _sign(by - ay))
        end = (bx + r * _sign(cx - bx), by + r * _sign(cy - by))
        text += f"L{start[0]:g} {start[1]:g}Q{bx} {by} {end[0]:g} {end[1]:g}"
    return f"{text}L{points[-1][0]:g} {points[-1][1]:g}"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


# ----------------------------------------------------------------------------------------- shapes


def _shape(shape: Shape) -> Iterator[str]:
    classes = " ".join(filter(None, (shape.kind, shape.style, shape.mark)))
    title = f"<title>{safe(shape.title)}</title>" if shape.title else ""
    if len(shape.rects) == 3:
        yield f'<path class="{classes}" d="{_two_arms(shape.rects)}">{title}</path>'
    elif shape.kind == "port":
        yield f'<path class="{classes}" d="{_pentagon(shape.rects[0])}">{title}</path>'
    else:
        radius = {"tag": 8, "frame": 10, "key": 4}.get(shape.kind, 6)
        if shape.kind == "tag" and "rst" in shape.style.split():
            radius = 3
        yield f'<rect class="{classes}" {_rect(shape.rects[0])} rx="{radius}">{title}</rect>'
    if shape.kind == "tag":
        yield _glyph(shape)
    elif shape.mark and shape.kind != "key":
        yield from _badge(shape)


def _rect(rect: Rect) -> str:
    return f'x="{rect.x}" y="{rect.y}" width="{rect.w}" height="{rect.h}"'


def _two_arms(rects: Sequence[Rect]) -> str:
    left, bar, right = rects
    corners = (
        (left.x, left.y),
        (left.right, left.y),
        (left.right, bar.y),
        (right.x, bar.y),
        (right.x, right.y),
        (right.right, right.y),
        (right.right, bar.bottom),
        (left.x, bar.bottom),
    )
    half = (
        left.x,
        (left.y + bar.bottom) // 2,
    )  # begin within a side, so that all corners are round
    return _bent((half, *corners, half)) + "Z"


def _pentagon(rect: Rect) -> str:
    """A port: pointed where the data goes."""
    middle = rect.y + rect.h // 2
    neck = rect.right - 8
    return f"M{rect.x} {rect.y}H{neck}L{rect.right} {middle}L{neck} {rect.bottom}H{rect.x}Z"


def _glyph(shape: Shape) -> str:
    """A pulse for a clock, a ring for a reset, a stroke for a constant or another level."""
    rect = shape.rects[0]
    x, y = rect.x + 5, rect.y + 4
    words = shape.style.split()
    drawn = {
        "clk": f"M{x} {y + 8}h3v-8h4v8h2",
        "rst": f"M{x + 7} {y + 1}a3.6 3.6 0 1 0 1 4M{x + 7} {y - 1}v2.6h-2.6",
    }.get(words[0], f"M{x + 1} {y + 4}h7")
    return f'<path class="glyph {" ".join(words[1:])}" stroke-width="1.3" d="{drawn}"/>'


def _badge(shape: Shape) -> Iterator[str]:
    rect = shape.rects[-1]
    x, y = rect.right - 2, rect.y + 2
    yield f'<circle class="badge {shape.mark}" cx="{x}" cy="{y}" r="9"/>'
    yield from _text(Text(x, y + 5, SIGNS[shape.mark], 15, "badge", "middle", bold=True))


def _text(text: Text) -> Iterator[str]:
    classes = f"{text.style} bold" if text.bold else text.style
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    yield (
        f'<text class="{classes}" x="{text.x}" y="{text.y}" font-size="{text.size:g}"{anchor}>'
        f"{safe(text.text)}</text>"
    )
