// sdram_init_checker: stops the simulation at any SDRAM command that comes before its time.
// In order: PowerUpCycles with CKE high; PRECHARGE ALL; at least two AUTO REFRESH; LOAD MODE with the
// mode the controller was built for (others may come before); only then ACTIVATE, READ and WRITE.
// Looks at the DFI, so at what the PHY would put on the pins. Phases are in time order, 0 first.
module sdram_init_checker #(
    parameter int unsigned Phases = 2,  // SDRAM clocks per system clock
    parameter int unsigned AddrWidth = 13,
    parameter logic [AddrWidth-1:0] Mode = 'h21,  // burst length and CAS latency
    parameter int unsigned PowerUpCycles = 5000  // system clocks from CKE to the first command
) (
    input logic clk_i,
    input logic rst_ni,
    input logic [Phases-1:0] cke_i,
    input logic [Phases-1:0] cs_n_i,
    input logic [Phases-1:0] ras_n_i,
    input logic [Phases-1:0] cas_n_i,
    input logic [Phases-1:0] we_n_i,
    input logic [Phases*AddrWidth-1:0] address_i
);
  typedef enum logic [2:0] {
    LoadMode  = 3'b000,
    Refresh   = 3'b001,
    Precharge = 3'b010,
    Activate  = 3'b011,
    Write     = 3'b100,
    Read      = 3'b101,
    Stop      = 3'b110,
    Nop       = 3'b111
  } command_t;

  // What has been seen so far
  int unsigned up_cycles;  // with CKE high
  int unsigned refreshes;  // since the first PRECHARGE ALL
  logic precharged;
  logic mode_loaded;  // with the right value, after the refreshes, by the last LOAD MODE
  logic accessed;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      up_cycles <= 0;
      refreshes <= 0;
      precharged <= 1'b0;
      mode_loaded <= 1'b0;
      accessed <= 1'b0;
    end else begin
      if (&cke_i) up_cycles <= up_cycles + (up_cycles < PowerUpCycles ? 1 : 0);
      else if (precharged) $error("%m: CKE fell after the first command");
      for (int phase = 0; phase < int'(Phases); phase++) begin
        automatic command_t command = command_t'({ras_n_i[phase], cas_n_i[phase], we_n_i[phase]});
        automatic logic [AddrWidth-1:0] address = address_i[phase*AddrWidth+:AddrWidth];
        if (!cs_n_i[phase] && command != Nop) begin
          if (up_cycles < PowerUpCycles)
            $error(
                "%m: %s after %0d cycles of CKE; %0d are needed",
                command.name(),
                up_cycles,
                PowerUpCycles
            );
          unique case (command)
            Precharge: begin
              if (!precharged && !address[10]) $error("%m: first PRECHARGE of one bank");
              precharged <= 1'b1;
            end
            Refresh: begin
              if (!precharged) $error("%m: AUTO REFRESH before PRECHARGE ALL");
              refreshes <= refreshes + (refreshes < 2 ? 1 : 0);
            end
            LoadMode: begin
              if (!precharged) $error("%m: LOAD MODE before PRECHARGE ALL");
              mode_loaded <= address == Mode && (mode_loaded || refreshes >= 2);
            end
            Activate, Read, Write: begin
              if (!precharged || refreshes < 2 || !mode_loaded)
                $error(
                    "%m: %s before the SDRAM is initialised: precharged %b, refreshes %0d, mode %b",
                    command.name(),
                    precharged,
                    refreshes,
                    mode_loaded
                );
              if (!accessed) $display("sdram: first access after complete initialisation");
              accessed <= 1'b1;
            end
            default: $error("%m: unexpected command %s", command.name());
          endcase
        end
      end
    end
  end
endmodule
