"""Tree-sitter's tree of a C++ file becomes the values of `bitwright.hls.source`.

The tree is walked with a stack, so that no input exhausts Python's own; what is nested deeper than
anyone writes is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import tree_sitter_cpp
from tree_sitter import Language, Node, Parser

from bitwright.errors import ConfigError
from bitwright.hls import fold
from bitwright.hls.source import (
    Access,
    Argument,
    Call,
    Function,
    Guard,
    Loop,
    Operation,
    Pragma,
    Source,
    Span,
    SyntaxFault,
    Variable,
    innermost,
)

MAX_DEPTH = 2000  # of the tree
SHOWN = 40  # characters repeated in a message
_LANGUAGE = Language(tree_sitter_cpp.language())
_LOOPS = {
    "for_statement": "for",
    "while_statement": "while",
    "do_statement": "do",
    "for_range_loop": "range",
}
_SPACES = ("namespace_definition", "class_specifier", "struct_specifier")
_METHODS = {  # of hls::stream
    **dict.fromkeys(("read", "read_nb", "read_dep"), "read"),
    **dict.fromkeys(("write", "write_nb", "write_dep"), "write"),
    **dict.fromkeys(("empty", "full", "size", "capacity", "set_name"), "look"),
}
_ARITHMETIC = frozenset({"+", "-", "*", "/", "+=", "-=", "*=", "/="})


def parse(data: bytes, where: str) -> Source:
    """As `source.parse`, which see."""
    _decodes(data, where)
    tree = Parser(_LANGUAGE).parse(data)
    reader = _Reader(data, where)
    try:
        reader.file(tree.root_node)
        faults = tuple(_faults(data, tree.root_node)) if tree.root_node.has_error else ()
    except _TooDeep as error:
        text = f"{where}:{error}: nested more than {MAX_DEPTH} deep; nobody writes such C++"
        raise ConfigError(text) from None
    return Source(
        where=where,
        data=data,
        functions=tuple(reader.functions),
        variables=tuple(reader.variables),
        pragmas=tuple(reader.pragmas),
        constants=MappingProxyType(reader.constants),
        faults=faults,
    )


class _TooDeep(Exception):
    pass


def _decodes(data: bytes, where: str) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = f"{where}:{line}: byte {data[error.start]:#04x} is not UTF-8"
        raise ConfigError(f"{text}\n  expected  C++ source in UTF-8") from None
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise ConfigError(f"{where}:{line}: a zero byte\n  expected  C++ source, not a binary")


# --- syntax errors ------------------------------------------------------------------------------


def _faults(data: bytes, root: Node) -> Iterator[SyntaxFault]:
    """The outermost places that the grammar could not read, in the order of the file."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_missing:
            yield SyntaxFault(_line(node), f"syntax error: {node.type!r} is missing here")
        elif node.type == "ERROR":
            yield SyntaxFault(_line(node), _fault(data, node))
        elif node.has_error:
            stack.extend(reversed(node.children))


def _fault(data: bytes, node: Node) -> str:
    words = data[node.start_byte : node.end_byte].decode().split()
    text = " ".join(words)[:SHOWN]
    last = data.rstrip().count(b"\n") + 1
    cut = node.end_point.row + 1 >= last > node.start_point.row + 1
    tail = f"; it goes on to the end of the file, line {last}: is the file cut off?" if cut else ""
    return f"syntax error at {text!r}{tail}"


# --- the walk -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """A function while it is being read."""

    parameters: tuple[Variable, ...]
    variables: list[Variable] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    pragmas: list[Pragma] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    known: dict[str, list[Variable]] = field(default_factory=dict)

    def declare(self, variable: Variable) -> None:
        self.variables.append(variable)
        self.known.setdefault(variable.name, []).append(variable)

    def lookup(self, name: str, at: Span) -> Variable | None:
        return innermost(tuple(self.known.get(name, ())), name, at)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around something at file level."""

    space: tuple[str, ...] = ()
    template: bool = False
    c_linkage: bool = False
    depth: int = 0

    def inside(self, node: Node, name: str) -> _Around:
        return _Around(
            space=(*self.space, name) if name else self.space,
            template=self.template or node.type == "template_declaration",
            c_linkage=self.c_linkage or node.type == "linkage_specification",
            depth=self.depth + 1,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is: what is said about a node from outside it."""

    depth: int
    scope: Span
    loop: int | None = None
    mode: str = "read"
    guards: tuple[Guard, ...] = ()
    label: Node | None = None  # the labelled statement that this is the statement of

    def inside(self, **changes: Any) -> _Place:
        """One level deeper; what an expression is used for and a label do not reach there."""
        return replace(self, **{"depth": self.depth + 1, "mode": "read", "label": None, **changes})


class _Reader:
    def __init__(self, data: bytes, where: str) -> None:
        self.data, self.where = data, where
        self.functions: list[Function] = []
        self.variables: list[Variable] = []
        self.pragmas: list[Pragma] = []
        self.constants: dict[str, int] = {}

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode()

    def flat(self, node: Node) -> str:
        """The text of a node with single spaces, without comments."""
        parts, stack = [], [node]
        if not any(child.type == "comment" for child in node.children):
            return " ".join(self.text(node).split())
        while stack:
            found = stack.pop()
            if found.type == "comment":
                continue
            if found.child_count:
                stack.extend(reversed(found.children))
            else:
                parts.append(self.text(found))
        return " ".join(parts)

    # File level

    def file(self, root: Node) -> None:
        stack = [(root, _Around())]
        while stack:
            node, around = stack.pop()
            if around.depth > MAX_DEPTH:
                raise _TooDeep(_line(node))
            if node.type == "function_definition":
                self.function(node, around)
            elif node.type == "preproc_def":
                self.define(node)
            elif node.type == "preproc_call":
                self.pragmas.extend(self.pragma(node, None))
            elif node.type == "declaration":
                self.file_level(node, _span(root))
            else:
                inner = around.inside(node, self.name(node) if node.type in _SPACES else "")
                stack.extend((child, inner) for child in reversed(node.named_children))

    def name(self, node: Node) -> str:
        found = node.child_by_field_name("name")
        return self.text(found) if found else ""

    def define(self, node: Node) -> None:
        """`#define NAME 5`."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return
        number = fold.literal(_uncommented(self.text(value)).strip().strip("()"))
        if number is not None:
            self.constants[self.text(name)] = number

    def file_level(self, node: Node, scope: Span) -> None:
        fixed = {self.text(c) for c in node.children if c.type == "type_qualifier"}
        for declarator in node.children_by_field_name("declarator"):
            variable = self.variable(node, declarator, scope)
            if variable is None:
                continue
            self.variables.append(variable)
            value = declarator.child_by_field_name("value")
            number = None if value is None else self.constant(value)
            if number is not None and fixed & {"const", "constexpr"} and not variable.dims:
                self.constants[variable.name] = number

    # Functions

    def function(self, node: Node, around: _Around) -> None:
        declarator = node.child_by_field_name("declarator")
        body = node.child_by_field_name("body")
        while declarator is not None and declarator.type != "function_declarator":
            declarator = declarator.child_by_field_name("declarator") or next(
                (c for c in declarator.named_children if c.type == "function_declarator"), None
            )
        if declarator is None or body is None or body.type != "compound_statement":
            return  # `= default`, conversion operators
        returns = node.child_by_field_name("type")
        name = self.function_name(declarator.child_by_field_name("declarator"))
        listed = declarator.child_by_field_name("parameters")
        parameters = self.parameters(listed, _span(node)) if listed else ()
        found = _Open(parameters)
        for parameter in parameters:
            found.known.setdefault(parameter.name, []).append(parameter)
        self.body(body, found)
        pointed = (node.child_by_field_name("declarator") or node).type == "pointer_declarator"
        self.functions.append(
            Function(
                name=name,
                space=around.space,
                returns=(self.flat(returns) if returns else "") + (" *" if pointed else ""),
                template=around.template,
                c_linkage=around.c_linkage,
                parameters=parameters,
                variables=tuple(found.variables),
                loops=tuple(found.loops),
                pragmas=tuple(found.pragmas),
                calls=tuple(found.calls),
                accesses=tuple(found.accesses),
                operations=tuple(found.operations),
                span=_span(node),
                body=_span(body),
            )
        )

    def function_name(self, node: Node | None) -> str:
        """`f` of f, a::f and f<3>."""
        while node is not None and node.type in ("qualified_identifier", "template_function"):
            node = node.child_by_field_name("name")
        return self.text(node) if node else ""

    def parameters(self, node: Node, scope: Span) -> tuple[Variable, ...]:
        kinds = ("parameter_declaration", "optional_parameter_declaration")
        found = []
        for child in node.named_children:
            if child.type not in kinds or self.flat(child) == "void":
                continue
            declarator = child.child_by_field_name("declarator")
            variable = self.variable(child, declarator, scope, parameter=True)
            if variable is not None:
                found.append(variable)
        return tuple(found)

    def variable(
        self, node: Node, declarator: Node | None, scope: Span, *, parameter: bool = False
    ) -> Variable | None:
        """One declarator of a declaration; None for one of a function."""
        base = node.child_by_field_name("type")
        dims: list[Node | None] = []
        passed, initial, inner = "value", "", declarator
        while inner is not None and inner.type not in ("identifier", "field_identifier"):
            if inner.type in ("function_declarator", "abstract_function_declarator"):
                return None
            if inner.type.endswith("array_declarator"):
                dims.append(inner.child_by_field_name("size"))
            elif "reference_declarator" in inner.type:
                passed = "reference"
            elif "pointer_declarator" in inner.type:
                passed = "pointer"
            elif inner.type == "init_declarator" and (v := inner.child_by_field_name("value")):
                initial = self.flat(v)
            inner = _inside(inner)
        if base is None or (inner is None and not parameter):
            return None
        dims.reverse()
        qualifiers = [self.text(c) for c in node.children if c.type == "type_qualifier"]
        return Variable(
            name=self.text(inner) if inner else "",
            type=_compact(self.flat(base)),
            dims=tuple(self.flat(d) if d else "" for d in dims),
            sizes=tuple(self.constant(d) if d else None for d in dims),
            passed=passed,
            const="const" in qualifiers or "constexpr" in qualifiers,
            parameter=parameter,
            initial=initial,
            span=_span(node if parameter or declarator is None else declarator),
            scope=scope,
        )

    # Bodies

    def body(self, body: Node, found: _Open) -> None:
        stack = [(body, _Place(0, _span(body)))]
        while stack:
            node, place = stack.pop()
            if place.depth > MAX_DEPTH:
                raise _TooDeep(_line(node))
            stack.extend(reversed(list(self.visit(node, place, found))))

    def visit(self, node: Node, place: _Place, found: _Open) -> Iterator[tuple[Node, _Place]]:
        """Note what one node says; gives the nodes inside it, in the order of the file."""
        kind = node.type
        deeper = place.inside()
        if kind in ("identifier", "subscript_expression"):
            yield from self.access(node, place, found)
        elif kind in _LOOPS:
            yield from self.loop(node, place, found)
        elif kind == "labeled_statement":
            inside = place.inside(label=node)
            yield from ((child, inside) for child in node.named_children[1:])
        elif kind in ("compound_statement", "lambda_expression"):
            inside = place.inside(scope=_span(node))
            yield from ((child, inside) for child in node.named_children)
        elif kind in ("if_statement", "conditional_expression", "switch_statement"):
            yield from self.branches(node, deeper)
        elif kind == "declaration":
            yield from self.declaration(node, deeper, found)
        elif kind == "preproc_call":
            found.pragmas.extend(self.pragma(node, place.loop))
        elif kind == "call_expression":
            yield from self.call(node, deeper, found)
        elif kind in ("assignment_expression", "binary_expression", "update_expression"):
            yield from self.operation(node, deeper, found)
        elif kind in ("parenthesized_expression", "pointer_expression", "field_expression"):
            inside = place.inside(mode="pass" if node.children[0].type == "&" else place.mode)
            yield from ((child, inside) for child in node.named_children)
        else:
            yield from ((child, deeper) for child in node.named_children)

    def branches(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        """The condition stands in what is around; the rest is done under it."""
        condition = node.child_by_field_name("condition")
        if condition is None:
            yield from ((child, place) for child in node.named_children)
            return
        yield condition, place
        test = condition
        while test.type in ("condition_clause", "parenthesized_expression") and test.named_children:
            test = test.named_children[-1]
        sign = test.child_by_field_name("operator")
        equal = test.type == "binary_expression" and sign is not None and sign.type == "=="
        names = frozenset(self.names(condition))
        for child in node.named_children:
            if child != condition:
                holds = equal and child == node.child_by_field_name("consequence")
                yield child, replace(place, guards=(*place.guards, Guard(names, holds)))

    def names(self, node: Node) -> Iterator[str]:
        stack = [node]
        while stack:
            found = stack.pop()
            if found.type == "identifier":
                yield self.text(found)
            stack.extend(found.named_children)

    def declaration(self, node: Node, place: _Place, found: _Open) -> Iterator[tuple[Node, _Place]]:
        for declarator in node.children_by_field_name("declarator"):
            variable = self.variable(node, declarator, place.scope)
            if variable is not None:
                found.declare(variable)
            inner: Node | None = declarator
            while inner is not None:
                if (size := inner.child_by_field_name("size")) is not None:
                    yield size, place
                if (value := inner.child_by_field_name("value")) is not None:
                    yield value, place
                inner = _inside(inner)

    def loop(self, node: Node, place: _Place, found: _Open) -> Iterator[tuple[Node, _Place]]:
        label = place.label
        body = node.child_by_field_name("body")
        counter, trips = (
            fold.trips(node, self.constants) if node.type == "for_statement" else ("", None)
        )
        start = label or node
        name = label.child_by_field_name("label") if label else None
        span = Span(start.start_byte, node.end_byte, _line(start))
        found.loops.append(
            Loop(
                kind=_LOOPS[node.type],
                label=self.text(name) if name else "",
                counter=counter,
                trips=trips,
                parent=place.loop,
                span=span,
                body=_span(body) if body else span,
            )
        )
        inside = place.inside(scope=_span(node), loop=len(found.loops) - 1)
        yield from ((child, inside) for child in node.named_children)

    def call(self, node: Node, place: _Place, found: _Open) -> Iterator[tuple[Node, _Place]]:
        function, listed = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        if function is None or listed is None:
            yield from ((child, place) for child in node.named_children)
            return
        receiver: Node | None = None
        if function.type == "field_expression":
            receiver = function.child_by_field_name("argument")
            named = function.child_by_field_name("field")
            name = self.text(named) if named else ""
            mode = _METHODS.get(name, "update")
            if receiver is not None:
                yield receiver, replace(place, mode=mode)
        else:
            name = self.function_name(function)
        given = [child for child in listed.named_children if child.type != "comment"]
        found.calls.append(
            Call(
                name=name,
                receiver=self.base(receiver) if receiver else "",
                arguments=tuple(Argument(self.flat(a), self.base(a), _span(a)) for a in given),
                loop=place.loop,
                span=_span(node),
            )
        )
        passing = {"read": "write", "write": "read"}.get(_METHODS.get(name, ""), "pass")
        passing = passing if receiver else "pass"  # s.read(x) writes x
        inside = replace(place, mode=passing)
        yield from ((argument, inside) for argument in given)

    def base(self, node: Node | None) -> str:
        """The variable that an expression is, or is a part of; "" of anything else."""
        while node is not None and node.type != "identifier":
            if node.type not in (
                *("subscript_expression", "pointer_expression", "parenthesized_expression"),
                "field_expression",
            ):
                return ""
            node = node.child_by_field_name("argument") or next(iter(node.named_children), None)
        return self.text(node) if node else ""

    def operation(self, node: Node, place: _Place, found: _Open) -> Iterator[tuple[Node, _Place]]:
        left = node.child_by_field_name("left") or node.child_by_field_name("argument")
        right, sign = node.child_by_field_name("right"), node.child_by_field_name("operator")
        operator = self.text(sign) if sign else ""
        modes = ("read", "read")
        if node.type == "update_expression":
            modes = ("update", "read")
        elif node.type == "assignment_expression":
            modes = ("write" if operator == "=" else "update", "read")
        elif operator in ("<<", ">>") and self.streams(left, found):
            modes = ("write", "read") if operator == "<<" else ("read", "write")
        if operator in _ARITHMETIC and left is not None and right is not None:
            operands = (self.operand(left), self.operand(right))
            found.operations.append(Operation(operator, operands, _span(node)))
        for operand, mode in zip((left, right), modes, strict=True):
            if operand is not None:
                yield operand, replace(place, mode=mode)

    def operand(self, node: Node) -> str:
        """A name or a literal, out of its parentheses and casts; "" of anything else."""
        while node.type in ("parenthesized_expression", "cast_expression"):
            node = node.child_by_field_name("value") or node.named_children[-1]
        signed = node.type == "unary_expression" and node.named_children[-1].type in (
            "number_literal",
            "identifier",
        )
        plain = node.type in ("identifier", "number_literal")
        return self.flat(node) if plain or signed else ""

    def streams(self, node: Node | None, found: _Open) -> bool:
        name = self.base(node)
        variable = found.lookup(name, _span(node)) if node and name else None
        return variable is not None and variable.stream

    def access(self, node: Node, place: _Place, found: _Open) -> Iterator[tuple[Node, _Place]]:
        """A variable, or an element of one; the indices are read."""
        indices: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "subscript_expression":
            listed = inner.child_by_field_name("indices")
            indices[:0] = listed.named_children if listed else []
            inner = inner.child_by_field_name("argument")
        within = place.inside()
        if inner is not None and inner.type == "identifier":
            variable = found.lookup(self.text(inner), _span(inner))
            if variable is not None:
                texts = tuple(self.flat(index) for index in indices)
                found.accesses.append(
                    Access(variable, texts, place.mode, place.loop, _span(node), place.guards)
                )
        elif inner is not None:
            yield inner, place.inside(mode=place.mode)
        yield from ((index, within) for index in indices)

    # Pragmas

    def pragma(self, node: Node, loop: int | None) -> Iterator[Pragma]:
        """`#pragma HLS ...`; nothing for other directives."""
        directive = node.child_by_field_name("directive")
        argument = node.child_by_field_name("argument")
        if directive is None or argument is None:
            return
        text = _uncommented(self.text(argument)).replace("\\\r\n", " ").replace("\\\n", " ")
        words = re.sub(r"\s*=\s*", "=", text).split()
        spelled = re.sub(r"\s", "", self.text(directive))
        if spelled != "#pragma" or len(words) < 2 or words[0].lower() != "hls":
            return
        end = argument.start_byte + len(self.text(argument).rstrip().encode())
        yield Pragma(
            directive=words[1].lower(),
            words=tuple(w.lower() for w in words[2:] if "=" not in w),
            options=MappingProxyType(
                {
                    name.lower(): value
                    for name, equals, value in (w.partition("=") for w in words[2:])
                    if equals
                }
            ),
            loop=loop,
            span=Span(node.start_byte, end, _line(node)),
        )

    # Numbers

    def constant(self, node: Node) -> int | None:
        return fold.value(node, self.constants)


# --- small readers ------------------------------------------------------------------------------


def _line(node: Node) -> int:
    return node.start_point.row + 1


def _span(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte, _line(node))


def _inside(declarator: Node) -> Node | None:
    """The declarator within one: of `(&a)[3]` first `(&a)`, then `&a`, then `a`."""
    inner = declarator.child_by_field_name("declarator")
    if inner is not None:
        return inner
    kinds = ("identifier", "field_identifier")
    return next(
        (c for c in declarator.named_children if c.type in kinds or "declarator" in c.type), None
    )


def _compact(text: str) -> str:
    """A type in one spelling: no blanks but between words."""
    words = text.replace("<", " < ").replace(">", " > ").replace(",", " , ").split()
    joined = " ".join(words).replace(" ::", "::").replace(":: ", "::")
    return joined.replace(" <", "<").replace("< ", "<").replace(" >", ">").replace(" ,", ",")


def _uncommented(text: str) -> str:
    """What stands before a comment on the line of a directive."""
    return text.split("//")[0].split("/*")[0]
