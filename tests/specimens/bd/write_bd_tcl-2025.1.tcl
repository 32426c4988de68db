# Of our own making, in the shape in which write_bd_tcl -no_ip_version of Vivado 2025.1 writes: inline
# HDL in place of xlconcat and its kind, no versions, nets that begin with their driver.

set scripts_vivado_version 2025.1
set current_vivado_version [version -short]

if { [string first $scripts_vivado_version $current_vivado_version] == -1 } {
   common::send_gid_msg -ssname BD::TCL -id 2040 -severity "WARNING" "This script was generated using Vivado <$scripts_vivado_version> without IP versions in the create_bd_cell commands."
}

set list_projs [get_projects -quiet]
if { $list_projs eq "" } {
   create_project project_1 myproj -part xck26-sfvc784-2LV-c
}

variable design_name
set design_name lights

if { [current_bd_design -quiet] eq "" } {
   create_bd_design $design_name
}

set bCheckIPs 1
if { $bCheckIPs == 1 } {
   set list_check_ips "\ 
xilinx.com:ip:clk_wiz:*\
xilinx.com:inline_hdl:ilconcat:*\
xilinx.com:inline_hdl:ilconstant:*\
xilinx.com:inline_hdl:ilslice:*\
"
   set list_ips_missing ""
   foreach ip_vlnv $list_check_ips {
      set ip_obj [get_ipdefs -all $ip_vlnv]
      if { $ip_obj eq "" } {
         lappend list_ips_missing $ip_vlnv
      }
   }
   if { $list_ips_missing ne "" } {
      catch {common::send_gid_msg -ssname BD::TCL -id 2012 -severity "ERROR" "The following IPs are not found in the IP Catalog:\n  $list_ips_missing\n" }
      return 3
   }
}

proc create_root_design { parentCell } {

  variable design_name

  if { $parentCell eq "" } {
     set parentCell [get_bd_cells /]
  }
  set parentObj [get_bd_cells $parentCell]
  set oldCurInst [current_bd_instance .]
  current_bd_instance $parentObj

  # Create ports
  set sys_clk [ create_bd_port -dir I -type clk -freq_hz 100000000 sys_clk ]
  set switches [ create_bd_port -dir I -from 7 -to 0 switches ]
  set lights [ create_bd_port -dir O -from 3 -to 0 lights ]
  set locked [ create_bd_port -dir O locked ]

  # Create instance: clocks, and set properties
  set clocks [ create_bd_cell -type ip -vlnv xilinx.com:ip:clk_wiz clocks ]
  set_property -dict [list \
    CONFIG.CLKOUT1_REQUESTED_OUT_FREQ {50} \
    CONFIG.USE_RESET {false} \
  ] $clocks


  # Create instance: both, and set properties
  set both [ create_bd_cell -type inline_hdl -vlnv xilinx.com:inline_hdl:ilconcat both ]
  set_property -dict [list \
    CONFIG.IN0_WIDTH {3} \
    CONFIG.NUM_PORTS {2} \
  ] $both


  # Create instance: one, and set properties
  set one [ create_bd_cell -type inline_hdl -vlnv xilinx.com:inline_hdl:ilconstant one ]

  # Create instance: three, and set properties
  set three [ create_bd_cell -type inline_hdl -vlnv xilinx.com:inline_hdl:ilslice three ]
  set_property -dict [list \
    CONFIG.DIN_FROM {2} \
    CONFIG.DIN_WIDTH {8} \
  ] $three


  # Create port connections
  connect_bd_net -net both_dout  [get_bd_pins both/dout] \
  [get_bd_ports lights]
  connect_bd_net -net clocks_locked  [get_bd_pins clocks/locked] \
  [get_bd_ports locked]
  connect_bd_net -net one_dout  [get_bd_pins one/dout] \
  [get_bd_pins both/In1]
  connect_bd_net -net switches_1  [get_bd_ports switches] \
  [get_bd_pins three/Din]
  connect_bd_net -net sys_clk_1  [get_bd_ports sys_clk] \
  [get_bd_pins clocks/clk_in1]
  connect_bd_net -net three_Dout  [get_bd_pins three/Dout] \
  [get_bd_pins both/In0]

  # Restore current instance
  current_bd_instance $oldCurInst

  # Create PFM attributes
  set_property PFM_NAME {a.org:lights:lights:0.0} [get_files [current_bd_design].bd]
  set_property PFM.CLOCK {clk_out1 {id "0" is_default "true" status "fixed"}} [get_bd_cells /clocks]

  validate_bd_design
  save_bd_design
}


create_root_design ""
