"""The front of the house: what people type and read. dodo.py wires it; doit runs it.

options   the one table of options; help, validation and nearest names come from it
commands  run, list, help and clean in place of doit's own
session   one run: its design, tools, plan, lock and cache
show      what a run looks like: a live table on a terminal, plain lines elsewhere
tasks     plan, why, doctor, program, whatis, test
"""
