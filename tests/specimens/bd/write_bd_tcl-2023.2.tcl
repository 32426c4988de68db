# Of our own making, in the shape in which write_bd_tcl of Vivado 2023.2 writes: lists without inner
# blanks, a hierarchy within a hierarchy, both created by procedures, HBM with its wide addresses.

set scripts_vivado_version 2023.2
set current_vivado_version [version -short]

if { [string first $scripts_vivado_version $current_vivado_version] == -1 } {
   puts ""
   if { [string compare $scripts_vivado_version $current_vivado_version] > 0 } {
      catch {common::send_gid_msg -ssname BD::TCL -id 2042 -severity "ERROR" " This script is of a later version."}

   } else {
     catch {common::send_gid_msg -ssname BD::TCL -id 2041 -severity "ERROR" "This script is of an earlier version."}

   }

   return 1
}

set list_projs [get_projects -quiet]
if { $list_projs eq "" } {
   create_project project_1 myproj -part xcu280-fsvh2892-2L-e
}

variable design_name
set design_name banks

set cur_design [current_bd_design -quiet]
if { ${cur_design} eq "" } {
   create_bd_design $design_name
   current_bd_design $design_name
}

# Hierarchical cell: reset
proc create_hier_cell_reset { parentCell nameHier } {

  set parentObj [get_bd_cells $parentCell]
  set oldCurInst [current_bd_instance .]
  current_bd_instance $parentObj
  set hier_obj [create_bd_cell -type hier $nameHier]
  current_bd_instance $hier_obj

  # Create interface pins

  # Create pins
  create_bd_pin -dir I -type clk clk
  create_bd_pin -dir I -type rst resetn
  create_bd_pin -dir O -from 0 -to 0 -type rst peripheral_resetn

  # Create instance: sync, and set properties
  set sync [ create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 sync ]

  # Create port connections
  connect_bd_net -net clk_1 [get_bd_pins clk] [get_bd_pins sync/slowest_sync_clk]
  connect_bd_net -net resetn_1 [get_bd_pins resetn] [get_bd_pins sync/ext_reset_in]
  connect_bd_net -net sync_peripheral_aresetn [get_bd_pins sync/peripheral_aresetn] [get_bd_pins peripheral_resetn]

  # Restore current instance
  current_bd_instance $oldCurInst
}

# Hierarchical cell: memory
proc create_hier_cell_memory { parentCell nameHier } {

  set parentObj [get_bd_cells $parentCell]
  set oldCurInst [current_bd_instance .]
  current_bd_instance $parentObj
  set hier_obj [create_bd_cell -type hier $nameHier]
  current_bd_instance $hier_obj

  # Create interface pins
  create_bd_intf_pin -mode Slave -vlnv xilinx.com:interface:aximm_rtl:1.0 S_AXI

  # Create pins
  create_bd_pin -dir I -type clk clk
  create_bd_pin -dir I -type clk ref_clk
  create_bd_pin -dir I -type rst resetn

  # Create instance: hbm, and set properties
  set hbm [ create_bd_cell -type ip -vlnv xilinx.com:ip:hbm:1.0 hbm ]
  set_property -dict [list \
    CONFIG.USER_CLK_SEL_LIST0 {AXI_00_ACLK} \
    CONFIG.USER_HBM_DENSITY {8GB} \
    CONFIG.USER_SAXI_01 {false} \
  ] $hbm


  # Create instance: reset
  create_hier_cell_reset $hier_obj reset

  # Create interface connections
  connect_bd_intf_net -intf_net S_AXI_1 [get_bd_intf_pins S_AXI] [get_bd_intf_pins hbm/SAXI_00]

  # Create port connections
  connect_bd_net -net clk_1 [get_bd_pins clk] [get_bd_pins hbm/AXI_00_ACLK] [get_bd_pins reset/clk]
  connect_bd_net -net ref_clk_1 [get_bd_pins ref_clk] [get_bd_pins hbm/HBM_REF_CLK_0] [get_bd_pins hbm/APB_0_PCLK]
  connect_bd_net -net reset_peripheral_resetn [get_bd_pins reset/peripheral_resetn] [get_bd_pins hbm/APB_0_PRESET_N] [get_bd_pins hbm/AXI_00_ARESET_N]
  connect_bd_net -net resetn_1 [get_bd_pins resetn] [get_bd_pins reset/resetn]

  # Restore current instance
  current_bd_instance $oldCurInst
}

proc create_root_design { parentCell } {

  if { $parentCell eq "" } {
     set parentCell [get_bd_cells /]
  }
  set parentObj [get_bd_cells $parentCell]
  set parentType [get_property TYPE $parentObj]
  if { $parentType ne "hier" } {
     catch {common::send_gid_msg -ssname BD::TCL -id 2091 -severity "ERROR" "Parent <$parentObj> has TYPE = <$parentType>. Expected to be <hier>."}
     return
  }
  set oldCurInst [current_bd_instance .]
  current_bd_instance $parentObj


  # Create interface ports
  set S_AXI [ create_bd_intf_port -mode Slave -vlnv xilinx.com:interface:aximm_rtl:1.0 S_AXI ]
  set_property -dict [ list \
   CONFIG.ADDR_WIDTH {33} \
   CONFIG.DATA_WIDTH {256} \
   CONFIG.PROTOCOL {AXI3} \
   ] $S_AXI


  # Create ports
  set clk [ create_bd_port -dir I -type clk -freq_hz 250000000 clk ]
  set_property -dict [ list \
   CONFIG.ASSOCIATED_BUSIF {S_AXI} \
 ] $clk
  set ref_clk [ create_bd_port -dir I -type clk -freq_hz 100000000 ref_clk ]
  set resetn [ create_bd_port -dir I -type rst resetn ]
  set_property -dict [ list \
   CONFIG.POLARITY {ACTIVE_LOW} \
 ] $resetn
  set catastrophic_trip [ create_bd_port -dir O -from 0 -to 0 catastrophic_trip ]

  # Create instance: memory
  create_hier_cell_memory [current_bd_instance .] memory

  # Create instance: low, and set properties
  set low [ create_bd_cell -type ip -vlnv xilinx.com:ip:xlconstant:1.1 low ]
  set_property CONFIG.CONST_VAL {0} $low


  # Create interface connections
  connect_bd_intf_net -intf_net S_AXI_1 [get_bd_intf_ports S_AXI] [get_bd_intf_pins memory/S_AXI]

  # Create port connections
  connect_bd_net -net clk_1 [get_bd_ports clk] [get_bd_pins memory/clk]
  connect_bd_net -net low_dout [get_bd_pins low/dout] [get_bd_ports catastrophic_trip]
  connect_bd_net -net ref_clk_1 [get_bd_ports ref_clk] [get_bd_pins memory/ref_clk]
  connect_bd_net -net resetn_1 [get_bd_ports resetn] [get_bd_pins memory/resetn]

  # Create address segments
  assign_bd_address -offset 0x00000000 -range 0x10000000 -target_address_space [get_bd_addr_spaces S_AXI] [get_bd_addr_segs memory/hbm/SAXI_00/HBM_MEM00] -force
  assign_bd_address -offset 0xF0000000 -range 0x10000000 -target_address_space [get_bd_addr_spaces S_AXI] [get_bd_addr_segs memory/hbm/SAXI_00/HBM_MEM15] -force
  assign_bd_address -offset 0x000100000000 -range 0x10000000 -target_address_space [get_bd_addr_spaces S_AXI] [get_bd_addr_segs memory/hbm/SAXI_00/HBM_MEM16] -force


  # Restore current instance
  current_bd_instance $oldCurInst

  validate_bd_design
  save_bd_design
}


create_root_design ""
