"""Draws reports as Vivado prints them: tables, sections, the table of contents, the head."""

from __future__ import annotations

from collections.abc import Sequence

RULE = "-" * 88


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: bool = True) -> str:
    """A table; the first column to the left with its indent, the others to the right or left."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"

    def line(cells: Sequence[str]) -> str:
        drawn = [cells[0].ljust(widths[0])]
        drawn += [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width in zip(cells[1:], widths[1:], strict=True)
        ]
        return "| " + " | ".join(drawn) + " |"

    return "\n".join([rule, line(head), rule, *map(line, rows), *[rule] * bool(rows)]) + "\n"


def labels(rows: Sequence[tuple[str, str]]) -> str:
    """A table without a heading: labels and what they say."""
    widths = [max(len(row[at]) for row in rows) for at in range(2)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [f"| {one.ljust(widths[0])} | {two.ljust(widths[1])} |" for one, two in rows]
    return "\n".join([rule, *lines, rule]) + "\n"


def spanned(
    above: Sequence[tuple[str, int]], head: Sequence[str], rows: Sequence[Sequence[str]]
) -> str:
    """A table whose heading divides below a rule; `above`: a cell and how many columns it spans."""
    below = table(head, rows)
    rule, *_ = below.splitlines()
    corners = [at for at, mark in enumerate(rule) if mark == "+"]
    kept, column = [0], 0
    for _, span in above:
        column += span
        kept.append(corners[column])
    top = "".join("+" if at in kept else "-" for at in range(len(rule)))
    cells = [
        f" {text} ".center(right - left - 1)
        for (text, _), left, right in zip(above, kept[:-1], kept[1:], strict=True)
    ]
    return f"{top}\n|{'|'.join(cells)}|\n{below}"


def report(
    title: str,
    command: str,
    parts: Sequence[tuple[str, str]],
    *,
    version: str,
    part: str,
    state: str = "Routed",
    lines: Sequence[tuple[str, str]] = (),
) -> str:
    """A whole report; `parts`: each section's number and title, and what stands in it."""
    head = [
        ("Tool Version", f"Vivado v.{version} (lin64) Build 1234567 Fri Oct 14 04:59:54 MDT 2022"),
        ("Date", "Thu May 16 12:47:58 2024"),
        ("Host", "builder running 64-bit Debian GNU/Linux 12"),
        ("Command", command),
        ("Design", "matvec"),
        ("Device", part),
        ("Design State", state),
        *lines,
    ]
    width = max(len(name) for name, _ in head)
    text = [f"Copyright 1986-{version[:4]} Xilinx, Inc. All Rights Reserved.", RULE]
    text += [f"| {name.ljust(width)} : {value}" for name, value in head] + [RULE, "", title, ""]
    text += ["Table of Contents", "-----------------", *(name for name, _ in parts), ""]
    for name, body in parts:
        text += [name, "-" * len(name), ""] + ([body, ""] if body else [])
    return "\n".join(text) + "\n"


def beside_pblocks(text: str, name: str) -> str:
    """Paths of a design with Pblocks: one more column, which names that of each cell."""
    above, slack, paths = text.partition("\nSlack")
    lines = []
    for line in paths.split("\n"):
        cell = name if line[70:71] in {"r", "f"} else ""
        if line.endswith("Netlist Resource(s)"):
            line = line[:73] + "PBlock".ljust(21) + line[73:]
        elif line.startswith(f"  {'-' * 67}    "):
            line += "-" * 21
        elif line[71:73] == "  " and line[:4].isspace() and line[73:]:
            line = line[:73] + cell.ljust(20) + " " + line[73:]
        lines.append(line)
    return above + slack + "\n".join(lines)
