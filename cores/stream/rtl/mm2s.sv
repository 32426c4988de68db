// mm2s: memory to stream. Each command is one contiguous run of full-width beats, read over AXI4 in
// INCR bursts that cross no 4 KiB line; the bursts of successive commands flow back to back.
// Latency    3 cycles from command to ARVALID; data pass through in the cycle they arrive.
// Throughput 1 beat per cycle once Outstanding bursts cover the memory's latency; a command per cycle
//            when each is one burst.
// Comb path  data_ready_i -> m_axi_rready_o, m_axi_r* -> data_*, error_o.
// Reset      forgets all commands and bursts in flight, so the memory must be reset with it.
// A beat with an error response is delivered like any other, with error_o high in that cycle.
module mm2s #(
    parameter int unsigned DataWidth   = 64,  // bits per beat
    parameter int unsigned AddrWidth   = 64,  // bits of a byte address
    parameter int unsigned MaxBurst    = 16,  // beats per burst, 1 to 256
    parameter int unsigned Outstanding = 8,   // bursts asked for and not yet answered
    parameter int unsigned LenWidth    = 16   // bits of a command's length
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 cmd_valid_i,
    output logic                 cmd_ready_o,
    input  logic [AddrWidth-1:0] cmd_addr_i,       // a multiple of the beat
    input  logic [ LenWidth-1:0] cmd_beats_i,      // at least 1
    output logic                 data_valid_o,
    input  logic                 data_ready_i,
    output logic [DataWidth-1:0] data_o,
    output logic                 last_o,           // last beat of its command
    output logic                 error_o,          // with a beat taken whose response is no OKAY
    output logic                 idle_o,           // no command held, no burst in flight
    output logic                 m_axi_arvalid_o,
    input  logic                 m_axi_arready_i,
    output logic [AddrWidth-1:0] m_axi_araddr_o,
    output logic [          7:0] m_axi_arlen_o,
    output logic [          2:0] m_axi_arsize_o,
    output logic [          1:0] m_axi_arburst_o,
    input  logic                 m_axi_rvalid_i,
    output logic                 m_axi_rready_o,
    input  logic [DataWidth-1:0] m_axi_rdata_i,
    input  logic                 m_axi_rlast_i,
    input  logic [          1:0] m_axi_rresp_i
);
  logic burst_valid, burst_ready, burst_last;
  logic [AddrWidth-1:0] burst_addr;
  logic [7:0] burst_len;
  logic flight_valid, flight_ready, flight_last, address_ready;

  bursts #(
      .DataWidth(DataWidth),
      .AddrWidth(AddrWidth),
      .MaxBurst (MaxBurst),
      .LenWidth (LenWidth)
  ) u_bursts (
      .clk_i,
      .rst_ni,
      .cmd_valid_i,
      .cmd_ready_o,
      .cmd_addr_i,
      .cmd_beats_i,
      .burst_valid_o(burst_valid),
      .burst_ready_i(burst_ready),
      .burst_addr_o (burst_addr),
      .burst_len_o  (burst_len),
      .burst_last_o (burst_last)
  );

  // A burst leaves when its address has a place and it can be remembered until it is answered.
  assign burst_ready = address_ready && flight_ready;

  register_slice #(
      .Width(AddrWidth + 8)
  ) u_address (
      .clk_i,
      .rst_ni,
      .x_valid_i(burst_valid && flight_ready),
      .x_ready_o(address_ready),
      .x_data_i ({burst_addr, burst_len}),
      .y_valid_o(m_axi_arvalid_o),
      .y_ready_i(m_axi_arready_i),
      .y_data_o ({m_axi_araddr_o, m_axi_arlen_o})
  );

  fifo #(
      .Width(1),
      .Depth(Outstanding)
  ) u_flight (
      .clk_i,
      .rst_ni,
      .x_valid_i(burst_valid && address_ready),
      .x_ready_o(flight_ready),
      .x_data_i (burst_last),
      .y_valid_o(flight_valid),
      .y_ready_i(m_axi_rvalid_i && m_axi_rready_o && m_axi_rlast_i),
      .y_data_o (flight_last)
  );

  assign m_axi_arsize_o  = 3'($clog2(DataWidth / 8));
  assign m_axi_arburst_o = 2'b01;  // INCR
  assign m_axi_rready_o  = data_ready_i;
  assign data_valid_o    = m_axi_rvalid_i;
  assign data_o          = m_axi_rdata_i;
  assign last_o          = m_axi_rlast_i && flight_last;
  assign error_o         = m_axi_rvalid_i && m_axi_rready_o && m_axi_rresp_i != 2'b00;
  assign idle_o          = !burst_valid && !flight_valid;

`ifndef SYNTHESIS
  ArHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    m_axi_arvalid_o && !m_axi_arready_i |=>
    m_axi_arvalid_o && $stable(
      {m_axi_araddr_o, m_axi_arlen_o}
  ))
  else $error("%m: waiting address lost");
  RAskedFor_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) m_axi_rvalid_i |-> flight_valid)
  else $error("%m: the memory sent a beat nobody asked for");
`endif
endmodule
