// matmul_scales: bias, mult and shift of the columns of the B panels in the buffer.
// Write      one beat from memory per cycle: two of bias or mult, eight of shift.
// Read       slot_i and column_i in cycle t give the column's values in cycle t + 1.
// Comb path  none.  Reset  none: data means nothing until written.
module matmul_scales
  import matmul_pkg::*;
#(
    parameter int unsigned Cols = 8
) (
    input  logic         clk_i,
    input  logic         write_i,
    input  load_e        kind_i,
    input  logic  [ 3:0] slot_i,
    input  logic  [ 2:0] word_i,       // beat of the panel's run
    input  logic  [63:0] data_i,
    input  logic  [ 3:0] read_slot_i,
    input  logic  [ 3:0] column_i,
    output logic  [31:0] bias_o,
    output logic  [31:0] mult_o,
    output logic  [ 5:0] shift_o
);
  localparam int unsigned WideWords = MaxBSlots * Cols / 2;
  localparam int unsigned ShiftWords = MaxBSlots * ((Cols + 7) / 8);
  localparam int unsigned WideAddr = $clog2(WideWords);
  localparam int unsigned ShiftAddr = $clog2(ShiftWords);

  (* no_rw_check, ram_style = "block" *)
  logic [63:0] bias_memory [ WideWords];
  (* no_rw_check, ram_style = "block" *)
  logic [63:0] mult_memory [ WideWords];
  (* no_rw_check *)
  logic [63:0] shift_memory[ShiftWords];
  logic [63:0] bias_q, mult_q, shift_q;
  logic [2:0] column_q;
  logic [WideAddr-1:0] wide_addr, wide_read;
  logic [ShiftAddr-1:0] shift_addr, shift_read;

  assign wide_addr  = WideAddr'(32'(slot_i) * (Cols / 2) + 32'(word_i));
  assign wide_read  = WideAddr'(32'(read_slot_i) * (Cols / 2) + 32'(column_i >> 1));
  assign shift_addr = ShiftAddr'(32'(slot_i) * ((Cols + 7) / 8) + 32'(word_i));
  assign shift_read = ShiftAddr'(32'(read_slot_i) * ((Cols + 7) / 8) + 32'(column_i >> 3));

  always_ff @(posedge clk_i) begin
    if (write_i && kind_i == LoadBias) bias_memory[wide_addr] <= data_i;
    if (write_i && kind_i == LoadMult) mult_memory[wide_addr] <= data_i;
    if (write_i && kind_i == LoadShift) shift_memory[shift_addr] <= data_i;
  end
  always_ff @(posedge clk_i) begin
    bias_q   <= bias_memory[wide_read];
    mult_q   <= mult_memory[wide_read];
    shift_q  <= shift_memory[shift_read];
    column_q <= column_i[2:0];
  end

  assign bias_o  = column_q[0] ? bias_q[63:32] : bias_q[31:0];
  assign mult_o  = column_q[0] ? mult_q[63:32] : mult_q[31:0];
  assign shift_o = shift_q[8*column_q+:6];
endmodule
