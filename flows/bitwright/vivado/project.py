"""A run of Vivado over the project of a block design: unpacked before it, packed after it.

    python -m bitwright.vivado.project vivado.json

What is brought into the step's folder first, and what is kept of it, says `project.json` beside
vivado.json. The engine empties a step's folder and lets steps read files only, so between steps the
project is one archive. Exit status: that of bitwright.vivado.run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from bitwright.errors import BitwrightError, ToolError
from bitwright.told import tell
from bitwright.vivado import archive
from bitwright.vivado.scripts import IPS, PROJECT, USERCODE

PLAN = "project.json"
ARCHIVE = "project.tar.gz"
IP_CACHE = "ip_cache"  # in the step's folder: a link to the cache that all builds share
LARGEST = 1 << 30  # bytes of an IP, unpacked


@dataclass(frozen=True, slots=True)
class Ip:
    """A packaged IP and where it goes: a folder of IPS. Paths start from the step's folder."""

    name: str
    files: tuple[str, ...]  # with component.xml among them; or one zip
    base: str = ""  # the folder that they are of; "" for a zip


@dataclass(frozen=True, slots=True)
class Collect:
    """A report that the tool leaves somewhere, under a name that depends on its version."""

    folder: str
    kind: str  # of bitwright.reports.read: known by its content
    name: str  # what it is called in the step's folder


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens around the run of the tool."""

    unpack: str = ""  # the archive of an earlier step
    ips: tuple[Ip, ...] = ()
    ip_cache: bool = False
    usercode: str = ""  # the Record whose key names the hardware; {usercode} in arguments too
    collect: tuple[Collect, ...] = ()
    pack: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The Plan that to_json was given. Raises KeyError, TypeError or ValueError."""
        body = json.loads(text)
        ips = tuple(Ip(ip["name"], tuple(ip["files"]), ip["base"]) for ip in body.pop("ips"))
        collect = tuple(Collect(**each) for each in body.pop("collect"))
        return cls(ips=ips, collect=collect, **body)


def prepare(plan: Plan, folder: Path) -> None:
    """Bring what the run needs into its folder. Raises BitwrightError."""
    if plan.unpack:
        archive.unpack(folder / plan.unpack, folder / PROJECT)
    for ip in plan.ips:
        _bring(ip, folder)
    if plan.ip_cache:
        shared = cache_folder()
        shared.mkdir(parents=True, exist_ok=True)
        (folder / IP_CACHE).symlink_to(shared.absolute(), target_is_directory=True)
    if plan.usercode:
        text = f"set usercode {usercode(folder / plan.usercode)}\n"
        (folder / USERCODE).write_text(text, encoding="utf-8")


def cache_folder() -> Path:
    """Where the IP cache is: beside the results of steps, shared by all builds of this project.

    Vivado names an entry by a hash of the IP's sources and settings, the part and its own version,
    so another build can only find what it would have made itself. Behind a wrapper (a container, a
    host) the folder must be seen under the same path there.
    """
    here = Path(__file__).parents[3] / "build" / ".cache"
    return Path(os.environ.get("BITWRIGHT_CACHE") or here) / "ip"


def usercode(record: Path) -> str:
    """8 hex digits: the head of the key in a Record. Raises ToolError if it is none."""
    try:
        key = json.loads(record.read_text(encoding="utf-8"))["key"]
        if re.fullmatch("[0-9a-f]{64}", key):
            return str(key[:8])
        raise ValueError(f"the key is {key!r:.40}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ToolError(f"{record}: no Record of an implementation ({error})") from error


def _bring(ip: Ip, folder: Path) -> None:
    """Copy or unpack one IP; it must be one."""
    target = folder / IPS / ip.name
    target.mkdir(parents=True)
    if ip.base:
        for name in ip.files:
            to = target / os.path.relpath(name, ip.base)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, to)
    else:
        for name in ip.files:
            unzip(folder / name, target)
    if not (target / "component.xml").is_file():
        raise ToolError(
            f"{', '.join(ip.files)}: no packaged IP\n"
            f"  expected  component.xml at its top\n"
            f"  next      see in the log of the step that made it what it exported"
        )


def unzip(path: Path, folder: Path) -> None:
    """Unpack the zip of an IP. Raises ToolError if it is damaged or leads out of the folder."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > LARGEST:
                raise ValueError(f"it holds more than {LARGEST >> 20} MiB")
            for member in members:
                inside = PurePosixPath(member.filename)
                link = stat.S_ISLNK(member.external_attr >> 16)
                if inside.is_absolute() or ".." in inside.parts or link:
                    raise ValueError(f"{member.filename!r} leads out of it")
                to = folder / inside
                to.parent.mkdir(parents=True, exist_ok=True)
                to.write_bytes(packed.read(member))
    except (OSError, ValueError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise ToolError(f"{path}: no whole zip of an IP: {error}") from error


def collect(wanted: Collect, folder: Path) -> None:
    """Copy the newest stage's report of a kind. Raises ToolError if there is none."""
    from bitwright.reports.read.recognise import claimants, head_of

    found = []
    for path in sorted((folder / wanted.folder).rglob("*.rpt")):
        with path.open("rb") as stream:
            head = head_of(stream.read(1 << 16))
        if [kind.name for kind in claimants(head)] == [wanted.kind]:
            found.append(path)
    if not found:
        raise ToolError(
            f"{folder / wanted.folder}: no report that is a {wanted.kind}\n"
            f"  expected  one of place and route, which v++ leaves with --save-temps\n"
            f"  next      see in the log whether the tool implemented anything"
        )
    shutil.copyfile(max(found, key=_lateness), folder / wanted.name)


def _lateness(path: Path) -> tuple[bool, ...]:
    """How late a report was written in the flow, by the stage in its name."""
    stages = ("synth", "init", "opted", "placed", "physopt", "routed", "postroute")
    name = path.name.lower()
    return tuple(stage in name for stage in reversed(stages))


def _asked(argv: Sequence[str], plan: Plan, folder: Path) -> list[str]:
    """The request with what is known only now: a copy with the usercode in its arguments."""
    if not plan.usercode:
        return list(argv)
    request = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    code = usercode(folder / plan.usercode)
    request["arguments"] = [word.replace("{usercode}", code) for word in request["arguments"]]
    known = folder / f"known-{Path(argv[0]).name}"
    known.write_text(json.dumps(request, indent=1) + "\n", encoding="utf-8")
    return [str(known)]


def main(argv: Sequence[str]) -> int:
    """Prepare, run the tool, pack; what goes wrong is told in lines of errors."""
    from bitwright.vivado import run

    folder = Path()
    try:
        plan = Plan.from_json((folder / PLAN).read_text(encoding="utf-8"))
        status = run.main(_asked(argv, plan, folder), lambda: prepare(plan, folder))
        if status == 0 and plan.pack:
            archive.pack(folder / PROJECT, folder / ARCHIVE)
        for wanted in plan.collect if status == 0 else ():
            collect(wanted, folder)
    except BitwrightError as error:
        tell(str(error))
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
