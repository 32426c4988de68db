"""What is to be built: configs/*.yml and configs/targets/*.yml become one validated Design.

Every fault of a file is reported in one pass, with file, line, the value found and the values
allowed. Names that later reach a path, a shell or Tcl are restricted to safe characters here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright import implementation, yamlfile
from bitwright.errors import ConfigError
from bitwright.implementation import PLAIN, Implementation
from bitwright.limits import KEYS as DEMANDS
from bitwright.limits import NOTHING, Demands, Synthesised, read_demands, today
from bitwright.schema import (
    NAME,
    PART,
    Integer,
    Number,
    OneOf,
    Reader,
    Safe,
    check_keys,
    nearest,
    read_scalar,
    read_table,
)
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe, shown

TOOLCHAINS = ("open", "vivado", "vitis")
HLS_TOOLS = ("vitis_hls", "vitis-run", "v++")  # any one of them makes IPs of HLS kernels
VARIANTS = "variants"  # below build/<config>/<target>: the members of a sweep, a folder each
NIGHTLY = "nightly"  # configs/nightly.yml is no config but says which ones are built at night
BRAM_18K_BYTES = 2048  # of a block's 18 Kbit, 16 hold data when words are whole bytes
URAM_BYTES = 32 * 1024
REQUANTISER_DSP = 4  # one 33 x 32 bit multiplier made of 18 x 18 ones


@dataclass(frozen=True, slots=True)
class Model:
    """The transformer the accelerator is sized for."""

    family: str  # gpt2 | bert
    layers: int
    embed_dim: int
    heads: int
    ff_dim: int
    seq_len: int  # tokens in one pass: the rows of A

    @property
    def head_dim(self) -> int:
        return self.embed_dim // self.heads


@dataclass(frozen=True, slots=True)
class KernelSpec:
    """One kernel of the accelerator and how it is built."""

    name: str  # a folder of cores/ (rtl) or ip/ (hls) holding kernel.yml
    build: str  # rtl | hls; hls kernels are built with AMD's tools alone
    format: str  # int8 | fp16 | w4a8
    sizes: tuple[tuple[str, int], ...]  # the rest of its entry: rows, cols, ... in order

    def size(self, name: str) -> int:
        """One of its sizes; KeyError if it has none of that name."""
        return dict(self.sizes)[name]


@dataclass(frozen=True, slots=True)
class Resources:
    """What a part holds. bram_18k counts 18 Kbit blocks: a RAMB36 is two, a DP16KD is one."""

    lut: int
    ff: int
    bram_18k: int
    dsp: int
    uram: int


@dataclass(frozen=True, slots=True)
class Target:
    """A board, its part, its toolchain and the system core or block design around the engine."""

    name: str
    board: str
    part: str
    package: str  # empty where the part's name holds it
    speed: str
    toolchain: str  # open | vivado | vitis
    system: str  # VLNV of the FuseSoC core for the open toolchain
    block_design: str
    platform: str  # Vitis platform
    clock_mhz: float
    memory_mib: int
    resources: Resources
    hardware: str = ""  # bd/boards/<hardware>.yml: pins, clocks, memory banks, presets
    options: tuple[str, ...] = ()  # of the block design
    host: str = ""  # how a program reaches the board: pynq | kria | xdma | xrt


@dataclass(frozen=True, slots=True)
class Design:
    """One config on one target: everything that planning needs."""

    config: str
    source: Path  # the config file, relative to the project root when inside it
    target: Target
    choice: str  # why this target, one clause for people
    model: Model
    kernels: tuple[KernelSpec, ...]
    clock_mhz: float
    seed: int
    demands: Demands = NOTHING
    implementation: Implementation = PLAIN  # of parts that AMD's tools place and route
    variant: str = ""  # of a sweep's member: its folder's name, such as seed-2

    @property
    def build(self) -> Path:
        """The folder of this design, relative to the project root."""
        return folder(self.config, self.target.name, self.variant)

    def kernel(self, name: str) -> KernelSpec:
        """The kernel of that name; KeyError if the design has none."""
        return {kernel.name: kernel for kernel in self.kernels}[name]

    @property
    def rtl(self) -> tuple[KernelSpec, ...]:
        """The kernels written in SystemVerilog."""
        return tuple(kernel for kernel in self.kernels if kernel.build == "rtl")

    @property
    def hls(self) -> tuple[KernelSpec, ...]:
        """The kernels written in C++ for HLS."""
        return tuple(kernel for kernel in self.kernels if kernel.build == "hls")


def folder(config: str, target: str, variant: str = "") -> Path:
    """Where a design is built, relative to the project root; a variant below its design."""
    base = Path("build", config, target)
    return base / VARIANTS / variant if variant else base


A_NAME = Safe(NAME, "a name")
A_PART = Safe(PART, "a name")
SIZE = Integer(1, 1 << 24)

MODEL: Mapping[str, Reader] = {
    "family": OneOf(("gpt2", "bert")),
    "layers": Integer(1, 1024),
    "embed_dim": Integer(1, 6400),
    "heads": Integer(1, 1024),
    "ff_dim": Integer(1, 6400),
    "seq_len": Integer(1, 1024),
}
_TILES = tuple(2**power for power in range(11))
KERNELS: Mapping[str, Mapping[str, Reader]] = {  # name -> what its entry holds besides the name
    "matmul": {
        "build": OneOf(("rtl",)),
        "format": OneOf(("int8",)),
        "rows": OneOf((4, 8, 16)),  # of the systolic array
        "cols": OneOf((4, 8, 16)),
        "a_kib": Integer(1, 512),  # on-chip panels of A
        "b_kib": Integer(1, 512),  # on-chip panels of B
    },
    "mhsa": {
        "build": OneOf(("hls",)),
        "format": OneOf(("fp16", "int8", "w4a8")),
        "token_tile": OneOf(_TILES),  # tokens on the chip at once; weights are read once for each
        "lanes": OneOf(_TILES[:7]),  # tokens that a beat of weights meets in one cycle
        "context": Integer(1, 1024),  # rows of the key and value caches
    },
    "ffn": {
        "build": OneOf(("hls",)),
        "format": OneOf(("fp16", "int8", "w4a8")),
        "token_tile": OneOf(_TILES),
        "lanes": OneOf(_TILES[:7]),
    },
}
HLS_BEAT_BITS = 256  # of a port of the HLS kernels: rows of weights are whole beats
CHANNEL_BLOCK = 32  # output channels that linear.hpp takes at once, in every format
WEIGHT_BITS: Mapping[str, int] = {"fp16": 16, "int8": 8, "w4a8": 4}
CONFIG_OPTIONAL = ("clock_mhz", "implementation", *DEMANDS)
CONFIG_KEYS = ("kernels", "model", "targets", *CONFIG_OPTIONAL)
CLOCK = Number(1, 1000)
RESOURCES: Mapping[str, Reader] = {
    name: Integer(0, 1 << 24) for name in ("lut", "ff", "bram_18k", "dsp", "uram")
}
TARGET: Mapping[str, Reader] = {
    "board": A_NAME,
    "part": A_PART,
    "package": A_NAME,
    "speed": A_NAME,
    "toolchain": OneOf(TOOLCHAINS),
    "system": A_PART,
    "block_design": A_NAME,
    "hardware": A_NAME,
    "host": OneOf(("pynq", "kria", "xdma", "xrt")),
    "platform": A_NAME,
    "clock_mhz": CLOCK,
    "memory_mib": SIZE,
}
TARGET_OPTIONAL = (
    *("package", "speed", "system", "block_design", "hardware", "host", "platform", "options"),
)
NEEDED = {  # by toolchain: keys without which it has nothing to build
    "open": ("system",),
    "vivado": ("block_design", "hardware", "host"),
    "vitis": ("block_design", "hardware", "host", "platform"),
}

# What the command line may change about a design; the front's option table shows these ranges.
SEED = Integer(0, 2**31 - 1)
OPTIONS: Mapping[str, Reader] = {"seed": SEED, "clock_mhz": CLOCK, "variant": A_NAME}


# --- the config ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Config:
    """A config file as it stands, before a target is chosen."""

    name: str
    source: Path
    model: Model
    kernels: tuple[KernelSpec, ...]
    targets: tuple[str, ...]  # in order of preference
    clock_mhz: float | None
    demands: Mapping[str, Demands]  # by target; under "" on any other
    implementations: Mapping[str, Implementation]  # likewise
    lines: tuple[int, ...]  # the line of each kernel
    where: str  # the file's name in messages

    @property
    def asked(self) -> str:
        """What to write after config= to mean this file."""
        own = Path("configs", f"{self.name}.yml")
        return self.name if self.source == own else str(self.source)


def find(config: str, root: Path) -> Path:
    """The file that config= names: a name stands for configs/<name>.yml, the rest is a path."""
    if not config.strip():
        raise ConfigError(f"config: expected a name or a path (configs: {', '.join(names(root))})")
    if "/" in config or config.endswith((".yml", ".yaml")):
        return Path(config)
    if not NAME.match(config):
        raise ConfigError(f"config: expected {A_NAME} or a path, found {shown(config)}")
    path = root / "configs" / f"{config}.yml"
    if not path.is_file() or config == NIGHTLY:
        known = names(root)
        raise ConfigError(
            f"config: no {shown(config)} in configs/{nearest(config, known)}"
            f" (configs: {', '.join(known)})"
        )
    return path


def names(root: Path, folder: str = "configs") -> list[str]:
    """The names of the configs (or targets) there are, in order."""
    found = sorted(path.stem for path in (root / folder).glob("*.yml") if NAME.match(path.stem))
    return [name for name in found if (folder, name) != ("configs", NIGHTLY)]


def read_config(path: Path, root: Path) -> Config:
    """Read and validate one config file; ConfigError with every fault in it."""
    source = _within(path, root)
    faults = Faults(str(source))
    if not NAME.match(path.stem):
        where = shown(str(source))
        raise ConfigError(f"{where[1:-1]}:1: the file's name must be {A_NAME}, then .yml")
    tree = yamlfile.load(path, str(source))
    check_keys(tree, "", CONFIG_KEYS, faults, optional=CONFIG_OPTIONAL)
    items = tree.items
    model = _read_model(items["model"], faults) if "model" in items else None
    kernels = _read_kernels(items["kernels"], model, faults) if "kernels" in items else ()
    targets = _read_targets(items["targets"], root, faults) if "targets" in items else ()
    clock = (
        read_scalar(items["clock_mhz"], "clock_mhz", CLOCK, faults)
        if "clock_mhz" in items
        else None
    )
    hls = tuple(kernel.name for kernel in kernels if kernel.build == "hls")
    synthesised = Synthesised(hls, lambda name: read_target(name, root).toolchain != "open")
    boards = names(root, "configs/targets")
    demands = read_demands(items, boards, faults, today(), synthesised)
    made = implementation.read(items.get("implementation"), boards, faults)
    faults.check()
    assert model is not None
    lines = tuple(node.line for node in items["kernels"].items)  # type: ignore[union-attr]
    where = str(source)
    return Config(path.stem, source, model, kernels, targets, clock, demands, made, lines, where)


def _within(path: Path, root: Path) -> Path:
    """The path relative to the root when inside it, for messages and records."""
    absolute = Path(path if path.is_absolute() else root / path)
    return absolute.relative_to(root) if absolute.is_relative_to(root) else path


def _read_model(node: Node, faults: Faults) -> Model | None:
    values = read_table(node, "model", MODEL, faults)
    if values is None:
        return None
    model = Model(**values)
    if model.embed_dim % model.heads:
        divisors = [n for n in range(1, model.embed_dim + 1) if model.embed_dim % n == 0]
        near = sorted(sorted(divisors, key=lambda n: abs(n - model.heads))[:3])
        assert isinstance(node, Table)
        faults.add(
            node.lines["heads"],
            f"heads: {model.heads} does not divide embed_dim {model.embed_dim};"
            f" the nearest that do: {', '.join(map(str, near))}",
        )
    return model


def _read_kernels(node: Node, model: Model | None, faults: Faults) -> tuple[KernelSpec, ...]:
    if not isinstance(node, Sequence) or not node.items:
        faults.add(node.line, f"kernels: expected a list of kernels, found {describe(node)}")
        return ()
    kernels: list[KernelSpec] = []
    for item in node.items:
        kernel = _read_kernel(item, faults)
        if kernel is None:
            continue
        if kernel.name in (other.name for other in kernels):
            faults.add(item.line, f"name: kernel {kernel.name!r} is listed twice")
        kernels.append(kernel)
        if model:
            check = _check_panels if kernel.build == "rtl" else _check_tiles
            check(kernel, model, item, faults)
    return tuple(kernels)


OWN = (
    "name: the list of kernels is closed; one of your own becomes an IP by"
    " ./doit adopt source=FILE.cpp, and a cell of a design of your own in bd/"
)


def _read_kernel(node: Node, faults: Faults) -> KernelSpec | None:
    """One entry of the list; which keys it holds depends on the kernel's name."""
    name_is = OneOf(tuple(KERNELS))
    if not isinstance(node, Table) or "name" not in node.items:
        read_table(node, "kernel", {"name": name_is}, faults)
        return None
    name = read_scalar(node.items["name"], "name", name_is, faults)
    if name is None:
        written = node.items["name"]
        if isinstance(written, Scalar) and not nearest(written.text, KERNELS):
            faults.add(written.line, OWN)
        return None
    values = read_table(node, "kernel", {"name": name_is, **KERNELS[name]}, faults)
    if values is None:
        return None
    sizes = tuple((key, values[key]) for key in KERNELS[name] if key not in ("build", "format"))
    return KernelSpec(name, values["build"], values["format"], sizes)


def _check_panels(kernel: KernelSpec, model: Model, node: Node, faults: Faults) -> None:
    """The engine keeps a whole panel (rows or columns of the array, all of K) on the chip."""
    assert isinstance(node, Table)
    depth = -(-max(model.embed_dim, model.ff_dim) // 8) * 8
    for key, lanes in (("a_kib", kernel.size("rows")), ("b_kib", kernel.size("cols"))):
        kib, need = kernel.size(key), -(-lanes * depth // 1024)
        if kib < need:
            faults.add(
                node.lines[key],
                f"{key}: {kib} KiB holds no panel of {lanes} x {depth} bytes; at least {need}",
            )


def _check_tiles(kernel: KernelSpec, model: Model, node: Node, faults: Faults) -> None:
    """An HLS kernel reads rows of weights in whole beats and tokens in whole tiles."""
    assert isinstance(node, Table)
    tile, lanes = kernel.size("token_tile"), kernel.size("lanes")
    if tile % lanes:
        faults.add(node.lines["lanes"], f"lanes: {lanes} does not divide token_tile {tile}")
    context = dict(kernel.sizes).get("context", model.seq_len)
    if context < model.seq_len:
        text = f"context: {context} rows hold no {model.seq_len} tokens (seq_len)"
        faults.add(node.lines["context"], text)
    weights = HLS_BEAT_BITS // WEIGHT_BITS[kernel.format]  # in a beat
    least, why = CHANNEL_BLOCK, f"output channels go in blocks of {CHANNEL_BLOCK}"
    if weights > CHANNEL_BLOCK:
        least, why = weights, f"a beat of memory holds {weights} weights, a row whole beats"
    for name in ("embed_dim", "ff_dim") if kernel.name == "ffn" else ("embed_dim",):
        if getattr(model, name) % least:
            text = f"{name} {getattr(model, name)} is no multiple of {least}: {why}"
            faults.add(node.lines["format"], f"format: {kernel.format}: {text}")


def _read_targets(node: Node, root: Path, faults: Faults) -> tuple[str, ...]:
    known = names(root, "configs/targets")
    if not isinstance(node, Sequence) or not node.items:
        found = describe(node) if not isinstance(node, Sequence) else "an empty list"
        faults.add(node.line, f"targets: expected a list of targets, found {found}")
        return ()
    reader = OneOf(tuple(known))
    found_targets: list[str] = []
    for item in node.items:
        name = read_scalar(item, "targets", reader, faults)
        if name in found_targets:
            faults.add(item.line, f"targets: {name} is listed twice")
        elif name is not None:
            found_targets.append(name)
    return tuple(found_targets)


def read_target(name: str, root: Path) -> Target:
    """Read and validate configs/targets/<name>.yml; ConfigError with every fault in it."""
    path = root / "configs" / "targets" / f"{name}.yml"
    where = f"configs/targets/{name}.yml"
    tree = yamlfile.load(path, where)
    faults = Faults(where)
    check_keys(tree, "", (*TARGET, "options", "resources"), faults, optional=TARGET_OPTIONAL)
    values: dict[str, Any] = {
        key: read_scalar(tree.items[key], key, reader, faults) if key in tree.items else ""
        for key, reader in TARGET.items()
    }
    node = tree.items.get("resources")
    resources = read_table(node, "resources", RESOURCES, faults) if node else None
    toolchain = values["toolchain"]
    for key in NEEDED.get(toolchain, ()):
        if key not in tree.items:
            faults.add(tree.lines["toolchain"], f"toolchain {toolchain} needs the key {key!r}")
    options = _read_options(tree.items["options"], faults) if "options" in tree.items else ()
    faults.check()
    assert resources is not None
    return Target(name=name, resources=Resources(**resources), options=options, **values)


def _read_options(node: Node, faults: Faults) -> tuple[str, ...]:
    """Options of the block design, which knows which there are."""
    if not isinstance(node, Sequence):
        faults.add(node.line, f"options: expected a list of names, found {describe(node)}")
        return ()
    found = (read_scalar(item, "options", A_NAME, faults) for item in node.items)
    return tuple(name for name in found if name is not None)


# --- config + target + command line -> Design ---------------------------------------------------

Missing = Callable[[str], Iterable[str]]  # toolchain -> what it lacks on this machine


def load(
    config: str,
    *,
    target: str | None = None,
    options: Mapping[str, str] | None = None,
    root: Path,
    missing: Missing = lambda toolchain: (),
    looks: bool = False,
) -> Design:
    """Read a config, choose its target, apply the command line and check that it all fits.

    config: a name in configs/ or a path (relative to root or absolute)
    target: a name in configs/targets/; None takes the first of the config's whose tools are there
    options: seed, clock_mhz, variant as typed
    missing: what a toolchain lacks on this machine; nothing when installed
    Raises ConfigError naming file and line (or 'command line') of every fault.
    """
    found = read_config(find(config, root), root)
    values = read_options(options or {})
    chosen, choice = choose(found, target, root, missing, looks)
    check_fit(found, chosen)
    return Design(
        config=found.name,
        source=found.source,
        target=chosen,
        choice=choice,
        model=found.model,
        kernels=found.kernels,
        clock_mhz=values.get("clock_mhz") or found.clock_mhz or chosen.clock_mhz,
        seed=values.get("seed", 1),
        demands=found.demands.get(chosen.name, found.demands[""]),
        implementation=found.implementations.get(chosen.name, found.implementations[""]),
        variant=values.get("variant", ""),
    )


def read_options(options: Mapping[str, str]) -> dict[str, Any]:
    """The values of design options as typed; ConfigError naming all that are wrong."""
    faults: list[str] = []
    values: dict[str, Any] = {}
    for name, text in options.items():
        reader = OPTIONS[name]
        value = reader.text(text)
        if value is None:
            faults.append(f"command line: {name}: expected {reader}, found {shown(text)}")
        values[name] = value
    if faults:
        raise ConfigError("\n".join(faults))
    return values


def choose(
    config: Config, target: str | None, root: Path, missing: Missing, looks: bool = False
) -> tuple[Target, str]:
    """The target to build for and, in a clause, why it was taken.

    looks: nothing is built, so a target will do whose tools are missing
    Raises ConfigError if the tools of the target asked for, or of every target, are missing: it
    says which, and which target would work.
    """
    if target is not None:
        _check_target_name(target, root)
        asked = read_target(target, root)
        lacking = () if looks else _lacking(config, asked, missing)
        if not lacking:
            return asked, "as asked"
        raise ConfigError(
            f"target {target} ({asked.board}) needs {', '.join(lacking)}: {_sought(asked)}\n"
            f"{_without(config, asked)}{_works(config, root, missing)}"
        )
    lacks: list[str] = []
    missed: tuple[str, ...] = ()  # for the first target
    for name in config.targets:
        candidate = read_target(name, root)
        lacking = _lacking(config, candidate, missing)
        missed = missed or lacking
        if not lacking:
            first = name == config.targets[0]
            why = (
                "the config's first target" if first else f"the first installed; {'; '.join(lacks)}"
            )
            return candidate, why
        lacks.append(f"{name} lacks {', '.join(lacking)}")
    if looks:
        why = f"the config's first target; tools missing: {', '.join(missed)}"
        return read_target(config.targets[0], root), why
    preferred = read_target(config.targets[0], root)
    raise ConfigError(
        f"{config.where}: no target of this config has its tools installed: {'; '.join(lacks)}\n"
        f"{_without(config, preferred)}{_works(config, root, missing)}"
    )


def _lacking(config: Config, target: Target, missing: Missing) -> tuple[str, ...]:
    """What this machine lacks to build a config on a target; of the tools for HLS one is enough."""
    lacking = tuple(missing(target.toolchain))
    if target.toolchain == "open" or all(kernel.build != "hls" for kernel in config.kernels):
        return lacking
    needed = {*lacking} & {*HLS_TOOLS}  # of Vitis: it would do for HLS too
    if not needed and {*missing("hls")} >= {*HLS_TOOLS}:
        lacking += (f"one of {', '.join(HLS_TOOLS)}",)
    return lacking


def _sought(target: Target) -> str:
    """Where the tools of a target were looked for."""
    if target.toolchain == "open":
        return "not found on PATH"
    return (
        "not found\n  looked    on PATH, at XILINX_VIVADO and its kind, in the usual places,"
        " and where machine.yml\n            says (machine.yml.example shows how)"
    )


def _without(config: Config, target: Target) -> str:
    """What can be had of a target without its tools; "" of one whose tools pip brings."""
    if target.toolchain == "open":
        return ""
    builds = {kernel.build for kernel in config.kernels}
    others = [
        "plan",
        *(["package"] if "rtl" in builds else []),
        *(["hls"] if "hls" in builds else []),
    ]
    asked = f"config={config.asked} target={target.name}"
    return f"  next      without them: ./doit check {asked}; likewise {', '.join(others)}\n"


def _check_target_name(target: str, root: Path) -> None:
    known = names(root, "configs/targets")
    if target not in known:
        raise ConfigError(
            f"command line: target: no {shown(target)} in configs/targets/{nearest(target, known)}"
            f" (targets: {', '.join(known)})"
        )


def _works(config: Config, root: Path, missing: Missing) -> str:
    """What to do next, for a target that cannot be built here."""
    others = (*config.targets, *names(root, "configs/targets"))
    for name in dict.fromkeys(others):
        if not tuple(missing(read_target(name, root).toolchain)):
            line = f"./doit bitstream config={config.asked} target={name}, which works here"
            return f"  or        {line}"
    return "  or        ./doit doctor says what to install"


def check_fit(config: Config, target: Target) -> None:
    """Refuse a kernel that needs more multipliers or block RAM than the part holds.

    The need counted is the least possible (array and requantiser, panels), so what is refused here
    could not have been placed.
    """
    faults = Faults(config.where)
    for kernel, line in zip(config.kernels, config.lines, strict=True):
        if kernel.build == "rtl":
            _check_engine(kernel, target, line, faults)
    faults.check()


def _check_engine(kernel: KernelSpec, target: Target, line: int, faults: Faults) -> None:
    rows, cols = kernel.size("rows"), kernel.size("cols")
    need = dsp_needed(kernel, target)
    if need > target.resources.dsp:
        faults.add(
            line,
            f"rows x cols: {rows} x {cols} needs at least {need} dsp;"
            f" {target.name} ({target.part}) has {target.resources.dsp}",
        )
    kib = kernel.size("a_kib") + kernel.size("b_kib")
    room = target.resources.bram_18k * BRAM_18K_BYTES + target.resources.uram * URAM_BYTES
    if kib > room // 1024:
        faults.add(
            line,
            f"a_kib + b_kib: {kib} KiB of buffers; {target.name} ({target.part}) has"
            f" {room // 1024} KiB of block RAM",
        )


def dsp_needed(kernel: KernelSpec, target: Target) -> int:
    """The least number of multipliers: one per element on ECP5, half a DSP48 elsewhere (packed)."""
    elements = kernel.size("rows") * kernel.size("cols")
    return (elements if target.toolchain == "open" else -(-elements // 2)) + REQUANTISER_DSP
