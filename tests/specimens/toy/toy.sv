// toy: a counter whose slices are multiplied Count times; enough for LUTs, carries, DSPs and I/O.
`include "toy.svh"
module toy #(
    parameter int unsigned Count = 2
) (
    input  logic       clk_i,
    input  logic       rst_ni,
    output logic [7:0] led_o
);
  logic [23:0] count_q;
  logic [15:0] product[Count];
  logic [15:0] sum;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else count_q <= count_q + `TOY_STRIDE;
  end
  for (genvar i = 0; i < Count; i++) begin : gen_mul
    toy_mul u_mul (
        .clk_i,
        .a_i(count_q[7:0]),
        .b_i(count_q[i+:8]),
        .p_o(product[i])
    );
  end
  always_comb begin
    sum = '0;
    for (int i = 0; i < Count; i++) sum ^= product[i];
  end
  assign led_o = sum[15:8] ^ sum[7:0];
endmodule
