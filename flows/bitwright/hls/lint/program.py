"""Several sources as one program: what calls what, what names and constants there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bitwright.hls.cpp.expression import value
from bitwright.hls.cpp.faults import decodes
from bitwright.hls.lint import words
from bitwright.hls.lint.active import active, unclosed
from bitwright.hls.lint.words import Words
from bitwright.hls.source import Call, Function, Source, Variable, load, parse

_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.M)
_ARRAY_TYPE = re.compile(  # a name for a type with [], and these
    r"\b(?:using\s+(\w+)\s*=[^;={}\[]{0,200}|typedef\b[^;{}\[]{0,200}?\b(\w{1,80})\s*)"
    r"((?:\[[^;\[\]]{0,200}\]\s*){1,20});"
)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
# The grammar takes the word for a type; without it the declaration is one of any other variable.
_THREAD_LOCAL = re.compile(rb"\bhls_thread_local\b")
TASKS = ("hls::task", "hls::split", "hls::merge", "hls_thread_local")  # use channels unseen


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Sources that are compiled together, and what is asked of all of them."""

    sources: tuple[Source, ...]
    top: str = ""  # the top function, if it was named
    left_open: Mapping[str, int] = field(default_factory=dict)  # file -> line of an #if
    constants: Mapping[str, int] = field(init=False, repr=False)
    array_types: Mapping[str, int] = field(init=False, repr=False)  # names of types -> their []
    of: Mapping[Function, Source] = field(init=False, repr=False)
    words: tuple[Words, ...] = field(init=False, repr=False)  # directives in order of the files
    _within: Mapping[Function, tuple[Words, ...]] = field(init=False, repr=False)
    outside: frozenset[str] = field(init=False, repr=False)  # words outside all functions
    _named: Mapping[str, tuple[Function, ...]] = field(init=False, repr=False)
    _numbers: dict[Function, Mapping[str, int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        named: dict[str, list[Function]] = {}
        for source in self.sources:
            for function in source.functions:
                named.setdefault(function.name, []).append(function)
        texts = [_COMMENT.sub(" ", s.data.decode()) for s in self.sources]
        matches = [match for text in texts for match in _ARRAY_TYPE.finditer(text)]
        array_types = {match[1] or match[2]: match[3].count("[") for match in matches}
        of = {function: s for s in self.sources for function in s.functions}
        object.__setattr__(self, "constants", _constants(self.sources))
        object.__setattr__(self, "array_types", array_types)
        object.__setattr__(self, "of", of)
        every = tuple(_directives(self.sources))
        within: dict[Function, list[Words]] = {}
        for found in every:
            if found.function is not None:
                within.setdefault(found.function, []).append(found)
        object.__setattr__(self, "words", every)
        object.__setattr__(self, "_within", {f: tuple(some) for f, some in within.items()})
        object.__setattr__(self, "outside", frozenset(_outside(self.sources)))
        object.__setattr__(self, "_named", {key: tuple(some) for key, some in named.items()})

    @property
    def functions(self) -> tuple[Function, ...]:
        return tuple(self.of)

    def called(self, call: Call) -> tuple[Function, ...]:
        """The functions that a call may mean: by name and number of arguments."""
        if call.receiver:
            return ()
        count = len(call.arguments)
        return tuple(f for f in self._named.get(call.name, ()) if len(f.parameters) == count)

    def named(self, name: str) -> tuple[Function, ...]:
        return self._named.get(name, ())

    def within(self, function: Function) -> tuple[Words, ...]:
        """The directives in a function."""
        return self._within.get(function, ())

    def number(self, text: str, function: Function | None) -> int | None:
        """The value of an expression in a function; None where it is not known.

        In a template names may be its parameters, so that only literals count.
        """
        if function is None:
            return value(text, self.constants)
        if function not in self._numbers:
            self._numbers[function] = {} if function.template else self._known(function)
        return value(text, self._numbers[function])

    def _known(self, function: Function) -> Mapping[str, int]:
        """Constants of the files, and those that a function declares once."""
        count = Counter(v.name for v in (*function.parameters, *function.variables))
        known = {key: number for key, number in self.constants.items() if key not in count}
        for variable in function.variables:
            if variable.const and variable.initial and count[variable.name] == 1:
                number = None if variable.dims else value(variable.initial, known)
                known |= {} if number is None else {variable.name: number}
        return known

    def array(self, variable: Variable) -> bool:
        """Whether a variable is memory, also where only the name of its type says so."""
        return variable.array or self.unshown(variable) > 0

    def unshown(self, variable: Variable) -> int:
        """How many dimensions the type has that the declaration does not show."""
        last = variable.type.removeprefix("typename ").rsplit("::", 1)[-1]
        return self.array_types.get(last, 0)

    def master(self, function: Function, name: str) -> bool:
        """Whether an argument of a function is behind an AXI master port by its directives."""
        return any(
            "m_axi" in (found.options.get("mode", "").lower(), *found.words)
            and found.options.get("port") == name
            for found in self.within(function)
            if found.name == "interface"
        )

    def constant(self, function: Function) -> bool:
        """Whether a function is constexpr: the compiler runs it, wherever it can."""
        head = self.of[function].data[function.span.start : function.body.start]
        return b"constexpr" in head.split()

    def synthesised(self) -> tuple[Function, ...]:
        """The functions that hardware is made of, as far as that can be told.

        With a top, or functions that have an INTERFACE, what these call; else all that is no test
        bench. Names alone decide, so that none is missed.
        """
        tops = {f for f in self.of if f.pragmas_of("interface") or f.name == self.top}
        return self._reached(tops) if tops else self.beside_bench()

    def beside_bench(self) -> tuple[Function, ...]:
        """All functions but main, and but those that only main calls."""
        callers: dict[Function, set[Function]] = {function: set() for function in self.of}
        for caller in self.of:
            for callee in self._mentioned(caller):
                callers[callee].add(caller)
        bench = {function for function in self.of if function.name == "main"}
        size = 0
        while len(bench) != size:
            size = len(bench)
            bench |= {function for function, by in callers.items() if by and by <= bench}
        return tuple(function for function in self.of if function not in bench)

    def _reached(self, tops: set[Function]) -> tuple[Function, ...]:
        found, todo = set(tops), list(tops)
        while todo:
            new = self._mentioned(todo.pop()) - found
            found |= new
            todo += new
        return tuple(function for function in self.of if function in found)

    def _mentioned(self, caller: Function) -> set[Function]:
        """The functions of the names that a function calls, or gives to another."""
        names = {call.name for call in caller.calls}
        names |= {argument.base for call in caller.calls for argument in call.arguments}
        spoken = self.of[caller].data[caller.body.start : caller.body.end].decode()
        if any(word in spoken for word in TASKS):
            names |= set(re.findall(r"\w+", spoken))
        return {function for name in names for function in self.named(name)}


def _directives(sources: Iterable[Source]) -> Iterator[Words]:
    for source in sources:
        yield from (words.read(source, None, pragma) for pragma in source.pragmas)
        for function in source.functions:
            yield from (words.read(source, function, pragma) for pragma in function.pragmas)


def _outside(sources: Iterable[Source]) -> Iterator[str]:
    """Words of macros, of members, of what else is known in all functions."""
    for source in sources:
        cuts = sorted((f.span.start, f.span.end) for f in source.functions)
        cuts += [(p.span.start, p.span.end) for p in source.pragmas]
        start = 0
        for left, right in [*sorted(cuts), (len(source.data), 0)]:
            text = source.data[start:left].decode(errors="replace")
            yield from re.findall(r"\w+", _COMMENT.sub(" ", text))
            start = max(start, right)


def _constants(sources: Iterable[Source]) -> dict[str, int]:
    """Those that have one value wherever they are defined."""
    found: dict[str, set[int]] = {}
    for source in sources:
        for name, number in source.constants.items():
            found.setdefault(name, set()).add(number)
    return {name: number for name, (number, *others) in found.items() if not others}


def from_texts(texts: Mapping[str, bytes], top: str = "") -> Program:
    """A program of files that are given as they are: name in messages -> content.

    Raises ConfigError for what is too large, is not UTF-8, or is nested beyond reason.
    """
    sources = tuple(_parse(data, where) for where, data in texts.items())
    left_open = {where: line for where, data in texts.items() if (line := unclosed(data))}
    return Program(sources, top, left_open)


def from_files(paths: Iterable[Path], folders: Iterable[Path] = (), top: str = "") -> Program:
    """A program of files and of those that they include in quotes and that are found.

    folders: looked in besides that of the file which includes
    Raises ConfigError for one that cannot be read or is no C++.
    """
    texts: dict[str, bytes] = {}
    todo = list(paths)
    places: set[Path] = set()
    folders = tuple(folders)
    while todo:
        path = todo.pop(0)
        if path.resolve() in places:
            continue
        places.add(path.resolve())
        data = texts[str(path)] = load(path, str(path))
        for name in _INCLUDE.findall(data):
            todo += _found(name.decode(errors="replace"), (path.parent, *folders))
    return from_texts(texts, top)


def _found(name: str, folders: Iterable[Path]) -> list[Path]:
    """The file of an include, once."""
    for folder in folders:
        try:
            if (folder / name).is_file():
                return [folder / name]
        except (OSError, ValueError):  # a name that no file can have
            continue
    return []


def _parse(data: bytes, where: str) -> Source:
    decodes(data, where)
    return parse(_THREAD_LOCAL.sub(b" " * 16, active(data)), where)
