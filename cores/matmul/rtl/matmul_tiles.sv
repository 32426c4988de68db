// matmul_tiles: the order of the tiles of D. A block is as many row panels of A as the buffer holds;
// for each block all column panels of B, for each of these the row panels of the block.
// Latency    0: the tile stands at the output from the cycle after begin_i, the next one from the cycle
//            after next_i.  Comb path  none.  Reset  no tile.
module matmul_tiles
  import matmul_pkg::*;
#(
    parameter int unsigned Rows = 8,
    parameter int unsigned Cols = 8
) (
    input  logic       clk_i,
    input  logic       rst_ni,
    input  logic       begin_i,
    input  job_t       job_i,
    input  logic       next_i,
    output logic       valid_o,    // a tile is left
    output logic       m_first_o,  // its A panel is the first of the block
    output logic       m_last_o,
    output logic       n_first_o,  // its B panel is the first
    output logic       n_last_o,
    output logic [4:0] rows_o,     // of D in the tile, the rest is padding
    output logic [4:0] cols_o
);
  logic [10:0]
      block_rows_q, rows_left_q;  // of D from the block's first row on; from this tile's on
  logic [12:0] cols_left_q;
  logic [ 8:0] panel_q;  // of the block
  logic valid_q, n_first_q, bottom;

  assign bottom = rows_left_q <= 11'(Rows);
  assign valid_o = valid_q;
  assign m_first_o = panel_q == '0;
  assign m_last_o = bottom || panel_q == job_i.a_slots - 9'd1;
  assign n_first_o = n_first_q;
  assign n_last_o = cols_left_q <= 13'(Cols);
  assign rows_o = bottom ? 5'(rows_left_q) : 5'(Rows);
  assign cols_o = n_last_o ? 5'(cols_left_q) : 5'(Cols);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (begin_i) valid_q <= 1'b1;
    else if (next_i && n_last_o && bottom) valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      block_rows_q <= job_i.m;
      rows_left_q  <= job_i.m;
      cols_left_q  <= job_i.n;
      panel_q      <= '0;
      n_first_q    <= 1'b1;
    end else if (next_i) begin
      if (!m_last_o) begin
        rows_left_q <= rows_left_q - 11'(Rows);
        panel_q     <= panel_q + 9'd1;
      end else begin
        panel_q <= '0;
        if (!n_last_o) begin
          rows_left_q <= block_rows_q;
          cols_left_q <= cols_left_q - 13'(Cols);
          n_first_q   <= 1'b0;
        end else begin
          rows_left_q  <= rows_left_q - 11'(Rows);
          block_rows_q <= rows_left_q - 11'(Rows);
          cols_left_q  <= job_i.n;
          n_first_q    <= 1'b1;
        end
      end
    end
  end

`ifndef SYNTHESIS
  NextOnlyWhenValid_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) next_i |-> valid_q)
  else $error("%m: asked for a tile after the last");
`endif
endmodule
