"""Whether the commands and options of a script exist, by Vivado's own help texts.

    assert faults(script) == []          # ["line 7: create_bd_cell has no option -refrence", ...]

The script is taken apart by tclint's parser, so that branches and procedures count that no run
would reach. Vivado's commands are those of the help texts in the package xilinx-language-server
(versions 2023 and 2024); what they lack is in OURS, each with its source. Vivado takes unique
beginnings of options, and positional arguments by name (`set_property -name N -value V ...`).
That brackets are missing around an option in a Syntax section does not mean that it is needed
(`assign_bd_address -dict`), so nothing is ever called missing.
"""

from __future__ import annotations

import json
import re
import tkinter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = "xilinx_language_server"
# Syntax as the help texts write it. Sources: (1) public packaging scripts, counted in those of
# analogdevicesinc/hdl, Xilinx/Vitis_Accel_Examples, Avnet/hdl, Xilinx/kria-vitis-platforms and what
# Vitis HLS leaves in its impl folders: name and options are as they are used there; no manual lists
# the commands of ipx. (2) UG1399, Tcl command reference of Vitis HLS 2020.2 to 2023.2.
# (3) scripts of write_bd_tcl, 2017 to 2019 and 2020 to 2025. (4) UG835, in other versions.
OURS = """
ipx::add_address_block [-quiet] <name> <object>  # 1: 43
ipx::add_address_block_parameter [-quiet] <name> <object>  # 1: 26
ipx::add_address_space [-quiet] <name> <object>  # 1: 15
ipx::add_bus_interface [-quiet] <name> <object>  # 1: 28
ipx::add_bus_parameter [-quiet] <name> <object>  # 1: 37
ipx::add_field [-quiet] <name> <object>  # 1: 47
ipx::add_file [-quiet] <name> <object>  # 1: 137
ipx::add_file_group [-type <arg>] [-quiet] <name> <object>  # 1: 120
ipx::add_memory_map [-quiet] <name> <object>  # 1: 43
ipx::add_port_map [-quiet] <name> <object>  # 1: 66
ipx::add_register [-quiet] <name> <object>  # 1: 64
ipx::add_register_parameter [-quiet] <name> <object>  # 1: 15
ipx::add_user_parameter [-quiet] <name> <object>  # 1: 40
ipx::archive_core [-quiet] <file> <object>  # 1: 14
ipx::associate_bus_interfaces [-busif <arg>] [-clock <arg>] [-reset <arg>] [-remove]
    <object>  # 1: 29
ipx::check_integrity [-kernel] [-xrt] [-quiet] <object>  # 1: 7
ipx::create_xgui_files [-logo_file <arg>] [-quiet] <object>  # 1: 103
ipx::current_core [<object>]  # 1: 2126
ipx::edit_ip_in_project [-upgrade <arg>] [-name <arg>] [-directory <arg>] <file>  # 1: 13
ipx::get_address_blocks [-of_objects <args>] [-quiet] [<patterns>]  # 1: 30
ipx::get_address_spaces [-of_objects <args>] [-quiet] [<patterns>]  # 1: 5
ipx::get_bus_interfaces [-of_objects <args>] [-filter <arg>] [-quiet] [<patterns>]  # 1: 439
ipx::get_bus_parameters [-of_objects <args>] [-quiet] [<patterns>]  # 1: 16
ipx::get_file_groups [-of_objects <args>] [-filter <arg>] [-quiet] [<patterns>]  # 1: 62
ipx::get_files [-of_objects <args>] [-filter <arg>] [-quiet] [<patterns>]  # 1: 31
ipx::get_hdl_parameters [-of_objects <args>] [-quiet] [<patterns>]  # 1: 26
ipx::get_memory_maps [-of_objects <args>] [-quiet] [<patterns>]  # 1: 30
ipx::get_ports [-of_objects <args>] [-filter <arg>] [-nocase] [-quiet] [<patterns>]  # 1: 693
ipx::get_user_parameters [-of_objects <args>] [-quiet] [<patterns>]  # 1: 303
ipx::infer_bus_interface [-quiet] <names> <vlnv> <object>  # 1: 203
ipx::package_project [-root_dir <arg>] [-vendor <arg>] [-library <arg>] [-taxonomy <args>]
    [-module <arg>] [-import_files] [-force] [-set_current <arg>] [-quiet] [<component>]  # 1: 24
ipx::remove_bus_parameter [-quiet] <name> <object>  # 1
ipx::remove_user_parameter [-quiet] <name> <object>  # 1: 9
ipx::save_core [-quiet] <object>  # 1: 173
ipx::unload_core [-quiet] <file>  # 1: 14
ipx::update_checksums [-quiet] <object>  # 1: 28
exclude_bd_addr_seg [-target_address_space <arg>] [-offset <arg>] [-range <arg>] [-quiet]
    <segment_to_exclude>  # 3: 2020 on
common::send_gid_msg -ssname <arg> -id <arg> -severity <arg> <msg>  # 3: 2020 on
common::send_msg_id <id> <severity> <msg>  # 3: to 2019
get_fileset [-quiet] [<patterns>]  # 4
reset_run [-prev_step] [-from_step <arg>] [-noclean_dir] [-quiet] [-verbose] <run>  # 4
wait_on_run [-timeout <arg>] [-quiet] [-verbose] <run>  # 4: to 2020
open_project [-reset] <project>  # 2
set_top <name>  # 2
add_files [-tb] [-cflags <arg>] [-csimflags <arg>] [-blackbox <arg>] <files>  # 2
open_solution [-reset] [-flow_target <arg>] <solution>  # 2
set_part [-board <arg>] <part>  # 2
create_clock [-period <arg>] [-name <arg>] [<clock>]  # 2
csim_design [-O] [-clean] [-argv <arg>] [-ldflags <arg>] [-mflags <arg>] [-setup]  # 2
csynth_design [-dump_cfg] [-dump_post_cfg] [-synthesis_check]  # 2
cosim_design [-O] [-rtl <arg>] [-trace_level <arg>] [-argv <arg>] [-tool <arg>] [-setup]  # 2
export_design [-flow <arg>] [-rtl <arg>] [-format <arg>] [-output <arg>] [-ipname <arg>]
    [-vendor <arg>] [-library <arg>] [-version <arg>] [-description <arg>]  # 2
config_export [-format <arg>] [-rtl <arg>] [-ipname <arg>] [-vendor <arg>] [-library <arg>]
    [-version <arg>] [-display_name <arg>] [-description <arg>] [-taxonomy <arg>]  # 2
config_compile [-name_max_length <arg>] [-no_signed_zeros <arg>] [-unsafe_math_optimizations <arg>]
    [-pipeline_loops <arg>] [-pipeline_style <arg>] [-enable_auto_rewind <arg>]  # 2
config_dataflow [-default_channel <arg>] [-fifo_depth <arg>] [-start_fifo_depth <arg>]
    [-strict_mode <arg>] [-override_user_fifo_depth <arg>] [-task_level_fifo_depth <arg>]  # 2
config_interface [-m_axi_addr64 <arg>] [-m_axi_alignment_byte_size <arg>] [-m_axi_latency <arg>]
    [-m_axi_max_widen_bitwidth <arg>] [-m_axi_conservative_mode <arg>] [-m_axi_offset <arg>]
    [-s_axilite_auto_restart_counter <arg>] [-default_slave_interface <arg>]
    [-s_axilite_sw_reset <arg>] [-m_axi_max_read_burst_length <arg>]
    [-m_axi_max_write_burst_length <arg>]  # 2
config_rtl [-reset <arg>] [-reset_async] [-reset_level <arg>] [-module_auto_prefix]
    [-module_prefix <arg>] [-register_reset_num <arg>] [-deadlock_detection <arg>]  # 2
config_schedule [-enable_dsp_full_reg <arg>] [-effort <arg>]  # 2
config_unroll [-tripcount_threshold <arg>]  # 2
"""
HLS = frozenset(("open_project", "add_files", "set_part", "create_clock"))  # other words in HLS
_OPTION = re.compile(r"(\[?)-(\w+)(?: <(\w+)>)?")
_POSITIONAL = re.compile(r"<(\w+)>(\.\.\.)?")


@dataclass(frozen=True)
class Syntax:
    options: dict[str, bool]  # name -> whether a value follows
    names: tuple[str, ...]  # positionals
    many: bool  # the last positional may be several

    @classmethod
    def of(cls, text: str) -> Syntax:
        options = {name: bool(value) for _, name, value in _OPTION.findall(text)}
        left = _OPTION.sub("", text)
        positionals = _POSITIONAL.findall(left)
        return cls(
            {"quiet": False, "verbose": False} | options,
            tuple(name for name, _ in positionals),
            any(more for _, more in positionals),
        )

    def faults(self, command: str, words: list[str | None]) -> Iterator[str]:
        """words: the arguments; None for one that only a run could tell."""
        count, place = 0, 0
        given = set()
        while place < len(words):
            word = words[place]
            place += 1
            if word is None or not re.fullmatch(r"-[A-Za-z]\w*(=.*)?", word):
                count += 1
                continue
            name = word[1:].partition("=")[0]
            known = {**self.options, **dict.fromkeys(self.names, True)}
            meant = [name] if name in known else [one for one in known if one.startswith(name)]
            if len(meant) != 1:
                kind = "no option" if not meant else "more than one option"
                yield f"{command} has {kind} -{name}"
                return
            elif known[meant[0]] and "=" not in word:
                if place == len(words):
                    yield f"{command} -{name} lacks its value"
                place += 1
            given.update(meant)
        room = len(self.names) - len(given & set(self.names))
        if count > room and not self.many and None not in words:
            yield f"{command} takes {room} words besides its options, not {count}"


@cache
def _ours() -> dict[str, Syntax]:
    found: dict[str, str] = {}
    name = ""
    for line in OURS.strip().splitlines():
        text = line.partition("#")[0].rstrip()
        if not line.startswith(" "):
            name, _, text = text.partition(" ")
        found[name] = f"{found.get(name, '')} {text.strip()}"
    return {name: Syntax.of(text) for name, text in found.items()}


@cache
def _vivado() -> dict[str, Syntax]:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip(f"{PACKAGE} is not installed, so Vivado's help texts are not at hand")
    texts = json.loads(
        Path(spec.origin).with_name("assets").joinpath("json/vivado.json").read_text()
    )
    return {name: _syntax(name, text) for name, text in texts.items() if "Syntax:" in text}


def _syntax(name: str, text: str) -> Syntax:
    """The Syntax section, and the options that only the Usage table has."""
    section = text.partition("Syntax:")[2].partition("\n\n")[0]
    usage = text.partition("Usage:")[2].partition("\n\n")[0]
    made = Syntax.of(" ".join(section.split()).removeprefix(name))
    more = re.findall(r"^  \[?-(\w+)\]?", usage, re.MULTILINE)
    return Syntax(dict.fromkeys(more, True) | made.options, made.names, made.many)


@cache
def _of_tcl() -> frozenset[str]:
    """Commands of Tcl itself."""
    names = tkinter.Tcl().eval("info commands").split()
    return frozenset((*names, "exit"))  # which tkinter takes away


def faults(script: str, *, hls: bool = False) -> list[str]:
    """What Vivado, or Vitis HLS, would not know of a script. Skips without the help texts."""
    from tclint.parser import Parser
    from tclint.syntax_tree import Command

    tree = Parser().parse(script)
    commands = [node for node in _nodes(tree) if isinstance(node, Command)]
    defined = (node.children[1] for node in commands if _text(node.children[0]) == "proc")
    procs = {(_text(name) or "").rpartition("::")[2] for name in defined}
    ours = {name: syntax for name, syntax in _ours().items() if hls or name not in HLS}
    known = {**_vivado(), **ours}
    found = []
    for node in commands:
        name = _text(node.children[0])
        where = f"line {node.pos[0]}"
        if (
            name is None
            or name.rpartition("::")[2] in procs
            or (name in _of_tcl() and name not in known)
        ):
            continue
        if name.removeprefix("::") not in known:
            found.append(f"{where}: there is no command {name}")
            continue
        words = [_text(child) for child in node.children[1:]]
        syntax = known[name.removeprefix("::")]
        found += [f"{where}: {fault}" for fault in syntax.faults(name, words)]
    return found


def _nodes(node: object) -> Iterator[object]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _nodes(child)


def _text(node: object) -> str | None:
    """A word that is the same in every run; None for any other."""
    contents = getattr(node, "contents", None)
    return contents if isinstance(contents, str) else None
