"""Rules about where a directive stands: in the body of a function, of a loop, or in neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bitwright.hls.lint.pragmas import DIRECTIVES
from bitwright.hls.lint.program import Program
from bitwright.hls.lint.rules import Finding, finding
from bitwright.hls.lint.words import Words
from bitwright.hls.source import Function, Span

_LOOP = ("unroll", "loop_flatten", "loop_tripcount")  # are about the loop that they stand in
_FUNCTION = ("interface", "top", "function_instantiate")  # are about a function
_BODY = ("pipeline", "dataflow")  # are about either, and exclude each other


def check(program: Program) -> Iterator[Finding]:
    bodies = _bodies(program)
    for found in program.words:
        if found.name not in DIRECTIVES:
            continue
        rule, told = "misplaced-pragma", "it stands outside of functions"
        if found.function is not None:
            told = _wrong(bodies, found, found.function)
            if not told and found.name in _BODY and _on(found):
                rule, told = "conditional-pragma", _block(found, found.function)
        if told:
            yield finding(found.source.where, found.line, rule, f"{found.name}: {told}")


def _wrong(
    bodies: Mapping[tuple[Function, Span], set[str]], found: Words, function: Function
) -> str:
    """What is wrong with the place; "" if nothing is."""
    block = function.block(found.pragma.span)
    if found.name in _LOOP and found.pragma.loop is None and "region" not in found.words:
        return "it is about a loop, and stands in none"
    if found.name in _FUNCTION and block.kind != "function":
        return f"it is about {function.name}, and stands in a block of it"
    if found.name not in _BODY or not _on(found) or block.kind == "block":
        return ""
    if bodies[function, block.span] == set(_BODY):
        return "pipeline and dataflow exclude each other in one body"
    return ""


def _bodies(program: Program) -> Mapping[tuple[Function, Span], set[str]]:
    """Which of pipeline and dataflow each body has."""
    found: dict[tuple[Function, Span], set[str]] = {}
    for words in program.words:
        if words.function is not None and words.name in _BODY and _on(words):
            span = words.function.block(words.pragma.span).span
            found.setdefault((words.function, span), set()).add(words.name)
    return found


def _on(found: Words) -> bool:
    return "off" not in found.words and found.options.get("off", "false").lower() == "false"


def _block(found: Words, function: Function) -> str:
    """That the directive stands in the body of neither; "" if it does not."""
    block = function.block(found.pragma.span)
    if found.pragma.loop is not None and block.span.holds(function.loops[found.pragma.loop].span):
        return ""  # of a loop without braces
    return f"it stands in a block within {function.name}" if block.kind == "block" else ""
