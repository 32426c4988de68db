// s2mm: stream to memory. Each command is one contiguous run of full-width beats, written over AXI4
// in INCR bursts that cross no 4 KiB line; the last beat of the run has its own write strobes.
// Latency    3 cycles from command to AWVALID, 2 from then-waiting data to WVALID.
// Throughput 1 beat per cycle once Outstanding bursts cover the memory's latency, one-beat bursts
//            included.
// Comb path  none.
// Reset      forgets all commands and bursts in flight, so the memory must be reset with it.
// Addresses run ahead of data: the data of a command must not depend on a read that the memory
// answers only after this write.
module s2mm #(
    parameter int unsigned DataWidth   = 64,  // bits per beat
    parameter int unsigned AddrWidth   = 64,  // bits of a byte address
    parameter int unsigned MaxBurst    = 16,  // beats per burst, 1 to 256
    parameter int unsigned Outstanding = 8,   // bursts begun and not yet answered
    parameter int unsigned LenWidth    = 16   // bits of a command's length
) (
    input  logic                   clk_i,
    input  logic                   rst_ni,
    input  logic                   cmd_valid_i,
    output logic                   cmd_ready_o,
    input  logic [  AddrWidth-1:0] cmd_addr_i,       // a multiple of the beat
    input  logic [   LenWidth-1:0] cmd_beats_i,      // at least 1
    input  logic [DataWidth/8-1:0] cmd_last_strb_i,  // write strobes of the last beat
    input  logic                   data_valid_i,
    output logic                   data_ready_o,
    input  logic [  DataWidth-1:0] data_i,
    output logic                   error_o,          // one cycle per response that is no OKAY
    output logic                   idle_o,           // no command, beat or response outstanding
    output logic                   m_axi_awvalid_o,
    input  logic                   m_axi_awready_i,
    output logic [  AddrWidth-1:0] m_axi_awaddr_o,
    output logic [            7:0] m_axi_awlen_o,
    output logic [            2:0] m_axi_awsize_o,
    output logic [            1:0] m_axi_awburst_o,
    output logic                   m_axi_wvalid_o,
    input  logic                   m_axi_wready_i,
    output logic [  DataWidth-1:0] m_axi_wdata_o,
    output logic [DataWidth/8-1:0] m_axi_wstrb_o,
    output logic                   m_axi_wlast_o,
    input  logic                   m_axi_bvalid_i,
    output logic                   m_axi_bready_o,
    input  logic [            1:0] m_axi_bresp_i
);
  localparam int unsigned StrbWidth = DataWidth / 8;
  localparam int unsigned FlightWidth = $clog2(Outstanding + 1);

  if (Outstanding < 1) begin : gen_refuse
    $fatal(1, "%m: Outstanding = %0d; at least one burst must be allowed", Outstanding);
  end

  logic burst_valid, burst_ready, burst_last;
  logic [AddrWidth-1:0] burst_addr;
  logic [7:0] burst_len, beat_len, beat_q;
  logic [StrbWidth-1:0] run_strb_q, last_strb;
  logic address_ready, flight_ready, length_ready;
  logic beat_valid, beat_ready, beat_last, beat_taken;
  logic [FlightWidth-1:0] flight_q;  // bursts begun and not yet answered

  // Commands become bursts; the strobes of the command's last beat stand beside them.
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
  always_ff @(posedge clk_i) if (cmd_ready_o) run_strb_q <= cmd_last_strb_i;

  assign flight_ready = flight_q != FlightWidth'(Outstanding);
  assign burst_ready  = address_ready && length_ready && flight_ready;

  register_slice #(
      .Width(AddrWidth + 8)
  ) u_address (
      .clk_i,
      .rst_ni,
      .x_valid_i(burst_valid && length_ready && flight_ready),
      .x_ready_o(address_ready),
      .x_data_i ({burst_addr, burst_len}),
      .y_valid_o(m_axi_awvalid_o),
      .y_ready_i(m_axi_awready_i),
      .y_data_o ({m_axi_awaddr_o, m_axi_awlen_o})
  );

  // What the data side must know of a burst: its length, and the strobes of its last beat.
  fifo #(
      .Width(8 + StrbWidth),
      .Depth(Outstanding)
  ) u_lengths (
      .clk_i,
      .rst_ni,
      .x_valid_i(burst_valid && address_ready && flight_ready),
      .x_ready_o(length_ready),
      .x_data_i ({burst_len, burst_last ? run_strb_q : {StrbWidth{1'b1}}}),
      .y_valid_o(beat_valid),
      .y_ready_i(beat_taken && beat_last),
      .y_data_o ({beat_len, last_strb})
  );

  assign data_ready_o = beat_valid && beat_ready;
  assign beat_taken   = data_valid_i && data_ready_o;
  assign beat_last    = beat_q == beat_len;

  register_slice #(
      .Width(DataWidth + StrbWidth + 1)
  ) u_data (
      .clk_i,
      .rst_ni,
      .x_valid_i(data_valid_i && beat_valid),
      .x_ready_o(beat_ready),
      .x_data_i ({data_i, beat_last ? last_strb : {StrbWidth{1'b1}}, beat_last}),
      .y_valid_o(m_axi_wvalid_o),
      .y_ready_i(m_axi_wready_i),
      .y_data_o ({m_axi_wdata_o, m_axi_wstrb_o, m_axi_wlast_o})
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) beat_q <= '0;
    else if (beat_taken) beat_q <= beat_last ? '0 : beat_q + 8'd1;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) flight_q <= '0;
    else
      flight_q <= flight_q + FlightWidth'(burst_valid && burst_ready)
                  - FlightWidth'(m_axi_bvalid_i);
  end

  assign m_axi_awsize_o  = 3'($clog2(StrbWidth));
  assign m_axi_awburst_o = 2'b01;  // INCR
  assign m_axi_bready_o  = 1'b1;
  assign error_o         = m_axi_bvalid_i && m_axi_bresp_i != 2'b00;
  assign idle_o          = !burst_valid && flight_q == '0;

`ifndef SYNTHESIS
  AwHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    m_axi_awvalid_o && !m_axi_awready_i |=>
    m_axi_awvalid_o && $stable(
      {m_axi_awaddr_o, m_axi_awlen_o}
  ))
  else $error("%m: waiting address lost");
  WHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    m_axi_wvalid_o && !m_axi_wready_i |=>
    m_axi_wvalid_o && $stable(
      {m_axi_wdata_o, m_axi_wstrb_o, m_axi_wlast_o}
  ))
  else $error("%m: waiting beat lost");
  BAskedFor_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) m_axi_bvalid_i |-> flight_q != '0)
  else $error("%m: the memory answered a burst nobody began");
`endif
endmodule
