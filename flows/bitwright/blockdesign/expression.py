"""The small language of the catalogue: `NUM_SI - 1`, `C_IS_DUAL and C_GPIO2_WIDTH > 8`, `64K`.

Names are parameters of the IP, or what an `each` counts; there is arithmetic, comparison, and/or/
not, `x if c else y`, `x in [a, b]`, and log2 (rounded up), min, max, like and total:
`like(C_BUF_TYPE, 'bufg*')` matches a pattern in small or capital letters, `total('IN*_WIDTH', 2)`
is IN0_WIDTH + IN1_WIDTH. Numbers may end in K, M, G or T as in Vivado (64K = 65536). A parameter's
text counts as a number when it looks like one, and true and false are 1 and 0, for Vivado takes
either. Text in braces is filled in before: with i = 3, `CLKOUT{i}_USED` is `CLKOUT3_USED` and
`S{i:02}_AXI` is `S03_AXI`.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

Value = int | float | str
Names = Mapping[str, Value]

HIGHEST = 2**80  # no number of an IP comes near; what goes beyond is no expression of ours
_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_WORDS = {"true": 1, "false": 0}
_UNIT = re.compile(r"\b(\d+)([KMGT])\b")
_HOLE = re.compile(r"\{(\w+)(?::(\d+))?\}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,24}(\.\d{0,24})?|0[xX][0-9a-fA-F]{1,20})", re.ASCII)
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


class ExpressionError(ValueError):
    """The text is no expression of this language, or its values do not fit together."""


def value(text: str) -> Value:
    """A parameter's text as expressions see it: a number, 1 and 0 for true and false, or text."""
    lower = text.strip().lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if not _NUMBER.fullmatch(lower):
        return text
    if "x" in lower:
        return int(lower, 16)
    return float(lower) if "." in lower else int(lower)


def fill(text: str, names: Names) -> str:
    """Text with every {name} filled in, inner ones first; ExpressionError for an unknown name."""

    def found(match: re.Match[str]) -> str:
        if match[1] not in names:
            raise ExpressionError(f"unknown name {match[1]!r} in {text!r}")
        known = names[match[1]]
        return f"{known:0{match[2]}d}" if match[2] and isinstance(known, int) else str(known)

    for _ in range(3):
        if "{" not in text:
            break
        text = _HOLE.sub(found, text)
    return text


def evaluate(text: str, names: Names) -> Value:
    """What an expression gives; ExpressionError if it is none, or names something unknown."""
    try:
        found = _value(_parse(text), names)
    except (TypeError, ArithmeticError, ValueError, RecursionError) as error:
        raise ExpressionError(f"{text!r}: {error}") from None
    if not isinstance(found, int | float | str):
        raise ExpressionError(f"{text!r} gives no value")
    return found


def names_in(text: str) -> frozenset[str]:
    """The names that an expression uses; ExpressionError if it is none."""
    return frozenset(node.id for node in ast.walk(_parse(text)) if isinstance(node, ast.Name)) - {
        *("log2", "min", "max", "total", "like", *_WORDS),
    }


@lru_cache(maxsize=4096)
def _parse(text: str) -> ast.expr:
    plain = _UNIT.sub(lambda match: str(int(match[1]) * _UNITS[match[2]]), text)
    try:
        if len(plain) > 400:
            raise ExpressionError(f"{text[:60]!r}...: longer than 400 characters")
        return ast.parse(plain.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ExpressionError(f"{text!r} is no expression: {reason}") from None


def _value(node: ast.AST, names: Names) -> Any:
    match node:
        case ast.Constant(value=int() | float() | str() as constant):
            return constant
        case ast.Name(id=name):
            if name in _WORDS:
                return _WORDS[name]
            if name not in names:
                raise ExpressionError(f"unknown name {name!r}")
            return names[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _bounded(_BINARY[type(op)](_number(left, names), _number(right, names)))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _number(left, names), _number(right, names)
            if base != 2 or not isinstance(power, int) or not 0 <= power <= 80:
                raise ExpressionError("only powers of 2 up to 2 ** 80")
            return 1 << power
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return int(not _value(operand, names))
        case ast.BoolOp(op=op, values=values):
            each = (bool(_value(one, names)) for one in values)
            return int(all(each) if isinstance(op, ast.And) else any(each))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, names) else orelse, names)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _BINARY:
            return int(_BINARY[type(op)](_value(left, names), _value(right, names)))
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item, names) for item in items]
        case ast.Call(func=ast.Name(id="log2"), args=[one], keywords=[]):
            return max(0, (int(_number(one, names)) - 1).bit_length())
        case ast.Call(func=ast.Name(id="min" | "max" as which), args=items, keywords=[]) if items:
            numbers = [_number(item, names) for item in items]
            return min(numbers) if which == "min" else max(numbers)
        case ast.Call(func=ast.Name(id="total"), args=[ast.Constant(value=str(name)), many]):
            count = min(int(_number(many, names)), 1024)
            parts = [names.get(name.replace("*", str(index)), 0) for index in range(count)]
            return sum(part for part in parts if isinstance(part, int | float))
        case ast.Call(func=ast.Name(id="like"), args=[one, ast.Constant(value=str(pattern))]):
            return int(fnmatchcase(str(_value(one, names)).lower(), pattern.lower()))
    raise ExpressionError("this may not stand in an expression")


def _number(node: ast.AST, names: Names) -> int | float:
    found = _value(node, names)
    if not isinstance(found, int | float):
        raise ExpressionError(f"{found!r} is no number")
    return found


def _bounded(number: int | float) -> int | float:
    if abs(number) > HIGHEST:
        raise ExpressionError("beyond 2 ** 80")
    return number
