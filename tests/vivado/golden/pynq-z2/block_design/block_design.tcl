# The project on disk, its block design, and everything that is generated from it.
set_param general.maxThreads 8
puts {bitwright: project}
create_project -part xc7z020clg400-1 design design
set_property target_language Verilog [current_project]
set_property ip_repo_paths [list [file normalize design/ip]] [current_project]
update_ip_catalog

puts {bitwright: block design}
source design.tcl
validate_bd_design
save_bd_design

puts {bitwright: output products}
set design [get_files zynq.bd]
set_property synth_checkpoint_mode Hierarchical $design
generate_target all $design
set wrapper [make_wrapper -files $design -top]
add_files -norecurse $wrapper
set_property top zynq_wrapper [current_fileset]
update_compile_order -fileset sources_1
report_ip_status -file ip_status.rpt
file copy -force design/design.gen/sources_1/bd/zynq/hw_handoff/zynq.hwh tiny.hwh
close_project
puts {bitwright: done}
