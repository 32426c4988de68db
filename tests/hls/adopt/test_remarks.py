"""What is told: it works, but not as it looks."""

from __future__ import annotations

import pytest
from bitwright.errors import ConfigError

from tests.hls.adopt.shapes import OPT5

WIDE = """\
void node0(
  float v0[512][128],
  hls::stream<float> v1[32][8]
) {
  #pragma HLS array_partition variable=v0 cyclic dim=1 factor=32
  loop0: for (int v2 = 0; v2 < 16; v2++) {
    loop1: for (int v3 = 0; v3 < 16; v3++) {
      #pragma HLS pipeline II=1
      loop2: for (int v4 = 0; v4 < 32; v4++) {
        loop3: for (int v5 = 0; v5 < 8; v5++) {
          float v6 = v0[(v4 + (v2 * 32))][(v5 + (v3 * 8))];
          v1[v4][v5].write(v6);
        }
      }
    }
  }
}
void node1(
  hls::stream<float> v7[32][8],
  float v8[512][128],
  float v9
) {
  loop4: for (int v10 = 0; v10 < 16; v10++) {
    loop5: for (int v11 = 0; v11 < 16; v11++) {
      #pragma HLS pipeline II=1
      loop6: for (int v12 = 0; v12 < 32; v12++) {
        loop7: for (int v13 = 0; v13 < 8; v13++) {
          float v14 = v7[v12][v13].read();
          v8[(v12 + (v10 * 32))][(v13 + (v11 * 8))] = v14;
        }
      }
    }
  }
}
void forward(
  float v15[512][128],
  float v16[512][128]
) {
  #pragma HLS DATAFLOW
  hls::stream<float> v17[32][8];
  node0(v15, v17);
  node1(v17, v16, 0.000000);
}
"""


def said(adopted, text: str, **asked: object) -> list[str]:
    return [remark.removeprefix("net.cpp:") for remark in adopted(text, **asked).remarks]


def edited(old: str, new: str) -> str:
    assert old in WIDE
    return WIDE.replace(old, new)


def test_a_node_that_reads_256_floats_a_cycle_gets_the_cycles_of_its_port(adopted):
    assert said(adopted, WIDE) == [
        "11: node0 reads 256 elements of v0 (= v15) per cycle, 8192 bits; gmem0 has 256: at least"
        " 8192 cycles for 65536 elements, where partitioned arrays took 256",
        "29: node1 writes 256 elements of v8 (= v16) per cycle, 8192 bits; gmem1 has 256: at least"
        " 8192 cycles for 65536 elements, where partitioned arrays took 256",
    ]


@pytest.mark.parametrize(("width", "cycles"), [(32, 65536), (512, 4096), (1024, 2048)])
def test_the_cycles_follow_the_width_of_the_port(adopted, width, cycles):
    first = said(adopted, WIDE, width=width)[0]
    assert f"gmem0 has {width}: at least {cycles} cycles" in first


def test_half_the_bits_take_half_the_cycles(adopted):
    first = said(adopted, WIDE.replace("float", "half"))[0]
    assert "4096 bits; gmem0 has 256: at least 4096 cycles" in first


def test_elements_of_different_rows_do_not_share_a_beat(adopted):
    text = edited("v0[(v4 + (v2 * 32))][(v5 + (v3 * 8))]", "v0[(v5 + (v3 * 8))][(v4 * 4)]")
    assert said(adopted, text)[0].endswith("none lie side by side, so rather 65536")


def test_what_is_read_once_a_row_is_counted_once_a_row(adopted):
    text = edited(
        "          float v6 = v0", "          float v6 = 1;\n if ((v3 + v2) == 0) v6 = v0"
    )
    assert "at least 32 cycles for 256 elements" not in "".join(said(adopted, text))
    only = edited("          float v6 = v0", "          float v6 = 1;\n if (v3 == 0) v6 = v0")
    assert "at least 512 cycles for 4096 elements" in said(adopted, only, width=256)[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("          float v6 = v0", "          float v6 = 1;\n if (v3 < 9) v6 = v0"),
        ("v3 < 16", "v3 < limit"),
        ("      #pragma HLS pipeline II=1\n      loop2", "      loop2"),
    ],
    ids=["a condition", "a bound", "no pipeline"],
)
def test_what_is_not_known_is_not_guessed(adopted, old, new):
    assert [remark[:2] for remark in said(adopted, edited(old, new))] != ["11", "29"]
    assert not any("node0" in remark for remark in said(adopted, edited(old, new)))


def test_arrays_behind_one_port_wait_for_one_another(adopted):
    line = OPT5[: OPT5.index("float v43[")].count("\n") + 1
    shared = [r for r in said(adopted, OPT5, bundles={"v42": "gmem2"}) if "shared" in r]
    # v42: 4 elements in each of 4 turns, 2 beats; v43: 4 in each of 32, 16 beats
    assert shared == [f"{line}: gmem2 is shared by v42, v43: at least 18 cycles to read them"]


ZEROS = {
    "an epsilon": ("float v14 = v7", "float v20 = v14 + 0.000000;\n float v14 = v7", True),
    "a factor": ("v8[(v12", "v14 *= 0.000000f;\n v8[(v12", True),
    "a cast": ("v8[(v12", "v14 = v14 / (float)0.000000;\n v8[(v12", True),
    "an argument": ("v8[(v12", "v14 = v14 + v9;\n v8[(v12", True),
    "stored": ("v8[(v12", "v14 = v9;\n v8[(v12", False),
    "compared": ("v8[(v12", "v14 = v14 > v9 ? v14 : v9;\n v8[(v12", False),
    "an index": ("v8[(v12", "int k = v12 + 0;\n v8[(v12", False),
    "not zero": ("v8[(v12", "v14 = v14 + 0.000010;\n v8[(v12", False),
}


@pytest.mark.parametrize("case", ZEROS)
def test_zeros_that_are_added_were_other_constants(adopted, case):
    old, new, told = ZEROS[case]
    found = [r for r in said(adopted, edited(old, new)) if "rounded to zero" in r]
    assert bool(found) == told
    if case == "an argument":
        assert found == [
            "29: `v14 + v9` (v9 is the 0.000000 of line 43): a constant below 0.0000005 was rounded"
            " to zero when this file was written; put it back"
        ]


def test_an_array_between_nodes_has_one_reader(adopted):
    loop = "  {0}: for (int i = 0; i < 4; i++) {0}[i] = t[i];\n"
    text = edited(
        "  node0(v15, v17);",
        "  float t[4], u[4], w[4];\n  fill(t);\n" + loop.format("u") + "  node0(v15, v17);",
    )
    fill = "void fill(float a[4]) { a[0] = 1; a[1] = a[0]; }\n"  # may read what it wrote
    text = text.replace("void forward", fill + "void forward")
    assert not any("HLS 200-779" in remark for remark in said(adopted, text))
    twice = text.replace("  node0(v15, v17);", loop.format("w") + "  node0(v15, v17);")
    (found,) = (remark for remark in said(adopted, twice) if "HLS 200-779" in remark)
    assert found.startswith("42: t is read by loop u in line 44, loop w in line 45;")
    take = "void take(float a[4], float b[4]) { b[0] = a[1]; }\nvoid forward"
    calls = text.replace(loop.format("u"), "  take(t, u);\n  take(t, w);\n")
    with pytest.raises(ConfigError, match=r"array t is read by take \(line 45\) and take"):
        adopted(calls.replace("void forward", take))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "#pragma HLS array_reshape variable=a complete\n  a[0] = 1;",
            "2: array_reshape of a, ",
        ),
        (
            "#pragma HLS bind_storage variable=a type=ram_2p\n  a[0] = 1;",
            "2: bind_storage of a, ",
        ),
        ("a[0] = 1;\n  a[1] = a[0];", "1: a is read and written in one process"),
        ("a[0] += 1;", "1: a is read and written in one process"),
    ],
)
def test_what_was_about_memory_on_the_chip_is_told(adopted, text, message):
    (found,) = said(adopted, f"void forward(float a[2]) {{\n  {text}\n}}\n")
    assert found.startswith(message)


def test_types_that_the_tool_does_not_widen_are_told(adopted):
    text = "void forward(ap_int<8> a[2]) {\n  a[0] = 1;\n}\n"
    assert "this one has 8 bits" in said(adopted, text)[0]


NODE = "void node0(float v0[4], float v1[4]) {\n  v1[0] = v0[0];\n}\n"
TOP = "void forward(float v2[4], float v3[4]) {\n  #pragma HLS DATAFLOW\n  node0(v2, v3);\n}\n"


def test_a_node_in_another_file_is_told_for_its_pragmas_are_not_seen(adopted):
    told = [r for r in said(adopted, '#include "nodes.h"\n' + TOP) if "not in this file" in r]
    assert [remark[: remark.index(", and")] for remark in told] == [
        "4: node0 is not in this file: what it does with v2",
        "4: node0 is not in this file: what it does with v3",
    ]
    assert said(adopted, NODE + TOP) == []


@pytest.mark.parametrize(
    ("named", "told"),
    [("v0,v1", True), ("v0[0]", False), ("table", False), ("v1", False)],
)
def test_a_partition_of_no_variable_is_told_for_it_stays(adopted, named, told):
    pragma = f"{{\n  #pragma HLS array_partition variable={named} complete\n"
    remarks = said(adopted, "static float table[4];\n" + NODE.replace("{\n", pragma) + TOP)
    assert [r.startswith(f"3: array_partition of {named}: ") for r in remarks] == [True] * told


def test_a_call_that_nothing_in_the_kernel_makes_does_not_count(adopted):
    """A test bench in the same file gives its own arrays."""
    pragma = "{\n  #pragma HLS array_partition variable=v0 complete\n"
    beside = "void check() {\n  float a[4], b[4];\n  node0(a, b);\n}\n"
    found = adopted(NODE.replace("{\n", pragma) + TOP + beside, top="forward")
    assert (found.counts.bound_interface, found.counts.kept) == (1, 0)
