#include <cstdio>

#include "Vtoy.h"
#include "value.h"
#include "verilated.h"

int main() {
  Vtoy toy;
  for (int i = 0; i < 200; i++) {
    toy.rst_ni = i > 4;
    toy.clk_i = i & 1;
    toy.eval();
  }
  std::printf("value %d led %d\n", VALUE, toy.led_o);
  return 0;
}
