"""Every directive of Vitis HLS with its options and their values.

Sources: AMD UG1399 2020.2 to 2026.1, one page for each pragma; UG1448 for the conflicts; UG1270 for
those of Vivado HLS. An option that any of them has is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NUMBER, NAME, SWITCH = ("a number",), ("a name",), ("true", "false")
POSITIVE = ("a number from 1",)
SIGNED = ("a number, or -1",)  # -1: the tool chooses
Values = tuple[str, ...]  # the words that are allowed, or one of those above


@dataclass(frozen=True, slots=True)
class Directive:
    options: Mapping[str, Values] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)  # without a value -> option meant
    needs: tuple[str, ...] = ()  # "a" or "a|b": one of them
    instead: str = ""  # of an old directive: what Vitis HLS has


def _words(option: str, *values: str) -> dict[str, str]:
    return dict.fromkeys(values, option)


_VARIABLE = {"variable": NAME}
_OFF = {"off": SWITCH}
_OFF_WORD = {"off": "off"}
_LAYOUT = ("cyclic", "block", "complete")
_PARTITION = Directive(
    {**_VARIABLE, "type": _LAYOUT, "factor": POSITIVE, "dim": NUMBER, **_OFF},
    {**_words("type", *_LAYOUT), **_OFF_WORD},
    ("variable",),
)
_MODES = (
    *("ap_none", "ap_stable", "ap_vld", "ap_ack", "ap_hs", "ap_ovld", "ap_memory", "bram"),
    *("ap_fifo", "ap_auto", "axis", "m_axi", "s_axilite"),
    *("ap_ctrl_none", "ap_ctrl_hs", "ap_ctrl_chain"),
)
CONTROL = ("ap_ctrl_none", "ap_ctrl_hs", "ap_ctrl_chain")  # modes that need no port=
_STORAGE = (
    *("fifo", "ram_1p", "ram_1wnr", "ram_2p", "ram_s2p", "ram_t2p"),
    *("rom_1p", "rom_2p", "rom_np"),
)
_MEMORY = (
    *("auto", "bram", "bram_ecc", "lutram", "uram", "uram_ecc"),
    *("srl", "autosrl", "memory", "register"),
)
_FLOATS = ("add", "sub", "mul", "div", "exp", "log", "sqrt", "rsqrt", "recip")
_OPERATIONS = (
    *("mul", "add", "sub", "div", "facc", "fmacc", "fmadd"),
    *(f"{kind}{name}" for kind in "fdh" for name in _FLOATS),
)
_DEPENDENCE = {
    "class": ("array", "pointer"),
    "type": ("inter", "intra"),
    "direction": ("raw", "war", "waw"),
    "dependent": SWITCH,
}
_COUNTS = (
    *("num_read_outstanding", "num_write_outstanding"),
    *("max_read_burst_length", "max_write_burst_length"),
)

DIRECTIVES: Mapping[str, Directive] = {
    "aggregate": Directive(
        {**_VARIABLE, "compact": ("bit", "byte", "none", "auto")}, needs=("variable",)
    ),
    "alias": Directive({"ports": NAME, "distance": NUMBER, "offset": NAME}, needs=("ports",)),
    "allocation": Directive(
        {"instances": NAME, "limit": POSITIVE, "type": ("function", "operation")},
        _words("type", "function", "operation"),
        ("instances", "limit"),
    ),
    "array_partition": _PARTITION,
    "array_reshape": Directive(
        {**_PARTITION.options, "object": SWITCH},
        {**_PARTITION.words, "object": "object"},
        ("variable",),
    ),
    "array_stencil": Directive({**_VARIABLE, **_OFF}, _OFF_WORD, ("variable",)),
    "bind_op": Directive(
        {
            **_VARIABLE,
            "op": _OPERATIONS,
            "impl": (
                *("auto", "all", "fabric", "dsp", "meddsp", "fulldsp", "maxdsp"),
                *("primitivedsp", "none"),
            ),
            "latency": SIGNED,
        },
        needs=("variable", "op"),
    ),
    "bind_storage": Directive(
        {**_VARIABLE, "type": _STORAGE, "impl": _MEMORY, "latency": SIGNED},
        needs=("variable", "type|impl"),
    ),
    "cache": Directive(
        {
            "port": NAME,
            "lines": POSITIVE,
            "depth": POSITIVE,
            "ports": POSITIVE,
            "l2_lines": POSITIVE,
        },
        needs=("port",),
    ),
    "dataflow": Directive(
        {"disable_start_propagation": SWITCH},
        _words("disable_start_propagation", "disable_start_propagation"),
    ),
    "dependence": Directive(
        {**_VARIABLE, **_DEPENDENCE, "distance": NUMBER},
        {word: option for option, words in _DEPENDENCE.items() for word in words},
        ("variable|class",),
    ),
    "disaggregate": Directive({**_VARIABLE}, needs=("variable",)),
    "expression_balance": Directive(_OFF, _OFF_WORD),
    "function_instantiate": Directive(_VARIABLE, needs=("variable",)),
    "inline": Directive(
        {**_OFF, "recursive": SWITCH, "region": SWITCH},
        {**_OFF_WORD, "recursive": "recursive", "region": "region"},
    ),
    "interface": Directive(
        {
            "mode": _MODES,
            "port": NAME,
            "bundle": NAME,
            "name": NAME,
            "clock": NAME,
            "channel": NAME,
            "metadata": NAME,
            "offset": NAME,  # slave, direct or off of m_axi, an address of s_axilite
            "depth": POSITIVE,
            "latency": SIGNED,
            "register": SWITCH,
            "register_mode": ("both", "forward", "reverse", "off"),
            "storage_type": _STORAGE,
            "storage_impl": _MEMORY,
            "address_mode": ("byte", "word"),
            "interrupt": NUMBER,
            "autorestart": SWITCH,
            "direct_io": SWITCH,
            "max_widen_bitwidth": NUMBER,
            **dict.fromkeys(_COUNTS, POSITIVE),
        },
        {
            **_words("mode", *_MODES),
            **{word: word for word in ("register", "autorestart", "direct_io")},
        },
        ("mode",),
    ),
    "latency": Directive({"min": NUMBER, "max": NUMBER}, needs=("min|max",)),
    "loop_flatten": Directive(_OFF, _OFF_WORD),
    "loop_merge": Directive({"force": SWITCH, **_OFF}, {"force": "force", **_OFF_WORD}),
    "loop_tripcount": Directive(
        {"min": NUMBER, "max": NUMBER, "avg": NUMBER}, needs=("min|max|avg",)
    ),
    "occurrence": Directive({"cycle": POSITIVE, **_OFF}, _OFF_WORD, ("cycle|off",)),
    "performance": Directive(
        {"target_ti": NAME, "target_tl": NAME, "unit": ("sec", "cycle")},
        needs=("target_ti|target_tl",),
    ),
    "pipeline": Directive(
        {
            "ii": POSITIVE,
            **_OFF,
            "rewind": SWITCH,
            "enable_flush": SWITCH,
            "style": ("stp", "frp", "flp"),
        },
        {**_OFF_WORD, "rewind": "rewind", "enable_flush": "enable_flush"},
    ),
    "protocol": Directive({"mode": ("floating", "fixed")}, _words("mode", "floating", "fixed")),
    "reset": Directive({**_VARIABLE, **_OFF}, _OFF_WORD, ("variable",)),
    "stable": Directive({**_VARIABLE, **_OFF}, _OFF_WORD, ("variable",)),
    "stream": Directive(
        {
            **_VARIABLE,
            "type": ("fifo", "pipo", "shared", "unsync"),
            "depth": POSITIVE,
            "dim": NUMBER,
            **_OFF,
        },
        _OFF_WORD,
        ("variable",),
    ),
    "top": Directive({"name": NAME}),
    "unroll": Directive(
        {"factor": POSITIVE, "region": SWITCH, "skip_exit_check": SWITCH, **_OFF},
        {"region": "region", "skip_exit_check": "skip_exit_check", **_OFF_WORD},
    ),
    "array_map": Directive(instead="nothing: arrays are no longer merged"),
    "clock": Directive(instead="nothing: a design has one clock"),
    "data_pack": Directive(instead="aggregate"),
    "resource": Directive(instead="bind_storage, or bind_op"),
}
