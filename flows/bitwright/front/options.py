"""The one table of options: help, validation and the nearest name for a misspelt one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.design import A_NAME, CLOCK, SEED
from bitwright.errors import ConfigError
from bitwright.schema import Integer, Number, OneOf, nearest
from bitwright.yamlfile import shown

CACHE_GIB = Number(0.001, 100_000)
FORMAT = OneOf(("table", "markdown", "json"))
FORCE = OneOf(("off", "on"))
SEEDS = Integer(3, 99)


@dataclass(frozen=True, slots=True)
class Option:
    """A name=value of the command line."""

    name: str
    expects: str
    default: str
    help: str


OPTIONS: Mapping[str, Option] = {
    option.name: option
    for option in (
        Option("config", "a name in configs/ or the path of a .yml", "", "what to build"),
        Option("target", "a name in configs/targets/", "the first that can be built", "the board"),
        Option("seed", str(SEED), "1", "where placement starts; another seed, another clock"),
        Option("clock_mhz", str(CLOCK), "the config's, else the target's", "the clock to reach"),
        Option("variant", str(A_NAME), "none", "build beside the design, in variants/NAME"),
        Option("at", "a name for ssh, or a card of XRT", "", "where the board is"),
        Option("cache", "on, off or a folder", "on: build/.cache", "where finished steps are kept"),
        Option("history", "a file", "build/history.db", "where every build's metrics are kept"),
        Option("metric", "such as wns_ns, lut, step.implement.wall_s", "a table", "what to draw"),
        Option("last", "a whole number", "20; 60 drawn, all exported", "so many builds"),
        Option("import", "a metrics.json, or a folder of them", "", "take older builds in"),
        Option("export", "a .csv file", "", "write the builds as CSV"),
        Option(
            "against", "baseline, a revision or a path", "baseline", "what the build was before"
        ),
        Option("format", str(FORMAT), "table", "markdown for a pull request, json for programs"),
        Option("seeds", str(SEEDS), "", "build so many seeds: how far numbers go by chance"),
        Option("force", str(FORCE), "off", "accept a build that is out of date or failed"),
        Option("matrix", "a .yml file", "configs/nightly.yml", "what is built at night"),
        Option("jobs", "a whole number", "as cores and memory allow", "builds at once, at most"),
        Option(
            "stages", "of csim, csynth, cosim, export, impl", "csim,csynth,export", "what HLS does"
        ),
        Option("missing", "skip or fail", "skip", "what a build is whose tools are not here"),
        Option("cache_gib", str(CACHE_GIB), "10", "its bound; least recently used goes first"),
        Option("source", "a C++ file", "", "what is adopted"),
        Option("out", "a folder", "build/adopted/<source>", "where the kernel goes"),
        Option("top", "a function", "forward, or the one nothing calls", "what is the kernel"),
        Option("bundle", "a name", "gmem", "arrays get AXI ports gmem0, gmem1, ..."),
        Option("bundles", "such as v93=gmem0,v98=gmem0", "", "the ports of some arrays"),
        Option("width", "8 to 1024 bits", "256", "of the AXI ports, at most"),
        Option("vlnv", "vendor:library:top:1.0", "bitwright:<source>:<top>:1.0", "of the IP"),
        Option("part", "such as xcu280-fsvh2892-2L-e", "that of hls.tcl", "the device"),
        Option("clock_ns", "a period in ns", "that of hls.tcl", "the clock of the IP"),
    )
}

OWN: Mapping[tuple[str, str], Option] = {  # where a command means something else by a name
    ("adopt", "export"): Option("export", "ip_catalog or xo", "ip_catalog", "what scripts export"),
    ("adopt", "force"): Option("force", str(FORCE), "off", "replace files that differ"),
    ("check", "target"): Option(
        "target", "a name in configs/targets/", "each that has a block design", "the board"
    ),
    ("csim", "format"): Option("format", "fp16, int8 or w4a8", "each", "the one number format"),
    **{
        (command, "target"): Option(
            "target", "a name in configs/targets/", "the first with an AMD part", "the board"
        )
        for command in ("hls", "package")
    },
}

ELSEWHERE: Mapping[tuple[str, str], str] = {  # what people look for in the wrong place
    ("hls", "format"): "; each kernel in the config has its format:",
}

BUILD = ("config", "target", "seed", "clock_mhz", "variant", "cache", "cache_gib", "history")
ADOPT = ("source", "out", "top", "bundle", "bundles", "width", "vlnv", "part", "clock_ns", "export")
SIMULATE = ("config", "target", "cache", "cache_gib")


@dataclass(frozen=True, slots=True)
class Command:
    """What a task takes, and which plan its steps come from."""

    takes: tuple[str, ...] = ()
    plan: str = ""  # build | sim | csim | hls | package | lint; empty: no design is needed
    looks: bool = False  # looks at the plan and changes nothing: needs no lock
    words: str = ""  # positional arguments, for help
    example: str = ""


STEP = Command(BUILD, "build")
COMMANDS: Mapping[str, Command] = {
    "generate": STEP,
    "synthesize": STEP,
    "implement": STEP,
    "report": Command(BUILD, "build", example="report config=tiny"),
    "bitstream": Command(BUILD, "build", example="bitstream config=gpt2-medium seed=2"),
    "deploy": Command(BUILD, "build", example="deploy config=tiny target=kv260"),
    "program": Command((*BUILD, "at"), "build", example="program config=tiny"),
    "sim": Command(SIMULATE, "sim", example="sim config=tiny"),
    "csim": Command((*SIMULATE, "format"), "csim", example="csim config=gpt2-medium -n 2"),
    "hls": Command(
        ("config", "target", "clock_mhz", "stages", "cache", "cache_gib"),
        "hls",
        example="hls config=gpt2-medium",
    ),
    "package": Command(SIMULATE, "package", example="package config=gpt2-medium"),
    "adopt": Command(
        (*ADOPT, "force"), example="adopt source=src/FeedForward.cpp out=ip/feed_forward"
    ),
    "lint": Command(SIMULATE, "lint", example="lint config=tiny"),
    "check": Command(("config", "target", "clock_mhz"), example="check config=gpt2-medium"),
    "plan": Command(BUILD, "build", True, "[TASK]", "plan hls config=gpt2-medium"),
    "why": Command(BUILD, "build", True, "STEP", "why csim-ffn-int8 config=tiny"),
    "whatis": Command(
        (), words="FILE.bit", example="whatis build/tiny/ulx3s-85f/bitstream/tiny.bit"
    ),
    "diff": Command(
        (*BUILD, "against", "format"), "build", True, example="diff config=tiny against=HEAD~1"
    ),
    "baseline": Command(
        (*BUILD, "seeds", "force"), "build", True, example="baseline config=tiny seeds=8"
    ),
    "history": Command(
        ("config", "target", "metric", "last", "history", "import", "export"),
        words="[MORE PATHS TO IMPORT]",
        example="history config=tiny metric=wns_ns",
    ),
    "site": Command(example="site"),
    "nightly": Command(
        ("matrix", "jobs", "missing", "cache", "cache_gib", "history"), example="nightly jobs=2"
    ),
    "doctor": Command(example="doctor"),
    "vivado-selftest": Command(example="vivado-selftest"),
    "test": Command((), words="[-- PYTEST ARGUMENTS]", example="test -- -k systolic"),
    "clean": Command(("config", "target"), example="clean config=tiny"),
    "list": Command(),
    "help": Command((), words="[TASK]", example="help bitstream"),
}


OF_STEPS = {"project": "hls", "generate": "hls"}  # first words of steps not named like their task


def subject(command: str, words: Sequence[str]) -> str:
    """The command whose options and steps count: for `plan hls` and `why hls-ffn` those of hls.

    A step such as project-ffn is its task's, or that of OF_STEPS; one without - is the build's.
    Raises ConfigError if plan is asked for what has no steps.
    """
    if command == "plan" and words:
        planned = [name for name, other in COMMANDS.items() if other.plan and not other.looks]
        if len(words) > 1 or words[0] not in planned:
            found, hint = shown(" ".join(words)), nearest(words[0], planned)
            raise ConfigError(
                f"plan shows the steps of one task ({', '.join(planned)}), found {found}{hint}"
            )
        return words[0]
    if command == "why" and words:
        first, dash, _ = words[0].partition("-")
        task = OF_STEPS.get(first, first)
        return task if dash and task in ("sim", "csim", "hls", "lint") else command
    return command


@dataclass(frozen=True, slots=True)
class Typed:
    """A command line taken apart."""

    words: tuple[str, ...]  # tasks, their arguments and doit's own options, as they stand
    values: Mapping[str, str]  # name=value pairs
    rest: tuple[str, ...] = ()  # what stands after `--`


def typed(arguments: Sequence[str] | None = None) -> Typed:
    """Take sys.argv[1:] apart. Raises ConfigError for a name given twice."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    words: list[str] = []
    values: dict[str, str] = {}
    for word in arguments[:cut]:
        name, equals, value = word.partition("=")
        if word.startswith("-") or not equals:
            words.append(word)
        elif name in values:
            text = f"command line: {name} is given twice: {values[name]!r} and {value!r}"
            raise ConfigError(text)
        else:
            values[name] = value
    return Typed(tuple(words), values, tuple(arguments[cut + 1 :]))


def option(command: str, name: str) -> Option:
    """An option as a command means it."""
    return OWN.get((command, name)) or OPTIONS[name]


def check(values: Mapping[str, str], commands: Iterable[str]) -> None:
    """Refuse a name=value that none of the commands takes, with the nearest that one does."""
    commands = list(commands)
    takes = sorted({name for command in commands for name in COMMANDS[command].takes})
    faults = []
    for name in values:
        if name in takes:
            continue
        what = f"{'/'.join(commands)} takes no {shown(name)}"
        known = f" (options: {', '.join(takes)})" if takes else " (it takes no options)"
        elsewhere = "".join(ELSEWHERE.get((command, name), "") for command in commands)
        faults.append(f"command line: {what}{elsewhere or nearest(name, takes)}{known}")
    if faults:
        raise ConfigError("\n".join(faults))


def from_caller(path: str) -> str:
    """A path as the caller means it: relative to the folder ./doit was called in."""
    return str(Path(os.environ.get("BITWRIGHT_CWD") or Path.cwd(), Path(path).expanduser()))
