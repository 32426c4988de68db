// matmul_panels: the panel buffer of one operand, for any array: as many panel_buffers of up to eight
// rows as it takes, the second one read eight cycles after the first.
// Latency    as panel_buffer: byte 0 of row r is on lane_o[r] 3 + r cycles after read_i of row 0.
// Comb path  none.  Reset  reads under way in later groups.
module matmul_panels #(
    parameter  int unsigned Count     = 8,             // rows of the panel: 4, 8 or 16
    parameter  int unsigned Words     = 16384,         // depth of a group of rows
    parameter  bit          Transpose = 1,             // transposed writes happen
    localparam int unsigned AddrWidth = $clog2(Words)
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 write_i,
    input  logic                 group_i,             // which eight rows are written
    input  logic                 transposed_i,
    input  logic [          2:0] index_i,
    input  logic [AddrWidth-1:0] addr_i,
    input  logic [         63:0] data_i,
    input  logic                 read_i,
    input  logic [          2:0] read_row_i,
    input  logic [AddrWidth-1:0] read_addr_i,
    output logic [          7:0] lane_o      [Count]
);
  localparam int unsigned Lanes = Count < 8 ? Count : 8;
  localparam int unsigned Groups = Count / Lanes;

  for (genvar g = 0; g < Groups; g++) begin : gen_group
    logic read;
    logic [2:0] read_row;
    logic [AddrWidth-1:0] read_addr;
    logic [7:0] lane[Lanes];

    if (g == 0) begin : gen_now
      assign {read, read_row, read_addr} = {read_i, read_row_i, read_addr_i};
    end else begin : gen_later
      logic [AddrWidth+3:0] wait_q[8*g];
      always_ff @(posedge clk_i) begin
        for (int unsigned i = 0; i < 8 * g; i++) begin
          wait_q[i] <= i == 0 ? {read_i, read_row_i, read_addr_i} : wait_q[i-1];
          if (!rst_ni) wait_q[i][AddrWidth+3] <= 1'b0;
        end
      end
      assign {read, read_row, read_addr} = wait_q[8*g-1];
    end

    panel_buffer #(
        .Lanes    (Lanes),
        .Words    (Words),
        .Transpose(Transpose)
    ) u_buffer (
        .clk_i,
        .write_i    (write_i && (Groups == 1 || 32'(group_i) == g)),
        .transposed_i,
        .index_i,
        .addr_i,
        .data_i,
        .read_i     (read),
        .read_row_i (read_row),
        .read_addr_i(read_addr),
        .lane_o     (lane)
    );
    for (genvar r = 0; r < Lanes; r++) begin : gen_lane
      assign lane_o[8*g+r] = lane[r];
    end
  end
endmodule
