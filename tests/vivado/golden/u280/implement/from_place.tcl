# From checkpoints/place.dcp to routed.dcp, in one process.
# Each stage begins with the checkpoint of the one before as it stands on the disk. So a run that
# was killed and goes on from a checkpoint does what one that was not does: the same design.
set_param general.maxThreads 8
file mkdir checkpoints
puts "bitwright: judge placed"
open_checkpoint checkpoints/place.dcp

puts "bitwright: phys_opt"
phys_opt_design
write_checkpoint -force checkpoints/phys_opt.part.dcp
file rename -force checkpoints/phys_opt.part.dcp checkpoints/phys_opt.dcp
close_project
open_checkpoint checkpoints/phys_opt.dcp

puts "bitwright: route"
route_design
write_checkpoint -force checkpoints/route.part.dcp
file rename -force checkpoints/route.part.dcp checkpoints/route.dcp
close_project
open_checkpoint checkpoints/route.dcp

puts {bitwright: reports}
report_timing_summary -delay_type min_max -max_paths 10 -file timing_summary.rpt
report_utilization -file utilization.rpt
report_utilization -hierarchical -file utilization_hierarchy.rpt
report_clock_interaction -delay_type min_max -file clock_interaction.rpt
report_cdc -details -file cdc.rpt
report_methodology -file methodology.rpt
report_drc -file drc.rpt
report_power -file power.rpt
report_qor_assessment -file qor_assessment.rpt
report_route_status -file route_status.rpt
report_control_sets -file control_sets.rpt
close_project
file rename -force checkpoints/route.dcp routed.dcp
puts {bitwright: done}
