"""Directives: `#pragma HLS ...` becomes a Pragma."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType

from tree_sitter import Node

from bitwright.hls.cpp.nodes import field, line, text
from bitwright.hls.source import Pragma, Span


def pragma(node: Node, loop: int | None) -> Iterator[Pragma]:
    """`#pragma HLS ...`; nothing for other directives."""
    directive = field(node, "directive")
    argument = field(node, "argument")
    if directive is None or argument is None:
        return
    spoken = uncommented(text(argument)).replace("\\\r\n", " ").replace("\\\n", " ")
    words = re.sub(r"\s*=\s*", "=", spoken).split()
    spelled = re.sub(r"\s", "", text(directive))
    if spelled != "#pragma" or len(words) < 2 or words[0].lower() != "hls":
        return
    end = argument.start_byte + len(text(argument).rstrip().encode())
    pairs = (word.split("=", 1) for word in words[2:] if "=" in word)
    yield Pragma(
        directive=words[1].lower(),
        words=tuple(word.lower() for word in words[2:] if "=" not in word),
        options=MappingProxyType({name.lower(): value for name, value in pairs}),
        loop=loop,
        span=Span(node.start_byte, end, line(node)),
    )


def uncommented(text: str) -> str:
    """What stands before a comment on the line of a directive."""
    return text.split("//")[0].split("/*")[0]
