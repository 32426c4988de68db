"""An .xclbin says which build it is of, and `whatis` finds that build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bitwright import whatis
from bitwright.steps.vitis import bitstream
from bitwright.whatis import WORD, XCLBIN

BODIES = {  # as xclbinutil writes its JSON, and with blanks in it
    "xrt": f'{{"key_values":[{{"key":"{WORD}","value":"0123abcd"}}]}}',
    "blanks": f'{{"key_values": [\n {{"key": "{WORD}",\n  "value": "0123abcd"}}]}}',
    "pair": f'["{WORD}", "0123abcd"]',
}


@pytest.mark.parametrize("body", BODIES)
def test_the_word_of_an_xclbin_leads_to_its_manifest(tmp_path: Path, body: str):
    path = tmp_path / "a.xclbin"
    path.write_bytes(XCLBIN + bytes(300) + BODIES[body].encode() + bytes(9))
    place = tmp_path / "build" / "tiny" / "u280-xrt"
    place.mkdir(parents=True)
    content = {"config": "tiny", "target": "u280-xrt", "git": None, "tools": {"v++": "2024.1"}}
    (place / "manifest.json").write_text(json.dumps({**content, "usercode": "0123abcd"}))
    found = whatis.identify(path, tmp_path / "build")
    assert found.manifest == place / "manifest.json"
    assert "tiny on u280-xrt" in whatis.describe(found)


@pytest.mark.parametrize("rest", [b"", f'"{WORD}": "xyz"'.encode(), b"\xff" * 64])
def test_an_xclbin_of_anyone_else_is_told_so(tmp_path: Path, rest: bytes):
    path = tmp_path / "a.xclbin"
    path.write_bytes(XCLBIN + rest)
    found = whatis.identify(path, tmp_path)
    assert found.manifest is None and found.stamp.usercode is None
    assert "not built by bitwright" in whatis.describe(found)


def test_the_step_writes_the_word_that_is_looked_for():
    step = bitstream.step("tiny", [], base=Path("build/tiny/u280-xrt"))
    asked = json.loads(dict(step.scripts)["vivado.json"])["arguments"]
    assert f"USER:{WORD}:{{usercode}}" in asked
