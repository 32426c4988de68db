"""Both kinds of scripts of a Vitis HLS project: whole files, quoting, what no script can say."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tkinter
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import tclquote
from bitwright.errors import ConfigError
from bitwright.hls import scripts
from bitwright.hls.scripts import Ip, Project
from hypothesis import example, given
from hypothesis import strategies as st

GOLDEN = Path(__file__).parent / "golden"
DESIGN = ("csim_design", "csynth_design", "cosim_design", "export_design")
PROJECT = ("open_project", "open_solution", "set_top", "set_part", "add_files", "create_clock")
COMMANDS = (*PROJECT, *DESIGN, "config_export", *(f"config_{name}" for name in scripts.GROUPS))


def kernel(name: str, description: str, **changes: object) -> Project:
    """A kernel of ours as the plan renders it, with every stage."""
    project = Project(
        top=name,
        part="xcu280-fsvh2892-2L-e",
        clock_ns="4",
        sources=(f"generate/{name}.cpp",),
        ip=Ip("bitwright", "hls", name, "1.0", name, description),
        testbench=(f"generate/{name}_tb.cpp",),
        data=(f"generate/{name}_vectors.txt", f"generate/{name}_vectors.bin"),
        includes=("ip/common/include", f"ip/{name}", "generate"),
        cflags=("-std=c++17",),
        stages=scripts.STAGES,
        settings=(
            ("syn.compile.name_max_length", "80"),
            ("syn.interface.m_axi_addr64", "true"),
        ),
    )
    return replace(project, **changes)  # type: ignore[arg-type]


FFN = kernel("ffn", "y = proj(gelu(fc(x))), activations as wide as the format says")
MHSA = kernel(
    "mhsa",
    "y = proj(concat of heads (softmax(q k^T) v)), q, k, v = linear(x); keys and values are kept",
    flow_target="vitis",
    export="xo",
)
RENDERED = {
    f"{project.top}/{name}": render(project)
    for project in (FFN, MHSA)
    for name, render in (
        (scripts.CONFIG, scripts.config_cfg),
        (scripts.TCL, scripts.tcl),
        (scripts.IMPLEMENT, scripts.tcl_implement),
        (scripts.README, scripts.readme),
    )
}


@pytest.mark.parametrize("name", RENDERED)
def test_a_script_is_the_golden_file(name: str) -> None:
    assert RENDERED[name] == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in RENDERED if name.endswith(".tcl")])
def test_tclint_finds_nothing_in_a_script(name: str) -> None:
    tclint = Path(sys.prefix, "bin", "tclint")
    done = subprocess.run([tclint, GOLDEN / name], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


# --- Tcl, read by Tcl ---------------------------------------------------------------------------


class Recorder:
    """A Tcl interpreter in which each command of Vitis HLS notes down its arguments."""

    def __init__(self) -> None:
        self.tcl = tkinter.Tcl()
        self.calls: list[tuple[str, ...]] = []
        for name in (*COMMANDS, "exit"):
            self.tcl.createcommand(name, self._noting(name))
        self.tcl.createcommand("say", self._noting("puts"))
        self.tcl.eval("rename puts write")  # what goes to a file still does
        self.tcl.eval("proc puts args {if {[llength $args] == 1} {say {*}$args} {write {*}$args}}")

    def _noting(self, name: str) -> object:
        return lambda *arguments: self.calls.append((name, *map(str, arguments)))

    def run(self, script: str) -> list[tuple[str, ...]]:
        self.tcl.eval(script)
        return self.calls

    def list(self, text: str) -> tuple[str, ...]:
        """A Tcl list taken apart."""
        return tuple(self.tcl.tk.splitlist(text)) if text else ()


def expected(project: Project) -> list[tuple[str, ...]]:
    """What a Tcl script is to call, apart from what it prints; files as one-element lists."""
    flags = ("-cflags", project.flags, "-csimflags", project.flags) if project.flags else ()
    ip = project.ip
    texts = (
        ("-display_name", scripts.plain(ip.display_name)),
        ("-description", scripts.plain(ip.description)),
    )
    named = ("-vendor", ip.vendor, "-library", ip.library, "-ipname", ip.name)
    run = {
        "csim": ("csim_design", "-O", "-clean"),
        "csynth": ("csynth_design",),
        "cosim": ("cosim_design", "-O", "-rtl", "verilog", "-trace_level", "none"),
        "export": ("export_design",),
    }
    return [
        ("open_project", "-reset", "project"),
        ("set_top", project.top),
        *(("add_files", name, *flags) for name in project.sources),
        *(("add_files", "-tb", name, *flags) for name in project.testbench),
        *(("add_files", "-tb", name) for name in project.data),
        ("open_solution", "-reset", "solution1", "-flow_target", project.flow_target),
        ("set_part", project.part),
        ("create_clock", "-period", f"{project.clock_ns}ns", "-name", "default"),
        *(_setting(key, value) for key, value in project.settings),
        (
            *("config_export", "-format", project.export, *named, "-version", ip.version),
            *(part for pair in texts if pair[1] for part in pair),
        ),
        *(run[stage] for stage in scripts.STAGES if stage in project.stages and stage in run),
        ("exit",),
    ]


def _setting(key: str, value: str) -> tuple[str, ...]:
    _, group, option = key.split(".")
    if value in ("true", "false"):
        return (f"config_{group}", f"-{option}={value}")
    return (f"config_{group}", f"-{option}", value)


def called(project: Project) -> list[tuple[str, ...]]:
    """What Tcl really calls; the file of add_files is taken out of its list."""
    recorder = Recorder()
    calls = []
    for name, *arguments in recorder.run(scripts.tcl(project)):
        if name == "add_files":
            at = 1 if arguments[0] == "-tb" else 0
            (arguments[at],) = recorder.list(arguments[at])
        if name != "puts":
            calls.append((name, *arguments))
    return calls


@pytest.mark.parametrize("project", [FFN, MHSA, replace(FFN, stages=("csynth",), testbench=())])
def test_tcl_calls_what_the_project_says(project: Project) -> None:
    assert called(project) == expected(project)


HOSTILE = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from('$[]{}"\\; #\n'),
    min_size=1,
    max_size=12,
)


@given(st.lists(HOSTILE, min_size=1, max_size=3), HOSTILE, HOSTILE)
def test_no_file_name_and_no_text_reaches_tcl_as_code(
    names: list[str], data: str, description: str
) -> None:
    ip = replace(FFN.ip, description=description, display_name=description)
    project = replace(FFN, sources=tuple(names), data=(data,), ip=ip)
    assert called(project) == expected(project)


def test_a_character_that_tcl_cannot_write_is_refused() -> None:
    with pytest.raises(ConfigError, match="Tcl cannot hold"):
        scripts.tcl(replace(FFN, sources=("\U0001f600.cpp",)))


@pytest.mark.parametrize("name", [name for name in RENDERED if name.endswith(".tcl")])
def test_tclsh_takes_a_script_as_complete(name: str) -> None:
    tclsh = shutil.which("tclsh")
    if tclsh is None:
        pytest.skip("tclsh is not installed; Python's own Tcl reads the scripts in other tests")
    script = f"exit [expr {{![info complete {tclquote.word(RENDERED[name])}]}}]"
    assert subprocess.run([tclsh], input=script, text=True).returncode == 0


# --- the revision ---------------------------------------------------------------------------------

PACKER = 'set Vendor "xilinx.com"\nset Revision    "2611201455"\nset AutoFamily "all"\n'


def exporting(folder: Path, packer: str | None, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """An interpreter whose export_design fails after it has written the packager's script."""
    monkeypatch.chdir(folder)
    recorder = Recorder()
    ip = folder / "project" / "solution1" / "impl" / "ip"

    ip.mkdir(parents=True)
    if packer is not None:
        (ip / "run_ippack.tcl").write_text(packer)

    def execute(*arguments: str) -> None:
        recorder.calls.append(("exec", str(Path.cwd()), *map(str, arguments)))

    recorder.tcl.eval("proc export_design {} {error {command 'ap_source' returned error code}}")
    recorder.tcl.createcommand("exec", execute)
    return recorder


def test_a_revision_that_fits_no_integer_becomes_1_and_the_packager_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = exporting(tmp_path, PACKER, monkeypatch)
    calls = recorder.run(scripts.tcl(FFN))
    ip = tmp_path / "project" / "solution1" / "impl" / "ip"
    assert (ip / "run_ippack.tcl").read_text() == PACKER.replace("2611201455", "1")
    vivado = ("vivado", "-notrace", "-mode", "batch", "-source", "run_ippack.tcl")
    assert [call[:8] for call in calls if call[0] == "exec"] == [("exec", str(ip), *vivado)]
    assert calls[-3:] == [
        next(call for call in calls if call[0] == "exec"),
        ("puts", f"{scripts.MARK}{scripts.DONE}"),
        ("exit",),
    ]
    assert ("puts", f"{scripts.MARK}{scripts.PINNED}") in calls


@pytest.mark.parametrize(
    "packer", [None, PACKER.replace("2611201455", "2112312359"), "puts hello\n"]
)
def test_another_failure_of_the_export_stays_one(
    packer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = exporting(tmp_path, packer, monkeypatch)
    with pytest.raises(tkinter.TclError, match="ap_source"):
        recorder.run(scripts.tcl(FFN))
    assert not any(call[0] == "exec" for call in recorder.calls)


# --- hls_config.cfg -----------------------------------------------------------------------------


def read_cfg(text: str) -> dict[str, list[str]]:
    """A configuration file as the tools read it: key -> values, in order."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if line and line != "[hls]":
            key, _, value = line.partition("=")
            found.setdefault(key.strip(), []).append(value.strip())
    return found


CFG_TEXT = st.text(st.characters(codec="ascii"), min_size=1, max_size=12)


@given(CFG_TEXT, CFG_TEXT)
@example(" a.cpp", "blanks at the ends ")
def test_a_file_name_is_read_back_from_the_config_or_refused(name: str, description: str) -> None:
    ip = replace(FFN.ip, description=description)
    project = replace(FFN, sources=(name,), ip=ip)
    syntax = set('#$[]{}"\\;') | {chr(i) for i in (*range(32), 127)}
    if set(name) & syntax or name != name.strip():
        with pytest.raises(ConfigError, match=r"hls_config\.cfg cannot hold"):
            scripts.config_cfg(project)
        return
    values = read_cfg(scripts.config_cfg(project))
    assert values["syn.file"] == [name]
    assert values.get("package.ip.description", [""]) == [scripts.plain(description)]
    assert not set(scripts.plain(description)) & syntax


def test_a_text_keeps_its_brackets_as_round_ones() -> None:
    assert scripts.plain("x and y [tokens, embed_dim]; {a}") == "x and y (tokens, embed_dim), (a)"


def test_the_readme_names_what_is_there_and_nothing_else() -> None:
    assert scripts.IMPLEMENT in scripts.readme(FFN) and "the .xo below" in scripts.readme(MHSA)
    short = scripts.readme(replace(FFN, stages=("csynth",)))
    assert scripts.IMPLEMENT not in short and "The IP" not in short and "runs csynth." in short


def test_both_scripts_say_the_same() -> None:
    values = read_cfg(scripts.config_cfg(FFN))
    calls = {name: arguments for name, *arguments in called(FFN)}
    export = dict(zip(calls["config_export"][::2], calls["config_export"][1::2], strict=True))
    assert values["part"] == calls["set_part"]
    assert values["clock"] == [calls["create_clock"][1]]
    assert values["syn.top"] == calls["set_top"]
    assert values["flow_target"] == [calls["open_solution"][-1]]
    assert values["syn.file"] + values["tb.file"] == [
        arguments[1] if arguments[0] == "-tb" else arguments[0]
        for name, *arguments in called(FFN)
        if name == "add_files"
    ]
    for key, option in (
        *(("output.format", "-format"), ("ip.name", "-ipname"), ("ip.version", "-version")),
        *(("ip.vendor", "-vendor"), ("ip.library", "-library")),
        *(("ip.display_name", "-display_name"), ("ip.description", "-description")),
    ):
        assert values[f"package.{key}"] == [export[option]]


def test_without_export_nothing_is_packaged() -> None:
    project = replace(FFN, stages=("csim", "csynth"))
    values = read_cfg(scripts.config_cfg(project))
    assert values["package.output.syn"] == ["false"]
    assert values["package.output.format"] == ["rtl"]
    assert "export_design" not in scripts.tcl(project)


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"top": "a b"}, "top: expected the name of a C function, found 'a b'"),
        ({"part": "xc7z020; exit"}, "part: expected letters"),
        ({"clock_ns": "0"}, "clock_ns: expected a period"),
        ({"clock_ns": "4 ns"}, "clock_ns: expected a period"),
        ({"flow_target": "vitus"}, "flow_target: expected vivado or vitis, found 'vitus'"),
        ({"export": "zip"}, "export: expected ip_catalog or xo, found 'zip'"),
        ({"sources": ()}, "no source file"),
        ({"stages": ("synth",)}, "stage 'synth': expected one of csim, csynth"),
        ({"stages": ("csim", "export")}, "cosim, export and impl need csynth"),
        ({"testbench": ()}, "csim and cosim need a test bench"),
        ({"cflags": ("-DX=a b",)}, "the tools split flags at blanks"),
        ({"includes": ("my folder",)}, "the tools split flags at blanks"),
        ({"settings": (("syn.file", "x.cpp"),)}, "setting 'syn.file': expected syn.<group>"),
        ({"settings": (("syn.rtl.reset", "all; exit"),)}, "setting syn.rtl.reset: expected one"),
        (
            {"ip": replace(FFN.ip, version="")},
            "ip version: expected major and minor, as 1.0, found ''",
        ),
        ({"ip": replace(FFN.ip, version="1.0.2201010000;")}, "ip version"),
        ({"ip": replace(FFN.ip, vendor="a:b")}, "ip vendor"),
    ],
)
def test_what_no_script_can_say_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        replace(FFN, **change)  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        replace(FFN, part="", clock_ns="x", export="zip")
    assert len(str(caught.value).splitlines()) == 3
