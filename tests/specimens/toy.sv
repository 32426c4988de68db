// A small design with everything the reports have to show: a 2 x 2 array of multiply-accumulate
// elements between two block-RAM buffers, fed bit by bit, one clock.
module toy_pe (
  input  logic clk_i, clear_i,
  input  logic signed [4:0] a_i, b_i,
  output logic signed [4:0] a_o, b_o,
  output logic signed [11:0] acc_o
);
  logic signed [9:0] product_q;
  always_ff @(posedge clk_i) begin
    a_o       <= a_i;
    b_o       <= b_i;
    product_q <= a_i * b_i;
    acc_o     <= clear_i ? 12'(product_q) : acc_o + 12'(product_q);
  end
endmodule

module toy_array #(parameter int unsigned Rows = 2, Cols = 2) (
  input  logic clk_i, clear_i,
  input  logic [5*Rows-1:0] a_i,
  input  logic [5*Cols-1:0] b_i,
  output logic [11:0] d_o
);
  logic signed [4:0] a [Rows][Cols+1];
  logic signed [4:0] b [Rows+1][Cols];
  logic [11:0] acc [Rows][Cols];
  for (genvar r = 0; r < Rows; r++) begin : gen_row
    assign a[r][0] = a_i[5*r+:5];
    for (genvar c = 0; c < Cols; c++) begin : gen_col
      if (r == 0) assign b[0][c] = b_i[5*c+:5];
      toy_pe u_pe (
        .clk_i, .clear_i, .a_i(a[r][c]), .b_i(b[r][c]), .a_o(a[r][c+1]), .b_o(b[r+1][c]),
        .acc_o(acc[r][c])
      );
    end
  end
  always_ff @(posedge clk_i) d_o <= acc[0][0] ^ acc[0][1] ^ acc[1][0] ^ acc[1][1];
endmodule

module toy_buffer (
  input  logic clk_i, we_i,
  input  logic [9:0] waddr_i, raddr_i, data_i,
  output logic [9:0] data_o
);
  logic [9:0] memory [1024];
  always_ff @(posedge clk_i) begin
    if (we_i) memory[waddr_i] <= data_i;
    data_o <= memory[raddr_i];
  end
endmodule

module toy (
  input  logic clk_i, rx_i,
  output logic led_o
);
  logic [9:0] shift_q, address_q, a, b;
  logic [11:0] d;
  always_ff @(posedge clk_i) begin
    shift_q   <= {rx_i, shift_q[9:1]};
    address_q <= address_q + 1'b1;
    led_o     <= ^d;
  end
  toy_buffer u_buffer_a (.clk_i, .we_i(rx_i), .waddr_i(shift_q), .raddr_i(address_q), .data_i(shift_q), .data_o(a));
  toy_buffer u_buffer_b (.clk_i, .we_i(rx_i), .waddr_i(address_q), .raddr_i(shift_q), .data_i(shift_q), .data_o(b));
  toy_array u_array (.clk_i, .clear_i(address_q[3:0] == 0), .a_i(a), .b_i(b), .d_o(d));
endmodule
