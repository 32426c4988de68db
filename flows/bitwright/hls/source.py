"""A C++ source of HLS as values: functions, variables, loops, calls, accesses, pragmas.

    source = read(Path("kernel.cpp"))            # one file, by tree-sitter's C++ grammar
    top = source.named("forward")[0]
    [p.line for p in top.pragmas if p.directive == "array_partition"]
    source.bound(top)                            # which variable of the top each parameter is

Everything carries the bytes it stands on, so that an edit can be made there and nowhere else.
Templates are read as they are written (a size that depends on a parameter has no number), macros
are not expanded, and included files are not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bitwright.errors import ConfigError

MAX_BYTES = 4 * 1024 * 1024  # the largest file that Stream-HLS published has 0.1 MB


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands."""

    start: int  # bytes from the start of the file
    end: int  # the first byte after it
    line: int  # of its first byte, from 1

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter, or a variable declared in a function or at file level."""

    name: str
    type: str  # as written, without const, & and *: `float`, `hls::stream<float>`
    dims: tuple[str, ...]  # as written, outermost first; "" for []
    sizes: tuple[int | None, ...]  # of dims; None: not known here
    passed: str  # value, reference or pointer: how it is declared
    const: bool
    parameter: bool
    initial: str  # as written after = or in (): a stream's name; "" where it has none
    span: Span  # of the declarator; of the whole declaration for a parameter
    scope: Span  # where the name is known

    @property
    def stream(self) -> bool:
        return self.type.removeprefix("hls::").startswith("stream<")

    @property
    def element(self) -> str:
        """The type of one element: `float` of a stream of float."""
        if not self.stream:
            return self.type
        inside = self.type[self.type.index("<") + 1 : self.type.rindex(">")]
        return _first_argument(inside)

    @property
    def array(self) -> bool:
        """Memory: an array or a pointer, of anything but streams."""
        return not self.stream and (bool(self.dims) or self.passed == "pointer")


def _first_argument(text: str) -> str:
    depth = 0
    for index, character in enumerate(text):
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            return text[:index].strip()
    return text.strip()


@dataclass(frozen=True, slots=True)
class Loop:
    kind: str  # for, while, do, range
    label: str  # "" where it has none
    counter: str  # the variable that counts; "" where none was recognised
    trips: int | None  # None: not a constant
    parent: int | None  # index into the function's loops
    test: str  # what it goes on for, as written; "" where it has none
    span: Span  # from its label on
    body: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a block; comments, directives, `;` and `return;` are none."""

    kind: str  # declaration, call, expression, loop, if, switch, block, return, other
    span: Span  # from its label on


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between { and }."""

    kind: str  # function, loop, or block: of an if, of a lambda, on its own
    loop: int | None  # the innermost loop it stands in, or whose body it is
    span: Span
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)  # each is itself: options cannot be hashed
class Pragma:
    """`#pragma HLS directive words... name=value...`."""

    directive: str  # lower case: array_partition, interface, pipeline
    words: tuple[str, ...]  # without a value, lower case: cyclic
    options: Mapping[str, str]  # with one; names in lower case, values as written
    loop: int | None  # the innermost loop it stands in: index into the function's loops
    span: Span  # from # to the last byte of the last line, its end of line left out

    @property
    def line(self) -> int:
        return self.span.line

    @property
    def variable(self) -> str:
        """What it is about: variable=, or port= of an interface; with indices and all."""
        return self.options.get("variable", self.options.get("port", ""))


@dataclass(frozen=True, slots=True)
class Argument:
    text: str
    base: str  # the variable it is, or is a part of: `a` of a[1] and &a[1]; "" of an expression
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, or of a method (receiver `s` of s.read()).

    `new` and `delete` are calls of `operator new` and `operator delete`, without arguments.
    """

    name: str  # without namespaces and template arguments
    receiver: str  # "" of a function
    arguments: tuple[Argument, ...]
    loop: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that something is done under."""

    names: frozenset[str]  # variables in it
    equality: bool  # it is one `a == b`, and must hold


@dataclass(frozen=True, slots=True)
class Access:
    """One mention of a variable."""

    variable: Variable
    indices: tuple[str, ...]  # as written
    mode: str  # read, write, update (both), pass (to a function), look (empty(), size())
    loop: int | None
    span: Span
    guards: tuple[Guard, ...] = ()  # outermost first


@dataclass(frozen=True, slots=True)
class Operation:
    """An arithmetic operation; an operand is given where it is a name or a literal."""

    operator: str  # + - * / or their assignments
    operands: tuple[str, str]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)  # each is itself: it is the key of tables
class Function:
    name: str  # without namespaces
    space: tuple[str, ...]  # the namespaces and classes around it, outermost first
    returns: str  # the type as written
    template: bool
    c_linkage: bool  # extern "C"
    parameters: tuple[Variable, ...]
    variables: tuple[Variable, ...]  # declared in it, in the order of the file
    loops: tuple[Loop, ...]
    pragmas: tuple[Pragma, ...]
    calls: tuple[Call, ...]
    accesses: tuple[Access, ...]
    operations: tuple[Operation, ...]
    blocks: tuple[Block, ...]  # its body first
    span: Span
    body: Span  # from { to }

    def lookup(self, name: str, at: Span) -> Variable | None:
        """What a name means at a place: the innermost variable or parameter of that name."""
        return innermost((*self.parameters, *self.variables), name, at)

    def around(self, loop: int | None) -> tuple[Loop, ...]:
        """A loop and all around it, innermost first."""
        found = []
        while loop is not None:
            found.append(self.loops[loop])
            loop = self.loops[loop].parent
        return tuple(found)

    def block(self, at: Span) -> Block:
        """The innermost block around a place in the body."""
        around = (block for block in self.blocks if block.span.holds(at))
        return min(around, key=lambda block: block.span.end - block.span.start)

    def pragmas_of(self, directive: str) -> tuple[Pragma, ...]:
        return tuple(p for p in self.pragmas if p.directive == directive)


def innermost(variables: tuple[Variable, ...], name: str, at: Span) -> Variable | None:
    """The variable of a name whose scope is the smallest around a place."""
    known = [v for v in variables if v.name == name and v.scope.holds(at)]
    return min(known, key=lambda v: v.scope.end - v.scope.start, default=None)


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    where: str  # the file as the reader of a message knows it
    data: bytes
    functions: tuple[Function, ...]  # those with a body, in the order of the file
    variables: tuple[Variable, ...]  # at file level
    pragmas: tuple[Pragma, ...]  # outside functions
    constants: Mapping[str, int]  # #define and constexpr that are plain numbers
    faults: tuple[SyntaxFault, ...] = ()  # what the grammar could not read
    by_name: Mapping[str, tuple[Function, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table: dict[str, tuple[Function, ...]] = {}
        for function in self.functions:
            table[function.name] = (*table.get(function.name, ()), function)
        object.__setattr__(self, "by_name", table)

    def text(self, span: Span) -> str:
        return self.data[span.start : span.end].decode()

    def named(self, name: str) -> tuple[Function, ...]:
        return self.by_name.get(name, ())

    def sites(self, function: Function) -> tuple[tuple[Function, Call], ...]:
        """Every call of a function in this file, with the function it stands in."""
        return tuple(
            (caller, call)
            for caller in self.functions
            for call in caller.calls
            if function in self.called(call)
        )

    def called(self, call: Call) -> tuple[Function, ...]:
        """The functions of this file that a call may mean: by name and number of arguments."""
        if call.receiver:
            return ()
        count = len(call.arguments)
        return tuple(f for f in self.named(call.name) if len(f.parameters) == count)

    def bound(self, top: Function) -> Mapping[tuple[Function, Variable], frozenset[Variable]]:
        """What of the top each parameter of the functions below it stands for.

        Keys are (function, its parameter); values are parameters and locals of the top. Calls of
        calls count too. A local of a function in between is nobody's, and so is not among them.
        """
        return _bound(self, top)


_Bound = dict[tuple[Function, Variable], frozenset[Variable]]


def _bound(source: Source, top: Function) -> _Bound:
    found: _Bound = {}
    todo = [top]
    while todo:
        caller = todo.pop()
        for call in caller.calls:
            for callee in source.called(call):
                if _pass_on(caller, call, callee, top, found):
                    todo.append(callee)
    return found


def _pass_on(caller: Function, call: Call, callee: Function, top: Function, found: _Bound) -> bool:
    """Bind the parameters of one call; whether that told anything new."""
    news = False
    for parameter, argument in zip(callee.parameters, call.arguments, strict=True):
        variable = caller.lookup(argument.base, argument.span) if argument.base else None
        if variable is None:
            continue
        if caller is top:
            roots = frozenset({variable})
        else:
            roots = found.get((caller, variable), frozenset())
        before = found.setdefault((callee, parameter), frozenset())
        found[callee, parameter] = before | roots
        news |= not roots <= before
    return news


def parse(data: bytes, where: str) -> Source:
    """Read C++; what the grammar could not read stands in `faults`.

    where: the file's name in messages
    Raises ConfigError for what is too large, is not UTF-8, or is nested beyond reason.
    """
    from bitwright.hls.cpp.file import parse as parse_with_grammar  # the grammar takes its time

    if len(data) > MAX_BYTES:
        raise ConfigError(_too_large(where, data, len(data)))
    return parse_with_grammar(data, where)


def read(path: Path, where: str | None = None) -> Source:
    """Read a C++ file, whole and without syntax errors.

    Raises ConfigError with file and line for one that cannot be read, is larger than MAX_BYTES, is
    not UTF-8, or is not C++ or cut off.
    """
    where = where or str(path)
    source = parse(load(path, where), where)
    if source.faults:
        shown = [f"{where}:{fault.line}: {fault.text}" for fault in source.faults[:5]]
        shown += [f"  and {len(source.faults) - 5} more"] if len(source.faults) > 5 else []
        shown += ["  expected  C++ that compiles", "  next      compile it, or fetch it again"]
        raise ConfigError("\n".join(shown))
    return source


def load(path: Path, where: str) -> bytes:
    """The bytes of a file, unless it is no plain file or larger than MAX_BYTES."""
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(f"{where}: expected a C++ file, found a folder or a device")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{where}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(_too_large(where, data, path.stat().st_size))
    return data


def _too_large(where: str, data: bytes, size: int) -> str:
    line = data.count(b"\n", 0, MAX_BYTES) + 1
    return (
        f"{where}:{line}: at most {MAX_BYTES / 2**20:.0f} MB of C++ are read from one file;"
        f" this one has {size / 2**20:.1f} MB\n"
        "  likely    weights stand in the source; they belong into memory arguments"
    )
