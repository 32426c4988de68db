"""FuseSoC in process: what a core needs, as EDAM, without running a generator or copying a file.

Generators are FuseSoC's only step between a core and its EDAM that runs anything. Here each call of
one becomes a Generation, a value that says what it will write; the plan makes a step of them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import yaml
from fusesoc.coremanager import CoreManager, DependencyError
from fusesoc.edalizer import Edalizer
from fusesoc.library import Library
from fusesoc.vlnv import Vlnv

from bitwright.errors import ConfigError
from bitwright.modules import module_files

FOLDERS = ("cores", "ip", "bd")
GENERATED = "generate"  # the folder, below a flow's own, that generators write into

File = dict[str, Any]  # an EDAM file: name, file_type, ...


@dataclass(frozen=True, slots=True)
class Generation:
    """One call of a FuseSoC generator."""

    name: str  # of the entry under `generate:`, with its core's
    script: Path  # from the project's root, as all paths here
    request: Mapping[
        str, Any
    ]  # the YAML that the generator is given; files_root is filled in later
    root: Path  # the folder of the core that asks
    files: tuple[File, ...]  # what it will write, named from its folder
    reads: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Elaborated:
    """A core with all it depends on, for one target."""

    edam: dict[str, Any]  # file names start from the work root
    flow: str
    parameters: frozenset[str]  # those of the core itself; EDAM has its dependencies' too
    generations: tuple[Generation, ...]
    cores: tuple[Path, ...]  # the .core files that were used


class Cores:
    """The cores below some folders. Reads .core files when made."""

    def __init__(self, folders: Iterable[str] = FOLDERS) -> None:
        settings = SimpleNamespace(
            resolve_env_vars_early=False, allow_additional_properties=False, cache_root="build"
        )
        logging.getLogger("fusesoc").setLevel(logging.CRITICAL)  # what matters is raised below
        self._manager = CoreManager(settings)
        for folder in folders:
            if Path(folder).is_dir():
                self._manager.add_library(Library(folder, folder), [])
        if self._manager.parse_errors:
            faults = (f"{name}: {why}" for name, why in self._manager.parse_errors)
            raise ConfigError("\n".join(faults))

    def names(self) -> list[str]:
        """The VLNV of every core, in order."""
        return sorted(self._manager.get_cores())

    def targets(self, vlnv: str) -> list[str]:
        """The names of a core's targets. Raises ConfigError if there is no such core."""
        return sorted(self._core(vlnv).get_data({}).targets)

    def depends(self, vlnv: str, target: str) -> list[str]:
        """The VLNVs of a core and all it depends on, leaves first."""
        core = self._core(vlnv)
        found = self._manager.get_depends(core.name, {"target": target})
        return [str(each.name) for each in found]

    def elaborate(
        self, vlnv: str, target: str, *, work_root: Path, name: str, values: Mapping[str, Any]
    ) -> Elaborated:
        """A core's EDAM for one target.

        name: what the EDAM, and so the main output, is called
        values: replace the parameters of generators that have these names
        Raises ConfigError if the core, a dependency, the target or a generator is missing.
        """
        core = self._core(vlnv)
        try:
            flags = {**core.get_flags(target), "target": target}
            edalizer = _Planner(core.name, flags, work_root, self._manager, name, values)
            edam = edalizer.run()
            flow = core.get_flow(flags)
            own = core.get_parameters({**flags, "is_toplevel": True}, edam["parameters"])
        except DependencyError as error:
            raise ConfigError(f"{core.core_file}: {error.msg or error.value}") from error
        except (RuntimeError, SyntaxError) as error:
            raise ConfigError(f"{core.core_file}: {error}") from error
        if not flow:
            raise ConfigError(f"{core.core_file}: target {target} names no flow")
        used = tuple(Path(each.core_file) for each in edalizer.resolved_cores)
        return Elaborated(edam, flow, frozenset(own), tuple(edalizer.generations), used)

    def _core(self, vlnv: str) -> Any:
        try:
            return self._manager.get_core(Vlnv(vlnv))
        except DependencyError as error:
            raise ConfigError(
                f"no core {vlnv} in {', '.join(FOLDERS)} (cores: {', '.join(self.names())})"
            ) from error


class _Planner(Edalizer):  # type: ignore[misc]  # FuseSoC is untyped
    """FuseSoC's own way from cores to EDAM, where generators are noted down instead of run."""

    def __init__(
        self,
        toplevel: Vlnv,
        flags: dict[str, Any],
        work_root: Path,
        manager: CoreManager,
        name: str,
        values: Mapping[str, Any],
    ) -> None:
        super().__init__(toplevel, flags, str(work_root), manager, system_name=name)
        self.generations: list[Generation] = []
        self._values = values

    def run_generators(self) -> None:
        self._resolved_or_generated_cores = []
        for core in self.resolved_cores:
            self._resolved_or_generated_cores.append(core)
            for entry in core.get_ttptttg(self._core_flags(core)):
                if entry["generator"] not in self.generators:
                    raise RuntimeError(f"{core.name} asks for generator {entry['generator']}")
                made = _generation(core, entry, self.generators[entry["generator"]], self._values)
                self.generations.append(made)
                core.direct_deps.append(made.request["vlnv"])
                into = Path(self.work_root) / GENERATED
                self._resolved_or_generated_cores.append(_Made(made, into, entry["pos"]))


class _Made:
    """A core that a generator will make, as far as EDAM needs it."""

    def __init__(self, made: Generation, folder: Path, pos: str) -> None:
        self.name = Vlnv(made.request["vlnv"])
        self.files_root = str(folder)
        self.core_file = str(folder / f"{self.name.sanitized_name}.core")
        self.direct_deps: list[str] = []
        self.pos = pos
        self._files = made.files

    def get_files(self, flags: Any) -> list[File]:
        return [dict(file) for file in self._files]

    def get_license(self) -> None:
        return None

    def _nothing(self, *flags: Any) -> dict[str, Any]:
        return {}

    get_parameters = get_flow_options = _nothing

    def get_scripts(self, root: str, flags: Any) -> dict[str, Any]:
        return {}

    def get_filters(self, flags: Any) -> list[str]:
        return []

    get_vpi = get_filters


def _generation(
    core: Any, entry: Mapping[str, Any], generator: Mapping[str, Any], values: Mapping[str, Any]
) -> Generation:
    name = core.name
    vlnv = f"{name.vendor}:{name.library}:{name.name}-{entry['name']}:{name.version}"
    own = entry["config"]
    parameters = {key: values.get(key, value) for key, value in own.items()}
    root = Path(core.files_root)
    script = Path(generator["root"]) / generator["command"]
    inputs = [parameters.get(key) for key in generator.get("file_input_parameters", "").split()]
    files = [root / one for given in inputs if given for one in _list(given)]
    call = {"gapi": "1.0", "parameters": parameters, "vlnv": vlnv}
    return Generation(
        name=f"{name.name}-{entry['name']}",
        script=script,
        request=call,
        root=root,
        files=tuple(_outputs(script, call, files)),
        reads=(*files, *_code(script)),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _code(script: Path) -> Iterator[Path]:
    """A generator's own files: every Python file beside it, and what they use of this package."""
    files = sorted(script.parent.glob("*.py"))
    yield from files
    yield from code(files)


def code(files: Iterable[Path]) -> tuple[Path, ...]:
    """The files of this package that Python files import, from the project's root."""
    modules: set[str] = set()
    for path in files:
        text = path.read_text(encoding="utf-8")
        for package, names in re.findall(r"^\s*from (bitwright[\w.]*) import (.+)$", text, re.M):
            modules |= {package, *(f"{package}.{word}" for word in re.findall(r"\w+", names))}
        modules |= set(re.findall(r"\bbitwright(?:\.\w+)+", text))  # import, or python -m
        modules |= {f"{name}.__main__" for name in re.findall(r"-m\W+(bitwright[\w.]*)", text)}
    return module_files(*sorted(modules - {"bitwright"}))


def _outputs(script: Path, call: Mapping[str, Any], inputs: Sequence[Path]) -> Iterator[File]:
    """The files a generator will write: its parameter `outputs`, written like a fileset's `files`,
    or what the .core says that it would leave beside them.

    Raises RuntimeError if neither is known.
    """
    declared = call["parameters"].get("outputs")
    if declared is None:
        described = yaml.safe_load(_core_text(script, call, inputs).partition("\n")[2])
        for fileset in described["filesets"].values():
            shared = {key: fileset[key] for key in ("file_type", "tags") if key in fileset}
            yield from ({**shared, **file} for file in _described(fileset["files"]))
        return
    yield from _described(declared)


def _described(entries: Iterable[Any]) -> Iterator[File]:
    """The files of a fileset as .core files write them: names, or names with attributes."""
    for entry in entries:
        if isinstance(entry, str):
            yield {"name": entry}
        else:
            yield from ({**attributes, "name": name} for name, attributes in entry.items())


def _core_text(script: Path, call: Mapping[str, Any], inputs: Sequence[Path]) -> str:
    """The .core a generator would write, by its own words but without running it."""
    module = ModuleType(f"generator_{script.stem}")
    module.__file__ = str(script)
    exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), module.__dict__)
    if hasattr(module, "core_text"):
        told: str = module.core_text(call)
        return told
    if [path.name for path in inputs] == ["kernel.yml"]:
        from bitwright import kernel

        return kernel.core_file(kernel.load(inputs[0], str(inputs[0])), call["vlnv"])
    if not hasattr(module, "core_file"):
        raise RuntimeError(
            f"{script}: says not what it writes\n"
            "  expected  parameters: {outputs: [{NAME: {file_type: TYPE}}, ...]}, or in the\n"
            "            script core_text(call) or core_file(vlnv, sim), which return its .core"
        )
    text: str = module.core_file(call["vlnv"], bool(call["parameters"].get("sim")))
    return text
