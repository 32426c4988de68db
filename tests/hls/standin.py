"""A stand-in for v++, vitis-run and vitis_hls: takes their command lines, lays out their folders.

    standin.py NAME ARGUMENTS...      NAME: the tool that it stands for

It compiles nothing: csynth.xml and the IP are what the test has put beside it. `behaviour.json` in
the same folder says what it can do and where it fails. Tcl is run by a real interpreter. Layouts
are those of Vitis HLS 2021.2 (Tcl) and 2025.1 (v++, vitis-run).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import tkinter
from pathlib import Path

HERE = Path(sys.argv[0]).resolve().parent
BEHAVIOUR = json.loads((HERE / "behaviour.json").read_text())
HELP = {  # as 2023.2 prints it
    "csim": "  --csim                  Specify hls run option csim",
    "cosim": "  --cosim                 Specify hls run option cosim",
    "impl": "  --impl                  Specify hls run option impl for vivado ooc",
    "package": "  --package               Specify hls run option package",
    "tcl": "  --tcl                   Option to support Tcl script flow",
}


def main() -> int:
    tool, *arguments = sys.argv[1:]
    able = tuple(BEHAVIOUR["can"].get(tool, ()))
    if arguments in (["--version"], ["-version"]):
        print(f"****** {tool} v2025.1 (64-bit)")
        return 0
    if "--help" in arguments:
        return say_help(tool, arguments, able)
    if arguments != ["-f", "probe.tcl"]:
        with (HERE / "calls.jsonl").open("a") as calls:
            calls.write(json.dumps([tool, *arguments]) + "\n")
    match [tool, *arguments]:
        case ["vitis-run", "--mode", "hls", "--tcl", script] if "tcl" in able:
            return run_tcl(script)
        case ["vitis_hls", "-f", script]:
            return run_tcl(script, able)
        case ["vitis-run", "--mode", "hls", option, "--config", config, "--work_dir", work]:
            return run_stage(option.removeprefix("--"), config, Path(work), able)
        case ["v++", "-c", "--mode", "hls", "--config", config, "--work_dir", work]:
            return run_stage("csynth", config, Path(work), able)
    print(f"ERROR: [{tool} 60-602] unrecognised command line: {arguments}")
    return 1


def say_help(tool: str, arguments: list[str], able: tuple[str, ...]) -> int:
    wanted = ["-c"] if tool == "v++" else []
    if arguments != [*wanted, "--mode", "hls", "--help"] or not able:
        print(f"ERROR: [{tool} 60-1653] unrecognised option '--mode'")
        return 1
    print(f"usage: {tool} [options] <input file...>\n\nGeneric options:")
    print("\n".join(HELP[name] for name in able if name in HELP))
    print("\nOptions allowed in a config file:\n\n[hls] section:\n  --hls.* arg    hls options")
    return 0


# --- stages ---------------------------------------------------------------------------------------


def fails(stage: str) -> bool:
    """Do what `fail` says of a stage; True if the tool is to end with a status other than 0."""
    match BEHAVIOUR.get("fail", {}).get(stage):
        case "status":
            print(f"ERROR: [HLS 200-70] {stage} went wrong")
            return True
        case "silent status":
            return True
        case "error":
            print(f"ERROR: [HLS 200-70] {stage} went wrong, but nobody looks")
        case "stop":
            sys.stdout.flush()
            os._exit(0)
        case "hang":
            print("hanging", flush=True)
            time.sleep(30)
            (HERE / "woke").touch()  # nobody ended it
    return False


def run_stage(stage: str, config: str, work: Path, able: tuple[str, ...]) -> int:
    """A stage as v++ and vitis-run do it, in <work_dir>/hls."""
    if stage not in able and stage != "csynth":
        print(f"ERROR: [vitis-run 82-3837] unrecognised option '--{stage}'")
        return 1
    print(f"INFO: [HLS 200-10] {stage} of {config}", flush=True)
    if fails(stage):
        return 1
    if stage == "csynth":
        leave_report(work / "hls" / "syn" / "report")
        entries = Path(config).read_text().splitlines()
        if "package.output.syn=true" in entries:
            if fails("export"):
                return 1
            top = next(line.partition("=")[2] for line in entries if line.startswith("syn.top="))
            leave_ip(work, top)
            leave_ip(work / "hls" / "impl" / "ip", "bitwright_hls_kernel_1_0_0")
    return 0


def leave_report(folder: Path) -> None:
    if BEHAVIOUR.get("no report"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "csynth.xml", folder / "csynth.xml")


def leave_ip(folder: Path, name: str) -> None:
    if BEHAVIOUR.get("no ip"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in ("zip", "xo"):
        if (HERE / f"ip.{suffix}").is_file():
            shutil.copy(HERE / f"ip.{suffix}", folder / f"{name}.{suffix}")


# --- Tcl ------------------------------------------------------------------------------------------


def run_tcl(script: str, able: tuple[str, ...] = ("tcl",)) -> int:
    """Run a script as vitis_hls does: an error in it is printed and gives exit status 1."""
    interpreter = tkinter.Tcl()
    interpreter.createcommand("leave", leave)
    interpreter.eval("fconfigure stdout -buffering line")
    interpreter.eval('proc exit args {error "left by exit"}')
    commands = ("csim_design", "csynth_design", "cosim_design", "export_design")
    for name in commands if "tcl" in able else ():
        why = "error {command 'ap_source' returned error code}"
        interpreter.eval(f"proc {name} args {{if {{[leave {name} {{*}}$args]}} {{{why}}}}}")
    for name in (
        *("open_project", "open_solution", "set_top", "set_part", "add_files", "create_clock"),
        *("config_export", "config_compile"),
    ):
        interpreter.eval(f"proc {name} args {{}}")
    try:
        interpreter.eval(f"source {{{script}}}")
    except tkinter.TclError as error:
        if str(error) != "left by exit":
            print(f'{error}\n    while executing\n"source {script}"', flush=True)
            return 1
    return 0


def leave(command: str, *arguments: str) -> bool:
    """What a command of the script leaves in <project>/<solution>; whether it fails."""
    stage = "impl" if "-flow" in arguments else command.removesuffix("_design")
    print(f"INFO: [HLS 200-1510] Running: {command}", flush=True)
    if fails(stage):
        sys.stdout.flush()
        return True
    sys.stdout.flush()
    solution = Path("project", "solution1")
    if stage == "csynth":
        leave_report(solution / "syn" / "report")
    if stage == "export":
        leave_ip(solution / "impl", "export")
        leave_ip(solution / "impl" / "ip", "bitwright_hls_kernel_1_0_0")
    return False


if __name__ == "__main__":
    sys.exit(main())
