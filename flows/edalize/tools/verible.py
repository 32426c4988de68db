"""Edalize tool `verible`: the style linter and the formatter, as judges of SystemVerilog files."""

from __future__ import annotations

from typing import Any, ClassVar

from edalize.tools.edatool import Edatool
from edalize.utils import EdaCommands


class Verible(Edatool):  # type: ignore[misc]  # Edalize is untyped
    """Fails on any finding and on any file that the formatter would change.

    Files of type systemVerilogSource-generated are nobody's style, and left out. (The suffix,
    because FuseSoC 2.4 drops tags on the way to EDAM, and tools look at the beginning of the type.)
    """

    TOOL_OPTIONS: ClassVar[dict[str, Any]] = {
        "verible_rules": {
            "type": "str",
            "desc": "Rules to switch, as verible-verilog-lint --rules takes them (-name or +name)",
            "list": True,
        },
        "column_limit": {"type": "int", "desc": "Longest line; default 100"},
    }

    def setup(self, edam: dict[str, Any]) -> None:
        super().setup(edam)
        files = [
            f["name"]
            for f in self.files
            if f.get("file_type", "").startswith("systemVerilogSource")
            and not f["file_type"].endswith("-generated")
        ]
        limit = self.tool_options.get("column_limit", 100)
        rules = [*self.tool_options.get("verible_rules", []), f"line-length=length:{limit}"]
        lint = ["verible-verilog-lint", f"--rules={','.join(rules)}", *files]
        layout = [
            "verible-verilog-format",
            f"--column_limit={limit}",
            "--inplace",
            "--verify",
            *files,
        ]
        self.commands = EdaCommands()
        self.commands.add([lint, layout], ["verible"], files)
        self.commands.set_default_target("verible")
