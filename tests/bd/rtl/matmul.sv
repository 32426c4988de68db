// A stand-in for the engine that proves the path from its AXI master to the SDRAM: random bursts,
// random strobes, compared with a copy of the window it works in; some bursts go outside the SDRAM
// and must be answered DECERR.
//   0x10 window (byte address, 64 KiB)   0x58 rounds   0x00 start, then done (bit 1) and idle (bit 2)
//   0x800 mismatches   0x808 beats read or written   0x810 cycles
module matmul #(
    parameter int unsigned Rows = 8,
    Cols = 8,
    parameter int unsigned ABufBytes = 131072,
    BBufBytes = 131072
) (
    input logic ap_clk,
    input logic ap_rst_n,
    output logic interrupt,
    input logic s_axi_control_awvalid,
    output logic s_axi_control_awready,
    input logic [11:0] s_axi_control_awaddr,
    input logic [2:0] s_axi_control_awprot,
    input logic s_axi_control_wvalid,
    output logic s_axi_control_wready,
    input logic [31:0] s_axi_control_wdata,
    input logic [3:0] s_axi_control_wstrb,
    output logic s_axi_control_bvalid,
    input logic s_axi_control_bready,
    output logic [1:0] s_axi_control_bresp,
    input logic s_axi_control_arvalid,
    output logic s_axi_control_arready,
    input logic [11:0] s_axi_control_araddr,
    input logic [2:0] s_axi_control_arprot,
    output logic s_axi_control_rvalid,
    input logic s_axi_control_rready,
    output logic [31:0] s_axi_control_rdata,
    output logic [1:0] s_axi_control_rresp,
    output logic m_axi_gmem_awvalid,
    input logic m_axi_gmem_awready,
    output logic [63:0] m_axi_gmem_awaddr,
    output logic m_axi_gmem_wvalid,
    input logic m_axi_gmem_wready,
    output logic [63:0] m_axi_gmem_wdata,
    output logic [7:0] m_axi_gmem_wstrb,
    output logic m_axi_gmem_wlast,
    input logic m_axi_gmem_bvalid,
    output logic m_axi_gmem_bready,
    input logic [1:0] m_axi_gmem_bresp,
    input logic m_axi_gmem_bid,
    output logic m_axi_gmem_arvalid,
    input logic m_axi_gmem_arready,
    output logic [63:0] m_axi_gmem_araddr,
    output logic [7:0] m_axi_gmem_arlen,
    input logic m_axi_gmem_rvalid,
    output logic m_axi_gmem_rready,
    input logic [63:0] m_axi_gmem_rdata,
    input logic [1:0] m_axi_gmem_rresp,
    input logic m_axi_gmem_rlast,
    input logic m_axi_gmem_rid
);
  localparam int unsigned WindowBeats = 8192;
  localparam int unsigned BurstsPerRound = 24;

  logic [63:0] window;
  int unsigned rounds, mismatches, beats, cycles;
  logic busy, done, start;

  // ---- control: one access at a time
  assign interrupt = done;
  assign s_axi_control_awready = s_axi_control_awvalid && s_axi_control_wvalid &&
                                 !s_axi_control_bvalid;
  assign s_axi_control_wready = s_axi_control_awready;
  assign s_axi_control_arready = !s_axi_control_rvalid;
  assign {s_axi_control_bresp, s_axi_control_rresp} = '0;
  always_ff @(posedge ap_clk) begin
    start <= 1'b0;
    if (!ap_rst_n) begin
      s_axi_control_bvalid <= 1'b0;
      s_axi_control_rvalid <= 1'b0;
    end else begin
      if (s_axi_control_awready) begin
        s_axi_control_bvalid <= 1'b1;
        case (s_axi_control_awaddr)
          12'h000: start <= s_axi_control_wdata[0];
          12'h010: window[31:0] <= s_axi_control_wdata;
          12'h014: window[63:32] <= s_axi_control_wdata;
          12'h058: rounds <= s_axi_control_wdata;
          default: ;
        endcase
      end else if (s_axi_control_bready) s_axi_control_bvalid <= 1'b0;
      if (s_axi_control_arvalid && s_axi_control_arready) begin
        s_axi_control_rvalid <= 1'b1;
        case (s_axi_control_araddr)
          12'h000: s_axi_control_rdata <= {29'b0, !busy, done, 1'b0};
          12'h800: s_axi_control_rdata <= mismatches;
          12'h808: s_axi_control_rdata <= beats;
          12'h810: s_axi_control_rdata <= cycles;
          default: s_axi_control_rdata <= '0;
        endcase
      end else if (s_axi_control_rready) s_axi_control_rvalid <= 1'b0;
    end
  end

  // ---- traffic: rounds of writes, then rounds of reads; many bursts on their way at once
  typedef struct {
    logic [63:0] addr;
    int unsigned beats;
    logic outside;
  } burst_t;
  typedef struct {
    logic [63:0] data;
    logic [7:0] strb;
    logic last;
  } wbeat_t;
  typedef struct {
    logic [63:0] data;
    logic last, outside;
  } rbeat_t;

  logic [63:0] copy[WindowBeats];
  burst_t asks[$];
  wbeat_t wbeats[$];
  rbeat_t rbeats[$];
  logic answers[$];  // of write bursts: outside
  logic writing;  // this round writes
  int unsigned round;
  int unsigned pause;

  function automatic burst_t new_burst();
    automatic burst_t burst;
    automatic int unsigned first = $urandom_range(WindowBeats - 1);
    automatic int unsigned room = 512 - first % 512;  // to the 4 KiB line
    automatic int unsigned longest = room < 32 ? room : 32;
    burst.beats = $urandom_range(3) == 0 ? 1 : $urandom_range(longest, 1);
    burst.outside = $urandom_range(15) == 0;
    burst.addr = window + 64'(first) * 8;
    if (burst.outside) burst.addr = burst.addr ^ (64'h0200_0000 << $urandom_range(38));
    return burst;
  endfunction

  function automatic void plan_round(input logic writes);
    automatic burst_t burst;
    automatic wbeat_t w;
    automatic rbeat_t r;
    automatic int unsigned at;
    for (int n = 0; n < int'(BurstsPerRound); n++) begin
      burst = new_burst();
      asks.push_back(burst);
      at = int'((burst.addr >> 3) % 64'(WindowBeats));
      if (writes) answers.push_back(burst.outside);
      for (int unsigned i = 0; i < burst.beats; i++) begin
        if (writes) begin
          w.data = {$urandom, $urandom};
          w.strb = $urandom_range(1) == 0 ? 8'hff : 8'($urandom);
          w.last = i == burst.beats - 1;
          if (!burst.outside)
            for (int b = 0; b < 8; b++) if (w.strb[b]) copy[at+i][8*b+:8] = w.data[8*b+:8];
          wbeats.push_back(w);
        end else begin
          r.data = copy[at+i];
          r.last = i == burst.beats - 1;
          r.outside = burst.outside;
          rbeats.push_back(r);
        end
      end
    end
  endfunction

  initial for (int i = 0; i < int'(WindowBeats); i++) copy[i] = '0;

  logic ask_valid, w_valid;
  burst_t ask;
  wbeat_t w_now;
  assign m_axi_gmem_awvalid = ask_valid && writing;
  assign m_axi_gmem_arvalid = ask_valid && !writing;
  assign m_axi_gmem_awaddr = ask.addr;
  assign m_axi_gmem_araddr = ask.addr;
  assign m_axi_gmem_arlen = 8'(ask.beats - 1);
  assign m_axi_gmem_wvalid = w_valid;
  assign m_axi_gmem_wdata = w_now.data;
  assign m_axi_gmem_wstrb = w_now.strb;
  assign m_axi_gmem_wlast = w_now.last;

  always @(posedge ap_clk) begin
    automatic rbeat_t r;
    automatic logic b;
    if (!ap_rst_n) begin
      {busy, done, ask_valid, w_valid} <= '0;
      {m_axi_gmem_bready, m_axi_gmem_rready} <= '0;
      {mismatches, beats, cycles, round} <= '0;
    end else begin
      // readiness comes and goes in long and short spells
      if (pause == 0) pause <= $urandom_range(9) == 0 ? $urandom_range(60) : $urandom_range(3);
      else pause <= pause - 1;
      m_axi_gmem_rready <= pause < 3;
      m_axi_gmem_bready <= pause < 2;
      if (busy) cycles <= cycles + 1;
      if (start && !busy) begin
        {busy, done, writing} <= 3'b100;
        {mismatches, beats, cycles, round} <= '0;
      end else if (busy && asks.size() == 0 && wbeats.size() == 0 && rbeats.size() == 0 &&
                   answers.size() == 0 && !ask_valid && !w_valid) begin
        if (round == rounds) {busy, done} <= 2'b01;
        else begin
          plan_round(!writing);  // first writes, then reads, and so on
          writing <= !writing;
          round   <= round + 1;
        end
      end

      if (ask_valid && (writing ? m_axi_gmem_awready : m_axi_gmem_arready)) ask_valid <= 1'b0;
      if ((!ask_valid || (writing ? m_axi_gmem_awready : m_axi_gmem_arready)) && asks.size() > 0)
      begin
        ask <= asks.pop_front();
        ask_valid <= 1'b1;
      end
      if (w_valid && m_axi_gmem_wready) begin
        w_valid <= 1'b0;
        beats   <= beats + 1;
      end
      if ((!w_valid || m_axi_gmem_wready) && wbeats.size() > 0 && $urandom_range(7) != 0) begin
        w_now   <= wbeats.pop_front();
        w_valid <= 1'b1;
      end
      if (m_axi_gmem_rvalid && m_axi_gmem_rready) begin
        beats <= beats + 1;
        if (rbeats.size() == 0) mismatches <= mismatches + 1;
        else begin
          r = rbeats.pop_front();
          if (m_axi_gmem_rlast != r.last || m_axi_gmem_rresp != (r.outside ? 2'b11 : 2'b00) ||
              (!r.outside && m_axi_gmem_rdata != r.data)) mismatches <= mismatches + 1;
        end
      end
      if (m_axi_gmem_bvalid && m_axi_gmem_bready) begin
        if (answers.size() == 0) mismatches <= mismatches + 1;
        else begin
          b = answers.pop_front();
          if (m_axi_gmem_bresp != (b ? 2'b11 : 2'b00)) mismatches <= mismatches + 1;
        end
      end
    end
  end

  wire unused = &{1'b0, m_axi_gmem_bid, m_axi_gmem_rid, s_axi_control_wstrb,
                  s_axi_control_awprot, s_axi_control_arprot, Rows[0], Cols[0], ABufBytes[0],
                  BBufBytes[0]};
endmodule
