"""What a bitstream is: its USERCODE, and the manifest of the build that made it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.errors import ConfigError
from bitwright.manifest import MANIFEST, MANIFESTS
from bitwright.reports.bitstream import Bitstream, parse_bitstream

BUILDS = "*/*"  # folders of a build below build/: one config, one target
VARIANTS = "*/*/variants/*"


@dataclass(frozen=True, slots=True)
class Identity:
    """A bitstream and what is known about it."""

    path: Path
    bitstream: Bitstream
    manifest: Path | None  # None: no build here has this USERCODE
    content: dict[str, Any]  # of the manifest
    same_bytes: bool  # the manifest's own bitstream has the file's SHA-256


def identify(path: Path, build: Path) -> Identity:
    """Read the bitstream's USERCODE and find its manifest below `build`.

    Of several manifests the one whose bitstream has the very bytes is taken.
    Raises ConfigError if the file cannot be read, ReportError if it is no ECP5 bitstream.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}\n  next  give a .bit file") from error
    bitstream = parse_bitstream(data, origin=path)
    sha = hashlib.sha256(data).hexdigest()
    found = [
        Identity(path, bitstream, where, content, sha in _outputs(content))
        for where, content in _manifests(build)
        if bitstream.usercode and content.get("usercode") == f"{bitstream.usercode:08x}"
    ]
    unknown = Identity(path, bitstream, None, {}, False)
    return max(found, key=lambda one: one.same_bytes, default=unknown)


def describe(identity: Identity) -> str:
    """What a person wants to know, a few lines."""
    usercode = identity.bitstream.usercode
    part = ", ".join(identity.bitstream.comments) or f"IDCODE {identity.bitstream.idcode:08x}"
    if not usercode:
        return f"{identity.path}: {part}, no USERCODE; not built by bitwright"
    head = f"{identity.path}: {part}, USERCODE {usercode:08x}"
    if identity.manifest is None:
        return f"{head}\n  no build here has this USERCODE: built elsewhere, or cleaned away since"
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
