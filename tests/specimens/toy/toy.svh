`define TOY_STRIDE 24'd1
