"""DATAFLOW in canonical form: declarations, calls, and channels from one process to a later one.

Source: UG1399, "Canonical Forms" and "Limitations of Control-Driven Task-Level Parallelism". A
process is a call, or a loop, directly in the region. What a function that is not among the sources
does with a channel is not known, and then nothing is said about that channel.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from bitwright.hls.cpp.fold import literal
from bitwright.hls.lint.effects import PERHAPS, READ, WRITE, Does, Effects
from bitwright.hls.lint.program import TASKS, Program
from bitwright.hls.lint.rules import Finding, finding
from bitwright.hls.lint.words import Words
from bitwright.hls.source import Access, Block, Function, Statement, Variable

MAX_EDGES = 2000  # of a region whose paths are followed
Fault = tuple[int, str, str]  # line, rule, message


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    line: int
    place: int  # among the processes of the region
    call: bool  # it is one call; of other code the tool chooses what is a process


@dataclass(frozen=True, slots=True)
class Use:
    """What a process does to a channel, or to one element of an array of channels."""

    process: Process
    index: tuple[str, ...]  # (): the whole
    does: Does


@dataclass(frozen=True, slots=True)
class Region:
    function: Function
    block: Block
    line: int  # of the directive
    tasks: bool  # it holds what uses channels in a way not seen here


def check(program: Program) -> Iterator[Finding]:
    effects = Effects(program)
    for found in program.words:
        if found.name != "dataflow" or found.function is None or "off" in found.words:
            continue
        function = found.function
        block = function.block(found.pragma.span)
        if block.kind == "block":
            continue  # which is misplaced
        text = found.source.text(block.span)
        region = Region(function, block, found.line, any(word in text for word in TASKS))
        faults = [*_form(region), *_loop(region, found), *_channels(effects, region)]
        for line, rule, message in dict.fromkeys(faults):
            yield finding(found.source.where, line, rule, message)


def _form(region: Region) -> Iterator[Fault]:
    """What stands in the region besides declarations and calls."""
    for statement in region.block.statements:
        line = statement.span.line
        if statement.kind in ("if", "switch"):
            runs = any(statement.span.holds(call.span) for call in region.function.calls)
            rule = "dataflow-condition" if runs else "dataflow-code"
            what = f"{'processes run' if runs else 'something is done'} under a condition"
            yield line, rule, f"{what} in the region of line {region.line}"
        elif statement.kind in ("expression", "return", "other", "block"):
            kinds = {"return": "a value is returned", "block": "a block stands"}
            what = kinds.get(statement.kind, "something is calculated")
            yield line, "dataflow-code", f"{what} in the region of line {region.line}"


def _loop(region: Region, found: Words) -> Iterator[Fault]:
    """Whether a loop with DATAFLOW can be a pipeline of tasks."""
    if region.block.kind != "loop" or found.pragma.loop is None:
        return
    loop = region.function.loops[found.pragma.loop]
    line = loop.span.line
    if loop.kind != "for" or not loop.counter:
        yield line, "dataflow-loop", "the loop with DATAFLOW does not count"
    elif loop.parent is not None:
        yield line, "dataflow-loop", "the loop with DATAFLOW stands in another"
    else:
        beside = [s for s in region.function.blocks[0].statements if not s.span.holds(loop.body)]
        if any(statement.kind != "declaration" for statement in beside):
            yield line, "dataflow-loop", "the loop with DATAFLOW is not all of its function"


def _channels(effects: Effects, region: Region) -> Iterator[Fault]:
    """Whether each channel goes from one process to one later process."""
    program, uses = effects.program, _uses(effects, region)
    edges: dict[tuple[int, int], list[Variable]] = {}
    for variable, some in uses.items():
        if any(PERHAPS in use.does for use in some):
            continue
        if variable.parameter:
            port = variable.passed == "pointer" or program.master(region.function, variable.name)
            yield from _argument(variable, some, port=port)
            continue
        if not region.block.span.holds(variable.span):
            continue
        yield from _local(region, variable, some)
        for writer in (use.process for use in some if WRITE in use.does):
            for reader in (use.process for use in some if READ in use.does):
                if writer.place < reader.place and writer.call and reader.call:
                    edges.setdefault((writer.place, reader.place), []).append(variable)
    yield from _bypasses(edges)


def _uses(effects: Effects, region: Region) -> dict[Variable, list[Use]]:
    """Streams and arrays with what each process does to them, in the order of the file."""
    found: dict[Variable, dict[tuple[Process, tuple[str, ...]], Does]] = {}
    processes = list(_processes(region))
    starts = [statement.span.start for statement, _ in processes]
    for access in region.function.accesses:
        variable = access.variable
        if not (variable.stream or effects.program.array(variable)):
            continue
        place = bisect_right(starts, access.span.start) - 1
        if place < 0 or not processes[place][0].span.holds(access.span):
            continue
        process = processes[place][1]
        does = effects.effect(region.function, access)
        index = access.indices if variable.stream else ()
        if not variable.stream and does == {READ} and _element(access):
            continue  # a number, which may go to several
        if any(literal(text) is None for text in index):
            does, index = frozenset({PERHAPS}), ()
        mine = found.setdefault(variable, {})
        mine[process, index] = mine.get((process, index), frozenset()) | does
    return {
        variable: [Use(process, index, does) for (process, index), does in some.items() if does]
        for variable, some in found.items()
    }


def _element(access: Access) -> bool:
    """Whether one element is meant that is known here."""
    whole = len(access.indices) < max(1, len(access.variable.dims))
    return not whole and all(literal(text) is not None for text in access.indices)


def _processes(region: Region) -> Iterator[tuple[Statement, Process]]:
    """The statements that do something, each as a process."""
    function = region.function
    kinds = ("call", "loop", "declaration", "expression", "if", "switch", "block", "return")
    some = [s for s in region.block.statements if s.kind in kinds]
    for place, statement in enumerate(some):
        calls = [call for call in function.calls if statement.span.holds(call.span)]
        name = min(calls, key=lambda call: call.span.start).name if calls else "the code"
        if statement.kind == "loop":
            loop = next(loop for loop in function.loops if loop.span == statement.span)
            name = f"loop {loop.label}" if loop.label else "a loop"
        yield statement, Process(name, statement.span.line, place, statement.kind == "call")


def _local(region: Region, variable: Variable, uses: list[Use]) -> Iterator[Fault]:
    """One writer, then one reader, of each element that is used apart."""
    kind = "stream" if variable.stream else "array"
    for index in dict.fromkeys(use.index for use in uses):
        some = [use for use in uses if not index or use.index in ((), index)]
        if not index and any(use.index for use in uses):
            continue  # judged with each element
        name = variable.name + "".join(f"[{text}]" for text in index)
        for does, verb in ((WRITE, "written"), (READ, "read")):
            own = WRITE if does == READ and not variable.stream else ""  # a writer may read its own
            by = [use.process for use in some if does in use.does and own not in use.does]
            names = " and ".join(f"{p.name} (line {p.line})" for p in by)
            if len({p.place for p in by}) > 1:
                yield by[1].line, _rule(by, "channel"), f"{kind} {name} is {verb} by {names}"
        if variable.stream and not region.tasks:
            yield from _both_ends(variable, name, some)
        yield from _order(kind, name, some)


def _rule(processes: list[Process], broken: str) -> str:
    """The rule that processes break: where none is a call they may become one."""
    return f"dataflow-{broken if any(p.call for p in processes) else 'grouping'}"


def _both_ends(variable: Variable, name: str, uses: list[Use]) -> Iterator[Fault]:
    for does, verb, other in ((WRITE, "written", READ), (READ, "read", WRITE)):
        one = any(other in use.does for use in uses)
        if one and not any(does in use.does for use in uses):
            line = variable.span.line
            yield line, "dataflow-channel", f"stream {name} is never {verb}"


def _order(kind: str, name: str, uses: list[Use]) -> Iterator[Fault]:
    writers = [use.process for use in uses if WRITE in use.does]
    readers = [use.process for use in uses if READ in use.does]
    for reader in readers:
        late = [writer for writer in writers if writer.place > reader.place]
        if late:
            told = f"{kind} {name} is read by {reader.name} before {late[0].name} writes it"
            yield reader.line, _rule([reader, *late], "feedback"), told


def _argument(variable: Variable, uses: list[Use], *, port: bool) -> Iterator[Fault]:
    """One process alone; or first a reader, then a writer; or two readers of no port."""
    processes = list({use.process.place: use.process for use in uses}.values())
    reads = {use.process.place for use in uses if READ in use.does}
    writes = {use.process.place for use in uses if WRITE in use.does}
    in_turn = len(reads) == 1 and len(writes) == 1 and min(reads) < min(writes)
    if len(processes) < 2 or (not variable.stream and port and in_turn):
        return
    if variable.stream and not any(
        one.process != other.process and (one.index == other.index or not one.index)
        for one in uses
        for other in uses
    ):
        return  # each process has elements of its own
    if not (variable.stream or port or writes or len(processes) > 2):
        return
    what = "stream" if variable.stream else "memory" if port else "array"
    told = " and ".join(f"{p.name} (line {p.line})" for p in processes)
    rule = _rule(processes, "argument")
    yield processes[1].line, rule, f"{what} {variable.name} is used by {told}"


def _bypasses(edges: dict[tuple[int, int], list[Variable]]) -> Iterator[Fault]:
    """Arrays that go where a path through other processes goes as well."""
    after: dict[int, set[int]] = {}
    if len(edges) > MAX_EDGES:
        return
    for start, end in sorted(edges, reverse=True):
        after.setdefault(start, set()).update({end}, after.get(end, set()))
    for (start, end), variables in sorted(edges.items()):
        between = [n for a, n in edges if a == start and n != end and end in after.get(n, ())]
        for variable in variables:
            if between and not variable.stream:
                told = f"array {variable.name} goes past a process on its way"
                yield variable.span.line, "dataflow-bypass", told
