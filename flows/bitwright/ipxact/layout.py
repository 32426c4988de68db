"""Which element of a component.xml holds which value: one table that reading and writing share.

The order of the table is the order of IEEE 1685-2009 (namespace `spirit`); what stands in
`vendorExtensions` is AMD's (namespace `xilinx`, in no public schema): in the order that Vivado
2013.3 to 2025.1 write it, for Vivado takes no other (Digilent/vivado-library, issue 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bitwright.ipxact import model
from bitwright.ipxact.parts import (
    Attribute,
    Element,
    Here,
    Many,
    One,
    Own,
    Reading,
    Shape,
    Text,
    Texts,
    Within,
    holding,
)
from bitwright.reports.read.hls.safe_xml import Node

MODES = (
    "master",
    "slave",
    "system",
    "mirroredSlave",
    "mirroredMaster",
    "mirroredSystem",
    "monitor",
)


@dataclass(frozen=True, slots=True)
class Mode:
    """The mode of a bus interface, and what it refers to."""

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        found = [(mode, each) for mode in MODES for each in reading.all(node, f"spirit:{mode}")]
        if len(found) != 1:
            known = ", ".join(MODES)
            seen = " and ".join(mode for mode, _ in found) or "none"
            reading.refuse(node, "a bus interface without its mode", f"one of {known}", seen)
        mode, below = found[0]
        values: dict[str, Any] = {"mode": mode}
        for field, name in (("memory_map", "memoryMapRef"), ("address_space", "addressSpaceRef")):
            reference = reading.one(below, f"spirit:{name}")
            if reference is not None:
                values |= Attribute(field, f"spirit:{name}").read(reference, reading)
        bridges = (
            Attribute("to", "spirit:masterRef").read(each, reading)
            for each in reading.all(below, "spirit:bridge")
        )
        values["bridges"] = tuple(each["to"] for each in bridges if "to" in each)
        return values

    def write(self, thing: Any) -> Element:
        refer: list[Element] = []
        for name, to in (
            ("addressSpaceRef", thing.address_space),
            ("memoryMapRef", thing.memory_map),
        ):
            if to:
                refer.append(Element(f"spirit:{name}", ((f"spirit:{name}", to),)))
        for to in thing.bridges:
            marks = (("spirit:masterRef", to), ("spirit:opaque", "true"))
            refer.append(Element("spirit:bridge", marks))
        return holding([Element(f"spirit:{thing.mode}", children=tuple(refer))])


def _attributes(prefix: str, **names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(field, f"{prefix}:{name}") for field, name in names.items())


NAME = Text("name", "spirit:name")
SHOWN = (Text("display", "spirit:displayName"), Text("doc", "spirit:description"))
DOC = Text("doc", "spirit:description")
_VLNV = {"vendor": "vendor", "library": "library", "name": "name", "version": "version"}
REFERENCE = Shape(model.Vlnv, _attributes("spirit", **_VLNV))
VALUE = Shape(
    model.Value,
    (
        Own(),
        *_attributes(
            "spirit",
            format="format",
            resolve="resolve",
            id="id",
            dependency="dependency",
            choice="choiceRef",
            order="order",
            group="configGroups",
            minimum="minimum",
            maximum="maximum",
            range_type="rangeType",
            bits="bitStringLength",
        ),
    ),
)
ENABLED = Shape(
    model.Enabled,
    (
        Text("presence", "xilinx:presence"),
        Within(
            "xilinx:isEnabled",
            (Own(), *_attributes("xilinx", resolve="resolve", id="id", dependency="dependency")),
        ),
    ),
)


def _enabled(info: str) -> Within:
    inner = One("enabled", "xilinx:enablement", ENABLED)
    return Within("spirit:vendorExtensions", (Within(f"xilinx:{info}", (inner,)),))


_PARAMETER = (NAME, *SHOWN, One("value", "spirit:value", VALUE), _enabled("parameterInfo"))
PARAMETER = Shape(model.Parameter, _PARAMETER)
MODEL_PARAMETER = Shape(model.HdlParameter, (Attribute("type", "spirit:dataType"), *_PARAMETER))
PARAMETERS = Many("parameters", "spirit:parameter", PARAMETER, "spirit:parameters")
RANGE = Shape(model.Range, (One("left", "spirit:left", VALUE), One("right", "spirit:right", VALUE)))


def _mapped(field: str, tag: str) -> Within:
    return Within(
        f"spirit:{tag}",
        (Text(field, "spirit:name"), One(f"{field}_range", "spirit:vector", RANGE)),
    )


PORT_MAP = Shape(
    model.PortMap, (_mapped("logical", "logicalPort"), _mapped("physical", "physicalPort"))
)
BUS_INTERFACE = Shape(
    model.BusInterface,
    (
        NAME,
        *SHOWN,
        One("bus_type", "spirit:busType", REFERENCE),
        One("abstraction", "spirit:abstractionType", REFERENCE),
        Mode(),
        Text("required", "spirit:connectionRequired"),
        Many("port_maps", "spirit:portMap", PORT_MAP, "spirit:portMaps"),
        PARAMETERS,
        _enabled("busInterfaceInfo"),
    ),
)
ADDRESS_SPACE = Shape(
    model.AddressSpace,
    (NAME, One("range", "spirit:range", VALUE), One("width", "spirit:width", VALUE), PARAMETERS),
)
FIELD = Shape(
    model.Field,
    (
        NAME,
        DOC,
        Text("offset", "spirit:bitOffset"),
        One("width", "spirit:bitWidth", VALUE),
        Text("access", "spirit:access"),
        Text("written", "spirit:modifiedWriteValue"),
        Within(
            "spirit:writeValueConstraint",
            (Text("minimum", "spirit:minimum"), Text("maximum", "spirit:maximum")),
        ),
        Text("read", "spirit:readAction"),
        Within(
            "spirit:testable", (Own("testable"), Attribute("constraint", "spirit:testConstraint"))
        ),
    ),
)
REGISTER = Shape(
    model.Register,
    (
        NAME,
        *SHOWN,
        Text("offset", "spirit:addressOffset"),
        One("size", "spirit:size", VALUE),
        Text("access", "spirit:access"),
        Within("spirit:reset", (One("reset", "spirit:value", VALUE),)),
        Many("fields", "spirit:field", FIELD),
        PARAMETERS,
    ),
)
ADDRESS_BLOCK = Shape(
    model.AddressBlock,
    (
        NAME,
        One("base", "spirit:baseAddress", VALUE),
        One("range", "spirit:range", VALUE),
        One("width", "spirit:width", VALUE),
        Text("usage", "spirit:usage"),
        Text("access", "spirit:access"),
        PARAMETERS,
        Many("registers", "spirit:register", REGISTER),
    ),
)
MEMORY_MAP = Shape(model.MemoryMap, (NAME, Many("blocks", "spirit:addressBlock", ADDRESS_BLOCK)))
VIEW = Shape(
    model.View,
    (
        NAME,
        Text("display", "spirit:displayName"),
        Text("environment", "spirit:envIdentifier"),
        Text("language", "spirit:language"),
        Text("model", "spirit:modelName"),
        Texts("file_sets", "spirit:fileSetRef", inner="spirit:localName"),
        PARAMETERS,
    ),
)
PORT_TYPE = Shape(
    model.PortType, (Text("name", "spirit:typeName"), Texts("views", "spirit:viewNameRef"))
)
PORT = Shape(
    model.Port,
    (
        NAME,
        Within(
            "spirit:wire",
            (
                Text("direction", "spirit:direction"),
                One("range", "spirit:vector", RANGE),
                Many("types", "spirit:wireTypeDef", PORT_TYPE, "spirit:wireTypeDefs"),
                Within("spirit:driver", (One("default", "spirit:defaultValue", VALUE),)),
            ),
        ),
        _enabled("portInfo"),
    ),
)
ENUMERATION = Shape(model.Enumeration, (Own(), Attribute("label", "spirit:text")))
CHOICE = Shape(model.Choice, (NAME, Many("values", "spirit:enumeration", ENUMERATION)))
FILE = Shape(
    model.File,
    (
        NAME,
        Texts("types", "spirit:fileType"),
        Texts("user_types", "spirit:userFileType"),
        Text("include", "spirit:isIncludeFile"),
        Text("library", "spirit:logicalName"),
    ),
)
SUB_CORE = Shape(
    model.SubCore,
    (
        Within(
            "xilinx:componentRef",
            (
                Here("vlnv", Shape(model.Vlnv, _attributes("xilinx", **_VLNV))),
                Within("xilinx:mode", (Attribute("mode", "xilinx:name"),)),
            ),
        ),
    ),
)
FILE_SET = Shape(
    model.FileSet,
    (
        NAME,
        Many("files", "spirit:file", FILE),
        Within("spirit:vendorExtensions", (Many("sub_cores", "xilinx:subCoreRef", SUB_CORE),)),
    ),
)
FAMILY = Shape(model.Family, (Own("name"), Attribute("life_cycle", "xilinx:lifeCycle")))
TAG = Shape(model.Tag, (Attribute("name", "xilinx:name"), Own()))
CHECKSUM = Shape(model.Checksum, _attributes("xilinx", scope="scope", value="value"))
CORE = Shape(
    model.Core,
    (
        Within(
            "xilinx:coreExtensions",
            (
                Many("families", "xilinx:family", FAMILY, "xilinx:supportedFamilies"),
                Texts("taxonomies", "xilinx:taxonomy", "xilinx:taxonomies"),
                Text("display", "xilinx:displayName"),
                Text("source", "xilinx:definitionSource"),
                Text("vendor_display", "xilinx:vendorDisplayName"),
                Text("vendor_url", "xilinx:vendorURL"),
                Text("revision", "xilinx:coreRevision"),
                Texts("upgrades", "xilinx:canUpgradeFrom", "xilinx:upgrades"),
                Text("created", "xilinx:coreCreationDateTime"),
                Many("tags", "xilinx:tag", TAG, "xilinx:tags"),
                Within(
                    "xilinx:sdxKernelAttributes",
                    (
                        Text("sdx_kernel", "xilinx:sdx_kernel"),
                        Text("sdx_kernel_type", "xilinx:sdx_kernel_type"),
                    ),
                ),
            ),
        ),
        Within(
            "xilinx:packagingInfo",
            (
                Text("tool_version", "xilinx:xilinxVersion"),
                Many("checksums", "xilinx:checksum", CHECKSUM),
            ),
        ),
    ),
)
_SELF = Shape(model.Vlnv, tuple(Text(name, f"spirit:{name}") for name in _VLNV))
COMPONENT = Shape(
    model.Component,
    (
        Here("vlnv", _SELF),
        Many("bus_interfaces", "spirit:busInterface", BUS_INTERFACE, "spirit:busInterfaces"),
        Many("address_spaces", "spirit:addressSpace", ADDRESS_SPACE, "spirit:addressSpaces"),
        Many("memory_maps", "spirit:memoryMap", MEMORY_MAP, "spirit:memoryMaps"),
        Within(
            "spirit:model",
            (
                Many("views", "spirit:view", VIEW, "spirit:views"),
                Many("ports", "spirit:port", PORT, "spirit:ports"),
                Many(
                    "model_parameters",
                    "spirit:modelParameter",
                    MODEL_PARAMETER,
                    "spirit:modelParameters",
                ),
            ),
        ),
        Many("choices", "spirit:choice", CHOICE, "spirit:choices"),
        Many("file_sets", "spirit:fileSet", FILE_SET, "spirit:fileSets"),
        DOC,
        PARAMETERS,
        One("core", "spirit:vendorExtensions", CORE, model.Core()),
    ),
)
