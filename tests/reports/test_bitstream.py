"""A bitstream tells its USERCODE; packed here by the real ecppack."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.bitstream import parse_bitstream

TOOLS = Path(sys.executable).parent
HERE = Path("x.bit")
TILE = ".tile R5C10:PLC2\nword: SLICEA.K0.INIT 0110100110010110\n"


@dataclass(frozen=True)
class Packed:
    device: str
    idcode: int
    options: tuple[str, ...]
    usercode: int


CASES = [
    Packed("LFE5U-25F", 0x41111043, (), 0xFFFFBDB3),
    Packed("LFE5U-45F", 0x41112043, ("--compress",), 1),
    Packed("LFE5U-85F", 0x41113043, ("--compress",), 0xC2800000),
]


def pack(folder: Path, case: Packed) -> Path:
    """A bitstream with one LUT, some initialised block RAM, and this USERCODE."""
    words = "\n".join(" ".join(f"{(8 * n + i) % 512:03x}" for i in range(8)) for n in range(256))
    config = f".device {case.device}\n\n.comment Part: {case.device}\n\n{TILE}\n"
    (folder / "x.config").write_text(f"{config}.bram_init 0\n{words}\n\n")
    command = [str(TOOLS / "yowasp-ecppack"), *case.options, "--usercode", str(case.usercode)]
    subprocess.run([*command, "x.config", "x.bit"], cwd=folder, check=True, capture_output=True)
    return folder / "x.bit"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.device}{''.join(case.options)}")
def test_usercode_and_device_are_what_ecppack_wrote_and_ecpunpack_reads(
    case: Packed, tmp_path: Path
):
    path = pack(tmp_path, case)
    found = parse_bitstream(path.read_bytes(), origin=path)
    assert (found.usercode, found.idcode) == (case.usercode, case.idcode)
    assert found.comments == (f"Part: {case.device}",)
    command = [str(TOOLS / "yowasp-ecpunpack"), "x.bit", "y.config"]
    run = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    said = re.search(r"set USERCODE to 0x([0-9a-f]+)", run.stdout + run.stderr)
    assert said and int(said[1], 16) == found.usercode


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    case = Packed("LFE5U-25F", 0x41111043, ("--compress",), 0x12345678)
    return pack(tmp_path_factory.mktemp("packed"), case).read_bytes()


def test_a_truncated_bitstream_is_an_error(compressed: bytes):
    assert parse_bitstream(compressed, origin=HERE).usercode == 0x12345678
    end = compressed.rstrip(b"\xff")
    cuts = {*range(0, len(end) - 4, 2011), *range(200), *range(len(end) - 2500, len(end) - 4, 7)}
    for length in sorted(cuts):
        with pytest.raises(ReportError):
            parse_bitstream(compressed[:length], origin=HERE)


def test_a_flipped_bit_in_the_usercode_is_an_error(compressed: bytes):
    at = compressed.index(b"\xc2\x80\x00\x00\x12\x34\x56\x78") + 4
    for bit in range(48):  # the code and its CRC
        damaged = bytearray(compressed)
        damaged[at + bit // 8] ^= 1 << bit % 8
        with pytest.raises(ReportError, match="CRC"):
            parse_bitstream(bytes(damaged), origin=HERE)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xff\xbd\xb3", b"\xff\xff\xbd\xb3\x5e"])
def test_what_is_no_bitstream_is_an_error(data: bytes):
    with pytest.raises(ReportError):
        parse_bitstream(data, origin=HERE)
