// matmul_sequence: starts a tile when its panels are loaded and its results have room, reads the
// panels without a pause and tells the array where the tile ends.
// Throughput the next tile starts in the cycle after the last k, if it may; a tile takes 8 cycles per
//            word of K and at least 2 Cols, the array's least distance between results.
// Latency    an event to the start of a tile that waits for it: 2 cycles.
// Comb path  none.  Reset  no tile.
module matmul_sequence
  import matmul_pkg::*;
#(
    parameter int unsigned Rows   = 8,
    parameter int unsigned Cols   = 8,
    parameter int unsigned ALanes = 8,   // rows of A that share a word address
    parameter int unsigned BLanes = 8,   // columns of B likewise
    parameter int unsigned AAddr  = 14,  // bits of a word address
    parameter int unsigned BAddr  = 14
) (
    input logic clk_i,
    input logic rst_ni,
    input logic begin_i,
    input job_t job_i,
    input logic a_loaded_i,  // one cycle: one more panel can be read
    input logic b_loaded_i,
    input logic tile_free_i,  // one cycle: one more tile of results has room
    output logic a_free_o,  // one cycle: the oldest panel of A is not needed any more
    output logic a_read_o,
    output logic b_read_o,
    output logic [2:0] row_o,  // row and column whose word is read
    output logic [AAddr-1:0] a_addr_o,
    output logic [BAddr-1:0] b_addr_o,
    output logic valid_o,  // row 0 of the array has an operand; 3 cycles after its read
    output logic last_o  // the last of the tile
);
  localparam int unsigned LeastWords = (2 * Cols + 7) / 8;

  logic next, tile_valid, m_first, m_last, n_first, n_last;
  logic ready_q, running_q, release_q;
  logic [8:0] a_new_q;  // panels loaded and not used yet
  logic [4:0] b_new_q;
  logic [2:0] tile_free_q;
  logic [2:0] phase_q;
  logic [9:0] word_q;
  logic tile_end, counts, last;
  logic [AAddr-1:0] a_base_q, a_addr_q;  // of the next tile; of the word being read
  logic [BAddr-1:0] b_base_q, b_addr_q;
  logic [4:0] b_slot_q;

  matmul_tiles #(
      .Rows(Rows),
      .Cols(Cols)
  ) u_tiles (
      .clk_i,
      .rst_ni,
      .begin_i,
      .job_i,
      .next_i   (next),
      .valid_o  (tile_valid),
      .m_first_o(m_first),
      .m_last_o (m_last),
      .n_first_o(n_first),
      .n_last_o (n_last),
      .rows_o   (),
      .cols_o   ()
  );

  assign counts = running_q && word_q < job_i.k_words;
  assign last = word_q == job_i.k_words - 10'd1 && phase_q == 3'd7;
  assign tile_end = phase_q == 3'd7 && word_q + 10'd1 >= job_i.k_words &&
      word_q + 10'd1 >= 10'(LeastWords);
  assign next = ready_q && (!running_q || tile_end);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      running_q <= 1'b0;
      ready_q   <= 1'b0;
    end else begin
      if (next) running_q <= 1'b1;
      else if (tile_end) running_q <= 1'b0;
      ready_q <= tile_valid && !next && !begin_i && tile_free_q != '0 &&
          (!n_first || a_new_q != '0) && (!m_first || b_new_q != '0);
    end
  end

  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      a_new_q     <= '0;
      b_new_q     <= '0;
      tile_free_q <= 3'(TileSlots);
    end else begin
      a_new_q     <= a_new_q + 9'(a_loaded_i) - 9'(next && n_first);
      b_new_q     <= b_new_q + 5'(b_loaded_i) - 5'(next && m_first);
      tile_free_q <= tile_free_q + 3'(tile_free_i) - 3'(next);
    end
  end

  always_ff @(posedge clk_i) begin
    if (next) begin
      phase_q   <= '0;
      word_q    <= '0;
      release_q <= n_last;
      a_addr_q  <= a_base_q;
      b_addr_q  <= b_base_q;
    end else begin
      phase_q <= phase_q + 3'd1;
      if (phase_q == 3'd7) word_q <= word_q + 10'd1;
      if (32'(phase_q) < ALanes) a_addr_q <= a_addr_q + AAddr'(1);
      if (32'(phase_q) < BLanes) b_addr_q <= b_addr_q + BAddr'(1);
    end
  end

  // Where the panels of the next tile are: panel i of a block in slot i, those of B round and round.
  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      a_base_q <= '0;
      b_base_q <= '0;
      b_slot_q <= '0;
    end else if (next) begin
      a_base_q <= m_last ? '0 : a_base_q + AAddr'(16'(job_i.k_words) * 16'(ALanes));
      if (m_last) begin
        b_slot_q <= b_slot_q == job_i.b_slots - 5'd1 ? '0 : b_slot_q + 5'd1;
        b_base_q <= b_slot_q == job_i.b_slots - 5'd1 ? '0 :
            b_base_q + BAddr'(16'(job_i.k_words) * 16'(BLanes));
      end
    end
  end

  assign a_read_o = counts && 32'(phase_q) < ALanes;
  assign b_read_o = counts && 32'(phase_q) < BLanes;
  assign row_o = phase_q;
  assign a_addr_o = a_addr_q;
  assign b_addr_o = b_addr_q;

  logic [2:0] valid_q, last_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      last_q   <= '0;
      a_free_o <= 1'b0;
    end else begin
      valid_q  <= {valid_q[1:0], counts};
      last_q   <= {last_q[1:0], counts && last};
      a_free_o <= running_q && tile_end && release_q;
    end
  end
  assign valid_o = valid_q[2];
  assign last_o  = last_q[2];
endmodule
