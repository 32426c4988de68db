"""The errors people see, by who can act on them; each says where, expected, found, next."""

from __future__ import annotations


class BitwrightError(Exception):
    """Something a person must act on; its text is complete, so no traceback is shown."""


class ConfigError(BitwrightError):
    """The author of a config, core or command line can mend this."""


class ToolError(BitwrightError):
    """The owner of the machine can mend this: a tool is missing, too old, crashed or lied."""


class ReportError(BitwrightError):
    """The maintainer of a report reader can mend this: a report does not look as expected.

    The text is for people; the fields are the same, for programs.
    """

    def __init__(
        self,
        text: str,
        *,
        line: int | None = None,  # of the report, from 1; None where no line is to blame
        problem: str = "",
        expected: str = "",
        found: str = "",
        next: str = "",
    ) -> None:
        super().__init__(text)
        self.line, self.problem = line, problem or text
        self.expected, self.found, self.next = expected, found, next


class Stopped(BitwrightError):
    """The build was interrupted (Ctrl-C, SIGTERM); nothing is wrong with it."""
