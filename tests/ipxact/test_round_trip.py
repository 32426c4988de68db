"""Component -> component.xml -> Component, for public files and for anything the model can hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from bitwright.errors import BitwrightError, ConfigError, ReportError
from bitwright.ipxact import read, write
from bitwright.ipxact.model import Component, Vlnv, number
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.ipxact import corpus
from tests.ipxact.strategies import components
from tests.ipxact.structure import faults

HERE = Path("component.xml")
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"  # on one element of many alike
SMALL = Component(Vlnv("bitwright", "rtl", "small", "1.0"), doc='a < b & c\'s "d"')
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck))


@given(components)
@settings(QUICK, max_examples=60)
def test_every_component_comes_back_as_it_was_written(component: Component):
    text = write.write(component)
    assert read.whole(text, origin=HERE) == (component, ())
    assert write.write(component) == text


def _same(one: Element, other: Element, way: str) -> Iterator[str]:
    """Where two elements differ: tags, their order, attributes, texts."""
    here, there = ([child.tag for child in node] for node in (one, other))
    if here != there:
        yield f"{way}: {here} | {there}"
    attributes = [{k: v for k, v in node.items() if k != XSI_TYPE} for node in (one, other)]
    texts = [(node.text or "").strip() for node in (one, other)]
    if attributes[0] != attributes[1] or texts[0] != texts[1]:
        yield f"{way}: {attributes[0]} {texts[0]} | {attributes[1]} {texts[1]}"
    for below, other_below in zip(one, other, strict=False):
        yield from _same(below, other_below, f"{way}/{below.tag}")


@corpus.needed
@pytest.mark.parametrize("path", corpus.FILES, ids=lambda path: path.name[:-14])
def test_a_public_file_is_written_as_its_tool_wrote_it(path: Path):
    text = corpus.text(path)
    original = fromstring(read._without_declaration(text).strip().encode())
    written = fromstring(write.write(read.read(text, origin=path)).encode())
    assert list(_same(original, written, "")) == []


@corpus.needed
@pytest.mark.parametrize("path", corpus.FILES, ids=lambda path: path.name[:-14])
def test_a_public_file_is_read_whole_written_and_read_again(path: Path):
    component, left = read.whole(corpus.text(path), origin=path)
    assert left == ()
    assert component.ports and component.views and component.core.tool_version
    text = write.write(component)
    assert read.whole(text, origin=HERE) == (component, ())
    assert faults(text) == []


def test_a_comment_before_the_xml_declaration_is_let_pass():
    text = write.write(SMALL)
    licence = "\ufeff<!-- licence,\nof several lines --> <!--and more-->\n"
    assert read.read(licence + text, origin=HERE) == SMALL
    broken = licence + text.replace("<spirit:name>small</spirit:name>", "<spirit:name/>")
    with pytest.raises(ReportError, match=r"component\.xml:4: spirit:component without its name"):
        read.read(broken, origin=HERE)


def _with(text: str, body: str) -> str:
    """The document with something more, on the line of its root."""
    return re.sub(r"(<spirit:component [^>]*>)\n *", lambda found: found[1] + body, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no complete XML"),
        ("<!-- never ends", "no complete XML"),
        ("<component/>", "no IP-XACT component"),
        ('<!DOCTYPE c [<!ENTITY e "x">]><c>&e;</c>', "cannot be trusted"),
        ('<!DOCTYPE c SYSTEM "http://127.0.0.1/c.dtd"><c/>', "cannot be trusted"),
        (_with(write.write(SMALL), "<spirit:model/><spirit:model/>"), "two spirit:model"),
        (write.write(SMALL).replace("spirit:vendor", "spirit:other"), "without its vendor"),
        (write.write(SMALL).replace(">small<", "><"), "without its name"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, message: str):
    with pytest.raises(ReportError, match=rf"^component\.xml:\d+: .*{message}"):
        read.read(text, origin=HERE)


def test_a_bus_interface_of_no_mode_is_refused():
    body = (
        '<spirit:busInterface><spirit:name>a</spirit:name><spirit:busType spirit:vendor="v"'
        ' spirit:library="l" spirit:name="n" spirit:version="1"/></spirit:busInterface>'
    )
    text = _with(write.write(SMALL), f"<spirit:busInterfaces>{body}</spirit:busInterfaces>")
    with pytest.raises(ReportError, match="without its mode"):
        read.read(text, origin=HERE)


def test_elements_that_no_value_holds_are_named():
    text = _with(write.write(SMALL), "<spirit:cpus><spirit:cpu/></spirit:cpus>")
    component, left = read.whole(text, origin=HERE)
    assert component == SMALL
    assert left == ("component.xml:2: spirit:component/spirit:cpus",)


def test_a_text_that_is_too_large_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read, "LARGEST", 100)
    with pytest.raises(ReportError, match="too large"):
        read.read(write.write(SMALL), origin=HERE)


def test_a_file_that_is_no_text_or_not_there_is_an_error_with_its_place(tmp_path: Path):
    path = tmp_path / "component.xml"
    with pytest.raises(ConfigError, match="cannot be read"):
        read.load(path)
    with pytest.raises(ConfigError, match="regular file"):
        read.load(Path("/dev/zero"))
    path.write_bytes(b"<a>\n\xff</a>")
    with pytest.raises(ReportError, match=r":2: this is no text"):
        read.load(path)


def test_a_character_that_no_xml_can_hold_is_not_written():
    with pytest.raises(ConfigError, match="no XML can hold"):
        write.write(Component(SMALL.vlnv, doc="a\x00b"))


def _damaged(text: str, draw: st.DataObject) -> str:
    """The text with a few characters taken out, repeated or replaced."""
    for _ in range(draw.draw(st.integers(1, 4))):
        start = draw.draw(st.integers(0, len(text)))
        end = min(len(text), start + draw.draw(st.integers(0, 200)))
        other = draw.draw(
            st.sampled_from(["", "<", ">", "&#0;", "spirit:", "-->", "\x00", text[:80]])
        )
        text = text[:start] + other + text[end:]
    return text


@given(st.data())
@settings(QUICK, max_examples=150)
def test_damage_is_an_error_of_ours_or_another_component(data: st.DataObject):
    source = data.draw(st.sampled_from([write.write(SMALL), *map(corpus.text, corpus.FILES[:8])]))
    try:
        component = read.read(_damaged(source, data), origin=HERE)
    except BitwrightError as error:
        assert re.match(r"component\.xml(:\d+)?: ", str(error))
    else:
        assert isinstance(component, Component)


@given(st.text(max_size=12))
@example("0x" + "f" * 60)
@example("16E")
def test_a_number_is_a_number_or_none(text: str):
    found = number(text)
    assert found is None or isinstance(found, int)


def test_numbers_are_read_as_the_standard_writes_them():
    assert [number(text) for text in ("4096", "0x1000", "4K", "16E", "0x1E", "x", "")] == [
        *(4096, 4096, 4096, 1 << 64, 30),
        *(None, None),
    ]
