"""The parts of the steps: what is rendered, quoted, read and shown."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError
from bitwright.reports.bitstream import parse_bitstream
from bitwright.steps import implement, includes, nextpnr, recipe, stored, synthesize
from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = st.lists(st.text(st.characters(exclude_characters="\0\n\r", codec="utf-8")), max_size=5)


@given(WORDS)
@settings(max_examples=25, deadline=None)
def test_every_word_of_a_step_survives_make_and_the_shell(words: list[str]) -> None:
    code = "import json, sys; print(json.dumps(sys.argv[1:]))"
    step = Step("s", Path("work/s"), (), (), ("python", "-c", code, *words))
    line = recipe.for_make(recipe.shell(step, "."))
    done = subprocess.run(
        ["make", "-sf", "-"], input=f"all:\n\t@sh -c {line}\n", capture_output=True, text=True
    )
    assert json.loads(done.stdout) == words, done.stderr


def test_a_line_break_is_refused_where_no_recipe_could_hold_it() -> None:
    with pytest.raises(ValueError, match="line break"):
        recipe.for_make("a\nb")


@given(st.text(st.characters(codec="ascii", exclude_characters="\0\r")))
def test_text_parameters_are_quoted_for_systemverilog(text: str) -> None:
    found = synthesize.literal(text)
    assert found[0] == found[-1] == '"' and "\n" not in found
    assert not re.search(r'(?<!\\)(\\\\)*"', found[1:-1])


@pytest.mark.parametrize("value, found", [(True, "1"), (False, "0"), (7, "7"), (-3, "-3")])
def test_numbers_and_truth_are_literals(value: object, found: str) -> None:
    assert synthesize.literal(value) == found


def test_values_in_a_synthesis_script_are_literals_whatever_they_hold() -> None:
    name = 'it\'s "odd" $(x).sv'
    sources = synthesize.Sources(top="top", files=(name,), defines=(("A", "'b\\"),))
    text = synthesize.script(sources, "..")
    compile(text, "script", "exec")
    assert repr(f"../{name}") in text and repr("A='b\\") in text


@pytest.mark.parametrize(
    "device, option",
    [
        ("LFE5U-85F", "--85k"),
        ("LFE5U-12F", "--12k"),
        ("LFE5UM-45F", "--um-45k"),
        ("LFE5UM5G-25F", "--um5g-25k"),
        ("85k", "--85k"),
        ("um5g-45k", "--um5g-45k"),
    ],
)
def test_devices_are_known_by_both_names(device: str, option: str) -> None:
    assert implement.Part(device, "CABGA381", "6").options()[0] == option


@pytest.mark.parametrize("device", ["", "LFE5U-85", "xc7a35t", "85k --seed 3", "LFE5UX-85F"])
def test_other_devices_are_refused(device: str) -> None:
    with pytest.raises(ConfigError, match="expected LFE5U-85F or the like"):
        implement.Part(device, "CABGA381", "6").options()


@pytest.mark.parametrize(
    "line, phase",
    [
        ("Info: Packing IOs..", "packing"),
        ("Info:     at iteration #12, type ALL: wirelen solved = 7", "placing, iteration 12"),
        (
            "Info:   at iteration #15: temp = 0.000000, timing cost = 93, wirelen = 779",
            "refining the placement, iteration 15",
        ),
        (
            "Info:       771 |     334        418 |  334   418 |        96|       0.69       0.69|",
            "routing, 96 arcs left",
        ),
        ("Info: Critical path report for clock 'x'", "timing"),
        ("Info: Device utilisation:", ""),
    ],
)
def test_the_phase_of_place_and_route_is_told_by_its_output(line: str, phase: str) -> None:
    matches = ((re.search(pattern, line), text) for pattern, text in implement.PHASES)
    assert next((match.expand(text) for match, text in matches if match), "") == phase


def test_a_placement_is_one_cell_a_line_in_order_of_name() -> None:
    """Other bytes need another implement.PLACEMENT_FORMAT: what reads them is in no key."""
    place = {"NEXTPNR_BEL": "X1/Y2/SLICEA.K0"}
    cells = {
        "b": {"type": "TRELLIS_FF", "attributes": {"NEXTPNR_BEL": "X3/Y4/SLICED.FF1"}},
        "a.q": {"type": "TRELLIS_COMB", "attributes": place | {"NEXTPNR_STRENGTH": "1"}},
        "unplaced": {"type": "GND", "attributes": {}},
    }
    text = nextpnr.placement(json.dumps({"modules": {"top": {"cells": cells}}}))
    assert (implement.PLACEMENT_FORMAT, text) == (
        "1",
        '{\n"a.q": ["X1/Y2/SLICEA.K0", "TRELLIS_COMB"],\n'
        '"b": ["X3/Y4/SLICED.FF1", "TRELLIS_FF"]\n}\n',
    )
    with pytest.raises(ValueError, match="no cell has a place"):
        nextpnr.placement('{"modules": {"top": {"cells": {}}}}')


def test_includes_are_followed_through_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "top.sv").write_text('`include "near.svh"\n// `include "remark.svh"\n')
    (tmp_path / "near.svh").write_text('  `include "far.svh"\n`include "nowhere.svh"\n')
    (tmp_path / "inc" / "far.svh").write_text("#include <near.svh>\n")
    (tmp_path / "remark.svh").write_text("")
    top, near, far = (str(tmp_path / name) for name in ("top.sv", "near.svh", "inc/far.svh"))
    found = includes.included([top], [str(tmp_path / "inc"), str(tmp_path)])
    assert found == {near: top, far: near}


def test_a_stored_step_is_the_step() -> None:
    step = Step(
        "name",
        Path("build/x"),
        (Path("a"), Path("../b")),
        (Path("build/x/out"),),
        ("python", "-c", "pass"),
        scripts=(("s.py", "text\n"),),
        settings=(("seed", "1"),),
        env=(("A", "b"),),
        tools=(Tool("t", "1", "/t"),),
        after=("before",),
        phases=((r"^(\d+)", r"\1"),),
        errors=("x",),
        title="Title",
        limit_s=1.5,
        limit_mib=7,
    )
    assert stored.from_json(json.loads(json.dumps(stored.to_json(step)))) == step


# --- packing --------------------------------------------------------------------------------------

ROUTED = """.device LFE5U-25F

.comment Part: LFE5U-25F-6CABGA381

.tile R10C10:PLC2
arc: A0 F5
word: SLICEA.K0.INIT 0111111111111111

.bram_init 1
{words}
"""


@pytest.fixture
def routed(tmp_path: Path) -> Path:
    path = tmp_path / "implement" / "routed.config"
    path.parent.mkdir()
    (tmp_path / "bitstream").mkdir()
    words = "\n".join(
        " ".join(f"{8 * row + i & 0x1FF:03x}" for i in range(8)) for row in range(256)
    )
    path.write_text(ROUTED.format(words=words))
    (path.parent / "record.json").write_text('{"key": "cafe0123' + 56 * "0" + '"}')
    return path


def pack(routed: Path, *arguments: str, before: str = "") -> tuple[int, str, Path]:
    """Exit status, output, bitstream. before: Python that runs first, in the packing process."""
    folder = routed.parents[1] / "bitstream"
    call = ["--config", "../implement/routed.config", "--key", "../implement/record.json"]
    code = f"import sys\nfrom bitwright.steps import ecppack\n{before}\n"
    code += "sys.exit(ecppack.main(sys.argv[1:]))"
    command = [sys.executable, "-s", "-c", code, *call, "--bit", "x.bit", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr, folder / "x.bit"


@pytest.mark.parametrize("arguments", [(), ("--compress",), ("--", "--freq", "62.0")])
def test_a_bitstream_carries_the_head_of_the_key(routed: Path, arguments: tuple[str, ...]) -> None:
    status, output, bit = pack(routed, *arguments)
    assert status == 0, output
    assert parse_bitstream(bit.read_bytes(), origin=bit).usercode == 0xCAFE0123


@pytest.mark.parametrize(
    "before, told",
    [
        (
            "old = ecppack.pack\n"
            "def pack(config, *rest):\n"
            "    from pathlib import Path\n"
            "    Path('lost').write_text(config.read_text().replace('arc: A0 F5\\n', ''))\n"
            "    old(Path('lost'), *rest)\n"
            "ecppack.pack = pack",
            "line 6: arc: A0 F5",
        ),
        (
            "old = ecppack.pack\necppack.pack = lambda c, u, *rest: old(c, u + 1, *rest)",
            "USERCODE: expected cafe0123, found cafe0124",
        ),
    ],
)
def test_a_bitstream_that_is_not_what_was_routed_gets_no_name(
    routed: Path, before: str, told: str
) -> None:
    status, output, bit = pack(routed, before=before)
    assert status == 1
    assert "Error: the bitstream is not what was packed" in output and told in output
    assert not bit.exists()


def test_a_configuration_that_cannot_be_packed_is_told(routed: Path) -> None:
    routed.write_text(routed.read_text().replace("arc: A0 F5", "arc: A0 NOWHERE"))
    status, output, bit = pack(routed)
    assert status == 1
    assert "Error: ecppack crashed" in output and "Error: ecppack failed" in output
    assert not bit.exists()


def test_words_of_a_step_are_joined_for_people_as_for_the_shell() -> None:
    step = Step("s", Path("w/s"), (), (), ("tool", "a b"), env=(("K", "v w"),))
    assert shlex.split(recipe.shell(step, "s"))[-4:] == ["env", "K=v w", "tool", "a b"]


@pytest.mark.parametrize(
    "line",
    [
        "../../../../cores/systolic/rtl/systolic_pe.sv:15: ERROR: expected ','",
        "top.sv:3:9: error: use of undeclared identifier 'x'",
        "ERROR: Design elaboration failed",
    ],
)
def test_what_is_wrong_with_a_source_is_among_the_lines_a_failure_shows(line: str):
    assert any(re.search(pattern, line) for pattern in synthesize.ERRORS)
