"""Edalize tool `csim`: an HLS kernel and its test bench compiled with g++ and open headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from bitwright.errors import BitwrightError
from bitwright.hls import csim
from edalize.tools.edatool import Edatool
from edalize.utils import EdaCommands


class Csim(Edatool):  # type: ignore[misc]  # Edalize names and types it
    """One object for each source, then the program; make compiles what has changed."""

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "cflags": {"type": "str", "desc": "Flags of every compilation, else -O2", "list": True},
    }

    def setup(self, edam: dict[str, Any]) -> None:
        """Files: cppSource, cppSource-testbench; a header with is_include_file adds its folder."""
        super().setup(edam)
        folders: list[str] = []
        sources, headers = [], []
        for entry in self.files:
            if entry.get("file_type", "").startswith("cppSource"):
                included = self._add_include_dir(entry, folders)
                (headers if included else sources).append(entry["name"])
        options = tuple(self.tool_options.get("cflags", ())) or csim.FAST
        self.commands = EdaCommands()
        try:
            for source in sources:
                command = csim.compiler(source, folders, options)
                self.commands.add(command, [_object(source)], [source, *headers])
        except BitwrightError as error:
            raise RuntimeError(str(error)) from error
        objects = [_object(source) for source in sources]
        self.commands.add(csim.linker(objects, options), [csim.PROGRAM], objects)
        self.commands.set_default_target(csim.PROGRAM)


def _object(source: str) -> str:
    return f"{Path(source).stem}.o"
