"""What compiles and would not work, or not well, in hardware: refused or told, with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bitwright.errors import ConfigError
from bitwright.hls.adopt.bounds import beyond
from bitwright.hls.adopt.effects import COPIES, READ, WRITE, Use, passed
from bitwright.hls.adopt.interface import Design, Port
from bitwright.hls.lint import check
from bitwright.hls.lint.program import from_files
from bitwright.hls.source import Function, Variable
from bitwright.yamlfile import Faults

Remark = tuple[int, str]  # the line of the source, and what is to be said of it
_ZERO = re.compile(r"-?(0*\.0+|0+\.)[fF]?")  # of floating point: it has a decimal point
_NAME = re.compile(r"\W")  # what ends a name
_STORAGE = ("array_reshape", "bind_storage", "resource", "stream")  # about memory on the chip


def refuse(design: Design) -> None:
    """Raises ConfigError: arguments that several processes use, or hard to follow; bad indices."""
    faults = Faults(design.source.where)
    for line, text in (*_hidden(design), *beyond(design)):
        faults.add(line, text)
    if in_dataflow(design.top):
        for port in design.memories:
            uses = design.effects.uses(design.top, port.variable)
            if len(uses) > 1:
                faults.add(uses[1].span.line, _shared(port, uses))
    faults.check()


def lint(design: Design, path: Path) -> None:
    """Raises ConfigError for what bitwright.hls.lint calls an error: no hardware, or not as meant.

    A partitioned port is none here: the adoption takes those pragmas out.
    """
    where = design.source.where
    told = [
        f"{where if found.where == str(path) else found.where}:{found.line}: {found.rule}:"
        f" {found.message}; {found.remedy}"
        for found in check(from_files([path], top=design.top.name)).findings
        if found.severity == "error" and found.rule != "partitioned-port"
    ]
    if told:
        raise ConfigError("\n".join(told))


def _hidden(design: Design) -> Iterator[Remark]:
    """What would let a pragma of an argument stay unseen."""
    shared = {variable.name for variable in design.source.variables} | {""}
    for function in design.source.functions:
        for call in function.calls:
            if call.name == "_Pragma":
                yield call.span.line, "_Pragma(...) is not read here; write #pragma"
            for argument in call.arguments:  # `float (&r)[4] = a;` reads as a call of float
                base, span = argument.base, argument.span
                known = base in shared or function.lookup(base, span) is not None
                if argument.text[:1] in ("&", "*") and not known:
                    text = f"{base} refers to an array under another name; use the one name"
                    yield span.line, text
        for variable in function.variables:
            whole = function.lookup(_NAME.split(variable.initial.lstrip("(&"))[0], variable.span)
            alias = variable.passed != "value" and whole is not None and whole.parameter
            if whole is None or not alias:
                continue
            for port in design.ports_of(function, whole):
                if port is not None and port.bundle:
                    text = f"{variable.name} is another name of {port.name}; use the one name"
                    yield variable.span.line, text


def in_dataflow(function: Function) -> bool:
    """Whether the function's body, not just a loop of it, is a DATAFLOW region."""
    return any(pragma.loop is None for pragma in function.pragmas_of("dataflow"))


def _shared(port: Port, uses: tuple[Use, ...]) -> str:
    """Source: UG1448, 200-992; the tool's error is HLS 200-977, and 200-779 for locals."""
    who = ", ".join(f"{use.process} in line {use.span.line} {_does(use)}" for use in uses)
    if all(use.effects == {READ} for use in uses):
        remedy = "give each reader an argument of its own, or read it once and pass a stream on"
    else:
        remedy = "use one array for what is read and another for what is written"
    return (
        f"{port.name} is used by {len(uses)} processes ({who}); in a DATAFLOW region an argument"
        f" can be used in one (HLS 200-977)\n  next      {remedy}"
    )


def _does(use: Use) -> str:
    return " and ".join(f"{effect}s" for effect in (READ, WRITE) if effect in use.effects)


def remarks(design: Design) -> Iterator[Remark]:
    """What works otherwise than it looks."""
    yield from rounded(design)
    yield from _locals(design)
    yield from _ports(design)
    yield from _storage(design)
    yield from _unseen(design)


def _locals(design: Design) -> Iterator[Remark]:
    """Arrays between processes: one writes, one reads, or the tool stops."""
    if not in_dataflow(design.top):
        return
    for variable in design.top.variables:
        if not variable.array:
            continue
        uses = design.effects.uses(design.top, variable)
        for verb, who in (
            ("written", [use for use in uses if WRITE in use.effects]),
            ("read", [use for use in uses if use.effects == {READ}]),  # a writer may read its own
        ):
            if len(who) > 1:
                names = ", ".join(f"{use.process} in line {use.span.line}" for use in who)
                yield (
                    variable.span.line,
                    f"{variable.name} is {verb} by {names};"
                    " between processes an array has one writer and one reader (HLS 200-779)",
                )


def _ports(design: Design) -> Iterator[Remark]:
    for port in design.memories:
        line = port.variable.span.line
        if port.direction == "read_write":
            yield (
                line,
                f"{port.name} is read and written in one process: where a value is needed again"
                " soon, every turn waits for memory; accumulate in a local array",
            )
        if port.variable.element.startswith(("ap_int", "ap_uint")) and port.width > port.bits:
            yield (
                line,
                f"{port.name}: the tool widens ports of plain C types alone, not of"
                f" {port.variable.element}: this one has {port.bits} bits",
            )
        if port.pragma is not None and port.pragma.options.get("depth") is None:
            text = f"{port.name}: its m_axi pragma stays as it is; cosimulation needs depth="
            yield port.pragma.line, f"{text}{port.elements}"


def _storage(design: Design) -> Iterator[Remark]:
    """Pragmas about memory on the chip, of what is now memory outside it."""
    for function in design.source.functions:
        for directive in _STORAGE:
            for pragma in function.pragmas_of(directive):
                variable = function.lookup(pragma.variable.partition("[")[0], pragma.span)
                ports = design.ports_of(function, variable) if variable else ()
                for name in sorted(port.name for port in ports if port and port.bundle):
                    yield (
                        pragma.line,
                        f"{directive} of {name}, which is behind an AXI port now; take it out",
                    )


def _unseen(design: Design) -> Iterator[Remark]:
    """What stands in another file, or names nothing, so that no pragma of it can be found."""
    shared = {variable.name for variable in design.source.variables}
    for function in design.source.functions:
        for access in function.accesses:
            ports = design.ports_of(function, access.variable)
            arrays = sorted(port.name for port in ports if port and port.bundle)
            if not arrays or len(access.indices) == len(access.variable.dims):
                continue
            for call, _ in passed(function, access):
                if not design.source.called(call) and call.name not in COPIES:
                    yield (
                        call.span.line,
                        f"{call.name} is not in this file: what it does with {', '.join(arrays)},"
                        " and whether it partitions it, is not known; adopt one file with all",
                    )
        for pragma in function.pragmas_of("array_partition"):
            base = _NAME.split(pragma.variable)[0]
            known = base in shared or function.lookup(base, pragma.span) is not None
            if not known or "," in pragma.variable:
                yield (
                    pragma.line,
                    f"array_partition of {pragma.variable or 'nothing'}: that is no variable here,"
                    " so the pragma stays; name one variable in each",
                )


# --- constants that became zero -------------------------------------------------------------------


def rounded(design: Design) -> Iterator[Remark]:
    """Zeros that are added, subtracted, multiplied with or divided by: no emitter would write them.

    Stream-HLS prints constants with six decimals, so one below 5e-7 (an epsilon) becomes 0.000000.
    A zero that is stored or compared with is one that was meant.
    """
    for function in design.source.functions:
        zeros = {p.name: _given_zero(design, function, p) for p in _scalars(function)}
        for operation in function.operations:
            for operand in operation.operands:
                given = zeros.get(operand, 0)
                if given or _is_zero(operand):
                    whence = f" ({operand} is the 0.000000 of line {given})" if given else ""
                    yield operation.span.line, _rounded(design.source.text(operation.span), whence)
                    break


def _rounded(text: str, whence: str) -> str:
    return (
        f"`{' '.join(text.split())[:60]}`{whence}: a constant below 0.0000005 was rounded to zero"
        " when this file was written; put it back"
    )


def _scalars(function: Function) -> Iterator[Variable]:
    """Parameters that are numbers, where no local has the same name."""
    hidden = {variable.name for variable in function.variables}
    for parameter in function.parameters:
        if not parameter.array and not parameter.stream and parameter.name not in hidden:
            yield parameter


def _given_zero(design: Design, function: Function, parameter: Variable) -> int:
    """The line of the call that gives a parameter the literal 0.000000; 0 if none does."""
    place = function.parameters.index(parameter)
    for _, call in design.sites.get(function, ()):
        text = call.arguments[place].text
        if _is_zero(text):
            return call.span.line
    return 0


def _is_zero(text: str) -> bool:
    return bool(_ZERO.fullmatch(text.replace(" ", "")))
