"""The scripts of a Vitis HLS project in both kinds that the tools take, from one value.

    config_cfg(project)     hls_config.cfg, for v++ -c --mode hls and vitis-run --mode hls
    tcl(project)            Tcl for vitis_hls -f and vitis-run --mode hls --tcl; it reads no $argv,
                            for vitis-run hands no arguments on
    tcl_implement(project)  Tcl for the implementation run, after what tcl() made was judged
    readme(project)         what someone on another machine does with the folder

Paths in a script start from its folder, which is also where the tools are called. Sources: UG1399
2020.2 to 2025.2 (config_export, export_design, add_files), UG1702 2025.2 (configuration file).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from bitwright.errors import ConfigError
from bitwright.tclquote import word, words

CONFIG, TCL, IMPLEMENT = "hls_config.cfg", "run_hls.tcl", "implement.tcl"  # file names
README = "README.md"
STAGES = ("csim", "csynth", "cosim", "export", "impl")  # in this order
FLOW_TARGETS = ("vivado", "vitis")
EXPORTS = {"ip_catalog": "zip", "xo": "xo"}  # format -> what the exported file's name ends with
PROJECT, SOLUTION = "project", "solution1"  # folders that the Tcl script makes
MARK = "bitwright: "  # begins a line in which the Tcl script says where it is
DONE, PINNED = "done", "revision pinned"  # what it says besides the names of stages
LINE = 100  # characters of a line of Tcl, as long as its words allow
GROUPS = ("compile", "dataflow", "interface", "rtl", "schedule", "unroll")  # of settings

_BARE = re.compile(r"[A-Za-z0-9_./:+=,@%-]+")  # needs no quotes in Tcl; no tool splits such a flag
_SETTING = re.compile(rf"syn\.({'|'.join(GROUPS)})\.(\w+)")
_NO_CFG = re.compile(r"[\x00-\x1f\x7f#$\[\]{}\"\\;]")  # syntax of the file, or of Tcl that reads it


@dataclass(frozen=True, slots=True)
class Ip:
    """How the exported IP is called: vendor:library:name:version, and what people read."""

    vendor: str
    library: str
    name: str
    version: str  # major.minor: a third part HLS would take for the IP's revision
    display_name: str = ""
    description: str = ""

    @property
    def vlnv(self) -> str:
        return f"{self.vendor}:{self.library}:{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class Project:
    """A kernel and what is to be done with it. Paths start from the project's folder."""

    top: str  # the function that becomes the kernel
    part: str  # xcu280-fsvh2892-2L-e
    clock_ns: str  # the period, a decimal number
    sources: tuple[str, ...]
    ip: Ip
    flow_target: str = "vivado"  # vivado or vitis; ports are pinned by pragmas in either
    testbench: tuple[str, ...] = ()  # C++ with main()
    data: tuple[str, ...] = ()  # files that the test bench reads
    includes: tuple[str, ...] = ()  # folders
    cflags: tuple[str, ...] = ()  # of sources and test bench
    stages: tuple[str, ...] = ("csynth", "export")
    export: str = "ip_catalog"  # a key of EXPORTS
    settings: tuple[tuple[str, str], ...] = ()  # (syn.compile.name_max_length, 80), ...

    def __post_init__(self) -> None:
        """Refuse, with every fault named, what no script could say."""
        faults = list(_faults(self))
        if faults:
            raise ConfigError("\n".join(f"HLS project {self.top}: {fault}" for fault in faults))

    @property
    def flags(self) -> str:
        """What every compilation gets, flags separated by blanks."""
        return " ".join((*self.cflags, *(f"-I{folder}" for folder in self.includes)))


def _faults(project: Project) -> Iterator[str]:
    for name, value in (("top", project.top), ("ip name", project.ip.name)):
        if not re.fullmatch(r"[A-Za-z_]\w*", value):
            yield f"{name}: expected the name of a C function, found {value!r}"
    for name, value in (
        ("part", project.part),
        ("ip vendor", project.ip.vendor),
        ("ip library", project.ip.library),
    ):
        if not re.fullmatch(r"[A-Za-z][\w.-]*", value):
            yield f"{name}: expected letters, digits and . _ -, found {value!r}"
    if not re.fullmatch(r"\d+\.\d+", project.ip.version):
        yield f"ip version: expected major and minor, as 1.0, found {project.ip.version!r}"
    if not re.fullmatch(r"\d+(\.\d+)?", project.clock_ns) or float(project.clock_ns) <= 0:
        yield f"clock_ns: expected a period in ns above 0, found {project.clock_ns!r}"
    if project.flow_target not in FLOW_TARGETS:
        yield f"flow_target: expected {' or '.join(FLOW_TARGETS)}, found {project.flow_target!r}"
    if project.export not in EXPORTS:
        yield f"export: expected {' or '.join(EXPORTS)}, found {project.export!r}"
    if not project.sources:
        yield "no source file"
    yield from _stage_faults(project)
    for flag in (*project.cflags, *project.includes):
        if not _BARE.fullmatch(flag):
            yield f"flag or folder {flag!r}: the tools split flags at blanks and read quotes apart"
    for key, value in project.settings:
        if not _SETTING.fullmatch(key):
            yield f"setting {key!r}: expected syn.<group>.<option>, groups {', '.join(GROUPS)}"
        if not _BARE.fullmatch(value):
            yield f"setting {key}: expected one word, found {value!r}"


def _stage_faults(project: Project) -> Iterator[str]:
    stages = project.stages
    for stage in stages:
        if stage not in STAGES:
            yield f"stage {stage!r}: expected one of {', '.join(STAGES)}"
    if "csynth" not in stages and {"cosim", "export", "impl"} & set(stages):
        yield "stages: cosim, export and impl need csynth"
    if {"csim", "cosim"} & set(stages) and not project.testbench:
        yield "stages: csim and cosim need a test bench"


# --- hls_config.cfg -------------------------------------------------------------------------------


def cfg(key: str, value: str) -> str:
    """One line of a configuration file.

    The format knows no quotes, and the tools put values through Tcl: ${NAME} in one is read as a
    variable (Vitis_Libraries issue 200). So what could be syntax is refused, not escaped.
    Raises ConfigError naming the value.
    """
    found = _NO_CFG.search(value)
    if found or value != value.strip():
        what = f"the character {found[0]!r}" if found else "a blank at an end"
        raise ConfigError(
            f"{CONFIG} cannot hold {what} of {key}={value!r}\n"
            f"  next      use another name; {TCL} could say it, but both scripts must agree"
        )
    return f"{key}={value}"


def config_cfg(project: Project) -> str:
    """The configuration file of a project. Raises ConfigError for a value it cannot hold."""
    lines = [cfg("part", project.part), "", "[hls]"]
    lines += [cfg(key, value) for key, value in _entries(project) if value]
    return "\n".join([_head(project), *lines]) + "\n"


def _head(project: Project) -> str:
    """The first line of every script."""
    return f"# {project.ip.vlnv}, rendered by bitwright.hls.scripts; {README} says what to edit."


def _entries(project: Project) -> Iterator[tuple[str, str]]:
    """Key and value of all that stands below [hls]; what is empty is left out."""
    ip, export = project.ip, "export" in project.stages
    yield "clock", f"{project.clock_ns}ns"
    yield "flow_target", project.flow_target
    yield "syn.top", project.top
    yield from (("syn.file", name) for name in project.sources)
    yield "syn.cflags", project.flags
    yield "syn.csimflags", project.flags
    yield from (("tb.file", name) for name in (*project.testbench, *project.data))
    if project.testbench:
        yield "tb.cflags", project.flags
        yield from (("csim.clean", "true"), ("csim.O", "true"))
        yield from (("cosim.O", "true"), ("cosim.rtl", "verilog"), ("cosim.trace_level", "none"))
    yield from project.settings
    yield "package.output.format", project.export if export else "rtl"
    yield "package.output.syn", str(export).lower()  # whether v++ -c packages what it made
    yield "package.ip.vendor", ip.vendor
    yield "package.ip.library", ip.library
    yield "package.ip.name", ip.name
    yield "package.ip.version", ip.version
    yield "package.ip.display_name", plain(ip.display_name)
    yield "package.ip.description", plain(ip.description)
    yield "vivado.flow", "impl"
    yield "vivado.rtl", "verilog"


def plain(text: str) -> str:
    """A text for people as both kinds of scripts can hold it: brackets become round ones, a
    semicolon a comma, other characters blanks."""
    text = text.translate(str.maketrans(";[]{}", ",()()"))
    return " ".join(re.sub(r"[^A-Za-z0-9 ()+*/=.,:^_<>|!?@%&'-]", " ", text).split())


# --- README -------------------------------------------------------------------------------------


def readme(project: Project) -> str:
    """What the folder is, how it is run, what success looks like and where the IP is then."""
    ip, impl = project.ip, "impl" in project.stages
    stages = ", ".join(stage for stage in STAGES[:-1] if stage in project.stages)
    lines = [f"# {project.top}: a Vitis HLS project", ""]
    about = f"{ip.vlnv} for {project.part}, a clock of {project.clock_ns} ns"
    lines += _paragraph(f"{about}: {plain(ip.description)}." if ip.description else f"{about}.")
    lines.append("")
    lines += ["In this folder, after `source .../settings64.sh`, one of", ""]
    lines += [f"    vitis_hls -f {TCL}", f"    vitis-run --mode hls --tcl {TCL}", ""]
    done = f"runs {stages}. It went well if the script got to say `{MARK}{DONE}`."
    if "export" in project.stages:
        where = f"{PROJECT}/{SOLUTION}/impl"
        done += f" The IP is then the .{EXPORTS[project.export]} below `{where}`."
    if impl:
        done += f" Afterwards `{IMPLEMENT}`, called in the same way, places and routes it."
    lines += [*_paragraph(done), ""]
    config = (
        f"`{CONFIG}` says the same to `v++ -c --mode hls --config {CONFIG} --work_dir work`,"
        " which synthesises and packages, and to Vitis' own windows."
    )
    lines += [*_paragraph(config), ""]
    edit = (
        "All of this is rendered: edit the kernel, its .core file, or the config it was rendered"
        " for, and render again. `project.json`, `record.json`, `times.json` and .log files are"
        " notes of bitwright; nothing here reads them."
    )
    return "\n".join([*lines, *_paragraph(edit)]) + "\n"


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, 80, break_long_words=False, break_on_hyphens=False)


# --- Tcl ------------------------------------------------------------------------------------------


def tcl(project: Project) -> str:
    """The Tcl script of a project, all stages but impl, ended by a line that says so."""
    lines = [
        _head(project),
        f"# vitis_hls -f {TCL}  or  vitis-run --mode hls --tcl {TCL}, in this folder",
    ]
    if "export" in project.stages:
        lines += ["", _EXPORT.strip("\n"), ""]
    lines += [*_project(project), *_solution(project)]
    for stage in STAGES[:-1]:
        if stage in project.stages:
            lines += [_mark(stage), _STAGE_COMMANDS[stage]]
    return "\n".join([*lines, _mark(DONE), "exit"]) + "\n"


def tcl_implement(project: Project) -> str:
    """The Tcl script that places and routes what tcl() left: clock and area as they come out."""
    lines = [
        _head(project),
        f"# After {TCL}, in the same way and the same folder.",
        f"open_project {PROJECT}",
        f"open_solution {SOLUTION}",
        _mark("impl"),
        "export_design -flow impl -rtl verilog",
        _mark(DONE),
        "exit",
    ]
    return "\n".join(lines) + "\n"


def _project(project: Project) -> Iterator[str]:
    flags = [f"{name} {word(project.flags)}" for name in ("-cflags", "-csimflags")]
    both = flags if project.flags else []
    yield f"open_project -reset {PROJECT}"
    yield f"set_top {word(project.top)}"
    for name in project.sources:
        yield _command(f"add_files {words([name])}", *both)
    for name in project.testbench:
        yield _command(f"add_files -tb {words([name])}", *both)
    for name in project.data:
        yield f"add_files -tb {words([name])}"


def _solution(project: Project) -> Iterator[str]:
    yield f"open_solution -reset {SOLUTION} -flow_target {project.flow_target}"
    yield f"set_part {word(project.part)}"
    yield f"create_clock -period {project.clock_ns}ns -name default"
    for key, value in project.settings:
        _, group, option = key.split(".")
        between = "=" if value in ("true", "false") else " "
        yield f"config_{group} -{option}{between}{value}"
    ip = project.ip
    options = {
        "-vendor": ip.vendor,
        "-library": ip.library,
        "-ipname": ip.name,
        "-version": ip.version,
        "-display_name": plain(ip.display_name),
        "-description": plain(ip.description),
    }
    pairs = (f"{name} {_wrapped(word(value))}" for name, value in options.items() if value)
    yield _command(f"config_export -format {project.export}", *pairs)


def _wrapped(text: str) -> str:
    """A word from plain text over several lines: a backslash at an end is a blank to Tcl."""
    lines = textwrap.wrap(text, LINE - 30, break_long_words=False, break_on_hyphens=False)
    return "\\\n        ".join(lines)


def _command(*parts: str) -> str:
    """A command, a part a line where it is too long for one."""
    line = " ".join(parts)
    return line if len(line) <= LINE else " \\\n    ".join(parts)


def _mark(text: str) -> str:
    return f"puts {word(MARK + text)}"


_STAGE_COMMANDS = {
    "csim": "csim_design -O -clean",
    "csynth": "csynth_design",
    "cosim": "cosim_design -O -rtl verilog -trace_level none",
    "export": f"export_pinned [file join {PROJECT} {SOLUTION} impl ip]",
}
_EXPORT = f"""
# Tools up to 2021.2 give an IP the date as its revision, YYMMDDHHMM. Since 2022 that is no 32-bit
# number, no option sets another, and the packager fails (AMD answer record 76960). The packager's
# script then gets revision 1 and runs again; later tools never come here.
proc export_pinned {{folder}} {{
    if {{![catch {{export_design}} why]}} {{
        return
    }}
    set script [file join $folder run_ippack.tcl]
    if {{![file exists $script]}} {{
        error $why
    }}
    set channel [open $script]
    set text [read $channel]
    close $channel
    set dated {{^(\\s*set\\s+Revision\\s+"?)(\\d+)}}
    if {{![regexp -line $dated $text all head revision] || $revision <= 2147483647}} {{
        error $why
    }}
    regsub -line $dated $text {{\\11}} text
    set channel [open $script w]
    puts -nonewline $channel $text
    close $channel
    puts "{MARK}{PINNED}"
    set back [pwd]
    cd $folder
    exec vivado -notrace -mode batch -source run_ippack.tcl >@stdout 2>@stderr
    cd $back
}}
"""
