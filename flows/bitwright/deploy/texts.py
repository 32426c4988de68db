"""The texts of a deployed folder: what a person does with it, and how it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bitwright.deploy.collect import SUMS
from bitwright.deploy.place import Placed
from bitwright.templates import render

FIRMWARE = "firmware"  # apart: PYNQ would lay an overlay beside the .bit over its own tree
FOLDER = Path(__file__).parent
CHECK = "python3 -m accelerator.check"


@dataclass(frozen=True, slots=True)
class How:
    """One way to bring a folder to life on a board."""

    host: str  # the module of the driver: pynq, xdma, xrt
    commands: tuple[str, ...]
    notes: tuple[str, ...]


def how(host: str, config: str) -> How:
    """host: pynq, kria, xdma or xrt, as a target names it."""
    return {"pynq": _pynq, "kria": _kria, "xdma": _xdma, "xrt": _xrt}[host](config)


def _pynq(config: str) -> How:
    # A login shell: PYNQ's Python and XRT's library are set up in /etc/profile.d/.
    there = f"ssh -t BOARD 'cd {config} && sudo bash -lc \"{CHECK}\"'"
    return How(
        "pynq",
        (f"ssh BOARD mkdir -p {config}", f"scp -r . BOARD:{config}", there),
        (
            "`BOARD` is the board in words of ssh, such as xilinx@192.168.2.99; its"
            " image is PYNQ 3.0 or newer.",
        ),
    )


def _kria(config: str) -> How:
    pynq = _pynq(config)
    without = (
        f"Without PYNQ: copy the files of `{FIRMWARE}/` to /lib/firmware/xilinx/{config},"
        f" then `sudo xmutil unloadapp` and `sudo xmutil loadapp {config}`; the registers"
        " of the kernels are /dev/uio*."
    )
    return replace(pynq, notes=(*pynq.notes, without))


def _xdma(config: str) -> How:
    return How(
        "xdma",
        (
            "vivado -mode batch -nojournal -nolog -source program.tcl",
            "echo 1 | sudo tee /sys/bus/pci/rescan && sudo modprobe xdma",
            f"sudo {CHECK}",
        ),
        (
            "`program.tcl` loads over JTAG, through this machine's hw_server, until the power"
            " goes off. A card that the host knew before is removed first: `echo 1 |"
            " sudo tee /sys/bus/pci/devices/DEVICE/remove`. The driver is AMD's dma_ip_drivers,"
            " XDMA/linux-kernel.",
        ),
    )


def _xrt(config: str) -> How:
    return How(
        "xrt",
        ("source /opt/xilinx/xrt/setup.sh", f"xclbinutil --info --input {config}.xclbin", CHECK),
        ("The driver loads the .xclbin into card 0; `on_xrt.load(1)` takes another.",),
    )


def readme(config: str, board: str, means: How, kernels: tuple[Placed, ...]) -> str:
    """The folder's README.md."""
    calls = [
        f'result = board["{each.cell}"]({", ".join(_named(each))})  # {_shapes(each)}'
        for each in kernels
    ]
    return render(
        FOLDER / "readme.md.j2",
        config=config,
        board=board,
        host=means.host,
        commands=means.commands,
        notes=means.notes,
        kernels=kernels,
        calls=calls,
        sums=SUMS,
    )


def program_tcl(bitstream: str, part: str) -> str:
    """The script that loads a bitstream over JTAG."""
    return render(FOLDER / "program.tcl.j2", bitstream=bitstream, device=f"{part.split('-')[0]}*")


def _named(placed: Placed) -> list[str]:
    first = [a.name for a in placed.kernel.arguments if a.kind == "memory"][:2]
    return [*(f"{name}={name}" for name in first), "..."]


def _shapes(placed: Placed) -> str:
    results = [a for a in placed.kernel.arguments if a.kind == "memory" and a.direction == "write"]
    return ", ".join(f"{a.format} [{', '.join(map(str, a.shape))}]" for a in results)
