"""Reading: one small pure function per kind of report, text in, frozen dataclass out.

A reader is a module in the folder of the tool it reads: `open`, `vivado`, `hls`, `vitis`. It has a
`KIND` (kind.py), which recognise.py finds by the content of a file, never by its name.
"""
