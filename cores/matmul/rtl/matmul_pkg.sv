// matmul_pkg: the words that the parts of the engine exchange.
package matmul_pkg;
  localparam int unsigned MaxM = 1024;
  localparam int unsigned MaxN = 6400;
  localparam int unsigned MaxK = 6400;
  localparam int unsigned MaxBSlots = 16;  // panels of B held at a time; each has its own scales
  // Tiles of results held at a time. Two keep up with long tiles; a tile of K = 64 is computed in the
  // time in which another is drained and a third is on its way through the array.
  localparam int unsigned TileSlots = 4;

  typedef struct packed {  // the registers as the host wrote them
    logic [63:0] a, b, bias, mult, shift, d;
    logic [31:0] m, n, k, lda, ldb, ldd;  // strides in elements
    logic b_is_nk, raw;
  } args_t;

  typedef struct packed {  // one run: arguments found good, and what follows from them
    logic [63:0] a, b, bias, mult, shift, d;  // byte addresses
    logic [10:0] m;
    logic [12:0] n, k;
    logic [31:0] lda, ldb;  // bytes from row to row
    logic [33:0] ldd;  // likewise
    logic b_is_nk;
    logic raw;
    logic [9:0] k_words;  // 64-bit words of a row of A: K / 8 rounded up
    logic [8:0] a_slots;  // row panels of A that the buffer holds: a block
    logic [4:0] b_slots;  // column panels of B that the buffer holds
  } job_t;

  typedef enum logic [2:0] {
    LoadA,
    LoadB,
    LoadBias,
    LoadMult,
    LoadShift
  } load_e;

  typedef struct packed {  // what a run of beats from memory is
    load_e kind;
    logic  upper;  // the wanted half of the beat is the upper one (panels of four columns)
    logic  last;   // of its panel
  } load_t;
endpackage
