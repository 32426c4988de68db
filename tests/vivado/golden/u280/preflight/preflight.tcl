# Whether this tool can build for the part: version, part, licences, in a minute instead of hours.
set_param general.maxThreads 8
puts {bitwright: version}
set version [version -short]
if {![string match "2024.1*" $version]} {
    error "this is Vivado $version, planned was 2024.1"
}
puts {bitwright: part}
if {[llength [get_parts -quiet xcu280-fsvh2892-2L-e]] != 1} {
    error "part xcu280-fsvh2892-2L-e is not in this installation; add its family with the installer"
}
# A register is synthesised and optimised: both take the licences that the part needs.
puts {bitwright: licence}
create_project -in_memory -part xcu280-fsvh2892-2L-e
read_verilog preflight.v
synth_design -top preflight -part xcu280-fsvh2892-2L-e -mode out_of_context
opt_design
set channel [open preflight.txt w]
puts $channel "Vivado $version, xcu280-fsvh2892-2L-e"
close $channel
puts {bitwright: done}
