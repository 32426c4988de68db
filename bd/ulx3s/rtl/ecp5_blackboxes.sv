// The primitives of ECP5 whose parameters the generated system sets, as black boxes: of Yosys' own,
// slang sees ports but no parameters. For synthesis alone.
(* blackbox *)
module EHXPLLL #(
    parameter int CLKI_DIV = 1,
    parameter int CLKFB_DIV = 1,
    parameter int CLKOP_DIV = 8,
    parameter int CLKOS_DIV = 8,
    parameter int CLKOS2_DIV = 8,
    parameter int CLKOS3_DIV = 8,
    parameter CLKOP_ENABLE = "ENABLED",
    parameter CLKOS_ENABLE = "DISABLED",
    parameter CLKOS2_ENABLE = "DISABLED",
    parameter CLKOS3_ENABLE = "DISABLED",
    parameter int CLKOP_CPHASE = 0,
    parameter int CLKOS_CPHASE = 0,
    parameter int CLKOS2_CPHASE = 0,
    parameter int CLKOS3_CPHASE = 0,
    parameter int CLKOP_FPHASE = 0,
    parameter int CLKOS_FPHASE = 0,
    parameter int CLKOS2_FPHASE = 0,
    parameter int CLKOS3_FPHASE = 0,
    parameter FEEDBK_PATH = "CLKOP"
) (
    input  CLKI,
    input  CLKFB,
    input  PHASESEL1,
    input  PHASESEL0,
    input  PHASEDIR,
    input  PHASESTEP,
    input  PHASELOADREG,
    input  STDBY,
    input  PLLWAKESYNC,
    input  RST,
    input  ENCLKOP,
    input  ENCLKOS,
    input  ENCLKOS2,
    input  ENCLKOS3,
    output CLKOP,
    output CLKOS,
    output CLKOS2,
    output CLKOS3,
    output LOCK,
    output INTLOCK,
    output REFCLK,
    output CLKINTFB
);
endmodule

(* blackbox *)
module TRELLIS_IO #(
    parameter DIR = "INPUT"
) (
    inout  B,
    input  I,
    input  T,
    output O
);
endmodule
