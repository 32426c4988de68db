// systolic_array: Rows x Cols cells multiply a stream of columns of A by a stream of rows of B.
// Operands   element k of row r of A enters a_i[r] in cycle k + r, element k of column c of B enters
//            b_i[c] in cycle k + c: each a cycle after its neighbour. valid_i and last_i stand with
//            row 0; the array delays them for the other rows. Cycles without valid_i may lie anywhere.
// Latency    with last_i in cycle t, the sum of row r, column c is on d_o[r] in cycle t + r + 2 c + 3.
// Throughput Rows x Cols products per cycle; the next tile starts in the cycle after last_i while
//            results leave; last_i comes at most every 2 Cols cycles.
// Comb path  none.  Reset  forgets the tile under way and all results not yet out.
module systolic_array #(
    parameter int unsigned Rows     = 8,
    parameter int unsigned Cols     = 8,
    parameter int unsigned Width    = 8,  // bits of an operand
    parameter int unsigned AccWidth = 32  // bits of a sum
) (
    input  logic                clk_i,
    input  logic                rst_ni,
    input  logic                valid_i,
    input  logic                last_i,           // of a tile
    input  logic [   Width-1:0] a_i      [Rows],  // signed
    input  logic [   Width-1:0] b_i      [Cols],  // signed
    output logic                d_valid_o[Rows],  // column 0 first, one column every second cycle
    output logic [AccWidth-1:0] d_o      [Rows]   // signed
);
  if (Rows < 1 || Cols < 1) begin : gen_refuse
    $fatal(1, "%m: Rows = %0d, Cols = %0d; both are at least 1", Rows, Cols);
  end

  // Wires between the cells: index c is the left side of column c, index r the top of row r.
  logic a_valid[Rows][Cols+1], a_last[Rows][Cols+1];
  logic [Width-1:0] a[Rows][Cols+1], b[Rows+1][Cols];
  logic d_valid[Rows][Cols+1];
  logic [AccWidth-1:0] d[Rows][Cols+1];

  // A row's control is that of the row above, a cycle later.
  logic [Rows-1:0] row_valid, row_last, row_valid_q, row_last_q;
  assign row_valid = Rows'({row_valid_q, valid_i});
  assign row_last  = Rows'({row_last_q, last_i});
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      row_valid_q <= '0;
      row_last_q  <= '0;
    end else begin
      row_valid_q <= row_valid;
      row_last_q  <= row_last;
    end
  end

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    assign a_valid[r][0]    = row_valid[r];
    assign a_last[r][0]     = row_last[r];
    assign a[r][0]          = a_i[r];
    assign d_valid[r][Cols] = 1'b0;
    assign d[r][Cols]       = '0;
    assign d_valid_o[r]     = d_valid[r][0];
    assign d_o[r]           = d[r][0];

    for (genvar c = 0; c < Cols; c++) begin : gen_col
      systolic_pe #(
          .Width   (Width),
          .AccWidth(AccWidth)
      ) u_pe (
          .clk_i,
          .rst_ni,
          .valid_i  (a_valid[r][c]),
          .last_i   (a_last[r][c]),
          .a_i      (a[r][c]),
          .b_i      (b[r][c]),
          .valid_o  (a_valid[r][c+1]),
          .last_o   (a_last[r][c+1]),
          .a_o      (a[r][c+1]),
          .b_o      (b[r+1][c]),
          .d_valid_i(d_valid[r][c+1]),
          .d_i      (d[r][c+1]),
          .d_valid_o(d_valid[r][c]),
          .d_o      (d[r][c])
      );
    end
  end
  for (genvar c = 0; c < Cols; c++) begin : gen_top
    assign b[0][c] = b_i[c];
  end
endmodule
