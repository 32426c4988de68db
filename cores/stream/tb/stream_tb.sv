// stream_tb: every block of the core, some of them twice, each beside undriven wires that the tests drive.
module stream_tb (
    input logic clk_i,
    input logic rst_ni
);
  channel_bench #(
      .Block("fifo"),
      .Depth(1)
  ) fifo_1 (
      .*
  );
  channel_bench #(
      .Block("fifo"),
      .Depth(5)
  ) fifo_5 (
      .*
  );
  channel_bench #(
      .Block("fifo"),
      .Depth(8)
  ) fifo_8 (
      .*
  );
  channel_bench #(.Block("slice")) slice (.*);
  channel_bench #(
      .Block("shift"),
      .Depth(0)
  ) shift_0 (
      .*
  );
  channel_bench #(
      .Block("shift"),
      .Depth(1)
  ) shift_1 (
      .*
  );
  channel_bench #(
      .Block("shift"),
      .Depth(4)
  ) shift_4 (
      .*
  );
  mm2s_bench mm2s_64 (.*);
  mm2s_bench #(
      .DataWidth(32),
      .AddrWidth(32),
      .MaxBurst(256),
      .Outstanding(2)
  ) mm2s_32 (
      .*
  );
  s2mm_bench s2mm_64 (.*);
  s2mm_bench #(
      .DataWidth(32),
      .AddrWidth(32),
      .MaxBurst(256),
      .Outstanding(2)
  ) s2mm_32 (
      .*
  );
endmodule

module channel_bench #(
    parameter string       Block = "fifo",
    parameter int unsigned Width = 16,
    parameter int unsigned Depth = 1
) (
    input logic clk_i,
    input logic rst_ni
);
  logic x_valid_i, x_ready_o, y_valid_o, y_ready_i;
  logic [Width-1:0] x_data_i, y_data_o;
  if (Block == "fifo") begin : gen_fifo
    fifo #(
        .Width(Width),
        .Depth(Depth)
    ) u_dut (
        .*
    );
  end else if (Block == "slice") begin : gen_slice
    register_slice #(.Width(Width)) u_dut (.*);
  end else begin : gen_shift
    shift_register #(
        .Width(Width),
        .Depth(Depth)
    ) u_dut (
        .*
    );
  end
endmodule

module mm2s_bench #(
    parameter int unsigned DataWidth   = 64,
    parameter int unsigned AddrWidth   = 64,
    parameter int unsigned MaxBurst    = 16,
    parameter int unsigned Outstanding = 8,
    parameter int unsigned LenWidth    = 16
) (
    input logic clk_i,
    input logic rst_ni
);
  logic cmd_valid_i, cmd_ready_o, data_valid_o, data_ready_i, last_o, error_o, idle_o;
  logic [AddrWidth-1:0] cmd_addr_i, m_axi_araddr_o;
  logic [LenWidth-1:0] cmd_beats_i;
  logic [DataWidth-1:0] data_o, m_axi_rdata_i;
  logic m_axi_arvalid_o, m_axi_arready_i, m_axi_rvalid_i, m_axi_rready_o, m_axi_rlast_i;
  logic [7:0] m_axi_arlen_o;
  logic [2:0] m_axi_arsize_o;
  logic [1:0] m_axi_arburst_o, m_axi_rresp_i;
  mm2s #(
      .DataWidth(DataWidth),
      .AddrWidth(AddrWidth),
      .MaxBurst(MaxBurst),
      .Outstanding(Outstanding),
      .LenWidth(LenWidth)
  ) u_dut (
      .*
  );
endmodule

module s2mm_bench #(
    parameter int unsigned DataWidth   = 64,
    parameter int unsigned AddrWidth   = 64,
    parameter int unsigned MaxBurst    = 16,
    parameter int unsigned Outstanding = 8,
    parameter int unsigned LenWidth    = 16
) (
    input logic clk_i,
    input logic rst_ni
);
  logic cmd_valid_i, cmd_ready_o, data_valid_i, data_ready_o, error_o, idle_o;
  logic [AddrWidth-1:0] cmd_addr_i, m_axi_awaddr_o;
  logic [LenWidth-1:0] cmd_beats_i;
  logic [DataWidth/8-1:0] cmd_last_strb_i, m_axi_wstrb_o;
  logic [DataWidth-1:0] data_i, m_axi_wdata_o;
  logic m_axi_awvalid_o, m_axi_awready_i, m_axi_wvalid_o, m_axi_wready_i, m_axi_wlast_o;
  logic m_axi_bvalid_i, m_axi_bready_o;
  logic [7:0] m_axi_awlen_o;
  logic [2:0] m_axi_awsize_o;
  logic [1:0] m_axi_awburst_o, m_axi_bresp_i;
  s2mm #(
      .DataWidth(DataWidth),
      .AddrWidth(AddrWidth),
      .MaxBurst(MaxBurst),
      .Outstanding(Outstanding),
      .LenWidth(LenWidth)
  ) u_dut (
      .*
  );
endmodule
