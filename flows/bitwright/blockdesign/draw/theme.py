"""Colours of a picture, for a light and for a dark page.

The picture has a ground of its own, so it can be read on any page; a reader who prefers dark gets
the dark colours by a media query, which browsers honour in images too (GitHub shows a README's
pictures so). What knows no media queries shows the light ones.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "rim": "#d0d7de",
    "box": "#f6f8fa",
    "edge": "#57606a",
    "ink": "#1f2328",
    "soft": "#59636e",
    "frame": "#eef2f6",
    "axi": "#0a58ca",
    "lite": "#0e7490",
    "stream": "#7a3ea8",
    "other": "#6e7781",
    "irq": "#b35900",
    "wire": "#8c959f",
    "address": "#1f2328",
    "added": "#1a7f37",
    "removed": "#cf222e",
    "changed": "#9a6700",
    "addedBox": "#dafbe1",
    "removedBox": "#ffebe9",
    "changedBox": "#fff8c5",
    "onTag": "#ffffff",
    "hue0": "#6e7781",
    "hue1": "#1a7f37",
    "hue2": "#8250df",
    "hue3": "#bc4c00",
    "hue4": "#0969da",
    "hue5": "#bf3989",
    "hue6": "#7d4e00",
    "hue7": "#0f766e",
    "hue8": "#4d7c0f",
}
DARK: Mapping[str, str] = {
    "paper": "#0d1117",
    "rim": "#30363d",
    "box": "#1c2129",
    "edge": "#8b949e",
    "ink": "#f0f6fc",
    "soft": "#9aa4af",
    "frame": "#141a22",
    "axi": "#58a6ff",
    "lite": "#39c5cf",
    "stream": "#c297ff",
    "other": "#8b949e",
    "irq": "#f0883e",
    "wire": "#6e7681",
    "address": "#f0f6fc",
    "added": "#3fb950",
    "removed": "#ff7b72",
    "changed": "#d29922",
    "addedBox": "#12261e",
    "removedBox": "#2d1517",
    "changedBox": "#272115",
    "onTag": "#0d1117",
    "hue0": "#9aa4af",
    "hue1": "#56d364",
    "hue2": "#bc8cff",
    "hue3": "#ffa657",
    "hue4": "#79c0ff",
    "hue5": "#ff9bce",
    "hue6": "#e3b341",
    "hue7": "#5eead4",
    "hue8": "#bef264",
}
FONT = 'Helvetica, Arial, "Liberation Sans", "Nimbus Sans", sans-serif'
WIDTHS = {"axi": 3, "lite": 2.2, "stream": 3, "other": 1.8, "irq": 1.2, "wire": 1.2}
HUES = tuple(name for name in LIGHT if name.startswith("hue"))
CHANGES = ("added", "removed", "changed")


def css() -> str:
    """The style sheet, light first, dark in a media query."""
    dark = "\n".join(f"  {line}" for line in _colours(DARK).splitlines())
    return f"{_lines()}\n{_colours(LIGHT)}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"


def _lines() -> str:
    """What is the same in both."""
    rules = [
        f"text {{ font-family: {FONT}; }}",
        ".bold { font-weight: 700; }",
        ".line { fill: none; stroke-linejoin: round; stroke-linecap: butt; }",
        ".halo { fill: none; }",
        ".irq.line { stroke-dasharray: 5 3; }",
        ".removed.line { stroke-dasharray: 9 4; }",
        *(f".{style}.line {{ stroke-width: {wide}; }}" for style, wide in WIDTHS.items()),
    ]
    return "\n".join(rules)


def _colours(c: Mapping[str, str]) -> str:
    rules = [
        f".paper {{ fill: {c['paper']}; stroke: {c['rim']}; }}",
        f".cell {{ fill: {c['box']}; stroke: {c['edge']}; stroke-width: 1.5; }}",
        f".stack {{ fill: {c['box']}; stroke: {c['rim']}; stroke-width: 1.2; }}",
        f".quiet {{ fill: {c['paper']}; stroke: {c['rim']}; stroke-width: 1.2; }}",
        f".frame {{ fill: {c['frame']}; stroke: {c['edge']}; stroke-dasharray: 2 3; }}",
        f".port {{ fill: {c['paper']}; stroke: {c['edge']}; stroke-width: 1.2; }}",
        f".halo {{ stroke: {c['paper']}; }}",
        f"text {{ fill: {c['ink']}; }}",
        f"text.kind, text.strip {{ fill: {c['soft']}; }}",
        f"text.pin, text.tagText, text.portText {{ fill: {c['soft']}; }}",
        f"text.address {{ fill: {c['address']}; }}",
        f"text.onTag {{ fill: {c['onTag']}; }}",
        *(f".{s}.line {{ stroke: {c[s]}; }} .{s}.head {{ fill: {c[s]}; }}" for s in WIDTHS),
        *(f"text.{s} {{ fill: {c[s]}; }}" for s in WIDTHS),
        *(f".{h}.tag {{ fill: {c['paper']}; stroke: {c[h]}; }}" for h in HUES),
        *(f".{h}.tag.makes {{ fill: {c[h]}; }}" for h in HUES),
        *(f".{h}.glyph {{ stroke: {c[h]}; fill: none; }}" for h in HUES),
        *(f".port.{h} {{ stroke: {c[h]}; }}" for h in HUES),
        f".glyph.makes {{ stroke: {c['onTag']}; }}",
    ]
    for change in CHANGES:
        rules += [
            f".{change}.cell, .{change}.quiet, .{change}.port, .{change}.frame, .{change}.key"
            f" {{ stroke: {c[change]}; fill: {c[change + 'Box']}; stroke-width: 2.5; }}",
            f".{change}.line {{ stroke: {c[change]}; }} .{change}.head {{ fill: {c[change]}; }}",
            f".{change}.tag {{ stroke: {c[change]}; stroke-width: 2; }}",
            f".{change}.tag.makes {{ fill: {c[change]}; }}",
            f"text.{change} {{ fill: {c[change]}; }}",
            f"text.{change}.onTag {{ fill: {c['onTag']}; }}",
            f".{change}.badge {{ fill: {c[change]}; }}",
        ]
    rules.append(f"text.badge {{ fill: {c['paper']}; }}")
    return "\n".join(rules)
