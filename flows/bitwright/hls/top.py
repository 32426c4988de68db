"""What stands around an HLS kernel: its top function, its Config and its test bench, as text.

The kernel itself is a template over its sizes and its number format, in ip/<name>/<name>.hpp. The
top function pins what DESIGN.md's kernel contract asks: arguments in the order of kernel.yml, each
register at the offset of the signature, ap_ctrl_hs, one AXI master per bundle.

    files = render(kernel.load(path, form="int8"), design.kernel("ffn"), design.model)
    files["ffn.cpp"], files["ffn_config.hpp"], files["ffn_tb.cpp"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.design import KernelSpec, Model
from bitwright.errors import ConfigError
from bitwright.kernel import FORMATS, Argument, Kernel

if TYPE_CHECKING:
    import jinja2

BURST_BYTES = 4096  # AXI: no burst crosses a line of 4 KiB
MOST_BEATS = 256  # AXI: of one burst
BUFFER_BEATS = 512  # that a block RAM is deep; so many may be asked for and not yet there
SIZES: Mapping[str, str] = {  # of a config, beyond the dimensions that kernel.yml explains
    "token_tile": "tokens on the chip at once",
    "lanes": "tokens that a beat of weights meets in one cycle",
}


def render(kernel: Kernel, spec: KernelSpec, model: Model) -> dict[str, str]:
    """File name -> text of all that is rendered for a kernel in the format it was read for.

    spec: the kernel's entry in a config; its format is not looked at
    Raises ConfigError if a size that the signature needs is in neither the model nor the entry.
    """
    sizes = list(_sizes(kernel, spec, model))
    shared = {"kernel": kernel, "parameters": [parameter(a) for a in kernel.arguments]}
    most = dimensions(kernel, spec, model)
    return {
        f"{kernel.name}.cpp": _text("top.cpp.j2", **shared, pragmas=list(pragmas(kernel, most))),
        f"{kernel.name}_config.hpp": _text("config.hpp.j2", kernel=kernel, sizes=sizes),
        f"{kernel.name}_tb.cpp": _text("tb.cpp.j2", **shared, calls=list(_calls(kernel))),
    }


def names(kernel: str) -> tuple[str, ...]:
    """The names of the files that render makes for the kernel of that name."""
    return (f"{kernel}.cpp", f"{kernel}_config.hpp", f"{kernel}_tb.cpp")


def dimensions(kernel: Kernel, spec: KernelSpec, model: Model) -> dict[str, int]:
    """What each run-time dimension of the signature is at most; of all but tokens, what it is."""
    found = {name: value for name, value, _ in _sizes(kernel, spec, model)}
    return {"tokens" if name == "seq_len" else name: value for name, value in found.items()}


def depths(kernel: Kernel, most: Mapping[str, int]) -> dict[str, int]:
    """Beats of its bundle's width that each memory argument fills at most, by name."""
    widths = {bundle.name: bundle.data_width for bundle in kernel.bundles}
    return {
        argument.name: _beats(argument, most, widths[argument.bundle])
        for argument in kernel.arguments
        if argument.bundle is not None
    }


def _beats(argument: Argument, most: Mapping[str, int], width: int) -> int:
    elements = 1
    for size in argument.shape:
        elements *= most[size] if isinstance(size, str) else size
    return -(-elements * FORMATS[argument.format] // width)


def parameter(argument: Argument) -> str:
    """An argument as a parameter in C++: memory as beats, scalars as they are."""
    if argument.kind == "scalar":
        return f"{_scalar(argument)} {argument.name}"
    return f"{'const ' if argument.direction == 'read' else ''}Beat* {argument.name}"


def pragmas(kernel: Kernel, most: Mapping[str, int]) -> Iterator[tuple[list[str], list[str]]]:
    """INTERFACE pragmas in groups, each with the lines of its reason: ports, registers, control."""
    for width in dict.fromkeys(bundle.data_width for bundle in kernel.bundles):
        yield _ports(kernel, width, depths(kernel, most))
    for kind, what in (("memory", "Addresses of memory"), ("scalar", "Scalars")):
        yield (
            [f"{what}, which the host writes at the offsets of kernel.yml."],
            [_register(kernel, a.name) for a in kernel.arguments if a.kind == kind],
        )
    status = kernel.register("status")
    bits = ", ".join(field.name for field in status.fields)
    yield (
        [f"Registers beyond the ABI stand from {status.offset:#x}: {bits}."],
        [_register(kernel, "status")],
    )
    yield (
        ["Start, done and the interrupt are registers, so that a host needs no other wire."],
        ["mode=s_axilite port=return"],
    )
    yield (
        ["Said, for the Vitis flow would choose ap_ctrl_chain, which kernels in RTL do not have."],
        ["mode=ap_ctrl_hs port=return"],
    )


def _register(kernel: Kernel, name: str) -> str:
    return f"mode=s_axilite port={name} offset={kernel.register(name).offset:#x}"


def _ports(kernel: Kernel, width: int, depth: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The memory arguments of all bundles of a width. Arguments of one bundle share an adapter, so
    their options are the same but for depth."""
    burst = min(BURST_BYTES * 8 // width, MOST_BEATS)
    waiting = max(BUFFER_BEATS // burst, 1)
    reason = [
        f"Memory. {burst} beats are {burst * width // 8} bytes: no burst crosses a line of 4 KiB.",
        f"{waiting} bursts fill the depth of a block RAM. Cosimulation copies depth beats.",
    ]
    ports = []
    for bundle in (bundle for bundle in kernel.bundles if bundle.data_width == width):
        sharing = [a for a in kernel.arguments if a.bundle == bundle.name]
        ways = [w for w in ("read", "write") if any(w in a.direction.split("_") for a in sharing)]
        bursts = [f"max_{w}_burst_length={burst} num_{w}_outstanding={waiting}" for w in ways]
        ports += [
            f"mode=m_axi port={a.name} bundle={bundle.name} offset=slave depth={depth[a.name]}"
            f" max_widen_bitwidth={width} {' '.join(bursts)}"
            for a in sharing
        ]
    return reason, ports


def _sizes(kernel: Kernel, spec: KernelSpec, model: Model) -> Iterator[tuple[str, int, str]]:
    """(name, value, what it is) of each member of Config."""
    entry = dict(spec.sizes)
    for argument in kernel.arguments:
        name = argument.name
        if name == "tokens":
            yield "seq_len", model.seq_len, "most tokens of one run"
        elif argument.kind == "scalar" and (name in entry or hasattr(model, name)):
            yield name, entry.get(name) or getattr(model, name), argument.doc
    for name, doc in SIZES.items():
        if name not in entry:
            raise ConfigError(f"kernel {kernel.name}: its entry in the config has no {name!r}")
        yield name, entry[name], doc


def _scalar(argument: Argument) -> str:
    return f"std::{argument.format}_t"


def _calls(kernel: Kernel) -> Iterator[str]:
    """What the test bench passes to the top function."""
    for argument in kernel.arguments:
        if argument.kind == "memory":
            yield f'bench.memory("{argument.name}")'
        else:
            yield f'bench.scalar<{_scalar(argument)}>("{argument.name}")'


def _text(template: str, **values: object) -> str:
    return _templates().get_template(template).render(values)


@cache
def _templates() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )
