// tile_buffer: some tiles of results, written by the rows of a systolic array as they come, read value
// by value.
// Write      every row in its own time, column 0 first; tile after tile round the slots.
// Read       slot_i, row_i and column_i in cycle t give the value in cycle t + 1.
// Comb path  none.  Reset  the next value of every row is column 0 of slot 0; no tile complete.
module tile_buffer #(
    parameter int unsigned Rows = 8,  // 2 to 16
    parameter int unsigned Cols = 8,  // a power of two, at most 16
    parameter int unsigned Slots = 4,  // tiles held, a power of two from 2
    parameter int unsigned Width = 32,
    localparam int unsigned SlotBits = $clog2(Slots)
) (
    input logic clk_i,
    input logic rst_ni,
    input logic valid_i[Rows],
    input logic [Width-1:0] data_i[Rows],
    output logic complete_o,  // one cycle: the last row's last value can be read
    input logic [SlotBits-1:0] slot_i,
    input logic [3:0] row_i,
    input logic [3:0] column_i,
    output logic [Width-1:0] data_o
);
  localparam int unsigned ColBits = $clog2(Cols);
  if (Rows < 2 || Rows > 16 || Cols < 2 || Cols > 16 || 2 ** ColBits != Cols) begin : gen_refuse
    $fatal(1, "%m: Rows = %0d (2 to 16), Cols = %0d (2, 4, 8 or 16)", Rows, Cols);
  end
  if (Slots < 2 || 2 ** SlotBits != Slots) begin : gen_refuse_slots
    $fatal(1, "%m: Slots = %0d; a power of two from 2", Slots);
  end

  logic [Width-1:0] read[Rows];
  logic [Rows-1:0] row_end;
  logic [SlotBits+ColBits-1:0] read_addr;
  assign read_addr = {slot_i, ColBits'(column_i)};

  for (genvar r = 0; r < Rows; r++) begin : gen_row
    logic [Width-1:0] memory[Slots*Cols];
    logic [SlotBits+ColBits-1:0] place_q;  // slot and column of the next value
    always_ff @(posedge clk_i) begin
      if (!rst_ni) place_q <= '0;
      else if (valid_i[r]) place_q <= place_q + (SlotBits + ColBits)'(1);
    end
    always_ff @(posedge clk_i) if (valid_i[r]) memory[place_q] <= data_i[r];
    assign read[r] = memory[read_addr];
    assign row_end[r] = valid_i[r] && place_q[ColBits-1:0] == '1;
  end

  always_ff @(posedge clk_i) begin
    complete_o <= rst_ni && row_end[Rows-1];
    data_o     <= read[$clog2(Rows)'(row_i)];
  end

`ifndef SYNTHESIS
  LastRowIsLast_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni) row_end[Rows-1] |=> !row_end[Rows-2])
  else $error("%m: the rows are not staggered as of an array");
`endif
endmodule
