"""The commands around a design: projects, IP definitions, messages, files of the project."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bitwright.blockdesign.interpreter.session import Command, Note, Session
from bitwright.blockdesign.interpreter.words import CommandError, alike, arguments, matches

NEWEST = "2024.1"  # said to scripts that do not say what they were written by


def _create_project(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("create_project", words),
        values=("part",),
        flags=("force", "in_memory", "ip", "rtl_kernel"),
        names=("name", "dir"),
        lax=session.lax,
    )
    session.project = args.rest[0] if args.rest else "project"
    session.part = args.get("part") or session.part
    directory = args.rest[1] if len(args.rest) > 1 else "."
    session.others[session.project] = {"DIRECTORY": directory, "NAME": session.project}
    return session.project


def _current_project(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("current_project", words, names=("project",), lax=session.lax)
    if args.rest and args.rest[0]:
        session.project = args.rest[0]
    return session.project or ("" if "quiet" in args else "project")


def _get_projects(session: Session, words: tuple[str, ...]) -> str:
    return session.project


def _close_project(session: Session, words: tuple[str, ...]) -> str:
    session.project = ""
    return ""


def _version(session: Session, words: tuple[str, ...]) -> str:
    """The version that the session has, or the one that the script wants to hear."""
    asked = session.version or session.variable("scripts_vivado_version") or NEWEST
    if any(word in ("-short", "-s") for word in words):
        return asked
    return f"Vivado v{asked} (64-bit)"


# --- IP definitions -------------------------------------------------------------------------------


def _ipdefs(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("get_ipdefs", words),
        values=("filter", "of_objects"),
        flags=("all", "regexp", "nocase"),
        names=("patterns",),
        lax=session.lax,
    )
    known = list(_defined(session))
    found = known
    if args.rest:
        shapes = session.objects(args.rest)
        found = [one for one in known for text in shapes if alike(text, one)]
        if not session.strict:
            found += [text for text in shapes if "*" not in text and text not in found]
    if args.get("filter"):
        found = [one for one in found if matches(args.get("filter"), partial(_of_ip, one))]
    if not found and not session.strict:
        found = _presumed(args.get("filter") or " ".join(args.rest))
    return session.host.join(tuple(dict.fromkeys(found)))


def _defined(session: Session) -> Iterator[str]:
    if session.catalogue is not None:
        for type in session.catalogue.types:
            versions = session.catalogue.versions(type)
            yield f"{type}:{versions[-1]}" if versions else type


def _of_ip(vlnv: str, name: str) -> str:
    """A property of a definition of the catalogue: the newest of its kind, and usable."""
    said = dict(zip(("VENDOR", "LIBRARY", "NAME", "VERSION"), vlnv.split(":"), strict=False))
    said |= {"VLNV": vlnv, "DESIGN_TOOL_CONTEXTS": "HDL IPI"}
    return said.get(name.upper(), "")


def _presumed(sought: str) -> list[str]:
    """A definition for a pattern such as *:name:*, since an import never lacks an IP."""
    for word in sought.replace('"', " ").replace("'", " ").split():
        parts = word.split(":")
        if len(parts) in (3, 4) and parts[-2 if len(parts) == 4 or parts[-1] == "*" else -1] != "*":
            names = [part for part in parts if part and part != "*"]
            if len(names) == 1:
                return [f"unknown:unknown:{names[0]}"]
            if len(names) >= 3:
                return [":".join(names)]
    return []


def _resolves(session: Session, words: tuple[str, ...]) -> str:
    return "1"


# --- messages -------------------------------------------------------------------------------------


def _send_gid(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("send_gid_msg", words, values=("ssname", "id", "severity"), names=("msg",))
    return _said(session, args.get("severity"), " ".join(args.rest))


def _send(session: Session, words: tuple[str, ...]) -> str:
    """send_msg_id ID SEVERITY TEXT"""
    if len(words) < 3:
        raise CommandError("[Common 17-163] send_msg_id: expected an id, a severity and a message")
    return _said(session, words[1], " ".join(words[2:]))


def _said(session: Session, severity: str, text: str) -> str:
    if severity.strip('"').upper() != "ERROR":
        return ""
    text = " ".join(text.split())
    session.errors.append(Note(session.host.place(), text))
    raise CommandError(text)


# --- files of the project -------------------------------------------------------------------------


def _get_files(session: Session, words: tuple[str, ...]) -> str:
    """The .bd files of the designs that there are; no others are known."""
    args = arguments(
        *("get_files", words),
        values=("filter", "of_objects", "compile_order", "used_in"),
        flags=("regexp", "nocase", "all", "norecurse", "references"),
        names=("patterns",),
        lax=session.lax,
    )
    shapes = [text.rpartition("/")[2] for text in session.objects(args.rest)]
    files = [f"{name}.bd" for name in session.designs]
    return session.host.join(
        tuple(file for file in files if not shapes or any(alike(shape, file) for shape in shapes))
    )


def _open_design(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("open_bd_design", words, names=("name",), lax=session.lax)
    name = "".join(args.rest[:1]).rpartition("/")[2].removesuffix(".bd")
    if name not in session.designs:
        raise CommandError(f"[BD 41-1665] Unable to open: there is no design {name!r} here.")
    session.open(name)
    return name


def _close_design(session: Session, words: tuple[str, ...]) -> str:
    session.closed = session.current
    session.current, session.level = "", ""
    return ""


def _named(usual: str, session: Session, words: tuple[str, ...]) -> str:
    """The thing of that name, whatever it is; without a name the one that every project has."""
    names = [word for word in words if not word.startswith("-")]
    return names[-1] if names and "*" not in names[-1] else usual


def _quiet(session: Session, words: tuple[str, ...]) -> str:
    return ""


# Commands that change nothing of the model, and say nothing that a script goes on with.
_NOTHING = """
add_files add_peripheral_interface archive_project auto_detect_xpm check_ip_cache
close_hw_manager close_sim compile_simlib config_ip_cache connect_debug_port create_debug_core
create_ip_run
delete_fileset delete_runs endgroup export_hardware export_ip_user_files export_simulation
generate_target import_files import_ip launch_runs make_wrapper
move_files opt_design phys_opt_design place_design regenerate_bd_layout
remove_files reorder_files report_ip_status report_timing_summary report_utilization reset_project
reset_run reset_target route_design save_bd_design save_constraints set_msg_config set_param
start_gui startgroup stop_gui synth_design undo update_compile_order
update_ip_catalog upgrade_ip validate_bd_design wait_on_run wait_on_runs write_bd_tcl
write_bitstream write_checkpoint write_hw_platform
""".split()  # noqa: SIM905

# Commands that give one thing back, which a script sets properties of.
_THINGS = {
    "create_fileset": "sources_1",
    "create_partition_def": "",
    "create_reconfig_module": "",
    "create_run": "impl_1",
    "current_board_part": "",
    "current_fileset": "sources_1",
    "current_run": "impl_1",
    "get_board_parts": "unknown:board:part0:1.0",
    "get_fileset": "sources_1",
    "get_filesets": "sources_1",
    "get_parts": "",
    "get_runs": "impl_1",
}

COMMANDS: dict[str, Command] = {
    **dict.fromkeys(_NOTHING, _quiet),
    **{name: partial(_named, usual) for name, usual in _THINGS.items()},
    "create_project": _create_project,
    "open_project": _create_project,
    "current_project": _current_project,
    "get_projects": _get_projects,
    "close_project": _close_project,
    "version": _version,
    "get_ipdefs": _ipdefs,
    "can_resolve_reference": _resolves,
    "common::send_gid_msg": _send_gid,
    "common::send_msg_id": _send,
    "send_gid_msg": _send_gid,
    "send_msg_id": _send,
    "send_msg": _send,
    "get_files": _get_files,
    "open_bd_design": _open_design,
    "close_bd_design": _close_design,
}
