"""What a bitstream is: the 32 bits that name it, and the manifest of the build that made it.

In an ECP5 bitstream they are its USERCODE; in one of Vivado the USERID of its header, or where that
says nothing USR_ACCESS, which the configured device can read too; in an .xclbin a word of its
metadata, for the bitstream in it is that of the shell's maker.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.errors import ConfigError
from bitwright.manifest import MANIFEST, MANIFESTS
from bitwright.reports import amd_bit
from bitwright.reports.bitstream import PREAMBLE, parse_bitstream
from bitwright.reports.read.document import refuse

BUILDS = "*/*"  # folders of a build below build/: one config, one target
VARIANTS = "*/*/variants/*"
XCLBIN = b"xclbin2\0"  # its first bytes
WORD = "bitwright_usercode"  # in the metadata of an .xclbin
WORDED = re.compile(WORD.encode() + rb'"\W{1,40}(?:value"\W{1,40})?"([0-9a-f]{8})"')
UNSET = (0, 0xFFFFFFFF)  # what Vivado writes where nobody said anything


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file says about itself."""

    part: str  # as the file has it
    name: str  # of the 32 bits: USERCODE, USERID, USR_ACCESS
    usercode: int | None  # the 32 bits that name a build; None: there are none
    files: frozenset[str]  # SHA-256 of the file, and of itself without a time of writing
    payload: str = ""  # SHA-256 of what configures the device, where the file has a header


@dataclass(frozen=True, slots=True)
class Identity:
    """A bitstream and what is known about it."""

    path: Path
    stamp: Stamp
    manifest: Path | None  # None: no build here has these bits
    content: dict[str, Any]  # of the manifest
    same_bytes: bool  # the manifest's own bitstream has the file's SHA-256


def identify(path: Path, build: Path) -> Identity:
    """Read the bits that name a bitstream and find the manifest with them below `build`.

    Of several manifests the one whose bitstream has the very bytes is taken.
    Raises ConfigError if the file cannot be read, ReportError if it is no bitstream of ECP5 or AMD.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}\n  next  give a .bit file") from error
    stamp = _stamp(data, path)
    found = [
        Identity(path, stamp, where, content, bool(stamp.files & _outputs(content)))
        for where, content in _manifests(build)
        if stamp.usercode and content.get("usercode") == f"{stamp.usercode:08x}"
    ]
    unknown = Identity(path, stamp, None, {}, False)
    return max(found, key=lambda one: one.same_bytes, default=unknown)


def _stamp(data: bytes, path: Path) -> Stamp:
    if data.startswith(XCLBIN):
        return _of_xclbin(data)
    if amd_bit.is_amd(data):
        return _of_amd(data, path)
    if PREAMBLE in data:
        return _of_ecp5(data, path)
    refuse(
        path,
        "this is no bitstream",
        expected="a .bit for ECP5, a .bit of Vivado, or an .xclbin",
        found=f"{len(data)} bytes that are none of them",
        next="give the file that is loaded into the board",
    )


def _of_xclbin(data: bytes) -> Stamp:
    """xclbinutil keeps keys and values as JSON text; that is looked for wherever it stands."""
    found = WORDED.search(data)
    return Stamp("xclbin", WORD, int(found[1], 16) if found else None, frozenset({_sha(data)}))


def _of_ecp5(data: bytes, path: Path) -> Stamp:
    bitstream = parse_bitstream(data, origin=path)
    part = ", ".join(bitstream.comments) or f"IDCODE {bitstream.idcode:08x}"
    return Stamp(part, "USERCODE", bitstream.usercode, frozenset({_sha(data)}))


def _of_amd(data: bytes, path: Path) -> Stamp:
    bit = amd_bit.parse(data, origin=path)
    named = {"USERID": bit.user_id, "USR_ACCESS": bit.usr_access}
    said = [(name, bits) for name, bits in named.items() if bits not in (None, *UNSET)]
    name, bits = said[0] if said else ("USERID", None)
    files = frozenset({_sha(data), _sha(amd_bit.timeless(data, origin=path))})
    return Stamp(f"Part: {bit.part}", name, bits, files, bit.payload_sha256)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def describe(identity: Identity) -> str:
    """What a person wants to know, a few lines."""
    stamp = identity.stamp
    payload = f"\n  payload   SHA-256 {stamp.payload}" if stamp.payload else ""
    if not stamp.usercode:
        return f"{identity.path}: {stamp.part}, no {stamp.name}; not built by bitwright{payload}"
    head = f"{identity.path}: {stamp.part}, {stamp.name} {stamp.usercode:08x}{payload}"
    if identity.manifest is None:
        lost = "built elsewhere, or cleaned away since"
        return f"{head}\n  no build here has this {stamp.name}: {lost}"
    content = identity.content
    tools = ", ".join(f"{name} {version}" for name, version in sorted(content["tools"].items()))
    lines = [
        head,
        f"  built as  {content['config']} on {content['target']}",
        f"  commit    {_commit(content['git'])}",
        f"  tools     {tools}",
        f"  bytes     {'as built' if identity.same_bytes else 'not those of that build'}",
        f"  manifest  {identity.manifest}",
    ]
    return "\n".join(lines)


def _manifests(build: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Every readable manifest, the present ones before those kept by USERCODE."""
    paths: list[Path] = []
    for folder in (BUILDS, VARIANTS):
        paths += sorted(build.glob(f"{folder}/{MANIFEST}"))
        paths += sorted(build.glob(f"{folder}/{MANIFESTS}/*.json"))
    found = []
    for path in paths:
        try:
            content = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(content, dict) and {"config", "target", "git", "tools"} <= content.keys():
            found.append((path, content))
    return found


def _outputs(content: dict[str, Any]) -> set[str]:
    return {sha for step in content.get("steps", ()) for sha in step["outputs"].values()}


def _commit(git: dict[str, Any] | None) -> str:
    if git is None:
        return "unknown (built outside a git work tree)"
    return f"{git['commit']}{', sources changed since' if git['dirty'] else ''}"
