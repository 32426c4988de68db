"""Rules about the code itself: what no hardware can be, and what makes reports hard to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bitwright.hls.lint.program import Program
from bitwright.hls.lint.rules import Finding, finding
from bitwright.hls.source import Call, Function, Loop, Source

_HEAP = ("malloc", "calloc", "realloc", "free", "alloca", "aligned_alloc", "posix_memalign")
_OWNERS = ("make_unique", "make_shared")
_OPERATORS = ("operator new", "operator delete")
_GROWS = re.compile(
    r"(?:std::)(vector|list|forward_list|deque|queue|stack|map|set|multimap|multiset"
    r"|unordered_map|unordered_set|string|function|unique_ptr|shared_ptr|any)(?:<.*>)?$"
)
_WORD = re.compile(r"(?<![\w.:>])[A-Za-z_]\w*(?!\s*::|\w)")
_NAMED = 4  # functions of a circle that are named
_ALWAYS = ("", "(true)", "(1)", "true", "1")


def check(program: Program) -> Iterator[Finding]:
    for function in program.synthesised():
        if program.constant(function):
            continue
        where = program.of[function].where
        checks = (_labels, _loops, _memory)
        for line, rule, message in (f for some in checks for f in some(program, function)):
            yield finding(where, line, rule, message)
    yield from _recursions(program)


Fault = tuple[int, str, str]  # line, rule, message


def _labels(program: Program, function: Function) -> Iterator[Fault]:
    for found in program.within(function):
        if found.name == "pipeline" and "off" not in found.words:
            index = found.pragma.loop
            if index is not None and not function.loops[index].label:
                line = function.loops[index].span.line
                yield line, "unlabelled-loop", f"a pipelined loop of {function.name} has no label"


def _loops(program: Program, function: Function) -> Iterator[Fault]:
    counted = {
        found.pragma.loop
        for found in program.within(function)
        if found.name in ("loop_tripcount", "unroll")
    }
    for index, loop in enumerate(function.loops):
        line, name = loop.span.line, f"{loop.kind} {loop.label}".strip()
        if loop.kind == "range":
            continue
        if loop.test in _ALWAYS:
            if not _left(program.of[function], loop):
                yield line, "endless-loop", f"{name} in {function.name} never ends"
            elif index not in counted:
                yield line, "loop-bound", f"{name} in {function.name} ends when data say so"
        elif loop.kind in ("while", "do") and index not in counted:
            yield line, "loop-bound", f"{name} in {function.name} goes on for {loop.test[:60]}"
        elif loop.kind == "for" and index not in counted and _runs(function, loop):
            yield line, "trip-count", f"{name} in {function.name} goes on for {loop.test[:60]}"


def _left(source: Source, loop: Loop) -> bool:
    """Whether something may leave a loop that has no test."""
    return re.search(r"\b(break|return|goto)\b", source.text(loop.body)) is not None


def _runs(function: Function, loop: Loop) -> bool:
    """Whether the test of a loop depends on what is known at run time only."""
    return any(_varies(function, name, loop, set()) for name in _WORD.findall(loop.test))


def _varies(function: Function, name: str, loop: Loop, seen: set[str]) -> bool:
    if name == loop.counter or name in seen:
        return False
    variable = function.lookup(name, loop.body)
    if variable is None or loop.span.holds(variable.span):
        return False  # a constant, a parameter of a template, a macro, or what the loop counts
    if variable.parameter or not variable.const:
        return True
    inner = _WORD.findall(variable.initial)
    return any(_varies(function, other, loop, {*seen, name}) for other in inner)


def _memory(program: Program, function: Function) -> Iterator[Fault]:
    for call in function.calls:
        plain = not call.receiver and call.name in (*_HEAP, *_OWNERS)
        if (plain and not program.named(call.name)) or call.name in _OPERATORS:
            name = call.name.removeprefix("operator ")
            yield call.span.line, "dynamic-memory", f"{function.name} calls {name}"
    for variable in (*function.parameters, *function.variables):
        grows = _GROWS.match(variable.type)
        if grows:
            message = f"{variable.name} in {function.name} is a std::{grows[1]}"
            yield variable.span.line, "dynamic-memory", message


def _recursions(program: Program) -> Iterator[Finding]:
    """Functions that call themselves, directly or over others, each circle once."""
    every = [f for f in program.synthesised() if not program.constant(f)]
    calls = {f: dict(_calls(program, f)) for f in every}
    told: set[Function] = set()
    for function in every:
        way = () if function in told else _way_back(function, calls)
        told.update(way)
        if way:
            names = [f.name for f in (*way, function)]
            names[_NAMED:-1] = ["..."] if len(names) > _NAMED + 2 else names[_NAMED:-1]
            line = calls[function][way[1] if len(way) > 1 else function].span.line
            yield finding(program.of[function].where, line, "recursion", " calls ".join(names))


def _calls(program: Program, function: Function) -> Iterator[tuple[Function, Call]]:
    """The functions that are surely called: not by a template's argument or another class."""
    source = program.of[function]
    for call in function.calls:
        spoken = source.text(call.span).split("(")[0]
        space, _, _ = spoken.rpartition("::")
        found = program.called(call)
        known = len(found) == 1 and len(program.named(call.name)) == 1
        if known and "<" not in spoken and (not space or space.split("::")[-1] in found[0].space):
            yield found[0], call


def _way_back(
    function: Function, calls: Mapping[Function, Mapping[Function, Call]]
) -> tuple[Function, ...]:
    """The functions from one back to itself, the shortest way; () if there is none."""
    before: dict[Function, Function] = {}
    todo = [function]
    for caller in todo:
        for callee in calls[caller]:
            if callee is function:
                way = [caller]
                while way[-1] is not function:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if callee not in before and callee in calls:
                before[callee] = caller
                todo.append(callee)
    return ()
