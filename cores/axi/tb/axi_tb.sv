// axi_tb: the wires between a master that the tests play and the memory model; nothing drives them here.
module axi_tb (
    input logic clk_i
);
  logic arvalid, arready, rvalid, rready, rlast;
  logic awvalid, awready, wvalid, wready, wlast, bvalid, bready;
  logic [63:0] araddr, awaddr, rdata, wdata;
  logic [7:0] arlen, awlen, wstrb;
  logic [2:0] arsize, awsize;
  logic [1:0] arburst, awburst, rresp, bresp;
  logic [0:0] arid, awid, rid, bid;
endmodule
