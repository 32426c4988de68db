# The bitstream of the routed checkpoint, and the platform, in a session that has the block design.
set_param general.maxThreads 8
source usercode.tcl
puts {bitwright: project}
open_project design/design.xpr

puts {bitwright: bitstream}
open_checkpoint ../implement/routed.dcp
set_property BITSTREAM.CONFIG.USERID $usercode [current_design]
set_property BITSTREAM.CONFIG.USR_ACCESS $usercode [current_design]
set_property BITSTREAM.GENERAL.COMPRESS TRUE [current_design]
write_bitstream -force tiny.bit

# Two projects are open: the routed one, whose bitstream belongs into the platform, and that of the
# block design, which has all the rest. If the tool finds no hardware description from the first
# (-quiet: it is asked, not told), the platform is written from the second, without a bitstream.
puts {bitwright: platform}
write_hw_platform -quiet -fixed -include_bit -force tiny.xsa
if {![file exists tiny.xsa]} {
    puts {WARNING: the platform holds no bitstream; load the .bit beside it}
    current_project design
    write_hw_platform -fixed -force tiny.xsa
}
file copy -force ../block_design/tiny.hwh tiny.hwh
close_project
puts {bitwright: done}
