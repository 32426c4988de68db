// The compiled memory model: a master that breaks every rule once is caught, a good one is served.
// Prints one line per check that fails; exit status 1 if there was any.
#include "axi_memory.h"

#include <functional>

namespace {

using axi::Address;
using axi::FromMaster;
using axi::Memory;
using axi::WriteBeat;

int failures = 0;

void check(bool good, const std::string& what) {
  if (!good) std::printf("FAIL: %s\n", what.c_str()), failures++;
}

Memory memory(unsigned stall_percent = 0, unsigned latency = 5, unsigned outstanding = 8) {
  Memory m(0x1000, 0x3000);
  m.configure({.latency = latency, .outstanding = outstanding, .max_burst = 4, .stall_percent = stall_percent});
  m.clear(0x3000, 0xee);
  m.allow(0x2000, 61, Memory::Readable);  // rounded up to 64 bytes
  m.allow(0x3000, 33, Memory::Writable);
  return m;
}

/// Offers the same for some cycles, then another; returns what the model says, or nothing.
std::string said(Memory m, const FromMaster& first, const FromMaster& then) {
  try {
    for (int i = 0; i < 4; i++) m.edge(first);
    for (int i = 0; i < 20; i++) m.edge(then);
  } catch (const axi::Breach& breach) {
    return breach.what();
  }
  return "";
}

void caught(const std::string& words, const FromMaster& first, const FromMaster& then = {}, unsigned stall = 0) {
  std::string found = said(memory(stall), first, then);
  check(found.find(words) != std::string::npos, "expected '" + words + "', the model said '" + found + "'");
}

FromMaster read(uint64_t addr, unsigned beats, unsigned size = 3, unsigned burst = 1, unsigned id = 0) {
  return {.ar = {true, addr, uint8_t(beats - 1), uint8_t(size), uint8_t(burst), uint8_t(id)}};
}

FromMaster write(uint64_t addr, unsigned beats, uint8_t strb, bool last) {
  return {.aw = {true, addr, uint8_t(beats - 1)}, .w = {.valid = true, .last = last, .strb = strb}};
}

void breaches() {
  caught("narrow", read(0x2000, 1, 2));
  caught("not INCR", read(0x2000, 1, 3, 0));
  caught("another ID", read(0x2000, 1, 3, 1, 1));
  caught("not aligned", read(0x2004, 1));
  caught("longer than", read(0x2000, 5));
  caught("crosses", read(0x2ff8, 2));
  caught("outside memory", read(0x800, 1));
  caught("outside memory", read(0x4000, 1));
  caught("outside the buffers", read(0x1ff8, 1));
  caught("outside the buffers", read(0x2038, 2));
  caught("this byte is outside", write(0x3020, 1, 0x02, true));
  caught("this byte is outside", write(0x2000, 1, 0x01, true));
  caught("WLAST", write(0x3000, 2, 0xff, true));
  caught("WLAST", write(0x3000, 1, 0xff, false));
  caught("AR changed or fell", read(0x2000, 1), {}, 100);
  caught("AR changed or fell", read(0x2000, 1), read(0x2008, 1), 100);
  caught("AW changed or fell", write(0x3000, 1, 0xff, true), {}, 100);
  FromMaster data = {.w = {.valid = true, .data = 1, .strb = 0xff}};
  FromMaster other = {.w = {.valid = true, .data = 2, .strb = 0xff}};
  caught("W changed or fell", data, other, 100);
  caught("far ahead", data, data);
}

void service() {
  check(said(memory(), {}, {}).empty(), "an idle master is a good master");
  Memory m = memory(0, 64);
  for (int i = 0; i < 8; i++) *m.at(0x2000 + 8 * i, 1) = uint8_t(i);
  FromMaster ask = read(0x2000, 4);
  ask.rready = true;
  m.edge(ask);
  unsigned taken = 0, cycle = 0, first = 0;
  std::vector<uint8_t> beats;
  for (; cycle < 200 && beats.size() < 8; cycle++) {
    FromMaster now = {.rready = true};
    if (taken < 2) now.ar = ask.ar, taken++;
    const axi::ToMaster answer = m.edge(now);
    if (answer.rvalid) {
      if (beats.empty()) first = cycle;
      beats.push_back(uint8_t(answer.rdata));
      check(answer.rlast == (beats.size() % 4 == 0), "RLAST on the fourth beat");
    }
  }
  check(beats == std::vector<uint8_t>({0, 1, 2, 3, 0, 1, 2, 3}), "two bursts, in order");
  check(first >= 63 && first <= 65, "the first beat comes after the latency");
  check(cycle == first + 8, "then a beat per cycle");
  m.edge({.rready = true});
  check(!m.busy(), "nothing left in flight");
}

void limits() {
  Memory m = memory(0, 1000, 3);
  for (int i = 0; i < 20; i++) m.edge(read(0x2000, 1));
  check(m.reads_seen == 3 && m.busy(), "no more bursts than outstanding says");
}

void errors() {
  Memory m = memory();
  m.allow(0x3008, 1, Memory::FailWrite);
  bool failed = false;
  for (int i = 0; i < 30; i++) {
    FromMaster now = {.bready = true};
    if (i == 1) now.aw = {true, 0x3008};
    if (i == 1) now.w = {.valid = true, .last = true, .data = 0x55, .strb = 1};
    const axi::ToMaster& answer = m.edge(now);
    failed |= answer.bvalid && answer.bresp == 2;
  }
  check(failed && *m.at(0x3008, 1) == 0x55, "an error response after the data were written");
}

}  // namespace

int main() {
  breaches();
  service();
  limits();
  errors();
  return failures != 0;
}
