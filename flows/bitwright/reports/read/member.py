"""Which members of a zip archive may be read: plain files, inside it, of a likely size."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import PurePosixPath, PureWindowsPath

from bitwright.reports.read.source import LARGEST

MEMBERS = 10_000
RATIO = 250  # times that a member may be larger than what is stored of it, if it is LARGE
LARGE = 16 << 20  # bytes
ENCRYPTED = 0x1  # in a member's flags
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


def fault(member: zipfile.ZipInfo) -> str:
    """Why a member is not even looked at; empty if it may be."""
    name = member.orig_filename
    if ".." in PurePosixPath(name).parts or ".." in PureWindowsPath(name).parts:
        return "a path that leads out of the archive"
    if name.startswith(("/", "\\")) or PureWindowsPath(name).drive or "\0" in name:
        return "an absolute path"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a symbolic link"
    if member.flag_bits & ENCRYPTED:
        return "an encrypted file"
    if member.file_size > LARGEST:
        return f"{member.file_size >> 20} MiB"
    if member.file_size > LARGE and member.file_size > RATIO * max(member.compress_size, 1):
        return f"{member.file_size >> 20} MiB from {member.compress_size} bytes"
    return ""
