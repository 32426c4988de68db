// matmul_setup: takes the arguments at start, refuses bad ones, counts the panels that fit the
// buffers, starts the engine and waits until the last result is in memory.
// Latency    start_i to begin_o: 4 cycles and one per panel of A or B that fits, at most 4 + M / Rows.
// Comb path  none.  Reset  forgets the run.
// Arguments are sampled in the first cycle of a run; the host may write the next ones meanwhile.
module matmul_setup
  import matmul_pkg::*;
#(
    parameter int unsigned Rows   = 8,
    parameter int unsigned Cols   = 8,
    parameter int unsigned ALanes = 8,     // rows of A that share a word address
    parameter int unsigned BLanes = 8,     // columns of B likewise
    parameter int unsigned AWords = 16384, // depth of the buffer of A, in words of 64 bits
    parameter int unsigned BWords = 16384
) (
    input  logic         clk_i,
    input  logic         rst_ni,
    input  logic         start_i,         // level: run while high
    input  args_t        args_i,
    output job_t         job_o,
    output logic         begin_o,         // one cycle: job_o holds, go
    input  logic         finished_i,      // the engine has nothing left to do
    output logic         idle_o,
    output logic         done_o,          // one cycle, the last of a run
    output logic         cleared_o,       // one cycle, the first of a run
    output logic         bad_argument_o,
    output logic  [63:0] cycles_o         // from start to done, of the last run
);
  typedef enum logic [2:0] {
    Idle,
    Check,
    Fit,
    Judge,
    Begin,
    Run,
    Done
  } state_e;

  state_e state_q;
  args_t  args_q;
  logic sizes_bad_q, strides_bad_q, places_bad_q, bad_argument_q;
  logic [63:0] cycles_q;
  logic [ 9:0] k_words;
  logic [8:0] a_panels, a_slots_q;
  logic [10:0] b_panels;
  logic [4:0] b_limit, b_slots_q;
  logic [15:0] a_panel, b_panel;
  logic [16:0] a_used_q, b_used_q;  // words, with one more panel
  logic a_more, b_more, refused;

  assign cleared_o = state_q == Idle && start_i;
  assign begin_o = state_q == Begin;
  assign done_o = state_q == Done;
  assign idle_o = state_q == Idle;
  assign bad_argument_o = bad_argument_q;
  assign cycles_o = cycles_q;

  // Sizes are below 2**13 here, or refused.
  assign k_words = 10'((14'(args_q.k) + 14'd7) >> 3);
  assign a_panel = 16'(k_words) * 16'(ALanes);
  assign b_panel = 16'(k_words) * 16'(BLanes);
  assign a_panels = 9'((11'(args_q.m) + 11'(Rows - 1)) / 11'(Rows));
  assign b_panels = 11'((14'(args_q.n) + 14'(Cols - 1)) / 14'(Cols));
  assign b_limit = b_panels < 11'(MaxBSlots) ? 5'(b_panels) : 5'(MaxBSlots);
  assign a_more = a_used_q <= 17'(AWords) && a_slots_q < a_panels;
  assign refused = sizes_bad_q || strides_bad_q || places_bad_q || a_slots_q == '0 ||
      b_slots_q == '0;
  assign b_more = b_used_q <= 17'(BWords) && b_slots_q < b_limit;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= Idle;
      bad_argument_q <= 1'b0;
      cycles_q <= '0;
    end else begin
      unique case (state_q)
        Idle:    if (start_i) state_q <= Check;
        Check:   state_q <= Fit;
        Fit:     if (!a_more && !b_more) state_q <= Judge;
        Judge:   state_q <= refused ? Done : Begin;
        Begin:   state_q <= Run;
        Run:     if (finished_i) state_q <= Done;
        default: state_q <= Idle;
      endcase
      if (cleared_o) bad_argument_q <= 1'b0;
      else if (state_q == Judge) bad_argument_q <= refused;
      if (cleared_o) cycles_q <= '0;
      else if (state_q != Idle) cycles_q <= cycles_q + 64'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (cleared_o) args_q <= args_i;
    sizes_bad_q <= args_q.m == '0 || args_q.m > MaxM || args_q.n == '0 || args_q.n > MaxN ||
        args_q.k == '0 || args_q.k > MaxK;
    strides_bad_q <= args_q.lda < args_q.k || args_q.lda[2:0] != '0 ||
        args_q.ldb < (args_q.b_is_nk ? args_q.k : args_q.n) || args_q.ldb[2:0] != '0 ||
        args_q.ldd < args_q.n || args_q.ldd[0] || (!args_q.raw && args_q.ldd[2:0] != '0);
    places_bad_q <= (args_q.a[2:0] | args_q.b[2:0] | args_q.d[2:0]) != '0 ||
        (!args_q.raw && (args_q.bias[2:0] | args_q.mult[2:0] | args_q.shift[2:0]) != '0);
    if (state_q == Check) begin
      a_slots_q <= '0;
      b_slots_q <= '0;
      a_used_q  <= 17'(a_panel);
      b_used_q  <= 17'(b_panel);
    end else if (state_q == Fit) begin
      if (a_more) begin
        a_slots_q <= a_slots_q + 9'd1;
        a_used_q  <= a_used_q + 17'(a_panel);
      end
      if (b_more) begin
        b_slots_q <= b_slots_q + 5'd1;
        b_used_q  <= b_used_q + 17'(b_panel);
      end
    end
  end

  assign job_o = '{
          a: args_q.a,
          b: args_q.b,
          bias: args_q.bias,
          mult: args_q.mult,
          shift: args_q.shift,
          d: args_q.d,
          m: 11'(args_q.m),
          n: 13'(args_q.n),
          k: 13'(args_q.k),
          lda: args_q.lda,
          ldb: args_q.ldb,
          ldd: args_q.raw ? {args_q.ldd, 2'b00} : {2'b00, args_q.ldd},
          b_is_nk: args_q.b_is_nk,
          raw: args_q.raw,
          k_words: k_words,
          a_slots: a_slots_q,
          b_slots: b_slots_q
      };
endmodule
