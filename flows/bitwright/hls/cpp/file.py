"""A C++ file: tree-sitter's tree becomes the values of `bitwright.hls.source`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

import tree_sitter_cpp
from tree_sitter import Language, Node, Parser

from bitwright.errors import ConfigError
from bitwright.hls.cpp import faults, fold
from bitwright.hls.cpp.body import MAX_DEPTH, Body, TooDeep
from bitwright.hls.cpp.declare import parameters, variable
from bitwright.hls.cpp.nodes import field, flat, function_name, line, span, text
from bitwright.hls.cpp.pragma import pragma, uncommented
from bitwright.hls.source import Function, Pragma, Source, Span, Variable

_LANGUAGE = Language(tree_sitter_cpp.language())
# The grammar does not know `typename S::Sum(0)`. What follows the word reads as a type without it
# too, so it gives way to as many blanks, and every byte stays where it was.
_TYPENAME = re.compile(rb"\btypename(?=\s+\w+(<\w+>)?\s*::)")
_SPACES = ("namespace_definition", "class_specifier", "struct_specifier")


def parse(data: bytes, where: str) -> Source:
    """As `source.parse`, which see."""
    faults.decodes(data, where)
    root = Parser(_LANGUAGE).parse(_TYPENAME.sub(b" " * 8, data)).root_node
    reader = _Reader()
    try:
        reader.file(root)
    except TooDeep as error:
        deep = f"{where}:{error}: nested more than {MAX_DEPTH} deep; nobody writes such C++"
        raise ConfigError(deep) from None
    return Source(
        where=where,
        data=data,
        functions=tuple(reader.functions),
        variables=tuple(reader.variables),
        pragmas=tuple(reader.pragmas),
        constants=MappingProxyType(reader.constants),
        faults=tuple(faults.syntax(data, root)) if root.has_error else (),
    )


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


class _Reader:
    def __init__(self) -> None:
        self.functions: list[Function] = []
        self.variables: list[Variable] = []
        self.pragmas: list[Pragma] = []
        self.constants: dict[str, int] = {}

    def file(self, root: Node) -> None:
        stack = [(root, _Around())]
        while stack:
            node, around = stack.pop()
            if around.depth > MAX_DEPTH:
                raise TooDeep(line(node))
            if node.type == "function_definition":
                self.function(node, around)
            elif node.type == "preproc_def":
                self.define(node)
            elif node.type == "preproc_call":
                self.pragmas.extend(pragma(node, None))
            elif node.type == "declaration":
                self.declaration(node, span(root))
            else:
                name = text(field(node, "name")) if node.type in _SPACES else ""
                inner = around.inside(node, name)
                stack.extend((child, inner) for child in reversed(node.named_children))

    def define(self, node: Node) -> None:
        """`#define NAME 5`."""
        spoken = uncommented(text(field(node, "value"))).strip().strip("()")
        number = fold.literal(spoken)
        if number is not None:
            self.constants[text(field(node, "name"))] = number

    def declaration(self, node: Node, scope: Span) -> None:
        for declarator in node.children_by_field_name("declarator"):
            found = variable(node, declarator, scope, self.constants)
            if found is None:
                continue
            self.variables.append(found)
            number = fold.value(field(declarator, "value"), self.constants)
            if number is not None and found.const and not found.dims:
                self.constants[found.name] = number

    def function(self, node: Node, around: _Around) -> None:
        declarator, body = _declarator(node), field(node, "body")
        if declarator is None or body is None or body.type != "compound_statement":
            return  # `= default`, conversion operators
        given = parameters(field(declarator, "parameters"), span(node), self.constants)
        found = Body(body, given, self.constants)
        outer = field(node, "declarator")
        pointer = " *" if outer is not None and outer.type == "pointer_declarator" else ""
        self.functions.append(
            Function(
                name=function_name(field(declarator, "declarator")),
                space=around.space,
                returns=flat(field(node, "type")) + pointer,
                template=around.template,
                c_linkage=around.c_linkage,
                parameters=given,
                variables=tuple(found.variables),
                loops=tuple(found.loops),
                pragmas=tuple(found.pragmas),
                calls=tuple(found.calls),
                accesses=tuple(found.accesses),
                operations=tuple(found.operations),
                blocks=tuple(found.blocks),
                span=span(node),
                body=span(body),
            )
        )


def _declarator(function: Node) -> Node | None:
    """The name and the parameters of a function, out of the * and & of what it returns."""
    found = field(function, "declarator")
    while found is not None and found.type != "function_declarator":
        inner = (c for c in found.named_children if c.type == "function_declarator")
        found = field(found, "declarator") or next(inner, None)
    return found
