"""Rules about what a directive names: variables, arguments, dimensions and factors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitwright.hls.lint.program import Program
from bitwright.hls.lint.rules import Finding, finding
from bitwright.hls.lint.words import Words
from bitwright.hls.source import Function, Variable
from bitwright.schema import nearest

_NAME = re.compile(r"\w+")
_UNSPOKEN = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|#[ \t]*pragma[^\n]*", re.S)
_PLAIN = re.compile(r"[*&\s]*(\w+)\s*((?:\[[^\]]*\])*)\s*$")
_MOST = 4096  # the largest factor that is looked for
_LAYOUT = ("array_partition", "array_reshape")


def check(program: Program) -> Iterator[Finding]:
    called = _called(program)
    for found in program.words:
        if found.function is None:
            continue
        where, line = found.source.where, found.line
        checks = [_variable(program, found, found.function)]
        if found.name == "interface":
            checks.append(_interface(program, found, found.function, called))
        if found.name in _LAYOUT:
            checks.append(_layout(program, found, found.function))
        if found.name == "unroll":
            checks.append(_unroll(program, found, found.function))
        for some in checks:
            for rule, message, remedy in some:
                yield finding(where, line, rule, message, remedy)


Faults = Iterator[tuple[str, str, str]]  # rule, message, remedy


def _called(program: Program) -> dict[Function, Function]:
    """Functions that others call, but test benches, with one of those."""
    found: dict[Function, Function] = {}
    for caller in program.beside_bench():
        for call in caller.calls:
            for callee in program.called(call):
                if callee is not caller:
                    found.setdefault(callee, caller)
    return found


def _variable(program: Program, found: Words, function: Function) -> Faults:
    text = found.options.get("variable", "")
    name = _NAME.search(text)
    if name is None or name[0] in ("return", "this") or found.name == "interface":
        return
    variable = function.lookup(name[0], found.pragma.span)
    if variable is not None and variable.span.start < found.pragma.span.start:
        return
    if any(v.name == name[0] for source in program.sources for v in source.variables):
        return
    every = (*function.parameters, *function.variables)
    same = [v for v in every if v.name == name[0]]
    if same:
        line = same[0].span.line
        told = f"{name[0]} is declared in line {line}, and not known here"
        yield "unknown-variable", f"{found.name}: {told}", "move the directive behind it"
    elif not _mentioned(program, found, function, name[0]):
        remedy = nearest(name[0], [v.name for v in every if v.name]).removeprefix("; ")
        yield "unknown-variable", f"{found.name}: there is no variable {name[0]!r}", remedy


def _mentioned(program: Program, found: Words, function: Function, name: str) -> bool:
    """Whether a name stands where declarations are not read: of a member, a macro, a range."""
    if name in program.outside:
        return True
    before = found.source.data[function.span.start : found.pragma.span.start]
    lines = _UNSPOKEN.sub(" ", before.decode(errors="replace"))
    return re.search(rf"\b{name}\b", lines) is not None


def _interface(
    program: Program, found: Words, function: Function, called: dict[Function, Function]
) -> Faults:
    name = _NAME.search(found.options.get("port", ""))
    if name is not None and name[0] != "return":
        names = [parameter.name for parameter in function.parameters]
        if name[0] not in names:
            message = f"{name[0]!r} is no argument of {function.name}"
            yield "not-an-argument", message, nearest(name[0], names).removeprefix("; ")
    if program.top and function.name != program.top:
        message = f"{function.name} is not the top function {program.top}"
        yield "interface-below-top", message, ""
    elif not program.top and function in called:
        message = f"{function.name} is called by {called[function].name}"
        yield "interface-below-top", message, ""


def _layout(program: Program, found: Words, function: Function) -> Faults:
    plain = _PLAIN.match(found.options.get("variable", ""))
    variable = function.lookup(plain[1], found.pragma.span) if plain else None
    if plain is None or variable is None:
        return
    if variable.parameter and program.master(function, variable.name):
        yield "partitioned-port", f"{found.name}: {variable.name} is an AXI master port", ""
    pointer = variable.passed == "pointer"
    count = len(variable.dims) + program.unshown(variable) + pointer
    if plain[2] or count == pointer:
        return
    dim = program.number(found.options.get("dim", "1"), function)
    if dim is None:
        return
    if not 0 <= dim <= count:
        size = "".join(f"[{text}]" for text in variable.dims)
        message = f"{found.name}: {variable.name}{size} has no dimension {dim}"
        yield "dimension", message, f"dim= is at most {count}"
        return
    kind = {found.options.get("type", "").lower(), *found.words}
    if kind & {"cyclic", "block"} and not pointer:
        yield from _divides(program, found, function, variable, dim)


def _divides(
    program: Program, found: Words, function: Function, variable: Variable, dim: int
) -> Faults:
    factor = program.number(found.options.get("factor", ""), function)
    for index, text in enumerate(variable.dims, start=1):
        size = program.number(text, function) if dim in (0, index) else None
        if factor and factor > 0 and size and size % factor:
            what = f"factor={factor} does not divide the {size} of {variable.name}"
            near = max(n for n in range(1, min(factor, size, _MOST) + 1) if size % n == 0)
            remedy = f"{near} does, or pad it to {-(-size // factor) * factor}"
            yield "factor", f"{found.name}: {what}, dimension {index}", remedy


def _unroll(program: Program, found: Words, function: Function) -> Faults:
    if found.pragma.loop is None:
        return
    factor = program.number(found.options.get("factor", ""), function)
    loop = function.loops[found.pragma.loop]
    turns = None if function.template else loop.trips
    if factor and factor > 0 and turns and turns % factor:
        what = f"unroll: factor={factor} does not divide the {turns} turns of the loop"
        yield "factor", what, "choose one that does, or the loop has a test between its copies"
