// matmul_engine: D = requant(A B + bias) for one set of arguments, between begin_i and finished_o.
// Throughput Rows x Cols products per cycle while panels arrive as fast as they are used: a panel of
//            Rows x K bytes of A or Cols x K bytes of B takes K cycles of a 64-bit port at 8 x 8, and
//            a B panel serves all A panels that the buffer holds.
// Comb path  those of mm2s: m_axi_r* -> nothing that leaves.  Reset  forgets the run; the memory must
//            be reset with it.
// The way of the data: mm2s -> place -> panels of A and B -> array -> tile buffer -> drain -> s2mm.
// The loader runs ahead as far as panels are free; the sequencer starts a tile when its panels are
// there and a tile slot is free, so that nothing inside a tile ever waits.
module matmul_engine
  import matmul_pkg::*;
#(
    parameter int unsigned Rows        = 8,
    parameter int unsigned Cols        = 8,
    parameter int unsigned ALanes      = 8,
    parameter int unsigned BLanes      = 8,
    parameter int unsigned AWords      = 16384,
    parameter int unsigned BWords      = 16384,
    parameter int unsigned MaxBurst    = 16,
    parameter int unsigned Outstanding = 8
) (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  job_t        job_i,            // steady from begin_i until finished_o
    input  logic        begin_i,
    output logic        finished_o,
    output logic        read_error_o,     // one cycle
    output logic        write_error_o,
    output logic        m_axi_awvalid_o,
    input  logic        m_axi_awready_i,
    output logic [63:0] m_axi_awaddr_o,
    output logic [ 7:0] m_axi_awlen_o,
    output logic [ 2:0] m_axi_awsize_o,
    output logic [ 1:0] m_axi_awburst_o,
    output logic        m_axi_wvalid_o,
    input  logic        m_axi_wready_i,
    output logic [63:0] m_axi_wdata_o,
    output logic [ 7:0] m_axi_wstrb_o,
    output logic        m_axi_wlast_o,
    input  logic        m_axi_bvalid_i,
    output logic        m_axi_bready_o,
    input  logic [ 1:0] m_axi_bresp_i,
    output logic        m_axi_arvalid_o,
    input  logic        m_axi_arready_i,
    output logic [63:0] m_axi_araddr_o,
    output logic [ 7:0] m_axi_arlen_o,
    output logic [ 2:0] m_axi_arsize_o,
    output logic [ 1:0] m_axi_arburst_o,
    input  logic        m_axi_rvalid_i,
    output logic        m_axi_rready_o,
    input  logic [63:0] m_axi_rdata_i,
    input  logic        m_axi_rlast_i,
    input  logic [ 1:0] m_axi_rresp_i
);
  localparam int unsigned AAddr = $clog2(AWords);
  localparam int unsigned BAddr = $clog2(BWords);
  localparam int unsigned LenWidth = 10;
  localparam int unsigned LoadDepth = 16;  // commands described and not yet answered to the end

  // ------------------------------------------------------------------ memory to panels
  logic load_cmd_valid, load_cmd_ready;
  logic [63:0] load_cmd_addr;
  logic [LenWidth-1:0] load_cmd_beats;
  logic load_valid, load_ready, a_free, b_free;
  load_t load, arriving;
  logic beat_valid, beat_last, arriving_valid;
  logic [63:0] beat;

  matmul_load #(
      .Rows(Rows),
      .Cols(Cols)
  ) u_load (
      .clk_i,
      .rst_ni,
      .begin_i,
      .job_i,
      .a_free_i    (a_free),
      .b_free_i    (b_free),
      .cmd_valid_o (load_cmd_valid),
      .cmd_ready_i (load_cmd_ready),
      .cmd_addr_o  (load_cmd_addr),
      .cmd_beats_o (load_cmd_beats),
      .load_valid_o(load_valid),
      .load_ready_i(load_ready),
      .load_o      (load)
  );

  fifo #(
      .Width($bits(load_t)),
      .Depth(LoadDepth)
  ) u_loads (
      .clk_i,
      .rst_ni,
      .x_valid_i(load_valid),
      .x_ready_o(load_ready),
      .x_data_i (load),
      .y_valid_o(arriving_valid),
      .y_ready_i(beat_valid && beat_last),
      .y_data_o (arriving)
  );

  // mm2s and s2mm decide on ready after a look at the burst; the slices keep that out of the loops.
  logic read_valid, read_ready;
  logic [63:0] read_addr;
  logic [LenWidth-1:0] read_beats;
  register_slice #(
      .Width(64 + LenWidth)
  ) u_load_slice (
      .clk_i,
      .rst_ni,
      .x_valid_i(load_cmd_valid),
      .x_ready_o(load_cmd_ready),
      .x_data_i ({load_cmd_addr, load_cmd_beats}),
      .y_valid_o(read_valid),
      .y_ready_i(read_ready),
      .y_data_o ({read_addr, read_beats})
  );

  mm2s #(
      .MaxBurst   (MaxBurst),
      .Outstanding(Outstanding),
      .LenWidth   (LenWidth)
  ) u_mm2s (
      .clk_i,
      .rst_ni,
      .cmd_valid_i (read_valid),
      .cmd_ready_o (read_ready),
      .cmd_addr_i  (read_addr),
      .cmd_beats_i (read_beats),
      .data_valid_o(beat_valid),
      .data_ready_i(1'b1),
      .data_o      (beat),
      .last_o      (beat_last),
      .error_o     (read_error_o),
      .idle_o      (),
      .m_axi_arvalid_o,
      .m_axi_arready_i,
      .m_axi_araddr_o,
      .m_axi_arlen_o,
      .m_axi_arsize_o,
      .m_axi_arburst_o,
      .m_axi_rvalid_i,
      .m_axi_rready_o,
      .m_axi_rdata_i,
      .m_axi_rlast_i,
      .m_axi_rresp_i
  );

  logic [63:0] place_data;
  logic a_write, b_write, group, transposed, scale_write, a_loaded, b_loaded;
  logic [AAddr-1:0] a_write_addr;
  logic [BAddr-1:0] b_write_addr;
  logic [2:0] index, scale_word;
  load_e scale_kind;
  logic [3:0] scale_slot;

  matmul_place #(
      .ALanes(ALanes),
      .BLanes(BLanes),
      .AAddr (AAddr),
      .BAddr (BAddr)
  ) u_place (
      .clk_i,
      .rst_ni,
      .begin_i,
      .job_i,
      .beat_valid_i (beat_valid),
      .beat_i       (beat),
      .beat_last_i  (beat_last),
      .load_i       (arriving),
      .data_o       (place_data),
      .a_valid_o    (a_write),
      .b_valid_o    (b_write),
      .group_o      (group),
      .a_addr_o     (a_write_addr),
      .b_addr_o     (b_write_addr),
      .index_o      (index),
      .transposed_o (transposed),
      .scale_valid_o(scale_write),
      .scale_kind_o (scale_kind),
      .scale_slot_o (scale_slot),
      .scale_word_o (scale_word),
      .a_loaded_o   (a_loaded),
      .b_loaded_o   (b_loaded)
  );

  // ------------------------------------------------------------------ panels to tiles
  logic a_read, b_read, array_valid, array_last, tile_free;
  logic [2:0] read_row;
  logic [AAddr-1:0] a_read_addr;
  logic [BAddr-1:0] b_read_addr;
  logic [7:0] a_lane[Rows], b_lane[Cols];
  logic d_valid[Rows];
  logic [31:0] d[Rows];

  matmul_sequence #(
      .Rows  (Rows),
      .Cols  (Cols),
      .ALanes(ALanes),
      .BLanes(BLanes),
      .AAddr (AAddr),
      .BAddr (BAddr)
  ) u_sequence (
      .clk_i,
      .rst_ni,
      .begin_i,
      .job_i,
      .a_loaded_i (a_loaded),
      .b_loaded_i (b_loaded),
      .tile_free_i(tile_free),
      .a_free_o   (a_free),
      .a_read_o   (a_read),
      .b_read_o   (b_read),
      .row_o      (read_row),
      .a_addr_o   (a_read_addr),
      .b_addr_o   (b_read_addr),
      .valid_o    (array_valid),
      .last_o     (array_last)
  );

  matmul_panels #(
      .Count    (Rows),
      .Words    (AWords),
      .Transpose(1'b0)
  ) u_a (
      .clk_i,
      .rst_ni,
      .write_i     (a_write),
      .group_i     (group),
      .transposed_i(1'b0),
      .index_i     (index),
      .addr_i      (a_write_addr),
      .data_i      (place_data),
      .read_i      (a_read),
      .read_row_i  (read_row),
      .read_addr_i (a_read_addr),
      .lane_o      (a_lane)
  );

  matmul_panels #(
      .Count    (Cols),
      .Words    (BWords),
      .Transpose(1'b1)
  ) u_b (
      .clk_i,
      .rst_ni,
      .write_i     (b_write),
      .group_i     (group),
      .transposed_i(transposed),
      .index_i     (index),
      .addr_i      (b_write_addr),
      .data_i      (place_data),
      .read_i      (b_read),
      .read_row_i  (read_row),
      .read_addr_i (b_read_addr),
      .lane_o      (b_lane)
  );

  systolic_array #(
      .Rows(Rows),
      .Cols(Cols)
  ) u_array (
      .clk_i,
      .rst_ni,
      .valid_i  (array_valid),
      .last_i   (array_last),
      .a_i      (a_lane),
      .b_i      (b_lane),
      .d_valid_o(d_valid),
      .d_o      (d)
  );

  // ------------------------------------------------------------------ tiles to memory
  logic complete, drained, s2mm_idle;
  logic [1:0] tile_slot;
  logic [3:0] row, column, read_slot;
  logic [31:0] acc, bias, mult;
  logic [5:0] shift;
  logic store_valid, store_ready, out_valid, out_ready;
  logic [63:0] store_addr, out_data;
  logic [LenWidth-1:0] store_beats;
  logic [7:0] store_strb;

  tile_buffer #(
      .Rows (Rows),
      .Cols (Cols),
      .Slots(TileSlots)
  ) u_tile (
      .clk_i,
      .rst_ni,
      .valid_i   (d_valid),
      .data_i    (d),
      .complete_o(complete),
      .slot_i    (tile_slot),
      .row_i     (row),
      .column_i  (column),
      .data_o    (acc)
  );

  matmul_scales #(
      .Cols(Cols)
  ) u_scales (
      .clk_i,
      .write_i    (scale_write),
      .kind_i     (scale_kind),
      .slot_i     (scale_slot),
      .word_i     (scale_word),
      .data_i     (place_data),
      .read_slot_i(read_slot),
      .column_i   (column),
      .bias_o     (bias),
      .mult_o     (mult),
      .shift_o    (shift)
  );

  matmul_drain #(
      .Rows(Rows),
      .Cols(Cols)
  ) u_drain (
      .clk_i,
      .rst_ni,
      .begin_i,
      .job_i,
      .complete_i  (complete),
      .slot_o      (tile_slot),
      .row_o       (row),
      .column_o    (column),
      .scale_slot_o(read_slot),
      .acc_i       (acc),
      .bias_i      (bias),
      .mult_i      (mult),
      .shift_i     (shift),
      .tile_free_o (tile_free),
      .b_free_o    (b_free),
      .cmd_valid_o (store_valid),
      .cmd_ready_i (store_ready),
      .cmd_addr_o  (store_addr),
      .cmd_beats_o (store_beats),
      .cmd_strb_o  (store_strb),
      .data_valid_o(out_valid),
      .data_ready_i(out_ready),
      .data_o      (out_data),
      .finished_o  (drained)
  );

  logic write_valid, write_ready;
  logic [63:0] write_addr;
  logic [LenWidth-1:0] write_beats;
  logic [7:0] write_strb;
  register_slice #(
      .Width(64 + LenWidth + 8)
  ) u_drain_slice (
      .clk_i,
      .rst_ni,
      .x_valid_i(store_valid),
      .x_ready_o(store_ready),
      .x_data_i ({store_addr, store_beats, store_strb}),
      .y_valid_o(write_valid),
      .y_ready_i(write_ready),
      .y_data_o ({write_addr, write_beats, write_strb})
  );

  s2mm #(
      .MaxBurst   (MaxBurst),
      .Outstanding(Outstanding),
      .LenWidth   (LenWidth)
  ) u_s2mm (
      .clk_i,
      .rst_ni,
      .cmd_valid_i    (write_valid),
      .cmd_ready_o    (write_ready),
      .cmd_addr_i     (write_addr),
      .cmd_beats_i    (write_beats),
      .cmd_last_strb_i(write_strb),
      .data_valid_i   (out_valid),
      .data_ready_o   (out_ready),
      .data_i         (out_data),
      .error_o        (write_error_o),
      .idle_o         (s2mm_idle),
      .m_axi_awvalid_o,
      .m_axi_awready_i,
      .m_axi_awaddr_o,
      .m_axi_awlen_o,
      .m_axi_awsize_o,
      .m_axi_awburst_o,
      .m_axi_wvalid_o,
      .m_axi_wready_i,
      .m_axi_wdata_o,
      .m_axi_wstrb_o,
      .m_axi_wlast_o,
      .m_axi_bvalid_i,
      .m_axi_bready_o,
      .m_axi_bresp_i
  );

  // s2mm has taken a command before its data, so none waits in the slice once all data are taken.
  assign finished_o = drained && s2mm_idle;

`ifndef SYNTHESIS
  BeatIsDescribed_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) beat_valid |-> arriving_valid)
  else $error("%m: a beat from memory that no description waits for");
`endif
endmodule
