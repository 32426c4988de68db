# Every IP of the block design by itself, out of context; what the IP cache holds is not made again.
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
config_ip_cache -use_cache_location [file normalize ip_cache]
create_ip_run [get_files alveo.bd]

puts {bitwright: out-of-context runs}
set runs [get_runs -filter {IS_SYNTHESIS && NAME != "synth_1"}]
set open {}
foreach run $runs {
    if {![done $run]} {
        lappend open $run
    }
}
if {[llength $open] > 0} {
    launch_runs $open -jobs 4
    wait_on_runs $open
}
foreach run $runs {
    finished $run
}

puts {bitwright: cache}
set channel [open ip_cache.csv w]
puts $channel "ip,cache_id,from_cache"
foreach ip [lsort [get_ips]] {
    puts $channel "$ip,[config_ip_cache -get_id $ip],[config_ip_cache -cache_was_used $ip]"
}
close $channel
close_project
puts {bitwright: done}
