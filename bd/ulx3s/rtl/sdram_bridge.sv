// sdram_bridge: an AXI4 slave (64 bit, INCR) on two native ports of LiteDRAM, to read and to write.
// Latency     1 cycle from AR to the first command, 1 from the last native word to R.
// Throughput  one native word per cycle each way, no bubble between bursts, be they of one beat.
// Addresses   the SDRAM begins at Base. A burst that starts outside it issues nothing and is
//             answered DECERR, in order; it never aliases. Bursts cross no 4 KiB line, so the first
//             address decides for all beats.
// Ordering    B comes when the controller has taken the last word of the burst: a read issued after
//             B, through any port, sees the data.
// Comb path   cmd_ready -> wready.  Reset  synchronous, control only.
module sdram_bridge #(
    parameter int unsigned NativeWidth = 32,  // bits of a native word: 16, 32 or 64
    parameter int unsigned NativeAddrWidth = 23,  // bits of a native word's address
    parameter logic [63:0] Base = 64'h4000_0000,
    parameter int unsigned Depth = 16,  // beats on the way or waiting, each way; a power of 2
    localparam int unsigned Ratio = 64 / NativeWidth
) (
    input logic clk_i,
    input logic rst_ni,

    // AXI4 slave; the other signals of AXI4 are not needed for full-width INCR bursts of one ID
    input logic s_axi_awvalid,
    output logic s_axi_awready,
    input logic [63:0] s_axi_awaddr,
    input logic s_axi_wvalid,
    output logic s_axi_wready,
    input logic [63:0] s_axi_wdata,
    input logic [7:0] s_axi_wstrb,
    input logic s_axi_wlast,
    output logic s_axi_bvalid,
    input logic s_axi_bready,
    output logic [1:0] s_axi_bresp,
    input logic s_axi_arvalid,
    output logic s_axi_arready,
    input logic [63:0] s_axi_araddr,
    input logic [7:0] s_axi_arlen,
    output logic s_axi_rvalid,
    input logic s_axi_rready,
    output logic [63:0] s_axi_rdata,
    output logic [1:0] s_axi_rresp,
    output logic s_axi_rlast,

    // LiteDRAM native port for reads; read data cannot be refused
    output logic rd_cmd_valid_o,
    input logic rd_cmd_ready_i,
    output logic [NativeAddrWidth-1:0] rd_cmd_addr_o,
    input logic rd_data_valid_i,
    input logic [NativeWidth-1:0] rd_data_i,

    // LiteDRAM native port for writes; write data is taken some cycles after its command
    output logic wr_cmd_valid_o,
    input logic wr_cmd_ready_i,
    output logic [NativeAddrWidth-1:0] wr_cmd_addr_o,
    input logic wr_data_ready_i,
    output logic [NativeWidth-1:0] wr_data_o,
    output logic [NativeWidth/8-1:0] wr_strb_o
);
  localparam int unsigned SubWidth = Ratio > 1 ? $clog2(Ratio) : 1;
  localparam int unsigned PtrWidth = $clog2(Depth);
  localparam int unsigned WordShift = $clog2(NativeWidth / 8);  // byte address to native address
  localparam int unsigned ByteBits = NativeAddrWidth + WordShift;  // its size: 2**ByteBits bytes
  localparam logic [1:0] Okay = 2'b00;
  localparam logic [1:0] DecodeError = 2'b11;
  localparam logic [SubWidth-1:0] LastSub = SubWidth'(Ratio - 1);

  if (NativeWidth != 16 && NativeWidth != 32 && NativeWidth != 64) begin : gen_refuse_width
    $fatal(1, "%m: NativeWidth = %0d; a LiteDRAM port of 16, 32 or 64 bits is needed", NativeWidth);
  end
  if (Depth < 4 || (Depth & (Depth - 1)) != 0) begin : gen_refuse_depth
    $fatal(1, "%m: Depth = %0d; a power of two of 4 or more is needed", Depth);
  end
  if (ByteBits < 12 || ByteBits > 40) begin : gen_refuse_size
    $fatal(1, "%m: %0d address bits; 4 KiB (12) to 1 TiB (40) are supported", ByteBits);
  end

  logic ar_outside, aw_outside;
  assign ar_outside = s_axi_araddr[63:ByteBits] != Base[63:ByteBits];
  assign aw_outside = s_axi_awaddr[63:ByteBits] != Base[63:ByteBits];
  wire unused = &{1'b0, s_axi_araddr[2:0], s_axi_awaddr[2:0]};  // full-width beats: always aligned

  // ---- reads: one burst at a time becomes commands; what comes back is put together in order
  logic ar_busy_q, ar_error_q;
  logic [ByteBits-4:0] ar_beat_q;  // address of the beat, in 64-bit words
  logic [7:0] ar_left_q;  // beats after this one
  logic [SubWidth-1:0] ar_sub_q;
  logic [PtrWidth:0] rd_level_q;  // beats promised and not yet taken
  logic rd_room, rd_first, rd_step, rd_beat_done, rd_burst_done, r_take;

  assign rd_room = rd_level_q != (PtrWidth + 1)'(Depth);
  assign rd_first = ar_sub_q == '0;
  assign rd_cmd_valid_o = ar_busy_q && !ar_error_q && (!rd_first || rd_room);
  if (Ratio > 1) begin : gen_rd_addr
    assign rd_cmd_addr_o = {ar_beat_q, ar_sub_q};
  end else begin : gen_rd_addr_whole
    assign rd_cmd_addr_o = ar_beat_q;
  end
  assign rd_step = rd_cmd_valid_o && rd_cmd_ready_i;
  assign rd_beat_done = ar_busy_q && ar_error_q ? rd_room : rd_step && ar_sub_q == LastSub;
  assign rd_burst_done = rd_beat_done && ar_left_q == '0;
  assign s_axi_arready = !ar_busy_q || rd_burst_done;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      ar_busy_q <= 1'b0;
      ar_sub_q  <= '0;
    end else begin
      if (s_axi_arready) ar_busy_q <= s_axi_arvalid;
      if (rd_step) ar_sub_q <= ar_sub_q == LastSub ? '0 : ar_sub_q + 1'b1;
    end
    if (s_axi_arready) begin
      ar_beat_q  <= s_axi_araddr[ByteBits-1:3];
      ar_left_q  <= s_axi_arlen;
      ar_error_q <= ar_outside;
    end else if (rd_beat_done) begin
      ar_beat_q <= ar_beat_q + 1'b1;
      ar_left_q <= ar_left_q - 1'b1;
    end
  end

  // What is promised, in order: {error, last}; pushed with a beat's first command
  logic [1:0] note_mem[Depth];
  logic [PtrWidth-1:0] note_put_q, note_get_q;
  logic note_push;
  assign note_push = (rd_step && rd_first) || (ar_busy_q && ar_error_q && rd_room);
  always_ff @(posedge clk_i) begin
    if (note_push) note_mem[note_put_q] <= {ar_error_q, ar_left_q == '0};
    if (!rst_ni) begin
      note_put_q <= '0;
      note_get_q <= '0;
      rd_level_q <= '0;
    end else begin
      note_put_q <= note_put_q + PtrWidth'(note_push);
      note_get_q <= note_get_q + PtrWidth'(r_take);
      rd_level_q <= rd_level_q + (PtrWidth + 1)'(note_push) - (PtrWidth + 1)'(r_take);
    end
  end

  // Native words, gathered to beats
  logic [63:0] rd_mem[Depth];
  logic [PtrWidth:0] rd_put_q, rd_get_q;
  logic [SubWidth-1:0] rd_sub_q;
  logic [63:0] rd_beat;
  logic rd_push;
  assign rd_push = rd_data_valid_i && rd_sub_q == LastSub;
  if (Ratio > 1) begin : gen_gather
    logic [63-NativeWidth:0] part_q;  // the earlier words of the beat, oldest lowest
    assign rd_beat = {rd_data_i, part_q};
    always_ff @(posedge clk_i) if (rd_data_valid_i) part_q <= rd_beat[63:NativeWidth];
  end else begin : gen_whole
    assign rd_beat = rd_data_i;
  end
  always_ff @(posedge clk_i) begin
    if (rd_push) rd_mem[rd_put_q[PtrWidth-1:0]] <= rd_beat;
    if (!rst_ni) begin
      rd_sub_q <= '0;
      rd_put_q <= '0;
      rd_get_q <= '0;
    end else begin
      if (rd_data_valid_i) rd_sub_q <= rd_sub_q == LastSub ? '0 : rd_sub_q + 1'b1;
      rd_put_q <= rd_put_q + (PtrWidth + 1)'(rd_push);
      rd_get_q <= rd_get_q + (PtrWidth + 1)'(r_take && s_axi_rresp == Okay);
    end
  end

  logic r_error;
  assign r_error = note_mem[note_get_q][1];
  assign s_axi_rvalid = rd_level_q != '0 && (r_error || rd_put_q != rd_get_q);
  assign s_axi_rlast = note_mem[note_get_q][0];
  assign s_axi_rresp = r_error ? DecodeError : Okay;
  assign s_axi_rdata = r_error ? '0 : rd_mem[rd_get_q[PtrWidth-1:0]];
  assign r_take = s_axi_rvalid && s_axi_rready;

  // ---- writes: a beat enters the buffer with its first command, so its data is there in time
  logic aw_busy_q, aw_error_q;
  logic [ByteBits-4:0] aw_beat_q;
  logic [SubWidth-1:0] aw_sub_q;
  logic wr_room, wr_first, wr_step, w_take, wr_beat_done, wr_burst_done;
  logic wr_last_q, wr_last;  // this beat is the last of its burst
  logic resp_room;

  assign wr_first = aw_sub_q == '0;
  assign wr_cmd_valid_o = aw_busy_q && !aw_error_q && (!wr_first || (s_axi_wvalid && wr_room));
  if (Ratio > 1) begin : gen_wr_addr
    assign wr_cmd_addr_o = {aw_beat_q, aw_sub_q};
  end else begin : gen_wr_addr_whole
    assign wr_cmd_addr_o = aw_beat_q;
  end
  assign wr_step = wr_cmd_valid_o && wr_cmd_ready_i;
  assign s_axi_wready = aw_busy_q && (aw_error_q || (wr_first && wr_room && wr_cmd_ready_i));
  assign w_take = s_axi_wvalid && s_axi_wready;
  assign wr_last = w_take ? s_axi_wlast : wr_last_q;
  assign wr_beat_done = aw_error_q ? w_take : wr_step && aw_sub_q == LastSub;
  assign wr_burst_done = wr_beat_done && wr_last;
  assign s_axi_awready = (!aw_busy_q || wr_burst_done) && resp_room;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      aw_busy_q <= 1'b0;
      aw_sub_q  <= '0;
    end else begin
      if (s_axi_awready && s_axi_awvalid) aw_busy_q <= 1'b1;
      else if (wr_burst_done) aw_busy_q <= 1'b0;
      if (wr_step) aw_sub_q <= aw_sub_q == LastSub ? '0 : aw_sub_q + 1'b1;
    end
    if (w_take) wr_last_q <= s_axi_wlast;
    if (s_axi_awready) begin
      aw_beat_q  <= s_axi_awaddr[ByteBits-1:3];
      aw_error_q <= aw_outside;
    end else if (wr_beat_done) begin
      aw_beat_q <= aw_beat_q + 1'b1;
    end
  end

  // Write data: {last, strb, data}; the controller takes it a native word at a time
  logic [72:0] wr_mem[Depth];
  logic [PtrWidth:0] wr_put_q, wr_get_q;
  logic [SubWidth-1:0] wr_sub_q;
  logic [72:0] wr_head;
  logic wr_push, wr_pop, wr_taken;
  assign wr_push = w_take && !aw_error_q;
  assign wr_room = (PtrWidth + 1)'(wr_put_q - wr_get_q) != (PtrWidth + 1)'(Depth);
  assign wr_head = wr_mem[wr_get_q[PtrWidth-1:0]];
  assign wr_data_o = wr_head[NativeWidth*wr_sub_q+:NativeWidth];
  assign wr_strb_o = wr_head[64+(NativeWidth/8)*wr_sub_q+:NativeWidth/8];
  assign wr_pop = wr_data_ready_i && wr_sub_q == LastSub;
  assign wr_taken = wr_pop && wr_head[72];
  always_ff @(posedge clk_i) begin
    if (wr_push) wr_mem[wr_put_q[PtrWidth-1:0]] <= {s_axi_wlast, s_axi_wstrb, s_axi_wdata};
    if (!rst_ni) begin
      wr_sub_q <= '0;
      wr_put_q <= '0;
      wr_get_q <= '0;
    end else begin
      if (wr_data_ready_i) wr_sub_q <= wr_sub_q == LastSub ? '0 : wr_sub_q + 1'b1;
      wr_put_q <= wr_put_q + (PtrWidth + 1)'(wr_push);
      wr_get_q <= wr_get_q + (PtrWidth + 1)'(wr_pop);
    end
  end

  // Responses in order: one error flag per accepted burst, and how many finished bursts wait for B
  logic [Depth-1:0] resp_error_q;
  logic [PtrWidth:0] resp_put_q, resp_get_q, done_q;
  logic aw_take, b_take, b_take_error, b_error, error_done;
  logic [PtrWidth:0] error_done_q;  // refused bursts whose data has been swallowed
  assign aw_take = s_axi_awvalid && s_axi_awready;
  assign resp_room = (PtrWidth + 1)'(resp_put_q - resp_get_q) != (PtrWidth + 1)'(Depth);
  assign error_done = aw_busy_q && aw_error_q && wr_burst_done;
  assign b_error = resp_error_q[resp_get_q[PtrWidth-1:0]];
  assign s_axi_bvalid = resp_put_q != resp_get_q && (b_error ? error_done_q != '0 : done_q != '0);
  assign s_axi_bresp = b_error ? DecodeError : Okay;
  assign b_take = s_axi_bvalid && s_axi_bready;
  assign b_take_error = b_take && b_error;
  always_ff @(posedge clk_i) begin
    if (aw_take) resp_error_q[resp_put_q[PtrWidth-1:0]] <= aw_outside;
    if (!rst_ni) begin
      resp_put_q   <= '0;
      resp_get_q   <= '0;
      done_q       <= '0;
      error_done_q <= '0;
    end else begin
      resp_put_q <= resp_put_q + (PtrWidth + 1)'(aw_take);
      resp_get_q <= resp_get_q + (PtrWidth + 1)'(b_take);
      done_q <= done_q + (PtrWidth + 1)'(wr_taken) - (PtrWidth + 1)'(b_take && !b_error);
      error_done_q <= error_done_q + (PtrWidth + 1)'(error_done) - (PtrWidth + 1)'(b_take_error);
    end
  end

`ifndef SYNTHESIS
  RdDataPromised_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    rd_push |-> (PtrWidth + 1)'(rd_put_q - rd_get_q) != (PtrWidth + 1)'(Depth))
  else $error("%m: read data without a promised place");
  WrDataThere_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) wr_data_ready_i |-> wr_put_q != wr_get_q)
  else $error("%m: the controller takes write data that is not there");
  RHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    s_axi_rvalid && !s_axi_rready |=> s_axi_rvalid && $stable(
      {s_axi_rdata, s_axi_rresp, s_axi_rlast}
  ))
  else $error("%m: waiting read beat lost");
  BHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    s_axi_bvalid && !s_axi_bready |=> s_axi_bvalid && $stable(
      s_axi_bresp
  ))
  else $error("%m: waiting write response lost");
`endif
endmodule
