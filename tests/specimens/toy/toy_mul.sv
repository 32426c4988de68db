// toy_mul: one registered product.
module toy_mul #(
    parameter int unsigned Width = 8
) (
    input  logic                      clk_i,
    input  logic signed [  Width-1:0] a_i,
    input  logic signed [  Width-1:0] b_i,
    output logic signed [2*Width-1:0] p_o
);
  always_ff @(posedge clk_i) p_o <= a_i * b_i;
endmodule
