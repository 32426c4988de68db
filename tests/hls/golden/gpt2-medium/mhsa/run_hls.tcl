# bitwright:hls:mhsa:1.0, rendered by bitwright.hls.scripts; README.md says what to edit.
# vitis_hls -f run_hls.tcl  or  vitis-run --mode hls --tcl run_hls.tcl, in this folder

# Tools up to 2021.2 give an IP the date as its revision, YYMMDDHHMM. Since 2022 that is no 32-bit
# number, no option sets another, and the packager fails (AMD answer record 76960). The packager's
# script then gets revision 1 and runs again; later tools never come here.
proc export_pinned {folder} {
    if {![catch {export_design} why]} {
        return
    }
    set script [file join $folder run_ippack.tcl]
    if {![file exists $script]} {
        error $why
    }
    set channel [open $script]
    set text [read $channel]
    close $channel
    set dated {^(\s*set\s+Revision\s+"?)(\d+)}
    if {![regexp -line $dated $text all head revision] || $revision <= 2147483647} {
        error $why
    }
    regsub -line $dated $text {\11} text
    set channel [open $script w]
    puts -nonewline $channel $text
    close $channel
    puts "bitwright: revision pinned"
    set back [pwd]
    cd $folder
    exec vivado -notrace -mode batch -source run_ippack.tcl >@stdout 2>@stderr
    cd $back
}

open_project -reset project
set_top mhsa
add_files generate/mhsa.cpp \
    -cflags "-std=c++17 -Iip/common/include -Iip/common/tb -Iip/mhsa -Igenerate" \
    -csimflags "-std=c++17 -Iip/common/include -Iip/common/tb -Iip/mhsa -Igenerate"
add_files -tb generate/mhsa_tb.cpp \
    -cflags "-std=c++17 -Iip/common/include -Iip/common/tb -Iip/mhsa -Igenerate" \
    -csimflags "-std=c++17 -Iip/common/include -Iip/common/tb -Iip/mhsa -Igenerate"
add_files -tb generate/mhsa_vectors.txt
add_files -tb generate/mhsa_vectors.bin
open_solution -reset solution1 -flow_target vivado
set_part xcu280-fsvh2892-2L-e
create_clock -period 4ns -name default
config_export -format ip_catalog \
    -vendor bitwright \
    -library hls \
    -ipname mhsa \
    -version 1.0 \
    -display_name mhsa \
    -description "y = proj(concat of heads (softmax(q k^T) v)), q, k, v = linear(x),\
        keys and values are kept"
puts "bitwright: csim"
csim_design -O -clean
puts "bitwright: csynth"
csynth_design
puts "bitwright: export"
export_pinned [file join project solution1 impl ip]
puts "bitwright: done"
exit
