"""Component -> component.xml: the same bytes for the same component, laid out as Vivado does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitwright.errors import ConfigError
from bitwright.ipxact.layout import COMPONENT
from bitwright.ipxact.model import Component
from bitwright.ipxact.parts import SPACES, Element

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;", "\r": "&#13;"}
_BLANKS = {"\n": "&#10;", "\t": "&#9;"}  # an attribute's would come back as spaces


def write(component: Component) -> str:
    """The text of its component.xml. ConfigError for a character that no XML can hold."""
    root = COMPONENT.write(component, "spirit:component")
    spaces = tuple((f"xmlns:{prefix}", uri) for prefix, uri in SPACES.items())
    document = Element(root.tag, spaces, "", root.children)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_lines(document, "")]
    return "\n".join(lines) + "\n"


def _lines(element: Element, indent: str) -> Iterator[str]:
    marks = "".join(
        f' {name}="{escaped(value, MARKS | _BLANKS)}"' for name, value in element.attributes
    )
    if not element.children:
        text = escaped(element.text, MARKS)
        end = f">{text}</{element.tag}>" if text else "/>"
        yield f"{indent}<{element.tag}{marks}{end}"
        return
    yield f"{indent}<{element.tag}{marks}>"
    for child in element.children:
        yield from _lines(child, indent + "  ")
    yield f"{indent}</{element.tag}>"


def escaped(text: str, marks: dict[str, str]) -> str:
    """A text as XML has it. ConfigError for a character that no XML can hold."""
    if wrong := _NO_XML.search(text):
        raise ConfigError(f"component.xml: no XML can hold the character {wrong[0]!r} in {text!r}")
    return "".join(marks.get(character, character) for character in text)
