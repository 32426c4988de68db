"""All files around an HLS kernel, from its signature and the numbers of a config: a folder of them.

The FuseSoC generator `top` of ip/common calls this; the C simulation writes the same files.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bitwright import kernel as signature
from bitwright.design import KernelSpec, Model
from bitwright.errors import ConfigError
from bitwright.hls import header, top, vectors
from bitwright.kernel import Kernel

# Of a config's model and of its kernel's entry; a size that a kernel does not use may be absent.
MODEL = ("embed_dim", "heads", "ff_dim", "seq_len")
ENTRY = ("token_tile", "lanes", "context")


def write(source: Path, where: str, parameters: Mapping[str, Any], folder: Path) -> None:
    """The rendered C++, the register map for hosts and, unless `vectors` is false, test vectors.

    source: the kernel.yml; where: its name in messages
    parameters: `format`, `seq_len`, `embed_dim`, ... under the names that configs use
    Raises ConfigError if one is missing or no number, or if the signature is wrong.
    """
    kernel = signature.load(source, where, form=str(parameters.get("format", "")))
    sizes = _sizes(kernel, parameters, where)
    model = Model("gpt2", 1, **{name: sizes.get(name, 1) for name in MODEL})
    entry = tuple((name, sizes[name]) for name in ENTRY if name in sizes)
    spec = KernelSpec(kernel.name, "hls", kernel.format, entry)
    texts = top.render(kernel, spec, model)
    texts[f"x{kernel.name}_hw.h"] = header.driver_header(kernel)
    texts[f"{kernel.name}_registers.py"] = header.python_map(kernel)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    if parameters.get("vectors", True):
        depths = top.depths(kernel, top.dimensions(kernel, spec, model))
        vectors.write(vectors.cases(kernel, spec, model), kernel, folder, depths)


def _sizes(kernel: Kernel, parameters: Mapping[str, Any], where: str) -> dict[str, int]:
    """The sizes among the parameters; those that the kernel's scalars ask for are all there."""
    scalars = {argument.name for argument in kernel.arguments if argument.kind == "scalar"}
    needed = {"seq_len", "embed_dim", "token_tile", "lanes"}
    needed |= scalars & {*MODEL, *ENTRY}
    found = {name: parameters.get(name) for name in sorted(needed)}
    faults = [
        f"{where}: parameter {name}: expected a whole number from 1, found {value!r}"
        for name, value in found.items()
        if type(value) is not int or value < 1
    ]
    if faults:
        raise ConfigError("\n".join(faults))
    return {name: int(value) for name, value in found.items() if value is not None}
