"""IEEE 1685-2009 as far as packages of cores use it: what may stand where, in which order.

Written from the standard's text, apart from the tables that the writer has; the schema itself is
no part of this project. `faults(text)` is empty for a document that keeps it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

SPIRIT = "{http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009}"
MODES = "master|slave|system|mirroredSlave|mirroredMaster|mirroredSystem|monitor"
NAMES = "name displayName? description?"
# Each word is a step: alternatives between |, then ? * + for how often; one each without a mark.
CONTENT = {
    "component": "vendor library name version busInterfaces? channels? remapStates? addressSpaces?"
    " memoryMaps? model? componentGenerators? choices? fileSets? whiteboxElements? cpus?"
    " otherClockDrivers? description? parameters? vendorExtensions?",
    "busInterfaces": "busInterface+",
    "busInterface": f"{NAMES} busType abstractionType? {MODES} connectionRequired? portMaps?"
    " bitsInLau? bitSteering? endianness? parameters? vendorExtensions?",
    "master": "addressSpaceRef?",
    "slave": "memoryMapRef|bridge*",
    "portMaps": "portMap+",
    "portMap": "logicalPort physicalPort",
    "logicalPort": "name vector?",
    "physicalPort": "name vector?",
    "vector": "left right",
    "addressSpaces": "addressSpace+",
    "addressSpace": f"{NAMES} range width segments? addressUnitBits? executableImage*"
    " localMemoryMap? parameters? vendorExtensions?",
    "memoryMaps": "memoryMap+",
    "memoryMap": f"{NAMES} addressBlock|bank|subspaceMap* memoryRemap* addressUnitBits?"
    " vendorExtensions?",
    "addressBlock": f"{NAMES} baseAddress typeIdentifier? range width usage? volatile? access?"
    " parameters? register|registerFile* vendorExtensions?",
    "register": f"{NAMES} dim* addressOffset typeIdentifier? size volatile? access? reset? field*"
    " alternateRegisters? parameters? vendorExtensions?",
    "reset": "value mask?",
    "field": f"{NAMES} bitOffset typeIdentifier? bitWidth volatile? access? enumeratedValues?"
    " modifiedWriteValue? writeValueConstraint? readAction? testable? parameters?"
    " vendorExtensions?",
    "writeValueConstraint": "writeAsRead|useEnumeratedValues? minimum? maximum?",
    "model": "views? ports? modelParameters?",
    "views": "view+",
    "view": f"{NAMES} envIdentifier+ language? modelName? defaultFileBuilder* fileSetRef*"
    " constraintSetRef* whiteboxElementRefs? parameters? vendorExtensions?",
    "fileSetRef": "localName",
    "ports": "port+",
    "port": f"{NAMES} wire|transactional access? vendorExtensions?",
    "wire": "direction vector? wireTypeDefs? driver? constraintSets?",
    "wireTypeDefs": "wireTypeDef+",
    "wireTypeDef": "typeName typeDefinition* viewNameRef*",
    "driver": "defaultValue|clockDriver|singleShotDriver",
    "modelParameters": "modelParameter+",
    "modelParameter": f"{NAMES} value vendorExtensions?",
    "choices": "choice+",
    "choice": "name enumeration+",
    "fileSets": "fileSet+",
    "fileSet": f"{NAMES} group* file* defaultFileBuilder* dependency* function* vendorExtensions?",
    "file": "name fileType|userFileType+ isIncludeFile? logicalName? exportedName* buildCommand?"
    " dependency* define* imageType* description? vendorExtensions?",
    "parameters": "parameter+",
    "parameter": f"{NAMES} value vendorExtensions?",
}
VALUES = {
    "direction": "in out inout phantom",
    "usage": "memory register reserved",
    "access": "read-only write-only read-write writeOnce read-writeOnce",
    "modifiedWriteValue": "oneToClear oneToSet oneToToggle zeroToClear zeroToSet zeroToToggle clear"
    " set modify",
    "readAction": "clear set modify",
    "isIncludeFile": "true false",
    "fileType": "unknown cSource cppSource asmSource vhdlSource vhdlSource-87 vhdlSource-93"
    " verilogSource verilogSource-95 verilogSource-2001 swObject swObjectLibrary vhdlBinaryLibrary"
    " verilogBinaryLibrary executableHdl unelaboratedHdl systemVerilogSource"
    " systemVerilogSource-3.0 systemVerilogSource-3.1 systemVerilogSource-3.1a systemCSource"
    " systemCSource-2.0 systemCSource-2.0.1 systemCSource-2.1 systemCSource-2.2"
    " systemCBinaryLibrary veraSource eSource perlSource tclSource OVASource SVASource pslSource"
    " SDC",
}
MARKS = {
    "format": "bool float long bitString string",
    "resolve": "immediate user dependent generated",
    "rangeType": "float int unsigned long unsigned long",
    "testConstraint": "unconstrained restore writeAsRead readOnly",
}
LIBRARY = ("vendor", "library", "name", "version")
NMTOKEN = re.compile(r"[\w.:-]+")
NUMBER = re.compile(r"[+-]?(\d+|0x[0-9a-f]+|#[0-9a-f]+)[kmgtpe]?", re.I)


def faults(text: str) -> list[str]:
    """What keeps a document from being a component of IEEE 1685-2009, each with its place."""
    root = fromstring(text.encode())
    if root.tag != f"{SPIRIT}component":
        return [f"{root.tag}: no component"]
    return [*_below(root, "component"), *_references(root)]


def _below(node: Element, way: str) -> Iterator[str]:
    name = _name(node)
    children = [_name(child) for child in node if child.tag.startswith(SPIRIT)]
    if name in CONTENT and not re.fullmatch(_pattern(CONTENT[name]), " ".join([*children, ""])):
        yield f"{way}: {' '.join(children)}; expected {CONTENT[name]}"
    if name in VALUES and (node.text or "").strip() not in VALUES[name].split():
        yield f"{way}: {node.text!r}; expected one of {VALUES[name]}"
    for mark, known in MARKS.items():
        if node.get(SPIRIT + mark, known.split()[0]) not in known.split():
            yield f"{way}: {mark}={node.get(SPIRIT + mark)!r}; expected one of {known}"
    if (node.get(f"{SPIRIT}resolve") == "dependent") != (f"{SPIRIT}dependency" in node.attrib):
        yield f"{way}: what is dependent has a dependency, and nothing else"
    if name in ("busType", "abstractionType"):
        yield from (f"{way}: no {mark}" for mark in LIBRARY if not node.get(SPIRIT + mark))
    if name in ("name", "logicalName") and way.split("/")[-2] not in ("file", "fileSet"):
        yield from _not(NMTOKEN, node, f"{way}: no name")
    if name in ("range", "width", "size", "bitWidth", "bitOffset", "addressOffset", "left"):
        yield from _not(NUMBER, node, f"{way}: no number")
    if name != "vendorExtensions":
        for child in node:
            yield from _below(child, f"{way}/{_name(child)}")


def _not(pattern: re.Pattern[str], node: Element, fault: str) -> Iterator[str]:
    if not pattern.fullmatch((node.text or "").strip()):
        yield f"{fault}: {node.text!r}"


def _pattern(content: str) -> str:
    steps = []
    for word in content.split():
        often = word[-1] if word[-1] in "?*+" else ""
        steps.append(f"(?:(?:{word.rstrip('?*+')}) ){often}")
    return "".join(steps)


def _references(root: Element) -> Iterator[str]:
    """What is referred to must be there, once."""
    ids = Counter(node.get(f"{SPIRIT}id") for node in root.iter() if f"{SPIRIT}id" in node.attrib)
    yield from (f"id {one}: {many} times" for one, many in ids.items() if many > 1)
    for dependent in root.iter():
        for one in re.findall(r"id\('([^']*)'\)", dependent.get(f"{SPIRIT}dependency", "")):
            if one not in ids:
                yield f"dependency on {one}, which is nowhere"
    for kind, attribute, within in (
        ("memoryMap", "memoryMapRef", "memoryMaps"),
        ("addressSpace", "addressSpaceRef", "addressSpaces"),
        ("choice", "choiceRef", "choices"),
        ("busInterface", "masterRef", "busInterfaces"),
    ):
        there = _names(root, f"{SPIRIT}{within}/{SPIRIT}{kind}")
        for node in root.iter():
            to = node.get(SPIRIT + attribute)
            if to is not None and to not in there:
                yield f"{attribute} {to}: no such {kind}"
    there = _names(root, f"{SPIRIT}fileSets/{SPIRIT}fileSet")
    for node in root.iter(f"{SPIRIT}localName"):
        if node.text not in there:
            yield f"fileSetRef {node.text}: no such fileSet"
    ports = _names(root, f"{SPIRIT}model/{SPIRIT}ports/{SPIRIT}port")
    for node in root.iter(f"{SPIRIT}physicalPort"):
        if (to := node.findtext(f"{SPIRIT}name")) not in ports:
            yield f"physicalPort {to}: no such port"
    for way in ("busInterfaces/busInterface", "model/ports/port", "fileSets/fileSet"):
        path = "/".join(SPIRIT + word for word in way.split("/"))
        many = Counter(_names(root, path))
        yield from (f"{way} {name}: {count} times" for name, count in many.items() if count > 1)


def _names(root: Element, path: str) -> list[str | None]:
    return [node.findtext(f"{SPIRIT}name") for node in root.iterfind(path)]


def _name(node: Element) -> str:
    return node.tag.removeprefix(SPIRIT)
