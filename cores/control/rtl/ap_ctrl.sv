// ap_ctrl: the ap_ctrl_hs protocol between a generated register block and an engine.
// Latency    none: start reaches the engine in the cycle after the write, done its registers at once.
// Comb path  all of it.  Reset  none; the registers have theirs.
//
// start_o is a level: high from the host's write until the cycle of done_i, and on, when auto_restart is
// set. The engine takes it when idle (start_o && !busy), copies its arguments in that cycle, works, and
// raises done_i for one cycle after its last write response; it must not look at start_o in that cycle.
// A start written while busy, the cycle of done included, has no effect: neither on the product that is
// running, whose arguments were copied, nor as a second start.
module ap_ctrl (
    // Engine
    output logic       start_o,
    input  logic       busy_i,          // from the cycle after start was taken to done, inclusive
    input  logic       done_i,          // one cycle
    // Fields of the register block, hwif_out
    input  logic       start_i,         // ctrl.start.value
    input  logic       auto_restart_i,  // ctrl.auto_restart.value
    input  logic       gie_i,           // gie.enable.value
    input  logic [1:0] ier_i,           // {ier.ready.value, ier.done.value}
    input  logic [1:0] isr_i,           // {isr.ready.value, isr.done.value}
    // Fields of the register block, hwif_in
    output logic       start_hwclr_o,   // ctrl.start.hwclr
    output logic       done_hwset_o,    // ctrl.done.hwset
    output logic       ready_hwset_o,   // ctrl.ready.hwset
    output logic       idle_o,          // ctrl.idle.next
    output logic [1:0] isr_hwset_o,     // {isr.ready.hwset, isr.done.hwset}
    output logic       interrupt_o
);
  assign start_o       = start_i;
  assign start_hwclr_o = done_i && !auto_restart_i;
  assign done_hwset_o  = done_i;
  assign ready_hwset_o = done_i;  // the next arguments may be written long before: they are copied
  assign idle_o        = !start_i && !busy_i;
  assign isr_hwset_o   = ier_i & {2{done_i}};
  assign interrupt_o   = gie_i && isr_i != '0;
endmodule
