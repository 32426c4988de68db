"""Reports: read (one small pure function per kind), measure, show.

A reader takes the text of one report and returns one frozen dataclass; `origin` is used only in
messages. Whatever is missing, malformed or contradicts itself is a ReportError, never a zero.
"""
