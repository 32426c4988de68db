"""STAND-IN for v++ as a linker, for the tests of bitwright alone: it links nothing.

    vpp_standin.py FOLDER --link --target hw --platform P --config C ... --output X.xclbin A.xo ...

It refuses options that it does not know, objects that are not whole, a configuration that names
kernels, masters or memories that are not there, and leaves an .xclbin, its text and reports behind.
"""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "flows")]

from bitwright.blockdesign.interpreter import CommandError  # noqa: E402
from bitwright.ipxact.model import Component  # noqa: E402
from bitwright.ipxact.read import read  # noqa: E402

from tests.standins import reports, xclbin  # noqa: E402
from tests.standins.faults import Faults  # noqa: E402
from tests.standins.reports import MARK, Netlist  # noqa: E402

VALUES = ("target", "platform", "config", "kernel_frequency", "temp_dir", "remote_ip_cache")
VALUES += ("jobs", "report_level", "output", "optimize", "to_step")
STOPS = ("vpl.create_bd", "vpl.update_bd", "vpl.generate_target", "vpl.synth")  # of --list_steps
FLAGS = ("link", "save-temps")
PARTS = {"u280": "xcu280-fsvh2892-2L-e", "u55c": "xcu55c-fsvh2892-2L-e"}


def options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    given: dict[str, str] = {}
    rest: list[str] = []
    left = iter(words)
    for word in left:
        name = word.removeprefix("--")
        if not word.startswith("--"):
            rest.append(word)
        elif name in FLAGS:
            given[name] = ""
        elif name in VALUES:
            given[name] = next(left, "")
        else:
            raise CommandError(f"[v++ 60-602] unrecognised option '{word}'")
    return given, rest


def kernel_of(path: str) -> Component:
    """The component in a kernel object."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith("component.xml")]
            if archive.testzip() or len(names) != 1:
                raise CommandError(f"[v++ 60-1] {path} is no whole kernel object")
            return read(archive.read(names[0]).decode(), origin=Path(path))
    except (OSError, zipfile.BadZipFile) as error:
        raise CommandError(f"[v++ 60-1] {path} is no kernel object: {error}") from error


def configured(path: Path, kernels: dict[str, Component]) -> dict[str, str]:
    """The compute units of a configuration, each with its kernel."""
    if not path.is_file():
        raise CommandError(f"[v++ 60-2] no configuration {path}")
    section, units = "", {}
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if found := re.fullmatch(r"\[(\w+)\]", line):
            section = found[1]
            if section not in ("connectivity", "debug", "vivado"):
                raise CommandError(f"[v++ 60-3] no section [{section}]")
        elif section == "connectivity":
            connect(line, kernels, units)
        elif section == "debug":
            probe(line, kernels, units)
        elif not re.fullmatch(r"(prop|param|impl\.\w+|synth\.\w+)[\w.]*=.+", line):
            raise CommandError(f"[v++ 60-4] not understood: {line}")
    return units


def connect(line: str, kernels: dict[str, Component], units: dict[str, str]) -> None:
    if found := re.fullmatch(r"nk=(\w+):1:(\w+)", line):
        if found[1] not in kernels:
            raise CommandError(f"[CFGEN 83-2287] no kernel {found[1]} among the objects")
        units[found[2]] = found[1]
    elif found := re.fullmatch(r"sp=(\w+)\.(\w+):HBM\[(\d+)(?::(\d+))?\]", line):
        masters = [b.name for b in kernels[units[found[1]]].bus_interfaces if b.mode == "master"]
        if found[2] not in masters or int(found[4] or found[3]) > 31:
            raise CommandError(f"[CFGEN 83-2226] {line}: no such master or memory")
    elif found := re.fullmatch(r"slr=(\w+):SLR[0-3]", line):
        if found[1] not in units:
            raise CommandError(f"[CFGEN 83-2227] {line}: no such unit")
    else:
        raise CommandError(f"[v++ 60-5] not understood: {line}")


def probe(line: str, kernels: dict[str, Component], units: dict[str, str]) -> None:
    found = re.fullmatch(r"chipscope=(\w+):(\w+)", line)
    if not found or found[1] not in units:
        raise CommandError(f"[v++ 60-6] not understood, or no such unit: {line}")
    if found[2] not in [b.name for b in kernels[units[found[1]]].bus_interfaces]:
        raise CommandError(f"[v++ 60-6] {line}: no such interface")


def link(words: list[str], faults: Faults) -> None:
    given, objects = options(words)
    if "link" not in given or given.get("target") != "hw" or not objects:
        raise CommandError("[v++ 60-6] this stand-in only links, for hardware, some objects")
    part = next((p for name, p in PARTS.items() if name in given.get("platform", "")), "")
    if not part:
        raise CommandError(f"[v++ 60-1258] no platform {given.get('platform')}")
    kernels = {found.vlnv.name: found for found in map(kernel_of, objects)}
    units = configured(Path(given["config"]), kernels)
    if set(units.values()) != set(kernels):
        raise CommandError("[CFGEN 83-2288] an object has no compute unit")
    if (stop := given.get("to_step", "")) and stop not in STOPS:
        raise CommandError(f"[v++ 60-7] no step {stop}")
    print(f"[00:00:00] Run vpl: Step {stop.partition('.')[2] or 'synth'}: Completed", flush=True)
    if stop:
        return
    faults.act("v++")
    faults.ran("v++")
    netlist = Netlist(
        design="standin_wrapper",
        part=part,
        instance="standin_i",
        cells=tuple(units),
        kernels=tuple(units),
        clocks=(("clk_kernel", 1000 / float(given.get("kernel_frequency", 300))),),
        state="Routed",
        missed=faults.say("missed", {}),
    )
    folder = Path(given.get("temp_dir", "_x"), "reports/link/imp")
    folder.mkdir(parents=True)
    for name, command in (
        ("standin_timing_summary_routed.rpt", "report_timing_summary"),
        ("standin_full_util_routed.rpt", "report_utilization"),
        ("standin_kernel_util_routed.rpt", "report_accelerator_utilization"),
    ):
        text = reports.report(command, (), netlist, faults.say("version", "2024.1"))
        (folder / name).write_text(text)
    output = Path(given["output"])
    body = xclbin.Body(part, given["platform"], tuple(sorted(units.items())), ())
    output.write_bytes(xclbin.render(body))
    Path(f"{output}.info").write_text(xclbin.info(body))
    faults.half(output)


def main() -> int:
    folder, *words = sys.argv[1:]
    faults = Faults(Path(folder))
    print(f"****** v++ v{faults.say('version', '2024.1')} (64-bit)\n  **** {MARK}", flush=True)
    if words == ["--version"]:
        return 0
    if "--help" in words:
        print("ERROR: [v++ 60-1653] unrecognised option '--mode'")
        return 1
    faults.called(["v++", *words])
    try:
        link(words, faults)
    except CommandError as error:
        print(f"ERROR: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
