# bitwright:hls:ffn:1.0, rendered by bitwright.hls.scripts; README.md says what to edit.
# After run_hls.tcl, in the same way and the same folder.
open_project project
open_solution solution1
puts "bitwright: impl"
export_design -flow impl -rtl verilog
puts "bitwright: done"
exit
