"""Rules about a directive by itself: its name, its options and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bitwright.hls.lint.pragmas import (
    CONTROL,
    DIRECTIVES,
    NAME,
    NUMBER,
    POSITIVE,
    SIGNED,
    SWITCH,
    Directive,
)
from bitwright.hls.lint.program import Program
from bitwright.hls.lint.rules import Finding, finding
from bitwright.hls.lint.words import Words
from bitwright.schema import nearest

_LEAST: Mapping[tuple[str, ...], int] = {NUMBER: 0, POSITIVE: 1, SIGNED: -1}


def check(program: Program) -> Iterator[Finding]:
    for found in program.words:
        known = DIRECTIVES.get(found.name)
        where, line = found.source.where, found.line
        if known is None:
            yield finding(where, line, "unknown-pragma", *_unknown(found.name, tuple(DIRECTIVES)))
        elif known.instead:
            message = f"{found.name} is of Vivado HLS"
            yield finding(where, line, "old-pragma", message, f"use {known.instead}")
        else:
            for rule, message, remedy in _options(program, found, known):
                yield finding(where, line, rule, f"{found.name}: {message}", remedy)


def _unknown(name: str, known: tuple[str, ...]) -> tuple[str, str]:
    return f"there is no {name!r}", nearest(name, known).removeprefix("; ")


def _options(program: Program, found: Words, known: Directive) -> Iterator[tuple[str, str, str]]:
    """(rule, message, remedy) of each fault."""
    choices = (*known.options, *known.words)
    for word in found.words:
        if word in known.options and word not in known.words:
            yield "bad-value", f"{word} has no value", f"write {word}="
        elif word not in known.words:
            yield "unknown-option", *_unknown(word, choices)
    for name, text in found.options.items():
        if name not in known.options:
            yield "unknown-option", *_unknown(name, choices)
        elif expected := _refused(program, found, name, text, known.options[name]):
            shown = f"{name}={text[:40]}"
            remedy = nearest(text.lower(), known.options[name]).removeprefix("; ")
            yield "bad-value", f"{shown} is not {expected}", remedy
    given = {*found.options, *(known.words.get(word, "") for word in found.words)}
    for need in known.needs:
        if not given & set(need.split("|")):
            names = " or ".join(f"{name}=" for name in need.split("|"))
            yield "missing-option", f"it has no {names}", f"add {names}"
    yield from _together(program, found, given)


def _refused(program: Program, found: Words, name: str, text: str, allowed: tuple[str, ...]) -> str:
    """What was expected, if a value cannot be; "" if it may."""
    if not text:
        return allowed[0] if allowed in (NUMBER, POSITIVE, SIGNED, NAME) else " or ".join(allowed)
    if allowed == NAME:
        return ""
    if allowed in _LEAST:
        number = program.number(text, found.function)
        wrong = number is not None and number < _LEAST[allowed]
        return allowed[0] if wrong or _fraction(text) else ""
    if text.lower() in allowed or (allowed == SWITCH and text in ("0", "1")):
        return ""
    return _list(allowed)


def _list(allowed: tuple[str, ...]) -> str:
    return " or ".join(allowed) if len(allowed) < 6 else f"one of {', '.join(allowed)}"


def _fraction(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text[:1].isdigit() and not text.replace("_", "").isalnum() and "." in text
    return not text.lstrip("+-").isdigit()


def _together(program: Program, found: Words, given: set[str]) -> Iterator[tuple[str, str, str]]:
    """Options that ask for one another, or exclude one another."""
    if found.name in ("array_partition", "array_reshape"):
        kind = {found.options.get("type", "").lower(), *found.words} & {"cyclic", "block"}
        if kind and "factor" not in given and not given & {"off", "object"}:
            yield "missing-option", f"{min(kind)} asks for factor=", "add factor="
    if found.name == "interface" and "port" not in given:
        mode = {found.options.get("mode", "").lower(), *found.words} & set(CONTROL)
        if not mode:
            yield "missing-option", "it has no port=", "add port="
    if found.name in ("latency", "loop_tripcount"):
        least, most = (
            program.number(found.options.get(name, ""), found.function) for name in ("min", "max")
        )
        if least is not None and most is not None and least > most:
            yield "bad-value", f"min={least} is more than max={most}", "exchange them"
