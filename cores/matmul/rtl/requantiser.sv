// requantiser: int8 from an accumulator: y = saturate(round((acc + bias) * mult / 2**shift)), halves
// to even. The sum has 33 bits, the product 65: nothing wraps. Source: I-BERT (arXiv 2101.01321).
// Latency    8 cycles.  Throughput  1 value per cycle; it cannot be stalled.
// Comb path  none.  Reset  valid only.
// The product is built of four of 18 x 18 bits, the size of a multiplier of ECP5, a stage each for
// products, their sum, and the carry into the upper half.
module requantiser #(
    parameter int unsigned TagWidth = 1  // bits that pass along
) (
    input  logic                       clk_i,
    input  logic                       rst_ni,
    input  logic                       x_valid_i,
    input  logic signed [        31:0] acc_i,
    input  logic signed [        31:0] bias_i,
    input  logic signed [        31:0] mult_i,
    input  logic        [         5:0] shift_i,
    input  logic        [TagWidth-1:0] tag_i,
    output logic                       y_valid_o,
    output logic signed [         7:0] y_o,
    output logic        [TagWidth-1:0] tag_o
);
  localparam int unsigned Latency = 8;

  logic [Latency-1:0] valid_q;
  logic [TagWidth-1:0] tag_q[Latency];
  logic [5:0] shift_q[Latency-2];

  always_ff @(posedge clk_i) begin
    valid_q <= rst_ni ? {valid_q[Latency-2:0], x_valid_i} : '0;
    for (int unsigned i = 0; i < Latency; i++) tag_q[i] <= i == 0 ? tag_i : tag_q[i-1];
    for (int unsigned i = 0; i < Latency - 2; i++) begin
      shift_q[i] <= i == 0 ? shift_i : shift_q[i-1];
    end
  end
  assign y_valid_o = valid_q[Latency-1];
  assign tag_o = tag_q[Latency-1];

  // 1: the sum
  logic signed [32:0] sum_q;
  logic signed [31:0] mult_q;
  always_ff @(posedge clk_i) begin
    sum_q  <= 33'(acc_i) + 33'(bias_i);
    mult_q <= mult_i;
  end

  // 2: four products of the halves, split at bit 17 so that the lower one fits 18 bits with a sign
  logic signed [17:0] sum_high, sum_low, mult_high, mult_low;
  logic signed [35:0] high_high_q, high_low_q, low_high_q, low_low_q;
  assign sum_high  = 18'(signed'(sum_q[32:17]));
  assign sum_low   = {1'b0, sum_q[16:0]};
  assign mult_high = 18'(signed'(mult_q[31:17]));
  assign mult_low  = {1'b0, mult_q[16:0]};
  always_ff @(posedge clk_i) begin
    high_high_q <= sum_high * mult_high;
    high_low_q  <= sum_high * mult_low;
    low_high_q  <= sum_low * mult_high;
    low_low_q   <= sum_low * mult_low;
  end

  // 3, 4: their sum; bits 33 to 17 of the low product and the high product do not overlap
  logic signed [35:0] middle_q;
  logic signed [47:0] outer_q;
  logic [16:0] lowest_q, lowest2_q;
  logic signed [47:0] upper_q;
  always_ff @(posedge clk_i) begin
    middle_q  <= high_low_q + low_high_q;
    outer_q   <= {high_high_q[30:0], low_low_q[33:17]};
    lowest_q  <= low_low_q[16:0];
    upper_q   <= outer_q + 48'(middle_q);
    lowest2_q <= lowest_q;
  end

  // 5 to 7: shift right by 16s, by 4s, by 1s. Bit 0 is the guard, the half; sticky is all below it.
  // After stage 5 at most 15 places are left, so 24 bits and the sign of what is above them suffice.
  logic signed [65:0] exact, coarse_q;
  logic signed [24:0] middle, middle2_q, fine_q;
  logic sticky5_q, sticky6_q, sticky7_q, over6_q, over7_q, sign6_q, sign7_q;
  logic [1:0] places5, places6, places7;
  assign exact   = {upper_q, lowest2_q, 1'b0};
  assign places5 = shift_q[3][5:4];
  assign places6 = shift_q[4][3:2];
  assign places7 = shift_q[5][1:0];
  assign middle  = 25'(coarse_q >>> {places6, 2'b00});
  always_ff @(posedge clk_i) begin
    coarse_q <= exact >>> {places5, 4'b0000};
    unique case (places5)
      2'd0: sticky5_q <= 1'b0;
      2'd1: sticky5_q <= |exact[15:0];
      2'd2: sticky5_q <= |exact[31:0];
      2'd3: sticky5_q <= |exact[47:0];
    endcase

    middle2_q <= middle;
    sign6_q   <= coarse_q[65];
    over6_q   <= coarse_q[65:24] != '0 && coarse_q[65:24] != '1;
    unique case (places6)
      2'd0: sticky6_q <= sticky5_q;
      2'd1: sticky6_q <= sticky5_q || |coarse_q[3:0];
      2'd2: sticky6_q <= sticky5_q || |coarse_q[7:0];
      2'd3: sticky6_q <= sticky5_q || |coarse_q[11:0];
    endcase

    fine_q  <= middle2_q >>> places7;
    sign7_q <= sign6_q;
    over7_q <= over6_q;
    unique case (places7)
      2'd0: sticky7_q <= sticky6_q;
      2'd1: sticky7_q <= sticky6_q || middle2_q[0];
      2'd2: sticky7_q <= sticky6_q || |middle2_q[1:0];
      2'd3: sticky7_q <= sticky6_q || |middle2_q[2:0];
    endcase
  end

  // 8: round half to even and saturate
  logic up, outside;
  assign up = fine_q[0] && (sticky7_q || fine_q[1]);
  assign outside = over7_q || (fine_q[24:8] != '0 && fine_q[24:8] != '1);
  always_ff @(posedge clk_i) begin
    if (outside || (up && fine_q[8:1] == 8'h7F)) y_o <= sign7_q ? -8'sd128 : 8'sd127;
    else y_o <= fine_q[8:1] + 8'(up);
  end
endmodule
