# Of our own making, as people write them: loops, procedures with defaults, ports made external, and
# addresses assigned first and moved afterwards.
set kernels {add multiply}
set clock_mhz 150

create_project -force built ./built -part xc7z020clg400-1
set_property ip_repo_paths ./ip [current_project]
update_ip_catalog -rebuild
create_bd_design "accelerator"

proc ip {name vlnv {parameters {}}} {
    set cell [create_bd_cell -type ip -vlnv [get_ipdefs -all -filter "VLNV =~ $vlnv:*"] $name]
    foreach {parameter value} $parameters {
        set_property CONFIG.$parameter $value $cell
    }
    return $cell
}

proc join_all {net args} {
    foreach pin $args {
        lappend pins [get_bd_pins $pin]
    }
    connect_bd_net -net $net {*}$pins
}

startgroup
set ps [ip ps xilinx.com:ip:processing_system7 [list PCW_FPGA0_PERIPHERAL_FREQMHZ $clock_mhz \
    PCW_USE_S_AXI_HP0 1 PCW_USE_FABRIC_INTERRUPT 1 PCW_IRQ_F2P_INTR 1]]
ip control xilinx.com:ip:smartconnect [list NUM_MI [llength $kernels] NUM_SI 1]
ip memory xilinx.com:ip:smartconnect [list NUM_MI 1 NUM_SI [llength $kernels]]
ip reset xilinx.com:ip:proc_sys_reset
ip irq xilinx.com:ip:xlconcat [list NUM_PORTS [llength $kernels]]
endgroup

connect_bd_intf_net [get_bd_intf_pins ps/M_AXI_GP0] [get_bd_intf_pins control/S00_AXI]
connect_bd_intf_net [get_bd_intf_pins memory/M00_AXI] [get_bd_intf_pins ps/S_AXI_HP0]
join_all clk ps/FCLK_CLK0 ps/M_AXI_GP0_ACLK ps/S_AXI_HP0_ACLK control/aclk memory/aclk \
    reset/slowest_sync_clk
join_all resetn reset/peripheral_aresetn control/aresetn memory/aresetn
connect_bd_net [get_bd_pins ps/FCLK_RESET0_N] [get_bd_pins reset/ext_reset_in]
connect_bd_net [get_bd_pins irq/dout] [get_bd_pins ps/IRQ_F2P]

for {set i 0} {$i < [llength $kernels]} {incr i} {
    set kernel [lindex $kernels $i]
    create_bd_cell -type ip -vlnv a.org:hls:$kernel:1.0 ${kernel}_0
    connect_bd_intf_net [get_bd_intf_pins control/M0${i}_AXI] \
        [get_bd_intf_pins ${kernel}_0/s_axi_control]
    connect_bd_intf_net [get_bd_intf_pins ${kernel}_0/m_axi_gmem] \
        [get_bd_intf_pins memory/S0${i}_AXI]
    join_all clk ps/FCLK_CLK0 ${kernel}_0/ap_clk
    join_all resetn reset/peripheral_aresetn ${kernel}_0/ap_rst_n
    connect_bd_net [get_bd_pins ${kernel}_0/interrupt] [get_bd_pins irq/In$i]
    assign_bd_address -target_address_space ps/Data \
        [get_bd_addr_segs ${kernel}_0/s_axi_control/Reg]
    set segment [get_bd_addr_segs ps/Data/SEG_${kernel}_0_Reg]
    set_property offset [format 0x%08X [expr {0x43C00000 + $i * 0x10000}]] $segment
    set_property range 64K $segment
    assign_bd_address -offset 0 -range 512M \
        -target_address_space [get_bd_addr_spaces ${kernel}_0/Data_m_axi_gmem] \
        [get_bd_addr_segs ps/S_AXI_HP0/HP0_DDR_LOWOCM]
}

make_bd_intf_pins_external [get_bd_intf_pins ps/DDR] [get_bd_intf_pins ps/FIXED_IO]
foreach port [get_bd_intf_ports *_0] {
    set_property name [string range [get_property NAME $port] 0 end-2] $port
}

if {[llength [get_bd_cells -filter {VLNV =~ a.org:hls:*}]] != [llength $kernels]} {
    error "a kernel is missing"
}
regenerate_bd_layout
validate_bd_design
save_bd_design
make_wrapper -files [get_files accelerator.bd] -top -import
launch_runs impl_1 -to_step write_bitstream -jobs 4
wait_on_run impl_1
if {[get_property PROGRESS [get_runs impl_1]] != "100%"} {
    error "implementation failed"
}
