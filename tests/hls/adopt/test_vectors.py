"""The data that lies beside a generated source goes with it, under the names of the arguments."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.hls import adopt

from tests.hls.adopt.conftest import put
from tests.hls.adopt.shapes import OPT1

# In the style of Stream-HLS's test benches, written for the tests.
BENCH = """\
#include <fstream>
#include <cassert>
void forward(float [1][4][8], float [8], float [8][8], float [1][4][8]);
int32_t main(int argc, char **argv) {
  std::string prj_path_str(getenv("PRJ_PATH"));
  float v0[1][4][8];
  std::ifstream input_0ifs(prj_path_str + "/data/input_0.bin", std::ios::binary);
  if (input_0ifs.is_open()) {
    input_0ifs.read((char*)v0, 32 * sizeof(float));
  } else {
    std::cerr << "cannot open file /data/input_0.bin" << std::endl;
  }
  float v1[8];
  std::ifstream weightifs(prj_path_str + "/data/weight.bin", std::ios::binary);
  weightifs.read((char*)v1, 8 * sizeof(float));
  float v2[8][8];
  std::ifstream weight_1ifs(prj_path_str + "/data/weight_1.bin", std::ios::binary);
  weight_1ifs.read((char*)v2, 64 * sizeof(float));
  float v3[1][4][8];
  forward(v0, v1, v2, v3);
  float v5[1][4][8];
  std::ifstream output_0ifs(prj_path_str + "/data/output_0.bin", std::ios::binary);
  output_0ifs.read((char*)v5, 32 * sizeof(float));
  assert(v3[0][0][0] == v5[0][0][0] && "Error!");
  return 0;
}
"""
DATA = {"input_0": b"i" * 128, "weight": b"b" * 32, "weight_1": b"w" * 256, "output_0": b"o" * 128}
NAMES = {"v36": "input_0", "v37": "weight", "v38": "weight_1", "v39_expected": "output_0"}


def laid_out(folder: Path, bench: str = BENCH, **changed: bytes) -> Path:
    for name, data in (DATA | changed).items():
        put(folder / "data", data, f"{name}.bin")
    put(folder / "src", bench, "net_tb.cpp")
    return put(folder / "src", OPT1)


def data_of(found: adopt.Adopted) -> dict[str, bytes]:
    return {name: data for name, data in found.files.items() if name.startswith("data/")}


def test_each_file_gets_the_name_of_the_argument_it_is_for(tmp_path: Path):
    found = adopt.adopt(laid_out(tmp_path))
    assert data_of(found) == {f"data/{name}.bin": DATA[old] for name, old in NAMES.items()}
    core = found.files["forward.core"].decode()
    for name in NAMES:
        assert f"      - data/{name}.bin: {{file_type: data}}\n" in core
    assert 'stages: ["csim", "csynth", "export"]' in core
    assert "csim_design" in found.files["hls.tcl"].decode()


def test_with_its_data_too_adopting_twice_changes_nothing(tmp_path: Path):
    first = adopt.adopt(laid_out(tmp_path))
    adopt.write(first, tmp_path / "out")
    second = adopt.adopt(tmp_path / "out" / "net.cpp")
    assert second.files == first.files
    assert adopt.write(second, tmp_path / "out") == ()


def test_without_data_nothing_is_simulated(adopted):
    found = adopted(OPT1)
    assert data_of(found) == {}
    assert "csim_design" not in found.files["hls.tcl"].decode()


def test_a_file_of_another_size_is_told_and_left_out(tmp_path: Path):
    found = adopt.adopt(laid_out(tmp_path, weight=b"b" * 31))
    assert "data/v37.bin" not in found.files
    assert any("weight.bin: 31 bytes, v37 has 32; left out" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("forward(v0, v1, v2, v3);", ""),
        ("forward(v0, v1, v2, v3);", "forward(v0, v1, v2, v3);\n  forward(v0, v1, v2, v3);"),
        ("forward(v0, v1, v2, v3);", "forward(v0, v1, v3);"),
        ("int32_t main", "int32_t other"),
        ("  return 0;\n}", "  return 0;\n"),
    ],
)
def test_a_bench_of_another_kind_is_left_alone(tmp_path: Path, old, new):
    assert old in BENCH
    assert data_of(adopt.adopt(laid_out(tmp_path, BENCH.replace(old, new)))) == {}
