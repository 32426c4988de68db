"""STAND-IN for AMD Vivado, for the tests of bitwright alone: it builds nothing.

    vivado_standin.py FOLDER -mode batch -nojournal -nolog -source SCRIPT [-tclargs ARGUMENT...]

It runs a script in the project's own interpreter of block-design Tcl, with commands of a project
and of an implementation beside it. Commands and options that it does not know, files that are not
there and designs that are not valid are errors, as they are in Vivado. What it leaves behind says
that a stand-in wrote it. `behaviour.json` in FOLDER says where it is to fail and how (`faults.py`);
`ran` there lists the long commands that ran.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "flows")]

from bitwright.blockdesign import catalogue  # noqa: E402
from bitwright.blockdesign.catalogue import Catalogue  # noqa: E402
from bitwright.blockdesign.interpreter import (  # noqa: E402
    CommandError,
    Interpreter,
    TclFault,
    arguments,
)
from bitwright.blockdesign.interpreter import properties as own_properties  # noqa: E402
from bitwright.blockdesign.interpreter.words import matches  # noqa: E402
from bitwright.blockdesign.looks import looks  # noqa: E402
from bitwright.ipxact.read import load as load_component  # noqa: E402

from tests.ipxact.packager_standin import Packager  # noqa: E402
from tests.standins import bitfile, handoff, packaged, reports  # noqa: E402
from tests.standins.faults import Faults  # noqa: E402
from tests.standins.reports import MARK, Netlist  # noqa: E402

STAGES = {  # command -> the states it may begin from, and its own
    "opt_design": (("Synthesized",), "Optimized"),
    "place_design": (("Optimized", "Synthesized"), "Fully Placed"),
    "phys_opt_design": (("Fully Placed", "Routed"), "Physopt postPlace"),
    "route_design": (("Fully Placed", "Physopt postPlace"), "Routed"),
}
SHELLS = ("processing_system7", "zynq_ultra_ps_e", "xdma", "hbm")  # hard blocks
Words = tuple[str, ...]


class Standin:
    """One session."""

    def __init__(self, folder: Path) -> None:
        self.faults = Faults(folder)
        self.version = self.faults.say("version", "2024.1")
        self.project: dict[str, Any] = {}
        self.place = Path()  # of the project
        self.netlists: list[Netlist] = []  # open ones, the current one last
        self.settings: dict[str, dict[str, str]] = {}  # of a netlist, by name
        self.sources: set[str] = set()
        self.cache: Path | None = None
        self.cached: dict[str, tuple[str, bool]] = {}
        self.packager = Packager(Path, Path())
        self.tcl = Interpreter(
            catalogue.load(ROOT),
            version=self.version,
            commands=self.commands(),
            files=Path(),
            strict=True,
            seconds=3600,
        )
        self.session = self.tcl._session
        self.puts_to_file = self.tcl._machine.commands()["puts"]
        self.plain_file = self.tcl._machine.commands()["file"]

    def commands(self) -> dict[str, Callable[[Words], str]]:
        named: dict[str, Callable[[Words], str]] = {
            name.removeprefix("do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("do_")
        }
        named |= {name: self._report(name) for name in (*reports.TEXTS, "report_route_status")}
        named |= {name: self._stage(name) for name in STAGES}
        ipx = self.packager.commands()
        return named | {name: ipx[name] for name in ipx if name.startswith("ipx::")}

    # --- the machine ------------------------------------------------------------------------------

    def do_puts(self, words: Words) -> str:
        rest = [word for word in words if word != "-nonewline"] if len(words) > 1 else list(words)
        if len(rest) == 1 or rest[0] in ("stdout", "stderr"):
            print(rest[-1], flush=True)
            return ""
        return self.puts_to_file(words)

    def do_file(self, words: Words) -> str:
        paths = [Path(word) for word in words[1:] if word != "-force"]
        match words[0]:
            case "exists":
                return str(int(paths[0].exists()))
            case "normalize":
                return str(paths[0].absolute())
            case "mkdir":
                for path in paths:
                    path.mkdir(parents=True, exist_ok=True)
            case "copy" | "rename":
                self._there(paths[0])
                if words[0] == "copy":
                    shutil.copyfile(*paths)
                else:
                    paths[0].replace(paths[1])
            case "delete":
                for path in paths:
                    path.unlink(missing_ok=True)
            case _:
                return self.plain_file(words)
        return ""

    def _there(self, path: Path) -> Path:
        if not path.exists():
            raise CommandError(f"[Common 17-55] no such file: {path}")
        return path

    def do_source(self, words: Words) -> str:
        name = next(word for word in words if not word.startswith("-"))
        return self.session.host.source(self._there(Path(name)).read_text(), name)

    def do_version(self, words: Words) -> str:
        return self.version if words == ("-short",) else f"Vivado v{self.version} ({MARK})"

    def do_set_param(self, words: Words) -> str:
        known = ("general.maxThreads", "synth.maxThreads", "general.maxBackupLogs")
        if len(words) != 2 or words[0] not in known:
            raise CommandError(f"[Common 17-69] set_param: no parameter {words[:1]}")
        return words[1]

    def do_set_msg_config(self, words: Words) -> str:
        return ""

    def do_get_parts(self, words: Words) -> str:
        args = arguments("get_parts", words, values=("filter",), names=("patterns",))
        known = [part for part in args.rest if part.startswith(tuple(reports.AVAILABLE))]
        return self.session.host.join(tuple(known))

    # --- the project ------------------------------------------------------------------------------

    def do_create_project(self, words: Words) -> str:
        args = arguments(
            "create_project", words, flags=("force", "in_memory"), values=("part",),
            names=("name", "dir"),
        )  # fmt: skip
        if not args.get("part").startswith(tuple(reports.AVAILABLE)):
            raise CommandError(f"[Coretcl 2-106] Specified part '{args.get('part')}' is not known.")
        name = args.rest[0] if args.rest else "project"
        self.place = Path(args.rest[1] if len(args.rest) > 1 else ".")
        file = self.place / f"{name}.xpr"
        if file.exists() and "force" not in args:
            raise CommandError(f"[Coretcl 2-27] Can't create project: {file} exists. Use '-force'.")
        self.project = {"name": name, "part": args.get("part"), "runs": {}, "bd": {}, "files": []}
        self.project["memory"] = "in_memory" in args
        self.session.project, self.session.part = name, args.get("part")
        self._save()
        return name

    def _save(self) -> None:
        if self.project and not self.project["memory"]:
            self.place.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"written by": MARK, **self.project}, indent=1) + "\n"
            (self.place / f"{self.project['name']}.xpr").write_text(text)

    def do_open_project(self, words: Words) -> str:
        path = self._there(Path(next(word for word in words if not word.startswith("-"))))
        self.project = json.loads(path.read_text())
        self.place = path.parent
        self.session.project, self.session.part = self.project["name"], self.project["part"]
        return str(self.project["name"])

    def do_current_project(self, words: Words) -> str:
        if not self.project:
            raise CommandError("[Coretcl 2-88] no project is open")
        return str(self.project["name"])

    def do_close_project(self, words: Words) -> str:
        if self.netlists:
            self.netlists.pop()
        elif self.project:
            self._save()
            self.project = {}
        else:
            raise CommandError("[Coretcl 2-88] close_project: no project is open")
        return ""

    def do_add_files(self, words: Words) -> str:
        args = arguments(
            "add_files", words, flags=("norecurse", "copy_to", "scan_for_includes"),
            values=("fileset",), names=("files",),
        )  # fmt: skip
        for name in self.session.objects(args.rest):
            self.project["files"].append([args.get("fileset", "sources_1"), name])
            self.packager.files.append(self._there(Path(name)))
        self._save()
        return self.session.host.join(args.rest)

    do_import_files = do_add_files

    def do_read_verilog(self, words: Words) -> str:
        for name in [word for word in words if not word.startswith("-")]:
            self.sources.add(str(self._there(Path(name))))
        return ""

    def do_read_xdc(self, words: Words) -> str:
        for name in [word for word in words if not word.startswith("-")]:
            self._constrain(self._there(Path(name)))
        return ""

    def _constrain(self, path: Path) -> None:
        self.session.host.source(path.read_text(), str(path))

    def do_update_compile_order(self, words: Words) -> str:
        return ""

    def do_update_ip_catalog(self, words: Words) -> str:
        return ""

    # --- properties -------------------------------------------------------------------------------

    def do_set_property(self, words: Words) -> str:
        args = arguments(
            "set_property", words, values=("dict",), names=("name", "value", "objects")
        )
        if "dict" not in args.values and len(args.rest) == 3:
            name, value, target = args.rest
            if target in self.packager.things or (target, name) == ("sources_1", "top"):
                self.packager.commands()["set_property"](words)
            if target in self.packager.things:
                return ""
            if name.lower() == "ip_repo_paths":
                self._repository(self.session.host.split(value))
                return ""
            if target in self.project.get("runs", {}):
                self.project["runs"][target].setdefault("settings", {})[name.upper()] = value
                return ""
            if self.netlists and target == self.netlists[-1].design:
                self.settings.setdefault(target, {})[name.upper()] = value
                return ""
        return own_properties.COMMANDS["set_property"](self.session, words)

    def _repository(self, folders: Words) -> None:
        """The packages in folders of IPs, unpacked or as zips, and what their cells look like."""
        found = [path for folder in folders for path in sorted(Path(folder).rglob("component.xml"))]
        if not found:
            raise CommandError(f"[IP_Flow 19-2207] no IP in the repository {' '.join(folders)}")
        makers = dict(self.session.catalogue.makers)
        for path in found:
            made = packaged.instance(load_component(path))
            makers[made.type] = lambda parameters, version, made=made: made
        self.session.catalogue = Catalogue(makers)

    def do_get_property(self, words: Words) -> str:
        args = arguments("get_property", words, names=("name", "object"))
        if len(args.rest) == 2:
            name, target = args.rest[0].upper(), args.rest[1]
            if target in self.project.get("runs", {}):
                return self._run_value(target, name)
            if self.netlists and target == self.netlists[-1].design:
                return self.settings.get(target, {}).get(name, "")
        return own_properties.COMMANDS["get_property"](self.session, words)

    def _run_value(self, name: str, what: str) -> str:
        run = self.project["runs"][name]
        said = {
            "NAME": name,
            "PROGRESS": run["progress"],
            "STATUS": run["status"],
            "IS_SYNTHESIS": "1",
            "IS_IMPLEMENTATION": "0",
            "NEEDS_REFRESH": "0",
            "DIRECTORY": str(self._directory(name)),
        }
        return str(said.get(what, run.get("settings", {}).get(what, "")))

    # --- the block design -------------------------------------------------------------------------

    def do_validate_bd_design(self, words: Words) -> str:
        from bitwright.blockdesign.check import check

        self.faults.act("validate_bd_design")
        design = self.tcl.design()
        found = check(design, looks(design, self.session.catalogue), strict=False)
        errors = [one for one in found if one.severity == "error"]
        for one in errors:
            print(f"ERROR: [BD 41-1] {one.fault.message}", flush=True)
        if errors:
            raise CommandError(f"[BD 41-1031] Validation failed: {len(errors)} errors")
        for text in self.faults.say("critical", []):
            print(f"CRITICAL WARNING: {text}", flush=True)
        return ""

    def _bd(self) -> Path:
        name = self.project["bd"]["name"]
        return self.place / f"{self.project['name']}.srcs/sources_1/bd/{name}/{name}.bd"

    def do_save_bd_design(self, words: Words) -> str:
        design = self.tcl.design()
        seen = looks(design, self.session.catalogue)
        logic = [c for c in design.cells if c.kind != "hier" and not c.type.endswith(SHELLS)]
        self.project["bd"] = {
            "name": design.name,
            "cells": [[cell.path, cell.type, list(map(list, cell.parameters))] for cell in logic],
            "clocks": [
                [f"{cell.path}_{pin.name}".replace("/", "_"), round(1000 / pin.mhz, 3)]
                for cell in design.cells
                for pin in seen[cell.path].pins.values()
                if pin.kind == "clk" and pin.direction == "out" and pin.mhz
            ],
        }
        self._bd().parent.mkdir(parents=True, exist_ok=True)
        self._bd().write_text(json.dumps({"written by": MARK, **self.project["bd"]}, indent=1))
        self._save()
        return ""

    def do_get_files(self, words: Words) -> str:
        args = arguments(
            "get_files", words, flags=("all",), values=("filter",), names=("patterns",)
        )
        there = [str(self._bd())] if self.project.get("bd") else []
        there += [name for _, name in self.project.get("files", [])]
        shapes = [word.rpartition("/")[2] for word in args.rest] or ["*"]
        found = [p for p in there if any(fnmatchcase(Path(p).name, shape) for shape in shapes)]
        if not found and "quiet" not in args:
            print(f"WARNING: [Vivado 12-818] No files matched '{' '.join(args.rest)}'", flush=True)
        return self.session.host.join(tuple(found))

    def do_generate_target(self, words: Words) -> str:
        self.faults.act("generate_target")
        args = arguments("generate_target", words, flags=("force",), names=("target", "objects"))
        if args.rest[:1] != ("all",):
            raise CommandError(f"[IP_Flow 19-3] generate_target: no target {args.rest[:1]}")
        self._there(Path(args.rest[1]))
        design = self.tcl.design()
        seen = looks(design, self.session.catalogue)
        folder = self.place / f"{self.project['name']}.gen/sources_1/bd/{design.name}/hw_handoff"
        folder.mkdir(parents=True, exist_ok=True)
        text = handoff.render(design, seen, self.project["part"], self.version)
        (folder / f"{design.name}.hwh").write_text(text)
        return ""

    def do_make_wrapper(self, words: Words) -> str:
        args = arguments("make_wrapper", words, flags=("top", "force"), values=("files",))
        self._there(Path(args.get("files")))
        name = self.project["bd"]["name"]
        folder = self.place / f"{self.project['name']}.gen/sources_1/bd/{name}/hdl"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}_wrapper.v"
        path.write_text(f"// {MARK}\nmodule {name}_wrapper; {name} {name}_i (); endmodule\n")
        return str(path)

    def do_report_ip_status(self, words: Words) -> str:
        args = arguments("report_ip_status", words, values=("file", "name"))
        Path(args.get("file")).write_text(f"{MARK}\nAll IPs are up to date.\n")
        return ""

    # --- runs -------------------------------------------------------------------------------------

    def _directory(self, run: str) -> Path:
        return (self.place / f"{self.project['name']}.runs" / run).absolute()

    def _ips(self) -> dict[str, str]:
        """Names of the IPs of the block design, each with what tells it from others."""
        name = self.project["bd"]["name"]
        return {
            f"{name}_{path.replace('/', '_')}_0": json.dumps([type, parameters, content(path)])
            for path, type, parameters in self.project["bd"]["cells"]
        }

    def do_create_ip_run(self, words: Words) -> str:
        self._there(Path(words[-1]))
        for name in self._ips():
            self.project["runs"][f"{name}_synth_1"] = {"progress": "0%", "status": "Not started"}
        self._save()
        return self.session.host.join(tuple(self.project["runs"]))

    def do_get_ips(self, words: Words) -> str:
        return self.session.host.join(tuple(self._ips()))

    def do_config_ip_cache(self, words: Words) -> str:
        args = arguments(
            "config_ip_cache", words, flags=("import_from_project", "clear_output_repo"),
            values=("use_cache_location", "get_id", "cache_was_used", "cache_has_match"),
        )  # fmt: skip
        if location := args.get("use_cache_location"):
            self.cache = self._there(Path(location))
            return ""
        for name, value in args.values.items():
            if value not in self._ips():
                raise CommandError(f"[IP_Flow 19-4] no IP {value}")
            id, used = self.cached.get(value, ("", False))
            return id if name == "get_id" else str(int(used))
        raise CommandError("[Common 17-165] config_ip_cache: nothing asked")

    def do_get_runs(self, words: Words) -> str:
        args = arguments(
            "get_runs", words, flags=("regexp",), values=("filter", "of_objects"),
            names=("patterns",),
        )  # fmt: skip
        runs = self.project["runs"]
        runs.setdefault("synth_1", {"progress": "0%", "status": "Not started"})
        found = [
            name
            for name in runs
            if (not args.rest or any(fnmatchcase(name, shape) for shape in args.rest))
            and matches(args.get("filter"), lambda what, name=name: self._run_value(name, what))
        ]
        return self.session.host.join(tuple(found))

    def do_launch_runs(self, words: Words) -> str:
        args = arguments(
            "launch_runs", words, flags=("force",), values=("jobs", "to_step"), names=("runs",)
        )
        for name in self.session.objects(args.rest):
            if name not in self.project["runs"]:
                raise CommandError(f"[Common 17-69] launch_runs: no run {name}")
            self._run(name)
        self._save()
        return ""

    def _run(self, name: str) -> None:
        """One run: its folder, its log, its checkpoint; a failure is in its status alone."""
        folder = self._directory(name)
        folder.mkdir(parents=True, exist_ok=True)
        log, run = folder / "runme.log", self.project["runs"][name]
        if "ERROR" in run["status"]:
            raise CommandError(f"[Common 17-69] launch_runs: {name} failed; it must be reset first")
        lines = [f"#{MARK}", f"Command: synth_design, run {name}"]
        try:
            self._synthesise(name)
            run.update(progress="100%", status="synth_design Complete!")
            lines += ["synth_design completed successfully"]
            (folder / f"{name}.dcp").write_text(MARK)
        except CommandError as error:
            run.update(progress="0%", status="synth_design ERROR")
            lines += [f"ERROR: {error}"]
        log.write_text("\n".join(lines) + "\n")

    def _synthesise(self, name: str) -> None:
        if name == "synth_1":
            missing = [
                run
                for run, said in self.project["runs"].items()
                if run != name and said["progress"] != "100%"
            ]
            if missing:
                raise CommandError(f"[Common 17-70] runs are not done: {' '.join(missing)}")
            self.faults.act("synth_design")
            return
        ip = name.removesuffix("_synth_1")
        id = hashlib.sha256(self._ips()[ip].encode()).hexdigest()[:16]
        entry = self.cache / id if self.cache else None
        used = entry is not None and entry.exists()
        self.cached[ip] = (id, used)
        if not used:
            self.faults.act("ip_synth_design")
            self.faults.ran(name)
        if entry is not None and not used:
            entry.write_text(MARK)

    def do_wait_on_runs(self, words: Words) -> str:
        for name in self.session.objects([word for word in words if not word.startswith("-")]):
            print(f"[Thu Jan  1 00:00:00 1970] {name} finished", flush=True)
        return ""

    do_wait_on_run = do_wait_on_runs

    def do_open_run(self, words: Words) -> str:
        run = self.project["runs"].get(words[0])
        if not run or run["progress"] != "100%":
            raise CommandError(f"[Common 17-69] open_run: {words[0]} is not done")
        bd = self.project["bd"]
        self._open(self._netlist(f"{bd['name']}_wrapper", f"{bd['name']}_i"))
        for fileset, name in self.project["files"]:
            if fileset == "constrs_1":
                self._constrain(Path(name))
        return words[0]

    # --- netlists ---------------------------------------------------------------------------------

    def _netlist(self, top: str, instance: str) -> Netlist:
        bd = self.project.get("bd") or {"cells": [], "clocks": []}
        told = self.faults.say("missed", {})
        return Netlist(
            design=top,
            part=self.project["part"],
            instance=instance,
            cells=tuple(path for path, _, _ in bd["cells"]),
            kernels=tuple(path for path, type, _ in bd["cells"] if type.startswith("bitwright:")),
            clocks=tuple((name, period) for name, period in bd["clocks"]) or (("clk", 10.0),),
            state="Synthesized",
            missed=told,
        )

    def _open(self, netlist: Netlist) -> None:
        self.netlists.append(netlist)

    @property
    def netlist(self) -> Netlist:
        if not self.netlists:
            raise CommandError("[Common 17-53] No open design. Please open one first.")
        return self.netlists[-1]

    def do_synth_design(self, words: Words) -> str:
        args = arguments(
            "synth_design", words, values=("top", "part", "mode", "directive", "name"),
            flags=("rtl",),
        )  # fmt: skip
        self.faults.act("synth_design")
        if not self.sources or not self.project:
            raise CommandError("[Synth 8-1] synth_design: no sources")
        self._open(self._netlist(args.get("top"), ""))
        return ""

    def do_current_design(self, words: Words) -> str:
        return self.netlist.design

    def _stage(self, command: str) -> Callable[[Words], str]:
        def run(words: Words) -> str:
            arguments(command, words, values=("directive",), flags=("timing_summary",))
            before, after = STAGES[command]
            if self.netlist.state not in before:
                raise CommandError(
                    f"[Vivado 12-1] {command}: the design is {self.netlist.state}, not {before}"
                )
            print(f"Starting {command.removesuffix('_design').capitalize()} Task", flush=True)
            self.faults.act(command)
            self.faults.ran(command)
            state = {
                "drc_errors": int(self.faults.say("drc", 0)),
                "unrouted": int(self.faults.say("unrouted", 0)) if after == "Routed" else 0,
                "cdc_critical": int(self.faults.say("cdc", 0)),
                "missed": self.faults.say("missed", {}),
            }
            self.netlists[-1] = replace(self.netlist, state=after, **state)
            return ""

        return run

    def do_write_checkpoint(self, words: Words) -> str:
        args = arguments("write_checkpoint", words, flags=("force",), names=("file",))
        path = Path(args.rest[0])
        if path.exists() and "force" not in args:
            raise CommandError(f"[Common 17-176] {path} exists; use -force")
        with zipfile.ZipFile(path, "w") as archive:
            told = json.dumps(asdict(self.netlist), indent=1)
            for name, text in (("STAND-IN.txt", MARK), ("netlist.json", told)):
                archive.writestr(zipfile.ZipInfo(name), text)
        self.faults.half(path)
        return str(path)

    def do_open_checkpoint(self, words: Words) -> str:
        path = self._there(Path(next(word for word in words if not word.startswith("-"))))
        try:
            with zipfile.ZipFile(path) as archive:
                bad = archive.testzip()
                told = json.loads(archive.read("netlist.json"))
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise CommandError(f"[Project 1-588] {path} is no checkpoint: {error}") from error
        if bad:
            raise CommandError(f"[Project 1-588] {path} is damaged in {bad}")
        told = {name: _tuples(value) for name, value in told.items()}
        self._open(Netlist(**told))
        return self.netlist.design

    def _report(self, command: str) -> Callable[[Words], str]:
        def run(words: Words) -> str:
            args = arguments(
                command,
                words,
                flags=("hierarchical", "details", "warn_on_violation"),
                values=("file", "delay_type", "max_paths", "name"),
            )
            self.faults.act(command)
            text = reports.report(command, words, self.netlist, self.version)
            Path(args.get("file")).write_text(text)
            return ""

        return run

    # --- placement and constraints ----------------------------------------------------------------

    def do_get_cells(self, words: Words) -> str:
        for word in [word for word in words if not word.startswith("-")]:
            top, _, path = word.partition("/")
            first = path.split("/")[0]
            if top != self.netlist.instance or first not in self.netlist.cells:
                raise CommandError(f"[Vivado 12-180] No cells matched '{word}'.")
        return words[-1]

    def do_get_ports(self, words: Words) -> str:
        return self.session.host.join(tuple(word for word in words if not word.startswith("-")))

    def do_create_pblock(self, words: Words) -> str:
        return words[-1]

    def do_get_pblocks(self, words: Words) -> str:
        return words[-1]

    def do_resize_pblock(self, words: Words) -> str:
        return ""

    def do_add_cells_to_pblock(self, words: Words) -> str:
        return ""

    def do_create_clock(self, words: Words) -> str:
        arguments(
            "create_clock", words, flags=("add",), values=("name", "period", "waveform"),
            names=("objects",),
        )  # fmt: skip
        return ""

    do_set_false_path = do_get_ports
    do_set_clock_groups = do_get_ports

    # --- what leaves ------------------------------------------------------------------------------

    def do_write_bitstream(self, words: Words) -> str:
        args = arguments("write_bitstream", words, flags=("force", "bin_file"), names=("file",))
        if not self.netlist.routed:
            raise CommandError(f"[Vivado 12-1345] the design is {self.netlist.state}, not Routed")
        if self.netlist.drc_errors or self.netlist.unrouted:
            raise CommandError("[DRC NSTD-1] write_bitstream: the design breaks rules")
        self.faults.act("write_bitstream")
        self.faults.ran("write_bitstream")
        said = self.settings.get(self.netlist.design, {})
        path = Path(args.rest[0])
        path.write_bytes(
            bitfile.render(
                self.netlist.design,
                self.netlist.part,
                self.version,
                user_id=said.get("BITSTREAM.CONFIG.USERID", ""),
                usr_access=said.get("BITSTREAM.CONFIG.USR_ACCESS", ""),
                content=json.dumps(asdict(self.netlist), sort_keys=True),
            )
        )
        self.faults.half(path)
        self.bit = path
        return ""

    def do_package_xo(self, words: Words) -> str:
        args = arguments(
            "package_xo", words, flags=("force",),
            values=("xo_path", "kernel_name", "ip_directory", "kernel_xml", "ctrl_protocol"),
        )  # fmt: skip
        ip, name = self._there(Path(args.get("ip_directory"))), args.get("kernel_name")
        with zipfile.ZipFile(args.get("xo_path"), "w") as archive:
            archive.writestr(zipfile.ZipInfo("STAND-IN.txt"), MARK)
            archive.write(self._there(Path(args.get("kernel_xml"))), f"{name}/kernel.xml")
            for path in sorted(ip.rglob("*")):
                if path.is_file():
                    archive.write(path, f"ip_repo/{name}/{path.relative_to(ip)}")
        return args.get("xo_path")

    def do_write_debug_probes(self, words: Words) -> str:
        Path(words[-1]).write_text(f"{MARK}\n")
        return ""

    def do_write_hw_platform(self, words: Words) -> str:
        args = arguments(
            "write_hw_platform", words, flags=("fixed", "include_bit", "force", "minimal"),
            names=("file",),
        )  # fmt: skip
        with zipfile.ZipFile(args.rest[0], "w") as archive:
            archive.writestr(zipfile.ZipInfo("STAND-IN.txt"), MARK)
            name = self.project["bd"]["name"]
            hwh = self.place / f"{self.project['name']}.gen/sources_1/bd/{name}/hw_handoff"
            archive.write(self._there(hwh / f"{name}.hwh"), f"{name}.hwh")
            if "include_bit" in args:
                archive.write(self.bit, self.bit.name)
        return ""


def content(cell: str) -> str:
    """What the package of a kernel's cell holds, as one hash; "" of a cell that is no kernel."""
    sha = hashlib.sha256()
    files = sorted(path for path in Path("design/ip", cell).rglob("*") if path.is_file())
    for path in files:
        sha.update(path.as_posix().encode() + path.read_bytes())
    return sha.hexdigest() if files else ""


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def main(argv: list[str]) -> int:
    folder, *words = argv
    standin = Faults(Path(folder))
    version = standin.say("version", "2024.1")
    print(f"\n****** Vivado v{version} (64-bit)\n  **** {MARK}\n", flush=True)
    if words == ["-version"]:
        return 0
    given = words[words.index("-tclargs") + 1 :] if "-tclargs" in words else []
    words = words[: words.index("-tclargs")] if "-tclargs" in words else words
    if words[:5] != ["-mode", "batch", "-nojournal", "-nolog", "-source"] or len(words) != 6:
        print(f"ERROR: [Common 17-165] unrecognised command line: {words}")
        return 1
    standin.called(["vivado", *argv[1:]])
    return run(Standin(Path(folder)), words[5], given)


def run(standin: Standin, script: str, given: list[str]) -> int:
    """Run a script as batch mode does: an error ends it, with exit status 1."""
    host = standin.session.host
    try:
        if not Path(script).is_file():
            raise CommandError(f"[Common 17-55] source: no file {script}")
        host.evaluate("set", "argv", host.join(tuple(given)))
        standin.tcl.run(Path(script).read_text(), script)
    except (TclFault, CommandError) as error:
        problem = error.problem if isinstance(error, TclFault) else str(error)
        print(f"ERROR: {problem}\n    while executing {script}: {error}", flush=True)
        print("INFO: [Common 17-206] Exiting Vivado at Thu Jan  1 00:00:00 1970...", flush=True)
        return 1
    print("INFO: [Common 17-206] Exiting Vivado at Thu Jan  1 00:00:00 1970...", flush=True)
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)
