# The top level around the IPs, then the whole netlist with its constraints as one checkpoint.
set_param general.maxThreads 8
# wait_on_runs returns normally when a run has failed: only its properties tell. One whose IP came
# from the cache never ran.
proc done {run} {
    set status [get_property STATUS $run]
    if {[string match -nocase "*error*" $status] || [string match -nocase "*fail*" $status]} {
        return 0
    }
    set progress [get_property PROGRESS $run]
    return [expr {$progress eq "100%" || [string match -nocase "*cached*" $status]}]
}
proc finished {run} {
    if {![done $run]} {
        set told "[get_property STATUS $run] ([get_property PROGRESS $run])"
        error "run $run: $told; see [get_property DIRECTORY $run]/runme.log"
    }
}

puts {bitwright: project}
open_project design/design.xpr
add_files -fileset constrs_1 -norecurse constraints.xdc
config_ip_cache -use_cache_location [file normalize ip_cache]
set run [get_runs synth_1]
set_property AUTO_INCREMENTAL_CHECKPOINT 0 $run
set_property STEPS.SYNTH_DESIGN.ARGS.DIRECTIVE Default $run

puts {bitwright: synth}
launch_runs $run -jobs 4
wait_on_runs $run
finished $run

# A checkpoint of project mode has its timing constraints only once the run is opened (UG835).
puts {bitwright: link}
open_run synth_1
write_checkpoint -force synthesized.dcp

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
report_control_sets -file control_sets.rpt
close_project
puts {bitwright: done}
