"""kernel.yml: the register map follows the ap_ctrl_hs rule, every fault is named with its line, and
the register block has the same bytes wherever it is made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bitwright import kernel, registers
from bitwright.errors import ConfigError
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
MATMUL = ROOT / "cores" / "matmul" / "kernel.yml"
SAMPLE = ROOT / "cores" / "control" / "tb" / "kernel.yml"
HEAD = "kernel: k\nvlnv: a:b:k:1.0\nbundles: {gmem: {data_width: 64, addr_width: 64}}\narguments:\n"
POINTER = (
    "  - {{name: {}, kind: memory, direction: read, format: int8, shape: [4], layout: row_major,"
    " bundle: gmem, align: 8}}\n"
)
SCALAR = "  - {{name: {}, kind: scalar, format: {}}}\n"


def load(text: str, folder: Path) -> kernel.Kernel:
    path = folder / "kernel.yml"
    path.write_text(text, encoding="utf-8")
    return kernel.load(path, "kernel.yml")


def test_the_register_map_of_matmul_is_the_published_one():
    """The map that hosts are written against; a change here breaks every driver there is."""
    offsets = {r.name: r.offset for r in kernel.load(MATMUL).registers}
    assert offsets == {
        **{"ctrl": 0x00, "gie": 0x04, "ier": 0x08, "isr": 0x0C},
        **{"a": 0x10, "b": 0x1C, "bias": 0x28, "mult": 0x34, "shift": 0x40, "d": 0x4C},
        **{"m": 0x58, "n": 0x60, "k": 0x68, "lda": 0x70, "ldb": 0x78, "ldd": 0x80, "flags": 0x88},
        **{"status": 0x800, "cycles": 0x808},
    }


def test_a_register_knows_its_words_fields_and_access():
    matmul = kernel.load(MATMUL)
    assert matmul.register("a").words == (("a_lo", 0x10), ("a_hi", 0x14))
    assert matmul.register("flags").field("raw").lsb == 1
    assert not matmul.register("status").writable
    assert matmul.argument("d").variants[0].format == "int32"
    with pytest.raises(KeyError):
        matmul.register("nothing")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["pointer", "int8", "uint32", "fp32", "uint64"]), max_size=12))
def test_offsets_follow_the_rule_for_any_arguments(tmp_path_factory, kinds):
    """64-bit arguments every 12 bytes, others every 8, from 0x10, in the order of the file."""
    lines = [
        POINTER.format(f"a{i}") if kind == "pointer" else SCALAR.format(f"a{i}", kind)
        for i, kind in enumerate(kinds)
    ]
    text = HEAD + ("".join(lines) or "  []\n")
    offset = 0x10
    for register in load(text, tmp_path_factory.mktemp("k")).registers[4:]:
        assert register.offset == offset
        offset += 12 if kinds[int(register.name[1:])] in ("pointer", "uint64") else 8
    assert offset == 0x10 + sum(12 if k in ("pointer", "uint64") else 8 for k in kinds)


@settings(deadline=None)
@given(st.text() | st.binary())
def test_any_text_is_a_kernel_or_a_config_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("k") / "kernel.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError, match=r"^kernel.yml:\d+: "):
        kernel.load(path, "kernel.yml")


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["memory", "scalar", "int8", "gmem", "m", "row_major", "in", "9" * 5000])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "kind", "format", "shape", "bits", "when", "max", "bundle", "gmem", "m"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["kernel", "vlnv", "bundles", "arguments", "registers", "dimensions", "control"]
        ),
        TREES,
    )
)
def test_any_tree_is_a_kernel_or_a_config_error(tmp_path_factory, tree):
    import yaml

    try:
        load(yaml.safe_dump(tree), tmp_path_factory.mktemp("k"))
    except ConfigError as error:
        assert all(line.startswith("kernel.yml:") for line in str(error).splitlines())


def test_all_faults_of_a_file_are_named_in_one_pass_with_their_lines(tmp_path):
    text = (
        "kernal: k\n"
        "vlnv: a:b\n"
        "bundles: {gmem: {data_width: 63, addr_width: 64}}\n"
        "dimensions: {q: {max: 0}}\n"
        "arguments:\n"
        "  - {name: out, kind: scaler, format: int9}\n"
        "  - {name: x, kind: memory, direction: read, format: int8, shape: [zz], layout: row_major,"
        " bundle: gmen, align: 3, stride: ldx}\n"
        "  - {name: x_lo, kind: scalar, format: uint32, bits: {b: 32, c: 1, d: 1}}\n"
        "registers:\n"
        "  - 5\n"
    )
    with pytest.raises(ConfigError) as caught:
        load(text, tmp_path)
    lines = str(caught.value).splitlines()
    for line, words in (
        (1, "unknown key 'kernal'; did you mean 'kernel'"),
        (1, "missing key 'kernel'"),
        (2, "vlnv: 'a:b'"),
        (3, "data_width: '63'"),
        (4, "max: '0'"),
        (4, "'q' is not declared"),
        (6, "name: 'out'"),
        (6, "'scaler'; did you mean 'scalar'"),
        (6, "'int9'"),
        (7, "'zz' is not declared"),
        (7, "'gmen' is not declared; did you mean 'gmem'"),
        (7, "align: '3'"),
        (7, "'ldx' is not declared"),
        (8, "its register 'x_lo' is also that of 'x'"),
        (8, "bit 'b': '32'"),
        (8, "bit 'd': 1 is 'c'"),
        (10, "expected a mapping, found '5'"),
    ):
        assert any(
            found.startswith(f"kernel.yml:{line}: ") and words in found for found in lines
        ), words


@pytest.mark.parametrize(
    "name", ["in", "out", "input", "output", "reg", "class", "isr", "A", "a__b", "1a", "a;b"]
)
def test_an_argument_must_not_be_called(name, tmp_path):
    with pytest.raises(ConfigError, match="a name is"):
        load(HEAD + SCALAR.format(f'"{name}"', "uint32"), tmp_path)


def test_arguments_must_end_before_the_registers_begin(tmp_path):
    text = HEAD + "".join(POINTER.format(f"a{i}") for i in range(170))
    with pytest.raises(ConfigError, match="end above 0x800"):
        load(text, tmp_path)
    assert load(HEAD + "".join(POINTER.format(f"a{i}") for i in range(169)), tmp_path)


@pytest.mark.parametrize("source", [MATMUL, SAMPLE], ids=lambda p: p.parts[-2])
def test_the_register_block_has_the_same_bytes_in_any_folder(source, tmp_path):
    signature = kernel.load(source)
    written = {}
    for name in ("here", "elsewhere/deeper"):
        command = (
            sys.executable,
            "-m",
            "bitwright.kernel",
            "registers",
            source,
            "--out",
            tmp_path / name,
        )
        subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
        files = sorted(p.name for p in (tmp_path / name).iterdir())
        assert files == sorted(signature.outputs), "outputs must be known without running it"
        written[name] = [(tmp_path / name / f).read_bytes() for f in signature.outputs]
    assert written["here"] == written["elsewhere/deeper"]
    text = b"".join(written["here"]).decode()
    assert str(tmp_path) not in text and str(ROOT) not in text and "/tmp" not in text


def test_an_event_wins_over_an_access_in_every_field_that_hardware_sets():
    text = registers.rdl(kernel.load(MATMUL))
    fields = [line for line in text.splitlines() if "hwset" in line or "hwclr" in line]
    assert len(fields) == 5
    assert all("precedence = hw" in line for line in fields)


def test_the_command_names_the_fault_and_fails(tmp_path):
    (tmp_path / "kernel.yml").write_text("kernel: 5x\n")
    command = (sys.executable, "-m", "bitwright.kernel", "map", "kernel.yml")
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "kernel.yml:1: kernel: '5x'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_reading_a_signature_imports_no_compiler():
    code = (
        "import sys; from pathlib import Path; from bitwright import kernel;"
        f"kernel.load(Path({str(MATMUL)!r}));"
        "heavy = 'systemrdl', 'peakrdl_regblock', 'numpy', 'jinja2';"
        "print([m for m in heavy if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


# --- number formats ---

FFN = ROOT / "ip" / "ffn" / "kernel.yml"
FORMATS = """\
kernel: k
vlnv: a:b:k:1.0
formats: [fp16, int8]
bundles: {gmem: {data_width: 64, addr_width: 64}}
arguments:
  - {name: x, kind: memory, direction: read_write, format: {fp16: fp16, int8: int8}, shape: [4],
     layout: row_major, bundle: gmem, align: 8}
  - {name: scale, kind: scalar, format: int32, only: [int8]}
  - {name: size, kind: scalar, format: uint32}
"""


def test_a_file_is_read_for_one_number_format_at_a_time(tmp_path):
    path = tmp_path / "kernel.yml"
    path.write_text(FORMATS)
    fp16, int8 = (kernel.load(path, form=form) for form in ("fp16", "int8"))
    assert (fp16.argument("x").format, int8.argument("x").format) == ("fp16", "int8")
    assert [a.name for a in fp16.arguments] == ["x", "size"]
    assert [a.name for a in int8.arguments] == ["x", "scale", "size"]
    assert (fp16.register("size").offset, int8.register("size").offset) == (0x1C, 0x24)
    assert (fp16.format, fp16.formats) == ("fp16", ("fp16", "int8"))


@pytest.mark.parametrize(
    ("edit", "form", "message"),
    [
        (("", ""), "", "kernel.yml:3: formats: no number format was asked"),
        (("", ""), "int9", "number format 'int9'; did you mean 'int8'?"),
        (("fp16: fp16, ", ""), "int8", "kernel.yml:6: missing key 'fp16'"),
        (("fp16: fp16", "fp16: fp17"), "int8", "fp16: 'fp17'; did you mean 'fp16'?"),
        (("int8: int8}", "int8: int8, w4: int4}"), "int8", "unknown key 'w4'"),
        (("only: [int8]", "only: [int7]"), "fp16", "only: 'int7'; did you mean 'int8'?"),
        (("[fp16, int8]", "[fp16, int8, fp16]"), "fp16", "'fp16' stands there twice"),
    ],
)
def test_a_fault_of_number_formats_is_named_whatever_format_is_asked(tmp_path, edit, form, message):
    path = tmp_path / "kernel.yml"
    path.write_text(FORMATS.replace(*edit) if edit[0] else FORMATS)
    with pytest.raises(ConfigError) as caught:
        kernel.load(path, "kernel.yml", form=form)
    assert message in str(caught.value)


def test_fp16_of_the_feed_forward_takes_its_arguments_in_the_published_order():
    offsets = {r.name: r.offset for r in kernel.load(FFN, form="fp16").registers}
    published = ["x", "fc_bias", "fc_weight", "proj_bias", "proj_weight", "y"]
    assert [offsets[name] for name in published] == [0x10, 0x1C, 0x28, 0x34, 0x40, 0x4C]
