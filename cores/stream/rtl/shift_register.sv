// shift_register: a stream delayed by Depth places; gaps between beats keep their length.
// Latency    Depth cycles.  Throughput  1 beat per cycle; a waiting beat at the end stops all places.
// Comb path  y_ready_i -> x_ready_o (and x -> y when Depth is 0).  Reset  clears valid only.
module shift_register #(
    parameter int unsigned Width = 8,  // bits per beat
    parameter int unsigned Depth = 1   // places; 0 is a wire
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             x_valid_i,
    output logic             x_ready_o,
    input  logic [Width-1:0] x_data_i,
    output logic             y_valid_o,
    input  logic             y_ready_i,
    output logic [Width-1:0] y_data_o
);
  if (Width < 1) begin : gen_refuse
    $fatal(1, "%m: Width = %0d; a beat has at least one bit", Width);
  end

  if (Depth == 0) begin : gen_wire
    logic unused;
    assign unused    = &{1'b0, clk_i, rst_ni};
    assign x_ready_o = y_ready_i;
    assign y_valid_o = x_valid_i;
    assign y_data_o  = x_data_i;
  end else begin : gen_places
    logic [Depth-1:0] valid_q;  // place 0 is the youngest
    logic [Width-1:0] data_q[Depth];

    assign x_ready_o = y_ready_i || !y_valid_o;
    assign y_valid_o = valid_q[Depth-1];
    assign y_data_o  = data_q[Depth-1];

    always_ff @(posedge clk_i) begin
      if (!rst_ni) valid_q <= '0;
      else if (x_ready_o) valid_q <= Depth'({valid_q, x_valid_i});
    end

    always_ff @(posedge clk_i) begin
      if (x_ready_o) begin
        data_q[0] <= x_data_i;
        for (int i = 1; i < int'(Depth); i++) data_q[i] <= data_q[i-1];
      end
    end
  end

`ifndef SYNTHESIS
  YHeldUntilTaken_A :
  assert property (@(posedge clk_i) disable iff (!rst_ni)
    y_valid_o && !y_ready_i && (Depth > 0) |=> y_valid_o && $stable(
      y_data_o
  ))
  else $error("%m: waiting beat lost");
`endif
endmodule
