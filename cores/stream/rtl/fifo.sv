// fifo: first in, first out; the oldest beat stands at the output without being asked for.
// Latency    1 cycle.  Throughput  1 beat per cycle; a full fifo takes no beat while one leaves.
// Comb path  none.     Reset       empties it; the memory is not cleared.
// The memory is read asynchronously (LUT RAM, or flip-flops): for some tens of beats.
module fifo #(
    parameter int unsigned Width = 8,  // bits per beat
    parameter int unsigned Depth = 4   // beats held; any number from 1
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             x_valid_i,
    output logic             x_ready_o,
    input  logic [Width-1:0] x_data_i,
    output logic             y_valid_o,
    input  logic             y_ready_i,
    output logic [Width-1:0] y_data_o
);
  if (Width < 1 || Depth < 1) begin : gen_refuse
    $fatal(1, "%m: Width = %0d, Depth = %0d; both are at least 1", Width, Depth);
  end

  localparam int unsigned LevelWidth = $clog2(Depth + 1);
  localparam int unsigned IndexWidth = Depth > 1 ? $clog2(Depth) : 1;

  logic [Width-1:0] memory_q[Depth];
  logic [IndexWidth-1:0] write_q, read_q;
  logic [LevelWidth-1:0] level_q;
  logic push, pop;

  function automatic logic [IndexWidth-1:0] next(input logic [IndexWidth-1:0] index);
    return index == IndexWidth'(Depth - 1) ? '0 : index + IndexWidth'(1);
  endfunction

  assign x_ready_o = level_q != LevelWidth'(Depth);
  assign y_valid_o = level_q != '0;
  assign y_data_o  = memory_q[read_q];
  assign push      = x_valid_i && x_ready_o;
  assign pop       = y_valid_o && y_ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
      level_q <= '0;
    end else begin
      if (push) write_q <= next(write_q);
      if (pop) read_q <= next(read_q);
      level_q <= level_q + LevelWidth'(push) - LevelWidth'(pop);
    end
  end

  always_ff @(posedge clk_i) if (push) memory_q[write_q] <= x_data_i;

`ifndef SYNTHESIS
  YHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    y_valid_o && !y_ready_i |=> y_valid_o && $stable(
      y_data_o
  ))
  else $error("%m: waiting beat lost");
  LevelWithinDepth_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) level_q <= LevelWidth'(Depth))
  else $error("%m: level %0d above depth %0d", level_q, Depth);
`endif
endmodule
