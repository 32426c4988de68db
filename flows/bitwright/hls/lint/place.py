"""Rules about where a directive stands: in the body of a function, of a loop, or in neither."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.hls.lint.pragmas import DIRECTIVES
from bitwright.hls.lint.program import Program
from bitwright.hls.lint.rules import Finding, finding
from bitwright.hls.lint.words import Words
from bitwright.hls.source import Function

_LOOP = ("unroll", "loop_flatten", "loop_tripcount")  # are about the loop that they stand in
_FUNCTION = ("interface", "top", "function_instantiate")  # are about a function
_BODY = ("pipeline", "dataflow")  # are about either
_ONE_BODY = frozenset(_BODY)  # and exclude each other


def check(program: Program) -> Iterator[Finding]:
    for found in program.words:
        if found.name not in DIRECTIVES:
            continue
        told = "it stands outside of functions" if found.function is None else ""
        if found.function is not None:
            told = _wrong(program, found, found.function)
        if told:
            message = f"{found.name}: {told}"
            yield finding(found.source.where, found.line, "misplaced-pragma", message)


def _wrong(program: Program, found: Words, function: Function) -> str:
    """What is wrong with the place; "" if nothing is."""
    block = function.block(found.pragma.span)
    if found.name in _LOOP and found.pragma.loop is None:
        return "it is about a loop, and stands in none"
    if found.name in _FUNCTION and block.kind != "function":
        return f"it is about {function.name}, and stands in a block of it"
    if found.name not in _BODY or found.words == ("off",):
        return ""
    if block.kind == "block":
        return "it stands in a block that is the body of neither function nor loop"
    beside = {
        other.name
        for other in program.words
        if other.function is function
        and other.name in _ONE_BODY
        and "off" not in other.words
        and function.block(other.pragma.span) == block
    }
    if beside == _ONE_BODY:
        return f"{' and '.join(sorted(beside))} exclude each other in one body"
    return ""
