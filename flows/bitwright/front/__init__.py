"""The front of the house: what people type and read. dodo.py wires it; doit runs it.

options   the one table of options; help, validation and nearest names come from it
commands  run, list, help and clean in place of doit's own
session   one run: its design, tools, plan, lock and cache
show      what a run looks like: a live table on a terminal, plain lines elsewhere
tasks     plan, why, doctor, program, whatis, test
diff      diff and baseline: a build beside what was accepted
history   what every build measured: kept, drawn, imported, exported
nightly   a matrix of builds and one page about it; sweepview shows them while they run
csim      C simulation of the HLS kernels; hls takes them on to an exported IP
adopt     a generated C++ source becomes a kernel of its own folder
site      all of it on pages for a browser
"""
