"""The values of expressions that stand where the grammar sees none: in directives and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import tree_sitter_cpp
from tree_sitter import Language, Parser

from bitwright.hls.cpp import fold
from bitwright.hls.cpp.nodes import field

MAX_LENGTH = 200  # of an expression that is looked at


def value(text: str, constants: Mapping[str, int]) -> int | None:
    """The value of an expression of integer literals and known constants; None of another."""
    plain = fold.literal(text)
    if plain is not None or text.isidentifier() or not text or len(text) > MAX_LENGTH:
        return plain if plain is not None else constants.get(text)
    root = _parser().parse(f"int x = {text};".encode()).root_node
    if root.has_error or len(root.named_children) != 1:
        return None
    declarator = field(root.named_children[0], "declarator")
    return None if declarator is None else fold.value(field(declarator, "value"), constants)


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_cpp.language()))
