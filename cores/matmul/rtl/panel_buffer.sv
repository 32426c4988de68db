// panel_buffer: panels of up to eight rows, read as one byte per row and cycle, each row a cycle after
// the row before: the skew that a systolic array wants.
// Layout     a word is eight consecutive k of one row. Byte (row n, k) lies in byte bank
//            (n + k) mod 8, all at the word's address, so a word of one row and, transposed, the same
//            k of eight rows both touch every bank once.
// Write      one beat per cycle: a word of row index_i at addr_i; or, transposed, byte n of the beat
//            goes to row n, k mod 8 = index_i, addr_i being row 0's word. Readable 2 cycles later.
// Read       read_i in cycle t with a row's word: its byte i is on lane_o[row] in cycle t + 3 + i.
//            Read row after row, a row again after eight cycles, and every row gives a byte per cycle.
// Comb path  none.  Reset  none: data means nothing until written.
module panel_buffer #(
    parameter  int unsigned Lanes     = 8,             // rows, 1 to 8
    parameter  int unsigned Words     = 16384,         // depth, 64 bits each
    parameter  bit          Transpose = 1,             // transposed writes happen
    localparam int unsigned AddrWidth = $clog2(Words)
) (
    input  logic                 clk_i,
    input  logic                 write_i,
    input  logic                 transposed_i,
    input  logic [          2:0] index_i,
    input  logic [AddrWidth-1:0] addr_i,
    input  logic [         63:0] data_i,
    input  logic                 read_i,
    input  logic [          2:0] read_row_i,
    input  logic [AddrWidth-1:0] read_addr_i,
    output logic [          7:0] lane_o      [Lanes]
);
  if (Lanes < 1 || Lanes > 8 || Words < Lanes || AddrWidth > 16) begin : gen_refuse
    $fatal(
        1, "%m: Lanes = %0d (1 to 8), Words = %0d (at least Lanes, at most 65536)", Lanes, Words
    );
  end

  function automatic logic [63:0] rotated(input logic [63:0] word, input logic [2:0] bytes);
    return 64'({word, word} << {bytes, 3'b000} >> 64);  // byte i goes to place i + bytes
  endfunction

  logic [63:0] turned;  // the beat, each byte at its bank
  assign turned = Transpose ? rotated(data_i, index_i) : data_i;

  logic read_q, read2_q;
  logic [2:0] row_q, row2_q;
  logic [63:0] word, word_q;

  for (genvar i = 0; i < 8; i++) begin : gen_bank
    (* no_rw_check *)
    logic [7:0] memory[Words];
    logic write_q;
    logic [AddrWidth-1:0] addr_q;
    logic [7:0] data_q;
    logic [2:0] row;

    assign row = 3'(i) - index_i;  // which row this bank gets of a transposed beat

    always_ff @(posedge clk_i) begin
      if (Transpose && transposed_i) begin
        write_q <= write_i && 32'(row) < Lanes;
        addr_q  <= addr_i + AddrWidth'(row);
      end else begin
        write_q <= write_i;
        addr_q  <= addr_i;
      end
      data_q <= turned[8*i+:8];
      if (write_q) memory[addr_q] <= data_q;
    end
    always_ff @(posedge clk_i) word[8*i+:8] <= memory[read_addr_i];
  end

  // The word at rest, turned back, enters the shift register of its row.
  logic [63:0] upright;
  assign upright = Transpose ? rotated(word_q, -row2_q) : word_q;

  always_ff @(posedge clk_i) begin
    read_q  <= read_i;
    row_q   <= read_row_i;
    read2_q <= read_q;
    row2_q  <= row_q;
    word_q  <= word;
  end

  for (genvar r = 0; r < Lanes; r++) begin : gen_lane
    logic [63:0] shift_q;
    always_ff @(posedge clk_i) begin
      if (read2_q && row2_q == 3'(r)) shift_q <= upright;
      else shift_q <= shift_q >> 8;
    end
    assign lane_o[r] = shift_q[7:0];
  end
endmodule
