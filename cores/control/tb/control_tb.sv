// control_tb: the generated block of tb/kernel.yml and ap_ctrl, beside an engine that the tests play.
module control_tb (
    input  logic        clk_i,
    input  logic        rst_ni,
    input  logic        s_axi_control_awvalid,
    output logic        s_axi_control_awready,
    input  logic [11:0] s_axi_control_awaddr,
    input  logic [ 2:0] s_axi_control_awprot,
    input  logic        s_axi_control_wvalid,
    output logic        s_axi_control_wready,
    input  logic [31:0] s_axi_control_wdata,
    input  logic [ 3:0] s_axi_control_wstrb,
    output logic        s_axi_control_bvalid,
    input  logic        s_axi_control_bready,
    output logic [ 1:0] s_axi_control_bresp,
    input  logic        s_axi_control_arvalid,
    output logic        s_axi_control_arready,
    input  logic [11:0] s_axi_control_araddr,
    input  logic [ 2:0] s_axi_control_arprot,
    output logic        s_axi_control_rvalid,
    input  logic        s_axi_control_rready,
    output logic [31:0] s_axi_control_rdata,
    output logic [ 1:0] s_axi_control_rresp,
    // Engine
    output logic        start_o,
    input  logic        busy_i,
    input  logic        done_i,
    input  logic        broken_i,
    input  logic        tired_i,
    input  logic [63:0] ticks_i,
    output logic        interrupt_o,
    // What the engine sees of its arguments
    output logic [63:0] x_o,
    output logic [31:0] rows_o,
    output logic [63:0] wide_o,
    output logic [15:0] ldx_o,
    output logic [ 1:0] flags_o,
    output logic [63:0] y_o,
    output logic [ 1:0] isr_o
);
  sample_regs_pkg::sample_regs__in_t  regs_in;
  sample_regs_pkg::sample_regs__out_t regs_out;

  sample_regs u_regs (
      .clk           (clk_i),
      .rst_n         (rst_ni),
      .s_axil_awvalid(s_axi_control_awvalid),
      .s_axil_awready(s_axi_control_awready),
      .s_axil_awaddr (s_axi_control_awaddr),
      .s_axil_awprot (s_axi_control_awprot),
      .s_axil_wvalid (s_axi_control_wvalid),
      .s_axil_wready (s_axi_control_wready),
      .s_axil_wdata  (s_axi_control_wdata),
      .s_axil_wstrb  (s_axi_control_wstrb),
      .s_axil_bvalid (s_axi_control_bvalid),
      .s_axil_bready (s_axi_control_bready),
      .s_axil_bresp  (s_axi_control_bresp),
      .s_axil_arvalid(s_axi_control_arvalid),
      .s_axil_arready(s_axi_control_arready),
      .s_axil_araddr (s_axi_control_araddr),
      .s_axil_arprot (s_axi_control_arprot),
      .s_axil_rvalid (s_axi_control_rvalid),
      .s_axil_rready (s_axi_control_rready),
      .s_axil_rdata  (s_axi_control_rdata),
      .s_axil_rresp  (s_axi_control_rresp),
      .hwif_in       (regs_in),
      .hwif_out      (regs_out)
  );

  ap_ctrl u_ctrl (
      .start_o,
      .busy_i,
      .done_i,
      .start_i       (regs_out.ctrl.start.value),
      .auto_restart_i(regs_out.ctrl.auto_restart.value),
      .gie_i         (regs_out.gie.enable.value),
      .ier_i         ({regs_out.ier.ready.value, regs_out.ier.done.value}),
      .isr_i         (isr_o),
      .start_hwclr_o (regs_in.ctrl.start.hwclr),
      .done_hwset_o  (regs_in.ctrl.done.hwset),
      .ready_hwset_o (regs_in.ctrl.ready.hwset),
      .idle_o        (regs_in.ctrl.idle.next),
      .isr_hwset_o   ({regs_in.isr.ready.hwset, regs_in.isr.done.hwset}),
      .interrupt_o
  );

  assign isr_o                       = {regs_out.isr.ready.value, regs_out.isr.done.value};
  assign regs_in.status.broken.next  = broken_i;
  assign regs_in.status.tired.next   = tired_i;
  assign regs_in.ticks_lo.value.next = ticks_i[31:0];
  assign regs_in.ticks_hi.value.next = ticks_i[63:32];

  assign x_o                         = {regs_out.x_hi.value.value, regs_out.x_lo.value.value};
  assign rows_o                      = regs_out.rows.value.value;
  assign wide_o                      = {regs_out.wide_hi.value.value, regs_out.wide_lo.value.value};
  assign ldx_o                       = regs_out.ldx.value.value;
  assign flags_o                     = {regs_out.flags.high.value, regs_out.flags.low.value};
  assign y_o                         = {regs_out.y_hi.value.value, regs_out.y_lo.value.value};
endmodule
