// systolic_pe: one multiply-accumulate cell; operands pass through it, the sum stays in it.
// Latency    a, b and control pass in 1 cycle. With last_i high in cycle t, the sum is on d_o in
//            cycle t + 3: operands, product and sum have a register each.
// Throughput 1 product per cycle; the next sum starts in the cycle after last_i.
// Comb path  none.  Reset  valid, last and the sum; operands mean nothing until valid.
// The chain of results runs against the operands: d_o holds this cell's sum for one cycle and then,
// one cycle later each, what the next cell gave (d_i), so that sums leave every second cycle.
module systolic_pe #(
    parameter int unsigned Width    = 8,  // bits of an operand
    parameter int unsigned AccWidth = 32  // bits of the sum, which wraps
) (
    input  logic                       clk_i,
    input  logic                       rst_ni,
    input  logic                       valid_i,    // a_i and b_i count
    input  logic                       last_i,     // they are the last of this sum
    input  logic signed [   Width-1:0] a_i,        // from the left
    input  logic signed [   Width-1:0] b_i,        // from the top
    output logic                       valid_o,
    output logic                       last_o,
    output logic signed [   Width-1:0] a_o,        // to the right
    output logic signed [   Width-1:0] b_o,        // to the bottom
    input  logic                       d_valid_i,  // from the right
    input  logic signed [AccWidth-1:0] d_i,
    output logic                       d_valid_o,  // to the left
    output logic signed [AccWidth-1:0] d_o
);
  if (Width < 2 || AccWidth < 2 * Width) begin : gen_refuse
    $fatal(1, "%m: Width = %0d, AccWidth = %0d; a product needs 2 * Width bits", Width, AccWidth);
  end

  logic product_valid_q, product_last_q, take;
  logic signed [2*Width-1:0] product_q;
  logic signed [AccWidth-1:0] acc_q, sum;

  assign sum  = acc_q + AccWidth'(product_q);
  assign take = product_valid_q && product_last_q;

  always_ff @(posedge clk_i) begin
    a_o       <= a_i;
    b_o       <= b_i;
    product_q <= a_o * b_o;
    d_o       <= take ? sum : d_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_o         <= 1'b0;
      last_o          <= 1'b0;
      product_valid_q <= 1'b0;
      product_last_q  <= 1'b0;
      d_valid_o       <= 1'b0;
    end else begin
      valid_o         <= valid_i;
      last_o          <= last_i;
      product_valid_q <= valid_o;
      product_last_q  <= last_o;
      d_valid_o       <= take || d_valid_i;
    end
  end

  // Starting from zero by the register's own reset costs no adder input.
  always_ff @(posedge clk_i) begin
    if (!rst_ni || take) acc_q <= '0;
    else if (product_valid_q) acc_q <= sum;
  end

`ifndef SYNTHESIS
  ResultsDoNotMeet_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(take && d_valid_i))
  else $error("%m: a result from the right was lost; sums must be at least 2 * Cols cycles apart");
`endif
endmodule
