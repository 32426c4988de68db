"""Declarations: the variables and parameters that they make."""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from bitwright.hls.cpp import fold
from bitwright.hls.cpp.nodes import field, flat, span, text
from bitwright.hls.source import Span, Variable

_NAMES = ("identifier", "field_identifier")
_PARAMETERS = ("parameter_declaration", "optional_parameter_declaration")
Constants = Mapping[str, int]


def parameters(node: Node | None, scope: Span, constants: Constants) -> tuple[Variable, ...]:
    """Those of a function's parameter list; one without a name has the name ""."""
    found = []
    for child in node.named_children if node is not None else ():
        if child.type not in _PARAMETERS or flat(child) == "void":
            continue
        declarator = field(child, "declarator")
        parameter = variable(child, declarator, scope, constants, parameter=True)
        if parameter is not None:
            found.append(parameter)
    return tuple(found)


def variable(
    node: Node,
    declarator: Node | None,
    scope: Span,
    constants: Constants,
    *,
    parameter: bool = False,
) -> Variable | None:
    """One declarator of a declaration; None for one of a function."""
    base = field(node, "type")
    dims: list[Node | None] = []
    passed, initial, inner = "value", "", declarator
    while inner is not None and inner.type not in _NAMES:
        if inner.type in ("function_declarator", "abstract_function_declarator"):
            return None
        if inner.type.endswith("array_declarator"):
            dims.append(field(inner, "size"))
        elif "reference_declarator" in inner.type:
            passed = "reference"
        elif "pointer_declarator" in inner.type:
            passed = "pointer"
        elif inner.type == "init_declarator":
            initial = flat(field(inner, "value"))
        inner = within(inner)
    if base is None or (inner is None and not parameter):
        return None
    dims.reverse()
    qualifiers = [text(c) for c in node.children if c.type == "type_qualifier"]
    return Variable(
        name=text(inner),
        type=_compact(flat(base)),
        dims=tuple(map(flat, dims)),
        sizes=tuple(fold.value(dim, constants) for dim in dims),
        passed=passed,
        const="const" in qualifiers or "constexpr" in qualifiers,
        parameter=parameter,
        initial=initial,
        span=span(node if parameter or declarator is None else declarator),
        scope=scope,
    )


def within(declarator: Node) -> Node | None:
    """The declarator within one: of `(&a)[3]` first `(&a)`, then `&a`, then `a`."""
    inner = field(declarator, "declarator")
    if inner is not None:
        return inner
    return next(
        (c for c in declarator.named_children if c.type in _NAMES or "declarator" in c.type), None
    )


def _compact(text: str) -> str:
    """A type in one spelling: no blanks but between words."""
    words = text.replace("<", " < ").replace(">", " > ").replace(",", " , ").split()
    joined = " ".join(words).replace(" ::", "::").replace(":: ", "::")
    return joined.replace(" <", "<").replace("< ", "<").replace(" >", ">").replace(" ,", ",")
