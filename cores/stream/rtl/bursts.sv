// bursts: cuts a run of beats into AXI4 INCR bursts that cross no 4 KiB line.
// Latency    1 cycle.  Throughput  1 burst per cycle; a run of one burst takes one cycle.
// Comb path  burst_ready_i -> cmd_ready_o.  Reset  forgets the run.
module bursts #(
    parameter int unsigned DataWidth = 64,  // bits per beat; a power of two from 8 to 1024
    parameter int unsigned AddrWidth = 64,  // bits of a byte address
    parameter int unsigned MaxBurst  = 16,  // beats per burst, 1 to 256
    parameter int unsigned LenWidth  = 16   // bits of a run's length
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 cmd_valid_i,
    output logic                 cmd_ready_o,
    input  logic [AddrWidth-1:0] cmd_addr_i,     // of the first byte; a multiple of the beat
    input  logic [ LenWidth-1:0] cmd_beats_i,    // at least 1
    output logic                 burst_valid_o,
    input  logic                 burst_ready_i,
    output logic [AddrWidth-1:0] burst_addr_o,
    output logic [          7:0] burst_len_o,    // beats less one, as AxLEN
    output logic                 burst_last_o    // of its run
);
  localparam logic [AddrWidth-1:0] WithinBeat = AddrWidth'(DataWidth >> 3) - AddrWidth'(1);
  localparam int unsigned ByteBits = $clog2(DataWidth / 8);
  localparam int unsigned PageBits = 12 - ByteBits;  // a 4 KiB page is 2**PageBits beats
  // Wide enough for a run, for the 4096 beats of a page of bytes, and for a burst.
  localparam int unsigned CountWidth = LenWidth > 13 ? LenWidth : 13;

  if (DataWidth < 8 || DataWidth > 1024 || 2 ** $clog2(DataWidth) != DataWidth) begin : gen_width
    $fatal(1, "%m: DataWidth = %0d; AXI has 8, 16, ... 1024 bits", DataWidth);
  end
  if (MaxBurst < 1 || MaxBurst > 256) begin : gen_burst
    $fatal(1, "%m: MaxBurst = %0d; an AXI4 INCR burst has 1 to 256 beats", MaxBurst);
  end
  if (AddrWidth < 12 || AddrWidth > 64 || LenWidth < 1 || LenWidth > 32) begin : gen_sizes
    $fatal(1, "%m: AddrWidth = %0d (12 to 64), LenWidth = %0d (1 to 32)", AddrWidth, LenWidth);
  end

  logic busy_q;
  logic [AddrWidth-1:0] addr_q;
  logic [CountWidth-1:0] left_q, page_left, limit, beats;

  assign page_left = CountWidth'(2 ** PageBits) - CountWidth'(addr_q[11:ByteBits]);
  assign limit = page_left < CountWidth'(MaxBurst) ? page_left : CountWidth'(MaxBurst);
  assign burst_last_o = left_q <= limit;
  assign beats = burst_last_o ? left_q : limit;

  assign cmd_ready_o = !busy_q || (burst_ready_i && burst_last_o);
  assign burst_valid_o = busy_q;
  assign burst_addr_o = addr_q;
  assign burst_len_o = 8'(beats - CountWidth'(1));

  always_ff @(posedge clk_i) begin
    if (!rst_ni) busy_q <= 1'b0;
    else if (cmd_ready_o) busy_q <= cmd_valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (cmd_ready_o) begin
      addr_q <= cmd_addr_i & ~WithinBeat;
      left_q <= CountWidth'(cmd_beats_i);
    end else if (burst_ready_i) begin
      addr_q <= addr_q + (AddrWidth'(beats) << ByteBits);
      left_q <= left_q - beats;
    end
  end

`ifndef SYNTHESIS
  CommandAligned_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    cmd_valid_i |-> (cmd_addr_i & WithinBeat) == '0)
  else $error("%m: address %h is no multiple of a beat", cmd_addr_i);
  CommandNotEmpty_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) cmd_valid_i |-> cmd_beats_i != '0)
  else $error("%m: a run of no beats");
  WithinPage_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    burst_valid_o |-> {20'b0, burst_addr_o[11:0]} + 32'(beats) * (DataWidth / 8) <= 4096)
  else $error("%m: burst at %h crosses a 4 KiB line", burst_addr_o);
`endif
endmodule
