"""The body of a function: what it declares, repeats, calls, reads and writes.

The tree is walked with a stack, so that no input exhausts Python's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tree_sitter import Node

from bitwright.hls.cpp import fold
from bitwright.hls.cpp.declare import Constants, variable, within
from bitwright.hls.cpp.nodes import base, field, flat, function_name, line, names, plain, span, text
from bitwright.hls.cpp.pragma import pragma
from bitwright.hls.source import (
    Access,
    Argument,
    Block,
    Call,
    Guard,
    Loop,
    Operation,
    Pragma,
    Span,
    Statement,
    Variable,
)

MAX_DEPTH = 2000  # of the tree
_LOOPS = {
    "for_statement": "for",
    "while_statement": "while",
    "do_statement": "do",
    "for_range_loop": "range",
}
_STATEMENTS = {
    **dict.fromkeys(_LOOPS, "loop"),
    **dict.fromkeys(("declaration", "alias_declaration", "using_declaration"), "declaration"),
    **dict.fromkeys(("type_definition", "static_assert_declaration"), "declaration"),
    **dict.fromkeys(("struct_specifier", "class_specifier", "enum_specifier"), "declaration"),
    "if_statement": "if",
    "switch_statement": "switch",
    "compound_statement": "block",
}
_METHODS = {  # of hls::stream
    **dict.fromkeys(("read", "read_nb", "read_dep"), "read"),
    **dict.fromkeys(("write", "write_nb", "write_dep"), "write"),
    **dict.fromkeys(("empty", "full", "size", "capacity", "set_name"), "look"),
}
_ARITHMETIC = frozenset({"+", "-", "*", "/", "+=", "-=", "*=", "/="})


class TooDeep(Exception):
    """Nested beyond reason; says the line."""


class _Place(NamedTuple):  # one for each node: a tuple is made faster than a dataclass
    """Where the walk is: what is said about a node from outside it."""

    depth: int
    scope: Span
    loop: int | None = None
    mode: str = "read"
    guards: tuple[Guard, ...] = ()
    label: Node | None = None  # the labelled statement that this is the statement of

    def inside(self, **changes: Any) -> _Place:
        """One level deeper; what an expression is used for and a label do not reach there."""
        return self._replace(**{"depth": self.depth + 1, "mode": "read", "label": None, **changes})


class Body:
    """What a function's body says; read at once."""

    def __init__(self, body: Node, parameters: tuple[Variable, ...], constants: Constants) -> None:
        self.constants = constants
        self.variables: list[Variable] = []
        self.loops: list[Loop] = []
        self.pragmas: list[Pragma] = []
        self.calls: list[Call] = []
        self.accesses: list[Access] = []
        self.operations: list[Operation] = []
        self.blocks: list[Block] = []
        self._known: dict[str, list[Variable]] = {p.name: [p] for p in parameters}
        stack = [(body, _Place(0, span(body)))]
        while stack:
            node, place = stack.pop()
            if place.depth > MAX_DEPTH:
                raise TooDeep(line(node))
            stack.extend(reversed(list(self.visit(node, place))))

    def lookup(self, name: str, at: Span) -> Variable | None:
        """What a name means here: of those in scope the last declared, for the walk is in order."""
        known = reversed(self._known.get(name, ()))
        return next((found for found in known if found.scope.holds(at)), None)

    def visit(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        """Note what one node says; gives the nodes inside it, in the order of the file."""
        kind = node.type
        deeper = place.inside()
        if kind in ("identifier", "subscript_expression"):
            yield from self.access(node, place)
        elif kind in _LOOPS:
            yield from self.loop(node, place)
        elif kind == "labeled_statement":
            inside = place.inside(label=node)
            yield from ((child, inside) for child in node.named_children[1:])
        elif kind in ("compound_statement", "lambda_expression"):
            if kind == "compound_statement":
                self.blocks.append(_block(node, place.loop))
            inside = place.inside(scope=span(node))
            yield from ((child, inside) for child in node.named_children)
        elif kind in ("if_statement", "conditional_expression", "switch_statement"):
            yield from self.branches(node, deeper)
        elif kind == "declaration":
            yield from self.declaration(node, deeper)
        elif kind == "preproc_call":
            self.pragmas.extend(pragma(node, place.loop))
        elif kind == "call_expression":
            yield from self.call(node, deeper)
        elif kind in ("new_expression", "delete_expression"):
            name = f"operator {node.children[0].type}"
            self.calls.append(Call(name, "", (), place.loop, span(node)))
            yield from ((child, deeper) for child in node.named_children)
        elif kind in ("assignment_expression", "binary_expression", "update_expression"):
            yield from self.operation(node, deeper)
        elif kind in ("parenthesized_expression", "pointer_expression", "field_expression"):
            inside = place.inside(mode="pass" if node.children[0].type == "&" else place.mode)
            yield from ((child, inside) for child in node.named_children)
        else:
            yield from ((child, deeper) for child in node.named_children)

    def branches(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        """The condition stands in what is around; the rest is done under it."""
        condition = field(node, "condition")
        if condition is None:
            yield from ((child, place) for child in node.named_children)
            return
        yield condition, place
        test = condition
        while test.type in ("condition_clause", "parenthesized_expression") and test.named_children:
            test = test.named_children[-1]
        sign = field(test, "operator")
        equal = test.type == "binary_expression" and sign is not None and sign.type == "=="
        mentioned = frozenset(names(condition))
        for child in node.named_children:
            if child != condition:
                holds = equal and child == field(node, "consequence")
                yield child, place._replace(guards=(*place.guards, Guard(mentioned, holds)))

    def declaration(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        for declarator in node.children_by_field_name("declarator"):
            found = variable(node, declarator, place.scope, self.constants)
            if found is not None:
                self.variables.append(found)
                self._known.setdefault(found.name, []).append(found)
            inner: Node | None = declarator
            while inner is not None:
                if (size := field(inner, "size")) is not None:
                    yield size, place
                if (value := field(inner, "value")) is not None:
                    yield value, place
                inner = within(inner)

    def loop(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        start, body = place.label or node, field(node, "body")
        whole = Span(start.start_byte, node.end_byte, line(start))
        counts = node.type == "for_statement"
        counter, trips = fold.trips(node, self.constants) if counts else ("", None)
        self.loops.append(
            Loop(
                kind=_LOOPS[node.type],
                label=text(field(place.label, "label")) if place.label else "",
                counter=counter,
                trips=trips,
                parent=place.loop,
                test=flat(field(node, "condition")),
                span=whole,
                body=span(body) if body else whole,
            )
        )
        inside = place.inside(scope=span(node), loop=len(self.loops) - 1)
        yield from ((child, inside) for child in node.named_children)

    def call(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        function, listed = field(node, "function"), field(node, "arguments")
        if function is None or listed is None:
            yield from ((child, place) for child in node.named_children)
            return
        name, receiver, passing = function_name(function), None, "pass"
        if function.type == "field_expression":
            name, receiver = text(field(function, "field")), field(function, "argument")
            passing = {"read": "write", "write": "read"}.get(_METHODS.get(name, ""), "pass")
        if receiver is not None:  # s.read(x) reads s and writes x
            yield receiver, place._replace(mode=_METHODS.get(name, "update"))
        given = [child for child in listed.named_children if child.type != "comment"]
        self.calls.append(
            Call(
                name=name,
                receiver=base(receiver),
                arguments=tuple(Argument(flat(a), base(a), span(a)) for a in given),
                loop=place.loop,
                span=span(node),
            )
        )
        yield from ((argument, place._replace(mode=passing)) for argument in given)

    def operation(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        left = field(node, "left") or field(node, "argument")
        right, sign = field(node, "right"), field(node, "operator")
        operator = text(sign)
        modes = ("read", "read")
        if node.type == "update_expression":
            modes = ("update", "read")
        elif node.type == "assignment_expression":
            modes = ("write" if operator == "=" else "update", "read")
        elif operator in ("<<", ">>") and self.streams(left):
            modes = ("write", "read") if operator == "<<" else ("read", "write")
        if operator in _ARITHMETIC and left is not None and right is not None:
            operands = (plain(left), plain(right))
            self.operations.append(Operation(operator, operands, span(node)))
        for operand, mode in zip((left, right), modes, strict=True):
            if operand is not None:
                yield operand, place._replace(mode=mode)

    def streams(self, node: Node | None) -> bool:
        name = base(node)
        found = self.lookup(name, span(node)) if node and name else None
        return found is not None and found.stream

    def access(self, node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
        """A variable, or an element of one; the indices are read."""
        indices: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "subscript_expression":
            listed = field(inner, "indices")
            indices[:0] = listed.named_children if listed else []
            inner = field(inner, "argument")
        if inner is not None and inner.type == "identifier":
            found = self.lookup(text(inner), span(inner))
            if found is not None:
                texts = tuple(map(flat, indices))
                where = (place.loop, span(node), place.guards)
                self.accesses.append(Access(found, texts, place.mode, *where))
        elif inner is not None:
            yield inner, place.inside(mode=place.mode)
        yield from ((index, place.inside()) for index in indices)


def _block(node: Node, loop: int | None) -> Block:
    around = node.parent.type if node.parent is not None else ""
    kind = "loop" if around in _LOOPS else "block"
    kind = "function" if around == "function_definition" else kind
    return Block(kind, loop, span(node), tuple(_statements(node)))


def _statements(block: Node) -> Iterator[Statement]:
    """Those directly in a block, or in an #if of it."""
    stack = list(reversed(block.named_children))
    while stack:
        outer = node = stack.pop()
        while node.type == "labeled_statement" and len(node.named_children) > 1:
            node = node.named_children[-1]
        kind = _STATEMENTS.get(node.type, "other")
        inner = [child for child in node.named_children if child.type != "comment"]
        if node.type == "comment" or node.type in ("preproc_call", "preproc_def"):
            continue
        if node.type.startswith("preproc_"):
            named = (field(node, "name"), field(node, "condition"))
            stack.extend(child for child in reversed(inner) if child not in named)
            continue
        if node.type in ("expression_statement", "return_statement"):
            if not inner:
                continue
            kind = "return" if node.type == "return_statement" else "expression"
            kind = "call" if kind == "expression" and inner[0].type == "call_expression" else kind
        yield Statement(kind, span(outer))
