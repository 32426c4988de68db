// matmul_bench: products of the Verilated engine against the same integers in C++, bit for bit.
//
//   Vmatmul --m=128 --k=1024 --n=4096            one product: cycles, utilisation, speed
//   Vmatmul --random=200 --seed=3                random shapes, layouts, strides, stalls, errors
//   Vmatmul --random=1 --seed=3 --first=17       case 17 of them again
//   further: --layout=nk|kn --raw=1 --data=random|extremes|minimum|zeros|small --latency=64
//            --outstanding=8 --stall=PERCENT --dump=FILE --verbose=1
//            --rows=8 --cols=8 --max-burst=16 --a-bytes=131072 --b-bytes=131072
//
// The last line says what the engine was built with. The dump holds operands and result, for
// bitwright.golden to judge. Exit status 1: a wrong byte, a broken bus rule or a hang, with the command
// that shows it again.
#include <chrono>
#include <cinttypes>
#include <cstdlib>
#include <map>
#include <memory>

#include "Vmatmul.h"
#include "axi_memory.h"
#include "verilated.h"

namespace {

using axi::Breach;
using axi::Random;
using axi::text;

// Registers: `python -m bitwright.kernel map cores/matmul/kernel.yml`
enum : uint32_t {
  Ctrl = 0x00, Gie = 0x04, Ier = 0x08, Isr = 0x0c,
  A = 0x10, B = 0x1c, Bias = 0x28, Mult = 0x34, Shift = 0x40, D = 0x4c,
  M = 0x58, N = 0x60, K = 0x68, Lda = 0x70, Ldb = 0x78, Ldd = 0x80, Flags = 0x88,
  Status = 0x800, Cycles = 0x808,
};
enum : uint32_t { Start = 1, Done = 2, Idle = 4, Ready = 8 };
enum : uint32_t { ReadError = 1, WriteError = 2, BadArgument = 4 };

constexpr uint64_t MemoryBase = 0x5a5a'1234'5000'0000;  // uses all 64 bits of an address
constexpr uint64_t MemoryBytes = 128u << 20;

uint64_t padded(uint64_t bytes) { return (bytes + 7) & ~uint64_t{7}; }

/// What could go wrong on purpose.
enum class Fault { None, Read, Write, Argument };

/// What the engine was built with.
struct Engine {
  unsigned rows = 8, cols = 8, max_burst = 16, a_bytes = 131072, b_bytes = 131072;
  /// The largest K of which a panel fits either buffer.
  unsigned most_k() const { return std::min({a_bytes / rows, b_bytes / cols, 6400u}) & ~7u; }
};

/// One product: sizes, strides in elements, how memory behaves, what is done to the engine.
struct Case {
  unsigned m = 128, n = 4096, k = 1024, lda = 0, ldb = 0, ldd = 0;  // strides: 0 is the smallest
  bool nk = true, raw = false;
  std::string data = "random";
  axi::Settings memory;
  uint64_t seed = 1;
  Fault fault = Fault::None;
  bool disturb = false;       // write arguments and start again while it runs
  unsigned reset_after = 0;   // cycles; 0: no reset in the middle

  unsigned d_bytes() const { return raw ? 4 : 1; }
  unsigned b_rows() const { return nk ? n : k; }
  unsigned b_row() const { return nk ? k : n; }
  void complete() {
    if (!lda) lda = unsigned(padded(k));
    if (!ldb) ldb = unsigned(padded(b_row()));
    if (!ldd) ldd = unsigned(padded(uint64_t(n) * d_bytes()) / d_bytes());
  }
};

/// Where the operands of a case stand, and what D must become.
struct Operands {
  uint64_t a, b, bias, mult, shift, d, end;
  std::vector<int32_t> acc;  // [m][n]
};

int8_t requantise(int32_t acc, int32_t bias, int32_t mult, unsigned shift) {
  __int128 product = __int128(int64_t(acc) + bias) * mult;  // 65 bits
  __int128 quotient = product >> shift, lost = product - (quotient << shift);
  __int128 half = shift ? __int128(1) << (shift - 1) : 1;
  if (lost > half || (lost == half && (quotient & 1))) quotient++;
  return int8_t(quotient > 127 ? 127 : quotient < -128 ? -128 : quotient);
}

class Bench {
 public:
  explicit Bench(const Engine& engine) : engine_(engine), memory_(MemoryBase, MemoryBytes) { reset(); }
  ~Bench() { top_.final(); }

  uint64_t cycle() const { return cycle_; }

  /// Runs one case; returns the cycles from start to done. Throws Breach with what is wrong.
  uint64_t run(Case c) {
    c.complete();
    memory_.configure(c.memory);
    Operands at = place(c);
    if (c.reset_after) {
      begin(c, at);
      for (unsigned i = 0; i < c.reset_after; i++) tick();
      reset();
    }
    uint64_t started = begin(c, at);
    if (c.disturb) disturb();
    uint64_t cycles = wait(c, started);
    check_control(c, cycles);
    if (c.fault == Fault::Argument) {
      if (memory_.reads_seen + memory_.writes_seen) throw Breach("memory touched by a refused start");
    } else if (c.fault != Fault::Read) {
      check_result(c, at);
    }
    return cycles;
  }

  /// Operands and result of the last case: int64 m, n, k, nk, raw; then A, B, bias, mult, shift, D.
  void dump(const Case& given, const std::string& path) {
    Case c = given;
    c.complete();
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "wb"), std::fclose);
    if (!file) throw std::runtime_error("cannot write " + path);
    int64_t head[] = {c.m, c.n, c.k, c.nk, c.raw};
    std::fwrite(head, sizeof head, 1, file.get());
    auto rows = [&](uint64_t addr, unsigned count, uint64_t bytes, uint64_t stride) {
      for (unsigned i = 0; i < count; i++)
        std::fwrite(memory_.at(addr + i * stride, bytes), 1, bytes, file.get());
    };
    rows(last_.a, c.m, c.k, c.lda);
    rows(last_.b, c.b_rows(), c.b_row(), c.ldb);
    rows(last_.bias, 1, 4ull * c.n, 0);
    rows(last_.mult, 1, 4ull * c.n, 0);
    rows(last_.shift, 1, c.n, 0);
    rows(last_.d, c.m, uint64_t(c.n) * c.d_bytes(), uint64_t(c.ldd) * c.d_bytes());
  }

 private:
  // ------------------------------------------------------------------------------- operands

  /// Lays out and fills all buffers, at random distances, some ending at a 4 KiB line.
  Operands place(const Case& c) {
    Random random(c.seed);
    uint64_t next = MemoryBase + 8 * random.below(600);
    auto buffer = [&](uint64_t bytes) {
      uint64_t addr = next;
      if (random.percent(30)) addr = (addr + 4095) & ~uint64_t{4095};
      next = padded(addr + bytes) + 8 * random.below(40);
      return addr;
    };
    Operands at{};
    at.a = buffer(uint64_t(c.m) * c.lda);
    at.b = buffer(uint64_t(c.b_rows()) * c.ldb);
    at.bias = buffer(4ull * c.n);
    at.mult = buffer(4ull * c.n);
    at.shift = buffer(c.n);
    at.d = buffer(uint64_t(c.m) * c.ldd * c.d_bytes());
    at.end = next;
    if (at.end > MemoryBase + MemoryBytes) throw std::runtime_error("too large for the bench");
    memory_.clear(at.end - MemoryBase, uint8_t(random.next()));
    fill(c, at, random);
    allow(c, at, random);
    multiply(c, at);
    last_ = at;
    return at;
  }

  void fill(const Case& c, const Operands& at, Random& random) {
    auto byte = [&]() -> int8_t {
      if (c.data == "minimum") return -128;
      if (c.data == "zeros") return 0;
      if (c.data == "small") return int8_t(random.between(-3, 3));
      if (c.data == "extremes") return random.percent(50) ? -128 : 127;
      return int8_t(random.next());
    };
    for (unsigned i = 0; i < c.m; i++)
      for (auto *p = memory_.at(at.a + uint64_t(i) * c.lda, c.k), *e = p + c.k; p < e; p++) *p = uint8_t(byte());
    for (unsigned i = 0; i < c.b_rows(); i++)
      for (auto *p = memory_.at(at.b + uint64_t(i) * c.ldb, c.b_row()), *e = p + c.b_row(); p < e; p++)
        *p = uint8_t(byte());
    unsigned log_k = 0;
    while ((2u << log_k) < c.k) log_k++;
    bool wild = c.data == "extremes" || random.percent(25);
    for (unsigned i = 0; i < c.n; i++) {
      int32_t bias = int32_t(random.next()), mult = int32_t(random.next());
      uint8_t shift = uint8_t(random.below(64));
      if (!wild) {  // values that land inside int8, so that rounding shows
        bias >>= 10;
        shift = uint8_t(random.between(30 + log_k / 2, 40 + log_k / 2));
      } else if (random.percent(30)) {
        bias = random.percent(50) ? INT32_MIN : INT32_MAX;
        mult = random.percent(50) ? INT32_MIN : INT32_MAX;
      } else if (random.percent(50)) {  // ties: an exact half is lost
        mult = 1;
        bias = int32_t(random.between(-2000, 2000));
        shift = uint8_t(random.below(8));
      }
      if (random.percent(10)) shift |= 0xc0;  // only the low six bits count
      std::memcpy(memory_.at(at.bias + 4ull * i, 4), &bias, 4);
      std::memcpy(memory_.at(at.mult + 4ull * i, 4), &mult, 4);
      *memory_.at(at.shift + i, 1) = shift;
    }
  }

  /// Exactly what the engine may read and write: rows padded to words, and D's own bytes.
  void allow(const Case& c, const Operands& at, Random& random) {
    using Mem = axi::Memory;
    for (unsigned i = 0; i < c.m; i++) {
      memory_.allow(at.a + uint64_t(i) * c.lda, c.k, Mem::Readable);
      memory_.allow(at.d + uint64_t(i) * c.ldd * c.d_bytes(), uint64_t(c.n) * c.d_bytes(), Mem::Writable);
    }
    for (unsigned i = 0; i < c.b_rows(); i++)
      memory_.allow(at.b + uint64_t(i) * c.ldb, c.b_row(), Mem::Readable);
    if (!c.raw) {
      memory_.allow(at.bias, 4ull * c.n, Mem::Readable);
      memory_.allow(at.mult, 4ull * c.n, Mem::Readable);
      memory_.allow(at.shift, c.n, Mem::Readable);
    }
    if (c.fault == Fault::Read) {
      uint64_t addr = at.a + random.below(c.m) * c.lda + random.below(c.k);
      if (random.percent(50)) addr = at.b + random.below(c.b_rows()) * c.ldb + random.below(c.b_row());
      if (!c.raw && random.percent(20)) addr = at.bias + 4 * random.below(c.n);
      if (!c.raw && random.percent(20)) addr = at.shift + random.below(c.n);
      memory_.allow(addr & ~uint64_t{7}, 8, Mem::FailRead);
    }
    if (c.fault == Fault::Write)
      memory_.allow(at.d + (random.below(c.m) * c.ldd + random.below(c.n)) * c.d_bytes(), 1, Mem::FailWrite);
  }

  void multiply(const Case& c, Operands& at) {
    at.acc.assign(size_t(c.m) * c.n, 0);
    for (unsigned i = 0; i < c.m; i++) {
      auto* a = reinterpret_cast<const int8_t*>(memory_.at(at.a + uint64_t(i) * c.lda, c.k));
      int32_t* acc = &at.acc[size_t(i) * c.n];
      for (unsigned r = 0; r < c.b_rows(); r++) {
        auto* b = reinterpret_cast<const int8_t*>(memory_.at(at.b + uint64_t(r) * c.ldb, c.b_row()));
        if (c.nk) {
          int32_t sum = 0;
          for (unsigned x = 0; x < c.k; x++) sum += int32_t(a[x]) * b[x];
          acc[r] = sum;
        } else {
          for (unsigned x = 0; x < c.n; x++) acc[x] += int32_t(a[r]) * b[x];
        }
      }
    }
  }

  void check_result(const Case& c, const Operands& at) {
    for (unsigned i = 0; i < c.m; i++)
      for (unsigned j = 0; j < c.n; j++) {
        int32_t want = at.acc[size_t(i) * c.n + j], got;
        const uint8_t* d = memory_.at(at.d + (uint64_t(i) * c.ldd + j) * c.d_bytes(), c.d_bytes());
        if (c.raw) {
          std::memcpy(&got, d, 4);
        } else {
          int32_t bias, mult;
          std::memcpy(&bias, memory_.at(at.bias + 4ull * j, 4), 4);
          std::memcpy(&mult, memory_.at(at.mult + 4ull * j, 4), 4);
          want = requantise(want, bias, mult, *memory_.at(at.shift + j, 1) & 63);
          got = int8_t(*d);
        }
        if (got != want) throw Breach(text("D[%u][%u] is %d, expected %d", i, j, got, want));
      }
  }

  // -------------------------------------------------------------------------------- the run

  /// Writes the arguments and start; returns the cycle in which start was offered.
  uint64_t begin(const Case& c, const Operands& at) {
    write64(A, at.a), write64(B, at.b), write64(Bias, at.bias), write64(Mult, at.mult);
    write64(Shift, at.shift), write64(D, at.d);
    write(M, c.m), write(N, c.n), write(K, c.k);
    write(Lda, c.lda), write(Ldb, c.ldb), write(Ldd, c.ldd);
    write(Flags, uint32_t(c.nk) | uint32_t(c.raw) << 1);
    if (c.fault == Fault::Argument) spoil(c, at);
    write(Gie, 1), write(Ier, 1);
    if (read(Ctrl) != Idle) throw Breach(text("CTRL is %#x before start", read(Ctrl)));
    uint64_t started = cycle_;
    write(Ctrl, Start);
    return started;
  }

  /// One argument that the engine must refuse.
  void spoil(const Case& c, const Operands& at) {
    Random random(c.seed + 1);
    const uint32_t pointers[] = {A, B, D};
    const uint64_t values[] = {at.a, at.b, at.d};
    const uint32_t sizes[] = {M, N, K}, strides[] = {Lda, Ldb, Ldd};
    const uint32_t too_large[] = {1025, 6401, 6401};
    const uint32_t rows[] = {c.k, c.b_row(), c.n};
    size_t i = random.below(3);
    switch (random.below(engine_.most_k() < 6400 ? 6 : 5)) {
      case 0: return write64(pointers[i], values[i] + 1 + random.below(7));
      case 1: return write(sizes[i], 0);
      case 2: return write(sizes[i], too_large[i] + uint32_t(random.below(1 << 20)));
      case 3: return write(strides[i], uint32_t(padded(rows[i]) + 8 * random.below(9) + 1 + 2 * random.below(4)));
      case 4: return write(strides[i], uint32_t(rows[i] > 8 ? (rows[i] - 1) / 8 * 8 : 0));
      default:  // a panel larger than a buffer
        write(Lda, 6400), write(Ldb, 6400);
        return write(K, engine_.most_k() + 1 + uint32_t(random.below(6400 - engine_.most_k())));
    }
  }

  /// A host that does not wait: new arguments and another start while the engine runs.
  void disturb() {
    write64(D, MemoryBase);
    write(K, 1);
    write(Ctrl, Start);
  }

  uint64_t wait(const Case& c, uint64_t started) {
    uint64_t beats = uint64_t(c.m) * c.k / 8 + uint64_t(c.n) * c.k / 4 + uint64_t(c.m) * c.n + c.m + c.n;
    uint64_t limit = 50'000 + uint64_t(c.m) * c.n * c.k + beats * (100 + 10 * c.memory.latency);
    for (uint64_t i = 0; !top_.__SYM__interrupt; i++) {
      if (i == limit) throw Breach(text("no done after %" PRIu64 " cycles: a hang", limit));
      tick();
    }
    if (memory_.busy()) throw Breach("done while bursts are in flight");
    return cycle_ - started;
  }

  /// Done is seen once, the interrupt falls when toggled, status says what happened.
  void check_control(const Case& c, uint64_t cycles) {
    uint32_t want = c.fault == Fault::Read       ? ReadError
                    : c.fault == Fault::Write    ? WriteError
                    : c.fault == Fault::Argument ? BadArgument
                                                 : 0;
    if (uint32_t got = read(Status); got != want) throw Breach(text("status is %#x, expected %#x", got, want));
    if (uint32_t got = read(Ctrl); got != (Done | Ready | Idle)) throw Breach(text("CTRL is %#x at done", got));
    if (uint32_t got = read(Ctrl); got != Idle) throw Breach(text("CTRL is %#x after it was read", got));
    if (uint32_t got = read(Isr); got != 1) throw Breach(text("ISR is %#x at done", got));
    write(Isr, 1);
    if (top_.__SYM__interrupt) throw Breach("the interrupt stays after ISR was toggled");
    uint64_t counted = read(Cycles) | uint64_t(read(Cycles + 4)) << 32;
    if (counted + 8 < cycles || counted > cycles)
      throw Breach(text("register cycles says %" PRIu64 ", the bench saw %" PRIu64, counted, cycles));
  }

  // ---------------------------------------------------------------------- clock and control port

  void reset() {
    top_.ap_rst_n = 0;
    top_.s_axi_control_awvalid = top_.s_axi_control_wvalid = top_.s_axi_control_arvalid = 0;
    top_.s_axi_control_bready = top_.s_axi_control_rready = 0;
    for (int i = 0; i < 4; i++) {
      memory_.reset();
      tick();
    }
    memory_.reset();
    drive({});
    top_.ap_rst_n = 1;
  }

  void tick() {
    top_.ap_clk = 0;
    top_.eval();
    axi::FromMaster m;
    m.ar = {bool(top_.m_axi_gmem_arvalid), top_.m_axi_gmem_araddr, top_.m_axi_gmem_arlen,
            top_.m_axi_gmem_arsize, top_.m_axi_gmem_arburst, top_.m_axi_gmem_arid};
    m.aw = {bool(top_.m_axi_gmem_awvalid), top_.m_axi_gmem_awaddr, top_.m_axi_gmem_awlen,
            top_.m_axi_gmem_awsize, top_.m_axi_gmem_awburst, top_.m_axi_gmem_awid};
    m.w = {bool(top_.m_axi_gmem_wvalid), bool(top_.m_axi_gmem_wlast), top_.m_axi_gmem_wdata,
           top_.m_axi_gmem_wstrb};
    m.rready = top_.m_axi_gmem_rready;
    m.bready = top_.m_axi_gmem_bready;
    top_.ap_clk = 1;
    top_.eval();
    drive(memory_.edge(m));
    cycle_++;
  }

  void drive(const axi::ToMaster& s) {
    top_.m_axi_gmem_arready = s.arready;
    top_.m_axi_gmem_rvalid = s.rvalid;
    top_.m_axi_gmem_rdata = s.rdata;
    top_.m_axi_gmem_rlast = s.rlast;
    top_.m_axi_gmem_rresp = s.rresp;
    top_.m_axi_gmem_rid = 0;
    top_.m_axi_gmem_awready = s.awready;
    top_.m_axi_gmem_wready = s.wready;
    top_.m_axi_gmem_bvalid = s.bvalid;
    top_.m_axi_gmem_bresp = s.bresp;
    top_.m_axi_gmem_bid = 0;
  }

  template <class Ready, class Valid>
  void until(Ready ready, Valid valid) {  // holds valid until the cycle in which ready was high
    for (int i = 0; i < 1000; i++) {
      top_.ap_clk = 0;
      top_.eval();
      bool taken = ready();
      tick();
      if (taken) {
        valid();
        return;
      }
    }
    throw Breach("the control port does not answer");
  }

  void write(uint32_t addr, uint32_t value) {
    top_.s_axi_control_awvalid = top_.s_axi_control_wvalid = 1;
    top_.s_axi_control_awaddr = uint16_t(addr);
    top_.s_axi_control_wdata = value;
    top_.s_axi_control_wstrb = 0xf;
    bool aw = true, w = true;  // still to be taken
    for (int i = 0; aw || w; i++) {
      if (i == 1000) throw Breach("the control port takes no write");
      top_.ap_clk = 0;
      top_.eval();
      bool aw_taken = top_.s_axi_control_awready, w_taken = top_.s_axi_control_wready;
      tick();
      if (aw_taken) aw = top_.s_axi_control_awvalid = 0;
      if (w_taken) w = top_.s_axi_control_wvalid = 0;
    }
    top_.s_axi_control_bready = 1;
    until([&] { return top_.s_axi_control_bvalid; }, [&] { top_.s_axi_control_bready = 0; });
  }

  void write64(uint32_t addr, uint64_t value) {
    write(addr, uint32_t(value));
    write(addr + 4, uint32_t(value >> 32));
  }

  uint32_t read(uint32_t addr) {
    top_.s_axi_control_arvalid = 1;
    top_.s_axi_control_araddr = uint16_t(addr);
    until([&] { return top_.s_axi_control_arready; }, [&] { top_.s_axi_control_arvalid = 0; });
    uint32_t value = 0;
    top_.s_axi_control_rready = 1;
    until(
        [&] {
          value = top_.s_axi_control_rdata;
          return top_.s_axi_control_rvalid;
        },
        [&] { top_.s_axi_control_rready = 0; });
    return value;
  }

  Engine engine_;
  Vmatmul top_;
  axi::Memory memory_;
  Operands last_{};
  uint64_t cycle_ = 0;
};

// ----------------------------------------------------------------------------------- command line

/// A case from a seed alone. Work is bounded, so that hundreds of cases take seconds.
Case random_case(uint64_t seed, const Engine& engine) {
  Random random(seed);
  Case c;
  auto size = [&](unsigned largest) -> unsigned {
    uint64_t value = random.percent(10)   ? 1
                     : random.percent(40) ? 1 + random.below(40)
                     : random.percent(50) ? 8 * (1 + random.below(40)) + random.below(3) - 1
                     : random.percent(20) ? largest - random.below(9)
                                          : 1 + random.below(400);
    return unsigned(std::min<uint64_t>(value, largest));
  };
  do {
    c.m = size(1024), c.n = size(6400), c.k = size(engine.most_k());
  } while (uint64_t(c.m) * c.n * c.k > 3'000'000 || uint64_t(c.n) * c.k > 400'000);
  c.nk = random.percent(50);
  c.raw = random.percent(30);
  c.complete();
  if (random.percent(40)) c.lda += 8 * unsigned(random.below(70));
  if (random.percent(40)) c.ldb += 8 * unsigned(random.below(70));
  if (random.percent(40)) c.ldd += 8 / c.d_bytes() * unsigned(random.below(70));
  const char* data[] = {"random", "random", "extremes", "minimum", "zeros", "small"};
  const unsigned stalls[] = {0, 0, 10, 40, 75}, latencies[] = {1, 5, 20, 64}, held[] = {1, 2, 8, 16};
  c.data = data[random.below(6)];
  c.memory = {.latency = latencies[random.below(4)],
              .outstanding = held[random.below(4)],
              .max_burst = engine.max_burst,
              .stall_percent = stalls[random.below(5)],
              .seed = seed,
              .address_waits_for_data = random.percent(25)};
  c.seed = seed;
  if (random.percent(8)) c.fault = Fault::Read;
  else if (random.percent(8)) c.fault = Fault::Write;
  else if (random.percent(12)) c.fault = Fault::Argument;
  c.disturb = c.fault == Fault::None && c.memory.latency == 64 && random.percent(40);
  if (random.percent(8)) c.reset_after = 1 + unsigned(random.below(2000));
  return c;
}

std::string describe(const Case& c) {
  const char* faults[] = {"", ", read error", ", write error", ", bad argument"};
  return text("m=%u n=%u k=%u %s%s ld=%u,%u,%u %s latency %u, %u outstanding, %u%% stalls%s%s%s", c.m, c.n,
              c.k, c.nk ? "nk" : "kn", c.raw ? " raw" : "", c.lda, c.ldb, c.ldd, c.data.c_str(),
              c.memory.latency, c.memory.outstanding, c.memory.stall_percent, faults[int(c.fault)],
              c.disturb ? ", disturbed" : "", c.reset_after ? ", reset in the middle" : "");
}

using Options = std::map<std::string, std::string>;

Options parse(int argc, char** argv) {
  Options options = {{"m", "128"},      {"n", "4096"},       {"k", "1024"},     {"lda", "0"},
                     {"ldb", "0"},      {"ldd", "0"},        {"layout", "nk"},  {"raw", "0"},
                     {"data", "random"}, {"latency", "64"},  {"outstanding", "8"}, {"stall", "0"},
                     {"max-burst", "16"}, {"rows", "8"},     {"cols", "8"},     {"seed", "1"},
                     {"random", "0"},   {"first", "0"},      {"dump", ""},      {"verbose", "0"},
                     {"a-bytes", "131072"}, {"b-bytes", "131072"}};
  for (int i = 1; i < argc; i++) {
    std::string word = argv[i];
    size_t equal = word.find('=');
    if (word[0] == '+') continue;  // Verilator's own
    if (word.rfind("--", 0) || equal == std::string::npos || !options.count(word.substr(2, equal - 2)))
      throw std::runtime_error("unknown option " + word + "; options are --name=value, see the source");
    options[word.substr(2, equal - 2)] = word.substr(equal + 1);
  }
  return options;
}

unsigned number(const Options& options, const char* name) {
  const std::string& value = options.at(name);
  char* end = nullptr;
  unsigned long parsed = std::strtoul(value.c_str(), &end, 0);
  if (value.empty() || *end || parsed > 0xffffffffu)
    throw std::runtime_error(std::string("--") + name + "=" + value + " is no number");
  return unsigned(parsed);
}

Engine engine_of(const Options& options) {
  return {number(options, "rows"), number(options, "cols"), number(options, "max-burst"),
          number(options, "a-bytes"), number(options, "b-bytes")};
}

int run_random(Bench& bench, const Options& options) {
  unsigned count = number(options, "random"), seed = number(options, "seed");
  unsigned first = number(options, "first"), failed = 0;
  for (unsigned i = first; i < first + count; i++) {
    Case c = random_case(uint64_t(seed) << 32 | i, engine_of(options));
    if (number(options, "verbose")) std::printf("case %u: %s\n", i, describe(c).c_str()), std::fflush(stdout);
    try {
      bench.run(c);
    } catch (const Breach& breach) {
      std::printf("FAIL case %u: %s\n  %s\n  again: --random=1 --seed=%u --first=%u\n", i, breach.what(),
                  describe(c).c_str(), seed, i);
      failed++;
      break;  // the engine's state is worth nothing now
    }
  }
  if (!failed) std::printf("%u random products bit-exact, %" PRIu64 " cycles\n", count, bench.cycle());
  return failed != 0;
}

int run_one(Bench& bench, const Options& options) {
  Case c;
  c.m = number(options, "m"), c.n = number(options, "n"), c.k = number(options, "k");
  c.lda = number(options, "lda"), c.ldb = number(options, "ldb"), c.ldd = number(options, "ldd");
  c.nk = options.at("layout") != "kn";
  c.raw = number(options, "raw") != 0;
  c.data = options.at("data");
  c.seed = number(options, "seed");
  c.memory = {.latency = number(options, "latency"),
              .outstanding = number(options, "outstanding"),
              .max_burst = number(options, "max-burst"),
              .stall_percent = number(options, "stall"),
              .seed = c.seed};
  c.complete();
  auto began = std::chrono::steady_clock::now();
  uint64_t cycles = bench.run(c);
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  if (!options.at("dump").empty()) bench.dump(c, options.at("dump"));
  double macs = double(c.m) * c.n * c.k, lanes = double(number(options, "rows")) * number(options, "cols");
  std::printf("product      M=%u K=%u N=%u, B as %s, bit-exact\n", c.m, c.k, c.n, c.nk ? "[N][K]" : "[K][N]");
  std::printf("cycles       %" PRIu64 " from start to done\n", cycles);
  std::printf("utilisation  %.2f %% of %.0f multiply-accumulates per cycle\n",
              100 * macs / lanes / double(cycles), lanes);
  std::printf("simulation   %.0f cycles per second\n", double(bench.cycle()) / wall.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Verilated::commandArgs(argc, argv);
  try {
    Options options = parse(argc, argv);
    Bench bench(engine_of(options));
    return number(options, "random") ? run_random(bench, options) : run_one(bench, options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "FAIL: %s\n", error.what());
    return 1;
  }
}
