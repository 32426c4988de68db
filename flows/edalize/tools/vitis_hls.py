"""Edalize tool `vitis_hls`: the project of a C++ kernel as a folder, and Vitis HLS run over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bitwright.engine import Step
from bitwright.errors import BitwrightError
from bitwright.hls import probe, scripts
from bitwright.steps import hls, recipe
from edalize.tools.stepped import Stepped

TESTBENCH = "testbench"  # tag, or what a file type ends with
SOURCES = ("cppSource", "cSource")
HEADERS = (".h", ".hh", ".hpp")
DATA, SIGNATURE = "data", "hlsSignature"  # file types


class Vitis_hls(Stepped):  # Edalize names it
    """hls_config.cfg and Tcl from the same options; the tool is chosen when it is to run."""

    description = "Vitis HLS: C++ to a packaged IP or a Vitis kernel"

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "part": {"type": "str", "desc": "Part, such as xcu280-fsvh2892-2L-e"},
        "clock_ns": {"type": "str", "desc": "Period of the clock in ns"},
        "flow_target": {"type": "str", "desc": "*vivado* (the default) or *vitis*"},
        "stages": {
            "type": "str",
            "desc": "What to do: csim, csynth, cosim, export, impl; csynth and export if not given",
            "list": True,
        },
        "export": {"type": "str", "desc": "*ip_catalog* (the default) or *xo*"},
        "vendor": {"type": "str", "desc": "Vendor of the IP, user.org if not given"},
        "library": {"type": "str", "desc": "Library of the IP, hls if not given"},
        "ip_name": {"type": "str", "desc": "Name of the IP, the toplevel if not given"},
        "version": {"type": "str", "desc": "Version of the IP, 1.0 if not given"},
        "display_name": {"type": "str", "desc": "What the IP catalogue shows"},
        "description": {"type": "str", "desc": "What the IP catalogue tells of it"},
        "include_dirs": {"type": "str", "desc": "Further folders of headers", "list": True},
        "cflags": {"type": "str", "desc": "Flags of every compilation", "list": True},
        "settings": {
            "type": "str",
            "desc": "Further settings, such as syn.compile.name_max_length=80",
            "list": True,
        },
        "run": {
            "type": "str",
            "desc": "*all* (the default), or *none* to lay out the project alone",
        },
        "number_format": {"type": "str", "desc": "The format to read kernel.yml for"},
        "limits": {"type": "str", "desc": "What the kernel must keep, as JSON"},
    }

    def setup(self, edam: dict[str, Any]) -> None:
        """EDAM in, Steps and EDAM with the IP out."""
        super().setup(edam)
        choice = self.tool_options.get("run", "all")
        if choice not in ("all", "none"):
            raise RuntimeError(f"run: expected all or none, found {choice!r}")
        try:
            self.steps = self._steps(choice == "all")
        except (BitwrightError, ValueError) as error:
            raise RuntimeError(str(error)) from error
        base = recipe.base_of(self.work_root)
        every = [recipe.commands(step, base) for step in self.steps]
        self.commands = every[-1]
        self.commands.commands = [command for found in every for command in found.commands]
        made = {"name": self.commands.default_target, "file_type": "hlsIp"}
        self.edam = {**edam, "files": [made] if choice == "all" else []}

    def _steps(self, runs: bool) -> tuple[Step, ...]:
        base = recipe.base_of(self.work_root)
        content, kernel = self._content(), self.toplevel
        code = recipe.code(self.work_root, hls.PROJECT_CODE)
        laid = hls.project_step(content, base=base, kernel=kernel, code=code)
        if not runs:
            return (laid,)
        made = hls.run_step(
            laid,
            content.project,
            self._signature(),
            recipe.installed(*probe.TOOLS),
            base=base,
            kernel=kernel,
            code=recipe.code(self.work_root, hls.RUN_CODE),
        )
        return (laid, made)

    def _content(self) -> hls.Content:
        """The project, its paths as in its own folder, and the files that it is made of."""
        sources: list[str] = []
        bench: list[str] = []
        data: list[str] = []
        headers: list[str] = []
        folders: list[str] = []
        for entry in self.files:
            kind, name = entry.get("file_type", ""), entry["name"]
            if kind == DATA:
                data.append(name)
            elif not kind.startswith(SOURCES):
                continue
            elif self._add_include_dir(entry, folders) or name.endswith(HEADERS):
                headers.append(name)
            elif kind.endswith(f"-{TESTBENCH}") or TESTBENCH in entry.get("tags", []):
                bench.append(name)
            else:
                sources.append(name)
        folders += self._list("include_dirs")
        files = hls.placed((*sources, *bench, *data, *headers))
        return hls.Content(self._project(sources, bench, data, folders), files)

    def _project(
        self, sources: list[str], bench: list[str], data: list[str], folders: list[str]
    ) -> scripts.Project:
        option = self.tool_options.get
        top = self.toplevel
        defines = (f"-D{name}={value}" for name, value in sorted(self.vlogdefine.items()))
        return scripts.Project(
            top=top,
            part=str(self._require_tool_option("part")),
            clock_ns=str(self._require_tool_option("clock_ns")),
            sources=tuple(map(hls.place, sources)),
            testbench=tuple(map(hls.place, bench)),
            data=tuple(map(hls.place, data)),
            includes=tuple(dict.fromkeys(map(hls.place, folders))),
            cflags=(*self._list("cflags"), *defines),
            flow_target=str(option("flow_target", "vivado")),
            stages=tuple(self._list("stages") or ("csynth", "export")),
            export=str(option("export", "ip_catalog")),
            settings=tuple(map(_setting, self._list("settings"))),
            ip=scripts.Ip(
                vendor=str(option("vendor", "user.org")),
                library=str(option("library", "hls")),
                name=str(option("ip_name", top)),
                version=str(option("version", "1.0")),
                display_name=str(option("display_name", "")),
                description=str(option("description", "")),
            ),
        )

    def _list(self, name: str) -> list[str]:
        return [str(value) for value in self.tool_options.get(name, ())]

    def _signature(self) -> hls.Signature | None:
        """The kernel.yml among the files, if there is one."""
        found = [entry["name"] for entry in self.files if entry.get("file_type") == SIGNATURE]
        if len(found) > 1:
            raise RuntimeError(f"vitis_hls takes one {SIGNATURE}, found {', '.join(found)}")
        option = self.tool_options.get
        form, limits = str(option("number_format", "")), str(option("limits", "{}"))
        return hls.Signature(found[0], form, limits) if found else None

    def write_config_files(self) -> None:
        """The scripts, for runners that do not write them."""
        for step in self.steps:
            recipe.write_scripts(step, Path(step.dir).parent, self.work_root)


def _setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
