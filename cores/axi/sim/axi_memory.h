// A memory behind an AXI4 port of 64 bits, compiled: the C++ twin of axi_memory.py, same rules, same
// checks. It answers late, stalls at random by seed, and throws Breach at the first broken rule:
// INCR bursts of full-width beats within 4 KiB and max_burst, one ID, nothing outside the declared
// buffers (byte by byte for writes), WLAST where AWLEN says, valid held and payload stable until
// taken, and no response left over.
#pragma once

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

namespace axi {

struct Breach : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// printf into a std::string.
[[gnu::format(printf, 1, 2)]] inline std::string text(const char* format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return line;
}

/// splitmix64: the same numbers for the same seed on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t bound) { return next() % bound; }
  int64_t between(int64_t low, int64_t high) { return low + int64_t(below(uint64_t(high - low) + 1)); }
  bool percent(unsigned chance) { return chance != 0 && below(100) < chance; }

 private:
  uint64_t state_;
};

struct Address {  // AR or AW
  bool valid = false;
  uint64_t addr = 0;
  uint8_t len = 0, size = 3, burst = 1, id = 0;
  bool operator==(const Address&) const = default;
};

struct WriteBeat {
  bool valid = false, last = false;
  uint64_t data = 0;
  uint8_t strb = 0;
  bool operator==(const WriteBeat&) const = default;
};

/// What the master drives in a cycle.
struct FromMaster {
  Address ar, aw;
  WriteBeat w;
  bool rready = false, bready = false;
};

/// What the memory drives in a cycle.
struct ToMaster {
  bool arready = false, awready = false, wready = false;
  bool rvalid = false, rlast = false, bvalid = false;
  uint64_t rdata = 0;
  uint8_t rresp = 0, bresp = 0;
};

struct Settings {
  unsigned latency = 64;      // cycles from a taken address to its first beat, from the last W to B
  unsigned outstanding = 8;   // bursts held per direction
  unsigned max_burst = 16;    // beats
  unsigned stall_percent = 0; // chance per cycle and channel of not being ready, or of no answer
  uint64_t seed = 1;
  bool address_waits_for_data = false;  // AWREADY only while WVALID, as some slaves do
};

class Memory {
 public:
  static constexpr uint64_t Page = 4096, Beat = 8;
  enum : uint8_t { Readable = 1, Writable = 2, FailRead = 4, FailWrite = 8 };

  /// Addresses from `base` on, `bytes` of them; base is a multiple of 4 KiB.
  Memory(uint64_t base, uint64_t bytes) : base_(base), data_(bytes), rights_(bytes) {}

  void configure(const Settings& settings) {
    settings_ = settings;
    random_ = Random(settings.seed);
  }

  /// The first `bytes`, and what was cleared before: unreadable, unwritable, holding `fill`. Nothing in
  /// flight, nothing counted.
  void clear(uint64_t bytes, uint8_t fill) {
    used_ = std::min<uint64_t>(std::max(used_, bytes), data_.size());
    std::fill_n(data_.begin(), used_, fill);
    std::fill_n(rights_.begin(), used_, 0);
    used_ = bytes;
    reset();
    reads_seen = writes_seen = beats_read = beats_written = 0;
  }

  /// Forget what is in flight, as the memory's own reset would.
  void reset() {
    reads_.clear();
    writes_.clear();
    responses_.clear();
    early_.clear();
    before_ = {};
    now_ = {};
    waiting_ar_ = waiting_aw_ = waiting_w_ = false;
  }

  uint8_t* at(uint64_t addr, uint64_t bytes) {
    if (addr < base_ || addr - base_ > data_.size() || bytes > data_.size() - (addr - base_))
      throw std::logic_error(text("the bench itself left its memory at %#lx", long(addr)));
    return &data_[addr - base_];
  }

  /// Give rights to bytes; readable ones are rounded up to whole beats, as buffers are padded.
  void allow(uint64_t addr, uint64_t bytes, uint8_t rights) {
    if (rights & Readable) {
      uint64_t first = addr & ~(Beat - 1), end = (addr + bytes + Beat - 1) & ~(Beat - 1);
      for (uint64_t i = first; i < end; i++) rights_[i - base_] |= Readable;
    }
    uint8_t rest = uint8_t(rights & ~Readable);
    for (uint64_t i = 0; rest && i < bytes; i++) rights_[addr + i - base_] |= rest;
  }

  bool busy() const {
    return !reads_.empty() || !writes_.empty() || !responses_.empty() || !early_.empty();
  }

  /// One rising edge: what both sides drove before it gives what the memory drives after it.
  const ToMaster& edge(const FromMaster& master) {
    cycle_++;
    check_held(master);
    read_address(master.ar);
    read_data(master.rready);
    write_address(master.aw, master.w.valid);
    write_data(master.w);
    write_response(master.bready);
    before_ = master;
    return now_;
  }

  uint64_t reads_seen = 0, writes_seen = 0;      // bursts
  uint64_t beats_read = 0, beats_written = 0;

 private:
  struct Burst {
    uint64_t addr;
    unsigned beats;
    uint64_t ready_at;
    unsigned done = 0;
    bool failed = false;
  };

  bool stalls() { return random_.percent(settings_.stall_percent); }

  /// What was offered and not taken must still be offered, unchanged.
  void check_held(const FromMaster& m) {
    if (waiting_ar_ && !(m.ar == before_.ar)) throw Breach("AR changed or fell while it waited");
    if (waiting_aw_ && !(m.aw == before_.aw)) throw Breach("AW changed or fell while it waited");
    if (waiting_w_ && !(m.w == before_.w)) throw Breach("W changed or fell while it waited");
    waiting_ar_ = m.ar.valid && !now_.arready;
    waiting_aw_ = m.aw.valid && !now_.awready;
    waiting_w_ = m.w.valid && !now_.wready;
  }

  void check_burst(const char* channel, const Address& a, uint8_t right) {
    unsigned beats = a.len + 1u;
    const char* fault = nullptr;
    if (a.size != 3) fault = "narrow beats";
    else if (a.burst != 1) fault = "not INCR";
    else if (a.id != 0) fault = "another ID";
    else if (a.addr % Beat) fault = "not aligned to a beat";
    else if (beats > settings_.max_burst) fault = "longer than the maximum burst";
    else if (a.addr % Page + beats * Beat > Page) fault = "crosses a 4 KiB line";
    else if (a.addr < base_ || a.addr - base_ + beats * Beat > data_.size()) fault = "outside memory";
    else if (right == Readable)
      for (uint64_t i = 0; i < beats * Beat && !fault; i++)
        if (!(rights_[a.addr - base_ + i] & right)) fault = "outside the buffers";
    if (fault) throw Breach(text("%s %#lx of %u beats: %s", channel, long(a.addr), beats, fault));
  }

  void read_address(const Address& ar) {
    if (ar.valid && now_.arready) {
      check_burst("AR", ar, Readable);
      reads_.push_back({ar.addr, ar.len + 1u, cycle_ + settings_.latency});
      reads_seen++;
    }
    now_.arready = reads_.size() < settings_.outstanding && !stalls();
  }

  void read_data(bool rready) {
    if (now_.rvalid && rready) {
      beats_read++;
      if (++reads_.front().done == reads_.front().beats) reads_.pop_front();
      now_.rvalid = false;
    }
    if (now_.rvalid || reads_.empty() || stalls() || cycle_ < reads_.front().ready_at) return;
    const Burst& burst = reads_.front();
    uint64_t offset = burst.addr + burst.done * Beat - base_;
    now_.rvalid = true;
    now_.rlast = burst.done + 1 == burst.beats;
    now_.rresp = rights_[offset] & FailRead ? 2 : 0;
    std::memcpy(&now_.rdata, &data_[offset], Beat);
  }

  void write_address(const Address& aw, bool wvalid) {
    if (aw.valid && now_.awready) {
      check_burst("AW", aw, Writable);
      writes_.push_back({aw.addr, aw.len + 1u, 0});
      writes_seen++;
    }
    bool wait = settings_.address_waits_for_data && !wvalid && early_.empty();
    now_.awready = writes_.size() + responses_.size() < settings_.outstanding && !wait && !stalls();
  }

  void write_data(const WriteBeat& w) {
    if (w.valid && now_.wready) early_.push_back(w);
    for (; !early_.empty() && !writes_.empty(); early_.pop_front()) write_beat(early_.front());
    if (early_.size() > 2 * settings_.max_burst) throw Breach("W far ahead of any AW");
    now_.wready = !stalls();
  }

  void write_beat(const WriteBeat& w) {
    Burst& burst = writes_.front();
    uint64_t offset = burst.addr + burst.done * Beat - base_;
    beats_written++;
    for (unsigned i = 0; i < Beat; i++) {
      if (!(w.strb >> i & 1)) continue;
      if (!(rights_[offset + i] & Writable))
        throw Breach(text("W %#lx: this byte is outside the buffers", long(base_ + offset + i)));
      data_[offset + i] = uint8_t(w.data >> (8 * i));
      burst.failed |= (rights_[offset + i] & FailWrite) != 0;
    }
    burst.done++;
    if (w.last != (burst.done == burst.beats))
      throw Breach(text("W %#lx: WLAST is %d on beat %u of %u", long(base_ + offset), w.last, burst.done,
                        burst.beats));
    if (w.last) {
      burst.ready_at = cycle_ + settings_.latency;
      responses_.push_back(burst);
      writes_.pop_front();
    }
  }

  void write_response(bool bready) {
    if (now_.bvalid && bready) {
      responses_.pop_front();
      now_.bvalid = false;
    }
    if (now_.bvalid || responses_.empty() || stalls() || cycle_ < responses_.front().ready_at) return;
    now_.bvalid = true;
    now_.bresp = responses_.front().failed ? 2 : 0;
  }

  uint64_t base_;
  std::vector<uint8_t> data_, rights_;
  Settings settings_;
  Random random_{1};
  uint64_t cycle_ = 0, used_ = 0;
  std::deque<Burst> reads_, writes_, responses_;
  std::deque<WriteBeat> early_;  // taken before their address
  FromMaster before_;
  ToMaster now_;
  bool waiting_ar_ = false, waiting_aw_ = false, waiting_w_ = false;
};

}  // namespace axi
