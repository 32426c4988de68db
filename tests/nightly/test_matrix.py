"""configs/nightly.yml: what it means, and every fault of it with line and nearest name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from bitwright import design
from bitwright.errors import ConfigError
from bitwright.nightly.matrix import DEFAULT, read_matrix
from bitwright.sweep import Member
from hypothesis import given
from hypothesis import strategies as st

from tests.front.toy import ROOT

GOOD = """\
configs: [tiny, gpt2-medium]
targets: [ulx3s-85f]
seeds: [1, 2]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    return tmp_path


def read(root: Path, text: str) -> list[str]:
    (root / "m.yml").write_text(text)
    return [str(member) for member in read_matrix(root / "m.yml", root, "m.yml").members]


def test_the_matrix_that_we_ship_is_read_and_small():
    found = read_matrix(ROOT / DEFAULT, ROOT).members
    assert Member("tiny", "ulx3s-85f", 3) in found
    assert Member("gpt2-medium", "ulx3s-85f", 1) in found
    assert len(found) <= 4


def test_every_config_is_built_on_every_target_with_every_seed(root: Path):
    assert read(root, GOOD) == [
        "tiny ulx3s-85f seed-1", "tiny ulx3s-85f seed-2",
        "gpt2-medium ulx3s-85f seed-1", "gpt2-medium ulx3s-85f seed-2",
    ]  # fmt: skip


def test_without_targets_a_config_is_built_on_its_own(root: Path):
    found = read(root, "configs: [gpt2-medium]\nseeds: [1]\n")
    own = design.read_config(Path("configs/gpt2-medium.yml"), ROOT).targets
    assert found == [f"gpt2-medium {target} seed-1" for target in own]


def test_an_exclusion_drops_all_that_agree_and_an_inclusion_adds_one(root: Path):
    text = GOOD + "exclude: [{config: tiny, seed: 2}, {seed: 1}]\n"
    text += "include: [{config: tiny, target: ulx3s-85f, seed: 9, clock_mhz: 62.5}]\n"
    assert read(root, text) == [
        "gpt2-medium ulx3s-85f seed-2",
        "tiny ulx3s-85f seed-9-clock_mhz-62.5",
    ]


FAULTS = {
    "configs: [tinny]\nseeds: [1]": r"m.yml:1: configs: .*'tinny'; did you mean 'tiny'\?",
    "configs: [nightly]\nseeds: [1]": r"m.yml:1: configs: .*'nightly'",
    "configs: [tiny]\nseeds: [x]": "m.yml:2: seeds: expected a whole number from 0",
    "configs: [tiny]\nseeds: [1, 1]": "m.yml:2: seeds: 1 is listed twice",
    "configs: [tiny]\nseeds: []": "m.yml:2: seeds: expected a list, found an empty list",
    "configs: tiny\nseeds: [1]": "m.yml:1: configs: expected a list, found 'tiny'",
    "configs: [tiny]": "m.yml:1: missing seeds",
    "configs: [tiny]\nseds: [1]": r"m.yml:2: unknown key 'seds'; did you mean 'seeds'\?",
    GOOD + "targts: [u280]": r"m.yml:4: unknown key 'targts'; did you mean 'targets'\?",
    GOOD.replace("ulx3s-85f", "ulx3s"): r"m.yml:2: targets: .*did you mean 'ulx3s-85f'\?",
    GOOD + "exclude: [{seed: 3}]": "m.yml:4: exclude: it agrees with no build",
    GOOD + "exclude: [{}]": "m.yml:4: exclude: it agrees with no build",
    GOOD + "exclude: [{sed: 3}]": r"m.yml:4: unknown key 'sed'; did you mean 'seed'\?",
    GOOD + "exclude: tiny": "m.yml:4: exclude: expected a list",
    GOOD + "exclude: [{seed: 1}, {seed: 2}]": "m.yml:1: no build is left",
    GOOD + "include: [{config: tiny, seed: 1}]": "m.yml:4: include: missing target",
    GOOD + "include: [{config: tiny, target: ulx3s-85f, seed: 1}]": "m.yml:4: .* already",
    "[]": "m.yml:1: expected a mapping",
    "": "m.yml:1: empty",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_told_with_its_line(root: Path, text: str):
    with pytest.raises(ConfigError) as caught:
        read(root, text)
    assert re.search(FAULTS[text], str(caught.value)), caught.value


def test_all_faults_are_told_in_one_pass(root: Path):
    with pytest.raises(ConfigError) as caught:
        read(root, "configs: [tinny]\nseeds: [x]\ntargets: [y]\n")
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["1", "2", "3"]


@given(st.text(max_size=60))
def test_any_text_is_a_matrix_or_a_fault(text: str):
    folder = ROOT / "build/.pytest_cache"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "any.yml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    try:
        assert read_matrix(path, ROOT, "any.yml").members
    except ConfigError as error:
        assert str(error).startswith("any.yml:")


def test_no_config_is_called_nightly():
    assert "nightly" not in design.names(ROOT)
    with pytest.raises(ConfigError, match="no 'nightly' in configs/"):
        design.load("nightly", root=ROOT)
