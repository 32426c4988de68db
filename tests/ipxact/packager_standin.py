"""A stand-in for Vivado's IP packager: ipx:: commands over a model. It packages; Vivado it is not.

What it infers from ports are the rules of bitwright.ipxact.infer, and what commands and properties
there are is what UG1118, UG835 and public packaging scripts use; everything else it refuses. So a
script that it takes is one whose words are known, and what it leaves in component.xml is what the
script has said: a script that forgot a register makes another component than ours.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from bitwright.blockdesign.interpreter import Command, CommandError, arguments
from bitwright.ipxact import infer, model, of_kernel, rtl, write
from bitwright.ipxact.model import Value

COMPONENT = "component.xml"
PROPERTIES = {  # by kind of thing; in small letters, as Vivado takes either
    "core": "name version display_name description core_revision supported_families sdx_kernel"
    " sdx_kernel_type ipi_drc vitis_drc auto_family_support_level xpm_libraries"
    " vendor library",
    "bus_interface": "slave_memory_map_ref master_address_space_ref",
    "bus_parameter": "value",
    "address_space": "range width",
    "memory_map": "",
    "address_block": "range width usage access base_address",
    "register": "display_name description address_offset size access",
    "register_parameter": "value",
    "field": "description bit_offset bit_width access modified_write_value read_action",
    "user_parameter": "display_name value value_validation_type value_validation_list"
    " value_validation_range_minimum value_validation_range_maximum",
    "hdl_parameter": "value",
}
# command -> kind of what it adds, kind of what it adds it to
ADD = {
    "add_bus_parameter": ("bus_parameter", "bus_interface"),
    "add_address_space": ("address_space", "core"),
    "add_memory_map": ("memory_map", "core"),
    "add_address_block": ("address_block", "memory_map"),
    "add_register": ("register", "address_block"),
    "add_register_parameter": ("register_parameter", "register"),
    "add_field": ("field", "register"),
}
GET = (
    *("bus_interface", "bus_parameter", "user_parameter", "hdl_parameter"),
    *("address_space", "memory_map", "address_block", "register"),
)
SUFFIX = {".sv": "systemVerilogSource", ".v": "verilogSource", ".svh": "systemVerilogSource"}


@dataclass(slots=True)
class Thing:
    """Something that a handle stands for."""

    kind: str
    name: str
    properties: dict[str, str] = field(default_factory=dict)
    below: dict[tuple[str, str], Thing] = field(default_factory=dict)

    def of(self, kind: str) -> list[Thing]:
        return [thing for (other, _), thing in self.below.items() if other == kind]

    def get(self, name: str, default: str = "") -> str:
        return self.properties.get(name, default)

    def add(self, kind: str, name: str) -> Thing:
        return self.below.setdefault((kind, name), Thing(kind, name))


class Packager:
    """One session. real: the file that a path of the script names; folder: its working folder."""

    def __init__(self, real: Callable[[str], Path], folder: Path) -> None:
        self.real, self.folder = real, folder
        self.files: list[Path] = []
        self.top = ""
        self.things: dict[str, Thing] = {}
        self.component: model.Component | None = None
        self.target = folder

    def commands(self) -> Mapping[str, Command]:
        made: dict[str, Command] = {
            "add_files": self._add_files,
            "set_property": self._set_property,
            "current_fileset": lambda words: "sources_1",
            "ipx::package_project": self._package,
            "ipx::associate_bus_interfaces": self._associate,
            "ipx::remove_bus_parameter": self._remove_bus_parameter,
            "ipx::check_integrity": partial(self._of_core, ("kernel", "xrt")),
            "ipx::create_xgui_files": self._xgui,
            "ipx::update_checksums": partial(self._of_core, ()),
            "ipx::save_core": self._save,
            "ipx::archive_core": self._archive,
        }
        made |= {f"ipx::{name}": partial(self._add, name, *kinds) for name, kinds in ADD.items()}
        made |= {f"ipx::get_{kind}s": partial(self._get, kind) for kind in GET}
        return made

    # --- sources ------------------------------------------------------------------------------

    def _add_files(self, words: tuple[str, ...]) -> str:
        args = arguments("add_files", words, flags=("norecurse",), values=("fileset",))
        for path in map(self.real, args.rest):
            if not path.is_file():
                raise CommandError(
                    f"[Vivado 12-172] File or Directory '{path.name}' does not exist"
                )
            self.files.append(path)
        return ""

    def _package(self, words: tuple[str, ...]) -> str:
        args = arguments(
            *("ipx::package_project", words),
            flags=("import_files", "force"),
            values=("root_dir", "vendor", "library", "taxonomy", "set_current"),
        )
        # -module names a block design: all public scripts that have it package one.
        for needed in ("root_dir", "vendor", "library", "taxonomy"):
            if not args.get(needed):
                raise CommandError(f"package_project: no -{needed}")
        if not self.top:
            raise CommandError("package_project: the project has no top")
        self.target = self.folder / args.get("root_dir")
        with tempfile.TemporaryDirectory() as scratch:
            module = rtl.elaborate(self.files, self.top, folder=Path(scratch))
        core = Thing("core", self.top)
        self.component = self._inferred(core, module, args.values)
        return self._handle(core)

    def _inferred(
        self, core: Thing, module: rtl.Module, given: Mapping[str, str]
    ) -> model.Component:
        """What package_project finds by itself."""
        ports = of_kernel.ports(module)
        for interface in infer.interfaces(ports):
            made = core.add("bus_interface", interface.name)
            for parameter in interface.parameters:
                said = made.add("bus_parameter", parameter.name)
                said.properties["value"] = parameter.value.text
            if interface.bus_type.name == "clock":
                made.add("bus_parameter", "FREQ_HZ").properties["value"] = "100000000"
            if interface.bus_type.name == "aximm" and interface.mode == "slave":
                made.properties["slave_memory_map_ref"] = interface.name
                map = core.add("memory_map", interface.name)
                block = map.add("address_block", "reg0")
                block.properties |= {"range": "65536", "width": "0", "usage": "register"}
            elif interface.bus_type.name == "aximm":
                made.properties["master_address_space_ref"] = interface.name
                space = core.add("address_space", interface.name)
                space.properties |= {"range": "4294967296", "width": "32"}
        for name, value in module.parameters:
            for kind in ("user_parameter", "hdl_parameter"):
                core.add(kind, name).properties["value"] = str(value)
        return model.Component(
            model.Vlnv(given["vendor"], given["library"], self.top, "1.0"),
            bus_interfaces=infer.interfaces(ports),
            ports=ports,
            core=model.Core(taxonomies=(given["taxonomy"],)),
        )

    # --- things -------------------------------------------------------------------------------

    def _handle(self, thing: Thing) -> str:
        handle = f"ipx_{thing.kind}_{len(self.things)}"
        self.things[handle] = thing
        return handle

    def _thing(self, handle: str, kind: str) -> Thing:
        if handle not in self.things or self.things[handle].kind != kind:
            raise CommandError(f"{handle!r} is no {kind}")
        return self.things[handle]

    def _add(self, command: str, kind: str, above: str, words: tuple[str, ...]) -> str:
        args = arguments(f"ipx::{command}", words)
        name, parent = args.rest
        found = self._thing(parent, above)
        if (kind, name) in found.below:  # whether Vivado gives that one back, nobody has said
            if "quiet" not in args:
                raise CommandError(f"{above} {found.name} has a {kind} {name}")
            return ""
        return self._handle(found.add(kind, name))

    def _get(self, kind: str, words: tuple[str, ...]) -> str:
        args = arguments(f"ipx::get_{kind}s", words, values=("of_objects",))
        parent = self.things.get(args.get("of_objects"))
        if parent is None or (kind, args.rest[0]) not in parent.below:
            raise CommandError(f"no {kind} {args.rest[0]} of {args.get('of_objects')!r}")
        return self._handle(parent.below[kind, args.rest[0]])

    def _set_property(self, words: tuple[str, ...]) -> str:
        args = arguments("set_property", words, names=("name", "value", "objects"))
        name, value, handle = (args.get(key) for key in ("name", "value", "objects"))
        if not handle:
            name, value, handle = args.rest
        if handle == "sources_1" and name == "top":
            self.top = value
        elif handle in self.things:
            thing = self.things[handle]
            if name not in PROPERTIES[thing.kind].split():
                raise CommandError(f"a {thing.kind} has no property {name!r}")
            thing.properties[name] = value
        else:
            raise CommandError(f"set_property {name}: no object {handle!r}")
        return ""

    def _associate(self, words: tuple[str, ...]) -> str:
        args = arguments(
            *("ipx::associate_bus_interfaces", words), values=("busif", "clock", "reset")
        )
        core = self._thing(args.rest[0], "core")
        clock = core.below["bus_interface", args.get("clock")]
        for key, name in (("busif", "ASSOCIATED_BUSIF"), ("reset", "ASSOCIATED_RESET")):
            if said := args.get(key):
                core.below["bus_interface", said]  # KeyError: no such interface
                known = clock.add("bus_parameter", name).properties
                before = [one for one in known.get("value", "").split(":") if one]
                known["value"] = ":".join(dict.fromkeys((*before, said)))
        return ""

    def _remove_bus_parameter(self, words: tuple[str, ...]) -> str:
        name, handle = arguments("ipx::remove_bus_parameter", words).rest
        self._thing(handle, "bus_interface").below.pop(("bus_parameter", name), None)
        return ""

    # --- what is left on disk -----------------------------------------------------------------

    def _of_core(self, flags: tuple[str, ...], words: tuple[str, ...]) -> str:
        self._thing(arguments("ipx", words, flags=flags).rest[0], "core")
        return ""

    def _xgui(self, words: tuple[str, ...]) -> str:
        core = self._thing(words[0], "core")
        path = self.target / "xgui" / f"{core.get('name', core.name)}_standin.tcl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# a stand-in's\n", encoding="utf-8")
        return ""

    def _save(self, words: tuple[str, ...]) -> str:
        core = self._thing(words[0], "core")
        (self.target / "src").mkdir(parents=True, exist_ok=True)
        for path in self.files:
            shutil.copyfile(path, self.target / "src" / path.name)
        assert self.component is not None
        made = _component(self.component, core, self.top, self.files)
        (self.target / COMPONENT).write_text(write.write(made), encoding="utf-8")
        return ""

    def _archive(self, words: tuple[str, ...]) -> str:
        name, handle = arguments("ipx::archive_core", words).rest
        self._thing(handle, "core")
        with zipfile.ZipFile(self.folder / name, "w") as packed:
            for path in sorted(self.target.rglob("*")):
                if path.is_file():
                    packed.write(path, path.relative_to(self.target))
        return ""


def _component(found: model.Component, core: Thing, top: str, files: list[Path]) -> model.Component:
    """The component that the things describe."""
    value = core.get
    listed = tuple(model.File(f"src/{path.name}", (SUFFIX[path.suffix],)) for path in files)
    views = tuple(of_kernel.view(*named, top) for named in of_kernel.VIEWS)
    interfaces = tuple(
        _interface(one, core.below["bus_interface", one.name]) for one in found.bus_interfaces
    )
    return replace(
        found,
        vlnv=replace(found.vlnv, name=value("name", top), version=value("version", "1.0")),
        doc=value("description"),
        bus_interfaces=interfaces,
        address_spaces=tuple(
            model.AddressSpace(one.name, Value(one.get("range")), Value(one.get("width")))
            for one in core.of("address_space")
        ),
        memory_maps=tuple(
            model.MemoryMap(one.name, tuple(map(_block, one.of("address_block"))))
            for one in core.of("memory_map")
        ),
        views=views,
        model_parameters=tuple(
            model.HdlParameter(one.name, Value(one.get("value")))
            for one in core.of("hdl_parameter")
        ),
        choices=tuple(
            model.Choice(
                f"choice_list_{one.name}",
                tuple(map(model.Enumeration, one.get("value_validation_list").split())),
            )
            for one in core.of("user_parameter")
            if one.get("value_validation_type") == "list"
        ),
        file_sets=tuple(model.FileSet(view.file_sets[0], listed) for view in views),
        parameters=tuple(map(_parameter, core.of("user_parameter"))),
        core=replace(
            found.core,
            display=value("display_name"),
            revision=value("core_revision"),
            created=f"{datetime.now():%Y-%m-%dT%H:%M:%S.%fZ}",  # as Vivado does
            tags=(model.Tag(f"{found.vlnv}_ARCHIVE_LOCATION", str(Path.cwd())),),
            sdx_kernel=value("sdx_kernel"),
            sdx_kernel_type=value("sdx_kernel_type"),
            tool_version="stand-in",
        ),
    )


def _interface(found: model.BusInterface, thing: Thing) -> model.BusInterface:
    made = replace(
        found,
        parameters=(),
        memory_map=thing.get("slave_memory_map_ref"),
        address_space=thing.get("master_address_space_ref"),
    )
    values = {one.name: one.get("value") for one in thing.of("bus_parameter")}
    return infer.with_parameters(made, **values)


def _block(thing: Thing) -> model.AddressBlock:
    return model.AddressBlock(
        thing.name,
        Value(thing.get("base_address", "0")),
        Value(thing.get("range")),
        Value(thing.get("width")),
        thing.get("usage"),
        thing.get("access"),
        registers=tuple(map(_register, thing.of("register"))),
    )


def _register(thing: Thing) -> model.Register:
    return model.Register(
        thing.name,
        thing.get("address_offset"),
        Value(thing.get("size")),
        thing.get("display_name"),
        thing.get("description"),
        thing.get("access"),
        fields=tuple(
            model.Field(
                one.name,
                one.get("bit_offset"),
                Value(one.get("bit_width")),
                access=one.get("access"),
                written=one.get("modified_write_value"),
                read=one.get("read_action"),
            )
            for one in thing.of("field")
        ),
        parameters=tuple(
            model.Parameter(one.name, Value(one.get("value")))
            for one in thing.of("register_parameter")
        ),
    )


def _parameter(thing: Thing) -> model.Parameter:
    listed = thing.get("value_validation_type") == "list"
    return model.Parameter(
        thing.name,
        Value(
            thing.get("value"),
            choice=f"choice_list_{thing.name}" if listed else "",
            minimum=thing.get("value_validation_range_minimum"),
            maximum=thing.get("value_validation_range_maximum"),
        ),
        thing.get("display_name"),
    )
