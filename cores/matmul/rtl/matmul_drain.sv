// matmul_drain: the address generator of D: reads finished tiles value by value, requantises, packs
// beats and says where they go. Columns beyond N and rows beyond M are not read.
// Throughput 1 value per cycle.  Latency  11 cycles from the address of a value to its beat.
// Comb path  none.  Reset  no tile.
// A beat is promised a place in the FIFO before its first value is read, so the pipeline never stalls.
module matmul_drain
  import matmul_pkg::*;
#(
    parameter int unsigned Rows = 8,
    parameter int unsigned Cols = 8
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        begin_i,
    input  job_t        job_i,
    input  logic        complete_i,    // one cycle: one more tile in the buffer
    output logic [ 1:0] slot_o,        // value to read: data_i, bias_i ... are its a cycle later
    output logic [ 3:0] row_o,
    output logic [ 3:0] column_o,
    output logic [ 3:0] scale_slot_o,
    input  logic [31:0] acc_i,
    input  logic [31:0] bias_i,
    input  logic [31:0] mult_i,
    input  logic [ 5:0] shift_i,
    output logic        tile_free_o,   // one cycle: a tile has been read
    output logic        b_free_o,      // one cycle: the last tile of a B panel has been read
    output logic        cmd_valid_o,   // one row of the tile
    input  logic        cmd_ready_i,
    output logic [63:0] cmd_addr_o,
    output logic [ 9:0] cmd_beats_o,
    output logic [ 7:0] cmd_strb_o,    // of the last beat
    output logic        data_valid_o,
    input  logic        data_ready_i,
    output logic [63:0] data_o,
    output logic        finished_o     // every tile of the run has been handed over
);
  localparam int unsigned FifoDepth = 16;

  typedef struct packed {
    logic [2:0] place;  // byte of the beat, or word when raw
    logic       full;   // the beat ends with this value
  } tag_t;

  logic tile_valid, m_last, n_first, n_last, next;
  logic [4:0] rows, cols;
  logic [2:0] waiting_q;  // tiles in the buffer
  logic [1:0] slot_q;
  logic [3:0] row_q, column_q, b_slot_q;
  logic [4:0] promise_q;  // places of the FIFO not promised
  logic active, take, column_last, row_last, full, room, pushed, popped;
  logic [2:0] offset, byte_place;
  logic [63:0] row_ptr_q, col_ptr_q, block_ptr_q, next_row, next_col;

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
      .m_first_o(),
      .m_last_o (m_last),
      .n_first_o(n_first),
      .n_last_o (n_last),
      .rows_o   (rows),
      .cols_o   (cols)
  );

  // Which value is read.
  assign active = waiting_q != '0;
  assign column_last = column_q == 4'(cols - 5'd1);
  assign row_last = row_q == 4'(rows - 5'd1);
  assign offset = job_i.raw ? '0 : row_ptr_q[2:0];  // of column 0 in its beat
  assign byte_place = column_q[2:0] + offset;
  assign full = column_last || (job_i.raw ? column_q[0] : byte_place == 3'd7);
  assign room = promise_q != '0;
  assign take = active && room && (column_q != '0 || cmd_ready_i);
  assign next = take && column_last && row_last;

  assign slot_o = slot_q;
  assign row_o = row_q;
  assign column_o = column_q;
  assign scale_slot_o = b_slot_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || begin_i) begin
      waiting_q   <= '0;
      row_q       <= '0;
      column_q    <= '0;
      b_slot_q    <= '0;
      tile_free_o <= 1'b0;
      b_free_o    <= 1'b0;
    end else begin
      waiting_q   <= waiting_q + 3'(complete_i) - 3'(next);
      tile_free_o <= next;
      b_free_o    <= next && m_last;
      if (take) column_q <= column_last ? '0 : column_q + 4'd1;
      if (take && column_last) row_q <= row_last ? '0 : row_q + 4'd1;
      if (next && m_last) begin
        b_slot_q <= 5'(b_slot_q) == job_i.b_slots - 5'd1 ? '0 : b_slot_q + 4'd1;
      end
    end
  end

  // The buffer goes round its slots for ever, whatever the runs.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) slot_q <= '0;
    else if (next) slot_q <= slot_q + 2'd1;
  end

  // Where the row goes.
  assign next_row = row_ptr_q + 64'(job_i.ldd);
  assign next_col = col_ptr_q + (job_i.raw ? 64'(4 * Cols) : 64'(Cols));
  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      row_ptr_q <= job_i.d;
      col_ptr_q <= job_i.d;
    end else if (take && column_last) begin
      if (!row_last || !m_last) row_ptr_q <= next_row;
      else begin
        if (n_first) block_ptr_q <= next_row;
        row_ptr_q <= !n_last ? next_col : n_first ? next_row : block_ptr_q;
        col_ptr_q <= !n_last ? next_col : n_first ? next_row : block_ptr_q;
      end
    end
  end

  logic [7:0] strobes;  // as many bytes of the last beat as columns are left for it
  assign strobes = (8'hFF >> (3'd0 - cols[2:0])) << offset;
  assign cmd_valid_o = active && room && column_q == '0;
  assign cmd_addr_o = {row_ptr_q[63:3], 3'b000};
  assign cmd_beats_o = job_i.raw ? (10'(cols) + 10'd1) >> 1 : (10'(cols) + 10'd7) >> 3;
  assign cmd_strb_o = job_i.raw ? (cols[0] ? 8'h0F : 8'hFF) : strobes;

  // Values and scales arrive a cycle after they were asked for.
  logic value_q, value2_q, y_valid, raw_valid;
  tag_t tag_q, tag2_q, y_tag;
  logic [31:0] acc_q, bias_q, mult_q;
  logic [5:0] shift_q;
  logic [7:0] y;
  always_ff @(posedge clk_i) begin
    value_q  <= rst_ni && take;
    value2_q <= rst_ni && value_q;
    tag_q    <= '{place: job_i.raw ? {2'b00, column_q[0]} : byte_place, full: full};
    tag2_q   <= tag_q;
    acc_q    <= acc_i;
    bias_q   <= bias_i;
    mult_q   <= mult_i;
    shift_q  <= shift_i;
  end

  requantiser #(
      .TagWidth($bits(tag_t))
  ) u_requantiser (
      .clk_i,
      .rst_ni,
      .x_valid_i(value2_q && !job_i.raw),
      .acc_i    (acc_q),
      .bias_i   (bias_q),
      .mult_i   (mult_q),
      .shift_i  (shift_q),
      .tag_i    (tag2_q),
      .y_valid_o(y_valid),
      .y_o      (y),
      .tag_o    (y_tag)
  );
  assign raw_valid = value2_q && job_i.raw;

  // Pack a beat; what a short one holds beyond its values is not written.
  logic [63:0] beat_q;
  logic beat_valid_q;
  always_ff @(posedge clk_i) begin
    if (y_valid) beat_q[8*y_tag.place+:8] <= y;
    if (raw_valid) beat_q[32*tag2_q.place[0]+:32] <= acc_q;
    beat_valid_q <= rst_ni && ((y_valid && y_tag.full) || (raw_valid && tag2_q.full));
  end

  fifo #(
      .Width(64),
      .Depth(FifoDepth)
  ) u_fifo (
      .clk_i,
      .rst_ni,
      .x_valid_i(beat_valid_q),
      .x_ready_o(pushed),
      .x_data_i (beat_q),
      .y_valid_o(data_valid_o),
      .y_ready_i(data_ready_i),
      .y_data_o (data_o)
  );

  assign popped = data_valid_o && data_ready_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) promise_q <= 5'(FifoDepth);
    else promise_q <= promise_q + 5'(popped) - 5'(take && full);
  end

  assign finished_o = !tile_valid && promise_q == 5'(FifoDepth);

`ifndef SYNTHESIS
  PromiseKept_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) beat_valid_q |-> pushed)
  else $error("%m: a beat found no place");
`endif
endmodule
