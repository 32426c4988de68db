"""A change of one kernel keeps the synthesis of every other IP: the IDs in the IP cache.

The keys of the steps before are told in test_plan.py; this is run with the stand-in for Vivado.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.standins.install import Standins, install
from tests.standins.scripted import ROOT, Scripted, source


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    monkeypatch.chdir(ROOT)
    standins: Standins = install(tmp_path / "bin", "vivado")
    standins.behave()
    build = Scripted(tmp_path / "build", standins, "tiny", "pynq-z2")
    assert build.run("block_design").returncode == 0
    assert build.run("ip_synth").returncode == 0
    return build


def ips(build: Scripted) -> dict[str, tuple[str, str]]:
    """IP -> its ID in the cache, and whether it was taken from there."""
    with (build.folder / "ip_synth" / "ip_cache.csv").open() as rows:
        return {row["ip"]: (row["cache_id"], row["from_cache"]) for row in csv.DictReader(rows)}


def test_one_other_kernel_is_the_only_ip_that_is_synthesised_again(built: Scripted):
    before = ips(built)
    assert len(before) > 5 and all(cached == "0" for _, cached in before.values())
    package = built.folder / "ip_synth" / "design" / "ip" / "ffn" / "component.xml"
    package.write_text(package.read_text() + "<!-- another kernel -->\n")
    done = source(built.standins, built.folder / "ip_synth", "ip_synth.tcl")
    assert done.returncode == 0, done.stdout
    after = ips(built)
    again = [ip for ip, (_, cached) in after.items() if cached == "0"]
    assert again == ["zynq_ffn_0"]
    assert [ip for ip in after if after[ip][0] != before[ip][0]] == ["zynq_ffn_0"]
