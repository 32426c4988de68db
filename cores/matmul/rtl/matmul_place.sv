// matmul_place: puts the beats from memory where the engine looks for them.
// Latency    1 cycle.  Throughput  1 beat per cycle, never stalls: the loader asks for no more than
//            there is room for.
// Comb path  none.  Reset  valid only; begin_i starts from slot 0.
// Bytes of A's last word beyond K become 0, so that what stands in B there does not count.
module matmul_place
  import matmul_pkg::*;
#(
    parameter int unsigned ALanes = 8,   // rows of A that share a word address
    parameter int unsigned BLanes = 8,   // columns of B likewise
    parameter int unsigned AAddr  = 14,  // bits of a word address
    parameter int unsigned BAddr  = 14
) (
    input  logic              clk_i,
    input  logic              rst_ni,
    input  logic              begin_i,
    input  job_t              job_i,
    input  logic              beat_valid_i,
    input  logic  [     63:0] beat_i,
    input  logic              beat_last_i,    // of its run
    input  load_t             load_i,         // of the run the beat belongs to
    output logic  [     63:0] data_o,
    output logic              a_valid_o,
    output logic              b_valid_o,
    output logic              group_o,        // which eight rows or columns
    output logic  [AAddr-1:0] a_addr_o,
    output logic  [BAddr-1:0] b_addr_o,
    output logic  [      2:0] index_o,        // row in its group; with transposed_o k modulo 8
    output logic              transposed_o,   // the beat is one k of eight columns
    output logic              scale_valid_o,
    output load_e             scale_kind_o,
    output logic  [      3:0] scale_slot_o,
    output logic  [      2:0] scale_word_o,   // beat of the run
    output logic              a_loaded_o,     // one cycle, with the last beat of a panel
    output logic              b_loaded_o
);
  logic [AAddr-1:0] a_base_q, a_row_q, a_addr_q;  // first word of the slot, of the row; this one
  logic [BAddr-1:0] b_base_q, b_row_q, b_addr_q;
  logic [8:0] a_slot_q;
  logic [4:0] b_slot_q;
  logic [3:0] row_q;  // run of the panel, modulo 16
  logic [2:0] beat_q;  // beat of the run, modulo 8
  logic a_beat, b_beat, run_end, panel_end, transposed;
  logic [63:0] wanted, kept;
  logic [15:0] a_panel, b_panel;

  assign a_panel = 16'(job_i.k_words) * 16'(ALanes);
  assign b_panel = 16'(job_i.k_words) * 16'(BLanes);
  assign a_beat = beat_valid_i && load_i.kind == LoadA;
  assign b_beat = beat_valid_i && load_i.kind == LoadB;
  assign run_end = beat_valid_i && beat_last_i;
  assign panel_end = run_end && load_i.last;
  assign transposed = !job_i.b_is_nk;
  assign wanted = load_i.upper ? beat_i >> 32 : beat_i;

  always_comb begin
    for (int unsigned i = 0; i < 8; i++) begin
      kept[8*i+:8] = load_i.kind == LoadA && beat_last_i && job_i.k[2:0] != '0 &&
          i >= 32'(job_i.k[2:0]) ? 8'h00 : wanted[8*i+:8];
    end
  end

  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      row_q  <= '0;
      beat_q <= '0;
    end else if (beat_valid_i) begin
      beat_q <= beat_last_i ? '0 : beat_q + 3'd1;
      if (panel_end) row_q <= '0;
      else if (run_end) row_q <= row_q + 4'd1;
    end
  end

  // Rows of A: word j of row r at base + j * ALanes + r (r within its group).
  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      a_slot_q <= '0;
      a_base_q <= '0;
      a_row_q  <= '0;
      a_addr_q <= '0;
    end else if (a_beat) begin
      if (!run_end) a_addr_q <= a_addr_q + AAddr'(ALanes);
      else if (!load_i.last) begin
        a_row_q  <= row_q[2:0] == 3'd7 ? a_base_q : a_row_q + AAddr'(1);
        a_addr_q <= row_q[2:0] == 3'd7 ? a_base_q : a_row_q + AAddr'(1);
      end else if (a_slot_q == job_i.a_slots - 9'd1) begin
        a_slot_q <= '0;
        a_base_q <= '0;
        a_row_q  <= '0;
        a_addr_q <= '0;
      end else begin
        a_slot_q <= a_slot_q + 9'd1;
        a_base_q <= a_base_q + AAddr'(a_panel);
        a_row_q  <= a_base_q + AAddr'(a_panel);
        a_addr_q <= a_base_q + AAddr'(a_panel);
      end
    end
  end

  // Columns of B likewise; transposed, eight k share the words j of all columns.
  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      b_slot_q <= '0;
      b_base_q <= '0;
      b_row_q  <= '0;
      b_addr_q <= '0;
    end else if (b_beat) begin
      if (panel_end) begin
        b_slot_q <= b_slot_q == job_i.b_slots - 5'd1 ? '0 : b_slot_q + 5'd1;
        b_base_q <= b_slot_q == job_i.b_slots - 5'd1 ? '0 : b_base_q + BAddr'(b_panel);
        b_row_q  <= b_slot_q == job_i.b_slots - 5'd1 ? '0 : b_base_q + BAddr'(b_panel);
        b_addr_q <= b_slot_q == job_i.b_slots - 5'd1 ? '0 : b_base_q + BAddr'(b_panel);
      end else if (transposed) begin
        if (run_end && row_q[2:0] == 3'd7) b_addr_q <= b_addr_q + BAddr'(BLanes);
      end else if (!run_end) b_addr_q <= b_addr_q + BAddr'(BLanes);
      else begin
        b_row_q  <= row_q[2:0] == 3'd7 ? b_base_q : b_row_q + BAddr'(1);
        b_addr_q <= row_q[2:0] == 3'd7 ? b_base_q : b_row_q + BAddr'(1);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      a_valid_o     <= 1'b0;
      b_valid_o     <= 1'b0;
      scale_valid_o <= 1'b0;
      a_loaded_o    <= 1'b0;
      b_loaded_o    <= 1'b0;
    end else begin
      a_valid_o     <= a_beat;
      b_valid_o     <= b_beat;
      scale_valid_o <= beat_valid_i && !a_beat && !b_beat;
      a_loaded_o    <= a_beat && panel_end;
      b_loaded_o    <= b_beat && panel_end;
    end
  end

  always_ff @(posedge clk_i) begin
    data_o       <= kept;
    transposed_o <= transposed;
    group_o      <= b_beat && transposed ? beat_q[0] : row_q[3];
    index_o      <= row_q[2:0];
    a_addr_o     <= a_addr_q;
    b_addr_o     <= b_addr_q;
    scale_kind_o <= load_i.kind;
    scale_slot_o <= b_slot_q[3:0];
    scale_word_o <= beat_q;
  end
endmodule
