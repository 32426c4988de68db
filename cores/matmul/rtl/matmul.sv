// matmul: the matrix engine as a kernel: D = requant(A B + bias), int8 by int8, under ap_ctrl_hs.
// Latency    start to done, for an 8 x 8 array and memory that keeps up: (tiles + 2) * 8 * ceil(K / 8)
//            + 160 + 2 * its latency cycles, where tiles = ceil(M / Rows) * ceil(N / Cols).
// Throughput Rows x Cols products per cycle, if K is at least Rows x Cols: a tile of results leaves at
//            a value per cycle.
// Comb path  m_axi_gmem_* none but RREADY, always high.  Reset  ap_rst_n, synchronous: forgets the run;
//            the memory must forget its bursts in the same reset.
// Registers: kernel.yml. B in [N][K] order is read in whole rows; in [K][N] order in bursts of one or
// two beats. A refused argument or an error response ends in a status bit, never in a hang.
module matmul
  import matmul_pkg::*;
#(
    parameter  int unsigned Rows        = 8,       // of the array: 4, 8 or 16
    parameter  int unsigned Cols        = 8,
    parameter  int unsigned ABufBytes   = 131072,  // on-chip panels of A
    parameter  int unsigned BBufBytes   = 131072,  // on-chip panels of B
    parameter  int unsigned MaxBurst    = 16,      // beats per AXI burst, 1 to 256
    parameter  int unsigned Outstanding = 8,       // bursts in flight, read and write each
    localparam int unsigned DataWidth   = 64,
    localparam int unsigned AddrWidth   = 64
) (
    input  logic                   ap_clk,
    input  logic                   ap_rst_n,
    output logic                   interrupt,
    input  logic                   s_axi_control_awvalid,
    output logic                   s_axi_control_awready,
    input  logic [           11:0] s_axi_control_awaddr,
    input  logic [            2:0] s_axi_control_awprot,
    input  logic                   s_axi_control_wvalid,
    output logic                   s_axi_control_wready,
    input  logic [           31:0] s_axi_control_wdata,
    input  logic [            3:0] s_axi_control_wstrb,
    output logic                   s_axi_control_bvalid,
    input  logic                   s_axi_control_bready,
    output logic [            1:0] s_axi_control_bresp,
    input  logic                   s_axi_control_arvalid,
    output logic                   s_axi_control_arready,
    input  logic [           11:0] s_axi_control_araddr,
    input  logic [            2:0] s_axi_control_arprot,
    output logic                   s_axi_control_rvalid,
    input  logic                   s_axi_control_rready,
    output logic [           31:0] s_axi_control_rdata,
    output logic [            1:0] s_axi_control_rresp,
    output logic                   m_axi_gmem_awvalid,
    input  logic                   m_axi_gmem_awready,
    output logic [  AddrWidth-1:0] m_axi_gmem_awaddr,
    output logic [            0:0] m_axi_gmem_awid,
    output logic [            7:0] m_axi_gmem_awlen,
    output logic [            2:0] m_axi_gmem_awsize,
    output logic [            1:0] m_axi_gmem_awburst,
    output logic [            0:0] m_axi_gmem_awlock,
    output logic [            3:0] m_axi_gmem_awcache,
    output logic [            2:0] m_axi_gmem_awprot,
    output logic [            3:0] m_axi_gmem_awqos,
    output logic [            3:0] m_axi_gmem_awregion,
    output logic                   m_axi_gmem_wvalid,
    input  logic                   m_axi_gmem_wready,
    output logic [  DataWidth-1:0] m_axi_gmem_wdata,
    output logic [DataWidth/8-1:0] m_axi_gmem_wstrb,
    output logic                   m_axi_gmem_wlast,
    input  logic                   m_axi_gmem_bvalid,
    output logic                   m_axi_gmem_bready,
    input  logic [            1:0] m_axi_gmem_bresp,
    input  logic [            0:0] m_axi_gmem_bid,
    output logic                   m_axi_gmem_arvalid,
    input  logic                   m_axi_gmem_arready,
    output logic [  AddrWidth-1:0] m_axi_gmem_araddr,
    output logic [            0:0] m_axi_gmem_arid,
    output logic [            7:0] m_axi_gmem_arlen,
    output logic [            2:0] m_axi_gmem_arsize,
    output logic [            1:0] m_axi_gmem_arburst,
    output logic [            0:0] m_axi_gmem_arlock,
    output logic [            3:0] m_axi_gmem_arcache,
    output logic [            2:0] m_axi_gmem_arprot,
    output logic [            3:0] m_axi_gmem_arqos,
    output logic [            3:0] m_axi_gmem_arregion,
    input  logic                   m_axi_gmem_rvalid,
    output logic                   m_axi_gmem_rready,
    input  logic [  DataWidth-1:0] m_axi_gmem_rdata,
    input  logic                   m_axi_gmem_rlast,
    input  logic [            1:0] m_axi_gmem_rresp,
    input  logic [            0:0] m_axi_gmem_rid
);
  localparam int unsigned ALanes = Rows < 8 ? Rows : 8;
  localparam int unsigned BLanes = Cols < 8 ? Cols : 8;
  localparam int unsigned AWords = ABufBytes / 8 / (Rows / ALanes);
  localparam int unsigned BWords = BBufBytes / 8 / (Cols / BLanes);

  if (Rows != 4 && Rows != 8 && Rows != 16) begin : gen_refuse_rows
    $fatal(1, "%m: Rows = %0d; the panel buffers feed 4, 8 or 16 rows", Rows);
  end
  if (Cols != 4 && Cols != 8 && Cols != 16) begin : gen_refuse_cols
    $fatal(1, "%m: Cols = %0d; the panel buffers feed 4, 8 or 16 columns", Cols);
  end
  if (AWords < 8 || AWords > 65536 || ABufBytes % (8 * Rows / ALanes) != 0) begin : gen_refuse_a
    $fatal(1, "%m: ABufBytes = %0d; 8 to 65536 words of %0d bytes", ABufBytes, 8 * Rows / ALanes);
  end
  if (BWords < 8 || BWords > 65536 || BBufBytes % (8 * Cols / BLanes) != 0) begin : gen_refuse_b
    $fatal(1, "%m: BBufBytes = %0d; 8 to 65536 words of %0d bytes", BBufBytes, 8 * Cols / BLanes);
  end

  // ------------------------------------------------------------------ control
  matmul_regs_pkg::matmul_regs__in_t hwif_in;
  matmul_regs_pkg::matmul_regs__out_t hwif_out;
  args_t args;
  job_t job;
  logic start, begin_run, finished, idle, done, cleared, bad_argument, read_error, write_error;
  logic read_error_q, write_error_q;
  logic [63:0] cycles;

  matmul_regs u_regs (
      .clk           (ap_clk),
      .rst_n         (ap_rst_n),
      .s_axil_awready(s_axi_control_awready),
      .s_axil_awvalid(s_axi_control_awvalid),
      .s_axil_awaddr (s_axi_control_awaddr),
      .s_axil_awprot (s_axi_control_awprot),
      .s_axil_wready (s_axi_control_wready),
      .s_axil_wvalid (s_axi_control_wvalid),
      .s_axil_wdata  (s_axi_control_wdata),
      .s_axil_wstrb  (s_axi_control_wstrb),
      .s_axil_bready (s_axi_control_bready),
      .s_axil_bvalid (s_axi_control_bvalid),
      .s_axil_bresp  (s_axi_control_bresp),
      .s_axil_arready(s_axi_control_arready),
      .s_axil_arvalid(s_axi_control_arvalid),
      .s_axil_araddr (s_axi_control_araddr),
      .s_axil_arprot (s_axi_control_arprot),
      .s_axil_rready (s_axi_control_rready),
      .s_axil_rvalid (s_axi_control_rvalid),
      .s_axil_rdata  (s_axi_control_rdata),
      .s_axil_rresp  (s_axi_control_rresp),
      .hwif_in,
      .hwif_out
  );

  assign args = '{
          a: {hwif_out.a_hi.value.value, hwif_out.a_lo.value.value},
          b: {hwif_out.b_hi.value.value, hwif_out.b_lo.value.value},
          bias: {hwif_out.bias_hi.value.value, hwif_out.bias_lo.value.value},
          mult: {hwif_out.mult_hi.value.value, hwif_out.mult_lo.value.value},
          shift: {hwif_out.shift_hi.value.value, hwif_out.shift_lo.value.value},
          d: {hwif_out.d_hi.value.value, hwif_out.d_lo.value.value},
          m: hwif_out.m.value.value,
          n: hwif_out.n.value.value,
          k: hwif_out.k.value.value,
          lda: hwif_out.lda.value.value,
          ldb: hwif_out.ldb.value.value,
          ldd: hwif_out.ldd.value.value,
          b_is_nk: hwif_out.flags.b_is_nk.value,
          raw: hwif_out.flags.raw.value
      };

  ap_ctrl u_ctrl (
      .start_o       (start),
      .busy_i        (!idle),
      .done_i        (done),
      .start_i       (hwif_out.ctrl.start.value),
      .auto_restart_i(hwif_out.ctrl.auto_restart.value),
      .gie_i         (hwif_out.gie.enable.value),
      .ier_i         ({hwif_out.ier.ready.value, hwif_out.ier.done.value}),
      .isr_i         ({hwif_out.isr.ready.value, hwif_out.isr.done.value}),
      .start_hwclr_o (hwif_in.ctrl.start.hwclr),
      .done_hwset_o  (hwif_in.ctrl.done.hwset),
      .ready_hwset_o (hwif_in.ctrl.ready.hwset),
      .idle_o        (hwif_in.ctrl.idle.next),
      .isr_hwset_o   ({hwif_in.isr.ready.hwset, hwif_in.isr.done.hwset}),
      .interrupt_o   (interrupt)
  );

  assign hwif_in.status.read_error.next = read_error_q;
  assign hwif_in.status.write_error.next = write_error_q;
  assign hwif_in.status.bad_argument.next = bad_argument;
  assign hwif_in.cycles_lo.value.next = cycles[31:0];
  assign hwif_in.cycles_hi.value.next = cycles[63:32];

  matmul_setup #(
      .Rows  (Rows),
      .Cols  (Cols),
      .ALanes(ALanes),
      .BLanes(BLanes),
      .AWords(AWords),
      .BWords(BWords)
  ) u_setup (
      .clk_i         (ap_clk),
      .rst_ni        (ap_rst_n),
      .start_i       (start),
      .args_i        (args),
      .job_o         (job),
      .begin_o       (begin_run),
      .finished_i    (finished),
      .idle_o        (idle),
      .done_o        (done),
      .cleared_o     (cleared),
      .bad_argument_o(bad_argument),
      .cycles_o      (cycles)
  );

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n || cleared) begin
      read_error_q  <= 1'b0;
      write_error_q <= 1'b0;
    end else begin
      read_error_q  <= read_error_q || read_error;
      write_error_q <= write_error_q || write_error;
    end
  end

  // ------------------------------------------------------------------ data
  matmul_engine #(
      .Rows       (Rows),
      .Cols       (Cols),
      .ALanes     (ALanes),
      .BLanes     (BLanes),
      .AWords     (AWords),
      .BWords     (BWords),
      .MaxBurst   (MaxBurst),
      .Outstanding(Outstanding)
  ) u_engine (
      .clk_i          (ap_clk),
      .rst_ni         (ap_rst_n),
      .job_i          (job),
      .begin_i        (begin_run),
      .finished_o     (finished),
      .read_error_o   (read_error),
      .write_error_o  (write_error),
      .m_axi_awvalid_o(m_axi_gmem_awvalid),
      .m_axi_awready_i(m_axi_gmem_awready),
      .m_axi_awaddr_o (m_axi_gmem_awaddr),
      .m_axi_awlen_o  (m_axi_gmem_awlen),
      .m_axi_awsize_o (m_axi_gmem_awsize),
      .m_axi_awburst_o(m_axi_gmem_awburst),
      .m_axi_wvalid_o (m_axi_gmem_wvalid),
      .m_axi_wready_i (m_axi_gmem_wready),
      .m_axi_wdata_o  (m_axi_gmem_wdata),
      .m_axi_wstrb_o  (m_axi_gmem_wstrb),
      .m_axi_wlast_o  (m_axi_gmem_wlast),
      .m_axi_bvalid_i (m_axi_gmem_bvalid),
      .m_axi_bready_o (m_axi_gmem_bready),
      .m_axi_bresp_i  (m_axi_gmem_bresp),
      .m_axi_arvalid_o(m_axi_gmem_arvalid),
      .m_axi_arready_i(m_axi_gmem_arready),
      .m_axi_araddr_o (m_axi_gmem_araddr),
      .m_axi_arlen_o  (m_axi_gmem_arlen),
      .m_axi_arsize_o (m_axi_gmem_arsize),
      .m_axi_arburst_o(m_axi_gmem_arburst),
      .m_axi_rvalid_i (m_axi_gmem_rvalid),
      .m_axi_rready_o (m_axi_gmem_rready),
      .m_axi_rdata_i  (m_axi_gmem_rdata),
      .m_axi_rlast_i  (m_axi_gmem_rlast),
      .m_axi_rresp_i  (m_axi_gmem_rresp)
  );

  // One ID; normal, secure, unprivileged data that an interconnect may buffer and modify.
  assign m_axi_gmem_awid = '0;
  assign m_axi_gmem_awlock = '0;
  assign m_axi_gmem_awcache = 4'b0011;
  assign m_axi_gmem_awprot = '0;
  assign m_axi_gmem_awqos = '0;
  assign m_axi_gmem_awregion = '0;
  assign m_axi_gmem_arid = '0;
  assign m_axi_gmem_arlock = '0;
  assign m_axi_gmem_arcache = 4'b0011;
  assign m_axi_gmem_arprot = '0;
  assign m_axi_gmem_arqos = '0;
  assign m_axi_gmem_arregion = '0;
endmodule
