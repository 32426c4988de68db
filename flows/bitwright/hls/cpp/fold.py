"""Constant folding over tree-sitter's nodes: sizes of arrays, trip counts of loops."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from tree_sitter import Node

from bitwright.hls.cpp.nodes import field, text

MAX_DEPTH = 30  # of an expression that is folded
MAX_VALUE = 2**64
_SUFFIXES = "uUlL"
_TESTS: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
}


def literal(written: str) -> int | None:
    """The value of an integer literal of C++; None of anything else."""
    digits = written.lstrip("-+").rstrip(_SUFFIXES).replace("'", "")
    if not digits[:1].isdigit() or len(digits) > 20:
        return None
    octal = digits.isdigit() and digits != "0" and digits.startswith("0")
    try:
        number = int(digits, 8 if octal else 0)
    except ValueError:
        return None
    return -number if written.startswith("-") else number  # the grammar takes -1 for one literal


def value(node: Node | None, constants: Mapping[str, int], depth: int = 0) -> int | None:
    """The value of an expression of integer literals and known constants; None of another."""
    if node is None or depth > MAX_DEPTH:
        return None
    if node.type == "number_literal":
        return literal(text(node))
    if node.type == "identifier":
        return constants.get(text(node))
    if node.type == "parenthesized_expression" and node.named_children:
        return value(node.named_children[-1], constants, depth + 1)
    sign = _operator(node)
    if node.type == "unary_expression" and sign == "-":
        inner = value(field(node, "argument"), constants, depth + 1)
        return None if inner is None else -inner
    if node.type != "binary_expression":
        return None
    left = value(field(node, "left"), constants, depth + 1)
    right = value(field(node, "right"), constants, depth + 1)
    return None if left is None or right is None else _calculate(left, sign, right)


def _operator(node: Node) -> str:
    return text(field(node, "operator"))


def _calculate(left: int, sign: str, right: int) -> int | None:
    """As C++ does it: division goes towards zero."""
    if sign in ("/", "%"):
        if right == 0:
            return None
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if sign == "/" else left - quotient * right
    if sign in ("<<", ">>"):
        if not 0 <= right < 64 or left < 0:
            return None
        result = left << right if sign == "<<" else left >> right
    elif sign in ("+", "-", "*"):
        result = {"+": left + right, "-": left - right, "*": left * right}[sign]
    else:
        return None
    return result if abs(result) < MAX_VALUE else None


def trips(loop: Node, constants: Mapping[str, int]) -> tuple[str, int | None]:
    """The counter of a for statement, and how often its body runs.

    The counter is "" where none is recognised; the number is None where it is not a constant or
    the loop does not end.
    """
    counter, start = _start(field(loop, "initializer"), constants)
    test = field(loop, "condition")
    if not counter or test is None or text(field(test, "left")) != counter:
        return counter, None
    end = value(field(test, "right"), constants)
    stride = _stride(field(loop, "update"), counter, constants)
    sign = _operator(test)
    if start is None or end is None or stride is None or sign not in _TESTS:
        return counter, None
    if not _TESTS[sign](start, end):
        return counter, 0
    return counter, _turns(start, sign, end, stride)


def _turns(start: int, sign: str, end: int, stride: int) -> int | None:
    """How often a loop runs that runs once; None where it does not end."""
    if stride == 0:
        return None
    if sign == "!=":
        turns, rest = divmod(end - start, stride)
        return None if rest or turns < 0 else turns
    up = sign.startswith("<")
    if up != (stride > 0):
        return None
    stop = end + (1 if up else -1) * sign.endswith("=")
    return -((start - stop) // stride)


def _start(node: Node | None, constants: Mapping[str, int]) -> tuple[str, int | None]:
    """Name and first value of `int i = 0` or `i = 0`."""
    if node is None:
        return "", None
    if node.type == "declaration":
        declarators = node.children_by_field_name("declarator")
        if len(declarators) != 1 or declarators[0].type != "init_declarator":
            return "", None
        name = declarators[0].child_by_field_name("declarator")
        return text(name), value(declarators[0].child_by_field_name("value"), constants)
    if node.type == "assignment_expression" and _operator(node) == "=":
        name = field(node, "left")
        return text(name), value(field(node, "right"), constants)
    return "", None


def _stride(node: Node | None, counter: str, constants: Mapping[str, int]) -> int | None:
    """What one turn adds to the counter; None where that is not a constant."""
    if node is None:
        return None
    sign = _operator(node)
    if node.type == "update_expression":
        return {"++": 1, "--": -1}[sign] if text(node).strip("+-") == counter else None
    if node.type != "assignment_expression" or text(field(node, "left")) != counter:
        return None
    right = field(node, "right")
    if sign == "=" and right is not None and right.type == "binary_expression":
        sign = f"{_operator(right)}="
        if text(field(right, "left")) != counter:
            return None
        right = field(right, "right")
    step = value(right, constants)
    return {"+=": step, "-=": -step}.get(sign) if step is not None else None
