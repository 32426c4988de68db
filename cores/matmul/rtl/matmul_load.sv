// matmul_load: the address generators of A, B and the scales: which runs of memory to read, in the
// order of first use, as far ahead as the buffers have room.
// Order      A panel 0, B panel 0, the other A panels of the block, the other B panels; next block.
//            Before each B panel its bias, mult and shift (unless raw).
// Throughput a command per cycle within a panel.  Comb path  cmd_ready_i, load_ready_i -> cmd_valid_o,
//            load_valid_o: command and description leave in the same cycle.
// Reset      forgets the run.
// B as [N][K] is read in whole rows; as [K][N] in one short burst per k, slow where latency is long.
module matmul_load
  import matmul_pkg::*;
#(
    parameter int unsigned Rows = 8,
    parameter int unsigned Cols = 8
) (
    input  logic         clk_i,
    input  logic         rst_ni,
    input  logic         begin_i,
    input  job_t         job_i,
    input  logic         a_free_i,      // one cycle: a slot of A may be overwritten
    input  logic         b_free_i,
    output logic         cmd_valid_o,
    input  logic         cmd_ready_i,
    output logic  [63:0] cmd_addr_o,
    output logic  [ 9:0] cmd_beats_o,
    output logic         load_valid_o,  // with each command, what its beats are
    input  logic         load_ready_i,
    output load_t        load_o
);
  localparam int unsigned ShiftStep = Cols;  // bytes from panel to panel
  localparam int unsigned ScaleStep = 4 * Cols;

  typedef enum logic [1:0] {
    Idle,
    Choose,
    Issue
  } state_e;

  state_e state_q;
  load_e  kind_q;
  logic [63:0] a_ptr_q, b_ptr_q, b_col_q, bias_ptr_q, mult_ptr_q, shift_ptr_q;
  logic [63:0] pointer, next_pointer;
  logic [31:0] step;
  logic [10:0] m_left_q;  // rows of A not yet asked for
  logic [12:0] n_left_q;  // columns of B not yet asked for, in this block
  logic [8:0] a_index_q;  // in the block
  logic [8:0] a_free_q;
  logic [4:0] b_free_q;
  logic [12:0] row_q;  // run within the panel
  logic b_first_q;  // no B panel of this block yet
  logic a_left, b_left, want_a, want_b, take, last_run, start_b;
  logic [4:0] rows, cols;
  logic [12:0] runs;

  assign rows = m_left_q < 11'(Rows) ? 5'(m_left_q) : 5'(Rows);
  assign cols = n_left_q < 13'(Cols) ? 5'(n_left_q) : 5'(Cols);
  assign a_left = m_left_q != '0 && a_index_q != job_i.a_slots;
  assign b_left = n_left_q != '0;
  assign want_b = b_left && (b_first_q ? a_index_q != '0 : !a_left);
  assign want_a = a_left && !want_b;
  assign start_b = state_q == Choose && want_b && b_free_q != '0;

  always_comb begin
    unique case (kind_q)
      LoadA: {pointer, step, runs} = {a_ptr_q, job_i.lda, 13'(rows)};
      LoadB: {pointer, step, runs} = {b_ptr_q, job_i.ldb, job_i.b_is_nk ? 13'(cols) : job_i.k};
      LoadBias: {pointer, step, runs} = {bias_ptr_q, 32'(ScaleStep), 13'd1};
      LoadMult: {pointer, step, runs} = {mult_ptr_q, 32'(ScaleStep), 13'd1};
      default: {pointer, step, runs} = {shift_ptr_q, 32'(ShiftStep), 13'd1};
    endcase
    unique case (kind_q)
      LoadA: cmd_beats_o = job_i.k_words;
      LoadB: cmd_beats_o = job_i.b_is_nk ? job_i.k_words : (10'(cols) + 10'd7) >> 3;
      LoadBias, LoadMult: cmd_beats_o = (10'(cols) + 10'd1) >> 1;
      default: cmd_beats_o = (10'(cols) + 10'd7) >> 3;
    endcase
  end

  assign next_pointer = pointer + 64'(step);
  assign last_run = row_q == runs - 13'd1;
  assign take = state_q == Issue && cmd_ready_i && load_ready_i;
  assign cmd_valid_o = state_q == Issue && load_ready_i;
  assign load_valid_o = state_q == Issue && cmd_ready_i;
  assign cmd_addr_o = {pointer[63:3], 3'b000};
  assign load_o = '{kind: kind_q, upper: pointer[2], last: last_run};

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= Idle;
    else if (begin_i) state_q <= Choose;
    else begin
      unique case (state_q)
        Choose:
        if (want_a ? a_free_q != '0 : start_b) state_q <= Issue;
        else if (!want_a && !want_b && m_left_q == '0) state_q <= Idle;
        Issue: if (take && last_run && (kind_q == LoadA || kind_q == LoadB)) state_q <= Choose;
        default: ;
      endcase
    end
  end

  // Where the next run is.
  always_ff @(posedge clk_i) begin
    if (begin_i || (state_q == Choose && !want_a && !want_b)) begin  // a block begins
      b_ptr_q     <= job_i.b;
      b_col_q     <= job_i.b;
      bias_ptr_q  <= job_i.bias;
      mult_ptr_q  <= job_i.mult;
      shift_ptr_q <= job_i.shift;
    end else if (start_b && !job_i.b_is_nk) begin
      b_ptr_q <= b_col_q;
      b_col_q <= b_col_q + 64'(Cols);
    end else if (take) begin
      if (kind_q == LoadB) b_ptr_q <= next_pointer;
      if (kind_q == LoadBias) bias_ptr_q <= next_pointer;
      if (kind_q == LoadMult) mult_ptr_q <= next_pointer;
      if (kind_q == LoadShift) shift_ptr_q <= next_pointer;
    end
    if (begin_i) a_ptr_q <= job_i.a;
    else if (take && kind_q == LoadA) a_ptr_q <= next_pointer;
  end

  // What is left to do.
  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      m_left_q <= job_i.m;
      n_left_q <= job_i.n;
      a_index_q <= '0;
      b_first_q <= 1'b1;
      row_q <= '0;
    end else if (state_q == Choose) begin
      kind_q <= want_a ? LoadA : job_i.raw ? LoadB : LoadBias;
      if (!want_a && !want_b) begin  // the next block
        n_left_q  <= job_i.n;
        a_index_q <= '0;
        b_first_q <= 1'b1;
      end
    end else if (take) begin
      row_q <= last_run ? '0 : row_q + 13'd1;
      if (last_run) begin
        unique case (kind_q)
          LoadA: begin
            m_left_q  <= m_left_q - 11'(rows);
            a_index_q <= a_index_q + 9'd1;
          end
          LoadB: begin
            n_left_q  <= n_left_q - 13'(cols);
            b_first_q <= 1'b0;
          end
          LoadBias: kind_q <= LoadMult;
          LoadMult: kind_q <= LoadShift;
          default:  kind_q <= LoadB;
        endcase
      end
    end
  end

  // Slots of the buffers that may be written.
  always_ff @(posedge clk_i) begin
    if (begin_i) begin
      a_free_q <= job_i.a_slots;
      b_free_q <= job_i.b_slots;
    end else begin
      a_free_q <= a_free_q + 9'(a_free_i) - 9'(state_q == Choose && want_a && a_free_q != '0);
      b_free_q <= b_free_q + 5'(b_free_i) - 5'(start_b);
    end
  end
endmodule
