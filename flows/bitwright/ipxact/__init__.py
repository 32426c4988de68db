"""IP-XACT: what a packaged core says of itself, read, written, inferred, compared.

model.py      a component as values
layout.py     which element of IEEE 1685-2009 (and of AMD's extensions) holds which value
parts.py      what that table is put together of
read.py       component.xml -> Component
write.py      Component -> component.xml, always the same bytes
rtl.py        SystemVerilog -> ports and parameters, by Verilator's own elaboration
infer.py      ports -> bus interfaces, as Vivado's packager infers them
of_kernel.py  kernel.yml and ports -> Component
agree.py      whether ports are those that a signature says
parameters.py what parameters may be, as a component says it
wrapper.py    ports -> a Verilog module around a SystemVerilog one
compare.py    what two components say differently
tcl.py        the same package made by Vivado: package_ip.tcl, package_xo.tcl
kernel_xml.py what XRT is told of a kernel
entry.py      Component -> an entry of the IP catalogue (bd/catalogue)
dependency.py XPath of a component.xml as expressions of that catalogue
package.py    what the step `package-<kernel>` runs
"""
