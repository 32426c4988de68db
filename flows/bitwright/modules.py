"""Which files of this package a step depends on whose command is `python -m MODULE`."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

PACKAGE = "bitwright"
IMPORT = re.compile(
    rf"^\s*(?:from\s+({PACKAGE}[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+({PACKAGE}[\w.]*))",
    re.MULTILINE,
)
FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t].*\n|\n)*", re.MULTILINE)  # never runs


def module_files(*modules: str) -> tuple[Path, ...]:
    """The files, from the project's root, of these modules and of all they import of bitwright.

    Nothing is imported: the import statements are found in the text. A package counts with its
    __init__.py alone, a template with a module beside it that has its name in the text.
    """
    root = Path(__file__).resolve().parent.parent
    found: set[Path] = set()
    todo, seen = list(modules), set[str]()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            source = _source_of(root, name)
            if source is not None:
                found |= {source, *_beside(source)}
                todo += [name.rpartition(".")[0], *_imports(source)]
    here = Path.cwd()
    return tuple(sorted(Path(os.path.relpath(path, here)) for path in found))


def _source_of(root: Path, module: str) -> Path | None:
    """The file that an import of a module runs; None if there is no such module."""
    place = root.joinpath(*module.split("."))
    either = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in either if path.is_file()), None)


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Every module that a file may import; names that are no modules fall out later."""
    names: list[str] = []
    for base, words, plain in IMPORT.findall(FOR_TYPES.sub("", path.read_text("utf-8"))):
        if plain:
            names.append(plain)
            continue
        if base != PACKAGE:
            names.append(base)
        names += [f"{base}.{word}" for word in re.findall(r"\w+", words)]
    return tuple(names)


@cache
def _beside(path: Path) -> frozenset[Path]:
    """The files in a file's folder, other than modules, that it names, and those that they name."""
    others = [each for each in path.parent.iterdir() if each.is_file() and each.suffix != ".py"]
    named, text = set[Path](), path.read_text("utf-8")
    while more := {each for each in others if each.name in text} - named:
        named |= more
        text = "".join(each.read_text("utf-8") for each in more)
    return frozenset(named)
