"""accelerator.json: all that the driver on a board must know, from signatures and address map.

Its reader is `accelerator/`, which stands by itself on the board; numbers are decimal, sizes bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bitwright.deploy.accelerator.description import SCHEMA
from bitwright.kernel import Argument, Kernel, Register


def kernel(name: str, signature: Kernel, base: int) -> dict[str, Any]:
    """One kernel. name: of its cell; base: of its control registers as the host has them."""
    return {
        "name": name,
        "top": signature.name,
        "vlnv": signature.vlnv,
        "doc": signature.doc,
        "format": signature.format,
        "base": base,
        "registers": {each.name: _register(each) for each in signature.registers},
        "arguments": [_argument(signature, each) for each in signature.arguments],
    }


def accelerator(
    *,
    config: str,
    target: str,
    host: str,
    bitstream: str,
    control: str,
    memory: tuple[int, int],
    kernels: Mapping[str, tuple[Kernel, int]],
) -> dict[str, Any]:
    """The whole file.

    host: pynq, xdma or xrt: which of on_*.py reaches the board
    bitstream: its name in the folder; control: how registers are reached, `lite` or `dma`
    memory: base and size of what the host may give to kernels, as kernels see it
    kernels: by cell, with the base of its registers
    """
    return {
        "schema": SCHEMA,
        "config": config,
        "target": target,
        "host": host,
        "bitstream": bitstream,
        "control": control,
        "memory": {"base": memory[0], "size": memory[1]},
        "kernels": {name: kernel(name, *each) for name, each in kernels.items()},
    }


def _register(register: Register) -> dict[str, Any]:
    named = {each.name: each.lsb for each in register.fields if each.name != "value"}
    bits = {"bits": named} if named else {}
    return {"offset": register.offset, "width": register.width, **bits}


def _argument(signature: Kernel, argument: Argument) -> dict[str, Any]:
    bundles = {each.name: each.data_width // 8 for each in signature.bundles}
    return {
        "name": argument.name,
        "kind": argument.kind,
        "direction": argument.direction,
        "format": argument.format,
        "shape": list(argument.shape),
        "stride": argument.stride,
        "align": argument.align,
        "beat_bytes": bundles[argument.bundle] if argument.bundle else 0,
        "doc": argument.doc,
        "variants": [
            {**_bit(signature, each.flag), "format": each.format, "shape": list(each.shape)}
            for each in argument.variants
        ],
    }


def _bit(signature: Kernel, flag: str) -> dict[str, Any]:
    """Where the flag of a variant stands: a bit of a scalar."""
    found = ((a.name, f.lsb) for a in signature.arguments for f in a.bits if f.name == flag)
    scalar, bit = next(found)
    return {"scalar": scalar, "bit": bit}
