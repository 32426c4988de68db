"""The data of the test bench that Stream-HLS wrote, under the names of the arguments.

Beside src/NET.cpp it leaves src/NET_tb.cpp and data/: inputs, weights and the output of PyTorch.
Its bench reads them in order and says by that which is which; ours reads ARGUMENT.bin and compares
with ARGUMENT_expected.bin. Elements stand in a file as in memory, in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ConfigError
from bitwright.hls import source
from bitwright.hls.adopt.effects import READ, WRITE
from bitwright.hls.adopt.interface import Design, Port
from bitwright.hls.source import Function

FOLDER = "data"
EXPECTED = "_expected"
MAX_BYTES = 256 * 1024 * 1024  # of all files together
_FILE = re.compile(r'"/?data/([\w.-]+)"')
_LAST_WORD = re.compile(r"\w+\Z")


@dataclass(frozen=True, slots=True)
class Vectors:
    files: Mapping[str, bytes]  # data/v93.bin, data/v98_expected.bin, ...
    remarks: tuple[str, ...] = ()  # what was there and is left out


def find(path: Path, design: Design) -> Vectors:
    """The data of a source: adopted already, or as Stream-HLS lays it out; often none."""
    beside = path.parent / FOLDER
    bench = path.with_name(f"{path.stem}_tb.cpp")
    wanted = dict(_adopted(beside, design))
    if not wanted and bench.is_file():
        folder = path.parent.parent / FOLDER
        names = _of_stream_hls(bench, design)
        wanted = {name: folder / file for name, file in names.items() if (folder / file).is_file()}
    if not wanted:
        return Vectors({})
    try:
        return _read(wanted, {port.name: port for port in design.ports})
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read: {error.strerror}") from error


def _adopted(folder: Path, design: Design) -> Iterator[tuple[str, Path]]:
    for name in _names(design):
        if (folder / f"{name}.bin").is_file():
            yield name, folder / f"{name}.bin"


def _names(design: Design) -> Iterator[str]:
    """What the bench opens: each argument that is read, each that is written as expected."""
    for port in design.ports:
        if READ in port.direction:
            yield port.name
        if WRITE in port.direction:
            yield f"{port.name}{EXPECTED}"


def _of_stream_hls(bench: Path, design: Design) -> dict[str, str]:
    """Name -> file of the bench's folder; nothing for a bench of another kind."""
    found = source.parse(source.load(bench, str(bench)), str(bench))
    mains = found.named("main")
    calls = [c for main in mains for c in main.calls if c.name == design.top.name]
    if len(mains) != 1 or len(calls) != 1 or found.faults:
        return {}
    loaded = dict(_loaded(mains[0]))
    given = [_word(argument.text) for argument in calls[0].arguments]
    if len(given) != len(design.ports):
        return {}
    pairs = zip(design.ports, given, strict=True)
    names = {port.name: loaded[word] for port, word in pairs if word in loaded}
    results = [file for word, file in loaded.items() if word not in given]
    written = [port for port in design.ports if WRITE in port.direction]
    if len(results) == len(written):
        names |= {f"{p.name}{EXPECTED}": f for p, f in zip(written, results, strict=True)}
    return names


def _loaded(main: Function) -> Iterator[tuple[str, str]]:
    """(variable, file) of each `stream.read((char*)variable, bytes)`, in the order of the bench."""
    files = {v.name: match[1] for v in main.variables if (match := _FILE.search(v.initial))}
    for call in main.calls:
        if call.name == READ and call.receiver in files and call.arguments:
            yield _word(call.arguments[0].text), files[call.receiver]


def _word(text: str) -> str:
    found = _LAST_WORD.search(text)
    return found[0] if found else ""


def _read(wanted: Mapping[str, Path], ports: Mapping[str, Port]) -> Vectors:
    """The files; one of another size than its argument is told, and left out."""
    files, remarks, total = {}, [], 0
    for name, path in sorted(wanted.items()):
        port = ports[name.removesuffix(EXPECTED)]
        expected, size = port.elements * port.bits // 8, path.stat().st_size
        total += size
        if size != expected:
            remarks.append(f"{path}: {size} bytes, {port.name} has {expected}; left out")
        elif total <= MAX_BYTES:
            files[f"{FOLDER}/{name}.bin"] = path.read_bytes()
    if total > MAX_BYTES:
        return Vectors({}, (f"{path.parent}: more than {MAX_BYTES // 2**20} MB of data; left out",))
    return Vectors(files, tuple(remarks))
