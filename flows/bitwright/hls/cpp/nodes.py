"""What is asked of tree-sitter's nodes everywhere: where they stand, what they say."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from bitwright.hls.source import Span

_PARTS = (  # of a variable: what they are part of stands in them
    *("subscript_expression", "pointer_expression", "parenthesized_expression"),
    "field_expression",
)


def line(node: Node) -> int:
    return node.start_point.row + 1


def span(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte, line(node))


def text(node: Node | None) -> str:
    """As written; "" of no node."""
    return (node.text or b"").decode() if node is not None else ""


def flat(node: Node | None) -> str:
    """The text of a node with single blanks, without comments."""
    if node is None:
        return ""
    parts, stack = [], [node]
    if not any(child.type == "comment" for child in node.children):
        return " ".join(text(node).split())
    while stack:
        found = stack.pop()
        if found.type == "comment":
            continue
        if found.child_count:
            stack.extend(reversed(found.children))
        else:
            parts.append(text(found))
    return " ".join(parts)


def field(node: Node, name: str) -> Node | None:
    return node.child_by_field_name(name)


def names(node: Node) -> Iterator[str]:
    """Every identifier in an expression."""
    stack = [node]
    while stack:
        found = stack.pop()
        if found.type == "identifier":
            yield text(found)
        stack.extend(found.named_children)


def base(node: Node | None) -> str:
    """The variable that an expression is, or is a part of; "" of anything else."""
    while node is not None and node.type != "identifier":
        if node.type not in _PARTS:
            return ""
        node = field(node, "argument") or next(iter(node.named_children), None)
    return text(node)


def plain(node: Node) -> str:
    """A name or a literal, out of its parentheses and casts; "" of anything else."""
    found: Node | None = node
    while found is not None and found.type in ("parenthesized_expression", "cast_expression"):
        found = field(found, "value") or next(iter(found.named_children), None)
    if found is None:
        return ""
    inner = field(found, "argument") if found.type == "unary_expression" else found
    kinds = ("identifier", "number_literal")
    return flat(found) if inner is not None and inner.type in kinds else ""


def function_name(node: Node | None) -> str:
    """`f` of f, a::f and f<3>."""
    while node is not None and node.type in ("qualified_identifier", "template_function"):
        node = field(node, "name")
    return text(node)
