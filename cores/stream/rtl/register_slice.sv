// register_slice: one stage that cuts every path between its two sides, ready included.
// Latency    1 cycle.  Throughput  1 beat per cycle, whatever the back-pressure (holds 2 beats).
// Comb path  none.     Reset       clears valid only; data means nothing until valid.
module register_slice #(
    parameter int unsigned Width = 8  // bits per beat
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
  if (Width < 1) begin : gen_refuse
    $fatal(1, "%m: Width = %0d; a beat has at least one bit", Width);
  end

  logic y_valid_q, spare_valid_q;
  logic [Width-1:0] y_data_q, spare_data_q;

  assign x_ready_o = !spare_valid_q;  // a beat that finds y waiting goes to the spare place
  assign y_valid_o = y_valid_q;
  assign y_data_o  = y_data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      y_valid_q     <= 1'b0;
      spare_valid_q <= 1'b0;
    end else if (y_ready_i || !y_valid_q) begin
      y_valid_q     <= x_valid_i || spare_valid_q;
      spare_valid_q <= 1'b0;
    end else if (x_valid_i) begin
      spare_valid_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (y_ready_i || !y_valid_q) y_data_q <= spare_valid_q ? spare_data_q : x_data_i;
    if (x_ready_o) spare_data_q <= x_data_i;
  end

`ifndef SYNTHESIS
  YHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    y_valid_o && !y_ready_i |=> y_valid_o && $stable(
      y_data_o
  ))
  else $error("%m: waiting beat lost");
`endif
endmodule
