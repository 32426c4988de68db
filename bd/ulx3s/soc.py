"""Generate the ULX3S system around the matrix engine: a LiteX SoC without a CPU.

    host --UART--> bridge --bus--> registers, engine control, SDRAM
                                   engine --AXI 64 bit--> sdram_bridge --> LiteDRAM --> SDRAM

    python bd/ulx3s/soc.py --rows 8 --cols 8 --clock-mhz 50 --out DIR         the board
    python bd/ulx3s/soc.py --rows 8 --cols 8 --clock-mhz 50 --sim --out DIR   its simulation

Writes DIR/ulx3s.v and DIR/ulx3s.lpf (with --sim DIR/ulx3s_sim.v instead: LiteDRAM's DFI model in
place of PHY, pins and PLL), DIR/soc.json (what the host must know: clock, addresses, registers) and
DIR/sdram_init.json (the commands LiteDRAM wants sent to the chip before its first use). The bytes
depend on the arguments and the version of LiteX alone.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import logging
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pins
from litedram.common import PhySettings
from litedram.core import ControllerSettings
from litedram.init import get_sdram_phy_init_sequence
from litedram.modules import SDRModule, _SpeedgradeTimings, _TechnologyTimings
from litedram.phy import GENSDRPHY, HalfRateGENSDRPHY, dfi
from litedram.phy.model import SDRAM_VERBOSE_STD, SDRAMPHYModel
from litex.build.generic_platform import GenericPlatform, Pins
from litex.build.io import DDROutput
from litex.build.lattice.common import lattice_ecp5_trellis_special_overrides
from litex.soc.cores import uart
from litex.soc.cores.clock import ECP5PLL
from litex.soc.integration.soc import SoCRegion
from litex.soc.integration.soc_core import SoCMini
from litex.soc.interconnect import axi
from litex.soc.interconnect.csr import AutoCSR, CSRStatus
from migen import (
    Cat,
    ClockDomain,
    ClockSignal,
    Constant,
    Instance,
    Module,
    Record,
    ResetSignal,
    Signal,
)
from migen.fhdl.specials import Tristate
from migen.genlib.record import DIR_S_TO_M

MEMORY_BASE = 0x4000_0000  # of the SDRAM, for the host and for the engine alike
CONTROL_BASE = 0x3000_0000  # of the engine's registers
CONTROL_SIZE = 0x1000
BUS_TIMEOUT_CYCLES = 100_000  # far above any wait, far below the bridge's 100 ms
SDRAM_MHZ = 100.0  # up to which all chips of BoardSdram have a CAS latency of 2
RATES = {"1:1": 1, "1:2": 2}  # SDRAM clocks per system clock
DFII_COMMANDS = {"CS": 0x01, "WE": 0x02, "CAS": 0x04, "RAS": 0x08}
DFII_CONTROLS = {"SEL": 0x01, "CKE": 0x02, "ODT": 0x04, "RESET_N": 0x08}


class BoardSdram(SDRModule):
    """The slowest timings and the smallest geometry of the chips found on ULX3S boards.

    MT48LC16M16A2, AS4C16M16SA and IS42S16160G have 32 MB; of an AS4C32M16SB the lower half of each
    row is used. CAS latency 2 at 100 MHz holds for all of them.
    """

    nbanks = 4
    nrows = 8192
    ncols = 512
    technology_timings = _TechnologyTimings(
        tREFI=64e6 / 8192, tWTR=(2, None), tCCD=(1, None), tRRD=(None, 15)
    )
    speedgrade_timings: ClassVar = {
        "default": _SpeedgradeTimings(tRP=20, tRCD=20, tWR=20, tRFC=(None, 70), tFAW=None, tRAS=45)
    }


@dataclass(frozen=True, slots=True)
class Options:
    """All that decides the system; every field is a command-line option of the same name."""

    rows: int
    cols: int
    a_kib: int  # on-chip panels of A
    b_kib: int  # on-chip panels of B
    clock_mhz: float
    baud: int
    sdram_rate: str  # 1:2 (SDRAM at twice the clock) or 1:1
    sim: bool

    @property
    def top(self) -> str:
        return "ulx3s_sim" if self.sim else "ulx3s"

    @property
    def identity(self) -> int:
        """32 bits the host compares, so that it never drives another system's register map."""
        options = asdict(self) | {"sim": False, "map": 1}
        return int(hashlib.sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()[:8], 16)


class Bidirectional:
    """A tristate pin as ECP5 has it. LiteX's own names the pad an input, which slang refuses."""

    @staticmethod
    def lower(pad: Tristate) -> Module:
        module = Module()
        for bit in range(len(pad.target)):
            module.specials += Instance(
                "TRELLIS_IO",
                p_DIR="BIDIR",
                io_B=pad.target if len(pad.target) == 1 else pad.target[bit],
                i_I=pad.o if len(pad.o) == 1 else pad.o[bit],
                o_O=pad.i if len(pad.i) == 1 else pad.i[bit],
                i_T=~pad.oe,
            )
        return module


class BoardPlatform(GenericPlatform):
    """The pins of pins.py, and how LiteX's I/O primitives look on ECP5."""

    def __init__(self) -> None:
        io = [(port.name, 0, Pins(" ".join(port.sites))) for port in pins.PORTS]
        super().__init__("LFE5U-85F-6BG381C", io)

    def get_verilog(self, fragment: Any, **settings: Any) -> Any:
        overrides = lattice_ecp5_trellis_special_overrides | {Tristate: Bidirectional}
        return super().get_verilog(fragment, special_overrides=overrides, **settings)


class SimPlatform(GenericPlatform):
    """Clock, reset and UART: what the C++ bench drives."""

    def __init__(self) -> None:
        names = ("sys_clk", "sys_rst", "ftdi_txd", "ftdi_rxd")
        super().__init__("SIM", [(name, 0, Pins(1)) for name in names])


class BoardClocks(Module):
    """25 MHz to the system clock and the SDRAM's, whose pin is shifted towards mid-data."""

    def __init__(self, platform: GenericPlatform, clock_hz: float, rate: str) -> None:
        self.rst = Signal()  # from the host, through the SoC's control register
        self.clock_domains.cd_sys = ClockDomain()
        self.submodules.pll = pll = ECP5PLL()
        self.comb += pll.reset.eq(platform.request("btn_fire1") | self.rst)
        pll.register_clkin(platform.request("clk_25mhz"), pins.CLOCK_MHZ * 1e6)
        pll.create_clkout(self.cd_sys, clock_hz, margin=0)
        if rate == "1:2":
            domains = ("sys", "sys2x", "sys2x_ps")
            self.clock_domains.cd_sys2x = ClockDomain()
            self.clock_domains.cd_sys2x_ps = ClockDomain(reset_less=True)
            pll.create_clkout(self.cd_sys2x, 2 * clock_hz, margin=0)
            # 180 degrees is what ULX3S boards run with in LiteX's own half-rate target
            pll.create_clkout(self.cd_sys2x_ps, 2 * clock_hz, phase=180, margin=0, with_reset=False)
            pin_clock = ClockSignal("sys2x_ps")
        else:
            domains = ("sys", "sys_ps")
            self.clock_domains.cd_sys_ps = ClockDomain(reset_less=True)
            pll.create_clkout(self.cd_sys_ps, clock_hz, phase=90, margin=0, with_reset=False)
            pin_clock = ClockSignal("sys_ps")
        for number, (signal, *_) in pll.clkouts.items():  # the names that reports show
            signal.name_override = f"clk_{domains[number]}"
        self.specials += DDROutput(1, 0, platform.request("sdram_clk"), pin_clock)


class SimClocks(Module):
    def __init__(self, platform: GenericPlatform) -> None:
        self.clock_domains.cd_sys = ClockDomain()
        self.comb += self.cd_sys.clk.eq(platform.request("sys_clk"))
        self.comb += self.cd_sys.rst.eq(platform.request("sys_rst"))


class Registered(Module):
    """A PHY with a register in each direction between it and the controller.

    Half-rate PHYs cross from the system clock to one twice as fast, whose edges coincide: such a
    path has half a system clock, which place and route does not know. From register to pin it is
    short.
    """

    def __init__(self, phy: Any) -> None:
        inner = phy.settings
        self.submodules.phy = phy
        self.settings = copy.copy(inner)
        self.settings.read_latency = inner.read_latency + 2  # a cycle out, a cycle back
        first = phy.dfi.phases[0]
        self.dfi = dfi.Interface(
            len(first.address), len(first.bank), len(first.cs_n), len(first.wrdata), inner.nphases
        )
        for outer, phase in zip(self.dfi.phases, phy.dfi.phases, strict=True):
            for name, _, direction in outer.layout:
                source, sink = getattr(outer, name), getattr(phase, name)
                if direction == DIR_S_TO_M:
                    source, sink = sink, source
                register = Signal.like(source)
                register.reset = source.reset
                self.sync += register.eq(source)
                self.comb += sink.eq(register)


class Identity(Module, AutoCSR):
    def __init__(self, value: int) -> None:
        self._value = CSRStatus(32, name="value")
        self.comb += self._value.status.eq(value)


class System(SoCMini):
    """The system for the board or for simulation; they differ in clocks, PHY and pins alone."""

    def __init__(self, options: Options) -> None:
        platform = SimPlatform() if options.sim else BoardPlatform()
        clock_hz = options.clock_mhz * 1e6
        super().__init__(platform, clock_hz, bus_timeout=BUS_TIMEOUT_CYCLES, ident="")
        if options.sim:
            self.submodules.crg = SimClocks(platform)
        else:
            self.submodules.crg = BoardClocks(platform, clock_hz, options.sdram_rate)
        self.submodules.identity = Identity(options.identity)
        self._add_bridge(platform, clock_hz, options.baud)
        self._add_memory(platform, clock_hz, options)
        self._add_engine(options)
        if not options.sim:
            self._add_leds(platform)

    def _add_bridge(self, platform: GenericPlatform, clock_hz: float, baud: int) -> None:
        pads = SimpleNamespace(tx=platform.request("ftdi_rxd"), rx=platform.request("ftdi_txd"))
        self.submodules.uart_phy = phy = uart.RS232PHY(pads, clock_hz, baud)
        self.submodules.uart_bridge = uart.UARTBone(phy, clk_freq=clock_hz)
        self.bus.add_master("uart_bridge", self.uart_bridge.wishbone)

    def _add_memory(self, platform: GenericPlatform, clock_hz: float, options: Options) -> None:
        module = BoardSdram(clock_hz, options.sdram_rate)
        phy_class = HalfRateGENSDRPHY if options.sdram_rate == "1:2" else GENSDRPHY
        if options.sim:
            # The same settings as the real PHY, so the controller is the board's to the last gate
            settings: PhySettings = phy_class(_sdram_pads(None), clock_hz).settings
            phy = SDRAMPHYModel(module, settings, clk_freq=clock_hz, verbosity=SDRAM_VERBOSE_STD)
            self._add_init_checker(phy.dfi, settings, clock_hz)
        else:
            phy = phy_class(_sdram_pads(platform), clock_hz)
        self.submodules.sdram_phy = phy = Registered(phy)
        self.add_sdram(
            "sdram",
            phy=phy,
            module=module,
            origin=MEMORY_BASE,
            l2_cache_size=0,
            controller_settings=ControllerSettings(),
        )
        # Without a CPU nobody tells LiteDRAM to keep still before the chip is initialised, so the
        # system starts under the host's control instead of the controller's.
        self.sdram.dfii._control.storage.reset = Constant(0, 4)

    def _add_init_checker(self, pins: Any, settings: PhySettings, clock_hz: float) -> None:
        ports = {}
        for name in ("cke", "cs_n", "ras_n", "cas_n", "we_n", "address"):
            ports[f"i_{name}_i"] = Cat(*[getattr(phase, name) for phase in pins.phases])
        self.specials += Instance(
            "sdram_init_checker",
            p_Phases=settings.nphases,
            p_AddrWidth=len(pins.phases[0].address),
            p_Mode=(settings.nphases.bit_length() - 1) | settings.cl << 4,
            p_PowerUpCycles=int(100e-6 * clock_hz),
            i_clk_i=ClockSignal(),
            i_rst_ni=~ResetSignal(),
            **ports,
        )

    def _add_engine(self, options: Options) -> None:
        self.control = axi.AXILiteInterface(data_width=32, address_width=32)
        region = SoCRegion(origin=CONTROL_BASE, size=CONTROL_SIZE, cached=False)
        self.bus.add_slave("matmul", self.control, region)
        gmem, master_ports, slave_ports = _gmem()
        self.interrupt = Signal()
        self.specials += Instance(
            "matmul",
            p_Rows=options.rows,
            p_Cols=options.cols,
            p_ABufBytes=options.a_kib * 1024,
            p_BBufBytes=options.b_kib * 1024,
            i_ap_clk=ClockSignal(),
            i_ap_rst_n=~ResetSignal(),
            o_interrupt=self.interrupt,
            **_control_ports(self.control),
            **master_ports,
        )
        read = self.sdram.crossbar.get_port(mode="read")
        write = self.sdram.crossbar.get_port(mode="write")
        self.comb += read.cmd.we.eq(0), write.cmd.we.eq(1)
        self.specials += Instance(
            "sdram_bridge",
            p_NativeWidth=read.data_width,
            p_NativeAddrWidth=read.address_width,
            p_Base=Constant(MEMORY_BASE, 64),
            i_clk_i=ClockSignal(),
            i_rst_ni=~ResetSignal(),
            o_rd_cmd_valid_o=read.cmd.valid,
            i_rd_cmd_ready_i=read.cmd.ready,
            o_rd_cmd_addr_o=read.cmd.addr,
            i_rd_data_valid_i=read.rdata.valid,
            i_rd_data_i=read.rdata.data,
            o_wr_cmd_valid_o=write.cmd.valid,
            i_wr_cmd_ready_i=write.cmd.ready,
            o_wr_cmd_addr_o=write.cmd.addr,
            i_wr_data_ready_i=write.wdata.ready,
            o_wr_data_o=write.wdata.data,
            o_wr_strb_o=write.wdata.we,
            **slave_ports,
        )
        self.gmem = gmem

    def _add_leds(self, platform: GenericPlatform) -> None:
        """0 beats with the clock, 1 SDRAM in use, 2 engine's interrupt, 3 bytes from the host."""
        beat = Signal(25)
        self.sync += beat.eq(beat + 1)
        status = Cat(
            beat[24],
            self.sdram.dfii._control.fields.sel,
            self.interrupt,
            self.uart_phy.source.valid,
        )
        self.comb += platform.request("led").eq(status)
        self.comb += platform.request("wifi_gpio0").eq(1)  # low would let the ESP32 reset the board


def _sdram_pads(platform: GenericPlatform | None) -> Any:
    """The SDRAM's pins under LiteDRAM's names; without a platform, signals of the same widths."""
    names = {
        "a": "a", "ba": "ba", "dq": "d", "dm": "dqm", "cke": "cke",
        "cs_n": "csn", "ras_n": "rasn", "cas_n": "casn", "we_n": "wen",
    }  # fmt: skip
    widths = {port.name: len(port.sites) for port in pins.PORTS}
    pads = Record([(name, widths[f"sdram_{pin}"]) for name, pin in names.items()], name="sdram")
    if platform is not None:
        for name, pin in names.items():
            setattr(pads, name, platform.request(f"sdram_{pin}"))
    return pads


def _control_ports(bus: axi.AXILiteInterface) -> dict[str, Any]:
    p = "s_axi_control_"
    return {
        f"i_{p}awvalid": bus.aw.valid, f"o_{p}awready": bus.aw.ready,
        f"i_{p}awaddr": bus.aw.addr[:12], f"i_{p}awprot": 0,
        f"i_{p}wvalid": bus.w.valid, f"o_{p}wready": bus.w.ready,
        f"i_{p}wdata": bus.w.data, f"i_{p}wstrb": bus.w.strb,
        f"o_{p}bvalid": bus.b.valid, f"i_{p}bready": bus.b.ready, f"o_{p}bresp": bus.b.resp,
        f"i_{p}arvalid": bus.ar.valid, f"o_{p}arready": bus.ar.ready,
        f"i_{p}araddr": bus.ar.addr[:12], f"i_{p}arprot": 0,
        f"o_{p}rvalid": bus.r.valid, f"i_{p}rready": bus.r.ready,
        f"o_{p}rdata": bus.r.data, f"o_{p}rresp": bus.r.resp,
    }  # fmt: skip


def _gmem() -> tuple[dict[str, Signal], dict[str, Any], dict[str, Any]]:
    """The engine's AXI master: the wires, its ports, and the ports of the bridge that answers."""
    outputs = {  # of the master
        "awvalid": 1, "awaddr": 64, "wvalid": 1, "wdata": 64, "wstrb": 8, "wlast": 1,
        "bready": 1, "arvalid": 1, "araddr": 64, "arlen": 8, "rready": 1,
    }  # fmt: skip
    inputs = {
        "awready": 1, "wready": 1, "bvalid": 1, "bresp": 2,
        "arready": 1, "rvalid": 1, "rdata": 64, "rresp": 2, "rlast": 1,
    }  # fmt: skip
    wires = {name: Signal(width, name=f"gmem_{name}") for name, width in (outputs | inputs).items()}
    master = {f"o_m_axi_gmem_{name}": wires[name] for name in outputs}
    master |= {f"i_m_axi_gmem_{name}": wires[name] for name in inputs}
    master |= {"i_m_axi_gmem_bid": 0, "i_m_axi_gmem_rid": 0}  # one ID, answered in order
    slave = {f"i_s_axi_{name}": wires[name] for name in outputs}
    slave |= {f"o_s_axi_{name}": wires[name] for name in inputs}
    return wires, master, slave


def clean(verilog: str) -> str:
    """LiteX's Verilog without the date of its banner and the names of files on this machine."""
    text = re.sub(r"^//.*\n", "", verilog, flags=re.M)
    text = re.sub(r"/\*.*?\*/\n", "", text, flags=re.S)  # the hierarchy, in no fixed order
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return f"// Generated by bd/ulx3s/soc.py with LiteX; edit that file, not this one.\n{text}\n"


def soc_map(system: System, options: Options) -> dict[str, Any]:
    """What the host must know, as bitwright.host reads it."""
    registers = {}
    for name, region in sorted(system.csr.regions.items()):
        address = region.origin
        for csr in region.obj:
            words = (csr.size + region.busword - 1) // region.busword
            access = "ro" if isinstance(csr, CSRStatus) else "rw"
            registers[f"{name}_{csr.name}"] = {
                "address": address, "words": words, "access": access,
            }  # fmt: skip
            address += 4 * words
    memory = system.bus.regions["main_ram"]
    return {
        "schema": 1,
        **{key: value for key, value in asdict(options).items() if key != "sim"},
        "identity": options.identity,
        "memory": {"base": memory.origin, "size": memory.size},
        "matmul": {"base": CONTROL_BASE, "size": CONTROL_SIZE},
        "registers": registers,
    }


def sdram_init(system: System) -> list[dict[str, Any]]:
    """LiteDRAM's initialisation of this chip, each command as the injector's registers take it."""
    sequence, _ = get_sdram_phy_init_sequence(system.sdram_phy.settings, None)
    steps = []
    for comment, address, bank, command, delay_cycles in sequence:
        bits = [flag.removeprefix("DFII_").split("_", 1) for flag in command.split("|")]
        steps.append(
            {
                "what": comment,
                "address": address,
                "bank": bank,
                "control": sum(DFII_CONTROLS[name] for kind, name in bits if kind == "CONTROL"),
                "command": sum(DFII_COMMANDS[name] for kind, name in bits if kind == "COMMAND"),
                "delay_cycles": delay_cycles,
            }
        )
    return steps


def clocks_mhz(rate: str) -> list[float]:
    """The system clocks, of whole Hz, that ECP5's PLL makes of the crystal beside the SDRAM's."""
    found = set()
    for divided in (pins.CLOCK_MHZ, pins.CLOCK_MHZ / 2):  # what the phase detector may see
        for multiple in range(1, 129):
            vco = divided * multiple
            if 400 <= vco <= 800:  # the SDRAM's clock must be a whole division too
                found |= {vco / division for division in range(RATES[rate], 129, RATES[rate])}
    fastest = SDRAM_MHZ / RATES[rate]
    return sorted(mhz for mhz in found if 10 <= mhz <= fastest and (mhz * 1e6).is_integer())


def refuse_bad(options: Options) -> None:
    """Exit with a message if the board cannot run so."""
    if not options.sim:
        possible = clocks_mhz(options.sdram_rate)
        if options.clock_mhz not in possible:
            near = sorted(possible, key=lambda mhz: abs(mhz - options.clock_mhz))[:3]
            raise SystemExit(
                f"ERROR: clock_mhz {options.clock_mhz:g}: the PLL cannot make it of 25 MHz, "
                f"or the SDRAM would run above {SDRAM_MHZ:g}\n"
                f"  next      {' or '.join(f'{mhz:g}' for mhz in sorted(near))}"
            )
    if not 9600 <= options.baud <= options.clock_mhz * 1e6 / 4:
        raise SystemExit(
            f"ERROR: baud {options.baud}\n"
            f"  expected  9600 to {options.clock_mhz * 1e6 / 4:.0f}, a quarter of the clock\n"
            "  next      1000000, 2000000 or 3000000 suit the board's FTDI chip"
        )


def generate(options: Options, out: Path) -> None:
    """Write all files of the system into `out`."""
    refuse_bad(options)
    system = System(options)
    system.finalize()
    verilog = system.platform.get_verilog(system.get_fragment(), name=options.top)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{options.top}.v").write_text(clean(verilog.main_source))
    if not options.sim:
        (out / "ulx3s.lpf").write_text(pins.lpf())
    for name, data in (("soc", soc_map(system, options)), ("sdram_init", sdram_init(system))):
        (out / f"{name}.json").write_text(json.dumps(data, indent=2) + "\n")
    if verilog.data_files:
        raise SystemExit(f"unexpected memory contents: {sorted(verilog.data_files)}")


def arguments() -> tuple[Options, Path]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--cols", type=int, default=8)
    parser.add_argument("--a-kib", type=int, default=128)
    parser.add_argument("--b-kib", type=int, default=128)
    parser.add_argument("--clock-mhz", type=float, default=50.0)
    parser.add_argument("--baud", type=int, default=3_000_000)
    parser.add_argument(
        "--sdram-rate", choices=RATES, help="default: 1:2 as far as the SDRAM is fast enough"
    )
    parser.add_argument("--sim", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    values = vars(parser.parse_args())
    out = values.pop("out")
    values["sdram_rate"] = values["sdram_rate"] or (
        "1:2" if 2 * values["clock_mhz"] <= SDRAM_MHZ else "1:1"
    )
    return Options(**values), out


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    generate(*arguments())
