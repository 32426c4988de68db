"""Configs and targets: what is there loads, what is wrong is named with file, line and remedy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bitwright import design
from bitwright.errors import ConfigError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[[str], str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the project's configs, to spoil."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    return tmp_path


def spoil(root: Path, edit: Edit, name: str = "gpt2-medium") -> Path:
    path = root / "configs" / f"{name}.yml"
    changed = edit(path.read_text())
    assert changed != path.read_text(), "the edit changed nothing"
    path.write_text(changed)
    return path


def faults(root: Path, **more: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        design.load("gpt2-medium", root=root, **more)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def line_of(path: Path, text: str) -> int:
    lines = path.read_text().splitlines(keepends=True)
    return next(n for n, line in enumerate(lines, 1) if text in line)


# --- what is there ---


PUBLISHED = {  # layers, embed_dim, heads, ff_dim
    "gpt2-small": (12, 768, 12, 3072),
    "gpt2-medium": (24, 1024, 16, 4096),
    "gpt2-large": (36, 1280, 20, 5120),
    "gpt2-xl": (48, 1600, 25, 6400),
    "bert-base": (12, 768, 12, 3072),
    "minilm-l6": (6, 384, 12, 1536),
}


@pytest.mark.parametrize("config", PUBLISHED)
def test_the_models_have_their_published_sizes(config: str):
    model = design.load(config, root=ROOT).model
    assert (model.layers, model.embed_dim, model.heads, model.ff_dim) == PUBLISHED[config]
    assert model.head_dim * model.heads == model.embed_dim


def test_every_config_loads_for_every_target():
    for config in design.names(ROOT):
        for target in design.names(ROOT, "configs/targets"):
            loaded = design.load(config, root=ROOT, target=target)
            assert loaded.build == Path("build", config, target)


def test_every_config_prefers_the_board_that_open_tools_build():
    for config in design.names(ROOT):
        assert design.load(config, root=ROOT).target.name == "ulx3s-85f"


def test_the_clock_comes_from_the_command_line_then_the_config_then_the_target(root: Path):
    assert design.load("tiny", root=root).clock_mhz == 50
    spoil(root, lambda text: f"clock_mhz: 62.5\n{text}", "tiny")
    assert design.load("tiny", root=root).clock_mhz == 62.5
    assert design.load("tiny", root=root, options={"clock_mhz": "40"}).clock_mhz == 40


def test_a_path_and_the_name_of_the_same_config_load_the_same_design(tmp_path: Path):
    by_name = design.load("tiny", root=ROOT)
    assert design.load(str(ROOT / "configs/tiny.yml"), root=ROOT) == by_name
    copy = tmp_path / "mine.yml"
    shutil.copy(ROOT / "configs/tiny.yml", copy)
    elsewhere = design.load(str(copy), root=ROOT)
    assert (elsewhere.config, elsewhere.model) == ("mine", by_name.model)


# --- faults of a config ---


WRONG: dict[str, tuple[Edit, str, str]] = {
    # name: (edit, a word of the line that is at fault, what the message says)
    "unknown_key": (
        lambda text: text.replace("    rows: 8", "    rows: 8\n    row: 8"),
        "row: 8",
        "unknown key 'row'; did you mean 'rows'? (keys: a_kib, b_kib, build, cols, format, name",
    ),
    "unknown_top_key": (
        lambda text: text + "clock: 50\n",
        "clock: 50",
        "unknown key 'clock'; did you mean 'clock_mhz'?",
    ),
    "word_for_number": (
        lambda text: text.replace("layers: 24", "layers: many"),
        "layers",
        "layers: expected a whole number from 1 to 1024, found 'many'",
    ),
    "quoted_number": (lambda t: t.replace("layers: 24", "layers: '24'"), "layers", "found '24'"),
    "octal": (lambda t: t.replace("layers: 24", "layers: 024"), "layers", "found '024'"),
    "float": (lambda t: t.replace("layers: 24", "layers: 24.0"), "layers", "found '24.0'"),
    "nothing": (lambda t: t.replace("layers: 24", "layers:"), "layers", "found nothing"),
    "list_for_number": (lambda t: t.replace("layers: 24", "layers: [1]"), "layers", "found a list"),
    "zero": (lambda t: t.replace("layers: 24", "layers: 0"), "layers", "from 1 to 1024, found '0'"),
    "negative": (lambda t: t.replace("layers: 24", "layers: -3"), "layers", "found '-3'"),
    "huge": (lambda t: t.replace("layers: 24", f"layers: {'9' * 5000}"), "layers", "found '999"),
    "heads": (
        lambda text: text.replace("heads: 16", "heads: 15"),
        "heads",
        "heads: 15 does not divide embed_dim 1024; the nearest that do: 4, 8, 16",
    ),
    "format": (lambda t: t.replace("int8", "int7", 1), "int7", "did you mean 'int8'?"),
    "unknown_kernel": (
        lambda text: text.replace("name: ffn ", "name: fnn "),
        "name: fnn",
        "name: expected one of matmul, mhsa, ffn, found 'fnn'; did you mean 'ffn'?",
    ),
    "size_of_another_kernel": (
        lambda text: text.replace("    lanes: 8\ntargets", "    lanes: 8\n    rows: 9\ntargets"),
        "rows: 9",
        "unknown key 'rows'",
    ),
    "lanes": (
        lambda text: text.replace("    lanes: 8\ntargets", "    lanes: 64\ntargets"),
        "lanes: 64",
        "lanes: 64 does not divide token_tile 32",
    ),
    "context": (
        lambda text: text.replace("context: 128", "context: 64 "),
        "context",
        "context: 64 rows hold no 128 tokens (seq_len)",
    ),
    "beat": (
        lambda text: text.replace("ff_dim: 4096", "ff_dim: 4080").replace(
            "ffn        # feed-forward; on AMD parts only\n    build: hls\n    format: int8\n",
            "ffn\n    build: hls\n    format: fp16\n",
        ),
        "format: fp16\n",
        "format: fp16: ff_dim 4080 is no multiple of 32: output channels go in blocks of 32",
    ),
    "int4_beat": (
        lambda text: text.replace("ff_dim: 4096", "ff_dim: 4064").replace(
            "ffn        # feed-forward; on AMD parts only\n    build: hls\n    format: int8\n",
            "ffn\n    build: hls\n    format: w4a8\n",
        ),
        "format: w4a8\n",
        "format: w4a8: ff_dim 4064 is no multiple of 64: a beat of memory holds 64 weights, a row "
        "whole beats",
    ),
    "array_size": (lambda t: t.replace("rows: 8", "rows: 7"), "rows", "one of 4, 8, 16, found '7'"),
    "panel": (
        lambda text: text.replace("a_kib: 128", "a_kib: 16 "),
        "a_kib",
        "a_kib: 16 KiB holds no panel of 8 x 4096 bytes; at least 32",
    ),
    "missing_key": (lambda t: t.replace("  heads: 16\n", ""), "family", "model: missing heads"),
    "model_is_no_mapping": (
        lambda text: re.sub(r"model:\n(  .*\n)+", "model: gpt2\n", text),
        "model",
        "model: expected keys",
    ),
    "no_kernels": (
        lambda text: re.sub(r"kernels:\n(  .*\n)+", "kernels: []\n", text),
        "kernels",
        "kernels: expected a list of kernels",
    ),
    "unknown_target": (
        lambda text: text.replace("[ulx3s-85f,", "[ulx3s-85,"),
        "targets:",
        "did you mean 'ulx3s-85f'?",
    ),
    "target_twice": (
        lambda text: text.replace("[ulx3s-85f,", "[ulx3s-85f, ulx3s-85f,"),
        "targets:",
        "ulx3s-85f is listed twice",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_is_named_with_its_line_the_value_and_what_is_allowed(root: Path, case: str):
    edit, place, message = WRONG[case]
    path = spoil(root, edit)
    found = faults(root)
    assert len(found) == 1
    assert found[0].startswith(f"configs/gpt2-medium.yml:{line_of(path, place)}: ")
    assert message in found[0]
    assert len(found[0]) < 300


def test_every_fault_of_a_file_comes_in_one_pass_in_the_order_of_the_file(root: Path):
    spoil(
        root,
        lambda text: (
            text.replace("layers: 24", "layers: 0")
            .replace("heads: 16", "head: 16")
            .replace("rows: 8", "rows: eight")
            .replace("ulx3s-85f,", "ulx4m,")
        ),
    )
    lines = [int(line.split(":")[1]) for line in faults(root)]
    assert lines == sorted(lines)
    assert len(lines) == 5  # layers, head unknown, heads missing, rows, target


HOSTILE_NAMES = [
    "a/../b",
    "..",
    "a;b",
    "a[b]",
    "$HOME",
    "a'b",
    'a"b',
    "a b",
    "a\nb",
    "-x",
    ".x",
    "",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_target_name_in_a_config_is_refused(root: Path, name: str):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    spoil(root, lambda text: re.sub(r"targets: .*", f'targets: ["{quoted}"]', text))
    (fault,) = faults(root)
    assert re.match(r"configs/gpt2-medium\.yml:\d+: targets: expected one of", fault)


@pytest.mark.parametrize(
    "name", [*HOSTILE_NAMES, "x" * 65, "caf\N{LATIN SMALL LETTER E WITH ACUTE}"]
)
def test_a_hostile_config_or_target_name_is_refused_and_makes_nothing(root: Path, name: str):
    before = sorted(root.rglob("*"))
    with pytest.raises(ConfigError):
        design.load(name, root=root)
    with pytest.raises(ConfigError, match="target"):
        design.load("tiny", root=root, target=name)
    assert sorted(root.rglob("*")) == before


@pytest.mark.parametrize("name", ["a b", "a;b", "$x", "a[0]", "x..y", "a'b", "a\nb"])
def test_the_name_of_a_config_file_given_by_its_path_is_checked_too(tmp_path: Path, name: str):
    path = tmp_path / f"{name}.yml"
    shutil.copy(ROOT / "configs/tiny.yml", path)
    with pytest.raises(ConfigError, match="must be a name"):
        design.load(str(path), root=ROOT)


# --- what does not fit ---


def test_an_array_with_more_multipliers_than_the_part_is_refused(root: Path):
    spoil(root, lambda text: text.replace("rows: 8", "rows: 16").replace("cols: 8", "cols: 16"))
    (fault,) = faults(root)
    assert "16 x 16 needs at least 260 dsp; ulx3s-85f (LFE5U-85F) has 156" in fault
    assert design.load("gpt2-medium", root=root, target="u280").kernel("matmul").size("rows") == 16


def test_buffers_larger_than_the_block_ram_of_the_part_are_refused(root: Path):
    spoil(root, lambda text: text.replace("b_kib: 128", "b_kib: 320"))
    (fault,) = faults(root)
    assert "448 KiB of buffers; ulx3s-85f (LFE5U-85F) has 416 KiB" in fault


# --- targets and tools ---


def only_open(toolchain: str) -> tuple[str, ...]:
    return () if toolchain == "open" else ("vivado",)


def test_the_first_target_whose_tools_are_installed_is_taken_and_the_choice_is_explained(
    root: Path,
):
    spoil(root, lambda text: text.replace("[ulx3s-85f, u280,", "[u280, ulx3s-85f,"))
    found = design.load("gpt2-medium", root=root, missing=only_open)
    assert found.target.name == "ulx3s-85f"
    assert "u280 lacks vivado" in found.choice


def test_a_target_without_its_tools_says_what_is_missing_and_which_would_work(root: Path):
    text = "\n".join(faults(root, target="u280", missing=only_open))
    assert "target u280 (U280) needs vivado" in text
    assert "./doit check config=gpt2-medium target=u280" in text
    assert "./doit bitstream config=gpt2-medium target=ulx3s-85f" in text


def test_without_any_tools_every_target_says_what_it_lacks(root: Path):
    text = "\n".join(faults(root, missing=lambda toolchain: (f"{toolchain}-tool",)))
    assert "ulx3s-85f lacks open-tool" in text
    assert "./doit doctor" in text


def test_to_look_the_first_target_will_do_where_the_tools_of_all_are_missing(root: Path):
    found = design.load("gpt2-medium", root=root, missing=lambda of: (f"{of}-tool",), looks=True)
    assert (found.target.name, found.choice) == (
        "ulx3s-85f",
        "the config's first target; tools missing: open-tool",
    )


TARGET_WRONG = {
    "unknown_key": (lambda t: t + "memory: 3\n", "did you mean 'memory_mib'?"),
    "toolchain": (lambda t: t.replace("open", "opne"), "did you mean 'open'?"),
    "no_system": (lambda t: re.sub("system: .*\n", "", t), "toolchain open needs the key 'system'"),
    "shell": (lambda t: t.replace("LFE5U-85F", "'LFE5U; rm -rf /'"), "part: expected a name"),
    "resources": (lambda t: t.replace("  dsp: 156\n", ""), "resources: missing dsp"),
    "zero_memory": (lambda t: t.replace("memory_mib: 32", "memory_mib: 0"), "found '0'"),
}


@pytest.mark.parametrize("case", TARGET_WRONG)
def test_a_fault_of_a_target_file_is_named_with_its_line(root: Path, case: str):
    edit, message = TARGET_WRONG[case]
    spoil(root, edit, "targets/ulx3s-85f")
    (fault,) = faults(root)
    assert re.match(r"configs/targets/ulx3s-85f\.yml:\d+: ", fault)
    assert message in fault


# --- the command line ---


@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", "2147483648", "1 ", "0x10", "\u0661"])
def test_a_seed_that_is_no_number_is_refused(value: str):
    with pytest.raises(ConfigError, match="command line: seed: expected a whole number from 0"):
        design.load("tiny", root=ROOT, options={"seed": value})


@pytest.mark.parametrize("value", ["0", "-5", "nan", "inf", "1e3", "5000", "50MHz", ""])
def test_a_clock_that_is_no_frequency_is_refused(value: str):
    with pytest.raises(ConfigError, match="command line: clock_mhz: expected a number"):
        design.load("tiny", root=ROOT, options={"clock_mhz": value})


def test_a_misspelt_config_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'gpt2-medium'"):
        design.load("gpt2-mdium", root=ROOT)


# --- whatever a file holds ---


TEXT = (ROOT / "configs/gpt2-medium.yml").read_text()
MUTATED = st.tuples(
    st.integers(0, len(TEXT)), st.integers(0, 12), st.one_of(st.text(max_size=12), st.just(""))
).map(lambda cut: TEXT[: cut[0]] + cut[2] + TEXT[cut[0] + cut[1] :])
BYTES = st.one_of(
    st.binary(max_size=300), MUTATED.map(lambda text: text.encode("utf-8", "surrogatepass"))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=BYTES)
def test_any_bytes_are_a_design_or_faults_that_each_name_file_and_line(root: Path, data: bytes):
    (root / "configs" / "any.yml").write_bytes(data)
    try:
        loaded = design.load("any", root=root)
    except ConfigError as error:
        for line in str(error).splitlines():
            assert re.match(r"configs/any\.yml:\d+: .", line), line
    else:
        assert loaded.model.embed_dim % loaded.model.heads == 0
        assert design.dsp_needed(loaded.kernels[0], loaded.target) <= loaded.target.resources.dsp


def test_a_kernel_of_ones_own_is_told_what_can_be_done_with_it(root: Path):
    spoil(root, lambda text: text.replace("name: matmul", "name: softmax"))
    first, second = faults(root)[:2]
    assert "expected one of matmul, mhsa, ffn, found 'softmax'" in first
    assert "the list of kernels is closed" in second and "./doit adopt" in second
