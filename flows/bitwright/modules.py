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


def module_files(*modules: str) -> tuple[Path, ...]:
    """The files, from the project's root, of these modules and of all they import of bitwright.

    Nothing is imported: the import statements are found in the text. A package counts with every
    file of its own folder (templates too), without the folders below it.
    """
    root = Path(__file__).resolve().parent.parent
    found: set[Path] = set()
    todo, seen = list(modules), set[str]()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            files = _files_of(root, name)
            found.update(files)
            todo += [module for path in files if path.suffix == ".py" for module in _imports(path)]
    here = Path.cwd()
    return tuple(sorted(Path(os.path.relpath(path, here)) for path in found))


def _files_of(root: Path, module: str) -> list[Path]:
    place = root.joinpath(*module.split("."))
    if place.is_dir():
        found = [path for path in place.iterdir() if path.is_file() and path.suffix != ".pyc"]
    else:
        source = place.with_suffix(".py")
        found = [source] if source.is_file() else []
    above = [folder / "__init__.py" for folder in place.parents if root in folder.parents]
    return found + [path for path in above if found and path.is_file()]


@cache
def _imports(path: Path) -> tuple[str, ...]:
    """Every module that a file may import; names that are no modules fall out later."""
    names: list[str] = []
    for base, words, plain in IMPORT.findall(path.read_text("utf-8")):
        if plain:
            names.append(plain)
            continue
        if base != PACKAGE:
            names.append(base)
        names += [f"{base}.{word}" for word in re.findall(r"\w+", words)]
    return tuple(names)
